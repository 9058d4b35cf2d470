-- SPDX-License-Identifier: MIT
-- Numbering plans: which digits after a country code are a number, of which region and kind. The plans of one first digit
-- are a file of lua/sms/number/plans, loaded when first needed; each plan is unpacked when first needed.

local core = require "sms.core"

local plan = {}

local byte, number_plan = string.byte, core.number_plan

---------------------------------------------------------------- packed plans

-- A digit of the packed form: printable ASCII from '#', without the backslash.
local function figure(code)
  return code - (code > 92 and 36 or 35)
end

-- First and last digit of a run by its figure.
local FIRSTS, LASTS = {}, {}
for first = 0, 9 do
  for last = first, 9 do FIRSTS[#FIRSTS + 1], LASTS[#LASTS + 1] = first, last end
end

-- A row for the core: the next row for each digit, and the label; 0 means none.
local ROW = "<" .. ("I2"):rep(11)

-- A packed row is its label, the number of its runs, then each run: its digits and, in two figures, the number of the next row.
local function unpack_rows(text)
  local rows, at = { ROW:pack(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) }, 1
  while at <= #text do
    local label, runs = byte(text, at, at + 1)
    local row = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, figure(label) }
    at = at + 2
    for _ = 1, figure(runs) do
      local range, high, low = byte(text, at, at + 2)
      range = figure(range) + 1
      for digit = FIRSTS[range], LASTS[range] do row[digit + 1] = figure(high) * 91 + figure(low) end
      at = at + 3
    end
    rows[#rows + 1] = ROW:pack(table.unpack(row))
  end
  return table.concat(rows)
end

local plans = {} -- country code → its rows, as `core.number_plan` takes them
plan.rows = plans
local regions, kinds = {}, {} -- country code → those of its labels

local function unpack_plan(code, packed)
  regions[code], kinds[code] = {}, {}
  for region, kind in packed[1]:gmatch("([A-Z0-9]+):([a-z_]+)") do
    table.insert(regions[code], region)
    table.insert(kinds[code], kind)
  end
  plans[code] = unpack_rows(packed[2])
end

-- Unpacks the plan that digits begin with. Codes have 1 to 3 digits and none begins another.
local function prepare(digits)
  local zone = digits:match "^[1-9]"
  if not zone then return false end
  local packed = require("sms.number.plans." .. zone)
  for size = 1, 3 do
    local code = math.tointeger(tonumber(digits:match("^%d+"):sub(1, size)))
    if code and packed[code] and not plans[code] then
      unpack_plan(code, packed[code])
      return true
    end
  end
  return false
end

--- The label of region and kind in the plan of a country code; otherwise like `plan.read`.
---@param digits string
---@param from integer
---@return integer? label  nil if it is not a valid number
---@return integer? code
---@return integer? size
function plan.label(digits, from)
  local label, code, size = number_plan(digits, from, plans)
  if not code and prepare(digits:sub(from)) then label, code, size = number_plan(digits, from, plans) end
  return label ~= 0 and label or nil, code, size
end

local label_of = plan.label

--- Looks up digits that begin with a country code.
---@param digits string
---@param from? integer   where they begin in the string (1)
---@return string? region  nil if it is not a valid number
---@return string? kind
---@return integer? code   nil if no plan has it
---@return integer? size   of the code, in digits
function plan.read(digits, from)
  local label, code, size = label_of(digits, from or 1)
  if not label then return nil, nil, code, size end
  return regions[code][label], kinds[code][label], code, size
end

return plan
