-- SPDX-License-Identifier: MIT
-- The fast single of the sandboxed MessageWhiz (`POST /sms`): other credentials, other errors, no envelope.

local fields = require "sms.sandbox.messagewhiz.fields"

local messages = {}

-- Messages as documented.
local TEXT_LONG = "text must be shorter than or equal to 100000 characters"
local TEXT_SHORT = "text must be longer than or equal to 1 characters"
local TEXT_EMPTY = "text should not be empty"
local BAD_TO = "The recipient number entered is invalid. Please ensure that the number is between 10 and 15 digits in length."
local BAD_FROM = "Sender must not exceed 11 letters (latin alphabet or special symbols “'._-+&{space}” are allowed) or 20 numbers."

local function check_text(text, problems)
  if type(text) ~= "string" then
    table.insert(problems, TEXT_LONG)
    table.insert(problems, TEXT_SHORT)
    table.insert(problems, TEXT_EMPTY)
  elseif text == "" then
    table.insert(problems, TEXT_SHORT)
    table.insert(problems, TEXT_EMPTY)
  elseif (utf8.len(text) or #text) > 100000 then
    table.insert(problems, TEXT_LONG)
  end
end

local function is_sender(from)
  if math.type(from) == "integer" then from = ("%d"):format(from) end
  if type(from) ~= "string" or from == "" then return false end
  return (from:find("^%d+$") and #from <= 20) or (from:find("^[%w'._%-+& ]+$") ~= nil and #from <= 11)
end

local function check(body)
  local problems = {}
  check_text(body.text, problems)
  local to = fields.phone(body.to)
  if not to or #to < 10 then table.insert(problems, BAD_TO) end
  if not is_sender(body.from) then table.insert(problems, BAD_FROM) end
  local ref, callback = body.client_ref, body.callback
  if ref ~= nil and (type(ref) ~= "string" or (utf8.len(ref) or #ref) > 160) then
    table.insert(problems, "client_ref must be shorter than or equal to 160 characters")
  end
  if callback ~= nil and not (type(callback) == "string" and callback:find("^https?://[^%s/]")) then
    table.insert(problems, "callback must be a URL address")
  end
  return problems, to
end

-- Links are shortened only if a callback can report clicks. Punctuation at the end of a sentence is not part of a link.
local function shorten_links(account, base, message, text)
  return (text:gsub("https?://%S+", function(found)
    local size = #found - #found:reverse():match("^[.,;:!?)\"']*")
    local url, rest = found:sub(1, size), found:sub(size + 1)
    return account.short_links:link(base, { url = url, to = message.to, message = message }).address .. rest
  end))
end

messages["messages.send"] = function(account, call)
  local body = call.body
  local problems, to = check(body)
  if problems[1] then error({ status = 400, list = problems }, 0) end
  local message = {
    provider = "messagewhiz", id = account.state.random:word(21), to = to, from = tostring(body.from), text = body.text,
    client_ref = body.client_ref, callback = body.callback, fast = true,
  }
  if message.callback then message.text = shorten_links(account, call.base, message, body.text) end
  account.state:deliver(message)
  return { message_id = message.id, client_ref = message.client_ref }
end

return messages
