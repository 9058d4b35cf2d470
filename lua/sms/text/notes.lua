-- SPDX-License-Identifier: MIT
-- What a writer does not see in a text: line ends, control characters, spaces that are none of GSM-7, invisible characters.
-- Each with what the standard makes of it.

local INVISIBLE = "invisible; GSM-7 has no such character"
local SPACE = "looks like a space; GSM-7 has only U+0020"
local CONTROL = "a control character that neither GSM-7 has nor handsets show"
local BIDI = "turns the direction of writing; GSM-7 has no such character"

local NOTES = {
  [0x0A] = { "LINE FEED", "a line break, one unit in both encodings" },
  [0x0C] = { "FORM FEED", "the page break of the extension table: an escape pair, two septets" },
  [0x0D] = { "CARRIAGE RETURN", "one unit of its own: CR LF costs two, LF alone breaks the line as well" },
  [0x1B] = { "ESCAPE", "septet 0x1B is the escape to the extension table; as a character GSM-7 does not have it" },
  [0x09] = { "CHARACTER TABULATION", "GSM-7 has no tab" },
  [0x85] = { "NEXT LINE", "a line break that GSM-7 does not have; LF is the one it has" },
  [0xA0] = { "NO-BREAK SPACE", SPACE },
  [0xAD] = { "SOFT HYPHEN", INVISIBLE },
  [0x180E] = { "MONGOLIAN VOWEL SEPARATOR", INVISIBLE },
  [0x200B] = { "ZERO WIDTH SPACE", INVISIBLE },
  [0x200C] = { "ZERO WIDTH NON-JOINER", "invisible, yet it shapes some scripts; GSM-7 has no such character" },
  [0x200D] = { "ZERO WIDTH JOINER", "invisible, yet it joins emoji and shapes some scripts; GSM-7 has no such character" },
  [0x200E] = { "LEFT-TO-RIGHT MARK", BIDI },
  [0x200F] = { "RIGHT-TO-LEFT MARK", BIDI },
  [0x2028] = { "LINE SEPARATOR", "a line break that GSM-7 does not have; LF is the one it has" },
  [0x2029] = { "PARAGRAPH SEPARATOR", "a line break that GSM-7 does not have; LF is the one it has" },
  [0x202F] = { "NARROW NO-BREAK SPACE", SPACE },
  [0x205F] = { "MEDIUM MATHEMATICAL SPACE", SPACE },
  [0x2060] = { "WORD JOINER", INVISIBLE },
  [0x3000] = { "IDEOGRAPHIC SPACE", SPACE },
  [0xFEFF] = { "ZERO WIDTH NO-BREAK SPACE", "a byte order mark: invisible; GSM-7 has no such character" },
}

local function note_of(code)
  if NOTES[code] then return NOTES[code] end
  if code < 0x20 or code >= 0x7F and code <= 0x9F then return { ("U+%04X"):format(code), CONTROL } end
  if code >= 0x2000 and code <= 0x200A or code == 0x1680 then return { ("U+%04X"):format(code), SPACE } end
  if code >= 0x202A and code <= 0x202E or code >= 0x2066 and code <= 0x2069 then return { ("U+%04X"):format(code), BIDI } end
  return nil
end

-- Control characters, and the blocks that spaces and invisible characters are in.
local SUSPECTS = "[%c\xC2\xE1-\xE3\xEF]"

---@class sms.text.Note
---@field offset integer     place of the first one, in bytes from 1 on
---@field code_point integer
---@field name string
---@field note string        what the standard makes of it
---@field count integer      how many there are

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
      by_code[code] = note and { offset = offset, code_point = code, name = note[1], note = note[2], count = 1 } or false
      notes[#notes + 1] = by_code[code] or nil
    end
  end
  return notes
end
