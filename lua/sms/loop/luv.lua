-- SPDX-License-Identifier: MIT
-- Tasks inside luv's event loop (libuv): `local loop = require "sms.loop.luv"`, then `loop.run(fn)`, or `loop.attach()` and
-- `sms.task(fn)` from any callback. Client calls in tasks never block the loop; outside of tasks they do.

local core = require "sms.core"
local driver = require "sms.loop.driver"
local scheduler = require "sms.task"

local loop = {}

local ok, luv = pcall(require, "luv")

local attached

-- uv handles of descriptors; closing one releases its descriptor immediately.
local function watcher(uv, self)
  local polls = {}
  return function(fd, events)
    local poll = polls[fd]
    if events ~= "" and not poll then
      poll = assert(uv.new_poll(fd))
      polls[fd] = poll
      poll:start("r", function() self.driver:event(fd, "r") end)
    elseif poll and events == "" then
      polls[fd] = nil
      poll:close()
    end
  end
end

local function timer_of(self)
  return function(seconds)
    if self.closed then return end
    self.timer:stop()
    if seconds then self.timer:start(math.ceil(seconds * 1000), 0, self.turn) end
  end
end

local function soon_of(self)
  return function()
    if not self.closed and not self.idle:is_active() then
      self.idle:start(function()
        self.idle:stop()
        self.turn()
      end)
    end
  end
end

--- Attaches to the loop: from now on, tasks run inside it.
---@param uv? table        the module `luv`, or one like it
---@param options? { on_error: fun(value: any, trace: string?)? }  of a task that nothing waits for; default: prints to stderr
---@return table driver
function loop.attach(uv, options)
  if attached then return attached.driver end
  uv = uv or ok and luv
  if not uv then error("sms.loop.luv needs the module 'luv' (Debian: lua-luv; LuaRocks: luv): " .. tostring(luv), 2) end
  local self = { uv = uv, timer = uv.new_timer(), idle = uv.new_idle(), running = false, wanted = false }
  self.turn = function()
    if self.running then self.wanted = true else self.driver:turn() end
  end
  self.driver = driver.new({ watch = watcher(uv, self), timer = timer_of(self), soon = soon_of(self) }, options):attach()
  attached = self
  self.driver.hooks.nudge()
  return self.driver
end

--- Undoes `attach`: removes everything from the loop. luv crashes if Lua exits while it closes a handle, so
--- handles are closed here, except when called from inside the loop, which closes them later.
function loop.detach()
  local self = attached
  if not self then return end
  attached = nil
  self.driver:detach()
  self.closed = true
  self.timer:close()
  self.idle:close()
  if not self.uv.loop_mode() then self.uv.run "nowait" end
end

-- One turn of the loop. Tasks wait and run here, not in callbacks of libuv: luv ends the process if
-- a debug hook raises in a callback, as with Ctrl-C. An interrupted turn is repeated.
local function step(self)
  local uv = self.uv
  local ms = uv.backend_timeout()
  if ms ~= 0 then core.ready(uv.backend_fd(), ms and ms > 0 and math.min(ms / 1000, scheduler.SLICE) or scheduler.SLICE) end
  local more = uv.run "nowait"
  if not self.wanted then return more end
  self.driver:turn()
  self.wanted = false
  return true
end

--- Runs a function as a task, with all tasks that it starts, and the loop until they have ended; returns its results. Not from
--- inside a callback of the loop: start tasks there.
---@param fn function
---@param ... any
---@return any ...
function loop.run(fn, ...)
  if scheduler.waiter() then return scheduler.run(fn, ...) end
  local mine = not attached
  loop.attach()
  local self, arguments, results = attached, table.pack(...), nil
  local outer = self.running
  local _ <close> = setmetatable({}, { __close = function()
    self.running = outer
    if mine then loop.detach() end
  end })
  self.running = true
  local task = scheduler.task(function()
    results = table.pack(pcall(scheduler.run, fn, table.unpack(arguments, 1, arguments.n)))
  end)
  scheduler.turn_by(function() return step(self) end, function() return results end, function() task:cancel() end)
  if not mine then self.uv.run "nowait" end
  if not results then error("deadlock: all tasks are waiting and nothing is in flight in the loop", 2) end
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

return loop
