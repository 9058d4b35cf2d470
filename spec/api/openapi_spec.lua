-- SPDX-License-Identifier: MIT
-- Holds the facts of ZoomConnect against the provider's own OpenAPI file (`spec/wire/openapi_zoomconnect.lua`, made from it by
-- `tools/openapi.lua`): every path, verb and parameter name, both ways. Where the two differ on purpose, it is written here.

local described = dofile("spec/wire/openapi_zoomconnect.lua")
local adapter = require "sms.zoomconnect"

-- Operations of the file that are no operations here: they show a filled-in sample of the body to POST.
local SAMPLES = { ["GET /api/rest/v1/sms/send"] = true, ["GET /api/rest/v1/sms/send-bulk"] = true }

-- Parameters that the file lacks: the guide calls these lists paginated and names no parameter; they go out when they are given.
local PAGED = {
  ["GET /api/rest/v1/contacts/all"] = true, ["GET /api/rest/v1/groups/all"] = true, ["GET /api/rest/v1/templates/all"] = true,
}

-- Members of a body class that only answers fill in.
local ANSWERED = { links = true }

-- What the file leaves open and the guide's text or the provider's words require.
local REQUIRED = {
  ["POST /api/rest/v1/account/transfer"] = "transferFromEmailAddress transferToEmailAddress numberOfCreditsToTransfer",
  ["PUT /api/rest/v1/account/user"] = "firstName lastName emailAddress contactNumber password",
  ["POST /api/rest/v1/groups/create"] = "name",
  ["POST /api/rest/v1/groups/{}"] = "name",
  ["POST /api/rest/v1/messages/analyse/full"] = "message recipientNumber",
  ["POST /api/rest/v1/messages/analyse/message-credit-cost"] = "message recipientNumber",
  ["POST /api/rest/v1/messages/analyse/message-encoding"] = "message",
  ["POST /api/rest/v1/messages/analyse/message-length"] = "message",
  ["POST /api/rest/v1/messages/analyse/message-length-within-max-allowed"] = "message",
  ["POST /api/rest/v1/messages/analyse/number-of-messages"] = "message",
  ["POST /api/rest/v1/sms/send"] = "recipientNumber message",
  ["POST /api/rest/v1/sms/send-bulk"] = "sendSmsRequests",
  ["POST /api/rest/v1/voice/single-text"] = "recipientNumber message",
}

-- What a type of the facts is for the file; all other types are strings there.
local KINDS = {
  integer = "integer", boolean = "boolean", ["sms.File"] = "file", ["zoomconnect.Page"] = "integer", ["zoomconnect.PageSize"] = "integer",
  ["zoomconnect.RetryCount"] = "integer", ["zoomconnect.RetryInterval"] = "integer",
}

local function kind_of(type_text)
  return KINDS[(type_text:gsub("%?$", ""))] or "string"
end

local function unnamed(path)
  return (path:gsub("{[%w_]+}", "{}"))
end

-- "VERB /path/{}" → { facts, operation }, one entry for each verb that an operation may use.
local function facts_by_route()
  local out = {}
  for _, resource in ipairs(adapter.resources) do
    for name, fact in pairs(require("sms.zoomconnect." .. resource)) do
      if type(fact) == "table" then
        local verbs, path = fact[1]:match("^(%S+) (%S+)$")
        for verb in verbs:gmatch("%u+") do
          local route = verb .. " " .. unnamed(path)
          assert.is_nil(out[route], route)
          out[route] = { facts = fact, operation = resource .. ":" .. name, path = path }
        end
      end
    end
  end
  return out
end

local function sorted(set)
  local out = {}
  for name in pairs(set or {}) do out[#out + 1] = name end
  table.sort(out)
  return out
end

local function names_at(operation, where)
  local out = {}
  for _, parameter in ipairs(operation.parameters) do
    if parameter.where == where then out[parameter.name] = parameter end
  end
  return out
end

local function body_names(operation)
  local out = {}
  for _, name in ipairs(operation.body or {}) do
    if not ANSWERED[name] then out[name] = true end
  end
  return out
end

local function words(text)
  local out = {}
  for word in (text or ""):gmatch("%S+") do out[word] = true end
  return out
end

-- How a place in a path is called as an argument: contactId is id, or contact_id as the second one.
local function argument_of(name, first)
  if name == "token" then return name end
  return first and "id" or (name:gsub("%u", function(letter) return "_" .. letter:lower() end))
end

local function is_optional(type_text)
  return type_text:sub(-1) == "?"
end

describe("the OpenAPI file of ZoomConnect", function()
  local facts = facts_by_route()

  it("has as many operations as it is known to have", function()
    assert.equal(54, #described)
  end)

  for _, operation in ipairs(described) do
    local route = operation.verb .. " " .. unnamed(operation.path)
    if not SAMPLES[route] then
      describe(route, function()
        local entry = facts[route] or { facts = {}, path = "" }
        local fact = entry.facts

        it("is an operation", function() assert.is_not_nil(facts[route]) end)

        it("has its places in the path: the first is id, a second one is named after its thing", function()
          local expected, found, placed = {}, {}, {}
          for name in operation.path:gmatch("{([%w_]+)}") do
            placed[name] = true
            expected[#expected + 1] = argument_of(name, #expected == 0)
          end
          for name in entry.path:gmatch("{([%w_]+)}") do found[#found + 1] = name end
          assert.same(expected, found)
          assert.same(sorted(placed), sorted(names_at(operation, "path")))
        end)

        it("has its query, and requires what it requires", function()
          local query = names_at(operation, "query")
          if PAGED[route] then query.page, query.pageSize = { required = false }, { required = false } end
          assert.same(sorted(query), sorted(fact.query))
          for name, parameter in pairs(query) do assert.equal(not parameter.required, is_optional(fact.query[name]), name) end
        end)

        it("has its parts of a form", function()
          assert.same(sorted(names_at(operation, "formData")), sorted(fact.multipart))
          for name, parameter in pairs(names_at(operation, "formData")) do
            assert.equal(not parameter.required, is_optional(fact.multipart[name]), name)
          end
        end)

        it("has the members of its body, and requires what the guide requires", function()
          assert.same(sorted(body_names(operation)), sorted(fact.body))
          local required = words(REQUIRED[route])
          for name, text in pairs(fact.body or {}) do assert.equal(not required[name], is_optional(text), name) end
        end)

        local types = {}
        for _, parameter in ipairs(operation.parameters) do
          local text = (fact.query or {})[parameter.name] or (fact.multipart or {})[parameter.name]
          if text then types[parameter.name] = { parameter.type, kind_of(text) } end
        end
        if next(types) then
          it("has the types of its parameters", function()
            for name, pair in pairs(types) do assert.equal(pair[1], pair[2], name) end
          end)
        end
      end)
    end
  end

  it("lacks nothing that is an operation here", function()
    local known = {}
    for _, operation in ipairs(described) do known[operation.verb .. " " .. unnamed(operation.path)] = true end
    for route, entry in pairs(facts) do assert.is_true(known[route], entry.operation .. ": " .. route) end
  end)

  it("names the messages of a bulk as the facts do", function()
    local item = adapter.types.classes["zoomconnect.Sms"]
    for _, operation in ipairs(described) do
      if operation.verb == "POST" and operation.path == "/api/rest/v1/sms/send" then
        local names = {}
        for name in pairs(item) do
          if type(name) == "string" then names[name] = true end
        end
        assert.same(sorted(body_names(operation)), sorted(names))
      end
    end
  end)

  it("does not list what this spec excuses in vain", function()
    local known = {}
    for _, operation in ipairs(described) do known[operation.verb .. " " .. unnamed(operation.path)] = true end
    for _, list in ipairs { SAMPLES, PAGED, REQUIRED } do
      for route in pairs(list) do assert.is_true(known[route], route) end
    end
  end)
end)
