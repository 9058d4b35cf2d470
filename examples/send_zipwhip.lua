-- SPDX-License-Identifier: MIT
-- Sends a message through Zipwhip: `lua5.4 examples/send_zipwhip.lua [NUMBER [TEXT]]`.
-- With ZIPWHIP_SESSION (or ZIPWHIP_USERNAME and ZIPWHIP_PASSWORD) it uses your line; otherwise a sandbox that it starts itself.

local sms = require "sms"

local session, username, password = os.getenv "ZIPWHIP_SESSION", os.getenv "ZIPWHIP_USERNAME", os.getenv "ZIPWHIP_PASSWORD"
local url, stop = os.getenv "ZIPWHIP_URL", function() end
if not session and not username then
  local service = assert(require("sms.sandbox.server").spawn {})
  url, stop, username, password = service.url .. "/zipwhip", service.stop, "2065550100", "sandbox-password"
end

local client = sms.zipwhip { session = session, username = username, password = password, base_url = url }
local receipt, err = client:send { to = arg[1] or "+12065550123", text = arg[2] or "Open until 10 tonight." }
if receipt then
  print(("message %s: %s"):format(receipt.id, assert(client:status(receipt)).status))
else
  io.stderr:write(tostring(err), "\n") -- err.outcome says whether the text may have gone out
end
stop()
os.exit(receipt and 0 or 1, true)
