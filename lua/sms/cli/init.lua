-- SPDX-License-Identifier: MIT
-- The command line `sms`. `bin/sms` passes its arguments to `main`. Each command is a file in this folder with `run(options) -> status`;
-- `facts.lua` declares its arguments and options.

local cli = {}

local INTERRUPTED = 5 -- stopped before the end

local function complain(message)
  require("sms.cli.output").complain(message)
end

local function find_argparse()
  local ok, argparse = pcall(require, "argparse")
  if ok then return argparse end
  complain "the command line needs argparse. Debian, Ubuntu: apt-get install lua-argparse; LuaRocks: luarocks install argparse"
end

local function execute(arguments, argparse)
  local facts = require "sms.cli.facts"
  local options = require("sms.cli.parser").build(argparse, facts):parse(arguments)
  local command = require("sms.cli." .. options.command)
  local run = options.subcommand and command[options.subcommand] or command.run
  return run(options)
end

-- Converts a raised value to an exit status: one line of text, and a traceback only for a bug of ours.
local function ended(problem)
  local output = require "sms.cli.output"
  if output.is_stop(problem.value) then
    if problem.value.message then complain(problem.value.message) end
    return problem.value.status
  end
  if tostring(problem.value):find "interrupted!" then
    complain "interrupted"
    return INTERRUPTED
  end
  io.stderr:write(problem.trace, "\n")
  return 1
end

local function caught(value)
  return { value = value, trace = debug.traceback("sms: " .. tostring(value), 2) }
end

--- Runs one command. `--help` ends the process.
---@param arguments string[]
---@return integer status  of the process, see `facts.exits`
function cli.main(arguments)
  if arguments[1] == "--version" then
    local ok, problem = io.stdout:write("sms ", require "sms.version", "\n")
    if ok then ok, problem = io.stdout:flush() end
    if not ok then io.stderr:write("sms: standard output: ", problem, "\n") end
    return ok and 0 or 1
  end
  local argparse = find_argparse()
  if not argparse then return 1 end
  local found, core = pcall(require, "sms.core")
  if found then core.keep_streams() end
  local ok, result = xpcall(execute, caught, arguments, argparse)
  if ok then return result end
  return ended(result)
end

return cli
