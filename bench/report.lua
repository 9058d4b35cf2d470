-- SPDX-License-Identifier: MIT
-- What the benchmarks print, goals beside the figures, and the same as data: a Lua file that returns a table.

local report = {}

local Report = {}
Report.__index = Report

--- A report that prints as it grows.
---@return table
function report.new()
  return setmetatable({ sections = {}, skipped = {}, versions = {} }, Report)
end

--- Begins a section.
---@param title string
---@param unit string
---@param goals? table[]  `{ row, most|least, over?, plain? }`: bounds for the ratio of a row to the first one, with `over` for how
---  many times as much as in the row of that name it is, with `plain` for its value
function Report:section(title, unit, goals)
  self.sections[#self.sections + 1] = { title = title, unit = unit, goals = goals or {}, rows = {} }
  print("\n" .. title)
end

--- A row of the section: a value, and its ratio to the first row.
---@param name string
---@param value number?
---@param ratio number?
---@param note? string
function Report:row(name, value, ratio, note)
  local section = self.sections[#self.sections]
  section.rows[#section.rows + 1] = { name = name, value = value, ratio = ratio, note = note }
  local shown = value and ("%12.6g %s"):format(value, section.unit) or ("%12s %s"):format("failed", section.unit)
  print(("  %-36s %s%s%s"):format(name, shown, ratio and ("   %6.2f x"):format(ratio) or "", note and ("   " .. note) or ""))
end

local function row_of(section, name)
  for _, row in ipairs(section.rows) do
    if row.name == name then return row end
  end
end

local function figure_of(section, goal)
  local row, other = row_of(section, goal.row), goal.over and row_of(section, goal.over)
  if not row then return nil end
  if goal.over then return row.value and other and other.value and row.value / other.value end
  return row[goal.plain and "value" or "ratio"]
end

local function words_of(section, goal)
  local unit = goal.plain and section.unit or "x"
  local over = goal.over and (" of " .. goal.over) or ""
  return ("%s: at %s %g %s%s"):format(goal.row, goal.most and "most" or "least", goal.most or goal.least, unit, over)
end

--- Ends a section: says which of its goals are reached. What was not measured has no verdict.
function Report:judge()
  local section = self.sections[#self.sections]
  for _, goal in ipairs(section.goals) do
    goal.measured = figure_of(section, goal)
    if goal.measured then
      goal.reached = goal.measured <= (goal.most or math.huge) and goal.measured >= (goal.least or -math.huge)
      local verdict = goal.reached and "reached" or "NOT REACHED"
      print(("  goal  %-36s %s (%.4g)"):format(words_of(section, goal), verdict, goal.measured))
    end
  end
end

--- All goals once more, in one table.
function Report:summary()
  print("\nGoals")
  for _, section in ipairs(self.sections) do
    for _, goal in ipairs(section.goals) do
      local verdict = goal.measured and (goal.reached and "reached" or "NOT REACHED") or "not measured"
      print(("  %-62s %-38s %10s  %s"):format(section.title, words_of(section, goal),
        goal.measured and ("%.4g"):format(goal.measured) or "-", verdict))
    end
  end
end

--- Says that something is left out.
---@param what string
---@param why string
function Report:skip(what, why)
  self.skipped[#self.skipped + 1] = what .. ": " .. why
  print(("  %s: skipped, %s"):format(what, why))
end

local LINE = 100 -- a table that fits into so many characters stands on one line

local function written(value, indent)
  if type(value) == "number" then return math.type(value) == "integer" and tostring(value) or ("%.6g"):format(value) end
  if type(value) ~= "table" then return type(value) == "string" and ("%q"):format(value) or tostring(value) end
  local out, inner, names, size = {}, indent .. "  ", {}, 0
  for i, item in ipairs(value) do out[i] = written(item, inner) end
  for name in pairs(value) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local key = name:match "^[%a_][%w_]*$" and name or ("[%q]"):format(name)
    out[#out + 1] = ("%s = %s"):format(key, written(value[name], inner))
  end
  for _, text in ipairs(out) do size = size + #text + (text:find("\n", 1, true) and LINE or 2) end
  if size == 0 then return "{}" end
  if size < LINE then return "{ " .. table.concat(out, ", ") .. " }" end
  return "{\n" .. inner .. table.concat(out, ",\n" .. inner) .. ",\n" .. indent .. "}"
end

--- Writes all of it as a Lua file.
---@param path string
function Report:save(path)
  local file <close> = assert(io.open(path, "w"))
  file:write("-- SPDX-License-Identifier: MIT\n-- Figures of one `make bench`; ratios are to the first row of their section.\n\n")
  file:write("return ")
  file:write(written({ versions = self.versions, sections = self.sections, skipped = self.skipped }, ""), "\n")
end

return report
