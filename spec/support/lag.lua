-- SPDX-License-Identifier: MIT
-- How long a loop's own timer of 1 ms was held up at worst.

local core = require "sms.core"

local lag = {}

--- A meter: call `tick` whenever the loop's timer fires.
---@return { tick: fun(), ticks: integer, worst: number }  worst in ms
function lag.meter()
  local meter, last = { ticks = 0, worst = 0 }, nil
  function meter.tick()
    local now = core.now()
    if last then meter.worst = math.max(meter.worst, (now - last) * 1000) end
    last, meter.ticks = now, meter.ticks + 1
  end
  return meter
end

return lag
