-- SPDX-License-Identifier: MIT
-- The story: a column of a recipient list was named with bytes that are not UTF-8. The mapping could not be written as JSON, nobody
-- looked at why, and the request went out without its mapping: the provider would have read the columns by its own guess.

local sms = require "sms"

describe("an argument that can't be written", function()
  it("is refused and not left out", function()
    local arrived = 0
    local client = sms.messagewhiz {
      apikey = "k3y-12345",
      transport = function()
        arrived = arrived + 1
        return { status = 200, headers = {}, body = '{"errorCode":0,"result":{"id":1}}' }
      end,
    }
    for _, mapping in ipairs { { "phone_number", "\xff" }, { ["0"] = "phone_number", ["1"] = "a\xc0" } } do
      local result, err = client.recipient_lists:import { name = "x", mapping = mapping, doc = { data = "1", name = "a.csv" } }
      assert.is_nil(result)
      assert.same({ "invalid", "not_sent", "mapping" }, { err.kind, err.outcome, err.field })
      assert.matches("mapping", err.message)
      assert.matches("UTF%-8", err.message)
    end
    assert.equal(0, arrived)
  end)
end)
