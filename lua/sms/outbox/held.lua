-- SPDX-License-Identifier: MIT
-- What others did to the runs of a worker: pauses, stops, cancellations.

local heed = {}

local HELD = "select cast(id as text), name, state, reason from sms.run where state = 'paused' or state = 'cancelled'"

--- Runs of which nothing may be sent now.
---@return table<integer, string> states   by the id of the run
---@return table<string, string> reasons   of those that are paused, by name
function heed.held(db)
  local states, reasons = {}, {}
  for _, run in ipairs(db:all(HELD)) do
    states[math.tointeger(tonumber(run[1]))] = run[3]
    if run[3] == "paused" then reasons[run[2]] = run[4] or "" end
  end
  return states, reasons
end

local CANCEL = "update sms.message set state = 'cancelled', settled_at = :now where lane_id = cast(? as bigint) and state = 'ready'"

--- Cancels what the worker gave back of runs that were cancelled meanwhile, as the rest of them.
---@param lanes table<integer, { run: integer, used: boolean? }>  `used`: it had rows of the lane
---@param states table<integer, string>
function heed.cancel_rest(db, lanes, states)
  for id, lane in pairs(lanes) do
    if lane.used and states[lane.run] == "cancelled" then db:run(CANCEL, ("%d"):format(id)) end
  end
end

return heed
