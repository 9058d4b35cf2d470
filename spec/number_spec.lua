-- SPDX-License-Identifier: MIT
-- Phone numbers as people write them → E.164, with reasons. Numbers are of the ranges that numbering plans keep for fiction or examples.

local number = require "sms.number"
local regions = require "sms.number.regions"

describe("e164", function()
  it("understands what people write", function()
    for _, case in ipairs {
      { "+27821234567", nil, "+27821234567", "ZA" }, { "082 123 4567", "ZA", "+27821234567", "ZA" },
      { "082-123-4567", "za", "+27821234567", "ZA" },
      { "0027 82 123 4567", nil, "+27821234567", "ZA" }, { "27821234567", "ZA", "+27821234567", "ZA" },
      { "821234567", "ZA", "+27821234567", "ZA" },
      { "+27 (0)82 123 4567", nil, "+27821234567", "ZA" }, { "+27 082 123 4567", nil, "+27821234567", "ZA" },
      { "(202) 555-0123", "US", "+12025550123", "US" }, { "1-202-555-0123", "US", "+12025550123", "US" },
      { "011 44 20 7946 0018", "US", "+442079460018", "GB" }, { "00 1 202 555 0123", "DE", "+12025550123", "US" },
      { "+1 204 555 0123", nil, "+12045550123", "CA" }, { "204.555.0123", "US", "+12045550123", "CA" },
      { "+1 876 555 0123", nil, "+18765550123", "JM" }, { "+1 600 201 2345", nil, "+16002012345", "CA" },
      -- Calls abroad begin with 0 there, and with 00 as well.
      { "00 238 221 12 34", "CV", "+2382211234", "CV" }, { "0 27 82 123 4567", "CV", "+27821234567", "ZA" },
      { "0011 44 20 7946 0018", "AU", "+442079460018", "GB" }, { "00 27 82 123 4567", "AU", "+27821234567", "ZA" },
      { "020 7946 0018", "GB", "+442079460018", "GB" }, { "+44 7781 123456", nil, "+447781123456", "GG" },
      { "06 30 123 4567", "HU", "+36301234567", "HU" }, { "8 (912) 345-67-89", "RU", "+79123456789", "RU" },
      { "8 800 555 01 23", "RU", "+78005550123", "RU" },
      { "+7 701 234 5678", nil, "+77012345678", "KZ" }, { "06 1234 5678", "IT", "+390612345678", "IT" },
      { "0664 123456", "AT", "+43664123456", "AT" },
      { "03-1234-5678", "JP", "+81312345678", "JP" }, { "tel:+49-1512-3456789", nil, "+4915123456789", "DE" },
      { "\u{202A}+27 82\u{A0}123\u{2011}4567\u{202C}", nil, "+27821234567", "ZA" }, { "＋２７ ８２ １２３ ４５６７", nil, "+27821234567", "ZA" },
      { "٠٨٢١٢٣٤٥٦٧", "ZA", "+27821234567", "ZA" }, { "+800 1234 5678", nil, "+80012345678", "001" },
    } do
      assert.same({ case[3], case[4] }, { number.e164(case[1], case[2]) }, case[1])
    end
  end)

  it("tells why not", function()
    for _, case in ipairs {
      { "082 123 456", "ZA", "is too short for ZA: 8 digits after the country code, 9 needed" },
      { "+27 82 123", nil, "is too short for ZA: 5 digits after the country code, 9 needed" },
      { "+27 82 123 45678", nil, "is too long for ZA: 10 digits after the country code, 9 needed" },
      { "555-0123", "US", "is too short for US: 7 digits after the country code, 10 needed" },
      { "+999 1234 5678", nil, "has no country code: none begins +999" },
      { "+0821234567", nil, "has a 0 behind its +; no country code begins so" },
      { "0821234567", nil, "has no country: it begins neither with + nor with 00, and no region is given" },
      { "27821234567", nil,
        "has no country: it begins neither with + nor with 00, and no region is given; if +27821234567 is meant, write the +" },
      { "0800 FLOWERS", "US", "has letters" }, { "", nil, "is empty" }, { " - ", nil, "is empty" }, { "+", nil, "has no digits" },
      { "082 123 4567 ext 5", "ZA", "has an extension, which no text can reach" },
      { "082 123 4567 x5", "ZA", "has an extension, which no text can reach" },
      { "+27;ext=5", nil, "has an extension, which no text can reach" }, { "++27821234567", nil, "has '+', which is no digit" },
      { "082€", "ZA", "has '€', which is no digit" }, { "+27\xFF", nil, "is not UTF-8" },
    } do
      assert.same({ nil, case[3] }, { number.e164(case[1], case[2]) }, case[1])
    end
  end)

  it("raises at the caller's line for what is no text and no region", function()
    local function raised(...)
      local arguments = table.pack(...)
      local ok, message = pcall(function() local _ = number.e164(table.unpack(arguments, 1, arguments.n)) end)
      assert.is_false(ok)
      assert.matches("^[^:]*number_spec%.lua:%d+: ", message)
      return (message:gsub("^[^:]*:%d+: ", ""))
    end
    assert.matches("^a phone number must be a string, not a number: a Lua number has lost its %+", raised(27821234567))
    assert.equal("region 'UK' is no ISO 3166 code; did you mean 'GB'?", raised("1", "UK"))
    assert.equal("region 'ZAA' is no ISO 3166 code; did you mean 'ZA'?", raised("1", "ZAA"))
    assert.equal("region of type number is no ISO 3166 code", raised("1", 27))
  end)

  it("gives back its own results", function()
    for _, facts in pairs(regions) do
      for _, length in ipairs(facts[2]) do
        local lead = facts.leads and facts.leads[1] or "2"
        local national = lead .. ("5"):rep(length - #lead)
        local found, region = number.e164(("+%d%s"):format(facts[1], national))
        if found then
          assert.same({ found, region }, { number.e164(found) })
        end
      end
    end
  end)

  it("takes any bytes without an error", function()
    math.randomseed(9)
    local pieces = { "+", "0", "00", "27", "1", "82", "(0)", " ", "-", "x", "ext", "\xFF", "٣", "\0", "#", "tel:", "9999999" }
    for _ = 1, 20000 do
      local out = {}
      for i = 1, math.random(0, 8) do out[i] = pieces[math.random(#pieces)] end
      local text = table.concat(out)
      local found, other = number.e164(text, math.random(2) == 1 and "ZA" or nil)
      assert.is_true(found == nil or found:find("^%+[1-9]%d+$") ~= nil and #found <= 16)
      assert.is_string(other)
    end
  end)
end)

describe("region", function()
  it("is told by the country code and the digits behind it", function()
    for text, region in pairs {
      ["+27821234567"] = "ZA", ["0044 20 7946 0018"] = "GB", ["+1 242 555 0123"] = "BS", ["+39 06698 12345"] = "VA",
      ["+47 79 12 34 56"] = "SJ",
      ["+44 1624 765432"] = "IM", ["+870 773 111632"] = "001",
    } do
      assert.equal(region, number.region(text))
    end
    assert.same({ nil, "has no digits" }, { number.region("+") })
  end)
end)

describe("the table of regions", function()
  it("has a row that holds water for each region", function()
    local count = 0
    for name, facts in pairs(regions) do
      count = count + 1
      assert.is_true(type(name) == "string" and name:find("^%u%u$") ~= nil or name == facts[1])
      assert.is_true(math.type(facts[1]) == "integer" and facts[1] >= 1 and facts[1] <= 999)
      local last = 1
      for _, length in ipairs(facts[2]) do
        assert.is_true(length > last and length <= 15)
        last = length
      end
      assert.is_true(#facts[2] > 0)
    end
    assert.is_true(count > 240)
  end)
end)
