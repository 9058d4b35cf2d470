-- SPDX-License-Identifier: MIT
-- Counts and cuts texts in plain Lua, straight from 3GPP TS 23.038 and TS 23.040 and apart from the C code: the second opinion
-- of the differential specs. Only the rows of csrc/text/national.def and unicode/grapheme.def are shared; they are facts, not code.

local clusters = require "spec.support.plain_clusters"

local plain = {}

-- TS 23.038 §6.2.1, row by row as the table is printed, and §6.2.1.1.
local DEFAULT = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
  .. "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
local EXTENSION = "\f^{}\\[~]|€"

local function set_of(text)
  local set = {}
  for _, code in utf8.codes(text) do set[code] = true end
  return set
end

local tables = { locking = { [""] = set_of(DEFAULT) }, single = { [""] = set_of(EXTENSION) } }

for line in io.lines("csrc/text/national.def") do
  local kind, language, rest = line:match("^SMS_(%u+)%((%l+), 0x%x+, (.*)%)$")
  if kind == "LOCKING" or kind == "SINGLE" then
    local known = tables[kind:lower()]
    known[language] = known[language] or {}
    for code in rest:gmatch("0x(%x+)") do known[language][tonumber(code, 16)] = true end
  end
end

plain.tables = tables

-- The units of each code point, in GSM-7 when every one of them is in the tables, else in UTF-16.
local function measure(codes, options)
  local base, extension = tables.locking[options.locking or ""], tables.single[options.single or ""]
  local septets, wide = {}, {}
  for i, code in ipairs(codes) do
    wide[i] = code > 0xFFFF and 2 or 1
    if septets then
      if base[code] then septets[i] = 1 elseif extension[code] then septets[i] = 2 else septets = nil end
    end
  end
  if septets then return "gsm7", septets end
  return "ucs2", wide
end

-- TS 23.040 §9.2.3.24: 140 octets. A header has a length octet and its elements: concatenation (5 or 6 octets with its two
-- octets of name and length) and, for GSM-7, each national table (3 octets).
local function room(encoding, options, several)
  local octets = 0
  if several then octets = options.reference == 16 and 6 or 5 end
  if encoding == "gsm7" then
    if options.locking then octets = octets + 3 end
    if options.single then octets = octets + 3 end
  end
  if octets > 0 then octets = octets + 1 end
  return encoding == "gsm7" and (140 - octets) * 8 // 7 or (140 - octets) // 2
end

local function sum(list)
  local total = 0
  for _, value in ipairs(list) do total = total + value end
  return total
end

-- Groups of code points that stay together: { first, last } in places of the list.
local function groups(codes, options)
  if options.graphemes then return clusters(codes) end
  local out = {}
  for i = 1, #codes do out[i] = { i, i } end
  return out
end

-- Fills parts; a group that is larger than a part goes in code point by code point, at the start of one.
local function fill(codes, units, most, options)
  local parts, piece, used = {}, {}, 0
  local function close()
    parts[#parts + 1], piece, used = { text = table.concat(piece), units = used }, {}, 0
  end
  for _, group in ipairs(groups(codes, options)) do
    local size = 0
    for i = group[1], group[2] do size = size + units[i] end
    if used > 0 and used + size > most then close() end
    for i = group[1], group[2] do
      if used + units[i] > most then close() end
      piece[#piece + 1], used = utf8.char(codes[i]), used + units[i]
    end
  end
  close()
  return parts
end

--- Counts and cuts a text.
---@param text string  UTF-8
---@param options? table  reference, graphemes, locking, single
---@return { encoding: string, units: integer, segments: integer, remaining: integer, parts: string[] }
function plain.count(text, options)
  options = options or {}
  local codes = {}
  for _, code in utf8.codes(text) do codes[#codes + 1] = code end
  local encoding, units = measure(codes, options)
  local total = sum(units)
  local alone = room(encoding, options, false)
  local most = total <= alone and alone or room(encoding, options, true)
  local filled = fill(codes, units, most, options)
  local parts = {}
  for i, part in ipairs(filled) do parts[i] = part.text end
  return { encoding = encoding, units = total, segments = #parts, remaining = most - filled[#filled].units, parts = parts }
end

-- Characters of all kinds that matter: GSM-7 with and without its extension, what other tables have, what none has.
local function codes_of(text)
  local codes = {}
  for _, code in utf8.codes(text) do codes[#codes + 1] = code end
  return codes
end

local ASCII = codes_of("abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 .,!?'\"()-/\n\r")
local BASE = codes_of(DEFAULT)
local PAIRS = codes_of(EXTENSION)
local FOREIGN = codes_of("`çáíóúâêôãõğışĞİŞ\t\u{1B}\0\u{7F}\u{A0}’“”–…\u{200B}\u{FEFF}ЯжЩ中文한글ไทย")
local CLUSTERS = codes_of("😀👍🏽👨‍👩‍👧🇿🇦🇦🇹❤️e\u{301}\u{308}\r\n🏴󠁧󠁢󠁥󠁮󠁧󠁿가각\u{1100}\u{1161}नमस्ते")

local languages, language_codes = {}, {}
for name, extension in pairs(tables.single) do
  if name ~= "" then
    languages[#languages + 1] = name
    local codes = {}
    for code in pairs(extension) do codes[#codes + 1] = code end
    for code in pairs(tables.locking[name] or {}) do codes[#codes + 1] = code end
    table.sort(codes)
    language_codes[name] = codes
  end
end
table.sort(languages)

local function mixed(random, length, pools)
  local out = {}
  for i = 1, length do
    local pool = pools[random(#pools)]
    out[i] = utf8.char(pool[random(#pool)])
  end
  return out
end

-- Any code point that UTF-8 has, low ones more often.
local function anything(random, length)
  local out = {}
  for i = 1, length do
    local code = random(0, random(2) == 1 and 0x2FFF or 0x10FFFF)
    out[i] = utf8.char(code >= 0xD800 and code <= 0xDFFF and code - 0x800 or code)
  end
  return out
end

--- A seeded generator of texts and of a language: four of nine texts are in GSM-7, one each in the characters of the language, in
--- GSM-7 with one foreign character, in everything that matters, in clusters, in all of Unicode.
---@param seed integer
---@return fun(): string, string
function plain.texts(seed)
  math.randomseed(seed)
  local random = math.random
  return function()
    local kind, language = random(9), languages[random(#languages)]
    local length = random(3) == 1 and random(130, 700) or random(0, 170)
    local out
    if kind <= 2 then out = mixed(random, length, { ASCII, ASCII, BASE })
    elseif kind <= 4 then out = mixed(random, length, { ASCII, ASCII, BASE, PAIRS })
    elseif kind == 5 then out = mixed(random, length, { language_codes[language], language_codes[language], ASCII })
    elseif kind == 6 then
      out = mixed(random, length, { ASCII, ASCII, ASCII, BASE, PAIRS })
      out[random(length + 1)] = utf8.char(FOREIGN[random(#FOREIGN)])
    elseif kind == 7 then out = mixed(random, length, { ASCII, BASE, PAIRS, FOREIGN, CLUSTERS, language_codes[language] })
    elseif kind == 8 then out = mixed(random, length, { CLUSTERS })
    else out = anything(random, length) end
    return table.concat(out), language
  end
end

return plain
