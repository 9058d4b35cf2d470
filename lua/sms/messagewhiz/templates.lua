-- SPDX-License-Identifier: MIT
-- MessageWhiz templates as facts.

return {
  "Templates are texts kept for later messages.",
  create = {
    "POST /api/3/template", "Create a template.", result = "messagewhiz.Template", source = "Create a Template",
    body = { name = "string", body = "string" },
  },
  list = {
    "GET /api/3/template", "One page of templates.", result = "messagewhiz.Template[]", pages = "offset", source = "Get Templates",
    query = { limit = "messagewhiz.Limit?", start = "messagewhiz.Start?", enabled = "boolean?", filter = "string?" },
  },
  update = {
    "PUT /api/3/template/{id}", "Change the given fields of a template and leave the others.", result = "messagewhiz.Template",
    source = "Modify a Template",
    body = { name = "string?", body = "string?" }, any_of = { { "name", "body" } },
  },
  disable = {
    "DELETE /api/3/template/{id}", "Remove a template from use.", result = "boolean", source = "Disable a Template",
  },
}
