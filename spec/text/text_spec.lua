-- SPDX-License-Identifier: MIT
-- What a text costs: limits, pairs, clusters, forcing characters, notes, swaps, lists. Cases by 3GPP TS 23.038 §6.2 and TS 23.040
-- §9.2.3.24; "published" ones are cases that users of other calculators reported, in texts of our own.

local plain_clusters = require "spec.support.plain_clusters"
local plain = require "spec.support.plain_text"
local text = require "sms.text"

local function counted(s, options)
  return { text.count(s, options) }
end

local function rep(s, n) return s:rep(n) end

-- The message of an error, and whether it names this file.
local function raised(call, ...)
  local arguments = table.pack(...)
  local ok, message = pcall(function() local _ = call(table.unpack(arguments, 1, arguments.n)) end)
  assert.is_false(ok)
  assert.matches("^[^:]*text_spec%.lua:%d+: ", message)
  return (message:gsub("^[^:]*:%d+: ", ""))
end

describe("count", function()
  it("knows the limits of GSM-7 and UCS-2", function()
    for _, case in ipairs {
      { "", "gsm7", 0, 1 }, { "a", "gsm7", 1, 1 }, { rep("a", 160), "gsm7", 160, 1 }, { rep("a", 161), "gsm7", 161, 2 },
      { rep("a", 306), "gsm7", 306, 2 }, { rep("a", 307), "gsm7", 307, 3 },
      { "ж", "ucs2", 1, 1 }, { rep("ж", 70), "ucs2", 70, 1 }, { rep("ж", 71), "ucs2", 71, 2 },
      { rep("ж", 134), "ucs2", 134, 2 }, { rep("ж", 135), "ucs2", 135, 3 },
    } do
      assert.same({ case[2], case[3], case[4] }, counted(case[1]))
    end
  end)

  it("has every character of the two tables, and no other", function()
    local base, extension = plain.tables.locking[""], plain.tables.single[""]
    local wrong = {}
    for code = 0, 0x2220 do
      local encoding, units = text.count(utf8.char(code))
      local expected = base[code] and 1 or extension[code] and 2
      if encoding ~= (expected and "gsm7" or "ucs2") or units ~= (expected or 1) then wrong[#wrong + 1] = code end
    end
    assert.same({}, wrong)
  end)

  it("takes ç, backtick, tab and escape for what they are: not in GSM-7", function()
    for _, character in ipairs { "ç", "`", "\t", "\27", "\0", "\127", "\u{A0}", "\u{200B}", "\u{FEFF}" } do
      assert.same({ "ucs2", 2, 1 }, counted("a" .. character))
    end
    for _, character in ipairs { "\n", "\r" } do assert.same({ "gsm7", 2, 1 }, counted("a" .. character)) end
    assert.same({ "gsm7", 3, 1 }, counted("a\f"))
  end)

  it("never tears an escape pair", function()
    assert.same({ "gsm7", 160, 1 }, counted(rep("{", 80)))
    assert.same({ "gsm7", 306, 3 }, counted(rep("]", 153))) -- 76 pairs a part: published, message-segment-calculator#39
    assert.same({ "gsm7", 306, 3 }, counted(rep("a", 152) .. "€" .. rep("b", 152)))
    assert.same({ "gsm7", 306, 2 }, counted(rep("a", 151) .. "€" .. rep("b", 153)))
  end)

  it("never tears a surrogate pair", function()
    assert.same({ "ucs2", 70, 1 }, counted(rep("😀", 35)))
    assert.same({ "ucs2", 140, 3 }, counted(rep("😎", 70))) -- 33 a part: published, sms-counter-php#15
    assert.same({ "ucs2", 135, 3 }, counted(rep("x", 66) .. "👋" .. rep("y", 67)))
  end)

  it("agrees with the published cases", function()
    -- Brackets cost one unit each once an emoji has made it UCS-2: message-segment-calculator#18, #57.
    assert.same({ "ucs2", 88, 2 }, counted("here it is: " .. rep("[", 74) .. "😘"))
    assert.same({ "ucs2", 70, 1 }, counted(rep("|", 33) .. "∞" .. rep("^", 36)))
    -- A letter with three accents is four units: #17.
    assert.same({ "ucs2", 73, 2 }, counted("e\u{301}\u{301}\u{301}" .. rep("a", 69)))
    -- An emoji where a part ends moves to the next one; greedy filling needs three parts: warthog618/sms#6.
    local hello = rep("xx xxx ", 9) .. "xxx👋" .. rep("yy yy ", 9) .. "👋" .. rep("zz zz ", 10)
    assert.same({ "ucs2", 184, 3 }, counted(hello))
    -- CR LF is two septets, LF one: #66.
    assert.same({ "gsm7", 161, 2 }, counted(rep("a", 80) .. "\r\n" .. rep("a", 79)))
    assert.same({ "gsm7", 160, 1 }, counted(rep("a", 80) .. "\n" .. rep("a", 79)))
    assert.same({ "gsm7", 307, 3 }, counted(rep("b", 200) .. "\r\n" .. rep("b", 105)))
    -- What a provider billed for letters with accents of their own, and for composed ones: #66.
    assert.same({ "ucs2", 140, 3 }, counted(rep("o\u{301}", 70)))
    assert.same({ "gsm7", 70, 1 }, counted(rep("ò", 70)))
  end)

  it("has shorter parts with 16-bit references", function()
    assert.same({ "gsm7", 160, 1 }, counted(rep("a", 160), { reference = 16 }))
    assert.same({ "gsm7", 306, 3 }, counted(rep("a", 306), { reference = 16 }))
    assert.same({ "gsm7", 304, 2 }, counted(rep("a", 304), { reference = 16 }))
    assert.same({ "ucs2", 132, 2 }, counted(rep("ж", 132), { reference = 16 }))
    assert.same({ "ucs2", 133, 3 }, counted(rep("ж", 133), { reference = 16 }))
  end)

  it("gives the place of what is not UTF-8", function()
    for s, at in pairs {
      ["\xFF"] = 1, ["ab\x80"] = 3, ["é\xC3"] = 3, ["€\xE2\x82"] = 4, ["a\xED\xA0\x80"] = 2, ["\xC0\xAF"] = 1, ["\xF4\x90\x80\x80"] = 1,
      ["ж\xF0\x9F\x98"] = 3, [rep("a", 200) .. "\xF8"] = 201,
    } do
      for _, call in ipairs { text.count, text.analyse, text.split, text.optimise, text.clusters } do
        assert.same({ nil, "invalid UTF-8 at byte " .. at, at }, { call(s) })
      end
    end
  end)
end)

describe("options", function()
  it("are refused by name, at the caller's line", function()
    assert.equal("unknown option 'grafemes'; did you mean 'graphemes'?", raised(text.count, "a", { grafemes = true }))
    assert.equal("unknown option 'x'", raised(text.analyse, "a", { x = 1 }))
    assert.equal("option 'reference' must be 8 or 16", raised(text.split, "a", { reference = 7 }))
    assert.equal("option 'graphemes' must be a boolean, not number", raised(text.split, "a", { graphemes = 1 }))
    assert.equal("option 'language': unknown language 'turkih'; did you mean 'turkish'?", raised(text.count, "a", { language = "turkih" }))
    assert.equal("option 'locking': spanish has no locking shift table", raised(text.count, "a", { locking = "spanish" }))
    assert.matches("^option 'language' chooses the tables", raised(text.count, "a", { language = "any", single = "es" }))
    assert.equal("unknown option 'letter'; did you mean 'letters'?", raised(text.optimise, "a", { letter = false }))
    assert.equal("option 'reference' must be 8 or 16", raised(text.optimise, "a", { reference = 9 }))
    assert.equal("option 'keep' must be a table, not boolean", raised(text.optimise, "a", { keep = true }))
    assert.equal("an item of 'keep' must be a string or { first, last } in bytes", raised(text.optimise, "a", { keep = { 5 } }))
    assert.equal("unknown option 'tpo'; did you mean 'top'?", raised(text.cost, {}, { tpo = 1 }))
    assert.equal("rows must be a table or a function, not string", raised(text.worst, "a", "b"))
    assert.equal("template must be a string, not nil", raised(text.worst))
  end)

  it("and texts that are no strings too", function()
    for _, call in ipairs { text.count, text.analyse, text.split, text.optimise, text.clusters } do
      for _, value in ipairs { 12, true, {} } do assert.error(function() call(value) end) end
    end
  end)
end)

describe("analyse", function()
  it("says the same as count and split", function()
    local s = rep("Grüße aus Köln ", 20)
    local analysis = text.analyse(s)
    assert.same({ text.count(s) }, { analysis.encoding, analysis.units, analysis.segments })
    assert.same((text.split(s)), analysis.parts)
    assert.equal(153 * analysis.segments - analysis.units, analysis.remaining)
    assert.equal(s, analysis.text)
  end)

  it("tells what is free in the last segment, with what pairs waste", function()
    for _, case in ipairs {
      { "", 160 }, { "a", 159 }, { rep("a", 160), 0 }, { rep("a", 161), 145 }, { rep("{", 81), 143 }, { "ж", 69 },
      { rep("😎", 40), 67 - 14 }, { rep("a", 152) .. "{", 160 - 154 }, { rep("a", 152) .. "{" .. rep("b", 7), 153 - 9 },
    } do
      assert.equal(case[2], text.analyse(case[1]).remaining)
    end
  end)

  it("shows all of its fields to pairs", function()
    local seen = {}
    for key in pairs(text.analyse("aж")) do seen[#seen + 1] = key end
    table.sort(seen)
    assert.same({ "encoding", "forcing", "notes", "parts", "remaining", "segments", "text", "torn", "units" }, seen)
  end)

  it("names the characters that force UCS-2, with place, name and cheapest swap", function()
    assert.same({
      { offset = 3, code_point = 0x2019, name = "RIGHT SINGLE QUOTATION MARK", swap = "'", kind = "look", from = 3, to = 5 },
      { offset = 7, code_point = 0x1F600, name = "GRINNING FACE" },
      { offset = 11, code_point = 0xE7, name = "LATIN SMALL LETTER C WITH CEDILLA", swap = "c", kind = "letter", from = 11, to = 12 },
      { offset = 14, code_point = 0x301, name = "COMBINING ACUTE ACCENT", swap = "é", kind = "look", from = 13, to = 15 },
      { offset = 16, code_point = 0x416, name = "CYRILLIC CAPITAL LETTER ZHE" },
    }, text.analyse("it’s😀çe\u{301}Ж").forcing)
    assert.same({}, text.analyse("plain {text}").forcing)
  end)

  it("has Unicode's name of any character", function()
    for character, name in pairs {
      ["é\u{302}"] = "COMBINING CIRCUMFLEX ACCENT", ["中"] = "CJK UNIFIED IDEOGRAPH-4E2D", ["안"] = "HANGUL SYLLABLE AN",
      ["ᄀ"] = "HANGUL CHOSEONG KIYEOK", ["🇿"] = "REGIONAL INDICATOR SYMBOL LETTER Z", ["\u{1F468}"] = "MAN", ["ع"] = "ARABIC LETTER AIN",
      ["\u{FAFF}"] = "U+FAFF", ["\u{E000}"] = "U+E000", ["\u{10FFFF}"] = "U+10FFFF", ["\0"] = "NULL",
      ["\u{2F800}"] = "CJK COMPATIBILITY IDEOGRAPH-2F800",
    } do
      assert.equal(name, text.analyse(character).forcing[1].name)
    end
  end)

  it("swaps by what a reader sees", function()
    for character, swap in pairs {
      ["“"] = '"', ["—"] = "-", ["…"] = "...", ["\u{A0}"] = " ", ["\t"] = " ", ["\u{200B}"] = "", ["\u{FEFF}"] = "", ["ﬁ"] = "fi",
      ["Ａ"] = "A",
      ["𝐇"] = "H", ["á"] = "a", ["ł"] = "l", ["œ"] = "oe", ["ǻ"] = "å", ["ő"] = "ö", ["²"] = "^2", ["½"] = " 1/2", ["≠"] = "!=",
      ["™"] = "TM",
      ["Α"] = "A", ["ά"] = "A", ["ς"] = "Σ", ["`"] = "'", ["\u{2028}"] = "\n", ["€\u{301}"] = false, ["=\u{338}"] = false, ["Ж"] = false,
      ["中"] = false, ["a\u{304}"] = "",
    } do
      local forcing = text.analyse(character).forcing
      assert.equal(1, #forcing, character)
      assert.equal(swap or nil, forcing[1].swap, character)
    end
  end)

  it("keeps counting where marks pile up without end", function()
    local forcing = text.analyse("a" .. rep("\u{301}", 5000)).forcing
    assert.equal(5000, #forcing)
    assert.equal("", forcing[2].swap)
    assert.is_nil(forcing[5000].swap)
  end)

  it("notes what can't be seen, each once", function()
    local notes = text.analyse("a\r\nb\r\n\u{A0}\u{200D}\27\u{202E}x").notes
    local seen = {}
    for i, note in ipairs(notes) do
      seen[i] = { note.offset, note.code_point, note.count }
      assert.is_string(note.name)
      assert.is_string(note.note)
    end
    assert.same({ { 2, 13, 2 }, { 3, 10, 2 }, { 7, 0xA0, 1 }, { 9, 0x200D, 1 }, { 12, 27, 1 }, { 13, 0x202E, 1 } }, seen)
    assert.same({}, text.analyse("nothing here, öäü").notes)
    for code, name in pairs {
      [0x0A] = "LINE FEED", [0x0C] = "FORM FEED", [0x0D] = "CARRIAGE RETURN", [0x85] = "NEXT LINE", [0x07] = "BELL",
      [0x81] = "CONTROL 0081", [0x2009] = "THIN SPACE",
      [0x200B] = "ZERO WIDTH SPACE", [0x2060] = "WORD JOINER", [0xFE0F] = "VARIATION SELECTOR-16",
      [0xFEFF] = "ZERO WIDTH NO-BREAK SPACE",
    } do
      assert.equal(name, text.analyse(utf8.char(code)).notes[1].name)
    end
  end)

  it("says when no header can number the segments", function()
    assert.is_nil(text.analyse(rep("a", 255 * 153)).too_long)
    assert.is_true(text.analyse(rep("a", 255 * 153 + 1)).too_long)
  end)
end)

describe("split", function()
  it("rejoins and is what the standard cuts", function()
    assert.same({ "" }, text.split(""))
    assert.same({ rep("a", 153), rep("a", 8) }, text.split(rep("a", 161)))
    assert.same({ rep("a", 152), "{" .. rep("b", 10) }, (text.split(rep("a", 152) .. "{" .. rep("b", 10))))
    assert.same({ rep("x", 66), "👋" .. rep("y", 5) }, (text.split(rep("x", 66) .. "👋" .. rep("y", 5))))
  end)

  it("keeps clusters whole on request, and says what the standard alone costs", function()
    local s = rep("x", 64) .. "👨‍👩‍👧" .. rep("y", 10)
    local loose, whole = text.split(s), text.split(s, { graphemes = true })
    assert.equal(s, table.concat(loose))
    assert.same({ rep("x", 64), "👨‍👩‍👧" .. rep("y", 10) }, whole)
    local dear = rep("👨‍👩‍👧", 25) -- 8 units each, 8 of them in 67
    local analysis = text.analyse(dear, { graphemes = true })
    assert.equal(4, analysis.segments)
    assert.same({ encoding = "ucs2", units = 200, segments = 3 }, analysis.plain)
    local worse = text.analyse(rep("x", 60) .. rep("👨‍👩‍👧", 25), { graphemes = true })
    assert.same({ 5, 4 }, { worse.segments, worse.plain.segments })
    assert.same({}, worse.torn)
  end)

  it("keeps CR LF together in GSM-7", function()
    local s = rep("a", 152) .. "\r\n" .. rep("b", 20)
    assert.same({ rep("a", 152) .. "\r", "\n" .. rep("b", 20) }, (text.split(s)))
    assert.same({ rep("a", 152), "\r\n" .. rep("b", 20) }, (text.split(s, { graphemes = true })))
  end)

  it("cuts a cluster that is larger than a segment at a code point, and reports where", function()
    local cluster = "e" .. rep("\u{301}", 80)
    local s = "ab" .. cluster .. "cd"
    local torn = { 3 + 1 + 66 * 2 }
    local parts = text.split(s, { graphemes = true })
    assert.same({ "ab", "e" .. rep("\u{301}", 66), rep("\u{301}", 14) .. "cd", torn = torn }, parts)
    assert.same(torn, text.analyse(s, { graphemes = true }).torn)
    assert.equal(s, table.concat(text.split(s, { graphemes = true })))
    assert.same({ 1 + 1 + 66 * 2, 1 + 1 + 133 * 2 }, text.split("e" .. rep("\u{301}", 150), { graphemes = true }).torn)
  end)
end)

describe("clusters", function()
  it("pass every case of Unicode, and so does the second opinion", function()
    local cases = 0
    for line in io.lines("spec/support/grapheme_cases.txt") do
      if not line:find("^#") then
        local expected, whole, codes, spans = {}, {}, {}, {}
        for group in line:gmatch("[^/]+") do
          local cluster, from = "", #codes + 1
          for code in group:gmatch("%x+") do
            codes[#codes + 1] = tonumber(code, 16)
            cluster = cluster .. utf8.char(codes[#codes])
          end
          expected[#expected + 1], whole[#whole + 1], spans[#spans + 1] = cluster, cluster, { from, #codes }
        end
        assert.same(expected, text.clusters(table.concat(whole)), line)
        assert.same(spans, plain_clusters(codes), line)
        cases = cases + 1
      end
    end
    assert.is_true(cases >= 600)
  end)

  it("know families, flags, marks and syllables", function()
    assert.same({ "👨‍👩‍👧", "🇿🇦", "🇦🇹", "e\u{301}", "\r\n", "가", "❤️" }, text.clusters("👨‍👩‍👧🇿🇦🇦🇹e\u{301}\r\n가❤️"))
  end)
end)

describe("layer 1 of the texts", function()
  local function run(command)
    local pipe = assert(io.popen(command .. " 2>&1"))
    local output = pipe:read("a")
    return pipe:close() == true, output
  end

  for _, flags in ipairs { "-O2", "-O1 -fsanitize=undefined -fno-sanitize-recover=all" } do
    it("keeps inside its memory, compiled with " .. flags, function()
      local program = "build/spec/text" .. (flags:find("undefined") and "-checked" or "")
      assert.is_true(run("mkdir -p build/spec"))
      local built, complaint = run(("%s -std=c99 -g %s -Wall -Wextra -o %s spec/c/text.c %s"):format(os.getenv("CC") or "cc", flags,
        program, "csrc/text/*.c csrc/names/name.c csrc/base/spelling.c"))
      assert.is_true(built, complaint)
      local passed, output = run(program)
      assert.is_true(passed, output)
      assert.matches("^%d+ checks, 0 failed\n$", output)
    end)
  end
end)
