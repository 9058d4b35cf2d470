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
