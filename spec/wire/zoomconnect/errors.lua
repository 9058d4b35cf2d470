-- SPDX-License-Identifier: MIT
-- ZoomConnect's refusals: the class RestErrorDTO and the HTTP codes of the description, `error` within a response of 200, and XML.
-- The guide lists none. The format of a case is told in ../messagewhiz.lua; the requests are those of other cases.

local ARGS = { recipientNumber = "27100000000", message = "Hello" }
local SEND = { method = "POST", path = "/api/rest/v1/sms/send", json = [[{"recipientNumber":"27100000000","message":"Hello"}]] }
local XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

local function send(note, response, failure)
  return { n = 8, note = note, call = "sms.send", args = ARGS, request = SEND, response = response, failure = failure }
end

return {
  send("400 with a RestErrorDTO: code 2, invalid mobile number", {
    status = 400,
    body = [[{"status":"400","code":2,"message":"Invalid mobile number","developerMessage":"validation failed","moreInfoUrl":null}]],
  }, {
    kind = "invalid", code = 2, outcome = "not_sent", status = 400, provider = "zoomconnect", says = "Invalid mobile number",
    retryable = false,
  }),
  send("400 with a RestErrorDTO: code 3, empty message", {
    status = 400,
    body = [[{"status":"400","code":3,"message":"Message cannot be empty","developerMessage":null,"moreInfoUrl":null}]],
  }, { kind = "invalid", code = 3, outcome = "not_sent", status = 400, says = "Message cannot be empty" }),
  send("401 comes as a web page", {
    status = 401,
    type = "text/html; charset=utf-8",
    body = "<html><head><title>Error 401</title></head><body><p>Problem accessing /api/rest. Reason: Unauthorized</p></body></html>",
  }, { kind = "auth", outcome = "not_sent", status = 401 }),
  send("401 as a RestErrorDTO", {
    status = 401,
    body = [[{"status":"401","code":401,"message":"Unauthorized","developerMessage":null,"moreInfoUrl":null}]],
  }, { kind = "auth", code = 401, outcome = "not_sent", status = 401, says = "Unauthorized" }),
  send("200, and yet `error` isn't null: refused", {
    status = 200, body = [[{"messageId":null,"error":"Invalid mobile number"}]],
  }, { kind = "rejected", outcome = "not_sent", status = 200, says = "Invalid mobile number", retryable = false }),
  send("201 with an error and no messageId member", {
    status = 201, body = [[{"error":"Insufficient credits"}]],
  }, { kind = "rejected", outcome = "not_sent", status = 201, says = "Insufficient credits" }),
  send("200 with neither id nor error proves nothing", {
    status = 200, body = [[{"messageId":null,"error":null}]],
  }, { kind = { "decode", "rejected", "server" }, outcome = "unknown", status = 200, retryable = false }),
  send("XML although JSON was asked for: a RestErrorDTO, whose root is error", {
    status = 400,
    type = "application/xml",
    body = XML .. "<error><status>400</status><code>2</code><message>Invalid mobile number &amp; more</message></error>",
  }, { kind = "invalid", code = 2, outcome = "not_sent", status = 400, says = "Invalid mobile number & more" }),
  send("XML error under 401, without a media type that says so", {
    status = 401, type = "text/plain", body = "<error><message>Unauthorized</message></error>",
  }, { kind = "auth", outcome = "not_sent", status = 401, says = "Unauthorized" }),
  send("XML under 200 with an error inside", {
    status = 200, type = "application/xml", body = XML .. "<sendSmsResponse><error>Invalid mobile number</error></sendSmsResponse>",
  }, { kind = "rejected", outcome = "not_sent", status = 200, says = "Invalid mobile number" }),
  send("XML under 200 of no shape that is known", {
    status = 200, type = "application/xml", body = XML .. "<surprise><inside/></surprise>",
  }, { kind = "decode", outcome = "unknown", status = 200, retryable = false }),
  send("half an XML answer", {
    status = 200, type = "application/xml", body = XML .. "<sendSmsResponse><messageId>4012",
  }, { kind = "decode", outcome = "unknown", status = 200 }),
  {
    n = 1,
    note = "XML although JSON was asked for: the balance (the root's name isn't documented)",
    call = "account.balance",
    request = { method = "GET", path = "/api/rest/v1/account/balance" },
    response = { status = 200, type = "application/xml", body = XML .. "<account><creditBalance>123.5</creditBalance></account>" },
    result = { creditBalance = 123.5 },
  },
  {
    n = 9,
    note = "XML although JSON was asked for: the answer to a bulk, as a public client saw it",
    call = "sms.send_bulk",
    args = { sendSmsRequests = { { message = "one", recipientNumber = "0825551234" } } },
    request = {
      method = "POST",
      path = "/api/rest/v1/sms/send-bulk",
      json = [[{"sendSmsRequests":[{"message":"one","recipientNumber":"0825551234"}]}]],
    },
    response = {
      status = 200,
      type = "application/xml",
      body = XML .. "<sendSmsResponses><sendSmsResponse><messageId>457</messageId></sendSmsResponse></sendSmsResponses>",
    },
    result = { { messageId = "457" } },
  },
  {
    n = 20,
    note = "a group with no name to speak of; the words are the provider's",
    call = "groups.create",
    args = { name = " " },
    request = { method = "POST", path = "/api/rest/v1/groups/create", json = [[{"name":" "}]] },
    response = { status = 400, body = [[{"status":"400","code":400,"message":"Group name us required"}]] },
    failure = { kind = "invalid", code = 400, outcome = "not_sent", status = 400, says = "Group name us required" },
  },
  {
    n = 1,
    note = "403 has no documented body",
    call = "account.balance",
    request = { method = "GET", path = "/api/rest/v1/account/balance" },
    response = { status = 403, body = "" },
    failure = { kind = "forbidden", outcome = "not_sent", status = 403 },
  },
  {
    n = 33,
    note = "404 has no documented body",
    call = "messages.get",
    args = { id = "nobody" },
    request = { method = "GET", path = "/api/rest/v1/messages/nobody" },
    response = { status = 404, body = "" },
    failure = { kind = "not_found", outcome = "not_sent", status = 404 },
  },
  {
    n = 41,
    note = "200, and yet `error` isn't null: a voice message refused",
    call = "voice.send_audio",
    args = { recipientNumber = "27100000000", file = { data = "x", name = "a.wav" } },
    request = {
      method = "POST",
      path = "/api/rest/v1/voice/single-audio",
      query = { { "recipientNumber", "27100000000" } },
      parts = { { name = "file", filename = "a.wav", data = "x" } },
    },
    response = { status = 200, body = [[{"voiceMessageId":null,"error":"Invalid mobile number"}]] },
    failure = { kind = "rejected", outcome = "not_sent", status = 200, says = "Invalid mobile number" },
  },
  {
    n = 42,
    note = "200, and yet `error` isn't null: a spoken text refused",
    call = "voice.send_text",
    args = { recipientNumber = "27100000000", message = "Hello" },
    request = { method = "POST", path = "/api/rest/v1/voice/single-text", json = [[{"recipientNumber":"27100000000","message":"Hello"}]] },
    response = { status = 201, body = [[{"voiceMessageId":null,"error":"Invalid mobile number"}]] },
    failure = { kind = "rejected", outcome = "not_sent", status = 201, says = "Invalid mobile number" },
  },
}
