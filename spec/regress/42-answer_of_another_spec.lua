-- SPDX-License-Identifier: MIT
-- Two clients of one pool asked the same host, one over HTTP/1.1, one over HTTP/2. libcurl 7.88 put requests of the second on
-- connections of the first that were in use, and answers met other requests.

local counted = require "spec.support.counted"
local sms = require "sms"
local upto = require "spec.support.upto"

local CALLS, IN_FLIGHT = 600, 50

describe("one pool with both versions of HTTP to one host", function()
  if counted.missing() then return pending(counted.missing()) end
  local server

  setup(function() server = counted.start { 20, 1000 } end)
  teardown(function() server.stop() end)

  local function client(pool, limit, http)
    return sms.messagewhiz { apikey = "k", base_url = server:url(limit), ca_file = server.ca_file, http = http, pool = pool }
  end

  for _, limit in ipairs { 20, 1000 } do
    it("gives each call its own response, " .. limit .. " requests a connection", function()
      local pool <close> = sms.pool()
      local old, new, plain = client(pool, limit, "1.1"), client(pool, limit, "2"), client(pool, limit)
      local good = 0
      for mark, seen in sms.parallel(IN_FLIGHT, upto(CALLS), function(i)
        local mark = ("own%d-%d-"):format(limit, i)
        local kind = i % 4 == 0 and "send" or "read"
        local _, second, seen = counted[kind](kind == "send" and plain or i % 2 == 0 and old or new, mark)
        return mark, second.outcome == "accepted" and seen or second.message
      end) do
        assert.equal(mark, seen)
        good = good + 1
      end
      assert.equal(CALLS, good)
    end)
  end
end)
