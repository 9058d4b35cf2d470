-- SPDX-License-Identifier: MIT
-- The database of an outbox on either engine: statements, transactions, schema and its version, and the stamp that distinguishes
-- the original from a copy.

local core = require "sms.core"
local driver = require "sms.outbox.driver"
local failure = require "sms.error"

local store = {}

local Store = {}
Store.__index = Store

local ENGINES = { sqlite = "sms.outbox.sqlite", postgresql = "sms.outbox.postgres", postgres = "sms.outbox.postgres" }

--- Raises an error value, which the functions of `sms.outbox` return.
---@param message string
---@param fields? table  further fields of the error
function store.fail(message, fields)
  local out = { kind = "server", outcome = "not_sent", operation = "outbox", message = message }
  out.evidence = "the database did not accept it"
  for name, value in pairs(fields or {}) do out[name] = value end
  error(failure.new(out), 0)
end

--- Parses an address.
---@param address string  `sqlite:PATH`, `postgresql://…`
---@return string? engine  module name
---@return string target   or what is wrong
function store.read_address(address)
  local scheme, rest = tostring(address):match("^(%a+):(.*)$")
  local engine = scheme and ENGINES[scheme:lower()]
  if not engine then
    return nil, "the address of an outbox must begin with sqlite: or postgresql://, as in sqlite:run.db or postgresql://user@host/database"
  end
  if engine == ENGINES.postgres then
    if rest:sub(1, 2) ~= "//" then return nil, "the address of a PostgreSQL database must begin with postgresql://" end
    return engine, address
  end
  local path = rest:gsub("^//", "", 1)
  if path == "" then return nil, "the address has no file name; write, for example, sqlite:run.db" end
  if path:find("^:memory:") or path:find("%z") then return nil, "an outbox must be a file; a database in memory ends with the process" end
  return engine, path
end

---------------------------------------------------------------- statements

-- Translates table names, times and lists for the engine; `?` stays.
function Store:text_of(sql)
  local text = self.texts[sql]
  if not text then
    text = self.engine.translate(sql)
    self.texts[sql] = text
  end
  return text
end

-- The error of a failed statement; a lost connection has its own kind, because a retry may help.
function Store:broken(message)
  self.lost = not driver.alive(self.handle)
  store.fail(message, { kind = self.lost and "network" or "server", retryable = self.lost })
end

--- Executes a statement and returns all rows as lists of columns. Raises an error value.
function Store:all(sql, ...)
  local rows, message = driver.exec(self.handle, self.texts[sql] or self:text_of(sql), ...)
  if not rows then self:broken(message) end
  return rows
end

--- The first row, or nil.
function Store:one(sql, ...)
  return self:all(sql, ...)[1]
end

--- The first column of the first row as an integer, or nil.
function Store:integer(sql, ...)
  local row = self:all(sql, ...)[1]
  return row and math.tointeger(tonumber(row[1]))
end

--- Executes a statement and returns the number of changed rows.
function Store:run(sql, ...)
  self:all(sql, ...)
  return driver.affected(self.handle)
end

---------------------------------------------------------------- transactions

local function finish(self, ok, ...)
  self.open = false
  local problem = ...
  if ok then
    ok, problem = pcall(self.all, self, "commit")
    if ok then return ... end
  end
  driver.exec(self.handle, "rollback")
  error(problem, 0)
end

--- Runs a function in one transaction; an error rolls it back. May be nested: the outermost commits.
---@param fn function
---@param ... any
---@return any ...
function Store:atomic(fn, ...)
  if self.open then return fn(...) end
  self:all(self.engine.begin)
  self.open = true
  return finish(self, pcall(fn, ...))
end

local function read(self, fn, ...)
  if self.open then return fn(...) end
  self:all "begin"
  self.open = true
  return finish(self, pcall(fn, ...))
end

local function twice(self, how, fn, ...)
  if self.lost then self:reconnect() end
  local packed = table.pack(pcall(how, self, fn, ...))
  if not packed[1] and self.lost then
    self:reconnect()
    packed = table.pack(pcall(how, self, fn, ...))
  end
  if not packed[1] then error(packed[2], 0) end
  return table.unpack(packed, 2, packed.n)
end

--- The same for repeatable work: after a lost connection it reconnects once and tries again.
function Store:again(fn, ...)
  return twice(self, self.atomic, fn, ...)
end

--- The same for read-only work: it neither blocks writers nor waits for them.
function Store:reading(fn, ...)
  return twice(self, read, fn, ...)
end

--- Reconnects. Raises an error value of kind `network` if that fails.
function Store:reconnect()
  if self.closed then store.fail("the outbox is closed", { kind = "closed" }) end
  driver.close(self.handle)
  self.open = false
  local handle, message = driver.open(self.engine.name, self.target)
  if not handle then store.fail("no connection to the outbox: " .. message, { kind = "network", retryable = true }) end
  self.handle, self.lost = handle, false
  self.engine.prepare(self)
end

---------------------------------------------------------------- schema

local function version_of(self)
  if not self.engine.has_schema(self) then return 0 end
  local row = self:one "select value from sms.meta where name = 'version'"
  local version = row and math.tointeger(tonumber(row[1]))
  if not version or version < 1 then
    store.fail(("the outbox has no schema version (%s): it is damaged, or is not an outbox"):format(row and row[1] or "none"),
      { kind = "conflict" })
  end
  return version
end

local function migrate(self)
  self.engine.lock_schema(self)
  local found = version_of(self)
  local last = #self.engine.versions
  for version = found + 1, last do
    for _, statement in ipairs(self.engine.versions[version]) do self:all(statement) end
  end
  if found < last then
    for _, statement in ipairs(self.engine.functions) do self:all(statement) end
    self:run([[insert into sms.meta (name, value) values ('version', ?) on conflict (name) do update set value = excluded.value]],
      tostring(last))
  end
  return found
end

local function check_schema(self)
  local found, last = version_of(self), #self.engine.versions
  if found > last then
    store.fail(("the outbox has schema version %d, this lua-sms supports %d; use a newer one"):format(found, last), { kind = "conflict" })
  end
  if found < last then self:atomic(migrate, self) end
  self:run("insert into sms.meta (name, value) values ('stamp', ?) on conflict (name) do nothing", self.engine.stamp(self))
end

--- The machine and file that the outbox was written on, and the current ones. If they differ, this is a copy.
---@return string recorded
---@return string now
function Store:stamps()
  local row = self:one "select value from sms.meta where name = 'stamp'"
  return row and row[1] or "", self.engine.stamp(self)
end

local COPY = "this outbox is a copy: it was written on %s and is now on %s. The original may have sent rows that are ready here. "
  .. "Take it over with outbox:adopt { lost = SECONDS }"

--- Raises an error value if this is a copy.
function Store:check_original()
  local recorded, now = self:stamps()
  if recorded ~= now then store.fail(COPY:format(recorded, now), { kind = "conflict" }) end
end

--- Closes the connection; may be called twice.
function Store:close()
  self.closed = true
  driver.close(self.handle)
end

--- Opens a database and migrates its schema to this library's version. Raises an error value.
---@param address string
---@param options { durability: "full"|"process" }
---@return table store
function store.open(address, options)
  local name, target = store.read_address(address)
  if not name then store.fail(target, { kind = "invalid", field = "address" }) end
  local engine = require(name)
  local self = setmetatable({ engine = engine, target = target, texts = {}, options = options, open = false, lost = false }, Store)
  engine.before(target)
  local handle, message, absent = driver.open(engine.name, target)
  if not handle then
    local words = absent and message or ("cannot open the outbox: %s"):format(message)
    store.fail(words, { kind = absent and "invalid" or "network" })
  end
  self.handle = handle
  local ok, problem = pcall(function()
    engine.prepare(self)
    check_schema(self)
  end)
  if not ok then
    driver.close(handle)
    if failure.is(problem) and (problem.kind == "server" or problem.kind == "conflict") then
      local words = ("cannot open the outbox %s: %s"):format(engine.shown(target), problem.message)
      store.fail(words, { kind = problem.kind, field = "address" })
    end
    error(problem, 0)
  end
  return self
end

--- Wall clock of this machine in milliseconds.
---@return integer
function store.wall()
  local _, wall = core.clocks()
  return math.floor(wall * 1000)
end

return store
