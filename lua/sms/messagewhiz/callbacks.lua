-- SPDX-License-Identifier: MIT
-- Reads the callbacks of MessageWhiz: delivery reports of broadcasts and singles (`dlrs`),
-- delivery reports and link clicks of fast singles. The input is untrusted: it is bounded, and unknown fields are passed on.

local core = require "sms.core"
local dates = require "sms.dates"

-- Used several times per report.
local type, next, math_type, tointeger, from_milliseconds = type, next, math.type, math.tointeger, dates.from_milliseconds

local callbacks = {}

--- Maximum number of events in a request.
callbacks.MAX_EVENTS = 10000

-- Maximum number of fields other than `dlrs` that are copied to an event's `raw`. If there are more, only the documented ones are copied.
local MAX_SHARED = 4

local function text_of(value)
  local kind = type(value)
  if kind == "string" then return value end
  local whole = kind == "number" and tointeger(value)
  return whole and whole .. "" or nil
end

-- Codes by the provider's name.
local codes = {}
for _, row in ipairs(core.statuses("messagewhiz", "delivery")) do codes[row.name] = codes[row.name] or row.code end

-- The provider's number of a state, also from its digits; where it is missing from `status`, which is the provider's word for it, or
-- the number itself in version 4.0.0.
local function code_of(number, word)
  if math_type(number) == "integer" then return number end
  local code = tointeger(tonumber(number))
  if number == nil then code = tointeger(tonumber(word)) end
  return code or codes[word]
end

-- Cached rows of the status table, by code.
local known = {}

local function row_of(code)
  local row = known[code] or core.status("messagewhiz", "delivery", code)
  if row and row.name ~= "UNKNOWN" then known[code] = row end
  return row
end

-- The state in a delivery event: status, final, provider_status.
local function state_of(number, word)
  local row = word == nil and known[number]
  if row then return row.state, row.final, row.code end
  local code = code_of(number, word)
  row = code and row_of(code)
  local provider_status = type(word) == "string" and word or code
  if not row then return "unknown", false, provider_status end
  return row.state, row.final, provider_status
end

local function unknown_event(payload)
  return { type = "unknown", raw = payload }
end

---------------------------------------------------------------- parts

-- States of a failed part. A handset displays a concatenated message only once it has all parts.
local FAILURES = { "undelivered", "rejected", "expired" }
local FAILED = { undelivered = true, rejected = true, expired = true }

-- Maximum parts of a text (TS 23.040 §9.2.3.24.1): more are not checked.
local MAX_PARTS = 255

-- Number of failed parts in `parts`, and the state of the first.
local function failed_parts(parts)
  local count, first = 0, nil
  for i = 1, math.min(#parts, MAX_PARTS) do
    local part = parts[i]
    local state = type(part) == "table" and state_of(nil, part.status)
    if FAILED[state] then count, first = count + 1, first or state end
  end
  return count, first
end

-- The same for the counts of a report, `pduDLR`.
local function failed_counts(counts)
  local count, first = 0, nil
  for _, state in ipairs(FAILURES) do
    local more = tointeger(tonumber(counts[state .. "_count"])) or 0
    if more > 0 then count, first = count + more, first or state end
  end
  return count, first
end

-- A message with a failed part was not delivered, whatever its overall status.
local function add_failed(event, count, state)
  if count == 0 then return end
  event.failed_parts = count
  if not FAILED[event.status] then event.status = state end
end

-- A price is passed on as received; its currency is not documented.
local function price_of(value)
  local kind = type(value)
  return (kind == "number" or kind == "string") and value or nil
end

---------------------------------------------------------------- posts

local DOCUMENTED = { "custom_parameter", "pduDLR" }

-- The names of fields that apply to all rows of a request; limited, because each row's event gets a copy.
local function shared_names(payload)
  local names, count = { nil, nil, nil, nil }, 0 -- room for MAX_SHARED
  for name in next, payload do
    if name ~= "dlrs" then
      if count == MAX_SHARED then return DOCUMENTED end
      count = count + 1
      names[count] = name
    end
  end
  return names
end

-- One row of `dlrs`. It becomes `raw`, which also holds the fields that apply to all rows (custom_parameter, pduDLR).
local function report_event(row, reference, payload, shared)
  if type(row) ~= "table" then return unknown_event(row) end
  for i = 1, #shared do
    local name = shared[i]
    if row[name] == nil then row[name] = payload[name] end
  end
  local status, final, provider_status = state_of(row.task_state)
  local updated = row.updated
  return { -- a table of ten fields has room for provider, key and the counts of parts, which are added later
    type = "delivery", id = text_of(row.broadcast_id), reference = reference, to = text_of(row.recipient), status = status,
    final = final, time = updated and from_milliseconds(updated) or nil, provider_status = provider_status, price = price_of(row.price),
    raw = row,
  }
end

-- `pduDLR` counts the parts of a single; with several reports it can't be attributed.
local function add_counts(event, counts)
  if type(counts) ~= "table" or event.type ~= "delivery" then return end
  event.pduDLR = counts
  add_failed(event, failed_counts(counts))
end

local function time_of(text)
  return type(text) == "string" and dates.from_iso(text) or nil
end

local function single_event(payload)
  local status, final, provider_status = state_of(payload.state, payload.status)
  local parts = type(payload.parts) == "table" and payload.parts or nil
  local event = {
    type = "delivery", id = text_of(payload.message_id), reference = text_of(payload.client_ref), from = text_of(payload.sender),
    to = text_of(payload.recipient), text = text_of(payload.content), status = status, final = final,
    time = time_of(payload.timestamp), provider_status = provider_status, parts = parts, price = price_of(payload.price), raw = payload,
  }
  if parts then add_failed(event, failed_parts(parts)) end
  return event
end

local function click_event(payload)
  local unique = payload.unique_click
  if type(unique) ~= "boolean" then unique = nil end
  return {
    type = "click", id = text_of(payload.message_id), link_id = text_of(payload.link_id), time = time_of(payload.time),
    unique_click = unique, raw = payload,
  }
end

-- Whether the keys are 1 to n: a list without nulls.
local function is_whole(value)
  local count = 0
  for key in next, value do
    count = count + 1
    if key ~= count then return false end
  end
  return true
end

-- The items of a decoded JSON list in order, skipping nulls, one more than the limit if there are too many; nil for an object.
local function items_of(value)
  if type(value) ~= "table" then return nil end
  if is_whole(value) then return value end
  local places, items = {}, {}
  for key in pairs(value) do
    if math_type(key) ~= "integer" then return nil end
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

-- Appends the events of one object; false if there are too many.
local function add_events(events, payload)
  local rows = type(payload) == "table" and items_of(payload.dlrs)
  if #events + (rows and #rows or 1) > callbacks.MAX_EVENTS then return false end
  if not rows then
    events[#events + 1] = single_or_unknown(payload)
    return true
  end
  local shared, reference, last = shared_names(payload), text_of(payload.custom_parameter), #events
  for i = 1, #rows do events[last + i] = report_event(rows[i], reference, payload, shared) end
  if #rows == 1 then add_counts(events[last + 1], payload.pduDLR) end
  return true
end

--- Converts a decoded request to events. One object may hold several; a list of objects is accepted, too.
---@param payload any  decoded JSON
---@return table[]? events `{ type, id, reference, from, to, text, status, final, time, provider_status, price, parts, pduDLR,
---  failed_parts, link_id, unique_click, raw }`; `parts` and `pduDLR` as received, `failed_parts`: the number of failed parts; the status
---  is then that of a part
---@return string? message
--- Source: "DLR to webhook", "Fast Single".
function callbacks.events(payload)
  if type(payload) ~= "table" then return nil, "a webhook post must be a JSON object, got a " .. type(payload) end
  local events, items = {}, math_type(next(payload)) == "integer" and items_of(payload) or { payload }
  for i = 1, #items do
    if not add_events(events, items[i]) then return nil, ("a webhook post has more than %d events"):format(callbacks.MAX_EVENTS) end
  end
  return events
end

return callbacks
