-- SPDX-License-Identifier: MIT
-- Rate, budget and pauses of routes, shared by all machines. One row per route, so that pausing a million rows is one small update.

local json = require "sms.json"

local limits = {}

--- The time until which a paused route waits: the year 9999, in ms since 1970.
limits.NEVER = 253370764800000

--- Condition that a lane `la` has a ready row, with room for further conditions. Order and limit make it use the index whatever the
--- statistics say; `exists` may become a join over the whole table.
limits.READY = "(select 1 from sms.message m where m.lane_id = la.id and m.state = 'ready'%s order by m.due_at, m.id limit 1) is not null"

local DAY = 86400 * 1000

local SET = [[insert into sms.limits (route, per_second, burst, tokens, filled_at, cap_messages, cap_segments, cap_cost, period, period_at)
  values (?, ?, ?, 0, :now, ?, ?, ?, ?, :now) on conflict (route) do update set per_second = excluded.per_second, current = null,
  burst = excluded.burst, not_before = case when limits.reason = 'budget' then null else limits.not_before end,
  reason = case when limits.reason = 'budget' then null else limits.reason end, cap_messages = excluded.cap_messages,
  cap_segments = excluded.cap_segments, cap_cost = excluded.cap_cost, period = excluded.period]]

local BUDGETS = { "messages", "segments", "cost" }

--- What is wrong with limits, or nil. Daily and total budgets share their counters, so a route has one kind.
function limits.problem(options)
  local daily, whole
  for _, name in ipairs(BUDGETS) do
    daily = daily or options[name .. "_per_day"] and name .. "_per_day"
    whole = whole or options[name] and name
  end
  if daily and whole then return ("set a daily or a total budget, not both: '%s' or '%s'"):format(daily, whole) end
end

--- Sets the rate and budget of a route. If it was waiting for its former budget, it continues.
---@param options { per_second: number?, burst: number?, messages: integer?, segments: integer?, cost: number?, messages_per_day: integer?,
---  segments_per_day: integer?, cost_per_day: number? }
function limits.set(db, route, options)
  local o = options
  local daily = o.messages_per_day or o.segments_per_day or o.cost_per_day
  db:run(SET, route, o.per_second, o.burst or 1, o.messages_per_day or o.messages, o.segments_per_day or o.segments, o.cost_per_day
    or o.cost,
    daily and DAY or nil)
end

--- Pauses a route until it is resumed.
function limits.pause(db, route, reason)
  db:run([[insert into sms.limits (route, not_before, reason, filled_at, period_at) values (?, :at(?), ?, :now, :now)
    on conflict (route) do update set not_before = excluded.not_before, reason = excluded.reason]], route, limits.NEVER,
    (reason:gsub("%z", "?")))
end

--- Resumes a route at full speed.
---@return boolean there
function limits.resume(db, route)
  return db:run("update sms.limits set not_before = null, reason = null, current = null where route = ?", route) > 0
end

--- Reacts to `rate_limited` of the provider: sends nothing for this many seconds, then at half the rate, which recovers within a minute.
function limits.slow(db, route, seconds)
  db:run([[insert into sms.limits (route, not_before, reason, filled_at, period_at) values (?, :after(?), 'rate limited', :now, :now)
    on conflict (route) do update set not_before = excluded.not_before, reason = excluded.reason,
    current = case when limits.per_second is null then null else coalesce(limits.current, limits.per_second) / 2 end]],
    route, math.floor(math.max(seconds, 0) * 1000))
end

local UNSERVED = [[select distinct la.route from sms.lane la join sms.run r on r.id = la.run_id where r.state = 'active'
  and la.route not in :list(?)
  and ]] .. limits.READY:format ""

--- Routes that have ready rows but are not in a list.
---@return string[]
function limits.unserved(db, names)
  local out = {}
  for i, row in ipairs(db:all(UNSERVED, json.encode(names))) do out[i] = row[1] end
  return out
end

--- Routes of a list that are paused, with their reasons.
---@return { route: string, reason: string }[]
function limits.held(db, names)
  local out = {}
  local ok, rows = pcall(db.all, db, "select route, reason from sms.limits where route in :list(?) and not_before >= :at(?)",
    json.encode(names),
    limits.NEVER)
  for i, row in ipairs(ok and rows or {}) do out[i] = { route = row[1], reason = row[2] } end
  return out
end

return limits
