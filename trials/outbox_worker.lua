-- SPDX-License-Identifier: MIT
-- A worker of the outbox's trial: `lua5.4 trials/outbox_worker.lua OUTBOX PORT IN_FLIGHT BATCH LEASE`. Ends when the outbox is drained.

local sms = require "sms"

local outbox = assert(sms.outbox.open(arg[1]))
local client = sms.zoomconnect {
  email = "trial@example.org", token = "trial", base_url = "http://127.0.0.1:" .. arg[2], timeout = 1, retries = 0,
}
local counts, err = outbox:work {
  routes = { zc = client }, in_flight = tonumber(arg[3]) // 1 | 0, batch = tonumber(arg[4]) // 1 | 0, lease = tonumber(arg[5]),
    drain = true,
  patience = 60,
}
if not counts then
  io.stderr:write(tostring(err), "\n")
  os.exit(70)
end
os.exit(counts.exit)
