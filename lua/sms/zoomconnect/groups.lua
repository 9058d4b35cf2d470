-- SPDX-License-Identifier: MIT
-- ZoomConnect's groups as facts; `page` and `pageSize` of the list as with the contacts.

return {
  "Groups hold contacts under one name.",
  list = {
    "GET /api/rest/v1/groups/all", "The groups.", result = "zoomconnect.Group[]", unwrap = "webServiceGroups", pages = "page",
    source = "Groups",
    query = { page = "zoomconnect.Page?", pageSize = "zoomconnect.PageSize?" },
  },
  create = {
    "POST /api/rest/v1/groups/create", "Create a group.", result = "zoomconnect.Group", source = "Groups",
    body = { name = "string", groupId = "string?" },
  },
  get = {
    "GET /api/rest/v1/groups/{id}", "One group.", result = "zoomconnect.Group", source = "Groups",
  },
  update = {
    "POST /api/rest/v1/groups/{id}", "Give a group another name.", result = "zoomconnect.Group", source = "Groups",
    body = { name = "string", groupId = "string?" },
  },
  delete = {
    "DELETE /api/rest/v1/groups/{id}", "Delete a group.", result = "true", response = "scalar", source = "Groups",
  },
  add_contact = {
    "POST|GET /api/rest/v1/groups/{id}/addContact/{contact_id}", "Put a contact into a group.", result = "true|string",
    response = "scalar", repeatable = false, source = "Groups",
  },
  remove_contact = {
    "POST|GET /api/rest/v1/groups/{id}/removeContact/{contact_id}", "Take a contact out of a group.", result = "true|string",
    response = "scalar", repeatable = false, source = "Groups",
  },
}
