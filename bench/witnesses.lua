-- SPDX-License-Identifier: MIT
-- Every documented operation of a provider, with the arguments and the response of a witness of `spec/wire`.

local examples = require "tools.examples"

local witnesses = {}

--- The providers, in the order in which they are measured.
witnesses.providers = { "messagewhiz", "zoomconnect", "websms", "zipwhip" }

--- The operations of a provider by name, each with a path of its own below a base URL.
---@param provider string
---@return { name: string, resource: string, operation: string, args: table?, response: table, path: string }[] operations
---@return table options  of the provider's client: its credentials
function witnesses.of(provider)
  local wire, out = examples.wire(provider), {}
  for resource, names in pairs(wire.operations) do
    for operation in names:gmatch "%S+" do
      local name = resource .. "." .. operation
      local case = examples.case(wire, name)
      out[#out + 1] = { name = name, resource = resource, operation = operation, args = case.args, response = case.response }
    end
  end
  table.sort(out, function(a, b) return a.name < b.name end)
  for i, one in ipairs(out) do one.path = ("/%s/%d"):format(provider, i) end
  return out, wire.options
end

return witnesses
