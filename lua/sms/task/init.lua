-- SPDX-License-Identifier: MIT
-- Concurrency: tasks are coroutines. A client call yields inside a task while its transfer runs, and blocks outside. One scheduler
-- per Lua state; waiting and waking are in `sms.task.scheduler`.

local core = require "sms.core"
local failure = require "sms.error"
local guard = require "sms.task.guard"
local pools = require "sms.task.pools"
local check = require "sms.check"
local waiters = require "sms.task.scheduler"
local wrapped = require "sms.task.coroutines"

local scheduler = {
  current = waiters.current, waiter = waiters.here, park = waiters.park,
  wake = waiters.wake, await = waiters.await, block = waiters.block, drive = waiters.drive, wrap = wrapped.wrap, host = waiters.host,
  deliver = waiters.deliver, completions = waiters.completions, alone = waiters.alone, SLICE = waiters.SLICE,
  waiting = waiters.waiting, pools = waiters.pools, WAIT = waiters.WAIT,
}

local Task = { __name = "sms.task" }
Task.__index = Task

-- A group of tasks that are run, cancelled and awaited together; `sms.run` creates one.
local function new_group()
  return { alive = 0, started = 0, tasks = {}, failures = {}, failed = 0, ended = setmetatable({}, { __mode = "k" }) }
end

local root = new_group()

---------------------------------------------------------------- start and end of a task

local STOPPED = { cancelled = "the task was cancelled", timeout = "the deadline of the task passed" }

local function interrupt(task, kind)
  if task.state == "ended" or task.stopped then return end
  task.stopped = kind
  if task.transfer then task.transfer:cancel(kind) end
  waiters.wake(task)
end

local function interrupt_all(group)
  for task in pairs(group.tasks) do interrupt(task, "cancelled") end
end

-- Cancels running tasks and remembers them: their results are attached to the error that ends the group. No task of the group
-- starts from then on.
local function break_off(group, also)
  group.broken = group.broken or {}
  for task in pairs(group.tasks) do group.broken[task] = true end
  for task in pairs(also or {}) do group.broken[task] = true end
  interrupt_all(group)
end

-- What those tasks returned, in the order in which they were started, without results that were already passed on.
local function results_of(group)
  local out, broken = {}, {}
  for task in pairs(group.broken or {}) do broken[#broken + 1] = task end
  table.sort(broken, function(a, b) return a.number < b.number end)
  for _, task in ipairs(broken) do
    if task.ok and not task.heard and task.results.n > 0 then out[#out + 1] = task.results end
    if not task.ok and not task.heard then out[#out + 1] = table.pack(false, task.results[1]) end
  end
  return guard.results(out)
end

-- Keeps a failure until the task is awaited. A stopped task that reports it has not failed.
local function note_failure(task)
  local group, value, host = task.group, task.results[1], waiters.host()
  if task.stopped and failure.is(value) and value.kind == task.stopped then return end
  if group == root and host and not task.waiters[1] then return host.failed(value, task.trace) end
  group.failed = group.failed + 1
  group.failures[task] = group.failed
end

-- A debug hook may raise between any two lines here: the results of the function are stored first, so that none are lost.
local function finish(task, ok, ...)
  local group = task.group
  if task.state ~= "ended" then task.state, task.ok, task.results = "ended", ok, table.pack(...) end
  waiters.forget(task)
  waiters.drop_timer(task.alarm)
  if task.ok and group ~= root and task.results.n > 0 then group.ended[task] = true end
  group.tasks[task], group.alive = nil, group.alive - 1
  if not task.ok and group.main == task then break_off(group) elseif not task.ok then note_failure(task) end
  for _, waiter in ipairs(task.waiters) do waiters.wake(waiter) end
  if group.alive == 0 and group.waiter then waiters.wake(group.waiter) end
end

local STRANGE = "a task yielded values that nothing receives: wait with client calls, sms.sleep, task:wait or a bare coroutine.yield()"

-- Called by the scheduler with the results of resuming a task: what it yielded, or the end of its protected call. A bare yield lets the
-- other tasks run first. False if it could not be resumed because its thread is not suspended; an ended task may be woken.
local function after_resume(task, _, first)
  local status = coroutine.status(task.thread)
  if status == "suspended" and first == nil then
    waiters.wake(task)
  elseif status == "suspended" then
    coroutine.close(task.thread)
    finish(task, false, STRANGE)
  elseif status ~= "dead" then
    return false
  elseif task.state ~= "ended" then
    local given = task.given -- a debug hook may have interrupted its completion
    if given then finish(task, table.unpack(given, 1, given.n)) else finish(task, false, first) end
  end
  return true
end

-- The message for a failed task that is not awaited.
local function keep_trace(value)
  local task = waiters.current()
  if task and task.group == root and waiters.host() then task.trace = debug.traceback(guard.shown(value), 2) end
  return value
end

local function check_function(fn, name)
  if not check.callable(fn) then error(("%s: expected a function, got a %s"):format(name, type(fn)), 3) end
end

-- The function runs in its own protected call, which closes its variables if it fails; closing may wait. Fields that are read on
-- every turn are set initially, since an absent field would be looked up in `Task`.
local function start(group, fn, ...)
  local parent, arguments = waiters.current(), table.pack(...)
  local task
  local function body()
    if group.broken then
      task.given = table.pack(false, failure.new { kind = "cancelled", outcome = "not_sent", message = STOPPED.cancelled })
    else
      task.given = table.pack(xpcall(fn, keep_trace, table.unpack(arguments, 1, arguments.n)))
    end
  end
  group.started = group.started + 1
  task = setmetatable({
    number = group.started, given = false, heard = false,
    thread = coroutine.create(body), group = group, waiters = {}, state = "ready",
    after_resume = after_resume,
    queued = false, stopped = false, ends = false, transfer = false, broken = false, signal = false, park = false,
  }, Task)
  waiters.alone.yes = false
  group.alive = group.alive + 1
  group.tasks[task] = true
  if parent and parent.ends then task:deadline(parent.ends - core.now()) end
  waiters.wake(task)
  return task
end

--- Starts a task. It runs on the next turn of the scheduler: in `sms.run`, while a task is awaited, or under an external loop.
---@param fn function
---@param ... any  arguments of `fn`
---@return table task with `wait`, `cancel`, `deadline`, `done`
function scheduler.task(fn, ...)
  check_function(fn, "sms.task")
  local parent = waiters.current()
  return start(parent and parent.group or root, fn, ...)
end

---------------------------------------------------------------- stopping

local function check_seconds(seconds, name)
  if type(seconds) ~= "number" or seconds ~= seconds then
    error(("%s: expected a number of seconds, got %s"):format(name, type(seconds) == "number" and "NaN" or "a " .. type(seconds)), 3)
  end
end

--- Why the current task must not start anything new: it was cancelled, or its deadline has passed.
---@return string? kind
---@return string? words
function scheduler.stopped()
  local task = waiters.current()
  local kind = task and task.stopped
  if kind then return kind, STOPPED[kind] end
end

--- The deadline of the current task, or nil.
---@return number? seconds on the clock of `core.now`
function scheduler.deadline()
  local task = waiters.current()
  return task and task.ends or nil
end

--- For waits that don't return an error value: raises one instead.
---@param waiter table
function scheduler.raise_when_stopped(waiter)
  local kind = waiter.stopped
  if kind then error(failure.new { kind = kind, outcome = "not_sent", message = STOPPED[kind] }, 0) end
end

--- Sleeps without blocking other tasks; returns early when the task is stopped.
---@param seconds number
---@param waiter? table  who sleeps; the one that runs
function scheduler.sleep(seconds, waiter)
  waiter = waiter or assert(waiters.here(), "not inside a task")
  local ends = core.now() + seconds
  repeat
    waiters.park(waiter, waiter.stopped and 0 or math.max(0, ends - core.now()))
  until waiter.stopped or core.now() >= ends
end

--- Sleeps; transfers in flight continue. In a task it returns early when the task is stopped.
---@param seconds number
---@param pool? userdata  of the transfers; the shared one
function scheduler.rest(seconds, pool)
  local waiter = waiters.here()
  if waiter then return scheduler.sleep(seconds, waiter) end
  pools.rest(pool or pools.shared(), seconds)
end

--- Sleeps. In a task the other tasks continue, and it raises an error value of kind `cancelled` or `timeout` if the task is stopped.
---@param seconds number
function scheduler.pause(seconds)
  check_seconds(seconds, "sms.sleep")
  local waiter = waiters.here()
  if not waiter then
    local task = waiters.current() -- a task that can't yield
    if task then scheduler.raise_when_stopped(task) end
    return scheduler.rest(seconds)
  end
  scheduler.raise_when_stopped(waiter)
  scheduler.sleep(seconds, waiter)
  scheduler.raise_when_stopped(waiter)
end

---------------------------------------------------------------- tasks

--- Whether the task has ended.
---@return boolean
function Task:done()
  return self.state == "ended"
end

--- Waits until a task has ended, whatever its result.
---@param task table
---@param stops? boolean  raise an error if the waiting task is stopped; otherwise continue waiting
function scheduler.await_end(task, stops)
  if task.state == "ended" then return end
  local waiter = waiters.here()
  if not waiter then return waiters.drive(function() return task.state == "ended" end) end
  task.waiters[#task.waiters + 1] = waiter
  while task.state ~= "ended" do
    if stops then scheduler.raise_when_stopped(waiter) end
    waiters.park(waiter)
  end
end

--- Waits until the task has ended; returns the results of its function, or raises its error.
---@return any ...
function Task:wait()
  scheduler.await_end(self, true)
  local group = self.group
  group.failures[self], group.ended[self], self.heard = nil, nil, true
  if not self.ok then error(self.results[1], 0) end
  return table.unpack(self.results, 1, self.results.n)
end

--- Cancels the task: its current call returns `nil, err` of kind `cancelled` with the actual outcome, later calls are
--- not made; `sms.sleep`, `task:wait` and `sms.parallel` raise such an error. The task's own code continues from there.
function Task:cancel()
  interrupt(self, "cancelled")
end

--- Limits the task, and tasks that it starts from now on, to this many seconds; then it is stopped as by `cancel`, with kind `timeout`.
---@param seconds number
---@return table self
function Task:deadline(seconds)
  check_seconds(seconds, "task:deadline")
  waiters.drop_timer(self.alarm)
  self.ends = core.now() + seconds
  if self.state ~= "ended" then
    self.alarm = waiters.set_timer(self.ends, { ring = function() interrupt(self, "timeout") end })
  end
  return self
end

function Task:__tostring()
  return "sms.task: " .. (self.state == "ended" and (self.ok and "ended" or "failed") or "running")
end

---------------------------------------------------------------- sms.run

--- Seconds that the tasks of an interrupted run have to finish, without starting new calls.
local LAST_WORDS = 2

-- Abandons a group that won't be resumed: closes its coroutines and their transfers.
local function abandon(group)
  for task in pairs(group.tasks) do
    if coroutine.status(task.thread) == "suspended" then coroutine.close(task.thread) end
    finish(task, false, failure.new { kind = "cancelled", message = STOPPED.cancelled })
  end
end

-- Lets the tasks of an interrupted group finish.
local function see_off(group)
  local waiter, ends = waiters.here(), core.now() + LAST_WORDS
  local function over() return group.alive == 0 or core.now() >= ends end
  if not waiter then return waiters.drive(over) end
  group.waiter = waiter
  while not over() do waiters.park(waiter, math.max(0, ends - core.now())) end
end

-- Ends a `run` that was interrupted by a debug hook (Ctrl-C) or a deadlock.
local function close_group(group, problem)
  if group.alive == 0 then return end
  if problem == nil then return abandon(group) end
  break_off(group, group.ended)
  core.attempt(see_off, group)
  abandon(group)
  error(guard.carry(problem, results_of(group)), 0)
end

-- The first failure of a task that was not awaited.
local function unheard(group)
  local first
  for task, number in pairs(group.failures) do
    if not first or number < group.failures[first] then first = task end
  end
  return first
end

local function raise_unheard(group)
  local task = unheard(group)
  if not task then return end
  group.failures[task] = nil
  error(task.results[1], 0)
end

local function wait_for_group(group, waiter)
  if not waiter then return waiters.drive(function() return group.alive == 0 end) end
  group.waiter = waiter
  while group.alive > 0 do
    if waiter.stopped and not group.broken then break_off(group, group.ended) end
    waiters.park(waiter)
  end
end

--- Runs a function as a task, with all tasks that it starts; returns its results when all have ended. An error of the function is
--- raised here, after the tasks that it started have been cancelled and have ended; so is, at the end, the first error of a task that
--- was not awaited. Results of tasks that were still running are attached: in the field `results` of an error value; if it
--- isn't one and something may have been sent, in that of an error value of kind `cancelled`, whose `cause` it is. The same holds for
--- Ctrl-C and any other interruption. May be nested.
---@param fn function
---@param ... any
---@return any ...
function scheduler.run(fn, ...)
  check_function(fn, "sms.run")
  local group, waiter = new_group(), waiters.here()
  local _ <close> = setmetatable({}, { __close = function(_, problem) close_group(group, problem) end })
  local main = start(group, fn, ...)
  group.main = main
  wait_for_group(group, waiter)
  main.heard = true
  if not main.ok then error(guard.carry(main.results[1], results_of(group)), 0) end
  raise_unheard(group)
  if not waiter and not waiters.current() then raise_unheard(root) end
  return table.unpack(main.results, 1, main.results.n)
end

--- For an external event loop: steps it until a run inside it has ended. If interrupted, the run is cancelled, and its results
--- are attached to the error.
---@param step fun(): boolean?   turns the loop once; false: nothing is left in it
---@param results fun(): table?  of `pcall` around the run, packed, once it has ended
---@param cancel fun()           cancels the run
---@return table? results
function scheduler.turn_by(step, results, cancel)
  local function turn(ends)
    while not results() and (not ends or core.now() < ends) and step() do end
  end
  local ok, problem = core.attempt(turn)
  if ok then return results() end
  cancel()
  core.attempt(turn, core.now() + LAST_WORDS)
  local given = results()
  if given then given = given[1] and table.pack(table.unpack(given, 2, given.n)) or { n = 2, table.unpack(given) } end
  error(guard.carry(problem, guard.results { given }), 0)
end

return scheduler
