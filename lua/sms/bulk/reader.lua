-- SPDX-License-Identifier: MIT
-- Reads messages into chunks that share a call (`sms.bulk.chunk`).

local capabilities = require "sms.capabilities"
local chunks = require "sms.bulk.chunk"
local core = require "sms.core"
local failure = require "sms.error"
local parallel = require "sms.task.parallel"
local sending = require "sms.bulk.sending"

local Reader = {}
Reader.__index = Reader

local row_error = sending.row_error

-- The row that a list of numbers repeats: the first one, if each of its numbers has an earlier row.
local function repeated(seen, list, index)
  local first, fresh = nil, false
  for _, number in ipairs(list) do
    first, fresh = first or seen[number], fresh or not seen[number]
    seen[number] = seen[number] or index
  end
  return not fresh and first or nil
end

-- The earlier row for a number, if any.
local function first_row(self, to, index)
  local seen = self.seen
  if type(to) == "table" then return repeated(seen, to, index) end
  local first = seen[to]
  if not first then seen[to] = index end
  return first
end

-- The row of a message that is not sent because its number has an earlier row.
local function skipped(self, index, message, first)
  local state = self.state
  local row = row_error(state, index, message, failure.new {
    kind = "rejected", outcome = "not_sent", provider = state.name, operation = "send_many", name = "duplicate",
    message = ("row %d: same number as row %d"):format(index, first), evidence = "the option 'duplicates' is 'skip'",
  })
  row.duplicate_of = first
  return row
end

---------------------------------------------------------------- chunks

-- The chunk for a message, and whether it is new: the open one of its key, or a separate one if it can't share a call. In
-- `bulk_unique` the adapter names a field whose values must be unique within a call.
local function chunk_for(self, message)
  local adapter, open, alike = self.adapter, self.open, not self.any
  local key = adapter.bulk and adapter.bulk_key(message)
  if not key then return chunks.new(nil, alike), true end
  local unique = adapter.bulk_unique and adapter.bulk_unique(message)
  local chunk, fresh = open[key], false
  if not chunk or unique and chunk.held[unique] then
    if chunk then self:close(chunk) end
    chunk, fresh = chunks.new(key, alike), true
    chunk.held, open[key] = adapter.bulk_unique and {} or nil, chunk
  end
  if unique then chunk.held[unique] = true end
  return chunk, fresh
end

-- Closes a chunk that has as many messages as a call allows.
local function close_full(self, chunk)
  if chunk.key and chunk.n >= self.adapter.bulk_max then self:close(chunk) end
end

--- Closes a chunk that is not full.
---@param chunk table
function Reader:close(chunk)
  if chunk.key and self.open[chunk.key] == chunk then self.open[chunk.key] = nil end
  chunk.closed, chunk.key = true, nil
end

-- At the end of the messages, releases what only reading needs.
local function finish(self)
  for _, chunk in pairs(self.open) do
    chunk.closed, chunk.key = true, nil
  end
  self.ended, self.open, self.seen = true, {}, false
end

---------------------------------------------------------------- messages

-- Adds a message that is not plain, or invalid.
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

-- Whether further plain messages may be added to a chunk directly: this one determines what the messages of its call share.
local function takes(self, chunk)
  return chunk and not chunk.closed and not chunk.held and (self.any or chunk.alike)
end

-- Adds a plain message, as `capabilities.readers` returns it.
local function add_plain(self, index, text, segments, to, written, from, reference, callback, campaign)
  local first
  if self.seen then
    first = first_row(self, to, index)
    if first and self.skips then
      return nil, skipped(self, index, { to = to, written = written, text = text, reference = reference }, first)
    end
  end
  local chunk, fresh = self.last, false
  if not takes(self, chunk) or not self.any and not chunk:is_like(text, from, reference, callback, campaign) then
    chunk, fresh = chunk_for(self, {
      to = to, written = written, text = text, from = from, reference = reference, callback = callback, campaign = campaign,
      segments = segments,
    })
    self.last = chunk
  end
  chunk:add(index, text, segments, to, written, from, reference, callback, campaign)
  if first then chunk:mark_repeat(first) end
  close_full(self, chunk)
  return fresh and chunk or nil
end

--- Counts the messages that were read into a chunk.
function Reader:settle()
  local chunk = self.last
  if chunk and not chunk.closed then
    chunk:settle()
    self.index = math.max(self.index, chunk:place(chunk.n))
  end
end

-- Takes the next message, which the core returns if it did not add it to the last chunk; see csrc/lua/row.c.
---@return table? chunk  one that it begins
---@return table? row    if it is not sent
function Reader:take(text, ...)
  self:settle()
  if text == true then
    finish(self)
  elseif text == nil then
    if self.last then close_full(self, self.last) end
  else
    local index = self.index + 1
    self.index = index
    if text then return add_plain(self, index, text, ...) end
    return add_closely(self, (...), index)
  end
end

--- The arguments of `fill` of csrc/lua/row.c.
---@param bound? integer  the last message that may be read
function Reader:ahead(bound)
  local chunk, index = self.last, self.index
  if not takes(self, chunk) then return self.source, self.seen, false, index, index + 1 end
  return self.source, self.seen, chunk, index, math.min(index + self.most - chunk.n, bound or math.maxinteger)
end

--- Continues reading: as many messages as fit into an open chunk, or one.
---@return table? chunk  one that begins
---@return table? row    of a message that is not sent
function Reader:read()
  return self:take(self.fill(self:ahead()))
end

local reader = {}

-- The source of messages: a list, or a function that returns one per call.
local function source_of(messages)
  if getmetatable(messages) == nil then return messages end
  local step = parallel.iterate(messages)
  return function() return (step()) end
end

--- Creates a reader of messages.
---@param state table
---@param messages table[]|fun(): table?
---@param duplicates? "send"|"skip"|false  false: numbers are not compared
---@return table reader
function reader.new(state, messages, duplicates)
  local adapter = state.adapter.message
  local source, _, fill = source_of(messages), capabilities.readers(state)
  return setmetatable({
    state = state, adapter = adapter, fill = fill, source = source, index = 0, open = {}, last = false,
    seen = duplicates ~= false and core.map_for(type(source) == "table" and #source or 0), skips = duplicates == "skip", ended = false,
    most = adapter.bulk and adapter.bulk_max or 1, any = adapter.bulk_any or false,
  }, Reader)
end

return reader
