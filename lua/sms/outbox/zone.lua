-- SPDX-License-Identifier: MIT
-- Time zones from the system's files: the zones of a region (zone1970.tab), and the offset of a zone from UTC (TZif, RFC 9636).

local zone = {}

--- Directory of the system's time zones.
zone.FOLDER = "/usr/share/zoneinfo"

local by_region, parsed = nil, {}

--- The time zones of a region by name; an empty list if none is known.
---@param region string  ISO 3166 code
---@return string[]
function zone.of_region(region)
  if not by_region then
    by_region = {}
    local file <close> = io.open(zone.FOLDER .. "/zone1970.tab", "r")
    for line in file and file:lines() or function() end do
      local codes, name = line:match("^(%u[%u,]*)\t[^\t]*\t([^\t]+)")
      for code in (codes or ""):gmatch("%u%u") do
        by_region[code] = by_region[code] or {}
        table.insert(by_region[code], name)
      end
    end
  end
  return by_region[region] or {}
end

---------------------------------------------------------------- TZif

-- Skips the block of a version and returns its end; `width` is the size of its times.
local function block(data, at, width)
  local isutc, isstd, leap, times, types, chars = (">I4I4I4I4I4I4"):unpack(data, at + 20)
  return { at = at + 44, times = times, types = types,
    ends = at + 44 + times * width + times + types * 6 + chars + leap * (width + 4) + isstd + isutc }
end

local function parse(data)
  if data:sub(1, 4) ~= "TZif" or data:byte(5) < ("2"):byte() then return nil end
  local second = block(data, block(data, 1, 4).ends, 8)
  local out = { times = {}, offsets = {} }
  local kinds = {}
  for i = 0, second.types - 1 do kinds[i] = (">i4"):unpack(data, second.at + second.times * 9 + i * 6) end
  for i = 1, second.times do
    out.times[i] = (">i8"):unpack(data, second.at + (i - 1) * 8)
    out.offsets[i] = kinds[data:byte(second.at + second.times * 8 + i - 1)]
  end
  out.first, out.rule = kinds[0], data:sub(second.ends):match("^\n([^\n]*)\n")
  return out
end

---------------------------------------------------------------- the rule after the last transition (POSIX TZ)

local function seconds_of(text)
  local sign, hour, minute, second = text:match("^([+-]?)(%d+):?(%d*):?(%d*)$")
  if not hour then return nil end
  local total = tonumber(hour) * 3600 + (tonumber(minute) or 0) * 60 + (tonumber(second) or 0)
  return sign == "-" and -total or total
end

local function days_before(year)
  local y = year - 1
  return y * 365 + y // 4 - y // 100 + y // 400 - 719162
end

local LENGTHS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function is_leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

-- The day of a rule in a year, in days since 1970.
local function day_of(rule, year)
  local month, week, weekday = rule:match("^M(%d+)%.(%d)%.(%d)")
  if not month then
    local julian, day = rule:match("^(J?)(%d+)")
    day = tonumber(day)
    if julian == "J" then return days_before(year) + day - 1 + (is_leap(year) and day >= 60 and 1 or 0) end
    return days_before(year) + day
  end
  month, week, weekday = tonumber(month), tonumber(week), tonumber(weekday)
  local first = days_before(year)
  for m = 1, month - 1 do first = first + LENGTHS[m] + (m == 2 and is_leap(year) and 1 or 0) end
  local length = LENGTHS[month] + (month == 2 and is_leap(year) and 1 or 0)
  local day = (weekday - (first + 4)) % 7 + (week - 1) * 7
  while day >= length do day = day - 7 end
  return first + day
end

local function by_rule(rule, now)
  local name = "^<[^>]*>"
  local rest = rule:gsub(rule:find("^<") and name or "^%a+", "", 1)
  local standard = seconds_of(rest:match("^[+-]?[%d:]+") or "")
  if not standard then return nil end
  rest = rest:gsub("^[+-]?[%d:]+", "", 1)
  if rest == "" then return -standard end
  rest = rest:gsub(rest:find("^<") and name or "^%a+", "", 1)
  local summer = -standard + 3600
  local own = rest:match("^[+-]?[%d:]+")
  if own then summer = -seconds_of(own) end
  local from, to = rest:match(",([^,]+),([^,]+)$")
  if not from then return nil end
  local year = os.date("!*t", now).year
  local function moment(text, offset) return day_of(text, year) * 86400 + (seconds_of(text:match("/(.+)$") or "2") or 7200) - offset end
  local starts, ends = moment(from, -standard), moment(to, summer)
  local is_summer
  if starts < ends then is_summer = now >= starts and now < ends else is_summer = now >= starts or now < ends end
  return is_summer and summer or -standard
end

--- Offset of a zone from UTC at a time.
---@param name string   such as Africa/Johannesburg
---@param now integer   seconds since 1970
---@return integer? seconds  east of UTC; nil for a zone that the system does not have
function zone.offset(name, now)
  local facts = parsed[name]
  if facts == nil then
    local file <close> = not name:find("..", 1, true) and io.open(zone.FOLDER .. "/" .. name, "rb") or nil
    facts = file and parse(file:read "a" or "") or false
    parsed[name] = facts
  end
  if not facts then return nil end
  local times = facts.times
  local low, high = 0, #times
  while low < high do
    local middle = (low + high + 1) // 2
    if times[middle] <= now then low = middle else high = middle - 1 end
  end
  if low == #times and facts.rule and facts.rule ~= "" then
    return by_rule(facts.rule, now) or facts.offsets[low] or facts.first
  end
  return low == 0 and facts.first or facts.offsets[low]
end

return zone
