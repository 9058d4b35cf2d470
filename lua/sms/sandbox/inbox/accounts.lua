-- SPDX-License-Identifier: MIT
-- The providers' accounts in the inbox: credentials, webhooks, balance, replies.

local json = require "sms.json"
local checks = require "sms.check"
local websms_reports = require "sms.sandbox.websms.reports"

local accounts = {}

-- Location of each provider's data; credentials by name, in display order.
local PROVIDERS = {
  messagewhiz = { credentials = { "apikey" } },
  websms = { credentials = { "token", "username", "password" } },
  zipwhip = { credentials = { "session", "username", "password" } },
  zoomconnect = { credentials = { "email", "token" }, replies = true, formats = true },
}
-- Default recipient of a reply to websms.
local WEBSMS_LINE = "43664000000"

local ORDER = { "messagewhiz", "websms", "zipwhip", "zoomconnect" }

local read = {}

function read.zipwhip(account, name)
  if name == "username" then return account.line end
end

local function credential(provider, account, name)
  local value = read[provider] and read[provider](account, name)
  return value or account[name]
end

--- The accounts of a sandbox.
---@param sandbox table
---@return table[]
function accounts.list(sandbox)
  local out = json.array {}
  for i, name in ipairs(ORDER) do
    local account, known = sandbox.accounts[name], PROVIDERS[name]
    local credentials = json.array {}
    for j, key in ipairs(known.credentials) do credentials[j] = { name = key, value = credential(name, account, key) } end
    out[i] = {
      name = name, path = "/" .. name, credentials = credentials, webhook = account.webhook or "",
      texts = sandbox.journal.counts.provider[name] or 0,
      reply_webhook = known.replies and (account.reply_webhook or "") or nil, format = known.formats and account.callback_format or nil,
      balance = account.owner and account.owner.creditBalance or nil, line = account.line, replies = name ~= "messagewhiz",
    }
  end
  return out
end

local function is_address(value)
  return value == nil or value == "" or type(value) == "string" and value:find("^https?://[^%s/?#]+[^%s]*$") ~= nil
end

local SETTINGS = { "webhook", "reply_webhook", "format" }
local FORMATS = { query = true, form = true, json = true }

local function check(name, body)
  for key in pairs(body) do
    local known = key == "webhook" or PROVIDERS[name].replies and (key == "reply_webhook" or key == "format")
    if not known then
      return ("%s has no setting '%s'%s"):format(name, checks.shown(key), checks.guess(key, SETTINGS))
    end
  end
  for _, key in ipairs { "webhook", "reply_webhook" } do
    if not is_address(body[key]) then return ("`%s` must be an http address, or \"\" for none"):format(key) end
  end
  if body.format ~= nil and not FORMATS[body.format] then return "`format` must be query, form or json" end
end

local function address(given, now)
  if given == nil then return now end
  return given ~= "" and given or nil
end

--- Changes the URL of an account's callbacks.
---@param sandbox table
---@param name string
---@param body table  `webhook`, `reply_webhook`, `format`; "" switches an address off
---@return integer status
---@return table value
function accounts.set(sandbox, name, body)
  local account = sandbox.accounts[name]
  if not account then
    return 404, { error = ("unknown account '%s'%s"):format(checks.shown(name), checks.guess(name, ORDER)) }
  end
  local why = check(name, body)
  if why then return 400, { error = why } end
  account.webhook = address(body.webhook, account.webhook)
  account.reply_webhook = address(body.reply_webhook, account.reply_webhook)
  account.callback_format = body.format or account.callback_format
  for _, entry in ipairs(accounts.list(sandbox)) do
    if entry.name == name then return 200, entry end
  end
end

---------------------------------------------------------------- replies

local reply = {}

function reply.messagewhiz()
  return "MessageWhiz documents no inbound texts"
end

function reply.websms(account, body)
  return (websms_reports.inbound(account, { from = body.from, to = body.to or WEBSMS_LINE, text = body.text }, true))
end

function reply.zipwhip(account, body)
  local status, value = account.pages["POST /_sandbox/inbound"](account, { from = body.from, text = body.text })
  return status ~= 200 and value.error or nil
end

function reply.zoomconnect(account, body)
  local status, value = account.pages["POST /_sandbox/reply"](account, { from = body.from, text = body.text })
  return status ~= 200 and value.error or nil
end

--- Receives an inbound text and queues the provider's callback.
---@param sandbox table
---@param body { provider: string, from: string, to?: string, text: string }
---@return string? problem
function accounts.reply(sandbox, body)
  local write = reply[body.provider]
  if not write then
    return ("`provider` must be one of %s%s"):format(table.concat(ORDER, ", "), checks.guess(body.provider, ORDER))
  end
  if type(body.from) ~= "string" then return "`from` must be a phone number in a string" end
  if type(body.text) ~= "string" or not utf8.len(body.text) then return "`text` must be a string" end
  if body.to ~= nil and type(body.to) ~= "string" then return "`to` must be a string" end
  return write(sandbox.accounts[body.provider], body)
end

---------------------------------------------------------------- real keys

local function unescaped(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- Names of credentials in a query or form.
local PARAMETERS = { "session", "access_token", "token", "password", "apikey", "api_key" }

-- The credentials of a request, wherever the provider accepts them.
local function values_of(entry)
  local headers, out = entry.headers, {}
  local function add(value)
    if value and value ~= "" then out[#out + 1] = value end
  end
  add(headers.apikey)
  add(headers.token)
  add((headers.authorization or ""):match("^[Bb]earer +(.+)$"))
  add(entry.password)
  add(entry.body:match('"api_key"%s*:%s*"([^"]*)"'))
  local form = (headers["content-type"] or ""):find("^application/x%-www%-form%-urlencoded") and entry.body or ""
  for _, name in ipairs(PARAMETERS) do
    for _, text in ipairs { "&" .. entry.query, "&" .. form } do add(unescaped(text:match("&" .. name .. "=([^&]*)") or "")) end
  end
  return out
end

--- Finds a credential that is not the sandbox's: a real key may have been sent here by mistake.
---@param sandbox table
---@param entry table  a request of the journal
---@return string  the first four characters of it, or null of sms.json
function accounts.foreign(sandbox, entry)
  local known = {}
  for _, account in ipairs(accounts.list(sandbox)) do
    for _, item in ipairs(account.credentials) do known[item.value or ""] = true end
  end
  for session in pairs(sandbox.accounts.zipwhip.sessions) do known[session] = true end
  for _, value in ipairs(values_of(entry)) do
    if not known[value] then return (value:sub(1, 4):gsub("[^\32-\126]", "?")) end
  end
  return json.null
end

return accounts
