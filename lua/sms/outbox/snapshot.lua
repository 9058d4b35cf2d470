-- SPDX-License-Identifier: MIT
-- The state of a run for progress displays. Rates, times and history come from the pace that workers write; counts from
-- partial indexes of the messages. Counting many rows is slow, so it is done rarely, and the pace written since then is added.

local core = require "sms.core"
local history = require "sms.outbox.history"
local json = require "sms.json"
local limits = require "sms.outbox.limits"
local quiet = require "sms.outbox.quiet"
local runs = require "sms.outbox.runs"

local snapshot = {}

--- Reciprocal of the maximum share of time spent counting: after a count of 0.1 s, the next one is 2 s later.
snapshot.SHARE = 20

-- Seconds: window of the current rate; window for the time left; minimum age of a run for that; rows due later than this are scheduled.
local RATE, WINDOW, LEAST, LATER = 5, 30, 10, 600

-- Cached state of each run of a database.
local kept = setmetatable({}, { __mode = "k" })

local function integer(text) return math.tointeger(tonumber(text)) end

---------------------------------------------------------------- counts

local READY = [[select cast(m.lane_id as text), cast(count(*) as text),
    cast(sum(case when m.due_at > :after(?) then 1 else 0 end) as text)
  from sms.message m where m.state = 'ready' and m.lane_id in (select id from sms.lane where run_id = ?) group by m.lane_id]]

-- Must be written like the condition of the partial index `message_failed`: SQLite doesn't recognise an equivalent list of states.
local REASONS = [[select state, coalesce(reason, ''), cast(count(*) as text), min(error) from sms.message
  where run_id = ? and (state = 'not_sent' or state = 'unknown' or state = 'cancelled') group by state, coalesce(reason, '')]]

local function count(db, run, base)
  local out = { ready = 0, lanes = {}, not_sent = 0, unknown = 0, cancelled = 0, reasons = {}, base = {} }
  for _, row in ipairs(db:all(READY, LATER * 1000, run.id)) do
    local n = integer(row[2])
    out.ready = out.ready + n
    out.lanes[row[1]] = { ready = n, later = integer(row[3]) }
  end
  for _, row in ipairs(db:all(REASONS, run.id)) do
    local n = integer(row[3])
    out[row[1]] = out[row[1]] + n
    out.reasons[#out.reasons + 1] = { state = row[1], kind = row[2], count = n, example = row[4] }
  end
  for name, value in pairs(base) do out.base[name] = value end
  return out
end

-- The cached counts, or new ones if counting is cheap, the last count is old, or the run has changed its state.
local function counted(db, run, own)
  local began = core.now()
  if own.state ~= run.state or began >= own.next_count then
    own.state, own.counts = run.state, count(db, run, own.history.totals)
    own.next_count = core.now() + (core.now() - began) * snapshot.SHARE
  end
  return own.counts
end

-- The pace written since the count.
local function since(counts, totals, outcome)
  return totals[outcome] - counts.base[outcome]
end

---------------------------------------------------------------- held

local LANES = [[select cast(la.id as text), la.route, la.guarded, li.per_second, li.current, :ms(li.not_before), li.reason
  from sms.lane la left join sms.limits li on li.route = la.route where la.run_id = ?]]

local function lanes_of(db, run)
  local out, open = {}, quiet.open_lanes(db)
  for i, row in ipairs(db:all(LANES, run.id)) do
    local from = tonumber(row[6])
    out[i] = { id = row[1], route = row[2], closed = row[3] == 1 and not open[row[1]], per_second = row[4], current = row[5],
      not_before = from, reason = row[7], paused = from ~= nil and from >= limits.NEVER }
  end
  return out
end

-- Rows that are held although ready, and rows that will not be sent although valid, by reason.
local function held_of(run, counts, lanes)
  local held, ready = {}, 0
  local function add(why, n)
    if n > 0 then held[why] = (held[why] or 0) + n end
  end
  for _, reason in ipairs(counts.reasons) do
    if reason.state == "not_sent" and reason.kind == "held" then add("other numbers", reason.count) end
  end
  for _, lane in ipairs(lanes) do
    local own = counts.lanes[lane.id]
    local words = own and (lane.closed and "quiet hours" or lane.paused and "route paused")
    local n = words and own.ready or own and own.later or 0
    if run.state == "active" or not words then add(words or "scheduled", n) end
    ready = ready + n
  end
  return held, ready
end

---------------------------------------------------------------- activity

local function rate_limit(lanes)
  local sum, seen = 0, {}
  for _, lane in ipairs(lanes) do
    if not lane.per_second then return nil end
    if not seen[lane.route] then sum = sum + lane.per_second end
    seen[lane.route] = true
  end
  return lanes[1] and sum or nil
end

local function routes_of(lanes, now)
  local out, seen = {}, {}
  for _, lane in ipairs(lanes) do
    if not seen[lane.route] then
      local left = lane.not_before and not lane.paused and lane.not_before > now and (lane.not_before - now) / 1000 or nil
      local waits = lane.paused or left
      out[#out + 1] = { route = lane.route, limit = lane.per_second, paused = lane.paused, resumes_in = left and math.ceil(left),
        reason = waits and lane.reason or nil }
    end
    seen[lane.route] = true
  end
  return out
end

local BREAKERS = [[select breakers, :ms(breakers_at) from sms.worker
  where ended_at is null and alive_until > :now and breakers is not null]]

local WORSE = { closed = 1, half_open = 2, open = 3 }

-- The circuit breakers of all live workers: the worst state for each provider.
local function breakers_of(db, now)
  local out = {}
  for _, row in ipairs(db:all(BREAKERS)) do
    for _, entry in ipairs(json.decode(row[1]) or {}) do
      local left = math.max(0, math.ceil((entry.probe_in or 0) - (now - tonumber(row[2])) / 1000))
      local state = entry.state == "open" and left == 0 and "half_open" or entry.state
      local before = out[entry.provider]
      if not before or WORSE[state] > WORSE[before.breaker] then
        out[entry.provider] = { breaker = state, probe_in = state == "open" and left or nil }
      end
    end
  end
  return out
end

local function providers_of(db, own, now, rates)
  local breakers, out, names = breakers_of(db, now), {}, {}
  for name in pairs(own.history.providers) do names[name] = true end
  for name in pairs(breakers) do names[name] = true end
  for name in pairs(names) do
    local state = breakers[name] or {}
    out[#out + 1] = { name = name, rate = math.floor((rates[name] or 0) + 0.5), breaker = state.breaker, probe_in = state.probe_in }
  end
  table.sort(out, function(a, b) return a.name < b.name end)
  return json.array(out)
end

--- Descriptions of the reasons of rows; other reasons are kinds of errors.
snapshot.WORDS = {
  absent = "not in the provider's history", auth = "credentials refused", cancelled = "cancelled",
  copy = "may have been sent before the copy was made",
  duplicate = "the number is in the list twice", expired = "expired before it was sent", forbidden = "not allowed",
  invalid = "refused as invalid", network = "the connection broke", no_number = "no phone number", not_found = "not found",
  optout = "opted out", rate_limited = "rate limited, no attempts left", rejected = "refused", server = "provider server error",
  timeout = "no response in time", tls = "TLS failed", variable = "a variable is missing", decode = "unexpected response",
  ["worker died"] = "the worker died",
}

local function reasons_of(counts)
  local out = {}
  for _, reason in ipairs(counts.reasons) do
    local outcome = reason.state == "unknown" and "unknown" or "not_sent"
    if not (outcome == "not_sent" and reason.kind == "held") then
      local kind = reason.state == "cancelled" and "cancelled" or reason.kind
      out[#out + 1] = { outcome = outcome, state = reason.state, kind = kind, words = snapshot.WORDS[kind] or kind, count = reason.count,
        example = reason.example }
    end
  end
  table.sort(out, function(a, b) return a.count > b.count or a.count == b.count and a.kind < b.kind end)
  return json.array(out)
end

local function state_of(run, going, in_flight)
  if run.state == "active" or run.state == "paused" then
    if run.kind == "list" and run.rows > 0 and going + in_flight == 0 then return "done" end
    if run.reason == "stop" and run.state == "paused" then return in_flight > 0 and "stopping" or "stopped" end
    return run.state == "active" and "running" or "paused"
  end
  return run.state
end

local function rounded(value) return value and math.floor(value + 0.5) end

-- Seconds left at the rate of the last half minute, capped by the limit; nil if the run is stalled or has just started.
local function time_left(state, going, rate, limit, seconds)
  if state ~= "running" or seconds < LEAST or rate <= 0 then return nil end
  return math.ceil(going / (limit and math.min(rate, limit) or rate))
end

local MOMENT = [[select cast(r.id as text), :ms(coalesce(r.applied_at, r.made_at)), :ms(:now),
    (select cast(count(*) as text) from sms.message m where m.worker_id > 0 and +m.run_id = r.id),
    (select cast(count(*) as text) from sms.worker where ended_at is null and alive_until > :now), :ms(r.made_at)
  from sms.run r where r.name = ?]]

-- `made`: when the run was planned; SQLite gives the id of a deleted run to a new one.
local function kept_of(db, run, made)
  local all = kept[db] or {}
  kept[db] = all
  local own = all[run.id]
  if not own or own.name ~= run.name or own.made ~= made then
    own = { name = run.name, made = made, history = history.new() }
    all[run.id] = own
  end
  return own
end

-- End of the series: for an active run, before the seconds that workers have not written yet.
local function last_second(own, state, now)
  if state == "running" or state == "stopping" then return now // 1000 - 2 end
  return own.history.latest and (own.history.latest + 1) * own.history.step - 1 or 0
end

--- The state of a run. Times are seconds since 1970 by the database's clock.
---@param name string
---@return table snapshot `{ name, plan, state, reason, started, now, planned, accepted, not_sent, unknown, held, in_flight, workers,
---  segments, cost, rate, eta, latency, providers, routes, reasons, series }`; unknown values are absent
function snapshot.of(db, name)
  local run = runs.get(db, name)
  local moment = db:one(MOMENT, name)
  local own = kept_of(db, run, moment[6])
  local now, started, in_flight = integer(moment[3]), integer(moment[2]), integer(moment[4])
  own.history:read(db, run.id, now // 1000)
  local counts, totals, lanes = counted(db, run, own), own.history.totals, lanes_of(db, run)
  local held, waiting = held_of(run, counts, lanes)
  local refused = counts.not_sent + counts.cancelled - (held["other numbers"] or 0)
  local fresh = { accepted = since(counts, totals, "accepted"), not_sent = since(counts, totals, "not_sent"),
    unknown = since(counts, totals, "unknown") }
  local ready = math.max(0, counts.ready - fresh.accepted - fresh.not_sent - fresh.unknown)
  local not_sent, unknown = refused + fresh.not_sent, counts.unknown + fresh.unknown
  local accepted = run.rows - ready - in_flight - not_sent - unknown - (held["other numbers"] or 0)
  local state = state_of(run, ready, in_flight)
  local limit, age = rate_limit(lanes), math.max(1, (now - started) // 1000 - 2)
  local rate, rates = own.history:rate(now // 1000, math.min(RATE, age))
  return {
    name = run.name, plan = run.digest, state = state, reason = run.state == "paused" and run.reason or nil, started = started / 1000,
    now = now / 1000, planned = run.rows, accepted = math.max(0, accepted), not_sent = not_sent, unknown = unknown, held = held,
    in_flight = in_flight, workers = integer(moment[5]), segments = totals.segments, cost = totals.cost > 0 and totals.cost or nil,
    rate = { now = rounded(rate), limit = limit }, latency = own.history:latency(now // 1000),
    providers = providers_of(db, own, now, rates),
    eta = time_left(state, ready - waiting + in_flight, own.history:rate(now // 1000, math.min(WINDOW, age)), limit, age + 2),
    routes = json.array(routes_of(lanes, now)), reasons = reasons_of(counts),
    series = own.history:series(started // 1000, last_second(own, state, now)),
  }
end

return snapshot
