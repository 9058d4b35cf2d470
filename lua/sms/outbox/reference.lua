-- SPDX-License-Identifier: MIT
-- References of many rows: a random one, and those that follow it. As improbable to meet another as random ones, but neighbours in an
-- index, so that a batch of rows is written to a few of its pages and not to as many as it has rows.

local core = require "sms.core"

local reference = {}

--- Begins a sequence.
---@return fun(): string next  `sms-` and 16 hexadecimal digits
function reference.sequence()
  local at = math.tointeger(tonumber("0x" .. core.reference():match "%x+$")) - 1
  return function()
    at = at + 1
    return ("sms-%016x"):format(at)
  end
end

return reference
