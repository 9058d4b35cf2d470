-- SPDX-License-Identifier: MIT
-- MessageWhiz senders as facts.

return {
  "Senders are the numbers or names that recipients see.",
  create = {
    "POST /api/3/sender", "Create a sender.", result = "messagewhiz.Sender", source = "Create a Sender",
    body = { name = "string" },
  },
  list = {
    "GET /api/3/sender", "One page of senders.", result = "messagewhiz.Sender[]", pages = "offset", source = "Get Senders",
    query = { limit = "messagewhiz.Limit?", start = "messagewhiz.Start?", enabled = "boolean?", filter = "string?" },
  },
  update = {
    "PUT /api/3/sender/{id}", "Change the name or the state of a sender.", result = "messagewhiz.Sender", source = "Modify a Sender",
    body = { name = "string?", enabled = "sms.Flag01?" }, any_of = { { "name", "enabled" } },
  },
  patch = {
    "PATCH /api/3/sender/{id}", "Change any field of a sender; the response is not documented.", result = "messagewhiz.Enabled",
    repeatable = true, source = "Modify a Sender",
    body = { name = "string?", enabled = "sms.Flag01?" }, any_of = { { "name", "enabled" } },
  },
  disable = {
    "DELETE /api/3/sender/{id}", "Remove a sender from use.", result = "boolean", source = "Disable a Sender",
  },
}
