-- SPDX-License-Identifier: MIT
-- The error value: what every failed call returns as its second result. Kinds are a closed list.

local failure = {}

--- Maximum bytes of a response that an error keeps.
failure.MAX_BODY = 64 * 1024

--- All kinds with their meaning. `docs/errors.md` is generated from this table.
---@type table<string, string>
failure.kinds = {
  network = "the name look-up or the connection failed, or the connection broke",
  timeout = "connect, total or stall time-out",
  tls = "the TLS handshake or the certificate verification failed",
  auth = "credentials are missing or wrong (HTTP 401, of a proxy 407)",
  forbidden = "the account lacks the permission, or the proxy refuses the host (HTTP 403)",
  invalid = "the arguments were refused, by the provider or before anything was sent (HTTP 400, 422)",
  not_found = "no such resource (HTTP 404)",
  conflict = "the resource exists already (HTTP 409)",
  rate_limited = "too many requests (HTTP 429)",
  rejected = "the provider refused the request for another reason",
  server = "the provider failed (HTTP 5xx), or returned an unexpected status",
  decode = "the response does not have the documented structure",
  too_large = "the response is larger than `max_body`",
  cancelled = "the call was cancelled",
  closed = "the pool or client is closed",
}

local by_status = {
  [400] = "invalid", [401] = "auth", [403] = "forbidden", [404] = "not_found", [407] = "auth", [408] = "timeout", [409] = "conflict",
  [413] = "invalid", [422] = "invalid", [429] = "rate_limited",
}

--- The kind by HTTP status alone.
---@param status integer
---@return string kind
function failure.kind_of_status(status)
  local kind = by_status[status]
  if kind then return kind end
  return (status >= 400 and status < 500) and "rejected" or "server"
end

-- The registered statuses with which a server states that it will not or cannot process the request (RFC 9110 §15.5,
-- RFC 4918, 6585, 7725, 8470). Not included: 406, which may be determined after the work is done; 408, a server that gave up
-- waiting; 424, which reports a part of the work; and unregistered ones, such as 444, 460 and 499 of proxies.
local REFUSED = {}
for _, range in ipairs { { 400, 405 }, { 407, 407 }, { 409, 418 }, { 421, 423 }, { 425, 426 }, { 428, 429 }, { 431, 431 }, { 451, 451 } } do
  for status = range[1], range[2] do REFUSED[status] = true end
end

--- What an HTTP status alone proves about the effect of a request: a registered refusal guarantees none, anything else proves nothing.
---@param status integer
---@return "not_sent"|"unknown"
function failure.outcome_of_status(status)
  return REFUSED[status] and "not_sent" or "unknown"
end

--- Maximum bytes of a provider's code that an error keeps.
failure.MAX_CODE = 200

--- A provider's code as stored in an error.
---@param value any
---@param mask fun(text: string, limit: integer?): string  hides secrets
---@return integer|string|nil code  an integer, otherwise a string; nil for a table or nil
function failure.code(value, mask)
  if type(value) == "table" or value == nil then return nil end
  local whole = math.type(value) and math.tointeger(value)
  local text = tostring(whole or value)
  local shown = mask(text, failure.MAX_CODE)
  return whole and shown == text and whole or shown
end

local transient = { network = true, timeout = true, rate_limited = true }
local transient_status = { [408] = true, [429] = true, [500] = true, [501] = true, [502] = true, [503] = true, [504] = true }

local Error = { __name = "sms.error" }
Error.__index = Error

--- One line: provider, operation, kind, status, the provider's code and name, outcome, message.
function Error:__tostring()
  local out = { self.provider and (self.provider .. (self.operation and "." .. self.operation or "") .. ": ") or "", self.kind }
  local facts = {}
  if self.status then facts[#facts + 1] = "HTTP " .. self.status end
  if self.code ~= nil then facts[#facts + 1] = "code " .. tostring(self.code) end
  if self.name then facts[#facts + 1] = self.name end
  if self.outcome then facts[#facts + 1] = "outcome " .. self.outcome end
  if #facts > 0 then out[#out + 1] = " (" .. table.concat(facts, ", ") .. ")" end
  if self.message then out[#out + 1] = ": " .. self.message end
  return (table.concat(out):gsub("[\0-\31\127]+", " "))
end

---@class sms.Error
---@field kind string          one of `sms.error.kinds`
---@field outcome "accepted"|"not_sent"|"unknown"  the outcome of the request
---@field provider string?    name of the provider
---@field operation string?    `resource:operation`
---@field status integer?      HTTP status, when a response was received
---@field code integer|string? the provider's own code, secrets masked
---@field name string?         the provider's own name of the error
---@field message string       description, secrets masked
---@field retryable boolean    another attempt is both safe and likely to help
---@field provider_retry boolean?  of a documented code: the provider says that the same request may succeed later; `retryable` says
---  whether repeating it is safe
---@field retry_after number?  seconds, when the provider said so
---@field request_id string?  the provider's id of the request, for its support
---@field attempts integer     number of times the request was sent
---@field duration number?     seconds that the last attempt took
---@field tried { provider: string, reason: string }[]?  of a failover group: each provider that was tried
---@field reference string?    of a failed `client:send`: the reference that identifies the message in the provider's history
---@field field string?        of kind `invalid`: the argument or field of a message that is at fault, the first of several
---@field evidence string?     the reason for the outcome, in words
---@field headers table<string, string>?  of the response, by lower-case name, secrets masked; absent if no response began
---@field callback_error any   what a callback of the script raised (`on_event`, `progress`, `transport`, an iterator of chunks)
---@field cause any            of kind `cancelled`: the error that interrupted the call, such as "interrupted!" after Ctrl-C
---@field results table[]?     of an interrupted call: results that were not returned, see `docs/errors.md`
---@field body string?         the response as received, at most 64 KiB, secrets masked

--- Whether another attempt is both safe and likely to help, by kind, status and outcome.
---@param fields table
---@param repeatable? boolean  the operation may be repeated
---@return boolean
function failure.retryable(fields, repeatable)
  local passing = transient_status[fields.status] or transient[fields.kind] and not (fields.status and fields.kind == "rate_limited")
  return (passing and (repeatable or fields.outcome == "not_sent")) and true or false
end

--- Creates an error value. `repeatable`: whether the operation may be repeated.
---@param fields table
---@param repeatable? boolean
---@return sms.Error
function failure.new(fields, repeatable)
  assert(failure.kinds[fields.kind], "unknown kind of error")
  fields.outcome = fields.outcome or "unknown"
  fields.attempts = fields.attempts or 0
  fields.evidence = fields.evidence or (fields.outcome == "not_sent" and "nothing was sent" or "the outcome could not be determined")
  if fields.body and #fields.body > failure.MAX_BODY then fields.body = fields.body:sub(1, failure.MAX_BODY) end
  if fields.retryable == nil then fields.retryable = failure.retryable(fields, repeatable) end
  return setmetatable(fields, Error)
end

--- Whether a value is an error value of this module.
---@param value any
---@return boolean
function failure.is(value)
  return getmetatable(value) == Error
end

return failure
