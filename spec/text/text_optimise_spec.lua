-- SPDX-License-Identifier: MIT
-- Making texts cheaper, and what lists and templates cost before anything is sent.

local costs = require "spec.support.cost"
local plain = require "spec.support.plain_text"
local text = require "sms.text"

local function rep(s, n) return s:rep(n) end

local long = rep("It’s on its way. ", 6) -- 102 units of UCS-2

describe("optimise", function()
  it("swaps what forces UCS-2 when that saves a segment, and says what it did", function()
    local out, changes, saved = text.optimise(long)
    assert.equal((long:gsub("’", "'")), out)
    assert.equal(1, saved)
    assert.equal(6, #changes)
    assert.same({ offset = 3, code_point = 0x2019, name = "RIGHT SINGLE QUOTATION MARK", from = "’", to = "'" }, changes[1])
  end)

  it("leaves a text alone when nothing is saved", function()
    for _, s in ipairs { "", "plain", "It’s short", rep("ж", 71) .. "’", rep("a", 400), rep("“", 60), long .. "Привет" } do
      assert.same({ s, {}, 0 }, { text.optimise(s) })
    end
  end)

  it("never changes a link", function()
    for _, link in ipairs {
      "https://ex.am/pâté", "http://x.y/’a", "www.pâté.com", "pâté.com", "čsob.cz/a", "Jose´@example.com", "mailto:ž@x.yz",
      "ftp://h/ž?q=ñ#ž", "HTTPS://ž.cz",
    } do
      local s = long .. link .. " and “more”"
      local out = text.optimise(s)
      assert.truthy(out:find(link, 1, true), link)
    end
  end)

  it("changes the punctuation around a link", function()
    local s = long .. "“https://ex.am/x” – (www.ex.am)… »ex.am/y«"
    assert.equal((long:gsub("’", "'")) .. '"https://ex.am/x" - (www.ex.am)... "ex.am/y"', (text.optimise(s)))
  end)

  it("leaves marked texts and spans alone", function()
    local s = long .. "Zoë Łuk"
    assert.equal((long:gsub("’", "'")) .. "Zoe Luk", (text.optimise(s)))
    assert.equal(s, (text.optimise(s, { keep = { "Zoë" } })))
    assert.equal(s, (text.optimise(s, { keep = { { 3, 5 } } })))
    assert.equal((long:gsub("’", "'")) .. "Zoe Luk", (text.optimise(s, { keep = { "absent", { 1, 2 } } })))
  end)

  it("never makes another number, nor a number of what is none", function()
    for _, s in ipairs {
      "0,5‰", "0,5 ‰", "2‱", "3·5", "3 · 5", "3⋅5", "3‧5", "3․5", "·5", "•5", "1。5", "1、5", "1，5", "3‚5", "x²³",
      "¹²", "10⁻³", "10⁺³",
      "3¹⁄₂", "½5", "10₂", "5①", "①②", "5⒈5", "1º", "5ℓ", "3ó4", "5†", "12\u{200B}34", "{price}‰", "{a}·{b}",
      "5 ①", "⑩ 000",
    } do
      local whole = long .. s .. " each"
      assert.equal(whole, (text.optimise(whole)))
    end
    for s, expected in pairs {
      ["5²"] = "5^2", ["3½ kg"] = "3 1/2 kg", ["5…10"] = "5...10", ["5–10"] = "5-10", ["−5"] = "-5", ["3×4"] = "3x4",
      ["1\u{202F}234"] = "1 234", ["CO₂"] = "CO2", ["５0"] = "50", ["𝟓0"] = "50", ["• 5 eggs"] = ". 5 eggs", ["20°"] = "20deg",
      ["5’000"] = "5'000",
      ["\u{202A}+43 664\u{202C}"] = "+43 664", ["1ª"] = "1a", ["3 ó 4"] = "3 o 4", ["50¢"] = "50c", ["2ⁿᵈ"] = "2nd", ["5（a）"] = "5(a)",
    } do
      assert.equal((long:gsub("’", "'")) .. expected .. " each", (text.optimise(long .. s .. " each")))
    end
  end)

  it("never renames a hole, nor makes one", function()
    for _, s in ipairs { "{imię}", "{ imię | “friend” }", "{{imię}}", "｛name｝", "﹛name﹜" } do
      local whole = long .. s
      assert.equal(whole, (text.optimise(whole)))
    end
    local out = text.optimise(rep("It’s “on” its way. ", 12) .. "{imię}" .. rep("𝐇𝐢", 40))
    assert.truthy(out:find("{imię}", 1, true))
    assert.truthy(out:find("Hi", 1, true))
  end)

  it("takes time that grows with the text, whatever is in it", function()
    for _, piece in ipairs { "{", "}", "·", "1·", "½", " ·", "{’", "\u{A0}‰" } do
      local times = costs.growth(function(size) text.optimise(rep(piece, size)) end, 1000)
      assert.is_true(times < costs.LINEAR, piece .. " " .. times)
    end
  end)

  it("leaves letters with accents alone on request", function()
    local s = long .. "Łódź"
    assert.equal(s, (text.optimise(s, { letters = false })))
    assert.equal((long:gsub("’", "'")) .. "Lodz", (text.optimise(s)))
  end)

  it("joins a letter and its accent to the character of GSM-7", function()
    local s = rep("Cafe\u{301} ", 20)
    assert.same({ rep("Café ", 20), 20 }, { (text.optimise(s)), #select(2, text.optimise(s)) })
  end)

  it("makes a text shorter that stays UCS-2, with no more swaps than needed", function()
    local s = "Ж" .. rep("\u{200B}", 5) .. rep("a", 66) .. "’"
    assert.same({ "ucs2", 73, 2 }, { text.count(s) })
    local out, changes, saved = text.optimise(s)
    assert.equal("Ж" .. rep("\u{200B}", 2) .. rep("a", 66) .. "’", out)
    assert.same({ 3, 1 }, { #changes, saved })
    -- Joiners hold emoji together: nothing is taken from them as long as the text stays UCS-2.
    local families = rep("👨‍👩‍👧", 9)
    assert.equal(families, (text.optimise(families)))
  end)

  it("is never dearer, and keeps what it does not name", function()
    local next_text = plain.texts(5)
    for _ = 1, 1500 do
      local s = next_text()
      local _, _, before = text.count(s)
      local out, changes, saved = text.optimise(s)
      local _, _, after = text.count(out)
      assert.equal(before - saved, after)
      assert.equal(#changes > 0, saved > 0)
      local again, at = {}, 1
      for i, change in ipairs(changes) do
        assert.equal(change.from, s:sub(change.offset, change.offset + #change.from - 1))
        again[#again + 1] = s:sub(at, change.offset - 1) .. change.to
        at = changes[i].offset + #change.from
      end
      assert.equal(out, table.concat(again) .. s:sub(at))
    end
  end)
end)

describe("cost", function()
  local rows = { "short", { text = long }, rep("a", 500), "ж", { text = "also short" } }

  it("sums a list and puts the worst rows first", function()
    local cost = text.cost(rows)
    assert.same({ 5, 9, 3, 2 }, { cost.rows, cost.segments, cost.gsm7, cost.ucs2 })
    local order = {}
    for i, entry in ipairs(cost) do order[i] = { entry.row, entry.segments } end
    assert.same({ { 3, 4 }, { 2, 2 }, { 5, 1 }, { 1, 1 }, { 4, 1 } }, order)
    assert.same({ row = 2, text = long, encoding = "ucs2", units = 102, segments = 2 }, cost[2])
    assert.is_nil(cost.saves)
  end)

  it("tells what swaps would save", function()
    local cost = text.cost(rows, { optimise = true })
    assert.equal(1, cost.saves)
    assert.equal(1, cost[2].saves)
    assert.equal(0, text.cost(rows, { optimise = true, keep = { "’" } }).saves)
  end)

  it("takes an iterator, another field and a limit", function()
    local at = 0
    local function each()
      at = at + 1
      if at <= 1000 then return { body = rep("x", at) } end
    end
    local cost = text.cost(each, { text = "body", top = 3, reference = 16 })
    assert.equal(1000, cost.rows)
    assert.equal(3, #cost)
    assert.same({ 1000, 999, 998 }, { cost[1].row, cost[2].row, cost[3].row })
  end)

  it("lists the rows that can't be counted", function()
    local cost = text.cost { "a", "b\xFF", {}, 12 }
    assert.same({ 4, 1 }, { cost.rows, #cost })
    assert.same({ { row = 2, message = "invalid UTF-8 at byte 2" }, { row = 3, message = "has no text in 'text'" },
      { row = 4, message = "has no text in 'text'" } }, cost.bad)
  end)
end)

describe("worst", function()
  local rows = {}
  for i = 1, 20 do rows[i] = { name = "Ann", n = i } end
  rows[7] = { name = rep("Maximilian", 10), n = 7 }
  rows[12] = { name = "Łukasz", n = 12 }

  it("finds the longest rendering and the rows that spill", function()
    local worst = text.worst("Dear {name}, your number is {n}. {{unsubscribe}} " .. rep("Thanks! ", 4), rows)
    assert.same({ 20, 1, 22 }, { worst.rows, worst.usual, worst.segments })
    assert.equal(7, worst.longest.row)
    assert.equal("ucs2", worst.spills[2].encoding)
    local spills = {}
    for i, entry in ipairs(worst.spills) do spills[i] = entry.row end
    assert.same({ 7, 12 }, spills)
    assert.equal(1, #text.worst("Dear {name}, your number is {n}. {{unsubscribe}} " .. rep("Thanks! ", 4), rows, { top = 1 }).spills)
  end)

  it("lists the rows that can't be rendered", function()
    local worst = text.worst("Hi {name}", { { name = "A" }, {}, "x", { name = "\xFF" } })
    assert.same({ { row = 2, message = "has no value for 'name'" }, { row = 3, message = "is not a table of values" },
      { row = 4, message = "invalid UTF-8 at byte 4" } }, worst.bad)
    assert.equal(1, worst.longest.row)
  end)

  it("has nothing to say about no rows", function()
    local worst = text.worst("Hi", {})
    assert.same({ 0, 0, 0, 0 }, { worst.rows, worst.usual, worst.segments, #worst.spills })
    assert.is_nil(worst.longest)
  end)
end)
