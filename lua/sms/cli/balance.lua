-- SPDX-License-Identifier: MIT
-- `sms balance`: what the account holds, in the provider's unit.

local account = require "sms.cli.account"
local output = require "sms.cli.output"

local command = {}

--- Runs the command.
---@param options table
---@return integer status  1 when it is below `--below`, or can't be read
function command.run(options)
  local whose = account.open(options)
  local balance, err = whose.client:balance()
  if not balance then output.stop(err.name == "unsupported" and 2 or 1, tostring(err)) end
  if options.json then
    output.print_json { provider = whose.provider, profile = whose.name, balance = balance }
  else
    output.write(tostring(balance))
  end
  return options.below and balance < options.below and 1 or 0
end

return command
