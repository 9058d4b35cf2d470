-- SPDX-License-Identifier: MIT
-- Rows that a worker has claimed but not sent yet, one list per priority.

local queue = {}
queue.__index = queue

--- An empty queue; `size` is the number of rows, `best` the priority of the next ones.
---@return table
function queue.new()
  return setmetatable({ lists = {}, size = 0, best = math.huge }, queue)
end

--- Appends a row to those of its priority.
---@param priority integer  1 goes first
---@param row table
function queue:push(priority, row)
  local list = self.lists[priority]
  if not list then
    list = { first = 1, last = 0 }
    self.lists[priority] = list
  end
  list.last = list.last + 1
  list[list.last] = row
  self.size = self.size + 1
  if priority < self.best then self.best = priority end
end

-- Takes the first row of a list that isn't empty.
local function shift(self, list)
  local first = list.first
  local row = list[first]
  list[first], list.first, self.size = nil, first + 1, self.size - 1
  return row
end

--- Takes the next row, or nil.
---@return table? row
function queue:take()
  if self.size == 0 then return nil end
  local list = self.lists[self.best]
  if not list or list.first > list.last then
    self.best = math.huge
    for priority, other in pairs(self.lists) do
      if other.first <= other.last and priority < self.best then self.best, list = priority, other end
    end
  end
  return shift(self, list)
end

--- Takes rows that follow one in its lane.
---@param row table     the one that was taken
---@param most integer  maximum number, including that row
---@return table[] rows
function queue:take_with(row, most)
  local out = { row }
  for _, list in pairs(self.lists) do
    local next_row = list[list.first]
    while next_row and next_row.lane == row.lane and #out < most do
      out[#out + 1] = shift(self, list)
      next_row = list[list.first]
    end
  end
  return out
end

--- Removes the rows that a function selects.
---@param chosen fun(row: table): boolean
---@return table[] rows
function queue:remove(chosen)
  local out, lists = {}, self.lists
  if self.size == 0 then return out end
  self.lists, self.size, self.best = {}, 0, math.huge
  for priority, list in pairs(lists) do
    for i = list.first, list.last do
      if chosen(list[i]) then out[#out + 1] = list[i] else self:push(priority, list[i]) end
    end
  end
  return out
end

return queue
