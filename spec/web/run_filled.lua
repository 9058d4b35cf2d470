-- SPDX-License-Identifier: MIT
-- An outbox with a run that is under way, as workers would have left it: `lua5.4 spec/web/run_filled.lua FILE NAME SECONDS`. 40,000 rows,
-- of which some were accepted, refused or are unknown; the past goes back so many seconds, with a slow minute in it.

local driver = require "sms.outbox.driver"
local pace = require "sms.outbox.pace"
local sms = require "sms"

local path, name, seconds = arg[1], arg[2], tonumber(arg[3])
local outbox = assert(sms.outbox.open("sqlite:" .. path))
local plan = assert(outbox:plan(name, { { to = "+27825551234" } }, { text = "x", route = "zoomconnect" }))
assert(outbox:apply(name, plan.digest))
outbox:limit("zoomconnect", { per_second = 100 })
outbox:close()

local handle = assert(driver.open("SQLite3", path))
local function sql(text, ...) return assert(driver.exec(handle, text, ...)) end
local now = sql "select cast(cast((julianday('now') - 2440587.5) * 86400 as integer) as text)"[1][1]
now = math.tointeger(tonumber(now))
local HOSTILE = "<img src=x onerror=alert(1)>\u{202E}"

sql "begin"
sql "delete from message"
sql [[insert into message (run_id, lane_id, key, reference, recipient, body, segments, state, due_at, reason, error, settled_at)
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 40000)
  select 1, 1, 'k' || i, 'r' || i, '+2782' || (5000000 + i), '{"text":"Hi <b>Guest ' || i || '</b>"}', 1, case
    when i <= 188 then 'not_sent' when i <= 274 then 'not_sent' when i <= 287 then 'unknown' when i <= 597 then 'not_sent'
    when i <= 23620 then 'accepted' else 'ready' end, 1, case
    when i <= 188 then 'invalid' when i <= 274 then 'optout' when i <= 287 then 'network' when i <= 597 then 'held' end, null, 1 from n]]
sql("update message set error = ? || ' row ' || id where reason = 'invalid'", HOSTILE)
sql("update run set rows = 40000, segments = 41000, applied_at = ?", (now - seconds) * 1000)
for second = now - seconds, now - 1 do
  local slow = second > now - seconds // 2 and second <= now - seconds // 2 + 60
  local n, ms = slow and 30 or 95 + second % 7, slow and 1.95 or 0.062
  sql([[insert into pace (run_id, worker_id, second, provider, accepted, not_sent, unknown, segments, cost, times)
    values (1, 1, ?, ?, ?, ?, ?, ?, ?, ?)]], second,
    second % 3 == 0 and "messagewhiz" or "zoomconnect", n, second % 11 == 0 and 4 or 0, second % 97 == 0 and 1 or 0, n, 0,
    ("%d:%d %d:%d"):format(pace.class(ms), n, pace.class(ms * 3.4), n // 12))
end
sql([[insert into worker (host, boot, pid, started, since, alive_until, breakers, breakers_at) values ('here', 'x', 1, '1', 1, ?, ?, ?)]],
  (now + 3600) * 1000, '[{"provider":"zoomconnect","state":"closed","probe_in":0},{"provider":"zipwhip","state":"open","probe_in":900}]',
  now * 1000)
sql "commit"
driver.close(handle)
