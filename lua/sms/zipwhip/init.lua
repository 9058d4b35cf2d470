-- SPDX-License-Identifier: MIT
-- Adapter of the Zipwhip Software API: base URL, sessions, success and errors, webhooks. The operations are facts in the other files of
-- this folder.

local callbacks = require "sms.zipwhip.callbacks"
local is_id = require("sms.check").is_id
local core = require "sms.core"
local failure = require "sms.error"
local limits = require "sms.zipwhip.limits"

local adapter = {
  name = "zipwhip",
  title = "Zipwhip",
  base_url = "https://api.zipwhip.com",
  hosts = { lookup = { base_url = "https://provision.zipwhip.com/api/20140925", option = "lookup_url" } },
  resources = {
    "user", "messages", "attachments", "conversations", "contacts", "groups", "webhooks", "operators", "roles", "apps", "lookup",
  },
  types = require "sms.zipwhip.types",
  options = {
    session = "string?", username = "string?", password = "string?", lookup_key = "string?", lookup_url = "string?",
    max_text_bytes = "integer?", max_files = "integer?", max_bytes = "integer?",
  },
  message = require "sms.zipwhip.message",
  methods = {},
}

---------------------------------------------------------------- credentials

--- Requires a session key, or the credentials for one.
---@param options table
---@param problems string[]
function adapter.check_options(options, problems)
  local session, username, password = options.session, options.username, options.password
  if session ~= nil and (username ~= nil or password ~= nil) then
    problems[#problems + 1] = "give either 'session' or 'username' and 'password', not both"
  elseif session == nil and (username == nil or password == nil) then
    problems[#problems + 1] = "give either 'session' (a key returned by user:login) or both 'username' and 'password'"
  end
  for _, name in ipairs { "session", "username", "password", "lookup_key" } do
    if options[name] == "" then problems[#problems + 1] = ("option '%s' is empty"):format(name) end
  end
  limits.check_options(options, problems)
end

-- The key is sent in forms and multipart bodies; only GET requests have it in the query.
local function signed_by(session)
  return { default = { { scheme = "form", name = "session", value = session } },
    query = { { scheme = "query", name = "session", value = session } } }
end

--- Authentication by the session, if there is one already. `none` is for logging in, `lookup` for the other host.
---@param options table
---@return table<string, table|false> lists for `core.auth`, by the names that facts use
function adapter.auth(options)
  local lists = options.session and signed_by(options.session) or {}
  lists.none = false
  lists.lookup = options.lookup_key and { { scheme = "query", name = "api_key", value = options.lookup_key } } or false
  return lists
end

--- Further secrets to mask: the password.
---@param options table
---@return string[]
function adapter.secrets(options)
  return { options.password }
end

adapter.session = { auth = "query" }

--- Logs in. If this fails, no request that waits for the session has been sent, whatever the outcome of the login.
---@param perform fun(operation: string, args: table): any, any
---@param options table
---@return table<string, table>? lists as `adapter.auth` gives them
---@return sms.Error? problem
function adapter.session.login(perform, options)
  local session, err = perform("user:login", { username = options.username, password = options.password })
  if type(session) == "string" and session ~= "" then return signed_by(session) end
  if session ~= nil then
    err = failure.new { kind = "decode", provider = adapter.name, operation = "user:login", message = "the response has no session key" }
  end
  err.outcome = "not_sent"
  return nil, err
end

adapter.hooks = {
  text_limit = limits.text,
  media_limits = limits.media,
  file_types = limits.types,
  --- Without its key no request is sent to the other host.
  lookup_key = function(call)
    if not call.options.lookup_key then call.problems[#call.problems + 1] = "the client's option 'lookup_key' is missing" end
  end,
}

---------------------------------------------------------------- responses

-- Kinds of the documented codes; the others are `rejected`.
local KINDS = { [-855] = "server", [-704] = "server", [-700] = "server", [-1] = "server", [-703] = "invalid", [-394] = "invalid" }

-- The documented text for a missing parameter ("Message Send Status Codes"): the request itself was refused.
local MISSING = "^Required [A-Za-z]+ parameter '[0-9A-Za-z_]+' is not present$"

-- The words of which a text must consist to count as the refusal of a session.
local SESSION_WORDS = {}
for word in ([[a again an and been denied expired found given has in invalid is it key log login longer missing no not or please present
  provided required revoked session sessionkey terminated the this token unauthorized unknown valid was you your]]):gmatch("[a-z]+") do
  SESSION_WORDS[word] = true
end

local function speaks_of_session(words)
  local named = false
  for word in core.lower(words):gmatch("[0-9A-Za-z]+") do
    if not SESSION_WORDS[word] then return false end
    named = named or word == "session" or word == "sessionkey"
  end
  return named
end

-- The refusal of a session is undocumented: HTTP 401 or 403, or a text about nothing else. A failed login counts as well.
local function refuses_session(status, words, facts)
  if facts.host then return false end
  if status == 401 or status == 403 then return true end
  if status // 100 ~= 2 and status ~= 400 then return false end
  if words and (speaks_of_session(words) or words:find("^Required [A-Za-z]+ parameter 'session' is not present$")) then return true end
  return facts.auth == "none" and not (words and words:find(MISSING))
end

-- Whether a response identifies an accepted message.
local function names_message(response)
  if type(response) ~= "table" then return false end
  local token = type(response.tokens) == "table" and response.tokens[1]
  return is_id(response.root) or is_id(response.id) or type(token) == "table" and is_id(token.message)
end

-- Whether a refusal is proof for one message only: one refused number of several proves nothing for the others, and a request by
-- `client:request` may be anything.
local function is_for_one(request, facts)
  if not facts.send then return facts[1] ~= nil end
  local _, count = ("&" .. (request and request.body or "")):gsub("&contacts=", "")
  return count <= 1
end

-- The outcome that a refusal proves by status and text. A text in a 2xx response to a send leaves the outcome unknown, as the code -1
-- does, unless the text is documented.
local function worded(status, words, facts)
  if status // 100 ~= 2 then
    return { kind = failure.kind_of_status(status), outcome = failure.outcome_of_status(status), message = words }
  end
  local missing = words and words:find(MISSING) ~= nil
  local proven = missing or facts[1] ~= nil and not facts.send
  return { kind = missing and "invalid" or "rejected", outcome = proven and "not_sent" or "unknown", message = words }
end

-- The fields that a code of the table "Message Send Status Codes" adds: the state Failure proves that nothing was sent.
local function add_code(fields, code, facts, one)
  local row = core.status("zipwhip", "send", code)
  fields.code = code
  if row.name == "UNKNOWN" then
    if facts.send and not one then fields.outcome = "unknown" end
    return
  end
  fields.kind, fields.name, fields.message = KINDS[code] or "rejected", row.name, fields.message or row.text
  fields.outcome = row.state == "rejected" and one and "not_sent" or "unknown"
  fields.provider_retry = row.provider_retry
  fields.retryable = row.provider_retry and (fields.outcome == "not_sent" or facts.repeatable == true)
end

-- The fields of an error for the `response` of a refusal, a string or { desc, code }.
local function refusal(status, response, facts, request)
  local words, code = response, nil
  if type(response) == "table" then
    words, code = response.desc, response.code
    if type(code) == "string" then code = code:find("^%-?%d+$") and math.tointeger(tonumber(code)) or code end
  end
  if type(words) ~= "string" or words == "" then words = nil end
  local fields = worded(status, words, facts)
  if code ~= nil then add_code(fields, code, facts, is_for_one(request, facts)) end
  if not fields.name and refuses_session(status, words, facts) then
    fields.kind = "auth"
    if not facts.send and facts[1] then fields.outcome = "not_sent" end
  end
  if names_message(response) then fields.outcome, fields.retryable = "unknown", nil end
  return false, fields
end

-- Members other than `response`: total, size, page, pages.
local function page_of(value)
  local page
  for name, item in pairs(value) do
    if name ~= "success" and name ~= "response" and type(item) ~= "table" then
      page = page or {}
      page[name] = item
    end
  end
  return page
end

-- An empty result is false or null; for a list, that is an empty one.
local function content(response, facts)
  if response ~= nil and response ~= false then return response end
  if facts.result and facts.result:find("[]", 1, true) then return {} end
  return true
end

local function unusable(message)
  return false, { kind = "decode", outcome = "unknown", message = message }
end

-- Responses of the other host have no envelope; their `error` is a flag as a string.
local function bare(status, value, facts)
  if type(value) ~= "table" then return unusable("the response is not an object") end
  local refused = value.error ~= nil and value.error ~= "false" and value.error ~= false
  if status // 100 == 2 and not refused then return true, value end
  local words = value.message or value.desc or (value.error ~= "true" and value.error or nil)
  local fields = worded(status, type(words) == "string" and words or nil, facts)
  fields.code = value.status_code
  return false, fields
end

-- Files have no envelope; JSON instead of a file is a refusal, whatever it contains.
local function file(status, value, facts, response)
  local media = response and response.headers["content-type"] or ""
  if type(value) == "string" and status // 100 == 2 and not media:find("json", 1, true) then return true, value end
  return refusal(status, type(value) == "table" and value.response or value, facts)
end

-- Responses that are not an object: a bare null is valid where the result is empty.
local function formless(status, value, facts)
  if status // 100 ~= 2 then return refusal(status, value, facts) end
  if value == nil and facts.result == "boolean" then return true, true end
  return unusable("the response lacks the envelope with success and response")
end

-- The success of a send: it identifies the message, and its state, if present, is queued ("message", "messaging").
local function taken(response)
  return names_message(response) and (response.status == nil or response.status == "queued")
end

--- Decodes a response: `success` decides if present, otherwise the HTTP status. Some lists have no `success`. The response to an
--- accepted send identifies the message.
---@param status integer
---@param value any     decoded JSON, or the bytes of a file
---@param facts table?  the operation's entry in its resource file; empty for `client:request`
---@param response table? the response itself, for its headers
---@param request table? the request: a refusal of several numbers proves less
---@return boolean success
---@return any result   `response`, or the fields of an error
---@return table? page  total, size, page, pages
--- Source: "Message Send Status Codes".
function adapter.decode(status, value, facts, response, request)
  facts = facts or {}
  if facts.envelope == false then return bare(status, value, facts) end
  if facts.response == "bytes" then return file(status, value, facts, response) end
  if type(value) ~= "table" then return formless(status, value, facts) end
  local success = value.success
  if success == nil and status // 100 == 2 then
    if value.response == nil and facts[1] == nil then return true, value end
    if value.response == nil then return formless(status, value, facts) end
    success = true
  end
  if success == true and facts.send and not taken(value.response) then
    return unusable("the response reports success but does not identify the message")
  end
  if success == true then return true, content(value.response, facts), page_of(value) end
  if success ~= false and status // 100 == 2 then return unusable("the response does not have the documented structure") end
  return refusal(status, value.response, facts, request)
end

--- An empty response was valid for the vendor's own client.
---@param status integer
---@param text string
---@param facts table
---@return boolean? success nil: undecodable here, too
---@return any result
function adapter.undecodable(status, text, facts)
  if status // 100 == 2 and facts.result == "boolean" and not text:find("%S") then return true, true end
  return nil
end

---------------------------------------------------------------- webhooks

--- Returns the events of a webhook request; see `callbacks.lua`.
---@param payload any
---@param request table?
---@return table[]? events
---@return string? message
function adapter.webhook(payload, request)
  return callbacks.events(payload, request)
end

--- The response to a webhook: any 2xx means accepted; no body is needed.
---@param ok boolean
---@return { status: integer, headers: table<string, string>, body: string }
function adapter.webhook_answer(ok)
  return { status = ok and 200 or 500, headers = { ["content-type"] = "text/plain" }, body = "" }
end

return adapter
