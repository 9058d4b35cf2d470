-- SPDX-License-Identifier: MIT
-- lua/sms/json.lua over the lua-cjson that is installed and over a stand-in for the other build: the same results.

local cjson = require "cjson"
local installed = require "sms.json"
local standin = dofile("spec/support/cjson_standin.lua")

local other = standin.other(cjson)
local modules = {
  { "the lua-cjson installed", installed },
  { "the stand-in of the " .. other .. " build", installed.new(standin.new(other, cjson.null)) },
}

-- The borders of the 32-bit, 53-bit and 64-bit integers and of what %.14g writes, each with its neighbours.
local BORDERS = {
  "2147483647", "2147483648", "2147483649", "9007199254740991", "9007199254740992", "9007199254740993",
  "99999999999999", "100000000000000", "100000000000001", "999999999999999", "1000000000000000", "1000000000000001",
  "9223372036854775807", "9223372036854775808", "9223372036854775809",
  "18446744073709551615", "18446744073709551616", "18446744073709551617",
}
for digits = 1, 20 do
  BORDERS[#BORDERS + 1] = "1" .. ("0"):rep(digits - 1)
  BORDERS[#BORDERS + 1] = ("9"):rep(digits)
  if digits > 1 then BORDERS[#BORDERS + 1] = "1" .. ("0"):rep(digits - 2) .. "1" end
  BORDERS[#BORDERS + 1] = ("123456789012345678901"):sub(1, digits)
end
for i = 1, #BORDERS do BORDERS[#BORDERS + 1] = "-" .. BORDERS[i] end

-- Lua's own reader is the judge of what fits 64 bits: it makes a float of what does not.
local function meant(digits)
  local value = tonumber(digits)
  return math.type(value) == "integer" and value or digits
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b and (math.type(a) ~= "integer" or math.type(b) == "integer") end
  for key in pairs(b) do if a[key] == nil then return false end end
  for key, value in pairs(a) do if not same(value, b[key]) then return false end end
  return true
end

-- The message has to name the line of the caller, which is here.
local function raises(pattern, call, argument)
  local ok, message = pcall(function()
    local result = call(argument)
    return result
  end)
  assert.is_false(ok)
  assert.matches("json_spec%.lua:%d+: .*" .. pattern, message)
end

for _, entry in ipairs(modules) do
  local name, json = entry[1], entry[2]

  local function reads(text, expected)
    local value, message = json.decode(text)
    assert.is_nil(message, text)
    assert.equal(math.type(expected) or type(expected), math.type(value) or type(value), text)
    assert.same(expected, value, text)
  end

  local function refuses(text, pattern)
    local value, message = json.decode(text)
    assert.is_nil(value, text)
    assert.is_string(message, text)
    if pattern then assert.matches(pattern, message) end
  end

  describe("json over " .. name .. ", in:", function()
    it("keeps every integer", function()
      for _, digits in ipairs(BORDERS) do
        reads(digits, meant(digits))
        reads("[" .. digits .. "," .. digits .. "]", { meant(digits), meant(digits) })
        reads('{"a": ' .. digits .. ' }', { a = meant(digits) })
      end
      reads("0", 0)
      reads("-0", 0)
    end)

    it("tells neighbours beyond 2^53 apart", function()
      local value = json.decode("[877692606781038592,877692606781038593]")
      assert.equal("877692606781038592", tostring(value[1]))
      assert.equal("877692606781038593", tostring(value[2]))
    end)

    it("leaves floats floats", function()
      for _, text in ipairs { "2.0", "1e3", "1E+3", "-0.0", "0e5", "0e-5", "100e-2", "1.50", "11.8", "0.1", "1e22", "1e-400", "5e-324",
        "9007199254740993.5", "0.99999999999999999999", "123456789012345.0", "1.7976931348623157e308", "0.1234567890123456789" } do
        reads(text, tonumber(text) + 0.0)
      end
    end)

    it("refuses numbers that are none, with their place", function()
      for _, text in ipairs { "01", "-01", "00", "1.", "1.e3", "1e", "1e+", "0x10", "-", "-a", "1-2", "1.2.3" } do
        refuses(text, "invalid number at byte 1$")
        refuses("[0, " .. text .. "]", "invalid number at byte 5$")
      end
      for _, text in ipairs { "+1", ".5", "NaN", "nan", "Infinity", "inf", "tru", "nul", "TRUE", "[NaN]" } do refuses(text) end
      refuses("-Infinity")
      refuses("-nan")
    end)

    it("refuses numbers out of the range of a float", function()
      refuses("1e400", "out of range: 1e400")
      refuses("[-1e999]", "out of range: %-1e999")
      refuses("1" .. ("0"):rep(400) .. ".5", "out of range")
    end)

    it("leaves null out", function()
      reads('{"a":null,"b":[null,1,null],"c":{"d":null}}', { b = { [2] = 1 }, c = {} })
      assert.equal(0, #{ json.decode("null") })
      assert.is_nil((select(2, json.decode("null"))))
      assert.is_nil(next(json.decode("[null,null]")))
    end)

    it("reads strings", function()
      reads([["\u00fc\u20AC\ud83d\ude00\u0000\n\/\\\""]], "ü€😀\0\n/\\\"")
      reads('"1e5 and 123456789012345678"', "1e5 and 123456789012345678")
      reads('["\\\\",123456789012345678,"\\"",2.0]', { "\\", 123456789012345678, '"', 2.0 })
      reads('{"a\\"1.0":123456789012345678}', { ['a"1.0'] = 123456789012345678 })
    end)

    it("refuses bad escapes and what does not end", function()
      for _, text in ipairs { [["\x"]], [["\u12"]], [["\u00zz"]], [["\ud80"]], [["\ud800\u12"]], '"abc', '"abc\\', '"a\0b"' } do
        refuses(text)
      end
    end)

    it("reads U+FFFD for a surrogate without its partner, wherever it stands", function()
      reads([["\ud800"]], "\u{FFFD}")
      reads([["\udc00"]], "\u{FFFD}")
      reads([["\uD83D\uDE00\uD83Dx\uDE00"]], "\u{1F600}\u{FFFD}x\u{FFFD}")
      reads([["\ud800\u0041"]], "\u{FFFD}A")
      reads([["\ud83d\ud83d\ude00\ude00"]], "\u{FFFD}\u{1F600}\u{FFFD}")
      reads([=[["\\ud800","\\\ud800","\ud800\n"]]=], { [[\ud800]], "\\\u{FFFD}", "\u{FFFD}\n" })
      reads([[{"\udfff":[123456789012345678,1.5,null,2]}]], { ["\u{FFFD}"] = { 123456789012345678, 1.5, nil, 2 } })
      local rows = {}
      for i = 1, 100 do rows[i] = ('{"id":%d,"text":"%s"}'):format(i, i == 50 and [[cut \ud83d]] or "whole") end
      local read = assert(json.decode("[" .. table.concat(rows, ",") .. "]"))
      assert.same({ 100, "cut \u{FFFD}", 100 }, { #read, read[50].text, read[100].id })
    end)

    it("passes over a byte order mark, and still tells places by the bytes of the text", function()
      reads('\xEF\xBB\xBF{"a":[1,2.5]}', { a = { 1, 2.5 } })
      reads('\xEF\xBB\xBF \n"x"', "x")
      refuses('\xEF\xBB\xBF{"a":1 x', "at byte 11$")
      refuses('\xEF\xBB\xBF')
      refuses('\xEF\xBB\xBF\xEF\xBB\xBF1')
      refuses('[\xEF\xBB\xBF1]')
    end)

    it("refuses every beginning of a text", function()
      local text = [[{"a":[1,123456789012345678,-2.5e3,{"b":"x\u00e9\\"}],"c":null,"d":true,"e":{}}]]
      reads(text, { a = { 1, 123456789012345678, -2500.0, { b = "xé\\" } }, d = true, e = {} })
      for i = 0, #text - 1 do refuses(text:sub(1, i)) end
    end)

    it("refuses what follows a text, also behind a NUL", function()
      for _, text in ipairs { "1 2", "[] []", "{}x", "null,", "1\0", "[1]\0", "[1]\0[2]", "\0", '"a"123456789012345678', "[1]]" } do
        refuses(text)
      end
      refuses("")
      refuses("  \n")
    end)

    it("refuses keys that are numbers, also those it guards", function()
      refuses("{1:2}", "at byte 2$")
      refuses("{123456789012345678 : 2}", "a key that is not a string at byte 2$")
      refuses("{2.0\t:2}", "at byte 2$")
    end)

    it("counts bytes of the text it was given", function()
      refuses([=[[12345678901234567, 2.0, "\x"]]=], "at byte 27$")
      refuses([=[[1, "\x"]]=], "at byte 6$")
    end)

    it("takes the last of equal keys", function()
      reads('{"a":1,"a":12345678901234567}', { a = 12345678901234567 })
      reads('{"a":1,"a":null}', {})
    end)

    it("bounds the depth", function()
      local text = ("["):rep(128) .. ("]"):rep(128)
      assert.is_table(json.decode(text))
      assert.equal(text:gsub("%[%]", "{}"), (json.encode(json.decode(text))))
      for _, depth in ipairs { 129, 10000, 1000000 } do
        refuses(("["):rep(depth) .. ("]"):rep(depth), "too many nested")
        refuses(('{"a":'):rep(depth) .. "1" .. ("}"):rep(depth), "too many nested")
        refuses(("["):rep(depth))
      end
    end)

    it("takes text that is not UTF-8 as long as a byte is free for the marks", function()
      reads('["\xFF",12345678901234567]', { "\xFF", 12345678901234567 })
      reads('["\xFF\xFE\xC0","\xFFabc",1.0]', { "\xFF\xFE\xC0", "\xFFabc", 1.0 })
      local all = "\xFF\xFE\xC0\xC1\xF5\xF6\xF7\xF8\xF9\xFA\xFB\xFC\xFD"
      refuses('["' .. all .. '",12345678901234567]', "^not UTF%-8$")
      reads('["' .. all .. '",1]', { all, 1 })
    end)

    it("raises when it is not given a string", function()
      raises("a string is expected, got nil", json.decode, nil)
      raises("a string is expected, got number", json.decode, 12)
    end)

    it("survives broken texts", function()
      math.randomseed(20260)
      local text = [[{"id":877692606781038593,"list":[1.0,-2e3,"\u00e9\ud83d\ude00",null,true,{"k":[]}],"s":"a\\b\"c"}]]
      for _ = 1, 3000 do
        local broken = text
        for _ = 1, math.random(3) do
          local at = math.random(#broken)
          local byte = ({ "", "\0", "\xFF", '"', "\\", "9", "-", "[", "}", ":", "e", "." })[math.random(12)]
          broken = broken:sub(1, at - 1) .. byte .. broken:sub(at + math.random(0, 1))
        end
        local value, message = json.decode(broken)
        assert.is_true(value ~= nil or message == nil or type(message) == "string")
        if value ~= nil then assert.is_nil(message) end
      end
    end)
  end)

  describe("json over " .. name .. ", out:", function()
    it("keeps every integer", function()
      for _, digits in ipairs(BORDERS) do
        assert.equal(digits, json.encode(json.integer(digits)))
        if math.type(meant(digits)) == "integer" then
          assert.equal(digits, json.encode(meant(digits)))
          assert.equal('{"a":[' .. digits .. ',"' .. digits .. '"]}', json.encode { a = { meant(digits), digits } })
        end
      end
      assert.equal("-9223372036854775808", json.encode(math.mininteger))
    end)

    it("writes floats as short as they can be and exactly", function()
      local cases = { [0.1] = "0.1", [11.8] = "11.8", [0.1 + 0.2] = "0.30000000000000004", [1 / 3] = "0.3333333333333333", [2.0] = "2",
        [1e14] = "100000000000000", [2.0 ^ 53] = "9007199254740992", [-2.0 ^ 63] = "-9223372036854775808",
        [123456789012.345] = "123456789012.345", [5e-324] = "4.9406564584125e-324" }
      for number, text in pairs(cases) do assert.equal(text, json.encode(number)) end
      for _, number in ipairs { 5e-324, 1.7976931348623157e308, 2.0 ^ 63, 2.0 ^ 64, 1e300, 0.1234567890123456789, -2.5e-7 } do
        assert.equal(number, tonumber(json.encode(number)))
      end
    end)

    it("writes marked lists as arrays", function()
      assert.equal("{}", json.encode {})
      assert.equal("[]", json.encode(json.array {}))
      assert.equal("[]", json.encode(json.empty_array))
      assert.equal('{"a":[[],[]]}', json.encode { a = { json.array {}, json.empty_array } })
      assert.equal("[1,2]", json.encode(json.array { 1, 2 }))
      assert.equal("[1,null]", json.encode { 1, json.null })
      assert.equal("null", json.encode(nil))
      assert.equal('"a\\"b\\\\\\n"', json.encode('a"b\\\n'))
      assert.error_matches(function() json.empty_array[1] = 2 end, "cannot be changed")
      assert.equal("[]", json.encode(json.array(json.empty_array)))
    end)

    it("names the path of what cannot be written", function()
      local cycle = {}
      cycle.down = { cycle }
      local deep = {}
      for _ = 1, 128 do deep = { deep } end
      for _, case in ipairs {
        { { recipients = { {}, { url = "a\xFF" } } }, "recipients[2].url: text is not UTF-8 (byte 2)" },
        { "\xED\xA0\x80", "value: text is not UTF-8 (byte 1)" },
        { { a = { ["x\xC0"] = 1 } }, "a: a key is not UTF-8 (byte 2)" },
        { { price = 0 / 0 }, "price: not a finite number" },
        { { { 1 / 0 } }, "[1][1]: not a finite number" },
        { { ["odd key"] = { -1 / 0 } }, '["odd key"][1]: not a finite number' },
        { { 1, nil, 3 }, "value: a list with holes" },
        { { a = { [2] = 1 } }, "a: a list with holes" },
        { { [0] = 1 }, "value: a list that does not begin at 1" },
        { { a = { 1, n = 1 } }, "a: a list that also has named fields" },
        { { a = json.array { n = 1 } }, "a: a list that also has named fields" },
        { { [1.5] = 1 }, "value: a key of type number" },
        { { [true] = 1 }, "value: a key of type boolean" },
        { { a = { b = print } }, "a.b: a value of type function" },
        { { a = io.stdout }, "a: a value of type userdata" },
        { { a = coroutine.create(print) }, "a: a value of type thread" },
        { cycle, "down[1]: a table that contains itself" },
        { deep, ("[1]"):rep(128) .. ": nested too deeply" },
      } do
        local text, message = json.encode(case[1])
        assert.is_nil(text)
        assert.equal(case[2], message)
      end
    end)

    it("knows UTF-8", function()
      for _, good in ipairs {
        "\0", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
      } do
        assert.equal(good, json.decode((json.encode(good))))
        assert.equal(1, json.decode((json.encode { [good] = 1 }))[good])
      end
      for _, bad in ipairs {
        "\x80", "\xC1\xBF", "\xC2", "\xC2A", "\xE0\x9F\xBF", "\xE2\x82", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFE", "\xFF1",
      } do
        assert.equal("value: text is not UTF-8 (byte 4)", (select(2, json.encode("abc" .. bad))))
      end
    end)

    it("changes nothing that it is given", function()
      local inner = { 2 ^ 60, json.array {} }
      local value = { a = inner, b = inner, c = { 1 } }
      assert.is_string(json.encode(value))
      assert.equal(inner, value.a)
      assert.equal(inner, value.b)
      assert.equal(2 ^ 60, inner[1])
      assert.equal(0, #inner[2])
    end)

    it("takes only digits as an integer", function()
      assert.equal("6593333311", tostring(json.integer("6593333311")))
      assert.equal("-5", json.encode(json.integer(-5)))
      for _, bad in ipairs { "", "-", "01", "+1", "1.0", "1e3", "0x1", " 1", "1\0" } do
        raises("digits without leading zeros", json.integer, bad)
      end
      assert.error(function() json.integer(1.5) end)
      assert.error(function() json.integer(nil) end)
      assert.equal("value: not an integer literal", (select(2, json.encode(setmetatable({ "1]" }, getmetatable(json.integer(1)))))))
    end)

    it("reads back what it wrote", function()
      math.randomseed(41)
      local function number()
        local bits = math.random(0)
        local kind = math.random(4)
        if kind == 1 then return bits >> math.random(0, 63) end
        if kind == 2 then return -(bits >> math.random(1, 63)) end
        if kind == 3 then return math.random(-99999, 99999) / 100 end
        local float = string.unpack("d", string.pack("j", bits))
        return (float ~= float or float - float ~= 0) and 0.5 or float
      end
      local function text()
        local out = {}
        for i = 1, math.random(0, 6) do
          local codes = { math.random(0, 127), math.random(128, 0xD7FF), math.random(0xE000, 0x10FFFF) }
          out[i] = utf8.char(codes[math.random(3)])
        end
        return table.concat(out)
      end
      local function value(depth)
        local kind = math.random(depth > 4 and 3 or 5)
        if kind == 1 then return number() elseif kind == 2 then return text() elseif kind == 3 then return math.random(2) == 1 end
        local out = {}
        for i = 1, math.random(0, 5) do out[kind == 4 and i or text()] = value(depth + 1) end
        return out
      end
      for _ = 1, 2000 do
        local before = value(1)
        local written, message = json.encode(before)
        assert.is_nil(message)
        local after, problem = json.decode(written)
        assert.is_nil(problem, written)
        assert.is_true(same(before, after), written)
      end
    end)
  end)
end
