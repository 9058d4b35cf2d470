-- SPDX-License-Identifier: MIT
-- Whether rows remain that a worker may send.

local json = require "sms.json"
local limits = require "sms.outbox.limits"

local left = {}

local LEFT = [[select 1 from sms.run r join sms.lane la on la.run_id = r.id where %s and la.route in :list(?)
  and (? = '' or r.name in :list(?)) and not (r.id in :ints(?))
  and not exists (select 1 from sms.limits li where li.route = la.route and li.not_before >= :at(?))
  and ]] .. limits.READY:format "" .. " limit 1"

--- Conditions on runs: active; active or paused by a user; stopped; all paused ones, including the stopped.
left.GOING, left.PAUSED, left.STOPPED, left.HELD = LEFT:format "r.state = 'active'",
  LEFT:format "(r.state = 'active' or r.state = 'paused' and coalesce(r.reason, '') not in ('budget', 'stop'))",
  LEFT:format "r.state = 'paused' and r.reason = 'stop'", LEFT:format "r.state = 'paused'"

--- Whether such runs have rows left for a worker, given its routes and runs.
---@param db table
---@param session { route_names: string[], run_names: string[]? }
---@param which string  one of the above
---@param except? table<integer, any>  runs that don't count, by id
---@return boolean
function left.some(db, session, which, except)
  local runs, others = session.run_names, json.array {}
  for id in pairs(except or {}) do others[#others + 1] = id end
  return db:one(which, json.encode(session.route_names), runs and "some" or "", json.encode(runs or { "" }), json.encode(others),
    limits.NEVER) ~= nil
    or db:one "select 1 from sms.intake limit 1" ~= nil
end

return left
