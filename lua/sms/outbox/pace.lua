-- SPDX-License-Identifier: MIT
-- The pace of a worker, for progress displays: rows by outcome, segments, cost and response times, one row of the table
-- `pace` per second, run and provider, so that no messages are scanned. When a worker dies, the last second or two of its
-- pace are lost; counts that must be exact come from the messages.

local breaker = require("sms.failover").breaker
local core = require "sms.core"
local json = require "sms.json"
local store = require "sms.outbox.store"

local pace = {}
pace.__index = pace

-- Response times are counted in classes that each extend 10 % beyond the previous one, so that percentiles are within 5 %.
local GROWTH = 1.1

--- The histogram class of a response time.
---@param seconds number
---@return integer class  0 is below a millisecond
function pace.class(seconds)
  local ms = seconds * 1000
  return ms < 1 and 0 or math.floor(math.log(ms, GROWTH)) + 1
end

--- The response time that represents a class.
---@return integer milliseconds
function pace.milliseconds(class)
  return class == 0 and 0 or math.floor(GROWTH ^ (class - 0.5) + 0.5)
end

local OUTCOMES = { accepted = true, not_sent = true, unknown = true }

--- The pace of a worker.
---@param routes table<string, table>  as `sms.outbox.routes` reads them
---@return table
function pace.new(routes)
  return setmetatable({
    routes = routes, seconds = {}, first = math.huge, breakers = "{}", newest = {}, offset = store.wall() / 1000 - core.now(),
  }, pace)
end

-- The counts of a run and provider in one second. Most rows belong to the same entry as the previous one.
local function entry_of(self, second, run, provider)
  local newest = self.newest
  if newest.second == second and newest.run == run and newest.provider == provider then return newest end
  local list = self.seconds[second]
  if not list then
    list = {}
    self.seconds[second] = list
    self.first = math.min(self.first, second)
  end
  for _, entry in ipairs(list) do
    if entry.run == run and entry.provider == provider then
      self.newest = entry
      return entry
    end
  end
  local entry = {
    second = second, run = run, provider = provider, accepted = 0, not_sent = 0, unknown = 0, segments = 0, cost = 0, times = {},
  }
  list[#list + 1], self.newest = entry, entry
  return entry
end

--- Counts the outcome of a row. An attempt after which the row is ready again is not counted.
---@param run integer
---@param result any[]        as `sms.outbox.outcome` makes it
---@param segments integer?   as planned
---@param began number        when its call began, by `core.now`
---@param ended number        and when it had ended
function pace:add(run, result, segments, began, ended)
  local outcome = result[3]
  if not OUTCOMES[outcome] then return end
  local entry = entry_of(self, (ended + self.offset) // 1 | 0, run, result[4] or "")
  entry[outcome] = entry[outcome] + 1
  if outcome == "accepted" then
    entry.segments = entry.segments + (result[10] or segments or 1)
    entry.cost = entry.cost + (result[9] or 0)
  end
  local class = pace.class(ended - began)
  entry.times[class] = (entry.times[class] or 0) + 1
end

---------------------------------------------------------------- writing

-- The second is that of the database's clock, since this machine's may differ. Adding half a second avoids rounding at its boundaries.
local INSERT = [[insert into sms.pace (run_id, worker_id, second, provider, accepted, not_sent, unknown, segments, cost, times)
  values (?, ?, (cast(:ms(:now) as bigint) - cast(? as bigint)) / 1000, ?, ?, ?, ?, ?, ?, ?)]]

-- Counts by class as text: "12:3 15:20".
local function packed(times)
  local out = {}
  for class, count in pairs(times) do out[#out + 1] = ("%d:%d"):format(class, count) end
  return table.concat(out, " ")
end

--- The reverse: adds packed counts to a table of counts by class.
---@param text string
---@param times table<integer, integer>
function pace.unpack(text, times)
  for digits, count in text:gmatch "(%d+):(%d+)" do
    local class = math.tointeger(tonumber(digits))
    times[class] = (times[class] or 0) + math.tointeger(tonumber(count))
  end
end

-- The breakers of failover groups: state, and milliseconds since 1970 at which an open one lets a probe through.
local function breakers_of(routes)
  local out, now = {}, core.now()
  for _, route in pairs(routes) do
    for _, member in ipairs(type(route.client) == "table" and rawget(route.client, "members") or {}) do
      local state = breaker.state(member.breaker, now)
      local left = state == "open" and member.breaker.opened + member.breaker.reset - now or 0
      out[#out + 1] = { provider = member.name, state = state, probe_in = math.ceil(left) }
    end
  end
  table.sort(out, function(a, b) return a.provider < b.provider end)
  return json.encode(out[1] and out or json.empty_array)
end

--- Whether completed seconds have not been written yet.
---@return boolean
function pace:is_due()
  return self.first < store.wall() // 1000
end

--- Returns an action for the transaction of the next exchange that writes completed seconds; nil if there are none.
---@param session table   of the worker
---@param all? boolean    the present second, too
---@return (fun(db: table))? action
function pace:take(session, all)
  local wall, entries = store.wall(), {}
  local now, first = wall // 1000, math.huge
  self.newest, self.offset = {}, wall / 1000 - core.now()
  for second, list in pairs(self.seconds) do
    if all or second < now then
      table.move(list, 1, #list, #entries + 1, entries)
      self.seconds[second] = nil
    else
      first = math.min(first, second)
    end
  end
  self.first = first
  local breakers = breakers_of(self.routes)
  local changed = breakers ~= self.breakers
  if not entries[1] and not changed then return nil end
  self.breakers = breakers
  return function(db)
    for _, entry in ipairs(entries) do
      local age = store.wall() - entry.second * 1000 - 500
      db:run(INSERT, entry.run, session.id, age, entry.provider, entry.accepted, entry.not_sent, entry.unknown, entry.segments, entry.cost,
        packed(entry.times))
    end
    if changed then db:run("update sms.worker set breakers = ?, breakers_at = :now where id = ?", breakers, session.id) end
  end
end

return pace
