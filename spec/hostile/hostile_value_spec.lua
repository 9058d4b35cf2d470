-- SPDX-License-Identifier: MIT
-- Values that no script should hand on, and some do: huge numbers, cycles, deep tables, metatables that lie, coroutines, texts that
-- end lines, in every option and field. A mistake is raised with the provider's name or comes back as an error value; never a crash,
-- never a half-made request, and a list of messages always gives its rows.

local core = require "sms.core"
local failure = require "sms.error"
local hostile = require "spec.support.hostile"
local junk = require("spec.support.junk").values
local kinds = dofile "spec/support/kinds_of_call.lua"
local peer = require "spec.support.peer"
local sms = require "sms"

local TRAP = require("spec.support.junk").TRAP

describe("junk", function()
  local server, real, pool, behind

  setup(function()
    server = peer.listen(function(connection)
      while connection:request() do
        behind = behind .. connection.input
        connection:answer(200, "{}", "Content-Type: application/json\r\n")
      end
    end)
    real = core.pool()
    pool = hostile.pool(real, { server })
  end)

  teardown(function()
    real:close()
    server:close()
  end)

  local function client_of(provider, more)
    local options = { base_url = server.url, pool = pool, retries = 0, timeout = 60 }
    for name, value in pairs(more or {}) do options[name] = value end
    for name, value in pairs(kinds.options[provider]) do
      if options[name] == nil then options[name] = value end
    end
    return sms[provider](options)
  end

  -- Runs it. What is raised is a sentence that names the provider, or the trap's own; otherwise it is a response or an error value.
  local function check(provider, words, fn)
    server.arrived, behind = {}, ""
    local ok, result, second = pcall(fn)
    assert(behind == "", words .. ": bytes behind a request")
    for _, request in ipairs(server.arrived) do
      hostile.header_names(request.head)
      assert.is_nil(request.head:lower():find("\nx-smuggled", 1, true), words)
    end
    if ok then
      assert(result ~= nil or failure.is(second), words .. ": neither a result nor an error")
    else
      assert(result == TRAP or tostring(result):find("%f[%w]" .. provider .. "[:.]") or tostring(result):find("sms." .. provider, 1, true),
        words .. ": raised " .. tostring(result))
      assert(#server.arrived == 0, words .. ": raised after a request")
    end
    return ok
  end

  local RESOURCE = { messagewhiz = { "campaigns", "list" }, zoomconnect = { "groups", "list" }, websms = { "messages", "send_text" },
    zipwhip = { "groups", "list" } }

  local function first_call(client, provider, args, options)
    local resource, operation = table.unpack(RESOURCE[provider])
    if provider == "websms" then args = args or { recipientAddressList = { "436641234567" }, messageContent = "x" } end
    return client[resource][operation](client[resource], args, options)
  end

  for _, provider in ipairs(sms.providers) do
    it("in the options of a client of " .. provider, function()
      local names = {}
      for name in pairs(require("sms.client").options) do names[#names + 1] = name end
      for name in pairs(require("sms." .. provider).options) do names[#names + 1] = name end
      for _, name in ipairs(names) do
        for _, value in ipairs(junk()) do
          check(provider, ("%s %s = %s"):format(provider, name, value[1]), function()
            return first_call(client_of(provider, { [name] = value[2], timeout = name ~= "timeout" and 60 or value[2] }), provider)
          end)
        end
      end
      for _, value in ipairs(junk()) do
        check(provider, ("%s(%s)"):format(provider, value[1]), function()
          local client = sms[provider](value[2])
          return client
        end)
      end
    end)

    it("in the options and arguments of a call of " .. provider, function()
      local client = client_of(provider)
      for _, value in ipairs(junk()) do
        for name in pairs(require("sms.api.operation").options) do
          if not (name == "to_file" and type(value[2]) == "string") then
            check(provider, ("%s %s = %s"):format(provider, name, value[1]), function()
              return first_call(client, provider, nil, { [name] = value[2] })
            end)
          end
        end
        check(provider, provider .. " args " .. value[1], function() return first_call(client, provider, value[2]) end)
        check(provider, provider .. " options " .. value[1], function() return first_call(client, provider, nil, value[2]) end)
      end
    end)

    it("in client:request of " .. provider, function()
      local client = client_of(provider)
      local fields = { "method", "path", "query", "headers", "json", "form", "multipart", "body", "content_type", "nonsense" }
      for _, value in ipairs(junk()) do
        for _, name in ipairs(fields) do
          check(provider, ("%s:request %s = %s"):format(provider, name, value[1]), function()
            return client:request { path = "/x", method = "PUT", [name] = value[2] }
          end)
        end
        for _, name in ipairs { "name", "data", "path", "filename", "type" } do
          check(provider, ("%s:request part %s = %s"):format(provider, name, value[1]), function()
            local part = { name = "a", data = "b", filename = "c" }
            part[name] = value[2]
            return client:request { path = "/x", method = "POST", multipart = { part } }
          end)
        end
        check(provider, ("%s:request(%s)"):format(provider, value[1]), function() return client:request(value[2]) end)
      end
    end)

    it("in a message for " .. provider, function()
      local client = client_of(provider)
      for _, value in ipairs(junk()) do
        for name in pairs(require("sms.message").fields) do
          local given = kinds.message(provider, "hello")
          given[name] = value[2]
          local words = ("%s:send %s = %s"):format(provider, name, value[1])
          check(provider, words, function() return client:send(given) end)
          if value[1] ~= "a trap" then
            local rows = client:send_many { kinds.message(provider, "one"), given, kinds.message(provider, "three") }
            assert.equal(3, #rows, words)
            check(provider, words .. " checked", function() return client:check(given) or true end)
          end
        end
        check(provider, ("%s:send(%s)"):format(provider, value[1]), function() return client:send(value[2]) end)
        for _, name in ipairs { "id", "broadcast_id", "raw", "to" } do
          check(provider, ("%s:status %s = %s"):format(provider, name, value[1]), function() return client:status { [name] = value[2] } end)
        end
        check(provider, ("%s:status(%s)"):format(provider, value[1]), function() return client:status(value[2]) end)
        check(provider, ("%s:balance(%s)"):format(provider, value[1]), function() return client:balance(value[2]) end)
        check(provider, ("%s:webhook(%s)"):format(provider, value[1]), function() return client:webhook(value[2]) end)
      end
    end)
  end
end)
