-- SPDX-License-Identifier: MIT
-- An example of each operation for the reference pages, made from `spec/wire`: the call that a witness makes, and the result that the
-- provider's document shows for it. `spec/house/reference_examples_spec.lua` makes these calls and compares their requests.

local facts = require "tools.facts"

local examples = {}

local WIDTH, DEPTH, TEXT = 100, 3, 60

-- A text as Lua writes it; bytes that are no UTF-8, and control characters, are escaped.
local function quoted(text)
  if text:find '"' and not text:find "[%c'\\\128-\255]" then return "'" .. text .. "'" end
  local escape = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
  local pattern = utf8.len(text) and '[%c"\\]' or '[%c"\\\128-\255]'
  return '"' .. text:gsub(pattern, function(char) return escape[char] or ("\\x%02X"):format(char:byte()) end) .. '"'
end

local function is_name(key)
  return type(key) == "string" and key:find "^[%a_][%w_]*$" and load("local " .. key) ~= nil
end

-- Keys beside those of the list, in the order given first and then by alphabet.
local function named_keys(value, order)
  local out, place = {}, {}
  for i, name in ipairs(order or {}) do place[name] = i end
  for key in pairs(value) do
    if math.type(key) ~= "integer" or key < 1 or key > #value then out[#out + 1] = key end
  end
  table.sort(out, function(a, b)
    local here, there = place[a] or math.huge, place[b] or math.huge
    if here ~= there then return here < there end
    return tostring(a) < tostring(b)
  end)
  return out
end

-- The members of a table as Lua writes them, each by `write`.
local function members(value, order, write)
  local out = {}
  for _, item in ipairs(value) do out[#out + 1] = write(item) end
  for _, key in ipairs(named_keys(value, order)) do
    local name = is_name(key) and key or "[" .. (type(key) == "string" and quoted(key) or tostring(key)) .. "]"
    out[#out + 1] = name .. " = " .. write(value[key])
  end
  return out
end

local function on_one_line(value, order)
  if type(value) == "string" then return quoted(value) end
  if type(value) ~= "table" then return tostring(value) end
  if next(value) == nil then return "{}" end
  return "{ " .. table.concat(members(value, order, on_one_line), ", ") .. " }"
end

--- A value as Lua writes it, on one line where it fits.
---@param value any
---@param indent string
---@param used integer     characters before it on its line
---@param order? string[]  names that come first
---@return string
local function written(value, indent, used, order)
  local line = on_one_line(value, order)
  if type(value) ~= "table" or #indent + used + utf8.len(line) <= WIDTH then return line end
  local inside = indent .. "  "
  local list = members(value, order, function(item) return written(item, inside, 20) end)
  return "{\n" .. inside .. table.concat(list, ",\n" .. inside) .. ",\n" .. indent .. "}"
end

-- A result with its first entries only: lists of one, long texts cut.
local function shortened(value, depth)
  if type(value) == "string" then
    local cut = utf8.len(value) and utf8.offset(value, TEXT)
    return cut and cut < #value and value:sub(1, cut - 1) .. "…" or value
  end
  if type(value) ~= "table" then return value end
  if depth == 0 and next(value) ~= nil then return "…" end
  local out = {}
  for key, item in pairs(value) do
    if math.type(key) ~= "integer" or key <= 1 then out[key] = shortened(item, depth - 1) end
  end
  if #value > 1 then out[2] = "…" end
  return out
end

local function is_plain(text) return not text:find "\\x" end

--- The witness of an operation that an example is made from: the first that succeeds with the client's usual options, one without
--- bytes where there is one.
---@param wire table        of `spec/wire`
---@param operation string  `resource.operation`
---@return table case
function examples.case(wire, operation)
  local found
  for _, case in ipairs(wire.cases) do
    if case.call == operation and not (case.failure or case.client or case.alone or case.options) then
      if is_plain(on_one_line(case.args or {})) then return case end
      found = found or case
    end
  end
  return assert(found, "no witness for an example of " .. operation)
end

-- Files of witnesses stand in the tree; those of a reader stand where he is.
local function arguments(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for key, item in pairs(value) do
    out[key] = key == "path" and type(item) == "string" and item:match "^spec/wire/.-([^/]+)$" or arguments(item)
  end
  return out
end

-- What a call gives, as a comment.
local function given(result)
  if type(result) ~= "table" then return "-- result: " .. on_one_line(shortened(result, DEPTH)) end
  local text = written(shortened(result, DEPTH), "", 12):gsub('"…"', "…")
  return "-- result: " .. text:gsub("\n", "\n-- ")
end

--- The lines of an example.
---@param wire table
---@param resource string
---@param operation table  see `tools/facts.lua`
---@return string
function examples.text(wire, resource, operation)
  local case = examples.case(wire, resource .. "." .. operation.name)
  local order = {}
  for i, param in ipairs(operation.params) do order[i] = param.name end
  local call = ("local result, err = client.%s:%s"):format(resource, operation.name)
  local args = case.args and next(case.args) ~= nil and " " .. written(arguments(case.args), "", #call + 1, order) or "()"
  return call .. args .. "\n" .. given(case.result)
end

--- Credentials of a client as the pages write them.
---@param provider table  see `tools/facts.lua`
---@param wire table
---@return string
function examples.client(provider, wire)
  local out = {}
  for _, name in ipairs(facts.keys(wire.options)) do
    if provider.adapter.options[name] and name ~= "url_token" then out[#out + 1] = name .. ' = "…"' end
  end
  return ("local client = sms.%s { %s }"):format(provider.name, table.concat(out, ", "))
end

--- The witnesses of a provider.
---@param name string
---@return table
function examples.wire(name)
  return dofile(("spec/wire/%s.lua"):format(name))
end

return examples
