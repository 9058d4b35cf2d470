-- SPDX-License-Identifier: MIT
-- Text of others as it is printed: nothing that a terminal obeys comes through, and nothing that it shows is lost.

local cost = require "spec.support.cost"
local json = require "sms.json"
local terminal = require "sms.text.terminal"

-- Code points that a terminal obeys, or that turn the direction of a text: written out here from Unicode's charts, not from the code.
local OBEYED = {
  0x00, 0x07, 0x08, 0x0B, 0x0C, 0x0D, 0x0E, 0x1B, 0x1F, 0x7F, 0x80, 0x84, 0x85, 0x90, 0x9B, 0x9D, 0x9F, 0x061C, 0x200E, 0x200F,
  0x2028, 0x2029, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0xFEFF, 0xE0041, 0xE007F,
}
local SHOWN = { "", "plain", "é ß 漢字 עברית العربية", "👨‍👩‍👧 ❤️", "a\u{A0}b", "\u{200B}\u{200C}\u{200D}", "\n", "\t", "a\nb\tc" }

-- Bytes that are no UTF-8: lone C1 bytes, cut and overlong sequences, a surrogate.
local BROKEN = { "\x9B", "\xC2", "\xE2\x82", "\xC0\xAF", "\xED\xA0\x80", "\xFF", "a\x9B31mb", "é\x85é" }

describe("sms.text.terminal", function()
  it("writes what a terminal obeys as Lua escapes", function()
    for _, code in ipairs(OBEYED) do
      local text = "a" .. utf8.char(code) .. "é"
      local shown = terminal.text(text)
      assert.is_nil(shown:find(utf8.char(code), 1, true), ("U+%04X"):format(code))
      assert.equal(text, load('return "' .. shown .. '"')())
    end
    assert.equal("\\x1B[31m \\u{9B}31m \\u{202E}", terminal.text "\27[31m \u{9B}31m \u{202E}")
  end)

  it("leaves alone what it shows", function()
    for _, text in ipairs(SHOWN) do assert.equal(text, terminal.text(text)) end
  end)

  it("writes bytes that are no UTF-8 as bytes", function()
    for _, text in ipairs(BROKEN) do
      local shown = terminal.text(text)
      assert.is_truthy(utf8.len(shown), shown)
      assert.equal(text, load('return "' .. shown .. '"')())
    end
  end)

  it("forges no line of a log", function()
    assert.equal("a\\nlistener: b\\tc\\x0D", terminal.line "a\nlistener: b\tc\r")
  end)

  it("keeps JSON the same JSON", function()
    for _, code in ipairs(OBEYED) do
      local value = { text = "a" .. utf8.char(code) .. "é", n = 1 }
      local shown = terminal.json(json.encode(value))
      assert.is_nil(shown:find(utf8.char(code), 1, true), ("U+%04X"):format(code))
      assert.same(value, json.decode(shown))
    end
    for _, text in ipairs(SHOWN) do
      if not text:find "[\n\t]" then assert.equal('"' .. text .. '"', terminal.json('"' .. text .. '"')) end
    end
    assert.equal('"a\\ufffdb"', terminal.json '"a\x9Bb"')
  end)

  it("takes any bytes, in time that grows with their number", function()
    math.randomseed(7)
    for _ = 1, 2000 do
      local bytes = {}
      for i = 1, math.random(0, 12) do bytes[i] = string.char(math.random(0, 255)) end
      local text = table.concat(bytes):gsub('["\\]', "")
      assert.equal(text:gsub("[\n\t]", ""), (load('return "' .. terminal.line(text) .. '"')():gsub("[\n\t]", "")))
    end
    for _, piece in ipairs { "\27", "\x9B", "é\x9B", "é\27", "\u{202E}" } do
      local times = cost.growth(function(size)
        local text = piece:rep(size // #piece)
        terminal.text(text)
        terminal.json(text)
      end, 50000)
      assert.is_true(times < cost.LINEAR, times)
    end
  end)
end)
