-- SPDX-License-Identifier: MIT
-- Checks of simple values, the wording of their errors, and "did you mean": shared by the checks of types and by the wire formats.
--
-- Problems are added to a list. A value of the wrong Lua type, an unknown name or a missing one is a mistake of the script,
-- for `check.refuse` or a plain sentence. A value of the right type that can't be sent is invalid data, for `check.fault`.

local core = require "sms.core"

local check = {}

local ARTICLES = {
  string = "a string", integer = "an integer", number = "a number", boolean = "a boolean", table = "a table", ["nil"] = "nothing",
  ["function"] = "a function", userdata = "a userdata", thread = "a thread",
}

--- The type of a value, with an article.
---@param value any
---@return string
function check.article(value)
  return ARTICLES[type(value)]
end

--- Reports a value of the wrong type.
---@param problems string[]
---@param where string
---@param expected string
---@param value any
function check.refuse(problems, where, expected, value)
  problems[#problems + 1] = ("%s must be %s, got %s"):format(where, expected, ARTICLES[type(value)])
end

--- Reports invalid data: a value of the right type that can't be sent.
---@param problems string[]  gains `faults`, how many of its sentences are faults of the data, and `field`, the name of the first
---@param where string       the place, its name in quotes
---@param words string       the rest of the sentence
function check.fault(problems, where, words)
  problems[#problems + 1] = ("%s %s"):format(where, words)
  problems.faults = (problems.faults or 0) + 1
  problems.field = problems.field or where:match("'([%w_]+)")
end

--- Whether a list of problems contains mistakes of the script.
---@param problems string[]
---@return boolean
function check.mistaken(problems)
  return #problems > (problems.faults or 0)
end

--- Whether a decoded value is an id: a text that isn't blank, or an integer, possibly as a float.
---@param value any
---@return boolean
function check.is_id(value)
  return type(value) == "string" and value:find("%S") ~= nil or math.type(value) ~= nil and value % 1 == 0
end

--- Whether a table contains a value.
---@param values table
---@param wanted any
---@return boolean
function check.holds(values, wanted)
  for _, value in pairs(values) do
    if value == wanted then return true end
  end
  return false
end

--- The name of a place within a value, as in "argument 'tags'" and "[2]" → "argument 'tags[2]'".
---@param where string
---@param step string
---@return string
function check.inside(where, step)
  return (where:gsub("'$", "")) .. step .. "'"
end

--- By kind: `check(value, where, problems) → value`.
---@type table<string, fun(value: any, where: string, problems: string[]): any>
check.of = {}
local of = check.of

function of.string(value, where, problems)
  if type(value) == "string" then return value end
  check.refuse(problems, where, "a string", value)
end

function of.integer(value, where, problems)
  local whole = type(value) == "number" and math.tointeger(value)
  if whole then return whole end
  if type(value) == "number" then
    check.fault(problems, where, "must be an integer, got a fraction")
  else
    check.refuse(problems, where, "an integer", value)
  end
end

function of.number(value, where, problems)
  if type(value) ~= "number" then return check.refuse(problems, where, "a finite number", value) end
  if value == value and value ~= math.huge and value ~= -math.huge then return value end
  check.fault(problems, where, ("must be a finite number, got %s"):format(value))
end

function of.boolean(value, where, problems)
  if type(value) == "boolean" then return value end
  check.refuse(problems, where, "a boolean", value)
end

function of.table(value, where, problems)
  if type(value) == "table" then return value end
  check.refuse(problems, where, "a table", value)
end

function of.any(value)
  return value
end

--- Whether a value can be called.
---@param value any
---@return boolean
function check.callable(value)
  local meta = type(value) ~= "function" and getmetatable(value)
  return type(value) == "function" or type(meta) == "table" and meta.__call ~= nil
end

of["function"] = function(value, where, problems)
  if check.callable(value) then return value end
  check.refuse(problems, where, "a function", value)
end

---------------------------------------------------------------- lists

-- The first key that is not a list index; if there are no items, any key. `table.pack()` is an empty list.
local function odd_key(list)
  local first = next(list)
  if first == "n" and list.n == 0 then first = next(list, first) end
  for key in next, list do
    if math.type(key) == "integer" then
      if key < 1 then return key end
      first = nil
    end
  end
  return first
end

-- What is wrong with a table whose keys are not in order.
local function closer_look(list, plural, singular)
  local odd, count, last = odd_key(list), 0, 0
  if odd ~= nil then return ("%s must be a list, this table has the key '%s'"):format(plural, check.shown(odd)) end
  for key in next, list do
    if math.type(key) == "integer" then count, last = count + 1, math.max(last, key) end
  end
  for i = 1, count < last and last or 0 do
    if list[i] == nil then return ("%s must be a list without holes: %s %d is missing"):format(plural, singular, i) end
  end
end

--- Why a table is not a complete list, or nil: reading would end at a hole, and ignore items after it without notice.
---@param list table  without a metatable
---@param plural string    the word for its items
---@param singular string
---@return string? problem
function check.list(list, plural, singular)
  local count = 0
  for key in next, list do
    count = count + 1
    if key ~= count then return closer_look(list, plural, singular) end
  end
end

---------------------------------------------------------------- names

-- Maximum bytes of a name in a message.
local MAX_SHOWN = 64

--- A key as shown in messages: short, on one line, and without calling metamethods.
---@param key any
---@return string
function check.shown(key)
  if type(key) == "string" then
    if #key > MAX_SHOWN then key = key:sub(1, MAX_SHOWN) .. "..." end
    return (key:gsub("[\0-\31\127]", "?"))
  end
  if key == nil or type(key) == "number" or type(key) == "boolean" then return tostring(key) end
  return "a " .. type(key)
end

--- The string keys of a table, in order.
---@param t table
---@return string[]
function check.names(t)
  local out = {}
  for name in pairs(t) do
    if type(name) == "string" then out[#out + 1] = name end
  end
  table.sort(out)
  return out
end

--- The hint after an unknown name: the nearest known one, or nothing.
---@param key any
---@param names string[]
---@param joint? string  text before the hint (default: a comma)
---@return string
function check.guess(key, names, joint)
  local guess = type(key) == "string" and core.nearest(key, names)
  return guess and ("%s did you mean '%s'?"):format(joint or ",", guess) or ""
end

--- The message for an unknown name, with the nearest known one.
---@param kind string  "argument", "option", …
---@param key any
---@param names string[]
---@return string
function check.unknown(kind, key, names)
  return ("unknown %s '%s'%s"):format(kind, check.shown(key), check.guess(key, names))
end

return check
