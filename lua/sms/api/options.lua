-- SPDX-License-Identifier: MIT
-- Checks a table whose fields have names and types: the options of a client and of a call, the fields of a request.

local argument = require "sms.api.convert"
local native = require "sms.api.native"
local check = require "sms.check"
local Type = require "sms.api.types"

local record = {}

--- Compiles `{ name = type }` to a check, which returns a copy with converted values and adds every mistake as a sentence to
--- `problems`: a value of the wrong type or out of range, an unknown name, a missing one. Each counts as a mistake of
--- the script. `faults`: sentences by name, which replace the
--- check of that field.
---@param types table<string, string>
---@param registry sms.Registry
---@param kind string   the word for a field in messages: "option", "field"
---@param whole string  the word for the table in messages
---@return fun(given: any, problems: string[], faults: table<string, string>?): table
function record.checker(types, registry, kind, whole)
  local fields, names = {}, {}
  for name, text in pairs(types) do
    local node = Type.parse(text, registry)
    fields[name] = {
      convert = argument.converter(node, registry), where = ("%s '%s'"):format(kind, name), type = text, optional = node.optional,
    }
    names[#names + 1] = name
  end
  table.sort(names)
  return function(given, problems, faults)
    local out, data_faults, field_at_fault = {}, problems.faults, problems.field
    if type(given) ~= "table" then
      problems[#problems + 1] = whole .. " must be a table"
      return out
    end
    for _, name in ipairs(names) do
      local field, value = fields[name], given[name]
      if faults and faults[name] then
        problems[#problems + 1] = field.where .. ": " .. faults[name]
      elseif value ~= nil then
        out[name] = field.convert(value, field.where, problems)
      elseif not field.optional then
        problems[#problems + 1] = ("%s (%s) is missing"):format(field.where, field.type)
      end
    end
    for key in pairs(given) do
      if not fields[key] then
        problems[#problems + 1] = check.unknown(kind, key, names)
      end
    end
    problems.faults, problems.field = data_faults, field_at_fault -- options are chosen by the script
    return out
  end
end

--- Options that every call takes in its second table, with their types.
---@type table<string, string>
record.of_call = {
  dry_run = "boolean?", headers = "sms.Headers?", max_body = "sms.Bytes?", progress = "function?", retries = "sms.Count?",
  stream = "boolean?", timeout = "number?", to_file = "sms.Path?", traceparent = "sms.TraceParent?", wire = "sms.WireNames?",
}

local common = Type.registry(require "sms.api.common_types")

local check_types = record.checker(record.of_call, common, "option", "options")

--- Checks a table of per-call options and appends to `problems`.
---@param options any
---@param problems string[]
---@return table options  a copy, each as its type makes it
function record.check_call(options, problems)
  local own = check_types(options, problems)
  if own.stream and own.to_file then problems[#problems + 1] = "only one of the options 'stream' and 'to_file' can be given" end
  return own
end

--- Refuses download options for a call that decodes its response; without decoding it, nothing would be proven.
---@param options table
---@param problems string[]
function record.refuse_downloads(options, problems)
  for _, name in ipairs { "stream", "to_file" } do
    if options[name] then problems[#problems + 1] = ("option '%s' is for downloads: this call reads its response"):format(name) end
  end
end

--- Rules of `core.check` for the most common options, which do not affect the request itself.
record.brief = native.rules({ timeout = Type.parse("number", common), retries = Type.parse("sms.Count", common) }, {})

return record
