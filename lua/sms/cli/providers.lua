-- SPDX-License-Identifier: MIT
-- `sms providers`: their names, and what each can do with a message.

local output = require "sms.cli.output"
local providers = require "sms.providers"

local command = {}

local ORDER = { "provider", "title", "fields", "recipients", "text", "bulk", "status", "balance", "history", "inbound" }

local function facts_of(name)
  local adapter = require("sms." .. name)
  local fields, message = {}, adapter.message
  for field, ability in pairs(message.capabilities) do
    if ability and field ~= "to" and field ~= "text" then fields[#fields + 1] = field end
  end
  table.sort(fields)
  local text = type(message.capabilities.text) == "table" and message.capabilities.text or {}
  return { provider = name, title = adapter.title, fields = fields, recipients = message.capabilities.to.max, text = text,
    bulk = message.bulk and message.bulk_max or 1, status = message.status ~= nil, balance = message.balance ~= nil,
    history = message.history ~= nil }
end

local function cells_of(facts)
  local can = {}
  for _, name in ipairs { "status", "balance", "history" } do
    if facts[name] then can[#can + 1] = name end
  end
  local most = facts.text.max and ("%d %s"):format(facts.text.max, facts.text.unit or "characters") or "no limit documented"
  return { facts.provider, facts.title or "-", "text: " .. most, output.plural(facts.bulk, "text") .. " a call",
    "looks up: " .. (can[1] and table.concat(can, " ") or "nothing"), "takes: " .. table.concat(facts.fields, " ") }
end

--- Runs the command.
---@param options table
---@return integer status
function command.run(options)
  local cells = {}
  for i, name in ipairs(providers) do
    local facts = facts_of(name)
    cells[i] = cells_of(facts)
    if options.json then output.print_json(facts, ORDER) end
  end
  if not options.json then output.rows(cells) end
  return 0
end

return command
