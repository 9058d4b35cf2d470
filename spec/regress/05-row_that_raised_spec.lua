-- SPDX-License-Identifier: MIT
-- The story: one row of a long list had its time in nanoseconds. The year was past all calendars, making its request raised an error out
-- of send_many, and with it went the rows of all texts that had been sent before.

local kinds = dofile "spec/support/kinds_of_call.lua"
local refusal = require "spec.support.refusal"
local sms = require "sms"

describe("a row that can't be sent", function()
  it("is a row with an error, whatever is wrong with its time; the others are sent", function()
    for _, provider in ipairs(sms.providers) do
      local sent = 0
      local options = {
        retries = 0,
        transport = function()
          sent = sent + 1
          return { status = 500, headers = {}, body = "{}" }
        end,
      }
      local client = kinds.client(provider, options)
      for _, at in ipairs { 1893456000000000000, math.maxinteger, math.mininteger, -1, 1e300, 253402300800, 0 / 0 } do
        local bad = kinds.message(provider, "late")
        bad.at = at
        sent = 0
        local rows = client:send_many { kinds.message(provider, "one"), bad, kinds.message(provider, "three") }
        assert.equal(3, #rows, provider)
        assert.equal("not_sent", rows[2].outcome, provider .. " " .. at)
        assert.equal("invalid", rows[2].error.kind)
        assert.is_true(sent >= 1, provider)
        refusal(client.send, client, bad)
      end
    end
  end)

  it("is a row of unknown outcome where the transport raised in the middle of it; those before it stay known", function()
    for _, provider in ipairs(sms.providers) do
      local options = { retries = 0, transport = function() error("the script's own transport broke", 0) end }
      local client = kinds.client(provider, options)
      local rows = client:send_many { { text = 5 }, kinds.message(provider, "two"), kinds.message(provider, "three") }
      assert.equal(3, #rows, provider)
      assert.same({ "not_sent", "unknown", "unknown" }, { rows[1].outcome, rows[2].outcome, rows[3].outcome })
      assert.matches("the script's own transport broke", tostring(rows[3].error))
    end
  end)
end)
