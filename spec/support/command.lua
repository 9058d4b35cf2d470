-- SPDX-License-Identifier: MIT
-- `bin/sms` as a process of its own that is asked and signalled while it runs.

local patience = require "spec.support.patience"
local uv = require "spec.support.uv"

local command = {}
command.__index = command

local function collect(self, name, pipe)
  self[name] = ""
  pipe:read_start(function(_, data)
    if data then self[name] = self[name] .. data end
  end)
end

--- Starts the command line with these words; `out` and `err` are what it has written so far.
---@param words string[]
---@param descriptors? integer  how many it may have; as many as this process where nothing is said
function command.start(words, descriptors)
  local self = setmetatable({ words = words }, command)
  local out, err = uv.new_pipe(), uv.new_pipe()
  local env = { "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath, "PATH=" .. os.getenv "PATH",
    "LUA=" .. (os.getenv "LUA" or "lua5.4") }
  local arguments = { "-c", (descriptors and "ulimit -n " .. descriptors .. "; " or "") .. 'exec bin/sms "$@"', "sh", table.unpack(words) }
  self.process = assert(uv.spawn("sh", { args = arguments, stdio = { nil, out, err }, env = env }, function(code, signal)
    self.code, self.signal = code, signal
  end))
  collect(self, "out", out)
  collect(self, "err", err)
  self.pipes = { out, err }
  return self
end

--- Waits until it has named its address; the port.
---@return integer
function command:port()
  assert(self:wait(patience.MOST, function() return (self.out .. self.err):find "http://%S+:%d+" or self.code end))
  return tonumber((self.out .. self.err):match "http://%S-:(%d+)")
end

--- Turns luv's loop until `enough()`; false when the time is over.
function command.wait(_, seconds, enough)
  local ends = uv.hrtime() + seconds * 1e9
  while not enough() do
    if uv.hrtime() > ends then return false end
    uv.run "nowait"
    uv.sleep(2)
  end
  return true
end

function command:kill(signal)
  self.process:kill(signal)
end

--- Waits for the end, no longer than `patience.MOST` where nothing is said.
---@param seconds? number
---@return integer|nil code
---@return integer|nil signal
function command:ended(seconds)
  self:wait(seconds or patience.MOST, function() return self.code end)
  for _ = 1, 5 do uv.run "nowait" end
  return self.code, self.signal
end

function command:close()
  if not self.code then
    self.process:kill "sigkill"
    self:ended()
  end
  for _, handle in ipairs { self.process, self.pipes[1], self.pipes[2] } do
    if not handle:is_closing() then handle:close() end
  end
  uv.run "nowait"
end

return command
