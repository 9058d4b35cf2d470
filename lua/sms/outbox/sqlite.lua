-- SPDX-License-Identifier: MIT
-- An outbox in one SQLite file: pragmas, schema, stamp, rows in bulk. The hot path is `sms.outbox.exchange`.

local core = require "sms.core"
local exchange = require "sms.outbox.exchange"
local store = require "sms.outbox.store"

local sqlite = {
  name = "SQLite3", versions = require "sms.outbox.sql.sqlite", functions = {}, begin = "begin immediate", exchange = exchange.run,
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

--- Statements as SQLite has them: `sms.` before a table goes, `:now`, `:ms(time)`, `:at(?)`, `:after(?)` milliseconds from now,
--- `:list(?)` and `:ints(?)` of a JSON text, `:json(?)`.
---@param sql string
---@return string
function sqlite.translate(sql)
  local out = sql:gsub(":(%a+)(%b())", function(name, inside) return MACROS[name](inside:sub(2, -2)) end)
  return (out:gsub(":now", NOW):gsub("sms%.", ""))
end

--- The file is made before SQLite would: only its owner may read the texts and numbers in it.
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

function sqlite.has_schema(self)
  if self:one "select 1 from sqlite_master where type = 'table' and name = 'meta'" then return true end
  if self:one "select 1 from sqlite_master where type = 'table'" then
    store.fail("the file is a database of something else: it has tables, and none of them is an outbox's", { kind = "conflict" })
  end
  return false
end

function sqlite.lock_schema() end -- `begin immediate` has locked it

local function first_line(path)
  local file <close> = io.open(path, "r")
  return file and file:read "l" or ""
end

--- The machine and the file: a copy has another inode, and mostly another machine.
function sqlite.stamp(self)
  return first_line "/etc/machine-id" .. " " .. (core.private_file(self.target) or "")
end

local INSERT = [[insert into sms.message (run_id, lane_id, key, reference, recipient, body, segments, cost, hash, state, reason, error,
  due_at, expires_at, place, settled_at) values (?, ?, ?, ?, ?, ?, ?, ?, cast(? as integer), ?, ?, ?, :at(?), :at(?), ?,
  case when ? = 'ready' then null else :now end) on conflict (run_id, key) do nothing]]

--- Writes rows. Each is a list: lane, key, reference, recipient, body, segments, cost, hash, state, reason, error, due, expires, place.
---@return table<integer, boolean> written  by place
function sqlite.insert(self, run_id, rows)
  local written = {}
  for i, row in ipairs(rows) do
    local due = row[12] or store.wall()
    written[i] = self:run(INSERT, run_id, row[1], row[2], row[3], row[4], row[5], row[6], row[7], ("%d"):format(row[8]), row[9], row[10],
      row[11], due, row[13], row[14], row[9]) > 0
  end
  return written
end

--- Turns the rows of workers whose lease is over, and those of worker `only`, into `unknown`. Gives how many.
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
