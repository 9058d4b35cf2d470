-- SPDX-License-Identifier: MIT
-- Tasks and client calls inside cqueues: after `require "sms.loop.cqueues".attach()` a coroutine of any controller (`cq:wrap`) may
-- call client methods, which then yield through cqueues; `sms.task` and `sms.parallel` work in it too.

local driver = require "sms.loop.driver"
local scheduler = require "sms.task"
local waiters = require "sms.task.scheduler"

local loop = {}

local ok, cqueues = pcall(require, "cqueues")
local condition = ok and require "cqueues.condition"

--- Steps with nothing pending after which nothing can happen.
local QUIET = 5

local attached

-- The controller to use: the running one, else the given one, else the last one.
local function controller(self)
  self.last = cqueues.running() or self.given or self.last
  return self.last
end

---------------------------------------------------------------- descriptors: one coroutine each

local function keep_watching(self, fd, watched)
  local object = { pollfd = fd, events = "r" }
  while not watched.gone do
    if cqueues.poll(object, watched.changed) == object and not watched.gone then
      self.driver:event(fd, "r")
      watched.changed:wait()
    end
  end
end

local function watcher(self)
  return function(fd, events)
    local watched = self.watched[fd]
    if events ~= "" and not watched then
      watched = { changed = condition.new(), cq = controller(self) }
      self.watched[fd] = watched
      watched.cq:wrap(keep_watching, self, fd, watched)
    elseif watched and events == "" then
      watched.gone, self.watched[fd] = true, nil
      watched.cq:cancel(fd)
      watched.changed:signal()
    end
  end
end

---------------------------------------------------------------- turns: a coroutine while there is work

local function pump(self)
  while self.soon or self.seconds do
    if not self.soon then self.nudged:wait(self.seconds) else cqueues.sleep(0) end
    self.soon, self.seconds = false, nil
    self.driver:turn()
  end
  self.pumping = false
end

local function ensure_pump(self)
  if self.pumping then return self.nudged:signal() end
  local cq = controller(self)
  if not cq then return end -- determined by the first coroutine that waits
  self.pumping = true
  cq:wrap(pump, self)
end

---------------------------------------------------------------- waiters

local function new_waiter()
  local woken, signalled = condition.new(), false
  return {
    signal = function()
      signalled = true
      woken:signal()
    end,
    park = function(seconds)
      if not signalled then woken:wait(seconds) end
      signalled = false
    end,
  }
end

-- The waiter of the running coroutine; nil inside a coroutine that a controller doesn't resume itself.
local function inside(self)
  local cq, direct = cqueues.running()
  if not cq or not direct then return nil end
  if self.soon and not self.pumping then ensure_pump(self) end
  local thread = coroutine.running()
  local waiter = self.waiters[thread] or new_waiter()
  self.waiters[thread] = waiter
  return waiter
end

---------------------------------------------------------------- interface

--- From now on, client calls in coroutines of a controller yield to it.
---@param cq? table        controller to use while none is running; default: the last one that ran
---@param options? { on_error: fun(value: any, trace: string?)? }  of a task that nothing waits for; default: prints to stderr
---@return table driver
function loop.attach(cq, options)
  if not ok then error("sms.loop.cqueues needs the module 'cqueues' (Debian: lua-cqueues; LuaRocks: cqueues): " .. tostring(cqueues), 2) end
  if attached then
    attached.given = cq or attached.given
    return attached.driver
  end
  local self = { soon = true, given = cq, watched = {}, nudged = condition.new(), waiters = setmetatable({}, { __mode = "k" }) }
  local function soon()
    self.soon = true
    ensure_pump(self)
  end
  local function timer(seconds)
    self.seconds = seconds
    if seconds then ensure_pump(self) end
  end
  self.driver = driver.new({
    watch = watcher(self), timer = timer, soon = soon, inside = function() return inside(self) end,
    acted = function(fd) if self.watched[fd] then self.watched[fd].changed:signal() end end,
  }, options):attach()
  attached = self
  return self.driver
end

--- Undoes `attach`.
function loop.detach()
  if not attached then return end
  attached.driver:detach()
  attached = nil
end

--- Runs a function as a task, with all tasks that it starts, in a new controller, or in the running one. Returns its
--- results.
---@param fn function
---@param ... any
---@return any ...
function loop.run(fn, ...)
  if scheduler.waiter() then return scheduler.run(fn, ...) end
  local mine = not attached
  loop.attach()
  local self, cq, results, thread = attached, attached.given or attached.last or cqueues.new(), nil, nil
  local _ <close> = setmetatable({}, { __close = function() if mine then loop.detach() end end })
  cq:wrap(function(...)
    thread = coroutine.running()
    results = table.pack(pcall(scheduler.run, ...))
  end, fn, ...)
  local quiet = 0
  local function step()
    if quiet >= QUIET then return false end -- a step ends before the coroutines that it signalled have run
    quiet = cq:count() <= 1 and waiters.idle() and quiet + 1 or 0
    local good, problem = cq:step(quiet > 0 and 0 or nil)
    if not good then error(problem, 0) end
    return true
  end
  local function cancel()
    local waiter = self.waiters[thread]
    if not waiter then return end
    waiter.stopped = "cancelled"
    waiter.signal()
  end
  scheduler.turn_by(step, function() return results end, cancel)
  if not results then error("deadlock: all tasks are waiting and nothing is in flight in the loop", 2) end
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

return loop
