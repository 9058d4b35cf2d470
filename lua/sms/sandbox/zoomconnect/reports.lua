-- SPDX-License-Identifier: MIT
-- Callbacks of the sandboxed ZoomConnect: delivery reports and replies, in the form the guide shows (POST with everything in the
-- query, a raw plus before the number), as a form, or as JSON, as in public captures; and their control pages.

local json = require "sms.json"
local url = require "sms.url"
local dates = require "sms.sandbox.zoomconnect.dates"
local fields = require "sms.sandbox.zoomconnect.fields"
local contacts = require "sms.sandbox.zoomconnect.contacts"
local sending = require "sms.sandbox.zoomconnect.sending"

local reports = {}

local FORM = "application/x-www-form-urlencoded"

-- The guide's own order.
local ORDER = { "from", "repliedToMessageId", "status", "messageId", "message", "date", "campaign", "dataField" }

local function encoded(values)
  local list = {}
  for _, name in ipairs(ORDER) do
    if values[name] then list[#list + 1] = { name, values[name] } end
  end
  return url.encode_pairs(list)
end

local writers = {}

function writers.query(address, values)
  local pairs_text = encoded(values):gsub("^from=%%2B", "from=+")
  return address .. (address:find("?", 1, true) and "&" or "?") .. pairs_text, "", FORM
end

function writers.form(address, values)
  return address, encoded(values), FORM
end

function writers.json(address, values)
  return address, assert(json.encode(values)), "application/json"
end

local function post(self, address, values, message)
  local target, body, kind = writers[self.callback_format](address, values)
  self.state:queue({ url = target, body = body, headers = { ["content-type"] = kind } }, "zoomconnect", { message })
end

local function report_values(message)
  return { status = message.status, messageId = message.id, campaign = message.campaign, dataField = message.data_field }
end

--- Updates messages whose state has changed, and posts a report for each that is past `sent`. Called twice, it posts
--- twice.
---@param messages table[]
function reports.report(self, messages)
  for _, message in ipairs(messages) do
    local status = sending.move(self, message)
    if status ~= "SENT" and self.webhook then post(self, self.webhook, report_values(message), message) end
  end
end

--- Posts the report of a voice message to its own URL.
function reports.voice(self, message)
  if self.voice_webhook then post(self, self.voice_webhook, report_values(message)) end
end

---------------------------------------------------------------- control pages

local pages = {}
reports.pages = pages

local function is_address(value)
  return value == nil or type(value) == "string" and value:find("^https?://[^%s/?#]") ~= nil
end

-- The URLs of the provider's developer settings; a URL that is not given is disabled.
pages["POST /_sandbox/webhook"] = function(self, body)
  for _, name in ipairs { "url", "replies", "voice" } do
    if not is_address(body[name]) then return 400, { error = name .. " must be an http address, or absent to stop" } end
  end
  local format = body.format or "query"
  if not writers[format] then return 400, { error = "format must be query, form or json" } end
  self.webhook, self.reply_webhook, self.voice_webhook, self.callback_format = body.url, body.replies, body.voice, format
  return 200, {
    url = body.url or json.null, replies = body.replies or json.null, voice = body.voice or json.null, format = format,
  }
end

-- The newest message to a number.
local function last_to(self, number)
  local order = self.store.messages.order
  for i = #order, 1, -1 do
    if order[i].type == "OUTBOUND" and order[i].sent and order[i].to == number then return order[i] end
  end
end

local function receive(self, from, text, original)
  local contact = contacts.contact_of(self, from)
  local reply = self.store:add("messages", {
    provider = "zoomconnect", type = "INBOUND", from = from, to = sending.OWN_NUMBER, text = text, cost = 0, count = 1,
    read = false, deleted = false,
    received = self.state:now(), replied_to = original and original.id, campaign = original and original.campaign,
    data_field = original and original.data_field, contact = contact and contact.id,
  })
  self.state:received(reply)
  return reply
end

-- A reply: `{ from, text, messageId? }`; without messageId it replies to the newest message to that number.
pages["POST /_sandbox/reply"] = function(self, body)
  local from = fields.number(body.from)
  if not from then return 400, { error = "from must be a phone number in a string" } end
  if type(body.text) ~= "string" or not utf8.len(body.text) then return 400, { error = "text must be a string" } end
  local original = last_to(self, from)
  if body.messageId ~= nil then
    local by_id = self.store.messages.by_id
    original = by_id[body.messageId] or by_id[math.tointeger(tonumber(body.messageId))]
    if not original then return 400, { error = "messageId names no message" } end
  end
  local reply = receive(self, from, body.text, original)
  if self.reply_webhook then
    post(self, self.reply_webhook, {
      from = from, repliedToMessageId = reply.replied_to, messageId = reply.id, message = reply.text,
      date = dates.minute(reply.received), campaign = reply.campaign, dataField = reply.data_field,
    }, reply)
  end
  return 200, { messageId = reply.id }
end

-- Members of groups: no operation of the provider lists them.
pages["GET /_sandbox/groups"] = function(self)
  return 200, contacts.members(self)
end

return reports
