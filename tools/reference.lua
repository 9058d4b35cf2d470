-- SPDX-License-Identifier: MIT
-- Turns facts into the reference page of a provider (docs/reference/<provider>.md).

local columns = require "tools.columns"
local examples = require "tools.examples"
local facts = require "tools.facts"
local links = require "tools.links"
local output = require "tools.output"
local public = require "tools.public"

local reference = {}

local add = output.add

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

local function add_arguments(out, provider, operation)
  if #operation.params == 0 then return end
  add(out, "| argument | type | | in | notes |")
  add(out, "|---|---|---|---|---|")
  for _, param in ipairs(operation.params) do
    local optional, type_text = facts.spelling(param)
    local place = param.place == "body" and "JSON body" or param.place
    local need = optional and "" or "required"
    add(out, "| `%s` | %s | %s | %s | %s |", param.name, links.type(type_text, provider.name), need, place, param_notes(operation, param))
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
    out[#out + 1] = "Sends a message; not repeatable."
  else
    out[#out + 1] = operation.op.repeatable and "Repeatable." or "Not repeatable."
  end
  if operation.facts.pages then out[#out + 1] = "`each` walks all pages." end
  if operation.facts.response == "text" then out[#out + 1] = "The response is text." end
  if operation.facts.auth then out[#out + 1] = ("Authentication: `%s`."):format(operation.facts.auth) end
  if operation.facts.source then out[#out + 1] = ("Source: %s."):format(operation.facts.source) end
  return out
end

local function add_example(out, wire, resource, operation)
  add(out, "```lua")
  add(out, "%s", examples.text(wire, resource.name, operation))
  add(out, "```")
  add(out, "")
end

local function add_operation(out, provider, wire, resource, operation)
  add(out, "### `%s:%s`", resource.name, operation.name)
  add(out, "")
  add(out, operation.doc)
  add(out, "")
  local result = operation.facts.result
  add(out, "`%s`%s", operation.verb, result and " → " .. links.type(result, provider.name):gsub("\\|", "|") or "")
  add(out, "")
  add_arguments(out, provider, operation)
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

--- Adds a table of aliases.
---@param out string[]
---@param aliases table<string, table>
---@param page string  name of the page, without `.md`
function reference.add_aliases(out, aliases, page)
  add(out, "| name | is | meaning |")
  add(out, "|---|---|---|")
  for _, name in ipairs(facts.keys(aliases)) do
    add(out, '| <a id="%s"></a>`%s` | %s | %s |', links.anchor(name), name, links.type(aliases[name][1], page), limits(aliases[name]))
  end
  add(out, "")
end

--- Adds a list of classes.
---@param out string[]
---@param classes table<string, table>
---@param page string
function reference.add_classes(out, classes, page)
  for _, name in ipairs(facts.keys(classes)) do
    local class, fields = classes[name], {}
    for _, field in ipairs(facts.keys(class)) do
      local type_text = class[field]
      if field ~= "open" then
        local optional = type_text:sub(-1) == "?"
        fields[#fields + 1] = ("`%s%s`: %s"):format(field, optional and "?" or "", links.type(type_text:gsub("%?$", ""), page)
          :gsub("\\|", "|"))
      end
    end
    add(out, '- <a id="%s"></a>**%s**: %s', links.anchor(name), name, class[1])
    add(out, "  %s%s", table.concat(fields, ", "), class.open and ", and any further members" or "")
  end
  add(out, "")
end

local function add_intro(out, provider, wire)
  local adapter = provider.adapter
  add(out, "<!-- SPDX-License-Identifier: MIT -->")
  add(out, "<!-- Generated by tools/docs.lua from lua/sms/%s; edit that, then run `make docs`. -->", provider.name)
  add(out, "# %s", adapter.title)
  add(out, "")
  add(out, "`sms.%s { … }` is a client for `%s`. This page lists the options and operations of this provider; with [the message "
    .. "API](api.md) the same code sends through any provider.", provider.name, adapter.base_url)
  add(out, "")
  add(out, "## Options")
  add(out, "")
  add(out, "In addition to [those of every client](api.md#options-of-a-client). `sms.from_env \"%s\"` takes them from environment "
    .. "variables, such as `%s_%s`.", provider.name, provider.name:upper(), facts.keys(wire.options)[1]:upper())
  add(out, "")
  local fields = {}
  for name, type_text in pairs(adapter.options) do
    local words = (public.provider_options[provider.name] or {})[name]
    fields[name] = { type_text, assert(words, ("tools/public.lua has no words for %s of %s"):format(name, provider.name)) }
  end
  columns.add(out, fields, provider.name, true)
  add(out, "The examples use this client. They are generated from the tests in `spec/wire`, which follow the examples in the provider's "
    .. "documentation:")
  add(out, "")
  add(out, "```lua")
  add(out, "%s", examples.client(provider, wire))
  add(out, "```")
  add(out, "")
end

local NOTES = {
  "Arguments are one table; required ones are listed first. *Repeatable* calls may be repeated without a further effect. The others are",
  "retried only after `not_sent`: check `err.outcome` before repeating one. *Source* names the section of the provider's documentation.",
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
---@return string
function reference.page(provider)
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
    for _, operation in ipairs(resource.operations) do add_operation(out, provider, wire, resource, operation) end
  end
  add(out, "## Types")
  add(out, "")
  add(out, "Types common to all providers are in [the message API](api.md#types).")
  add(out, "")
  if next(provider.aliases) then reference.add_aliases(out, provider.aliases, provider.name) end
  reference.add_classes(out, provider.classes, provider.name)
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

return reference
