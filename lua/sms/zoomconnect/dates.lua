-- SPDX-License-Identifier: MIT
-- ZoomConnect's dates of digits, to and from seconds since the epoch.

local common = require "sms.dates"

local dates = {}

--- Minutes east of UTC that dates of the provider are taken to be in, unless the client's option `utc_offset` says otherwise. No
--- document states a zone. The provider is South African, and the one published report agrees: its id holds the time of creation,
--- 09:10:19 UTC, its `nonce-date` is 11:15:24 of that day.
dates.UTC_OFFSET = 120

--- The last time that yyyyMMddHHmm can write in every zone.
dates.LAST = 253402214400

--- Epoch seconds → `yyyyMMddHHmm`. A time between two minutes becomes the later one, so that no text leaves before its time.
---@param at number           from 0 to `dates.LAST`
---@param utc_offset? integer minutes
---@return string
function dates.minute(at, utc_offset)
  return common.written(at, "%Y%m%d%H%M", utc_offset or dates.UTC_OFFSET, 60)
end

--- `yyyyMMddHHmm` or `yyyyMMddHHmmss` → epoch seconds; nil for anything else.
---@param text string
---@param utc_offset? integer minutes
---@return integer?
function dates.from_digits(text, utc_offset)
  local year, month, day, hour, minute, second = text:match("^(%d%d%d%d)(%d%d)(%d%d)(%d%d)(%d%d)(%d?%d?)$")
  if not year or #second == 1 then return nil end
  if second == "" then second = "00" end
  local seconds = common.from_plain(("%s-%s-%s %s:%s:%s"):format(year, month, day, hour, minute, second))
  return seconds and seconds - (utc_offset or dates.UTC_OFFSET) * 60
end

return dates
