-- SPDX-License-Identifier: MIT
-- A list comes out of a spreadsheet with 436641234567.0 in it. The point went for a separator, and the text to somebody whose number has
-- a 0 more.

local four = require "spec.support.four"
local number = require "sms.number"
local refusal = require "spec.support.refusal"

describe("a number that a spreadsheet made a float", function()
  it("is refused where it is a number with the 0 and without it", function()
    for _, provider in ipairs(four.names) do
      local client, seen = four.client(provider)
      local words = refusal(client.send, client, four.message(provider, { to = "436641234567.0" }))
      assert.truthy(words:find("+4366412345670 or +436641234567", 1, true), words)
      assert.equal(0, #seen)
    end
  end)

  it("is read where it is a number without the 0 only, and never from digits that were lost", function()
    assert.equal("+27821234567", (number.e164("27821234567.0", "ZA")))
    assert.matches("scientific notation", select(2, number.e164("4.3664123E+11", "AT")))
    assert.matches("scientific notation", select(2, number.e164("4,3664123e11", "AT")))
  end)
end)
