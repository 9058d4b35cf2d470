-- SPDX-License-Identifier: MIT
-- Percent-encoding and query strings (RFC 3986 §2.1, HTML form encoding), both ways.

local url = {}

-- Escapes by byte, and bytes by the two digits of an escape, in either case.
local ESCAPES, BYTES = {}, {}
for byte = 0, 255 do
  local char, upper, lower = string.char(byte), ("%02X"):format(byte), ("%02x"):format(byte)
  ESCAPES[char] = "%" .. upper
  for _, digits in ipairs { upper, lower, upper:sub(1, 1) .. lower:sub(2), lower:sub(1, 1) .. upper:sub(2) } do BYTES[digits] = char end
end

--- Percent-encodes everything but the unreserved characters of RFC 3986 §2.3.
---@param text string
---@return string
function url.escape(text)
  return (text:gsub("[^A-Za-z0-9%-%._~]", ESCAPES))
end

--- Makes a caller's path safe for a request line: escapes are kept, spaces, controls,
--- `?`, `#` and bytes beyond ASCII are escaped.
---@param path string
---@return string
function url.escape_path(path)
  return (path:gsub("[^A-Za-z0-9%-%._~!$&'()*+,;=:@/%%]", ESCAPES))
end

--- The same for a query given as one string, which may hold `?` (RFC 3986 §3.4).
---@param query string
---@return string
function url.escape_query(query)
  return (query:gsub("[^A-Za-z0-9%-%._~!$&'()*+,;=:@/?%%]", ESCAPES))
end

--- Decodes percent-escapes; with `form`, `+` is a space. Malformed escapes are kept.
---@param text string
---@param form? boolean
---@return string
function url.unescape(text, form)
  if form then text = text:gsub("+", " ") end
  return (text:gsub("%%(%x%x)", BYTES))
end

--- Joins `{ {name, value}, … }` to `name=value&…`, names and values escaped.
---@param pairs_list string[][]
---@return string
function url.encode_pairs(pairs_list)
  local out = {}
  for i, pair in ipairs(pairs_list) do
    out[i] = url.escape(pair[1]) .. "=" .. url.escape(pair[2])
  end
  return table.concat(out, "&")
end

--- Splits a query string or form body into its pairs, in order.
---@param text string
---@param max? integer  maximum pairs (default 10,000); the rest is ignored
---@return string[][]
function url.decode_pairs(text, max)
  local out = {}
  max = max or 10000
  for piece in text:gmatch("[^&]+") do
    if #out >= max then break end
    local name, value = piece:match("^([^=]*)=(.*)$")
    out[#out + 1] = { url.unescape(name or piece, true), url.unescape(value or "", true) }
  end
  return out
end

--- Like `decode_pairs`, but a table name → value (the last one of repeated names).
---@param text string
---@return table<string, string>
function url.decode_table(text)
  local out = {}
  for _, pair in ipairs(url.decode_pairs(text)) do out[pair[1]] = pair[2] end
  return out
end

--- UTF-8 → Latin-1 (ISO 8859-1) bytes.
---@param text string
---@return string? bytes
---@return integer? offset  of the first character that Latin-1 lacks, or of the first byte that is not UTF-8
function url.latin1(text)
  local length, bad = utf8.len(text)
  if not length then return nil, bad end
  local out = {}
  for offset, point in utf8.codes(text) do
    if point > 0xFF then return nil, offset end
    out[#out + 1] = string.char(point)
  end
  return table.concat(out)
end

return url
