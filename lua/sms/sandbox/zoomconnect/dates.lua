-- SPDX-License-Identifier: MIT
-- Dates of the sandboxed ZoomConnect, whose clocks show South African time (UTC+2). Written independently of the client's on purpose.

local base = require "sms.sandbox.messagewhiz.dates"

local dates = {}

local OFFSET = 2 * 3600

--- `yyyyMMddHHmm` → seconds since the epoch; nil for anything else.
---@param text string
---@return integer?
function dates.from_minute(text)
  local year, month, day, hour, minute = text:match("^(%d%d%d%d)(%d%d)(%d%d)(%d%d)(%d%d)$")
  local time = year and base.from_plain(("%s-%s-%s %s:%s:00"):format(year, month, day, hour, minute))
  return time and time - OFFSET
end

--- Seconds since the epoch → `yyyyMMddHHmm`; seconds are truncated.
function dates.minute(time)
  return base.written("%Y%m%d%H%M", time + OFFSET)
end

--- Seconds since the epoch as shown in responses; the documents only say that it is a date and time.
function dates.shown(time)
  return base.written("%Y-%m-%dT%H:%M:%S", time + OFFSET) .. "+02:00"
end

return dates
