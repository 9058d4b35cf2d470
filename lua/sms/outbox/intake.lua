-- SPDX-License-Identifier: MIT
-- Single rows: `outbox:put`, and the table `intake`, the entry point for other languages.

local core = require "sms.core"
local json = require "sms.json"
local process = require "sms.outbox.process"
local render = require "sms.outbox.render"
local runs = require "sms.outbox.runs"
local store = require "sms.outbox.store"

local intake = {}

-- Rows of the table `intake` moved in one transaction.
local BATCH = 100

-- Priority of streams: one-time passwords overtake broadcasts.
local STREAM_PRIORITY = 3

local ADD = "update sms.run set rows = rows + 1, segments = segments + ? where id = ?"

local function insert(db, run, record, fields)
  local lane = runs.lane(db, run.id, record.route, record.sender, record.region, 0)
  local due = record.at and math.floor(record.at * 1000)
  local expires = fields.expires and (fields.expires > 1e9 and fields.expires * 1000 or (due or store.wall()) + fields.expires * 1000)
  local reference = fields.reference or core.reference()
  local row = {
    lane, record.key, reference, record.recipient, record.body, record.segments, record.cost, record.hash, record.state, record.reason,
    record.error, due, expires and math.floor(expires), record.place,
  }
  if db.engine.insert(db, run.id, { row })[1] then
    db:run(ADD, record.state == "ready" and record.segments or 0, run.id)
    return db:integer("select cast(id as text) from sms.message where reference = ?", reference), false
  end
  return db:integer("select cast(id as text) from sms.message where run_id = ? and key = ?", run.id, record.key), true
end

local function stream(db, name, priority)
  local run = runs.ensure(db, name, "stream", { state = "active", priority = priority or STREAM_PRIORITY, options = {} })
  if run.kind ~= "stream" then
    store.fail(("the run '%s' is a list; its rows are planned"):format(name), { kind = "conflict", field = "run" })
  end
  if run.state == "cancelled" then store.fail(("the run '%s' was cancelled"):format(name), { kind = "conflict", field = "run" }) end
  return run
end

local function settings_of(fields)
  return {
    route = fields.route or "default", from = fields.from, region = fields.region, parsed = {}, message = fields.message,
      price = fields.price,
    template = fields.template, max_segments = fields.max_segments, empty = fields.empty,
  }
end

local function rendered(fields)
  return render.row({ to = fields.to, vars = fields.vars or {}, text = fields.text, from = fields.from, key = fields.key,
    at = fields.at }, 0,
    settings_of(fields))
end

--- Adds one row to a stream.
---@return integer? id
---@return boolean|table again  whether the key was there before; or an error value
function intake.put(db, name, fields)
  local record = rendered(fields)
  if record.state ~= "ready" then
    store.fail(record.error or record.reason, { kind = "invalid", field = record.reason == "variable" and "vars" or nil })
  end
  return db:again(function() return insert(db, stream(db, name, fields.priority), record, fields) end)
end

local function take_one(db, row)
  local fields = json.decode(row[4])
  local good = type(fields) == "table"
  if not good then fields = {} end
  fields.key = row[3]
  local record = rendered(fields)
  if not good then record.state, record.reason, record.error = "not_sent", "invalid", "the body is no JSON object" end
  local ok, run = pcall(stream, db, row[2], math.tointeger(fields.priority))
  if not ok then
    run = stream(db, "intake", nil)
    record.key = row[2] .. " " .. record.key
    record.state, record.reason, record.error = "not_sent", "invalid", run and ("the run '%s' takes no rows"):format(row[2])
  end
  insert(db, run, record, { expires = type(fields.expires) == "number" and fields.expires or nil })
end

local function take_some(db)
  local skip = db.engine.name == "PostgreSQL" and " for update skip locked" or ""
  local rows = db:all("select cast(id as text), run, key, cast(body as text) from sms.intake order by intake.id limit " .. BATCH .. skip)
  for _, row in ipairs(rows) do
    take_one(db, row)
    db:run("delete from sms.intake where id = cast(? as bigint)", row[1])
  end
  return #rows
end

--- Moves rows that other programs inserted into `intake` to their run: checked by the same code, invalid rows kept with their reason.
---@return integer taken
function intake.take(db)
  if not db:one "select 1 from sms.intake limit 1" then return 0 end
  return db:atomic(take_some, db)
end

--- Rescues the rows of workers on this host whose process is gone, without waiting for their lease to expire.
function intake.rescue_gone(db)
  local mine = process.own()
  for _, row in ipairs(db:all([[select cast(id as text), boot, cast(pid as text), started from sms.worker
    where ended_at is null and host = ?]], mine.host)) do
    local other = { host = mine.host, boot = row[2], pid = row[3], started = row[4] }
    if process.is_gone(mine, other) then db.engine.rescue(db, math.tointeger(tonumber(row[1]))) end
  end
end

return intake
