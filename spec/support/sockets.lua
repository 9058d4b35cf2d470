-- SPDX-License-Identifier: MIT
-- Plain TCP clients for specs of servers, on luv's loop: what was written arrives as it is, half a request as half a request.

local uv = require "spec.support.uv"

local sockets = {}

local Socket = {}
Socket.__index = Socket

--- Moves all sockets on, without waiting.
function sockets.turn()
  uv.run "nowait"
end

--- A connection that is being made. `input` is what has come, `ended` whether the other side has closed or broken it.
---@param port integer
---@param bytes? string  written once it is there
---@param host? string  an address; 127.0.0.1
function sockets.connect(port, bytes, host)
  local self = setmetatable({ handle = uv.new_tcp(), input = "", ended = false }, Socket)
  self.handle:connect(host or "127.0.0.1", port, function(problem)
    if problem then
      self.ended, self.problem = true, problem
      return
    end
    self.connected = true
    self.handle:read_start(function(broken, data)
      if data then self.input = self.input .. data else self.ended, self.problem = true, broken end
    end)
    if bytes then self.handle:write(bytes) end
  end)
  return self
end

function Socket:write(bytes)
  self.handle:write(bytes)
end

--- Ends the writing side alone.
function Socket:shutdown()
  self.handle:shutdown()
end

function Socket:status()
  return tonumber(self.input:match("^HTTP/1%.1 (%d%d%d) "))
end

function Socket:close()
  if not self.handle:is_closing() then self.handle:close() end
  uv.run "nowait"
end

--- Turns until `enough()` or the time is over; `others` is called between.
---@param seconds number
---@param enough fun(): boolean?
---@param others? fun()
---@return boolean
function sockets.wait(seconds, enough, others)
  local ends = uv.hrtime() + seconds * 1e9
  while not enough() do
    if uv.hrtime() > ends then return false end
    uv.run "nowait"
    if others then others() else uv.sleep(2) end
  end
  return true
end

return sockets
