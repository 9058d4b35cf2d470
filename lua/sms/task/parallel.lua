-- SPDX-License-Identifier: MIT
-- `sms.parallel(n, items, fn)`: n calls in flight, results in input order or as they finish, memory bounded by the window.
-- n workers process one item after another; the caller's loop receives the results.

local core = require "sms.core"
local guard = require "sms.task.guard"
local checks = require "sms.check"
local scheduler = require "sms.task"

local parallel = {}

--- Maximum items in progress or waiting to be returned, as a multiple of n: workers continue while the first result is slow.
parallel.AHEAD = 4

-- Maximum in flight; larger numbers mean all items at once.
local MOST = 1 << 32

local select = select
local callable, wake = checks.callable, scheduler.wake

--- An iterator over items.
---@param items table|fun(): any  a list or an iterator
---@return fun(): any, any
function parallel.iterate(items)
  if callable(items) then return items end
  local at = 0
  return function()
    at = at + 1
    return items[at]
  end
end

local Parallel = {}
Parallel.__index = Parallel

-- Stands for the number of values if an item failed.
local FAILED = -1

-- Wakes one waiter of a queue.
local function wake_one(queue)
  if queue[1] then wake(table.remove(queue, 1)) end
end

-- Adds a waiter to a queue, once.
local function queue_up(queue, waiter)
  queue[#queue + 1] = waiter
  scheduler.park(waiter)
  for i = #queue, 1, -1 do
    if queue[i] == waiter then table.remove(queue, i) end
  end
end

-- Waits until a worker may take the next item. False if there are no more.
local function admitted(self, waiter)
  while not (self.closed or waiter.stopped) do
    local full = self.taken - self.given >= self.window
    if not full and not self.reading then return true end
    queue_up(full and self.for_room or self.for_items, waiter)
  end
  return false
end

function Parallel:wake_consumer()
  if self.consumer then wake(self.consumer) end
end

-- Stores the outcome of an item: in its place, or after those that finished earlier. The places form a ring of the window's size that
-- never shrinks, so that long-lived tables are not rehashed. One or two values are stored without a table.
local function keep(self, mine, place, ...)
  local count, first, second = select("#", ...), ...
  mine.place = false
  if not self.ordered then
    place = self.finished + 1
    self.finished = place
  end
  local slot = (place - 1) % self.window + 1
  self.firsts[slot] = first
  if count > 1 then self.others[slot] = count == 2 and second or table.pack(...) end
  self.counts[slot] = count
  self.places[slot] = place
  if self.consumer and place == self.given + 1 then wake(self.consumer) end
  return slot
end

-- Processes an item. Its place is recorded for `Parallel:fail`. False at the end of the items, else the
-- place of the result.
local function work_on(self, mine, item, ...)
  self.reading = false
  if self.for_items[1] then wake_one(self.for_items) end
  if item == nil then
    self.closed = true
    self:wake_consumer()
    return false
  end
  local place = self.taken + 1
  self.taken, mine.place = place, place
  if self.hiring then self:hire(2) end
  return keep(self, mine, place, self.fn(item, ...))
end

-- The iterator may wait; only one worker calls it at a time.
local function take_and_work(self, waiter, mine)
  local next_item, window = self.next, self.window
  repeat
    if self.closed or self.reading or self.taken - self.given >= window or waiter.stopped then
      if not admitted(self, waiter) then return end
    end
    self.reading = mine
  until not work_on(self, mine, next_item())
end

-- An error of the function is stored at the place of its item; one of the iterator at the end.
function Parallel:fail(mine, value)
  local place = mine.place
  if not place then
    place, self.closed = self.taken + 1, true
    self.taken = place
  end
  if self.reading == mine then self.reading = false end
  wake_one(self.for_items)
  self.counts[keep(self, mine, place, value)] = FAILED
end

local function work(self)
  local waiter, mine = scheduler.waiter(), { place = false }
  repeat
    local good, value = pcall(take_and_work, self, waiter, mine)
    if not good then self:fail(mine, value) end
  until good
  self.workers = self.workers - 1
  self.hiring = true
  wake_one(self.for_items)
  self:wake_consumer()
end

-- Starts more workers, up to n. Each worker with an item starts two others, so that all run after a few turns.
function Parallel:hire(count)
  for _ = 1, count do
    if self.workers >= self.n or self.closed then break end
    self.workers = self.workers + 1
    self.tasks[#self.tasks + 1] = scheduler.task(work, self)
  end
  self.hiring = self.workers < self.n and not self.closed
end

-- Waits until `done(self)`: in a task, or by driving the scheduler.
function Parallel:wait(done)
  local waiter = scheduler.waiter()
  if not waiter then return scheduler.drive(function() return done(self) end) end
  self.consumer = waiter
  while not done(self) do
    scheduler.raise_when_stopped(waiter)
    scheduler.park(waiter)
  end
  self.consumer = false
end

local function has_result(self)
  local given = self.given
  return self.places[given % self.window + 1] == given + 1 or self.workers == 0
end

local function append(list, others)
  table.move(others, 1, #others, #list + 1, list)
end

-- Waits for the worker tasks. One that was cancelled before it started does not run `work`.
local function wait_for_workers(self)
  for _, task in ipairs(self.tasks) do scheduler.await_end(task) end
end

-- The results that were not passed on, in order.
local function left_over(self)
  local out = {}
  for place = self.given + 1, self.ordered and self.taken or self.finished do
    local slot = (place - 1) % self.window + 1
    local count, first, others = self.places[slot] == place and self.counts[slot], self.firsts[slot], self.others[slot]
    if count == FAILED then
      out[#out + 1] = { n = 2, false, first }
    elseif count then
      out[#out + 1] = count < 2 and { n = count, first } or count == 2 and { n = 2, first, others } or others
    end
  end
  return guard.results(out)
end

-- Ends the loop: calls in flight are cancelled and have ended. Returns the results that were not passed on.
function Parallel:stop()
  if self.over then return {} end
  self.over, self.closed = true, true
  for _, task in ipairs(self.tasks) do task:cancel() end
  local ok, problem = core.attempt(wait_for_workers, self)
  local results = left_over(self)
  self.firsts, self.others, self.counts, self.places = {}, {}, {}, {}
  if not ok then error(guard.carry(problem, results), 0) end
  return results
end

-- Ends the loop after an error; returns the error to raise.
function Parallel:fail_with(problem)
  local results = self:stop()
  if not self.rest then return guard.carry(problem, results) end
  append(self.rest, results)
  return problem
end

-- Called when the caller's loop ends by `break` or an error in its body.
function Parallel:leave(problem)
  if self.over then return end
  if problem ~= nil then error(self:fail_with(problem), 0) end
  local results = self:stop()
  if self.rest then
    append(self.rest, results)
  elseif guard.any_sent(results) then
    warn("sms.parallel: the loop ended early, and results of calls that may have sent something are lost; option 'rest' collects them")
  end
end

-- Waits for the next result. False at the end.
local function await_result(self)
  self:wait(has_result)
  local given = self.given
  self.over = self.places[given % self.window + 1] ~= given + 1
  return not self.over
end

-- Returns the outcome of an item, which belongs to the caller once `given` counts it. A nil would end the caller's loop; false
-- replaces it. The ring keeps returned values until their place is reused.
local function stepper(self)
  local window, for_room = self.window, self.for_room
  return function()
    if self.over then return nil end
    if for_room[1] then wake_one(for_room) end -- the step before made room
    if self.hiring then self:hire(1) end
    local given = self.given
    local place, slot = given + 1, given % window + 1
    if self.places[slot] ~= place and not await_result(self) then return nil end
    local count, first = self.counts[slot], self.firsts[slot]
    if first == nil then first = false end
    if count == FAILED then
      self.given = place
      error(self:fail_with(first), 0)
    elseif count < 2 then
      self.given = place return first
    end
    local others = self.others[slot]
    if count == 2 then
      self.given = place return first, others
    end
    self.given = place return first, table.unpack(others, 2, count)
  end
end

local OPTIONS, NAMES = { ordered = "boolean", rest = "table" }, { "ordered", "rest" }

local function check(n, items, fn, options)
  if math.type(n) ~= "integer" or n < 1 then error("sms.parallel: the number in flight must be an integer of at least 1", 3) end
  if type(items) ~= "table" and not callable(items) then
    error("sms.parallel: items must be a list or an iterator, not " .. type(items), 3)
  end
  local problem = getmetatable(items) == nil and type(items) == "table" and checks.list(items, "items", "item")
  if problem then error("sms.parallel: " .. problem, 3) end
  if not callable(fn) then error("sms.parallel: the third argument must be a function, not " .. type(fn), 3) end
  if options ~= nil and type(options) ~= "table" then error("sms.parallel: options must be a table, not " .. type(options), 3) end
  for name, value in pairs(options or {}) do
    local wanted = OPTIONS[name]
    if not wanted then error("sms.parallel: " .. checks.unknown("option", name, NAMES), 3) end
    if type(value) ~= wanted then error(("sms.parallel: option '%s' must be a %s, not %s"):format(name, wanted, type(value)), 3) end
  end
end

--- `parallel.each` without checks, for the library itself: `window` is the number of items taken and not yet passed on, at least n.
---@param n integer
---@param items table|fun(): any
---@param fn function
---@param options { ordered: boolean?, rest: table?, window: integer? }
---@return fun(): any, any step
---@return fun(problem: any) leave  the end of the caller's loop
function parallel.start(n, items, fn, options)
  local self = setmetatable({
    n = n, next = parallel.iterate(items), fn = fn, ordered = options.ordered ~= false, rest = options.rest,
    window = options.window or math.min(n, MOST) * parallel.AHEAD,
    firsts = {}, others = {}, counts = {}, -- results by place in the ring: first value, other values, number of values
    places = {}, -- the index of each item
    taken = 0, finished = 0, given = 0, workers = 0, tasks = {}, for_room = {}, for_items = {},
    hiring = true, -- fewer than n workers have started
    closed = false, -- no more items are taken
    reading = false, over = false, consumer = false,
  }, Parallel)
  return stepper(self), function(problem) self:leave(problem) end
end

local NONE = {}

--- Runs `fn` over items, n at a time. Works inside and outside `sms.run`. The iterator returns the results of `fn`, a first nil as
--- false (`for result, err in sms.parallel(…)`); errors of `fn` or of the iterator of items are raised there. Then, and when the
--- loop ends early, the rest is cancelled and has ended before the program continues. Results that were not returned by then go to
--- the table `rest`. Without one they are attached to an error, as `results` (see `sms.run`); after a `break` they are lost. Each is the
--- list of what `fn` returned, with `n`, and with `outcome` if it has one; an error is false and the error.
---@param n integer                 number of items in flight
---@param items table|fun(): any    a list or an iterator; it may make client calls
---@param fn function
---@param options? { ordered: boolean?, rest: table? }  `ordered = false`: results as they finish
---@return fun(): any, any
function parallel.each(n, items, fn, options)
  check(n, items, fn, options)
  local step, leave = parallel.start(n, items, fn, options or NONE)
  return step, nil, nil, setmetatable({}, { __close = function(_, problem) leave(problem) end })
end

return parallel
