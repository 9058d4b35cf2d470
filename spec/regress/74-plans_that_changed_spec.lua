-- SPDX-License-Identifier: MIT
-- The table of regions was years old and knew lengths only: every number of Benin failed (ten digits since November 2024), so did
-- Lithuania's new prefix 0, Argentina's 15, Mexico's old 1 after the country code, and what carriers want dialled in Brazil. And
-- +10000000000 was a number.

local number = require "sms.number"

describe("numbering plans", function()
  it("are those of today", function()
    for _, case in ipairs {
      { "01 97 97 97 97", "BJ", "+2290197979797" }, { "0 612 34567", "LT", "+37061234567" }, { "8 612 34567", "LT", "+37061234567" },
      { "011 15 2345 6789", "AR", "+5491123456789" }, { "+54 11 15 2345 6789", nil, "+5491123456789" },
      { "+52 1 55 1234 5678", nil, "+525512345678" }, { "045 55 1234 5678", "MX", "+525512345678" },
      { "0 41 11 98765-4321", "BR", "+5511987654321" }, { "0 21 11 3456-7890", "BR", "+551134567890" },
    } do
      assert.equal(case[3], (number.e164(case[1], case[2])), case[1])
    end
  end)

  it("have no number in a range that nobody has", function()
    for text, region in pairs {
      ["+10000000000"] = "US", ["+27 00 000 0000"] = "ZA", ["+44 0000 000000"] = "GB", ["+229 97 97 97 97"] = "BJ",
    } do
      local found, reason = number.e164(text)
      assert.is_nil(found)
      assert.truthy(reason:find(region, 1, true), reason)
    end
  end)
end)
