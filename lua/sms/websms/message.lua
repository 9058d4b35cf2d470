-- SPDX-License-Identifier: MIT
-- How a message of the message API becomes a websms call: always `messages:send_text`, for one number or up to 1000.

local core = require "sms.core"
local json = require "sms.json"

local mapping = {
  capabilities = {
    to = { max = 1000 }, text = { min = 1, unit = "characters" }, from = true, reference = true, flash = true, callback = true, test = true,
    category = { values = { "informational", "advertisement" } }, priority = { min = 1, max = 9 }, max_segments = { min = 0 },
    validity = { min = 60, max = 259200 },
  },
  --- Maximum numbers in a call.
  bulk_max = 1000,
  --- A call has one clientMessageId for all its recipients.
  shared_reference = true,
}

-- Field of a message → field of the call.
local FIELDS = {
  text = "messageContent", from = "senderAddress", flash = "sendAsFlashSms", callback = "notificationCallbackUrl",
  reference = "clientMessageId", category = "contentCategory", priority = "priority", test = "test", validity = "validityPeriode",
  max_segments = "maxSmsPerMessage",
}
local NAMES = {}
for name in pairs(FIELDS) do NAMES[#NAMES + 1] = name end
table.sort(NAMES)

--- Message fields by argument name, where they differ.
mapping.fields = { recipientAddressList = "to", senderAddressType = "from" }
for name, wire in pairs(FIELDS) do mapping.fields[wire] = name end

-- The sender in the provider's format, and its address type if that is evident: digits alone may be a national number or a short code
-- of the account.
local function sender(from)
  if from:find("[^%d+]") then return from, "alphanumeric" end
  local international = from:match("^%+(%d+)$")
  if international then return international, "international" end
  return from
end

local function arguments(message, numbers)
  local args = { recipientAddressList = numbers }
  for name, wire in pairs(FIELDS) do args[wire] = message[name] end
  if message.from then args.senderAddress, args.senderAddressType = sender(message.from) end
  return args
end

--- Returns the call for a message.
---@param message table
---@return string operation
---@return table args
function mapping.plan(message)
  return "messages:send_text", arguments(message, type(message.to) == "table" and message.to or { message.to })
end

-- smsCount is the sum over all recipients; 0 (a test) says nothing about the text.
local function segments(result, recipients)
  local count = math.type(result.smsCount) == "integer" and result.smsCount or 0
  if count <= 0 or count % recipients ~= 0 then return nil end
  return count // recipients
end

local function receipt(result, recipients)
  return {
    id = result.transferId, reference = result.clientMessageId, status = core.status("websms", "send", result.statusCode).state,
    segments = segments(result, recipients),
  }
end

--- The receipt of an accepted message.
---@param result table   the response
---@param message table
---@return table receipt `{ id, reference?, status, segments? }`
function mapping.receipt(result, message)
  return receipt(result, type(message.to) == "table" and #message.to or 1)
end

--- Messages with equal keys may share a call. Lists and messages with a reference (which identifies one request) are sent alone.
---@param message table
---@return string? key
function mapping.bulk_key(message)
  if type(message.to) ~= "string" or message.reference ~= nil then return nil end
  local key = {}
  for _, name in ipairs(NAMES) do
    if message[name] ~= nil then key[#key + 1] = ("%s=%q"):format(name, tostring(message[name])) end
  end
  return table.concat(key, ",")
end

--- Returns the call for messages of one key.
---@param messages table[]
---@return string operation
---@return table args
function mapping.bulk(messages)
  local numbers = {}
  for i, message in ipairs(messages) do numbers[i] = message.to end
  return "messages:send_text", arguments(messages[1], numbers)
end

--- Returns the call for plain messages of one key, with its body as text.
---@param chunk table  see `sms.bulk.chunk`
---@return string operation
---@return string? body
function mapping.bulk_body(chunk)
  if chunk.callback then return "messages:send_text", nil end -- a URL, which the operation has to check
  local numbers = core.json_rows(chunk.n, nil, { chunk.to }, true)
  local rest = numbers and json.encode(arguments(chunk:message(1)))
  return "messages:send_text", rest and ('{"recipientAddressList":%s,%s'):format(numbers, rest:sub(2))
end

--- The fields of the messages that shared a call, which are the same for all.
---@param result table
---@param count integer
---@return table fields
---@return table<string, table> columns
function mapping.bulk_shares(result, count)
  return receipt(result, count), {}
end

local INVALID_RECIPIENT = 4002

--- Whether a call was refused because of some of its numbers, so that the others may be sent without them. An invalid text or sender
--- affects all.
---@param err sms.Error
---@return boolean
function mapping.bulk_alone(err)
  return err.code == INVALID_RECIPIENT
end

--- The receipts of one accepted call: they share its transferId.
---@param result table
---@param messages table[]
---@return table[] receipts
function mapping.bulk_receipts(result, messages)
  local out = {}
  for i = 1, #messages do out[i] = receipt(result, #messages) end
  return out
end

return mapping
