-- SPDX-License-Identifier: MIT
-- Sends a message through MessageWhiz: `lua5.4 examples/send_messagewhiz.lua [TO [TEXT]]`, from SMS_FROM.
-- Without MESSAGEWHIZ_APIKEY it runs on a sandbox that it starts itself; nothing leaves this machine and no text is sent.

local sms = require "sms"

-- The client's options, and a function to stop what was started.
local function service()
  local key = os.getenv("MESSAGEWHIZ_APIKEY")
  if key then return { apikey = key, base_url = os.getenv("MESSAGEWHIZ_URL") }, function() end end
  local server = assert(require("sms.sandbox.server").spawn {})
  return { apikey = "sandbox-key", base_url = server.url .. "/messagewhiz" }, server.stop
end

local options, stop = service()
local client = sms.messagewhiz(options)
local message = { to = arg[1] or "+1 555 010 0123", text = arg[2] or "Hello from Lua", from = os.getenv("SMS_FROM") or "Museum" }
local ok, receipt, problem = pcall(client.send, client, message)
stop()
if not ok or not receipt then
  io.stderr:write(tostring(ok and problem or receipt), "\n")
  os.exit(1, true)
end
print(("%s by %s as %s, reference %s"):format(receipt.status, receipt.provider, receipt.id, receipt.reference))
