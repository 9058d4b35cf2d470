-- SPDX-License-Identifier: MIT
-- Normalises the words of a reply: lower case, without accents, full-width forms and emoji.

local words = {}

-- Letters with diacritics → base letters; both cases where the distance below does not map the capital.
local PLAIN = {}
for plain, marked in pairs {
  a = "àáâãäåāăą", c = "çćč", d = "ďđ", e = "èéêëēėęě", g = "ğģ", i = "ìíîïīįıİ", l = "łļľ", n = "ñńňņ", o = "òóôõöøőō", r = "řŕ",
  s = "śšşșß", t = "ťţț", u = "ùúûüūůűų", y = "ýÿ", z = "źżž",
  ["α"] = "ά", ["ε"] = "έ", ["η"] = "ή", ["ι"] = "ίϊΐ", ["ο"] = "ό", ["υ"] = "ύϋΰ", ["ω"] = "ώ", ["σ"] = "ς", ["ا"] = "أإآ",
} do
  for _, code in utf8.codes(marked) do PLAIN[code] = plain end
end

-- Distances from capital to small letters: first, last, distance. In Latin Extended they alternate.
local CAPITALS = {
  { 0x41, 0x5A, 32 }, { 0xC0, 0xDE, 32 }, { 0x386, 0x386, 38 }, { 0x388, 0x38A, 37 }, { 0x38C, 0x38C, 64 }, { 0x38E, 0x38F, 63 },
  { 0x391, 0x3AB, 32 }, { 0x400, 0x40F, 80 }, { 0x410, 0x42F, 32 },
}

local function small(code)
  if code >= 0xFF01 and code <= 0xFF5E then code = code - 0xFEE0 end -- full width
  for _, range in ipairs(CAPITALS) do
    if code >= range[1] and code <= range[2] then return code + range[3] end
  end
  local odd_is_small = code >= 0x100 and code <= 0x137 or code >= 0x14A and code <= 0x177 or code >= 0x218 and code <= 0x21B
  if odd_is_small and code ~= 0x130 then return code | 1 end
  if code >= 0x139 and code <= 0x148 or code >= 0x179 and code <= 0x17E then return code + code % 2 end
  return code
end

-- Ranges of characters that end a word. Combining marks and variation selectors are ignored.
local BETWEEN = {
  { 0, 0x2F }, { 0x3A, 0x60 }, { 0x7B, 0xBF }, { 0xD7, 0xD7 }, { 0xF7, 0xF7 }, { 0x600, 0x61F }, { 0x964, 0x965 }, { 0x2000, 0x2BFF },
  { 0x2E00, 0x2E7F }, { 0x3000, 0x303F }, { 0xFF5F, 0xFF65 }, { 0x1F000, 0x1FAFF }, { 0xFFFD, 0xFFFD },
}
local LEFT_OUT = { { 0x300, 0x36F }, { 0x200B, 0x200F }, { 0x2060, 0x2064 }, { 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF }, { 0xE0000, 0xE01EF } }

local function is_in(ranges, code)
  for _, range in ipairs(ranges) do
    if code >= range[1] and code <= range[2] then return true end
  end
  return false
end

--- The words of a text.
---@param text string  UTF-8; anything else has none
---@return string[]
function words.of(text)
  local out, word = {}, {}
  if not utf8.len(text) then return out end
  local function finish()
    if word[1] then out[#out + 1], word = table.concat(word), {} end
  end
  for _, code in utf8.codes(text) do
    local letter = small(code)
    if is_in(BETWEEN, letter) then
      finish()
    elseif not is_in(LEFT_OUT, letter) then
      word[#word + 1] = PLAIN[letter] or utf8.char(letter)
    end
  end
  finish()
  return out
end

return words
