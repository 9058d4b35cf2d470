-- SPDX-License-Identifier: MIT
-- Reads what MessageWhiz posts to a webhook or callback address: delivery reports of broadcasts and singles (`dlrs`),
-- delivery reports and link clicks of fast singles. The input is untrusted: bounded, and what isn't known is handed on.

local core = require "sms.core"
local dates = require "sms.dates"

local callbacks = {}

--- Most events taken from one post.
callbacks.MAX_EVENTS = 10000

--- Most fields beside `dlrs` that an event's `raw` takes over from its post.
local MAX_SHARED = 32

local function text_of(value)
  if type(value) == "string" then return value end
  local whole = type(value) == "number" and math.tointeger(value)
  return whole and ("%d"):format(whole) or nil
end

-- The provider's number of a state, also from its digits; where it is missing from `status`, which is the provider's word for it, or
-- the number itself in version 4.0.0.
local function code_of(number, word)
  local code = math.type(number) == "integer" and number or math.tointeger(tonumber(number))
  if number == nil then code = math.tointeger(tonumber(word)) end
  if code or type(word) ~= "string" then return code end
  for _, row in ipairs(core.statuses("messagewhiz", "delivery")) do
    if row.name == word then return row.code end
  end
end

-- The table's row of each code that was asked for and is in it.
local known = {}

local function row_of(code)
  local row = known[code] or core.status("messagewhiz", "delivery", code)
  if row and row.name ~= "UNKNOWN" then known[code] = row end
  return row
end

-- Fills in what a delivery event says about the message's state.
local function with_state(event, number, word)
  local code = code_of(number, word)
  local row = code and row_of(code)
  event.status, event.final = row and row.state or "unknown", row ~= nil and row.final or false
  event.provider_status = type(word) == "string" and word or code
  return event
end

local function unknown_event(payload)
  return { type = "unknown", raw = payload }
end

-- What a post says once for all its rows; bounded, because each row's event gets a copy.
local function shared_fields(payload)
  local out, count = {}, 0
  for key, value in pairs(payload) do
    if key ~= "dlrs" and count < MAX_SHARED then out[key], count = value, count + 1 end
  end
  out.custom_parameter, out.pduDLR = payload.custom_parameter, payload.pduDLR
  return out
end

local function time_in_milliseconds(value)
  if type(value) ~= "number" and type(value) ~= "string" then return nil end
  return (dates.from_milliseconds(value))
end

-- One row of `dlrs`. It becomes `raw`, which also holds what the post says once for all rows (custom_parameter, pduDLR).
local function report_event(row, payload, shared)
  if type(row) ~= "table" then return unknown_event(row) end
  for key, value in pairs(shared) do
    if row[key] == nil then row[key] = value end
  end
  return with_state({ -- the fields that come later have their room already
    status = nil, final = nil, provider_status = nil, provider = nil, key = nil,
    type = "delivery", id = text_of(row.broadcast_id), reference = text_of(payload.custom_parameter), to = text_of(row.recipient),
    time = time_in_milliseconds(row.updated), raw = row,
  }, row.task_state)
end

local function time_of(text)
  return type(text) == "string" and dates.from_iso(text) or nil
end

local function single_event(payload)
  return with_state({
    type = "delivery", id = text_of(payload.message_id), reference = text_of(payload.client_ref), from = text_of(payload.sender),
    to = text_of(payload.recipient), text = text_of(payload.content), time = time_of(payload.timestamp), raw = payload,
  }, payload.state, payload.status)
end

local function click_event(payload)
  return { type = "click", id = text_of(payload.message_id), time = time_of(payload.time), raw = payload }
end

-- The items of a decoded JSON list in order, also around nulls, at most one more than are taken; nil for an object.
local function items_of(value)
  if type(value) ~= "table" then return nil end
  local first = next(value)
  if first ~= nil and math.type(first) ~= "integer" then return nil end
  local places, items = {}, {}
  for key in pairs(value) do
    if math.type(key) ~= "integer" then return nil end
    places[#places + 1] = key
    if #places > callbacks.MAX_EVENTS then break end
  end
  table.sort(places)
  for i, place in ipairs(places) do items[i] = value[place] end
  return items
end

local function single_or_unknown(payload)
  if type(payload) ~= "table" or payload.message_id == nil then return unknown_event(payload) end
  if payload.link_id ~= nil then return click_event(payload) end
  if payload.state ~= nil or payload.status ~= nil then return single_event(payload) end
  return unknown_event(payload)
end

-- Appends the events of one posted object; false when there are too many.
local function add_events(events, payload)
  local rows = type(payload) == "table" and items_of(payload.dlrs)
  if #events + (rows and #rows or 1) > callbacks.MAX_EVENTS then return false end
  if not rows then
    events[#events + 1] = single_or_unknown(payload)
    return true
  end
  local shared = shared_fields(payload)
  for _, row in ipairs(rows) do events[#events + 1] = report_event(row, payload, shared) end
  return true
end

--- Turns a decoded post into events. One object may hold several; a list of objects is taken too.
---@param payload any  decoded JSON
---@return table[]? events `{ type, id, reference, from, to, text, status, final, time, provider_status, raw }`
---@return string? message
--- Source: "DLR to webhook", "Fast Single".
function callbacks.events(payload)
  if type(payload) ~= "table" then return nil, "a webhook post is a JSON object, got a " .. type(payload) end
  local events = {}
  for _, item in ipairs(next(payload) ~= nil and items_of(payload) or { payload }) do
    if not add_events(events, item) then return nil, ("a webhook post holds more than %d events"):format(callbacks.MAX_EVENTS) end
  end
  return events
end

return callbacks
