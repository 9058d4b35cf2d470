-- SPDX-License-Identifier: MIT
-- The file of a cassette: readable JSON, each body in its own format.

local check = require "sms.check"
local json = require "sms.json"

local tape = {}

---------------------------------------------------------------- bodies

-- Whether two decoded values are the same.
local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

-- Whether a text is JSON that survives decoding and encoding.
local function is_json(text)
  if not text:find "^%s*[{%[]" then return false end
  local value, wrong = json.decode(text)
  if wrong then return false end
  local again = json.encode(value)
  return again ~= nil and same(json.decode(again), value)
end

local function is_text(bytes)
  return utf8.len(bytes) ~= nil and not bytes:find "[\0-\8\11\12\14-\31\127]"
end

-- A JSON text whose strings are masked as well, since they may contain JSON themselves, with nested escapes.
local function masked_within(text, mask)
  local value, wrong = json.decode(text)
  if wrong then return text end
  local changed = false
  local function walk(item)
    if type(item) == "string" then
      local masked = mask(item)
      changed = changed or masked ~= item
      return masked
    end
    if type(item) ~= "table" then return item end
    local out = setmetatable({}, getmetatable(item))
    for key, one in pairs(item) do out[type(key) == "string" and walk(key) or key] = walk(one) end
    return out
  end
  local out = walk(value)
  return changed and json.encode(out) or text
end

--- A body in the file: `json`, JSON text; `text`; or `hex`.
---@param bytes string?
---@param hide fun(text: string): string
---@param mask fun(text: string): string  hides secrets
---@return table
function tape.body(bytes, hide, mask)
  if bytes == nil then return {} end
  if bytes:find "^%s*[{%[]" then bytes = masked_within(bytes, mask) end
  if not is_text(bytes) then return { hex = (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)) } end
  local text = hide(bytes)
  if is_json(bytes) and is_json(text) then return { json = text } end
  return { text = text }
end

--- The bytes of a body that was read from the file.
---@param entry table
---@param reveal fun(text: string): string
---@return string?
function tape.bytes(entry, reveal)
  if entry.hex then return (entry.hex:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end)) end
  local text = entry.text or entry.json ~= nil and json.encode(entry.json) or nil
  return text and reveal(text)
end

---------------------------------------------------------------- writing

-- The next token of a JSON text, and its end; an empty token at the end of the text.
local function token_at(text, at)
  at = text:find("%S", at) or #text + 1
  if text:sub(at, at) ~= '"' then
    local token = text:match("^[%w.+-]+", at) or text:sub(at, at)
    return token, at + #token
  end
  local stop = at + 1
  while text:sub(stop, stop) ~= '"' do stop = stop + (text:sub(stop, stop) == "\\" and 2 or 1) end
  return text:sub(at, stop), stop + 1
end

-- A value as JSON, without the needless backslash that lua-cjson writes before each slash.
local function plain(value)
  return (json.encode(value):gsub("\\/", "/"))
end

local OPENS, CLOSES = { ["{"] = "}", ["["] = "]" }, { ["}"] = true, ["]"] = true }

-- A JSON text with line ends and indentation; tokens are unchanged.
local function pretty(text)
  local out, depth, at = {}, 0, 1
  local function line() return "\n" .. ("  "):rep(depth) end
  while true do
    local token, stop = token_at(text, at)
    at = stop
    if token == "" then return table.concat(out) .. "\n" end
    local following, after = token_at(text, at)
    if OPENS[token] and following == OPENS[token] then
      token, at = token .. following, after
    elseif OPENS[token] then
      depth = depth + 1
      token = token .. line()
    elseif CLOSES[token] then
      depth = depth - 1
      token = line() .. token
    elseif token == "," then
      token = token .. line()
    elseif token == ":" then
      token = ": "
    end
    out[#out + 1] = token
  end
end

-- Members of an object in this order, without nil ones; `json` is already JSON text.
local ORDER = {
  "provider", "method", "host", "path", "query", "content_type", "status", "headers", "name", "filename", "type", "kind", "message",
  "attempts", "json", "text", "hex", "parts",
}

local function object(members)
  local out = {}
  for _, name in ipairs(ORDER) do
    local value = members[name]
    if name == "parts" and value then
      local parts = {}
      for i, part in ipairs(value) do parts[i] = object(part) end
      value = "[" .. table.concat(parts, ",") .. "]"
    elseif name == "headers" and value then
      local lines = {}
      for i, header in ipairs(check.names(value)) do lines[i] = plain(header) .. ":" .. plain(value[header]) end
      value = "{" .. table.concat(lines, ",") .. "}"
    elseif name ~= "json" and value ~= nil then
      value = plain(value)
    end
    if value ~= nil then out[#out + 1] = plain(name) .. ":" .. value end
  end
  return "{" .. table.concat(out, ",") .. "}"
end

--- Writes exchanges, atomically.
---@param path string
---@param exchanges table[]  `{ request, response | failure }`, as `tape.body` and the like made them
---@return boolean? ok
---@return string? problem
function tape.write(path, exchanges)
  local list = {}
  for i, one in ipairs(exchanges) do
    local outcome = one.response and '"response":' .. object(one.response) or '"failure":' .. object(one.failure)
    list[i] = ('{"request":%s,%s}'):format(object(one.request), outcome)
  end
  local part = path .. ".part"
  local file, problem = io.open(part, "wb")
  if not file then return nil, problem end
  local ok, trouble = file:write(pretty('{"cassette":1,"exchanges":[' .. table.concat(list, ",") .. "]}"))
  local closed, late = file:close()
  if ok and closed then return os.rename(part, path) end
  os.remove(part)
  return nil, trouble or late
end

---------------------------------------------------------------- reading

local function is_exchange(one)
  if type(one) ~= "table" or type(one.request) ~= "table" then return false end
  return type(one.response) == "table" and math.type(one.response.status) == "integer" or type(one.failure) == "table"
end

--- Reads a file.
---@param path string
---@return table[]? exchanges
---@return string? problem
function tape.read(path)
  local file, problem = io.open(path, "rb")
  if not file then return nil, problem end
  local text = file:read("a") or ""
  file:close()
  local value, wrong = json.decode(text)
  if wrong then return nil, ("%s is not JSON: %s"):format(path, wrong) end
  if type(value) ~= "table" or value.cassette ~= 1 or type(value.exchanges) ~= "table" then return nil, path .. " is not a cassette" end
  for i, one in ipairs(value.exchanges) do
    if not is_exchange(one) then return nil, ("%s: exchange %d has no request, or neither response nor failure"):format(path, i) end
  end
  return value.exchanges
end

---------------------------------------------------------------- comparing

--- A canonical text of a value, independent of the order of its members.
---@param value any
---@return string
function tape.canonical(value)
  if type(value) ~= "table" then return json.encode(value) or tostring(value) end
  local out = {}
  if #value > 0 then
    for i, item in ipairs(value) do out[i] = tape.canonical(item) end
    return "[" .. table.concat(out, ",") .. "]"
  end
  for name, item in pairs(value) do out[#out + 1] = tostring(name) .. ":" .. tape.canonical(item) end
  table.sort(out)
  return "{" .. table.concat(out, ",") .. "}"
end

return tape
