-- SPDX-License-Identifier: MIT
-- Bodies piece by piece: a request fed from an iterator of chunks, a response read as one. Memory stays at one buffer: the one waits
-- while it is full, libcurl is paused while the other is.

local guard = require "sms.task.guard"

local stream = {}

--- Larger chunks are cut into pieces of so many bytes.
local PIECE = 65536

-- What the iterator raises ends the call.
local function next_chunk(source)
  local ok, chunk = guard.callback(source.chunks)
  if not ok then error(chunk, 0) end
  if chunk ~= nil and type(chunk) ~= "string" then error("an iterator of chunks must give strings, not a " .. type(chunk), 0) end
  return chunk
end

local function wrong_size(source, given)
  local words = "the chunks of '%s' are %s bytes, its size says %d"
  return "invalid", words:format(source.name, given > source.size and "more than " .. source.size or given, source.size)
end

--- A function that feeds a transfer as much as it takes now from `source.chunks`, an iterator; `source.size`, when it is given,
--- must come true.
---@param source { name: string, chunks: (fun(): string?), size: integer? }
---@return fun(transfer: userdata): string?, string?  kind and words when the body can't be what was announced
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

-- `callback_error` is what `progress` raised, if it did.
function Stream:__index(key)
  if key == "callback_error" then return self.request.callback_error end
  return Stream[key]
end

--- A response that comes in pieces: `for chunk in answer do … end`. Nothing is read ahead but one buffer of 256 KiB; the provider
--- waits meanwhile. Raises an error value when the response breaks off. Inside a task reading yields.
---@param transfer userdata
---@param await fun(enough: fun(transfer: userdata): boolean): string?, string?
---@param request table  has what `progress` raised
---@return table
function stream.reader(transfer, await, request)
  return setmetatable({ transfer = transfer, await = await, request = request }, Stream)
end

--- Turns what the transport knows of a failure into what `for` raises; the call that opened the stream sets its own.
function Stream.fail(trouble)
  return trouble
end

-- After the last piece: silence, or why there is no more.
local function last(self)
  local status, kind, message, _, attempts, duration, code = self.transfer:result()
  self.transfer:close()
  if not status then
    error(self.fail { kind = kind, message = message, attempts = attempts, duration = duration, status = code }, 0)
  end
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

--- Bytes read so far, and of how many when the provider says so.
---@return integer
---@return integer?
function Stream:progress()
  local _, _, down, total = self.transfer:progress()
  return down, total
end

--- Gives up the rest; may be called twice. For a loop that is left early: `local answer <close> = …`.
function Stream:close()
  self.closed = true
  self.transfer:close()
end
Stream.__close = Stream.close

function Stream:__tostring()
  return "sms.stream: " .. (self.closed and "closed" or "open")
end

return stream
