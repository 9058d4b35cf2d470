-- SPDX-License-Identifier: MIT
-- Receives delivery reports in the script itself: sends three messages through a sandbox, listens for their reports, and keeps the
-- newest state of each. With a real provider, the URL must be reachable for the provider.
-- Run it from a checkout: `eval "$(make -s env)"; lua5.4 examples/listen.lua`.

local sms = require "sms"
local sandbox = require "sms.sandbox.server"

local SECRET = os.getenv "LUA_SMS_WEBHOOK_SECRET" or "only the provider and I know this"
-- In the sandbox the last digits of a number determine the result: 0001 is undelivered, 0003 is rejected.
local NUMBERS = { "15550100123", "15550100001", "15550100003" }

local service <close> = assert(sandbox.spawn { seconds = 60 })
local client = sms.messagewhiz { apikey = "sandbox-key", base_url = service.url .. "/messagewhiz", webhook_secret = SECRET }

local states, open = {}, #NUMBERS -- the newest event of each message, by its reference; messages without a final one

local function on_event(event)
  if event.type ~= "delivery" then return true end
  local known = states[event.reference]
  if not sms.webhook.newer(event, known) then return true end -- a late report of an earlier state
  states[event.reference] = event
  if event.final and not (known and known.final) then open = open - 1 end
  print(("%-8s %-12s %s"):format(event.reference, event.to, event.status))
  return true -- false would ask the provider to send it again
end

local function send(port)
  local address = sms.webhook.url(("http://127.0.0.1:%d/reports"):format(port), SECRET)
  for i, number in ipairs(NUMBERS) do
    assert(client.messages:send { from = "Shop", to = number, text = "Your order is here", client_ref = "order-" .. i, callback = address })
  end
  assert(client:request { method = "POST", path = "/_sandbox/tick", json = { seconds = 2 } }) -- the sandbox's time, not ours
  assert(client:request { method = "POST", path = "/_sandbox/tick", json = { seconds = 60 } })
end

local counts = assert(sms.listener.run {
  client = client, path = "/reports", seconds = 20, on_listen = send, on_event = on_event,
  stop = function() return open == 0 end,
})
print(("%d events, %d repeats, %d refused requests"):format(counts.events, counts.repeats, counts.refused))
