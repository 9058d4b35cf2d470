-- SPDX-License-Identifier: MIT
-- Decodes a response: its format, success or refusal, the result in its declared shape, or an error value with the proven outcome.

local charset = require "sms.text.charset"
local core = require "sms.core"
local failure = require "sms.error"
local json = require "sms.json"
local native = require "sms.api.native"
local url = require "sms.url"

local coerce = native.coerce
local decode_exactly, decode_for_coerce = json.decode, json.decode_for_coerce

local setmetatable = setmetatable

local decode = {}

---------------------------------------------------------------- responses

local Response = { __name = "sms.call.response" }

-- `head` has the raw header lines, or a table of them, until `headers` is first read.
local function headers_of(response)
  local head = rawget(response, "head")
  if not head then return nil end
  response.head, response.headers = nil, type(head) == "table" and head or core.headers(head)
  return response.headers
end

function Response.__index(response, key)
  if key == "headers" then return headers_of(response) end
end

function Response.__pairs(response)
  headers_of(response)
  return next, response, nil
end

function Response:__tostring()
  return "sms.response: HTTP " .. self.status
end

---------------------------------------------------------------- refusals

local function request_id(response)
  local headers = response.headers
  return headers["x-request-id"] or headers["request-id"] or headers["x-correlation-id"] or headers["x-amzn-requestid"]
end

-- A non-negative number in a header; nil for any other text.
local function count_of(text)
  local count = text and text:find("^%d") and core.number(text)
  return count and count < math.huge and count or nil
end

-- The delay that the provider requests, in seconds: `retry-after-ms`, or Retry-After (RFC 9110 §10.2.3) in seconds or as a date, which
-- is relative to the response's own Date, since the clocks may differ. Nil if that date has passed.
local function retry_after(response)
  local headers = response.headers
  local thousandths, text = count_of(headers["retry-after-ms"]), headers["retry-after"]
  if thousandths then return thousandths / 1000 end
  if not text then return nil end
  local seconds = count_of(text)
  if seconds then return seconds end
  local date = text:find("^[A-Za-z]") and core.http_date(text)
  if not date then return nil end
  local left = date - (headers.date and core.http_date(headers.date) or os.time())
  return left > 0 and left or nil
end

local function evidence_of_refusal(response, fields)
  local code = fields.code ~= nil and ", code " .. tostring(fields.code) or ""
  local said = ("a response was received (HTTP %d%s)"):format(response.status, code)
  if fields.outcome == "not_sent" then return said .. "; by the provider's documents or by HTTP, the request had no effect" end
  return said .. "; it does not say whether the request took effect"
end

-- Describes what the transport observed.
local function evidence_of_break(trouble)
  if trouble.attempts == 0 then return "no byte of the request was sent: " .. trouble.kind end
  local sent = ("the request was sent (%d time%s)"):format(trouble.attempts, trouble.attempts == 1 and "" or "s")
  if trouble.status then return ("%s; a response began (HTTP %d) but was incomplete"):format(sent, trouble.status) end
  return sent .. "; no response began"
end

-- Masks text from the provider, which may contain a secret.
local function masked(state, value)
  return type(value) == "string" and state.mask(value) or value
end

-- Masks response headers, which may contain a secret.
local function masked_headers(state, headers)
  local out = {}
  for name, value in pairs(headers) do out[name] = state.mask(value) end
  return out
end

local MAX_TARGET = 500 -- maximum bytes of a redirect target in an error message

-- Redirects are not followed; the error message names their target.
local function message_of(state, response, message)
  local words = state.mask(message or ("HTTP " .. response.status))
  local target = response.status // 100 == 3 and response.headers.location
  return target and ("%s; it redirects to %s, which is not followed"):format(words, state.mask(target, MAX_TARGET)) or words
end

-- The error value for a response that is an error.
local function refused(state, op, response, fields)
  fields.status, fields.provider, fields.operation = response.status, state.name, op.name
  fields.kind = fields.kind or failure.kind_of_status(response.status)
  fields.outcome = fields.outcome or failure.outcome_of_status(response.status)
  fields.code, fields.name = failure.code(fields.code, state.mask), masked(state, fields.name)
  fields.evidence = evidence_of_refusal(response, fields)
  fields.message, fields.headers = message_of(state, response, fields.message), masked_headers(state, response.headers)
  fields.body, fields.attempts, fields.duration = state.mask(response.body, failure.MAX_BODY), response.attempts, response.duration
  fields.request_id, fields.retry_after = masked(state, request_id(response)), retry_after(response)
  return nil, failure.new(fields, op.repeatable)
end

-- The meaning of a status, whatever the body; the adapter may override it.
local function meaning(state, op, response, otherwise)
  local ok, fields = state.adapter.decode(response.status, nil, op.facts, response)
  if ok or type(fields) ~= "table" or fields.kind == "decode" then fields = {} end
  fields.message = fields.message or ("HTTP %d, %s"):format(response.status, otherwise)
  return fields
end

-- Kinds of failure that can occur in a body, after its header has arrived.
local OF_BODIES = { network = true, timeout = true, decode = true, too_large = true }

-- The error if there is no usable response; `attempts` determines the outcome. A refusal with an unreadable body is still a refusal.
local function broken(state, op, trouble)
  local headers = trouble.head and core.headers(trouble.head)
  if headers and trouble.status and trouble.status >= 400 and OF_BODIES[trouble.kind] then
    local response = {
      status = trouble.status, headers = headers, body = trouble.body or "", attempts = trouble.attempts, duration = trouble.duration,
    }
    local _, err = refused(state, op, response, meaning(state, op, response, "and its body could not be read"))
    err.evidence = ("%s; its body could not be read: %s"):format(err.evidence, state.mask(trouble.message or trouble.kind))
    return nil, err
  end
  return nil, failure.new({
    kind = trouble.kind, outcome = trouble.attempts == 0 and "not_sent" or "unknown", provider = state.name, operation = op.name,
    status = trouble.status, message = state.mask(trouble.message or trouble.kind),
    attempts = trouble.attempts, duration = trouble.duration, evidence = evidence_of_break(trouble),
    body = trouble.body and state.mask(trouble.body, failure.MAX_BODY),
    headers = trouble.status and headers and masked_headers(state, headers) or nil,
  }, op.repeatable)
end

-- Adds `page` to a response: the other members beside the list, by the provider's names. `floats`: integers are still floats.
local function add_page(state, response, page, floats)
  for name, value in pairs(page) do
    page[name] = floats and math.type(value) == "float" and math.tointeger(value) or masked(state, value)
  end
  response.page = page
end

-- Completes a response for the script.
local function response_of(state, response, page)
  response.body, response.labelled, response.stream = nil, nil, nil
  if page then add_page(state, response, page) end
  return response
end

---------------------------------------------------------------- body formats

-- JSON in any charset; UTF-8 without a label. The decoder skips a byte order mark.
local function from_json(text, content_type)
  return decode_exactly(charset.utf8(text, content_type))
end

-- name=value pairs; some installations respond with JSON instead.
local function from_form(text, content_type)
  if text:find("^\xEF?\xBB?\xBF?%s*[{%[]") then return from_json(text, content_type) end
  if not text:find("=", 1, true) then return nil, "neither JSON nor name=value pairs" end
  local out = charset.table(url.decode_table(charset.unmarked(text)), content_type)
  for name, value in pairs(out) do
    if value:match("^%d+$") and #value < 16 and not value:match("^0%d") then out[name] = math.tointeger(value) end
  end
  return out
end

-- A bare JSON value, or else the text itself.
local function from_scalar(text, content_type)
  text = charset.utf8(text, content_type)
  if text == "" then return text end
  local value, message = decode_exactly(text)
  if message then return text end
  return value
end

local function as_it_is(text)
  return text
end

-- Text, of which a file keeps its byte order mark.
local function as_text(text, content_type)
  local convert = charset.converter(content_type)
  return convert and convert(text) or text
end

local READERS = { json = from_json, urlencoded = from_form, scalar = from_scalar, text = as_text, bytes = as_it_is }

-- Text and bytes are returned unchanged, unless the response is a refusal, such as JSON instead of a file.
local function format_of(format, response)
  if format ~= "text" and format ~= "bytes" then return format end
  if response.status // 100 ~= 2 then return "json" end
  if format == "bytes" and (response.headers["content-type"] or ""):find("json", 1, true) then return "json" end
  return format
end

local function unlike(message)
  return { kind = "decode", outcome = "unknown", message = "unexpected response: " .. message }
end

local function undecodable(state, op, response, message)
  if response.status // 100 ~= 2 then return meaning(state, op, response, "and the response is not JSON") end
  return unlike(message)
end

-- The adapter's verdict on a response: true and the result, or false and the fields of an error.
local function verdict(state, op, response, request)
  local facts, content_type = op.facts, response.labelled and response.headers["content-type"] or nil
  local value, message = READERS[facts.response and format_of(facts.response, response) or "json"](response.body, content_type)
  if not message then return state.adapter.decode(response.status, value, facts, response, request) end
  local second = state.adapter.undecodable
  if second then
    local ok, result = second(response.status, charset.utf8(response.body, content_type), op.facts)
    if ok ~= nil then return ok, result end
  end
  return false, undecodable(state, op, response, message)
end

-- Unwraps a list; the wrapper's other scalar members are the page.
local function unwrap(result, member)
  if type(result) ~= "table" then return result end
  local page
  for name, value in pairs(result) do
    if name ~= member and type(value) ~= "table" then
      page = page or {}
      page[name] = value
    end
  end
  return result[member] or {}, page
end

-- The part of the result that an operation returns, and the page.
local function taken_out(facts, result, page)
  if facts.unwrap then result, page = unwrap(result, facts.unwrap) end
  if facts.single and type(result) == "table" and result[1] ~= nil then result = result[1] end
  return result, page
end

-- The result of a streamed success is the stream itself, in the provider's format.
local function streamed(state, op, response)
  local stream = response.stream
  stream.fail = function(trouble) return select(2, broken(state, op, trouble)) end
  return stream, response_of(state, response), true
end

-- A result in the shape that its operation declares.
local function coerced(state, op, response, result, page)
  result, page = taken_out(op.facts, result, page)
  if op.result then
    local problem
    result, problem = coerce(result, op.shape or native.shape_of(op))
    if problem then return refused(state, op, response, unlike("result" .. problem)) end
  end
  return result, response_of(state, response, page), true
end

--- Fast path for successful JSON responses; returns nothing for any other, which is left to `decode.read`. Integers are
--- made exact while the result is coerced to the declared shape.
---@param plan table      see `sms.call`
---@param response table  see `transport.exchange`; of a charset that isn't labelled
---@return any? result
---@return table? response
function decode.fast_success(plan, response)
  local value, wrong, numbers = decode_for_coerce(response.body)
  if wrong then return nil end
  local yes, result, page = plan.verdict(response.status, value, plan.facts)
  if not yes then return nil end
  if plan.nested then result, page = taken_out(plan.facts, result, page) end
  result, wrong = coerce(result, plan.shape, value, numbers)
  if wrong then return nil end
  response.body = nil
  if page then add_page(plan.state, response, page, numbers ~= nil) end
  return result, setmetatable(response, Response)
end

--- Decodes what an exchange returned, see `transport.exchange`.
---@param plan table      see `sms.call`
---@param request table
---@param response table?
---@param trouble table?  the failure, if there is no response
---@return any? result
---@return table details
---@return true? good  it is a response
function decode.read(plan, request, response, trouble)
  local state, op = plan.state, plan.op
  if not response then return broken(state, op, trouble) end
  setmetatable(response, Response)
  if response.stream then return streamed(state, op, response) end
  local ok, result, page = verdict(state, op, response, request)
  if not ok then return refused(state, op, response, result) end
  return coerced(state, op, response, result, page)
end

return decode
