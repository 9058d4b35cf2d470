-- SPDX-License-Identifier: MIT
-- Sends a message through ZoomConnect, from its price to its delivery: `lua5.4 examples/send_zoomconnect.lua [TO [TEXT]]`.
-- Without ZOOMCONNECT_TOKEN it runs on a sandbox that it starts itself; nothing leaves this machine and no text is sent.
-- With it, ZOOMCONNECT_EMAIL, and ZOOMCONNECT_URL for another host, the same calls go to the real service.

local sms = require "sms"

local PATIENCE = 30 -- seconds to wait for the last delivery status

-- The outcome of an error: it is safe to send again only if the message was not sent.
local ADVICE = { not_sent = "the text was not sent", unknown = "the text may have been sent: look before sending again" }

-- The client's options, the default number, and a function to stop what was started.
local function service()
  local email, token = os.getenv("ZOOMCONNECT_EMAIL"), os.getenv("ZOOMCONNECT_TOKEN")
  if token then return { email = email, token = token, base_url = os.getenv("ZOOMCONNECT_URL") }, nil, function() end end
  local server = assert(require("sms.sandbox.server").spawn { delivery = 0.5 })
  local options = { email = "sandbox@example.org", token = "sandbox-token", base_url = server.url .. "/zoomconnect" }
  return options, "+27825551234", server.stop
end

-- Polls once a second until the status is final or the time limit is reached.
local function await(client, receipt)
  local deadline = os.time() + PATIENCE
  while true do
    local found = assert(client:status(receipt))
    if found.final or os.time() >= deadline then return found end
    sms.sleep(1)
  end
end

local function send(options, to, text)
  options.region = "ZA" -- of numbers without a country code, such as 082 555 1234
  local client = sms.zoomconnect(options)
  local cost = assert(client.messages:credit_cost { message = text, recipientNumber = to })
  local balance = assert(client:balance())
  print(("price      %s of %s credits"):format(cost, balance))
  local receipt = assert(client:send { to = to, text = text, reference = "example" })
  print(("accepted   as %s"):format(receipt.id))
  local status = await(client, receipt)
  print(("%-10s %s"):format(status.status, status.final and "for good" or "so far"))
  return status.final
end

local options, default, stop = service()
local to = arg[1] or default
if not to then
  io.stderr:write("usage: lua5.4 send_zoomconnect.lua TO [TEXT]\n")
  os.exit(2, true)
end
local ok, result = pcall(send, options, to, arg[2] or "Hello from Lua")
stop()
if not ok then
  io.stderr:write(tostring(result), "\n", type(result) == "table" and ADVICE[result.outcome] .. "\n" or "")
  os.exit(1, true)
end
os.exit(result and 0 or 1, true)
