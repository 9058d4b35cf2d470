-- SPDX-License-Identifier: MIT
-- A soak: for MINUTES (default 10) 200 calls in flight to a sandbox in a child process that breaks things all the time. Each minute it
-- prints resident memory and open descriptors, and each round it compares every row with what the sandbox was told: what was accepted
-- is there once, what was not sent is not there, nothing is there twice. `make soak MINUTES=10`.

local core = require "sms.core"
local json = require "sms.json"
local server = require "sms.sandbox.server"
local sms = require "sms"

local IN_FLIGHT = 200
local ROUND = 15          -- seconds; each round has a sandbox of its own, so that its memory is not what is measured
local PLAN_EVERY = 0.25   -- seconds between two faults that are planned
local TOLERANCE = 1.15    -- resident memory at the end, as a multiple of that after the second minute (or after half of the time)
local KEPT = 256          -- connections that a pool keeps for next requests, at most
local MORE_FILES = 8      -- descriptors beside them: the poll pipes of the pool, the sandbox's own

local FAULTS = {
  "429=0", "429", "503", "500", "502", "504", "reset", "close", "html", "html=502", "empty", "half-json", "cut", "drip=0.3",
  "accept-then-reset", "accept-then-close", "accept-then-html=502", "accept-then-503", "hang", "accept-then-hang", "408",
}
local TIMES = { hang = 3, ["accept-then-hang"] = 3 }

local minutes = tonumber(arg[1] or 10)
if not minutes or minutes <= 0 then
  io.stderr:write("usage: lua5.4 trials/soak.lua [MINUTES]\n")
  os.exit(2)
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function resident()
  return math.tointeger(read "/proc/self/statm":match "^%d+ (%d+)") * 4096 / 1e6
end

local pid = read "/proc/self/stat":match "^%d+"

local function descriptors()
  local pipe <close> = assert(io.popen("ls /proc/" .. pid .. "/fd | wc -l"))
  return math.tointeger(pipe:read "n")
end

local totals = { rows = 0, accepted = 0, not_sent = 0, unknown = 0, reads = 0, rounds = 0, faults = 0 }
local kinds = {}
local wrong = {}

local function complain(...)
  wrong[#wrong + 1] = string.format(...)
  if #wrong <= 10 then io.stderr:write("WRONG: ", wrong[#wrong], "\n") end
end

-- What the sandbox was told, by the number in the text; read line by line, for it is a long text.
local function told(url)
  local times = {}
  local pipe <close> = assert(io.popen("curl -sS --max-time 60 " .. url .. "/_sandbox/inbox | grep -o 'soak [0-9]*'"))
  for line in pipe:lines() do
    local number = math.tointeger(tonumber(line:match "%d+"))
    times[number] = (times[number] or 0) + 1
  end
  return times
end

local function compare(outcomes, last, url)
  local times = told(url)
  for number = 1, last do
    local outcome, there = outcomes[number], times[number] or 0
    if not outcome then complain("row %d has no result", number) end
    if there > 1 then complain("text %d arrived %d times", number, there) end
    if outcome == "accepted" and there == 0 then complain("text %d was accepted but never arrived", number) end
    if outcome == "not_sent" and there > 0 then complain("text %d arrived but was said to be not sent", number) end
  end
end

-- One more fault for the requests to come, of one provider after the other.
local function plan(url, n)
  local fault = FAULTS[n % #FAULTS + 1]
  local provider = n % 2 == 0 and "messagewhiz" or "websms"
  local rule = { match = { provider = provider, method = "POST", times = TIMES[fault] or 12 }, fault = fault }
  local body = assert(json.encode(rule)):gsub("'", "")
  assert(os.execute(("curl -sS -o /dev/null --max-time 20 -d '%s' %s/_sandbox/faults"):format(body, url)))
  totals.faults = totals.faults + 1
end

local function read_now_and_then(mw)
  totals.reads = totals.reads + 1
  local list, err = mw.campaigns:list { limit = 5 }
  if not list and not err.kind then complain("a read without a kind") end
end

local pool = sms.pool { max_connections = IN_FLIGHT }

local function sender(url)
  local mw = sms.messagewhiz { apikey = "sandbox-key", base_url = url .. "/messagewhiz", timeout = 3, pool = pool }
  local ws = sms.websms { token = "sandbox-token", base_url = url .. "/websms", timeout = 3, pool = pool }
  return function(number)
    if number % 25 == 0 then read_now_and_then(mw) end
    local receipt, err
    if number % 2 == 0 then
      receipt, err = mw:send { to = "27725550100", from = "soak", text = "soak " .. number }
    else
      receipt, err = ws:send { to = "43660000000", text = "soak " .. number }
    end
    if not receipt then kinds[err.kind] = (kinds[err.kind] or 0) + 1 end
    return number, (receipt or err).outcome
  end
end

local planned = 0

local function round(till)
  local sandbox <close> = assert(server.spawn { seed = 1 })
  local send = sender(sandbox.url)
  local outcomes, given, next_plan = {}, 0, 0
  local function numbers()
    if core.now() >= till then return nil end
    if core.now() >= next_plan then
      planned = planned + 1
      plan(sandbox.url, planned)
      next_plan = core.now() + PLAN_EVERY
    end
    given = given + 1
    return given
  end
  local results = 0
  for number, outcome in sms.parallel(IN_FLIGHT, numbers, send) do
    results = results + 1
    if outcomes[number] then complain("row %s came twice", number) end
    outcomes[number] = outcome
    totals[outcome] = totals[outcome] + 1
  end
  if results ~= given then complain("%d rows in, %d out", given, results) end
  totals.rows, totals.rounds = totals.rows + given, totals.rounds + 1
  compare(outcomes, given, sandbox.url)
end

local started, marks, bare = core.now(), {}, descriptors()

local function show()
  collectgarbage()
  collectgarbage()
  local mark = { seconds = core.now() - started, resident = resident(), descriptors = descriptors() }
  marks[#marks + 1] = mark
  if mark.descriptors > bare + KEPT + MORE_FILES then
    complain("%d descriptors, %d before the first request", mark.descriptors, bare)
  end
  print(("%5.1f min  %8d rows  %6.1f MB resident  %3d descriptors  %5.1f MB of Lua"):format(
    mark.seconds / 60, totals.rows, mark.resident, mark.descriptors, collectgarbage "count" / 1024))
end

io.stdout:setvbuf "line"
local finish = started + minutes * 60
local next_mark = math.min(60, minutes * 60 / 4)
sms.run(function()
  while core.now() < finish do
    round(math.min(core.now() + ROUND, finish))
    if core.now() - started >= next_mark * (#marks + 1) then show() end
  end
end)
if #marks == 0 or core.now() - started > marks[#marks].seconds + 1 then show() end

local base = marks[math.max(1, math.min(2, #marks // 2))]
local last = marks[#marks]
if last.resident > base.resident * TOLERANCE then complain("memory grew from %.1f to %.1f MB", base.resident, last.resident) end

local names = {}
for kind, times in pairs(kinds) do names[#names + 1] = kind .. " " .. times end
table.sort(names)
print(("%d rows in %d rounds: %d accepted, %d not sent, %d unknown; %d reads; %d faults planned; %s"):format(
  totals.rows, totals.rounds, totals.accepted, totals.not_sent, totals.unknown, totals.reads, totals.faults, table.concat(names, ", ")))
print(#wrong == 0 and "every row is accounted for; memory and descriptors are flat" or #wrong .. " things are wrong")
os.exit(#wrong == 0, true)
