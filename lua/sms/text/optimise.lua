-- SPDX-License-Identifier: MIT
-- Makes a text cheaper: replaces characters that force UCS-2 by look-alikes in GSM-7, only if that saves a segment, never
-- inside a link, a placeholder or a span that the caller excludes, never where a number would change, and no
-- more of them than the saving needs.

local core = require "sms.core"
local links = require "sms.text.links"
local options = require "sms.text.options"

local OWN = { keep = "table", letters = "boolean" }

-- Adds the spans of one item of `keep`: every occurrence of a text, or { first, last } in bytes.
local function keep_item(spans, text, item)
  if type(item) == "string" and item ~= "" then
    local from, to = text:find(item, 1, true)
    while from do
      spans[#spans + 1] = { from, to }
      from, to = text:find(item, to + 1, true)
    end
  elseif type(item) == "table" and math.type(item[1]) == "integer" and math.type(item[2]) == "integer" then
    spans[#spans + 1] = { item[1], item[2] }
  else
    return "an item of 'keep' must be a string or { first, last } in bytes"
  end
end

-- The spans that stay unchanged, in order: links, placeholders, those of the option `keep`.
local function kept_spans(text, keep)
  local spans = links(text)
  for from, to in text:gmatch("(){[^{}]*()}") do spans[#spans + 1] = { from, to } end
  for _, item in ipairs(keep) do
    local problem = keep_item(spans, text, item)
    if problem then return nil, problem end
  end
  table.sort(spans, function(a, b) return a[1] < b[1] end)
  return spans
end

---------------------------------------------------------------- numbers

-- Decimal digits of other styles (full width, mathematical, segmented), equivalent to their swap.
local function is_other_digit(code)
  return code >= 0xFF10 and code <= 0xFF19 or code >= 0x1D7CE and code <= 0x1D7FF or code >= 0x1FBF0 and code <= 0x1FBF9
end

-- Maximum bytes that are checked on each side of a swap: some spaces and a character.
local REACH = 16

local BLANKS = { " ", "\u{A0}", "\u{2009}", "\u{202F}" }

local function is_blank(char)
  for _, blank in ipairs(BLANKS) do
    if char == blank then return true end
  end
  return false
end

-- The characters next to a place, nearest first: the adjacent one, and the first one beyond blanks.
local function next_to(text, at, step)
  local near
  for _ = 1, REACH do
    if at < 1 or at > #text then return near, nil end
    local from = utf8.offset(text, 0, at)
    local after = utf8.offset(text, 2, from)
    local char = text:sub(from, after - 1)
    near = near or char
    if not is_blank(char) then return near, char end
    at = step < 0 and from - 1 or after
  end
  return near, nil
end

local FRACTION_SLASH = "\u{2044}"

-- The role of a character next to a number: a digit, or a brace, since a placeholder may become one; another numeral, such as a half, a
-- superscript or the slash between two; nil for none.
local function numeral(char, swaps)
  if not char then return nil end
  if char:find("^%d$") or char == "{" or char == "}" then return "digit" end
  local swap = #char > 1 and swaps[char]
  if char == FRACTION_SLASH then return "other" end
  if not swap or not swap:find("%d") then return nil end
  return is_other_digit(utf8.codepoint(char)) and "digit" or "other"
end

-- Characters that look like their swaps except next to a digit: superscript signs, the dagger, the low quotation mark; and the
-- superscript zero, which is used for a degree sign.
local SIGNS = {
  [0x207A] = true, [0x207B] = true, [0x208A] = true, [0x208B] = true, [0x2020] = true, [0x201A] = true, [0x2070] = true,
}

-- Superscript letters that are a power after a number, unless another letter follows, as in 2ⁿᵈ: n, x, y.
local POWERS = { [0x207F] = true, [0x02E3] = true, [0x02B8] = true }

-- Whether the swap of a character could change an adjacent number: `0,5‰`, `3·5`, `x²³`, `1º`. True if in doubt.
local function changes_number(text, item, swaps)
  local swap, code = item.swap, item.code_point
  if is_other_digit(code) then return false end
  local left, far_left = next_to(text, item.from - 1, -1)
  local right, far_right = next_to(text, item.to + 1, 1)
  local before, after = numeral(left, swaps), numeral(right, swaps)
  if SIGNS[code] then return before or after end
  if POWERS[code] then return before and not (right and (swaps[right] or right):find("^%a")) end
  if swap:find("%d") then
    if before == "other" or after == "other" then return true end
    return swap:find("^[%d.,]") and numeral(far_left, swaps) ~= nil or swap:find("[%d.,]$") and numeral(far_right, swaps) ~= nil
  end
  local between = numeral(far_left, swaps) and numeral(far_right, swaps)
  if swap:find("[.,]") and not swap:find("^%.%.%.$") then return before or after or between end
  if swap == "" then return before and after end
  return swap:find("^[oOlI]$") and (before or after)
end

---------------------------------------------------------------- swaps

-- The swap of each character of a text that has one.
local function swaps_of(forcing)
  local swaps = {}
  for _, item in ipairs(forcing) do
    if item.swap then swaps[utf8.char(item.code_point)] = item.swap end
  end
  return swaps
end

-- Whether a swap preserves the meaning of the text: no letter if `letters = false`, no brace, no other number.
local function harmless(text, item, letters, swaps)
  if not item.swap or not letters and item.kind == "letter" or item.swap:find("[{}]") then return false end
  return not changes_number(text, item, swaps)
end

-- The permitted swaps, and whether they cover all characters that force UCS-2.
local function allowed(text, forcing, spans, letters)
  local out, all, at, reach, swaps = {}, true, 1, 0, swaps_of(forcing)
  for _, item in ipairs(forcing) do
    while spans[at] and spans[at][1] <= (item.to or item.offset) do
      reach = math.max(reach, spans[at][2])
      at = at + 1
    end
    local free = (item.from or item.offset) > reach
    if free and harmless(text, item, letters, swaps) then
      out[#out + 1] = item
    else
      all = false
    end
  end
  return out, all
end

-- The text with the first n swaps made.
local function swapped(text, swaps, n)
  local out, at = {}, 1
  for i = 1, n do
    local item = swaps[i]
    out[#out + 1] = text:sub(at, item.from - 1)
    out[#out + 1] = item.swap
    at = item.to + 1
  end
  out[#out + 1] = text:sub(at)
  return table.concat(out)
end

local function utf16_units(text)
  local units = 0
  for _, code in utf8.codes(text) do units = units + (code > 0xFFFF and 2 or 1) end
  return units
end

-- The swaps that make a UCS-2 text shorter, except those of joiners, which hold emoji and words together.
local function shortening(text, swaps)
  local out = {}
  for _, item in ipairs(swaps) do
    if item.kind ~= "join" and utf16_units(item.swap) < utf16_units(text:sub(item.from, item.to)) then out[#out + 1] = item end
  end
  return out
end

local function segments_of(text, counting)
  local _, _, segments = core.text_count(text, counting)
  return segments
end

-- The smallest number of swaps, from the start, that saves as many segments as all of them. More swaps never need more segments.
local function fewest(text, swaps, counting)
  local goal = segments_of(swapped(text, swaps, #swaps), counting)
  local low, high = 0, #swaps
  while low < high do
    local middle = (low + high) // 2
    if segments_of(swapped(text, swaps, middle), counting) <= goal then high = middle else low = middle + 1 end
  end
  return goal, low
end

-- One entry per replacement: the original and the new text.
local function changes_of(text, swaps, n)
  local out, name_of = {}, require "sms.text.names".of
  for i = 1, n do
    local item = swaps[i]
    out[i] = {
      offset = item.from, code_point = item.code_point, name = name_of(item.code_point),
      from = text:sub(item.from, item.to), to = item.swap,
    }
  end
  return out
end

---@class sms.text.Change
---@field offset integer      byte offset of the character in the text, from 1
---@field code_point integer
---@field name string         Unicode's name
---@field from string         original text
---@field to string           new text

--- Options in addition to those of `count`: `letters = false` keeps accented letters; `keep` is a list of texts, or of
--- { first, last } in bytes, that stay unchanged. Links are always kept.
---@param text string
---@param given? table
---@return string? text      the same text when nothing is saved
---@return table|string changes
---@return integer saved
return function(text, given)
  options.argument(text, "text", "string")
  local mine, counting = options.take(given, OWN)
  local encoding, units, segments = core.text_count(text, counting)
  if not encoding then return nil, units, segments end
  local spans, problem = kept_spans(text, mine.keep or {})
  if not spans then options.refuse(problem) end
  if encoding == "gsm7" or segments == 1 then return text, {}, 0 end
  local swaps, all = allowed(text, core.text_forcing(text, counting), spans, mine.letters ~= false)
  local shorter = shortening(text, swaps)
  local best, count = fewest(text, shorter, counting)
  local chosen = shorter
  if all then
    local basic = segments_of(swapped(text, swaps, #swaps), counting)
    if basic < best then best, count, chosen = basic, #swaps, swaps end
  end
  if best >= segments then return text, {}, 0 end
  return swapped(text, chosen, count), changes_of(text, chosen, count), segments - best
end
