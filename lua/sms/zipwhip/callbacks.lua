-- SPDX-License-Identifier: MIT
-- Parses Zipwhip's webhooks: one message object for all of its events, and opt-outs with undocumented fields.
-- The input is untrusted: it is bounded, and unknown fields are passed on. Register URLs as …?event=receive and so on, since the
-- payload doesn't name its event; without that the message's own flags decide.

local core = require "sms.core"
local dates = require "sms.dates"
local url = require "sms.url"

local callbacks = {}

local KNOWN = { receive = true, send = true, progress = true, read = true, delete = true, change = true }

local function text_of(value)
  if type(value) == "string" then return value end
  local whole = type(value) == "number" and math.tointeger(value)
  return whole and ("%d"):format(whole) or nil
end

local function truth(value)
  return value == true or value == "true" or value == 1 or value == "1"
end

-- An unescaped plus in a form arrives as a space.
local function number_of(value)
  local text = text_of(value)
  return text and (text:gsub("^ +%f[%d]", "+"))
end

-- The number within "ptn:/+12065550100".
local function number_in(address)
  return type(address) == "string" and number_of(address:match("^ptn:/(.+)$")) or nil
end

local function time_of(...)
  for i = 1, select("#", ...) do
    local text = select(i, ...)
    local seconds = type(text) == "string" and dates.from_iso(text)
    if seconds then return seconds end
  end
end

-- The event's name, from the registered URL; nil if it has no known one.
local function named_event(request)
  local query = type(request) == "table" and request.query
  local name = type(query) == "string" and url.decode_table(query).event
  return KNOWN[name] and name or nil
end

-- The event's name, from the message itself: an inbound message that is neither read nor deleted is new.
local function inferred_event(payload)
  if truth(payload.deleted) or payload.dateDeleted ~= nil then return "delete" end
  if payload.messageType ~= "MO" then return "progress" end
  return (truth(payload.read) or payload.dateRead ~= nil) and "read" or "receive"
end

-- A message has an id and one of the fields that no opt-out has been seen with.
local function is_message(payload)
  return text_of(payload.id) ~= nil and (payload.messageType ~= nil or payload.statusCode ~= nil or payload.body ~= nil)
end

local function add_state(event, code)
  local number = math.tointeger(tonumber(code))
  local row = number and core.status("zipwhip", "delivery", number)
  event.status, event.final, event.provider_status = row and row.state or "unknown", row ~= nil and row.final or false, number
end

local TYPES = { receive = "inbound", send = "delivery", progress = "delivery", read = "read", delete = "deleted" }

local function message_event(payload, name)
  local inbound = payload.messageType == "MO"
  local peer = number_in(payload.address)
  local event = {
    type = TYPES[name], id = text_of(payload.id), text = text_of(payload.body), raw = payload,
    from = number_of(payload.finalSource) or (inbound and peer or nil),
    to = number_of(payload.finalDestination) or (not inbound and peer or nil),
  }
  if event.type == "inbound" and not inbound and payload.messageType ~= nil then event.type = "delivery" end
  if event.type == "delivery" then
    event.time = time_of(payload.dateDelivered, payload.dateCreated)
    add_state(event, payload.statusCode)
  elseif event.type == "read" then
    event.time = time_of(payload.dateRead, payload.dateCreated)
  else
    event.time = time_of(event.type == "deleted" and payload.dateDeleted or nil, payload.dateCreated)
  end
  return event
end

-- The number that opted out or in: the field isn't documented, so any field that a message has for its peer is tried.
local function optout_event(payload)
  return {
    type = "optout", raw = payload, time = time_of(payload.dateCreated),
    from = number_of(payload.finalSource) or number_of(payload.mobileNumber) or number_in(payload.address),
  }
end

local function event_of(payload, name)
  if type(payload) ~= "table" then return { type = "unknown", raw = payload } end
  if name == "change" then return optout_event(payload) end
  if is_message(payload) then
    if not name then name = inferred_event(payload) end
    return message_event(payload, name)
  end
  return { type = "unknown", raw = payload }
end

--- Converts a decoded request to an event.
---@param payload any      decoded JSON; for hooks with the method GET the query's fields
---@param request table?   `query` may name the event: `event=receive`
---@return table[]? events one `{ type, id, from, to, text, status, final, time, provider_status, raw }`; type is inbound, delivery,
---  read, deleted, optout or unknown
---@return string? message
--- Source: "Webhook events (callbacks)".
function callbacks.events(payload, request)
  if type(payload) ~= "table" then return nil, "a webhook post must be a JSON object, got a " .. type(payload) end
  return { event_of(payload, named_event(request)) }
end

return callbacks
