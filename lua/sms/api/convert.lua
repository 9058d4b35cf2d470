-- SPDX-License-Identifier: MIT
-- Checks an argument by its type and converts it to its format on the wire, in one pass.

local formats = require "sms.api.formats"
local json = require "sms.json"
local check = require "sms.check"
local Type = require "sms.api.types"

local argument = {}

local fault, holds, inside, refuse = check.fault, check.holds, check.inside, check.refuse

local FILE_HINT = "a file: { path = \"a.csv\" } on disk, or { data = …, name = … } from memory"
local NUMBER_AS_PHONE = "%s is a Lua number; write phone numbers as strings, because a number loses a leading 0 or +"

local compile

local function convert_list(node, registry)
  local item = compile(node.item, registry)
  return function(value, where, problems, settings)
    if type(value) ~= "table" or math.type(#value) ~= "integer" then return refuse(problems, where, "a list", value) end
    local count, held, out = #value, 0, {}
    for key in pairs(value) do
      if math.type(key) ~= "integer" or key < 1 then
        problems[#problems + 1] = ("%s must be a list, got a table with the key '%s'"):format(where, check.shown(key))
        return nil
      end
      held, count = held + 1, math.max(count, key) -- the border that `#` returns for a list with holes differs between Lua versions
    end
    -- Whatever length is claimed, one of the first `held + 1` places is a hole.
    for i = 1, math.min(count, held + 1) do out[i] = item(value[i], inside(where, ("[%d]"):format(i)), problems, settings) end
    return json.array(out)
  end
end

local function convert_literal(node)
  local wanted = node.value
  return function(value, where, problems)
    if value == wanted then return wanted end
    if type(value) == type(wanted) then return fault(problems, where, "must be " .. node.text) end
    refuse(problems, where, node.text, value)
  end
end

-- Removes problems added since there were `before`.
local function forget(problems, before, faults, field)
  for at = #problems, before + 1, -1 do problems[at] = nil end
  problems.faults, problems.field = faults, field
end

-- The message for a union without a match: its literals with the nearest, or its members.
local function union_words(node, value)
  local texts, names = {}, {}
  for i, member in ipairs(node.items) do
    texts[i] = member.text
    if member.kind == "literal" then names[#names + 1] = tostring(member.value) end
  end
  return table.concat(texts, " or ") .. check.guess(value, names, ";")
end

-- The Lua type that a member accepts; nil if it may accept several, like those with a wire format of their own.
local function taken_type(node)
  while node.kind == "alias" and not node.alias.as do node = node.base end
  local kind = node.kind ~= "alias" and Type.lua_type(node) or "any"
  return kind ~= "any" and kind or nil
end

-- The converters of a union's members for values of a Lua type, in order.
local function members_for(node, converters, kind)
  local out = {}
  for i, member in ipairs(node.items) do
    local taken = taken_type(member)
    if not taken or taken == kind then out[#out + 1] = converters[i] end
  end
  return out
end

-- If a value can only match one member, that member's message is the most helpful.
local function convert_union(node, registry)
  local members, tables, scalars, types, of_type = {}, {}, {}, {}, {}
  for i, member in ipairs(node.items) do
    members[i] = compile(member, registry)
    types[Type.lua_type(member)] = true
    table.insert(Type.takes_tables(member) and tables or scalars, members[i])
  end
  for _, kind in ipairs { "string", "number", "boolean", "table" } do of_type[kind] = members_for(node, members, kind) end
  return function(value, where, problems, settings)
    local before, faults, field = #problems, problems.faults, problems.field
    local tried = of_type[type(value)] or members
    for i = 1, #tried do
      local out = tried[i](value, where, problems, settings)
      if #problems == before then return out end
      forget(problems, before, faults, field)
    end
    local fitting = type(value) == "table" and tables or scalars
    if #fitting == 1 then return fitting[1](value, where, problems, settings) end
    if types[type(value)] then return fault(problems, where, "must be " .. union_words(node, value)) end
    refuse(problems, where, union_words(node, value), value)
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
  return function(value, where, problems, settings)
    if not fields then prepare() end
    if type(value) ~= "table" then return refuse(problems, where, "a table", value) end
    local out = {}
    for key, item in pairs(value) do
      local field = fields[key]
      if field then
        out[key] = field.convert(item, inside(where, "." .. key), problems, settings)
      elseif node.class.open and type(key) == "string" then
        out[key] = item
      else
        problems[#problems + 1] = ("%s has no field '%s'%s"):format(where, check.shown(key), check.guess(key, names, ";"))
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

---------------------------------------------------------------- aliases

local function matches(value, patterns)
  for _, pattern in ipairs(patterns) do
    if value:find(pattern[1]) then
      local length = (pattern.max or pattern.min) and (utf8.len(value) or #value) or 0
      if length <= (pattern.max or length) and length >= (pattern.min or 0) then return true end
    end
  end
  return false
end

local function range_words(alias, kind, unit)
  local least, most = alias.min, alias.max
  if least and most then return ("%s %s %s to %s%s"):format(kind, unit and "of" or "from", least, most, unit or "") end
  return ("%s of %s%s"):format(kind, least and "at least " .. least or "at most " .. most, unit or "")
end

-- What a limit applies to, and how to say it: the size, the kind of value, the unit.
local function size_of(value)
  if type(value) == "number" then return value, math.type(value) == "integer" and "an integer" or "a number" end
  if type(value) == "string" then return utf8.len(value) or #value, "a string", " characters" end
  return #value, "a list", " items"
end

-- Checks column markers: required ones are present, and all are known if the alias lists them.
local function names_columns(alias, value, where, problems)
  local before = #problems
  for _, needed in ipairs(alias.must or {}) do
    if not holds(value, needed) then fault(problems, where, ("must name a column '%s'"):format(needed)) end
  end
  for _, marker in pairs(alias.markers and value or {}) do
    if type(marker) == "string" and utf8.len(marker) and not holds(alias.markers, marker) then
      fault(problems, where, ("has an unknown marker%s; valid markers: %s"):format(
        check.guess(marker, alias.markers), table.concat(alias.markers, ", ")))
    end
  end
  return #problems == before
end

-- Reports that a value violates its alias.
local function broken(alias, words, where, problems)
  fault(problems, where, "must be " .. (alias.what or words))
  return false
end

-- Whether the number of bytes, which is never less than that of characters, proves that a text is within the limits.
local function surely_fits(alias, value)
  return type(value) == "string" and #value >= (alias.min or 0) and (alias.min or 0) <= 1 and #value <= (alias.max or #value)
end

-- Whether a value is within the limits of its alias; reports a problem if not.
local function obeys(alias, value, where, problems)
  if (alias.min or alias.max) and type(value) ~= "boolean" and not surely_fits(alias, value) then
    local size, kind, unit = size_of(value)
    if size < (alias.min or size) or size > (alias.max or size) then
      return broken(alias, range_words(alias, kind, unit), where, problems)
    end
  end
  if alias.patterns and type(value) ~= "table" and not matches(tostring(value), alias.patterns) then
    if alias.what then return broken(alias, nil, where, problems) end
    fault(problems, where, "does not match the required format")
    return false
  end
  if alias.values then
    for _, allowed in ipairs(alias.values) do
      if allowed == value then return true end
    end
    return broken(alias, "one of " .. table.concat(alias.values, ", "), where, problems)
  end
  return not (alias.must or alias.markers) or names_columns(alias, value, where, problems)
end

local function convert_alias(node, registry)
  local alias, base = node.alias, compile(node.base, registry)
  local encode = alias.as and assert(formats[alias.as], "unknown wire format in the facts")
  if alias.as == "flag01" or alias.as == "flagtext" then base = formats.flag end
  local limited = alias.min or alias.max or alias.patterns or alias.values or alias.must or alias.markers
  return function(value, where, problems, settings)
    if alias.phone and type(value) == "number" then
      problems[#problems + 1] = NUMBER_AS_PHONE:format(where)
      return nil
    end
    if alias.as == "file" and type(value) == "string" then return refuse(problems, where, FILE_HINT, value) end
    local before, faults, field = #problems, problems.faults, problems.field
    local out = base(value, where, problems, settings)
    if #problems > before then
      if not alias.what or faults == problems.faults then return nil end
      forget(problems, before, faults, field) -- the description of the alias is more helpful
      return broken(alias, nil, where, problems) or nil
    end
    if alias.as == "msisdn" then out = encode(out, where, problems, alias) end
    if #problems > before or limited and not obeys(alias, out, where, problems) then return nil end
    if encode and alias.as ~= "msisdn" then return encode(out, where, problems, alias, settings) end
    return out
  end
end

--- Compiles a parsed type to `convert(value, where, problems, settings?) → wire value`. A mistake appends a sentence
--- that begins with `where` to `problems`, and the result is then meaningless. `settings`: the client's options.
---@param node table
---@param registry sms.Registry
---@return fun(value: any, where: string, problems: string[], settings: table?): any
function argument.converter(node, registry)
  if node.kind == "list" then return convert_list(node, registry) end
  if node.kind == "literal" then return convert_literal(node) end
  if node.kind == "union" then return convert_union(node, registry) end
  if node.kind == "alias" then return convert_alias(node, registry) end
  if node.kind == "class" then return convert_class(node, registry) end
  return check.of[node.kind]
end
compile = argument.converter

return argument
