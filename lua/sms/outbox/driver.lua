-- SPDX-License-Identifier: MIT
-- The only module that uses LuaDBI, the database binding. It works around faults of LuaDBI 0.7.2: integers are returned truncated
-- to 32 bits (every integer is selected as text), `commit()` returns true after a failed commit (autocommit is on, `begin` and `commit`
-- are statements), a statement that outlives its connection reads freed memory (one object holds both), texts end at a NUL (refused).

local driver = {}

-- Packages for each engine, named in the error if they are missing.
local PACKAGES = {
  SQLite3 = { debian = "lua-dbi-sqlite3", rock = "luadbi-sqlite3" },
  PostgreSQL = { debian = "lua-dbi-postgresql", rock = "luadbi-postgresql" },
}

local function missing(engine)
  local package = PACKAGES[engine]
  return ("an outbox needs LuaDBI with its %s binding. Debian, Ubuntu: apt-get install %s; LuaRocks: luarocks install %s"):format(
    engine, package.debian, package.rock)
end

-- If the server refuses a session, LuaDBI calls libpq again and so loses the server's message.
local LOST = "the server closed the connection at startup, usually because the database or user does not exist or the password is "
  .. "wrong; try psql with the same address, or see the server's log"

local NOWHERE = "the server is not running, or not at this address; try psql with the same address"

local function refusal(words)
  local text = tostring(words):gsub("^Failed to connect to database: ", ""):gsub("%s*\n%s*", " "):gsub("%s+$", "")
  if text == "no connection to the server" then return NOWHERE end
  return text:find("^server closed the connection unexpectedly") and LOST or text
end

-- Maximum number of prepared statements per connection; an outbox uses fewer.
local MAX_PREPARED = 200

--- Opens a connection.
---@param engine "SQLite3"|"PostgreSQL"
---@param target string  path of the file, or a connection URI of libpq
---@return table? handle
---@return string? message
---@return boolean? absent  the binding is not installed
function driver.open(engine, target)
  local found, dbi = pcall(require, "DBI")
  if not found or not pcall(require, "dbd." .. engine:lower()) then return nil, missing(engine), true end
  local ok, connection, words = pcall(dbi.Connect, engine, target)
  if not ok then return nil, (tostring(connection):gsub("%s+$", "")) end
  if not connection then return nil, refusal(words) end
  connection:autocommit(true)
  return { engine = engine, connection = connection, statements = {}, prepared = 0, changed = 0 }
end

local function forget_statements(handle)
  for _, statement in pairs(handle.statements) do pcall(statement.close, statement) end
  handle.statements, handle.prepared = {}, 0
end

local function prepared(handle, sql)
  local statement = handle.statements[sql]
  if statement then return statement end
  if handle.prepared >= MAX_PREPARED then forget_statements(handle) end
  local words
  statement, words = handle.connection:prepare(sql)
  if not statement then return nil, words end
  handle.statements[sql], handle.prepared = statement, handle.prepared + 1
  return statement
end

-- In SQLite, a failed statement remains in progress until it is closed; until then no transaction can be committed.
local function forget_failed(handle, sql)
  if handle.engine ~= "SQLite3" then return end
  local statement = handle.statements[sql]
  handle.statements[sql], handle.prepared = nil, handle.prepared - 1
  pcall(statement.close, statement)
end

local function clean(words)
  local text = tostring(words):gsub("^Error [%a ]+: ", ""):gsub("^Execute failed ", ""):gsub("^ERROR:%s*", "")
  return (text:gsub("%s*\n%s*", " "):gsub("%s+$", ""))
end

local function fetch_all(statement)
  local rows, n, fetch = {}, 0, statement.fetch
  local row = fetch(statement, false)
  while row do
    n = n + 1
    rows[n] = row
    row = fetch(statement, false)
  end
  return rows
end

--- Executes one statement. Integers are passed as numbers or text; statements cast them to text in results.
---@param handle table
---@param sql string       with `?` for each argument
---@param ... any          texts, numbers, booleans; nil is NULL
---@return any[][]? rows   a list of lists; empty if the statement returns none
---@return string? message
function driver.exec(handle, sql, ...)
  if not handle.connection then return nil, "the connection is closed" end
  local statement, words = prepared(handle, sql)
  if not statement then return nil, clean(words) end
  local ok, good, problem = pcall(statement.execute, statement, ...)
  if not ok or not good then
    forget_failed(handle, sql)
    return nil, clean(ok and problem or good)
  end
  handle.changed = statement:affected()
  local fetched, rows = pcall(fetch_all, statement)
  if not fetched then
    forget_failed(handle, sql)
    return nil, clean(rows)
  end
  return rows
end

--- Closes a connection; may be called twice.
---@param handle table
function driver.close(handle)
  if not handle.connection then return end
  forget_statements(handle)
  pcall(handle.connection.close, handle.connection)
  handle.connection = nil
end

--- Whether the database still responds on this connection.
---@param handle table
---@return boolean
function driver.alive(handle)
  if not handle.connection then return false end
  local ok, alive = pcall(handle.connection.ping, handle.connection)
  return ok and alive == true
end

--- Number of rows that the last statement changed.
---@param handle table
---@return integer
function driver.affected(handle)
  return math.tointeger(handle.changed) or 0
end

return driver
