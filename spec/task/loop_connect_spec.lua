-- SPDX-License-Identifier: MIT
-- Connections that are not made, under each event loop: one that is waited for, a TLS handshake and a proxy that say nothing. Its end
-- by time or by cancelling is that of its own call: others in flight go on, and so does the loop. libcurl (7.88) closes such sockets
-- without a word (curl#11439).

local core = require "sms.core"
local patience = require "spec.support.patience"
local service = require "spec.support.service"
local sms = require "sms"
local toy = require "spec.support.toy"

local FAR, MOST = patience.FAR, patience.MOST

local POST = { method = "POST", path = "/", json = {} }

local function open_descriptors()
  local count = 0
  for _ in require("lfs").dir "/proc/self/fd" do count = count + 1 end
  return count
end

describe("a connection that is not made", function()
  local server, deaf, places

  setup(function()
    server, deaf = service.spawn(), service.spawn "spec/support/deaf.lua"
    local full, silent = deaf.said:match "(%d+)%s+(%d+)"
    places = {
      connecting = { base_url = "http://127.0.0.1:" .. full },
      ["in a handshake"] = { base_url = "https://127.0.0.1:" .. silent },
      ["asking a proxy"] = { base_url = "https://127.0.0.1:1", proxy = "http://127.0.0.1:" .. silent },
      ["connecting to a proxy"] = { base_url = "https://127.0.0.1:1", proxy = "http://127.0.0.1:" .. full },
      ["asking a SOCKS proxy"] = { base_url = "https://127.0.0.1:1", proxy = "socks5h://127.0.0.1:" .. silent },
    }
  end)
  teardown(function()
    server.stop()
    deaf.stop()
  end)

  -- In a task: how it ended, and when.
  local function call(options, place, limit)
    local client = toy.client {
      key = "toy-secret-key", base_url = place.base_url, proxy = place.proxy, retries = 0, connect_timeout = options.connect_timeout or FAR,
      http = "1.1",
    }
    return sms.task(function()
      local began = core.now()
      local _, err = client:request(POST, { timeout = limit })
      return { err.kind, err.outcome, core.now() - began }
    end)
  end

  local function loops()
    local list = { run = sms.run }
    for _, name in ipairs(require "spec.support.loops") do list[name] = require("sms.loop." .. name).run end
    return list
  end

  for loop, run in pairs(loops()) do
    it("ends its own call only in " .. loop, function()
      local here = toy.client { key = "toy-secret-key", base_url = server.url }
      run(function() here:request { method = "GET", path = "/wait/1" } end)
      local before = open_descriptors()
      run(function()
        local answered = {}
        for i = 1, 5 do
          answered[i] = sms.task(function() return (here:request { method = "GET", path = "/wait/" .. 100 * i }).id end)
        end
        local calls = {}
        for name, place in pairs(places) do
          calls[name] = { call({}, place, 0.2), call({ connect_timeout = 0.3 }, place, FAR), call({}, place, FAR) }
        end
        sms.sleep(0.1)
        for _, tasks in pairs(calls) do tasks[3]:cancel() end
        for name, tasks in pairs(calls) do
          for i, expected in ipairs { { "timeout", 0.2 }, { "timeout", 0.3 }, { "cancelled", 0.1 } } do
            local kind, outcome, took = table.unpack(tasks[i]:wait())
            assert.same({ expected[1], "not_sent" }, { kind, outcome }, name)
            assert.is_true(took > expected[2] - 0.02 and took < MOST, ("%s: %.3f"):format(name, took))
          end
        end
        for i = 1, 5 do assert.equal("/wait/" .. 100 * i, answered[i]:wait()) end
      end)
      collectgarbage()
      collectgarbage()
      assert.is_true(open_descriptors() <= before + 5, "descriptors are left open") -- kept connections to the service
    end)
  end
end)
