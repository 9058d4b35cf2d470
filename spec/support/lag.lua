-- SPDX-License-Identifier: MIT
-- How long a loop's own timer of 1 ms was held up at worst.

local core = require "sms.core"
local witness = require "spec.support.witness"

local lag = {}

--- A meter: call `tick` whenever the loop's timer fires.
---@return { tick: fun(), ticks: integer, worst: number, gaps: number[][] }  worst in ms; gaps: the moments before and after each long one
function lag.meter()
  local meter, last = { ticks = 0, worst = 0, gaps = {} }, nil
  function meter.tick()
    local now = core.now()
    if last then
      meter.worst = math.max(meter.worst, (now - last) * 1000)
      if (now - last) * 1000 >= lag.MOST then meter.gaps[#meter.gaps + 1] = { last, now } end
    end
    last, meter.ticks = now, meter.ticks + 1
  end
  return meter
end

--- What a loop must stay below: less than one request of the specs takes, ms.
lag.MOST = 250

-- The longest time that the loop was held up while a process beside it was not.
local function worst_of(meter, held_up)
  local worst = #meter.gaps == 0 and meter.worst or 0
  for _, gap in ipairs(meter.gaps) do worst = math.max(worst, (gap[2] - gap[1] - held_up(gap[1], gap[2])) * 1000) end
  return worst
end

--- Measures until the loop was held up for less than `lag.MOST`, three times at most: a machine with other work may stop this process
--- alone for as long, but not each time. What it does to a process beside it as well does not count.
---@param run fun(meter: table)
---@return number worst  of the best run, ms
function lag.best(run)
  local worst = math.huge
  for _ = 1, 3 do
    local meter, beside = lag.meter(), witness.start()
    run(meter)
    worst = math.min(worst, worst_of(meter, beside.stop()))
    if worst < lag.MOST then break end
  end
  return worst
end

return lag
