-- SPDX-License-Identifier: MIT
-- Sends many messages through any provider: `lua5.4 examples/bulk.lua [PROVIDER [ROWS.csv]]`, rows of `number,name`.
-- Some rows of the built-in list are invalid on purpose. Without the provider's credentials in the environment (see below)
-- it runs on a sandbox that it starts itself; nothing leaves this machine and no text is sent.

local sms = require "sms"

local TEXT = "Dear {name}, your tickets are ready."
local ROWS = "+12065550100,Ada\n+12065550101,Blaise\nnonsense,Chloé\n+12065550102,\n+12065550103,Dmitri\n"

-- By option: the environment variable for the real service, and the value for the sandbox.
local CREDENTIALS = {
  messagewhiz = { apikey = { "MESSAGEWHIZ_APIKEY", "sandbox-key" } },
  websms = { token = { "WEBSMS_TOKEN", "sandbox-token" } },
  zipwhip = { session = { "ZIPWHIP_SESSION", "00000000-0000-4000-8000-000000000001:300000001" } },
  zoomconnect = { email = { "ZOOMCONNECT_EMAIL", "sandbox@example.org" }, token = { "ZOOMCONNECT_TOKEN", "sandbox-token" } },
}

local function fail(status, line, ...)
  io.stderr:write(line:format(...), "\n")
  os.exit(status, true)
end

-- The real service if the environment has its credentials, otherwise a sandbox; and a function to stop that.
local function client_of(provider)
  local options, real = { base_url = os.getenv(provider:upper() .. "_URL") }, true
  for name, pair in pairs(CREDENTIALS[provider]) do
    options[name] = os.getenv(pair[1])
    real = real and options[name] ~= nil
  end
  if real then return sms[provider](options), function() end end
  local server = assert(require("sms.sandbox.server").spawn {})
  options = { base_url = server.url .. "/" .. provider }
  for name, pair in pairs(CREDENTIALS[provider]) do options[name] = pair[2] end
  return sms[provider](options), server.stop
end

local function text_of(path)
  if not path then return ROWS end
  local file <close>, problem = io.open(path, "rb")
  if not file then fail(1, "rows: %s", problem) end
  return file:read("a")
end

-- An iterator over messages: send_many takes one as well as a list. A row without a name lacks the variable.
local function messages(text, from)
  local lines = text:gmatch("[^\r\n]+")
  return function()
    local line = lines()
    if not line then return nil end
    local to, name = line:match("^([^,]*),?(.*)$")
    return { to = to, text = TEXT, from = from, vars = { name = name ~= "" and name or nil } }
  end
end

local provider = arg[1] or "websms"
if not CREDENTIALS[provider] then fail(2, "no provider '%s'; there is %s", provider, table.concat(sms.providers, ", ")) end
local text = text_of(arg[2])
local client, stop = client_of(provider)
local from = client:capabilities().from and (os.getenv("SMS_FROM") or "Museum") or nil
local ok, rows = pcall(client.send_many, client, messages(text, from))
stop()
if not ok then fail(1, "%s", rows) end

local accepted = 0
for _, row in ipairs(rows) do
  if row.outcome == "accepted" then accepted = accepted + 1 end
  print(("%-14s %-9s %s"):format(row.to, row.outcome, row.error and row.error.message or row.id))
end
print(("%d of %d accepted by %s"):format(accepted, #rows, provider))
