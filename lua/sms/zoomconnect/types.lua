-- SPDX-License-Identifier: MIT
-- ZoomConnect's own types: what arguments may be, and the shape of every documented response.
-- Dates are texts in three styles; fields of a response that are not listed here are returned unchanged.

return {
  aliases = {
    ["zoomconnect.Text"] = {
      "string", "The text of a message; the provider refuses an empty one (code 3).", min = 1, what = "a non-empty text",
    },
    ["zoomconnect.SendDate"] = {
      "string|number|table",
      "When to send: a text `yyyyMMddHHmm` goes as given, in the provider's time zone, which no document states (UTC+2 is likely); "
        .. "seconds since 1970 are written in the zone of the client's option `utc_offset`, 120 minutes east of UTC unless it is set, "
        .. "the fields of a table like that of `os.date(\"*t\")` as they are.",
      as = "date", format = "%Y%m%d%H%M", utc_offset = 120, step = 60,
    },
    ["zoomconnect.FilterDate"] = {
      "string|number|table", "A day: a text `yyyyMMdd` goes as given, seconds since 1970 and tables as in `zoomconnect.SendDate`.",
      as = "date", format = "%Y%m%d", utc_offset = 120,
    },
    ["zoomconnect.ReportDate"] = {
      "string|number|table", "A day: a text `dd-MM-yyyy` goes as given, seconds since 1970 and tables as in `zoomconnect.SendDate`.",
      as = "date", format = "%d-%m-%Y", utc_offset = 120,
    },
    ["zoomconnect.Page"] = { "integer", "Number of the page, from 1 on; 1 when not given.", min = 1 },
    ["zoomconnect.PageSize"] = { "integer", "How many items a page holds; 100 when not given.", min = 1 },
    ["zoomconnect.SmsList"] = { "zoomconnect.Sms[]", "The messages of a bulk.", min = 1, what = "a list of at least one message" },
    ["zoomconnect.MessageType"] = { "'OUTBOUND'|'INBOUND'", "Direction of a message." },
    ["zoomconnect.MessageState"] = {
      "'SCHEDULED'|'SENT'|'DELIVERED'|'FAILED'|'FAILED_REFUNDED'|'FAILED_OPTOUT'|'UNKNOWN'", "The outcome of a message.",
    },
    ["zoomconnect.UrlToken"] = {
      "string", "The URL sending token of the developer settings page, which is not the REST token.", min = 1,
      what = "the URL sending token, in a string",
    },
    ["zoomconnect.PerMinute"] = { "integer", "How many messages of a bulk are sent a minute; 0 means all at once.", min = 0 },
    ["zoomconnect.RetryCount"] = { "integer", "How often an unanswered call is tried again, at most 4 times.", min = 1, max = 4 },
    ["zoomconnect.RetryInterval"] = {
      "integer", "Minutes between two attempts, one of 1, 2, 5, 10, 20, 30 minutes and 1, 2, 4, 8, 16, 24 hours.", min = 1, max = 1440,
    },
  },
  classes = {
    ["zoomconnect.Link"] = { "A link to a related thing.", rel = "string?", href = "string?", templated = "boolean?" },
    ["zoomconnect.Account"] = { "What the account has.", creditBalance = "number", links = "zoomconnect.Link[]?" },
    ["zoomconnect.User"] = {
      "A user of the team.", userId = "integer", emailAddress = "string", firstName = "string?", lastName = "string?",
      contactNumber = "sms.Msisdn?", company = "string?", password = "string?", creditBalance = "number?",
    },
    ["zoomconnect.Statistics"] = {
      "Counts of messages, or of credits when asked with `calculateCreditValue`.", from = "string?", to = "string?",
      showingCreditValue = "boolean?", grandTotal = "zoomconnect.Counts?", users = "zoomconnect.UserStatistics[]?",
    },
    ["zoomconnect.UserStatistics"] = {
      "Counts of one user.", user = "zoomconnect.User?", total = "zoomconnect.Counts?", campaigns = "zoomconnect.CampaignStatistics[]?",
    },
    ["zoomconnect.CampaignStatistics"] = { "Counts of one campaign.", campaign = "string?", statistics = "zoomconnect.Counts?" },
    ["zoomconnect.Counts"] = {
      "Numbers of messages, or of credits.", total = "number?", sent = "number?", delivered = "number?", failed = "number?",
      failedRefunded = "number?", failedOptout = "number?",
    },

    ["zoomconnect.Sms"] = {
      "One message of a bulk.", recipientNumber = "sms.Msisdn", message = "zoomconnect.Text", campaign = "string?",
      dateToSend = "zoomconnect.SendDate?", dataField = "string?",
    },
    ["zoomconnect.Sent"] = {
      "The outcome of one message of a request; with a bulk, one that was refused has `error` and no `messageId`.",
      messageId = "string?", error = "string?",
    },

    ["zoomconnect.Contact"] = {
      "A contact.", contactId = "string", firstName = "string?", lastName = "string?", contactNumber = "sms.Msisdn?", title = "string?",
      links = "zoomconnect.Link[]?",
    },
    ["zoomconnect.Group"] = { "A group of contacts.", groupId = "string", name = "string", links = "zoomconnect.Link[]?" },

    ["zoomconnect.Message"] = {
      "A message that was sent or received; `userDataField` is the `dataField` it was sent with.", messageId = "string",
      messageType = "string?", messageStatus = "string?", message = "string?", fromNumber = "sms.Msisdn?", toNumber = "sms.Msisdn?",
      campaign = "string?", userDataField = "string?", creditCost = "number?", numberOfMessages = "integer?",
      dateTimeScheduled = "string?", dateTimeSent = "string?", dateTimeReceived = "string?", read = "boolean?", deleted = "boolean?",
      contact = "zoomconnect.ContactLink?", repliedToMessage = "zoomconnect.MessageLink?", links = "zoomconnect.Link[]?",
    },
    ["zoomconnect.ContactLink"] = { "Which contact a message is of.", contactId = "string?", links = "zoomconnect.Link[]?" },
    ["zoomconnect.MessageLink"] = { "Which message a reply is to.", messageId = "string?", links = "zoomconnect.Link[]?" },
    ["zoomconnect.Analysis"] = {
      "What a text takes to send.", messageEncoding = "string?", messageLength = "integer?", numberOfMessages = "integer?",
      messageCreditCost = "number?", messageLengthWithinMaximumAllowed = "boolean?", characterAnalysis = "table[]?",
    },

    ["zoomconnect.Template"] = {
      "A message template; its text is in `data`.", templateId = "integer", name = "string?", data = "string?",
      links = "zoomconnect.Link[]?",
    },

    ["zoomconnect.VoiceSent"] = { "The outcome of a voice message that was submitted.", voiceMessageId = "string", error = "string?" },
    ["zoomconnect.VoiceMessage"] = {
      "A voice message.", voiceMessageId = "string", toNumber = "sms.Msisdn?", message = "string?", messageStatus = "string?",
      language = "string?", audioFileUrl = "string?", campaign = "string?", userDataField = "string?", dateTimeSent = "string?",
      deleted = "boolean?", links = "zoomconnect.Link[]?",
    },
  },
}
