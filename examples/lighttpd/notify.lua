-- SPDX-License-Identifier: MIT
-- luacheck: globals lighty
-- For lighttpd's mod_magnet (Lua 5.4): receives a callback of ZoomConnect, sends a message about it, and returns the response that the
-- provider expects. In lighttpd.conf:
--
--   server.modules += ("mod_magnet")
--   $HTTP["url"] == "/sms/zoomconnect" { magnet.attract-raw-url-to = ("/etc/lighttpd/notify.lua") }
--
-- Needs ZOOMCONNECT_EMAIL and ZOOMCONNECT_TOKEN in lighttpd's environment; the messages go to ALERT_NUMBER. A call blocks this
-- lighttpd worker, for its time-out at most.

local sms = require "sms"
local r = lighty.r

local client = sms.from_env("zoomconnect", { timeout = 5 })
local events, err = client:webhook {
  method = r.req_attr["request.method"], query = r.req_attr["uri.query"] or "", body = r.req_body.get or "",
  headers = { ["content-type"] = r.req_header["Content-Type"] },
}
if not events then
  r.resp_body:set { tostring(err) }
  return 400
end

local event = events[1]
local receipt, problem = client:send {
  to = os.getenv "ALERT_NUMBER" or "+27725551234", text = event.type .. " " .. tostring(event.id),
}
r.resp_header["Content-Type"] = "text/plain"
r.resp_body:set { receipt and receipt.outcome or tostring(problem), " ", sms.version, "\n" }
return client:webhook_answer(receipt ~= nil).status
