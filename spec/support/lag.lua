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

--- What a loop must stay below: less than one request of the specs takes, ms.
lag.MOST = 250

--- Measures until the loop was held up for less than `lag.MOST`, three times at most: a machine with other work may stop the whole
--- process for as long, but not each time.
---@param run fun(meter: table)
---@return number worst  of the best run, ms
function lag.best(run)
  local worst = math.huge
  for _ = 1, 3 do
    local meter = lag.meter()
    run(meter)
    worst = math.min(worst, meter.worst)
    if worst < lag.MOST then break end
  end
  return worst
end

return lag
