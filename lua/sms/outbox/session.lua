-- SPDX-License-Identifier: MIT
-- The database side of a worker: registration, exchanges of results for rows, lease and fence, recovery after a failure.

local core = require "sms.core"
local json = require "sms.json"
local outcome = require "sms.outbox.outcome"
local process = require "sms.outbox.process"

local session = {}

local Session = {}
Session.__index = Session

-- Pools with the leases of the sessions that fence them; the earliest end applies.
local fenced = setmetatable({}, { __mode = "k" })

-- Seconds for which a cursor is valid.
local CURSOR = 5

local SIGN_ON = [[insert into sms.worker (host, boot, pid, started, since, alive_until) values (?, ?, ?, ?, :now, :after(?))
  returning cast(id as text)]]

-- Makes pools stop sending `lease` seconds after a clock reading taken before the database was called.
local function fence(self, steady, wall)
  self.fence_steady, self.fence_wall = steady + self.lease, wall + self.lease
  for pool in pairs(self.pools()) do
    local ends = fenced[pool] or {}
    fenced[pool] = ends
    ends[self] = { steady = self.fence_steady, wall = self.fence_wall }
    local first = ends[self]
    for _, other in pairs(ends) do
      if other.steady < first.steady then first = other end
    end
    pool:fence(0, first.steady, first.wall)
  end
end

local function lift_fence(self)
  for pool in pairs(self.pools()) do
    local ends = fenced[pool]
    if ends then ends[self] = nil end
    if not ends or not next(ends) then pool:fence() end
  end
end

Session.__close = lift_fence

--- Whether the lease has expired. The core checks again immediately before it writes a request.
function Session:is_over()
  local steady, wall = core.clocks()
  return steady >= self.fence_steady or wall >= self.fence_wall
end

local GOLDEN = (5 ^ 0.5 - 1) / 2

--- Seconds until this worker's own offset within each period. Workers with consecutive numbers get evenly spread offsets (by
--- the golden ratio), so that a shared limit is used up steadily instead of all at once.
---@param period number  seconds
---@return number seconds
function Session:until_own_moment(period)
  local _, wall = core.clocks()
  return period - (wall / period - self.id * GOLDEN) % 1 * period
end

--- Registers the worker in the database. Raises an error value.
function Session:sign_on()
  local steady, wall = core.clocks()
  local own = process.own()
  self.id = self.db:again(function()
    return self.db:integer(SIGN_ON, own.host, own.boot, own.pid, own.started, math.floor(self.lease * 1000))
  end)
  self.cursors, self.cursors_from = {}, core.now()
  fence(self, steady, wall)
end

--- Removes the worker. Rows that it still holds, if any, become `unknown`.
---@return integer unknown
function Session:sign_off()
  lift_fence(self)
  return self.db:again(function() return self.db.engine.rescue(self.db, self.id) end)
end

---------------------------------------------------------------- recovery

local function held_ids(self, results)
  local ids = {}
  for id in pairs(self.held) do ids[#ids + 1] = id end
  for _, result in ipairs(results) do ids[#ids + 1] = result[1] end
  return json.encode(#ids > 0 and ids or json.empty_array or {})
end

-- Returns rows marked by a commit whose response was lost: no worker received them, so they were not sent.
local function recover(self, results)
  local rows = self.db:all([[select cast(id as text), cast(attempt as text) from sms.message where worker_id = ? and state = 'sending'
    and id not in :ints(?)]], self.id, held_ids(self, results))
  for _, row in ipairs(rows) do
    results[#results + 1] = outcome.untouched { id = math.tointeger(tonumber(row[1])), attempt = math.tointeger(tonumber(row[2])) }
  end
end

---------------------------------------------------------------- exchange

local LATE = [[insert into sms.event (key, at, message_id, provider, kind, status, body) values (?, :now, ?, ?, 'late', ?, :json(?))
  on conflict (key) do nothing]]

-- Records late results as events, without changing their rows.
local function keep_late(self, late, results)
  local by_id = {}
  for _, result in ipairs(results) do by_id[result[1]] = result end
  for _, id in ipairs(late) do
    local result = by_id[id]
    if result and result[3] ~= "ready" then
      local body = json.encode { attempt = result[2], provider_id = result[5] or nil, reason = result[6] or nil, error = result[7] or nil }
      self.db:run(LATE, ("late %d %d"):format(id, result[2]), id, result[4] or "", result[3], body)
      self.late = self.late + 1
    end
  end
end

-- Remembers how far each lane was scanned, so that dead index entries, kept by an old snapshot, are not scanned again. Dropped after
-- a few seconds, or if fewer rows were found than requested, so that returned rows are found.
local function note_cursors(self, given, want)
  if core.now() - self.cursors_from > CURSOR or #given.rows < want then
    self.cursors, self.cursors_from = {}, core.now()
    return
  end
  for lane, cursor in pairs(given.cursors) do self.cursors[lane] = cursor end
end

--- Writes results and claims rows. Raises an error value if the database fails; the caller then keeps the results
--- and may pass them again.
---@param results any[][]
---@param want integer   maximum rows
---@param actions (fun(db: table))[]  called in the same transaction
---@param learn? fun(given: table)     likewise, afterwards
---@return table given `{ rows, late, refused, dead }`
function Session:exchange(results, want, actions, learn)
  local db = self.db
  if db.lost then db:reconnect() end
  local steady, wall = core.clocks()
  local options = {
    want = want, lease = math.floor(self.lease * 1000), routes = self.route_names, runs = self.run_names, open = self.open_lanes,
    cursors = self.cursors, wanted_routes = self.routes, wanted_runs = self.wanted_runs, is_open = self.is_open,
  }
  local unsure = self.unsure
  self.unsure = true
  local given = db:atomic(function()
    if unsure then recover(self, results) end
    for _, action in ipairs(actions) do action(db) end
    local out = db.engine.exchange(db, self.id, results, options)
    if out.late[1] then keep_late(self, out.late, results) end
    if learn then learn(out) end
    return out
  end)
  self.unsure = false
  if not given.dead then
    fence(self, steady, wall)
    if given.cursors then note_cursors(self, given, want) end
  end
  return given
end

--- Sets which lanes with quiet hours are open now.
---@param ids table<string, boolean>
function Session:set_open(ids)
  self.is_open, self.open_lanes = ids, {}
  for id in pairs(ids) do self.open_lanes[#self.open_lanes + 1] = id end
  if #self.open_lanes == 0 then self.open_lanes = json.empty_array end
end

local function names_of(set)
  if not set then return nil end
  local out = {}
  for name in pairs(set) do out[#out + 1] = name end
  return out
end

--- Creates a session that has not signed on yet.
---@param db table
---@param settings { lease: number, routes: table<string, any>, runs: table<string, true>?, pools: fun(): table<userdata, true> }
function session.new(db, settings)
  local self = setmetatable({
    db = db, lease = settings.lease, routes = settings.routes, route_names = names_of(settings.routes), wanted_runs = settings.runs,
    run_names = names_of(settings.runs), pools = settings.pools, held = {}, late = 0, cursors = {}, cursors_from = 0, unsure = false,
  }, Session)
  self:set_open {}
  return self
end

return session
