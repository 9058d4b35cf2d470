-- SPDX-License-Identifier: MIT
-- Segments of a list before it is sent: totals, and the longest rows first; the longest rendering of a template, and the rows that need
-- more segments than most.

local core = require "sms.core"
local optimise = require "sms.text.optimise"
local options = require "sms.text.options"
local template = require "sms.text.template"

local cost = {}

local ROWS = "table|function"

-- Iterates over the rows of a list or an iterator.
local function each(rows)
  if type(rows) == "function" then return rows end
  local at = 0
  return function()
    at = at + 1
    return rows[at]
  end
end

-- More segments first, then more units, then the earlier row.
local function is_worse(a, b)
  if a.segments ~= b.segments then return a.segments > b.segments end
  if a.units ~= b.units then return a.units > b.units end
  return a.row < b.row
end

-- Sorts worst first and keeps the first `top`.
local function sort(list, top)
  table.sort(list, is_worse)
  for i = #list, math.min(top or #list, #list) + 1, -1 do list[i] = nil end
end

local TOP = "option 'top' must be a whole number, 0 or more"

local function is_top(top)
  return top == nil or math.type(top) == "integer" and top >= 0
end

local function bad_row(out, row, message)
  out.bad[#out.bad + 1] = { row = row, message = message }
end

-- Adds a rendered row to the totals and the list.
local function add(out, row, text, counting, with_saving)
  local encoding, units, segments = core.text_count(text, counting)
  if not encoding then return bad_row(out, row, units) end
  local entry = { row = row, text = text, encoding = encoding, units = units, segments = segments }
  if with_saving then
    local _, _, saved = optimise(text, with_saving)
    entry.saves = saved
    out.saves = out.saves + saved
  end
  out.segments = out.segments + segments
  out[encoding] = out[encoding] + 1
  return entry
end

local function keep(out, entry, top)
  out[#out + 1] = entry
  if top and #out - 100 >= 2.0 * top then sort(out, top) end
end

local COST = { text = "string", top = "number", optimise = "boolean", keep = "table", letters = "boolean" }

local function saving_options(mine, counting)
  local out = { keep = mine.keep, letters = mine.letters }
  for name, value in pairs(counting or {}) do out[name] = value end
  return out
end

---@class sms.text.CostRow
---@field row integer        its place in the list
---@field text string
---@field encoding "gsm7"|"ucs2"
---@field units integer
---@field segments integer
---@field saves integer?     with `optimise`: segments that sms.text.optimise would save

---@class sms.text.Cost
---@field rows integer       number of texts
---@field segments integer   of all rows together
---@field gsm7 integer       rows in GSM-7
---@field ucs2 integer       rows in UCS-2
---@field saves integer?     with `optimise`: segments that sms.text.optimise would save
---@field bad { row: integer, message: string }[]  rows that can't be counted
---@field [integer] sms.text.CostRow  the rows, worst first

--- Options in addition to those of `count`: `text`, the field of a row that has the text ("text"); `top`, maximum rows to list (all);
--- `optimise = true`, also report what sms.text.optimise would save, with its options `keep` and `letters`.
---@param rows (string|table)[]|fun(): string|table|nil
---@param given? table
---@return sms.text.Cost  the rows themselves are listed worst first
function cost.cost(rows, given)
  options.argument(rows, "rows", ROWS)
  local mine, counting = options.take(given, COST)
  if not is_top(mine.top) then options.refuse(TOP) end
  local field, saving = mine.text or "text", mine.optimise and saving_options(mine, counting)
  local out = { rows = 0, segments = 0, gsm7 = 0, ucs2 = 0, bad = {}, saves = saving and 0 or nil }
  for row in each(rows) do
    out.rows = out.rows + 1
    local text = row
    if type(row) == "table" then text = row[field] end
    if type(text) == "string" then
      local entry = add(out, out.rows, text, counting, saving)
      if entry then keep(out, entry, mine.top) end
    else
      bad_row(out, out.rows, ("has no text in '%s'"):format(field))
    end
  end
  sort(out, mine.top)
  return out
end

-- The most frequent number of segments; the lower one on a tie.
local function usual_of(numbers)
  local usual, most = 0, 0
  for segments, count in pairs(numbers) do
    if count > most or count == most and segments < usual then usual, most = segments, count end
  end
  return usual
end

---@class sms.text.Worst
---@field longest sms.text.CostRow?  the worst row
---@field usual integer      most frequent number of segments; the smaller one on a tie
---@field spills sms.text.CostRow[]  the rows that need more segments than that, worst first, each as `longest`
---@field rows integer
---@field segments integer   of all rows together
---@field bad { row: integer, message: string }[]  rows that can't be rendered or counted

--- The worst case of a template. Options: those of `count`; `top`, maximum spilling rows to list (all); `empty = "allow"`, as in a
--- message.
---@param text string  with `{name}` placeholders; see lua/sms/text/template.lua
---@param rows table[]|fun(): table?
---@param given? table
---@return sms.text.Worst?
---@return string? message  what is wrong with the template
function cost.worst(text, rows, given)
  options.argument(text, "template", "string")
  options.argument(rows, "rows", ROWS)
  local mine, counting = options.take(given, { empty = "string", top = "number" })
  if not is_top(mine.top) then options.refuse(TOP) end
  local parsed, problem = template.parse(text)
  if not parsed then return nil, "the template " .. problem end
  local sums, numbers, list = { segments = 0, gsm7 = 0, ucs2 = 0, bad = {} }, {}, {}
  local n = 0
  for row in each(rows) do
    n = n + 1
    local pieces, why = nil, "is not a table of values"
    if type(row) == "table" then pieces, why = template.fill(parsed, row, mine.empty == "allow") end
    local entry = pieces and add(sums, n, table.concat(pieces), counting)
    if not pieces then
      bad_row(sums, n, (why:gsub("^variable ('.-') is missing$", "has no value for %1")))
    elseif entry then
      numbers[entry.segments] = (numbers[entry.segments] or 0) + 1
      list[#list + 1] = entry
    end
  end
  sort(list)
  local usual, spills = usual_of(numbers), {}
  for i = 1, #list do
    if list[i].segments <= usual or #spills >= (mine.top or math.huge) then break end
    spills[i] = list[i]
  end
  return { longest = list[1], usual = usual, spills = spills, rows = n, segments = sums.segments, bad = sums.bad }
end

return cost
