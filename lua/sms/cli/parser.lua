-- SPDX-License-Identifier: MIT
-- Builds the argparse parser from the facts. A usage mistake is reported in one line with the nearest valid word; exit status 2.

local output = require "sms.cli.output"
local values = require "sms.cli.values"

local parser = {}

local NO_SECRETS = "secrets are not allowed as arguments, which other users can see; put it into a profile "
  .. "(sms config add NAME) or into the provider's environment variable"

-- No option is a digit.
local BEHIND = ". An argument that begins with - must follow --, as in: sms code zipwhip -- -1234"

-- With `complete`, choices are left to argparse, which lists them for the shell; otherwise we check them and suggest the nearest.
local function apply(element, fact, word, complete)
  if word then element:argname(word) end
  if fact.choices and complete then
    element:choices(fact.choices)
  elseif fact.choices then
    element:convert(values.one_of(fact.choices, fact.noun))
  elseif fact.type then
    element:convert(values[fact.type])
  end
end

local function add_argument(command, fact, complete)
  local argument = command:argument(fact[1], fact[2])
  if fact.many then argument:args "*" elseif fact.optional then argument:args "?" end
  apply(argument, fact, nil, complete)
end

local function add_option(command, fact, complete)
  if not fact[2] then
    command:flag(fact[1], fact[3])
    return
  end
  local option = command:option(fact[1], fact[3])
  if fact.default then option:default(fact.default) end
  if fact.many then option:count(fact.required and "+" or "*") elseif fact.required then option:count(1) end
  apply(option, fact, fact[2], complete)
end

-- What each argparse command accepts: full name, options, subcommands.
local known = setmetatable({}, { __mode = "k" })

local function remember(command, name, fact)
  local options = { "--help" }
  for _, option in ipairs(fact.options or {}) do options[#options + 1] = option[1] end
  known[command] = { name = name, option = options, command = fact.order or {} }
end

-- Prints the help of a command as any output, and ends.
local function add_help(command)
  command:add_help { action = function()
    output.write((command:get_help():gsub("\n$", "")))
    output.stop(0)
  end }
end

local add_commands

local function add_command(above, name, fact, complete)
  local command = above:command(name, fact.summary)
  remember(command, known[above].name .. " " .. name, fact)
  add_help(command)
  for _, argument in ipairs(fact.arguments or {}) do add_argument(command, argument, complete) end
  for _, option in ipairs(fact.options or {}) do add_option(command, option, complete) end
  if fact.commands then
    command:command_target "subcommand"
    add_commands(command, fact, complete)
  end
end

function add_commands(above, fact, complete)
  for _, name in ipairs(fact.order) do add_command(above, name, fact.commands[name], complete) end
end

-- Rewords argparse's messages about unknown words; its own suggestion only covers one wrong letter.
local function sentence(at, message)
  local words = message:gsub("\n.*", "")
  local kind, name = words:match "^unknown (%l+) '(.*)'$"
  if not kind then return words end
  if kind == "option" and require("sms.cli.profiles").is_secret(name) then return ("unknown option '%s': %s"):format(name, NO_SECRETS) end
  local guess = require("sms.core").nearest(name, known[at][kind] or {})
  local hint = guess and (". Did you mean '%s'?"):format(guess) or kind == "option" and name:find "^%-%d" and BEHIND or ""
  return ("unknown %s '%s'%s"):format(kind, require("sms.check").shown(name), hint)
end

local function on_mistake(at, message)
  output.stop(2, ("%s (%s --help)"):format(sentence(at, message), known[at].name))
end

--- Builds the parser.
---@param argparse table
---@param facts table
---@param complete? boolean  for completion scripts
---@return table
function parser.build(argparse, facts, complete)
  local made = argparse(facts.name, facts.summary):command_target "command"
  remember(made, facts.name, facts)
  made.error = on_mistake
  add_help(made)
  made:flag("--version", "Print the version.")
  add_commands(made, facts, complete)
  return made
end

return parser
