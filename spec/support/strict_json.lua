-- SPDX-License-Identifier: MIT
-- A JSON reader for specs that takes nothing but RFC 8259: no trailing comma, no doubled member, no raw control character.
-- It is not sms.json on purpose: what the client writes is judged by somebody else. Arrays carry the metatable `array`.

local strict_json = { array = { __name = "array" }, null = setmetatable({}, { __tostring = function() return "null" end }) }

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }
local read_value

local function fail(text, at, what)
  error(("offset %d: %s near %q"):format(at, what, text:sub(at, at + 20)), 0)
end

local function skip(text, at) return (text:find("[^ \t\r\n]", at)) or #text + 1 end

local function read_escape(text, at)
  local plain = ESCAPES[text:sub(at, at)]
  if plain then return plain, at + 1 end
  local high = tonumber(text:match("^u(%x%x%x%x)", at) or "", 16)
  if not high then fail(text, at, "bad escape") end
  if high < 0xD800 or high > 0xDFFF then return utf8.char(high), at + 5 end
  local low = tonumber(text:match("^\\u([dD][c-fC-F]%x%x)", at + 5) or "", 16)
  if high > 0xDBFF or not low then fail(text, at, "half a surrogate pair") end
  return utf8.char(0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00)), at + 11
end

local function read_string(text, at)
  local pieces = {}
  at = at + 1
  while true do
    local stop = text:find('["\\%c]', at)
    if not stop then fail(text, at, "open string") end
    pieces[#pieces + 1] = text:sub(at, stop - 1)
    local char = text:sub(stop, stop)
    if char == '"' then
      local value = table.concat(pieces)
      if not utf8.len(value) then fail(text, at, "invalid UTF-8") end
      return value, stop + 1
    elseif char == "\\" then
      pieces[#pieces + 1], at = read_escape(text, stop + 1)
    elseif char == "\127" then
      pieces[#pieces + 1], at = char, stop + 1
    else
      fail(text, stop, "raw control character")
    end
  end
end

local function read_number(text, at)
  local int, rest = text:match("^(-?%d+)([%d.eE+-]*)", at)
  if not int or int:find("^-?0%d") then fail(text, at, "bad value") end
  if rest == "" then
    local value = tonumber(int)
    if math.type(value) ~= "integer" then fail(text, at, "integer beyond 64 bits") end
    return value, at + #int
  end
  if not (rest:find("^%.%d+$") or rest:find("^%.%d+[eE][+-]?%d+$") or rest:find("^[eE][+-]?%d+$")) then
    fail(text, at, "bad number")
  end
  return tonumber(int .. rest) + 0.0, at + #int + #rest
end

local function read_array(text, at)
  local list = setmetatable({}, strict_json.array)
  at = skip(text, at + 1)
  if text:sub(at, at) == "]" then return list, at + 1 end
  while true do
    list[#list + 1], at = read_value(text, at)
    local char = text:sub(at, at)
    if char == "]" then return list, at + 1 end
    if char ~= "," then fail(text, at, "expected , or ]") end
    at = at + 1
  end
end

local function read_object(text, at)
  local object = {}
  at = skip(text, at + 1)
  if text:sub(at, at) == "}" then return object, at + 1 end
  while true do
    at = skip(text, at)
    if text:sub(at, at) ~= '"' then fail(text, at, "expected a member's name") end
    local name
    name, at = read_string(text, at)
    at = skip(text, at)
    if text:sub(at, at) ~= ":" then fail(text, at, "expected :") end
    if object[name] ~= nil then fail(text, at, "doubled member " .. name) end
    object[name], at = read_value(text, at + 1)
    local char = text:sub(at, at)
    if char == "}" then return object, at + 1 end
    if char ~= "," then fail(text, at, "expected , or }") end
    at = at + 1
  end
end

local WORDS = { ["true"] = true, ["false"] = false, null = strict_json.null }

function read_value(text, at)
  at = skip(text, at)
  local char = text:sub(at, at)
  local value
  if char == "{" then
    value, at = read_object(text, at)
  elseif char == "[" then
    value, at = read_array(text, at)
  elseif char == '"' then
    value, at = read_string(text, at)
  else
    local word = text:match("^%l+", at)
    if word and WORDS[word] ~= nil then
      value, at = WORDS[word], at + #word
    else
      value, at = read_number(text, at)
    end
  end
  return value, skip(text, at)
end

--- Reads one JSON text.
---@param text string
---@return any value  integers as Lua integers, other numbers as floats, null as `strict_json.null`; raises a message with the offset
function strict_json.read(text)
  local value, at = read_value(text, 1)
  if at <= #text then fail(text, at, "more than one value") end
  return value
end

return strict_json
