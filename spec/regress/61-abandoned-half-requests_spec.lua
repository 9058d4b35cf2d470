-- SPDX-License-Identifier: MIT
-- The story: 300 clients that gave up within a request held the listener's descriptors for two minutes; with a thousand, no provider
-- could deliver any more.

local core = require "sms.core"
local command = require "spec.support.command"
local listener = require "sms.listener"
local patience = require "spec.support.patience"
local sockets = require "spec.support.sockets"

local REPORT = '{"message_id":"m1","recipient":"15550100123","state":2,"status":"DELIVRD","timestamp":"2026-01-01T00:00:01.000Z"}'
local POST = ("POST / HTTP/1.1\r\nHost: hooks.example.org\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"):format(#REPORT, REPORT)

describe("a listener that is left with half requests", function()
  -- Runs until `enough(port, turn)`, a coroutine, has returned; the events that came.
  local function listen(script, options)
    local events = {}
    local running
    local settings = {
      provider = "messagewhiz", seconds = patience.FAR, on_error = function() end,
      on_event = function(event) events[#events + 1] = event end,
      on_listen = function(port) running = coroutine.wrap(function() script(port) return true end) end,
      stop = function()
        sockets.turn()
        return running() == true
      end,
    }
    for name, value in pairs(options or {}) do settings[name] = value end
    return assert(listener.run(settings)), events
  end

  local function until_(seconds, enough)
    local ends = core.now() + seconds
    while not enough() do
      assert(core.now() < ends, "waited too long")
      coroutine.yield(false)
    end
  end

  it("takes a report beside 300 that stopped and 300 that left, under any name of a proxy, and lets go of them", function()
    local stopped, answered = {}, nil
    local counts, events = listen(function(port)
      for i = 1, 300 do
        stopped[i] = sockets.connect(port, POST:sub(1, i % #POST))
        sockets.connect(port, POST:sub(1, -2)):shutdown()
        if i % 20 == 0 then until_(patience.MOST, function() return stopped[i].connected end) end
      end
      repeat -- it is dropped like the others where the machine stands still for its time
        answered = sockets.connect(port, POST)
        until_(patience.MOST, function() return answered.ended end)
      until answered:status()
      until_(patience.MOST, function()
        for _, client in ipairs(stopped) do
          if not client.ended then return false end
        end
        return true
      end)
    end, { request_timeout = 0.5 })
    assert.equal(200, answered:status())
    assert.same({ 1, "m1" }, { counts.events, events[1].id or events[1].raw.message_id })
    for _, client in ipairs(stopped) do assert.equal("", client.input) end
  end)

  -- How long a report took beside 200 of whom a third stopped within a request, since the first of them came.
  local function beside_many(running, clients)
    local port, since = running:port(), core.now()
    for i = 1, 200 do
      clients[i] = sockets.connect(port, i % 3 == 0 and POST:sub(1, 40) or nil)
      if i % 10 == 0 then assert.is_true(running:wait(patience.MOST, function() return clients[i].connected end)) end
    end
    local answered = sockets.connect(port, POST)
    assert.is_true(running:wait(patience.MOST, function() return answered.ended end))
    assert.equal(200, answered:status())
    return core.now() - since
  end

  it("has descriptors left for others and for itself, where there are few", function()
    local running, clients, took
    for _ = 1, 5 do -- the shortest of some: after 10 seconds those that stopped are dropped anyhow
      running, clients = command.start({ "listen", "--provider", "messagewhiz", "--port", "0" }, 100), {}
      took = beside_many(running, clients)
      if took < 9 then break end
      for _, client in ipairs(clients) do client:close() end
      running:close()
    end
    assert.is_true(took < 9, took)
    local handle <close> = assert(io.popen("ls /proc/" .. running.process:get_pid() .. "/fd | wc -l"))
    local count = handle:read "n"
    assert.is_true(count > 40 and count <= 80, count) -- a quarter is kept free
    for _, client in ipairs(clients) do client:close() end
    running:kill "sigterm"
    assert.same({ 0, 0 }, { running:ended() })
    running:close()
  end)
end)
