-- SPDX-License-Identifier: MIT
-- websms in the sandbox: checks credentials and media types, reads JSON or form, sends, and responds in the documented formats.
-- The last four digits of a recipient select a refusal (`websms/codes.lua`); what the documents leave open is decided here, in comments.

local json = require "sms.json"
local url = require "sms.url"
local router = require "sms.sandbox.router"
local codes = require "sms.sandbox.websms.codes"
local content = require "sms.sandbox.websms.content"
local fields = require "sms.sandbox.websms.fields"
local reports = require "sms.sandbox.websms.reports"

local websms = {}
websms.__index = websms

--- Resource files whose facts define the routes.
websms.resources = { "messages", "whatsapp" }

-- Minimum number of clientMessageIds that an account remembers; older ones may be reused.
local REMEMBERED = 100000

local CATEGORIES = { "informational", "advertisement" }
local WHATSAPP_CATEGORIES = { "informational", "advertisement", "personal" }

--- An account.
---@param state table
---@param credentials? { token?: string, username?: string, password?: string, disabled?: boolean }  `disabled`: right credentials
---  give 4001, as an inactive account does
function websms.new(state, credentials)
  credentials = credentials or {}
  return setmetatable({
    state = state, token = credentials.token or "sandbox-token", username = credentials.username or "sandbox",
    password = credentials.password or "sandbox-password", disabled = credentials.disabled,
    routes = router.new("websms", websms.resources), references = {}, old_references = {}, remembered = 0,
  }, websms)
end

---------------------------------------------------------------- reading

local function authorized(account, request)
  local header = request.headers.authorization or ""
  if request.user then return request.user == account.username and request.password == account.password end
  local bearer = header:match("^[Bb]earer +(.+)$")
  if bearer then return bearer == account.token end
  return header == "" and url.decode_table(request.query).access_token == account.token
end

local function from_pairs(list)
  local out = {}
  for _, pair in ipairs(list) do
    local name, value = pair[1] or pair.name, pair[2] or pair.value
    if name == "recipientAddressList" then
      out[name] = out[name] or {}
      table.insert(out[name], value)
    elseif name ~= "access_token" then
      out[name] = value
    end
  end
  return out
end

-- Every byte is a Latin-1 character: UTF-8 appears as two or more characters, as with the provider.
local function from_latin1(bytes)
  return (bytes:gsub("[\x80-\xff]", function(byte) return utf8.char(byte:byte()) end))
end

local function read_form(call)
  local request, list = call.request
  if request.method == "POST" then
    local kind = request.headers["content-type"] or ""
    if not kind:find("^application/x%-www%-form%-urlencoded") then fields.misread("the body must be application/x-www-form-urlencoded") end
    list = request.form or url.decode_pairs(request.body or "")
  else
    list = url.decode_pairs(request.query)
  end
  call.is_form, call.fields = true, from_pairs(list)
  for name, value in pairs(call.fields) do
    if type(value) == "string" then call.fields[name] = from_latin1(value) end
  end
end

local function read_json(call)
  local request = call.request
  if not (request.headers["content-type"] or ""):find("^application/json") then fields.misread("the body must be application/json") end
  local text = request.body or ""
  local value = utf8.len(text) and json.decode(text)
  if type(value) ~= "table" then fields.misread("the body is not a JSON object") end
  call.fields = value
end

-- A request without Accept accepts any type.
local function accepts(request, kinds)
  local header = request.headers.accept
  if not header then return true end
  for _, kind in ipairs(kinds) do
    if header:lower():find(kind, 1, true) then return true end
  end
  return false
end

local JSON_KINDS = { "application/json", "application/*", "*/*" }
local FORM_KINDS = { "application/x-www-form-urlencoded", "application/*", "text/", "*/*" }

local function check_accept(call)
  if not accepts(call.request, call.simple and FORM_KINDS or JSON_KINDS) then
    error({ status = 406, message = "this endpoint can't answer in what the Accept header asks for" }, 0)
  end
end

---------------------------------------------------------------- sending

-- A clientMessageId identifies one accepted request; a repeated one gets 4008, without a second message.
local function check_reference(account, call)
  local reference = fields.text(call, "clientMessageId", 4008)
  if reference and (account.references[reference] or account.old_references[reference]) then fields.refuse(4008) end
  return reference
end

local function remember(account, reference)
  if not reference then return end
  if account.remembered >= REMEMBERED then
    account.old_references, account.references, account.remembered = account.references, {}, 0
  end
  account.references[reference], account.remembered = true, account.remembered + 1
end

local function read_common(account, call)
  local whatsapp = call.operation == "whatsapp.send"
  local message = {
    numbers = fields.recipients(call), reference = check_reference(account, call), test = fields.flag(call, "test"),
  }
  fields.integer(call, "priority", 1, 9, 4015)
  fields.integer(call, "validityPeriode", 60, 259200, 4041)
  fields.choice(call, "contentCategory", whatsapp and WHATSAPP_CATEGORIES or CATEGORIES, 4040)
  if whatsapp then return message end
  message.from, message.callback = fields.sender(call), fields.callback(call)
  fields.flag(call, "sendAsFlashSms")
  return message
end

local READ = {
  ["messages.send_text"] = content.text, ["messages.send_simple"] = content.text, ["messages.send_binary"] = content.binary,
  ["whatsapp.send"] = content.whatsapp,
}

local function deliver(account, call, message, numbers)
  for _, number in ipairs(numbers) do
    account.state:deliver {
      provider = "websms", id = message.id, to = number, from = message.from or "websms", text = message.text, callback = message.callback,
      reference = message.reference, voice = message.voice, channel = call.path.id,
      -- Segments of a binary message are counted as given, whatever the length of their base64.
      parts = call.operation == "messages.send_binary" and call.fields.messageContent or nil,
    }
  end
end

-- The response's fields; problems are raised.
local function send(account, call)
  local message = read_common(account, call)
  local count
  message.text, count = READ[call.operation](call)
  if call.operation ~= "messages.send_binary" and call.operation ~= "whatsapp.send" then
    message.voice = fields.choice(call, "messageType", { "default", "voice" }, 4004) == "voice"
  end
  local refused, numbers, success = codes.of_numbers(message.numbers)
  if refused then fields.refuse(refused) end
  message.id = "0050" .. account.state.random:hex(16)
  if message.test then success, numbers = 2000, {} else remember(account, message.reference) end
  deliver(account, call, message, numbers)
  return {
    statusCode = success, statusMessage = codes.words[success], clientMessageId = message.reference or json.null, transferId = message.id,
    smsCount = count * #numbers,
  }
end

---------------------------------------------------------------- responses

local ORDER = { "statusCode", "statusMessage", "clientMessageId", "transferId", "smsCount" }

local function form_response(value)
  local list = {}
  for _, name in ipairs(ORDER) do
    if value[name] ~= json.null then list[#list + 1] = { name, tostring(value[name]) } end
  end
  return { status = 200, headers = { ["content-type"] = "application/x-www-form-urlencoded;charset=UTF-8" }, body = url.encode_pairs(list) }
end

local function response(call, value)
  if call.simple then return form_response(value) end
  if call.operation == "whatsapp.send" then value.smsCount = nil end
  return { status = 200, headers = { ["content-type"] = "application/json;charset=UTF-8" }, body = assert(json.encode(value)) }
end

local function text_response(status, text)
  return { status = status, headers = { ["content-type"] = "text/plain;charset=UTF-8" }, body = text }
end

local function refused(call, problem)
  if problem.status then return text_response(problem.status, problem.message) end
  return response(call, {
    statusCode = problem.code, statusMessage = problem.message, clientMessageId = json.null, transferId = json.null, smsCount = 0,
  })
end

local UUID = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"

local function perform(account, call)
  check_accept(call)
  if account.disabled then fields.refuse(4001) end
  if call.path.id and not call.path.id:find(UUID) then error({ status = 404, message = "no such channel" }, 0) end
  if call.simple then read_form(call) else read_json(call) end
  return send(account, call)
end

--- Handles one request. Wrong credentials get a 401 without a body before anything else is checked.
---@param request table  as `sandbox:handle` gives it, its path without the provider's prefix
---@return { status: integer, headers: table<string, string>, body: string }
function websms:handle(request)
  if not authorized(self, request) then return { status = 401, headers = {}, body = "" } end
  local operations, placeholders = self.routes:match(request.method, request.path)
  if not operations[1] then return text_response(404, ("nothing is documented at %s %s"):format(request.method, request.path)) end
  local call = { request = request, operation = operations[1], path = placeholders, simple = operations[1] == "messages.send_simple" }
  local ok, result = pcall(perform, self, call)
  if ok then return response(call, result) end
  if type(result) ~= "table" then error(result, 0) end
  return refused(call, result)
end

--- Queues the callbacks for messages whose state has changed.
---@param messages table[]
function websms:report(messages)
  reports.report(self, messages)
end

--- Control pages of this provider: an inbound text, `{ from, to, text }` or `{ from, to, binary }`.
websms.pages = {
  ["POST /_sandbox/inbound"] = function(account, body)
    local problem = reports.inbound(account, body)
    if problem then return 400, { error = problem } end
    return 200, { queued = true }
  end,
}

return websms
