-- SPDX-License-Identifier: MIT
-- ZoomConnect's guide and description: which parameters are required, and the limits and values they state. The client is to refuse
-- by itself, naming the argument, and send nothing. Numbers are operations; the arguments changed are those of its first case.

local required = {
  [3] = "transferFromEmailAddress transferToEmailAddress numberOfCreditsToTransfer", [4] = "searchEmail",
  [5] = "firstName lastName emailAddress contactNumber password", [6] = "id", [7] = "id",
  [8] = "recipientNumber message", [9] = "sendSmsRequests", [10] = "recipientNumber message", [11] = "recipientNumber message",
  [14] = "id", [15] = "id", [16] = "id", [17] = "id group_id", [18] = "id group_id",
  [20] = "name", [21] = "id", [22] = "id", [23] = "id", [24] = "id contact_id", [25] = "id contact_id",
  [27] = "message", [28] = "message", [29] = "message", [30] = "message", [31] = "message", [32] = "message",
  [33] = "id", [34] = "id", [35] = "id", [36] = "id", [38] = "id", [39] = "id",
  [41] = "recipientNumber file", [42] = "recipientNumber message", [43] = "id", [44] = "id",
}

local refused = {
  { n = 1, names = "page", set = { page = 1 }, why = "no such parameter" },
  { n = 2, names = "calculateCreditValue", set = { calculateCreditValue = "yes" }, why = "a boolean" },
  { n = 3, names = "numberOfCreditsToTransfer", set = { numberOfCreditsToTransfer = 1.5 }, why = "int" },
  { n = 8, names = "recipientNumber", set = { recipientNumber = 27821234567 }, why = "a Lua number loses what a phone number needs" },
  { n = 8, names = "mesage", set = { mesage = "x" }, why = "no such field" },
  { n = 8, names = "method", set = { method = "GET" }, why = "GET of this address only shows a sample body" },
  { n = 9, names = "sendSmsRequests", set = { sendSmsRequests = {} }, why = "nobody to send to" },
  { n = 9, names = "recipientNumber", set = { sendSmsRequests = { { message = "x" } } }, why = "required in every item" },
  { n = 9, names = "message", set = { sendSmsRequests = { { recipientNumber = "0825551234" } } }, why = "required in every item" },
  {
    n = 9, names = "recipientNumber", set = { sendSmsRequests = { { recipientNumber = 825551234, message = "x" } } },
    why = "a Lua number loses what a phone number needs",
  },
  { n = 9, names = "messagesPerMinute", set = { messagesPerMinute = "30 or so" }, why = "int" },
  { n = 10, names = "method", set = { method = "PUT" }, why = "GET or POST" },
  { n = 13, names = "contactNumber", set = { contactNumber = 825551234 }, why = "a Lua number loses the leading zero" },
  { n = 24, names = "method", set = { method = "DELETE" }, why = "GET or POST" },
  { n = 26, names = "type", set = { type = "inbound" }, why = "OUTBOUND or INBOUND" },
  { n = 26, names = "status", set = { status = "QUEUED" }, why = "one of the seven states" },
  { n = 26, names = "deleted", set = { deleted = 1 }, why = "a boolean" },
  { n = 26, names = "pageSize", set = { pageSize = "ten" }, why = "int" },
  { n = 35, names = "method", set = { method = "GET" }, why = "PUT or POST" },
  { n = 36, names = "method", set = { method = "GET" }, why = "PUT or POST" },
  { n = 40, names = "status", set = { status = "delivered" }, why = "one of the seven states" },
  { n = 41, names = "file", set = { file = "hello.mp3" }, why = "{ path = … } or { data = …, name = … }" },
  { n = 41, names = "file", set = { file = { data = "%PDF-1.4", name = "hello.pdf" } }, why = "supports MP3 or WAV format" },
  { n = 41, names = "retryCount", set = { retryCount = 5, retryMinimumInterval = 1, retryMaximumInterval = 5 }, why = "at most 4 tries" },
  { n = 42, names = "retryMinimumInterval", set = { retryCount = 2 }, why = "all three retry fields or none" },
}

return { required = required, refused = refused }
