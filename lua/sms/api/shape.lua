-- SPDX-License-Identifier: MIT
-- Makes a decoded answer keep the word of its declared type: flags are booleans, ids and numbers declared as strings are strings,
-- and what is declared as a list or an object is one. The core does it by forms that are made of types here.

local core = require "sms.core"
local Type = require "sms.api.types"

local shape = {}

local SHAPES = core.shapes
local ANYTHING, TEXT, FLAG, NUMBER, SINGLE = SHAPES.any, SHAPES.string, SHAPES.boolean, SHAPES.number, SHAPES.scalar
local OBJECT, LIST, EITHER, TABLE = SHAPES.object, SHAPES.list, SHAPES.union, SHAPES.table

-- Whether a scalar is of the declared kind is not looked at: providers write numbers as text and text as numbers.
local SCALARS = { string = TEXT, boolean = FLAG, integer = NUMBER, number = NUMBER, literal = SINGLE }

-- By these the core sees which fields need no more than a look.
local LETTERS = { [TEXT] = "t", [FLAG] = "f", [NUMBER] = "n", [SINGLE] = "s" }

local form_of

-- The form of a class is made once for each registry: a class may hold itself.
local function form_of_class(node, registry)
  registry.forms = registry.forms or {}
  local form = registry.forms[node.class]
  if form then return form end
  form = { OBJECT, "" }
  registry.forms[node.class] = form
  for name, text in pairs(node.class) do
    local member = type(name) == "string" and name ~= "open" and Type.parse(text, registry)
    local of_member = member and form_of(member, registry) or ANYTHING
    if of_member ~= ANYTHING then
      local last = #form
      form[2] = form[2] .. (LETTERS[of_member] or "+")
      form[last + 1], form[last + 2], form[last + 3] = name, of_member, member.optional or false
    end
  end
  return form
end

local function form_of_list(node, registry)
  local item = form_of(node.item, registry)
  return { LIST, item ~= ANYTHING and item, Type.takes_tables(node.item) }
end

-- Of a union, a table goes to the first member that reads tables, anything else to the first that reads scalars; a number is what it
-- may be.
local function form_of_union(node, registry)
  local tables, scalars, numbers
  for _, member in ipairs(node.items) do
    numbers = numbers or member.kind == "integer" or member.kind == "number"
    if Type.takes_tables(member) then
      tables = tables or form_of(member, registry)
    else
      scalars = scalars or form_of(member, registry)
    end
  end
  return { EITHER, tables or false, numbers and ANYTHING or scalars or false, node.text }
end

form_of = function(node, registry)
  if node.kind == "alias" then
    if node.alias.as == "flag01" or node.alias.as == "flagtext" then return FLAG end
    return form_of(node.base, registry)
  end
  if node.kind == "class" then return form_of_class(node, registry) end
  if node.kind == "list" then return form_of_list(node, registry) end
  if node.kind == "union" then return form_of_union(node, registry) end
  if node.kind == "table" then return { TABLE } end
  return SCALARS[node.kind] or ANYTHING
end

--- Compiles a result type to a form.
---@param node table
---@param registry sms.Registry
---@return table|integer form
function shape.form(node, registry)
  return form_of(node, registry)
end

--- Makes a decoded answer keep the word of its type: declared booleans from 1/0/"1"/"0", declared strings from integers. What is not
--- declared stays as it came. A result, an item of it or a field that must be there in another form than the declared one (text where
--- a list belongs) is a mismatch: its place and the two forms, in words.
---@param value any
---@param form table|integer
---@return any value
---@return string? mismatch
shape.settle = core.settle

return shape
