-- SPDX-License-Identifier: MIT
-- Makes a text cheaper: swaps characters that force UCS-2 for what reads alike in GSM-7, only when that saves a segment, never
-- inside a link or a span that the caller wants kept, and no more of them than the saving needs.

local core = require "sms.core"
local links = require "sms.text.links"
local options = require "sms.text.options"

local OWN = { keep = "table", letters = "boolean" }

-- Adds the spans of one item of `keep`: a text wherever it is, or { first, last } in bytes.
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
    return "an item of 'keep' is a text or { first, last } in bytes"
  end
end

-- The spans that stay as they are, in order.
local function kept_spans(text, keep)
  local spans = links(text)
  for _, item in ipairs(keep) do
    local problem = keep_item(spans, text, item)
    if problem then return nil, problem end
  end
  table.sort(spans, function(a, b) return a[1] < b[1] end)
  return spans
end

-- The swaps that may be made, and whether there is one for each character that forces UCS-2.
local function allowed(forcing, spans, letters)
  local out, all, at, reach = {}, true, 1, 0
  for _, item in ipairs(forcing) do
    while spans[at] and spans[at][1] <= (item.to or item.offset) do
      reach = math.max(reach, spans[at][2])
      at = at + 1
    end
    local free = (item.from or item.offset) > reach
    if item.swap and free and (letters or item.kind ~= "letter") then
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

-- The swaps that make a UCS-2 text shorter, joiners left alone: they hold emoji and words together.
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

-- The fewest of the swaps, from the front, that bring the segments down as far as all of them do. More swaps never cost more.
local function fewest(text, swaps, counting)
  local goal = segments_of(swapped(text, swaps, #swaps), counting)
  local low, high = 0, #swaps
  while low < high do
    local middle = (low + high) // 2
    if segments_of(swapped(text, swaps, middle), counting) <= goal then high = middle else low = middle + 1 end
  end
  return goal, low
end

-- One entry a swap: what stood there and what stands there now.
local function changes_of(text, swaps, n)
  local out = {}
  for i = 1, n do
    local item = swaps[i]
    out[i] = {
      offset = item.from, code_point = item.code_point, name = item.name, from = text:sub(item.from, item.to), to = item.swap,
    }
  end
  return out
end

--- Options beside those of `count`: `letters = false` leaves letters with accents alone; `keep` is a list of texts, or of
--- { first, last } in bytes, that stay as they are. Links always stay.
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
  local swaps, all = allowed(core.text_forcing(text, counting), spans, mine.letters ~= false)
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
