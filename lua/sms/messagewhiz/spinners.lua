-- SPDX-License-Identifier: MIT
-- MessageWhiz word spinners as facts. One text of the documents gives the path of campaigns for disabling a spinner,
-- which would disable a campaign; the path here is that of the example.

return {
  "Word spinners are lists of synonyms that a text names by the token {{word_spinner:ID}}.",
  create = {
    "POST /api/3/spinner", "Create a word spinner.", result = "messagewhiz.Spinner", source = "Create a Word Spinner",
    body = { name = "string", words = "string[]" },
  },
  list = {
    "GET /api/3/spinner", "One page of word spinners.", result = "messagewhiz.Spinner[]", pages = "offset", source = "Get Word Spinners",
    query = { limit = "messagewhiz.Limit?", start = "messagewhiz.Start?", enabled = "boolean?", filter = "string?" },
  },
  update = {
    "PUT /api/3/spinner/{id}", "Change the name of a word spinner, or replace all its words.", result = "messagewhiz.Spinner",
    source = "Modify a Word Spinner",
    body = { name = "string?", words = "string[]?" }, any_of = { { "name", "words" } },
  },
  patch = {
    "PATCH /api/3/spinner/{id}", "Change any field of a word spinner, `enabled` among them.", result = "messagewhiz.Enabled",
    repeatable = true, source = "Modify a Word Spinner",
    body = { name = "string?", words = "string[]?", enabled = "sms.FlagText?" }, any_of = { { "name", "words", "enabled" } },
  },
  disable = {
    "DELETE /api/3/spinner/{id}", "Remove a word spinner from use.", result = "boolean", source = "Disable a Word Spinner",
  },
}
