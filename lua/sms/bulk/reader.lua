-- SPDX-License-Identifier: MIT
-- Reads messages, one after the other, into chunks that share a call (`sms.bulk.chunk`).

local capabilities = require "sms.capabilities"
local chunks = require "sms.bulk.chunk"
local failure = require "sms.error"
local sending = require "sms.bulk.sending"

local Reader = {}
Reader.__index = Reader

local row_error = sending.row_error

-- The row that a list of numbers repeats: the first one, where each of its numbers had one before.
local function repeated(seen, list, index)
  local first, fresh = nil, false
  for _, number in ipairs(list) do
    first, fresh = first or seen[number], fresh or not seen[number]
    seen[number] = seen[number] or index
  end
  return not fresh and first or nil
end

-- The first row for a number, where it is not this one.
local function first_row(self, to, index)
  local seen = self.seen
  if type(to) == "table" then return repeated(seen, to, index) end
  local first = seen[to]
  if not first then seen[to] = index end
  return first
end

-- A row that is not sent because its number had one before.
local function skipped(self, index, message, first)
  local state = self.state
  local row = row_error(state, index, message, failure.new {
    kind = "rejected", outcome = "not_sent", provider = state.name, operation = "send_many", name = "duplicate",
    message = ("row %d: the number of row %d again"):format(index, first), evidence = "the option 'duplicates' is 'skip'",
  })
  row.duplicate_of = first
  return row
end

---------------------------------------------------------------- chunks

-- The chunk that takes a message, and whether it is new: the open one of its key, or one of its own where it can't share a call. By
-- `bulk_unique` the adapter says what a call may hold once only.
local function chunk_for(self, message)
  local adapter, open = self.adapter, self.open
  local key = adapter.bulk and adapter.bulk_key(message)
  if not key then return chunks.new(), true end
  local unique = adapter.bulk_unique and adapter.bulk_unique(message)
  local chunk, fresh = open[key], false
  if not chunk or unique and chunk.held[unique] then
    if chunk then chunk.closed = true end
    chunk, fresh = chunks.new(key), true
    chunk.held, open[key] = adapter.bulk_unique and {}, chunk
  end
  if unique then chunk.held[unique] = true end
  return chunk, fresh
end

-- Ends a chunk that has as many messages as a call may hold.
local function close_full(self, chunk)
  if chunk.key and chunk.n >= self.adapter.bulk_max then self:close(chunk) end
end

--- Ends a chunk that might have grown.
---@param chunk table
function Reader:close(chunk)
  chunk.closed = true
  if self.open[chunk.key] == chunk then self.open[chunk.key] = nil end
end

---------------------------------------------------------------- messages

-- A message that is more than plain, or wrong.
local function add_closely(self, given, index)
  local message, wrong, field = capabilities.ready(self.state, given)
  if not message then return nil, row_error(self.state, index, given, wrong, field) end
  local first = self.seen and first_row(self, message.to, index)
  if first and self.skips then return nil, skipped(self, index, message, first) end
  local chunk, fresh = chunk_for(self, message)
  chunk:add_full(index, message)
  if first then chunk:mark_repeat(first) end
  close_full(self, chunk)
  return fresh and chunk or nil
end

--- Reads the next message.
---@param given any
---@return table? chunk  one that it begins
---@return table? row    where it is not sent
function Reader:add(given)
  local index = self.index + 1
  self.index = index
  local text, segments, to, written, from, reference, callback, campaign = self.read(given)
  if not text then return add_closely(self, given, index) end
  local first
  if self.seen then
    first = first_row(self, to, index)
    if first and self.skips then
      return nil, skipped(self, index, { to = to, written = written, text = text, reference = reference }, first)
    end
  end
  local chunk, fresh, same = self.last, false, self.same
  -- what messages of one call have in common, the last one had, too
  if not chunk or chunk.closed or not self.any and not (same and same.text == text and same.from == from and not reference
      and same.callback == callback and same.campaign == campaign) then
    local message = {
      to = to, written = written, text = text, from = from, reference = reference, callback = callback, campaign = campaign,
      segments = segments,
    }
    chunk, fresh = chunk_for(self, message)
    self.last, self.same = chunk, chunk.key and not chunk.held and not reference and message
    if fresh then chunk:begin(index, message) end
  end
  if not fresh then chunk:add(index, text, segments, to, written, from, reference, callback, campaign) end
  if first then chunk:mark_repeat(first) end
  if chunk.n >= self.most then close_full(self, chunk) end
  return fresh and chunk or nil
end

local reader = {}

--- A reader for the messages of one sending.
---@param state table
---@param duplicates? "send"|"skip"|false  false: numbers are not compared
---@return table reader
function reader.new(state, duplicates)
  local adapter = state.adapter.message
  return setmetatable({
    state = state, adapter = adapter, read = capabilities.reader(state), index = 0, open = {}, last = false, same = false,
    seen = duplicates ~= false and {}, skips = duplicates == "skip",
    most = adapter.bulk and adapter.bulk_max or 1, any = adapter.bulk_any or false,
  }, Reader)
end

return reader
