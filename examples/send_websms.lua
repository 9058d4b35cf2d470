-- SPDX-License-Identifier: MIT
-- Sends a message through websms: `lua5.4 examples/send_websms.lua [TO [TEXT]]`.
-- Without WEBSMS_TOKEN it runs on a sandbox that it starts itself; nothing leaves this machine and no text is sent.

local sms = require "sms"

-- The client's options, and a function to stop what was started.
local function service()
  local token = os.getenv("WEBSMS_TOKEN")
  if token then return { token = token, base_url = os.getenv("WEBSMS_URL") }, function() end end
  local server = assert(require("sms.sandbox.server").spawn {})
  return { token = "sandbox-token", base_url = server.url .. "/websms" }, server.stop
end

-- The outcome of an error: it is safe to send again only if the message was not sent.
local ADVICE = { not_sent = "the text was not sent", unknown = "the text may have been sent: look before sending again" }

local options, stop = service()
local client = sms.websms(options)
local ok, receipt, problem = pcall(client.send, client, { to = arg[1] or "+43 660 0000100", text = arg[2] or "Hello from Lua" })
stop()
if not ok or not receipt then
  io.stderr:write(tostring(ok and problem or receipt), "\n", ok and ADVICE[problem.outcome] .. "\n" or "")
  os.exit(1, true)
end
print(("%s by %s as %s, %s SMS"):format(receipt.status, receipt.provider, receipt.id, receipt.segments or "unknown number of"))
