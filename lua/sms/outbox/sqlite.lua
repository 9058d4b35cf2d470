-- SPDX-License-Identifier: MIT
-- An outbox in one SQLite file: pragmas, schema, stamp, rows in bulk. The hot path is `sms.outbox.exchange`.

local core = require "sms.core"
local exchange = require "sms.outbox.exchange"
local json = require "sms.json"
local store = require "sms.outbox.store"

local sqlite = {
  name = "SQLite3", versions = require "sms.outbox.sql.sqlite", functions = {}, begin = "begin immediate",
  for_update = "", exchange = exchange.run,
  -- The body of an event without numbers and texts.
  impersonal = "json_remove(body, '$.from', '$.to', '$.text', '$.provider_status', '$.replied_to')",
}

local NOW = "(cast((julianday('now') - 2440587.5) * 86400000 as integer))"

local MACROS = {
  ms = function(inside) return "cast(" .. inside .. " as text)" end,
  at = function(inside) return "cast(" .. inside .. " as integer)" end,
  after = function(inside) return "(" .. NOW .. " + cast(" .. inside .. " as integer))" end,
  list = function(inside) return "(select value from json_each(" .. inside .. "))" end,
  ints = function(inside) return "(select value from json_each(" .. inside .. "))" end,
  json = function(inside) return inside end,
}

--- Translates statements for SQLite: drops `sms.` before a table; `:now`, `:ms(time)`, `:at(?)`, `:after(?)` milliseconds from now,
--- `:list(?)` and `:ints(?)` of a JSON text, `:json(?)`.
---@param sql string
---@return string
function sqlite.translate(sql)
  local out = sql:gsub(":(%a+)(%b())", function(name, inside) return MACROS[name](inside:sub(2, -2)) end)
  return (out:gsub(":now", NOW):gsub("sms%.", ""))
end

--- Creates the file before SQLite does, so that only its owner can read it.
---@param path string
function sqlite.before(path)
  local id, message = core.private_file(path)
  if not id then
    store.fail(("cannot open the outbox %s: %s"):format(path, message), { kind = "invalid", field = "address" })
  end
end

---@param self table  a store
function sqlite.prepare(self)
  self:all "pragma busy_timeout = 10000"
  self:all "pragma journal_mode = wal"
  self:all(self.options.durability == "process" and "pragma synchronous = normal" or "pragma synchronous = full")
end

--- An address for error messages.
function sqlite.shown(path) return path end

-- One statement, since another process may create the tables at the same time.
local OURS = [[select cast(coalesce(sum(name in ('meta', 'run', 'lane', 'message')), 0) as text), cast(count(*) as text)
  from sqlite_master where type = 'table']]

function sqlite.has_schema(self)
  local found = self:one(OURS)
  if found[1] == "4" then return true end
  if found[2] ~= "0" then
    store.fail("the file is a database of another application, not an outbox", { kind = "conflict" })
  end
  return false
end

function sqlite.lock_schema() end -- `begin immediate` has locked it

local function first_line(path)
  local file <close> = io.open(path, "r")
  return file and file:read "l" or ""
end

--- Identifies the machine and the file: a copy has another inode, and usually another machine.
function sqlite.stamp(self)
  return first_line "/etc/machine-id" .. " " .. (core.private_file(self.target) or "")
end

-- Rows written by one statement; the remainder is written one by one. Older versions of SQLite take at most 999 arguments.
local CHUNK, COLUMNS = 60, 16

local function insert_of(count)
  local values = ("(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?), "):rep(count):sub(1, -3)
  return [[insert into sms.message (run_id, lane_id, key, reference, recipient, body, segments, cost, hash, state, reason, error, due_at,
    expires_at, place, settled_at) values ]] .. values .. " on conflict (run_id, key) do nothing"
end

local INSERT, INSERT_CHUNK = insert_of(1), insert_of(CHUNK)

-- Notes which of these rows were written, by their unique references.
local function note_written(self, rows, first, last, written)
  local references = {}
  for i = first, last do references[#references + 1] = rows[i][3] end
  local there = {}
  for _, row in ipairs(self:all("select reference from sms.message where reference in :list(?)", json.encode(references))) do
    there[row[1]] = true
  end
  for i = first, last do written[i] = there[rows[i][3]] == true end
end

local function insert_some(self, run_id, rows, first, last, written)
  local values, n, now = {}, 0, store.wall()
  for i = first, last do
    local row = rows[i]
    values[n + 1] = run_id
    table.move(row, 1, 7, n + 2, values)
    values[n + 9] = ("%d"):format(row[8]) -- LuaDBI binds numbers as doubles
    table.move(row, 9, 11, n + 10, values)
    values[n + 13], values[n + 14], values[n + 15] = row[12] or now, row[13], row[14]
    values[n + 16] = row[9] ~= "ready" and now or nil
    n = n + COLUMNS
  end
  local changed = self:run(first == last and INSERT or INSERT_CHUNK, table.unpack(values, 1, n))
  if changed <= last - first and changed > 0 then return note_written(self, rows, first, last, written) end
  for i = first, last do written[i] = changed > 0 end
end

--- Writes rows. Each is a list: lane, key, reference, recipient, body, segments, cost, hash, state, reason, error, due, expires, place.
---@return table<integer, boolean> written  by place
function sqlite.insert(self, run_id, rows)
  local written, at = {}, 1
  while at <= #rows do
    local last = at + CHUNK - 1 <= #rows and at + CHUNK - 1 or at
    insert_some(self, run_id, rows, at, last, written)
    at = last + 1
  end
  return written
end

--- Marks the rows of workers whose lease has expired, and those of worker `only`, as `unknown`. Returns their number.
function sqlite.rescue(self, only)
  local n = 0
  for _, worker in ipairs(self:all("select cast(id as text) from sms.worker where ended_at is null and (alive_until < :now or id = ?)",
    only)) do
    n = n + self:run([[update sms.message set state = 'unknown', reason = 'worker died', worker_id = null, settled_at = :now
      where worker_id = cast(? as integer) and state = 'sending']], worker[1])
    self:run("update sms.worker set ended_at = :now where id = cast(? as integer)", worker[1])
  end
  return n
end

sqlite.join = exchange.join

return sqlite
