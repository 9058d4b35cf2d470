-- SPDX-License-Identifier: MIT
-- Scheduler: run queue, timers and transfers in flight. A waiter is a task (`sms.task`) or a coroutine of an
-- external event loop (`sms.loop`). Driven by a wait outside of any task, or by such a loop.

local core = require "sms.core"
local timers = require "sms.task.timer_heap"

local waiters = {}

--- Maximum seconds of one poll, after which Ctrl-C and transfers that finished in a step of another pool are noticed.
waiters.SLICE = 0.2
--- Maximum nesting of tasks that wait inside the script's own coroutines; Lua's C stack allows about 40.
local DEEPEST = 16
--- Seconds between polls of each pool, if there are more pools than `core.rest` takes.
local MAX_POOLS, IN_TURN = 64, 0.005
local STUCK = "deadlock: all tasks are waiting and nothing is in flight"

local TOO_DEEP = "too many tasks are waiting inside the script's own coroutines; create those with sms.wrap"

local SLICE, can_yield = waiters.SLICE, core.can_yield
local now, resume, running, yield = core.now, coroutine.resume, coroutine.running, coroutine.yield
local isyieldable, status = coroutine.isyieldable, coroutine.status
local current                          -- the running task
local host                             -- the external event loop, if any
local ready, first, last = {}, 1, 0    -- tasks to be resumed, and their range in the list
local working = false                  -- the external loop is running ready waiters: no nudge needed
local waiting = {}                     -- waiter of its field `transfer` → pool
local pools = setmetatable({}, { __mode = "k" })  -- pools that may have transfers in flight
local sleeping = timers.new()
local completions = {}                 -- waiters whose transfers have ended, or can be read or fed
local passing = setmetatable({}, { __mode = "k" })  -- coroutine of `sms.wrap` → the one that resumed it
local depth, skipped, looked = 0, false, 0
local turns = 0                        -- how many times ready waiters were run
local alone = { yes = true }
local WAIT = setmetatable({}, { __name = "sms.wait" }) -- what a waiting coroutine yields

--- Waiter of its field `transfer` → pool; the pools that may have transfers in flight. `transport` sets them for a task
--- whose coroutine `pool:exchange` yields.
waiters.waiting, waiters.pools = waiting, pools
--- The list that pools add their completions to; `deliver` empties it.
waiters.completions = completions
--- `yes` while there is no task and no external loop, so that every wait blocks.
waiters.alone = alone

---------------------------------------------------------------- the queue

--- Waiters check their condition again, so spurious wake-ups are harmless. A debug hook may raise between
--- any two lines here (Ctrl-C), so only queued waiters are marked, and gaps in the queue are skipped.
---@param waiter table
function waiters.wake(waiter)
  if waiter.signal then return waiter.signal() end
  if waiter.queued then return end
  ready[last + 1] = waiter
  last = last + 1
  waiter.queued = true
  if host and not working then host.nudge() end
end
local wake = waiters.wake

-- A task that waits in a nested coroutine can't be resumed; it checks again when the turn inside it ends.
local function resume_outer(task)
  local before = current
  current = task
  local ok, value = resume(task.thread)
  if value ~= WAIT and not task:after_resume(ok, value) then skipped = true end
  current = before
end

-- Runs the waiters that are queued now. Only unmarked entries are removed from the queue.
local function run_ready(stop_at)
  turns = turns + 1
  for _ = first, last do
    if first > last then return end
    local task = ready[first]
    if task then task.queued = false end
    ready[first] = false
    first = first + 1
    if first > last then
      first = 1
      last = 0
    end
    if task then resume_outer(task) end
    if stop_at and now() >= stop_at then return end
  end
end

-- Whether the current task is running, itself or in a coroutine that it resumed; a debug hook may have interrupted it.
local function runs(task, thread, main)
  return thread == task.thread or not main and status(task.thread) == "normal"
end

--- The waiter that can wait here without blocking: the current task, or a coroutine of the external loop. Nil if a wait must block:
--- outside of both, and where a coroutine can't yield: within `string.gsub`, `table.sort`, a finalizer, a debug hook and the like.
---@return table? waiter
---@return table? host  the external loop
---@return boolean? own  whether the task runs in its own coroutine, not in one that it resumes
local function here()
  local task = current
  if task then
    if can_yield(task.thread) then return task, host, true end
    if runs(task, running()) then return isyieldable() and task or nil, host end
  end
  return host and isyieldable() and host.inside() or nil, host
end
waiters.here = here

--- The running task, whether or not it can yield; nil outside of tasks.
---@return table?
function waiters.current()
  return current and runs(current, running()) and current or nil
end

--- A counter that doesn't change while a task runs without waiting.
---@return integer
function waiters.turns()
  return turns
end

---------------------------------------------------------------- transfers

--- Wakes the waiters of completed transfers. The list has waiters, and transfers without an owner, which lack
--- the field `transfer`.
---@param list any[]  from `pool:step` and its like; emptied
function waiters.deliver(list)
  for i = #list, 1, -1 do
    local waiter = list[i]
    list[i] = nil
    if waiter and waiter.transfer then wake(waiter) end
  end
end

-- The same; the woken tasks run at once.
local function run_completed()
  turns = turns + 1
  local before = current
  for i = #completions, 1, -1 do
    local waiter = completions[i]
    completions[i] = nil
    if waiter and waiter.transfer then
      if waiter.queued or waiter.signal then
        wake(waiter)
      else -- as in `resume_outer`
        current = waiter
        local ok, value = resume(waiter.thread)
        if value ~= WAIT and not waiter:after_resume(ok, value) then skipped = true end
        current = before
      end
    end
  end
end

--- Reports the failure of a pool to everyone who waits on it.
---@param pool userdata
---@param kind string
---@param words string
function waiters.broken(pool, kind, words)
  pools[pool] = nil
  for waiter, its in pairs(waiting) do
    if its == pool then
      waiter.broken = { kind = kind, message = words }
      wake(waiter)
    end
  end
end

-- Delivers transfers that finished in a step of another pool.
local function collect_finished()
  local moment = now()
  if moment - looked < SLICE then return end
  looked = moment
  for waiter in pairs(waiting) do
    if waiter.transfer:done() then wake(waiter) end
  end
end

--- Blocks until a transfer has finished or can be read or fed, for at most one slice; other transfers continue, tasks do not.
---@param pool userdata
---@param transfer userdata
---@return string? kind   of a pool that can't go on
---@return string? words
function waiters.block(pool, transfer)
  local done, kind, words = pool:wait(transfer, SLICE, completions)
  waiters.deliver(completions)
  if done == nil then return kind, words end
end

---------------------------------------------------------------- timers

--- Wakes a waiter, or calls `timer.value.ring` of any table, at a time.
---@param at number
---@param value table
---@return table timer
function waiters.set_timer(at, value)
  if host and not working then host.nudge() end
  return sleeping:add(at, value)
end

--- Cancels a timer; nil and an expired one are ignored.
---@param timer table?
function waiters.drop_timer(timer)
  if timer then sleeping:drop(timer) end
end

local function ring()
  if sleeping.count == 0 then return end
  local moment = now()
  local value = sleeping:due(moment)
  while value do
    if value.ring then value.ring() else wake(value) end
    value = sleeping:due(moment)
  end
end

---------------------------------------------------------------- turns

-- Steps a pool; one with nothing in flight is dropped until it is waited on again.
local function step(pool, seconds)
  local count, kind, words = pool:step(seconds, completions)
  if not count then waiters.broken(pool, kind, words) end
  if count == 0 then pools[pool] = nil end
end

local function step_pools(seconds)
  local one = next(pools)
  if not one then
    core.rest({}, seconds)
  elseif not next(pools, one) then
    step(one, seconds)
  else
    local list = {}
    for pool in pairs(pools) do list[#list + 1] = pool end
    if #list > MAX_POOLS then core.rest({}, math.min(seconds, IN_TURN)) else core.rest(list, seconds) end
    for _, pool in ipairs(list) do step(pool, 0) end
  end
  run_completed()
end

--- Whether nothing is pending that could wake a waiter.
---@return boolean
function waiters.idle()
  return first > last and sleeping.count == 0 and next(waiting) == nil
end

local idle = waiters.idle

-- One turn: runs ready waiters, else waits for a transfer or a timer, at most `limit` seconds.
local function turn(limit, done)
  ring()
  skipped = false
  run_ready()
  if done and done() or idle() then return end
  if first <= last or skipped then limit = 0 end
  local at = sleeping:next()
  if at then limit = math.min(limit, math.max(0, at - now())) end
  step_pools(limit)
  collect_finished()
end

--- Runs turns until `done()`, outside of tasks or in one that can't yield. Raises an error if that can never happen.
---@param done fun(): boolean
function waiters.drive(done)
  local task = waiters.current() -- a task that can't yield here
  if task and depth >= DEEPEST then error(TOO_DEEP, 0) end
  depth = task and depth + 1 or 0
  while not done() do
    if idle() then error(STUCK, 0) end
    turn(SLICE, done)
  end
  if task then current, depth = task, depth - 1 end
end

--- For an external event loop: runs ready waiters, until a time.
---@param stop_at number  on the clock of `core.now`
function waiters.work(stop_at)
  working = true
  ring()
  run_ready(stop_at)
  collect_finished()
  working = false
end

--- For an external event loop: the time of the next turn without an event; nil means never.
---@return number? moment
function waiters.next()
  if first <= last then return 0 end
  local at = sleeping:next()
  if next(waiting) == nil then return at end
  return math.min(at or math.huge, now() + SLICE)
end

--- Sets the external event loop, or removes it (nil).
---@param hooks table? see `sms.loop`
function waiters.under(hooks)
  host = hooks
  alone.yes = false
end

--- The external event loop, or nil.
---@return table?
function waiters.host()
  return host
end

---------------------------------------------------------------- waiting

-- Whether a yield of the running coroutine reaches the scheduler.
local function reaches(task)
  local thread = running()
  while isyieldable(thread) do
    if thread == task.thread then return true end
    thread = passing[thread]
    if not thread then return false end
  end
  return false
end

-- Waits inside a coroutine that other Lua code resumes (a plain `coroutine.wrap`). Its yield would go to that code, so the
-- other tasks run here.
local function turn_inside(task, timed)
  if depth >= DEEPEST then
    if not task.transfer and not timed then
      error(TOO_DEEP, 0)
    end
    return step_pools(task.transfer and SLICE or 0.001)
  end
  if idle() then error(STUCK, 0) end
  local before = current
  depth = depth + 1
  turn(SLICE)
  current, depth = before, depth - 1
end

--- Waits until the waiter is woken or the time has passed; may return early.
---@param waiter table
---@param seconds? number
function waiters.park(waiter, seconds)
  if waiter.park then return waiter.park(seconds) end
  local timer = seconds and sleeping:add(now() + seconds, waiter)
  if reaches(waiter) then yield(WAIT) else turn_inside(waiter, timer) end
  if timer then sleeping:drop(timer) end
end
local park = waiters.park

--- Waits until the waiter's own transfer has finished or can be read or fed, the waiter is woken, or the time has passed; may
--- return early. If the pool has failed, the field `broken` says why.
---@param waiter table
---@param pool userdata
---@param transfer userdata
---@param seconds? number
---@return string? words  why waiting is not possible
function waiters.await(waiter, pool, transfer, seconds)
  if host then
    if not host.adopt(pool) then return "inside an event loop a pool must be made with sockets = true" end
    if not working then host.nudge() end -- the pool's poll interest has changed
  end
  waiter.broken = false
  waiter.transfer = transfer
  waiting[waiter] = pool
  pools[pool] = true
  park(waiter, seconds)
  waiting[waiter] = nil
  waiter.transfer = false
end

--- Abandons the transfer and timer of a waiter that has stopped waiting.
---@param waiter table
function waiters.forget(waiter)
  local transfer = waiter.transfer
  waiting[waiter] = nil
  waiter.transfer = false
  if transfer then transfer:close() end
end

waiters.WAIT, waiters.passing, waiters.reaches = WAIT, passing, reaches

return waiters
