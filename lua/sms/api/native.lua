-- SPDX-License-Identifier: MIT
-- Compiles types for the core: rules, by which it recognises arguments that can be sent unchanged, and shapes, by which it coerces a
-- decoded response to its declared type. Arguments that the rules do not accept are left to `sms.api.convert`, which decides.

local core = require "sms.core"
local Type = require "sms.api.types"

local native = {}

---------------------------------------------------------------- rules of arguments

local RULES = core.rules
local RULE_STRING, RULE_PHONE_NUMBER, RULE_INTEGER, RULE_NUMBER = RULES.string, RULES.phone_number, RULES.integer, RULES.number
local RULE_BOOLEAN, RULE_ONE_OF, RULE_DATE, RULE_RANGE = RULES.boolean, RULES.one_of, RULES.date, RULES.range
local RULE_LIST, RULE_OBJECT, RULE_UNION = RULES.list, RULES.object, RULES.union
local NEEDED, LEAST, MOST, LARGEST = RULES.needed, RULES.least, RULES.most, 0xFFFF

-- The bytes that a pattern "^class+$" matches, as a text of 256 letters `0` and `1`; nil for any other pattern.
local function set_of(pattern)
  local class = pattern:match("^%^(%[[^%]]+%])%+%$$") or pattern:match("^%^(%%%l)%+%$$")
  if not class then return nil end
  local out, member = {}, "^" .. class .. "$"
  for byte = 0, 255 do out[byte + 1] = string.char(byte):find(member) and "1" or "0" end
  return table.concat(out)
end

local function has_high_bytes(set)
  return set:find("1", 129, true) ~= nil
end

-- The patterns of an alias, each with its minimum and maximum bytes: a set of bytes if the pattern is one, else
-- the pattern itself; and whether all of them are sets of ASCII.
local function forms_of(patterns)
  local forms, ascii = {}, patterns ~= nil
  for _, pattern in ipairs(patterns or {}) do
    local set, last = set_of(pattern[1]), #forms
    if set and (pattern.min or 0) > 1 and has_high_bytes(set) then set = nil end
    ascii = ascii and set ~= nil and not has_high_bytes(set)
    forms[last + 1], forms[last + 2], forms[last + 3] = set or pattern[1], pattern.min or 0, pattern.max or math.maxinteger
  end
  return forms, ascii
end

-- A text never has more characters than bytes, so a limit of characters is met if the bytes are within it, and a text that is not empty
-- has at least one. Larger minimum lengths can only be checked for ASCII.
local function text_rule(alias, kind)
  local least, most = alias.min or 0, alias.max or 0
  local forms, ascii = forms_of(alias.patterns)
  if least > LARGEST or alias.max == 0 or least > 1 and not (ascii or kind == RULE_PHONE_NUMBER) then return nil end
  local bits = kind | least * LEAST | most * MOST
  return forms[1] and { bits, string.find, table.unpack(forms) } or bits
end

-- Wire formats whose values can be sent unchanged if they match these rules.
local WIRE_FORMATS = { date = RULE_STRING, msisdn = RULE_PHONE_NUMBER, iso_date = RULE_DATE, joined = RULE_STRING }

local rule_of

-- Integers within the limits of an alias.
local function integer_rule(alias)
  if not (alias.min or alias.max) then return RULE_INTEGER end
  return { RULE_RANGE, math.ceil(alias.min or math.mininteger), math.floor(alias.max or math.maxinteger) }
end

local function set_of_values(values)
  local set = {}
  for _, value in ipairs(values) do set[value] = true end
  return { RULE_ONE_OF, set }
end

-- A list within the limits of its alias.
local function list_rule(node, alias, registry)
  local item, least, most = rule_of(node.item, registry), alias.min or 0, alias.max or 0
  if not item or least > LARGEST or alias.max == 0 then return nil end
  return { RULE_LIST | least * LEAST | most * MOST, item }
end

-- The rules of a class are created once per registry, since a class may contain itself.
local function object_rule(node, registry)
  if node.class.open or not registry then return nil end
  registry.rules = registry.rules or {}
  local rules = registry.rules[node.class]
  if not rules then
    rules = {}
    registry.rules[node.class] = rules
    local nodes, needed = {}, {}
    for name, text in pairs(node.class) do
      if type(name) == "string" then
        nodes[name] = Type.parse(text, registry)
        needed[name] = not nodes[name].optional
      end
    end
    for name, rule in pairs(native.rules(nodes, needed, registry)) do rules[name] = rule end
  end
  return { RULE_OBJECT, rules }
end

-- Positions of the rules for each Lua type within the rule of a union.
local PLACES = { string = 2, number = 3, boolean = 4, table = 5 }

local function is_limited(alias)
  return alias.as or alias.min or alias.max or alias.patterns or alias.must or alias.markers
end

-- Adds the rules of a union's members to `rule`, at the position of their Lua type; false if several members accept one type.
local function add_members(rule, taken, node, alias, registry)
  for _, member in ipairs(node.items) do
    local of, base = alias, member
    while base.kind == "alias" and not is_limited(of) and not base.alias.values do of, base = base.alias, base.base end
    local place = PLACES[Type.lua_type(base)]
    if base.kind == "union" and not Type.is_choice(base) then
      if not add_members(rule, taken, base, of, registry) then return false end
    elseif not place or taken[place] then
      return false
    else
      taken[place], rule[place] = true, rule_of(base, registry, of) or false
    end
  end
  return true
end

-- The rule of a union: each value goes to the one member of its Lua type.
local function union_rule(node, alias, registry)
  if Type.is_choice(node) then
    local values = {}
    for i, member in ipairs(node.items) do values[i] = member.value end
    return set_of_values(values)
  end
  local rule, only, count = { RULE_UNION, false, false, false, false }, nil, 0
  if not add_members(rule, {}, node, alias, registry) then return nil end
  for place = 2, 5 do
    if rule[place] then only, count = rule[place], count + 1 end
  end
  return count > 1 and rule or only
end

-- The rule of an alias: a set of values, or limits of its base.
local function alias_rule(node, registry)
  local alias = node.alias
  if alias.must or alias.markers or alias.as and not WIRE_FORMATS[alias.as] then return nil end
  if alias.values then return not is_limited(alias) and set_of_values(alias.values) or nil end
  return rule_of(node.base, registry, alias)
end

local of_kind = {}

function of_kind.alias(node, alias, registry) return not is_limited(alias) and alias_rule(node, registry) or nil end

of_kind.union = union_rule

function of_kind.literal(node) return set_of_values { node.value } end

function of_kind.list(node, alias, registry)
  local more = alias.as or alias.patterns or alias.must or alias.markers
  return not more and list_rule(node, alias, registry) or nil
end

function of_kind.class(node, alias, registry) return not is_limited(alias) and object_rule(node, registry) or nil end

function of_kind.string(_, alias)
  local kind = alias.as and WIRE_FORMATS[alias.as] or not alias.as and RULE_STRING
  return kind and text_rule(alias, kind) or nil
end

function of_kind.integer(_, alias)
  return not (alias.as or alias.patterns) and integer_rule(alias) or nil
end

function of_kind.number(_, alias) return not is_limited(alias) and RULE_NUMBER or nil end

function of_kind.boolean(_, alias) return not is_limited(alias) and RULE_BOOLEAN or nil end

local NO_LIMITS = {}

-- The rule of a type within the limits of an alias; nil if its values need `sms.api.convert`.
rule_of = function(node, registry, alias)
  local make = of_kind[node.kind]
  return make and make(node, alias or NO_LIMITS, registry)
end

-- The rule of a required or optional argument. Rules may be shared.
local function rule_for(node, needed, registry)
  local rule = rule_of(node, registry)
  if not rule or not needed then return rule end
  if type(rule) ~= "table" then return rule | NEEDED end
  local own = table.move(rule, 1, #rule, 1, {})
  own[1] = own[1] | NEEDED
  return own
end

--- Rules for `core.check`.
---@param nodes table<string, table>    parsed types by name
---@param needed table<string, boolean> names that have to be there
---@param registry? sms.Registry        if the types contain classes
---@return table<string|integer, any>
function native.rules(nodes, needed, registry)
  local rules, count = {}, 0
  for name, node in pairs(nodes) do rules[name] = rule_for(node, needed[name] or false, registry) end
  for _, must in pairs(needed) do count = count + (must and 1 or 0) end
  rules[0] = count
  return rules
end

---------------------------------------------------------------- shapes of results

local SHAPES = core.shapes
local ANYTHING, TEXT, FLAG, NUMBER, SINGLE = SHAPES.any, SHAPES.string, SHAPES.boolean, SHAPES.number, SHAPES.scalar
local OBJECT, LIST, EITHER, TABLE = SHAPES.object, SHAPES.list, SHAPES.union, SHAPES.table

-- Kinds of scalars are not checked, because providers write numbers as text and text as numbers.
local SCALARS = { string = TEXT, boolean = FLAG, integer = NUMBER, number = NUMBER, literal = SINGLE }

-- Letters by which the core recognises fields of scalar type.
local LETTERS = { [TEXT] = "t", [FLAG] = "f", [NUMBER] = "n", [SINGLE] = "s" }

local shape_of

-- The shape of a class is created once per registry, since a class may contain itself.
local function shape_of_class(node, registry)
  registry.shapes = registry.shapes or {}
  local shape = registry.shapes[node.class]
  if shape then return shape end
  shape = { OBJECT, "" }
  registry.shapes[node.class] = shape
  for name, text in pairs(node.class) do
    local member = type(name) == "string" and name ~= "open" and Type.parse(text, registry)
    local of_member = member and shape_of(member, registry) or ANYTHING
    if of_member ~= ANYTHING then
      local last = #shape
      shape[2] = shape[2] .. (LETTERS[of_member] or "+")
      shape[last + 1], shape[last + 2], shape[last + 3] = name, of_member, member.optional or false
    end
  end
  return shape
end

local function shape_of_list(node, registry)
  local item = shape_of(node.item, registry)
  return { LIST, item ~= ANYTHING and item, Type.takes_tables(node.item) }
end

-- In a union, a table is coerced by the first member that accepts tables, anything else by the first that accepts scalars; a number
-- by one that accepts numbers.
local function shape_of_union(node, registry)
  local tables, scalars, numbers
  for _, member in ipairs(node.items) do
    numbers = numbers or member.kind == "integer" or member.kind == "number"
    if Type.takes_tables(member) then
      tables = tables or shape_of(member, registry)
    else
      scalars = scalars or shape_of(member, registry)
    end
  end
  return { EITHER, tables or false, numbers and ANYTHING or scalars or false, node.text }
end

shape_of = function(node, registry)
  if node.kind == "alias" then
    if node.alias.as == "flag01" or node.alias.as == "flagtext" then return FLAG end
    return shape_of(node.base, registry)
  end
  if node.kind == "class" then return shape_of_class(node, registry) end
  if node.kind == "list" then return shape_of_list(node, registry) end
  if node.kind == "union" then return shape_of_union(node, registry) end
  if node.kind == "table" then return { TABLE } end
  return SCALARS[node.kind] or ANYTHING
end

--- Compiles a result type to a shape.
---@param node table
---@param registry sms.Registry
---@return table|integer shape
function native.shape(node, registry)
  return shape_of(node, registry)
end

--- The shape of an operation's result; created at the first response.
---@param op table
---@return table|integer shape
function native.shape_of(op)
  op.shape = op.shape or native.shape(op.result, op.registry)
  return op.shape
end

--- Coerces a decoded response to its declared type: booleans from 1/0/"1"/"0", strings from integers. Undeclared members
--- are unchanged. A result, item or required field of another shape than the declared one (text instead of
--- a list) is a mismatch, which is returned as text: its place and the two shapes.
---@param value any
---@param shape table|integer
---@return any value
---@return string? mismatch
native.coerce = core.coerce

return native
