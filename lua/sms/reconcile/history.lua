-- SPDX-License-Identifier: MIT
-- What a provider's history proves about a message: whether an entry matches, might match or does not, and whether the part of
-- the history that was read is complete around the time of the send. Pure: no clock, no network.

local core = require "sms.core"

local history = {}

--- Maximum difference of two clocks, in seconds, beyond which times prove nothing.
history.SKEW = 120

--- Maximum error of a time, in seconds: a local time that is taken for UTC is at most 14 hours off.
history.ELSEWHEN = 15 * 3600

-- Minimum digits of a number without prefixes; and final digits by which two spellings of a number are recognised.
local TAIL, ALIKE = 7, 8

-- Number of equal letters and digits at the beginning that makes two texts alike.
local SHARED = 12

-- Bytes of a text that are compared.
local MOST = 4096

-- Normalises a text: without case, blanks, marks, entities and other alphabets.
local function bare(text)
  return core.lower((text:gsub("&#?[0-9A-Za-z]+;", ""):gsub("%%%x%x", ""):gsub("[^0-9A-Za-z]", "")))
end

local function starts(text, with)
  return text:sub(1, #with) == with
end

local function ends(text, with)
  return text:sub(-#with) == with
end

local function is_blank(value)
  return type(value) ~= "string" or not value:find("%S")
end

-- The digits of a number, without leading zeros; nil if it is masked or not a number.
local function digits_of(number)
  if type(number) ~= "string" or #number > MOST then return nil end
  local digits = number:gsub("^[A-Za-z]+:/*", ""):gsub("[%s%-%(%)%./+]", "")
  return digits:find("^%d+$") and digits:gsub("^0+", "") or nil
end

-- The last number read: one row is compared with many entries in succession.
local last_number, last_digits

-- The digits of a row's number and of an entry's, which caches them.
local function numbers_of(row, entry)
  local number = type(row.to) == "table" and #row.to == 1 and row.to[1] or row.to
  if number ~= last_number then last_number, last_digits = number, digits_of(number) end
  if entry.digits == nil then entry.digits = digits_of(entry.number) or false end
  return last_digits, entry.digits
end

-- Compares two numbers by their digits; false if one can't be read.
local function compare_numbers(a, b)
  if not a or not b then return "maybe" end
  if a == b then return "same" end
  if #a > #b then a, b = b, a end
  if #a >= TAIL and ends(b, a) then return "same" end
  return ends(b, a:sub(-ALIKE)) and "maybe" or "other"
end

-- Compares two references. One that was truncated, masked or has other case may be the same; nil if the history has none.
local function compare_references(wanted, found)
  if is_blank(found) then return nil end
  if wanted == found then return "same" end
  local a, b = bare(wanted:sub(1, MOST)), bare(found:sub(1, MOST))
  if a == b or starts(a, b) or ends(a, b) or found:find("[*\u{2026}]") then return "maybe" end
  return "other"
end

local function dense(text)
  return core.lower((text:gsub("%s+", "")))
end

-- Texts in other alphabets: equal at their beginning, or with marks instead of letters.
local function compare_foreign(wanted, found)
  if found:find("[?*]") then return "maybe" end
  return dense(wanted):match(utf8.charpattern) == dense(found):match(utf8.charpattern) and "maybe" or "other"
end

-- A text without the marks of a truncated end; nil if there are none.
local function uncut(text)
  if ends(text, "..") then return text:match("^(.*[^.])") or "" end
  return ends(text, "\u{2026}") and text:sub(1, -#"\u{2026}" - 1) or nil
end

-- Short texts: with other case or blanks, with an addition at the end, or truncated with a mark.
local function compare_short(wanted, found)
  wanted, found = dense(wanted), dense(found)
  local cut = uncut(found)
  return (starts(found, wanted) or cut and starts(wanted, cut)) and "maybe" or "other"
end

-- Compares two texts. One that was truncated, signed, or differs after its beginning may be the same.
local function compare_texts(wanted, found)
  if is_blank(wanted) or is_blank(found) then return "maybe" end
  if wanted == found then return "same" end
  wanted, found = wanted:sub(1, MOST), found:sub(1, MOST)
  local a, b = bare(wanted), bare(found)
  if a == "" and b == "" then return compare_foreign(wanted, found) end
  if a == "" or b == "" then return "maybe" end
  if #a < SHARED or #b < SHARED then return compare_short(wanted, found) end
  return a:sub(1, SHARED) == b:sub(1, SHARED) and "maybe" or "other"
end

-- Compares the times of a row and an entry; the closest two count.
local function compare_times(row, entry)
  local nearest
  for _, wanted in pairs { row.time or false, row.at or false } do
    for _, found in pairs { entry.time or false, entry.due or false } do
      local apart = wanted and found and math.abs(wanted - found)
      nearest = apart and math.min(nearest or apart, apart) or nearest
    end
  end
  if not nearest or not row.time then return "maybe" end
  return nearest <= history.SKEW and "same" or nearest <= history.ELSEWHEN and "maybe" or "other"
end

--- Whether an entry of the history matches a row. References decide if both have one; else number, text and time.
---@param row table    `to`, `text`, `reference`, `time`, `at`
---@param entry table  `number`, `text`, `reference` (false if the provider keeps none), `time`, `due` (seconds), `inbound`
---@return "same"|"maybe"|"other"
function history.compare(row, entry)
  if entry.inbound then return "other" end
  local number, reference = compare_numbers(numbers_of(row, entry)), nil
  if number == "other" then return "other" end
  if row.reference then reference = compare_references(row.reference, entry.reference) end
  if reference then return reference end
  local text, time = compare_texts(row.text, entry.text), compare_times(row, entry)
  if text == "other" or time == "other" then return "other" end
  local all_told = row.reference == nil or entry.reference == false
  return all_told and number == "same" and text == "same" and time == "same" and "same" or "maybe"
end

-- The first and last time of the entries read, and whether they are in order, ascending or descending.
local function span_of(entries)
  local oldest, newest, last, rises, falls
  for _, entry in ipairs(entries) do
    local time = not entry.inbound and entry.time
    if time then
      oldest, newest = math.min(oldest or time, time), math.max(newest or time, time)
      rises, falls = rises or last and time > last + history.SKEW, falls or last and time < last - history.SKEW
      last = time
    end
  end
  return oldest, newest, not (rises and falls)
end

--- Whether the entries read reach back before a time, whatever the difference of the clocks: the newest entry is past, so an entry
--- older than it by more than the age of that time is older than the time.
---@param entries table[]
---@param moment number  seconds, by our clock
---@param now number     seconds, by our clock
---@return boolean
function history.reaches(entries, moment, now)
  local oldest, newest = span_of(entries)
  return oldest ~= nil and newest - oldest > now - moment + history.SKEW
end

--- Why the part of the history that was read does not prove that a message is missing; nil if it does.
---@param walk table  `entries`; `complete`: the history says that these are all; `now`, and `clock`, how far the provider's clock is
---  before ours, in seconds, if known; `cut`: not all of it was read
---@param row table
---@param in_order boolean  a scheduled message is listed at the time of its submission
---@return string? reason
function history.gap(walk, row, in_order)
  if walk.complete then return nil end
  local oldest, newest, ordered = span_of(walk.entries)
  if not oldest then return "the history shows no message with a time, and does not say that it is complete" end
  if not row.time then return "without a 'time' the row's place in the history is unknown" end
  if not in_order and row.at and row.at > row.time then return "the history does not say that it is complete; the message was scheduled" end
  if not ordered then return "the history is not in order, and does not say that it is complete" end
  local apart = walk.clock or math.max(0, newest - walk.now)
  if math.abs(apart) > history.SKEW then return ("the provider's clock is off by %.0f s"):format(apart) end
  if oldest >= row.time - history.SKEW then return "the history that could be read begins after the send" end
  if newest <= row.time + history.SKEW then return "the history ends before the send" end
  if walk.cut and not walk.clock then return "the history continues, and nothing shows whether the clocks agree" end
end

return history
