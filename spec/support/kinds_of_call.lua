-- SPDX-License-Identifier: MIT
-- For each provider: a client of the sandbox and one call of each kind, for specs that hold all providers to the same promises.

local sms = require "sms"

local kinds = {}

--- Credentials that a new sandbox takes.
kinds.options = require "spec.support.credentials"

-- A text of one's own for `to` and `from` of each provider.
local MESSAGES = {
  messagewhiz = { to = "447700900123", from = "Shop" },
  zoomconnect = { to = "+27825550123" },
  websms = { to = "436641234567" },
  zipwhip = { to = "2065550123" },
}

--- A message that the provider takes.
---@param provider string
---@param text string
function kinds.message(provider, text)
  local out = { text = text }
  for name, value in pairs(MESSAGES[provider]) do out[name] = value end
  return out
end

-- Calls that send a text: the message API's, and those of the provider that answer in another form.
local sends = {
  messagewhiz = {
    broadcast = function(client, text, options)
      return client.broadcasts:submit({ sender = "Shop", message_body = text, recipients = { { phone_number = "447700900123" } } }, options)
    end,
  },
  zoomconnect = {
    address = function(client, text, options)
      return client.sms:send_url_parameters({ recipientNumber = "+27825550123", message = text }, options)
    end,
    url = function(client, text, options)
      return client.sms:send_url({ recipientNumber = "+27825550123", message = text }, options)
    end,
    bulk = function(client, text, options)
      return client.sms:send_bulk({ sendSmsRequests = { { recipientNumber = "+27825550123", message = text } } }, options)
    end,
  },
  websms = {
    simple = function(client, text, options)
      return client.messages:send_simple({ recipientAddressList = { "436641234567" }, messageContent = text }, options)
    end,
    simple_get = function(client, text, options)
      local args = { recipientAddressList = { "436641234567" }, messageContent = text, method = "GET" }
      return client.messages:send_simple(args, options)
    end,
  },
  zipwhip = {
    media = function(client, text, options)
      return client.messages:send_media({ to = "+12065550123", body = text }, options)
    end,
  },
}

--- Sends whose responses are no JSON objects: half of one may be a whole.
kinds.not_json = { address = true, url = true, simple = true, simple_get = true }

--- The calls of a provider that send: name → fun(client, text, options).
---@param provider string
---@return table<string, function>
function kinds.sends(provider)
  local out = { message = function(client, text, options) return client:send(kinds.message(provider, text), options) end }
  for name, send in pairs(sends[provider]) do out[name] = send end
  return out
end

local count = 0

-- Names that a provider has not seen yet.
local function fresh(word)
  count = count + 1
  return ("%s %d"):format(word, count)
end

--- Calls that send nothing: `read`, `write` (repeatable) and `post` (not repeatable); `prepare` makes what `write` changes.
kinds.others = {
  messagewhiz = {
    prepare = function(client) return assert(client.campaigns:create { name = fresh "spring" }).id end,
    read = function(client, options) return client.campaigns:list({}, options) end,
    write = function(client, options, id) return client.campaigns:update({ id = id, name = fresh "summer" }, options) end,
    post = function(client, options) return client.campaigns:create({ name = fresh "autumn" }, options) end,
  },
  zoomconnect = {
    prepare = function(client) return assert(client.sms:send { recipientNumber = "+27825550123", message = "to be read" }).messageId end,
    read = function(client, options) return client.account:balance({}, options) end,
    write = function(client, options, id) return client.messages:mark_read({ id = id }, options) end,
    post = function(client, options) return client.groups:create({ name = fresh "autumn" }, options) end,
  },
  websms = {},
  zipwhip = {
    read = function(client, options) return client.contacts:list({}, options) end,
    write = function(client, options) return client.contacts:save({ mobileNumber = "2065550199", firstName = "Ann" }, options) end,
    post = function(client, options) return client.groups:save({ name = fresh "autumn" }, options) end,
  },
}

--- A client of a sandbox's provider.
---@param provider string
---@param settings table  its options beside the credentials
function kinds.client(provider, settings)
  local options = {}
  for name, value in pairs(settings.credentials or kinds.options[provider]) do options[name] = value end
  for name, value in pairs(settings) do
    if name ~= "credentials" then options[name] = value end
  end
  return sms[provider](options)
end

--- Runs a function with dice that always fall on 0, so that no retry waits by chance. Only the share of a span is loaded.
---@param fn function
function kinds.without_waits(fn)
  local dice = math.random
  rawset(math, "random", function(...) return select("#", ...) > 0 and dice(...) or 0 end)
  local result = table.pack(xpcall(fn, debug.traceback))
  rawset(math, "random", dice)
  if not result[1] then error(result[2], 0) end
  return table.unpack(result, 2, result.n)
end

return kinds
