-- SPDX-License-Identifier: MIT
-- MessageWhiz in the sandbox: finds the operation a request is for, checks the credentials, and formats the response.
-- The operations themselves are in the files of the folder `messagewhiz`; what the documents leave open is decided there, in comments.

local json = require "sms.json"
local url = require "sms.url"
local router = require "sms.sandbox.router"
local fields = require "sms.sandbox.messagewhiz.fields"
local members = require "sms.sandbox.messagewhiz.members"
local reports = require "sms.sandbox.messagewhiz.reports"
local sending = require "sms.sandbox.messagewhiz.sending"
local short_links = require "sms.sandbox.messagewhiz.short_links"
local store = require "sms.sandbox.messagewhiz.store"

local messagewhiz = {}
messagewhiz.__index = messagewhiz

--- Resource files whose facts define the routes.
messagewhiz.resources = {
  "broadcasts", "campaigns", "delivery_reports", "link_lists", "links", "messages", "otp", "recipient_lists", "segments",
  "sender_lists", "senders", "spinners", "templates", "triggers", "unsubscribe_lists",
}

--- Handlers by "resource.operation".
messagewhiz.handlers = {}
for _, group in ipairs {
  require "sms.sandbox.messagewhiz.entities", require "sms.sandbox.messagewhiz.lists", require "sms.sandbox.messagewhiz.groups",
  require "sms.sandbox.messagewhiz.broadcasts", require "sms.sandbox.messagewhiz.messages", reports.handlers,
} do
  for name, handler in pairs(group) do messagewhiz.handlers[name] = handler end
end

-- Operations that take a file as multipart/form-data; all others with a body take JSON.
local FILES = {
  ["recipient_lists.import"] = true, ["recipient_lists.preview"] = true, ["recipient_lists.replace"] = true,
  ["unsubscribe_lists.import"] = true, ["unsubscribe_lists.preview"] = true, ["unsubscribe_lists.replace"] = true,
  ["link_lists.import"] = true, ["link_lists.replace"] = true,
}

-- Responses without the envelope: plain JSON or text.
local BARE = { ["messages.send"] = "json", ["otp.send"] = "json", ["otp.verify"] = "json",
  ["recipient_lists.download"] = "text", ["unsubscribe_lists.download"] = "text" }

local BROADCASTS = { [10] = "broadcasts.send_single", [11] = "broadcasts.send", [12] = "broadcasts.send_smart" }

-- Rules that select the operation of a request if several share verb and path.
local RULES = {}

RULES["POST /api/3/Broadcast"] = function(call)
  local kind = fields.integer(call.body, "broadcast_type", { required = true })
  return BROADCASTS[kind] or fields.fail(400, "broadcast_type must be 10 (single), 11 (base) or 12 (smart)")
end

RULES["POST /api/3/LinkList"] = function(call)
  return call.request.parts and "link_lists.import" or "link_lists.create"
end

--- An empty account.
---@param state table
---@param credentials? { apikey?: string, disabled?: boolean }  default `{ apikey = "sandbox-key" }`
function messagewhiz.new(state, credentials)
  credentials = credentials or {}
  return setmetatable({
    state = state, apikey = credentials.apikey or "sandbox-key", disabled = credentials.disabled,
    routes = router.new("messagewhiz", messagewhiz.resources), store = store.new(), short_links = short_links.new(state),
    waiting = {}, codes = {},
  }, messagewhiz)
end

local function respond(status, value)
  return { status = status, headers = { ["content-type"] = "application/json; charset=utf-8" }, body = assert(json.encode(value)) }
end

local function envelope(account, status, problem, result)
  return respond(status, {
    errorCode = problem and status or 0, errorMessage = problem and problem.message or "", errorType = problem and problem.type or "",
    executionTime = account.state.random:integer(5000, 50000) / 1000000, result = result,
  })
end

-- `/sms` has its own error body: `message` is a list in a 400, a string otherwise.
local function sms_problem(problem)
  if problem.status == 401 then return respond(401, { statusCode = 401, message = "Unauthorized" }) end
  if problem.status ~= 400 then return respond(problem.status, { statusCode = problem.status, message = problem.message }) end
  return respond(400, { statusCode = 400, message = json.array(problem.list or { problem.message }), error = "Bad Request" })
end

local function check_credentials(account, call, operation)
  local key = call.request.headers.apikey
  if operation == "messages.send" and call.body.api_key ~= nil then key = call.body.api_key end
  if key ~= account.apikey then fields.fail(401, "Unauthorized: API key is missing or invalid") end
  if account.disabled then fields.fail(403, "Forbidden: user or company is disabled") end
end

local function read_body(call)
  local request = call.request
  if request.method == "GET" or request.method == "DELETE" or request.parts then return end
  local text = request.body or ""
  if not utf8.len(text) then call.bad_body = "not UTF-8" return end
  local value, message = json.decode(text)
  if type(value) ~= "table" then call.bad_body = message or "not an object" return end
  call.body = value
end

local function read_parts(call)
  call.parts = {}
  for _, part in ipairs(call.request.parts or {}) do call.parts[part.name] = part end
end

-- The operation's result, its name, and `call` filled in; problems are raised.
local function perform(account, call)
  read_body(call)
  read_parts(call)
  local request = call.request
  local operations, placeholders = account.routes:match(request.method, request.path)
  call.operation, call.path = operations[1], placeholders
  check_credentials(account, call, call.operation)
  if not call.operation then fields.fail(404, "nothing is documented at %s %s; letter case counts", request.method, request.path) end
  local rule = RULES[request.method .. " " .. request.path]
  if rule and not call.bad_body then call.operation = rule(call) end
  if FILES[call.operation] then
    if not request.parts then fields.fail(400, "doc is required: this operation takes multipart/form-data") end
  elseif request.parts then
    fields.fail(400, "this operation takes application/json")
  elseif call.bad_body then
    fields.fail(400, "the body is not a JSON object: %s", call.bad_body)
  end
  return messagewhiz.handlers[call.operation](account, call)
end

local function response(account, call, result)
  local bare = BARE[call.operation]
  if bare == "json" then return respond(200, result) end
  if bare == "text" then return { status = 200, headers = { ["content-type"] = "text/csv; charset=utf-8" }, body = result } end
  return envelope(account, 200, nil, result)
end

local function text_page(status, text, location)
  return { status = status, headers = { ["content-type"] = "text/plain; charset=utf-8", location = location }, body = text .. "\n" }
end

-- The account's own opt-out list; for broadcasts that name unsubscribe lists, the number goes into the first of them.
local function opt_out(account, entry)
  local list = entry.broadcast.unsubscribed[1] or account.opted_out
  if not list then
    list = account.store:add("unsubscribe_lists", { name = "Opted out", members = members.new() })
    account.opted_out = list
  end
  list.members:add { phone_number = entry.to }
end

-- Redirects desktop browsers elsewhere if the link says so.
local function target_of(entry, agent)
  local platforms = entry.link and entry.link.platforms
  local desktop = agent:find("Windows NT") or agent:find("Macintosh") or agent:find("X11")
  return desktop and platforms and platforms.bot_redirect or entry.url
end

-- Handles a visit to a short URL.
local function open_short(account, request)
  local entry = account.short_links:find(request.path)
  if not entry then return nil end
  if entry.kind == "t" then
    if not entry.trigger.enabled then return text_page(404, "This trigger is disabled.") end
    sending.fire(account, entry.trigger)
    return text_page(200, "Triggered: " .. entry.trigger.name)
  elseif entry.kind == "u" then
    opt_out(account, entry)
    return text_page(200, "You are unsubscribed.")
  end
  entry.clicks = entry.clicks + 1
  if entry.message.broadcast then sending.click(account, entry.message) else reports.click(account, entry) end
  return text_page(302, entry.url, target_of(entry, request.headers["user-agent"] or ""))
end

--- Handles one request.
---@param request table  as `sandbox:handle` gives it, its path without the provider's prefix, and `base`
---@return { status: integer, headers: table<string, string>, body: string }
function messagewhiz:handle(request)
  local opened = request.method == "GET" and open_short(self, request)
  if opened then return opened end
  local call = { request = request, base = request.base, query = url.decode_table(request.query), body = {} }
  local ok, result = pcall(perform, self, call)
  if ok then return response(self, call, result) end
  if type(result) ~= "table" then error(result, 0) end
  if call.operation == "messages.send" then return sms_problem(result) end
  return envelope(self, result.status, result, json.null)
end

--- Queues the callbacks for messages whose state has changed.
---@param messages table[]
function messagewhiz:report(messages)
  reports.report(self, messages)
end

return messagewhiz
