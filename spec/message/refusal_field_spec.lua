-- SPDX-License-Identifier: MIT
-- `err.field` of a message that is refused: the first name that its words quote, where the refusal names no field.

local message = require "sms.message"

describe("the refusal of a message", function()
  local state = { name = "toy" }

  it("names the first quoted field, and takes no apostrophe for a quote", function()
    for words, field in pairs {
      ["'text' is empty"] = "text", ["row 3: 'to[2]' has a 0 after its +"] = "to",
      ["the client's option 'only' refuses 'to'"] = "only", ["the provider doesn't support 'at'"] = "at",
    } do
      assert.equal(field, message.refusal(state, "send", words).field)
    end
    assert.is_nil(message.refusal(state, "send", "it can't be sent").field)
    assert.equal("from", message.refusal(state, "send", "'text' is empty", "from").field)
  end)
end)
