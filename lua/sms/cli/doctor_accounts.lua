-- SPDX-License-Identifier: MIT
-- The checks of `sms doctor` for each account: connection to its host, clock, TLS handshake, and the credentials by a read-only call.

local account = require "sms.cli.account"
local core = require "sms.core"
local http = require "sms.cli.http"
local output = require "sms.cli.output"
local profiles = require "sms.cli.profiles"
local sms = require "sms"

local accounts = {}

--- A read that changes nothing, by provider: `read(client) -> result | nil, err`. A provider without one is not checked.
accounts.reads = {
  messagewhiz = function(client) return client.campaigns:list { limit = 1 } end,
  zipwhip = function(client) return client.user:get() end,
  zoomconnect = function(client) return client.account:balance() end,
}

--- Where there is no such read: a send that the provider documents as a test, made after a yes only.
accounts.tests = {
  websms = function(client)
    return client.messages:send_text { recipientAddressList = { "436641234567" }, messageContent = "test", test = true }
  end,
}

local WARN_CLOCK, FAIL_CLOCK = 30, 300 -- seconds
local SLOW_LOOKUP = 1                  -- seconds
local TIMEOUT = 10
local FEW_DAYS = 14                    -- that a certificate has left

-- Every account there is: profiles, or that of `--profile`; without profiles those of the environment.
local function all(options)
  local out = {}
  for _, name in ipairs(options.profile and { options.profile } or profiles.names()) do
    local ok, opened = pcall(account.open, { profile = name, timeout = TIMEOUT })
    if ok then out[#out + 1] = { words = "profile " .. name, account = opened, settings = profiles.read(name), cure = name } end
  end
  if options.profile then return out end
  for _, name in ipairs(sms.providers) do
    local ok, client = pcall(sms.from_env, name, { timeout = TIMEOUT })
    if ok then
      out[#out + 1] = { words = name .. " (environment)", account = { client = client, provider = name },
        settings = { base_url = os.getenv(core.upper(name) .. "_URL") } }
    end
  end
  return out
end

local function host_of(entry)
  local url = entry.settings.base_url
  if type(url) ~= "string" or url == "" then url = require("sms." .. entry.account.provider).base_url end
  return url:match "^%a+://[^/?#]+"
end

local function check_clock(tell, response)
  local date = response.headers.date and core.http_date(response.headers.date)
  if not date then return end
  local off = os.time() - date
  local words = ("clock: %d s %s the provider's"):format(math.abs(off), off < 0 and "behind" or "ahead of")
  local cure = "set the clock: timedatectl set-ntp true"
  if math.abs(off) > FAIL_CLOCK then tell("fail", words, cure) elseif math.abs(off) > WARN_CLOCK then tell("warn", words, cure) end
end

local CURES = {
  tls = "check ca_file and any proxy in between (one that intercepts TLS needs its CA in ca_file)",
  network = "check the network, the name servers and the proxy variables",
  timeout = "check the network, the firewall and the proxy variables",
}

local PROXIES = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY" }

local function check_proxies(tell)
  local set = {}
  for _, name in ipairs(PROXIES) do
    local value = os.getenv(name)
    if value and value ~= "" then set[#set + 1] = ("%s=%s"):format(name, (value:gsub("//[^/@]*@", "//***@"))) end
  end
  tell("ok", "proxy variables: " .. (set[1] and table.concat(set, " ") or "none"))
end

-- What the handshake tells: version, what it was verified by, days that the certificate has left; the last where libcurl says so.
local function check_tls(tell, host, ca_file, proxy)
  local endpoint = core.endpoint { base_url = host, ca_file = ca_file, proxy = proxy }
  local found, kind, problem = core.probe(endpoint, TIMEOUT)
  endpoint:close()
  if not found then return tell("fail", ("%s: TLS: %s"):format(host, problem), CURES[kind]) end
  local words = ("%s: %s, verified by %s"):format(host, found.version or "TLS", ca_file or core.libcurl().ca_file or "the system's CAs")
  if not found.expires then return tell("ok", words) end
  local days = (found.expires - os.time()) // 86400
  tell(days < FEW_DAYS and "warn" or "ok", ("%s, the certificate has %s left"):format(words, output.plural(days, "day")),
    days < FEW_DAYS and "the owner of the host must renew it" or nil)
end

-- The way to the host, once for each; without credentials.
local function check_way(tell, entry)
  local host, settings = host_of(entry), entry.settings
  local ca_file = type(settings.ca_file) == "string" and settings.ca_file or nil
  local proxy = type(settings.proxy) == "string" and settings.proxy or nil
  local response, problem, kind = http.exchange { url = host .. "/", method = "HEAD", timeout = TIMEOUT, ca_file = ca_file, proxy = proxy }
  if not response then
    tell("fail", ("%s: %s: %s"):format(host, kind, problem), CURES[kind] or "check base_url")
    return false
  end
  local times = response.timings
  local words = ("%s: looked up in %d ms, connected in %d ms"):format(host, times.name_lookup * 1000 // 1, times.connect * 1000 // 1)
  tell(times.name_lookup > SLOW_LOOKUP and "warn" or "ok", words, times.name_lookup > SLOW_LOOKUP and "check the name servers" or nil)
  if host:find "^https" then check_tls(tell, host, ca_file, proxy) end
  check_clock(tell, response)
  return true
end

local function check_credentials(tell, entry)
  local provider = entry.account.provider
  local read, test = accounts.reads[provider], accounts.tests[provider]
  if not read and test and output.is_terminal(0) and output.is_terminal(2) then
    read = output.ask(entry.words .. ": send a test, which has no recipient?", "") and test or nil
  end
  if not read then return tell("warn", entry.words .. ": credentials not checked; the provider documents no read") end
  local ok, result, err = pcall(read, entry.account.client)
  if not ok then return tell("fail", ("%s: %s"):format(entry.words, output.words(result))) end
  if result ~= nil then return tell("ok", entry.words .. ": the credentials are accepted") end
  local wrong = err.kind == "auth" or err.kind == "forbidden"
  local cure = entry.cure and ("sms config add %s --provider %s --replace"):format(entry.cure, provider)
    or ("check the variables %s_…"):format(core.upper(provider))
  tell("fail", ("%s: %s"):format(entry.words, tostring(err)), wrong and cure or CURES[err.kind])
end

--- Checks every account.
---@param tell fun(state: "ok"|"warn"|"fail", words: string, cure?: string)
---@param options table
function accounts.check(tell, options)
  check_proxies(tell)
  local ways, entries = {}, all(options)
  if not entries[1] then
    tell("warn", "no account to check", "sms config add NAME --provider NAME, or set the provider's variables")
  end
  for _, entry in ipairs(entries) do
    local host = host_of(entry)
    if ways[host] == nil then ways[host] = check_way(tell, entry) end
    if ways[host] then check_credentials(tell, entry) end
  end
end

return accounts
