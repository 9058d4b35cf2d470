-- SPDX-License-Identifier: MIT
-- ZoomConnect in the sandbox: finds the operation a request is for, checks the credentials, and formats the response.
-- The operations themselves are in the files of the folder `zoomconnect`; what the documents leave open is decided there, in comments.

local json = require "sms.json"
local url = require "sms.url"
local router = require "sms.sandbox.router"
local account = require "sms.sandbox.zoomconnect.account"
local response_format = require "sms.sandbox.zoomconnect.response_format"
local fields = require "sms.sandbox.zoomconnect.fields"
local messages = require "sms.sandbox.zoomconnect.messages"
local contacts = require "sms.sandbox.zoomconnect.contacts"
local reports = require "sms.sandbox.zoomconnect.reports"
local sending = require "sms.sandbox.zoomconnect.sending"
local store = require "sms.sandbox.zoomconnect.store"
local voice = require "sms.sandbox.zoomconnect.voice"

local zoomconnect = {}
zoomconnect.__index = zoomconnect

--- Resource files whose facts define the routes.
zoomconnect.resources = { "account", "contacts", "groups", "messages", "sms", "templates", "voice" }

--- Handlers by "resource.operation": `handler(account, call) -> value, status?`.
zoomconnect.handlers = {}
for _, group in ipairs { account.handlers, messages.handlers, contacts.handlers, sending.handlers, voice.handlers } do
  for name, handler in pairs(group) do zoomconnect.handlers[name] = handler end
end

--- Control pages of this provider.
zoomconnect.pages = reports.pages

--- An account with its owner, its credits and the provider's templates.
---@param state table
---@param credentials? { email?: string, token?: string, url_token?: string, disabled?: boolean }  default sandbox@example.org,
---  sandbox-token, sandbox-url-token; `disabled` gives 403
function zoomconnect.new(state, credentials)
  credentials = credentials or {}
  local self = setmetatable({
    state = state, email = credentials.email or "sandbox@example.org", token = credentials.token or "sandbox-token",
    url_token = credentials.url_token or "sandbox-url-token", disabled = credentials.disabled,
    routes = router.new("zoomconnect", zoomconnect.resources), store = store.new(state.random), callback_format = "query",
  }, zoomconnect)
  account.open(self)
  for _, template in ipairs(contacts.TEMPLATES) do self.store:add("templates", { name = template.name, data = template.data }) end
  return self
end

-- Header fields, Basic, or the query: the first one present must be valid.
local function credentials_of(call)
  local request = call.request
  local headers = request.headers
  if headers.email or headers.token then return headers.email, headers.token end
  if request.user then return request.user, request.password end
  return call.query.email, call.query.token
end

local function check_credentials(self, call)
  local right
  if call.operation == "sms.send_url" then
    right = call.path.token == self.url_token
  else
    local email, token = credentials_of(call)
    right = email == self.email and token == self.token
  end
  if not right then fields.fail(401, "Reason: Unauthorized") end
  if self.disabled then fields.fail(403, "Reason: Forbidden") end
end

local function perform(self, call)
  local operations, placeholders = self.routes:match(call.request.method, call.plain_path)
  call.operation, call.path = operations[1], placeholders
  check_credentials(self, call)
  if not call.operation then
    fields.fail(404, ("nothing is documented at %s %s; letter case counts"):format(call.request.method, call.plain_path))
  end
  for _, value in pairs(call.query) do
    if not utf8.len(value) then fields.fail(400, "the query is not UTF-8") end
  end
  return zoomconnect.handlers[call.operation](self, call)
end

-- RestErrorDTO of the OpenAPI file.
local function problem_body(problem)
  return {
    status = tostring(problem.status), code = problem.code, message = problem.message, developerMessage = problem.message,
    moreInfoUrl = json.null,
  }
end

--- Handles one request.
---@param request table  as `sandbox:handle` gives it, its path without the provider's prefix
---@return { status: integer, headers: table<string, string>, body: string }
function zoomconnect:handle(request)
  local path, format = response_format.format_of(request)
  local call = { request = request, plain_path = path, query = url.decode_table(request.query) }
  local ok, value, status = pcall(perform, self, call)
  if ok then return response_format.build(format, status or 200, call.operation, value) end
  if type(value) ~= "table" then error(value, 0) end
  return response_format.build(format, value.status, "error.", problem_body(value))
end

--- Updates messages whose state has changed and queues their delivery reports.
---@param changed table[]
function zoomconnect:report(changed)
  reports.report(self, changed)
end

return zoomconnect
