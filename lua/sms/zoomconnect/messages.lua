-- SPDX-License-Identifier: MIT
-- ZoomConnect's messages as facts: what was sent and received, and what a text would take to send. `analyse` and the like are
-- POSTed reads; all but `analyse` answer a bare JSON value.

return {
  "Messages that were sent or received, and the analysis of a text before it is sent.",
  list = {
    "GET /api/rest/v1/messages/all", "One page of messages; the response's page tells how many there are.",
    result = "zoomconnect.Message[]", unwrap = "webServiceMessages", pages = "page", source = "Messages",
    query = {
      page = "zoomconnect.Page?", pageSize = "zoomconnect.PageSize?", type = "zoomconnect.MessageType?",
      status = "zoomconnect.MessageState?", fromDateTimeSent = "zoomconnect.FilterDate?", toDateTimeSent = "zoomconnect.FilterDate?",
      fromDateTimeReceived = "zoomconnect.FilterDate?", toDateTimeReceived = "zoomconnect.FilterDate?", fromNumber = "sms.Msisdn?",
      toNumber = "sms.Msisdn?", message = "string?", campaign = "string?", dataField = "string?", deleted = "boolean?",
      read = "boolean?", repliesToMessageId = "sms.Id?",
    },
  },
  get = {
    "GET /api/rest/v1/messages/{id}", "One message.", result = "zoomconnect.Message", source = "Messages",
  },
  delete = {
    "DELETE /api/rest/v1/messages/{id}", "Delete a message.", result = "true", response = "scalar", source = "Messages",
  },
  mark_read = {
    "PUT|POST /api/rest/v1/messages/{id}/markRead", "Mark a message as read.", result = "zoomconnect.Message", repeatable = true,
    source = "Messages",
  },
  mark_unread = {
    "PUT|POST /api/rest/v1/messages/{id}/markUnread", "Mark a message as unread.", result = "zoomconnect.Message", repeatable = true,
    source = "Messages",
  },
  analyse = {
    "POST /api/rest/v1/messages/analyse/full", "Everything about what a text takes to send.", result = "zoomconnect.Analysis",
    repeatable = true, source = "Messages",
    body = { message = "string", recipientNumber = "sms.Msisdn" },
  },
  credit_cost = {
    "POST /api/rest/v1/messages/analyse/message-credit-cost", "How many credits a text costs.", result = "number", response = "scalar",
    repeatable = true, source = "Messages",
    body = { message = "string", recipientNumber = "sms.Msisdn" },
  },
  encoding = {
    "POST /api/rest/v1/messages/analyse/message-encoding", "The encoding that a text needs.", result = "string", response = "scalar",
    repeatable = true, source = "Messages",
    body = { message = "string", recipientNumber = "sms.Msisdn?" },
  },
  length = {
    "POST /api/rest/v1/messages/analyse/message-length", "How many characters a text has.", result = "integer", response = "scalar",
    repeatable = true, source = "Messages",
    body = { message = "string", recipientNumber = "sms.Msisdn?" },
  },
  length_allowed = {
    "POST /api/rest/v1/messages/analyse/message-length-within-max-allowed", "Whether a text is short enough for its encoding.",
    result = "boolean", response = "scalar", repeatable = true, source = "Messages",
    body = { message = "string", recipientNumber = "sms.Msisdn?" },
  },
  parts = {
    "POST /api/rest/v1/messages/analyse/number-of-messages", "How many SMS a text takes.", result = "integer", response = "scalar",
    repeatable = true, source = "Messages",
    body = { message = "string", recipientNumber = "sms.Msisdn?" },
  },
}
