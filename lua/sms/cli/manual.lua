-- SPDX-License-Identifier: MIT
-- Renders the facts of the command line as a manual page (man(7)) and as Markdown.

local manual = {}

-- Each command that can be run, in the order of the facts: `visit(name, fact)`.
local function each_command(facts, visit, prefix)
  for _, name in ipairs(facts.order) do
    local fact, whole = facts.commands[name], (prefix or "") .. name
    if fact.commands then each_command(fact, visit, whole .. " ") else visit(whole, fact) end
  end
end

-- An argument in the usage line.
local function argument_word(argument)
  local word = argument[1]:upper()
  if argument.many then return ("[%s]..."):format(word) end
  return argument.optional and ("[%s]"):format(word) or word
end

local function option_word(option)
  return option[2] and ("%s %s"):format(option[1], option[2]) or option[1]
end

local function notes(item, at)
  local out = { item[at] }
  if item.choices then out[#out + 1] = ("One of %s."):format(table.concat(item.choices, ", ")) end
  if item.default then out[#out + 1] = ("Default: %s."):format(item.default) end
  if item.required then out[#out + 1] = "Needed." end
  return table.concat(out, " ")
end

---------------------------------------------------------------- man(7)

-- Characters that roff would replace.
local SPELLED = { ["\\"] = "\\e", ["-"] = "\\-", ["'"] = "\\(aq", ["^"] = "\\(ha", ["~"] = "\\(ti" }

-- Escapes text for roff: no line begins with a dot, and commands can be copied into a shell.
local function roff(text)
  return (text:gsub("[\\%-'^~]", SPELLED):gsub("^%.", "\\&."):gsub("`([^`]*)`", "\\fB%1\\fP"))
end

local function man_command(out, name, fact)
  local words = { ".B sms " .. roff(name) }
  for _, argument in ipairs(fact.arguments or {}) do words[#words + 1] = ".I " .. roff(argument_word(argument)) end
  if fact.options and fact.options[1] then words[#words + 1] = ".RI [ options ]" end
  out[#out + 1] = ".SS sms " .. roff(name) .. "\n" .. table.concat(words, "\n") .. "\n.PP\n" .. roff(fact.summary)
  for _, argument in ipairs(fact.arguments or {}) do
    out[#out + 1] = ".TP\n.I " .. roff(argument[1]:upper()) .. "\n" .. roff(notes(argument, 2))
  end
  for _, option in ipairs(fact.options or {}) do
    out[#out + 1] = ".TP\n.B " .. roff(option_word(option)) .. "\n" .. roff(notes(option, 3))
  end
  for _, example in ipairs(fact.examples or {}) do
    out[#out + 1] = ".PP\n" .. roff(example[2]) .. "\n.PP\n.nf\n    " .. roff(example[1]) .. "\n.fi"
  end
end

local WIDTH = 78

-- Wraps long lines between words; roff joins them again.
local function wrapped(page)
  return (page:gsub("[^\n]+", function(line)
    if #line <= WIDTH or line:find "^[. ]" then return nil end
    local out, at = {}, ""
    for word in line:gmatch "%S+" do
      if #at + #word >= WIDTH and not word:find "^[.']" then out[#out + 1], at = at, "" end
      at = at == "" and word or at .. " " .. word
    end
    out[#out + 1] = at
    return table.concat(out, "\n")
  end))
end

--- The manual page sms(1).
---@param facts table
---@param version string
---@return string
function manual.man(facts, version)
  local out = { (".TH SMS 1 %s \"lua-sms %s\" \"User Commands\"\n.SH NAME\nsms \\- %s"):format(facts.date,
    version, roff(facts.summary:lower():gsub("%.$", "")):gsub("sms", "SMS")) }
  out[#out + 1] = ".SH SYNOPSIS\n.B sms\n.I COMMAND\n.RI [ argument ]...\n.br\n.B sms \\-\\-version\n.br\n.B sms\n.I COMMAND\n.B \\-\\-help"
  out[#out + 1] = ".SH COMMANDS"
  each_command(facts, function(name, fact) man_command(out, name, fact) end)
  out[#out + 1] = ".SH EXIT STATUS"
  for _, row in ipairs(facts.exits) do out[#out + 1] = (".TP\n.B %d\n%s"):format(row[1], roff(row[2])) end
  out[#out + 1] = ".SH ENVIRONMENT"
  for _, row in ipairs(facts.variables) do out[#out + 1] = (".TP\n.B %s\n%s"):format(roff(row[1]), roff(row[2])) end
  return wrapped(table.concat(out, "\n") .. "\n")
end

---------------------------------------------------------------- Markdown

local function cell(text)
  return (text:gsub("|", "\\|"))
end

local function markdown_command(out, name, fact)
  local usage = { "sms " .. name }
  for _, argument in ipairs(fact.arguments or {}) do usage[#usage + 1] = argument_word(argument) end
  if fact.options and fact.options[1] then usage[#usage + 1] = "[options]" end
  out[#out + 1] = ("## sms %s\n\n%s\n\n    %s\n"):format(name, fact.summary, table.concat(usage, " "))
  local rows = {}
  for _, argument in ipairs(fact.arguments or {}) do
    rows[#rows + 1] = ("| `%s` | %s |"):format(argument[1]:upper(), cell(notes(argument, 2)))
  end
  for _, option in ipairs(fact.options or {}) do rows[#rows + 1] = ("| `%s` | %s |"):format(option_word(option), cell(notes(option, 3))) end
  if rows[1] then out[#out + 1] = "| | |\n|---|---|\n" .. table.concat(rows, "\n") .. "\n" end
  local lines = {}
  for _, example in ipairs(fact.examples or {}) do lines[#lines + 1] = ("%s\n    # %s"):format(example[1], example[2]) end
  if lines[1] then out[#out + 1] = "```sh\n" .. table.concat(lines, "\n") .. "\n```\n" end
end

--- docs/reference/cli.md.
---@param facts table
---@return string
function manual.markdown(facts)
  local out = { "<!-- SPDX-License-Identifier: MIT -->\n<!-- Written by `make docs` from lua/sms/cli/facts.lua. -->\n# The command line\n" }
  out[#out + 1] = facts.summary .. " Data goes to standard output, everything else to standard error. Secrets are never arguments.\n"
  each_command(facts, function(name, fact) markdown_command(out, name, fact) end)
  out[#out + 1] = "## Exit status\n\n| status | meaning |\n|---|---|"
  for _, row in ipairs(facts.exits) do out[#out + 1] = ("| %d | %s |"):format(row[1], row[2]) end
  out[#out + 1] = "\n3 takes precedence over 5, and 5 over 4. "
    .. "`balance --below`, `inbox wait`, `doctor` and `number` exit with 0 or 1, like `test`.\n"
  out[#out + 1] = "## Environment\n\n| variable | meaning |\n|---|---|"
  for _, row in ipairs(facts.variables) do out[#out + 1] = ("| %s | %s |"):format(row[1], cell(row[2])) end
  return table.concat(out, "\n") .. "\n"
end

return manual
