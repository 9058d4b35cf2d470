-- SPDX-License-Identifier: MIT
-- References for many rows: a random one and its successors. Collisions are as unlikely as with random ones, but they are adjacent in an
-- index, so that a batch of rows touches only a few of its pages.

local core = require "sms.core"

local reference = {}

--- Starts a sequence.
---@return fun(): string next  `sms-` and 16 hexadecimal digits
function reference.sequence()
  local at = math.tointeger(tonumber("0x" .. core.reference():match "%x+$")) - 1
  return function()
    at = at + 1
    return ("sms-%016x"):format(at)
  end
end

return reference
