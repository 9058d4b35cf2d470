-- SPDX-License-Identifier: MIT
-- For specs of the outbox: an empty outbox on each engine, and a client whose provider is a function.

local cjson = require "cjson"
local driver = require "sms.outbox.driver"
local postgres = require "spec.support.postgres"
local sms = require "sms"
local worker = require "sms.outbox.worker"

local support = {}

local cluster
local hurried = {} -- what was there before

--- The engines of this machine. Each has a `name`, `absent` (a reason) or `address()`: that of an empty database.
function support.engines()
  return {
    { name = "SQLite", address = function()
      local path = os.tmpname()
      os.remove(path)
      return "sqlite:" .. path .. ".db"
    end },
    { name = "PostgreSQL", absent = postgres.absent(), address = function()
      cluster = cluster or postgres.new()
      return cluster:database()
    end },
  }
end

--- Opens the outbox of an empty database.
---@param engine table  one of `support.engines()`
---@return table outbox, string address
function support.open(engine)
  local address = engine.address()
  return assert(sms.outbox.open(address)), address
end

--- Closes an outbox and removes its files.
function support.close(outbox, address)
  outbox:close()
  support.remove(address)
end

--- Makes workers look, wait and linger for shorter times than the real ones, until `support.finish`.
---@param seconds table<string, number>  by the names of `sms.outbox.worker`
function support.hurry(seconds)
  for name, value in pairs(seconds) do
    hurried[name] = hurried[name] or worker[name]
    worker[name] = value
  end
end

--- Ends what was started, and puts back what was changed.
function support.finish()
  if cluster then cluster:close() end
  cluster = nil
  for name, value in pairs(hurried) do worker[name] = value end
  hurried = {}
end

--- Removes the files of an outbox.
function support.remove(address)
  local path = address:match "^sqlite:(.*)$"
  for _, more in ipairs(path and { "", "-wal", "-shm" } or {}) do os.remove(path .. more) end
end

--- Carries out a statement beside the outbox; tables are written with `sms.` before them.
function support.sql(address, sql, ...)
  local path = address:match "^sqlite:(.*)$"
  local handle = assert(driver.open(path and "SQLite3" or "PostgreSQL", path or address))
  if path then sql = sql:gsub("sms%.", "") end
  local rows = assert(driver.exec(handle, sql, ...))
  driver.close(handle)
  return rows
end

--- A client whose provider is `answer(text, n)`, called with the decoded request and how many there were for this recipient: it returns
--- a status and a body, or nil and what failed. The client counts: `sent[number]`.
---@return table client
---@return table<string, integer> sent
function support.client(response, options)
  local sent = {}
  local own = { email = "spec@example.org", token = "spec", retries = 0 }
  for name, value in pairs(options or {}) do own[name] = value end
  own.transport = function(request)
    local text = cjson.decode(request.body)
    local to = text.recipientNumber
    sent[to] = (sent[to] or 0) + 1
    local status, body, headers = 200, nil, {}
    if response then status, body, headers = response(text, sent[to]) end
    if not status then return nil, body end
    headers = headers or {}
    headers["content-type"] = "application/json"
    return { status = status, headers = headers, body = body or ('{"messageId":"id%s","error":null}'):format(to:sub(2)) }
  end
  return sms.zoomconnect(own), sent
end

--- Numbers of the region ZA, as a list of rows.
function support.rows(count, more)
  local out = {}
  for i = 1, count do
    out[i] = { to = ("+2782%07d"):format(i), vars = { name = "N" .. i } }
    for name, value in pairs(more or {}) do out[i][name] = value end
  end
  return out
end

local function merged(own, options)
  for name, value in pairs(options or {}) do own[name] = value end
  return own
end

--- Plans the run "june" of so many rows and applies it.
function support.planned(outbox, count, options)
  local own = merged({ text = "Hi {name}", route = "zc", region = "ZA" }, options)
  local plan = assert(outbox:plan("june", support.rows(count), own))
  return assert(outbox:apply("june", plan.digest))
end

--- Works until the outbox is drained, with a client as the route "zc".
function support.work(outbox, client, options)
  return assert(outbox:work(merged({ routes = { zc = client }, drain = true }, options)))
end

return support
