-- SPDX-License-Identifier: MIT
-- A client of each provider on a sandbox, with every request noted, and the numbers that a request names.

local credentials = require "spec.support.credentials"
local json = require "sms.json"
local sandbox = require "sms.sandbox"
local sms = require "sms"
local url = require "sms.url"

local four = {}

--- Names of the providers.
four.names = sms.providers

--- A client, and the list of its requests.
---@param provider string
---@param options? table
---@return table client
---@return table[] seen
function four.client(provider, options)
  local transport, seen, settings = sandbox.new({}):transport(provider), {}, { retries = 0 }
  for _, fields in ipairs { credentials[provider], options or {} } do
    for name, value in pairs(fields) do settings[name] = value end
  end
  settings.transport = function(request)
    seen[#seen + 1] = request
    return transport(request)
  end
  return sms[provider](settings), seen
end

--- A message that the provider takes.
---@param provider string
---@param fields table
---@return table
function four.message(provider, fields)
  local out = { text = "Hello", from = provider == "messagewhiz" and "Museum" or nil }
  for name, value in pairs(fields) do out[name] = value end
  return out
end

-- The numbers of a request, as they go out.
local numbers = {}

function numbers.messagewhiz(body)
  if body.to then return { body.to } end
  local out = {}
  for i, recipient in ipairs(body.recipients) do out[i] = tostring(recipient.phone_number) end
  return out
end

function numbers.websms(body) return body.recipientAddressList end

function numbers.zoomconnect(body)
  if body.recipientNumber then return { body.recipientNumber } end
  local out = {}
  for i, item in ipairs(body.sendSmsRequests) do out[i] = item.recipientNumber end
  return out
end

--- The numbers that a request names, in its spelling.
---@param provider string
---@param request table
---@return string[]
function four.numbers(provider, request)
  if provider ~= "zipwhip" then return numbers[provider](json.decode(request.body)) end
  local out = {}
  for value in ("&" .. request.body):gmatch "&contacts=([^&]*)" do
    for one in url.unescape(value):gmatch "[^,]+" do out[#out + 1] = one end
  end
  return out
end

--- An E.164 number as the provider spells it.
---@param provider string
---@param e164 string
---@return string
function four.spelt(provider, e164)
  return (provider == "messagewhiz" or provider == "websms") and e164:sub(2) or e164
end

return four
