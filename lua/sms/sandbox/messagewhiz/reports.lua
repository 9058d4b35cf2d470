-- SPDX-License-Identifier: MIT
-- Reports of the sandboxed MessageWhiz: the broadcast list, delivery reports, and callbacks.

local json = require "sms.json"
local dates = require "sms.sandbox.messagewhiz.dates"
local fields = require "sms.sandbox.messagewhiz.fields"
local pricing = require "sms.sandbox.messagewhiz.pricing"
local fail = fields.fail

local reports = {}
local handlers = {}
reports.handlers = handlers

-- The broadcast list

local function timezone(minutes)
  local hours, rest = math.abs(minutes) // 60, math.abs(minutes) % 60
  return ("GMT %s%d%s"):format(minutes < 0 and "-" or "+", hours, rest > 0 and (":%02d"):format(rest) or "")
end

local function show_broadcast(broadcast)
  local plan, first = broadcast.plan, broadcast.segments[1]
  local count = broadcast.estimated_count
  return {
    id = broadcast.id, user_id = 3191, name = broadcast.name, type = broadcast.type, message_body = broadcast.texts[1], enabled = 1,
    trigger_id = plan.trigger and plan.trigger.id or json.null, parent_id = json.null, state = broadcast.state,
    send_date = first.send_time and dates.iso(first.send_time) or json.null, create_date = dates.iso(broadcast.created),
    real_price = broadcast.real_price, estimated_price = broadcast.estimated_price, estimated_count = count,
    utc_offset = plan.utc_offset or 0, timezone = timezone(plan.utc_offset or 0), company_name = "sandbox",
    next_segment_size = broadcast.batch and broadcast.batch.next_size or json.null, eb_type = broadcast.eb_type or json.null,
    send_now = not plan.at and not plan.trigger,
    broadcastConversion = {
      uniqueClicks = broadcast.unique_clicks, totalClicks = broadcast.total_clicks, recipientCount = count, broadcastId = broadcast.id,
      conversion = ("%.2f"):format(count > 0 and broadcast.unique_clicks * 100 / count or 0),
    },
  }
end

local FILTERS = {}

function FILTERS.name(filter, value) filter.name = value end
function FILTERS.parent_id(filter) filter.types = { ["3"] = true } end
function FILTERS.type(filter, value)
  if not value:find("^%d+$") then fail(400, "filter: type must be a number") end
  filter.types = filter.types or {}
  filter.types[value] = true
end
function FILTERS.filterBy(filter, value)
  if value ~= "create_date" and value ~= "send_date" then fail(400, "filter: filterBy must be create_date or send_date") end
  filter.by = value
end
function FILTERS.start_date(filter, value)
  filter.first = dates.from_american(value) or fail(400, "filter: start_date must look like 06/01/2021 12:00 AM")
end
function FILTERS.end_date(filter, value)
  filter.last = dates.from_american(value) or fail(400, "filter: end_date must look like 06/01/2021 12:00 AM")
end

-- "name=sample,type=2,type=12,…"
local function read_filter(text)
  local filter = { by = "create_date" }
  for piece in (text or ""):gmatch("[^,]+") do
    local key, value = piece:match("^%s*([%w_]+)=(.*)$")
    if not FILTERS[key] then fail(400, "filter: no such parameter: '%s'", piece) end
    FILTERS[key](filter, value)
  end
  return filter
end

local function date_of(broadcast, field)
  if field == "send_date" then return broadcast.segments[1].send_time end
  return broadcast.created
end

local function passes(broadcast, filter)
  if filter.name and not broadcast.name:find(filter.name, 1, true) then return false end
  if filter.types and not filter.types[tostring(broadcast.type)] then return false end
  if not filter.first and not filter.last then return true end
  local date = date_of(broadcast, filter.by)
  return date ~= nil and date >= (filter.first or date) and date <= (filter.last or date)
end

local function read_order(text)
  local field, way = (text or "create_date DESC"):match("^(%S+) (%S+)$")
  if (field ~= "create_date" and field ~= "send_date") or (way ~= "ASC" and way ~= "DESC") then
    fail(400, "orderby must be create_date or send_date, a space, and ASC or DESC")
  end
  return field, way == "DESC"
end

handlers["broadcasts.list"] = function(account, call)
  local limit = fields.integer(call.query, "limit", { min = 1, max = 100 }) or 10
  local skip = fields.integer(call.query, "start", { min = 0 }) or 0
  local field, descending = read_order(call.query.orderby)
  local filter, found = read_filter(call.query.filter), {}
  for _, broadcast in ipairs(account.store.broadcasts.order) do
    if passes(broadcast, filter) then found[#found + 1] = broadcast end
  end
  table.sort(found, function(a, b)
    if descending then a, b = b, a end
    local first, second = date_of(a, field) or math.huge, date_of(b, field) or math.huge
    if first ~= second then return first < second end
    return a.id < b.id
  end)
  local out = json.array {}
  for i = skip + 1, math.min(skip + limit, #found) do out[#out + 1] = show_broadcast(found[i]) end
  return out
end

-- The delivery report

local function count_states(broadcast, messages)
  local counts = { broadcast_id = broadcast.id, sent = 0, delivered = 0, undelivered = 0, rejected = 0, expired = 0, failed = 0 }
  local any = false
  for _, message in ipairs(messages) do
    if counts[message.state] then counts[message.state], any = counts[message.state] + 1, true end
  end
  return counts, any
end

-- One object for a broadcast, one for each segment of a smart one; none before there is data.
handlers["delivery_reports.get"] = function(account, call)
  local broadcast = account.store:find("broadcasts", fields.integer(call.body, "bid", { required = true }), "bid")
  local out = json.array {}
  for _, segment in ipairs(broadcast.segments) do
    local counts, any = count_states(broadcast, segment.messages)
    if any then out[#out + 1] = counts end
  end
  return out
end

-- Callbacks

-- state -> task_state of the webhook; state and status of the fast single.
local TASK_STATES = { sent = 0, delivered = 2, expired = 3, undelivered = 5, rejected = 8, failed = 9 }
local FAST = {
  sent = { 1, "ENROUTE" }, delivered = { 2, "DELIVRD" }, expired = { 3, "EXPIRED" }, undelivered = { 5, "UNDELIV" },
  rejected = { 8, "REJECTD" }, failed = { 9, "FAILED" },
}

-- GSM data coding: 0 default alphabet, 8 UCS-2.
local CODING = { gsm7 = 0, ucs2 = 8 }

local function fast_report(account, message)
  local code, status = FAST[message.state][1], FAST[message.state][2]
  message.pdu_ids = message.pdu_ids or {}
  local pieces = json.array {}
  for i, content in ipairs(message.parts) do
    message.pdu_ids[i] = message.pdu_ids[i] or account.state.random:word(21)
    pieces[i] = { pdu_id = message.pdu_ids[i], encoding = CODING[message.encoding], content = content, status = status }
  end
  account.state:post(message.callback, assert(json.encode {
    message_id = message.id, sender = message.from, recipient = message.to, content = message.text, state = code, status = status,
    client_ref = message.client_ref, timestamp = dates.iso(message.time), parts_count = #message.parts,
    price = pricing.of(#message.parts), parts = pieces,
  }), "messagewhiz", { message })
end

local function webhook_report(account, broadcast, messages)
  local entries, pdus = json.array {}, {}
  for i, message in ipairs(messages) do
    message.report_id = message.report_id or account.state.random:hex(24)
    entries[i] = {
      segment_id = message.segment_id, _id = message.report_id, broadcast_id = broadcast.id, recipient = message.to, price = message.price,
      task_state = TASK_STATES[message.state], updated = dates.milliseconds(message.updated),
    }
    local counter = message.state .. "_count"
    pdus[counter] = (pdus[counter] or 0) + #message.parts
  end
  account.state:post(account.webhook, assert(json.encode {
    dlrs = entries, pduDLR = broadcast.type == 10 and pdus or nil, custom_parameter = broadcast.custom_parameter,
  }), "messagewhiz", messages)
end

--- Queues the callbacks for messages whose state has changed: one for each fast single that named a callback, one for each
--- broadcast when the account has a webhook.
---@param messages table[]
function reports.report(account, messages)
  local order, by_broadcast = {}, {}
  for _, message in ipairs(messages) do
    local broadcast = message.broadcast
    if message.fast and message.callback then fast_report(account, message) end
    if broadcast and account.webhook then
      if not by_broadcast[broadcast] then
        by_broadcast[broadcast] = {}
        order[#order + 1] = broadcast
      end
      table.insert(by_broadcast[broadcast], message)
    end
  end
  for _, broadcast in ipairs(order) do webhook_report(account, broadcast, by_broadcast[broadcast]) end
end

--- Queues the callback for a click on a fast single's link.
---@param entry table  of `sms.sandbox.messagewhiz.short_links`, its clicks counted
function reports.click(account, entry)
  account.state:post(entry.message.callback, assert(json.encode {
    message_id = entry.message.id, link_id = (entry.address:gsub("^%a+://", "")), time = dates.iso(account.state:now()),
    unique_click = entry.clicks == 1,
  }), "messagewhiz", { entry.message })
end

return reports
