-- SPDX-License-Identifier: MIT
-- Notes on invisible parts of a text: line ends, control characters, spaces outside of GSM-7, invisible characters.
-- Each with its effect according to the standards.

local INVISIBLE = "invisible; GSM-7 has no such character"
local SPACE = "looks like a space; GSM-7 has only U+0020"
local CONTROL = "a control character that is not in GSM-7 and that handsets don't show"
local BIDI = "changes the writing direction; GSM-7 has no such character"
local VARIANT = "invisible, but selects how the preceding character is drawn; GSM-7 has no such character"
local BREAK = "a line break that GSM-7 does not have; use LF"

local NOTES = {
  [0x0A] = "a line break, one unit in both encodings",
  [0x0C] = "the page break of the extension table: an escape pair, two septets",
  [0x0D] = "one unit: CR LF costs two, LF alone breaks the line as well",
  [0x1B] = "septet 0x1B is the escape to the extension table; as a character GSM-7 does not have it",
  [0x09] = "GSM-7 has no tab",
  [0x85] = BREAK, [0xA0] = SPACE, [0xAD] = INVISIBLE, [0x1680] = SPACE, [0x180E] = INVISIBLE, [0x200B] = INVISIBLE,
  [0x200C] = "invisible, but shapes some scripts; GSM-7 has no such character",
  [0x200D] = "invisible, but joins emoji and shapes some scripts; GSM-7 has no such character",
  [0x200E] = BIDI, [0x200F] = BIDI, [0x2028] = BREAK, [0x2029] = BREAK, [0x202F] = SPACE, [0x205F] = SPACE, [0x3000] = SPACE,
  [0xFEFF] = "a byte order mark: invisible; GSM-7 has no such character",
}

local RANGES = {
  { 0x00, 0x1F, CONTROL }, { 0x7F, 0x9F, CONTROL }, { 0x2000, 0x200A, SPACE }, { 0x202A, 0x202E, BIDI }, { 0x2060, 0x2064, INVISIBLE },
  { 0x2066, 0x2069, BIDI }, { 0x206A, 0x206F, INVISIBLE }, { 0xFE00, 0xFE0F, VARIANT },
}

local function note_of(code)
  if NOTES[code] then return NOTES[code] end
  for _, range in ipairs(RANGES) do
    if code >= range[1] and code <= range[2] then return range[3] end
  end
  return nil
end

-- The former Unicode names of control characters end with their abbreviations.
local function name_of(code)
  return (require "sms.text.names".of(code):gsub(" %([A-Z]+%)$", ""))
end

-- Control characters, and first bytes of the blocks of spaces and invisible characters.
local SUSPECTS = "[\0-\31\127\xC2\xE1-\xE3\xEF]"

---@class sms.text.Note
---@field offset integer     byte offset of the first one, from 1
---@field code_point integer
---@field name string
---@field note string        its effect according to the standards
---@field count integer      number of occurrences

--- The notes of a text, each character once, in order of first appearance.
---@param text string  UTF-8
---@return sms.text.Note[]
return function(text)
  local notes, by_code = {}, {}
  if not text:find(SUSPECTS) then return notes end
  for offset, code in utf8.codes(text) do
    local known = by_code[code]
    if known then
      known.count = known.count + 1
    elseif known == nil then
      local note = note_of(code)
      by_code[code] = note and { offset = offset, code_point = code, name = name_of(code), note = note, count = 1 } or false
      notes[#notes + 1] = by_code[code] or nil
    end
  end
  return notes
end
