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

describe("SIGTERM", function()
  local running, other

  after_each(function()
    running:close()
    if other then other:close() end
    other = nil
  end)

  local function start(words)
    running = command.start(words)
    return running:port()
  end

  local function connected(port, bytes, host)
    local client = sockets.connect(port, bytes, host)
    assert.is_true(running:wait(patience.MOST, function() return client.connected end))
    return client
  end

  -- A listener that has got half a request, and SIGTERM then: it waits for the rest of it, for 5 seconds.
  local function waiting()
    local main = running
    other = command.start(LISTEN)
    running = other
    connected(other:port(), POST:sub(1, -30))
    running = main
    other:kill "sigterm"
    other.since = uv.hrtime()
  end

  -- Ends in order, and not because those 5 seconds are over: the other one, which was told to end before, still waits.
  local function check_end()
    assert.same({ 0, 0 }, { running:ended() })
    assert.is_true(other.code == nil or uv.hrtime() - other.since > 5e9)
  end

  it("lets the listener take the report that is coming in, answer it, say so and end", function()
    local port = start(LISTEN)
    local half, idle, silent = connected(port, POST:sub(1, -30)), connected(port, (POST:gsub("m1", "m0"))), connected(port)
    assert.is_true(running:wait(patience.MOST, function() return idle:status() end))
    running:kill "sigterm"
    local since = uv.hrtime()
    assert.is_true(running:wait(patience.MOST, function() return idle.ended and silent.ended end))
    local waits = running.code == nil and not half.ended
    half:write(POST:sub(-29))
    assert.same({ 0, 0 }, { running:ended() })
    if uv.hrtime() - since > 5e9 then return end -- the machine stood still for the time that is granted
    assert.is_true(waits)
    assert.equal(200, half:status())
    assert.matches('"m1"', running.out)
    assert.matches("stopped after 2 events, 0 repeats, 0 refused requests\n$", running.err)
  end)

  it("ends a listener and a sandbox that have nothing to do at once", function()
    for _, words in ipairs { LISTEN, SANDBOX } do
      local port = start(words)
      local idle = connected(port, words == SANDBOX and GET or nil)
      assert.is_true(words == LISTEN or running:wait(patience.MOST, function() return idle:status() end))
      waiting()
      running:kill "sigterm"
      check_end()
      assert.matches("stopped after", running.out .. running.err)
      running:close()
      other:close()
    end
  end)

  it("a second time ends it whatever is coming in", function()
    local port = start(LISTEN)
    connected(port, POST:sub(1, -30))
    assert.is_false(running:wait(0.2, function() return running.code end))
    waiting()
    running:kill "sigterm"
    local since = uv.hrtime()
    assert.is_false(running:wait(0.3, function() return running.code and uv.hrtime() - since < 5e9 end))
    running:kill "sigterm"
    check_end()
  end)

  it("is not kept waiting by what hangs on purpose", function()
    local port = start(SANDBOX)
    local body = '{"fault":"hang","match":{}}'
    local post = "POST /_sandbox/faults HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
    local planned = connected(port, post:format(#body, body))
    assert.is_true(running:wait(patience.MOST, function() return planned:status() == 200 end))
    local hung = connected(port, "GET /zipwhip/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert.is_false(running:wait(0.2, function() return hung.ended or hung.input ~= "" end))
    waiting()
    running:kill "sigterm"
    check_end()
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
