-- SPDX-License-Identifier: MIT
-- MessageWhiz sender lists as facts. One example of the documents says GET and two texts name another path; verb and
-- path here are those of the other examples.

return {
  "Sender lists group senders; each message gets one of them at random.",
  create = {
    "POST /api/3/senderList", "Create a list; unknown senders are left out without an error, so compare count.",
    result = "messagewhiz.SenderList", source = "Create a Sender List",
    body = { name = "string", senderIds = "sms.Id[]?" },
  },
  add = {
    "POST /api/3/senderList/{id}/senders", "Add senders to a list; the response has the ids that were taken.", result = "integer[]",
    source = "Add Senders to a Sender List",
    body = { ids = "sms.Id[]" },
  },
  list = {
    "GET /api/3/senderList", "One page of sender lists.", result = "messagewhiz.SenderList[]", pages = "offset",
    source = "Get Sender Lists",
    query = { limit = "messagewhiz.Limit?", start = "messagewhiz.Start?", enabled = "boolean?", filter = "string?" },
  },
  senders = {
    "GET /api/3/senderList/{id}/senders", "A list with its senders.", result = "messagewhiz.SenderListMembers", single = true,
    source = "Get Senders from the List",
  },
  update = {
    "PUT /api/3/senderList/{id}", "Change the name or state of a list and add senders to it.", result = "messagewhiz.SenderList",
    repeatable = false, source = "Modify a Sender List",
    body = { name = "string?", senderIds = "sms.Id[]?", enabled = "boolean?" }, any_of = { { "name", "senderIds", "enabled" } },
  },
  patch = {
    "PATCH /api/3/senderList/{id}", "Change any field of a list; `senderIds` are added to it.", result = "messagewhiz.Enabled",
    repeatable = false, source = "Modify a Sender List",
    body = { name = "string?", senderIds = "sms.Id[]?", enabled = "boolean?" }, any_of = { { "name", "senderIds", "enabled" } },
  },
  disable = {
    "DELETE /api/3/senderList/{id}", "Remove a list from use.", result = "boolean", source = "Disable a Sender List",
  },
  remove = {
    "DELETE /api/3/senderList/{id}/senders", "Take a sender out of a list.", result = "boolean",
    source = "Disable a Sender in the Sender List",
    query = { sender_id = "sms.Id" }, wire = { sender_id = "id" },
  },
}
