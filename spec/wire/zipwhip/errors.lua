-- SPDX-License-Identifier: MIT
-- Zipwhip's guide, section "Message Send Status Codes": success is false, and response is a text or { desc, code }.
-- The format of a case is told in ../messagewhiz.lua and ../zipwhip.lua. retries = 0: what is asked here is how the response is read.

local KEY = "00000000-1111-2222-3333-444444444444:300000001"
local ARGS = { contacts = "2065550100", body = "Hello" }
local SEND = {
  method = "POST", path = "/message/send", form = { { "session", KEY }, { "contacts", "2065550100" }, { "body", "Hello" } },
}

local function send(note, response, failure)
  return {
    n = 7, note = note, call = "messages.send", client = { retries = 0 }, args = ARGS, request = SEND, response = response,
    failure = failure,
  }
end

-- One row of the guide's table; `retry` is its last column. State Failure promises that nothing went out, state Unknown doesn't.
local function coded(code, description, outcome, retryable, kind)
  return send(("%d %s"):format(code, description), {
    status = 200, body = ([[{"success":false,"response":{"desc":"%s","code":%d}}]]):format(description, code),
  }, { kind = kind, code = code, outcome = outcome, status = 200, says = description, retryable = retryable })
end

return {
  send("the guide's first form: a text, under HTTP 200", {
    status = 200, body = [[{
  "success": false,
  "response": "Required String parameter 'body' is not present"
}]],
  }, {
    kind = { "rejected", "invalid" }, outcome = "not_sent", status = 200, provider = "zipwhip", retryable = false,
    says = "Required String parameter 'body' is not present",
  }),
  send("the same under HTTP 400, which the documents leave open", {
    status = 400, body = [[{"success":false,"response":"Required String parameter 'body' is not present"}]],
  }, {
    kind = "invalid", outcome = "not_sent", status = 400, says = "Required String parameter 'body' is not present",
  }),
  send("the guide's second form: a description and a code", {
    status = 200, body = [[{
  "success": false,
  "response": {
    "desc": "You cannot send to line opted out numbers: +XXXXXXXXXX !",
    "code": -1234
  }
}]],
  }, {
    kind = "rejected", code = -1234, outcome = "not_sent", status = 200, retryable = false,
    says = "You cannot send to line opted out numbers: +XXXXXXXXXX !",
  }),
  coded(-855, "Internal Error", "not_sent", true, { "server", "rejected" }),
  coded(-704, "Internal Error", "not_sent", false, { "server", "rejected" }),
  coded(-703, "Internal Error - Bad argument (incorrect/invalid input)", "not_sent", false, "invalid"),
  coded(-700, "Internal Error", "not_sent", false, { "server", "rejected" }),
  coded(-394, "Invalid Parameter Length", "not_sent", false, "invalid"),
  coded(-124, "Unable to Determine Carrier", "not_sent", false, "rejected"),
  -- The row says Retry Yes; a second try of a text that may have gone out is nothing a client does by itself.
  coded(-1, "Unknown Error", "unknown", nil, "server"),
  coded(-801, "Spam Protection", "not_sent", false, "rejected"),
  send("a code that no table has proves nothing", {
    status = 200, body = [[{"success":false,"response":{"desc":"Something new","code":-9999}}]],
  }, { kind = { "rejected", "server" }, code = -9999, status = 200, says = "Something new", retryable = false }),
  send("the body decides when it is JSON with success, also under HTTP 500", {
    status = 500, body = [[{"success":false,"response":{"desc":"You cannot send","code":-1234}}]],
  }, { kind = { "rejected", "server" }, code = -1234, outcome = "not_sent", status = 500, says = "You cannot send" }),
  send("no JSON under HTTP 200", { status = 200, type = "text/html", body = "<html>maintenance</html>" }, {
    kind = "decode", outcome = "unknown", status = 200, retryable = false,
  }),
  send("no JSON under HTTP 500", { status = 500, type = "text/html", body = "<html>error</html>" }, {
    kind = "server", outcome = "unknown", status = 500, retryable = false,
  }),
  {
    n = 1,
    note = "a login that fails",
    call = "user.login",
    args = { username = "5556661234", password = "wrong one" },
    request = { method = "POST", path = "/user/login", form = { { "username", "5556661234" }, { "password", "wrong one" } } },
    response = { status = 200, body = [[{"success":false,"response":"Incorrect login","sessions":null}]] },
    failure = { kind = { "auth", "rejected" }, outcome = "not_sent", status = 200, says = "Incorrect login" },
  },
  {
    n = 8,
    note = "messaging/send has the same codes",
    call = "messages.send_media",
    args = { to = "+12065550100", body = "b", files = { { data = "GIF89a", name = "a.gif" } } },
    request = {
      method = "POST",
      path = "/messaging/send",
      parts = {
        { name = "session", data = KEY }, { name = "to", data = "+12065550100" }, { name = "body", data = "b" },
        { name = "file1", filename = "a.gif", data = "GIF89a" },
      },
    },
    response = { status = 200, body = [[{"success":false,"response":{"desc":"You cannot send","code":-1234}}]] },
    failure = { kind = "rejected", code = -1234, outcome = "not_sent", status = 200, says = "You cannot send" },
  },
  {
    n = 20,
    note = "other calls fail in the same two forms",
    call = "contacts.save",
    args = { mobileNumber = "2065551234" },
    request = { method = "POST", path = "/contact/save", form = { { "session", KEY }, { "mobileNumber", "2065551234" } } },
    response = { status = 200, body = [[{"success":false,"response":"Not allowed","sessions":null}]] },
    failure = { kind = { "rejected", "invalid" }, outcome = "not_sent", status = 200, says = "Not allowed" },
  },
}
