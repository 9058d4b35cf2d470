-- SPDX-License-Identifier: MIT
-- MessageWhiz triggers as facts.

return {
  "Triggers hold back a broadcast until someone opens the trigger's short address.",
  create = {
    "POST /api/3/trigger", "Create a trigger; opening its short_url fires it.", result = "messagewhiz.Trigger",
    source = "Create a Trigger",
    body = { name = "string" },
  },
  list = {
    "GET /api/3/trigger", "One page of triggers.", result = "messagewhiz.Trigger[]", pages = "offset", source = "Get a Trigger",
    query = { limit = "messagewhiz.Limit?", start = "messagewhiz.Start?", enabled = "boolean?", filter = "string?" },
  },
  update = {
    "PUT /api/3/trigger/{id}", "Give a trigger another name.", result = "messagewhiz.Trigger", source = "Modify a Trigger",
    body = { name = "string" },
  },
  disable = {
    "DELETE /api/3/trigger/{id}", "Remove a trigger from use.", result = "boolean", source = "Disable a Trigger",
  },
}
