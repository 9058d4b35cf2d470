-- SPDX-License-Identifier: MIT
-- What ZoomConnect's REST API guide and its published description say goes over the wire, transcribed by hand for wire_spec.lua.
-- Nothing here may be generated from lua/sms/zoomconnect. The format of a case is told in messagewhiz.lua.
--
-- n: 1 to 39 are the rows of the guide in its order; 40 to 44 are the five voice operations, which only the description has.
-- Bodies and parameters are the guide's; responses, which the guide leaves out, have the shapes of the description's classes.
-- Paths are relative to https://www.zoomconnect.com/app.

local EMAIL, TOKEN = "dev@example.com", "wire-token-0a1b2c3d"

local cases = {}
for _, name in ipairs { "account", "sms", "contacts", "groups", "messages", "templates", "voice", "errors" } do
  for _, case in ipairs(dofile("spec/wire/zoomconnect/" .. name .. ".lua")) do
    case.file = name
    cases[#cases + 1] = case
  end
end

local refusals = dofile("spec/wire/zoomconnect/refusals.lua")

return {
  provider = "zoomconnect",
  base_url = "https://www.zoomconnect.com/app",
  options = { email = EMAIL, token = TOKEN, url_token = "url-token-9f8e7d6c" },
  secret = TOKEN,
  headers = { email = EMAIL, token = TOKEN, accept = "application/json" },
  numbers = 44,
  operations = {
    account = "balance statistics transfer find_user create_user get_user update_user",
    sms = "send send_bulk send_url_parameters send_url",
    contacts = "list create get update delete add_to_group remove_from_group",
    groups = "list create get update delete add_contact remove_contact",
    messages = "list get delete mark_read mark_unread analyse credit_cost encoding length length_allowed parts",
    templates = "list get delete",
    voice = "list send_audio send_text get delete",
  },
  cases = cases,
  required = refusals.required,
  refused = refusals.refused,
}
