-- SPDX-License-Identifier: MIT
-- ZoomConnect's contacts as facts. The documents call the list paginated and name no parameter for it: `page` and `pageSize`
-- go out when they are given. The path that takes a contact out of a group is spelt addFromGroup there; it stays so.

return {
  "Contacts are people with a name and a number.",
  list = {
    "GET /api/rest/v1/contacts/all", "The contacts.", result = "zoomconnect.Contact[]", unwrap = "webServiceContacts", pages = "page",
    source = "Contacts",
    query = { page = "zoomconnect.Page?", pageSize = "zoomconnect.PageSize?" },
  },
  create = {
    "POST /api/rest/v1/contacts/create", "Create a contact.", result = "zoomconnect.Contact", source = "Contacts",
    body = { contactNumber = "sms.Msisdn?", firstName = "string?", lastName = "string?", title = "string?", contactId = "string?" },
    any_of = { { "contactNumber", "firstName", "lastName", "title", "contactId" } },
  },
  get = {
    "GET /api/rest/v1/contacts/{id}", "One contact.", result = "zoomconnect.Contact", source = "Contacts",
  },
  update = {
    "POST /api/rest/v1/contacts/{id}", "Change a contact.", result = "zoomconnect.Contact", source = "Contacts",
    body = { contactNumber = "sms.Msisdn?", firstName = "string?", lastName = "string?", title = "string?", contactId = "string?" },
    any_of = { { "contactNumber", "firstName", "lastName", "title", "contactId" } },
  },
  delete = {
    "DELETE /api/rest/v1/contacts/{id}", "Delete a contact.", result = "true", response = "scalar", source = "Contacts",
  },
  add_to_group = {
    "POST|GET /api/rest/v1/contacts/{id}/addToGroup/{group_id}", "Put a contact into a group.", result = "true|string",
    response = "scalar", repeatable = false, source = "Contacts",
  },
  remove_from_group = {
    "POST|GET /api/rest/v1/contacts/{id}/addFromGroup/{group_id}", "Take a contact out of a group.", result = "true|string",
    response = "scalar", repeatable = false, source = "Contacts",
  },
}
