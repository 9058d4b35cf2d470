-- SPDX-License-Identifier: MIT
-- Shared by the adapters of event loops: passes the interest of the pools to the loop and its events back, and runs tasks in
-- small portions, so that the loop's own work continues in between. An adapter only watches a descriptor and sets a timer.

local core = require "sms.core"
local terminal = require "sms.text.terminal"
local waiters = require "sms.task.scheduler"

local driver = {}

--- Maximum seconds of one turn; a single task's own code may take longer.
driver.PORTION = 0.001

local Driver = {}
Driver.__index = Driver

local function print_failure(value, trace)
  io.stderr:write("sms: a task failed: ", terminal.text(trace or tostring(value)), "\n")
end

--- A driver. Functions of the loop:
--- `watch(fd, events)`: call `driver:event(fd, "r")` when it can be read, for as long as it can; events are `"r"`, or `""` to stop
--- watching, after which the descriptor may be closed; `timer(seconds)`: call `driver:turn()` then, replacing the previous timer,
--- nil to unset it; `soon()`: call `driver:turn()` as soon as the loop's own work allows. A pool has one descriptor to watch.
--- Optional: `acted(fd)` after an event was handled; `inside()`, the waiter of the running coroutine of the loop.
---@param loop { watch: function, timer: function, soon: function, acted: function?, inside: function? }
---@param options? { on_error: fun(value: any, trace: string?)? }  for a task that fails while nothing waits for it
---@return table
function driver.new(loop, options)
  local self = setmetatable({
    loop = loop, pools = setmetatable({}, { __mode = "k" }), owner = {}, queue = {}, queued = {}, due = {}, completions = {},
    unregistered = {}, shared = core.pool { sockets = true }, -- may raise an error for lack of a descriptor: better here than in a call
  }, Driver)
  self.hooks = {
    nudge = loop.soon, inside = loop.inside or function() end, failed = options and options.on_error or print_failure,
    adopt = function(pool) return self.pools[pool] or self:adopt(pool) end,
    pool = function(fresh)
      if fresh then self.shared = core.pool { sockets = true } end
      return self.shared
    end,
  }
  return self
end

-- Only a pool that reports its interest can be used without blocking.
function Driver:adopt(pool)
  self.pools[pool] = pool:mode() == "sockets"
  self.unregistered[pool] = self.pools[pool] or nil
  return self.pools[pool]
end

--- Lets waits yield to this loop from now on. Only one loop at a time can be attached to a Lua state.
function Driver:attach()
  local host = waiters.host()
  if host and host ~= self.hooks then error("another event loop is attached already; detach it first", 3) end
  waiters.under(self.hooks)
  return self
end

--- Undoes `attach` permanently; transfers in flight continue when another loop is attached, or in `sms.run`.
function Driver:detach()
  if waiters.host() == self.hooks then waiters.under(nil) end
  for fd in pairs(self.owner) do self.loop.watch(fd, "") end
  self.pools, self.owner, self.queue, self.queued, self.due = {}, {}, {}, {}, {}
  self.loop.timer(nil)
end

--- Whether this loop is the attached one.
---@return boolean
function Driver:attached()
  return waiters.host() == self.hooks
end

--- Reports that a descriptor can be read. It is handled in a later turn.
---@param fd integer
---@param events "r"
function Driver:event(fd, events)
  if not self.queued[fd] then self.queue[#self.queue + 1] = fd end
  self.queued[fd] = events
  self.loop.soon()
end

local function heard(pool, running, kind, words)
  if not running then waiters.broken(pool, kind, words) end
end

function Driver:work_off(stop_at)
  local count = 0
  for i, fd in ipairs(self.queue) do
    local events, pool = self.queued[fd], self.owner[fd]
    self.queued[fd] = nil
    if events and pool then heard(pool, pool:ready(fd, events, self.completions)) end
    if self.loop.acted then self.loop.acted(fd) end
    count = i
    if core.now() >= stop_at then break end
  end
  table.move(self.queue, count + 1, #self.queue + count, 1)
end

function Driver:expire()
  local now = core.now()
  for pool in pairs(self.pools) do
    local due = self.due[pool]
    if due and due <= now then heard(pool, pool:expired(self.completions)) end
  end
end

-- Passes the interest of a pool to the loop until nothing changes: released descriptors are closed by the next call.
function Driver:ask(pool)
  local changes, due = pool:interest(self.unregistered[pool])
  self.unregistered[pool] = nil
  while changes do
    local fd, events = changes[1], changes[2]
    self.owner[fd] = events ~= "" and pool or nil
    if events == "" then self.queued[fd] = nil end
    self.loop.watch(fd, events)
    changes, due = pool:interest()
  end
  self.due[pool] = due and core.now() + due
end

function Driver:flush()
  for pool, usable in pairs(self.pools) do
    if usable then self:ask(pool) end
  end
end

-- The time of the next turn without an event.
function Driver:arm()
  local at, now = waiters.next(), core.now()
  if #self.queue > 0 or at and at <= now then return self.loop.soon() end
  for pool in pairs(self.pools) do at = math.min(at or math.huge, self.due[pool] or math.huge) end
  self.loop.timer(at and at < math.huge and math.max(0, at - now) or nil)
end

--- One portion of work.
function Driver:turn()
  if not self:attached() then return end
  local stop_at = core.now() + driver.PORTION
  self:work_off(stop_at)
  self:expire()
  waiters.deliver(self.completions)
  waiters.work(stop_at)
  self:flush()
  self:arm()
end

return driver
