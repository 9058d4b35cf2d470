-- SPDX-License-Identifier: MIT
-- Verifies a phone number with a one-time password of MessageWhiz: `lua5.4 examples/otp.lua [NUMBER]`.
-- The provider creates, sends and checks the code. With MESSAGEWHIZ_APIKEY it asks for the code that arrived; without, it uses a
-- sandbox, and reads the code from the sandbox's inbox.

local sms = require "sms"

local TRIES = 3
local CAMPAIGN = "Sign-in"
local TEXT = "Your code is {{verification_code}}. It is nobody else's business."

local function must(step, result, err)
  if result == nil then error(step .. ": " .. tostring(err), 0) end
  return result
end

-- The newest message to this number in the sandbox's inbox contains the code.
local function read_inbox(client, number)
  local code
  for _, text in ipairs(must("inbox", client:request { path = "/_sandbox/inbox" })) do
    if text.to == number then code = text.text:match("%d%d%d+") end
  end
  return code
end

local function ask()
  io.write("Code: ")
  io.flush()
  local line = io.read("l")
  return line and line:match("%d+")
end

-- One campaign serves all codes; names of campaigns are unique.
local function campaign_of(client)
  local made, err = client.campaigns:create { name = CAMPAIGN }
  if made or err.kind ~= "conflict" then return must("campaign", made, err) end
  for campaign in client.campaigns:each() do
    if campaign.name == CAMPAIGN then return campaign end
  end
  return must("campaign", nil, err)
end

local function main(options, number, read_code)
  local client = sms.messagewhiz(options)
  local campaign = campaign_of(client)
  local sent = must("code", client.otp:send { campaign_id = campaign.id, recipient = number, sender = "Museum", message_body = TEXT })
  print(("code     sent to %s as message %d"):format(number, sent.id))
  for _ = 1, TRIES do
    local code = read_code(client, number)
    if not code then break end
    -- The code stays a string: it may begin with 0.
    if must("check", client.otp:verify { phone_number = number, verification_code = code }).valid then return true end
    print("         that was not it")
  end
  return false
end

-- The real service, or a sandbox: options, the number, the source of the code, and a function to stop it.
local function service()
  local key = os.getenv "MESSAGEWHIZ_APIKEY"
  local number = arg[1] or "15550100123"
  if key then return { apikey = key, base_url = os.getenv "MESSAGEWHIZ_URL" }, number, ask, function() end end
  local own = assert(require("sms.sandbox.server").spawn {})
  return { apikey = "sandbox-key", base_url = own.url .. "/messagewhiz" }, number, read_inbox, own.stop
end

local options, number, read_code, stop = service()
local ok, right = pcall(main, options, number, read_code)
stop()
if ok then print(right and "verified" or "not verified") else io.stderr:write(tostring(right), "\n") end
os.exit(ok and right, true)
