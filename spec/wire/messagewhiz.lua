-- SPDX-License-Identifier: MIT
-- What MessageWhiz's API document (version 3) says goes over the wire, transcribed by hand: wire_spec.lua plays it against the client.
-- Nothing here may be generated from lua/sms/messagewhiz: client and sandbox read those facts, so only this file can find them wrong.
--
-- A case: n = number of the operation in the document's order; call, args = what a Lua caller writes; request = what must arrive
-- (json is the body's text, compared by value and type; query pairs are decoded, query_raw is the raw spelling); response = what the
-- server says, the document's example repaired to strict JSON; result = what the caller gets, or failure = fields of the error value.
-- note says where a case has no example in the document or departs from it. required and refused are told in refusals.lua.

local KEY = "wire-key-0a1b2c3d"

local cases = {}
local files = { "campaigns", "recipient_lists", "senders", "broadcasts", "sending", "unsubscribe_lists", "links", "content", "errors" }
for _, name in ipairs(files) do
  for _, case in ipairs(dofile("spec/wire/messagewhiz/" .. name .. ".lua")) do
    case.file = name
    cases[#cases + 1] = case
  end
end

local refusals = dofile("spec/wire/messagewhiz/refusals.lua")

return {
  provider = "messagewhiz",
  base_url = "https://sms.messagewhiz.com",
  options = { apikey = KEY },
  secret = KEY,
  headers = { apikey = KEY },
  numbers = 80,
  operations = {
    campaigns = "create list update patch disable",
    recipient_lists = "import create preview list recipients numbers download add_numbers patch replace disable",
    senders = "create list update patch disable",
    sender_lists = "create add list senders update patch disable remove",
    broadcasts = "estimate send send_single send_smart tiny submit list",
    segments = "create",
    messages = "send",
    otp = "send verify",
    unsubscribe_lists = "import create preview add_numbers list numbers download replace patch disable",
    links = "create list update disable conversion",
    link_lists = "create import add_links add_new_links list links replace patch disable remove_link",
    spinners = "create list update patch disable",
    templates = "create list update disable",
    triggers = "create list update disable",
    delivery_reports = "get",
  },
  cases = cases,
  required = refusals.required,
  refused = refusals.refused,
}
