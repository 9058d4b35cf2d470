-- SPDX-License-Identifier: MIT
-- Quiet hours: a lane is closed while the recipient's local time is within the window in any time zone of the region.

local check = require "sms.check"
local json = require "sms.json"
local zone = require "sms.outbox.zone"

local quiet = {}

local DAY = 1440 -- minutes

local function minutes_of(text)
  local hour, minute = tostring(text):match("^(%d%d?):(%d%d)$")
  hour, minute = tonumber(hour), tonumber(minute)
  if not hour or hour > 24 or minute > 59 or hour == 24 and minute > 0 then return nil end
  return hour * 60 + minute
end

--- What is wrong with a window `{ from = "20:00", to = "08:00" }`, or nil.
---@return string? problem
function quiet.problem(window)
  if type(window) ~= "table" then return "quiet must be a table such as { from = \"20:00\", to = \"08:00\" }" end
  for name in pairs(window) do
    if name ~= "from" and name ~= "to" then return ("quiet has no '%s'; it has from and to"):format(check.shown(name)) end
  end
  for _, name in ipairs { "from", "to" } do
    if not minutes_of(window[name]) then return ("quiet.%s must be a time of day such as \"20:00\""):format(name) end
  end
  if minutes_of(window.from) % DAY == minutes_of(window.to) % DAY then return "quiet.from and quiet.to are the same time" end
end

local function is_quiet(window, offset, now)
  local minute = (now + offset) // 60 % DAY
  local from, to = minutes_of(window.from), minutes_of(window.to)
  if from < to then return minute >= from and minute < to end
  return minute >= from or minute < to
end

--- Whether messages may be sent to a region, or a time zone, at a time. False if no zone is known.
---@param place string    ISO 3166 code, or a zone such as Africa/Johannesburg
---@param window { from: string, to: string }
---@param now integer     seconds since 1970
---@return boolean
function quiet.is_open(place, window, now)
  local names = place:find("/", 1, true) and { place } or zone.of_region(place)
  for _, name in ipairs(names) do
    local offset = zone.offset(name, now)
    if not offset or is_quiet(window, offset, now) then return false end
  end
  return names[1] ~= nil
end

--- The lanes with quiet hours that are open now.
---@return table<string, boolean> ids
function quiet.open_lanes(db, now)
  local open = {}
  for _, row in ipairs(db:all([[select cast(la.id as text), la.region, cast(r.options as text) from sms.lane la join sms.run r on r.id =
    la.run_id
    where la.guarded = 1 and r.state = 'active']])) do
    local window = (json.decode(row[3]) or {}).quiet
    if not window or quiet.is_open(row[2], window, now or os.time()) then open[row[1]] = true end
  end
  return open
end

return quiet
