-- SPDX-License-Identifier: MIT
-- Parses websms' callbacks: inbound texts and binary messages, delivery reports, and WhatsApp notifications with Meta's content.
-- The input is untrusted: it is bounded, and unknown fields are passed on.

local core = require "sms.core"
local dates = require "sms.dates"

local callbacks = {}

--- Maximum number of events in a request.
callbacks.MAX_EVENTS = 10000

local function text_of(value)
  if type(value) == "string" then return value end
  return math.type(value) == "integer" and ("%d"):format(value) or nil
end

local function time_of(text)
  return type(text) == "string" and dates.from_iso(text) or nil
end

local function unknown_event(payload)
  return { type = "unknown", key = text_of(payload.notificationId), raw = payload }
end

-- An inbound message; the base64 segments of a binary one are kept in `raw.binaryMessageContent`, as received.
local function inbound_event(payload)
  return {
    type = "inbound", id = text_of(payload.notificationId), key = text_of(payload.notificationId),
    from = text_of(payload.senderAddress), to = text_of(payload.recipientAddress), text = text_of(payload.textMessageContent),
    raw = payload,
  }
end

-- Only notificationId, transferId and the status are always present; addresses may be missing.
local function report_event(payload)
  local word = text_of(payload.deliveryReportMessageStatus)
  local row = word and core.status("websms", "delivery", word)
  return {
    type = "delivery", id = text_of(payload.transferId), key = text_of(payload.notificationId),
    reference = text_of(payload.clientMessageId), from = text_of(payload.senderAddress), to = text_of(payload.recipientAddress),
    status = row and row.state or "unknown", final = row ~= nil and row.final or false, provider_status = word,
    time = time_of(payload.deliveredOn) or time_of(payload.sentOn), raw = payload,
  }
end

local READERS = { text = inbound_event, binary = inbound_event, whatsapp = inbound_event, deliveryReport = report_event }

---------------------------------------------------------------- WhatsApp, as its channels post it

-- Meta's status values.
local WHATSAPP = {
  sent = { "sent", false }, delivered = { "delivered", true }, read = { "delivered", true }, failed = { "undelivered", true },
}

local function seconds_of(value)
  return math.tointeger(tonumber(text_of(value)))
end

local function whatsapp_message(item, payload)
  local body = type(item.text) == "table" and item.text.body or nil
  return {
    type = "inbound", id = text_of(item.id), key = text_of(item.id), from = text_of(item.from) or text_of(payload.sender),
    to = text_of(payload.recipient), text = text_of(body), time = seconds_of(item.timestamp), raw = payload,
  }
end

local function whatsapp_status(item, payload)
  local word, id = text_of(item.status), text_of(item.id)
  local state = WHATSAPP[word] or { "unknown", false }
  return {
    type = "delivery", id = text_of(payload.transferId) or id, key = id and word and id .. ":" .. word, to = text_of(item.recipient_id),
    status = state[1], final = state[2], provider_status = word, time = seconds_of(item.timestamp), raw = payload,
  }
end

-- The items of a list that are tables.
local function tables_of(value)
  local out = {}
  for _, item in ipairs(type(value) == "table" and value or {}) do
    if type(item) == "table" then out[#out + 1] = item end
  end
  return out
end

local function whatsapp_events(payload)
  local events = {}
  local function add(list, read)
    for _, item in ipairs(tables_of(list)) do
      if #events > callbacks.MAX_EVENTS then break end
      events[#events + 1] = read(item, payload)
    end
  end
  for _, entry in ipairs(tables_of(payload.whatsappNotification.entry)) do
    if #events > callbacks.MAX_EVENTS then break end
    for _, change in ipairs(tables_of(entry.changes)) do
      local value = type(change.value) == "table" and change.value or {}
      add(value.messages, whatsapp_message)
      add(value.statuses, whatsapp_status)
    end
  end
  if #events > callbacks.MAX_EVENTS then return nil, ("a callback has more than %d events"):format(callbacks.MAX_EVENTS) end
  return #events > 0 and events or { unknown_event(payload) }
end

--- Converts a decoded callback to events.
---@param payload any  decoded JSON
---@return table[]? events `{ type, id, key, reference, from, to, text, status, final, time, provider_status, raw }`; `key` identifies
---  the notification
---@return string? message
--- Source: public: developer.websms.com, "receive-sms".
function callbacks.events(payload)
  if type(payload) ~= "table" then return nil, "a callback must be a JSON object, got a " .. type(payload) end
  if payload.type == "whatsapp" and type(payload.whatsappNotification) == "table" then return whatsapp_events(payload) end
  local read = READERS[payload.messageType] or unknown_event
  return { read(payload) }
end

return callbacks
