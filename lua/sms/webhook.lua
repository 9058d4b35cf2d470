-- SPDX-License-Identifier: MIT
-- Parses webhook requests of providers: untrusted input, bounded, never guessed. Each provider's adapter parses its events; this file has
-- what they share: payload, shared secret, `event.key` to recognise repeats, and the order of events.

local charset = require "sms.text.charset"
local core = require "sms.core"
local failure = require "sms.error"
local json = require "sms.json"
local check = require "sms.check"
local providers = require "sms.providers"
local summary = require "sms.message.summary"
local url = require "sms.url"

local webhook = {}

--- Maximum bytes of a webhook's body, and of its query.
webhook.MAX_BODY, webhook.MAX_QUERY = 4 * 1024 * 1024, 256 * 1024

local Event = summary.class "event"

local MAX_BODY, MAX_QUERY = webhook.MAX_BODY, webhook.MAX_QUERY

--- The query parameter and the header of the shared secret.
webhook.PARAMETER, webhook.HEADER = "secret", "x-webhook-secret"

---------------------------------------------------------------- the shared secret

--- A shared secret as a list for `core.auth`, so that it is masked. Raises an error if it is not a valid secret.
---@param secret string
---@return table[]
function webhook.auth(secret)
  if type(secret) ~= "string" or secret == "" or secret:find("[\0-\31\127]") then
    error("the webhook secret must be a non-empty string without control characters", 0)
  end
  return { { scheme = "query", name = webhook.PARAMETER, value = secret } }
end

--- The URL to configure at a provider that does not sign its requests: `address` with the secret in its query.
---@param address string  e.g. `https://example.org/reports`
---@param secret string
---@return string
function webhook.url(address, secret)
  if type(address) ~= "string" then error("webhook.url: the address must be a string, got a " .. type(address), 2) end
  local ok, problem = pcall(webhook.auth, secret)
  if not ok then error("webhook.url: " .. problem, 2) end
  local base, fragment = address:match("^([^#]*)(.*)$")
  local joint = not base:find("?", 1, true) and "?" or base:find("[?&]$") and "" or "&"
  return base .. joint .. url.encode_pairs { { webhook.PARAMETER, secret } } .. fragment
end

-- Every value of the secret in the query, and the query without them.
local function take_secrets(query)
  local given, kept = {}, {}
  for piece in query:gmatch("[^&]+") do
    local name, value = piece:match("^([^=]*)=?(.*)$")
    if url.unescape(name, true) == webhook.PARAMETER then
      given[#given + 1] = url.unescape(value, true)
    else
      kept[#kept + 1] = piece
    end
  end
  return given, table.concat(kept, "&")
end

-- Removes the secret from the request; returns the reason if it is wrong. All secrets given must be correct.
local function check_secret(request, secret)
  local given, query = take_secrets(request.query)
  given[#given + 1] = request.headers[webhook.HEADER]
  request.query, request.headers[webhook.HEADER] = query, nil
  if #given == 0 then return "the shared secret is missing" end
  local right = true
  for _, value in ipairs(given) do right = core.equal(secret, value) and right end
  return not right and "the shared secret is wrong" or nil
end

---------------------------------------------------------------- the payload

local OBJECT, LIST = ("{["):byte(1, 2)

-- A JSON object or list, whatever the headers say.
local function looks_like_json(body)
  local first = body:byte()
  return first == OBJECT or first == LIST or body:find("^%s*[%[{]") ~= nil
end

-- The charset in the headers is that of the body, including its escapes.
local function merged_form(request, content_type)
  local out = url.decode_table(request.query)
  for name, value in pairs(charset.table(url.decode_table(request.body), content_type)) do out[name] = value end
  return out
end

-- JSON body, form body or query, whichever is present. The content type only decides if the body does not.
local function payload_of(request)
  local body, content_type = request.body, request.content_type
  if looks_like_json(body) then return json.decode(charset.utf8(body, content_type)) end
  if not body:find("%S") then
    if not request.query:find("[^&%s]") then return nil, "neither a body nor a query" end
    return url.decode_table(request.query)
  end
  if body:find("^%s*<") then return nil, "the body is XML or HTML" end
  if body:find("=", 1, true) then return merged_form(request, content_type) end
  local value, problem = json.decode(charset.utf8(body, content_type))
  return value, problem or "the body is null"
end

-- The kind of refusal and the reason, if a field of the request is invalid.
local function wrong_text(field, value, most)
  if value == nil or type(value) == "string" and #value <= most then return nil end
  if type(value) ~= "string" then return "invalid", field .. " must be the raw string" end
  return "too_large", ("%s has more than %d bytes"):format(field, most)
end

local function without(prefix, text)
  return text:sub(1, #prefix) == prefix and text:sub(#prefix + 1) or text
end

-- Headers of a web framework may be an object, which `pairs` reads.
local function lower_names(headers)
  if getmetatable(headers) == nil then return core.lower_names(headers) end
  local plain = {}
  for name, value in pairs(headers) do plain[name] = value end
  return core.lower_names(plain)
end

-- The request for the adapter: plain strings, header names in lower case. Or nil, the kind of the refusal and why.
local function normal(request)
  if type(request) ~= "table" then return nil, "invalid", "a webhook request must be a table { method, headers, query, body }" end
  local method, query, body, headers = request.method, request.query, request.body, request.headers
  local kind, message = wrong_text("query", query, MAX_QUERY)
  if not kind then kind, message = wrong_text("body", body, MAX_BODY) end
  if not kind then kind, message = wrong_text("method", method, MAX_QUERY) end
  if kind then return nil, kind, message end
  if headers ~= nil and type(headers) ~= "table" then return nil, "invalid", "headers must be a table" end
  local names = lower_names(headers or {})
  local content, marked = charset.unmarked(body or "")
  local content_type = not marked and names["content-type"] or nil -- a byte order mark overrides the label
  return { method = method or "", query = without("?", query or ""), body = content, headers = names, content_type = content_type }
end

---------------------------------------------------------------- keys

local MAX_IN_FIELD, MAX_IN_KEY = 96, 512 -- bytes

-- A text that is too long is represented by its beginning and its digest.
local function bounded(text, most, seen)
  if #text <= most then return text end
  return text:sub(1, most // 2) .. "~" .. core.digest(text, seen)
end

local function to_hex(char)
  return ("%%%02X"):format(char:byte())
end

local function key_field(value, seen)
  if value == nil then return "" end
  local kind = type(value)
  if kind == "string" and #value <= MAX_IN_FIELD and not value:find("[^A-Za-z0-9]") then return value end
  if kind == "table" then return core.digest(value, seen) end
  if math.type(value) == "float" then return bounded((("%.3f"):format(value):gsub("[^-0-9a-z]+", ".")), MAX_IN_FIELD, seen) end
  if kind == "number" then return tostring(value) end
  return (bounded(tostring(value), MAX_IN_FIELD, seen):gsub("[%%|\0-\31\127]", to_hex))
end

-- Provider, type and status come from this library, not from the request.
local function joined(event, seen)
  return event.provider .. "|" .. (event.type or "") .. "|" .. key_field(event.id, seen) .. "|" .. key_field(event.part, seen) ..
    "|" .. key_field(event.to, seen) .. "|" .. (event.status or "") .. "|" .. key_field(event.provider_status, seen) ..
    "|" .. key_field(event.time, seen)
end

-- Events that are identified by their fields, once they have an id.
local TOLD_BY_FIELDS = { delivery = true, inbound = true }

local function key_of(event, seen)
  if event.key ~= nil then return bounded(tostring(event.key), MAX_IN_KEY, seen) end
  local id, kind = event.id, event.type
  local key = core.join_key(event.provider, kind, id, event.part, event.to, event.status, event.provider_status, event.time)
    or joined(event, seen)
  if id == nil or not TOLD_BY_FIELDS[kind] then return key .. "|" .. core.digest(event.raw, seen) end
  return key
end

---------------------------------------------------------------- parsing

-- The adapter's events. A mistake in its code is reported as a separate kind of refusal, never a crash; an interruption by Ctrl-C is
-- raised again.
local function read(adapter, payload, request, settings)
  local ok, events, problem = pcall(adapter.webhook, payload, request, settings)
  if ok then return events, problem or "not an event of this provider" end
  if type(events) == "string" and events:find("interrupted!$") then error(events, 0) end
  return nil, "the reader failed: " .. tostring(events), "reader_failed"
end

local function refuse(adapter, options, request, kind, message, name)
  local function mask(text)
    if options and options.mask then text = options.mask(text) end
    local secret = options and options.secret
    return secret and core.mask({ core.auth(webhook.auth(secret)) }, text) or text
  end
  return nil, failure.new {
    kind = kind, outcome = "not_sent", provider = adapter.name, operation = "webhook", name = name, message = mask(message),
    body = kind == "decode" and mask(request.body:sub(1, failure.MAX_BODY)) or nil,
  }
end

--- Parses a request to a webhook. A pure function: no clock, no network, no state.
---
--- Each event also gets `provider` and `key`: a string that is equal if the provider sends the event again. It is the provider's id
--- of the notification, if there is one, otherwise the joined fields that distinguish events.
---@param adapter table  what `lua/sms/<provider>/init.lua` returns
---@param request sms.WebhookRequest
---@param options? { secret: string?, mask: (fun(text: string): string)?, settings: table? }  `settings`: the client's options;
---  `secret`: required in the query as `secret=…`, or in the
---  header `X-Webhook-Secret`; compared in constant time; neither the payload nor `raw` holds it
---@return sms.Event[]? events
---@return sms.Error? problem  kind `auth` for the secret, `too_large`, `decode` for what cannot be read, `invalid`
function webhook.parse(adapter, request, options)
  local secret = options and options.secret
  if secret then webhook.auth(secret) end -- raises an error if it is invalid
  local received, kind, message = normal(request)
  if not received then return refuse(adapter, options, request, kind, message) end
  message = secret and check_secret(received, secret)
  if message then return refuse(adapter, options, received, "auth", message) end
  local payload, problem = payload_of(received)
  if payload == nil then return refuse(adapter, options, received, "decode", problem) end
  local events, trouble, name = read(adapter, payload, received, options and options.settings or {})
  if not events then return refuse(adapter, options, received, "decode", trouble, name) end
  local seen, class = {}, options and options.mask and summary.class("event", options.mask) or Event
  for i = 1, #events do
    local event = events[i]
    event.provider = adapter.name
    event.key = key_of(event, seen)
    setmetatable(event, class)
  end
  return events
end

local function adapter_of(provider)
  for _, name in ipairs(providers) do
    if name == provider then return require("sms." .. name) end
  end
  local words = "unknown provider '%s'%s; valid providers: %s"
  error(words:format(check.shown(provider), check.guess(provider, providers), table.concat(providers, ", ")), 3)
end

--- A reader of webhooks without a client, and so without credentials: it has the methods `webhook` and `webhook_answer` of one.
---@param provider string|table  a provider's name, or its adapter
---@param secret? string          see `webhook.parse`
---@return { provider: string, webhook: fun(self, request: table), webhook_answer: fun(self, ok?: boolean) }
function webhook.reader(provider, secret)
  local adapter = type(provider) == "table" and provider or adapter_of(provider)
  if secret ~= nil then webhook.auth(secret) end
  local options = { secret = secret }
  return {
    provider = adapter.name,
    webhook = function(_, request) return webhook.parse(adapter, request, options) end,
    webhook_answer = function(_, ok) return adapter.webhook_answer(ok ~= false) end,
  }
end

---------------------------------------------------------------- order

local RANK = {
  unknown = 0, queued = 1, accepted = 2, sent = 3, delivered = 4, undelivered = 4, expired = 4, rejected = 4,
}

-- `final` decides if present: a status may be final with one provider and temporary with another.
local function rank_of(event)
  local rank = RANK[event.status] or 0
  if event.final == true then return 4 end
  return event.final == false and math.min(rank, 3) or rank
end

--- Whether event `a` supersedes `b`, both for the same message: reports may be late, repeated and out of order.
--- The higher rank wins: unknown, queued, accepted, sent, any final state. With equal rank the later `time` wins; without
--- times, or with equal ones, `b` is kept. A final state is never replaced by one that is not final.
---@param a table   an event, or anything with `status`, `final`, `time`
---@param b table?  what is known so far; nil is nothing
---@return boolean
function webhook.newer(a, b)
  if type(a) ~= "table" or b ~= nil and type(b) ~= "table" then
    error("webhook.newer: an event must be a table, got a " .. type(type(a) ~= "table" and a or b), 2)
  end
  if b == nil then return true end
  local left, right = rank_of(a), rank_of(b)
  if left ~= right then return left > right end
  return type(a.time) == "number" and type(b.time) == "number" and a.time > b.time
end

---------------------------------------------------------------- writing

-- Text that is not UTF-8, with U+FFFD for each invalid byte.
local function to_utf8(text)
  local out, from = {}, 1
  while true do
    local _, bad = utf8.len(text, from)
    out[#out + 1] = text:sub(from, (bad or 0) - 1)
    if not bad then return table.concat(out) end
    out[#out + 1], from = "\u{FFFD}", bad + 1
  end
end

-- A copy that can be written as JSON: lists with holes become objects, values other than texts and numbers become text.
local function writable(value, depth)
  if type(value) == "string" then return to_utf8(value) end
  if type(value) == "boolean" or math.type(value) == "integer" then return value end
  if type(value) == "number" and value - value == 0 then return value end
  if type(value) ~= "table" then return tostring(value) end
  if depth > 100 then return "(too deep)" end
  local out, count, whole, named = {}, 0, true, {}
  for key, item in pairs(value) do out[key], count = writable(item, depth + 1), count + 1 end
  for i = 1, count do whole = whole and out[i] ~= nil end
  if whole then return out end
  for key, item in pairs(out) do named[to_utf8(tostring(key))] = item end
  return named
end

--- An event as one line of JSON, without a line end. Never fails: bytes that are not UTF-8 are replaced.
---@param event sms.Event
---@return string
function webhook.line(event)
  return json.encode(event) or assert(json.encode(writable(event, 1)))
end

return webhook
