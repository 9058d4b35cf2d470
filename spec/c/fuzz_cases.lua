-- SPDX-License-Identifier: MIT
-- What spec/c/fuzz_lua.c calls with any bytes: a list of functions. None may raise unless a promise is broken.

local failure = require "sms.error"
local json = require "sms.json"
local sms = require "sms"
local url = require "sms.url"
local webhook = require "sms.webhook"

local OUTCOMES = { accepted = true, not_sent = true, unknown = true }

-- The answer of every request: set by the cases.
local answer

local function transport() return answer end

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
  answer = {
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

return { cases.send, cases.operation, cases.webhook, cases.json, cases.forms, cases.sandbox }
