-- SPDX-License-Identifier: MIT
-- What Zipwhip's Software API documents say goes over the wire, transcribed by hand for wire_spec.lua.
-- Nothing here may be generated from lua/sms/zipwhip. The format of a case is told in messagewhiz.lua.
--
-- n: the operations in the order of `operations` below. The two guides show user/login, message/send, messaging/send and
-- contact/save and name message/get, message/list and conversation/get; the rest is in the vendor's other public pages.
-- Every call works as a POST form, says the vendor, so that is what is asked here and the session stays out of the address, but
-- for hostedContent/get, which is documented by GET only. Paths are relative to https://api.zipwhip.com.
-- The envelope of a response is { success, response, sessions }; ids are strings in a result, whatever they are on the wire.

local SESSION = "00000000-1111-2222-3333-444444444444:300000001"

local cases = {}
local files = {
  "user", "messages", "media", "conversations", "contacts", "groups", "webhooks", "operators", "apps", "errors",
}
for _, name in ipairs(files) do
  for _, case in ipairs(dofile("spec/wire/zipwhip/" .. name .. ".lua")) do
    case.file = name
    cases[#cases + 1] = case
  end
end

local refusals = dofile("spec/wire/zipwhip/refusals.lua")

return {
  provider = "zipwhip",
  base_url = "https://api.zipwhip.com",
  options = { session = SESSION, lookup_key = "lookup-key-1a2b3c" },
  secret = SESSION,
  headers = { authorization = false },
  numbers = 42,
  operations = {
    user = "login logout get save set_signature change_password",
    messages = "send send_media get list mark_read delete",
    attachments = "list get save",
    conversations = "list get mark_read delete",
    contacts = "save list get delete",
    groups = "list members get save add_member remove_member delete",
    webhooks = "add list update delete",
    operators = "list save unassign",
    roles = "list",
    apps = "install alter list",
    lookup = "textable",
  },
  cases = cases,
  required = refusals.required,
  refused = refusals.refused,
}
