-- SPDX-License-Identifier: MIT
-- websms' guide and the vendor's pages: which parameters are required, and the limits and values they state. The client is to refuse
-- by itself, naming the argument, and send nothing. Numbers are operations; the arguments changed are those of its first case.

local function numbers(count)
  local list = {}
  for i = 1, count do list[i] = ("4366000%06d"):format(i) end
  return list
end

local required = {
  [1] = "messageContent recipientAddressList", [2] = "messageContent recipientAddressList",
  [3] = "messageContent recipientAddressList", [4] = "messageContent recipientAddressList",
  [5] = "id messageContent recipientAddressList",
}

local refused = {
  { n = 1, names = "recipientAddressList", set = { recipientAddressList = {} }, why = "1 to 1000 entries" },
  { n = 1, names = "recipientAddressList", set = { recipientAddressList = numbers(1001) }, why = "1 to 1000 entries" },
  { n = 1, names = "recipientAddressList", set = { recipientAddressList = { 43660000000001 } }, why = "a Lua number" },
  { n = 1, names = "recipientAddressList", set = { recipientAddressList = { "mum" } }, why = "digits" },
  { n = 1, names = "messageContent", set = { messageContent = { "Hello" } }, why = "a string here" },
  { n = 1, names = "messageContent", set = { messageContent = "" }, why = "required" },
  { n = 1, names = "senderAddressType", set = { senderAddressType = "alpha" }, why = "one of four" },
  { n = 1, names = "contentCategory", set = { contentCategory = "personal" }, why = "only WhatsApp has it" },
  { n = 1, names = "messageType", set = { messageType = "sms" }, why = "default or voice" },
  { n = 1, names = "maxSmsPerMessage", set = { maxSmsPerMessage = -1 }, why = "at least 0" },
  { n = 1, names = "priority", set = { priority = 0 }, why = "1 to 9" },
  { n = 1, names = "priority", set = { priority = 10 }, why = "1 to 9" },
  { n = 1, names = "validityPeriode", set = { validityPeriode = 59 }, why = "60 to 259200 seconds" },
  { n = 1, names = "validityPeriode", set = { validityPeriode = 259201 }, why = "60 to 259200 seconds" },
  { n = 1, names = "test", set = { test = "yes" }, why = "a boolean" },
  { n = 1, names = "method", set = { method = "GET" }, why = "only simple has two verbs" },
  { n = 2, names = "messageContent", set = { messageContent = "5 €" }, why = "Latin-1 can't carry it" },
  { n = 3, names = "messageContent", set = { messageContent = "Hello ♥" }, why = "Latin-1 can't carry it" },
  { n = 3, names = "method", set = { method = "PUT" }, why = "GET or POST" },
  { n = 4, names = "messageContent", set = { messageContent = "BQADzAIBSGVsbG8g" }, why = "an array here" },
  { n = 4, names = "messageContent", set = { messageContent = { "not base64!" } }, why = "base64" },
  { n = 4, names = "messageContent", set = { messageContent = { ("A"):rep(188) } }, why = "141 bytes: more than an SMS holds" },
  { n = 4, names = "messageContent", set = { messageContent = {} }, why = "one element a segment" },
  { n = 4, names = "maxSmsPerMessage", set = { maxSmsPerMessage = 2 }, why = "not on binary" },
  { n = 4, names = "messageType", set = { messageType = "default" }, why = "not on binary" },
  { n = 5, names = "recipientAddressList", set = { recipientAddressList = numbers(1001) }, why = "at most 1000" },
  { n = 5, names = "messageContent", set = { messageContent = "Hi" }, why = "an object here" },
  { n = 5, names = "link", set = { messageContent = { type = "image", image = { link = "ftp://x" } } }, why = "http or https only" },
}

return { required = required, refused = refused }
