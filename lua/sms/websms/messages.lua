-- SPDX-License-Identifier: MIT
-- websms messages as facts: texts and binary SMS in JSON, and the simple endpoint, which speaks forms in Latin-1.
-- There is no look-up: delivery reports have the outcome of a message.

return {
  "Messages to one or more numbers in one call.",
  send_text = {
    "POST /smsmessaging/text", "Send a text.", result = "websms.Sent", send = true,
    source = "Messaging API: Authentication, Requests / Responses",
    body = {
      recipientAddressList = "websms.Recipients", messageContent = "websms.Text", maxSmsPerMessage = "websms.MaxSms?",
      messageType = "websms.MessageType?", senderAddress = "string?", senderAddressType = "websms.AddressType?",
      sendAsFlashSms = "boolean?", notificationCallbackUrl = "sms.Url?", clientMessageId = "string?",
      contentCategory = "websms.Category?", priority = "websms.Priority?", test = "boolean?", validityPeriode = "websms.Validity?",
    },
  },
  send_binary = {
    "POST /smsmessaging/binary", "Send binary data, one base64 string per segment.", result = "websms.Sent", send = true,
    source = "public: developer.websms.com",
    body = {
      recipientAddressList = "websms.Recipients", messageContent = "websms.Segments", userDataHeaderPresent = "boolean?",
      senderAddress = "string?", senderAddressType = "websms.AddressType?",
      sendAsFlashSms = "boolean?", notificationCallbackUrl = "sms.Url?", clientMessageId = "string?",
      contentCategory = "websms.Category?", priority = "websms.Priority?", test = "boolean?", validityPeriode = "websms.Validity?",
    },
  },
  send_simple = {
    "POST|GET /smsmessaging/simple", "Send a text in Latin-1 (no €), as a form or in the query.", result = "websms.Sent", send = true,
    source = "Messaging API: Requests / Responses", charset = "latin1", response = "urlencoded", accept = "*/*",
    form = {
      recipientAddressList = "websms.Recipients", messageContent = "websms.Text", maxSmsPerMessage = "websms.MaxSms?",
      messageType = "websms.MessageType?", senderAddress = "string?", senderAddressType = "websms.AddressType?",
      sendAsFlashSms = "boolean?", notificationCallbackUrl = "sms.Url?", clientMessageId = "string?",
      contentCategory = "websms.Category?", priority = "websms.Priority?", test = "boolean?", validityPeriode = "websms.Validity?",
    },
  },
}
