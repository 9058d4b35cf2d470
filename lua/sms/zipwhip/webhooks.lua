-- SPDX-License-Identifier: MIT
-- Zipwhip webhooks as facts: where the provider posts what happens on the line.

return {
  "Webhooks post what happens on the line to a URL; each event needs its own.",
  add = {
    "POST /webhook/add", "Register a URL for one event; payloads don't name their event, so give each its own URL.",
    result = "zipwhip.Webhook[]", source = "webhook (public documents)",
    form = {
      type = "'message'|'optout'", event = "'receive'|'send'|'progress'|'read'|'delete'|'change'", url = "zipwhip.Url",
      method = "'POST'|'PUT'|'GET'?",
    },
  },
  list = {
    "POST /webhook/list", "The line's webhooks.", result = "zipwhip.Webhook[]", repeatable = true, source = "webhook (public documents)",
    form = {},
  },
  update = {
    "POST /webhook/update", "Change a webhook's URL or method.", result = "zipwhip.Webhook[]", repeatable = true,
    source = "webhook (public documents)",
    form = { webhookId = "sms.Id", url = "zipwhip.Url?", method = "'POST'|'PUT'|'GET'?" },
  },
  delete = {
    "POST /webhook/delete", "Remove a webhook.", result = "zipwhip.Webhook[]", repeatable = true, source = "webhook (public documents)",
    form = { webhookId = "sms.Id" },
  },
}
