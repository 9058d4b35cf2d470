-- SPDX-License-Identifier: MIT
-- `sms.names`: Unicode's names of characters, in a C module that is loaded when a name is shown, and missed with clear words.

local sms = require "sms"

-- Runs Lua code in an interpreter of its own, on the same paths.
local function run(code)
  local command = ("LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} -e '%s' 2>&1"):format(package.path, package.cpath, code)
  local pipe <close> = assert(io.popen(command))
  return pipe:read("a")
end

describe("sms.names", function()
  it("knows every character of Unicode 15.0, and says the code point of what is none", function()
    for code, name in pairs {
      [0x2019] = "RIGHT SINGLE QUOTATION MARK", [0x1F600] = "GRINNING FACE", [0x4E2D] = "CJK UNIFIED IDEOGRAPH-4E2D",
      [0xC548] = "HANGUL SYLLABLE AN", [0xE000] = "U+E000", [0x10FFFF] = "U+10FFFF", [0x41] = "LATIN CAPITAL LETTER A",
      [0x1FAE8] = "SHAKING FACE", -- new in Unicode 15.0
    } do
      assert.equal(name, sms.names.of(code))
    end
  end)

  it("raises for what is no code point", function()
    for _, value in ipairs { -1, 0x110000, 1.5, "x" } do
      assert.error_matches(function() sms.names.of(value) end, "bad argument #1 to 'of'")
    end
  end)

  it("is not loaded by counting, analysing and cutting, but by what shows a name", function()
    local out = run [[
      local sms = require "sms"
      local analysis = sms.text.analyse "a \u{416}"
      sms.text.count "x"
      local _ = analysis.parts, analysis.remaining, analysis.notes, sms.text.analyse("plain").forcing
      print(package.loaded["sms.names"])
      print(analysis.forcing[1].name, package.loaded["sms.names"] ~= nil)
    ]]
    assert.equal("nil\nCYRILLIC CAPITAL LETTER ZHE\ttrue\n", out)
  end)

  it("is named where it is missing", function()
    local out = run [[
      package.preload["sms.names"] = function() error "no such file" end
      local sms = require "sms"
      local analysis = sms.text.analyse "\u{416}"
      print(analysis.encoding, select(2, pcall(function() return analysis.forcing end)))
    ]]
    assert.matches("^ucs2\tthe names of characters are in sms%.names, a C module of lua%-sms %(names%.so beside core%.so%), which", out)
    assert.matches("no such file", out)
  end)
end)
