-- SPDX-License-Identifier: MIT
-- The history of a run, read from the table `pace`: a series of at most 600 steps, totals, rates and response times. Entries are
-- cached, so that each call reads only new ones.

local pace = require "sms.outbox.pace"

local history = {}
history.__index = history

--- Maximum steps of a series; a step is 1 s, and doubles as the run grows.
history.MOST = 600

local RECENT = 40    -- seconds that are also kept individually, for current rates and response times
local CHUNK = 5000   -- rows per statement
-- Ids are assigned before the commit, so a lower id may become visible after a higher one: this many are read again each time.
local OVERLAP = 200

--- An empty history.
---@return table
function history.new()
  return setmetatable({
    step = 1, steps = {}, recent = {}, last = 0, seen = {}, providers = {},
    totals = { accepted = 0, not_sent = 0, unknown = 0, segments = 0, cost = 0 },
  }, history)
end

local function bucket(list, key)
  local found = list[key]
  if not found then
    found = { accepted = 0, not_sent = 0, unknown = 0, times = {}, providers = {} }
    list[key] = found
  end
  return found
end

local OUTCOMES = { "accepted", "not_sent", "unknown" }

local function merge(into, from)
  for _, outcome in ipairs(OUTCOMES) do into[outcome] = into[outcome] + from[outcome] end
  for class, count in pairs(from.times) do into.times[class] = (into.times[class] or 0) + count end
end

local function widen(self)
  local steps = {}
  for key, old in pairs(self.steps) do merge(bucket(steps, key // 2), old) end
  self.steps, self.step = steps, self.step * 2
  self.first, self.latest = self.first // 2, self.latest // 2
end

-- Makes room for a second in the series.
local function reach(self, second)
  local key = second // self.step
  self.first, self.latest = math.min(self.first or key, key), math.max(self.latest or key, key)
  while self.latest - self.first >= history.MOST do widen(self) end
end

local function add(self, row)
  local second, provider = math.tointeger(tonumber(row[2])), row[3]
  local entry = { accepted = tonumber(row[4]), not_sent = tonumber(row[5]), unknown = tonumber(row[6]), times = {} }
  pace.unpack(row[9], entry.times)
  reach(self, second)
  merge(bucket(self.steps, second // self.step), entry)
  local now = bucket(self.recent, second)
  merge(now, entry)
  if provider ~= "" then
    self.providers[provider] = true
    now.providers[provider] = (now.providers[provider] or 0) + entry.accepted + entry.not_sent + entry.unknown
  end
  local totals = self.totals
  for _, outcome in ipairs(OUTCOMES) do totals[outcome] = math.tointeger(totals[outcome] + entry[outcome]) end
  totals.segments, totals.cost = totals.segments + math.tointeger(tonumber(row[7])), totals.cost + tonumber(row[8])
end

local ROWS = [[select cast(id as text), cast(second as text), provider, cast(accepted as text), cast(not_sent as text),
    cast(unknown as text), cast(segments as text), cast(cost as text), times
  from sms.pace where run_id = cast(? as bigint) and id > cast(? as bigint) order by id limit ]] .. CHUNK

-- Drops entries that are too old to be used.
local function tidy(self, now)
  for second in pairs(self.recent) do
    if second < now - RECENT then self.recent[second] = nil end
  end
  for id in pairs(self.seen) do
    if id <= self.last - OVERLAP then self.seen[id] = nil end
  end
end

--- Reads what workers have written since the last call.
---@param db table
---@param run_id integer
---@param now integer  seconds
function history:read(db, run_id, now)
  local from = math.max(0, self.last - OVERLAP)
  repeat
    local rows = db:all(ROWS, run_id, from)
    for _, row in ipairs(rows) do
      local id = math.tointeger(tonumber(row[1]))
      if not self.seen[id] then add(self, row) end
      self.seen[id], from = true, id
    end
    self.last = math.max(self.last, from)
  until #rows < CHUNK
  tidy(self, now)
end

--- Rows per second over a number of whole seconds before `now`, in total and by provider. The last complete second may not be
--- written yet.
---@param now integer
---@param seconds integer
---@return number
---@return table<string, number>
function history:rate(now, seconds)
  local sum, providers = 0, {}
  for second = now - 1 - seconds, now - 2 do
    local entry = self.recent[second]
    if entry then
      sum = sum + entry.accepted + entry.not_sent + entry.unknown
      for name, count in pairs(entry.providers) do providers[name] = (providers[name] or 0) + count / seconds end
    end
  end
  return sum / seconds, providers
end

-- A percentile of the counted times in milliseconds; nil if there are none.
local function percentile(times, part)
  local classes, total = {}, 0
  for class, count in pairs(times) do classes[#classes + 1], total = class, total + count end
  table.sort(classes)
  local upto = 0
  for _, class in ipairs(classes) do
    upto = upto + times[class]
    if upto >= total * part then return pace.milliseconds(class) end
  end
end

--- Median and 95th percentile of the response times in the last half minute, or nil.
---@param now integer
---@return { p50: integer, p95: integer }?
function history:latency(now)
  local all = { accepted = 0, not_sent = 0, unknown = 0, times = {} }
  for second = now - 31, now do
    if self.recent[second] then merge(all, self.recent[second]) end
  end
  if not next(all.times) then return nil end
  return { p50 = percentile(all.times, 0.5), p95 = percentile(all.times, 0.95) }
end

--- The series between two seconds, inclusive.
---@param from integer  seconds since 1970
---@param to integer
---@return { from: integer, step: integer, accepted: integer[], not_sent: integer[], unknown: integer[], p50: integer[], p95: integer[] }
---  `false` in `p50` and `p95` is a step without responses
function history:series(from, to)
  reach(self, from)
  reach(self, math.max(from, to))
  local out = { from = self.first * self.step, step = self.step, accepted = {}, not_sent = {}, unknown = {}, p50 = {}, p95 = {} }
  for key = self.first, self.latest do
    local entry, i = self.steps[key], key - self.first + 1
    for _, outcome in ipairs(OUTCOMES) do out[outcome][i] = entry and math.tointeger(entry[outcome]) or 0 end
    out.p50[i], out.p95[i] = entry and percentile(entry.times, 0.5) or false, entry and percentile(entry.times, 0.95) or false
  end
  return out
end

return history
