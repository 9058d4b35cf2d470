-- SPDX-License-Identifier: MIT
-- `sms trigger`: generates a provider's callback with an in-process sandbox and posts it to a program.

local http = require "sms.cli.http"
local json = require "sms.json"
local output = require "sms.cli.output"
local terminal = require "sms.text.terminal"

local trigger = {}

-- Credentials of the sandbox's accounts, and numbers that they accept.
local ACCOUNTS = {
  messagewhiz = { options = { apikey = "sandbox-key" }, from = "Sandbox", to = "+27825551234" },
  websms = { options = { token = "sandbox-token" }, to = "+436641234567" },
  zipwhip = { options = { username = "2065550100", password = "sandbox-password" }, to = "+12065550123" },
  zoomconnect = { options = { email = "sandbox@example.org", token = "sandbox-token" }, to = "+27825551234" },
}

-- The control route of the sandbox for inbound messages to an account.
local REPLIES = { websms = "inbound", zipwhip = "inbound", zoomconnect = "reply" }

local LONGEST = 60 -- seconds of the sandbox's clock until a final state

-- Where `--print` would post.
local NOWHERE = "http://127.0.0.1/"

local function find_sandbox()
  local found, sandbox = pcall(require, "sms.sandbox")
  if found then return sandbox end
  output.missing("the sandbox is a separate rock: luarocks install lua-sms-sandbox\n" .. sandbox)
end

local function ask(sandbox, path, body)
  local response = sandbox:handle { method = "POST", path = path, body = json.encode(body) }
  if response.status >= 300 then output.stop(2, (json.decode(response.body) or {}).error or response.body) end
end

local function send(sandbox, provider, to, address)
  local sms, account, options = require "sms", ACCOUNTS[provider], { transport = sandbox:transport(provider) }
  for name, value in pairs(account.options) do options[name] = value end
  local client = sms[provider](options)
  local callback = client:capabilities().callback and address or nil
  local receipt, err = client:send { to = to, from = account.from, text = "Hello from the sandbox.", callback = callback }
  if not receipt then output.stop(2, tostring(err)) end
end

-- The callbacks of an event, oldest first.
local function callbacks_of(options, address)
  local account = ACCOUNTS[options.provider]
  if not account then output.stop(2, ("the sandbox has no %s"):format(options.provider)) end
  local page = REPLIES[options.provider]
  if options.event == "reply" and not page then output.stop(2, options.provider .. " documents no replies") end
  local to, problem = require("sms.number").e164(options.to or account.to)
  if not to then output.stop(2, ("--to '%s' %s"):format(options.to, problem)) end
  local now = os.time() -- stands still, so that time passes by `tick` alone
  local sandbox = find_sandbox().new {
    clock = function() return now end, delivery = { sent = 1, final = 2, endings = { [to:sub(-4)] = options.event } },
  }
  ask(sandbox, ("/%s/_sandbox/webhook"):format(options.provider), { url = address, replies = address })
  if options.event == "reply" then
    ask(sandbox, ("/%s/_sandbox/%s"):format(options.provider, page),
      { from = to, to = "+12065550100", text = options.text or "Yes, please." })
  else
    send(sandbox, options.provider, to, address)
    sandbox:tick(1.5)
    sandbox:callbacks()
    sandbox:tick(LONGEST)
  end
  return sandbox:callbacks()
end

local function show(callback)
  output.say(("%s %s"):format(callback.method or "POST", callback.url))
  for name, value in pairs(callback.headers or {}) do output.say(("%s: %s"):format(name, value)) end
  output.write ""
  if callback.body and callback.body ~= "" then output.write(terminal.json(callback.body)) end
end

local function header(headers, wanted)
  for name, value in pairs(headers or {}) do
    if name:lower() == wanted then return value end
  end
end

-- Posts a callback and prints the response; returns whether it was accepted.
local function post(callback)
  local response, problem = http.exchange { url = callback.url, method = callback.method or "POST", body = callback.body,
    headers = http.end_to_end(callback.headers), content_type = header(callback.headers, "content-type") }
  if not response then
    output.complain(callback.url:gsub("%?.*", ""), ": ", problem)
    return false
  end
  output.write(("%d in %d ms"):format(response.status, response.seconds * 1000 // 1))
  if response.body ~= "" then output.write(terminal.text(response.body:gsub("\n$", ""))) end
  return response.status >= 200 and response.status < 300
end

-- The address with the shared secret that a listener of ours would ask for.
local function with_secret(address)
  local secret = require("sms.cli.listen").secret()
  return secret and require("sms.webhook").url(address, secret) or address
end

-- At a sandbox that runs elsewhere: its newest text takes the state, or someone writes.
local function at_sandbox(options)
  local inbox = require "sms.cli.inbox"
  local named = options.url or os.getenv "LUA_SMS_SANDBOX"
  if not named or named == "" then output.stop(2, "give --forward-to URL, --print, or the --url of a running sandbox") end
  if options.event == "reply" then
    local from = options.to or ACCOUNTS[options.provider].to
    return inbox.reply { url = options.url, as = from, provider = options.provider, text = options.text or "Yes, please." }
  end
  local found = inbox.ask(options, "GET", "messages", { provider = options.provider, direction = "out", to = options.to, limit = 1 })
  local text = found.messages[1]
  if not text then output.stop(1, "the sandbox has no such text") end
  local changed = inbox.ask(options, "POST", ("messages/%d/state"):format(text.n), { state = options.event })
  output.rows { { changed.state, changed.to, tostring(changed.id) } }
  return 0
end

--- Runs the command.
---@param options table
---@return integer status  1 when the callback was not taken
function trigger.run(options)
  if options.event ~= "reply" and options.text then output.stop(2, "--text is the text of a reply") end
  if not options.forward_to and not options.print then return at_sandbox(options) end
  local callbacks = callbacks_of(options, options.print and (options.forward_to or NOWHERE) or with_secret(options.forward_to))
  local all = callbacks[1] ~= nil
  if not all then output.complain(options.provider, " sends no callback for this") end
  for _ = 1, options.twice and 2 or 1 do
    for _, callback in ipairs(callbacks) do
      if options.print then show(callback) else all = post(callback) and all end
    end
  end
  return all and 0 or 1
end

return trigger
