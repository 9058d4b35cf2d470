-- SPDX-License-Identifier: MIT
-- Single rows: `outbox:put`, and the table `intake`, the entry point for other languages.

local core = require "sms.core"
local json = require "sms.json"
local options = require "sms.outbox.options"
local process = require "sms.outbox.process"
local render = require "sms.outbox.render"
local runs = require "sms.outbox.runs"
local store = require "sms.outbox.store"

local intake = {}

-- Maximum rows of `intake` moved in one transaction.
local BATCH = 100

-- Maximum bytes of a run's name.
local MAX_NAME = 500

-- Priority of streams: one-time passwords overtake broadcasts.
local STREAM_PRIORITY = 3

local ADD = "update sms.run set rows = rows + 1, segments = segments + ? where id = ?"

local function insert(db, run, record, fields)
  local lane = runs.lane(db, run.id, record.route, record.sender, record.region, 0)
  local reference = fields.reference or core.reference()
  record.expires = fields.expires
  if db.engine.insert(db, run.id, { render.columns(record, lane, reference, store.wall()) })[1] then
    db:run(ADD, record.state == "ready" and record.segments or 0, run.id)
    return db:integer("select cast(id as text) from sms.message where reference = ?", reference), false
  end
  return db:integer("select cast(id as text) from sms.message where run_id = ? and key = ?", run.id, record.key), true
end

local function stream(db, name, priority)
  local run = runs.ensure(db, name, "stream", { state = "active", priority = priority or STREAM_PRIORITY, options = {} })
  if run.kind ~= "stream" then
    store.fail(("the run '%s' is a list; rows are added to it by outbox:plan"):format(name), { kind = "conflict", field = "run" })
  end
  if run.state == "cancelled" then store.fail(("the run '%s' was cancelled"):format(name), { kind = "conflict", field = "run" }) end
  return run
end

local function settings_of(fields)
  return {
    route = fields.route or "default", from = fields.from, region = fields.region, parsed = {}, message = fields.message,
    price = fields.price, template = fields.template, max_segments = fields.max_segments, empty = fields.empty,
  }
end

local function rendered(fields)
  local row = {
    to = fields.to, vars = fields.vars or {}, text = fields.text, from = fields.from, key = fields.key, at = fields.at,
  }
  return render.row(row, 0, settings_of(fields))
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

local function name_problem(name)
  if name == "" or name:find("%c") then return "the name of the run is empty or contains control characters" end
  if not utf8.len(name) then return "the name of the run is not valid UTF-8" end
  if #name > MAX_NAME then return ("the name of the run has %d bytes, the maximum is %d"):format(#name, MAX_NAME) end
end

-- A name cut to what any database accepts.
local function shortened(name)
  if not utf8.len(name) then name = name:gsub("[\x80-\xFF]", "?") end
  return render.beginning(name, MAX_NAME)
end

-- The stream with a name, or nil and why rows can't be added to it.
local function stream_of(db, name, priority)
  local ok, run = pcall(stream, db, name, priority)
  if ok then return run end
  if run.kind ~= "conflict" then error(run, 0) end
  return nil, run.message
end

local function only_text(value) return type(value) == "string" and value or nil end

-- An invalid row is stored with its reason, in the stream `intake` if rows can't be added to its run.
local function take_one(db, row)
  local name, fields, run = row[2], json.decode(row[4]), nil
  local problem = name_problem(name)
  if not problem then
    problem = type(fields) ~= "table" and "the body is not a JSON object" or options.problem(fields, "put", { "to", "text" })
    local words
    run, words = stream_of(db, name, not problem and fields.priority or nil)
    problem = problem or words
  end
  if problem then
    fields = type(fields) == "table" and fields or {}
    fields = { to = only_text(fields.to), text = only_text(fields.text), route = only_text(fields.route) }
  end
  fields.key = row[3]
  local record = rendered(fields)
  if problem then record.state, record.reason, record.error = "not_sent", "invalid", problem end
  if row[3] == "" then record.key = "intake " .. row[1] end
  if not run then
    run = stream(db, "intake", nil)
    record.key = shortened(name) .. " " .. record.key
  end
  insert(db, run, record, fields)
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

--- Moves rows from `intake` to their runs, with the checks of `put`; invalid rows are stored with their reason.
---@return integer taken
function intake.take(db)
  if not db:one "select 1 from sms.intake limit 1" then return 0 end
  return db:atomic(take_some, db)
end

--- Marks rows of workers on this host whose process has ended as `unknown`, without waiting for their lease to expire.
function intake.rescue_gone(db)
  local mine = process.own()
  for _, row in ipairs(db:all([[select cast(id as text), boot, cast(pid as text), started from sms.worker
    where ended_at is null and host = ?]], mine.host)) do
    local other = { host = mine.host, boot = row[2], pid = row[3], started = row[4] }
    if process.is_gone(mine, other) then db.engine.rescue(db, math.tointeger(tonumber(row[1]))) end
  end
end

return intake
