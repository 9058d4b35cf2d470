-- SPDX-License-Identifier: MIT
-- Management of an outbox: pause, cancel, move, retry, reconcile, rescue, adopt, prune and forget.

local intake = require "sms.outbox.intake"
local json = require "sms.json"
local limits = require "sms.outbox.limits"
local routes = require "sms.outbox.routes"
local runs = require "sms.outbox.runs"
local store = require "sms.outbox.store"

local manage = {}

-- Maximum rows changed or deleted in one transaction.
local CHUNK = 10000

--- Pauses a run or a route.
function manage.pause(db, what)
  if what.route then return limits.pause(db, what.route, what.reason or "paused") end
  local run = runs.get(db, what.run)
  if db:run("update sms.run set state = 'paused', reason = ? where id = ? and state = 'active'", what.reason, run.id) == 0
    and run.state ~= "paused" then
    store.fail(("the run '%s' is %s, not active"):format(run.name, run.state), { kind = "conflict" })
  end
end

--- Stops a run: no more rows are sent, and workers that serve only this run exit after requests in flight. `resume` continues it.
function manage.stop(db, name)
  local run = runs.get(db, name)
  if db:run("update sms.run set state = 'paused', reason = 'stop' where id = ? and state in ('active', 'paused')", run.id) == 0 then
    store.fail(("the run '%s' is %s, not active"):format(run.name, run.state), { kind = "conflict" })
  end
end

--- Resumes a run or a route.
function manage.resume(db, what)
  if what.route then return limits.resume(db, what.route) end
  local run = runs.get(db, what.run)
  if db:run("update sms.run set state = 'active', reason = null where id = ? and state = 'paused'", run.id) == 0
    and run.state ~= "active" then
    store.fail(("the run '%s' is %s, not paused"):format(run.name, run.state), { kind = "conflict" })
  end
end

--- Changes the budget of a run; a run paused by it can then be resumed.
function manage.caps(db, name, caps)
  runs.get(db, name)
  db:run("update sms.run set cap_messages = ?, cap_segments = ?, cap_cost = ? where name = ?", caps.messages, caps.segments, caps.cost,
    name)
end

local function keyed(what)
  if not what.keys then return "", json.encode { "" } end
  return "some", json.encode(what.keys[1] and what.keys or json.empty_array)
end

--- Cancels rows that are not marked yet: all of a run, or some by key.
---@return integer cancelled
function manage.cancel(db, what)
  local run = runs.get(db, what.run)
  local some, keys = keyed(what)
  local n = db:run([[update sms.message set state = 'cancelled', settled_at = :now where run_id = ? and state = 'ready'
    and (? = '' or key in :list(?))]], run.id, some, keys)
  if not what.keys then db:run("update sms.run set state = 'cancelled' where id = ? and kind = 'list'", run.id) end
  return n
end

--- Changes the time at which ready rows are due.
---@return integer moved
function manage.move(db, what)
  local run = runs.get(db, what.run)
  local some, keys = keyed(what)
  return db:run("update sms.message set due_at = :at(?) where run_id = ? and state = 'ready' and (? = '' or key in :list(?))",
    math.floor(what.at * 1000), run.id, some, keys)
end

-- Reasons for which another attempt is pointless.
local FINAL = { "duplicate", "optout", "invalid", "variable", "held", "no_number" }

--- Queues rows that were proven not sent again; unknown ones only if the caller accepts that many duplicates.
---@return integer rows
function manage.retry(db, what)
  local run = runs.get(db, what.run)
  if run.state == "cancelled" then store.fail(("the run '%s' was cancelled"):format(run.name), { kind = "conflict" }) end
  local n
  if what.state == "unknown" then
    local there = db:integer("select cast(count(*) as text) from sms.message where run_id = ? and state = 'unknown'", run.id)
    if what.accept_duplicates ~= there then
      local words = "%d rows of '%s' may have been sent, and may arrive twice if sent again; to accept that, set accept_duplicates = %d"
      store.fail(words:format(there, run.name, there), { kind = "conflict", field = "accept_duplicates" })
    end
    n = db:run("update sms.message set state = 'ready', due_at = :now, settled_at = null where run_id = ? and state = 'unknown'", run.id)
  else
    n = db:run([[update sms.message set state = 'ready', due_at = :now, settled_at = null, reason = null, error = null
      where run_id = ? and state = 'not_sent' and body is not null and reason not in :list(?) and (? = '' or reason = ?)
      and (expires_at is null or expires_at > :now)]], run.id, json.encode(FINAL), what.reason or "", what.reason or "")
  end
  if n > 0 then db:run("update sms.run set state = 'active' where id = ? and state = 'done'", run.id) end
  return n
end

--- Marks rows of dead workers as `unknown`.
---@return integer rows
function manage.rescue(db)
  return db.engine.rescue(db, nil)
end

---------------------------------------------------------------- reconcile

local UNKNOWN = [[select cast(m.id as text), cast(m.attempt as text), m.recipient, cast(m.body as text), m.reference, :ms(m.marked_at),
  m.provider, la.route
  from sms.message m join sms.lane la on la.id = m.lane_id
  where m.run_id = ? and m.state = 'unknown' and m.id > cast(? as bigint) and m.settled_at <= :after(?) order by m.id limit 100]]

local RECONCILED = [[update sms.message set state = ?, provider = coalesce(?, provider), provider_id = coalesce(?, provider_id),
    reason = ?, settled_at = :now
  where id = cast(? as bigint) and attempt = cast(? as int) and state = 'unknown']]

-- Rows as `client:reconcile` takes them.
local function rows_for(client, rows)
  local out = {}
  for _, row in ipairs(rows) do
    local body = json.decode(row[4] or "null") or {}
    out[#out + 1] = {
      id = nil, to = row[3], text = body.text, from = body.from, at = body.at, reference = row[5], provider = client.provider,
      time = math.tointeger(tonumber(row[6])) // 1000, outcome = "unknown", row = row,
    }
  end
  return out
end

local function note(db, counts, result)
  local row = result.row
  local outcome = result.outcome
  if outcome == "unknown" then
    counts.unknown = counts.unknown + 1
    return
  end
  local id = result.id or result.broadcast_id
  local n = db:run(RECONCILED, outcome, result.provider, id ~= nil and tostring(id) or nil, outcome == "accepted" and "history"
    or "absent", row[1], row[2])
  if n > 0 then counts[outcome] = counts[outcome] + 1 end
end

-- The members of a route that may have sent a row: the recorded one, or all. The row counts as absent only if all of them confirm it.
local function ask(known, rows, options)
  local out = {}
  for _, client in ipairs(known.members) do
    local results = client:reconcile(rows_for(client, rows), options)
    for i, result in ipairs(results) do
      local before = out[i]
      if not before or result.outcome == "accepted" or before.outcome == "not_sent" then out[i] = result end
    end
  end
  return out
end

--- Searches the providers' histories for unknown rows. A row counts as absent only a lease and `settle` seconds after its attempt.
---@param options { run: string, routes: table, settle: number?, lease: number? }
---@return { accepted: integer, not_sent: integer, unknown: integer }
function manage.reconcile(db, options)
  local run, lease = runs.get(db, options.run), options.lease or 60
  local settle = options.settle or 60
  local known = routes.read(options.routes)
  local counts, last = { accepted = 0, not_sent = 0, unknown = 0 }, "0"
  while true do
    local rows = db:all(UNKNOWN, run.id, last, -math.floor((settle + lease) * 1000))
    if not rows[1] then break end
    last = rows[#rows][1]
    local by_route = {}
    for _, row in ipairs(rows) do
      by_route[row[8]] = by_route[row[8]] or {}
      table.insert(by_route[row[8]], row)
    end
    for route, list in pairs(by_route) do
      if known[route] then
        for _, result in ipairs(ask(known[route], list, { settle = settle })) do note(db, counts, result) end
      else
        counts.unknown = counts.unknown + #list
      end
    end
  end
  return counts
end

---------------------------------------------------------------- copies

--- Adopts a copy: rows that the original may have claimed since the copy was made become `unknown`.
---@param lost number  seconds: how much of the original's work this copy may lack
---@return integer unknown
function manage.adopt(db, lost)
  return db:again(function()
    db.engine.rescue(db, nil)
    db:run("update sms.worker set ended_at = :now where ended_at is null")
    local n = db:run([[update sms.message set state = 'unknown', reason = 'worker died', worker_id = null, settled_at = :now
      where worker_id is not null and state = 'sending']])
    -- Unless nothing was lost, any ready row may have been claimed after the copy was made: also those of runs that were applied or
    -- resumed since, and rows that were waiting in the intake, which may be due a moment later by the clock of the database.
    if lost > 0 then
      while intake.take(db) > 0 do end
      n = n + db:run([[update sms.message set state = 'unknown', reason = 'copy', settled_at = :now
        where state = 'ready' and due_at <= :after(1000) and lane_id in (select la.id from sms.lane la join sms.run r on r.id = la.run_id
          where r.state in ('planned', 'active', 'paused'))]])
    end
    db:run("update sms.meta set value = ? where name = 'stamp'", db.engine.stamp(db))
    return n
  end)
end

---------------------------------------------------------------- retention

local function old_runs(db, seconds)
  return db:all([[select cast(r.id as text) from sms.run r where r.kind = 'list' and r.state <> 'planned' and r.made_at < :after(?)
    and not exists (select 1 from sms.message m where m.run_id = r.id and m.state in ('unknown', 'sending', 'ready'))]],
      -math.floor(seconds * 1000))
end

--- Deletes finished runs.
---@param seconds number  made so long ago
---@return integer rows
function manage.prune(db, seconds)
  local n = 0
  for _, run in ipairs(db:again(old_runs, db, seconds)) do
    repeat
      local gone = db:again(function()
        db:run([[delete from sms.event where message_id in (select id from sms.message where run_id = cast(? as bigint) limit ]] .. CHUNK
          .. ")", run[1])
        return db:run("delete from sms.message where id in (select id from sms.message where run_id = cast(? as bigint) limit " .. CHUNK
          .. ")", run[1])
      end)
      n = n + gone
    until gone == 0
    db:again(function()
      db:run("delete from sms.pace where run_id = cast(? as bigint)", run[1])
      db:run("delete from sms.lane where run_id = cast(? as bigint)", run[1])
      db:run("delete from sms.run where id = cast(? as bigint)", run[1])
    end)
  end
  return n
end

-- A report that waits for its row keeps what it says of it.
local FORGET = [[update sms.event set body = case when kind = 'delivery' and message_id is null then %s else null end
  where body is not null and (kind <> 'delivery' or message_id is not null or body <> %s) and at < :after(?)]]

--- Deletes a plan that was never applied.
---@param name string
function manage.discard(db, name)
  db:again(function()
    local run = runs.find(db, name)
    if not run or db:run("update sms.run set digest = null where id = ? and state = 'planned'", run.id) == 0 then return end
    db:run("delete from sms.message where run_id = ?", run.id)
    db:run("delete from sms.lane where run_id = ?", run.id)
    db:run("delete from sms.run where id = ?", run.id)
  end)
end

--- Erases texts and numbers of settled rows, and of events; outcomes are kept.
---@param seconds number  settled so long ago
---@return integer rows
function manage.forget(db, seconds)
  local n = 0
  repeat
    local some = db:again(function()
      return db:run([[update sms.message set body = null, recipient = '', key = 'forgotten ' || cast(id as text), error = null where id in
        (select id from sms.message where key <> 'forgotten ' || cast(id as text)
        and state in ('accepted', 'not_sent', 'cancelled') and settled_at < :after(?) limit ]] .. CHUNK .. ")", -math.floor(seconds * 1000))
    end)
    n = n + some
  until some == 0
  return n + db:again(function()
    local impersonal = db.engine.impersonal
    return db:run(FORGET:format(impersonal, impersonal), -math.floor(seconds * 1000))
  end)
end

--- Lists problems of an outbox, as sentences.
---@return string[]
function manage.doctor(db)
  local out = {}
  local recorded, now = db:stamps()
  if recorded ~= now then
    out[#out + 1] = "this outbox is a copy, and sends nothing until outbox:adopt"
  end
  if db.options.durability == "process" then
    out[#out + 1] = "durability is 'process': after a crash of the machine or the database server, messages may be sent twice"
  end
  for _, row in ipairs(db:all("select route, reason from sms.limits where not_before >= :at(?)", limits.NEVER)) do
    out[#out + 1] = ("route '%s' is paused: %s"):format(row[1], row[2] or "")
  end
  for _, row in ipairs(db:all "select name, reason from sms.run where state = 'paused'") do
    out[#out + 1] = ("run '%s' is paused%s"):format(row[1], row[2] and ": " .. row[2] or "")
  end
  return out
end

return manage
