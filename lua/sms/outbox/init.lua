-- SPDX-License-Identifier: MIT
-- The outbox: durable, resumable sending. A row is stored before it is sent, and its outcome afterwards. No message is sent twice by
-- us, no row is lost, and an outcome that can't be determined is `unknown`. SQLite for one machine, PostgreSQL (12 or later) for several.

local failure = require "sms.error"
local intake = require "sms.outbox.intake"
local limits = require "sms.outbox.limits"
local look = require "sms.outbox.look"
local manage = require "sms.outbox.manage"
local metrics = require "sms.outbox.metrics"
local checks = require "sms.check"
local options_of = require "sms.outbox.options"
local optout = require "sms.outbox.optout"
local outcome = require "sms.outbox.outcome"
local plan = require "sms.outbox.plan"
local quiet = require "sms.outbox.quiet"
local reports = require "sms.outbox.reports"
local routes = require "sms.outbox.routes"
local snapshot = require "sms.outbox.snapshot"
local store = require "sms.outbox.store"
local worker = require "sms.outbox.worker"

local outbox = {}

local check = options_of.check

local Methods = {}
local Outbox = { __name = "sms.outbox" }

-- The database of each outbox, hidden from scripts.
local stores = setmetatable({}, { __mode = "k" })

---------------------------------------------------------------- checks

local function check_name(name, what, value)
  if type(value) ~= "string" or value == "" or value:find("%c") then
    error(("%s: the %s must be a non-empty string without control characters"):format(name, what), 4)
  end
end

local function check_number(name, value)
  if type(value) ~= "string" or not value:find("^%+%d+$") then
    error(name .. ": the number must be in E.164 format, such as +27825551234", 4)
  end
end

---------------------------------------------------------------- calls

local function results_of(ok, ...)
  if ok then return ... end
  local problem = ...
  if failure.is(problem) then return nil, problem end
  error(problem, 0)
end

local function store_of(self, name)
  local db = stores[self]
  if not db then error(("call it with a colon: outbox:%s"):format(name), 4) end
  if not db.handle.connection and not db.lost then
    store.fail("the outbox is closed", { kind = "closed" })
  end
  return db
end

-- Defines a method. Database failures and invalid data are returned as `nil, err`; mistakes of the script raise an error at its line.
local function method(name, fn)
  Methods[name] = function(self, ...)
    local ok, db = pcall(store_of, self, name)
    if not ok then
      if failure.is(db) then return nil, db end
      error((tostring(db):gsub("^%S-%.lua:%d+: ", "")), 2)
    end
    return results_of(pcall(fn, db, self, ...))
  end
end

-- `before` runs outside the protected call, so that its error levels point at the script.
local function checked(name, before, fn)
  method(name, fn)
  local call = Methods[name]
  Methods[name] = function(self, ...)
    before(...)
    return call(self, ...)
  end
end

local function is_client(value)
  local there, fn = pcall(function() return value.check end)
  return there and checks.callable(fn)
end

local function check_plan(name, rows, options)
  check_name("outbox:plan", "name of the run", name)
  if type(rows) ~= "table" and not checks.callable(rows) then
    local hint = rows == nil and "; if sms.rows returned nil, its second result is the reason" or ""
    error(("outbox:plan: rows must be a list, an iterator or the result of sms.rows, not %s%s"):format(type(rows), hint), 3)
  end
  check("outbox:plan", options, "plan", { "route" })
  if options.quiet then
    local problem = quiet.problem(options.quiet)
    if problem then error("outbox:plan: " .. problem, 3) end
  end
  if options.caps then check("outbox:plan: caps", options.caps, "caps") end
  if options.client and not is_client(options.client) then error("outbox:plan: option 'client' is not a client", 3) end
  local problem = type(rows) == "table" and not getmetatable(rows) and checks.list(rows, "rows", "row")
    or options.only and plan.only_problem(options.only, options.region)
  if problem then error("outbox:plan: " .. problem, 3) end
end

--- `outbox:plan(name, rows, options)`: renders and checks every row, freezes and stores the texts; sends nothing.
checked("plan", check_plan, function(db, _, name, rows, options) return plan.make(db, name, rows, options) end)

--- `outbox:look(name)`: the current plan of a run.
checked("look", function(name) check_name("outbox:look", "name of the run", name) end, function(db, _, name)
  return db:again(plan.look, db, name)
end)

--- `outbox:apply(name, digest?, options?)`: releases the rows of a plan for sending. Above `confirm` (1,000) rows the digest is required.
checked("apply", function(name, _, options)
  check_name("outbox:apply", "name of the run", name)
  check("outbox:apply", options, "apply")
end, function(db, _, name, digest, options) return plan.apply(db, name, digest, options or {}) end)

--- `outbox:put(run, fields)`: adds one row to a stream → its id, and whether its key was already present.
checked("put", function(run, fields)
  check_name("outbox:put", "name of the run", run)
  check("outbox:put", fields, "put", { "to", "text", "route" })
end, function(db, _, run, fields) return intake.put(db, run, fields) end)

local function set_of(list)
  if not list then return nil end
  local out = {}
  for _, name in ipairs(type(list) == "table" and list or { list }) do out[name] = true end
  return out
end

local function runs_problem(list)
  for key, name in pairs(list) do
    if math.type(key) ~= "integer" or type(name) ~= "string" then return "option 'runs' must be a list of run names" end
  end
  return list[1] == nil and "option 'runs' is empty" or nil
end

local function check_work(options)
  check("outbox:work", options, "work", { "routes" })
  if options.lease and options.lease <= 0 then error("outbox:work: option 'lease' must be a number of seconds above 0", 3) end
  local problem = options.runs and runs_problem(options.runs)
    or routes.problem(options.routes, options.lease or worker.LEASE, options.bulk)
  if problem then error("outbox:work: " .. problem, 3) end
end

--- `outbox:work { routes = { name = client, … }, drain = true, … }`: claims, sends, settles; until drained or stopped by a signal.
checked("work", check_work, function(db, _, options)
  local own = {}
  for name, value in pairs(options) do own[name] = value end
  own.runs = set_of(options.runs)
  return worker.work(db, own)
end)

--- `outbox:limit(route, options)`: rate and budget of a route, shared by all workers.
checked("limit", function(route, options)
  check_name("outbox:limit", "name of the route", route)
  check("outbox:limit", options, "limit")
  local problem = limits.problem(options or {})
  if problem then error("outbox:limit: " .. problem, 3) end
end, function(db, _, route, options)
  db:again(limits.set, db, route, options or {})
  return true
end)

local function what_of(value) return type(value) == "string" and { run = value } or value end

for _, name in ipairs { "pause", "resume" } do
  --- `outbox:pause "run"`, `outbox:pause { route = "zc", reason = "…" }`, `outbox:resume …`.
  checked(name, function(what)
    local given = check("outbox:" .. name, what_of(what), "hold")
    if (given.run == nil) == (given.route == nil) then error(("outbox:%s: either 'run' or 'route' is required"):format(name), 3) end
  end, function(db, _, what)
    db:again(manage[name], db, what_of(what))
    return true
  end)
end

--- `outbox:stop(run)`: sends no more rows of the run; workers that serve only this run finish requests in flight and return with exit
--- status 5. `outbox:resume(run)` continues it.
checked("stop", function(name) check_name("outbox:stop", "name of the run", name) end, function(db, _, name)
  db:again(manage.stop, db, name)
  return true
end)

--- `outbox:caps(run, { messages?, segments?, cost? })`: changes the budget of a run.
checked("caps", function(run, caps)
  check_name("outbox:caps", "name of the run", run)
  check("outbox:caps", caps, "caps")
end, function(db, _, run, caps)
  db:again(manage.caps, db, run, caps or {})
  return true
end)

for name, needed in pairs { cancel = { "run" }, move = { "run", "at" }, retry = { "run" } } do
  --- `outbox:cancel { run, keys? }`, `outbox:move { run, keys?, at }`, `outbox:retry { run, state?, reason?, accept_duplicates? }` → rows.
  checked(name, function(what) check("outbox:" .. name, what, name, needed) end, function(db, _, what)
    return db:again(manage[name], db, what)
  end)
end

--- `outbox:reconcile { run, routes, settle?, lease? }` → `{ accepted, not_sent, unknown }`.
checked("reconcile", function(what)
  check("outbox:reconcile", what, "reconcile", { "run", "routes" })
  local problem = routes.problem(what.routes, math.huge)
  if problem then error("outbox:reconcile: " .. problem, 3) end
end, function(db, _, what)
  return manage.reconcile(db, what)
end)

--- `outbox:rescue()`: marks rows of workers whose lease has expired as `unknown` → rows.
method("rescue", function(db)
  return db:again(function()
    intake.rescue_gone(db)
    return manage.rescue(db)
  end)
end)

--- `outbox:adopt { lost = SECONDS }`: adopts a copy → rows that became `unknown`.
checked("adopt", function(what) check("outbox:adopt", what, "adopt", { "lost" }) end, function(db, _, what)
  return manage.adopt(db, what.lost)
end)

for _, name in ipairs { "prune", "forget" } do
  --- `outbox:prune { older = seconds }` deletes finished runs, `outbox:forget { older = seconds }` erases texts and numbers → rows.
  checked(name, function(what) check("outbox:" .. name, what, "age", { "older" }) end, function(db, _, what)
    return manage[name](db, what.older)
  end)
end

--- `outbox:doctor()` → problems, as sentences; an empty list if there are none.
method("doctor", function(db) return db:again(manage.doctor, db) end)

--- `outbox:status(run)`, or `outbox:status()` for a summary of all runs.
checked("status", function(name)
  if name ~= nil then check_name("outbox:status", "name of the run", name) end
end, function(db, _, name)
  if name == nil then return look.runs(db) end
  return look.status(db, name)
end)

--- `outbox:metrics()`: metrics in the Prometheus text format.
method("metrics", function(db) return metrics.text(db) end)

--- `outbox:snapshot(run)`: the state of a run: counts, rate, time left, response times, reasons, providers, history by seconds. Cheap
--- for any number of rows; see `lua/sms/outbox/snapshot.lua`.
checked("snapshot", function(name) check_name("outbox:snapshot", "name of the run", name) end, function(db, _, name)
  return db:reading(snapshot.of, db, name)
end)

--- `for row in outbox:rows { run, state?, reason?, after? } do … end`; `after` is the `id` of a row.
checked("rows", function(filter) check("outbox:rows", filter, "rows", { "run" }) end, function(db, _, filter)
  return look.rows(db, filter)
end)

--- `outbox:export(path, { run, state?, format? })` → rows written.
checked("export", function(path, filter)
  check_name("outbox:export", "path", path)
  check("outbox:export", filter, "rows", { "run" })
end, function(db, _, path, filter) return look.export(db, path, filter) end)

local function tell(self, db, event, what, id)
  local listener = db.options.on_event
  if not listener or what == "repeat" then return end
  local ok, problem = pcall(listener, event, what, id)
  if not ok then warn("sms.outbox: on_event failed: ", tostring(problem)) end
  return self
end

--- `outbox:take(event)`: an event of `client:webhook` → "joined", "parked" or "repeat", and the row's id.
checked("take", function(event)
  if type(event) ~= "table" or type(event.key) ~= "string" or type(event.provider) ~= "string" or type(event.type) ~= "string" then
    error("outbox:take: expected an event from client:webhook, a table with key, provider and type", 3)
  end
end, function(db, self, event)
  local what, id = reports.take(db, event)
  tell(self, db, event, what, id)
  return what, id
end)

--- `outbox:wait(reference, state?, timeout?)` → state, status; nil after the timeout (30 s).
checked("wait", function(reference, state, timeout)
  check_name("outbox:wait", "reference", reference)
  if state ~= nil and not reports.AWAITED[state] then
    local names = checks.names(reports.AWAITED)
    local words = "outbox:wait: unknown state '%s'%s; valid states: %s"
    error(words:format(checks.shown(tostring(state)), checks.guess(state, names), table.concat(names, ", ")), 3)
  end
  if timeout ~= nil and (type(timeout) ~= "number" or timeout ~= timeout) then
    error("outbox:wait: the timeout must be a number of seconds, got " .. tostring(timeout), 3)
  end
end, function(db, _, reference, state, timeout)
  return reports.wait(db, reference, state, timeout or 30)
end)

--- `for reply in outbox:inbox(number?) do … end`.
checked("inbox", function(number)
  if number ~= nil then check_name("outbox:inbox", "number", number) end
end, function(db, _, number) return reports.inbox(db, number) end)

--- `outbox:optout(number, { reason?, sender? })`: opts a number out of all runs.
checked("optout", function(to, fields)
  check_number("outbox:optout", to)
  check("outbox:optout", fields, "optout")
end, function(db, _, to, fields) return db:again(optout.add, db, to, fields or {}) end)

--- `outbox:optin(number, sender?)`: removes the opt-out.
checked("optin", function(to, sender)
  check_number("outbox:optin", to)
  if sender ~= nil then check_name("outbox:optin", "sender", sender) end
end, function(db, _, to, sender)
  return db:again(optout.remove, db, to, sender)
end)

--- `for entry in outbox:optouts() do … end`.
method("optouts", function(db) return optout.each(db) end)

--- `outbox:close()`; may be called twice.
function Methods:close()
  local db = stores[self]
  if db then db:close() end
end

---------------------------------------------------------------- birth

function Outbox.__index(_, key)
  local found = Methods[key]
  if found then return found end
  local names = checks.names(Methods)
  error(("sms.outbox has no '%s'%s; it has %s"):format(checks.shown(key), checks.guess(key, names), table.concat(names, ", ")), 2)
end

Outbox.__close = Methods.close
Outbox.__gc = Methods.close

function Outbox:__tostring()
  local db = stores[self]
  return "sms.outbox: " .. db.engine.shown(db.target)
end

--- Sets intervals of this Lua state: `backoff`, seconds before a second attempt (5; doubles each time), `poll`, seconds between checks
--- of an idle outbox (0.1).
---@param options sms.OutboxPace
function outbox.pace(options)
  local own
  local ok, problem = pcall(function() own = check("sms.outbox.pace", options, "pace") end)
  if not ok then error((tostring(problem):gsub("^%S-%.lua:%d+: ", "")), 2) end
  outcome.BACKOFF, worker.POLL = own.backoff or outcome.BACKOFF, own.poll or worker.POLL
end

--- Opens an outbox and migrates its tables to this version: `sms.outbox.open "sqlite:run.db"`, `sms.outbox.open "postgresql://…"`.
---@param address string
---@param options? sms.OutboxOpen
---@return sms.Outbox? outbox
---@return sms.Error? problem
function outbox.open(address, options)
  if type(address) ~= "string" then
    error("sms.outbox.open: the address must be a string, such as \"sqlite:run.db\"; got a " .. type(address), 2)
  end
  local own = options
  local function check_options() own = check("sms.outbox.open", options, "open") end
  local ok, problem = pcall(check_options)
  if not ok then error((tostring(problem):gsub("^%S-%.lua:%d+: ", "")), 2) end
  local good, db = pcall(store.open, address, own)
  if not good then return results_of(false, db) end
  local self = setmetatable({}, Outbox)
  stores[self] = db
  return self
end

return outbox
