-- SPDX-License-Identifier: MIT
-- Coroutines that let the waits of a task through to the scheduler: `sms.wrap`, and those that functions of the script are called in.

local core = require "sms.core"
local waiters = require "sms.task.scheduler"

local wrapped = {}

local attempt, close, resume, running, status, yield =
  core.attempt, coroutine.close, coroutine.resume, coroutine.running, coroutine.status, coroutine.yield
local WAIT, passing, reaches, wake = waiters.WAIT, waiters.passing, waiters.reaches, waiters.wake

local NO_VALUES = "a callback yielded values that nothing receives: wait by client calls, sms.sleep or a bare coroutine.yield()"

-- What a coroutine of `aside` gave. A bare yield lets the other tasks go first.
local function aside_done(task, thread, ok, first, ...)
  if status(thread) ~= "suspended" then
    passing[thread] = nil
    if ok then return first, ... end
    return false, first, "error"
  elseif first ~= WAIT and first ~= nil then
    passing[thread] = nil
    close(thread)
    return false, NO_VALUES, "error"
  end
  if first == nil then wake(task) end
  if first == WAIT or reaches(task) then yield(WAIT) end
  return aside_done(task, thread, resume(thread))
end

--- `core.attempt` for functions of the script, which may wait in a task but not yield to whom they don't know.
---@param fn function
---@param ... any
---@return boolean ok
---@return any ...  results, or the error and where it comes from
function wrapped.aside(fn, ...)
  local task = waiters.current()
  if not task then return attempt(fn, ...) end
  local thread = coroutine.create(attempt)
  passing[thread] = running()
  return aside_done(task, thread, resume(thread, fn, ...))
end

local function relay(thread, ok, ...)
  if ok and (...) == WAIT then
    yield(WAIT)
    return relay(thread, resume(thread))
  end
  passing[thread] = nil
  if ok then return ... end
  local value = ...
  close(thread)
  error(value, 0)
end

--- `coroutine.wrap` that lets the waits of tasks through: client calls inside yield to the scheduler, other yields to the caller.
--- (Inside a plain `coroutine.wrap` calls work too, but the other tasks then take their turns within the call, and from 16 such
--- waits at once on they are held up.)
---@param fn function
---@return function
function wrapped.wrap(fn)
  if type(fn) ~= "function" then error("sms.wrap: a function is needed, got a " .. type(fn), 2) end
  local thread = coroutine.create(fn)
  return function(...)
    if passing[thread] then error("cannot resume non-suspended coroutine", 2) end
    passing[thread] = running()
    return relay(thread, resume(thread, ...))
  end
end

return wrapped
