-- SPDX-License-Identifier: MIT
-- MessageWhiz recipient lists as facts. The capitals in the paths are those of the documents' examples.

return {
  "Recipient lists hold phone numbers and, for each number, values for the tokens of a text.",
  import = {
    "POST /api/3/RecipientList", "Create a list from a .csv, .xls or .xlsx file.", result = "messagewhiz.Import",
    source = "Create a Recipient List (import a file)",
    query = { truncate = "boolean?" },
    multipart = { doc = "sms.File", mapping = "messagewhiz.RecipientMapping", name = "string?" },
  },
  create = {
    "POST /api/3/recipientList/numbers", "Create a list from phone numbers.", result = "messagewhiz.Import",
    source = "Create a Recipient List (manually)",
    body = { name = "string", numbers = "messagewhiz.Msisdn[]" },
  },
  preview = {
    "POST /api/3/recipientList/{n}/preview", "Show the first rows of a file without importing it; what n means is not documented.",
    result = "messagewhiz.Preview", repeatable = true, source = "Preview a Recipient List",
    path = { n = "integer" }, default = { n = 1 },
    multipart = { doc = "sms.File" },
  },
  list = {
    "GET /api/3/RecipientList", "One page of recipient lists.", result = "messagewhiz.RecipientList[]", pages = "offset",
    source = "Get Recipient Lists",
    query = { limit = "messagewhiz.Limit?", start = "messagewhiz.Start?", enabled = "boolean?", filter = "string?" },
  },
  recipients = {
    "GET /api/3/recipientList/{id}/recipients", "The recipients of a list with their values.", result = "messagewhiz.Recipient[]",
    source = "Get Recipients from Recipient List",
  },
  numbers = {
    "GET /api/3/recipientList/{id}/listNumbers", "The phone numbers of a list.", result = "sms.Msisdn[]",
    source = "Get Numbers from Recipient List",
  },
  download = {
    "GET /api/3/recipientList/{id}/download", "A list as text: quoted cells between semicolons, markers in the first row.",
    result = "string", envelope = false, response = "text", source = "Download a Recipient List",
  },
  add_numbers = {
    "PUT /api/3/recipientList/{id}/numbers", "Add phone numbers to a list, rename it, or both.",
    result = "messagewhiz.Import", repeatable = false, source = "Modify a Recipient List (manually)",
    body = { name = "string?", numbers = "messagewhiz.Msisdn[]?" }, any_of = { { "numbers", "name" } },
  },
  patch = {
    "PATCH /api/3/RecipientList/{id}", "Change any field of a list: its name, or whether it is enabled.",
    result = "messagewhiz.RecipientList",
    repeatable = true, source = "Modify a Recipient List (manually)",
    body = { name = "string?", enabled = "boolean?" }, any_of = { { "name", "enabled" } },
  },
  replace = {
    "PUT /api/3/recipientList/{id}", "Replace the contents of a list by the rows of a file.", result = "messagewhiz.Import",
    source = "Modify a Recipient List (import a file)",
    multipart = { doc = "sms.File", mapping = "messagewhiz.RecipientMapping", name = "string?" },
  },
  disable = {
    "DELETE /api/3/RecipientList/{id}", "Remove a list from use.", result = "boolean", source = "Disable a Recipient List",
  },
}
