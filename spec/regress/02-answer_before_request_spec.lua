-- SPDX-License-Identifier: MIT
-- The story: a server had ended an idle TLS connection, as servers do after some seconds. Its goodbye lay unread in the socket, which
-- libcurl 7.88 takes for a sign of life; the next text was written to nobody and came back as "unknown", though no server ever saw it.
-- On plain connections it was worse: bytes sent ahead of time were taken for the response to the next request.

local core = require "sms.core"
local hostile = require "spec.support.hostile"
local kinds = dofile "spec/support/kinds_of_call.lua"
local peer = require "spec.support.peer"
local sms = require "sms"

describe("a kept connection that has spoken before the request", function()
  local real, pool, server

  before_each(function() real = core.pool() end)

  after_each(function()
    real:close()
    server:close()
  end)

  local function client_of(options)
    options.apikey, options.pool, options.retries = "k3y-12345", pool, 0
    return sms.messagewhiz(options)
  end

  local function turn(seconds)
    local last = core.now() + seconds
    repeat server:turn() until core.now() > last
    server:turn() -- for what came due since the last one
  end

  it("doesn't get it; another one does, and the text goes out once", function()
    local taken = '{"message_id":"%s"}'
    server = peer.listen(function(connection, number)
      connection:request()
      connection:answer(200, taken:format("first"))
      connection:pause(0.02)
      if number < 3 then connection:answer(200, taken:format("forged")) end
      while connection:request() do connection:answer(200, taken:format("mine")) end
    end)
    pool = hostile.pool(real, { server })
    local client = client_of { base_url = server.url }
    for i = 1, 4 do
      local _, response = client:send(kinds.message("messagewhiz", "text " .. i))
      assert.equal("accepted", response.outcome, tostring(response))
      turn(0.05)
    end
    assert.equal(3, server.connections)
    assert.equal(4, #server.arrived)
    for i, request in ipairs(server.arrived) do
      assert.matches("text " .. i, request.body)
      assert.equal(math.min(i, 3), request.connection)
    end
  end)

  it("is replaced for an upload from disk and for parts, too", function()
    server = peer.listen(function(connection)
      while connection:request() do
        connection:answer(200, "{}")
        connection:pause(0.02)
        connection:answer(200, '{"forged":true}')
      end
    end)
    pool = hostile.pool(real, { server })
    local client = client_of { base_url = server.url }
    local parts = { { name = "a", data = ("x"):rep(100000) } }
    for i = 1, 3 do
      local result, response = client:request { method = "POST", path = "/x", multipart = parts }
      assert.same({ {}, 1 }, { result, response.attempts })
      assert.equal(i, server.connections)
      turn(0.05)
    end
    assert.equal(3, #server.arrived)
  end)
end)
