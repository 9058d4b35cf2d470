-- SPDX-License-Identifier: MIT
-- luv for the peers of the specs: a peer that writes to a connection which the other side has closed gets an error, not SIGPIPE. luv
-- ignored that signal until 1.48; from then on it is up to the program.

local uv = require "luv"

local SIGPIPE = 13

local function is_ignored(signal)
  local file <close> = io.open("/proc/self/status")
  local mask = file and file:read("a"):match("SigIgn:%s*(%x+)")
  return mask ~= nil and tonumber(mask, 16) >> (signal - 1) & 1 == 1
end

if not is_ignored(SIGPIPE) then
  local handle = uv.new_signal()
  handle:start("sigpipe", function() end)
  handle:unref()
end

return uv
