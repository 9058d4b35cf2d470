-- SPDX-License-Identifier: MIT
-- Requests through the core that are ended by their time: all of it, that of the connection, that in which nothing moves.

local core = require "sms.core"
local patience = require "spec.support.patience"
local raw_calls = require "spec.support.raw_calls"

local MOST, FAR = patience.MOST, patience.FAR

describe("sms.core time-outs", function()
  local raw = raw_calls.new()
  local serve, open, start, call = raw.serve, raw.open, raw.start, raw.call

  before_each(raw.begin)
  after_each(raw.finish)

  -- Whether the first half of a response came before the transfer ended.
  local function half_came(transfer)
    local function ready() return transfer:done() or select(3, transfer:progress()) == 4 end
    return raw.server:drive(raw.pool, ready) and not transfer:done()
  end

  it("ends at the total time-out, with what came so far, and does not use that connection again", function()
    local fresh -- the number of the connection that answers
    serve(function(connection, number)
      connection:request()
      if number == fresh then
        connection:answer(200, "fresh", "Connection: close\r\n")
        return connection:fin()
      end
      connection:write("HTTP/1.1 200 Said\r\nContent-Length: 10\r\n\r\nhalf")
      connection:pause()
    end)
    open()
    for limit in patience.limits(0.2) do
      local began, transfer = core.now(), start("GET", "/", nil, limit, true)
      local came = half_came(transfer)
      local result = table.pack(raw.server:finish(raw.pool, transfer))
      assert.are.same({ "timeout", 28 }, { result[2].kind, result[2].code })
      local took = core.now() - began
      assert.is_true(took > limit - 0.005 and took < limit + MOST, took) -- libcurl counts in whole milliseconds
      assert.is_true(result[2].duration > 0 and result[2].duration <= took, result[2].duration)
      fresh = raw.server.connections + 1
      local _, after = call("GET", "/", nil, 60, true)
      assert.are.same({ "fresh", fresh }, { after[2], raw.server.connections })
      if came then
        assert.are.same({ 1, 200, "half" }, { result[2].attempts, result[2].status, result[2].body })
        break
      end
      fresh = nil
    end
    assert.is_number(fresh)
  end)

  it("ends at the connect time-out with no attempt made", function()
    serve(function(connection) connection:pause() end) -- accepts TCP, never speaks TLS
    open { base_url = "https://127.0.0.1:" .. raw.server.port, connect_timeout = 0.2 }
    local _, result = call("POST", "/", "{}", FAR, true)
    assert.are.same({ "timeout", 0 }, { result[2].kind, result[2].attempts })
    assert.is_true(result[2].duration < MOST)
  end)

  it("ends when nothing moves for the stall time-out", function()
    serve(function(connection)
      connection:request()
      connection:write("HTTP/1.1 200 Said\r\nContent-Length: 10\r\n\r\nhalf")
      connection:pause()
    end)
    for limit in patience.limits(1) do
      open { stall_timeout = limit }
      local transfer = start("GET", "/", nil, limit + FAR, true)
      local came = half_came(transfer)
      local result = table.pack(raw.server:finish(raw.pool, transfer, limit + MOST))
      assert.are.equal("timeout", result[2].kind)
      if came then return assert.are.same({ 1, "half" }, { result[2].attempts, result[2].body }) end
    end
    error "it never got so far"
  end)

  it("waits in C for one transfer no longer than it is told", function()
    serve(function(connection)
      connection:request()
      connection:pause()
    end)
    open()
    local transfer = start("GET", "/")
    assert.is_false(raw.pool:wait(transfer, 0.05))
    transfer:cancel()
    assert.is_true(raw.pool:wait(transfer, MOST))
  end)
end)
