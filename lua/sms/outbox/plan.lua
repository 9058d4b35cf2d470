-- SPDX-License-Identifier: MIT
-- Plan, review, apply: every row is rendered, checked and stored before anything is sent; `apply` sends exactly those rows.

local check = require "sms.check"
local core = require "sms.core"
local json = require "sms.json"
local number = require "sms.number"
local reference = require "sms.outbox.reference"
local render = require "sms.outbox.render"
local runs = require "sms.outbox.runs"
local store = require "sms.outbox.store"

local plan = {}

--- Rows written in one transaction.
local BATCH = 500

--- Number of rows above which `apply` requires the digest.
plan.CONFIRM = 1000

local DEFAULTS = { priority = 5 }

---------------------------------------------------------------- reading rows

-- The numbers of the option `only` as a set, or nil and what is wrong with them.
local function set_of(only, region)
  local set, count = {}, 0
  for i, to in ipairs(only) do
    if type(to) ~= "string" then return nil, ("option 'only[%d]': must be a string, got a %s"):format(i, type(to)) end
    local found, reason = number.e164(to, region)
    if not found then return nil, ("option 'only[%d]': '%s' %s"):format(i, check.shown(to), reason) end
    set[found], count = true, i
  end
  for key in pairs(only) do
    if math.type(key) ~= "integer" or key < 1 or key > count then return nil, "option 'only' must be a list of phone numbers" end
  end
  return set
end

--- What is wrong with the option `only`, or nil.
---@return string? problem
function plan.only_problem(only, region)
  return select(2, set_of(only, region))
end

local function iterator_of(rows)
  if check.callable(rows) then return rows end
  local at = 0
  return function()
    at = at + 1
    return rows[at]
  end
end

-- Lanes by route, sender and region; each is created once, before the first batch that needs it.
local function lanes_of(db, run, settings)
  local known = {}
  return function(record)
    local key = table.concat({ record.route, record.sender, record.region }, "\0")
    local id = known[key]
    if not id then
      id = runs.lane(db, run.id, record.route, record.sender, record.region, settings.quiet and 1 or 0)
      known[key] = id
    end
    return id
  end
end

-- Finds rows whose recipients have opted out, before they are stored.
local function mark_optouts(db, records)
  local numbers, some = {}, {}
  for _, record in ipairs(records) do numbers[#numbers + 1] = record.recipient end
  for _, row in ipairs(db:all("select number, sender from sms.optout where number in :list(?)", json.encode(numbers))) do
    some[row[1] .. "\0" .. row[2]] = true
  end
  if not next(some) then return end
  for _, record in ipairs(records) do
    local out = some[record.recipient .. "\0"] or some[record.recipient .. "\0" .. record.sender]
    if record.state == "ready" and out then record.state, record.reason = "not_sent", "optout" end
  end
end

local function write(db, run, records, lane_of)
  local lists, now, next_reference = {}, store.wall(), reference.sequence()
  for i, record in ipairs(records) do lists[i] = render.columns(record, lane_of(record), next_reference(), now) end
  return db.engine.insert(db, run.id, lists)
end

-- The stored rows that have the keys of repeated rows.
local function present(db, run, records)
  local keys, out = {}, {}
  for _, record in ipairs(records) do keys[#keys + 1] = record.key end
  for _, row in ipairs(db:all("select key, cast(place as text), cast(hash as text) from sms.message where run_id = ? and key in :list(?)",
    run.id, json.encode(keys))) do
    out[row[1]] = { place = math.tointeger(tonumber(row[2])), hash = math.tointeger(tonumber(row[3])) }
  end
  return out
end

-- The record of a second row with the same key.
local function as_duplicate(record)
  local out = {}
  for name, value in pairs(record) do out[name] = value end
  out.key = ("%s #%d"):format(record.key, record.place)
  out.state, out.reason, out.error = "not_sent", "duplicate", ("the key %s is already present"):format(record.key)
  out.hash = core.hash64(out.key .. "\0duplicate\0" .. record.hash)
  return out
end

local function add_up(totals, record)
  totals.rows, totals.hash = totals.rows + 1, totals.hash + record.hash
  if record.state == "ready" then
    totals.segments = totals.segments + (record.segments or 0)
    if record.cost then totals.cost = (totals.cost or 0) + record.cost end
  end
end

local ADD = [[update sms.run set rows = rows + ?, segments = segments + ?, cost = case when cast(? as text) is null then cost
  else coalesce(cost, 0) + ? end, hash = cast(? as bigint) where id = ?]]

-- Another process may have completed and applied the plan in the meantime, which closes it to new rows; or cancelled or deleted the run.
-- SQLite gives the id of a deleted run to the next one.
local function check_unchanged(db, work)
  local name = work.run.name
  local row = db:one("select digest, state, :ms(made_at) from sms.run where id = ?" .. db.engine.for_update, work.run.id)
  work.made = work.made or row and row[3]
  if not row or row[3] ~= work.made or row[2] == "cancelled" then
    local what = row and row[3] == work.made and "cancelled" or "deleted"
    store.fail(("the run '%s' was %s while it was being planned"):format(name, what), { kind = "conflict" })
  end
  work.closed = work.closed or row[1] ~= nil and not work.extend
end

-- Stores the new rows of a batch and counts repeated ones. `work.closed`: the plan is complete and takes no new rows.
local function take_batch(db, work, records)
  check_unchanged(db, work)
  mark_optouts(db, records)
  local totals, left = { rows = 0, segments = 0, hash = 0 }, {}
  if work.closed then
    left = records
  else
    local written = write(db, work.run, records, work.lane_of)
    for i, record in ipairs(records) do
      if written[i] then add_up(totals, record) else left[#left + 1] = record end
    end
  end
  local there, again = left[1] and present(db, work.run, left) or {}, {}
  for _, record in ipairs(left) do
    local old = there[record.key]
    if not old then
      work.added = work.added + 1
    elseif old.place == record.place or work.closed and old.hash == record.hash or work.base >= (old.place or 0) and work.base > 0 then
      work.seen, work.changed = work.seen + 1, work.changed + (old.hash ~= record.hash and 1 or 0)
    else
      again[#again + 1] = as_duplicate(record)
    end
  end
  if again[1] then work.twice(db, work, again, totals) end
  work.seen, work.wrote = work.seen + totals.rows, work.wrote + totals.rows
  if totals.rows == 0 then return end
  local hash = db:integer("select cast(hash as text) from sms.run where id = ?" .. db.engine.for_update, work.run.id) + totals.hash
  db:run(ADD, totals.rows, totals.segments, totals.cost, totals.cost or 0, ("%d"):format(hash), work.run.id)
end

-- Handles repeated keys: the row is stored as a duplicate, or compared with the stored row.
local function take_duplicates(db, work, records, totals)
  local written = work.closed and {} or write(db, work.run, records, work.lane_of)
  local there = present(db, work.run, records)
  for i, record in ipairs(records) do
    local old = there[record.key]
    if written[i] then add_up(totals, record)
    elseif old then work.seen, work.changed = work.seen + 1, work.changed + (old.hash ~= record.hash and 1 or 0)
    else work.changed, work.seen = work.changed + 1, work.seen + 1 end
  end
end

---------------------------------------------------------------- the plan

local Plan = {}
Plan.__index = Plan

local PROBLEMS = [[select cast(id as text), cast(place as text), key, recipient, reason, error from sms.message
  where run_id = ? and state = 'not_sent' and id > cast(? as bigint) order by message.id limit 500]]

--- Iterates over the rows that will not be sent: `{ index, key, to, reason, error }`.
function Plan:problems()
  local rows, at, last = {}, 0, "0"
  return function()
    at = at + 1
    if not rows[at] then
      rows, at = self.db:again(function() return self.db:all(PROBLEMS, self.id, last) end), 1
      if not rows[1] then return nil end
      last = rows[#rows][1]
    end
    local row = rows[at]
    return { index = math.tointeger(tonumber(row[2])), key = row[3], to = row[4], reason = row[5], error = row[6] }
  end
end

--- The plan of a run.
---@return table plan `{ name, state, rows, ready, segments, cost, digest, by_reason }`
function plan.look(db, name)
  local run = runs.get(db, name)
  local out = setmetatable({
    db = db, id = run.id, name = run.name, state = run.state, rows = run.rows, segments = run.segments, cost = run.cost,
    digest = run.digest, by_reason = {}, not_sent = 0,
  }, Plan)
  for _, row in ipairs(db:all([[select reason, cast(count(*) as text) from sms.message where run_id = ? and state = 'not_sent'
    group by reason]], run.id)) do
    out.by_reason[row[1] or "unknown"] = math.tointeger(tonumber(row[2]))
    out.not_sent = out.not_sent + math.tointeger(tonumber(row[2]))
  end
  out.ready = out.rows - out.not_sent
  return out
end

local function settings_of(options)
  local settings = { parsed = {} }
  for name, value in pairs(options) do settings[name] = value end
  if options.only then settings.only = set_of(options.only, options.region) end
  return settings
end

-- The options of a plan that are stored with the run.
local function kept(options)
  local out = {}
  for _, name in ipairs { "text", "from", "route", "region", "quiet", "expires", "caps", "price",
    "priority" } do out[name] = options[name] end
  return out
end

local function differences(work, missing)
  local words = "the run '%s' was planned with different rows: %d new, %d changed, %d missing; nothing was written. Use another "
    .. "name, or add the new rows with extend = true"
  if work.wrote > 0 then
    words = "the run '%s' has an incomplete plan with different rows: %d new, %d changed, %d missing. It can't be applied; "
      .. "use another name"
  end
  words = words:format(work.run.name, work.added, work.changed, missing)
  store.fail(words, { kind = "conflict", added = work.added, changed = work.changed, missing = missing })
end

local function finish(db, work, options)
  check_unchanged(db, work)
  local run = runs.get(db, work.run.name)
  local missing = run.rows - work.seen
  if work.closed and (work.added > 0 or work.changed > 0 or missing > 0) or not work.closed and not options.extend
    and (work.changed > 0 or missing > 0) then
    differences(work, missing)
  end
  db:run("update sms.run set digest = ? where id = ?", runs.digest(run), run.id)
  return plan.look(db, run.name)
end

-- Options of the whole run, which are not part of its rows.
local OF_THE_RUN = { "caps", "price", "priority", "quiet" }

-- Refuses options that differ from those of an earlier plan of the run, which would remain in effect without notice.
local function check_kept(run, own)
  local given = json.decode(json.encode(own)) or {}
  for _, name in ipairs(OF_THE_RUN) do
    local before, now = run.options[name] or DEFAULTS[name], given[name] or DEFAULTS[name]
    if render.canonical({ before }) ~= render.canonical({ now }) then
      local words = "the run '%s' was planned with a different '%s'; use another name"
      store.fail(words:format(run.name, name), { kind = "conflict", field = name })
    end
  end
end

local FORGOTTEN = "select 1 from sms.message where run_id = ? and key like 'forgotten %' and recipient = '' and body is null limit 1"

-- Continues an existing run, or creates one.
local function open_run(db, name, options)
  local own = kept(options)
  local run = runs.ensure(db, name, "list", {
    state = "planned", priority = options.priority or DEFAULTS.priority, options = own, caps = options.caps,
  })
  if run.kind ~= "list" then store.fail(("the run '%s' is a stream; add rows with outbox:put"):format(name), { kind = "conflict" }) end
  if run.state == "cancelled" then store.fail(("the run '%s' was cancelled; use another name"):format(name), { kind = "conflict" }) end
  check_kept(run, own)
  if options.extend and db:one(FORGOTTEN, run.id) then
    store.fail(("rows of the run '%s' were erased by outbox:forget; new rows can't be compared with them; use another name"):format(name),
      { kind = "conflict" })
  end
  return run
end

local function each_batch(rows, settings, base, take)
  local next_row, batch, index = iterator_of(rows), {}, base
  while true do
    local row = next_row()
    if row == nil then break end
    index = index + 1
    local record = render.row(row, index, settings)
    record.expires = settings.expires
    batch[#batch + 1] = record
    if #batch == BATCH then
      take(batch)
      batch = {}
    end
  end
  if batch[1] then take(batch) end
end

--- Renders, checks and stores rows. A row that can't be sent is stored with its reason. If interrupted, it can be repeated.
---@param db table
---@param name string
---@param rows table|function
---@param options table  checked by `sms.outbox`
---@return table plan
function plan.make(db, name, rows, options)
  local run = db:again(open_run, db, name, options)
  local settings = settings_of(options)
  local base = options.extend and run.digest and (db:integer(
    "select cast(coalesce(max(place), 0) as text) from sms.message where run_id = ?", run.id)) or 0
  local work = {
    run = run, base = base, extend = options.extend, closed = run.digest ~= nil and not options.extend, added = 0, changed = 0, seen = 0,
    wrote = 0, twice = take_duplicates, lane_of = lanes_of(db, run, settings),
  }
  each_batch(rows, settings, base, function(records)
    local before = { work.added, work.changed, work.seen, work.wrote }
    db:again(function()
      work.added, work.changed, work.seen, work.wrote = before[1], before[2], before[3], before[4]
      take_batch(db, work, records)
    end)
  end)
  local done = db:again(finish, db, work, options)
  if options.extend and done.state == "done" then db:run("update sms.run set state = 'active' where id = ?", run.id) end
  return done
end

---------------------------------------------------------------- apply

local function check_digest(run, digest, confirm)
  if run.digest ~= runs.digest(run) then
    store.fail(("the plan of '%s' is incomplete: planning was interrupted; plan it again with the same rows"):format(run.name),
      { kind = "conflict" })
  end
  if digest == nil and run.rows > confirm then
    store.fail(("the run '%s' has %d rows; review the plan, then pass its digest: %s"):format(run.name, run.rows, run.digest),
      { kind = "conflict" })
  end
  if digest ~= nil and digest ~= run.digest then
    store.fail(("the digest %s does not match the run '%s', whose digest is %s: its rows are not those that were reviewed"):format(
      tostring(digest), run.name, run.digest), { kind = "conflict", field = "digest" })
  end
end

--- Releases the rows of a plan for sending. Does nothing if they have been released before.
---@param db table
---@param name string
---@param digest string?
---@param options { confirm: integer?, missing: "refuse"|"skip"|nil }
---@return table plan
function plan.apply(db, name, digest, options)
  return db:again(function()
    local run = runs.get(db, name)
    check_digest(run, digest, options.confirm or plan.CONFIRM)
    if run.state == "cancelled" then store.fail(("the run '%s' was cancelled"):format(name), { kind = "conflict" }) end
    local missing = db:integer([[select cast(count(*) as text) from sms.message where run_id = ? and state = 'not_sent'
      and reason = 'variable']], run.id)
    if missing > 0 and run.state == "planned" and options.missing ~= "skip" then
      store.fail(("%d rows of '%s' have no value for a variable; correct the list, or apply with missing = 'skip'"):format(missing, name),
        { kind = "conflict" })
    end
    db:run("update sms.run set state = 'active', applied_at = :now where id = ? and state = 'planned'", run.id)
    return plan.look(db, name)
  end)
end

return plan
