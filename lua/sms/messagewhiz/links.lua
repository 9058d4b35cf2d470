-- SPDX-License-Identifier: MIT
-- MessageWhiz links as facts.

return {
  "Links are addresses that a text names by the token {{link:ID}}, so that clicks are counted.",
  create = {
    "POST /api/3/link", "Create a link.", result = "messagewhiz.Link", source = "Create a Link",
    body = { name = "string", url = "string", platform_based_links = "messagewhiz.PlatformLinks?" },
  },
  list = {
    "GET /api/3/link", "One page of links; filter takes `name=…` or `url=…`.", result = "messagewhiz.Link[]", pages = "offset",
    source = "Get Links",
    query = { limit = "messagewhiz.Limit?", start = "messagewhiz.Start?", enabled = "boolean?", filter = "string?" },
  },
  update = {
    "PUT /api/3/link/{id}", "Change the given fields of a link and leave the others.", result = "messagewhiz.Link",
    source = "Modify a Link",
    body = { name = "string?", url = "string?", platform_based_links = "messagewhiz.PlatformLinks?" },
    any_of = { { "name", "url", "platform_based_links" } },
  },
  disable = {
    "DELETE /api/3/link/{id}", "Remove a link from use.", result = "boolean", source = "Disable a Link",
  },
  conversion = {
    "POST /api/3/details/linkConversion", "How many recipients got a link and how many opened it.", result = "messagewhiz.Conversion",
    repeatable = true, source = "Monitor link conversion",
    body = { url = "string" },
  },
}
