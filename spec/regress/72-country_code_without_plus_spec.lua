-- SPDX-License-Identifier: MIT
-- 43 664 1234567 with the region AT became +43 43 664 1234567: the first reading that had a possible length won, though Austria has no
-- such number, and the other one was that of a customer.

local number = require "sms.number"

describe("a country code without its plus", function()
  it("is one where only then there is such a number", function()
    assert.equal("+436641234567", (number.e164("43 664 1234567", "AT")))
    assert.equal("+919876543210", (number.e164("919876543210", "IN")))
    assert.equal("+919198765432", (number.e164("9198765432", "IN"))) -- an Indian number that begins with 91
  end)

  it("is nobody's guess where both are numbers", function()
    local found, reason = number.e164("4916331795672", "DE")
    assert.is_nil(found)
    assert.equal("may be +494916331795672 or +4916331795672: write it with + and the country code", reason)
  end)
end)
