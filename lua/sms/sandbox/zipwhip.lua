-- SPDX-License-Identifier: MIT
-- Zipwhip in the sandbox: finds the operation a request is for, checks the session, and formats the response.
-- The operations themselves are in the files of the folder `zipwhip`; what the documents leave open is decided there, in comments.

local json = require "sms.json"
local url = require "sms.url"
local router = require "sms.sandbox.router"
local content = require "sms.sandbox.zipwhip.content"
local fields = require "sms.sandbox.zipwhip.fields"
local hooks = require "sms.sandbox.zipwhip.hooks"
local accounts = require "sms.sandbox.zipwhip.account"
local contacts = require "sms.sandbox.zipwhip.contacts"
local texts = require "sms.sandbox.zipwhip.texts"

local zipwhip = {}
zipwhip.__index = zipwhip

--- Resource files whose facts define the routes.
zipwhip.resources = {
  "apps", "attachments", "contacts", "conversations", "groups", "lookup", "messages", "operators", "roles", "user", "webhooks",
}

--- Handlers by "resource.operation".
zipwhip.handlers = {}
for _, group in ipairs { content, hooks, accounts, contacts, texts } do
  for name, handler in pairs(group.handlers) do zipwhip.handlers[name] = handler end
end

-- Also documented with GET: reading operations, and two calls whose samples are GETs.
local BY_GET = {}
for name in ([[
  user.get user.change_password messages.get messages.list attachments.list attachments.get conversations.list conversations.get
  contacts.list contacts.get webhooks.list operators.list operators.unassign roles.list apps.list
]]):gmatch("%S+") do BY_GET[name] = true end

-- First id of each kind: message ids exceed a double's integers, others exceed 32 bits where the documents show that.
local FIRST_IDS = {
  message = 1300000000000000001, conversation = 500000001, fingerprint = 4000000001, contact = 10000000001, webhook = 600000001,
  operator = 700001, app = 80000001,
}

-- Message state -> statusCode; a toll-free line gets reports from handsets.
local CODES = { accepted = 2, sent = 1, delivered = 4, undelivered = 5, expired = 5, rejected = 5, failed = 5, received = 4 }
local TOLL_FREE_CODES = { delivered = 6, undelivered = 7, failed = 7 }

--- An account with one line and no data.
---@param state table
---@param credentials? { session?: string, username?: string, password?: string, lookup_key?: string, toll_free?: boolean,
---  max_text_bytes?: integer }
---  `username` is the line's number. `toll_free`: delivery ends with 6 or 7 instead of 4 or 5. `max_text_bytes`: 600; prose of the
---  documents says 700.
---
---  Numbers that end in 0124, 0700, 0704, 0801 or 0855 are refused with that code, 0999 with -1 although the text is sent.
function zipwhip.new(state, credentials)
  credentials = credentials or {}
  local username = credentials.username or "2065550100"
  local session = credentials.session or "00000000-0000-4000-8000-000000000001:300000001"
  return setmetatable({
    state = state, password = credentials.password or "sandbox-password", sessions = { [session] = username }, session = session,
    line = fields.number(username) or username, device_id = math.tointeger(tonumber(session:match(":(%d+)$"))) or 300000001,
    lookup_key = credentials.lookup_key or "sandbox-lookup-key", toll_free = credentials.toll_free,
    max_text_bytes = credentials.max_text_bytes or 600, routes = router.new("zipwhip", zipwhip.resources), ids = {},
    owner = {}, signature = "", messages = {}, by_id = {}, conversations = {}, by_fingerprint = {}, conversation_list = {},
    contacts = {}, contact_list = {}, groups = {}, group_list = {}, group_count = 0, hooks = {}, files = {}, operators = {}, apps = {},
    opted_out = {},
  }, zipwhip)
end

--- The next id of a kind.
---@param kind string
---@return integer
function zipwhip:next_id(kind)
  self.ids[kind] = (self.ids[kind] or FIRST_IDS[kind] - 1) + 1
  return self.ids[kind]
end

--- An existing message.
---@param id string
function zipwhip:message(id)
  local found = self.by_id[id]
  if not found or found.deleted then fields.refuse("Message not found: " .. id) end
  return found
end

--- The statusCode of a message.
---@return integer
function zipwhip:code_of(message)
  return self.toll_free and TOLL_FREE_CODES[message.state] or CODES[message.state] or 2
end

---------------------------------------------------------------- requests

local function respond(status, value)
  return { status = status, headers = { ["content-type"] = "application/json;charset=UTF-8" }, body = assert(json.encode(value)) }
end

local function take(params, name, value)
  if not utf8.len(value) or not utf8.len(name) then fields.code(-703, "Bad argument: not UTF-8") end
  params[name] = params[name] or {}
  table.insert(params[name], value)
end

-- Parameters of query and body combined: the samples mix them.
local function params_of(request)
  local params = {}
  for _, pair in ipairs(url.decode_pairs(request.query)) do take(params, pair[1], pair[2]) end
  local form = request.form
  local kind = request.headers["content-type"] or ""
  if not form and kind:find("application/x-www-form-urlencoded", 1, true) then form = url.decode_pairs(request.body or "") end
  for _, pair in ipairs(form or {}) do take(params, pair.name or pair[1], pair.value or pair[2]) end
  for _, part in ipairs(request.parts or {}) do
    if not part.filename then take(params, part.name, part.data) end
  end
  return params
end

-- The operation of a request; the look-up has its own host, which serves nothing else.
local function operation_of(account, request)
  local found = account.routes:match(request.method, request.path)[1]
  if not found and request.method == "GET" then
    found = account.routes:match("POST", request.path)[1]
    found = BY_GET[found] and found
  end
  return (found == "lookup.textable") == (request.host == "lookup") and found or nil
end

-- How a session is refused isn't documented: HTTP 200 with a message, like all refusals known to the vendor's own client.
local function check_session(account, call)
  call.session = fields.text(call, "session", { required = true })
  if not account.sessions[call.session] then fields.refuse("The session is not valid") end
end

-- The operation's result and further members of the envelope; problems are raised.
local function perform(account, call)
  call.operation = operation_of(account, call.request)
  if not call.operation then
    fields.refuse(("Nothing is documented at %s %s"):format(call.request.method, call.request.path), 404)
  end
  call.params = params_of(call.request)
  if call.operation == "lookup.textable" then return end
  if call.operation ~= "user.login" then check_session(account, call) end
  return zipwhip.handlers[call.operation](account, call)
end

-- The envelope. Some lists lack `success`, as their samples do.
local function envelope(result, beside)
  local out = { success = true, response = result == nil and json.null or result, sessions = json.null }
  for name, value in pairs(beside or {}) do out[name] = value end
  if beside and beside.success then out.success = nil end
  return out
end

--- Handles one request.
---@param request table  as `sandbox:handle` gives it, its path without the provider's prefix
---@return { status: integer, headers: table<string, string>, body: string }
function zipwhip:handle(request)
  local call = { request = request }
  local ok, result, beside = pcall(perform, self, call)
  if ok and call.operation == "lookup.textable" then return respond(accounts.lookup(self, call)) end
  if ok and call.bytes then return { status = 200, headers = { ["content-type"] = call.bytes.type }, body = call.bytes.data } end
  if ok then return respond(200, envelope(result, beside)) end
  if type(result) ~= "table" then error(result, 0) end
  local response = result.response
  if type(response) == "string" and not utf8.len(response) then response = response:gsub("[\x80-\xff]", "?") end
  return respond(result.status, { success = false, response = response, sessions = json.null })
end

--- Posts webhooks for messages whose state has changed.
---@param messages table[]
function zipwhip:report(messages)
  for _, message in ipairs(messages) do
    local code = self:code_of(message)
    if code ~= 1 and code ~= 2 then message.delivered_at = message.updated end
    hooks.message(self, "progress", message)
  end
end

---------------------------------------------------------------- control pages

--- `POST /zipwhip/_sandbox/inbound` { from, text }: an inbound text to the line.
zipwhip.pages = {}

zipwhip.pages["POST /_sandbox/inbound"] = function(account, body)
  local number = type(body.from) == "string" and fields.number(body.from)
  if not number then return 400, { error = "from must be a phone number: 10 digits or E.164" } end
  if type(body.text) ~= "string" or not utf8.len(body.text) then return 400, { error = "text must be a string" } end
  local message = texts.receive(account, number, body.text)
  return 200, { id = tostring(message.id), fingerprint = message.fingerprint }
end

return zipwhip
