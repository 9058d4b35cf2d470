-- SPDX-License-Identifier: MIT
-- Checks the content of a message to the sandboxed websms (text, binary segments or a WhatsApp object) and counts its SMS.

local fields = require "sms.sandbox.websms.fields"
local parts = require "sms.sandbox.parts"
local refuse = fields.refuse

local content = {}

local MAX_OCTETS = 140 -- of one SMS, user data header included (GSM)

--- A text and its number of SMS; `maxSmsPerMessage` 0 means no limit.
---@return string text
---@return integer count
function content.text(call)
  fields.required(call, "messageContent")
  local text = fields.text(call, "messageContent", 4009)
  local most = fields.integer(call, "maxSmsPerMessage", 0, math.maxinteger) or 0
  local count = #parts.split(text).parts
  if most > 0 and count > most then refuse(4026) end
  return text, count
end

-- Length of the user data header of base64 bytes, itself included.
local function header_length(segment)
  local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  local first, second = alphabet:find(segment:sub(1, 1), 1, true) - 1, alphabet:find(segment:sub(2, 2), 1, true) - 1
  return first * 4 + second // 16 + 1
end

--- Bytes as base64 segments: each at most 140 octets; with `userDataHeaderPresent` each holds a whole header.
---@return string segments  joined by blanks, as the inbox shows them
---@return integer count
function content.binary(call)
  local list, with_header = fields.required(call, "messageContent"), fields.flag(call, "userDataHeaderPresent")
  if type(list) ~= "table" or #list == 0 then refuse(4009) end
  for i = 1, #list do
    local length = fields.base64(list[i])
    if not length or length > MAX_OCTETS or with_header and header_length(list[i]) > length then refuse(4027) end
  end
  return table.concat(list, " "), #list
end

local function is_link(value)
  return type(value) == "string" and value:find("^https?://[^%s/]%S*$") ~= nil
end

local MEDIA = { image = true, video = true, audio = true, document = true }

--- WhatsApp's content object.
---@return string shown  text or link
---@return integer count
function content.whatsapp(call)
  local value = fields.required(call, "messageContent")
  local kind = type(value) == "table" and value.type
  local item = type(kind) == "string" and value[kind]
  if type(item) ~= "table" then refuse(4009) end
  if kind == "text" then
    if type(item.body) ~= "string" or item.body == "" then refuse(4009) end
    return item.body, 1
  end
  if not MEDIA[kind] then refuse(4009) end
  if not is_link(item.link) then refuse(4034) end
  return item.link, 1
end

return content
