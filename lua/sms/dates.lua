-- SPDX-License-Identifier: MIT
-- The four ways the MessageWhiz documents write a time, to and from seconds since 1970-01-01 00:00 UTC; and formats of others.
-- Strict, and always in UTC: only ISO 8601 has a zone; that of the other texts is the call's `utc_offset`.

local core = require "sms.core"

local math_type = math.type

local dates = {}

local DAY = 86400
local FIRST, LAST = -62167219200, 253402300799 -- 0000-01-01 00:00:00 and 9999-12-31 23:59:59
local FOUR_DIGITS = -30610224000 -- 1000-01-01 00:00:00: `os.date` writes no leading zeros before a year

--- The last second that can be written.
dates.LAST = LAST

-- Days between 1970-01-01 and a Gregorian date, counted in years that begin in March so that the leap day is last.
local function days_of(year, month, day)
  if month <= 2 then year = year - 1 end
  local era, of_era = year // 400, year % 400
  local of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
  return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

local function date_of(days)
  days = days + 719468
  local era, of_era = days // 146097, days % 146097
  local year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
  local of_year = of_era - (365 * year + year // 4 - year // 100)
  local month = (5 * of_year + 2) // 153
  local day = of_year - (153 * month + 2) // 5 + 1
  month = month < 10 and month + 3 or month - 9
  return era * 400 + year + (month <= 2 and 1 or 0), month, day
end

local MONTH_DAYS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function month_days(year, month)
  local leap = year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
  return (month == 2 and leap) and 29 or MONTH_DAYS[month]
end

-- The arguments are texts of digits; nil if there is no such time.
local function seconds_of(year, month, day, hour, minute, second)
  year, month, day, hour, minute, second =
    tonumber(year), tonumber(month), tonumber(day), tonumber(hour), tonumber(minute), tonumber(second)
  if month < 1 or month > 12 or day < 1 or day > month_days(year, month) then return nil end
  if hour > 23 or minute > 59 or second > 59 then return nil end
  return days_of(year, month, day) * DAY + hour * 3600 + minute * 60 + second
end

local function no_date(text, style)
  return nil, ("%q is not a time like %s"):format(tostring(text), style)
end

-- Whole seconds and milliseconds, rounded to the nearest; a caller's mistake is an error at the caller's line.
local function whole(seconds, name)
  if math.type(seconds) == nil then
    error(("dates.%s: seconds since 1970 are expected, got %s"):format(name, type(seconds)), 3)
  elseif not (seconds >= FIRST and seconds < LAST + 1) then
    error(("dates.%s: %s is outside the years 0000 to 9999"):format(name, seconds), 3)
  end
  local milliseconds = math.floor(seconds * 1000 + 0.5)
  if milliseconds // 1000 > LAST then milliseconds = LAST * 1000 + 999 end
  return milliseconds // 1000, milliseconds % 1000
end

local function parts(seconds)
  local year, month, day = date_of(seconds // DAY)
  local rest = seconds % DAY
  return year, month, day, rest // 3600, rest // 60 % 60, rest % 60
end

-- Seconds east of UTC: `Z`, `+02:00`, or `+0200` as ISO 8601 also writes it.
local function zone_seconds(zone)
  if zone == "Z" or zone == "z" then return 0 end
  local sign, hours, minutes = zone:match("^([+-])(%d%d):?(%d%d)$")
  if not sign or tonumber(hours) > 23 or tonumber(minutes) > 59 then return nil end
  local shift = tonumber(hours) * 3600 + tonumber(minutes) * 60
  return sign == "-" and -shift or shift
end

-- The second after the end of a month in UTC, where leap seconds are inserted (RFC 3339 §5.7); nil for other times.
local function leap_second(last)
  local next_second = last + 1
  local _, _, day = date_of(next_second // DAY)
  return next_second % DAY == 0 and day == 1 and next_second or nil
end

-- Fields of a time as texts of digits, in a zone with an offset in seconds → seconds. A leap second equals the next one.
local function seconds_in_zone(year, month, day, hour, minute, second, shift)
  local leap = second == "60"
  local seconds = seconds_of(year, month, day, hour, minute, leap and 59 or second)
  if not seconds then return nil end
  return leap and leap_second(seconds - shift) or not leap and seconds - shift or nil
end

--- Reads "2020-07-22T21:00:00.000Z" (RFC 3339 §5.6): with or without a fraction; `t` and `z` too; an offset as +02:00, or as +0200,
--- which websms writes; a leap second, `:60`, is the same as the next second.
---@param text string
---@return integer|number|nil seconds  a float only when there is a fraction
---@return string? message
function dates.from_iso(text)
  local year, month, day, hour, minute, second, fraction, zone =
    tostring(text):match("^(%d%d%d%d)%-(%d%d)%-(%d%d)[Tt](%d%d):(%d%d):(%d%d)([.%d]*)([Zz+-].*)$")
  local shift = zone and zone_seconds(zone)
  local seconds = shift and (fraction == "" or fraction:find("^%.%d+$"))
    and seconds_in_zone(year, month, day, hour, minute, second, shift)
  if not seconds then return no_date(text, "2020-07-22T21:00:00.000Z") end
  local part = fraction ~= "" and core.number("0" .. fraction) or 0
  return part == 0 and seconds or seconds + part
end

--- Writes "2020-07-22T21:00:00.000Z", to the nearest millisecond.
---@param seconds number  since 1970-01-01 00:00 UTC
---@return string text
function dates.iso(seconds)
  local rounded, milliseconds = whole(seconds, "iso")
  local year, month, day, hour, minute, second = parts(rounded)
  return ("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ"):format(year, month, day, hour, minute, second, milliseconds)
end

--- Reads "2021-06-25 14:02:50", as in the responses about segments and in `exp_date`.
---@param text string
---@return integer|nil seconds
---@return string? message
function dates.from_plain(text)
  local year, month, day, hour, minute, second = tostring(text):match("^(%d%d%d%d)%-(%d%d)%-(%d%d) (%d%d):(%d%d):(%d%d)$")
  local seconds = year and seconds_of(year, month, day, hour, minute, second)
  if not seconds then return no_date(text, "2021-06-25 14:02:50") end
  return seconds
end

--- Writes "2021-06-25 14:02:50"; a fraction of a second is truncated.
---@param seconds number
---@return string text
function dates.plain(seconds)
  whole(seconds, "plain")
  return ("%04d-%02d-%02d %02d:%02d:%02d"):format(parts(math.floor(seconds)))
end

--- Reads "06/01/2021 12:00 AM", as in the filter of the list of broadcasts: month first, 12 AM is midnight.
---@param text string
---@return integer|nil seconds
---@return string? message
function dates.from_american(text)
  local month, day, year, hour, minute, half = tostring(text):match("^(%d%d)/(%d%d)/(%d%d%d%d) (%d%d):(%d%d) ([AP])M$")
  local twelfth = month and tonumber(hour)
  local valid = twelfth and twelfth >= 1 and twelfth <= 12
  local seconds = valid and seconds_of(year, month, day, twelfth % 12 + (half == "P" and 12 or 0), minute, 0)
  if not seconds then return no_date(text, "06/01/2021 12:00 AM") end
  return seconds
end

--- Writes "06/01/2021 12:00 AM"; seconds are truncated.
---@param seconds number
---@return string text
function dates.american(seconds)
  whole(seconds, "american")
  local year, month, day, hour, minute = parts(math.floor(seconds))
  return ("%02d/%02d/%04d %02d:%02d %s"):format(month, day, year, (hour + 11) % 12 + 1, minute, hour < 12 and "AM" or "PM")
end

-- The fields of a table, by the names and defaults of `os.time`, as if they were UTC; nil if they are not a valid time.
local function seconds_of_table(fields)
  local values = {}
  for i, name in ipairs { "year", "month", "day", "hour", "min", "sec" } do
    local value = fields[name]
    if value == nil and i > 3 then value = name == "hour" and 12 or 0 end
    values[i] = type(value) == "number" and math.tointeger(value)
    if not values[i] or values[i] < 0 or values[i] > 9999 then return nil end
  end
  return seconds_of(table.unpack(values))
end

local function two(number)
  return ("%02d"):format(number)
end

--- Writes a time in a format of `os.date`. Formats the date itself, since `os.date` fails after 2038 on systems with 32-bit time.
---@param moment number|table  seconds since 1970; or fields as `os.date("*t")` has them, which are written as they are
---@param format string
---@param utc_offset? integer  minutes east of UTC in which seconds since 1970 are written (0)
---@param step? integer        seconds: a moment between two steps becomes the later one (1)
---@return string? text        nil if it is outside the years 1000 to 9999
function dates.written(moment, format, utc_offset, step)
  if type(format) ~= "string" then error("dates.written: a format of os.date is expected", 2) end
  local seconds = type(moment) == "table" and seconds_of_table(moment) or moment
  if math.type(seconds) == nil or seconds ~= seconds or math.abs(seconds) > LAST then return nil end
  if type(moment) ~= "table" then seconds = seconds + (utc_offset or 0) * 60 end
  step = step or 1
  seconds = step > 1 and math.ceil(seconds / step) * step or math.floor(seconds)
  if seconds < FOUR_DIGITS or seconds > LAST then return nil end
  local year, month, day, hour, minute, second = parts(seconds)
  local fields = { Y = ("%04d"):format(year), m = two(month), d = two(day), H = two(hour), M = two(minute), S = two(second) }
  local plain, others = format:gsub("%%(.)", fields), format:find("%%[^YmdHMS]")
  return others and os.date("!" .. format, seconds) or plain
end

local FIRST_THOUSANDTH, LAST_THOUSANDTH = FIRST * 1000, LAST * 1000 + 999

--- Reads milliseconds since 1970, as in `updated` of a delivery report.
---@param milliseconds number|string  a whole number or its digits
---@return integer|number|nil seconds  a float only when there is a fraction
---@return string? message
function dates.from_milliseconds(milliseconds)
  local count = milliseconds
  if math_type(count) ~= "integer" then
    if type(count) == "string" then count = count:find("^%-?%d+$") and tonumber(count) end
    count = count and math.tointeger(count)
  end
  if not count or count < FIRST_THOUSANDTH or count > LAST_THOUSANDTH then return no_date(milliseconds, "1629461739834") end
  return count % 1000 == 0 and count // 1000 or count / 1000
end

--- Writes milliseconds since 1970, to the nearest.
---@param seconds number
---@return integer milliseconds
function dates.milliseconds(seconds)
  local rounded, milliseconds = whole(seconds, "milliseconds")
  return rounded * 1000 + milliseconds
end

return dates
