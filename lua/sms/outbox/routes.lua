-- SPDX-License-Identifier: MIT
-- Routes: clients and failover groups by name, with the properties that a worker needs.

local pools = require "sms.task.pools"
local states = require "sms.call.states"

local routes = {}

-- Minimum seconds by which a lease must exceed the timeout of a call.
local MARGIN = 5

-- The clients of a route.
local function members_of(route)
  local out = {}
  if states[route] then return { route } end
  local members = type(route) == "table" and rawget(route, "members")
  for i, member in ipairs(type(members) == "table" and members or {}) do out[i] = member.client end
  return out[1] and states[out[1]] and out or nil
end

-- Whether all of them accept a reference.
local function takes_reference(members)
  for _, member in ipairs(members) do
    if not member:capabilities().reference then return false end
  end
  return true
end

-- Whether rows that share a call also share its reference.
local function shares_reference(members)
  return states[members[1]].adapter.message.shared_reference == true
end

local function problem_of(name, route, members, lease, bulk)
  if type(name) ~= "string" then return "route names must be strings" end
  if not members then return ("route '%s' is neither a client nor a failover group"):format(name) end
  if bulk > 1 and not states[route] then
    return ("route '%s' is a failover group, which sends one message per call; 'bulk' requires a client"):format(name)
  end
  for _, member in ipairs(members) do
    local timeout = states[member].timeout
    if timeout + MARGIN >= lease then
      return ("route '%s': the client's timeout (%g s) plus %d s must be less than the lease (%g s)"):format(name, timeout, MARGIN, lease)
    end
  end
end

--- The first mistake in the routes of a worker, or nil.
---@param given table<string, table>
---@param lease number   seconds
---@param bulk? integer  rows of a call
---@return string? problem
function routes.problem(given, lease, bulk)
  for name, route in pairs(given) do
    local problem = problem_of(name, route, members_of(route), lease, bulk or 1)
    if problem then return problem end
  end
  if not next(given) then return "option 'routes' is empty" end
end

--- Reads routes that have been checked.
---@param given table<string, table>
---@return table<string, { client: table, members: table[], takes_reference: boolean, shares_reference: boolean }>
function routes.read(given)
  local out = {}
  for name, route in pairs(given) do
    local members = members_of(route)
    out[name] = {
      client = route, members = members, takes_reference = takes_reference(members), shares_reference = shares_reference(members),
    }
  end
  return out
end

--- The connection pools of the routes.
---@return table<userdata, true>
function routes.pools(known)
  local out = {}
  for _, route in pairs(known) do
    for _, member in ipairs(route.members) do
      local state = states[member]
      if not state.transport then out[state.pool or pools.shared()] = true end
    end
  end
  return out
end

return routes
