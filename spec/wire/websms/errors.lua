-- SPDX-License-Identifier: MIT
-- websms' guide, sections "Error Handling" and "Status codes": HTTP 200 carries errors, `statusCode` decides.
-- The format of a case is told in ../messagewhiz.lua and ../websms.lua. retries = 0: what is asked here is how the response is read.

local ARGS = { messageContent = "Hello", recipientAddressList = { "43660000000001" } }
local TEXT = {
  method = "POST", path = "/smsmessaging/text", json = [[{"messageContent":"Hello","recipientAddressList":["43660000000001"]}]],
}
local SIMPLE = {
  method = "POST",
  path = "/smsmessaging/simple",
  headers = { accept = { lacks = "json" } },
  form = { { "messageContent", "Hello" }, { "recipientAddressList", "43660000000001" } },
}

local function text(note, response, failure)
  return {
    n = 1, note = note, call = "messages.send_text", client = { retries = 0 }, args = ARGS, request = TEXT, response = response,
    failure = failure,
  }
end

local function simple(note, response, failure)
  return {
    n = 3, note = note, call = "messages.send_simple", client = { retries = 0 }, args = ARGS, request = SIMPLE, response = response,
    failure = failure,
  }
end

-- One code of the guide's table, in the guide's shape of an error. `kind` is a list where the table's words allow several.
local function coded(code, name, kind, outcome)
  return text(code .. " " .. name, {
    status = 200,
    type = "application/json;charset=UTF-8",
    body = ([[{"statusCode":%d,"statusMessage":"not the words of the table","clientMessageId":null,"transferId":null,"smsCount":0}]])
      :format(code),
  }, { kind = kind, code = code, name = name, outcome = outcome or "not_sent", status = 200, says = "not the words of the table" })
end

return {
  text("the guide's example", {
    status = 200,
    type = "application/json;charset=UTF-8",
    body = [[{
 "statusCode": 4015,
 "statusMessage": "message priority is invalid",
 "clientMessageId": null,
 "transferId": null,
 "smsCount": 0
}]],
  }, {
    kind = "invalid", code = 4015, name = "INVALID_MESSAGE_PRIORITY", outcome = "not_sent", status = 200, provider = "websms",
    says = "message priority is invalid", retryable = false,
  }),
  coded(4001, "INVALID_CREDENTIALS", "auth"),
  coded(4002, "INVALID_RECIPIENT", "invalid"),
  coded(4003, "INVALID_SENDER", "invalid"),
  coded(4004, "INVALID_MESSAGE_TYPE", "invalid"),
  coded(4008, "INVALID_MESSAGE_ID", "invalid"),
  coded(4009, "INVALID_TEXT", "invalid"),
  coded(4013, "MSG_LIMIT_EXCEEDED", { "rate_limited", "rejected" }),
  coded(4014, "UNAUTHORIZED_IP", { "forbidden", "auth" }),
  coded(4016, "INVALID_COD_RETURNADDRES", "invalid"),
  coded(4019, "PARAMETER_MISSING", "invalid"),
  coded(4021, "INVALID_ACCOUNT", { "auth", "forbidden", "invalid" }),
  coded(4022, "ACCESS_DENIED", "forbidden"),
  coded(4025, "THROTTLING_TOO_MANY_RECIPIENTS", { "rate_limited", "invalid" }),
  coded(4026, "MAX_SMS_PER_MESSAGE_EXCEEDED", { "invalid", "rejected" }),
  coded(4027, "INVALID_MESSAGE_SEGMENT", "invalid"),
  coded(4031, "RECIPIENTS_BLACKLISTED", "rejected"),
  coded(4032, "NO_DEVICE_ENABLED", { "rejected", "forbidden" }),
  coded(4033, "WHATSAPP_DISABLED", { "rejected", "forbidden" }),
  coded(4034, "INVALID_ATTACHMENT", "invalid"),
  coded(4035, "SMS_DISABLED", { "rejected", "forbidden" }),
  coded(4040, "INVALID_CONTENT_CATEGORY", "invalid"),
  coded(4041, "INVALID_VALIDITY_PERIODE", "invalid"),
  coded(5000, "INTERNAL_ERROR", "server", "unknown"),
  text("4023: this address asked too often; waiting helps", {
    status = 200, body = [[{"statusCode":4023,"statusMessage":"request limit","clientMessageId":null,"transferId":null,"smsCount":0}]],
  }, {
    kind = "rate_limited", code = 4023, name = "THROTTLING_SPAMMING_IP", outcome = "not_sent", status = 200, retryable = true,
  }),
  text("5003: the table promises neither way", {
    status = 200, body = [[{"statusCode":5003,"statusMessage":"unavailable","clientMessageId":null,"transferId":null,"smsCount":0}]],
  }, { kind = "server", code = 5003, name = "SERVICE_UNAVAILABLE", outcome = "unknown", retryable = false, status = 200 }),
  text("5000 must not be sent again by itself", {
    status = 200, body = [[{"statusCode":5000,"statusMessage":"Internal error.","clientMessageId":null,"transferId":null,"smsCount":0}]],
  }, { kind = "server", code = 5000, outcome = "unknown", retryable = false, status = 200 }),
  text("an error may carry a transferId", {
    status = 200,
    body = [[{"statusCode":4035,"statusMessage":"SMS_DISABLED","clientMessageId":"m-1","transferId":"0050000000000000a009","smsCount":0}]],
  }, { kind = { "rejected", "forbidden" }, code = 4035, name = "SMS_DISABLED", outcome = "not_sent", status = 200 }),
  text("a 4xxx code that no table has promises nothing", {
    status = 200, body = [[{"statusCode":4999,"statusMessage":"new","clientMessageId":null,"transferId":null,"smsCount":0}]],
  }, { kind = { "rejected", "invalid" }, code = 4999, outcome = "unknown", status = 200, says = "new" }),
  text("401 comes without a body", { status = 401, body = "" }, { kind = "auth", outcome = "not_sent", status = 401 }),
  text("400 with a text", { status = 400, type = "text/plain", body = "Bad Request: cannot parse" }, {
    kind = "invalid", outcome = "not_sent", status = 400,
  }),
  text("200 and no JSON proves nothing", { status = 200, type = "text/html", body = "<html>welcome</html>" }, {
    kind = "decode", outcome = "unknown", status = 200, retryable = false,
  }),
  text("200 and JSON without a statusCode proves nothing", { status = 200, body = [[{"hello":"world"}]] }, {
    kind = { "decode", "server" }, outcome = "unknown", status = 200, retryable = false,
  }),
  simple("the error is form-encoded as well", {
    status = 200,
    type = "application/x-www-form-urlencoded",
    body = "statusCode=4019&statusMessage=recipientAddressList+is+missing",
  }, {
    kind = "invalid", code = 4019, name = "PARAMETER_MISSING", outcome = "not_sent", status = 200,
    says = "recipientAddressList is missing",
  }),
  simple("5000, form-encoded", { status = 200, type = "text/plain", body = "statusCode=5000&statusMessage=Internal%20error." }, {
    kind = "server", code = 5000, name = "INTERNAL_ERROR", outcome = "unknown", status = 200, says = "Internal error.",
  }),
  simple("401 comes without a body here too", { status = 401, body = "" }, { kind = "auth", outcome = "not_sent", status = 401 }),
  simple("200 with a page proves nothing", { status = 200, type = "text/html", body = "<html>welcome</html>" }, {
    kind = { "decode", "server" }, outcome = "unknown", status = 200, retryable = false,
  }),
}
