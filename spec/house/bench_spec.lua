-- SPDX-License-Identifier: MIT
-- What `make bench` computes and says: medians, ratios of alternating rounds, verdicts on goals, data that Lua reads back.

package.path = "./?.lua;" .. package.path

local measure = require "bench.measure"
local report = require "bench.report"

-- Runs `work` with `print` kept; returns what it printed.
local function printed(work)
  local lines, before = {}, print
  _G.print = function(line) lines[#lines + 1] = line end
  local ok, problem = pcall(work)
  _G.print = before
  assert(ok, problem)
  return table.concat(lines, "\n")
end

describe("make bench", function()
  it("takes the middle of the rounds", function()
    assert.same({ 3, 2.5, 7 }, { measure.median { 9, 1, 3 }, measure.median { 4, 1, 2, 3 }, measure.median { 7 } })
    assert.is_nil(measure.median {})
  end)

  it("compares each round with the first program of that round, and counts failures", function()
    local rows = measure.rounds(3, {
      { name = "base", command = "echo cpu 4", count = 2 }, { name = "twice", command = "printf 'cpu 8\\nerrors 1\\n'", count = 2 },
      { name = "broken", command = "false", count = 1 },
    }, "cpu")
    assert.same({ value = 2, ratio = 1, errors = 0 }, rows.base)
    assert.same({ value = 4, ratio = 2, errors = 3 }, rows.twice)
    assert.same({ errors = 3 }, rows.broken)
  end)

  it("runs every second round backwards", function()
    local path, list = os.tmpname(), {}
    for i, name in ipairs { "a", "b", "c" } do
      list[i] = { name = name, command = ("sh -c 'echo %s >> %s; echo cpu %d'"):format(name, path, i), count = 1 }
    end
    local rows = measure.rounds(3, list, "cpu")
    local file <close> = assert(io.open(path))
    assert.equal("abccbaabc", (file:read("a"):gsub("%s", "")))
    os.remove(path)
    assert.same({ 1, 2, 3 }, { rows.a.ratio, rows.b.ratio, rows.c.ratio })
  end)

  it("says which goals are reached, and writes the same as data", function()
    local path = os.tmpname()
    local book = report.new()
    local text = printed(function()
      book:section("Calls", "us", {
        { row = "ours", most = 1.5 }, { row = "slow", least = 10, over = "ours" }, { row = "ours", most = 1, plain = true },
        { row = "absent", most = 1 },
      })
      book:row("C", 10, 1)
      book:row("ours", 12, 1.2)
      book:row("slow", 60, 6)
      book:judge()
      book:skip("other", "not installed")
      book:summary()
      book:save(path)
    end)
    assert.matches("ours: at most 1.5 x +reached %(1.2%)", text)
    assert.matches("slow: at least 10 x of ours +NOT REACHED %(5%)", text)
    assert.matches("absent: at most 1 x +%-  not measured", text)
    local data = dofile(path)
    os.remove(path)
    assert.same({ "other: not installed" }, data.skipped)
    assert.same({ name = "ours", value = 12, ratio = 1.2 }, data.sections[1].rows[2])
    local reached = {}
    for i, goal in ipairs(data.sections[1].goals) do reached[i] = tostring(goal.reached) end
    assert.same({ "true", "false", "false", "nil" }, reached)
  end)
end)
