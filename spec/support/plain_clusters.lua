-- SPDX-License-Identifier: MIT
-- Extended grapheme clusters in plain Lua, written from the rules of UAX #29 §3.1.1 and apart from the C code: the second opinion
-- of the differential spec. Only the rows of csrc/text/unicode/grapheme.def are shared; they are facts, not code.

-- First code point of each range, in order, with its last one and its class.
local first, last, class = {}, {}, {}
for line in io.lines("csrc/text/unicode/grapheme.def") do
  for from, to, name in line:gmatch("SMS_BREAK%(0x(%x+), 0x(%x+), (%u+)%)") do
    first[#first + 1], last[#last + 1], class[#class + 1] = tonumber(from, 16), tonumber(to, 16), name
  end
end

local known = {}

local function look_up(code)
  if code == 0x0D then return "CR" elseif code == 0x0A then return "LF" end
  if code >= 0xAC00 and code <= 0xD7A3 then return (code - 0xAC00) % 28 == 0 and "LV" or "LVT" end
  for i = 1, #first do
    if code >= first[i] and code <= last[i] then return class[i] end
  end
  return "ANY"
end

local function class_of(code)
  local found = known[code]
  if not found then
    found = look_up(code)
    known[code] = found
  end
  return found
end

local function set(words)
  local out = {}
  for word in words:gmatch("%S+") do out[word] = true end
  return out
end

local BREAKS = set "CONTROL CR LF"
local AFTER_L, AFTER_V, AFTER_T = set "L V LV LVT", set "V T", set "T"
local SYLLABLE = { L = AFTER_L, LV = AFTER_V, V = AFTER_V, LVT = AFTER_T, T = AFTER_T }
local HANGS_ON = set "EXTEND ZWJ SPACING"

-- How many marks EXTEND end at place i.
local function marks_before(classes, i)
  local n = 0
  while classes[i - n] == "EXTEND" do n = n + 1 end
  return n
end

local function flags_before(classes, i)
  local n = 0
  while classes[i - n] == "REGIONAL" do n = n + 1 end
  return n
end

-- Whether the text may be cut between the places i and i + 1.
local function is_boundary(classes, i)
  local a, b = classes[i], classes[i + 1]
  if a == "CR" and b == "LF" then return false end -- GB3
  if BREAKS[a] or BREAKS[b] then return true end -- GB4, GB5
  if SYLLABLE[a] and SYLLABLE[a][b] then return false end -- GB6 to GB8
  if HANGS_ON[b] or a == "PREPEND" then return false end -- GB9, GB9a, GB9b
  if a == "ZWJ" and b == "PICTURE" then return classes[i - 1 - marks_before(classes, i - 1)] ~= "PICTURE" end -- GB11
  if a == "REGIONAL" and b == "REGIONAL" then return flags_before(classes, i) % 2 == 0 end -- GB12, GB13
  return true -- GB999
end

--- The clusters of a list of code points, as { first, last } places in the list.
---@param codes integer[]
---@return integer[][]
return function(codes)
  local classes, out, from = {}, {}, 1
  for i, code in ipairs(codes) do classes[i] = class_of(code) end
  for i = 1, #codes do
    if i == #codes or is_boundary(classes, i) then out[#out + 1], from = { from, i }, i + 1 end
  end
  return out
end
