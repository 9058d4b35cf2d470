-- SPDX-License-Identifier: MIT
-- The four date styles of the MessageWhiz documents, to and from seconds since the epoch, always in UTC.

local dates = {}

-- Days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant, "chrono-compatible low-level date algorithms").
local function days(year, month, day)
  if month <= 2 then year = year - 1 end
  local era = year // 400
  local of_era = year - era * 400
  local of_year = (153 * (month + (month > 2 and -3 or 9)) + 2) // 5 + day - 1
  return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

-- The date of a day since 1970-01-01 (the same source).
local function civil(day)
  day = day + 719468
  local era = day // 146097
  local of_era = day - era * 146097
  local year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
  local of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
  local shifted = (5 * of_year + 2) // 153
  local month = shifted + (shifted < 10 and 3 or -9)
  return year_of_era + era * 400 + (month <= 2 and 1 or 0), month, of_year - (153 * shifted + 2) // 5 + 1
end

--- A time in a format like that of `os.date`, which ends in 2038 where the system counts seconds in 32 bits.
---@param format string  with %Y, %m, %d, %H, %M and %S
---@param time number
---@return string
function dates.written(format, time)
  time = math.floor(time)
  local year, month, day = civil(time // 86400)
  local second = time % 86400
  local fields = { Y = ("%04d"):format(year), m = month, d = day, H = second // 3600, M = second // 60 % 60, S = second % 60 }
  return (format:gsub("%%(.)", function(name)
    local value = fields[name]
    return math.type(value) and ("%02d"):format(value) or value
  end))
end

local function epoch(year, month, day, hour, minute, second)
  year, month, day = math.tointeger(year), math.tointeger(month), math.tointeger(day)
  hour, minute, second = math.tointeger(hour), math.tointeger(minute), math.tointeger(second)
  if month < 1 or month > 12 or hour > 23 or minute > 59 or second > 59 then return nil end
  local time = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second
  -- Rejects days that the month doesn't have.
  if select(3, civil(time // 86400)) ~= day then return nil end
  return time
end

local function zone_seconds(zone, default_minutes)
  if zone == "" then return (default_minutes or 0) * 60 end
  if zone == "Z" or zone == "z" then return 0 end
  local sign, hours, minutes = zone:match("^([+-])(%d%d):?(%d%d)$")
  if not sign then return nil end
  return (sign == "-" and -1 or 1) * (hours * 3600 + minutes * 60)
end

--- ISO 8601, e.g. "2020-07-31T14:25:49.614Z"; a date alone is its midnight.
---@param text string
---@param utc_offset? integer  minutes east of UTC, for a text that names no zone
---@return number|nil seconds
function dates.from_iso(text, utc_offset)
  local year, month, day, rest = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)(.*)$")
  if not year then return nil end
  local hour, minute, second, fraction, zone = "0", "0", "0", "", rest
  if rest ~= "" then
    hour, minute, second, fraction, zone = rest:match("^[T ](%d%d):(%d%d):(%d%d)(%.?%d*)(.*)$")
    if not hour then return nil end
  end
  local shift = zone_seconds(zone, utc_offset)
  local time = epoch(year, month, day, hour, minute, second)
  if not shift or not time then return nil end
  return time - shift + math.floor((tonumber("0" .. fraction) or 0) * 1000 + 0.5) / 1000
end

--- "2021-09-25 13:55:58"
function dates.from_plain(text)
  local year, month, day, hour, minute, second = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d) (%d%d):(%d%d):(%d%d)$")
  return year and epoch(year, month, day, hour, minute, second)
end

--- "06/01/2021 12:00 AM"
function dates.from_american(text)
  local month, day, year, hour, minute, half = text:match("^(%d%d)/(%d%d)/(%d%d%d%d) (%d%d):(%d%d) ([AaPp])[Mm]$")
  if not month or tonumber(hour) < 1 or tonumber(hour) > 12 then return nil end
  hour = tonumber(hour) % 12 + (half:lower() == "p" and 12 or 0)
  return epoch(year, month, day, hour, minute, 0)
end

--- "2020-07-22T21:00:00.000Z"
function dates.iso(time)
  local milliseconds = math.floor(time * 1000 + 0.5)
  return dates.written("%Y-%m-%dT%H:%M:%S", milliseconds // 1000) .. (".%03dZ"):format(milliseconds % 1000)
end

--- "2021-06-25 14:02:50"
function dates.plain(time)
  return dates.written("%Y-%m-%d %H:%M:%S", time)
end

--- Epoch milliseconds, as an integer.
function dates.milliseconds(time)
  return math.floor(time * 1000 + 0.5)
end

return dates
