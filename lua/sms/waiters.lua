-- SPDX-License-Identifier: MIT
-- Who waits for what, and what wakes them: transfers, timers, each other. A waiter is a task (`sms.scheduler`) or a coroutine of an
-- event loop outside (`sms.loop`). Turned by whoever waits outside of any task, or by such a loop.

local core = require "sms.core"
local timers = require "sms.timers"

local waiters = {}

--- How long one poll lasts at most, seconds: Ctrl-C and transfers that ended in somebody else's step are noticed after that.
waiters.SLICE = 0.2
--- How many tasks may wait inside coroutines that are not known here, one within the other; Lua's C stack ends at about 40.
local DEEPEST = 16
--- More pools than `core.rest` takes are asked in turn, after this many seconds.
local MOST_POOLS, IN_TURN = 64, 0.005
local STUCK = "every task waits for another one, and nothing else is under way"

local SLICE = waiters.SLICE
local current                          -- the task that runs now
local host                             -- the loop outside, when there is one
local ready = { first = 1, last = 0 }  -- tasks to be resumed
local working = false                  -- the loop outside is turning us: it needs no nudge
local waiting = {}                     -- who waits → for which transfer; the transfer knows who
local pools = {}                       -- pool → how many wait on it
local sleeping = timers.new()
local news = {}                        -- transfers that ended, or can be read or fed again
local passing = setmetatable({}, { __mode = "k" })  -- coroutine of `wrap` → the one that resumed it
local depth, skipped, looked = 0, false, 0
local WAIT = setmetatable({}, { __name = "sms.wait" })

--- What a waiting coroutine yields.
waiters.WAIT = WAIT
--- What is given to pools for their news; `deliver` takes it.
waiters.news = news

---------------------------------------------------------------- the queue

--- Whoever waits looks again whether what it waits for has come; waking once too often does no harm. A debug hook may raise between
--- any two lines here, as Ctrl-C does: nobody is marked who is not in the queue, and a hole in it is passed over.
---@param waiter table
function waiters.wake(waiter)
  if waiter.signal then return waiter.signal() end
  if waiter.queued or waiter.state == "ended" then return end
  ready[ready.last + 1] = waiter
  ready.last = ready.last + 1
  waiter.queued = true
  if host and not working then host.nudge() end
end
local wake = waiters.wake

local function dequeue()
  local task = ready[ready.first]
  ready[ready.first], ready.first = nil, ready.first + 1
  if ready.first > ready.last then ready.first, ready.last = 1, 0 end
  if task then task.queued = nil end
  return task
end

-- A task that waits in a coroutine of its own is not suspended itself; it looks again when the turn inside it ends.
local function resume(task)
  if task.state == "ended" then return end
  if coroutine.status(task.thread) ~= "suspended" then
    skipped = true
    return
  end
  local before = current
  current = task
  task:resume()
  current = before
end

--- The task that runs now; nil outside. In the main coroutine none can: one that seems to was broken off by a debug hook.
---@return table?
function waiters.current()
  if current and select(2, coroutine.running()) then current, depth = nil, 0 end
  return current
end

--- Who can wait without blocking here: the current task, or a coroutine of the loop outside; nil where a wait must block.
---@return table? waiter
---@return table? host  the loop outside
function waiters.here()
  return current and waiters.current() or host and host.inside(), host
end

---------------------------------------------------------------- transfers

--- Says that a waiter waits for a transfer, until `unwatch`. Its fields `pool`, `transfer` and, when the pool can't go on,
--- `broken` are set.
---@param waiter table
---@param pool userdata
---@param transfer userdata
---@return string? words  why it can't be waited for here
function waiters.watch(waiter, pool, transfer)
  if host and not host.adopt(pool) then return "inside an event loop a pool must be made with sockets = true" end
  waiters.unwatch(waiter)
  waiter.pool, waiter.transfer, waiter.broken = pool, transfer, nil
  waiting[waiter] = transfer
  transfer:owner(waiter)
  pools[pool] = (pools[pool] or 0) + 1
  if host and not working then host.nudge() end -- the pool has new wishes
end

--- The end of `watch`.
---@param waiter table
function waiters.unwatch(waiter)
  local pool, transfer = waiter.pool, waiter.transfer
  if not transfer then return end
  waiting[waiter], waiter.pool, waiter.transfer = nil, nil, nil
  pools[pool] = pools[pool] > 1 and pools[pool] - 1 or nil
end

--- Wakes those whose transfers the pools told news of.
---@param list userdata[]  from `pool:step` and its like; emptied
function waiters.deliver(list)
  for i = #list, 1, -1 do
    local transfer = list[i]
    local waiter = transfer:owner()
    list[i] = nil
    if waiter and waiter.transfer == transfer then wake(waiter) end
  end
end

--- A pool that can't go on: everyone who waits on it learns why.
---@param pool userdata
---@param kind string
---@param words string
function waiters.broken(pool, kind, words)
  for waiter in pairs(waiting) do
    if waiter.pool == pool then
      waiter.broken = { kind = kind, message = words }
      wake(waiter)
    end
  end
end

-- Transfers that ended in somebody else's step.
local function look_around()
  if core.now() - looked < SLICE then return end
  looked = core.now()
  for waiter, transfer in pairs(waiting) do
    if transfer:done() then wake(waiter) end
  end
end

--- Blocks until a transfer has ended or has news, a slice of time at most; other transfers go on meanwhile, tasks do not.
---@param pool userdata
---@param transfer userdata
---@return string? kind   of a pool that can't go on
---@return string? words
function waiters.block(pool, transfer)
  local done, kind, words = pool:wait(transfer, SLICE, news)
  waiters.deliver(news)
  if done == nil then return kind, words end
end

---------------------------------------------------------------- timers

--- Wakes a waiter, or calls `timer.value.ring` of any table, at a moment.
---@param at number
---@param value table
---@return table timer
function waiters.set_timer(at, value)
  if host and not working then host.nudge() end
  return sleeping:add(at, value)
end

--- Forgets a timer; nil and one that has rung are fine.
---@param timer table?
function waiters.drop_timer(timer)
  if timer then sleeping:drop(timer) end
end

local function ring()
  local now = core.now()
  local value = sleeping:due(now)
  while value do
    if value.ring then value.ring() else wake(value) end
    value = sleeping:due(now)
  end
end

---------------------------------------------------------------- turning

local function run_ready(stop_at)
  for _ = ready.first, ready.last do
    if ready.first > ready.last then return end
    local task = dequeue()
    if task then resume(task) end
    if stop_at and core.now() >= stop_at then return end
  end
end

local function step(pool, seconds)
  local running, kind, words = pool:step(seconds, news)
  if not running then waiters.broken(pool, kind, words) end
end

local function step_pools(seconds)
  local first = next(pools)
  if not first then
    core.rest({}, seconds)
  elseif not next(pools, first) then
    step(first, seconds)
  else
    local list = {}
    for pool in pairs(pools) do list[#list + 1] = pool end
    if #list > MOST_POOLS then core.rest({}, math.min(seconds, IN_TURN)) else core.rest(list, seconds) end
    for _, pool in ipairs(list) do step(pool, 0) end
  end
  waiters.deliver(news)
end

--- Whether nothing is under way that could wake anyone.
---@return boolean
function waiters.idle()
  return ready.first > ready.last and sleeping.count == 0 and next(waiting) == nil
end

local idle = waiters.idle

-- One turn: runs what is ready, else waits for a transfer or a timer, `limit` seconds at most.
local function turn(limit, done)
  ring()
  skipped = false
  run_ready()
  if done and done() or idle() then return end
  if ready.first <= ready.last or skipped then limit = 0 end
  local at = sleeping:next()
  if at then limit = math.min(limit, math.max(0, at - core.now())) end
  step_pools(limit)
  look_around()
end

--- Turns until `done()`, outside of any task. Raises when nothing could ever make it so.
---@param done fun(): boolean
function waiters.drive(done)
  while not done() do
    if idle() then error(STUCK, 0) end
    turn(SLICE, done)
  end
end

--- For a loop outside: runs what is ready, until a moment.
---@param stop_at number  on the clock of `core.now`
function waiters.work(stop_at)
  working = true
  ring()
  run_ready(stop_at)
  look_around()
  working = false
end

--- For a loop outside: when it should turn us again without an event; nil: never.
---@return number? moment
function waiters.next()
  if ready.first <= ready.last then return 0 end
  local at = sleeping:next()
  if next(waiting) == nil then return at end
  return math.min(at or math.huge, core.now() + SLICE)
end

--- Puts everything under a loop outside, or takes it back (nil).
---@param hooks table? see `sms.loop`
function waiters.under(hooks)
  host = hooks
end

--- The loop outside, or nil.
---@return table?
function waiters.host()
  return host
end

---------------------------------------------------------------- waiting

-- Whether a yield of the running coroutine reaches us.
local function reaches(task)
  local thread = coroutine.running()
  while thread ~= task.thread do
    thread = passing[thread]
    if not thread then return false end
  end
  return true
end

-- A wait inside a coroutine that Lua code of its own resumes (a plain `coroutine.wrap`): its yield would go to that code, so the
-- others take their turns here.
local function turn_inside(task, timed)
  if depth >= DEEPEST then
    if not task.transfer and not timed then
      error("too many tasks wait inside coroutines of their own; make those coroutines with sms.wrap", 0)
    end
    return step_pools(task.transfer and SLICE or 0.001)
  end
  if idle() then error(STUCK, 0) end
  local before = current
  depth = depth + 1
  turn(SLICE)
  current, depth = before, depth - 1
end

--- Waits until somebody wakes the waiter, or the seconds are over; may return early.
---@param waiter table
---@param seconds? number
function waiters.park(waiter, seconds)
  if waiter.park then return waiter.park(seconds) end
  local timer = seconds and sleeping:add(core.now() + seconds, waiter)
  if reaches(waiter) then coroutine.yield(WAIT) else turn_inside(waiter, timer) end
  if timer then sleeping:drop(timer) end
end

local function relay(thread, ok, ...)
  if ok and (...) == WAIT then
    coroutine.yield(WAIT)
    return relay(thread, coroutine.resume(thread))
  end
  passing[thread] = nil
  if ok then return ... end
  local value = ...
  coroutine.close(thread)
  error(value, 0)
end

--- `coroutine.wrap` that lets the waits of tasks through: client calls inside yield to the scheduler, other yields to the caller.
--- (Inside a plain `coroutine.wrap` calls work too, but the other tasks then take their turns within the call, and from 16 such
--- waits at once on they are held up.)
---@param fn function
---@return function
function waiters.wrap(fn)
  if type(fn) ~= "function" then error("sms.wrap: a function is needed, got a " .. type(fn), 2) end
  local thread = coroutine.create(fn)
  return function(...)
    if passing[thread] then error("cannot resume non-suspended coroutine", 2) end
    passing[thread] = coroutine.running()
    return relay(thread, coroutine.resume(thread, ...))
  end
end

return waiters
