-- SPDX-License-Identifier: MIT
-- Messages that share a call, in columns: a plain message (`capabilities.readers`) becomes a table only when needed.
--
-- A chunk has `n` messages. A column is a list with a value for each message, or the value that all have. `index` is their places among
-- all; it, `to` and `written` are lists where there are two or more, the last only where one is not `to`. Where messages are `alike` the
-- others are values, else `text` and `segments` are lists, and `from`, `reference`, `callback`, `campaign` where there is one. `repeats`:
-- the first row for the same number. `full` has the messages that are more than plain, of which the columns tell `index` alone. `made` are
-- the references that we made for those without one. `begun`: a call for them may have been made.

local Chunk = { __name = "sms.bulk.chunk" }
Chunk.__index = Chunk

-- Keeps the error that interrupted a chunk, for its remaining rows.
function Chunk:__close(problem)
  if problem ~= nil then self.trouble = problem end
end

local chunks = {}

-- What most chunks have not.
for _, name in ipairs {
  "begun", "callback", "campaign", "closed", "from", "full", "held", "index", "key", "list", "made", "reference", "repeats", "segments",
  "text", "to", "trouble", "written",
} do Chunk[name] = false end

-- Where a chunk keeps its messages.
local KEPT = { "callback", "campaign", "from", "full", "list", "made", "reference", "segments", "text", "to", "written" }

--- An empty chunk.
---@param key? string  messages of which key it takes; none where nothing may share its call
---@param alike boolean  whether messages of a key say the same
---@return table chunk
function chunks.new(key, alike)
  local list = not alike or nil
  return setmetatable({ -- with room for the index and the number of a message that stays alone, as many do in a long list
    n = 0, key = key, closed = not key or nil, alike = alike, index = nil, to = nil, text = list and {}, segments = list and {},
  }, Chunk)
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

-- What alike messages share.
local ALIKE = { "text", "segments", "from", "callback", "campaign" }

-- Gives each message its own values, for the next one has others.
local function part(chunk)
  for _, name in ipairs(ALIKE) do
    local shared, list = chunk[name], {}
    for at = 1, shared and chunk.n or 0 do list[at] = shared end
    chunk[name] = shared and list
  end
  chunk.text, chunk.segments, chunk.alike = chunk.text or {}, chunk.segments or {}, false
end

--- Whether a plain message says what those of an alike chunk say.
---@return boolean
function Chunk:is_like(text, from, reference, callback, campaign)
  return self.alike and not reference and self.text == text and (self.from or nil) == from and (self.callback or nil) == callback
    and (self.campaign or nil) == campaign
end

-- Adds a value to a column that is a list where there are two or more.
local function append(chunk, name, at, value)
  local column = chunk[name]
  if at > 1 and type(column) ~= "table" then
    column = { column or nil }
    chunk[name] = column
  end
  if at > 1 then column[at] = value else chunk[name] = value end
end

-- What is set apart for plain messages that are not all alike.
local function add_apart(self, at, text, segments, from, callback, campaign)
  self.text[at], self.segments[at] = text, segments
  if from then set(self, "from", at, from) end
  if callback then set(self, "callback", at, callback) end
  if campaign then set(self, "campaign", at, campaign) end
end

--- Adds a plain message, as `capabilities.readers` gives it.
---@param index integer
function Chunk:add(index, text, segments, to, written, from, reference, callback, campaign)
  local n = self.n + 1
  if n == 1 and self.alike then
    self.text, self.segments, self.from, self.callback, self.campaign = text, segments, from, callback, campaign
  elseif self.alike and not self:is_like(text, from, reference, callback, campaign) then
    part(self)
  end
  if written ~= to and not self.written and n > 1 then
    self.written = type(self.to) == "table" and table.move(self.to, 1, n - 1, 1, {}) or self.to
  end
  append(self, "index", n, index)
  append(self, "to", n, to)
  if self.written or written ~= to then append(self, "written", n, written) end
  if reference then set(self, "reference", n, reference) end
  if not self.alike then add_apart(self, n, text, segments, from, callback, campaign) end
  self.n = n
end

--- Counts the messages that were put into its columns.
function Chunk:settle()
  if type(self.index) == "table" then self.n = #self.index end
end

--- The place of a message among all.
---@param at integer
---@return integer
function Chunk:place(at)
  local index = self.index
  return type(index) == "table" and index[at] or index
end

--- Adds any message, as `capabilities.ready` makes it.
---@param index integer
---@param message table
function Chunk:add_full(index, message)
  local n = self.n + 1
  append(self, "index", n, index)
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
    local row = rows[self:place(at)]
    if row then row.duplicate_of = first end
  end
end

local function value(column, at)
  if type(column) == "table" then column = column[at] end
  return column or nil
end

--- The references of its messages, given or made: a column.
---@return table<integer, string>|string|false
function Chunk:references()
  local given, made = self.reference, self.made
  if not given then return made end
  local out = {}
  for at = 1, self.n do out[at] = given[at] or value(made, at) end
  return out
end

--- A message as `capabilities.ready` makes it.
---@param at integer
---@return table message
function Chunk:message(at)
  local whole = value(self.full, at)
  if whole then return whole end
  local given, made, to = value(self.reference, at), value(self.made, at), value(self.to, at)
  local message = {
    to = to, written = value(self.written, at) or to, text = value(self.text, at), from = value(self.from, at),
    reference = given or made, own_reference = not given and made and true or nil, segments = value(self.segments, at),
  }
  if self.callback then message.callback = value(self.callback, at) end -- few have them: a table of eight fields is half of one of nine
  if self.campaign then message.campaign = value(self.campaign, at) end
  return message
end

--- Its messages as a list of items `{ index, message, begun, chunk }`.
---@return table[] items
function Chunk:items()
  local items = self.list
  if not items then
    items = {}
    for at = 1, self.n do items[at] = { index = self:place(at), message = self:message(at), begun = self.begun, chunk = self } end
    self.list = items
  end
  return items
end

--- Lets go of the messages, all of which have their rows.
function Chunk:release()
  for i = 1, #KEPT do self[KEPT[i]] = nil end
end

return chunks
