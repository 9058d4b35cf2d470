-- SPDX-License-Identifier: MIT
-- Types of websms: limits that its documents state for fields, and the shape of its response. Field names keep the wire's
-- spelling, `validityPeriode` included.

return {
  aliases = {
    ["websms.Msisdn"] = {
      "string",
      "A phone number in international format, in a string; plus sign, leading 00, spaces and dashes are removed.",
      phone = true, as = "msisdn",
    },
    ["websms.Recipients"] = {
      "websms.Msisdn[]", "The numbers to send to, 1 to 1000 of them.", min = 1, max = 1000, what = "a list of 1 to 1000 numbers",
    },
    ["websms.Text"] = { "string", "A text, not empty.", min = 1, what = "a non-empty text" },
    ["websms.Segment"] = {
      "string", "The bytes of one SMS, at most 140, in base64 with padding; sent as given.",
      patterns = { { "^[A-Za-z0-9+/]+$", max = 186 }, { "^[A-Za-z0-9+/]+==?$", max = 188 } }, what = "base64 text of at most 140 bytes",
    },
    ["websms.Segments"] = {
      "websms.Segment[]", "The segments of a binary message, one for each SMS.", min = 1, what = "a list of at least one segment",
    },
    ["websms.MaxSms"] = { "integer", "Maximum number of segments; 0: no limit.", min = 0 },
    ["websms.MessageType"] = { "'default'|'voice'", "A text message, or a voice call that reads the text out." },
    ["websms.AddressType"] = {
      "'national'|'international'|'alphanumeric'|'shortcode'", "Type of the sender address.",
    },
    ["websms.Category"] = { "'informational'|'advertisement'", "Category of the message; default: the account's setting." },
    ["websms.WhatsappCategory"] = {
      "'informational'|'advertisement'|'personal'", "Category of the message; default: the account's setting.",
    },
    ["websms.Priority"] = { "integer", "A priority from 1 to 9, up to the account's limit.", min = 1, max = 9 },
    ["websms.Validity"] = {
      "integer", "Validity period in seconds, 60 to 259200.", min = 60, max = 259200, what = "60 to 259200 seconds",
    },
    ["websms.Channel"] = {
      "string", "The UUID of a WhatsApp channel.", patterns = { { "^%x+%-%x+%-%x+%-%x+%-%x+$", min = 36, max = 36 } }, what = "a UUID",
    },
    ["websms.WhatsappType"] = { "'text'|'image'|'video'|'audio'|'document'", "Type of a WhatsApp message." },
  },
  classes = {
    ["websms.Sent"] = {
      "An accepted message: `statusCode` is 2000 (sent), 2001 (queued) or 2002 (test); `smsCount` is absent with WhatsApp.",
      statusCode = "integer", statusMessage = "string", transferId = "string?", clientMessageId = "string?", smsCount = "integer?",
    },
    ["websms.WhatsappContent"] = {
      "A WhatsApp message: the field that `type` names holds the content.", type = "websms.WhatsappType",
      text = "websms.WhatsappText?", image = "websms.WhatsappMedia?", video = "websms.WhatsappMedia?", audio = "websms.WhatsappMedia?",
      document = "websms.WhatsappDocument?",
    },
    ["websms.WhatsappText"] = { "The text of a WhatsApp message.", body = "string" },
    ["websms.WhatsappMedia"] = { "URL of an image, video or audio file.", link = "sms.Url", caption = "string?" },
    ["websms.WhatsappDocument"] = { "URL of a document.", link = "sms.Url", caption = "string?", filename = "string?" },
  },
}
