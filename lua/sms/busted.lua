-- SPDX-License-Identifier: MIT
-- For tests of an application with Busted: its clients send to an in-process sandbox, and `assert.texted` checks its messages. Each test
-- starts with an empty one.
--
--   local texts = require "sms.busted"
--   local client = sms.zoomconnect { email = "sandbox@example.org", token = "sandbox-token", transport = texts.transport "zoomconnect" }
--   assert.texted { to = "+27825550100", text = match.matches "code %d+" }

local assert = require "luassert"
local busted = require "busted"
local match = require "luassert.match"
local sandbox = require "sms.sandbox"
local say = require "say"

local texts = {}

local FIELDS = { "provider", "to", "from", "text", "state", "parts", "id" }
local current = sandbox.new()

--- The sandbox of this test.
---@return sms.sandbox
function texts.sandbox()
  return current
end

--- For the option `transport` of a client, created before or in a test: it sends to the sandbox of the running test.
---@param provider string
---@return function
function texts.transport(provider)
  current:transport(provider) -- an unknown name is an error here
  return function(request) return current:transport(provider)(request) end
end

--- The messages that arrived in this test, oldest first.
---@param provider? string
---@return sms.SandboxText[]
function texts.inbox(provider)
  return current:inbox(provider)
end

--- Replaces the sandbox by an empty one.
function texts.reset()
  current = sandbox.new()
end

-- A number may be written with or without its plus sign: providers differ.
local function same(field, wanted, value)
  if match.is_matcher(wanted) then return wanted(value) end
  if field == "to" or field == "from" then return tostring(wanted):gsub("^%+", "") == tostring(value):gsub("^%+", "") end
  return wanted == value
end

local function fits(message, wanted)
  for field, value in pairs(wanted) do
    if not same(field, value, message[field]) then return false end
  end
  return true
end

local function check_fields(wanted)
  local known = {}
  for _, name in ipairs(FIELDS) do known[name] = true end
  for name in pairs(wanted) do
    if not known[name] then
      error(("assert.texted has no field '%s'; valid fields: %s"):format(tostring(name), table.concat(FIELDS, ", ")), 4)
    end
  end
end

local function listed(inbox)
  local out = {}
  for i, message in ipairs(inbox) do out[i] = ("  to %s, from %s: %s"):format(message.to, tostring(message.from), message.text) end
  return #out == 0 and "  nothing" or table.concat(out, "\n")
end

-- `assert.texted { to = …, text = …, … }`: a message with these fields arrived; values are compared, or matched by luassert's matchers.
local function texted(state, arguments)
  local wanted = arguments[1]
  if type(wanted) ~= "table" then error("assert.texted: a table of fields is expected, got a " .. type(wanted), 3) end
  check_fields(wanted)
  local inbox, shown = current:inbox(), {}
  for field, value in pairs(wanted) do
    shown[#shown + 1] = ("%s = %s"):format(field, match.is_matcher(value) and "(a matcher)" or tostring(value))
  end
  table.sort(shown)
  state.failure_message = nil
  arguments[1], arguments[2], arguments.n = table.concat(shown, ", "), listed(inbox), 2
  arguments.nofmt = { true, true }
  for _, message in ipairs(inbox) do
    if fits(message, wanted) then return true end
  end
  return false
end

say:set("assertion.texted.positive", "No message arrived with %s.\nWhat arrived:\n%s")
say:set("assertion.texted.negative", "A message arrived with %s.\nWhat arrived:\n%s")
assert:register("assertion", "texted", texted, "assertion.texted.positive", "assertion.texted.negative")

busted.subscribe({ "test", "start" }, function()
  texts.reset()
  return nil, true
end)

return texts
