-- SPDX-License-Identifier: MIT
-- `sms.parallel(n, items, fn)`: n calls in flight, results in input order or as they finish, memory bounded by the window.
-- n workers take one item after the other; the caller's loop takes the results.

local naming = require "sms.naming"
local scalar = require "sms.scalar"
local scheduler = require "sms.scheduler"

local parallel = {}

--- How many items may be taken and not yet handed on, as a multiple of n: so the rest goes on while the head is slow.
parallel.AHEAD = 4

-- More in flight than this are all there are.
local MOST = 1 << 32

local callable = scalar.callable

local function iterate(items)
  if callable(items) then return items end
  local at = 0
  return function()
    at = at + 1
    return items[at]
  end
end

local Parallel = {}
Parallel.__index = Parallel

-- Wakes one of those who wait in a queue.
local function wake_one(queue)
  if queue[1] then scheduler.wake(table.remove(queue, 1)) end
end

-- Waits in a queue until `free()`, or until all is over.
function Parallel:queue_up(queue, waiter, free)
  while not self.over and not waiter.stopped and not free(self) do
    queue[#queue + 1] = waiter
    scheduler.park(waiter)
    for i = #queue, 1, -1 do
      if queue[i] == waiter then table.remove(queue, i) end
    end
  end
  return not self.over and not waiter.stopped
end

local function has_room(self)
  return self.taken - self.given < self.window
end

local function not_read(self)
  return not self.reading
end

function Parallel:news()
  if self.consumer then scheduler.wake(self.consumer) end
end

-- The place of a result: a ring as large as the window, so that a table that lives long is never arranged anew.
local function seat(self, place)
  return (place - 1) % self.window + 1
end

-- Stores what became of an item: in its place, or after those that finished before.
function Parallel:deliver(place, ...)
  self.results[seat(self, self.ordered and place or self.finished + 1)] = table.pack(...)
  self.finished = self.finished + 1
  self:news()
end

-- The next item. The iterator may wait; it is entered once at a time.
function Parallel:take(waiter)
  if not self:queue_up(self.for_room, waiter, has_room) or not self:queue_up(self.for_items, waiter, not_read) then return nil end
  if self.exhausted or not has_room(self) then return nil, not self.exhausted end
  self.reading = true
  local item = table.pack(pcall(self.next))
  self.reading = false
  wake_one(self.for_items)
  if item[1] and item[2] == nil then
    self.exhausted = true
    self:news()
    return nil
  end
  self.taken = self.taken + 1
  if not item[1] then self.exhausted = true end
  return item, self.taken
end

function Parallel:work()
  local waiter = scheduler.waiter()
  repeat
    local item, place = self:take(waiter)
    if item then
      self:hire()
      if item[1] then
        self:deliver(place, pcall(self.fn, table.unpack(item, 2, item.n)))
      else
        self:deliver(place, false, item[2])
      end
    end
  until not item and not place
  self.workers = self.workers - 1
  wake_one(self.for_items)
  self:news()
end

-- One worker more, until there are n.
function Parallel:hire()
  if self.workers >= self.n or self.exhausted or self.over then return end
  self.workers = self.workers + 1
  local task = scheduler.task(function() self:work() end)
  self.tasks[#self.tasks + 1] = task
end

-- Waits, in a task or by turning, until `done(self)`.
function Parallel:wait(done)
  local waiter = scheduler.waiter()
  if not waiter then return scheduler.drive(function() return done(self) end) end
  self.consumer = waiter
  while not done(self) do
    scheduler.raise_when_stopped(waiter)
    scheduler.park(waiter)
  end
  self.consumer = nil
end

local function nobody_works(self)
  return self.workers == 0
end

local function has_result(self)
  return self.results[seat(self, self.given + 1)] ~= nil or self.workers == 0
end

-- The end, wanted or not: what is in flight is cancelled, and nothing of it runs on.
function Parallel:stop()
  if self.over then return end
  self.over, self.results = true, {}
  for _, task in ipairs(self.tasks) do task:cancel() end
  local waiter = scheduler.waiter()
  if not waiter then return scheduler.drive(function() return nobody_works(self) end) end
  self.consumer = waiter
  while not nobody_works(self) do scheduler.park(waiter) end
end

-- A nil would end the caller's loop; false stands for it.
local function spoken(first, ...)
  if first == nil then first = false end
  return first, ...
end

function Parallel:step()
  if self.over then return nil end
  self:hire()
  self:wait(has_result)
  local place = seat(self, self.given + 1)
  local result = self.results[place]
  if not result then
    self.over = true
    return nil
  end
  self.given = self.given + 1
  self.results[place] = nil
  wake_one(self.for_room)
  if result[1] then return spoken(table.unpack(result, 2, result.n)) end
  self:stop()
  error(result[2], 0)
end

local function check(n, items, fn, options)
  if math.type(n) ~= "integer" or n < 1 then error("sms.parallel: the number in flight must be an integer of at least 1", 3) end
  if type(items) ~= "table" and not callable(items) then
    error("sms.parallel: items must be a list or an iterator, not " .. type(items), 3)
  end
  if not callable(fn) then error("sms.parallel: the third argument must be a function, not " .. type(fn), 3) end
  if options ~= nil and type(options) ~= "table" then error("sms.parallel: options must be a table, not " .. type(options), 3) end
  for name, value in pairs(options or {}) do
    if name ~= "ordered" then error(("sms.parallel: unknown option '%s'; it takes 'ordered'"):format(naming.shown(name)), 3) end
    if type(value) ~= "boolean" then error("sms.parallel: option 'ordered' must be a boolean, not " .. type(value), 3) end
  end
end

--- Runs `fn` over items, n at a time. Works inside and outside `sms.run`. What `fn` returns comes out of the iterator, a first nil as
--- false (`for result, err in sms.parallel(…)`); what it or the iterator of the items raises is raised there. Then, and when the
--- loop is left early, the rest is cancelled and has ended before the program goes on.
---@param n integer                 how many in flight
---@param items table|fun(): any    a list or an iterator; it may make client calls
---@param fn function
---@param options? { ordered: boolean? }  `ordered = false`: results as they finish
---@return fun(): any, any
function parallel.each(n, items, fn, options)
  check(n, items, fn, options)
  local self = setmetatable({
    n = n, next = iterate(items), fn = fn, ordered = not (options and options.ordered == false),
    window = math.min(n, MOST) * parallel.AHEAD, results = {}, taken = 0, finished = 0, given = 0, workers = 0, tasks = {},
    for_room = {}, for_items = {},
  }, Parallel)
  return function() return self:step() end, nil, nil, setmetatable({}, { __close = function() self:stop() end })
end

return parallel
