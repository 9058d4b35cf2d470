-- SPDX-License-Identifier: MIT
-- Zipwhip messages as facts: two ways to send with their own names and answers, and what is done to messages that are there.

return {
  "Messages that the line sent or received, text and media.",
  send = {
    "POST /message/send", "Send a text to one recipient or to up to 50.", result = "zipwhip.Sent", send = true, hook = "text_limit",
    source = "Message Send Status Codes",
    form = {
      contacts = "zipwhip.Contact|zipwhip.Contacts", body = "zipwhip.Text", fromName = "string?", fromAddress = "string?",
      advertisement = "string?", scheduledDate = "string?", attachment = "string|string[]?",
    },
  },
  send_media = {
    "POST /messaging/send", "Send a text, up to two files, or both to one recipient; with a file it is billed as MMS.",
    result = "zipwhip.Queued", send = true, hook = "media_limits", source = "File Attachments",
    multipart = { to = "zipwhip.Number", body = "zipwhip.Text?", files = "sms.File[]?", key = "string?" },
    wire = { files = "file" }, any_of = { { "body", "files", "key" } },
  },
  get = {
    "POST /message/get", "One message with its delivery status.", result = "zipwhip.Message", repeatable = true,
    source = "Message Delivery Status Codes",
    form = { id = "sms.Id" },
  },
  list = {
    "POST /message/list", "One page of messages, newest first.", result = "zipwhip.Message[]", pages = "offset", repeatable = true,
    source = "Message Delivery Status Codes",
    form = { limit = "zipwhip.Limit?", start = "zipwhip.Start?" },
  },
  mark_read = {
    "POST /message/read", "Mark messages as read.", result = "boolean", repeatable = true, source = "message (public clients)",
    form = { message = "sms.Id|zipwhip.Ids" },
  },
  delete = {
    "POST /message/delete", "Remove messages.", result = "boolean", repeatable = true, source = "message (public clients)",
    form = { message = "sms.Id|zipwhip.Ids" },
  },
}
