-- SPDX-License-Identifier: MIT
-- The national language tables of 3GPP TS 23.038 annex A: which characters they have, what their headers cost (TS 23.040
-- §9.2.3.24.15 and .16), and that they are used only where they save a segment.

local plain = require "spec.support.plain_text"
local text = require "sms.text"

local function rep(s, n) return s:rep(n) end

-- Characters by language, typed from the tables of the annex, that the default tables do not have. With the locking shift table
-- they cost one septet, with the single shift table two; `both` are two septets when both tables are used; `neither` has none.
local CASES = {
  turkish = { locking = "ğĞşŞıİç", single = "ğĞşŞıİç", neither = "ê" },
  spanish = { single = "çÁÍÓÚáíóú", neither = "ã" },
  portuguese = { locking = "êçúíóÔôÁáªÀ∞ÓÂâÊºÍÃÕÚãõ`", single = "êçÔôÁáÊÀÍÓÚÃÕÂíóúãõâ", neither = "ğ" },
  bengali = { locking = "অআইকখগ\u{9DC}\u{9DD}ৰৱ", single = "০১৯\u{9DF}ৠৡ৲৺", both = "AZ@£", neither = "ğ" },
  gujarati = { locking = "અઆઇકખગૡૣ૱", single = "।॥૦૧૯", both = "AZ@£" },
  hindi = { locking = "अआइकखगॻॼॾॿ", single = "।॥०१९\u{958}\u{95F}ॠॡॱ", both = "AZ@£" },
  kannada = { locking = "ಅಆಇಕಖಗಡಪೠೡೢೣ", single = "।॥೦೧೯ೞೱೲ", both = "AZ@£" },
  malayalam = { locking = "അആഇകഖഗൠൡൢൣ൹", single = "।॥൦൧൯൰൱ൺൻർൽൾൿ", both = "AZ@£" },
  oriya = { locking = "ଅଆଇକଖଗଳୠୡୢୣ", single = "।॥୦୧୯\u{B5C}ୟ୰ୱ", both = "AZ@£" },
  punjabi = { locking = "ਅਆਇਕਖਗੰੱੲੳੴ", single = "।॥੦੧੯\u{A59}\u{A5A}\u{A5B}ੜ\u{A5E}ੵ", both = "AZ@£" },
  tamil = { locking = "அஆஇகஙசௗ௰௱௲௹", single = "।॥௦௧௮௯௳௴௵௺", both = "AZ@£" },
  telugu = { locking = "అఆఇకఖగౠౡౢౣ", single = "౦౧౬౭౯ౘౙ౸౿", both = "AZ@£", neither = "€" },
  urdu = { locking = "اآبٻڀپتےٰ", single = "۰۱۹،؟۔ۍ", both = "AZ@£" },
}

-- Units of a single character under the tables, or nil when it is not in them.
local function septets(character, options)
  local encoding, units = text.count(character, options)
  return encoding == "gsm7" and units or nil
end

local function expect(characters, cost, options)
  for _, code in utf8.codes(characters) do
    local character = utf8.char(code)
    assert.equal(cost, septets(character, options), ("U+%04X %s"):format(code, options.locking or options.single or "default"))
  end
end

describe("the national tables", function()
  it("are thirteen, and Spanish has no locking one", function()
    local names = {}
    for i, language in ipairs(text.languages) do
      names[i] = language.name
      assert.equal(language.name ~= "spanish", language.locking)
      assert.truthy(CASES[language.name])
    end
    assert.same({ "turkish", "spanish", "portuguese", "bengali", "gujarati", "hindi", "kannada", "malayalam", "oriya", "punjabi", "tamil",
      "telugu", "urdu" }, names)
  end)

  for name, case in pairs(CASES) do
    local locking = case.locking and name
    it("of " .. name .. " have the characters of the annex", function()
      expect(case.locking or "", 1, { locking = locking })
      expect(case.single, 2, { single = name })
      expect((case.locking or "") .. case.single, nil, {})
      expect(case.both or "", 2, { locking = locking, single = name })
      expect(case.neither or "", nil, { locking = locking, single = name })
    end)
  end

  it("replace the tables whose place they take", function()
    assert.equal(1, septets("è", { single = "turkish" }))
    assert.is_nil(septets("è", { locking = "turkish" }))
    assert.equal(2, septets("[", { locking = "hindi" }))
    assert.is_nil(septets("A", { locking = "hindi" }))
    assert.is_nil(septets("ğ", {}))
    assert.is_nil(septets("Ж", { locking = "turkish", single = "turkish" }))
  end)

  it("answer to ISO 639-1 codes as well", function()
    assert.equal(1, septets("ğ", { locking = "tr" }))
    assert.equal(2, septets("á", { single = "es" }))
  end)
end)

describe("the headers of national tables", function()
  -- 140 octets less the header: one table 4 octets, two 7; with an 8-bit reference 9 and 12, with a 16-bit one 10 and 13.
  for _, case in ipairs {
    { { single = "tr" }, 155, 149 }, { { locking = "tr" }, 155, 149 }, { { locking = "tr", single = "tr" }, 152, 146 },
    { { single = "tr", reference = 16 }, 155, 148 }, { { locking = "tr", single = "tr", reference = 16 }, 152, 145 },
  } do
    it(("leave %d septets, and %d in a part"):format(case[2], case[3]), function()
      local options, alone, part = case[1], case[2], case[3]
      assert.same({ "gsm7", alone, 1 }, { text.count(rep("a", alone), options) })
      assert.same({ "gsm7", alone + 1, 2 }, { text.count(rep("a", alone + 1), options) })
      assert.same({ "gsm7", 2 * part, 2 }, { text.count(rep("a", 2 * part), options) })
      assert.same({ "gsm7", 2 * part + 1, 3 }, { text.count(rep("a", 2 * part + 1), options) })
    end)
  end

  it("are not sent with UCS-2", function()
    assert.same({ "ucs2", 70, 1 }, { text.count(rep("Ж", 70), { locking = "tr", single = "tr" }) })
    assert.same({ "ucs2", 134, 2 }, { text.count(rep("Ж", 134), { locking = "tr", single = "tr" }) })
  end)
end)

describe("the option language", function()
  it("uses tables only where they save a segment", function()
    local turkish = rep("ığşç ", 20)
    assert.same({ "ucs2", 100, 2 }, { text.count(turkish) })
    local analysis = text.analyse(turkish, { language = "turkish" })
    assert.same({ "gsm7", 100, 1, 55 }, { analysis.encoding, analysis.units, analysis.segments, analysis.remaining })
    assert.same({ "turkish", nil }, { analysis.locking, analysis.single })
    assert.same({ encoding = "ucs2", units = 100, segments = 2 }, analysis.plain)
    assert.same({}, analysis.forcing)
    for _, s in ipairs { "ığşç", "plain", rep("a", 300), rep("Ж", 100) } do
      local other = text.analyse(s, { language = "any" })
      assert.is_nil(other.locking)
      assert.is_nil(other.single)
      assert.same({ text.count(s) }, { other.encoding, other.units, other.segments })
    end
  end)

  it("prefers the single shift table where it saves as much", function()
    local s = rep("a", 100) .. "ğ"
    assert.same({ nil, "turkish" }, { text.analyse(s, { language = "tr" }).locking, text.analyse(s, { language = "tr" }).single })
    assert.equal("spanish", text.analyse(rep("está ", 20), { language = "any" }).single)
  end)

  it("finds the best of all tables", function()
    local next_text = plain.texts(3)
    local found = 0
    for _ = 1, 400 do
      local s, language = next_text()
      local best = plain.count(s).segments
      for _, tables in ipairs { { single = language }, plain.tables.locking[language] and { locking = language },
        plain.tables.locking[language] and { locking = language, single = language } } do
        local result = tables and plain.count(s, tables)
        if result and result.encoding == "gsm7" then best = math.min(best, result.segments) end
      end
      local _, _, segments = text.count(s, { language = language })
      assert.equal(best, segments)
      local _, _, least = text.count(s, { language = "any" })
      assert.is_true(least <= best)
      if best < plain.count(s).segments then found = found + 1 end
    end
    assert.is_true(found > 5)
  end)
end)
