-- SPDX-License-Identifier: MIT
-- `sms completion`: the script by which a shell completes our words.

local facts = require "sms.cli.facts"
local output = require "sms.cli.output"

local command = {}

--- Runs the command.
---@param options table
---@return integer status
function command.run(options)
  local parser = require("sms.cli.parser").build(require "argparse", facts, true)
  local script = parser["get_" .. options.shell .. "_complete"](parser)
  output.write((script:gsub("\n$", "")))
  return 0
end

return command
