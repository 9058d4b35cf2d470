-- SPDX-License-Identifier: MIT
-- Adapter of the websms Messaging API: base URL, authentication, success and errors, webhooks.
-- Errors come with HTTP 200 here: only the statusCode of the body decides.

local callbacks = require "sms.websms.callbacks"
local core = require "sms.core"
local failure = require "sms.error"

local adapter = {
  name = "websms",
  title = "websms",
  base_url = "https://api.websms.com/rest",
  resources = { "messages", "whatsapp" },
  types = require "sms.websms.types",
  message = require "sms.websms.message",
  headers = { Accept = "application/json" },
  options = { auth = "'bearer'|'basic'|'query'?", password = "string?", token = "string?", username = "string?" },
  hooks = {},
  methods = {},
}

local function uses_password(options)
  return options.auth == "basic" or options.auth == nil and options.token == nil
end

--- Authentication by access token (header or query), or by user name and password.
---@param options table  `token`, or `username` and `password`; `auth?`
---@return table<string, table> lists for `core.auth`
--- Source: "Authentication".
function adapter.auth(options)
  local entry
  if uses_password(options) then
    entry = { scheme = "basic", user = options.username, value = options.password }
  elseif options.auth == "query" then
    entry = { scheme = "query", name = "access_token", value = options.token }
  else
    entry = { scheme = "bearer", value = options.token }
  end
  return { default = { entry } }
end

local function check_password(options, problems)
  if options.username == nil then problems[#problems + 1] = "option 'username' is missing: 'password' requires it" end
  if options.password == nil then problems[#problems + 1] = "option 'password' is missing: 'username' requires it" end
  if type(options.username) == "string" and options.username:find(":", 1, true) then
    problems[#problems + 1] = "option 'username' must not contain a colon, which ends the name in Basic authentication"
  end
end

--- Checks the combination of credential options; each problem is one sentence.
---@param options table
---@param problems string[]
function adapter.check_options(options, problems)
  local token, login = options.token ~= nil, options.username ~= nil or options.password ~= nil
  for _, name in ipairs { "password", "token", "username" } do
    if options[name] == "" then problems[#problems + 1] = ("option '%s' is empty"):format(name) end
  end
  if token and login then
    problems[#problems + 1] = "give either 'token' or 'username' and 'password', not both"
  elseif not token and not login then
    problems[#problems + 1] = "credentials are missing: 'token', or 'username' and 'password'"
  elseif login then
    check_password(options, problems)
    if options.auth == "bearer" or options.auth == "query" then
      problems[#problems + 1] = ("auth = '%s' requires a 'token'; 'username' and 'password' go with auth = 'basic'"):format(options.auth)
    end
  elseif options.auth == "basic" then
    problems[#problems + 1] = "auth = 'basic' requires 'username' and 'password'; a 'token' goes with auth = 'bearer' or 'query'"
  end
end

---------------------------------------------------------------- responses

-- Kinds of codes; every other documented 4xxx means an invalid field.
local KINDS = {}
for kind, codes in pairs {
  auth = { 4001, 4020, 4021 },
  forbidden = { 4014, 4018, 4022, 4033, 4035 },
  rate_limited = { 4012, 4023, 4024, 4025 },
  rejected = { 4013, 4029, 4030, 4031, 4032, 4042, 4043 },
  server = { 5000, 5003 },
} do
  for _, code in ipairs(codes) do KINDS[code] = kind end
end

-- Whether a refusal reports created messages nevertheless: a refused request creates none ("Error Handling").
local function counts_messages(value)
  return (tonumber(value.smsCount) or 0) > 0
end

-- Kind and outcome of an error code. A documented 4xxx refuses the whole request; 5xxx and undocumented codes prove nothing.
local function meaning_of_code(code, documented, value)
  local group = code // 1000
  if group == 4 then
    local refused = documented and not counts_messages(value)
    return KINDS[code] or (documented and "invalid" or "rejected"), refused and "not_sent" or "unknown"
  end
  return group == 5 and "server" or "decode", "unknown"
end

local function words(value)
  return type(value) == "string" and value ~= "" and value or nil
end

local function refusal(code, value)
  local row = core.status("websms", "send", code)
  local documented = row.name ~= "UNKNOWN"
  local kind, outcome = meaning_of_code(code, documented, value)
  local fields = {
    kind = kind, outcome = outcome, code = code, retryable = row.provider_retry and outcome == "not_sent",
    message = words(value.statusMessage) or (documented and row.text) or ("statusCode " .. code),
  }
  if documented then fields.name, fields.provider_retry = row.name, row.provider_retry end
  return fields
end

-- The meaning of an HTTP status alone; nil where it is undocumented.
local function meaning_of_status(status)
  local row = core.status("websms", "http", status)
  return status // 100 ~= 2 and row.name ~= "UNKNOWN" and row.text or nil
end

-- The outcome that an HTTP status proves: a documented or registered refusal guarantees no effect.
local function outcome_of_status(status)
  return core.status("websms", "http", status).state == "rejected" and "not_sent" or failure.outcome_of_status(status)
end

-- The code of a response: an integer, or its digits in a form.
local function code_of(value)
  if type(value) ~= "table" then return nil end
  local code = value.statusCode
  if type(code) == "string" then code = code:find("^%d+$") and tonumber(code) end
  return math.type(code) and math.tointeger(code)
end

local SUCCESS = { [2000] = true, [2001] = true, [2002] = true }

-- The result with its code as an integer; in URL-encoded pairs an empty value means null.
local function normalised(value, code, urlencoded)
  for name, item in pairs(value) do
    if urlencoded and item == "" then value[name] = nil end
  end
  value.statusCode = code
  return value
end

--- Decodes a response: success is a 2xx status with statusCode 2000, 2001 or 2002, whatever else the response contains.
---@param status integer
---@param value any     decoded JSON, or the pairs of a form
---@param facts table?  the operation's entry in its resource file; empty for `client:request`, where no statusCode is needed
---@return boolean success
---@return any result   the response, or the fields of an error
--- Source: "Error Handling", "Status codes".
function adapter.decode(status, value, facts)
  local code = code_of(value)
  if code and not SUCCESS[code] then return false, refusal(code, value) end
  if status // 100 ~= 2 then
    if code then return false, { kind = "decode", outcome = "unknown", code = code, message = "success with HTTP status " .. status } end
    local garbled = type(value) == "table" and value.statusCode ~= nil
    return false, { message = meaning_of_status(status), outcome = garbled and "unknown" or outcome_of_status(status) }
  end
  if code then return true, normalised(value, code, facts and facts.response == "urlencoded") end
  if facts and facts[1] == nil then return true, value end
  return false, { kind = "decode", outcome = "unknown", message = "the response lacks its statusCode" }
end

local MAX_WORDS = 200 -- bytes of a text response that an error quotes

--- Decodes a response that is neither JSON nor URL-encoded: 401 has no body, 400 may have plain text.
---@param status integer
---@param text string
---@return false? success
---@return table? fields  of the error
function adapter.undecodable(status, text)
  local meaning = meaning_of_status(status)
  if not meaning then return nil end
  local said = core.trim(text)
  if said ~= "" and said:byte() ~= 60 and #said <= MAX_WORDS then meaning = meaning .. ": " .. said end
  return false, { kind = failure.kind_of_status(status), outcome = outcome_of_status(status), message = meaning }
end

---------------------------------------------------------------- webhooks

--- Events of a callback; see `callbacks.lua`.
---@param payload any
---@return table[]? events
---@return string? message
function adapter.webhook(payload)
  return callbacks.events(payload)
end

--- The response to a callback: HTTP 200 in both cases, the statusCode says whether it was accepted.
---@param ok boolean
---@return { status: integer, headers: table<string, string>, body: string }
function adapter.webhook_answer(ok)
  local body = ok and '{"statusCode":2000,"statusMessage":"OK"}' or '{"statusCode":5000,"statusMessage":"Internal error"}'
  return { status = 200, headers = { ["content-type"] = "application/json" }, body = body }
end

return adapter
