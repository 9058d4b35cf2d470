-- SPDX-License-Identifier: MIT
-- Bad input to every operation of every provider: what is missing, surplus or of a wrong type is refused at the caller's line, all
-- of it in one message, and nothing is sent. Limits and forms of single arguments are in spec/wire/<provider>/refusals.lua.

local Type = require "sms.api.types"
local sms = require "sms"

local OPTIONS = {
  messagewhiz = { apikey = "key" }, websms = { token = "token" }, zoomconnect = { email = "a@example.org", token = "token" },
  zipwhip = { session = "a:1", lookup_key = "key" },
}

local PLACES = { "query", "body", "form", "multipart" }

-- Of no use to any argument.
local WRONG = { function() end, io.stdout, coroutine.create(print) }

-- A client whose requests are counted.
local function counted(provider)
  local seen, options = { requests = 0 }, {}
  for name, value in pairs(OPTIONS[provider]) do options[name] = value end
  options.transport = function()
    seen.requests = seen.requests + 1
    return { status = 200, headers = {}, body = "{}" }
  end
  return sms[provider](options), seen
end

-- Argument → type, of all places.
local function arguments_of(fact)
  local out = {}
  for slash, name in fact[1]:gmatch("{(/?)([%w_]+)}") do
    out[name] = fact.path and fact.path[name] or slash == "/" and "sms.Id?" or "sms.Id"
  end
  for _, place in ipairs(PLACES) do
    for name, text in pairs(fact[place] or {}) do out[name] = text end
  end
  return out
end

local function is_required(fact, name, text)
  return text:sub(-1) ~= "?" and not (fact.default and fact.default[name] ~= nil) and not (fact.from_client and fact.from_client[name])
end

-- Whether a type takes one phone number, and whether it takes a list of them.
local function phones_of(node)
  if node.kind == "alias" and node.alias.phone then return true, false end
  if node.kind == "alias" then return phones_of(node.base) end
  if node.kind == "list" then return false, (phones_of(node.item)) end
  local one, many = false, false
  for _, member in ipairs(node.items or {}) do
    local first, second = phones_of(member)
    one, many = one or first, many or second
  end
  return one, many
end

for _, provider in ipairs(sms.providers) do
  describe("bad input to " .. provider, function()
    local adapter = require("sms." .. provider)
    local client, seen = counted(provider)
    local registry, tried = Type.registry(require "sms.api.common_types", adapter.types), 0

    -- The complaint of a call that must not go out.
    local function complaint(resource, operation, args)
      local ok, words = pcall(client[resource][operation], client[resource], args)
      assert.is_false(ok, operation .. " went out")
      assert.equal(0, seen.requests)
      assert.is_true(words:find(("%s.%s:%s: "):format(provider, resource, operation), 1, true) ~= nil, words)
      return words
    end

    for _, resource in ipairs(adapter.resources) do
      for operation, fact in pairs(require("sms." .. provider .. "." .. resource)) do
        if type(fact) == "table" then
          local arguments = arguments_of(fact)

          it(("is refused by %s:%s: what is missing and what is surplus, together"):format(resource, operation), function()
            local words = complaint(resource, operation, { no_such_argument = 1, [1] = "x" })
            assert.matches("unknown argument 'no_such_argument'", words)
            assert.matches("unknown argument '1'", words)
            for name, text in pairs(arguments) do
              if is_required(fact, name, text) then assert.matches("argument '" .. name .. "' %b() is missing", words) end
            end
          end)

          it(("is refused by %s:%s: every argument of a wrong type, together"):format(resource, operation), function()
            for _, wrong in ipairs(WRONG) do
              local args = { no_such_argument = 1 }
              for name in pairs(arguments) do args[name] = wrong end
              local words = complaint(resource, operation, args)
              for name in pairs(arguments) do assert.matches("argument '" .. name .. "'", words) end
            end
          end)

          local phones = {}
          for name, text in pairs(arguments) do
            local one, many = phones_of(Type.parse(text, registry))
            if one or many then phones[name] = { one = one, many = many } end
          end

          if next(phones) then it(("is refused by %s:%s: a number for a phone, a list of nobody"):format(resource, operation), function()
            for name, phone in pairs(phones) do
              local words = "argument '" .. name .. "%f[%[']%S* is a Lua number; write phone numbers as strings"
              if phone.one then assert.matches(words, complaint(resource, operation, { [name] = 12065550100, no_such_argument = 1 })) end
              if phone.many then
                assert.matches(words, complaint(resource, operation, { [name] = { "12065550100", 12065550101 }, no_such_argument = 1 }))
              end
              if phone.many and fact.send then -- a list to be kept may be empty, a send to nobody is a mistake
                assert.matches("argument '" .. name .. "'", complaint(resource, operation, { [name] = {}, no_such_argument = 1 }))
              end
              tried = tried + 1
            end
          end) end

          it(("is refused by %s:%s: arguments that are no table"):format(resource, operation), function()
            for _, args in ipairs { "x", 5, true } do assert.matches("must be a table", complaint(resource, operation, args)) end
            local ok, words = pcall(client[resource][operation], client[resource], {}, { no_such_option = 1 })
            assert.is_false(ok)
            assert.matches("no_such_option", words)
            assert.equal(0, seen.requests)
          end)
        end
      end
    end

    it("was tried on arguments that are phone numbers", function()
      assert.is_true(tried > 0)
    end)
  end)
end
