-- SPDX-License-Identifier: MIT
-- The outbox on trial: workers are killed (-9), stopped for longer than their lease while others take over, the database server crashes,
-- the provider breaks things; then the books of a counting server are compared with what the outbox says.
-- `lua5.4 trials/outbox.lua [KILLS] [STOPS] [CRASHES] [ENGINES]`, default 200 50 20 sqlite,postgres. `make outbox-trial`.

local core = require "sms.core"
local driver = require "sms.outbox.driver"
local postgres = require "spec.support.postgres"
local sms = require "sms"
local uv = require "luv"

local KILLS, STOPS, CRASHES = tonumber(arg[1] or 200), tonumber(arg[2] or 50), tonumber(arg[3] or 20)
local ENGINES = arg[4] or "sqlite,postgres"
local IN_FLIGHT, BATCH = 20, 5
local LEASE = 6.5     -- seconds: above the client's timeout (1 s) and its margin
local ROWS = 400      -- of a round
local LATENCY = 40    -- milliseconds

local folder = assert(uv.fs_mkdtemp "/tmp/sms-trial-XXXXXX")

---------------------------------------------------------------- processes

local function turn(seconds)
  local ends = core.now() + seconds
  repeat
    uv.run "nowait"
    uv.sleep(2)
  until core.now() >= ends
end

local function spawn(args, out)
  local self = { over = false }
  self.handle, self.pid = assert(uv.spawn("lua5.4", { args = args, stdio = { out and out.input or nil, out and out.output or nil, 2 } },
    function(code, signal)
      self.over, self.code, self.signal = true, code, signal
      self.handle:close()
    end))
  return self
end

local function start_server(books, faults)
  local input, output = uv.new_pipe(), uv.new_pipe()
  local server = spawn({ "trials/outbox_server.lua", books, tostring(LATENCY), faults }, { input = input, output = output })
  local text = ""
  output:read_start(function(_, data) text = text .. (data or "") end)
  while not text:match "^(%d+)\n" do turn(0.01) end
  server.port, server.stop = text:match "^(%d+)", function()
    input:close()
    output:close()
    server.handle:kill(9)
  end
  return server
end

local function start_worker(trial)
  return spawn { "trials/outbox_worker.lua", trial.url, trial.server.port, tostring(IN_FLIGHT), tostring(BATCH), tostring(LEASE) }
end

---------------------------------------------------------------- books

local function books_of(path)
  local count = {}
  for line in io.lines(path) do
    local reference = line:match "(%S+)$"
    count[reference] = (count[reference] or 0) + 1
  end
  return count
end

local function rows_of(outbox, run)
  local out = {}
  for row in assert(outbox:rows { run = run }) do out[#out + 1] = row end
  return out
end

-- Adds what a run came to.
local function add_up(trial, run, rows_in)
  local books, totals = books_of(trial.books), trial.totals
  local rows = rows_of(trial.outbox, run)
  totals.rows, totals.lost = totals.rows + rows_in, totals.lost + rows_in - #rows
  for _, row in ipairs(rows) do
    local n = books[row.reference] or 0
    totals[row.state] = (totals[row.state] or 0) + 1
    if n > 1 then totals.twice = totals.twice + n - 1 end
    if row.state == "accepted" and n == 0 then totals.false_accepted = totals.false_accepted + 1 end
    if row.state == "not_sent" and n > 0 then totals.false_not_sent = totals.false_not_sent + 1 end
    if row.state == "ready" or row.state == "sending" then totals.open = totals.open + 1 end
    if row.state == "unknown" and row.reason == "worker died" then totals.died = totals.died + 1 end
  end
end

local number = 0

local function plan(trial, rows_in)
  trial.round = trial.round + 1
  local run, rows = ("run %d"):format(trial.round), {}
  for i = 1, rows_in do
    number = number + 1
    rows[i] = { to = ("+2782%07d"):format(number), vars = { n = i } }
  end
  local made = assert(trial.outbox:plan(run, rows, { text = "Text {n}", route = "zc", region = "ZA" }))
  assert(trial.outbox:apply(run, made.digest))
  return run
end

local function all_over(workers)
  for _, worker in ipairs(workers) do
    if not worker.over then return false end
  end
  return true
end

local function wait_all(workers, seconds)
  local ends = core.now() + seconds
  while not all_over(workers) do
    assert(core.now() < ends, "a worker did not end")
    turn(0.02)
  end
end

---------------------------------------------------------------- kills

-- Kills a worker of 1 to 4 at random moments and starts another in its place, until the rows are through.
local function kill_round(trial, most)
  local run, workers, killed = plan(trial, ROWS), {}, 0
  local before = trial.outbox:status(run)
  for i = 1, math.random(4) do workers[i] = start_worker(trial) end
  while killed < most and not all_over(workers) do
    turn(0.15 + math.random() * 0.25)
    local victim = workers[math.random(#workers)]
    if not victim.over then
      victim.handle:kill(9)
      killed = killed + 1
      workers[#workers + 1] = start_worker(trial)
    end
  end
  wait_all(workers, 90)
  local last = start_worker(trial) -- what the last ones left behind
  wait_all({ last }, 90)
  assert(before.rows == ROWS)
  add_up(trial, run, ROWS)
  return killed
end

---------------------------------------------------------------- stops longer than the lease

local function sql(trial, text, ...)
  local engine = trial.url:find "^sqlite" and "SQLite3" or "PostgreSQL"
  local handle = assert(driver.open(engine, (trial.url:gsub("^sqlite:", ""))))
  if engine == "SQLite3" then driver.exec(handle, "pragma busy_timeout = 10000") end
  local rows = assert(driver.exec(handle, text, ...))
  driver.close(handle)
  return rows
end

-- What a history proves, right after the lease and without the minute that `reconcile` waits: absent rows are sent by another worker.
local function settle_by_books(trial, run)
  local books, absent = books_of(trial.books), 0
  local prefix = trial.url:find "^sqlite" and "" or "sms."
  for row in assert(trial.outbox:rows { run = run, state = "unknown" }) do
    if row.reason == "worker died" and not books[row.reference] then
      absent = absent + 1
      sql(trial, "update " .. prefix .. "message set state = 'not_sent', reason = 'absent' where reference = ? and state = 'unknown'",
        row.reference)
    end
  end
  assert(trial.outbox:retry { run = run, reason = "absent" })
  return absent
end

-- A process that is stopped inside a transaction of SQLite keeps all others out until it goes on; no one could take over then.
local function holds_lock(trial)
  if trial.cluster then return false end
  local handle = assert(driver.open("SQLite3", (trial.url:gsub("^sqlite:", ""))))
  driver.exec(handle, "pragma busy_timeout = 30")
  local free = driver.exec(handle, "begin immediate")
  driver.close(handle)
  return not free
end

local function stop(trial, worker)
  while not worker.over do
    worker.handle:kill(19) -- SIGSTOP
    if not holds_lock(trial) then return end
    worker.handle:kill(18) -- SIGCONT
    turn(0.01 + math.random() * 0.03)
  end
end

local function stop_round(trial, most)
  local run, stopped, others = plan(trial, ROWS * 2), {}, {}
  for i = 1, math.min(most, 3) do stopped[i] = start_worker(trial) end
  turn(0.35)
  for _, worker in ipairs(stopped) do
    turn(math.random() * 0.08)
    stop(trial, worker)
  end
  others[1] = start_worker(trial)
  turn(LEASE + 0.5)
  assert(trial.outbox:rescue())
  trial.totals.absent = (trial.totals.absent or 0) + settle_by_books(trial, run)
  others[2] = start_worker(trial)
  turn(0.4)
  for _, worker in ipairs(stopped) do
    if not worker.over then worker.handle:kill(18) end -- SIGCONT
  end
  wait_all(stopped, 90)
  wait_all(others, 90)
  wait_all({ start_worker(trial) }, 90)
  add_up(trial, run, ROWS * 2)
  return #stopped
end

---------------------------------------------------------------- crashes of the server

local function crash_round(trial)
  local run, workers = plan(trial, ROWS), {}
  for i = 1, 2 do workers[i] = start_worker(trial) end
  turn(0.3 + math.random() * 0.3)
  trial.cluster:stop "immediate"
  trial.cluster:start()
  wait_all(workers, 120)
  wait_all({ start_worker(trial) }, 90)
  trial.outbox:status(run) -- the first call after the crash makes the connection anew
  add_up(trial, run, ROWS)
end

---------------------------------------------------------------- the trial

local COLUMNS = { "rows", "absent", "accepted", "not_sent", "unknown", "died", "twice", "lost", "open", "false_accepted", "false_not_sent" }
local failed = false

local function report(name, events, totals)
  local out = { ("%-34s %5d"):format(name, events) }
  for _, column in ipairs(COLUMNS) do out[#out + 1] = ("%s %d"):format(column, totals[column] or 0) end
  print(table.concat(out, "  "))
  io.stdout:flush()
  for _, column in ipairs { "twice", "lost", "open", "false_accepted", "false_not_sent" } do
    if totals[column] ~= 0 then failed = true end
  end
end

local function part(trial, name, most, round)
  if most == 0 then return end
  trial.totals = { rows = 0, lost = 0, twice = 0, open = 0, false_accepted = 0, false_not_sent = 0, died = 0 }
  local done = 0
  while done < most do done = done + round(trial, most - done) end
  report(name, done, trial.totals)
  local bound = IN_FLIGHT + 2 * BATCH
  if trial.totals.died > done * bound then
    failed = true
    print(("unknown rows: %d, more than %d each"):format(trial.totals.died, bound))
  end
end

local function run(engine)
  local trial = { round = 0, books = folder .. "/books " .. engine }
  assert(io.open(trial.books, "wb")):close()
  if engine == "sqlite" then
    trial.url = "sqlite:" .. folder .. "/trial.db"
  else
    trial.cluster = postgres.new { durable = true }
    trial.url = trial.cluster:database()
  end
  local guard <close> = trial.cluster -- luacheck: ignore 211
  trial.outbox = assert(sms.outbox.open(trial.url))
  trial.server = start_server(trial.books, "on")
  part(trial, engine .. ": kill -9", KILLS, function(t, most) return kill_round(t, math.min(most, 8)) end)
  part(trial, engine .. ": SIGSTOP beyond the lease", STOPS, stop_round)
  if trial.cluster then
    part(trial, engine .. ": stop -m immediate", CRASHES, function(t)
      crash_round(t)
      return 1
    end)
  end
  trial.server.stop()
  trial.outbox:close()
end

for engine in ENGINES:gmatch "%w+" do
  local absent = engine == "postgres" and postgres.absent()
  if absent then print("postgres: skipped: " .. absent) else run(engine) end
end
os.execute("rm -rf " .. folder)
print(failed and "FAILED" or "passed")
os.exit(failed and 1 or 0)
