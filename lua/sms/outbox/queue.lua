-- SPDX-License-Identifier: MIT
-- Rows that a worker has claimed and not begun: rows of a run that passes others go first, a list for each priority.

local queue = {}
queue.__index = queue

--- An empty queue; `size` is how many rows are in it.
---@return table
function queue.new()
  return setmetatable({ lists = {}, size = 0 }, queue)
end

--- Puts a row behind the others of its priority.
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
end

--- Takes the next row, or nil.
---@return table? row
function queue:take()
  if self.size == 0 then return nil end
  local best
  for priority, list in pairs(self.lists) do
    if list.first <= list.last and (not best or priority < best) then best = priority end
  end
  local list = self.lists[best]
  local row = list[list.first]
  list[list.first] = nil
  list.first, self.size = list.first + 1, self.size - 1
  return row
end

--- Takes rows of the same lane that follow one that was taken.
---@param row table     the one that was taken
---@param most integer  so many with it
---@return table[] rows
function queue:take_with(row, most)
  local out = { row }
  for _, list in pairs(self.lists) do
    local next_row = list[list.first]
    while next_row and next_row.lane == row.lane and #out < most do
      out[#out + 1], list[list.first] = next_row, nil
      list.first, self.size = list.first + 1, self.size - 1
      next_row = list[list.first]
    end
  end
  return out
end

--- Takes out the rows for which a function says so.
---@param chosen fun(row: table): boolean
---@return table[] rows
function queue:remove(chosen)
  local out, lists = {}, self.lists
  if self.size == 0 then return out end
  self.lists, self.size = {}, 0
  for priority, list in pairs(lists) do
    for i = list.first, list.last do
      if chosen(list[i]) then out[#out + 1] = list[i] else self:push(priority, list[i]) end
    end
  end
  return out
end

return queue
