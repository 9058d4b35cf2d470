-- SPDX-License-Identifier: MIT
-- ZoomConnect's templates as facts. They are made and changed on the provider's pages only; `page` and `pageSize` of the list
-- as with the contacts.

return {
  "Templates are texts that are kept for sending again.",
  list = {
    "GET /api/rest/v1/templates/all", "The templates.", result = "zoomconnect.Template[]", unwrap = "webServiceTemplates", pages = "page",
    source = "Templates",
    query = { page = "zoomconnect.Page?", pageSize = "zoomconnect.PageSize?" },
  },
  get = {
    "GET /api/rest/v1/templates/{id}", "One template.", result = "zoomconnect.Template", source = "Templates",
  },
  delete = {
    "DELETE /api/rest/v1/templates/{id}", "Delete a template.", result = "true", response = "scalar", source = "Templates",
  },
}
