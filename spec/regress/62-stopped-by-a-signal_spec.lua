-- SPDX-License-Identifier: MIT
-- The story: a service manager stops a service by SIGTERM. The listener died within the post of a report, and the sandbox without a
-- word.

local command = require "spec.support.command"
local patience = require "spec.support.patience"
local sockets = require "spec.support.sockets"
local uv = require "spec.support.uv"

local REPORT = '{"message_id":"m1","recipient":"15550100123","state":2,"status":"DELIVRD","timestamp":"2026-01-01T00:00:01.000Z"}'
local POST = ("POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"):format(#REPORT, REPORT)
local LISTEN = { "listen", "--provider", "messagewhiz", "--port", "0", "--path", "/hook" }
local SANDBOX = { "sandbox", "--port", "0" }
local GET = "GET /_sandbox/inbox HTTP/1.1\r\nHost: localhost\r\n\r\n"

local DRAIN = 5 -- seconds for which what has begun is waited for

describe("SIGTERM", function()
  local running

  after_each(function() running:close() end)

  local function start(words)
    if running then running:close() end
    running = command.start(words)
    return running:port()
  end

  local function connected(port, bytes, host)
    local client = sockets.connect(port, bytes, host)
    assert.is_true(running:wait(patience.MOST, function() return client.connected end))
    return client
  end

  -- Plays a scene, which returns when SIGTERM came, until it has ended before what is waited for would have been given up: the shortest of
  -- some, on a machine that stands still.
  local function in_time(scene)
    local took
    for _ = 1, 5 do
      local since = scene()
      took = uv.hrtime() / 1e9 - since
      if took < DRAIN then return end
    end
    error(("it took %.1f s"):format(took), 2)
  end

  local function terminate()
    local now = uv.hrtime() / 1e9
    running:kill "sigterm"
    return now
  end

  it("lets the listener take the report that is coming in, answer it, say so and end", function()
    local half, waits
    in_time(function()
      local port = start(LISTEN)
      local idle, silent = connected(port, (POST:gsub("m1", "m0"))), connected(port)
      half = connected(port, POST:sub(1, -30))
      assert.is_true(running:wait(patience.MOST, function() return idle:status() end))
      local since = terminate()
      assert.is_true(running:wait(patience.MOST, function() return idle.ended and silent.ended end))
      waits = running.code == nil
      half:write(POST:sub(-29))
      assert.same({ 0, 0 }, { running:ended() })
      return since
    end)
    assert.is_true(waits)
    assert.equal(200, half:status())
    assert.matches('"m1"', running.out)
    assert.matches("stopped after 2 events, 0 repeats, 0 refused requests\n$", running.err)
  end)

  it("ends a listener and a sandbox that have nothing to do at once", function()
    for _, words in ipairs { LISTEN, SANDBOX } do
      in_time(function()
        local port = start(words)
        local idle = connected(port, words == SANDBOX and GET or nil)
        assert.is_true(words == LISTEN or running:wait(patience.MOST, function() return idle:status() end))
        local since = terminate()
        assert.same({ 0, 0 }, { running:ended() })
        return since
      end)
      assert.matches("stopped after", running.out .. running.err)
    end
  end)

  it("a second time ends it whatever is coming in", function()
    in_time(function()
      local port = start(LISTEN)
      connected(port, POST:sub(1, -30))
      assert.is_false(running:wait(0.2, function() return running.code end))
      local since = terminate()
      assert.is_false(running:wait(0.3, function() return running.code and uv.hrtime() / 1e9 - since < DRAIN end))
      running:kill "sigterm"
      assert.same({ 0, 0 }, { running:ended() })
      return since
    end)
  end)

  it("is not kept waiting by what hangs on purpose", function()
    in_time(function()
      local port = start(SANDBOX)
      local body = '{"fault":"hang","match":{}}'
      local post = "POST /_sandbox/faults HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
      local planned = connected(port, post:format(#body, body))
      assert.is_true(running:wait(patience.MOST, function() return planned:status() == 200 end))
      local hung = connected(port, "GET /zipwhip/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
      assert.is_false(running:wait(0.2, function() return hung.ended or hung.input ~= "" end))
      local since = terminate()
      assert.same({ 0, 0 }, { running:ended() })
      return since
    end)
  end)

  it("the sandbox of the command line is at both loopback addresses", function()
    local port = start(SANDBOX)
    assert.equal(("http://127.0.0.1:%d\n"):format(port), running.out:match("^[^\n]*\n"))
    for _, host in ipairs { "127.0.0.1", "::1" } do
      local client = connected(port, GET, host)
      assert.is_true(running:wait(patience.MOST, function() return client:status() end))
      assert.equal(200, client:status())
    end
  end)
end)
