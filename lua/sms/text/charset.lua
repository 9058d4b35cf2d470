-- SPDX-License-Identifier: MIT
-- Converts texts to UTF-8 by their label: one rule for responses and webhooks.

local core = require "sms.core"

local charset = {}

--- The byte order mark of UTF-8, which is not part of the text.
local BYTE_ORDER_MARK = "\xEF\xBB\xBF"

-- Characters of windows-1252 from 0x80 to 0x9F; its five unassigned bytes are controls (WHATWG Encoding, "index windows-1252").
local UPPER = {
  [0x80] = 0x20AC, [0x82] = 0x201A, [0x83] = 0x0192, [0x84] = 0x201E, [0x85] = 0x2026, [0x86] = 0x2020, [0x87] = 0x2021, [0x88] = 0x02C6,
  [0x89] = 0x2030, [0x8A] = 0x0160, [0x8B] = 0x2039, [0x8C] = 0x0152, [0x8E] = 0x017D, [0x91] = 0x2018, [0x92] = 0x2019, [0x93] = 0x201C,
  [0x94] = 0x201D, [0x95] = 0x2022, [0x96] = 0x2013, [0x97] = 0x2014, [0x98] = 0x02DC, [0x99] = 0x2122, [0x9A] = 0x0161, [0x9B] = 0x203A,
  [0x9C] = 0x0153, [0x9E] = 0x017E, [0x9F] = 0x0178,
}

-- Where ISO 8859-15 differs from ISO 8859-1.
local LATIN9 = {
  [0xA4] = 0x20AC, [0xA6] = 0x0160, [0xA8] = 0x0161, [0xB4] = 0x017D, [0xB8] = 0x017E, [0xBC] = 0x0152, [0xBD] = 0x0153, [0xBE] = 0x0178,
}

local function mapping(differences)
  local out = {}
  for byte = 0x80, 0xFF do out[string.char(byte)] = utf8.char(differences[byte] or byte) end
  return out
end

-- Labels as browsers read them (WHATWG Encoding §4.2): ISO 8859-1 and ASCII mean windows-1252.
local MAPPINGS = {}
for _, label in ipairs {
  "ascii", "us-ascii", "cp1252", "windows-1252", "x-cp1252", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1",
} do
  MAPPINGS[label] = UPPER
end
for _, label in ipairs { "iso-8859-15", "iso8859-15", "iso_8859-15", "latin9", "latin-9", "l9" } do MAPPINGS[label] = LATIN9 end

local made = {}

-- The charset that a media type names (RFC 9110 §8.3.1), in lower case.
local function label_of(content_type)
  return core.lower(content_type):match('charset *= *"?([a-z0-9._:-]+)')
end

--- The converter to UTF-8 for a label; nil if the label is UTF-8, unknown or absent: the text is then left unchanged.
---@param content_type string?  value of the header Content-Type
---@return (fun(text: string): string)? convert
function charset.converter(content_type)
  if content_type == "application/json" then return nil end -- fast path for most bodies
  local label = type(content_type) == "string" and label_of(content_type)
  local differences = label and MAPPINGS[label]
  if not differences then return nil end
  made[differences] = made[differences] or mapping(differences)
  local map = made[differences]
  return function(text) return (text:gsub("[\x80-\xFF]", map)) end
end

--- A text without its byte order mark.
---@param body string
---@return string text
---@return boolean marked
function charset.unmarked(body)
  if body:byte() ~= 0xEF or body:sub(1, 3) ~= BYTE_ORDER_MARK then return body, false end
  return body:sub(4), true
end

--- The decoded fields of a form, their names and values as UTF-8.
---@param fields table<string, string>
---@param content_type string?
---@return table<string, string>
function charset.table(fields, content_type)
  local convert = charset.converter(content_type)
  if not convert then return fields end
  local out = {}
  for name, value in pairs(fields) do out[convert(name)] = convert(value) end
  return out
end

--- A body as UTF-8 without its byte order mark. The mark overrides the label.
---@param body string
---@param content_type string?
---@return string text
function charset.utf8(body, content_type)
  local text, marked = charset.unmarked(body)
  if marked then return text end
  local convert = charset.converter(content_type)
  return convert and convert(body) or body
end

return charset
