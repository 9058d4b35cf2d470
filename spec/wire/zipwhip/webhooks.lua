-- SPDX-License-Identifier: MIT
-- Zipwhip, webhook/add, webhook/list, webhook/update and webhook/delete: operations 31 to 34.
-- The format of a case is told in ../messagewhiz.lua and ../zipwhip.lua.

local SESSION = { "session", "00000000-1111-2222-3333-444444444444:300000001" }
local URL = "https://example.com/zw?a=1&b=2"

return {
  {
    n = 31,
    note = "the vendor's sample; the answer is an array with the new hook",
    call = "webhooks.add",
    args = { type = "message", event = "receive", url = URL, method = "POST" },
    request = {
      method = "POST",
      path = "/webhook/add",
      form = { SESSION, { "type", "message" }, { "event", "receive" }, { "url", URL }, { "method", "POST" } },
    },
    response = {
      status = 200,
      body = [[{"success":true,"response":[{"webhookId":600000001,"type":"message","event":"receive",
        "url":"https://example.com/zw?a=1&b=2","method":"POST"}]}]],
    },
    result = { { webhookId = "600000001", type = "message", event = "receive", url = URL, method = "POST" } },
  },
  {
    n = 31,
    note = "method may be missing; the other type and its one event",
    call = "webhooks.add",
    args = { type = "optout", event = "change", url = URL },
    request = {
      method = "POST", path = "/webhook/add", form = { SESSION, { "type", "optout" }, { "event", "change" }, { "url", URL } },
    },
    response = { status = 200, body = [[{"success":true,"response":[{"webhookId":600000002,"type":"optout","event":"change"}]}]] },
    result = { { webhookId = "600000002", type = "optout", event = "change" } },
  },
  {
    n = 31,
    note = "the hook's own method is a field, not this call's verb",
    call = "webhooks.add",
    args = { type = "message", event = "progress", url = URL, method = "GET" },
    request = {
      method = "POST",
      path = "/webhook/add",
      form = { SESSION, { "type", "message" }, { "event", "progress" }, { "url", URL }, { "method", "GET" } },
    },
    response = { status = 200, body = [[{"success":true,"response":[{"webhookId":600000003,"method":"GET"}],"sessions":null}]] },
    result = { { webhookId = "600000003", method = "GET" } },
  },
  {
    n = 32,
    note = "all hooks",
    call = "webhooks.list",
    request = { method = "POST", path = "/webhook/list", form = { SESSION } },
    response = {
      status = 200,
      body = [[{"success":true,"response":[{"webhookId":600000001,"event":"receive"},{"webhookId":600000002,"event":"send"}]}]],
    },
    result = { { webhookId = "600000001", event = "receive" }, { webhookId = "600000002", event = "send" } },
  },
  {
    n = 33,
    note = "webhookId is required by the table, though the sample lacks it",
    call = "webhooks.update",
    args = { webhookId = "600000001", url = URL, method = "PUT" },
    request = {
      method = "POST",
      path = "/webhook/update",
      form = { SESSION, { "webhookId", "600000001" }, { "url", URL }, { "method", "PUT" } },
    },
    response = { status = 200, body = [[{"success":true,"response":[{"webhookId":600000001,"method":"PUT"}]}]] },
    result = { { webhookId = "600000001", method = "PUT" } },
  },
  {
    n = 34,
    note = "response is an empty list",
    call = "webhooks.delete",
    args = { webhookId = 600000001 },
    request = { method = "POST", path = "/webhook/delete", form = { SESSION, { "webhookId", "600000001" } } },
    response = { status = 200, body = [[{"success":true,"response":[]}]] },
    result = {},
  },
}
