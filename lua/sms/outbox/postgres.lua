-- SPDX-License-Identifier: MIT
-- An outbox in the schema `sms` of a PostgreSQL database, for any number of workers: the hot path is one function of the database.

local json = require "sms.json"
local store = require "sms.outbox.store"

local postgres = {
  name = "PostgreSQL", versions = require "sms.outbox.sql.postgres", functions = require "sms.outbox.sql.functions", begin = "begin",
  for_update = " for update",
  -- The body of an event without numbers and texts.
  impersonal = "body - array['from', 'to', 'text', 'provider_status', 'replied_to']",
}

-- Oldest server version (`server_version_num`).
local OLDEST = 120000

-- Id of the advisory lock that lets migrations run one at a time.
local MIGRATION = 7364857

local MACROS = {
  ms = function(inside) return "cast(cast(extract(epoch from " .. inside .. ") * 1000 as bigint) as text)" end,
  at = function(inside) return "to_timestamp(cast(" .. inside .. " as double precision) / 1000)" end,
  after = function(inside) return "(now() + cast(" .. inside .. " as double precision) * interval '1 ms')" end,
  list = function(inside) return "(select json_array_elements_text(cast(" .. inside .. " as json)))" end,
  ints = function(inside) return "(select cast(json_array_elements_text(cast(" .. inside .. " as json)) as bigint))" end,
  json = function(inside) return "cast(" .. inside .. " as jsonb)" end,
}

--- Translates statements for PostgreSQL; see `sqlite.translate`.
function postgres.translate(sql)
  local out = sql:gsub(":(%a+)(%b())", function(name, inside) return MACROS[name] and MACROS[name](inside:sub(2, -2)) end)
  return (out:gsub(":now", "now()"))
end

function postgres.before() end

---@param self table  a store
function postgres.prepare(self)
  self:all "set client_min_messages = error"
  local version = self:integer "select current_setting('server_version_num')"
  if version < OLDEST then
    store.fail(("the server is PostgreSQL %d; an outbox requires version 12 or later"):format(version // 10000), { kind = "rejected" })
  end
  self:all(self.options.durability == "process" and "set synchronous_commit = off" or "set synchronous_commit = on")
end

--- An address for error messages, without its password.
function postgres.shown(address) return (address:gsub("://([^:@/]*):[^@/]*@", "://%1:***@"):gsub("password=[^&]*", "password=***")) end

local OURS = [[select cast(num_nonnulls(to_regclass('sms.meta'), to_regclass('sms.run'), to_regclass('sms.lane'),
  to_regclass('sms.message')) as text)]]

function postgres.has_schema(self)
  local there = self:integer(OURS)
  if there > 0 and there < 4 then
    store.fail("the schema 'sms' is not an outbox: it belongs to another application", { kind = "conflict" })
  end
  return there == 4
end

function postgres.lock_schema(self)
  self:all("select pg_advisory_xact_lock(" .. MIGRATION .. ")")
  self:all "create schema if not exists sms"
end

--- Identifies the cluster, its timeline (which changes when a standby is promoted) and the table (which changes after a restore).
function postgres.stamp(self)
  return self:one [[select (select system_identifier from pg_control_system()) || ' ' ||
    substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || ' ' || cast('sms.message' as regclass)::oid]][1]
end

-- Expands each record once; `->>` on each of its fields would parse it every time.
local INSERT = [[insert into sms.message (run_id, lane_id, key, reference, recipient, body, segments, cost, hash, state, reason, error,
    due_at, expires_at, place, settled_at)
  select cast(? as bigint), lane, key, reference, recipient, cast(body as jsonb), segments, cost, hash, state, reason, error,
    coalesce(to_timestamp(due / 1000), now()), to_timestamp(expires / 1000), place, case when state <> 'ready' then now() end
  from json_to_recordset(cast(? as json)) as r (lane bigint, key text, reference text, recipient text, body text, segments smallint,
    cost numeric, hash bigint, state text, reason text, error text, due double precision, expires double precision, place bigint)
  on conflict (run_id, key) do nothing returning key]]

local FIELDS = { "lane", "key", "reference", "recipient", "body", "segments", "cost", "hash", "state", "reason", "error", "due", "expires",
  "place" }

--- Writes rows; see `sqlite.insert`.
function postgres.insert(self, run_id, rows)
  local written, places, records = {}, {}, {}
  for i, row in ipairs(rows) do
    local record = {}
    for column = 1, #FIELDS do record[FIELDS[column]] = row[column] end
    record.hash = ("%d"):format(row[8])
    records[i], places[row[2]] = record, places[row[2]] or i
  end
  for _, row in ipairs(self:all(INSERT, run_id, json.encode(records))) do written[places[row[1]]] = true end
  return written
end

function postgres.rescue(self, only)
  return self:integer("select cast(sms.rescue(cast(? as bigint)) as text)", only)
end

function postgres.join(self, message_id, event)
  self:all("select sms.join_event(cast(? as bigint), ?, ?, ?, cast(? as int), :at(?), cast(? as int), cast(? as numeric))", message_id,
    event.provider, event.id, event.status, event.rank, event.happened, event.parts, event.price)
end

local EXCHANGE = [[select kind, id, attempt, lane, reference, recipient, body, segments
  from sms.exchange(cast(? as bigint), cast(? as jsonb), cast(? as jsonb))]]

-- Results as JSON: false becomes null, and is omitted at the end. Numbers are written as text, which the function casts: the codec writes
-- a number by way of a float, which is five times as slow.
local function encoded(results)
  local out = {}
  for i, result in ipairs(results) do
    local last, list = #result, {}
    while not result[last] do last = last - 1 end
    for column = 1, last do
      local value = result[column]
      list[column] = value == false and json.null or math.type(value) and value .. "" or value
    end
    out[i] = list
  end
  return out[1] and json.encode(out) or nil
end

---@param self table
---@param me integer            the worker
---@param results any[][]       see `sms.settle` in `sql/functions.lua`
---@param options table         `{ want, lease, routes, runs, open, cursors }`, see `sms.outbox.session`
---@return table given `{ rows, late, refused, dead, cursors }`
function postgres.exchange(self, me, results, options)
  local wanted = {
    want = options.want, lease = options.lease, routes = options.routes, runs = options.runs, open = options.open,
    cursors = options.cursors,
  }
  local given = { rows = {}, late = {}, refused = 0, dead = false, cursors = {} }
  for _, row in ipairs(self:all(EXCHANGE, me, encoded(results), json.encode(wanted))) do
    local kind = row[1]
    if kind == "sending" then
      given.rows[#given.rows + 1] = {
        id = tonumber(row[2]), attempt = tonumber(row[3]), lane = tonumber(row[4]), reference = row[5], recipient = row[6], body = row[7],
        segments = row[8],
      }
    elseif kind == "cursor" then given.cursors[row[4]] = { row[5], tonumber(row[2]) }
    elseif kind == "late" then given.late[#given.late + 1] = tonumber(row[2])
    elseif kind == "dead" then given.dead = true
    else given.refused = given.refused + 1 end
  end
  return given
end

return postgres
