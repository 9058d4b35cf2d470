-- SPDX-License-Identifier: MIT
-- Sending in the sandboxed ZoomConnect: checks, credits, scheduled messages, and delivery states.

local json = require "sms.json"
local fields = require "sms.sandbox.zoomconnect.fields"
local parts = require "sms.sandbox.parts"
local contacts = require "sms.sandbox.zoomconnect.contacts"

local sending = {}
local handlers = {}
sending.handlers = handlers

--- The number that texts come from and replies go to.
sending.OWN_NUMBER = "+12025550100"

--- Maximum parts of one text. The documents mention a maximum without stating it.
sending.MAX_PARTS = 10

--- Credits for one part.
sending.PRICE = 1

-- Message state → the provider's status. The documents don't define the mapping.
local STATUS = {
  accepted = "SENT", sent = "SENT", delivered = "DELIVERED", undelivered = "FAILED", expired = "FAILED", failed = "FAILED_REFUNDED",
  rejected = "FAILED_OPTOUT",
}

-- What is wrong with one message: a code of a send, or only a text.
local function fault_of(item)
  if not fields.number(item.recipientNumber) then return fields.WORDS[fields.BAD_NUMBER], fields.BAD_NUMBER end
  if type(item.message) ~= "string" or not item.message:find("%S") then return fields.WORDS[fields.NO_TEXT], fields.NO_TEXT end
  if not utf8.len(item.message) then return "Message is not UTF-8" end
  if #parts.split(item.message).parts > sending.MAX_PARTS then return "Message is too long" end
end

-- The response without credits is not documented; here it is an `error` within a 200.
local function charge(self, cost)
  if self.owner.creditBalance < cost then return "Insufficient credits" end
  self.owner.creditBalance = self.owner.creditBalance - cost
end

local function leave(self, message)
  if message.deleted then return end
  message.status, message.sent = "SENT", self.state:now()
  self.state:deliver(message)
end

-- Accepts a valid message; returns the reason if the credits are not sufficient.
local function accept(self, item, time)
  local cost = #parts.split(item.message).parts * sending.PRICE
  local problem = charge(self, cost)
  if problem then return nil, problem end
  local to = fields.number(item.recipientNumber)
  local contact = contacts.contact_of(self, to)
  local message = self.store:add("messages", {
    provider = "zoomconnect", type = "OUTBOUND", status = "SCHEDULED", to = to, from = sending.OWN_NUMBER, text = item.message,
    campaign = item.campaign, data_field = item.dataField, cost = cost, count = cost // sending.PRICE, read = false, deleted = false,
    contact = contact and contact.id,
  })
  if time and time > self.state:now() then
    message.scheduled = time
    self.state:at(time, function() leave(self, message) end)
  else
    leave(self, message)
  end
  return message
end

-- A date in the past sends immediately; the documents do not specify it.
local function send_one(self, item, time)
  local words, code = fault_of(item)
  if words then fields.fail(400, words, code) end
  for _, name in ipairs { "campaign", "dataField" } do fields.text(item, name) end
  return accept(self, item, fields.minute(item, "dateToSend") or time)
end

handlers["sms.send"] = function(self, call)
  local message, problem = send_one(self, fields.body(call.request))
  return { messageId = message and message.id or json.null, error = problem or json.null }
end

-- The response is a bare string: the id. Without one, the request is refused.
local function send_by_url(self, call)
  local message, problem = send_one(self, call.query)
  if not message then fields.fail(400, problem) end
  return message.id
end

handlers["sms.send_url_parameters"] = send_by_url
handlers["sms.send_url"] = send_by_url

-- One row of a bulk request: its errors don't affect the others.
local function send_row(self, item, time)
  local ok, message, problem = pcall(send_one, self, item, time)
  if not ok then
    if type(message) ~= "table" then error(message, 0) end
    message, problem = nil, message.message
  end
  return { messageId = message and message.id or json.null, error = problem or json.null }
end

handlers["sms.send_bulk"] = function(self, call)
  local body = fields.body(call.request)
  local items, rows = body.sendSmsRequests, json.array {}
  if type(items) ~= "table" or #items == 0 then fields.fail(400, "sendSmsRequests must be a list that is not empty") end
  local start, pace = fields.minute(body, "defaultDateToSend"), fields.integer(body, "messagesPerMinute", 0) or 0
  for i, item in ipairs(items) do
    if type(item) ~= "table" then fields.fail(400, ("sendSmsRequests[%d] is not an object"):format(i - 1)) end
  end
  for i, item in ipairs(items) do
    local time = start
    if pace > 0 then time = math.max(start or 0, self.state:now()) + (i - 1) * 60 // pace end
    rows[i] = send_row(self, item, time)
  end
  return { sendSmsResponses = rows }
end

--- Updates the status of a message from its state, and refunds its credits where due.
---@return string status  the provider's word
function sending.move(self, message)
  message.status = STATUS[message.state]
  if message.status == "FAILED_REFUNDED" and not message.refunded then
    message.refunded, self.owner.creditBalance = true, self.owner.creditBalance + message.cost
  end
  return message.status
end

--- Cancels a scheduled message when it is deleted, and refunds its credits.
function sending.withdraw(self, message)
  if message.status == "SCHEDULED" and not message.deleted then
    self.owner.creditBalance = self.owner.creditBalance + message.cost
  end
  message.deleted = true
end

return sending
