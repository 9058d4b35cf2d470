-- SPDX-License-Identifier: MIT
-- Messages that share a call, stored by column: a plain message (`capabilities.readers`) becomes a table only when needed.
--
-- A chunk has `n` messages. A column is a list with a value for each message, or the value that all share:
-- `index` (places among all messages), `to` and `written` (only if one differs from `to`) are lists if there are two or more messages;
-- if messages are `alike` the others are values, else `text` and `segments` are lists, as are `from`, `reference`, `callback` and
-- `campaign` if present. `repeats`: the first row for the same number. `full`: messages that are not plain, whose only column is `index`.
-- `made`: generated references of messages without one. `begun`: a call for them may have been made.

local Chunk = { __name = "sms.bulk.chunk" }
Chunk.__index = Chunk

-- Keeps the error that interrupted a chunk, for its remaining rows.
function Chunk:__close(problem)
  if problem ~= nil then self.trouble = problem end
end

local chunks = {}

-- Fields that most chunks lack: they are read as nil without a look-up in `Chunk`.
for _, name in ipairs {
  "begun", "callback", "campaign", "closed", "from", "full", "held", "index", "key", "list", "made", "reference", "repeats", "segments",
  "text", "to", "trouble", "written",
} do Chunk[name] = false end

-- Fields that hold the messages of a chunk.
local KEPT = { "callback", "campaign", "from", "full", "list", "made", "reference", "segments", "text", "to", "written" }

--- An empty chunk.
---@param key? string  the key of its messages; nil if no others may share its call
---@param alike boolean  whether messages of a key have the same values
---@return table chunk
function chunks.new(key, alike)
  local list = not alike or nil
  return setmetatable({ -- with room for index and number of a single message, as many chunks of a long list have
    n = 0, key = key, closed = not key or nil, alike = alike, index = nil, to = nil, text = list and {}, segments = list and {},
  }, Chunk)
end

-- Sets a value in a sparse column.
local function set(chunk, name, at, value)
  local column = chunk[name]
  if not column then
    column = {}
    chunk[name] = column
  end
  column[at] = value
end

-- Columns that alike messages share.
local ALIKE = { "text", "segments", "from", "callback", "campaign" }

-- Converts shared values to lists, because the next message has other values.
local function part(chunk)
  for _, name in ipairs(ALIKE) do
    local shared, list = chunk[name], {}
    for at = 1, shared and chunk.n or 0 do list[at] = shared end
    chunk[name] = shared and list
  end
  chunk.text, chunk.segments, chunk.alike = chunk.text or {}, chunk.segments or {}, false
end

--- Whether a plain message has the shared values of an alike chunk.
---@return boolean
function Chunk:is_like(text, from, reference, callback, campaign)
  return self.alike and not reference and self.text == text and (self.from or nil) == from and (self.callback or nil) == callback
    and (self.campaign or nil) == campaign
end

-- Adds a value to a column that is a list if there are two or more.
local function append(chunk, name, at, value)
  local column = chunk[name]
  if at > 1 and type(column) ~= "table" then
    column = { column or nil }
    chunk[name] = column
  end
  if at > 1 then column[at] = value else chunk[name] = value end
end

-- Adds the values of a plain message to a chunk whose messages are not alike.
local function add_apart(self, at, text, segments, from, callback, campaign)
  self.text[at], self.segments[at] = text, segments
  if from then set(self, "from", at, from) end
  if callback then set(self, "callback", at, callback) end
  if campaign then set(self, "campaign", at, campaign) end
end

--- Adds a plain message, as `capabilities.readers` returns it.
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

--- Counts the messages that were added to its columns.
function Chunk:settle()
  if type(self.index) == "table" then self.n = #self.index end
end

--- The place of a message among all messages.
---@param at integer
---@return integer
function Chunk:place(at)
  local index = self.index
  return type(index) == "table" and index[at] or index
end

--- Adds a message of any kind, as `capabilities.ready` returns it.
---@param index integer
---@param message table
function Chunk:add_full(index, message)
  local n = self.n + 1
  append(self, "index", n, index)
  set(self, "full", n, message)
  self.n = n
end

--- Marks the last message as a repeat: its number has an earlier row.
---@param first integer
function Chunk:mark_repeat(first)
  set(self, "repeats", self.n, first)
end

--- Sets `repeats` in rows: the row that they repeat.
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

--- The references of its messages, given or generated, as a column.
---@return table<integer, string>|string|false
function Chunk:references()
  local given, made = self.reference, self.made
  if not given then return made end
  local out = {}
  for at = 1, self.n do out[at] = given[at] or value(made, at) end
  return out
end

--- A message as `capabilities.ready` returns it.
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
  if self.callback then message.callback = value(self.callback, at) end -- rare; eight fields take half the memory of nine
  if self.campaign then message.campaign = value(self.campaign, at) end
  return message
end

--- The messages as a list of items `{ index, message, begun, chunk }`.
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

--- Releases the messages once all have their rows.
function Chunk:release()
  for i = 1, #KEPT do self[KEPT[i]] = nil end
end

return chunks
