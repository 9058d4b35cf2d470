-- SPDX-License-Identifier: MIT
-- Tasks and client calls inside copas: after `require "sms.loop.copas".attach()` a thread of copas (`copas.addthread`, a server's
-- handler) may call client methods, which then wait as copas' own calls do; `sms.task` and `sms.parallel` work in it too.

local driver = require "sms.loop.driver"
local scheduler = require "sms.scheduler"

local loop = {}

local ok, copas = pcall(require, "copas")

local attached

---------------------------------------------------------------- descriptors: a thread for each that is watched

-- Is to copas what a socket of LuaSocket is: `getfd` and `dirty` are for its select, which passes over what has no number.
local Watched = {}
Watched.__index = Watched

function Watched:getfd() return not self.gone and self.fd or nil end

function Watched.dirty() return false end

-- Asked again once the descriptor is ready.
function Watched:receive()
  if self.asked then return true end
  self.asked = true
  return nil, "timeout", 0
end

function Watched.close() return true end

-- Waits for readiness, has it worked off, and again.
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

-- Ends the threads of what is not watched any more, in whichever wait of copas they are.
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

---------------------------------------------------------------- turns: a thread as long as there is something to do

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

---------------------------------------------------------------- who waits

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

-- The waiter of the running thread. As with copas' own calls, a coroutine that a thread resumes itself must not wait.
local function inside(self)
  local thread, main = coroutine.running()
  if main or not copas.running then return nil end
  local waiter = self.waiters[thread] or new_waiter(thread)
  self.waiters[thread] = waiter
  return waiter
end

---------------------------------------------------------------- the face

--- From now on threads of copas wait through it. Outside of its loop client calls block.
---@param options? { on_error: fun(value: any, trace: string?)? }  for a task that fails with nobody waiting for it; default: stderr
---@return table driver
function loop.attach(options)
  if not ok then error("sms.loop.copas needs the module 'copas' (LuaRocks: copas), and that LuaSocket: " .. tostring(copas), 2) end
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
  ensure_pump(self)
  return self.driver
end

--- The end of `attach`: nothing of the library stays in the loop.
function loop.detach()
  if not attached then return end
  attached.driver:detach()
  attached.soon, attached.seconds, attached = false, nil, nil
end

--- Runs a function as a task, with everything that it starts, and the loop around it until then; returns what it returns. In a
--- thread of copas it is that thread that waits.
---@param fn function
---@param ... any
---@return any ...
function loop.run(fn, ...)
  if scheduler.waiter() then return scheduler.run(fn, ...) end
  local mine, running, arguments, results = not attached, ok and copas.running, table.pack(...), nil
  loop.attach()
  scheduler.task(function()
    results = table.pack(pcall(scheduler.run, fn, table.unpack(arguments, 1, arguments.n)))
  end)
  copas.running = true
  while not results and not copas.finished() do copas.step() end
  copas.running = running
  if mine then loop.detach() end
  if not results then error("every task waits for another one, and nothing else is under way in the loop", 2) end
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

return loop
