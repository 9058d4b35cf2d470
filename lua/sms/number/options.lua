-- SPDX-License-Identifier: MIT
-- The options of a client that concern numbers: `region`, `from` and `only`.

local allowed = require "sms.api.allowed"
local number = require "sms.number"

local options = {}

--- Converts these options for the checks of messages and calls: the region in capitals, the default sender in international
--- form, the allowed numbers as in `sms.api.allowed`.
---@param own table          a copy of the options, changed
---@param adapter table?     the message part of the provider's adapter
---@param problems string[]  gains their problems
function options.read(own, adapter, problems)
  local reason
  if own.region then
    own.region, reason = number.region_name(own.region)
    problems[#problems + 1] = reason
  end
  if own.from == "" then
    problems[#problems + 1] = "option 'from' is empty"
  elseif own.from then
    own.from, reason = number.sender(own.from, own.region)
    if not own.from then problems[#problems + 1] = "option 'from' must be a name or a phone number: it " .. reason end
  end
  if own.only then own.only = allowed.new(own.only, own.region, adapter, problems) end
end

return options
