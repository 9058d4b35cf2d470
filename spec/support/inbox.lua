-- SPDX-License-Identifier: MIT
-- A sandbox with a journal, whose clock stands, the JSON API of its inbox, and texts that clients of the providers send there.

local credentials = require "spec.support.credentials"
local json = require "sms.json"
local sandbox = require "sms.sandbox"
local sms = require "sms"

local inbox = {}

local Inbox = {}
Inbox.__index = Inbox

--- One call of the API.
---@param method string
---@param path string  below /inbox/api/, with its query
---@param body? table
---@return integer status
---@return any value  the decoded body
---@return table response
function Inbox:api(method, path, body)
  local name, query = path:match("^([^?]*)%??(.*)$")
  local request = { method = method, path = "/inbox/api/" .. name, query = query, headers = {}, body = body and json.encode(body) }
  local response = self.box:handle(request)
  return response.status, response.body and response.status and json.decode(response.body), response
end

--- Sends a text by the client of a provider, which is `clients[provider]` from then on. Returns what `send` does.
function Inbox:send(provider, to, text)
  local client = self.clients[provider]
  if not client then
    local options = { transport = self.box:transport(provider) }
    for name, value in pairs(credentials[provider]) do options[name] = value end
    client = sms[provider](options)
    self.clients[provider] = client
  end
  return client:send { to = to, text = text, from = provider == "messagewhiz" and "Museum" or nil }
end

--- What its clock says.
inbox.TIME = 1796054107.25

--- A new one; `box` is the sandbox.
---@param journal? table  options of `keep_journal`
function inbox.new(journal)
  local self = setmetatable({ clients = {} }, Inbox)
  self.box = sandbox.new { clock = function() return inbox.TIME end }
  self.box:keep_journal(journal)
  return self
end

return inbox
