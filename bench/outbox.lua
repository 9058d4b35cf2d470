-- SPDX-License-Identifier: MIT
-- What the outbox costs: `lua5.4 bench/outbox.lua JOB ADDRESS COUNT [PORT] [IN_FLIGHT]`, prints `name value` lines. Jobs: fill (rows into
-- the database), plan (1 to N rendered and written), drain (claim, mark, settle in exchanges of 100, nothing sent), poll (an idle look),
-- start (open to first claimed row), work (send through a worker), alone (the same sends by sms.parallel).

local core = require "sms.core"
local json = require "sms.json"
local reference = require "sms.outbox.reference"
local runs = require "sms.outbox.runs"
local session = require "sms.outbox.session"
local sms = require "sms"
local store = require "sms.outbox.store"

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

local function signed_on(db)
  local own = session.new(db, { lease = 60, routes = { zc = true }, pools = function() return {} end })
  own:sign_on()
  return own
end

local jobs = {}

function jobs.fill(db)
  local run, lane = new_run(db, "bench " .. core.reference())
  timed(count, function()
    for from = 1, count, 500 do
      local rows, next_reference = {}, reference.sequence()
      for i = from, math.min(count, from + 499) do
        rows[#rows + 1] = { lane, "k" .. i, next_reference(), number(i % 10000000), '{"text":"Hi, open until 10."}', 1, nil, i, "ready" }
      end
      db:atomic(db.engine.insert, db, run.id, rows)
    end
  end)
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
  timed(count, function()
    repeat
      local given = own:exchange(results, math.min(BATCH, count - n), {})
      results = {}
      for i, row in ipairs(given.rows) do
        results[i] = { row.id, row.attempt, "accepted", "zoomconnect", "m" .. row.id, false, false, false, false, 1 }
      end
      n, calls = n + #given.rows, calls + 1
    until #given.rows == 0
  end)
  say("rows", n)
  say("calls", calls)
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

function jobs.work()
  local outbox, zc = assert(sms.outbox.open(address)), client()
  timed(count, function()
    local counts = assert(outbox:work { routes = { zc = zc }, drain = true, in_flight = in_flight })
    assert(counts.accepted == count, counts.accepted)
  end)
end

function jobs.alone()
  local zc = client()
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

local db = job ~= "alone" and store.open(address, {}) or nil
jobs[job](db)
