-- SPDX-License-Identifier: MIT
-- Messages that share a call, in columns: a plain message (`abilities.reader`) is no table of its own until someone asks for it.
--
-- A chunk has `n` messages. `index` is their places among all; `to`, `text`, `segments` have a value for each, `written`, `from`,
-- `reference`, `callback`, `campaign` only where there is one and `written` is not `to`; `repeats` the first row for the same number.
-- `full` has the messages that are more than plain, of which the columns tell `index` and `to` alone. `made` are the references that we
-- made for those without one. `begun`: a call for them may have been made.

local Chunk = { __name = "sms.bulk.chunk" }
Chunk.__index = Chunk

-- What broke a chunk off is remembered for the rows that it leaves without notice.
function Chunk:__close(problem)
  if problem ~= nil then self.trouble = problem end
end

local chunks = {}

-- What most chunks have not.
for _, name in ipairs {
  "begun", "callback", "campaign", "from", "full", "held", "list", "made", "reference", "repeats", "same", "trouble", "written",
} do Chunk[name] = false end

--- An empty chunk.
---@param key? string  messages of which key it takes; none where nothing may share its call
---@return table chunk
function chunks.new(key)
  return setmetatable({ n = 0, key = key or false, closed = not key, index = {}, to = {}, text = {}, segments = {} }, Chunk)
end

-- Puts a value into a column that few messages have.
local function set(chunk, name, at, value)
  local column = chunk[name]
  if not column then
    column = {}
    chunk[name] = column
  end
  column[at] = value
end

--- Adds a plain message, as `abilities.reader` gives it.
---@param index integer
function Chunk:add(index, text, segments, to, written, from, reference, callback, campaign)
  local n = self.n + 1
  self.index[n], self.to[n], self.text[n], self.segments[n] = index, to, text, segments
  if written ~= to then set(self, "written", n, written) end
  if from then set(self, "from", n, from) end
  if reference then set(self, "reference", n, reference) end
  if callback then set(self, "callback", n, callback) end
  if campaign then set(self, "campaign", n, campaign) end
  self.n = n
end

--- Adds any message, as `abilities.ready` makes it.
---@param index integer
---@param message table
function Chunk:add_full(index, message)
  local n = self.n + 1
  self.index[n], self.to[n] = index, message.to
  set(self, "full", n, message)
  self.n = n
end

--- Says that the last message is for a number that had a row before.
---@param first integer
function Chunk:mark_repeat(first)
  set(self, "repeats", self.n, first)
end

--- Says of rows which row they repeat.
---@param rows table<integer, table>
function Chunk:tell_repeats(rows)
  for at, first in pairs(self.repeats or {}) do
    local row = rows[self.index[at]]
    if row then row.duplicate_of = first end
  end
end

local function value(column, at)
  return column and column[at] or nil
end

--- The references of its messages, given or made.
---@return table<integer, string>
function Chunk:references()
  local given, made = self.reference, self.made or {}
  if not given then return made end
  local out = {}
  for at = 1, self.n do out[at] = given[at] or made[at] end
  return out
end

--- A message as `abilities.ready` makes it.
---@param at integer
---@return table message
function Chunk:message(at)
  local full = value(self.full, at)
  if full then return full end
  local given, made = value(self.reference, at), value(self.made, at)
  return {
    to = self.to[at], written = value(self.written, at) or self.to[at], text = self.text[at], from = value(self.from, at),
    reference = given or made, own_reference = not given and made and true or nil, callback = value(self.callback, at),
    campaign = value(self.campaign, at), segments = self.segments[at],
  }
end

--- Its messages as a list of items `{ index, message, begun, chunk }`.
---@return table[] items
function Chunk:items()
  local items = self.list
  if not items then
    items = {}
    for at = 1, self.n do items[at] = { index = self.index[at], message = self:message(at), begun = self.begun, chunk = self } end
    self.list = items
  end
  return items
end

return chunks
