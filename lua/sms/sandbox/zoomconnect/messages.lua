-- SPDX-License-Identifier: MIT
-- The messages of the sandboxed ZoomConnect: list, get, delete, mark; and the analysis of a text.

local json = require "sms.json"
local fields = require "sms.sandbox.zoomconnect.fields"
local parts = require "sms.sandbox.parts"
local sending = require "sms.sandbox.zoomconnect.sending"

local messages = {}
local handlers = {}
messages.handlers = handlers

--- Every status, as the filter takes it.
messages.STATES = "SCHEDULED SENT DELIVERED FAILED FAILED_REFUNDED FAILED_OPTOUT UNKNOWN"

local function link(name, id)
  return id and { [name] = id, links = json.array {} } or json.null
end

local function show(message)
  return {
    messageId = message.id, messageType = message.type, messageStatus = message.status or json.null, message = message.text,
    fromNumber = message.from, toNumber = message.to, campaign = message.campaign or json.null,
    userDataField = message.data_field or json.null, creditCost = message.cost, numberOfMessages = message.count,
    dateTimeScheduled = fields.shown_time(message.scheduled), dateTimeSent = fields.shown_time(message.sent),
    dateTimeReceived = fields.shown_time(message.received), read = message.read, deleted = message.deleted,
    contact = link("contactId", message.contact), repliedToMessage = link("messageId", message.replied_to), links = json.array {},
  }
end

---------------------------------------------------------------- the list

-- `to` is inclusive.
local function within(time, from, to)
  if not from and not to then return true end
  return time ~= nil and time >= (from or time) and time < (to and to + 86400 or math.huge)
end

local function same_number(filter, number)
  return filter == nil or fields.number(filter) == number
end

local function holds(text, piece)
  return piece == nil or text ~= nil and text:lower():find(piece:lower(), 1, true) ~= nil
end

-- Every filter of the query, checked.
local function read_filter(query)
  return {
    type = fields.word(query, "type", "OUTBOUND INBOUND"), status = fields.word(query, "status", messages.STATES),
    sent_from = fields.day(query, "fromDateTimeSent"), sent_to = fields.day(query, "toDateTimeSent"),
    received_from = fields.day(query, "fromDateTimeReceived"), received_to = fields.day(query, "toDateTimeReceived"),
    deleted = fields.flag(query, "deleted"), read = fields.flag(query, "read"),
  }
end

local function passes(message, filter, query)
  if filter.type and message.type ~= filter.type or filter.status and message.status ~= filter.status then return false end
  if filter.deleted ~= nil and message.deleted ~= filter.deleted then return false end
  -- "Inbox messages only", as documented.
  if filter.read ~= nil and (message.type ~= "INBOUND" or message.read ~= filter.read) then return false end
  if query.repliesToMessageId and message.replied_to ~= query.repliesToMessageId then return false end
  if query.campaign and message.campaign ~= query.campaign then return false end
  if query.dataField and message.data_field ~= query.dataField then return false end
  return within(message.sent, filter.sent_from, filter.sent_to) and within(message.received, filter.received_from, filter.received_to)
    and same_number(query.fromNumber, message.from) and same_number(query.toNumber, message.to) and holds(message.text, query.message)
end

handlers["messages.list"] = function(self, call)
  local filter, found, order = read_filter(call.query), {}, self.store.messages.order
  for i = #order, 1, -1 do
    if passes(order[i], filter, call.query) then found[#found + 1] = order[i] end
  end
  local page, response = fields.page(call.query, found, 100)
  response.webServiceMessages = json.array {}
  for i, message in ipairs(page) do response.webServiceMessages[i] = show(message) end
  return response
end

---------------------------------------------------------------- one message

handlers["messages.get"] = function(self, call)
  return show(self.store:find("messages", call.path.id))
end

-- The filter `deleted` implies that deleted messages are kept.
handlers["messages.delete"] = function(self, call)
  sending.withdraw(self, self.store:find("messages", call.path.id))
  return nil, 204
end

local function mark(value)
  return function(self, call)
    local message = self.store:find("messages", call.path.id)
    message.read = value
    return show(message)
  end
end

handlers["messages.mark_read"] = mark(true)
handlers["messages.mark_unread"] = mark(false)

---------------------------------------------------------------- analysis

-- The documents name GSM7 only; the other value is our choice.
local ENCODINGS = { gsm7 = "GSM7", ucs2 = "UCS2" }

local function analysis_of(call, needs_number)
  local body = fields.body(call.request)
  local text = fields.text(body, "message") or fields.fail(400, "message is required")
  if needs_number and not fields.number(body.recipientNumber) then
    fields.fail(400, fields.WORDS[fields.BAD_NUMBER], fields.BAD_NUMBER)
  end
  return parts.split(text), text
end

handlers["messages.encoding"] = function(_, call) return ENCODINGS[analysis_of(call).encoding] end
handlers["messages.parts"] = function(_, call) return #analysis_of(call).parts end
handlers["messages.credit_cost"] = function(_, call) return #analysis_of(call, true).parts * sending.PRICE end
handlers["messages.length_allowed"] = function(_, call) return #analysis_of(call).parts <= sending.MAX_PARTS end

handlers["messages.length"] = function(_, call)
  local _, text = analysis_of(call)
  return utf8.len(text)
end

-- The rows of characterAnalysis are not documented: here a character and its encoding.
local function characters(text)
  local out = json.array {}
  for _, code in utf8.codes(text) do
    local char = utf8.char(code)
    out[#out + 1] = json.array { char, ENCODINGS[parts.split(char).encoding] }
  end
  return out
end

handlers["messages.analyse"] = function(_, call)
  local split, text = analysis_of(call, true)
  return {
    messageEncoding = ENCODINGS[split.encoding], messageLength = utf8.len(text), numberOfMessages = #split.parts,
    messageCreditCost = #split.parts * sending.PRICE, messageLengthWithinMaximumAllowed = #split.parts <= sending.MAX_PARTS,
    characterAnalysis = characters(text),
  }
end

return messages
