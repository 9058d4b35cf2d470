-- SPDX-License-Identifier: MIT
-- Parses the types of the facts (grammar of LuaLS). `convert.lua` checks values by them, `native.lua` compiles them for the core.

local Type = {}

---@class sms.Registry  names that type expressions may use
---@field aliases table<string, table>
---@field classes table<string, table>

--- Joins registries; later ones win.
---@param ... sms.Registry
---@return sms.Registry
function Type.registry(...)
  local out = { aliases = {}, classes = {} }
  for _, part in ipairs { ... } do
    for name, alias in pairs(part.aliases or {}) do out.aliases[name] = alias end
    for name, class in pairs(part.classes or {}) do out.classes[name] = class end
  end
  return out
end

local function split_union(text)
  local out, depth, from = {}, 0, 1
  for at, char in text:gmatch("()([()<>|])") do
    if char == "(" or char == "<" then depth = depth + 1
    elseif char == ")" or char == ">" then depth = depth - 1
    elseif depth == 0 then
      out[#out + 1], from = text:sub(from, at - 1), at + 1
    end
  end
  out[#out + 1] = text:sub(from)
  return out
end

local BASES = { string = true, integer = true, number = true, boolean = true, table = true, any = true, ["function"] = true }

local parse

local function parse_atom(text, registry)
  local item = text:match("^(.+)%[%]$")
  if item then return { kind = "list", item = parse(item, registry), text = text } end
  local inner = text:match("^%((.+)%)$")
  if inner then return parse(inner, registry) end
  local quoted = text:match("^'(.*)'$")
  if quoted then return { kind = "literal", value = quoted, text = text } end
  if math.tointeger(text) then return { kind = "literal", value = math.tointeger(text), text = text } end
  if text == "true" or text == "false" then return { kind = "literal", value = text == "true", text = text } end
  if BASES[text] or text:match("^table<.+>$") then return { kind = text:match("^%a+"), text = text } end
  local alias = registry.aliases[text]
  if alias then return { kind = "alias", alias = alias, base = parse(alias[1], registry), text = text } end
  if registry.classes[text] then return { kind = "class", class = registry.classes[text], text = text } end
  error("unknown type '" .. text .. "' in the facts")
end

--- Parses a type expression to a tree `{ kind, text, optional?, item? | items? | value? | alias?, base? | class? }`.
---@param text string
---@param registry sms.Registry
---@return table
function Type.parse(text, registry)
  local bare = text:match("^(.-)%?$")
  local parts = split_union(bare or text)
  local node
  if #parts == 1 then
    node = parse_atom(parts[1], registry)
  else
    node = { kind = "union", items = {}, text = bare or text }
    for i, part in ipairs(parts) do node.items[i] = parse_atom(part, registry) end
  end
  node.optional = bare ~= nil or nil
  return node
end
parse = Type.parse

--- Whether values of a type are tables.
---@param node table
---@return boolean
function Type.takes_tables(node)
  while node.kind == "alias" do node = node.base end
  return node.kind == "list" or node.kind == "class" or node.kind == "table"
end

--- Whether a type is a union of literals only.
---@param node table
---@return boolean
function Type.is_choice(node)
  if node.kind ~= "union" then return false end
  for _, member in ipairs(node.items) do
    if member.kind ~= "literal" then return false end
  end
  return true
end

--- The Lua type of a type's values; "any" if there are several.
---@param node table
---@return string
function Type.lua_type(node)
  while node.kind == "alias" do node = node.base end
  if node.kind == "literal" then return type(node.value) end
  if node.kind == "list" or node.kind == "class" then return "table" end
  if node.kind == "union" then return "any" end
  return node.kind == "integer" and "number" or node.kind
end

--- Accepted values of flags, whatever the wire format.
Type.TRUTH = {
  [true] = true, [1] = true, ["1"] = true, ["true"] = true,
  [false] = false, [0] = false, ["0"] = false, ["false"] = false,
}

return Type
