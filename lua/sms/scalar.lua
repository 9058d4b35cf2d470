-- SPDX-License-Identifier: MIT
-- Checks of simple values, and the wording of what is wrong: shared by the checks of types and by the formats on the wire.
--
-- What is wrong goes into a list `problems`. A value of another Lua type, an unknown name or a missing one is a mistake of the script,
-- for `scalar.refuse` or a plain sentence. A value of the right type that can't be sent is a fault of the data, for `scalar.fault`.

local scalar = {}

local ARTICLES = {
  string = "a string", integer = "an integer", number = "a number", boolean = "a boolean", table = "a table", ["nil"] = "nothing",
  ["function"] = "a function", userdata = "a userdata", thread = "a thread",
}

--- What a value is, in words.
---@param value any
---@return string
function scalar.article(value)
  return ARTICLES[type(value)]
end

--- Says that a value is of the wrong type.
---@param problems string[]
---@param where string
---@param expected string
---@param value any
function scalar.refuse(problems, where, expected, value)
  problems[#problems + 1] = ("%s must be %s, got %s"):format(where, expected, ARTICLES[type(value)])
end

--- Says that a value of the right type can't be sent: a fault of the data.
---@param problems string[]  gains `faults`, how many of its sentences are faults of the data, and `field`, the name of the first
---@param where string       the place, its name in quotes
---@param words string       the rest of the sentence
function scalar.fault(problems, where, words)
  problems[#problems + 1] = ("%s %s"):format(where, words)
  problems.faults = (problems.faults or 0) + 1
  problems.field = problems.field or where:match("'([%w_]+)")
end

--- Whether the script is to blame for something in a list of problems.
---@param problems string[]
---@return boolean
function scalar.mistaken(problems)
  return #problems > (problems.faults or 0)
end

--- Whether a value is among those of a table.
---@param values table
---@param wanted any
---@return boolean
function scalar.holds(values, wanted)
  for _, value in pairs(values) do
    if value == wanted then return true end
  end
  return false
end

--- The name of a place within a value: "argument 'tags'" and "[2]" → "argument 'tags[2]'".
---@param where string
---@param step string
---@return string
function scalar.inside(where, step)
  return (where:gsub("'$", "")) .. step .. "'"
end

--- By kind: `check(value, where, problems) → value`.
---@type table<string, fun(value: any, where: string, problems: string[]): any>
scalar.of = {}
local of = scalar.of

function of.string(value, where, problems)
  if type(value) == "string" then return value end
  scalar.refuse(problems, where, "a string", value)
end

function of.integer(value, where, problems)
  local whole = type(value) == "number" and math.tointeger(value)
  if whole then return whole end
  if type(value) == "number" then
    scalar.fault(problems, where, "must be an integer, got a fraction")
  else
    scalar.refuse(problems, where, "an integer", value)
  end
end

function of.number(value, where, problems)
  if type(value) ~= "number" then return scalar.refuse(problems, where, "a finite number", value) end
  if value == value and value ~= math.huge and value ~= -math.huge then return value end
  scalar.fault(problems, where, ("must be a finite number, got %s"):format(value))
end

function of.boolean(value, where, problems)
  if type(value) == "boolean" then return value end
  scalar.refuse(problems, where, "a boolean", value)
end

function of.table(value, where, problems)
  if type(value) == "table" then return value end
  scalar.refuse(problems, where, "a table", value)
end

function of.any(value)
  return value
end

--- Whether a value is a function, or something else that can be called.
---@param value any
---@return boolean
function scalar.callable(value)
  local meta = type(value) ~= "function" and getmetatable(value)
  return type(value) == "function" or type(meta) == "table" and meta.__call ~= nil
end

of["function"] = function(value, where, problems)
  if scalar.callable(value) then return value end
  scalar.refuse(problems, where, "a function", value)
end

return scalar
