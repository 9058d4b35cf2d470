-- SPDX-License-Identifier: MIT
-- `core.number_plan`: digits in a plan, and what is no plan.

local core = require "sms.core"

local ROW = "<" .. ("I2"):rep(11)

-- A plan of rows, each given as digit → row (counted from 0) and `label`.
local function plan_of(rows)
  local out = {}
  for i, row in ipairs(rows) do
    local numbers = {}
    for digit = 0, 9 do numbers[digit + 1] = row[digit] or 0 end
    numbers[11] = row.label or 0
    out[i] = ROW:pack(table.unpack(numbers))
  end
  return table.concat(out)
end

-- Two digits, the first 1 or 2: label 7; with a 0 behind them: label 8.
local TWO = plan_of {
  {}, { label = 8 }, { [0] = 1, label = 7 },
  { [0] = 2, [1] = 2, [2] = 2, [3] = 2, [4] = 2, [5] = 2, [6] = 2, [7] = 2, [8] = 2, [9] = 2 }, { [1] = 3, [2] = 3 },
}

describe("number_plan", function()
  local plans = { [27] = TWO, [999] = TWO, [1] = false }

  it("gives label, code and the size of the code", function()
    for text, label in pairs {
      ["2715"] = 7, ["27150"] = 8, ["271"] = 0, ["2735"] = 0, ["271500"] = 0, ["27"] = 0, ["2715x"] = 0, ["27-15"] = 0,
    } do
      assert.same({ label, 27, 2 }, { core.number_plan(text, 1, plans) }, text)
      assert.same({ label, 27, 2 }, { core.number_plan("+" .. text, 2, plans) }, text)
    end
    assert.same({ 7, 999, 3 }, { core.number_plan("99929", 1, plans) })
  end)

  it("gives nothing where no plan begins so", function()
    for _, text in ipairs { "", "0", "027", "2", "x27", "28 1", "99", "998123", "1234", "+27" } do
      assert.equal(0, select("#", core.number_plan(text, 1, plans)), text)
    end
    assert.equal(0, select("#", core.number_plan("27", 3, plans)))
    assert.equal(0, select("#", core.number_plan("27", math.maxinteger, plans)))
  end)

  it("is not led astray by what is no plan", function()
    for _, broken in ipairs {
      "", "x", ROW:pack(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5), ("\xFF"):rep(22), ("\xFF"):rep(44), ("\xFF"):rep(65), TWO:sub(1, -2), TWO:sub(2),
    } do
      local label, code, size = core.number_plan("2715012345678901234567890", 1, { [27] = broken })
      assert.same({ 0, 27, 2 }, { label, code, size })
    end
    math.randomseed(5)
    for _ = 1, 1000 do
      local bytes = {}
      for i = 1, math.random(0, 90) do bytes[i] = string.char(math.random(0, 3)) end
      local label = core.number_plan("27" .. math.random(0, 999999), 1, { [27] = table.concat(bytes) })
      assert.is_true(math.type(label) == "integer" and label >= 0 and label <= 0xFFFF)
    end
  end)

  it("raises for arguments of another type", function()
    for _, arguments in ipairs {
      { {}, 1, {} }, { "27", "x", {} }, { "27", 1, "x" }, { "27", 0, {} }, { "27", -1, {} }, { "27", 1.5, {} },
    } do
      assert.is_false((pcall(core.number_plan, table.unpack(arguments))))
    end
  end)
end)
