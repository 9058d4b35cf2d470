-- SPDX-License-Identifier: MIT
-- Tasks and client calls inside copas: after `require "sms.loop.copas".attach()` a thread of copas (`copas.addthread`, a server's
-- handler) may call client methods, which then wait like copas' own calls; `sms.task` and `sms.parallel` work in it too.

local driver = require "sms.loop.driver"
local scheduler = require "sms.task"
local waiters = require "sms.task.scheduler"

local loop = {}

local ok, copas = pcall(require, "copas")
local SOURCE = ok and debug.getinfo(copas.step, "S").source

local attached

---------------------------------------------------------------- descriptors: one thread each

-- Looks like a LuaSocket socket to copas: `getfd` and `dirty` are for its select, which skips sockets without a descriptor.
local Watched = {}
Watched.__index = Watched

function Watched:getfd() return not self.gone and self.fd or nil end

function Watched.dirty() return false end

-- Called again once the descriptor is ready.
function Watched:receive()
  if self.asked then return true end
  self.asked = true
  return nil, "timeout", 0
end

function Watched.close() return true end

-- Waits for readiness, handles it, and repeats.
local function follow(self, watched)
  watched.thread = coroutine.running()
  while not watched.gone do
    watched.asked, watched.acted = false, false
    copas.receive(watched, "")
    if not watched.gone then self.driver:event(watched.fd, "r") end
    while not watched.acted and not watched.gone do copas.pauseforever() end
  end
  self.leaving[watched] = nil
end

-- Ends the threads of descriptors that are no longer watched, whatever they wait for in copas.
local function see_off(self)
  for watched in pairs(self.leaving) do
    copas.close(watched)
    copas.wakeup(watched.thread)
  end
end

local function watcher(self)
  return function(fd, events)
    local watched = self.watched[fd]
    if events ~= "" and not watched then
      watched = setmetatable({ fd = fd }, Watched)
      self.watched[fd] = watched
      copas.addnamedthread("sms socket", follow, self, watched)
    elseif watched and events == "" then
      watched.gone, self.watched[fd], self.leaving[watched] = true, nil, true
      self.ensure_pump()
    end
  end
end

local function acted(self, fd)
  local watched = self.watched[fd]
  if not watched then return end
  watched.acted = true
  copas.wakeup(watched.thread)
end

---------------------------------------------------------------- turns: a thread while there is work

local function pump(self)
  while self.soon or self.seconds or next(self.leaving) do
    copas.pause(not self.soon and not next(self.leaving) and self.seconds or 0)
    self.soon, self.seconds = false, nil
    see_off(self)
    self.driver:turn()
  end
  self.pumping = nil
end

local function ensure_pump(self)
  if self.pumping then return copas.wakeup(self.pumping) end
  self.pumping = copas.addnamedthread("sms turns", pump, self)
end

---------------------------------------------------------------- waiters

local function new_waiter(thread)
  local signalled, parked = false, false
  return {
    signal = function()
      signalled = true
      if parked then copas.wakeup(thread) end
    end,
    park = function(seconds)
      parked = true
      if not signalled and seconds then copas.pause(seconds) elseif not signalled then copas.pauseforever() end
      signalled, parked = false, false
    end,
  }
end

-- The thread that copas has resumed, according to its loop on the main coroutine; nil if unknown.
local function resumed_thread()
  local main, level = debug.getregistry()[1], 0
  local info = debug.getinfo(main, level, "S")
  while info and info.source ~= SOURCE do
    level = level + 1
    info = debug.getinfo(main, level, "S")
  end
  if not info then return nil end
  local _, value = debug.getlocal(main, level, 1)
  return type(value) == "thread" and value or nil
end

local NOT_A_THREAD = "a coroutine that a copas thread resumes can't wait, because its yield would go to that thread; "
  .. "make the call in the thread itself, or in a task (sms.task)"

-- The waiter of the running thread.
local function inside(self)
  local thread, main = coroutine.running()
  if main or not copas.running then return nil end
  local waiter = self.waiters[thread]
  if waiter then return waiter end
  local resumed = resumed_thread()
  if resumed and resumed ~= thread then error(NOT_A_THREAD, 0) end
  waiter = new_waiter(thread)
  self.waiters[thread] = waiter
  return waiter
end

-- A thread that was removed from copas is never resumed: its transfer is abandoned.
local function watch_removals(self)
  self.remove = copas.removethread
  function self.removing(thread)
    self.remove(thread)
    local waiter = self.waiters[thread]
    if not waiter then return end
    self.waiters[thread] = nil
    waiters.forget(waiter)
    self.ensure_pump()
  end
  copas.removethread = self.removing
end

---------------------------------------------------------------- interface

--- From now on, client calls in copas threads yield to copas. Outside of its loop they block.
---@param options? { on_error: fun(value: any, trace: string?)? }  of a task that nothing waits for; default: prints to stderr
---@return table driver
function loop.attach(options)
  if not ok then error("sms.loop.copas needs the module 'copas' (LuaRocks: copas), which needs LuaSocket: " .. tostring(copas), 2) end
  if not copas.pauseforever then
    error(("sms.loop.copas needs copas 4.7 or later, this is '%s'"):format(tostring(copas._VERSION)), 2)
  end
  if attached then return attached.driver end
  local self = { soon = true, watched = {}, leaving = {}, waiters = setmetatable({}, { __mode = "k" }) }
  self.ensure_pump = function() ensure_pump(self) end
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
    acted = function(fd) acted(self, fd) end,
  }, options):attach()
  attached = self
  watch_removals(self)
  ensure_pump(self)
  return self.driver
end

--- Undoes `attach`: removes everything from the loop.
function loop.detach()
  if not attached then return end
  attached.driver:detach()
  if copas.removethread == attached.removing then copas.removethread = attached.remove end
  attached.soon, attached.seconds, attached = false, nil, nil
end

--- Runs a function as a task, with all tasks that it starts, and the loop until they have ended; returns its results. In a
--- thread of copas, that thread waits.
---@param fn function
---@param ... any
---@return any ...
function loop.run(fn, ...)
  if scheduler.waiter() then return scheduler.run(fn, ...) end
  local mine, running, arguments, results = not attached, ok and copas.running, table.pack(...), nil
  loop.attach()
  local task = scheduler.task(function()
    results = table.pack(pcall(scheduler.run, fn, table.unpack(arguments, 1, arguments.n)))
  end)
  local _ <close> = setmetatable({}, { __close = function()
    copas.running = running
    if mine then loop.detach() end
  end })
  copas.running = true
  local function step()
    if copas.finished() then return false end
    copas.step()
    return true
  end
  scheduler.turn_by(step, function() return results end, function() task:cancel() end)
  if not results then error("deadlock: all tasks are waiting and nothing is in flight in the loop", 2) end
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

return loop
