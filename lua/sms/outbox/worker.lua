-- SPDX-License-Identifier: MIT
-- A worker: claims rows, sends them, stores their outcomes. A row is passed to the client only after its mark is committed.

local core = require "sms.core"
local failure = require "sms.error"
local held = require "sms.outbox.held"
local intake = require "sms.outbox.intake"
local json = require "sms.json"
local left = require "sms.outbox.left"
local limits = require "sms.outbox.limits"
local outcome = require "sms.outbox.outcome"
local pace = require "sms.outbox.pace"
local queue = require "sms.outbox.queue"
local quiet = require "sms.outbox.quiet"
local routes = require "sms.outbox.routes"
local runs = require "sms.outbox.runs"
local sending = require "sms.outbox.sending"
local session = require "sms.outbox.session"
local tasks = require "sms.task"
local parallel = require "sms.task.parallel"

local worker = {}

--- Intervals in seconds: between checks of an idle outbox; for which a result waits for others; between heartbeats; between checks
--- for dead workers and quiet hours; between attempts to reach a failing database; between checks for runs that were
--- paused or stopped.
worker.POLL, worker.LINGER, worker.BEAT, worker.LOOK, worker.AGAIN, worker.RUNS = 0.1, 0.05, 15, 5, 1, 0.5

--- Default lease in seconds.
worker.LEASE = 60

local Worker = {}
Worker.__index = Worker

---------------------------------------------------------------- exchange

local function count_up(self, state)
  self.counts[state] = (self.counts[state] or 0) + 1
end

-- Pauses or slows the route of a refusal, in the same transaction as the result.
local function note_route(self, route, err)
  if err.outcome ~= "not_sent" then return end
  if outcome.OF_THE_ROUTE[err.kind] then
    self.actions[#self.actions + 1] = function(db) limits.pause(db, route, ("%s: %s"):format(err.kind, err.message or "")) end
  elseif err.kind == "rate_limited" then
    self.actions[#self.actions + 1] = function(db) limits.slow(db, route, err.retry_after or 1) end
  end
end

local function learn_optout(self, row, err)
  if not outcome.is_optout(err) then return end
  self.actions[#self.actions + 1] = function(db)
    db:run([[insert into sms.optout (number, sender, reason, at) values (?, '', ?, :now) on conflict (number, sender) do nothing]],
      row.recipient, ("%s code %s"):format(err.provider, tostring(err.code)))
  end
end

local function add_result(self, row, result)
  self.session.held[row.id] = nil
  self.results[#self.results + 1] = result
  self.oldest = self.oldest or core.now()
end

-- Stores route and priority of lanes, within the exchange that returned rows of them: as returned, otherwise those that are new.
local function learn_lanes(self, given)
  for id, lane in pairs(given.lanes or {}) do self.lanes[id] = lane end
  for _, row in ipairs(given.rows) do
    if not self.lanes[row.lane] then
      for id, lane in pairs(runs.lanes(self.db)) do self.lanes[id] = self.lanes[id] or lane end
    end
  end
end

local function queue_rows(self, rows)
  for _, row in ipairs(rows) do
    local lane = self.lanes[row.lane]
    self.session.held[row.id], row.route_name, lane.used = true, lane.route, true
    self.queue:push(lane.priority, row)
  end
end

-- The lease has expired and others may have taken the rows: unsent rows are no longer sent, and no new row is claimed before all
-- requests in flight have finished.
local function become_stale(self)
  self.stale = true
  for row in self.queue.take, self.queue do add_result(self, row, outcome.untouched(row)) end
end

local function how_many(self)
  if self.stopping > 0 or self.stale then return 0 end
  return math.max(0, math.min(self.in_flight * self.bulk + 2 * self.batch - self.queue.size - self.flying, 1 << 30)) -- PostgreSQL's int
end

-- `closed`: by the script, so no later attempt can succeed.
local function note_fault(self, err)
  self.fault, self.next_try, self.closed = err, core.now() + worker.AGAIN, err.kind == "closed"
  self.fault_since = self.fault_since or core.now()
end

-- The pause between exchanges is half the duration of the last one, at most this many seconds, so that a slow database gets more rows
-- per exchange. It does not increase the number of marked rows.
local MOST_REST = 0.025

-- Settles results, renews the lease and claims rows. False if the database fails. `all`: also writes the pace of the current second.
local function exchange(self, want, all)
  local began = core.now()
  if began < self.next_try then return false end
  self.actions[#self.actions + 1] = self.pace:take(self.session, all)
  local results, actions = self.results, self.actions
  local ok, given = pcall(self.session.exchange, self.session, results, want, actions, function(out) learn_lanes(self, out) end)
  if not ok then
    note_fault(self, given)
    return false
  end
  self.results, self.actions, self.oldest = {}, {}, nil
  self.fault, self.fault_since, self.beaten = nil, nil, core.now()
  for _, result in ipairs(results) do count_up(self, result[3]) end
  self.counts.late = self.session.late
  self.counts.refused = (self.counts.refused or 0) + given.refused
  if given.dead then become_stale(self) else queue_rows(self, given.rows) end
  local ended = core.now()
  if want > 0 then self.short = #given.rows < want end
  self.rested = ended + (self.short and self.session:until_own_moment(worker.LINGER) or math.min((ended - began) / 2, MOST_REST))
  return true
end

---------------------------------------------------------------- sending

local function note(self, row, receipt, err, call_reference, began, ended)
  if not receipt then
    note_route(self, row.route_name, err)
    learn_optout(self, row, err)
  end
  local result = outcome.of(row, receipt, err, self.tries, call_reference)
  self.pace:add(self.lanes[row.lane].run, result, row.segments, began, ended)
  add_result(self, row, result)
end

local function send_and_note(self, row)
  self.flying = self.flying + 1
  local began = core.now()
  local receipt, err = sending.one(self.routes[row.route_name], row, self.session:is_over())
  self.flying = self.flying - 1
  note(self, row, receipt, err, nil, began, core.now())
  return true
end

-- The same for the rows of one call.
local function send_several(self, rows)
  self.flying = self.flying + #rows
  local began = core.now()
  local answers = sending.several(self.routes[rows[1].route_name], rows, self.session:is_over())
  local ended = core.now()
  self.flying = self.flying - #rows
  for i, row in ipairs(rows) do
    local answer = answers[i]
    note(self, row, answer.receipt, answer.err, answer.call_reference, began, ended)
  end
  return true
end

---------------------------------------------------------------- next rows

--- The query with which an idle worker looks for ready rows; read-only.
worker.POLL_QUERY = [[select 1 from sms.run r join sms.lane la on la.run_id = r.id where r.state = 'active'
  and (la.guarded = 0 or la.id in :ints(?)) and la.route in :list(?)
  and not exists (select 1 from sms.limits li where li.route = la.route and li.not_before > :now)
  and ]] .. limits.READY:format " and m.due_at <= :now" .. " limit 1"

local function some_ready(self)
  local open, names = json.encode(self.session.open_lanes), json.encode(self.session.route_names)
  return self.db:one(worker.POLL_QUERY, open, names) ~= nil
end

-- Calls a function that uses the database; nil if that fails.
local function guarded(self, fn)
  if core.now() < self.next_try then return nil end
  local ok, value = pcall(function()
    if self.db.lost then self.db:reconnect() end
    return fn(self)
  end)
  if ok then return value end
  note_fault(self, value)
end

-- Whether results have waited long enough to be written: until they fill a batch, or for LINGER.
local function is_due(self, now)
  local settled = #self.results
  return settled >= self.batch or settled > 0 and now - self.oldest >= worker.LINGER
end

-- Whether to request rows: more may have become ready, or an exchange is due anyway.
local function may_claim(self)
  return not self.short or #self.results > 0 or guarded(self, some_ready)
end

local function is_drained(self)
  if not self.drain or self.flying > 0 or #self.results > 0 or core.now() < self.next_try then return false end
  return guarded(self, function() return not left.some(self.db, self.session, self.wait_paused and left.PAUSED or left.GOING) end) == true
end

-- The iterator for `sms.parallel`: the next row, or nil at the end.
local function next_row(self)
  while self.stopping == 0 do
    local now = core.now()
    local rest = self.rested - now
    if rest <= 0 and (is_due(self, now) or self.queue.size == 0 and may_claim(self)) then exchange(self, how_many(self)) end
    local row = self.queue:take()
    if row then return self.bulk > 1 and self.queue:take_with(row, self.bulk) or row end
    if is_drained(self) then return nil end
    local idle = self.short and self.flying == 0 and #self.results == 0
    tasks.pause(rest > 0 and rest or idle and worker.POLL or self.session:until_own_moment(worker.LINGER))
  end
end

---------------------------------------------------------------- background work

local function progress(self)
  if not self.on_progress or core.now() - self.reported < 0.25 then return end
  self.reported = core.now()
  local counts = self.counts
  counts.in_flight = self.flying
  counts.line = ("accepted %d, not sent %d, unknown %d, in flight %d%s"):format(counts.accepted, counts.not_sent + counts.refused,
    counts.unknown, self.flying, self.fault and "; the database does not respond" or "")
  self.on_progress(counts)
end

local function look_around(self)
  self.looked = core.now()
  guarded(self, function()
    self.db:atomic(self.db.engine.rescue, self.db, nil)
    self.session:set_open(quiet.open_lanes(self.db))
  end)
end

-- All old rows are settled and nothing is in flight: takes a new lease.
local function renew(self)
  if self.flying > 0 then return end
  if #self.results > 0 and not exchange(self, 0) then return end
  local ok, problem = pcall(self.session.sign_on, self.session)
  if not ok then return note_fault(self, problem) end
  self.stale, self.beaten = false, core.now()
end

-- Returns claimed rows of paused, stopped or cancelled runs, unless in flight. If all runs of the worker are stopped, it ends.
local function return_held(self)
  self.runs_checked = core.now()
  guarded(self, function()
    local states, reasons = held.runs(self.db)
    for _, row in ipairs(self.queue:remove(function(row) return states[self.lanes[row.lane].run] end)) do
      add_result(self, row, outcome.untouched(row))
    end
    held.cancel_rest(self.db, self.lanes, states)
    for id in pairs(self.found) do self.found[id] = states[id] end
    local stopped = self.session.run_names ~= nil
    for _, name in ipairs(self.session.run_names or {}) do stopped = stopped and reasons[name] == "stop" end
    self.stop_wanted = self.stop_wanted or stopped
  end)
end

local function listen(self)
  local n = self.signals and self.signals:requests() or 0
  if self.stop_wanted and n == 0 then n = 1 end
  self.stopping = math.max(self.stopping, n)
end

-- Periodic work: signals, heartbeats, pending results, checks of runs and other workers.
local function turn(self)
  if core.now() - self.runs_checked >= worker.RUNS then return_held(self) end
  listen(self)
  if self.stale then
    renew(self)
  elseif is_due(self, core.now()) or self.pace:is_due() or core.now() - self.beaten >= self.beat then
    exchange(self, 0)
  end
  if core.now() - self.looked >= worker.LOOK and self.stopping == 0 then look_around(self) end
  if self.stopping == 0 and core.now() - self.took_in >= worker.POLL then
    self.took_in = core.now()
    guarded(self, function() intake.take(self.db) end)
  end
  if self.fault and core.now() - self.fault_since > self.patience then self.stopping, self.ended_by = 2, self.fault end
  if self.closed then self.stopping = math.max(self.stopping, 1) end
  progress(self)
end

local function pump(self)
  local send = self.bulk > 1 and send_several or send_and_note
  for _ in parallel.each(self.in_flight, function() return next_row(self) end, function(item) return send(self, item) end,
    { ordered = false }) do end
end

-- Returns claimed rows that were not sent, and writes all results. If the database fails, it tries again for at most a lease, unless its
-- task was cancelled or the outbox closed.
local function settle_all(self)
  become_stale(self)
  local ends = core.now() + self.session.lease
  while not exchange(self, 0, true) and core.now() < ends and not self.closed and not tasks.stopped() do tasks.rest(worker.POLL) end
end

local function run(self)
  local task = tasks.task(pump, self)
  while not task:done() do
    tasks.pause(worker.LINGER)
    turn(self)
    if self.stopping >= 2 then task:cancel() end
  end
  local ok, problem = pcall(task.wait, task)
  settle_all(self)
  if not ok and self.stopping < 2 then error(problem, 0) end
end

---------------------------------------------------------------- finishing

local FINISHED = [[update sms.run set state = 'done' where state = 'active' and kind = 'list' and not exists (select 1 from sms.lane la
    join sms.message m on m.lane_id = la.id and m.state = 'ready' where la.run_id = run.id)
  and not exists (select 1 from sms.message m where m.worker_id > 0 and +m.run_id = run.id)]]

local function exit_of(self, some_left)
  local counts = self.counts
  if counts.unknown > 0 then return 3 end
  if self.stopping > 0 or some_left then return 5 end
  if counts.not_sent + counts.refused > 0 then return counts.accepted > 0 and 4 or 1 end
  return 0
end

local function finish(self)
  local ok, lost = pcall(self.session.sign_off, self.session)
  local counts = self.counts
  counts.unknown = counts.unknown + (ok and lost or #self.results) -- what can't be written is unknown once the lease has expired
  return_held(self)
  -- Runs that were paused before it began don't count; a run that was paused while it sent means that it was cut short.
  local some_left = not ok or guarded(self, function()
    self.db:run(FINISHED)
    counts.unserved = limits.unserved(self.db, self.session.route_names)
    return left.some(self.db, self.session, left.GOING) or left.some(self.db, self.session, left.STOPPED) or counts.unserved[1] ~= nil
      or counts.accepted + counts.not_sent + counts.unknown > 0 and left.some(self.db, self.session, left.HELD, self.found)
  end)
  counts.exit, counts.stopped = exit_of(self, some_left), self.stopping > 0
  counts.held = limits.held(self.db, self.session.route_names)
  if counts.held[1] and counts.exit == 0 then counts.exit = 5 end
  counts.fault = (self.fault or self.ended_by) and tostring(self.fault or self.ended_by) or nil
  return counts
end

-- Marks rows of ended processes of this host, and of workers without a heartbeat, as `unknown`.
local function rescue(db)
  intake.rescue_gone(db)
  db.engine.rescue(db, nil)
end

-- Calls a function at the start, and repeats it while the database is unavailable or locked by another process.
local function patiently(seconds, fn, ...)
  local ends = core.now() + seconds
  while true do
    local ok, problem = pcall(fn, ...)
    if ok then return end
    if core.now() >= ends or not failure.is(problem) or problem.kind == "conflict" then error(problem, 0) end
    tasks.pause(worker.POLL)
  end
end

--- Works until drained or stopped.
---@param db table
---@param options table  checked by `sms.outbox`
---@return table counts `{ accepted, not_sent, unknown, ready, late, refused, exit, stopped, held }`
function worker.work(db, options)
  local lease = options.lease or worker.LEASE
  local bulk = options.bulk or 1
  local known = routes.read(options.routes)
  local patience, found = options.patience or lease, nil
  patiently(patience, function()
    db:again(db.check_original, db)
    db:again(rescue, db)
    found = held.runs(db)
  end)
  local self = setmetatable({
    db = db, routes = known, in_flight = options.in_flight or 16, bulk = bulk, batch = options.batch or 25, tries = options.tries or 5,
    patience = patience, drain = options.drain, wait_paused = options.wait_paused, on_progress = options.on_progress, queue = queue.new(),
    found = found, pace = pace.new(known), results = {}, actions = {}, lanes = {}, flying = 0, stopping = 0,
    runs_checked = -math.huge, rested = -math.huge, short = false, next_try = -math.huge, reported = -math.huge,
    looked = -math.huge, took_in = -math.huge,
    beat = math.min(worker.BEAT, lease / 4), counts = { accepted = 0, not_sent = 0, unknown = 0, ready = 0, late = 0, refused = 0 },
  }, Worker)
  self.session = session.new(db, { lease = lease, routes = known, runs = options.runs, pools = function() return routes.pools(known) end })
  local _ <close> = self.session
  if options.handle then options.handle(function() self.stop_wanted = true end) end
  local signals <close> = options.signals ~= false and core.signals and core.signals() or nil
  self.signals = signals
  patiently(patience, self.session.sign_on, self.session)
  self.beaten = core.now()
  look_around(self)
  local ok, problem = pcall(tasks.run, run, self)
  if not ok then settle_all(self) end
  local counts = finish(self)
  if not ok then error(problem, 0) end
  return counts
end

return worker
