-- SPDX-License-Identifier: MIT
-- What a call says that is refused before the network: a mistake of the script is raised, a fault of the data comes back as an error
-- value of kind `invalid` with the outcome `not_sent`.

local assert = require "luassert"

--- Makes the call, which must be refused.
---@param fn function
---@param ... any
---@return string words
---@return "raised"|"returned" how
---@return sms.Error? err  of what was returned
return function(fn, ...)
  local ok, result, err = pcall(fn, ...)
  if not ok then return result, "raised" end
  assert.is_nil(result)
  assert.are.same({ "invalid", "not_sent", 0 }, { err.kind, err.outcome, err.attempts })
  return err.message, "returned", err
end
