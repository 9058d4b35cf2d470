-- SPDX-License-Identifier: MIT
-- What websms' Messaging API guide and its vendor's endpoint pages say goes over the wire, transcribed by hand for wire_spec.lua.
-- Nothing here may be generated from lua/sms/websms. The format of a case is told in messagewhiz.lua.
--
-- n: 1 to 4 are text, simple by GET, simple by POST and binary, 5 is WhatsApp over a channel. The guide names the paths of the
-- first three, signing, the response and the codes; the fields are the vendor's pages'. Paths are relative to https://api.websms.com/rest.
-- A header that must not ask for something is { lacks = "text" }: it may be missing or hold anything else.

local TOKEN = "wire-token-0a1b2c3d"

local cases = {}
for _, name in ipairs { "text", "simple", "binary", "whatsapp", "errors" } do
  for _, case in ipairs(dofile("spec/wire/websms/" .. name .. ".lua")) do
    case.file = name
    cases[#cases + 1] = case
  end
end

local refusals = dofile("spec/wire/websms/refusals.lua")

return {
  provider = "websms",
  base_url = "https://api.websms.com/rest",
  options = { token = TOKEN },
  secret = TOKEN,
  headers = { accept = "application/json", authorization = "Bearer " .. TOKEN },
  numbers = 5,
  operations = { messages = "send_text send_binary send_simple", whatsapp = "send" },
  cases = cases,
  required = refusals.required,
  refused = refusals.refused,
}
