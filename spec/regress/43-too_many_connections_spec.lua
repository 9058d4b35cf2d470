-- SPDX-License-Identifier: MIT
-- A burst of calls opened a connection each, and took the descriptors of the program that it lived in.

local core = require "sms.core"
local patience = require "spec.support.patience"
local peer = require "spec.support.peer"
local sms = require "sms"
local toy = require "spec.support.toy"

describe("the connections of a pool", function()
  local peers, pool, free

  local function listen()
    local one = peer.listen(function(connection)
      for _ in function() return connection:request() end do
        while not free do connection:pause(0.005) end
        connection:answer(200, "{}")
      end
      connection:fin()
    end)
    peers[#peers + 1] = one
    return one
  end

  before_each(function() peers, free = {}, false end)
  after_each(function()
    free = true
    pool:close()
    for _, one in ipairs(peers) do one:close() end
  end)

  -- Starts so many requests to each of so many hosts, and returns how many connections each host saw; all are answered in the end.
  local function open(hosts, each)
    local ours, endpoints, transfers, counts = {}, {}, {}, {}
    free = false
    for i = 1, hosts do
      ours[i] = listen()
      endpoints[i] = core.endpoint { base_url = ("http://127.0.0.1:%d"):format(ours[i].port) }
    end
    for _ = 1, each do
      for i = 1, hosts do transfers[#transfers + 1] = assert(pool:start(endpoints[i], "POST", "/", "{}", patience.FAR, true)) end
    end
    -- For 0.15 s, and for a hundred turns in which none came, on a machine that stands still.
    local quiet, turns, before = core.now() + 0.15, 0, 0
    peers[1]:drive(pool, function()
      local now = 0
      for i = 1, hosts do
        counts[i] = ours[i].connections
        now = now + counts[i]
      end
      turns, before = now > before and 0 or turns + 1, now
      return core.now() > quiet and turns > 100
    end)
    free = true
    for _, transfer in ipairs(transfers) do assert.equal(200, (peers[1]:finish(pool, transfer))) end
    return counts
  end

  local function sum(counts)
    local total = 0
    for _, count in ipairs(counts) do total = total + count end
    return total
  end

  for _, sockets in ipairs { false, true } do
    local mode = sockets and "sockets" or "poll"

    it("are 16 to a host, and the rest waits, " .. mode, function()
      pool = core.pool { sockets = sockets }
      assert.same({ 16 }, open(1, 60))
    end)

    it("are 64 in all, " .. mode, function()
      pool = core.pool { sockets = sockets }
      assert.equal(64, sum(open(6, 16)))
    end)

    it("are as many as the pool was made with, " .. mode, function()
      pool = core.pool { sockets = sockets, max_connections = 3 }
      assert.same({ 3 }, open(1, 10))
      pool:close()
      pool = core.pool { sockets = sockets, max_connections = 30 }
      assert.equal(64, sum(open(3, 25)))
      pool:close()
      pool = core.pool { sockets = sockets, max_connections = 70 } -- and so in all
      assert.equal(70, sum(open(5, 16)))
      pool:close()
      pool = core.pool { sockets = sockets, max_total = 5 }
      assert.equal(5, sum(open(2, 4)))
    end)

    it("leave a call that found none until its time was over as not sent, " .. mode, function()
      pool = core.pool { sockets = sockets, max_connections = 1 }
      local endpoint = core.endpoint { base_url = ("http://127.0.0.1:%d"):format(listen().port) }
      local first, second = pool:start(endpoint, "POST", "/", "{}", patience.FAR, true), pool:start(endpoint, "POST", "/", "{}", 0.2, true)
      local began = core.now()
      local status, failure = peers[1]:finish(pool, second)
      assert.is_true(core.now() - began < patience.MOST)
      assert.same({ kind = "timeout", attempts = 0 }, { status = status, kind = failure.kind, attempts = failure.attempts })
      free = true
      assert.equal(200, (peers[1]:finish(pool, first)))
    end)
  end

  it("are waited for no longer than the call's time in an event loop of luv", function()
    local one = listen()
    require("sms.loop.luv").run(function()
      pool = sms.pool { sockets = true, max_connections = 1 }
      local client = toy.client {
        key = "toy-secret-key", base_url = ("http://127.0.0.1:%d"):format(one.port), pool = pool, timeout = patience.FAR,
      }
      local first = sms.task(function() return client:request { method = "POST", path = "/first" } end)
      sms.sleep(0.02)
      local began = core.now()
      local none, err = client:request({ method = "POST", path = "/second" }, { timeout = 0.2 })
      assert.is_true(core.now() - began < patience.MOST)
      assert.is_nil(none)
      assert.same({ "timeout", "not_sent", 0 }, { err.kind, err.outcome, err.attempts })
      free = true
      local _, response = first:wait()
      assert.equal(200, response.status)
    end)
  end)
end)
