-- SPDX-License-Identifier: MIT
-- Coroutines whose waits reach the scheduler: those of `sms.wrap`, and those that run functions of the script.

local core = require "sms.core"
local waiters = require "sms.task.scheduler"

local wrapped = {}

local attempt, close, resume, running, status, yield =
  core.attempt, coroutine.close, coroutine.resume, coroutine.running, coroutine.status, coroutine.yield
local WAIT, passing, reaches, wake = waiters.WAIT, waiters.passing, waiters.reaches, waiters.wake

local NO_VALUES = "a callback yielded values that nothing receives: wait with client calls, sms.sleep or a bare coroutine.yield()"

-- The results of a coroutine of `aside`. A bare yield lets other tasks run first.
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

--- `core.attempt` for functions of the script, which may wait in a task but not yield values.
---@param fn function
---@param ... any
---@return boolean ok
---@return any ...  results, or the error and its origin
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

--- Like `coroutine.wrap`, but client calls inside yield to the scheduler, and other yields to the caller.
--- (Client calls also work inside a plain `coroutine.wrap`, but other tasks then run within the call, and are delayed once 16 such
--- waits are nested.)
---@param fn function
---@return function
function wrapped.wrap(fn)
  if type(fn) ~= "function" then error("sms.wrap: expected a function, got a " .. type(fn), 2) end
  local thread = coroutine.create(fn)
  return function(...)
    if passing[thread] then error("cannot resume non-suspended coroutine", 2) end
    passing[thread] = running()
    return relay(thread, resume(thread, ...))
  end
end

return wrapped
