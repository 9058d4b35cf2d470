-- SPDX-License-Identifier: MIT
-- The word functions of the core: the nearest known name, and equality in constant time.

local core = require "sms.core"

describe("nearest", function()
  it("finds the name that was meant", function()
    local known = { "timeout", "connect_timeout", "retries", "rate", "id", "" }
    for word, name in pairs { timeot = "timeout", tiemout = "timeout", TIMEOUT = "timeout", conect_timeout = "connect_timeout",
      retires = "retries", rat = "rate", di = "id" } do
      assert.equal(name, core.nearest(word, known))
    end
    for _, word in ipairs { "zzz", "proxy", "x", "timeoutoutout", ("x"):rep(65) } do assert.is_nil(core.nearest(word, known)) end
  end)

  it("is bounded and takes any list", function()
    local word = ("x"):rep(64)
    assert.equal(word, core.nearest(word, { ("x"):rep(1000000), word }))
    assert.is_nil(core.nearest(word .. "x", { word .. "x" }))
    assert.is_nil(core.nearest(12, { "12" }))
    assert.equal("b1", core.nearest("b2", { 12, true, "b1", "b3" }))
    assert.is_nil(core.nearest("a", {}))
    assert.error(function() core.nearest("a") end)
  end)
end)

describe("equal", function()
  it("compares bytes", function()
    assert.is_true(core.equal("", ""))
    assert.is_true(core.equal("a\0b", "a\0b"))
    for _, pair in ipairs {
      { "a", "b" }, { "a", "" }, { "", "a" }, { "a", "ab" }, { "ab", "a" }, { "a\0b", "a\0c" }, { "A", "a" }, { "\xFF", "\x7F" },
    } do
      assert.is_false(core.equal(pair[1], pair[2]))
    end
    assert.error(function() core.equal("a") end)
  end)
end)

describe("lower_names", function()
  it("makes a table of text with names in lower case, in any locale, of any size", function()
    local object = setmetatable({}, { __tostring = function() return "an object" end })
    local given = { ["X-ÄB\0C"] = "V", plain = 12, Float = 1.5, Flag = true, Made = object, [1] = "no name", [true] = "none" }
    local before = {}
    for name, value in pairs(given) do before[name] = value end
    assert.same({ ["x-Äb\0c"] = "V", plain = "12", float = "1.5", flag = "true", made = "an object" }, core.lower_names(given))
    assert.same(before, given)
    local many, wanted = {}, {}
    for i = 1, 1000 do many["NAME-" .. i], wanted["name-" .. i] = i, tostring(i) end
    assert.same(wanted, core.lower_names(many))
    assert.same({}, core.lower_names {})
    assert.error(function() core.lower_names "a: b" end)
  end)
end)
