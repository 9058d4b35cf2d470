-- SPDX-License-Identifier: MIT
-- An address book had +43 (0)664 1234567 and +44 0161 123 4567. Providers were sent 4306641234567 and 4401611234567: the 0 that is
-- dialled within the country only went out with the number. And Italy, where the 0 belongs to the number, lost it: +396….

local four = require "spec.support.four"
local number = require "sms.number"

describe("the 0 of a number written for callers from abroad", function()
  it("is left out where it is dialled within the country only", function()
    for _, provider in ipairs(four.names) do
      local client, seen = four.client(provider)
      assert(client:send(four.message(provider, { to = "+43 (0)664 1234567" })))
      assert(client:send(four.message(provider, { to = "+44 0161 123 4567" })))
      assert.same({ four.spelt(provider, "+436641234567") }, four.numbers(provider, seen[1]))
      assert.same({ four.spelt(provider, "+441611234567") }, four.numbers(provider, seen[2]))
    end
  end)

  it("stays where it is a part of the number", function()
    assert.equal("+390612345678", (number.e164("+39 (0)6 12345678")))
    assert.equal("+2250712345678", (number.e164("+225 (0)7 12 34 56 78")))
  end)
end)
