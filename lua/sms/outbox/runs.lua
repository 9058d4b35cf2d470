-- SPDX-License-Identifier: MIT
-- Runs (named sets of rows) and lanes (the rows of a run that share route, sender and region).

local check = require "sms.check"
local json = require "sms.json"
local store = require "sms.outbox.store"

local runs = {}

local COLUMNS = [[cast(id as text), name, kind, state, reason, priority, digest, cast(rows as text), cast(segments as text), cost,
  cast(hash as text), cast(options as text)]]

local function run_of(row)
  return row and {
    id = math.tointeger(tonumber(row[1])), name = row[2], kind = row[3], state = row[4], reason = row[5],
    priority = math.tointeger(tonumber(row[6])), digest = row[7], rows = math.tointeger(tonumber(row[8])),
    segments = math.tointeger(tonumber(row[9])), cost = tonumber(row[10]), hash = math.tointeger(tonumber(row[11])),
    options = json.decode(row[12]) or {},
  }
end

--- A run by name, or nil.
function runs.find(db, name)
  return run_of(db:one("select " .. COLUMNS .. " from sms.run where name = ?", name))
end

--- A run by name; raises an error value if there is none.
function runs.get(db, name)
  local run = runs.find(db, name)
  if not run then
    local names = {}
    for i, other in ipairs(runs.all(db)) do names[i] = other.name end
    store.fail(("there is no run '%s'%s"):format(name, check.guess(name, names)), { kind = "not_found", field = "run" })
  end
  return run
end

--- All runs, newest last.
function runs.all(db)
  local out = {}
  for i, row in ipairs(db:all("select " .. COLUMNS .. " from sms.run order by run.id")) do out[i] = run_of(row) end
  return out
end

local INSERT = [[insert into sms.run (name, kind, state, priority, options, cap_messages, cap_segments, cap_cost, made_at)
  values (?, ?, ?, ?, :json(?), ?, ?, ?, :now) on conflict (name) do nothing]]

--- Returns a run, creating it if necessary.
---@param db table
---@param name string
---@param kind "list"|"stream"
---@param settings { state: string, priority: integer, options: table, caps: table? }
function runs.ensure(db, name, kind, settings)
  local caps, options = settings.caps or {}, utf8.len(name) and json.encode(settings.options)
  if not options then
    store.fail(("the name or an option of the run '%s' is not valid UTF-8"):format(check.shown(name)), { kind = "invalid", field = "run" })
  end
  db:run(INSERT, name, kind, settings.state, settings.priority, options, caps.messages, caps.segments, caps.cost)
  return runs.get(db, name)
end

--- Returns the id of a lane, creating it if necessary.
---@param guarded integer  1: rows go only while the worker says that the lane is open
---@return integer id
function runs.lane(db, run_id, route, sender, region, guarded)
  db:run([[insert into sms.lane (run_id, route, sender, region, guarded) values (?, ?, ?, ?, ?)
    on conflict (run_id, route, sender, region) do nothing]], run_id, route, sender, region, guarded)
  return db:integer("select cast(id as text) from sms.lane where run_id = ? and route = ? and sender = ? and region = ?", run_id, route,
    sender, region)
end

local LANES = [[select cast(la.id as text), la.route, r.priority, cast(r.id as text) from sms.lane la join sms.run r on r.id = la.run_id]]

--- All lanes by id.
---@return table<integer, { route: string, priority: integer, run: integer }>
function runs.lanes(db)
  local out = {}
  for _, lane in ipairs(db:all(LANES)) do
    out[math.tointeger(tonumber(lane[1]))] = { route = lane[2], priority = lane[3], run = math.tointeger(tonumber(lane[4])) }
  end
  return out
end

--- The digest of a run: number of rows, segments, and the sum of the rows' hashes.
---@return string digest  as in `41210-48377-9f3c2a7e01b2c3d4`
function runs.digest(run)
  return ("%d-%d-%016x"):format(run.rows, run.segments, run.hash)
end

return runs
