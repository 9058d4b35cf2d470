-- SPDX-License-Identifier: MIT
-- `sms count` as a user runs it: a text or lines in, a readable account or JSON out.

local json = require "sms.json"

-- Runs the command with the text on standard input.
local function run(words, input)
  local source, out, err = os.tmpname(), os.tmpname(), os.tmpname()
  local file <close> = assert(io.open(source, "wb"))
  file:write(input or "")
  file:close()
  local _, _, status = os.execute(("export LUA_PATH='%s' LUA_CPATH='%s'; bin/sms count <%s >%s 2>%s %s"):format(
    package.path, package.cpath, source, out, err, (words:gsub("FILE", source))))
  local texts = {}
  for i, path in ipairs { out, err } do
    local printed <close> = assert(io.open(path, "rb"))
    texts[i] = printed:read("a")
  end
  for _, path in ipairs { source, out, err } do os.remove(path) end
  return status, texts[1], texts[2]
end

describe("sms count", function()
  it("shows encoding, units, segments and where each one ends", function()
    local status, out = run("-", ("a"):rep(161) .. "\n")
    assert.equal(0, status)
    assert.equal("GSM-7, 161 units, 2 segments; 145 left in the last one\n   1 | " .. ("a"):rep(153) .. "\n     ` ends at byte 153\n   2 | "
      .. ("a"):rep(8) .. "\n     ` ends at byte 161\n", out)
  end)

  it("takes a text as an option, as it is", function()
    local _, out = run("--text 'Hello' --json")
    assert.equal("Hello", json.decode(out).parts[1].text)
    _, out = run("--text 'two\nlines\n' --json")
    assert.equal(10, json.decode(out).units)
  end)

  it("reads a file, without the line end that closes it", function()
    local _, out = run("FILE", "two\nlines\n")
    assert.matches("^GSM%-7, 9 units, 1 segment; 151 left in the last one\n   1 | two\\nlines\n", out)
    assert.matches("\nnote: LINE FEED, 1 time: a line break, one unit in both encodings\n", out)
  end)

  it("takes CR LF, LF and CR for the end of a line, and a byte order mark for no character", function()
    local status, out = run("--lines --json", "\u{FEFF}one\rtwo\r\nthree\n\nfive")
    local value = json.decode(out)
    local texts = {}
    for _, entry in ipairs(value.worst) do texts[entry.row] = entry.text end
    assert.same({ 0, 5, { "one", "two", "three", "", "five" } }, { status, value.rows, texts })
    for _, ending in ipairs { "", "\n", "\r\n", "\r" } do
      assert.matches("^GSM%-7, 2 units, 1 segment;", (select(2, run("FILE", "\u{FEFF}ab" .. ending))))
    end
    assert.matches("^GSM%-7, 3 units,", (select(2, run("-", "ab\r\r\n"))))
    assert.matches("^UCS%-2, 3 units,", (select(2, run("-", "a\u{FEFF}b")))) -- in a text it is one
  end)

  it("prints the fields of JSON in one order", function()
    local input = ("It’s {x}\t. "):rep(8)
    for words, expected in pairs {
      ["--json"] = '^{"encoding":"ucs2","units":%d+,"segments":2,"remaining":%d+,"saves":%d,"parts":%[{"text":".-","ends":%d+},.-%],'
        .. '"forcing":%[{"character":"’","code_point":8217,"name":"[%u ]+","swap":"\'","kind":"look","offset":3,"count":8},.-%],'
        .. '"two_septets":%[%],"notes":%[.-%],"torn":%[%],"problems":%[%]}\n$',
      ["--json --lines"] = '^{"rows":1,"segments":2,"gsm7":0,"ucs2":1,"saves":%d,"worst":%[{"row":1,"text":".-","encoding":"ucs2",'
        .. '"units":%d+,"segments":2,"saves":%d}%],"bad":%[%]}\n$',
    } do
      assert.matches(expected, (select(2, run(words, input))))
    end
  end)

  it("shows what costs", function()
    local _, out = run("-", ("It’s on its way. "):rep(6) .. "😀")
    assert.matches("forces UCS%-2:\n  ’  U%+2019 RIGHT SINGLE QUOTATION MARK, 6 times, first at byte 3: write '\n", out)
    assert.matches("\n  😀  U%+1F600 GRINNING FACE, 1 time, first at byte 115: no swap\n", out)
    _, out = run("-", ("It’s on its way. "):rep(6))
    assert.matches("\nthe swaps save 1 segment\n", out)
    _, out = run("-", "€ € [x]")
    assert.matches("\ntwo septets each: €, 2 times\ntwo septets each: %[, 1 time\n", out)
  end)

  it("lets nothing through that would move the cursor", function()
    local _, out = run("-", "a\27[31m\u{9B}31m\u{202E}b\tc\0")
    assert.is_nil(out:gsub("\n", ""):find("%c"))
    assert.truthy(out:find("a\\u{1B}[31m\\u{9B}31m\\u{202E}b\\tc\\u{0}", 1, true))
  end)

  it("takes the rules as options", function()
    local _, out = run("--reference 16 -", ("a"):rep(161))
    assert.matches("; 143 left", out)
    _, out = run("--language tr -", ("ığ "):rep(30))
    assert.matches("^GSM%-7, 150 units, 1 segment; 5 left in the last one; single shift table turkish\n", out)
    assert.matches("\nthe standard alone: UCS%-2, 2 segments\n", out)
    _, out = run("--graphemes -", ("x"):rep(60) .. ("👨‍👩‍👧"):rep(25))
    assert.matches(", 5 segments; .-\nthe standard alone: UCS%-2, 4 segments\n", out)
  end)

  it("prints JSON for scripts", function()
    local status, out = run("--json", ("It’s {x}. "):rep(8))
    local value = json.decode(out)
    assert.equal(0, status)
    assert.same({ "ucs2", 80, 2, 54, 1 }, { value.encoding, value.units, value.segments, value.remaining, value.saves })
    assert.same({ 2, 81, 96 }, { #value.parts, value.parts[1].ends, value.parts[2].ends })
    assert.same({ { character = "’", code_point = 0x2019, name = "RIGHT SINGLE QUOTATION MARK", swap = "'", kind = "look", offset = 3,
      count = 8 } }, value.forcing)
    local _, gsm = run("--json", "€")
    assert.same({ { character = "€", code_point = 0x20AC, count = 1 } }, json.decode(gsm).two_septets)
  end)

  it("counts the lines of a list", function()
    local status, out = run("--lines", "short\n" .. ("It’s on its way. "):rep(6) .. "\r\nж\n")
    assert.equal(0, status)
    assert.matches("^3 texts, 4 segments: 1 in GSM%-7, 2 in UCS%-2; swaps save 1\n     2 | 2 segments, UCS%-2, 102 units: It’s", out)
    status, out = run("--lines --json", "a\n\xFF\n")
    local value = json.decode(out)
    assert.equal(1, status)
    assert.same({ 2, 1, 1, "a" }, { value.rows, value.segments, #value.worst, value.worst[1].text })
    assert.same({ { row = 2, message = "invalid UTF-8 at byte 1" } }, value.bad)
    assert.same({ 0, "0 texts, 0 segments: 0 in GSM-7, 0 in UCS-2; swaps save 0\n", "" }, { run("--lines", "") })
  end)

  it("checks a provider's limits", function()
    local provider = require("sms").providers[1]
    local limits = require("sms." .. provider).message.capabilities.text
    local status, out = run("--provider " .. provider, "x")
    assert.equal(0, status)
    assert.is_nil(out:find("problem:", 1, true))
    status, out = run("--provider " .. provider, ("x"):rep(limits.max + 1))
    assert.equal(1, status)
    assert.matches(("\nproblem: %s takes at most %d %s, this has %d\n"):format(provider, limits.max, limits.unit, limits.max + 1), out)
  end)

  it("says what is wrong", function()
    local status, out, err = run("-", "ab\xFF")
    assert.same({ 1, "", "sms: invalid UTF-8 at byte 3\n" }, { status, out, err })
    status, out, err = run("nowhere/at/all")
    assert.same({ 1, "", "sms: nowhere/at/all: No such file or directory\n" }, { status, out, err })
    for _, words in ipairs { "Hello", "'Hello world'", "'Hello/world or so'", "missing.txt" } do
      status, out, err = run(words)
      assert.same({ 1, "" }, { status, out })
      assert.matches("^sms: .*: No such file or directory; the argument is a file name%. To count a text: .*\n$", err)
    end
    for words, expected in pairs {
      ["--reference 9"] = "'9' is none of 8, 16", ["--language turkih"] = "did you mean 'turkish'%?",
      ["--provider nobody"] = "'nobody' is not a provider; choose from ", ["--jsn"] = "unknown option '%-%-jsn'",
    } do
      status, out, err = run(words, "x")
      assert.same({ 2, "" }, { status, out })
      assert.matches(expected, err)
    end
  end)

  it("says what can't be read or written", function()
    local status, _, err = run("/nonexistent", "")
    assert.same({ 1, "sms: /nonexistent: No such file or directory\n" }, { status, err })
    status, _, err = run("/", "")
    assert.same({ 1, "sms: /: Is a directory\n" }, { status, err })
    for _, words in ipairs { "-", "- --json", "- --lines" } do
      local ended, _, told = run(words .. " >/dev/full", ("a long text "):rep(10000))
      assert.same({ 1, "sms: standard output: No space left on device\n" }, { ended, told })
    end
  end)
end)
