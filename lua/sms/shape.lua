-- SPDX-License-Identifier: MIT
-- Makes a decoded answer keep the word of its declared type: flags are booleans, ids and numbers declared as strings are strings,
-- and what is declared as a list or an object is one.

local Type = require "sms.type"

local shape = {}

-- A reader takes a value and gives it as declared; its second result says how the value differs in form, behind its place.

local shape_of

local FORMS = { string = "text", number = "a number", boolean = "true or false", ["nil"] = "missing" }

local function form_of(value)
  if type(value) ~= "table" then return FORMS[type(value)] or type(value) end
  return math.type(next(value)) == "integer" and "a list" or "an object"
end

local function mismatch(value, wanted)
  return value, (" is %s instead of %s"):format(form_of(value), wanted)
end

local function digits(value)
  if type(value) ~= "string" and math.type(value) == "integer" then return tostring(value) end
  return value
end

local TRUTH = Type.TRUTH

local function truth(value)
  local known = TRUTH[value]
  if known == nil then return value end
  return known
end

local function same(value)
  return value
end

-- Whether a scalar is of the declared kind is not looked at: providers write numbers as text and text as numbers.
local function shape_scalar(read, wanted)
  return function(value)
    if value == nil or type(value) == "table" then return mismatch(value, wanted) end
    return read(value)
  end
end

local SCALARS = {
  string = shape_scalar(digits, "text"), boolean = shape_scalar(truth, "true or false"), integer = shape_scalar(same, "a number"),
  number = shape_scalar(same, "a number"), literal = shape_scalar(same, "a single value"),
}

-- Values of this type are what a reader makes of them: it need not be asked.
local DONE = {
  [SCALARS.string] = "string", [SCALARS.boolean] = "boolean", [SCALARS.integer] = "number", [SCALARS.number] = "number",
}

-- The members that are read, as a list.
local function fields_of(node, registry)
  local fields = {}
  for name, text in pairs(node.class) do
    local member = type(name) == "string" and name ~= "open" and Type.parse(text, registry)
    local read = member and shape_of(member, registry)
    if read then fields[#fields + 1] = { name = name, read = read, done = DONE[read], optional = member.optional } end
  end
  return fields
end

-- Of what may be absent, another form is no breach of the answer's: it is there as it came. So is what is not declared.
local function shape_class(node, registry)
  local fields
  return function(value)
    if type(value) ~= "table" or math.type(next(value)) == "integer" then return mismatch(value, "an object") end
    fields = fields or fields_of(node, registry)
    for i = 1, #fields do
      local field = fields[i]
      local item = value[field.name]
      if item ~= nil and type(item) ~= field.done then
        local out, problem = field.read(item)
        if problem and not field.optional then return value, "." .. field.name .. problem end
        value[field.name] = out
      end
    end
    return value
  end
end

-- Null in a list is a hole, which `#` may take for the end: only lists of scalars have room for it.
local function shape_list(node, registry)
  local read = shape_of(node.item, registry)
  return function(value)
    if type(value) ~= "table" or type(next(value)) == "string" then return mismatch(value, "a list") end
    if not read then return value end
    local count, last = 0, 0
    for i, item in pairs(value) do
      local out, problem = read(item)
      if problem then return value, ("[%d]%s"):format(i, problem) end
      value[i], count, last = out, count + 1, math.max(last, i)
    end
    if count < last and shape.takes_tables(node.item) then return value, " has null among its items" end
    return value
  end
end

-- Of a union, a table goes to the first member that reads tables, anything else to the first that reads scalars.
local function shape_union(node, registry)
  local tables, scalars, numbers
  for _, member in ipairs(node.items) do
    local read = shape_of(member, registry) or same
    numbers = numbers or member.kind == "integer" or member.kind == "number"
    if shape.takes_tables(member) then tables = tables or read else scalars = scalars or read end
  end
  if numbers then scalars = same end -- a number is what it may be
  return function(value)
    local read = type(value) == "table" and tables or type(value) ~= "table" and scalars
    if read then return read(value) end
    return mismatch(value, node.text)
  end
end

--- Whether values of a type are tables.
---@param node table
---@return boolean
function shape.takes_tables(node)
  while node.kind == "alias" do node = node.base end
  return node.kind == "class" or node.kind == "list" or node.kind == "table"
end

local function shape_table(value)
  if type(value) ~= "table" then return mismatch(value, "an object") end
  return value
end

shape_of = function(node, registry)
  if node.kind == "alias" then
    if node.alias.as == "flag01" or node.alias.as == "flagtext" then return SCALARS.boolean end
    return shape_of(node.base, registry)
  end
  if node.kind == "class" then return shape_class(node, registry) end
  if node.kind == "list" then return shape_list(node, registry) end
  if node.kind == "union" then return shape_union(node, registry) end
  if node.kind == "table" then return shape_table end
  return SCALARS[node.kind]
end

--- Compiles a result type to a function that makes a decoded answer keep the type's word: declared booleans from 1/0/"1"/"0",
--- declared strings from integers. What is not declared stays as it came. A result, an item of it or a field that must be there
--- in another form than the declared one (text where a list belongs) is a mismatch: its place and the two forms, in words.
---@param node table
---@param registry sms.Registry
---@return (fun(value: any): any, string?)?
function shape.shaper(node, registry)
  return shape_of(node, registry)
end

return shape
