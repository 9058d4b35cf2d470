-- SPDX-License-Identifier: MIT
-- What `client:send_many` and `client:send_each` have in common: how messages are read, and how many calls are in flight.

local abilities = require "sms.capabilities"
local chunks = require "sms.bulk.chunk"
local core = require "sms.core"
local failure = require "sms.error"
local parallel = require "sms.task.parallel"
local rate = require "sms.call.rate"
local check = require "sms.check"
local scheduler = require "sms.task"
local transport = require "sms.call.transport"

local flow = {}

--- How many calls are in flight where the option `parallel` says nothing.
flow.PARALLEL = 8

-- Most rows, roughly, that may be done and not yet handed on while an earlier call is slow.
local ROWS_AHEAD = 4096

local row_error, send_chunk = chunks.row_error, chunks.send

---------------------------------------------------------------- reading

--- An iterator over the messages.
---@param messages table|function
---@return fun(): table?
function flow.iterate(messages)
  if check.callable(messages) then return messages end
  local at = 0
  return function()
    at = at + 1
    return messages[at]
  end
end

-- The row that a message repeats: the first one for its number; for a list, where each of its numbers had a row before. `seen`:
-- number → its first row.
local function repeated(seen, to, index)
  local first, fresh = nil, false
  for _, number in ipairs(type(to) == "table" and to or { to }) do
    first, fresh = first or seen[number], fresh or not seen[number]
    seen[number] = seen[number] or index
  end
  return not fresh and first or nil
end

-- A row that is not sent because its number had one before.
local function skip(state, index, ready, first)
  local row = row_error(state, index, ready, failure.new {
    kind = "rejected", outcome = "not_sent", provider = state.name, operation = "send_many", name = "duplicate",
    message = ("row %d: the number of row %d again"):format(index, first), evidence = "the option 'duplicates' is 'skip'",
  })
  row.duplicate_of = first
  return row
end

-- Says of the rows of a chunk which row they repeat.
local function mark_repeats(rows, chunk)
  for i = 1, #chunk do
    local item = chunk[i]
    if item.duplicate_of then rows[item.index].duplicate_of = item.duplicate_of end
  end
end

--- A message as an item of a chunk, or its row where it is not sent.
---@param state table
---@param given any
---@param index integer
---@param seen table<string, integer>|false  number → its first row; false where nobody asks for duplicates
---@param duplicates? "send"|"skip"
---@return table? item
---@return table? row
function flow.read(state, given, index, seen, duplicates)
  local ok, wrong, field = abilities.ready(state, given)
  if not ok then return nil, row_error(state, index, given, wrong, field) end
  local first = seen and repeated(seen, ok.to, index)
  if first and duplicates == "skip" then return nil, skip(state, index, ok, first) end
  return { index = index, message = ok, duplicate_of = first or nil, begun = false, chunk = false }
end

---------------------------------------------------------------- side by side

--- Sends a chunk; then each of its items has its row.
---@param state table
---@param chunk table
---@param rows table<integer, table>
---@param options table?  per-call options
---@return true
function flow.send(state, chunk, rows, options)
  send_chunk(state, chunk, rows, options)
  mark_repeats(rows, chunk)
  return true
end

--- Waits until the client's rate lets another call begin: calls that queue for it would spend their time limit there. The wait for the
--- last token is the call's own.
---@param state table
---@param options table?  per-call options
function flow.await_rate(state, options)
  local bucket = state.bucket
  local limit = (options and options.timeout or state.timeout) / 2
  while bucket and not scheduler.stopped() do
    local wait, between = rate.due(bucket, core.now())
    local most = math.min(between, limit)
    if wait <= most then return end
    transport.sleep(state, wait - most)
  end
end

--- Whether the caller can wait for several calls without blocking a loop or the other tasks.
---@return boolean
function flow.can_wait()
  local waiter, host = scheduler.waiter()
  return waiter ~= nil or not (host or scheduler.current())
end

--- How many calls may be in flight.
---@param own table  the options `parallel` and its kin
---@return integer
function flow.width(own)
  return own.parallel ~= 1 and flow.can_wait() and (own.parallel or flow.PARALLEL) or 1
end

--- How many chunks may be taken and not yet handed on.
---@param adapter table  the message part of a provider's adapter
---@param width integer
---@return integer
function flow.window(adapter, width)
  local rows = adapter.bulk and adapter.bulk_max or 1
  return math.max(width + 1, math.min(width * parallel.AHEAD, ROWS_AHEAD // rows))
end

return flow
