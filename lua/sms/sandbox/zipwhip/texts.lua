-- SPDX-License-Identifier: MIT
-- Messages and conversations of the sandboxed Zipwhip: sent, received, listed, read, removed.

local content = require "sms.sandbox.zipwhip.content"
local dates = require "sms.dates"
local fields = require "sms.sandbox.zipwhip.fields"
local hooks = require "sms.sandbox.zipwhip.hooks"
local json = require "sms.json"
local contacts = require "sms.sandbox.zipwhip.contacts"

local texts = { handlers = {} }

local MAX_RECIPIENTS = 50

-- Codes returned for numbers with these last digits. With -1 (unknown) the text is sent nevertheless.
local REFUSALS = {
  ["0124"] = { -124, "Unable to Determine Carrier" }, ["0700"] = { -700, "Internal Error" }, ["0704"] = { -704, "Internal Error" },
  ["0801"] = { -801, "Spam Protection" }, ["0855"] = { -855, "Internal Error" },
}
local UNKNOWN = "0999"

-- The older name of a state, still found in the documents.
local TRANSMISSION = { [1] = "ACCEPTED", [2] = "QUEUED", [4] = "DELIVERED", [5] = "ERROR", [6] = "DELIVERED", [7] = "ERROR" }

---------------------------------------------------------------- conversations

-- The conversation with a number or group; created or reopened when there is none.
local function conversation_with(account, peer)
  local found = account.conversations[peer]
  if not found then
    local now = account.state:now()
    found = {
      id = account:next_id("conversation"), fingerprint = tostring(account:next_id("fingerprint")), peer = peer, messages = {},
      created = now, updated = now, version = 0,
    }
    account.conversations[peer], account.by_fingerprint[found.fingerprint] = found, found
    table.insert(account.conversation_list, found)
  end
  found.deleted = false
  return found
end

local function add(account, message)
  local conversation = conversation_with(account, message.peer)
  message.conversation, message.fingerprint = conversation, conversation.fingerprint
  message.contact = contacts.contact(account, message.peer)
  message.id = account:next_id("message")
  table.insert(account.messages, message)
  account.by_id[tostring(message.id)] = message
  table.insert(conversation.messages, message)
  conversation.updated, conversation.version = account.state:now(), conversation.version + 1
  return message
end

local function unread(conversation)
  local count = 0
  for _, message in ipairs(conversation.messages) do
    if message.kind == "MO" and not message.read and not message.deleted then count = count + 1 end
  end
  return count
end

local function show_conversation(account, conversation)
  local last = conversation.messages[#conversation.messages]
  local contact = contacts.contact(account, conversation.peer)
  local shown = fields.shown(conversation.peer)
  return {
    id = conversation.id, fingerprint = conversation.fingerprint, address = "ptn:/" .. shown, cc = json.null, bcc = json.null,
    deviceId = account.device_id, deviceAddress = ("device:/%s/0"):format(fields.shown(account.line)), unreadCount = unread(conversation),
    deleted = conversation.deleted, new = false, version = conversation.version, lastContactId = contact.id,
    lastContactDeviceId = 0, lastContactFirstName = contact.firstName or "", lastContactLastName = contact.lastName or "",
    lastContactMobileNumber = shown, lastMessageBody = last and last.text or "",
    lastMessageDate = last and dates.iso(last.time) or json.null, dateCreated = dates.iso(conversation.created),
    lastUpdated = dates.iso(conversation.updated),
  }
end

---------------------------------------------------------------- sending

local function check_text(account, call, required)
  local text = fields.text(call, "body", { required = required })
  if text and #text > account.max_text_bytes then fields.code(-394, "Invalid Parameter Length: body") end
  return text or ""
end

-- Refuses the whole call if one number can't be sent to.
local function check_numbers(account, numbers)
  for _, number in ipairs(numbers) do
    if account.opted_out[number] then
      fields.code(-1234, ("You cannot send to line opted out numbers: %s !"):format(number))
    end
    local refusal = REFUSALS[number:sub(-4)]
    if refusal then fields.code(refusal[1], refusal[2]) end
  end
end

local function deliver(account, number, text, files)
  local message = add(account, {
    provider = "zipwhip", kind = "ZO", peer = number, to = number, from = account.line, text = text, files = files, read = true,
    time = account.state:now(),
  })
  account.state:deliver(message)
  hooks.message(account, "send", message)
  return message
end

local function deliver_all(account, numbers, text, files)
  local sent, unknown = {}, false
  for i, number in ipairs(numbers) do
    sent[i] = deliver(account, number, text, files)
    unknown = unknown or number:sub(-4) == UNKNOWN
  end
  if unknown then fields.code(-1, "Unknown Error") end
  return sent
end

-- Numbers of the recipients: those given, and the members of groups.
local function recipients(account, list)
  local out = {}
  for _, text in ipairs(list) do
    local group = account.groups[text]
    for _, member in ipairs(group and group.members or {}) do out[#out + 1] = member.number end
    if not group then
      out[#out + 1] = fields.number(text) or fields.code(-703, "Bad argument: not a contact: " .. text)
    end
  end
  if #out > MAX_RECIPIENTS then fields.code(-703, ("Bad argument: %d contacts, the most are %d"):format(#out, MAX_RECIPIENTS)) end
  if #out == 0 then fields.code(-703, "Bad argument: the group has no members") end
  return out
end

local handlers = texts.handlers

handlers["messages.send"] = function(account, call)
  local given = fields.all(call, "contacts", true)
  local text = check_text(account, call, true)
  local numbers = recipients(account, given)
  check_numbers(account, numbers)
  local sent, tokens = deliver_all(account, numbers, text, {}), json.array {}
  for i, message in ipairs(sent) do
    tokens[i] = {
      message = tostring(message.id), fingerprint = message.fingerprint, contact = message.contact.id, device = account.device_id,
    }
  end
  local one = #sent == 1 and sent[1]
  return {
    fingerprint = one and one.fingerprint or json.null, root = tostring(one and one.id or account:next_id("message")), tokens = tokens,
  }
end

handlers["messages.send_media"] = function(account, call)
  local given = fields.all(call, "to", true)
  if #given > 1 then fields.code(-703, "Bad argument: exactly one recipient is taken") end
  local number = fields.phone(call, "to")
  local text = check_text(account, call, false)
  local files = content.of(account, call, text)
  if #files == 0 and text == "" then fields.missing("body") end
  check_numbers(account, { number })
  return { id = deliver_all(account, { number }, text, files)[1].id, status = "queued" }
end

---------------------------------------------------------------- reading back

local function show(account, message)
  local inbound, code = message.kind == "MO", account:code_of(message)
  local peer, line = fields.shown(message.peer), fields.shown(account.line)
  return {
    id = tostring(message.id), uuid = tostring(message.id), body = message.text, bodySize = #message.text, type = message.kind,
    statusCode = code, statusDesc = json.null, transmissionState = { name = TRANSMISSION[code] }, errorState = code == 5 or code == 7,
    isInFinalState = code ~= 1 and code ~= 2, fingerprint = message.fingerprint, address = "ptn:/" .. peer, mobileNumber = peer,
    sourceAddress = inbound and peer or line, destAddress = inbound and line or peer, contactId = message.contact.id,
    deviceId = account.device_id, contactDeviceId = 0, creatorId = 0, parentId = 0, firstName = message.contact.firstName or "",
    lastName = message.contact.lastName or "", isRead = message.read or false, deleted = message.deleted or false,
    visible = not message.deleted, hasAttachment = #message.files > 0, isSelf = false, isParent = false, cc = json.null, bcc = json.null,
    dateCreated = dates.iso(message.time), lastUpdated = dates.iso(message.updated), scheduledDate = json.null, version = 1,
    messageTransport = 5,
  }
end

-- One page of a list, newest first; `total` counts this page, `size` the whole list.
local function page_of(account, call, list, shown)
  local start, limit = fields.integer(call, "start", 0), fields.integer(call, "limit", 30, 1)
  local there, out = {}, json.array {}
  for i = #list, 1, -1 do
    if not list[i].deleted then there[#there + 1] = list[i] end
  end
  for i = start + 1, math.min(start + limit, #there) do out[#out + 1] = shown(account, there[i]) end
  return out, { total = #out, size = #there }
end

handlers["messages.get"] = function(account, call)
  local id = fields.text(call, "id") or fields.text(call, "uuid") or fields.missing("id")
  return show(account, account:message(id))
end

handlers["messages.list"] = function(account, call)
  return page_of(account, call, account.messages, show)
end

local function mark_read(account, message)
  if message.kind ~= "MO" or message.read then return end
  message.read, message.read_at = true, account.state:now()
  hooks.message(account, "read", message)
end

local function remove(account, message)
  if message.deleted then return end
  message.deleted, message.deleted_at = true, account.state:now()
  hooks.message(account, "delete", message)
end

-- Finds all messages that a call names before changing any of them.
local function named(account, call)
  local out = {}
  for i, id in ipairs(fields.all(call, "message", true)) do out[i] = account:message(id) end
  return out
end

handlers["messages.mark_read"] = function(account, call)
  for _, message in ipairs(named(account, call)) do mark_read(account, message) end
  return false
end

handlers["messages.delete"] = function(account, call)
  for _, message in ipairs(named(account, call)) do remove(account, message) end
  return json.null
end

local function conversation_of(account, call)
  local fingerprint = fields.text(call, "fingerprint", { required = true })
  local found = account.by_fingerprint[fingerprint]
  if not found or found.deleted then fields.refuse("Conversation not found: " .. fingerprint) end
  return found
end

handlers["conversations.list"] = function(account, call)
  table.sort(account.conversation_list, function(a, b)
    if a.updated ~= b.updated then return a.updated < b.updated end
    return a.id < b.id
  end)
  return page_of(account, call, account.conversation_list, show_conversation)
end

handlers["conversations.get"] = function(account, call)
  local conversation = conversation_of(account, call)
  local messages = page_of(account, call, conversation.messages, show)
  return { conversation = show_conversation(account, conversation), messages = #messages > 0 and messages or json.null }
end

handlers["conversations.mark_read"] = function(account, call)
  for _, message in ipairs(conversation_of(account, call).messages) do mark_read(account, message) end
  return json.null
end

handlers["conversations.delete"] = function(account, call)
  local conversation = conversation_of(account, call)
  for _, message in ipairs(conversation.messages) do remove(account, message) end
  conversation.deleted = true
  return true
end

---------------------------------------------------------------- inbound

--- Receives an inbound text. One longer than a message arrives as a text file; STOP and UNSTOP opt out and in.
---@param account table
---@param number string  E.164
---@param text string
---@return table message
function texts.receive(account, number, text)
  local long = #text > account.max_text_bytes
  local files = long and { content.keep(account, { name = "message.txt", type = "text/plain", data = text }) } or {}
  local now = account.state:now()
  local message = add(account, {
    kind = "MO", peer = number, to = account.line, from = number, text = long and "" or text, files = files, read = false, time = now,
    updated = now, state = "received", provider = "zipwhip",
  })
  account.state:received(message)
  hooks.message(account, "receive", message)
  local keyword = text:match("^%s*(%a+)%s*$")
  keyword = keyword and keyword:upper()
  if keyword == "STOP" or keyword == "UNSTOP" then
    account.opted_out[number] = keyword == "STOP" or nil
    hooks.optout(account, number, keyword)
  end
  return message
end

return texts
