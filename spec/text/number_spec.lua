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
      { "082 123 456", "ZA", "is too short for ZA: 8 digits after the country code, 9 required" },
      { "+27 82 123", nil, "is too short for ZA: 5 digits after the country code, 9 required" },
      { "+27 82 123 45678", nil, "is too long for ZA: 10 digits after the country code, 9 required" },
      { "555-0123", "US", "is too short for US: 7 digits after the country code, 10 required" },
      { "+999 1234", nil, "has no country code: none begins with +999" },
      { "+9991234567890123", nil, "has more than 15 digits" },
      { "+10000000000", nil, "is not a number of US: its numbering plan has no such range" },
      { "+1 876 55", nil, "is too short for JM: 5 digits after the country code, 10 required" },
      { "0044", nil, "is too short for GB: 0 digits after the country code, 9 or 10 required" },
      { "436641234567.0", "AT", "may be +4366412345670 or +436641234567: write it with + and the country code" },
      { "49 163 31795672", "DE", "may be +494916331795672 or +4916331795672: write it with + and the country code" },
      { "447700900123", "ZA",
        "is too long for ZA: 12 digits after the country code, 9 required; if +447700900123 is meant, write the +" },
      { "4.36641E+11", "AT", "is a number in scientific notation, which has lost its last digits; keep phone numbers as text" },
      { "+27 82 123 4567, +27 82 123 4568", nil, "has more than one number" },
      { "+27 82 123 4567 / +27 82 123 4568", nil, "contains '+', which is not a digit" },
      { "+27821234567,,5#", nil, "has an extension, which can't receive messages" },
      { "tel:+27821234567;ext=5", nil, "has an extension, which can't receive messages" },
      { "tel:0821234567;phone-context=example.org", nil,
        "has no country: it begins with neither + nor 00, and no region is given" },
      { "mailto:someone", nil, "has letters" },
      { (" "):rep(100000) .. "x", nil, "has 100001 bytes, too many for a phone number" },
      { "tel:%FF", nil, "is not UTF-8" }, { "sms:", nil, "is empty" },
      { "+0821234567", nil, "has a 0 after its +; no country code begins with 0" },
      { "0821234567", nil, "has no country: it begins with neither + nor 00, and no region is given" },
      { "27821234567", nil,
        "has no country: it begins with neither + nor 00, and no region is given; if +27821234567 is meant, write the +" },
      { "0800 FLOWERS", "US", "has letters" }, { "", nil, "is empty" }, { " - ", nil, "is empty" }, { "+", nil, "has no digits" },
      { "082 123 4567 ext 5", "ZA", "has an extension, which can't receive messages" },
      { "082 123 4567 x5", "ZA", "has an extension, which can't receive messages" },
      { "+27;ext=5", nil, "has an extension, which can't receive messages" },
      { "++27821234567", nil, "contains '+', which is not a digit" },
      { "082€", "ZA", "contains '€', which is not a digit" }, { "+27\xFF", nil, "is not UTF-8" },
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
    assert.equal("region 'UK' is not an ISO 3166 code; did you mean 'GB'?", raised("1", "UK"))
    assert.equal("region 'ZAA' is not an ISO 3166 code; did you mean 'ZA'?", raised("1", "ZAA"))
    assert.equal("region of type number is not an ISO 3166 code", raised("1", 27))
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

describe("a text that can be read in several ways", function()
  -- Each with its region: what the numbering plan has is it.
  it("is the number that the plan has", function()
    for _, case in ipairs {
      -- The 0 that is dialled within the country, in brackets or not, where there is one and where there is none.
      { "+43 (0)664 1234567", nil, "+436641234567" }, { "+44 0161 123 4567", nil, "+441611234567" },
      { "+44(0)1611234567", nil, "+441611234567" }, { "0044 (0) 161 123 4567", "ZA", "+441611234567" },
      { "+39 (0)6 12345678", nil, "+390612345678" }, { "+39 06 12345678", nil, "+390612345678" },
      { "+36 (06) 30 123 4567", nil, "+36301234567" }, { "+7 (8) 912 345-67-89", nil, "+79123456789" },
      { "+1 (0)202 555 0123", nil, "+12025550123" }, { "+225 (0)7 12 34 56 78", nil, "+2250712345678" },
      -- A country code with its plus forgotten, and national numbers that begin like one.
      { "43 664 1234567", "AT", "+436641234567" }, { "4930", "DE", nil }, { "55 900 148 245", "BR", nil },
      { "39 333 1234567", "IT", "+393331234567" }, { "7 912 345 67 89", "RU", "+79123456789" },
      { "91 98765 43210", "IN", "+919876543210" }, { "9198765432", "IN", "+919198765432" },
      -- What a spreadsheet or a JSON reader made of a number.
      { "27821234567.0", "ZA", "+27821234567" }, { "+27821234567.00", nil, "+27821234567" },
      -- Prefixes for carriers and for calls to mobile phones.
      { "011 15 2345-6789", "AR", "+5491123456789" }, { "+54 11 15 2345 6789", nil, "+5491123456789" },
      { "+54 9 11 2345 6789", nil, "+5491123456789" }, { "011 2345-6789", "AR", "+541123456789" },
      { "0221 15 456-7890", "AR", "+5492214567890" },
      { "+52 1 55 1234 5678", nil, "+525512345678" }, { "044 55 1234 5678", "MX", "+525512345678" },
      { "01 55 1234 5678", "MX", "+525512345678" }, { "55 1234 5678", "MX", "+525512345678" },
      { "0 15 11 98765-4321", "BR", "+5511987654321" }, { "0 xx 11 98765-4321", "BR", nil },
      { "+55 0 21 11 98765-4321", nil, "+5511987654321" }, { "(11) 98765-4321", "BR", "+5511987654321" },
      { "01 97 97 97 97", "BJ", "+2290197979797" }, { "+229 01 97 97 97 97", nil, "+2290197979797" }, { "97 97 97 97", "BJ", nil },
      { "8 612 34567", "LT", "+37061234567" }, { "0 612 34567", "LT", "+37061234567" }, { "+370 8 612 34567", nil, "+37061234567" },
      -- Calls abroad by several carriers.
      { "0014 44 20 7946 0018", "BR", "+442079460018" }, { "8~10 44 20 7946 0018", "RU", "+442079460018" },
      { "9~00 44", "RU", nil }, { "001 44 20 7946 0018", "TH", "+442079460018" }, { "00 44 20 7946 0018", "US", "+442079460018" },
    } do
      assert.equal(case[3], (number.e164(case[1], case[2])), case[1])
    end
  end)

  it("is none where two are valid, and both are named", function()
    for _, case in ipairs { { "436641234567.0", "+436641234567" }, { "+436641234567.0", "+436641234567" } } do
      local nothing, reason = number.e164(case[1], "AT")
      assert.is_nil(nothing)
      assert.truthy(reason:find("+4366412345670", 1, true) and reason:find(case[2], 1, true), reason)
    end
  end)
end)

describe("what other keyboards write", function()
  local E164 = "+27821234567"

  it("are digits of all scripts", function()
    -- The zero of each set of ten that Unicode has, those of mathematics among them.
    for _, zero in ipairs {
      0xFF10, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xE50, 0xF20, 0x1040, 0x17E0, 0x1810, 0x104A0, 0x11F50, 0x1CCF0, 0x1D7CE, 0x1D7D8, 0x1D7E2,
      0x1D7EC, 0x1D7F6, 0x1E950, 0x1FBF0,
    } do
      local text = E164:gsub("%d", function(digit) return utf8.char(zero + tonumber(digit)) end)
      assert.equal(E164, (number.e164(text)), ("U+%04X"):format(zero))
    end
    assert.is_nil(number.e164(E164 .. "\u{B2}"))
    assert.is_nil(number.e164(E164 .. "\u{2460}"))
  end)

  it("are dashes, brackets, tildes, dots and slashes", function()
    for _, code in ipairs {
      0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0x30FC, 0xFF0D, 0xFE63, 0xFF5E, 0x301C, 0x223C, 0xFF0E, 0xB7, 0x2022, 0x30FB,
      0xFF0F, 0x2044, 0x2019, 0x20, 0xA0, 0x3000, 0x2009, 0x202F, 0x205F, 0x1680,
    } do
      assert.equal(E164, (number.e164("+27" .. utf8.char(code) .. "82" .. utf8.char(code) .. "1234567")), ("U+%04X"):format(code))
    end
    assert.equal(E164, (number.e164("（０８２）１２３－４５６７", "ZA")))
    assert.equal(E164, (number.e164("［082］ 123 4567", "ZA")))
    assert.equal("+436641234567", (number.e164("＋４３（０）６６４　１２３４５６７")))
    assert.equal(E164, (number.e164("'+27821234567")))
  end)

  it("are marks that nobody sees", function()
    for _, code in ipairs {
      0xAD, 0x34F, 0x61C, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0x2066, 0x2067,
      0x2068, 0x2069, 0xFE0E, 0xFE0F, 0xFEFF, 0x20E3, 0xE0101,
    } do
      local mark = utf8.char(code)
      assert.equal(E164, (number.e164(mark .. "+2" .. mark .. "7821234567" .. mark)), ("U+%04X"):format(code))
    end
    assert.equal(E164, (number.e164("+\u{FF12}7️⃣8️⃣2️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣")))
  end)

  it("are links and what is left behind at an end", function()
    for _, text in ipairs {
      "tel:+27-82-123-4567", "TEL:+27821234567", "tel:+27821234567;isub=1", "tel:082-123-4567;phone-context=+27", "tel://+27821234567",
      "tel:0821234567;phone-context=+27;x=y", "tel:%2B27821234567", "sms:+27821234567", "sms:+27821234567?body=Hi%20there",
      "smsto:+27821234567",
      "+27821234567;", "+27821234567,", "+27 82 123 4567 ; ", "+27821234567；", "\t+27821234567\r\n",
    } do
      assert.equal(E164, (number.e164(text)), text)
    end
  end)
end)

describe("read", function()
  it("tells region, kind and whether the plan has the number", function()
    for text, expected in pairs {
      ["+27 82 123 4567"] = { "+27821234567", "ZA", "mobile", true }, ["+27 11 234 5678"] = { "+27112345678", "ZA", "fixed", true },
      ["+1 202 555 0123"] = { "+12025550123", "US", "fixed_or_mobile", true },
      ["+1 800 234 5678"] = { "+18002345678", "US", "toll_free", true },
      ["+1 900 234 5678"] = { "+19002345678", "US", "premium", true }, ["+44 909 879 0000"] = { "+449098790000", "GB", "premium", true },
      ["+44 7700 900123"] = { "+447700900123", "GB", "mobile", true }, ["+44 7781 123456"] = { "+447781123456", "GG", "mobile", true },
      ["+800 1234 5678"] = { "+80012345678", "001", "toll_free", true }, ["+999 1234 5678"] = { "+99912345678", "ZZ", nil, "unknown" },
      ["+210 1234567"] = { "+2101234567", "ZZ", nil, "unknown" },
    } do
      local found = number.read(text)
      assert.same({ e164 = expected[1], region = expected[2], kind = expected[3], valid = expected[4] }, found)
    end
    assert.same({ nil, "is not a number of US: its numbering plan has no such range" }, { number.read("+10000000000") })
    assert.same("ZA", number.read("082 123 4567", "za").region)
  end)

  it("knows which metadata it has", function()
    local version, date = number.metadata()
    assert.matches("^%d+%.%d+%.%d+$", version)
    assert.matches("^20%d%d%-%d%d%-%d%d$", date)
  end)
end)

describe("recipient and sender", function()
  it("take digits as providers spell them", function()
    assert.equal("+27821234567", (number.recipient("27821234567")))
    assert.equal("+27821234567", (number.recipient("0821234567", "ZA")))
    assert.equal("+99912345678", (number.recipient("0099912345678")))
    -- A Russian number as dialled nationally.
    assert.same({ nil, "has no country code: none begins with +891" }, { number.recipient("89123456789") })
    assert.matches("^has no country", select(2, number.recipient("0821234567")))
  end)

  it("leave names and short codes as they are", function()
    for text, expected in pairs {
      Museum = "Museum", ["A+B 24/7"] = "A+B 24/7", ["Café"] = "Café", ["12345"] = "12345", ["0660 900"] = "0660900",
      ["+27 82 123 4567"] = "+27821234567",
      ["0027821234567"] = "+27821234567", ["27821234567"] = "27821234567", ["-"] = "-", ["＋２７821234567"] = "+27821234567",
    } do
      assert.equal(expected, (number.sender(text)), text)
    end
    assert.same({ "12345", "+27821234567" }, { (number.sender("12345", "ZA")), (number.sender("082 123 4567", "ZA")) })
    assert.matches("^is too short", select(2, number.sender("+27 82")))
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
