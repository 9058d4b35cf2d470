-- SPDX-License-Identifier: MIT
-- The hot path of an outbox in SQLite, one transaction: settle results, write the heartbeat, claim and mark the next rows. The same
-- as the function `sms.exchange` of PostgreSQL.

local json = require "sms.json"
local limits = require "sms.outbox.limits"

local exchange = {}

local SETTLE = [[update sms.message set state = ?, provider = coalesce(?, provider), provider_id = coalesce(?, provider_id), reason = ?,
    error = ?, due_at = coalesce(?, due_at), cost = coalesce(?, cost), segments = coalesce(?, segments), settled_at = ?, worker_id = null,
    call_reference = coalesce(?, call_reference)
  where id = ? and attempt = ? and (state in ('sending', 'unknown') or state = 'accepted' and ? = 'accepted' and provider_id is null
    or state in ('not_sent', 'ready') and ? = 'accepted')]]

local GIVE_BACK = { [[update sms.limits set used_messages = max(0, used_messages - 1),
    used_segments = max(0, used_segments - (select coalesce(segments, 1) from sms.message where id = ?)),
    used_cost = max(0, used_cost - (select coalesce(cost, 0) from sms.message where id = ?))
  where route = (select route from sms.lane where id = (select lane_id from sms.message where id = ?))
    and coalesce(cap_messages, cap_segments, cap_cost) is not null]],
  [[update sms.run set used_messages = max(0, used_messages - 1),
    used_segments = max(0, used_segments - (select coalesce(segments, 1) from sms.message where id = ?)),
    used_cost = max(0, used_cost - (select coalesce(cost, 0) from sms.message where id = ?))
  where id = (select run_id from sms.message where id = ?) and coalesce(cap_messages, cap_segments, cap_cost) is not null]] }

-- A delivery status joins its row: rank and time never go backwards; a report proves that the provider took the message.
local JOIN = [[update sms.message set
    state = case when state <> 'cancelled' and attempt > 0 then 'accepted' else state end,
    reason = case when state not in ('cancelled', 'accepted') and attempt > 0 then 'report' else reason end,
    settled_at = coalesce(settled_at, :now), worker_id = null, provider = coalesce(provider, ?), provider_id = coalesce(provider_id, ?),
    status = case when ? > status_rank or ? = status_rank and ? > coalesce(status_at, 0) then ? else status end,
    status_at = case when ? > status_rank or ? = status_rank and ? > coalesce(status_at, 0) then ? else status_at end,
    status_rank = max(status_rank, ?), segments = coalesce(?, segments), cost = coalesce(cost, ?)
  where id = ?]]

--- Joins a delivery event and its row.
function exchange.join(self, id, event)
  local rank, happened = event.rank, event.happened
  self:run(JOIN, event.provider, event.id, rank, rank, happened, event.status, rank, rank, happened, happened, rank, event.parts,
    event.price, id)
end

-- Events of the row's provider that arrived before the row had its provider id, or the reference of its call.
local PARKED_EVENTS = [[select key, provider, status, cast(at as text), json_extract(body, '$.rank'),
    json_extract(body, '$.parts'), json_extract(body, '$.price'), provider_id from sms.event
  where %s = ? and message_id is null and kind = 'delivery'
    and provider = coalesce((select m.provider from sms.message m where m.id = ?), provider)
    and (? is null or ltrim(json_extract(body, '$.to'), '+') = (select ltrim(recipient, '+') from sms.message where id = ?))]]

local BY_ID, BY_CALL = PARKED_EVENTS:format "provider_id", PARKED_EVENTS:format "reference"

-- `call`: the reference, if rows share it; only events for the row's number are joined then.
local function join_events(self, sql, value, id, call)
  for _, event in ipairs(self:all(sql, value, id, call or nil, id)) do
    self:run("update sms.event set message_id = ? where key = ?", id, event[1])
    exchange.join(self, id, {
      provider = event[2], id = event[8], status = event[3], happened = math.tointeger(tonumber(event[4])), rank = event[5] or 0,
      parts = event[6], price = event[7],
    })
  end
end

local function join_parked(self, id, provider_id, call)
  if provider_id then join_events(self, BY_ID, provider_id, id, call) end
  if call then join_events(self, BY_CALL, call, id, call) end
end

-- A result that changed nothing: it is late unless the same was written before.
local function note_unless_repeated(self, result, late)
  local id = result[1]
  if not self:one("select 1 from sms.message where id = ? and attempt = ? and state = ?", id, result[2], result[3]) then
    late[#late + 1] = id
  end
end

-- Results other than a plain acceptance.
local function settle_one(self, result, now, late)
  local id, attempt, state, provider_id = result[1], result[2], result[3], result[5] or nil
  local due = state == "ready" and now + (result[8] or 0) or nil
  if self:run(SETTLE, state, result[4] or nil, provider_id, result[6] or nil, result[7] or nil, due, result[9] or nil, result[10] or nil,
    now, result[11] or nil, id, attempt, state, state) == 0 then
    note_unless_repeated(self, result, late)
  elseif state == "not_sent" or state == "ready" then
    for _, sql in ipairs(GIVE_BACK) do self:run(sql, id, id, id) end
  else
    join_parked(self, id, provider_id, result[11])
  end
end

-- Most results are plain acceptances: one statement settles this many of one provider. If there are fewer, it is padded with rows of
-- nulls. Few providers return cost and segments immediately, and a statement that does not write them is cheaper.
local CHUNK = 25

local SETTLE_YES = [[with result (%s) as (values %s)
  update sms.message set state = 'accepted', provider = coalesce(?, message.provider),
    provider_id = coalesce(result.provider_id, message.provider_id), reason = null, error = null, settled_at = ?, worker_id = null%s
  from result where message.id = result.id and message.attempt = result.attempt
    and (state in ('sending', 'unknown') or state = 'accepted' and message.provider_id is null or state in ('not_sent', 'ready'))]]

-- A statement for results, of which it uses the fields at these places; see `exchange.run`.
local function settling(places, columns, more)
  local row = "(" .. ("?, "):rep(#places):sub(1, -3) .. "), "
  return { places = places, sql = SETTLE_YES:format(columns, row:rep(CHUNK):sub(1, -3), more) }
end

local BARE = settling({ 1, 2, 5 }, "id, attempt, provider_id", "")
local PRICED = settling({ 1, 2, 5, 9, 10 }, "id, attempt, provider_id, cost, segments",
  ", cost = coalesce(result.cost, message.cost), segments = coalesce(result.segments, message.segments)")

local SOME_PARKED = "select 1 from sms.event where message_id is null and provider_id is not null limit 1"

local PARKED = [[select distinct provider_id from sms.event where message_id is null and provider_id in :list(?) and kind = 'delivery']]

local function join_all_parked(self, results, late)
  local ids, list, is_late = {}, {}, {}
  for _, id in ipairs(late) do is_late[id] = true end
  for _, result in ipairs(results) do
    local provider_id = result[5]
    if provider_id and not is_late[result[1]] then ids[provider_id], list[#list + 1] = result[1], provider_id end
  end
  if not list[1] then return end
  for _, row in ipairs(self:all(PARKED, json.encode(list))) do join_parked(self, ids[row[1]], row[1]) end
end

-- Settles a chunk of accepted results from the same provider.
local function settle_chunk(self, how, results, first, now, late)
  local last, places, values, n = math.min(first + CHUNK - 1, #results), how.places, {}, 0
  for i = first, last do
    local result = results[i]
    for k = 1, #places do values[n + k] = result[places[k]] or nil end
    n = n + #places
  end
  n = CHUNK * #places
  values[n + 1], values[n + 2] = results[first][4] or nil, now
  if self:run(how.sql, table.unpack(values, 1, n + 2)) < last - first + 1 then
    for i = first, last do note_unless_repeated(self, results[i], late) end
  end
end

local function settle_yes(self, how, by_provider, now, late)
  for _, results in pairs(by_provider) do
    for first = 1, #results, CHUNK do settle_chunk(self, how, results, first, now, late) end
  end
end

local function put(by_provider, result)
  local list = by_provider[result[4]]
  if list then list[#list + 1] = result else by_provider[result[4]] = { result } end
end

local function settle(self, results, now, late)
  local bare, priced, plain = {}, {}, {}
  for _, result in ipairs(results) do
    if result[3] == "accepted" and not result[6] and not result[7] and not result[11] then
      plain[#plain + 1] = result
      put((result[9] or result[10]) and priced or bare, result)
    else
      settle_one(self, result, now, late)
    end
  end
  settle_yes(self, BARE, bare, now, late)
  settle_yes(self, PRICED, priced, now, late)
  if plain[1] and self:one(SOME_PARKED) then join_all_parked(self, plain, late) end
end

local LANES = [[select cast(la.id as text), la.route, la.sender, la.guarded, r.name, cast(r.id as text),
    li.per_second, li.current, li.burst, li.tokens, cast(li.filled_at as text), cast(li.not_before as text),
    coalesce(li.cap_messages, li.cap_segments, li.cap_cost) is not null, coalesce(r.cap_messages, r.cap_segments, r.cap_cost) is not null,
    r.priority
  from sms.run r join sms.lane la on la.run_id = r.id left join sms.limits li on li.route = la.route
  where r.state = 'active' order by r.priority, random()]]

-- How many rows, at most `want`, a route may send now, and its current tokens. `spent`: tokens used by earlier lanes of this exchange.
local function tokens(lane, want, now, spent)
  local per_second = lane[7]
  if lane[12] and tonumber(lane[12]) > now then return 0 end
  if not per_second then return want end
  local passed = math.max(0, now - tonumber(lane[11])) / 1000
  local rate = math.min(per_second, (lane[8] or per_second) + passed * per_second / 60)
  local have = math.min(math.max(lane[9], per_second / 4), lane[10] + passed * rate) - spent
  return math.max(0, math.min(want, have // 1 | 0)), have + spent, rate < per_second and rate or nil
end

local NEXT_PERIOD = [[update sms.limits set used_messages = 0, used_segments = 0, used_cost = 0,
  period_at = period_at + (? - period_at) / period * period where route = ? and period is not null and ? >= period_at + period]]

local BUDGET = [[select li.cap_messages - li.used_messages, r.cap_messages - r.used_messages, li.cap_segments - li.used_segments,
    r.cap_segments - r.used_segments, li.cap_cost - li.used_cost, r.cap_cost - r.used_cost
  from sms.run r left join sms.limits li on li.route = ? where r.id = cast(? as integer)]]

-- The remaining budget of a lane: messages, segments, cost.
local function budget(self, lane, now)
  self:run(NEXT_PERIOD, now, lane[2], now)
  local row = self:one(BUDGET, lane[2], lane[6])
  local function least(a, b) return math.min(row[a] or math.huge, row[b] or math.huge) end
  return { messages = least(1, 2), segments = least(3, 4), cost = least(5, 6) }
end

-- The id is selected as a real number, since LuaDBI truncates integers to 32 bits; then the previous attempt, or why the row is not sent:
-- one column, because each column adds noticeably to the cost of a row. The unary plus makes SQLite look a number up once for all senders.
local PICK = [[select id + 0.0, case
      when exists (select 1 from sms.optout o where o.number = recipient and +o.sender in ('', ?)) then 'optout'
      when expires_at < ? then 'expired' else attempt end, reference, recipient, body, segments%s
  from sms.message where lane_id = cast(? as integer) and state = 'ready' and due_at <= ? order by due_at, id limit ?]]

local PICK_FREELY, PICK_PRICED = PICK:format "", PICK:format ", coalesce(cost, 0)"

local MARK = [[update sms.message set state = 'sending', attempt = attempt + 1, worker_id = ?, marked_at = ? where id in (]]
  .. ("?, "):rep(CHUNK):sub(1, -3) .. ")"

local REFUSE = [[update sms.message set state = 'not_sent', reason = ?, attempt = attempt + 1, marked_at = ?, settled_at = ?
  where id = ?]]

local SPEND = { [[update sms.limits set used_messages = used_messages + ?, used_segments = used_segments + ?, used_cost = used_cost + ?
    where route = ? and coalesce(cap_messages, cap_segments, cap_cost) is not null]],
  [[update sms.run set used_messages = used_messages + ?, used_segments = used_segments + ?, used_cost = used_cost + ?
    where id = cast(? as integer) and coalesce(cap_messages, cap_segments, cap_cost) is not null]] }

local NEXT_ROW = [[select coalesce(segments, 1), coalesce(cost, 0) from sms.message where lane_id = cast(? as integer) and state = 'ready'
  and due_at <= ? order by due_at, id limit 1]]

-- Costs have four decimal places; this tolerance absorbs the rounding errors of their sums.
local HALF_A_DIGIT = 0.00005

local SPENT = "(used_messages + 1 > cap_messages or used_segments + ? > cap_segments or round(used_cost + ? - cap_cost, 4) > 0)"

-- The next row of a lane exceeds the budget: pauses its run, or its route until the next period.
local function stop_spent(self, lane, now)
  local row = self:one(NEXT_ROW, lane[1], now)
  if not row then return end
  self:run("update sms.run set state = 'paused', reason = 'budget' where id = cast(? as integer) and " .. SPENT, lane[6], row[1], row[2])
  self:run("update sms.limits set not_before = coalesce(period_at + period, ?), reason = 'budget' where route = ? and " .. SPENT,
    limits.NEVER, lane[2], row[1], row[2])
end

-- Claims and marks rows of one lane. Returns their number.
local function claim(self, me, lane, granted, now, given)
  local left = (lane[13] == 1 or lane[14] == 1) and budget(self, lane, now)
  if left then granted = math.max(0, math.min(granted, left.messages)) end
  local ids, segments, cost, lane_id, rows = {}, 0, 0, math.tointeger(tonumber(lane[1])), given.rows
  for _, row in ipairs(self:all(left and PICK_PRICED or PICK_FREELY, lane[3], now, lane[1], now, granted)) do
    local attempt, parts, price = row[2], segments + (row[6] or 1), cost + (row[7] or 0)
    if type(attempt) == "string" then
      self:run(REFUSE, attempt, now, now, row[1])
      given.refused = given.refused + 1
    elseif left and (parts > left.segments or price - left.cost >= HALF_A_DIGIT) then
      break
    else
      local id = row[1] // 1 | 0
      segments, cost, ids[#ids + 1] = parts, price, id
      rows[#rows + 1] = {
        id = id, attempt = attempt + 1, lane = lane_id, reference = row[3], recipient = row[4], body = row[5], segments = row[6],
      }
    end
  end
  if left and not ids[1] then stop_spent(self, lane, now) end
  if ids[1] then given.lanes[lane_id] = { route = lane[2], priority = lane[15], run = math.tointeger(tonumber(lane[6])) } end
  for first = 1, #ids, CHUNK do self:run(MARK, me, now, table.unpack(ids, first, first + CHUNK - 1)) end
  if left and ids[1] then
    self:run(SPEND[1], #ids, segments, cost, lane[2])
    self:run(SPEND[2], #ids, segments, cost, lane[6])
  end
  return #ids
end

local function is_wanted(lane, options)
  return options.wanted_routes[lane[2]] and (not options.wanted_runs or options.wanted_runs[lane[5]])
    and (lane[4] == 0 or options.is_open[lane[1]])
end

local TAKE = "update sms.limits set tokens = ?, filled_at = ?, current = ? where route = ?"

local function claim_all(self, me, options, now, given)
  local asked, spent, full = options.want, {}, {}
  if asked <= 0 then return end
  for _, lane in ipairs(self:all(LANES)) do
    if asked <= 0 then break end
    if is_wanted(lane, options) then
      local route = lane[2]
      local granted, have, current = tokens(lane, asked, now, spent[route] or 0)
      local got = granted > 0 and claim(self, me, lane, granted, now, given) or 0
      asked = asked - got
      if have then spent[route], full[route] = (spent[route] or 0) + got, { have, current } end
    end
  end
  for route, state in pairs(full) do self:run(TAKE, state[1] - spent[route], now, state[2], route) end
end

local BEAT = "update sms.worker set alive_until = ? where id = ? and alive_until > ? and ended_at is null"

--- One exchange, inside a transaction of the caller.
---@param self table       the store
---@param me integer       the worker
---@param results any[][]  lists `id, attempt, state, provider, provider_id, reason, error, delay (ms), cost, segments`; false is none
---@param options table    `{ want, lease (ms), routes, runs, open, wanted_routes, wanted_runs, is_open }`
---@return table given `{ rows, lanes, late, refused, dead }`; `lanes`: those of the rows, since SQLite gives the id of a deleted lane to a
---  new one
function exchange.run(self, me, results, options)
  local now = self:integer "select cast(:now as text)"
  local given = { rows = {}, lanes = {}, late = {}, refused = 0, dead = false }
  settle(self, results, now, given.late)
  if self:run(BEAT, now + options.lease, me, now) == 0 then
    given.dead = true
    return given
  end
  claim_all(self, me, options, now, given)
  return given
end

return exchange
