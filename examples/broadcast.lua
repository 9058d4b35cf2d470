-- SPDX-License-Identifier: MIT
-- A resumable broadcast: `lua5.4 examples/broadcast.lua OUTBOX RECIPIENTS.csv [TEXT]`, e.g. with sqlite:june.db.
-- Plans, reviews, applies, sends, and resolves unknown outcomes from the provider's history. The same command continues after an
-- interruption; no message is sent twice. Needs ZOOMCONNECT_EMAIL and ZOOMCONNECT_TOKEN (and ZOOMCONNECT_URL for another host); the exit
-- status is that of `outbox:work`.

local sms = require "sms"

local address, path = arg[1], arg[2]
local text = arg[3] or "Hi {name|there}, the museum is open until 10 tonight."
if not path then
  io.stderr:write("usage: lua5.4 examples/broadcast.lua OUTBOX RECIPIENTS.csv [TEXT]\n")
  os.exit(2)
end

local function say(line, ...) print(line:format(...)) end

local outbox = assert(sms.outbox.open(address))
local client = sms.from_env("zoomconnect", { timeout = 10, pool = sms.pool { max_connections = 50 } })
local routes = { zc = client }

-- Every row is checked, rendered and stored; planning the same list again changes nothing.
local plan = assert(outbox:plan("broadcast", assert(sms.rows(path, { region = "ZA" })), { text = text, route = "zc", region = "ZA" }))
say("planned      %d rows, %d to be sent, %d segments, digest %s", plan.rows, plan.ready, plan.segments, plan.digest)
for row in plan:problems() do say("  row %-6d %-10s %s", row.index, row.reason, row.error or "") end

-- A person would review the plan here, and pass its digest.
assert(outbox:apply("broadcast", plan.digest))

local counts = assert(outbox:work { routes = routes, in_flight = 50, drain = true })
say("worked       %d accepted, %d not sent, %d unknown", counts.accepted, counts.not_sent + counts.refused, counts.unknown)

-- Rows of a killed worker: it has ended, so none of its requests is in flight, and a few seconds for the history's delay are enough.
if outbox:status("broadcast").unknown > 0 then
  sms.sleep(2)
  local settled = assert(outbox:reconcile { run = "broadcast", routes = routes, settle = 1, lease = 0 })
  say("reconciled   %d accepted, %d not sent, %d still unknown", settled.accepted, settled.not_sent, settled.unknown)
  if assert(outbox:retry { run = "broadcast", reason = "absent" }) > 0 then
    counts = assert(outbox:work { routes = routes, in_flight = 50, drain = true })
    say("sent again   %d that were proven not sent", counts.accepted)
  end
end

local status = outbox:status "broadcast"
say("all in all   %d accepted, %d not sent, %d unknown, %d ready", status.accepted, status.not_sent, status.unknown, status.ready)
say("exported     %d rows to %s.result.csv", outbox:export(path .. ".result.csv", { run = "broadcast" }), path)
outbox:close()
os.exit(status.unknown > 0 and 3 or counts.exit)
