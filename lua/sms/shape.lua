-- SPDX-License-Identifier: MIT
-- Makes a decoded answer keep the word of its declared type: flags are booleans, ids and numbers declared as strings are strings.

local Type = require "sms.type"

local shape = {}

local shape_of

local function digits(value)
  if math.type(value) == "integer" then return tostring(value) end
  return value
end

local function truth(value)
  local known = Type.TRUTH[value]
  if known == nil then return value end
  return known
end

local function shape_class(node, registry)
  local fields
  return function(value)
    if type(value) ~= "table" then return value end
    if not fields then
      fields = {}
      for name, text in pairs(node.class) do
        if type(name) == "string" and name ~= "open" then fields[name] = shape_of(Type.parse(text, registry), registry) end
      end
    end
    for name, read in pairs(fields) do
      if value[name] ~= nil then value[name] = read(value[name]) end
    end
    return value
  end
end

local function shape_list(node, registry)
  local item = shape_of(node.item, registry)
  if not item then return nil end
  return function(value)
    if type(value) == "table" then
      for i = 1, #value do value[i] = item(value[i]) end
    end
    return value
  end
end

-- Of a union, a table goes to the first member that reads tables, anything else to the first that reads scalars.
local function shape_union(node, registry)
  local tables, scalars, numbers
  for _, member in ipairs(node.items) do
    local read = shape_of(member, registry)
    numbers = numbers or member.kind == "integer" or member.kind == "number"
    if member.kind == "class" or member.kind == "list" then tables = tables or read else scalars = scalars or read end
  end
  if numbers then scalars = nil end -- a number is what it may be
  if not tables and not scalars then return nil end
  return function(value)
    local read = type(value) == "table" and tables or type(value) ~= "table" and scalars
    if read then return read(value) end
    return value
  end
end

shape_of = function(node, registry)
  if node.kind == "alias" then
    if node.alias.as == "flag01" or node.alias.as == "flagtext" then return truth end
    return shape_of(node.base, registry)
  end
  if node.kind == "string" then return digits end
  if node.kind == "boolean" then return truth end
  if node.kind == "class" then return shape_class(node, registry) end
  if node.kind == "list" then return shape_list(node, registry) end
  if node.kind == "union" then return shape_union(node, registry) end
  return nil
end

--- Compiles a result type to a function that makes a decoded answer keep the type's word: declared booleans from 1/0/"1"/"0",
--- declared strings from integers. What is not declared stays as it came. Nil when there is nothing to do.
---@param node table
---@param registry sms.Registry
---@return (fun(value: any): any)?
function shape.shaper(node, registry)
  return shape_of(node, registry)
end

return shape
