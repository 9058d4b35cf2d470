-- SPDX-License-Identifier: MIT
-- A connection of HTTP/2 outlives a call that failed on it. It was kept from further use by shutting the reading side of its socket, which
-- broke other calls that sat on it; libcurl 8.2 to 8.12 used it again all the same, and lost the responses: 23 to 31 of the next 100 sends.

local core = require "sms.core"
local peer = require "spec.support.peer"
local tls = require "spec.support.tls"

describe("a connection of HTTP/2 on which a call failed", function()
  if tls.missing() then return pending(tls.missing()) end
  local raw, nginx, pool, endpoint, held

  setup(function()
    raw = peer.listen(function(connection)
      for request in function() return connection:request() end do
        held[#held + 1] = request.target
        while request.target == "/peer/held" and not held.free do connection:pause(0.01) end
        if request.target ~= "/peer/dead" then connection:answer(200, "late") else while not held.over do connection:pause(0.01) end end
      end
      connection:fin()
    end)
    nginx = tls.start(raw.port)
  end)
  teardown(function()
    held.free, held.over = true, true
    nginx.stop()
    raw:close()
  end)
  before_each(function() held = {} end)
  after_each(function() pool:close() end)

  local function open(mode)
    pool = core.pool { sockets = mode == "sockets" }
    endpoint = core.endpoint { base_url = nginx.url, ca_file = nginx.ca_file, http = "2" }
  end

  -- Only what nginx passes on has a body: it resets a stream whose body comes after its own response.
  local function start(target, seconds)
    return assert(pool:start(endpoint, "POST", target, target ~= "/" and "{}" or nil, seconds or 60, true))
  end

  local function arrived(target)
    for _, seen in ipairs(held) do
      if seen == target then return true end
    end
  end

  -- A call that ends by its own time after its request arrived.
  local function time_out()
    repeat
      local _, failure = raw:finish(pool, start("/peer/dead", 0.2))
      assert.equal("timeout", failure.kind)
    until arrived "/peer/dead" -- a busy machine may not have sent it in time
  end

  local function connection_of(transfer)
    local status, body, message = raw:finish(pool, transfer)
    assert.equal(200, status, message)
    return transfer:header "x-connection" or body:match "%d+$"
  end

  -- A hundred at once, none on the old one. Returns over how many connections they went.
  local function next_hundred(old)
    local transfers, seen, count = {}, {}, 0
    for i = 1, 100 do transfers[i] = start "/" end
    for i = 1, 100 do
      local number = connection_of(transfers[i])
      assert.not_equal(old, number)
      if not seen[number] then seen[number], count = true, count + 1 end
    end
    return count
  end

  for _, mode in ipairs { "poll", "sockets" } do
    it("takes no other one, " .. mode, function()
      open(mode)
      local old = connection_of(start "/")
      time_out()
      assert.is_true(next_hundred(old) <= 2)
    end)

    it("takes no other one after a call was cancelled, " .. mode, function()
      open(mode)
      local old = connection_of(start "/")
      local dead = start "/peer/dead"
      assert.is_true(raw:drive(pool, function() return arrived "/peer/dead" end))
      dead:cancel()
      assert.is_true(next_hundred(old) <= 2)
    end)

    it("lets nobody wait for one on which nothing was ever answered, " .. mode, function()
      open(mode)
      time_out()
      assert.is_true(next_hundred() <= 2)
    end)

    it("brings those through that are on it already, and takes no other one meanwhile, " .. mode, function()
      open(mode)
      local old = connection_of(start "/")
      local neighbour = start "/peer/held"
      time_out()
      local number = connection_of(start "/")
      assert.not_equal(old, number)
      held.free = true
      assert.equal(old, connection_of(neighbour))
      assert.not_equal(old, connection_of(start "/"))
    end)
  end
end)
