-- SPDX-License-Identifier: MIT
-- What spec/c/fuzz_lua.c calls with any bytes: a list of functions. None may raise unless a promise is broken.

local failure = require "sms.error"
local json = require "sms.json"
local sms = require "sms"
local url = require "sms.url"
local webhook = require "sms.webhook"

local OUTCOMES = { accepted = true, not_sent = true, unknown = true }

-- The response of every request: set by the cases. And the request that it was for.
local response, asked_for

local function transport(request)
  asked_for = request
  return response
end

local clients = {
  sms.messagewhiz { apikey = "k1234567", transport = transport, retries = 0 },
  sms.zoomconnect { email = "a@b.c", token = "t1234567", transport = transport, retries = 0 },
  sms.websms { token = "t1234567", transport = transport, retries = 0 },
  sms.zipwhip { session = "s1234567", transport = transport, retries = 0 },
}

local STATUSES = { 200, 200, 200, 201, 202, 204, 301, 400, 401, 403, 404, 409, 429, 500, 502, 503 }

-- The first byte chooses provider and status, the second the content type; the rest is the body.
local function answered(bytes)
  local first, second = bytes:byte(1, 2)
  first, second = first or 0, second or 0
  local kinds = { "application/json", "text/html", "text/xml", "application/octet-stream" }
  response = {
    status = STATUSES[(first >> 2) % #STATUSES + 1], body = bytes:sub(3),
    headers = { ["content-type"] = kinds[second % #kinds + 1], ["retry-after"] = bytes:sub(3, 12):gsub("%c", ""), ["x-request-id"] = "1" },
  }
  return clients[first % #clients + 1], second
end

local function judge(result, err)
  if result ~= nil then return end
  assert(failure.is(err), "not an error value")
  assert(OUTCOMES[err.outcome], "no outcome")
  assert(not tostring(err):find("[\r\n%z]"), "an error of several lines")
end

local cases = {}

function cases.send(bytes)
  local client = answered(bytes)
  local message = { to = "27725551234", text = "hi" }
  if client == clients[1] then message.from = "me" end
  judge(client:send(message))
end

function cases.operation(bytes)
  local client, which = answered(bytes)
  if client == clients[1] then
    if which > 127 then judge(client.campaigns:list {}) else judge(client.messages:send { from = "me", to = "27725551234", text = "t" }) end
  elseif client == clients[2] then
    if which > 127 then judge(client.messages:list {}) else judge(client.account:balance()) end
  elseif client == clients[3] then
    judge(client.messages:send_text { recipientAddressList = { "43660000000" }, messageContent = "hi" })
  elseif which > 127 then
    judge(client.messages:list {})
  else
    judge(client.contacts:list {})
  end
end

function cases.webhook(bytes)
  local first = bytes:byte() or 0
  local kinds = { "application/json", "application/x-www-form-urlencoded", "text/plain", bytes:sub(2, 40) }
  local request = { method = first & 4 > 0 and "GET" or "POST", headers = { ["content-type"] = kinds[(first >> 4) % #kinds + 1] } }
  request.query = first & 8 > 0 and bytes:sub(2) or ""
  request.body = first & 8 > 0 and "" or bytes:sub(2)
  judge(clients[first % #clients + 1]:webhook(request))
end

-- What decodes can be written, and is then what it was.
function cases.json(bytes)
  local value = json.decode(bytes)
  if value == nil then return end
  local text, message = json.encode(value)
  if not text then return assert(type(message) == "string") end
  local again = assert(json.encode(assert(json.decode(text) ~= nil and json.decode(text))))
  assert(#again == #text, "written differently the second time")
end

function cases.forms(bytes)
  for _, pair in ipairs(url.decode_pairs(bytes)) do
    local encoded = url.encode_pairs { pair }
    local back = url.decode_pairs(encoded)[1]
    if back then assert(back[1] == pair[1] and back[2] == pair[2], "a pair does not come back") end
  end
  assert(url.unescape(url.escape(bytes)) == bytes)
  assert(not url.escape_path(bytes):find("[%c ?#\x7F-\xFF]"))
  webhook.parse({ name = "toy", webhook = function(payload) return { { type = "unknown", raw = payload } } end }, { query = bytes })
end

local world, asked = nil, 0

-- A new one now and then, for it remembers what it was told.
function cases.sandbox(bytes)
  if asked % 20 == 0 then world = require("sms.sandbox").new { clock = function() return 1700000000 end } end
  asked = asked + 1
  local first = bytes:byte() or 0
  local name = ({ "messagewhiz", "zoomconnect", "websms", "zipwhip" })[first % 4 + 1]
  local line, body = bytes:sub(2):match("^(%S*)\n?(.*)$")
  local path, query = (line or ""):match("^([^?]*)%??(.*)$")
  world:handle {
    method = first & 4 > 0 and "GET" or "POST", path = "/" .. name .. "/" .. path, query = query, body = body or "",
    headers = { apikey = "sandbox-key", ["content-type"] = first & 8 > 0 and "application/json" or "application/x-www-form-urlencoded" },
  }
end

-- Whatever path, query and argument a caller gives: the request line is one line, and the path stays under its own folder.
function cases.request(bytes)
  response = { status = 200, body = "{}", headers = { ["content-type"] = "application/json" } }
  local first, name, value = bytes:byte() or 0, bytes:match("^.?([^\n]*)\n?(.*)$")
  asked_for = nil
  if first & 1 > 0 then
    judge(clients[first % #clients + 1]:request { path = "/" .. name, query = { [value] = name }, form = { [name] = value } })
  else
    local ok, problem = pcall(clients[2].messages.get, clients[2].messages, { id = name })
    assert(ok or tostring(problem):find("argument", 1, true), problem)
    assert(not asked_for or select(2, asked_for.path:gsub("/", "")) == 5 and not asked_for.path:find("/%.%.?$"), "another path")
  end
  assert(not asked_for or not (asked_for.path .. "?" .. asked_for.query):find("[%c #\x7F-\xFF]"), "a request line that is none")
end

-- What is made of a text is a text, never dearer; a number is E.164 or has a reason.
function cases.texts(bytes)
  local first, content = bytes:byte() or 0, bytes:sub(2)
  local found, other = sms.number.e164(content, first & 1 > 0 and "ZA" or first & 2 > 0 and "US" or nil)
  assert(type(other) == "string" and (found == nil or #found <= 16 and found:find("^%+[1-9]%d+$")), "no E.164 and no reason")
  local wishes = { graphemes = first & 4 > 0, reference = first & 8 > 0 and 16 or 8 }
  if first & 16 > 0 then wishes.language = first > 223 and "any" or "hi" end
  local analysis = sms.text.analyse(content, wishes)
  local out, changes, saved = sms.text.optimise(content, wishes)
  assert((analysis == nil) == (out == nil) and (analysis ~= nil or changes:find("^invalid UTF%-8 at byte %d+$")))
  sms.text.worst(content, { { a = content, b = 1 } })
  if not analysis then return end
  for _ in pairs(analysis) do assert(table.concat(analysis.parts) == content, "the parts do not rejoin") end
  local _, _, segments = sms.text.count(out, wishes)
  assert(segments == analysis.segments - saved and (saved > 0) == (#changes > 0), "another saving")
  for _, note in ipairs(analysis.notes) do assert(utf8.codepoint(content, note.offset) == note.code_point) end
end

return {
  cases.send, cases.operation, cases.webhook, cases.json, cases.forms, cases.sandbox, cases.request, cases.texts,
}
