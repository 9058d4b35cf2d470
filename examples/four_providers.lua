-- SPDX-License-Identifier: MIT
-- The same three lines send a message through each of the four providers, on a sandbox.

local sms = require "sms"
local server = require("sms.sandbox.server").spawn { seconds = 60 }

local clients = {
  sms.messagewhiz { apikey = "sandbox-key", base_url = server.url .. "/messagewhiz" },
  sms.websms { token = "sandbox-token", base_url = server.url .. "/websms" },
  sms.zipwhip { username = "2065550100", password = "sandbox-password", base_url = server.url .. "/zipwhip" },
  sms.zoomconnect { email = "sandbox@example.org", token = "sandbox-token", base_url = server.url .. "/zoomconnect" },
}

local failed = false
for _, client in ipairs(clients) do
  -- A sender where the provider takes one: the table of capabilities is the one that requests are checked against.
  local message = { to = "+12065550123", text = "Open until 10 tonight.", from = client:capabilities().from and "Museum" or nil }
  local receipt, err = client:send(message)
  print(("%-12s %-9s %s"):format(client.provider, (receipt or err).outcome, receipt and "id " .. receipt.id or tostring(err)))
  failed = failed or not receipt
end

server.stop()
os.exit(not failed)
