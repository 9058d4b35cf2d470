-- SPDX-License-Identifier: MIT
-- Callbacks of the sandboxed websms: delivery reports to a message's own URL, inbound messages and WhatsApp notifications to the
-- webhook that represents the portal's forwarding rule.

local dates = require "sms.sandbox.messagewhiz.dates"
local json = require "sms.json"

local reports = {}

-- State of a message in the sandbox → deliveryReportMessageStatus.
local STATES = {
  sent = "accepted", delivered = "delivered", undelivered = "undelivered", expired = "expired", rejected = "rejected", failed = "deleted",
}
-- The same as Meta's status.
local WHATSAPP = { sent = "sent", delivered = "delivered" }

local SUMMER_TIME = 7200

-- Vienna in summer: an offset other than zero, as in the recorded reports.
local function iso(time)
  return dates.written("%Y-%m-%dT%H:%M:%S.000+02:00", time + SUMMER_TIME)
end

local function notification_id(account)
  return account.state.random:hex(20)
end

local function address_type(address)
  if address:find("^0") then return "national" end
  return #address <= 6 and "shortcode" or "international"
end

local function post(account, url, value, message)
  account.state:post(url, assert(json.encode(value)), "websms", { message })
end

local function report(account, message)
  local state = STATES[message.state]
  post(account, message.callback, {
    messageType = "deliveryReport", notificationId = notification_id(account), transferId = message.id, senderAddress = message.from,
    recipientAddress = message.to, recipientAddressType = "international", deliveryReportMessageStatus = state,
    sentOn = iso(message.time), deliveredOn = state == "delivered" and iso(message.updated) or json.null,
    deliveredAs = message.voice and "voice" or "sms", clientMessageId = message.reference or json.null,
  }, message)
end

local function whatsapp_report(account, message)
  local status = {
    id = "wamid." .. message.id, status = WHATSAPP[message.state] or "failed", timestamp = ("%d"):format(message.updated // 1),
    recipient_id = message.to,
  }
  post(account, account.webhook, {
    customerChannelUuid = message.channel, sender = message.from, recipient = message.to, type = "whatsapp", transferId = message.id,
    whatsappNotification = {
      object = "whatsapp_business_account", entry = { { changes = { { field = "messages", value = { statuses = { status } } } } } },
    },
  }, message)
end

--- Queues a callback for each message whose state has changed.
---@param account table
---@param messages table[]
function reports.report(account, messages)
  for _, message in ipairs(messages) do
    if message.channel and account.webhook then
      whatsapp_report(account, message)
    elseif message.callback then
      report(account, message)
    end
  end
end

local function inbound_fields(body)
  for _, name in ipairs { "from", "to" } do
    if type(body[name]) ~= "string" or not body[name]:find("^%+?%d+$") then return nil, name .. " must be digits in a string" end
  end
  if body.binary == nil and type(body.text) ~= "string" then return nil, "text must be a string" end
  if body.binary ~= nil and type(body.binary) ~= "table" then return nil, "binary must be a list of base64 strings" end
  return (body.from:gsub("^%+", "")), (body.to:gsub("^%+", ""))
end

--- Queues the callback of an inbound text.
---@param account table
---@param body { from: string, to: string, text: string?, binary: string[]? }
---@param quiet? boolean  fine without a webhook: nothing is posted
---@return string? problem
---@return table? message
function reports.inbound(account, body, quiet)
  local from, to = inbound_fields(body)
  if not from then return to end
  if not account.webhook and not quiet then return "no webhook is set: POST /websms/_sandbox/webhook first" end
  local message = { provider = "websms", from = from, to = to, text = body.text or table.concat(body.binary), parts = body.binary }
  account.state:received(message)
  if not account.webhook then return nil, message end
  local notification = {
    messageType = body.binary and "binary" or "text", notificationId = notification_id(account), messageFlashSms = false,
    senderAddress = from, senderAddressType = "international", recipientAddress = to, recipientAddressType = address_type(to),
    textMessageContent = not body.binary and body.text or nil,
  }
  if body.binary then
    notification.userDataHeaderPresent, notification.binaryMessageContent = body.userDataHeaderPresent == true, json.array(body.binary)
  end
  post(account, account.webhook, notification, message)
  return nil, message
end

return reports
