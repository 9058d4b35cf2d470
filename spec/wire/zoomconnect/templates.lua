-- SPDX-License-Identifier: MIT
-- ZoomConnect's guide, section "Templates": operations 37 to 39. The format of a case is told in ../messagewhiz.lua.

return {
  {
    n = 37,
    note = "webServiceTemplates is envelope",
    call = "templates.list",
    request = { method = "GET", path = "/api/rest/v1/templates/all" },
    response = {
      status = 200,
      body = [[{"webServiceTemplates":[{"templateId":9001,"name":"Welcome","data":"Hi #name#","links":[]}],"links":[]}]],
    },
    result = { { templateId = 9001, name = "Welcome", data = "Hi #name#", links = {} } },
  },
  {
    n = 37,
    note = "the guide says paginated and names no parameter: messages.list's two are sent when they are given",
    call = "templates.list",
    args = { page = 3, pageSize = 10 },
    request = { method = "GET", path = "/api/rest/v1/templates/all", query = { { "page", "3" }, { "pageSize", "10" } } },
    response = { status = 200, body = [[{"webServiceTemplates":[],"links":[]}]] },
    result = {},
  },
  {
    n = 38,
    note = "the description's class",
    call = "templates.get",
    args = { id = 9001 },
    request = { method = "GET", path = "/api/rest/v1/templates/9001" },
    response = { status = 200, body = [[{"templateId":9001,"name":"Welcome","data":"Hi","links":[]}]] },
    result = { templateId = 9001, name = "Welcome", data = "Hi", links = {} },
  },
  {
    n = 39,
    note = "204 has no body",
    call = "templates.delete",
    args = { id = 9001 },
    request = { method = "DELETE", path = "/api/rest/v1/templates/9001" },
    response = { status = 204, body = "" },
    result = true,
  },
}
