-- SPDX-License-Identifier: MIT
-- MessageWhiz link lists as facts. The body field and the query key that the wire calls id are the argument link_id here.

return {
  "Link lists group links that a text names by the token {{link_list:ID}}; recipients get them in turn.",
  create = {
    "POST /api/3/LinkList", "Create a list of existing links, of new links, or an empty one.", result = "messagewhiz.LinkList",
    source = "Create a Link List",
    body = { name = "string", linkIds = "sms.Id[]?", links = "messagewhiz.NewLink[]?" },
  },
  import = {
    "POST /api/3/LinkList", "Create a list from a file whose two columns hold names and addresses.", result = "messagewhiz.LinkList",
    source = "Create a Link List (import a file)",
    multipart = { doc = "sms.File", mapping = "messagewhiz.LinkMapping", name = "string?" },
  },
  add_links = {
    "POST /api/3/LinkList/{id}/links", "Add existing links; the response has the ids that were taken, unknown ones are left out.",
    result = "integer[]", source = "Create a Link List",
    body = { ids = "sms.Id[]?", link_id = "sms.Id?" }, wire = { link_id = "id" }, one_of = { { "ids", "link_id" } },
  },
  add_new_links = {
    "POST /api/3/LinkList/{id}/links/bulk", "Create links and add them to a list.", result = "messagewhiz.LinkList",
    source = "Add New Links to a Link List (Bulk)",
    body = { links = "messagewhiz.NewLink[]" },
  },
  list = {
    "GET /api/3/LinkList", "One page of link lists.", result = "messagewhiz.LinkList[]", pages = "offset", source = "Get Link Lists",
    query = { limit = "messagewhiz.Limit?", start = "messagewhiz.Start?", enabled = "boolean?", filter = "string?" },
  },
  links = {
    "GET /api/3/LinkList/{id}/links", "A list with its links.", result = "messagewhiz.LinkListMembers", single = true,
    source = "Get Links from the List",
  },
  replace = {
    "PUT /api/3/LinkList/{id}", "Replace everything in a list by the rows of a file; the response is not documented.",
    result = "messagewhiz.LinkList", source = "Modify a Link List (import a file)",
    multipart = { doc = "sms.File", mapping = "messagewhiz.LinkMapping", name = "string?" },
  },
  patch = {
    "PATCH /api/3/LinkList/{id}", "Change any field of a list: its name, or whether it is enabled.", result = "messagewhiz.Enabled",
    repeatable = true, source = "Modify a Link List (import a file)",
    body = { name = "string?", enabled = "sms.Flag01?" }, any_of = { { "name", "enabled" } },
  },
  disable = {
    "DELETE /api/3/LinkList/{id}", "Remove a list from use.", result = "boolean", source = "Disable a Link List",
  },
  remove_link = {
    "DELETE /api/3/LinkList/{id}/links", "Take a link out of a list; the call option `wire = { link_id = \"id\" }` sends the plain key.",
    result = "boolean", source = "Disable a Link in the Link List",
    query = { link_id = "sms.Id" }, wire = { link_id = "[id]" },
  },
}
