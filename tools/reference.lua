-- SPDX-License-Identifier: MIT
-- Turns facts into the reference page of a provider (docs/reference/<provider>.md).

local examples = require "tools.examples"
local facts = require "tools.facts"
local public = require "tools.public"

local reference = {}

local function add(out, line, ...)
  out[#out + 1] = select("#", ...) > 0 and line:format(...) or line
end

local function code(text)
  return "`" .. text:gsub("|", "\\|") .. "`"
end

local function literal(value)
  return type(value) == "string" and ('"%s"'):format(value) or tostring(value)
end

local function names(list)
  local out = {}
  for i, name in ipairs(list) do out[i] = "`" .. name .. "`" end
  return table.concat(out, ", ")
end

local function wire_note(operation, param)
  if not (operation.facts.wire and operation.facts.wire[param.name]) then return nil end
  return "sent as " .. names(param.wire)
end

local function param_notes(operation, param)
  local out = {}
  local fact = operation.facts
  if param.default ~= nil then out[#out + 1] = "default " .. code(literal(param.default)) end
  out[#out + 1] = wire_note(operation, param)
  if fact.needs and fact.needs[param.name] then out[#out + 1] = ("only with `%s`"):format(fact.needs[param.name]) end
  if fact.contains and fact.contains[param.name] then out[#out + 1] = "must contain " .. code(fact.contains[param.name]) end
  return table.concat(out, "; ")
end

local function add_arguments(out, operation)
  if #operation.params == 0 then return end
  add(out, "| argument | type | | in | notes |")
  add(out, "|---|---|---|---|---|")
  for _, param in ipairs(operation.params) do
    local optional, type_text = facts.spelling(param)
    local place = param.place == "body" and "JSON body" or param.place
    local need = optional and "" or "required"
    add(out, "| `%s` | %s | %s | %s | %s |", param.name, code(type_text), need, place, param_notes(operation, param))
  end
  add(out, "")
end

local function condition(rule, verb)
  return ("With `%s = %s`: %s %s."):format(rule[1], literal(rule[2]), verb, names(rule[3]))
end

local function rules_of(fact)
  local out = {}
  for _, list in ipairs(fact.one_of or {}) do out[#out + 1] = "Exactly one of " .. names(list) .. "." end
  for _, list in ipairs(fact.any_of or {}) do out[#out + 1] = "At least one of " .. names(list) .. "." end
  for _, rule in ipairs(fact.required_if or {}) do out[#out + 1] = condition(rule, "required") end
  for _, rule in ipairs(fact.only_if or {}) do
    out[#out + 1] = ("Only with `%s = %s`: %s."):format(rule[1], literal(rule[2]), names(rule[3]))
  end
  return out
end

local function nature_of(operation)
  local out = {}
  if operation.op.send then
    out[#out + 1] = "A text goes out; not repeatable."
  else
    out[#out + 1] = operation.op.repeatable and "Repeatable." or "Not repeatable."
  end
  if operation.facts.pages then out[#out + 1] = "`each` walks all pages." end
  if operation.facts.response == "text" then out[#out + 1] = "The response is text." end
  if operation.facts.auth then out[#out + 1] = ("Signed in its own way (`%s`)."):format(operation.facts.auth) end
  if operation.facts.source then out[#out + 1] = ("Source: %s."):format(operation.facts.source) end
  return out
end

local function add_example(out, wire, resource, operation)
  add(out, "```lua")
  add(out, "%s", examples.text(wire, resource.name, operation))
  add(out, "```")
  add(out, "")
end

local function add_operation(out, wire, resource, operation)
  add(out, "### `%s:%s`", resource.name, operation.name)
  add(out, "")
  add(out, operation.doc)
  add(out, "")
  local result = operation.facts.result
  add(out, "`%s`%s", operation.verb, result and " → " .. code(result) or "")
  add(out, "")
  add_arguments(out, operation)
  add_example(out, wire, resource, operation)
  local notes = rules_of(operation.facts)
  table.move(nature_of(operation), 1, 9, #notes + 1, notes)
  add(out, table.concat(notes, " "))
  add(out, "")
end

local function limits(alias)
  local out = { alias[2] }
  if alias.min or alias.max then
    out[#out + 1] = ("Limits: %s to %s."):format(alias.min or "any", alias.max or "any")
  end
  if alias.values then
    local list = {}
    for i, value in ipairs(alias.values) do list[i] = code(literal(value)) end
    out[#out + 1] = "Values: " .. table.concat(list, ", ") .. "."
  end
  return table.concat(out, " ")
end

local function add_aliases(out, aliases)
  add(out, "| name | is | meaning |")
  add(out, "|---|---|---|")
  for _, name in ipairs(facts.keys(aliases)) do
    add(out, "| `%s` | %s | %s |", name, code(aliases[name][1]), limits(aliases[name]))
  end
  add(out, "")
end

local function add_classes(out, classes)
  for _, name in ipairs(facts.keys(classes)) do
    local class, fields = classes[name], {}
    for _, field in ipairs(facts.keys(class)) do
      if field ~= "open" then fields[#fields + 1] = ("`%s: %s`"):format(field, class[field]) end
    end
    add(out, "- **%s**: %s", name, class[1])
    add(out, "  %s%s", table.concat(fields, ", "), class.open and ", and what else comes" or "")
  end
  add(out, "")
end

local function add_intro(out, provider, wire)
  local adapter = provider.adapter
  add(out, "<!-- SPDX-License-Identifier: MIT -->")
  add(out, "<!-- Generated by tools/docs.lua from lua/sms/%s; edit that, then run `make docs`. -->", provider.name)
  add(out, "# %s", adapter.title)
  add(out, "")
  add(out, "`sms.%s { … }` talks to `%s`. Its own options:", provider.name, adapter.base_url)
  add(out, "")
  for _, name in ipairs(facts.keys(adapter.options)) do add(out, "- `%s`: `%s`", name, adapter.options[name]) end
  add(out, "")
  add(out, "The examples use this client. They are made from the tests in `spec/wire`, which follow the examples of the provider's "
    .. "document:")
  add(out, "")
  add(out, "```lua")
  add(out, "%s", examples.client(provider, wire))
  add(out, "```")
  add(out, "")
end

local NOTES = {
  "Arguments are one table; required ones first, then by alphabet. *Repeatable* calls have the same effect when made twice. The others",
  "are put on a wire at most once: look at `err.outcome` before making one again. *Source* names the section of the provider's document.",
}

local function add_contents(out, provider)
  add(out, "| resource | operations |")
  add(out, "|---|---|")
  for _, resource in ipairs(provider.resources) do
    local list = {}
    for i, operation in ipairs(resource.operations) do
      list[i] = ("[%s](#%s%s)"):format(operation.name, resource.name, operation.name)
    end
    add(out, "| [%s](#%s) | %s |", resource.name, resource.name, table.concat(list, " "))
  end
  add(out, "")
end

--- The reference page of a provider.
---@param provider table
---@param common table  the types all providers share
---@return string
function reference.page(provider, common)
  local out, wire = {}, examples.wire(provider.name)
  add_intro(out, provider, wire)
  for _, line in ipairs(NOTES) do add(out, "%s", line) end
  add(out, "")
  add_contents(out, provider)
  for _, resource in ipairs(provider.resources) do
    add(out, "## %s", resource.name)
    add(out, "")
    add(out, resource.doc)
    add(out, "")
    for _, operation in ipairs(resource.operations) do add_operation(out, wire, resource, operation) end
  end
  add(out, "## Types")
  add(out, "")
  add_aliases(out, common.aliases)
  if next(provider.aliases) then add_aliases(out, provider.aliases) end
  add_classes(out, provider.classes)
  out[#out] = nil
  return table.concat(out, "\n") .. "\n"
end

--- The catalogue of error kinds.
---@param kinds table<string, string>
---@return string
function reference.errors(kinds)
  local out = {}
  add(out, "| kind | meaning |")
  add(out, "|---|---|")
  for _, kind in ipairs(facts.keys(kinds)) do add(out, "| `%s` | %s |", kind, kinds[kind]) end
  return table.concat(out, "\n") .. "\n"
end

---------------------------------------------------------------- what is no operation

local function add_section(out, section)
  add(out, "## %s", section.title)
  add(out, "")
  add(out, section.about)
  add(out, "")
  add(out, "| name | type | | meaning |")
  add(out, "|---|---|---|---|")
  local fields = public.fields(section)
  for _, name in ipairs(facts.keys(fields)) do
    local type_text, words = fields[name][1], fields[name][2]
    local optional = type_text:sub(-1) == "?"
    add(out, "| `%s` | %s | %s | %s |", name, code((type_text:gsub("%?$", ""))), optional and "" or "always", (words:gsub("|", "\\|")))
  end
  add(out, "")
end

local function add_words(out, title, about, words)
  add(out, "## " .. title)
  add(out, "")
  add(out, about)
  add(out, "")
  add(out, "| | |")
  add(out, "|---|---|")
  for _, name in ipairs(facts.keys(words)) do add(out, "| `%s` | %s |", name, words[name]) end
  add(out, "")
end

--- The page of everything public that is not an operation.
---@return string
function reference.api()
  local out = {
    "<!-- SPDX-License-Identifier: MIT -->",
    "<!-- Generated by tools/docs.lua from tools/public.lua and the tables of the code; edit those, then run `make docs`. -->",
    "# Reference of the message API", "",
    "Operations of the providers have pages of their own: [MessageWhiz](messagewhiz.md), [websms](websms.md), [Zipwhip](zipwhip.md), "
      .. "[ZoomConnect](zoomconnect.md). Errors: [errors.md](../errors.md). *always*: an option that must be given, a field that is "
      .. "never absent.",
    "",
  }
  for _, section in ipairs(public.tables) do add_section(out, section) end
  add_words(out, "Status words", "What `status` is in a receipt, a row and an event.", public.statuses)
  add_words(out, "Pages of the sandbox", "`sms sandbox --port 8025` serves these beside the providers; bodies are JSON. `/_sandbox/…` "
    .. "speaks of all providers, `/zoomconnect/_sandbox/…` of one.", public.control)
  out[#out] = nil
  return table.concat(out, "\n") .. "\n"
end

return reference
