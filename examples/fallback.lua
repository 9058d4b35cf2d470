-- SPDX-License-Identifier: MIT
-- Tries one provider, and the next only after proof that no message was sent: `lua5.4 examples/fallback.lua [NUMBER [TEXT]]`.
-- The proof is `err.outcome == "not_sent"`; after "unknown" another attempt could reach the recipient twice, so someone has to check.
-- `sms.failover { … }` does this and more; here it is in twenty lines. Runs on its own sandbox, where numbers that end in 0124
-- are refused by Zipwhip, and those that end in 0999 have an unknown outcome.

local sms = require "sms"

--- Sends through the first client that takes the message.
---@param clients table[]
---@param message table
---@return table? receipt
---@return sms.Error? err  the last one; its outcome tells whether the text may have gone out
local function send(clients, message)
  local receipt, err
  for _, client in ipairs(clients) do
    -- A sender name only where the provider takes one: an option it lacks is refused before the network.
    local given = { to = message.to, text = message.text, from = client:capabilities().from and message.from or nil }
    receipt, err = client:send(given)
    if receipt then return receipt end
    print(("%-12s %s"):format(client.provider, tostring(err)))
    if err.outcome ~= "not_sent" then break end
  end
  return nil, err
end

local service = assert(require("sms.sandbox.server").spawn {})
local clients = {
  sms.zipwhip { username = "2065550100", password = "sandbox-password", base_url = service.url .. "/zipwhip" },
  sms.messagewhiz { apikey = "sandbox-key", base_url = service.url .. "/messagewhiz" },
}
local message = { to = arg[1] or "+12065550124", text = arg[2] or "Open until 10 tonight.", from = "Museum" }
local ok, receipt, err = pcall(send, clients, message)
service.stop()
if not ok then
  io.stderr:write(tostring(receipt), "\n")
elseif receipt then
  print(("%-12s accepted as %s"):format(receipt.provider, receipt.id))
else
  print(err.outcome == "not_sent" and "it was not sent" or "it may have gone out: check before you send again")
end
os.exit(ok and receipt ~= nil, true)
