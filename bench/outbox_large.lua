-- SPDX-License-Identifier: MIT
-- An outbox of 1,000,000 and of 10,000,000 rows in PostgreSQL, every tenth ready, the others accepted: exchanges, idle looks, bytes a row.
-- The rows are made by the server, and the indexes after them.

local driver = require "sms.outbox.driver"
local measure = require "bench.measure"
local sms = require "sms"

local quoted = measure.quoted

local INDEXES = [[select indexdef, indexname from pg_indexes where schemaname = 'sms' and tablename = 'message'
  and indexname like 'message\_%' and indexname not in ('message_pkey', 'message_run_id_key_key')]]

local ROWS = [[insert into sms.message (run_id, lane_id, key, reference, recipient, body, segments, place, hash, state, attempt, marked_at,
    settled_at, provider, provider_id, reason)
  select 1, 1, '+27' || (600000000 + n), 'sms-' || lpad(to_hex(n::bigint * 7919), 16, '0'), '+27' || (600000000 + n),
    jsonb_build_object('text', 'Hi N' || n || ', open until 10.', 'from', 'Bistro'), 1, n, n::bigint * 7919,
    case when n % 10 = 0 then 'ready' when n % 1000 = 1 then 'not_sent' else 'accepted' end, case when n % 10 = 0 then 0 else 1 end,
    case when n % 10 <> 0 then now() end, case when n % 10 <> 0 then now() end, case when n % 10 <> 0 then 'zoomconnect' end,
    case when n % 10 <> 0 and n % 1000 <> 1 then 'm' || n end, case when n % 1000 = 1 then 'rejected' end
  from generate_series(1, :count) n]]

local function filled(cluster, count)
  local address = cluster:database()
  assert(sms.outbox.open(address)):close()
  local handle = assert(driver.open("PostgreSQL", address))
  local function sql(text, ...) return assert(driver.exec(handle, text, ...)) end
  local indexes = sql(INDEXES)
  for _, index in ipairs(indexes) do sql("drop index sms." .. index[2]) end
  sql "alter table sms.message drop constraint message_run_id_key_key"
  sql "alter table sms.message disable trigger all"
  sql(("insert into sms.run (name, kind, state, rows, segments) values ('big', 'list', 'active', %d, %d)"):format(count, count))
  sql "insert into sms.lane (run_id, route) values (1, 'zc')"
  sql((ROWS:gsub(":count", count)))
  sql "alter table sms.message enable trigger all"
  sql "alter table sms.message add constraint message_run_id_key_key unique (run_id, key)"
  for _, index in ipairs(indexes) do sql(index[1]) end
  sql "vacuum analyze sms.message"
  local bytes = tonumber(sql(("select cast(pg_total_relation_size('sms.message') / %d as text)"):format(count))[1][1])
  driver.close(handle)
  return address, bytes
end

--- Measures it.
---@param bench table
---@param cluster table
return function(bench, cluster)
  local small = filled(cluster, 1000000)
  local large, bytes = filled(cluster, 10000000)
  local values = { small = {}, large = {} }
  for _ = 1, 5 do
    for name, address in pairs { small = small, large = large } do
      local got = measure.run(("lua5.4 bench/outbox.lua drain %s 4000"):format(quoted(address)))
      if got then table.insert(values[name], got.exchange_ms) end
    end
  end
  local one, ten = measure.median(values.small), measure.median(values.large)
  bench.report:section("Outbox, PostgreSQL: an exchange of 100 rows", "ms", { { row = "among 10,000,000 rows", most = 1.2 } })
  bench.report:row("among 1,000,000 rows", one, 1)
  bench.report:row("among 10,000,000 rows", ten, one and ten and ten / one)
  bench.report:judge()
  local look = measure.run(("lua5.4 bench/outbox.lua poll %s 1"):format(quoted(large))) or {}
  bench.report:section("Outbox, PostgreSQL, 10,000,000 rows", "", {
    { row = "idle look, us", most = 200, plain = true }, { row = "bytes a row with indexes", most = 470, plain = true },
  })
  bench.report:row("idle look, us", look.microseconds)
  bench.report:row("bytes a row with indexes", bytes)
  bench.report:judge()
end
