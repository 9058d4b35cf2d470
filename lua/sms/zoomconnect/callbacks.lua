-- SPDX-License-Identifier: MIT
-- Parses ZoomConnect's callbacks: replies and delivery reports, as a query string (as documented), a form or JSON. No signature is
-- documented: `checksum` and `nonce` are kept in `raw`. Unknown fields are passed on.

local core = require "sms.core"
local dates = require "sms.zoomconnect.dates"

local callbacks = {}

local function text_of(value)
  if type(value) == "string" then return value end
  local whole = type(value) == "number" and math.tointeger(value)
  return whole and ("%d"):format(whole) or nil
end

-- An unescaped plus in a query arrives as a space.
local function number_of(value)
  local text = text_of(value)
  return text and (text:gsub("^ +%f[%d]", "+"))
end

local function time_of(value, utc_offset)
  return dates.from_digits(text_of(value) or "", utc_offset)
end

-- A repeated report has a new nonce; it is identified by message and status.
local function key_of(id, word)
  local function escaped(text) return (text:gsub("[%%|\0-\31\127]", function(char) return ("%%%02X"):format(char:byte()) end)) end
  return ("zoomconnect|delivery|%s|%s"):format(escaped(id), escaped(word))
end

local function report_event(payload, utc_offset)
  local id, word = text_of(payload.messageId), text_of(payload.status)
  local row = core.status("zoomconnect", "delivery", word)
  return {
    type = "delivery", key = key_of(id, word), id = id, reference = text_of(payload.dataField), campaign = text_of(payload.campaign),
    status = row.state, final = row.final, provider_status = word, time = time_of(payload["nonce-date"], utc_offset), raw = payload,
  }
end

local function reply_event(payload, utc_offset)
  local id = text_of(payload.messageId)
  return {
    type = "inbound", id = id, reference = text_of(payload.dataField), campaign = text_of(payload.campaign),
    from = number_of(payload.from), to = number_of(payload.to), text = text_of(payload.message),
    replied_to = text_of(payload.repliedToMessageId), time = time_of(payload.date, utc_offset), raw = payload,
  }
end

local function event_of(payload, utc_offset)
  if text_of(payload.from) and text_of(payload.message) then return reply_event(payload, utc_offset) end
  if text_of(payload.status) and text_of(payload.messageId) then return report_event(payload, utc_offset) end
  return { type = "unknown", raw = payload }
end

--- Converts a decoded request to a single event.
---@param payload any          a table of fields
---@param utc_offset? integer  minutes east of UTC of the provider's dates (default: `dates.UTC_OFFSET`)
---@return table[]? events `{ type, key?, id, reference, campaign, from, to, text, status, final, time, provider_status, replied_to, raw }`
---@return string? message
--- Source: "Receiving a reply", "Receiving a delivery report"; `to`, `nonce-date` and JSON bodies from public captures.
function callbacks.events(payload, utc_offset)
  if type(payload) ~= "table" then return nil, "a webhook post must have fields, got a " .. type(payload) end
  if next(payload) == nil then return nil, "a webhook post must have fields, this one is empty" end
  return { event_of(payload, utc_offset) }
end

return callbacks
