-- SPDX-License-Identifier: MIT
-- Plays spec/wire/webhooks.lua: what providers post, as their documents show it, through client:webhook. The format is told there.

local sms = require "sms"
local strict_json = dofile("spec/support/strict_json.lua")
local wire = dofile("spec/wire/webhooks.lua")

local function client_of(provider)
  local options = { transport = function() error("a webhook needs no request") end }
  for name, value in pairs(wire.clients[provider]) do options[name] = value end
  return sms[provider](options)
end

-- Whether some table within `value` has the member `name` with this very value.
local function holds(value, name, expected)
  if type(value) ~= "table" then return false end
  if value[name] == expected then return true end
  for _, member in pairs(value) do
    if holds(member, name, expected) then return true end
  end
  return false
end

local function agrees(field, expected, got)
  if expected == false and field ~= "final" then return got == nil end
  if field == "time" then return type(got) == "number" and math.abs(expected - got) < 0.0015 end
  if field == "id" or field == "provider_status" then return got ~= nil and tostring(got) == expected end
  return got == expected
end

local function check_field(field, expected, got)
  for _, value in ipairs(type(expected) == "table" and expected or { expected }) do
    if agrees(field, value, got) then return end
  end
  error(("%s: expected %s, got %s"):format(field, type(expected) == "table" and tostring(expected[1]) .. " …" or tostring(expected),
    tostring(got)), 0)
end

local function check_event(expected, event)
  for field, value in pairs(expected) do
    if field == "raw" then
      for name, member in pairs(value) do assert(holds(event.raw, name, member), "raw lacks " .. tostring(name)) end
    else
      check_field(field, value, event[field])
    end
  end
  assert(event.raw ~= nil, "no raw")
end

for provider in pairs(wire.clients) do
  describe("webhook of " .. provider .. ":", function()
    local client
    setup(function() client = client_of(provider) end)

    for _, case in ipairs(wire.cases) do
      if case.provider == provider then
        it(case.note, function()
          local events, err = client:webhook(case.request)
          assert(events, tostring(err))
          assert.are.equal(#case.events, #events)
          for i, expected in ipairs(case.events) do check_event(expected, events[i]) end
        end)
      end
    end

    it("neither raises nor guesses, whatever is posted", function()
      for _, body in ipairs(wire.hostile) do
        for _, kind in ipairs { "application/json", "application/x-www-form-urlencoded", "text/plain" } do
          local request = { method = "POST", headers = { ["content-type"] = kind }, query = "", body = body }
          local ok, events, err = pcall(client.webhook, client, request)
          assert(ok, ("raised for %q: %s"):format(body:sub(1, 40), tostring(events)))
          assert(events or err, ("neither events nor an error for %q"):format(body:sub(1, 40)))
          for _, event in ipairs(events or {}) do
            for _, field in ipairs { "from", "to", "text", "status" } do
              assert(event[field] == nil or type(event[field]) == "string", field .. " of " .. body:sub(1, 40))
            end
            assert(event.time == nil or (type(event.time) == "number" and event.time == event.time), "time of " .. body:sub(1, 40))
          end
        end
      end
    end)

    it("gives back what the provider expects", function()
      local response, refusal, expected = client:webhook_answer(true), client:webhook_answer(false), wire.answers[provider]
      assert(response.status >= 200 and response.status < 300)
      if not expected then
        assert(refusal.status >= 400 and refusal.status < 600)
        return
      end
      assert.are.equal(expected.status, response.status)
      local kind
      for name, value in pairs(response.headers) do kind = name:lower() == "content-type" and value or kind end
      assert(kind and kind:find(expected.content_type, 1, true) == 1, "content-type: " .. tostring(kind))
      assert.are.same(strict_json.read(expected.json), strict_json.read(response.body))
      local code = strict_json.read(refusal.body).statusCode
      assert(math.type(code) == "integer" and code ~= strict_json.read(expected.json).statusCode)
    end)
  end)
end
