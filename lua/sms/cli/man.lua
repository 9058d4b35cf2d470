-- SPDX-License-Identifier: MIT
-- `sms man`: the manual page.

local facts = require "sms.cli.facts"
local manual = require "sms.cli.manual"
local output = require "sms.cli.output"

local command = {}

--- Runs the command.
---@param options table
---@return integer status
function command.run(options)
  local page = options.markdown and manual.markdown(facts) or manual.man(facts, require "sms.version")
  output.write((page:gsub("\n$", "")))
  return 0
end

return command
