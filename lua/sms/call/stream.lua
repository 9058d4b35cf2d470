-- SPDX-License-Identifier: MIT
-- Streamed bodies: a request fed from an iterator of chunks, a response read as an iterator. Memory is bounded by one buffer: feeding waits
-- while it is full, libcurl is paused while the reader's is.

local guard = require "sms.task.guard"

local stream = {}

--- Larger chunks are split into pieces of this size in bytes.
local PIECE = 65536

-- An error of the iterator ends the call.
local function next_chunk(source)
  local ok, chunk = guard.callback(source.chunks)
  if not ok then error(chunk, 0) end
  if chunk ~= nil and type(chunk) ~= "string" then error("an iterator of chunks must return strings, not a " .. type(chunk), 0) end
  return chunk
end

local function wrong_size(source, given)
  local words = "the chunks of '%s' have %s bytes, but its size is %d"
  return "invalid", words:format(source.name, given > source.size and "more than " .. source.size or given, source.size)
end

--- Returns a function that feeds a transfer from the iterator `source.chunks`, as much as it accepts now; `source.size`, if given,
--- must match.
---@param source { name: string, chunks: (fun(): string?), size: integer? }
---@return fun(transfer: userdata): string?, string?  kind and words if the body differs from its announced size
function stream.feeder(source)
  local chunk, at, given, ended = nil, 1, 0, false
  local function piece()
    while chunk == nil or at > #chunk do
      chunk, at = next_chunk(source), 1
      if chunk == nil then return nil end
    end
    return #chunk <= PIECE and chunk or chunk:sub(at, at + PIECE - 1)
  end
  return function(transfer)
    while not ended do
      local data = piece()
      if data == nil then
        if source.size and given ~= source.size then return wrong_size(source, given) end
        ended = true
      elseif source.size and given + #data > source.size then
        return wrong_size(source, given + #data)
      end
      local taken = transfer:feed(data)
      if not taken then
        ended = ended or taken == nil
        return nil
      end
      if data then at, given = at + #data, given + #data end
    end
  end
end

--- All chunks as one string, for transports that can't stream.
---@param chunks fun(): string?
---@return string
function stream.join(chunks)
  local out = {}
  for chunk in chunks do out[#out + 1] = chunk end
  return table.concat(out)
end

local Stream = { __name = "sms.call.stream" }

-- `callback_error` is the error that `progress` raised, if any.
function Stream:__index(key)
  if key == "callback_error" then return self.request.callback_error end
  return Stream[key]
end

--- A streamed response: `for chunk in response do … end`. At most one buffer of 256 KiB is read ahead; the provider
--- waits meanwhile. Raises an error value if the response is cut short. Inside a task reading yields.
---@param transfer userdata
---@param await fun(enough: fun(transfer: userdata): boolean): string?, string?
---@param request table  has the error that `progress` raised
---@return table
function stream.reader(transfer, await, request)
  return setmetatable({ transfer = transfer, await = await, request = request }, Stream)
end

--- Converts a failure of the transport to the error that the loop raises; set by the call that opened the stream.
function Stream.fail(trouble)
  return trouble
end

-- The end of the iteration: nothing, or the error.
local function last(self)
  local status, failure = self.transfer:result()
  self.transfer:close()
  if status then return nil end
  failure.body = nil -- it has been read
  error(self.fail(failure), 0)
end

function Stream:__call()
  if self.closed then return nil end
  local chunk
  local function more(transfer)
    chunk = transfer:read()
    return chunk ~= ""
  end
  local broken, words = self.await(more)
  if not broken and (chunk == nil or chunk == "") then chunk = self.transfer:read() end
  if chunk and chunk ~= "" and not broken then return chunk end
  self.closed = true
  if not broken then return last(self) end
  self.transfer:close()
  error(self.fail { kind = broken, message = words, attempts = 1, duration = 0 }, 0)
end

--- Bytes read so far, and the total if the provider announced it.
---@return integer
---@return integer?
function Stream:progress()
  local _, _, down, total = self.transfer:progress()
  return down, total
end

--- Abandons the rest; may be called twice. For loops that end early: `local response <close> = …`.
function Stream:close()
  self.closed = true
  self.transfer:close()
end
Stream.__close = Stream.close

function Stream:__tostring()
  return "sms.stream: " .. (self.closed and "closed" or "open")
end

-- Stands for a finished transfer whose body arrived in one piece.
local Whole = {}
Whole.__index = Whole

function Whole:read()
  local text = self.text
  self.text = ""
  return text
end

function Whole:result() return self.status end

function Whole:close() self.text = "" end

function Whole:progress() return 0, 0, self.size - #self.text, self.size end

--- The same for a response that has been received completely.
---@param status integer
---@param text string
---@return table
function stream.whole(status, text)
  local transfer = setmetatable({ status = status, text = text, size = #text }, Whole)
  return stream.reader(transfer, function(more) more(transfer) end, {})
end

return stream
