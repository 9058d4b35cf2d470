-- SPDX-License-Identifier: MIT
-- lua-cjson in plain Lua, in either of the two builds that people have, with what was measured of each: "debian" (2.1.0)
-- makes every number a float, "openresty" keeps integers but ends at the 64-bit limits. A spec uses it for the other build.

local standin = {}

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }
local UNESCAPES = { ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
  ['"'] = '\\"', ["\\"] = "\\\\", ["/"] = "\\/" }

local Reader = {}
Reader.__index = Reader

function Reader:fail(wanted, found, at)
  error(("Expected %s but found %s at character %d"):format(wanted, found, at or self.at), 0)
end

function Reader:skip() self.at = self.text:find("[^ \t\r\n]", self.at) or #self.text + 1 end

function Reader:token()
  self:skip()
  local byte = self.text:sub(self.at, self.at)
  -- lua-cjson reads a C string: a NUL is the end.
  if byte == "" or byte == "\0" then return "T_END" end
  return byte
end

local function utf16(self, at)
  local digits = self.text:match("^\\u(%x%x%x%x)", at)
  if not digits then self:fail("value", "invalid unicode escape code", at) end
  return tonumber(digits, 16)
end

function Reader:unicode(at)
  local code = utf16(self, at)
  if code >= 0xDC00 and code <= 0xDFFF then self:fail("value", "invalid unicode escape code", at) end
  if code < 0xD800 or code > 0xDBFF then return utf8.char(code), at + 6 end
  if self.text:sub(at + 6, at + 7) ~= "\\u" then self:fail("value", "invalid unicode escape code", at) end
  local low = utf16(self, at + 6)
  if low < 0xDC00 or low > 0xDFFF then self:fail("value", "invalid unicode escape code", at) end
  return utf8.char(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)), at + 12
end

function Reader:string()
  local out, at = {}, self.at + 1
  while true do
    local plain = self.text:match('^[^"\\%z]+', at) or ""
    out[#out + 1], at = plain, at + #plain
    local byte = self.text:sub(at, at)
    if byte == '"' then
      self.at = at + 1
      return table.concat(out)
    elseif byte == "\\" then
      local letter = self.text:sub(at + 1, at + 1)
      if letter == "u" then
        out[#out + 1], at = self:unicode(at)
      else
        out[#out + 1] = ESCAPES[letter] or self:fail("value", "invalid escape code", at)
        at = at + 2
      end
    else
      self:fail("value", "unexpected end of string", at)
    end
  end
end

local function clamp(digits)
  local value = math.tointeger(tonumber(digits))
  if value and math.type(tonumber(digits)) == "integer" then return value end
  return digits:sub(1, 1) == "-" and math.mininteger or math.maxinteger
end

function Reader:number()
  local text = self.text:match("^%-?%d+%.?%d*[eE][+-]?%d+", self.at) or self.text:match("^%-?%d+%.?%d*", self.at)
  if not text or text:find("^%-?0%d") then self:fail("value", "invalid number") end
  self.at = self.at + #text
  if text:find("[.eE]") or self.build == "debian" then return tonumber(text) + 0.0 end
  return clamp(text)
end

function Reader:descend()
  self.depth = self.depth + 1
  if self.depth > self.max_depth then
    error(("Found too many nested data structures (%d) at character %d"):format(self.depth, self.at), 0)
  end
  self.at = self.at + 1
end

function Reader:array()
  local out = {}
  self:descend()
  if self:token() ~= "]" then
    local n = 0
    repeat
      n = n + 1
      out[n] = self:value()
      local token = self:token()
      if token ~= "," and token ~= "]" then self:fail("comma or array end", token) end
      if token == "," then self.at = self.at + 1 end
    until token == "]"
  end
  self.at, self.depth = self.at + 1, self.depth - 1
  return out
end

function Reader:object()
  local out = {}
  self:descend()
  if self:token() ~= "}" then
    repeat
      if self:token() ~= '"' then self:fail("object key string", self:token()) end
      local key = self:string()
      if self:token() ~= ":" then self:fail("colon", self:token()) end
      self.at = self.at + 1
      out[key] = self:value()
      local token = self:token()
      if token ~= "," and token ~= "}" then self:fail("comma or object end", token) end
      if token == "," then self.at = self.at + 1 end
    until token == "}"
  end
  self.at, self.depth = self.at + 1, self.depth - 1
  return out
end

local WORDS = { ["true"] = true, ["false"] = false }

function Reader:value()
  local token = self:token()
  if token == '"' then return self:string() end
  if token == "[" then return self:array() end
  if token == "{" then return self:object() end
  if token:find("[%d-]") and token ~= "T_END" then return self:number() end
  local word = self.text:match("^%l+", self.at)
  if word ~= "null" and WORDS[word] == nil then self:fail("value", token == "T_END" and token or "invalid token") end
  self.at = self.at + #word
  if word == "null" then return self.null end
  return WORDS[word]
end

local function escape(text)
  return '"' .. text:gsub('[%c"\\/\127]', function(byte) return UNESCAPES[byte] or ("\\u%04x"):format(byte:byte()) end) .. '"'
end

local function length_of(value)
  local last = 0
  for key in pairs(value) do
    if math.type(key) ~= "integer" or key < 1 then return nil end
    last = math.max(last, key)
  end
  return last > 0 and last or nil
end

local write

local function write_table(self, value, depth)
  if depth > self.encode_depth then error("Cannot serialise, excessive depth (" .. depth .. ")", 0) end
  local out, length = {}, length_of(value)
  for i = 1, length or 0 do out[i] = write(self, value[i], depth) end
  if length then return "[" .. table.concat(out, ",") .. "]" end
  for key, item in pairs(value) do out[#out + 1] = escape(tostring(key)) .. ":" .. write(self, item, depth) end
  return "{" .. table.concat(out, ",") .. "}"
end

function write(self, value, depth)
  if type(value) == "table" then return write_table(self, value, depth + 1) end
  if type(value) == "string" then return escape(value) end
  if value == nil or value == self.null then return "null" end
  if type(value) == "boolean" then return tostring(value) end
  if type(value) ~= "number" then error("Cannot serialise " .. type(value) .. ": type not supported", 0) end
  if value ~= value or value == math.huge or value == -math.huge then
    error("Cannot serialise number: must not be NaN or Infinity", 0)
  end
  if self.build == "openresty" and math.type(value) == "integer" then return ("%d"):format(value) end
  return ("%." .. self.precision .. "g"):format(value)
end

--- The other build than the given lua-cjson is.
---@param cjson table
---@return "debian"|"openresty"
function standin.other(cjson)
  return math.type(cjson.decode("1")) == "integer" and "debian" or "openresty"
end

--- A stand-in with the part of lua-cjson's interface that lua/sms/json.lua uses.
---@param build "debian"|"openresty"
---@param null any  lua-cjson's null
---@return table
function standin.new(build, null)
  local self = { build = build, null = null, encode_depth = 1000, max_depth = 1000, precision = 14 }
  local function nothing() end
  return {
    new = function() return standin.new(build, null) end,
    null = null,
    decode_invalid_numbers = nothing, encode_invalid_numbers = nothing, encode_keep_buffer = nothing,
    decode_max_depth = function(depth) self.max_depth = depth end,
    encode_max_depth = function(depth) self.encode_depth = depth end,
    encode_number_precision = function(precision) self.precision = precision end,
    encode = function(value) return write(self, value, 0) end,
    decode = function(text)
      if text:find("^%z") or text:find("^.%z") then error("JSON parser does not support UTF-16 or UTF-32", 0) end
      local reader = setmetatable({ text = text, at = 1, depth = 0 }, { __index = function(_, key) return Reader[key] or self[key] end })
      local value = reader:value()
      local token = reader:token()
      if token ~= "T_END" then reader:fail("the end", token) end
      return value
    end,
  }
end

return standin
