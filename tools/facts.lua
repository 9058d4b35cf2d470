-- SPDX-License-Identifier: MIT
-- Reads the facts of every provider for the generators: resources and operations in the order in which their file states
-- them, arguments as the engine itself compiles them.

local files = require "tools.files"
local Operation = require "sms.api.operation"
local Type = require "sms.api.types"
local common = require "sms.api.common_types"
local sms = require "sms"

local facts = {}

--- The names in a table, in order.
facts.keys = require("sms.check").names

local function operation(provider, resource, name, entry)
  local op = Operation.compile(entry, resource.name .. ":" .. name, provider.name, provider.registry, provider.hooks)
  return { name = name, facts = entry, doc = entry[2], verb = entry[1], params = op.params, op = op }
end

local function resource(provider, name)
  local path = ("lua/sms/%s/%s.lua"):format(provider.name, name)
  local source = assert(files.read(path))
  local entries = assert(load(source, "@" .. path, "t", {}))()
  local out = { name = name, path = path, doc = entries[1], operations = {} }
  local place = {}
  for _, key in ipairs(facts.keys(entries)) do
    place[key] = assert(source:find("\n  " .. key .. " = ", 1, true), path .. ": " .. key .. " is not indented by two spaces")
    out.operations[#out.operations + 1] = operation(provider, out, key, entries[key])
  end
  table.sort(out.operations, function(a, b) return place[a.name] < place[b.name] end)
  return out
end

local function provider(name)
  local adapter = require("sms." .. name)
  local out = {
    name = name, adapter = adapter, aliases = adapter.types.aliases or {}, classes = adapter.types.classes or {},
    registry = Type.registry(common, adapter.types), hooks = adapter.hooks, resources = {},
  }
  for i, each in ipairs(out.adapter.resources) do out.resources[i] = resource(out, each) end
  return out
end

--- Every provider in the tree: `{ name, adapter, aliases, classes, registry, resources = { { name, path, doc,
--- operations = { { name, doc, verb, facts, params, op } } } } }`.
---@return table[]
function facts.providers()
  local out = {}
  for i, name in ipairs(sms.providers) do out[i] = provider(name) end
  return out
end

--- The types all providers share.
facts.common = common

--- Whether an argument may be left out, and its type without the mark that says so.
---@param param table
---@return boolean optional
---@return string type
function facts.spelling(param)
  return param.optional, (param.type:gsub("%?$", ""))
end

return facts
