-- SPDX-License-Identifier: MIT
-- Checks an argument by its type and turns it into what travels on the wire, in one pass.

local json = require "sms.json"
local naming = require "sms.naming"
local Type = require "sms.type"

local argument = {}

local ARTICLES = {
  string = "a string", integer = "an integer", number = "a number", boolean = "a boolean", table = "a table", ["nil"] = "nothing",
  ["function"] = "a function", userdata = "a userdata", thread = "a thread",
}

local function refuse(problems, where, expected, value)
  problems[#problems + 1] = ("%s must be %s, got %s"):format(where, expected, ARTICLES[type(value)])
end

-- "argument 'tags'" and "[2]" → "argument 'tags[2]'".
local function inside(where, step)
  return (where:gsub("'$", "")) .. step .. "'"
end

local NUMBER_AS_PHONE = "%s is a Lua number; write phone numbers as strings, because a number loses a leading 0 or +"

local compile

local scalar = {}

function scalar.string(value, where, problems)
  if type(value) == "string" then return value end
  refuse(problems, where, "a string", value)
end

function scalar.integer(value, where, problems)
  local whole = type(value) == "number" and math.tointeger(value)
  if whole then return whole end
  if type(value) == "number" then
    problems[#problems + 1] = where .. " must be an integer, got a fraction"
  else
    refuse(problems, where, "an integer", value)
  end
end

function scalar.number(value, where, problems)
  if type(value) == "number" and value == value and value ~= math.huge and value ~= -math.huge then return value end
  refuse(problems, where, "a finite number", value)
end

function scalar.boolean(value, where, problems)
  if type(value) == "boolean" then return value end
  refuse(problems, where, "a boolean", value)
end

function scalar.table(value, where, problems)
  if type(value) == "table" then return value end
  refuse(problems, where, "a table", value)
end

function scalar.any(value)
  return value
end

-- A function, or anything that can be called.
scalar["function"] = function(value, where, problems)
  local meta = type(value) ~= "function" and getmetatable(value)
  if type(value) == "function" or type(meta) == "table" and meta.__call then return value end
  refuse(problems, where, "a function", value)
end

local function convert_list(node, registry)
  local item = compile(node.item, registry)
  return function(value, where, problems)
    if type(value) ~= "table" or math.type(#value) ~= "integer" then return refuse(problems, where, "a list", value) end
    local count, held, out = #value, 0, {}
    for key in pairs(value) do
      if math.type(key) ~= "integer" or key < 1 or key > count then
        problems[#problems + 1] = ("%s must be a list, got a table with the key '%s'"):format(where, naming.shown(key))
        return nil
      end
      held = held + 1
    end
    -- Whatever length is claimed, a hole is among the first places that the items don't fill.
    for i = 1, math.min(count, held + 1) do out[i] = item(value[i], inside(where, ("[%d]"):format(i)), problems) end
    return json.array(out)
  end
end

local function convert_literal(node)
  local wanted = node.value
  return function(value, where, problems)
    if value == wanted then return wanted end
    problems[#problems + 1] = ("%s must be %s"):format(where, node.text)
  end
end

-- The words for a union that nothing matched: its literals with the nearest, or its members.
local function union_words(node, value)
  local texts, names = {}, {}
  for i, member in ipairs(node.items) do
    texts[i] = member.text
    if member.kind == "literal" then names[#names + 1] = tostring(member.value) end
  end
  return table.concat(texts, " or ") .. naming.guess(value, names, ";")
end

local function takes_tables(node)
  while node.kind == "alias" do node = node.base end
  return node.kind == "list" or node.kind == "class" or node.kind == "table"
end

-- Where only one member could be meant, its own complaint says most.
local function convert_union(node, registry)
  local members, tables, scalars = {}, {}, {}
  for i, member in ipairs(node.items) do
    members[i] = compile(member, registry)
    table.insert(takes_tables(member) and tables or scalars, members[i])
  end
  return function(value, where, problems)
    local before = #problems
    for i = 1, #members do
      local out = members[i](value, where, problems)
      if #problems == before then return out end
      for at = #problems, before + 1, -1 do problems[at] = nil end
    end
    local fitting = type(value) == "table" and tables or scalars
    if #fitting == 1 then return fitting[1](value, where, problems) end
    problems[before + 1] = ("%s must be %s%s"):format(where, union_words(node, value),
      type(value) == "string" and "" or ", got " .. ARTICLES[type(value)])
  end
end

local function convert_class(node, registry)
  local fields, names
  local function prepare()
    fields, names = {}, {}
    for name, text in pairs(node.class) do
      if type(name) == "string" and name ~= "open" then
        local member = Type.parse(text, registry)
        fields[name] = { convert = compile(member, registry), optional = member.optional }
        names[#names + 1] = name
      end
    end
    table.sort(names)
  end
  return function(value, where, problems)
    if not fields then prepare() end
    if type(value) ~= "table" then return refuse(problems, where, "a table", value) end
    local out = {}
    for key, item in pairs(value) do
      local field = fields[key]
      if field then
        out[key] = field.convert(item, inside(where, "." .. key), problems)
      elseif node.class.open and type(key) == "string" then
        out[key] = item
      else
        problems[#problems + 1] = ("%s has no field '%s'%s"):format(where, naming.shown(key), naming.guess(key, names, ";"))
      end
    end
    for _, name in ipairs(names) do
      if value[name] == nil and not fields[name].optional then
        problems[#problems + 1] = ("%s lacks the field '%s'"):format(where, name)
      end
    end
    return out
  end
end

---------------------------------------------------------------- what travels otherwise than it is written

local function flag(value, where, problems)
  local truth = Type.TRUTH[value]
  if truth == nil then refuse(problems, where, "a boolean", value) end
  return truth
end

-- Column numbers are keys "0", "1", … on the wire; a list names the columns from 0 on.
local function mapping_columns(value)
  local columns, from = {}, value[0] == nil and 1 or 0
  for key, marker in pairs(value) do
    local number = math.type(key) == "integer" and key - from or math.tointeger(tonumber(key))
    if not number or number < 0 or type(marker) ~= "string" then return nil end
    columns[tostring(number)] = marker
  end
  return columns
end

local encoders = {}

function encoders.joined(value)
  if type(value) ~= "table" then return tostring(value) end
  local out = {}
  for i, item in ipairs(value) do out[i] = tostring(item) end
  return table.concat(out, ",")
end

function encoders.flag01(value) return value and 1 or 0 end

function encoders.flagtext(value) return value and "1" or "0" end

function encoders.number(value, where, problems)
  local digits = tostring(value):gsub("^%+", "")
  if digits:match("^0%d") or not digits:match("^%d+$") then
    problems[#problems + 1] = where .. " travels as a JSON number: digits only, international form without a leading 0"
    return nil
  end
  return json.integer(digits)
end

-- International digits (ITU-T E.164: at most 15), whatever separators, `+` or `00` a person wrote.
function encoders.msisdn(value, where, problems)
  local digits = value:gsub("[%s%-%(%)%./]", ""):gsub("^%+", ""):gsub("^00", "")
  if not digits:match("^[1-9]%d+$") or #digits > 15 then
    problems[#problems + 1] = where .. " must be a phone number in international form, at most 15 digits"
    return nil
  end
  return digits
end

function encoders.json(value, where, problems)
  local text, message = json.encode(value)
  if not text then problems[#problems + 1] = ("%s can't be written as JSON: %s"):format(where, message) end
  return text
end

function encoders.mapping(value, where, problems)
  local columns = mapping_columns(value)
  if columns and next(columns) then return encoders.json(columns, where, problems) end
  problems[#problems + 1] = where .. " must name columns: { \"phone_number\", … } or { [\"0\"] = \"phone_number\", … }"
end

local FILE_FIELDS = { path = "string", data = "string", chunks = "function", name = "string", type = "string", size = "integer" }
local FILE_NAMES = { "path", "data", "chunks", "name", "type", "size" }

-- What no file's path, and nothing that goes into the header of a part, may hold.
local FORBIDDEN = { path = { "\0", "a NUL byte" }, name = { "%c", "control characters" }, type = { "%c", "control characters" } }

-- The fields of a file, each of its kind.
local function file_fields(value, where, problems)
  local file = {}
  for key, item in pairs(value) do
    if not FILE_FIELDS[key] then
      problems[#problems + 1] = ("%s has no field '%s'%s"):format(where, naming.shown(key), naming.guess(key, FILE_NAMES, ";"))
    else
      file[key] = scalar[FILE_FIELDS[key]](item, inside(where, "." .. key), problems)
      local forbidden = file[key] and FORBIDDEN[key]
      if forbidden and item:find(forbidden[1]) then
        problems[#problems + 1] = ("%s must not hold %s"):format(inside(where, "." .. key), forbidden[2])
      end
    end
  end
  return file
end

function encoders.file(value, where, problems)
  local before = #problems
  local file = file_fields(value, where, problems)
  if #problems > before then return nil end
  local sources = (file.path and 1 or 0) + (file.data and 1 or 0) + (file.chunks and 1 or 0)
  if sources ~= 1 then
    problems[#problems + 1] = where .. " must be a file: { path = … }, { data = …, name = … } or { chunks = function, name = … }"
  elseif file.size and (not file.chunks or file.size < 0) then
    problems[#problems + 1] = where .. " has a 'size' that is not the number of bytes of its 'chunks'"
  elseif not file.path and not file.name then
    problems[#problems + 1] = where .. " lacks the field 'name' (the file name that the provider sees)"
  end
  return file
end

-- A number on the wire, unless that would lose a leading zero.
function encoders.digits(value)
  local text = tostring(value)
  return text:match("^[1-9]%d*$") and json.integer(text) or text
end

---------------------------------------------------------------- aliases

local function matches(value, patterns)
  for _, pattern in ipairs(patterns) do
    local length = utf8.len(value) or #value
    if value:match(pattern[1]) and length <= (pattern.max or length) and length >= (pattern.min or 0) then return true end
  end
  return false
end

local function range_words(alias, unit)
  if alias.min and alias.max then return ("%s from %s to %s"):format(unit, alias.min, alias.max) end
  return alias.min and ("%s of at least %s"):format(unit, alias.min) or ("%s of at most %s"):format(unit, alias.max)
end

local function size_of(value)
  if type(value) == "number" then return value, math.type(value) == "integer" and "an integer" or "a number" end
  if type(value) == "string" then return utf8.len(value) or #value, "a text with a number of characters" end
  return #value, "a list with a number of items"
end

-- Whether a value obeys the alias' limits; says so when not.
local function obeys(alias, value, where, problems)
  local function no(words)
    problems[#problems + 1] = ("%s must be %s"):format(where, alias.what or words)
    return false
  end
  if (alias.min or alias.max) and type(value) ~= "boolean" then
    local size, unit = size_of(value)
    if size < (alias.min or size) or size > (alias.max or size) then return no(range_words(alias, unit)) end
  end
  if alias.patterns and type(value) ~= "table" and not matches(tostring(value), alias.patterns) then return no("of another form") end
  if alias.values then
    for _, allowed in ipairs(alias.values) do
      if allowed == value then return true end
    end
    return no("one of " .. table.concat(alias.values, ", "))
  end
  for _, needed in ipairs(alias.must or {}) do
    local found = false
    for _, item in pairs(value) do found = found or item == needed end
    if not found then
      problems[#problems + 1] = ("%s must name a column '%s'"):format(where, needed)
      return false
    end
  end
  return true
end

local function convert_alias(node, registry)
  local alias, base = node.alias, compile(node.base, registry)
  local encode = alias.as and assert(encoders[alias.as], "unknown wire form in the facts")
  if alias.as == "flag01" or alias.as == "flagtext" then base = flag end
  return function(value, where, problems)
    if alias.phone and type(value) == "number" then
      problems[#problems + 1] = NUMBER_AS_PHONE:format(where)
      return nil
    end
    local before = #problems
    local out = base(value, where, problems)
    if #problems > before or not obeys(alias, out, where, problems) then return nil end
    if encode then return encode(out, where, problems) end
    return out
  end
end

--- Compiles a parsed type to `convert(value, where, problems) → what goes on the wire`. A mistake appends a sentence
--- that begins with `where` to `problems`; then the result means nothing.
---@param node table
---@param registry sms.Registry
---@return fun(value: any, where: string, problems: string[]): any
function argument.converter(node, registry)
  if node.kind == "list" then return convert_list(node, registry) end
  if node.kind == "literal" then return convert_literal(node) end
  if node.kind == "union" then return convert_union(node, registry) end
  if node.kind == "alias" then return convert_alias(node, registry) end
  if node.kind == "class" then return convert_class(node, registry) end
  return scalar[node.kind]
end
compile = argument.converter

return argument
