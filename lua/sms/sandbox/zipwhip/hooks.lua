-- SPDX-License-Identifier: MIT
-- Webhooks of the sandboxed Zipwhip: registered by the caller, really posted to. One JSON object a post; ids are JSON integers.

local dates = require "sms.dates"
local fields = require "sms.sandbox.zipwhip.fields"
local json = require "sms.json"
local url = require "sms.url"

local hooks = { handlers = {} }

local EVENTS = { message = "receive send progress read delete", optout = "change" }

local function show(hook)
  return { webhookId = hook.id, type = hook.type, event = hook.event, url = hook.url, method = hook.method }
end

local function address(call, required)
  local text = fields.text(call, "url", { required = required })
  if text and not text:find("^https?://[^%s/]") then fields.refuse("Parameter 'url' is not an address: " .. text) end
  return text
end

local function find(account, call)
  local id = fields.text(call, "webhookId", { required = true })
  for i, hook in ipairs(account.hooks) do
    if tostring(hook.id) == id then return hook, i end
  end
  return fields.refuse("Webhook not found: " .. id)
end

local handlers = hooks.handlers

handlers["webhooks.add"] = function(account, call)
  local kind = fields.word(call, "type", "message optout", true)
  local hook = {
    type = kind, event = fields.word(call, "event", EVENTS[kind], true), url = address(call, true),
    method = fields.word(call, "method", "POST PUT GET") or "POST", id = account:next_id("webhook"),
  }
  table.insert(account.hooks, hook)
  return json.array { show(hook) }
end

handlers["webhooks.list"] = function(account)
  local out = json.array {}
  for i, hook in ipairs(account.hooks) do out[i] = show(hook) end
  return out
end

handlers["webhooks.update"] = function(account, call)
  local hook = find(account, call)
  hook.url = address(call) or hook.url
  hook.method = fields.word(call, "method", "POST PUT GET") or hook.method
  return json.array { show(hook) }
end

handlers["webhooks.delete"] = function(account, call)
  local _, index = find(account, call)
  table.remove(account.hooks, index)
  return json.empty_array
end

-- How a hook with the method GET travels isn't documented: the object's scalar members go into the query here.
local function with_query(target, payload)
  local pairs_list = {}
  for name, value in pairs(payload) do
    if value ~= json.null then pairs_list[#pairs_list + 1] = { name, tostring(value) } end
  end
  table.sort(pairs_list, function(a, b) return a[1] < b[1] end)
  return target .. (target:find("?", 1, true) and "&" or "?") .. url.encode_pairs(pairs_list)
end

local function post(account, target, method, payload, message)
  local callback = { url = target, method = method, headers = { ["content-type"] = "application/json;charset=UTF-8" } }
  if method == "GET" then
    callback.url, callback.body, callback.headers = with_query(target, payload), "", {}
  else
    callback.body = assert(json.encode(payload))
  end
  account.state:queue(callback, "zipwhip", { message })
end

-- Posts an event to every hook. `_sandbox/webhook` sets one URL for all events; its query then names the event.
local function tell(account, kind, event, payload, message)
  for _, hook in ipairs(account.hooks) do
    if hook.type == kind and hook.event == event then post(account, hook.url, hook.method, payload, message) end
  end
  local all = account.webhook
  if all then post(account, all .. (all:find("?", 1, true) and "&" or "?") .. "event=" .. event, "POST", payload, message) end
end

local function date(seconds)
  return seconds and dates.iso(seconds) or json.null
end

--- Posts a message event.
---@param account table
---@param event "receive"|"send"|"progress"|"read"|"delete"
---@param message table
function hooks.message(account, event, message)
  local inbound = message.kind == "MO"
  local peer, line = message.peer, account.line
  tell(account, "message", event, {
    body = message.text, bodySize = #message.text, address = "ptn:/" .. peer, finalSource = inbound and peer or line,
    finalDestination = inbound and line or peer, messageType = message.kind, fingerprint = message.fingerprint, id = message.id,
    cc = json.null, bcc = json.null, visible = not message.deleted, read = message.read or false, contactId = message.contact.id,
    scheduledDate = json.null, deviceId = account.device_id, dateCreated = dates.iso(message.time), dateRead = date(message.read_at),
    dateDeleted = date(message.deleted_at), dateDelivered = date(message.delivered_at), messageTransport = 5,
    hasAttachment = #message.files > 0, deleted = message.deleted or false, statusCode = account:code_of(message),
    messageStatus = 1003,
  }, message)
end

--- Posts an opt-out or opt-in. The fields are undocumented: these are the sandbox's.
---@param account table
---@param number string   E.164
---@param keyword string  STOP or UNSTOP
function hooks.optout(account, number, keyword)
  tell(account, "optout", "change", {
    address = "ptn:/" .. number, mobileNumber = number, deviceId = account.device_id, optedOut = keyword == "STOP", keyword = keyword,
    dateCreated = dates.iso(account.state:now()),
  })
end

return hooks
