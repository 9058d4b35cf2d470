-- SPDX-License-Identifier: MIT
-- MessageWhiz campaigns as facts.

return {
  "Campaigns group messages under one name and period.",
  create = {
    "POST /api/3/campaign", "Open a campaign.", result = "messagewhiz.Campaign", source = "Create a Campaign",
    body = { name = "string", start_date = "messagewhiz.IsoDate?", end_date = "messagewhiz.IsoDate?" },
  },
  list = {
    "GET /api/3/campaign", "One page of campaigns.", result = "messagewhiz.Campaign[]", pages = "offset", source = "Get Campaigns",
    query = { limit = "messagewhiz.Limit?", start = "messagewhiz.Start?", enabled = "boolean?", filter = "string?" },
  },
  update = {
    "PUT /api/3/campaign/{id}", "Change only the given fields of a campaign.", result = "messagewhiz.Campaign",
    source = "Modify a Campaign",
    body = { name = "string?", start_date = "messagewhiz.IsoDate?", end_date = "messagewhiz.IsoDate?" },
    any_of = { { "name", "start_date", "end_date" } },
  },
  patch = {
    "PATCH /api/3/campaign/{id}", "Change any field of a campaign, including `enabled`.", result = "messagewhiz.Enabled",
    repeatable = true, source = "Modify a Campaign",
    body = {
      enabled = "sms.FlagText?", name = "string?", start_date = "messagewhiz.IsoDate?", end_date = "messagewhiz.IsoDate?",
    },
    any_of = { { "enabled", "name", "start_date", "end_date" } },
  },
  disable = {
    "DELETE /api/3/campaign/{id}", "Disable a campaign.", result = "boolean", source = "Disable a Campaign",
  },
}
