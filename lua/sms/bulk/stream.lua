-- SPDX-License-Identifier: MIT
-- `client:send_each`: returns rows one at a time. Messages are read as calls need them, and memory is bounded by what is in flight.

local arguments = require "sms.bulk.arguments"
local chunks = require "sms.bulk.chunk"
local core = require "sms.core"
local failure = require "sms.error"
local flow = require "sms.bulk.flow"
local guard = require "sms.task.guard"
local parallel = require "sms.task.parallel"
local reader = require "sms.bulk.reader"
local scheduler = require "sms.task"
local sending = require "sms.bulk.sending"
local waiters = require "sms.task.scheduler"

local stream = {}

local Stream = {}
Stream.__index = Stream

-- After this many messages that are not sent, their rows are returned.
local REFUSED = 256

-- If a call of this many messages completes immediately, by a transport of the script, its rows are returned before the next call starts:
-- such calls run one at a time, and waiting rows would only take memory.
local MANY = 64

-- Takes a message into a chunk, or adds its row. An error of the iterator ends the messages, and is raised once those before it
-- have their rows.
local function take(self, ok, value, why, ...)
  local reading = self.reading
  if not ok then
    reading:settle()
    if why == "hook" then error(guard.interruption(value), 0) end
    self.failed, self.problem, reading.ended = true, value, true
    return
  end
  local chunk, row = reading:take(value, why, ...)
  if chunk then
    self.last = self.last + 1
    self.made[self.last] = chunk
  elseif row then
    self.rows[reading.index] = row
    self.refused = self.refused + 1
  end
end

-- Reads messages, at most as many as a call allows after the first one that waits for its call.
function Stream:read()
  local waiting, reading = self.made[self.next_made], self.reading
  take(self, core.attempt(reading.fill, reading:ahead(waiting and waiting:place(1) + self.ahead)))
end

-- Whether the first chunk is due: it is full, as many messages have been read as a call allows, or there are no more.
local function is_due(self, chunk)
  return chunk.closed or self.reading.ended or self.reading.index - chunk:place(1) >= self.ahead
end

-- Drops chunks whose rows have all been returned.
local function forget(self)
  local chunk = self.made[self.first]
  while chunk and self.first < self.next_made and chunk:place(chunk.n) <= self.given do
    self.made[self.first] = nil
    self.first = self.first + 1
    chunk = self.made[self.first]
  end
end

-- The next chunk to send, or an empty one if many messages are not sent. Nil at the end.
function Stream:next_chunk()
  if self.at_once then
    self.at_once = false
    scheduler.sleep(0)
  end
  while not self.stopping do
    local chunk = self.made[self.next_made]
    if chunk and is_due(self, chunk) then
      self.next_made = self.next_made + 1
      if not chunk.closed then self.reading:close(chunk) end
      forget(self)
      flow.await_rate(self.state, self.call)
      return not self.stopping and chunk or nil
    elseif self.reading.ended then
      return nil
    elseif self.refused >= REFUSED then
      self.refused = 0
      return chunks.new(nil, true)
    end
    self:read()
  end
end

function Stream:send(chunk)
  local turn = waiters.turns()
  sending.send(self.state, chunk, self.rows, self.call)
  self.at_once = self.step and chunk.n >= MANY and waiters.turns() == turn
  return true
end

-- Decides, where the rows are requested, whether several calls may be in flight.
function Stream:begin()
  self.begun = true
  local width = flow.width(self.own)
  if width == 1 then return end
  local settings = { rest = {}, window = flow.window(self.adapter, width) }
  local function next_chunk() return self:next_chunk() end
  local function send(chunk) return self:send(chunk) end
  self.step, self.leave = parallel.start(width, next_chunk, send, settings)
end

-- Sends the next chunk, or waits for the next one that is done. False at the end.
local function advance(self)
  if not self.begun then self:begin() end
  if self.step then return self.step() ~= nil end
  local chunk = self:next_chunk()
  return chunk ~= nil and self:send(chunk)
end

-- Ends the calls in flight. Returns the rows not yet returned, in order; messages without a row get one from the interrupting error.
local function stop(self, problem)
  self.over, self.stopping = true, true
  if self.leave then core.attempt(self.leave, problem) end
  local out, err = {}, failure.is(problem) and problem
    or failure.new { kind = "cancelled", outcome = "unknown", message = "the loop ended early", retryable = false }
  for at = self.first, self.last do sending.finish(self.state, self.made[at], self.rows, err, self.given) end
  for index = self.given + 1, self.reading.index do out[#out + 1] = self.rows[index] end
  self.given, self.rows, self.made = self.reading.index, {}, {}
  return out
end

-- Ends by an error; returns the error to raise.
local function fail(self, problem, why)
  if why == "hook" then problem = guard.interruption(problem) end
  local rows = stop(self, problem)
  if not self.rest then return error(guard.carry(problem, rows), 0) end
  table.move(rows, 1, #rows, #self.rest + 1, self.rest)
  error(problem, 0)
end

local function drain(self)
  self.stopping = true
  while advance(self) do end
end

-- Ends the caller's loop. After `break`, no call is started and those in flight finish. If waiting for that would block
-- others, and after an error, they are cancelled.
local function close(self, problem)
  if self.over then return end
  if problem ~= nil then return fail(self, problem) end
  if self.step and flow.can_wait() then
    local ok, value, why = core.attempt(drain, self)
    if not ok then return fail(self, value, why) end
  end
  local rows = stop(self, nil)
  if self.rest then
    table.move(rows, 1, #rows, #self.rest + 1, self.rest)
  elseif guard.any_sent(rows) then
    warn("sms: the loop over send_each ended early, and rows that may have been sent are lost; option 'rest' collects them")
  end
end

-- Works until the next row is available. False at the end.
local function await_row(self)
  while not self.rows[self.given + 1] do
    if self.over then return false end
    local ok, more, why = core.attempt(advance, self)
    if not ok then return fail(self, more, why) end
    if not more and not self.rows[self.given + 1] then
      self.over = true
      if self.failed then error(self.problem, 0) end
    end
  end
  return true
end

-- Returns a function that returns the rows, in input order.
local function step_of(self)
  return function()
    local at = self.given + 1
    local row = self.rows[at]
    if not row and await_row(self) then row = self.rows[at] end
    if row then self.given, self.rows[at] = at, nil end
    return row
  end
end

--- Sends messages as they are read, and returns their rows one at a time, in input order. Memory is bounded by what is in flight.
---@param state table
---@param messages table[]|fun(): table?
---@param options table?  per-call options, and `duplicates`, `parallel`, `rest`
---@return (fun(): table?)? step
---@return string|table problem_or_closing  the caller's mistake, to be raised; or the to-be-closed value of the loop
function stream.send_each(state, messages, options)
  local problem = arguments.problem("each", messages, options)
  if problem then return nil, problem end
  local call, own = arguments.split("each", options)
  local adapter = state.adapter.message
  local self = setmetatable({
    state = state, adapter = adapter, reading = reader.new(state, messages, own.duplicates or false),
    call = call, own = own, rest = own.rest, ahead = adapter.bulk and adapter.bulk_max or 1,
    -- chunks in order: those from `first` on have rows to return, those from `next_made` on have not been started
    made = {}, first = 1, next_made = 1, last = 0,
    rows = {}, given = 0, refused = 0,
    begun = false, at_once = false, failed = false, stopping = false, over = false,
  }, Stream)
  return step_of(self), setmetatable({}, { __close = function(_, trouble) close(self, trouble) end })
end

return stream
