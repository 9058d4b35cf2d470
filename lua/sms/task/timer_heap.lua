-- SPDX-License-Identifier: MIT
-- Timers: a binary heap by time. Each timer knows its position, so that it can be removed quickly.

local timers = {}

local Timers = {}
Timers.__index = Timers

--- An empty heap.
---@return table
function timers.new()
  return setmetatable({ heap = {}, count = 0 }, Timers)
end

local function put(heap, timer, place)
  heap[place], timer.place = timer, place
end

local function sift_up(heap, timer, place)
  while place > 1 and timer.at < heap[place // 2].at do
    put(heap, heap[place // 2], place)
    place = place // 2
  end
  put(heap, timer, place)
end

local function sift_down(heap, count, timer, place)
  while 2 * place <= count do
    local child = 2 * place
    if child < count and heap[child + 1].at < heap[child].at then child = child + 1 end
    if heap[child].at >= timer.at then break end
    put(heap, heap[child], place)
    place = child
  end
  put(heap, timer, place)
end

--- Adds a timer.
---@param at number   its moment
---@param value any
---@return table timer  to be given to `drop`
function Timers:add(at, value)
  local timer = { at = at, value = value }
  self.count = self.count + 1
  sift_up(self.heap, timer, self.count)
  return timer
end

--- Removes a timer; does nothing if it has expired or been removed.
---@param timer table
function Timers:drop(timer)
  local heap, place = self.heap, timer.place
  if not place then return end
  local last = heap[self.count]
  heap[self.count], self.count, timer.place = nil, self.count - 1, nil
  if last == timer then return end
  if place > 1 and last.at < heap[place // 2].at then
    sift_up(heap, last, place)
  else
    sift_down(heap, self.count, last, place)
  end
end

--- The time of the next timer, or nil.
---@return number?
function Timers:next()
  local first = self.heap[1]
  return first and first.at
end

--- Removes and returns one expired timer.
---@param now number
---@return any? value
function Timers:due(now)
  local first = self.heap[1]
  if not first or first.at > now then return nil end
  self:drop(first)
  return first.value
end

return timers
