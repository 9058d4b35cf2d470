-- SPDX-License-Identifier: MIT
-- `sms doctor`: checks this installation, the profiles, the network and the credentials; each problem with its solution.

local accounts = require "sms.cli.doctor_accounts"
local core = require "sms.core"
local http = require "sms.cli.http"
local output = require "sms.cli.output"
local profiles = require "sms.cli.profiles"

local doctor = {}

---------------------------------------------------------------- versions

local MIN_CURL = { 7, 80 }

local function is_recent(version)
  local major, minor = version:match "^(%d+)%.(%d+)"
  major, minor = tonumber(major), tonumber(minor)
  return major > MIN_CURL[1] or major == MIN_CURL[1] and minor >= MIN_CURL[2]
end

local function check_curl(tell)
  local curl = core.libcurl()
  local words = ("libcurl %s, %s, %s"):format(curl.version, curl.tls or "no TLS", curl.http2 and "HTTP/2" or "no HTTP/2")
  if not is_recent(curl.version) then return tell("fail", words, ("libcurl %d.%d or later is needed"):format(table.unpack(MIN_CURL))) end
  if not curl.tls then return tell("fail", words, "install a libcurl with TLS: apt-get install libcurl4") end
  tell("ok", words)
end

local function check_cjson(tell)
  local ok, cjson = pcall(require, "cjson")
  if not ok then return tell("fail", "lua-cjson is missing", "apt-get install lua-cjson, or luarocks install lua-cjson") end
  local whole = math.type(cjson.decode "[1]"[1]) == "integer"
  tell("ok", ("lua-cjson %s, %s"):format(cjson._VERSION or "?", whole and "keeps integers" or "integers are kept by sms.json"))
end

-- Parts that some commands need, and where they are packaged.
local PARTS = {
  { "argparse", "argparse", "apt-get install lua-argparse, or luarocks install argparse" },
  { "sms.httpd", "libmicrohttpd (sandbox, listen)", "apt-get install libmicrohttpd12, or luarocks install lua-sms-sandbox" },
  { "DBI", "LuaDBI (outbox)", "apt-get install lua-dbi-sqlite3 or lua-dbi-postgresql, or luarocks install luadbi-sqlite3" },
}

local function check_versions(tell)
  tell("ok", ("%s, lua-sms %s"):format(_VERSION, require "sms.version"))
  check_curl(tell)
  check_cjson(tell)
  for _, part in ipairs(PARTS) do
    local ok, module = pcall(require, part[1])
    local version = ok and type(module) == "table" and (module.version or module._VERSION) or nil
    if ok then
      tell("ok", version and ("%s %s"):format(part[2], tostring(version)) or part[2])
    else
      tell("warn", part[2] .. " is missing", part[3])
    end
  end
end

---------------------------------------------------------------- profiles

local function check_profile(tell, name)
  local profile, problem = profiles.read(name)
  if not profile then return tell("fail", "profile " .. name .. ": " .. problem:gsub("; chmod.*", ""), problem:match "; (chmod.*)$") end
  local ok, opened = pcall(require("sms.cli.account").open, { profile = name })
  if ok then return tell("ok", ("profile %s: %s"):format(name, opened.provider)) end
  local words = output.words(opened)
  tell("fail", words:gsub("; chmod.*", ""), words:match "; (chmod.*)$" or "sms config add " .. name .. " --replace")
end

local function check_profiles(tell, options)
  local exposed = profiles.exposed()
  if exposed then tell("fail", exposed:gsub("; chmod.*", ""), exposed:match "; (chmod.*)$") end
  local names = options.profile and { options.profile } or profiles.names()
  for _, name in ipairs(names) do check_profile(tell, name) end
  if not names[1] then tell("ok", "no profiles in " .. profiles.folder()) end
  local shadow, default = os.getenv "LUA_SMS_PROFILE", profiles.default()
  if shadow and shadow ~= "" and shadow ~= default then
    tell("warn", ("LUA_SMS_PROFILE: %s is used instead of the default profile %s"):format(shadow, default or "(none)"),
      "unset LUA_SMS_PROFILE")
  end
end

---------------------------------------------------------------- webhook

local WEBHOOK_SECONDS, LATER = 5, 0.5 -- to wait at most; and when the address has answered, or can't

-- Runs the listener and the exchange until the nonce has arrived or the time has run out.
local function await(server, exchange, nonce, now)
  local ends, arrived, over = now() + WEBHOOK_SECONDS, false, false
  while now() < ends and not (arrived and over) do
    if not over and exchange:step(0) then
      over, ends = true, math.min(ends, now() + LATER)
    end
    local request = server:next(0.02)
    if request then
      arrived = arrived or (request.body or ""):find(nonce, 1, true) ~= nil
      request:respond(200, { ["content-type"] = "text/plain" }, "ok\n")
    end
  end
  return arrived
end

local HOPS = { tls = "the TLS handshake", network = "the name or the connection", timeout = "waiting for a response" }

local function told_of(exchange)
  if not exchange:step(0) then return "nothing arrived within " .. WEBHOOK_SECONDS .. " s" end
  local response, problem, kind = exchange:result()
  if response then return ("the URL returned %d"):format(response.status) end
  return ("%s failed: %s"):format(HOPS[kind] or "the request", problem)
end

local function check_webhook(tell, options)
  if not options.webhook then return end
  local found, httpd = pcall(require, "sms.httpd")
  if not found then return tell("warn", "webhook: not checked, sms.httpd is missing", "luarocks install lua-sms-sandbox") end
  local server <close>, problem = httpd.listen { port = options.port }
  if not server then return tell("fail", "webhook: " .. problem, "give another --port, the one to which the URL leads") end
  local nonce, secret = core.reference(), require("sms.cli.listen").secret()
  local address = secret and require("sms.webhook").url(options.webhook, secret) or options.webhook
  local exchange <close> = http.begin {
    url = address, method = "POST", body = nonce, content_type = "text/plain", timeout = WEBHOOK_SECONDS,
  }
  local arrived = await(server, exchange, nonce, httpd.now)
  local words = ("webhook %s: "):format(options.webhook)
  if arrived then return tell("ok", words .. "requests to it arrive at port " .. server:port()) end
  tell("fail", words .. told_of(exchange) .. ", and nothing arrived at port " .. server:port(),
    "forward the URL to 127.0.0.1:" .. server:port() .. " with a tunnel or a reverse proxy")
end

---------------------------------------------------------------- sandbox

local function check_sandbox(tell)
  local named = os.getenv "LUA_SMS_SANDBOX"
  named = named ~= "" and named or nil
  local address = (named or "http://127.0.0.1:8025"):gsub("/+$", "")
  local response, problem = http.exchange { url = address .. "/_sandbox/arrivals", timeout = 2 }
  if response and response.status == 200 then return tell("ok", "a sandbox runs at " .. address) end
  local words = ("no sandbox at %s"):format(address)
  if not named then return tell("ok", words) end
  tell("warn", ("%s: %s"):format(words, response and "it returned " .. response.status or problem), "sms sandbox, or unset LUA_SMS_SANDBOX")
end

---------------------------------------------------------------- all

--- The checks, in their order: `{ name, check(tell, options), network? }`. `tell(state, words, cure?)` prints one.
doctor.checks = {
  { "versions", check_versions },
  { "profiles", check_profiles },
  { "accounts", accounts.check, network = true },
  { "webhook", check_webhook, network = true },
  { "sandbox", check_sandbox, network = true },
}

local function printer(options, name, counts)
  return function(state, words, cure)
    counts[state] = counts[state] + 1
    if options.json then
      output.print_json({ check = name, state = state, message = words, cure = cure }, { "check", "state", "message", "cure" })
      return
    end
    output.rows { { state, words } }
    if cure then output.say("      " .. cure) end
  end
end

--- Runs the command.
---@param options table
---@return integer status  1 when a check failed
function doctor.run(options)
  local counts = { ok = 0, warn = 0, fail = 0 }
  for _, check in ipairs(doctor.checks) do
    if not (check.network and options.offline) then check[2](printer(options, check[1], counts), options) end
  end
  return counts.fail > 0 and 1 or 0
end

return doctor
