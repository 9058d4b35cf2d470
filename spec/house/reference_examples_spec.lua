-- SPDX-License-Identifier: MIT
-- The examples of the reference pages, as they stand there: each operation has one, and what it would send is what its witness in
-- `spec/wire` says.

local compare = dofile "spec/support/wire_compare.lua"
local examples = require "tools.examples"
local sms = require "sms"

local MASK = "***"

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

-- A value with the client's credentials masked, as a dry run shows it.
local function masked(value, secrets)
  if type(value) == "table" then
    local out = {}
    for key, item in pairs(value) do out[key] = masked(item, secrets) end
    return out
  end
  for _, secret in ipairs(type(value) == "string" and secrets or {}) do
    local from, to = value:find(secret, 1, true)
    while from do
      value = value:sub(1, from - 1) .. MASK .. value:sub(to + 1)
      from, to = value:find(secret, from + #MASK, true)
    end
  end
  return value
end

local function secrets_of(wire)
  local out = {}
  for _, value in pairs(wire.options) do out[#out + 1] = value end
  table.sort(out, function(a, b) return #a > #b end)
  return out
end

-- A client whose operations are dry runs.
local function dry(client)
  local function resource_of(_, name)
    local resource = client[name]
    return setmetatable({}, { __index = function(_, operation)
      return function(_, args) return resource[operation](resource, args, { dry_run = true }) end
    end })
  end
  return setmetatable({}, { __index = resource_of })
end

-- What a dry run showed, as `wire_compare` takes it.
local function seen_of(shown, base_url)
  assert(shown.url:sub(1, #base_url) == base_url, shown.url)
  local path, query = shown.url:sub(#base_url + 1):match "^([^?]*)%??(.*)$"
  local parts = shown.parts
  for _, part in ipairs(parts or {}) do part.data = part.data or read(part.path) end
  return { method = shown.method, path = path, query = query, headers = shown.headers, body = shown.body, parts = parts,
    base_url = base_url }
end

for _, name in ipairs(sms.providers) do
  describe("the examples of " .. name, function()
    local page, wire = read(("docs/reference/%s.md"):format(name)), examples.wire(name)
    local client, secrets = sms[name](wire.options), secrets_of(wire)

    for resource, operations in pairs(wire.operations) do
      for operation in operations:gmatch "%S+" do
        it(("have %s:%s, and it makes the documented request"):format(resource, operation), function()
          local _, at = page:find(("\n### `%s:%s`\n"):format(resource, operation), 1, true)
          local section = page:sub(assert(at), (page:find("\n##", at, true) or 0) - 1)
          local block = assert(section:match "\n```lua\n(.-)\n```\n", "no example")
          assert.truthy(block:find(("client.%s:%s"):format(resource, operation), 1, true))
          block = block:gsub('path = "', 'path = "spec/wire/' .. name .. "/")
          local shown, err = assert(load(block .. "\nreturn result, err", "example", "t", { client = dry(client) }))()
          assert.is_nil(err)
          local case, lines = examples.case(wire, resource .. "." .. operation), {}
          local base_url = case.request.base_url or wire.base_url
          local masking = { headers = masked(wire.headers, secrets) }
          compare.request(masking, masked(case.request, secrets), seen_of(shown, base_url), function(field, expected, got)
            lines[#lines + 1] = ("%s: expected %s, got %s"):format(field, tostring(expected), tostring(got))
          end)
          assert.same({}, lines)
        end)
      end
    end
  end)
end
