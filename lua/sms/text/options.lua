-- SPDX-License-Identifier: MIT
-- Checks the options of the sms.text functions that are written in Lua, and passes those of the C functions on. A
-- mistake raises an error at the line of the call.

local core = require "sms.core"
local check = require "sms.check"

local options = {}

-- Frames between `error` and the caller of sms.text: `fail`, the function here, that of the part, that of sms.text.
local LEVEL = 5

local COUNTING = { "graphemes", "language", "locking", "reference", "single" }

local function fail(words)
  error(words, LEVEL)
end

local function type_matches(value, wanted)
  for name in wanted:gmatch("[%a]+") do
    if type(value) == name then return true end
  end
  return false
end

--- Splits options. Raises an error for mistakes, which names the nearest known option.
---@param given table?
---@param own table<string, string>  the function's own options and their types, `"table|function"`
---@return table mine
---@return table? counting  options for the C functions
function options.take(given, own)
  local mine, counting = {}, nil
  if given == nil then return mine, nil end
  if type(given) ~= "table" then fail("options must be a table, got " .. type(given)) end
  local known = table.move(COUNTING, 1, #COUNTING, 1, {})
  for name in pairs(own) do known[#known + 1] = name end
  table.sort(known)
  local is_known = {}
  for _, name in ipairs(known) do is_known[name] = true end
  for name, value in pairs(given) do
    if not is_known[name] then
      fail(("unknown option '%s'%s"):format(check.shown(name), check.guess(name, known, ";")))
    elseif not own[name] then
      counting = counting or {}
      counting[name] = value
    elseif not type_matches(value, own[name]) then
      fail(("option '%s' must be a %s, not %s"):format(name, own[name]:gsub("|", " or a "), type(value)))
    else
      mine[name] = value
    end
  end
  if counting then
    local ok, words = pcall(core.text_count, "", counting)
    if not ok then fail(words) end
  end
  return mine, counting
end

--- Raises unless an argument has one of the types.
---@param value any
---@param what string
---@param wanted string
function options.argument(value, what, wanted)
  if not type_matches(value, wanted) then
    fail(("%s must be a %s, not %s"):format(what, wanted:gsub("|", " or a "), type(value)))
  end
end

--- Raises an error at the line of the call.
---@param words string
function options.refuse(words)
  fail(words)
end

return options
