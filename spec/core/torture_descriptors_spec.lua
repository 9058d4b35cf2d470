-- SPDX-License-Identifier: MIT
-- Two thousand open/close cycles of everything that holds a descriptor, counted through /proc/self/fd: sockets, poll pipes, files and
-- listeners are all given back, whether their owner closed them, forgot them, or ran into an error.

local core = require "sms.core"
local httpd = require "sms.httpd"
local patience = require "spec.support.patience"
local peer = require "spec.support.peer"
local uv = require "spec.support.uv"

local CYCLES = 2000

local function descriptors()
  local folder, count = uv.fs_scandir "/proc/self/fd", 0
  while folder and uv.fs_scandir_next(folder) do count = count + 1 end
  return count
end

local function settle(server)
  collectgarbage()
  collectgarbage()
  for _ = 1, 20 do server:turn() end
end

-- Runs `cycle(i)` so often, and compares what is open before and after.
local function balance(server, times, cycle)
  for i = 1, 20 do cycle(i) end
  settle(server)
  local before = descriptors()
  for i = 1, times do cycle(i) end
  settle(server)
  -- The last connections may still be on their way to the peer.
  local deadline = core.now() + patience.MOST
  while descriptors() > before and core.now() < deadline do settle(server) end
  assert.is_true(descriptors() <= before, ("%d, then %d"):format(before, descriptors()))
end

describe("descriptors", function()
  local server

  before_each(function()
    if descriptors() == 0 then pending "no /proc here" end
    server = peer.server()
  end)

  after_each(function() server:close() end)

  it("come back from pools, endpoints and transfers that are closed", function()
    balance(server, CYCLES, function(i)
      local pool <close> = core.pool { sockets = i % 2 == 0 }
      local endpoint <close> = core.endpoint { base_url = server.url }
      local transfer <close> = assert(pool:start(endpoint, "POST", "/", "{}", 60, true))
      if i % 4 < 2 then assert.are.equal(200, (server:finish(pool, transfer))) else pool:step(0) end
    end)
  end)

  it("come back from those that are forgotten", function()
    balance(server, CYCLES, function(i)
      local pool = core.pool()
      local transfer = assert(pool:start(core.endpoint { base_url = server.url }, "GET", "/", nil, 60))
      if i % 3 > 0 then pool:step(0) end
      if i % 3 > 1 then transfer:cancel() end
      if i % 50 == 0 then settle(server) end
    end)
  end)

  it("come back from one pool that goes on, whatever becomes of the transfers", function()
    local pool <close> = core.pool()
    local endpoint <close> = core.endpoint { base_url = server.url }
    local nobody <close> = core.endpoint { base_url = "http://127.0.0.1:" .. peer.free_port() }
    balance(server, CYCLES, function(i)
      local transfer <close> = assert(pool:start(i % 2 == 0 and endpoint or nobody, "GET", "/", nil, 60))
      if i % 4 == 0 then pool:step(0) else server:finish(pool, transfer) end
      transfer:close()
      -- A connection may be kept open: both counts are taken after a request that has been answered.
      if i % 20 == 0 then server:finish(pool, assert(pool:start(endpoint, "GET", "/", nil, 60))) end
    end)
  end)

  it("come back from files, up and down", function()
    local path = os.tmpname()
    local pool <close> = core.pool()
    local endpoint <close> = core.endpoint { base_url = server.url }
    balance(server, CYCLES // 2, function(i)
      local up = assert(pool:start(endpoint, "POST", "/", nil, 60, true, { file = "LICENSE", to_file = path }))
      if i % 3 > 0 then server:finish(pool, up) end
      if i % 3 == 1 then up:close() end
      assert.is_nil((pool:start(endpoint, "POST", "/", nil, 60, true, { file = "/nowhere" })))
      assert.is_nil((pool:start(endpoint, "POST", "/", nil, 60, true, { file = "LICENSE", parts = nil, headers = { ["a b"] = "c" } })))
      if i % 3 == 0 then
        up:cancel()
        server:finish(pool, assert(pool:start(endpoint, "GET", "/", nil, 60)))
      end
    end)
    os.remove(path)
  end)

  it("come back from listeners", function()
    balance(server, CYCLES, function(i)
      local listener = assert(httpd.listen { port = 0 })
      if i % 2 == 0 then listener:next(0) end
      listener:close()
    end)
  end)
end)
