-- SPDX-License-Identifier: MIT
-- core.join_key: the fields of a webhook event that need no care, joined by bars.

local core = require "sms.core"

describe("core.join_key", function()
  it("joins texts, integers and moments", function()
    assert.equal("a|b c||-7|1596205549.614", core.join_key("a", "b c", nil, -7, 1596205549.614))
    assert.equal("9223372036854775807|-9223372036854775808|0", core.join_key(math.maxinteger, math.mininteger, 0))
    assert.equal("", core.join_key())
    assert.equal("||", core.join_key(nil, "", nil))
    assert.equal(("x"):rep(96) .. "|" .. ("y"):rep(96), core.join_key(("x"):rep(96), ("y"):rep(96)))
  end)

  it("writes floats as %.3f does, or leaves them alone", function()
    math.randomseed(20210820)
    local written = 0
    for i = 1, 20000 do
      local value = math.random() * 10 ^ math.random(-5, 13)
      if i % 4 == 0 then value = math.random(0, 10 ^ 13) / 1000 end
      if i % 4 == 1 then value = math.random(0, 10 ^ 13) / 1000 + 0.0005 end
      local key = core.join_key(value)
      if key then
        written = written + 1
        assert.equal(("%.3f"):format(value), key)
      end
    end
    assert.is_true(written > 10000)
    assert.equal("0.000|0.999|1.000|12.000", core.join_key(0.0001, 0.9994, 0.9996, 12.0))
    for _, value in ipairs { 0.0, -0.0, -1.5, 1e11, 1e300, math.huge, -math.huge, 0 / 0, 0.0625 } do
      assert.is_nil(core.join_key(value))
    end
  end)

  it("leaves the rest to who knows more", function()
    for _, text in ipairs { "a|b", "50%", "a\n", "a\0b", "\127", "é", ("x"):rep(97) } do
      assert.is_nil(core.join_key("a", text))
    end
    for _, value in ipairs { true, false, {}, print } do assert.is_nil((core.join_key("a", value))) end
  end)

  it("takes eight fields", function()
    local long = ("x"):rep(96)
    assert.equal(8 * 97 - 1, #core.join_key(long, long, long, long, long, long, long, long))
    assert.has_error(function() core.join_key(1, 2, 3, 4, 5, 6, 7, 8, 9) end, "bad argument #9 to 'join_key' (too many fields)")
  end)
end)
