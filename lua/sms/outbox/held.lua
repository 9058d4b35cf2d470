-- SPDX-License-Identifier: MIT
-- Runs that a worker must not send from: paused, stopped or cancelled, possibly by another process.

local held = {}

local HELD = "select cast(id as text), name, state, reason from sms.run where state = 'paused' or state = 'cancelled'"

--- Runs of which nothing may be sent now.
---@return table<integer, string> states   by the id of the run
---@return table<string, string> reasons   of paused runs, by name
function held.runs(db)
  local states, reasons = {}, {}
  for _, run in ipairs(db:all(HELD)) do
    states[math.tointeger(tonumber(run[1]))] = run[3]
    if run[3] == "paused" then reasons[run[2]] = run[4] or "" end
  end
  return states, reasons
end

local CANCEL = "update sms.message set state = 'cancelled', settled_at = :now where lane_id = cast(? as bigint) and state = 'ready'"

--- Cancels rows of cancelled runs that were claimed at that time and have since been returned.
---@param lanes table<integer, { run: integer, used: boolean? }>  `used`: the worker has claimed rows of the lane
---@param states table<integer, string>
function held.cancel_rest(db, lanes, states)
  for id, lane in pairs(lanes) do
    if lane.used and states[lane.run] == "cancelled" then db:run(CANCEL, ("%d"):format(id)) end
  end
end

return held
