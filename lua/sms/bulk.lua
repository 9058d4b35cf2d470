-- SPDX-License-Identifier: MIT
-- `client:send_many`: messages share calls where possible, several calls are in flight concurrently, and each message has
-- its own row, in input order.

local arguments = require "sms.bulk.arguments"
local core = require "sms.core"
local failure = require "sms.error"
local flow = require "sms.bulk.flow"
local guard = require "sms.task.guard"
local parallel = require "sms.task.parallel"
local reader = require "sms.bulk.reader"
local scheduler = require "sms.task"
local sending = require "sms.bulk.sending"

local bulk = {}

-- Reports known rows to `on_row`, in input order. Its first error ends the sending: calls in flight finish, and no other
-- starts.
local function tell(work)
  local rows, on_row = work.rows, work.on_row
  while on_row and not work.stopping and rows[work.reported + 1] do
    work.reported = work.reported + 1
    local ok, problem = guard.callback(on_row, rows[work.reported], work.reported)
    if not ok then work.stopping, work.problem = true, problem end
  end
end

-- Adds rows for all messages that were read and have none.
local function finish(state, work, err)
  for i = 1, #work.chunks do
    if work.chunks[i] then sending.finish(state, work.chunks[i], work.rows, err) end
  end
end

-- Sends a chunk; afterwards false replaces it in the list of chunks that may have messages without a row.
local function send(state, work, chunk, at, options)
  sending.send(state, chunk, work.rows, options)
  work.chunks[at] = false
  return true
end

-- Iterates over the chunks of a list, each with its place.
local function next_of(state, work, list, options)
  local at = 0
  return function()
    if work.stopping or not list[at + 1] then return nil end
    flow.await_rate(state, options)
    at = at + 1
    return list[at], at
  end
end

local function one_by_one(state, work, list, options)
  for chunk, at in next_of(state, work, list, options) do
    send(state, work, chunk, at, options)
    tell(work)
  end
end

local function side_by_side(state, work, list, options, width)
  local function send_next(chunk, at) return send(state, work, chunk, at, options) end
  local settings = { rest = {}, window = flow.window(state.adapter.message, width) }
  local step, leave = parallel.start(width, next_of(state, work, list, options), send_next, settings)
  local _ <close> = setmetatable({}, { __close = function(_, problem) leave(problem) end })
  for _ in step do tell(work) end
end

-- Once the current task is stopped, no more calls are made, and their rows say so.
local function in_task(state, work, ...)
  local ok, problem, why = core.attempt(side_by_side, state, work, ...)
  if ok then return end
  local kind = scheduler.stopped()
  if why == "hook" then error(guard.interruption(problem), 0) end
  if not kind or not failure.is(problem) or problem.kind ~= kind or problem.cause ~= nil then error(problem, 0) end
  finish(state, work, problem)
end

local function send_all(state, work, list, own, options)
  local width = math.min(flow.width(own), #list)
  if width <= 1 then return one_by_one(state, work, list, options) end
  if scheduler.waiter() then return in_task(state, work, list, options, width) end
  return side_by_side(state, work, list, options, width)
end

--- Sends messages; always returns one row per message, in input order.
---@param state table
---@param work { chunks: table[], rows: table[] }  kept by the caller, in case that the sending is interrupted
---@param messages table[]|fun(): table?
---@param options table?  per-call options, and `duplicates`, `parallel`, `on_row`
---@return table[]? rows receipts; a row that failed has `error` and the outcome; `duplicate_of` is the first row for the same number
---@return nil
---@return string? problem the caller's mistake, to be raised
function bulk.send_many(state, work, messages, options)
  local problem = arguments.problem("many", messages, options)
  if problem then return nil, nil, problem end
  local call, own = arguments.split("many", options)
  local rows, list, reading = work.rows, work.chunks, reader.new(state, messages, own.duplicates)
  work.finish = function(err) finish(state, work, err) end
  work.on_row, work.reported = own.on_row, 0
  while not reading.ended do
    local chunk, row = reading:read()
    if chunk then list[#list + 1] = chunk elseif row then rows[reading.index] = row end
  end
  work.sending = true
  tell(work)
  send_all(state, work, list, own, call)
  tell(work)
  if work.stopping then error(work.problem, 0) end
  return rows
end

return bulk
