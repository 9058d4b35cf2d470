-- SPDX-License-Identifier: MIT
-- MessageWhiz unsubscribe lists as facts. The capitals in the paths are those of the documents' examples.

return {
  "Unsubscribe lists hold numbers that are left out of every broadcast that names the list.",
  import = {
    "POST /api/3/UnsubscribeList", "Create a list from a .csv, .xls or .xlsx file.", result = "messagewhiz.UnsubscribeList",
    source = "Create a Unsubscribe List (import a file)",
    query = { truncate = "boolean?" },
    multipart = { doc = "sms.File", mapping = "messagewhiz.RecipientMapping", name = "string?" },
  },
  create = {
    "POST /api/3/unsubscribeList", "Create a list from phone numbers.", result = "messagewhiz.UnsubscribeList",
    source = "Create an Unsubscribe List (manually)",
    body = { name = "string", numbers = "sms.NumericMsisdn[]" },
  },
  preview = {
    "POST /api/3/unsubscribeList/preview{/n}", "Show the first rows of a file without importing it; what n means is not documented.",
    result = "messagewhiz.Preview", repeatable = true, source = "Preview an Unsubscribe List",
    path = { n = "integer?" },
    multipart = { doc = "sms.File" },
  },
  add_numbers = {
    "POST /api/3/UnsubscribeList/{id}/members", "Add phone numbers to a list.", result = "messagewhiz.UnsubscribeImport",
    source = "Add Numbers to Unsubscribe List",
    body = { numbers = "messagewhiz.Msisdn[]" },
  },
  list = {
    "GET /api/3/unsubscribeList", "One page of unsubscribe lists.", result = "messagewhiz.UnsubscribeList[]", pages = "offset",
    source = "Get Unsubscribe Lists",
    query = { limit = "messagewhiz.Limit?", start = "messagewhiz.Start?", enabled = "boolean?", filter = "string?" },
  },
  numbers = {
    "GET /api/3/unsubscribeList/{id}/members", "The phone numbers of a list.", result = "messagewhiz.Unsubscriber[]",
    source = "Get Numbers from Unsubscribe List",
  },
  download = {
    "GET /api/3/unsubscribeList/{id}/download", "A list as text: quoted cells between semicolons, markers in the first row.",
    result = "string", envelope = false, response = "text", source = "Download an Unsubscribe List",
  },
  replace = {
    "PUT /api/3/UnsubscribeList/{id}", "Replace the contents of a list by the rows of a file.", result = "messagewhiz.UnsubscribeList",
    source = "Modify an Unsubscribe List (import a file)",
    multipart = { doc = "sms.File", mapping = "messagewhiz.RecipientMapping" },
  },
  patch = {
    "PATCH /api/3/UnsubscribeList/{id}", "Change any field of a list: its name, or whether it is enabled.", result = "messagewhiz.Enabled",
    repeatable = true, source = "Modify an Unsubscribe List (import a file)",
    body = { name = "string?", enabled = "boolean?" }, any_of = { { "name", "enabled" } },
  },
  disable = {
    "DELETE /api/3/UnsubscribeList/{id}", "Remove a list from use.", result = "boolean", source = "Disable an Unsubscribe List",
  },
}
