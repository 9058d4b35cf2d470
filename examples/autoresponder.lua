-- SPDX-License-Identifier: MIT
-- Replies to inbound messages of websms, except from numbers that have sent STOP: `lua5.4 examples/autoresponder.lua OPTED_OUT.txt [PORT]`.
-- Without WEBSMS_TOKEN it runs on a sandbox that it starts itself, which delivers four messages, and then ends. With it, it listens
-- on this machine until Ctrl-C: let your web server forward the provider's callbacks to PORT, with WEBHOOK_SECRET in the URL.

local sms = require "sms"

local REPLY = "Thank you for writing to the museum. We are open from 10 to 6. Write STOP to get no more texts."
local DEMO = {
  { from = "+436600000100", text = "When do you open?" }, { from = "+436600000101", text = " Stop " },
  { from = "+436600000101", text = "Hello?" }, { from = "+436600000100", text = "Thanks" },
}
local PATIENCE = 30 -- seconds after which the demo ends in any case

local path, port = arg[1], math.tointeger(tonumber(arg[2] or 0))
if not path or not port then
  io.stderr:write("usage: lua5.4 autoresponder.lua OPTED_OUT.txt [PORT]\n")
  os.exit(2)
end

-- The numbers in the file, one per line; none if there is no file. "unsaved" until a number is in the file.
local opted_out = {}
local file = io.open(path)
for line in file and file:lines() or function() end do opted_out[line] = true end
if file then file:close() end

-- The file is written before the response to the provider: an error here makes the response a failure.
local function opt_out(number)
  if opted_out[number] == true then return end
  opted_out[number] = "unsaved"
  local out <close> = assert(io.open(path, "a"))
  assert(out:write(number, "\n"))
  assert(out:flush())
  opted_out[number] = true
end

local client, handled = nil, 0

local function on_event(event)
  if event.type ~= "inbound" then return end
  handled = handled + 1
  local words = (event.text or ""):upper():match("^%s*(.-)%s*$")
  if words == "STOP" then opt_out(event.from) end
  if opted_out[event.from] then
    print(("%s wrote %q: no response, opted out"):format(event.from, event.text or ""))
    return
  end
  local receipt, problem = client:send { to = event.from, text = REPLY }
  print(("%s wrote %q: %s"):format(event.from, event.text or "", receipt and "answered" or tostring(problem)))
end

-- Registers our URL in the sandbox and simulates inbound messages.
local function demonstrate(secret)
  return function(bound)
    local address = sms.webhook.url(("http://127.0.0.1:%d/"):format(bound), secret)
    assert(client:request { method = "POST", path = "/_sandbox/webhook", json = { url = address } })
    for _, inbound in ipairs(DEMO) do
      inbound.to = "08280000001"
      assert(client:request { method = "POST", path = "/_sandbox/inbound", json = inbound })
    end
  end
end

local function run(token, secret, demo)
  client = sms.websms { token = token, base_url = demo and demo.url .. "/websms" or os.getenv("WEBSMS_URL"), webhook_secret = secret }
  return sms.listener.run {
    client = client, port = port, on_event = on_event, seconds = demo and PATIENCE or nil,
    stop = demo and function() return handled == #DEMO end or nil,
    on_listen = demo and demonstrate(secret) or function(bound) print(("listening on http://127.0.0.1:%d/"):format(bound)) end,
  }
end

local token, secret = os.getenv("WEBSMS_TOKEN"), os.getenv("WEBHOOK_SECRET")
local demo
if not token then
  token, secret, demo = "sandbox-token", "demo-secret", assert(require("sms.sandbox.server").spawn {})
elseif not secret then
  io.stderr:write("WEBHOOK_SECRET is missing: websms signs nothing, so anybody could post\n")
  os.exit(2)
end
local ok, counts, problem = pcall(run, token, secret, demo)
if demo then demo.stop() end
if not ok or not counts then
  io.stderr:write(tostring(problem or counts), "\n")
  os.exit(1, true)
end
print(("%d texts came in, %d could not be kept"):format(counts.events, counts.failed))
os.exit(counts.failed == 0 and (not demo or handled == #DEMO), true)
