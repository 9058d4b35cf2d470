-- SPDX-License-Identifier: MIT
-- What the outbox costs: `lua5.4 bench/outbox.lua JOB ADDRESS COUNT [PORT] [IN_FLIGHT]`, prints `name value` lines. Jobs: fill (rows into
-- the database), plan (1 to N rendered and written), drain (claim, mark, settle in exchanges of 100, nothing sent), settle (the same, timed
-- for settling alone), claimed (claims and dies), poll (an idle look), start (open to first claimed row), work (send through a worker),
-- counted (the same under callgrind),
-- alone (the same sends by sms.parallel), snapshot (exchanges while someone holds an old snapshot), rate (the rows of each second),
-- urgent (one-time passwords beside a broadcast).

local core = require "sms.core"
local json = require "sms.json"
local reference = require "sms.outbox.reference"
local runs = require "sms.outbox.runs"
local session = require "sms.outbox.session"
local sms = require "sms"
local store = require "sms.outbox.store"
local tasks = require "sms.task"

local BATCH = 100

local job, address, count = arg[1], arg[2], math.tointeger(tonumber(arg[3]))
local port, in_flight = arg[4], math.tointeger(tonumber(arg[5] or 200))

local function say(name, value) print(("%s %.9g"):format(name, value)) end

local function number(i) return ("+2782%07d"):format(i) end

local function resident()
  local file <close> = assert(io.open "/proc/self/status")
  return tonumber(file:read "a":match "VmHWM:%s*(%d+)") / 1000
end

local function timed(units, fn)
  local wall, cpu = core.now(), os.clock()
  fn()
  wall, cpu = core.now() - wall, os.clock() - cpu
  say("wall", wall)
  say("cpu", cpu)
  say("per_second", units / wall)
  say("megabytes", resident())
end

-- A run that is applied, its rows in one lane.
local function new_run(db, name)
  local run = runs.ensure(db, name, "list", { state = "active", priority = 5, options = {} })
  return run, runs.lane(db, run.id, "zc", "", "", 0)
end

-- Seconds of CPU that the database server spent on this connection; 0 where it is not one of this machine.
local function server_cpu(db)
  if db.engine.name ~= "PostgreSQL" then return 0 end
  local file <close> = io.open(("/proc/%s/stat"):format(db:one "select cast(pg_backend_pid() as text)"[1]))
  local user, system = (file and file:read "a" or ""):match "%) %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ (%d+) (%d+)"
  return user and (tonumber(user) + tonumber(system)) / 100 or 0
end

local function yes(rows)
  local results = {}
  for i, row in ipairs(rows) do
    results[i] = { row.id, row.attempt, "accepted", "zoomconnect", "m" .. row.id, false, false, false, false, false, false }
  end
  return results
end

local function signed_on(db)
  local own = session.new(db, { lease = 60, routes = { zc = true }, pools = function() return {} end })
  own:sign_on()
  return own
end

local jobs = {}

function jobs.fill(db)
  local run, lane = new_run(db, "bench " .. core.reference())
  local server = server_cpu(db)
  timed(count, function()
    for from = 1, count, 500 do
      local rows, next_reference = {}, reference.sequence()
      for i = from, math.min(count, from + 499) do
        rows[#rows + 1] = { lane, "k" .. i, next_reference(), number(i % 10000000), '{"text":"Hi, open until 10."}', 1, nil, i, "ready" }
      end
      db:atomic(db.engine.insert, db, run.id, rows)
    end
  end)
  say("server", server_cpu(db) - server)
end

function jobs.plan()
  local outbox, at = assert(sms.outbox.open(address)), 0
  timed(count, function()
    assert(outbox:plan("plan " .. core.reference(), function()
      at = at + 1
      return at <= count and { to = number(at), vars = { name = "N" .. at } } or nil
    end, { text = "Hi {name}, open until 10.", route = "zc", region = "ZA" }))
  end)
end

function jobs.drain(db)
  local own, results, n, calls = signed_on(db), {}, 0, 0
  local server, wall = server_cpu(db), core.now()
  timed(count, function()
    repeat
      local given = own:exchange(results, math.min(BATCH, count - n), {})
      results = yes(given.rows)
      n, calls = n + #given.rows, calls + 1
    until #given.rows == 0
  end)
  server = server_cpu(db) - server
  say("rows", n)
  say("server", server)
  say("exchange_ms", (core.now() - wall) / calls * 1000)
end

-- Settling alone: exchanges that ask for no rows.
function jobs.settle(db)
  local own, n, wall = signed_on(db), 0, 0
  if db.engine.name == "PostgreSQL" then db:all "delete from pg_statistic where starelid = 'sms.message'::regclass" end
  repeat
    local given = own:exchange({}, BATCH, {})
    local results = yes(given.rows)
    db:atomic(function() -- the commit is not timed
      local from = core.now()
      if results[1] then own:exchange(results, 0, {}) end
      wall, n = wall + core.now() - from, n + #results
    end)
  until #given.rows == 0 or n >= count
  say("us", wall / n * 1e6)
end

-- What a worker leaves behind that was killed.
function jobs.claimed(db)
  signed_on(db):exchange({}, BATCH, {})
end

-- Exchanges, twenty a second for COUNT seconds, while another connection holds a snapshot of before.
function jobs.snapshot(db)
  local other = store.open(address, {})
  other:all "begin isolation level repeatable read"
  other:all "select count(*) from sms.run"
  local own, results, times = signed_on(db), {}, {}
  local ends = core.now() + count
  while core.now() < ends do
    local from = core.now()
    local given = own:exchange(results, BATCH, {})
    times[#times + 1] = core.now() - from
    results = yes(given.rows)
    if #given.rows < BATCH then error "no rows are left" end
    tasks.pause(math.max(0, 0.05 - times[#times]))
  end
  local function middle(first, last)
    local some = table.move(times, first, last, 1, {})
    table.sort(some)
    return some[(#some + 1) // 2] * 1000
  end
  say("first", middle(1, #times // 6))
  say("last", middle(#times - #times // 6, #times))
end

function jobs.poll(db)
  local own = signed_on(db)
  local times = 2000
  local open, names = json.encode(own.open_lanes), json.encode { "other" }
  local from = core.now()
  for _ = 1, times do db:one(require "sms.outbox.worker".POLL_QUERY, open, names) end
  say("microseconds", (core.now() - from) / times * 1e6)
end

function jobs.start()
  local from = core.now()
  local db = store.open(address, {})
  local own = signed_on(db)
  require "sms.outbox.intake".rescue_gone(db)
  db:atomic(db.engine.rescue, db, nil)
  assert(#own:exchange({}, 1, {}).rows == 1)
  say("milliseconds", (core.now() - from) * 1000)
  own:sign_off()
end

local function client()
  if port and port ~= "-" then
    return sms.zoomconnect { email = "bench@example.org", token = "bench", base_url = "http://127.0.0.1:" .. port, retries = 0,
      pool = sms.pool { max_connections = in_flight, max_total = in_flight } }
  end
  return sms.zoomconnect { email = "bench@example.org", token = "bench", retries = 0, transport = function()
    return { status = 200, headers = { ["content-type"] = "application/json" }, body = '{"messageId":"m1","error":null}' }
  end }
end

-- Under callgrind a second is worth a fiftieth: what the worker does by the clock is stretched alike, or it would be counted fifty times.
local function stretch()
  local worker = require "sms.outbox.worker"
  for _, name in ipairs { "POLL", "LINGER", "LOOK", "RUNS" } do worker[name] = worker[name] * 50 end
end

function jobs.counted()
  stretch()
  jobs.work()
end

function jobs.work()
  local outbox, zc = assert(sms.outbox.open(address)), client()
  core.http_date "x" -- callgrind counts from here
  timed(count, function()
    local counts = assert(outbox:work { routes = { zc = zc }, drain = true, in_flight = in_flight })
    assert(counts.accepted == count, counts.accepted)
  end)
end

function jobs.alone()
  local zc = client()
  core.http_date "x"
  timed(count, function()
    local i, n = 0, 0
    local function items()
      i = i + 1
      return i <= count and i or nil
    end
    for receipt in sms.parallel(in_flight, items, function(k)
      return zc:send { to = number(k), text = "Hi, open until 10.", reference = core.reference() }
    end, { ordered = false }) do
      assert(receipt)
      n = n + 1
    end
    assert(n == count)
  end)
end

-- One of several workers under a limit of 300 a second.
function jobs.shared()
  local outbox = assert(sms.outbox.open(address))
  outbox:work { routes = { zc = client() }, drain = true, in_flight = in_flight }
end

-- How many rows were marked in each second after the first: the least, the most, and in all a second.
function jobs.rate(db)
  local ms = db.engine.name == "PostgreSQL" and "cast(extract(epoch from marked_at) * 1000 as bigint)" or "marked_at"
  local first = tonumber(db:one("select cast(min(" .. ms .. ") as text) from sms.message where attempt > 0")[1])
  local rows = db:all(([[select cast((%s - %d) / 1000 as int), cast(count(*) as text) from sms.message where attempt > 0 group by 1
    order by 1]]):format("(" .. ms .. ")", first - 1000 + 1))
  local least, most, all, seconds = math.huge, 0, 0, 0
  for i = 3, #rows - 1 do
    local n = tonumber(rows[i][2])
    least, most, all, seconds = math.min(least, n), math.max(most, n), all + n, seconds + 1
  end
  say("least", least)
  say("most", most)
  say("mean", all / seconds)
end

-- Puts a one-time password in twenty times a second while another process sends a broadcast; milliseconds from there to its mark.
function jobs.urgent(db)
  local outbox = assert(sms.outbox.open(address))
  for i = 1, count do
    assert(outbox:put("otp", { key = "k" .. i, to = number(9000000 + i), text = "Code 4711", route = "zc" }))
    tasks.pause(0.05)
  end
  tasks.pause(1)
  local difference = db.engine.name == "PostgreSQL" and "extract(epoch from m.marked_at - m.due_at) * 1000" or "m.marked_at - m.due_at"
  local waits = {}
  for i, row in ipairs(db:all("select cast(" .. difference .. " as text) from sms.message m join sms.run r on r.id = m.run_id "
    .. "where r.name = 'otp' and m.attempt > 0")) do
    waits[i] = tonumber(row[1])
  end
  assert(#waits == count, "some were not sent")
  table.sort(waits)
  say("median", waits[(#waits + 1) // 2])
  say("most", waits[math.ceil(#waits * 0.95)])
end

local db = job ~= "alone" and store.open(address, {}) or nil
jobs[job](db)
