-- SPDX-License-Identifier: MIT
-- Checks the arguments of `client:send_many` and `client:send_each`: per-call options, and their own.

local check = require "sms.check"
local options_of = require "sms.api.options"
local Type = require "sms.api.types"

local arguments = {}

local OWN = {
  many = { duplicates = "string?", on_row = "function?", parallel = "integer?" },
  each = { duplicates = "string?", parallel = "integer?", rest = "table?" },
}
local checkers = {}

local function checker(which)
  if not checkers[which] then
    local types = {}
    for name, text in pairs(options_of.of_call) do types[name] = text end
    for name, text in pairs(OWN[which]) do types[name] = text end
    checkers[which] = options_of.checker(types, Type.registry(require "sms.api.common_types"), "option", "options")
  end
  return checkers[which]
end

-- Values of the option `duplicates`.
local DUPLICATES = { send = true, skip = true }

local function check_options(which, options, problems)
  checker(which)(options, problems)
  if type(options) ~= "table" then return end
  if options.dry_run then
    problems[#problems + 1] = "option 'dry_run' applies to a single request: use client:send with one of the messages"
  end
  options_of.refuse_downloads(options, problems)
  if options.duplicates ~= nil and not DUPLICATES[options.duplicates] then
    problems[#problems + 1] = "option 'duplicates' must be 'send' or 'skip'"
  end
  if math.type(options.parallel) == "integer" and options.parallel < 1 then
    problems[#problems + 1] = "option 'parallel' must be at least 1"
  end
end

--- What is wrong with the arguments, or nil.
---@param which "many"|"each"
---@param messages any
---@param options any
---@return string? problem
function arguments.problem(which, messages, options)
  local meta = type(messages) == "table" and getmetatable(messages)
  if type(messages) ~= "table" and not check.callable(messages) then
    return "messages must be a list, or a function that returns one per call"
  end
  local problems = {}
  if options ~= nil then check_options(which, options, problems) end
  if type(messages) == "table" and not meta then problems[#problems + 1] = check.list(messages, "messages", "message") end
  return problems[1] and table.concat(problems, "; ")
end

local NONE = {}

--- Splits options into the per-call options of the operations, or nil, and the options of `send_many`.
---@param which "many"|"each"
---@param options table?
---@return table? call
---@return table own  `duplicates`, `parallel`, `on_row`, `rest`
function arguments.split(which, options)
  if options == nil then return nil, NONE end
  local call, own = {}, {}
  for key, value in pairs(options) do
    if OWN[which][key] then own[key] = value else call[key] = value end
  end
  return next(call) ~= nil and call or nil, own
end

return arguments
