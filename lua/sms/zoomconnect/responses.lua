-- SPDX-License-Identifier: MIT
-- Decodes ZoomConnect's responses: JSON, bare values, empty bodies, and the few flat XML structures that installations return which
-- ignore the Accept header. A 2xx response may still be a refusal.

local is_id = require("sms.check").is_id
local core = require "sms.core"
local failure = require "sms.error"
local xml = require "sms.zoomconnect.xml"

local responses = {}

--- Maximum bytes of plain text that is used as an error message.
local MAX_WORDS = 300

-- Results in which an id proves that a message was accepted.
local IDS = { ["zoomconnect.Sent"] = "messageId", ["zoomconnect.VoiceSent"] = "voiceMessageId" }

local function words(value)
  if type(value) == "table" then value = value.message end
  return type(value) == "string" and value:find("%S") and value or nil
end

local function is_empty(value)
  return value == nil or type(value) == "string" and not value:find("%S")
end

-- Whether a response identifies an accepted message.
local function names_message(value)
  local rows = value.sendSmsResponses
  for _, row in ipairs(type(rows) == "table" and rows or {}) do
    if type(row) == "table" and is_id(row.messageId) then return true end
  end
  return is_id(value.messageId) or is_id(value.voiceMessageId)
end

---------------------------------------------------------------- refusals

-- A short line of plain text, the form of some refusals ("Reason: Unauthorized").
local function plain_words(text)
  return #text <= MAX_WORDS and utf8.len(text) and text:find("%S") and not text:find("[<{]") and core.trim(text) or nil
end

-- The documented meaning of a code, or nil.
local function row_of(kind, code)
  local row = code and core.status("zoomconnect", kind, code)
  return row and row.name ~= "UNKNOWN" and row or nil
end

-- Codes are documented for sending only; next comes the status text of the body.
local function name_of(status, body, code, sending)
  local row = sending and row_of("send", code)
  if row then return row.name end
  if type(body.status) == "string" and body.status:find("[A-Za-z]") then return body.status end
  row = row_of("http", status)
  return row and row.name
end

local function message_of(status, body)
  local short, long = words(body.message) or words(body.error), words(body.developerMessage)
  if short and long and short ~= long then return short .. " (" .. long .. ")" end
  local row = row_of("http", status)
  return short or long or row and row.text
end

-- A code: an integer, also if given as digits, otherwise unchanged.
local function code_of(value)
  if type(value) == "string" then return value:find("^%-?%d+$") and math.tointeger(tonumber(value)) or words(value) end
  return math.type(value) and math.tointeger(value) or value
end

local function row_of_code(code, facts)
  return facts.send and math.type(code) == "integer" and row_of("send", code) or nil
end

-- RestErrorDTO `{ status, code, message, developerMessage, moreInfoUrl }`, plain text or nothing → the fields of an error. The
-- id of a message in it invalidates the proof.
local function refusal(status, value, facts)
  local body = type(value) == "table" and value or {}
  local code, documented = code_of(body.code), row_of("http", status)
  local row = row_of_code(code, facts) or documented
  local outcome = documented and documented.state == "rejected" and "not_sent" or failure.outcome_of_status(status)
  return {
    code = code, name = name_of(status, body, code, facts.send), outcome = names_message(body) and "unknown" or outcome,
    message = type(value) == "string" and plain_words(value) or message_of(status, body),
    provider_retry = row and row.provider_retry,
  }
end

-- The documented refusal in a 2xx response: an `error` text without an id.
local function is_documented(value)
  return words(value.error) ~= nil and is_empty(value.messageId) and is_empty(value.voiceMessageId)
end

--- The outcome that an `error` proves: none if there is an id, or if it does not have the documented structure.
---@param value table
---@return "not_sent"|"unknown" outcome
function responses.outcome_of(value)
  return is_documented(value) and not names_message(value) and "not_sent" or "unknown"
end

-- A refusal in a 2xx response: the provider did not accept the message. A code may be beside `error` or in it; a documented one is
-- proof on its own.
local function declined(value, message, facts)
  local code = value.code
  if code == nil and type(value.error) == "table" then code = value.error.code end
  code = code_of(code)
  local row = row_of_code(code, facts)
  local outcome = responses.outcome_of(value)
  if code ~= nil then outcome = row and not names_message(value) and "not_sent" or "unknown" end
  if facts.send and facts.unwrap then outcome = "unknown" end -- a bulk response has one for each row
  return false, {
    kind = "rejected", outcome = outcome, code = code, name = row and row.name, message = message,
    provider_retry = row and row.provider_retry,
  }
end

-- Neither an id nor a reason: no success, but no proof that nothing was sent.
local function without_id(value, name, facts)
  if value.code and words(value.message) then return declined(value, words(value.message), facts) end
  return false, { kind = "rejected", outcome = "unknown", message = ("the response has no %s and no error"):format(name) }
end

local function undecodable(message)
  return false, { kind = "decode", outcome = "unknown", message = message }
end

---------------------------------------------------------------- responses

--- The text of a non-null `error`, or nil.
---@param value table
---@return string?
function responses.error_of(value)
  local found = value.error
  if found == nil or found == false or found == "" then return nil end
  return words(found) or "the response carries an error"
end

-- An object: a non-null `error` is a refusal; a response to a send without an id is not a success either.
local function from_table(value, facts)
  local no = responses.error_of(value)
  if no then return declined(value, no, facts) end
  local id = IDS[facts.result]
  if id and not is_id(value[id]) then return without_id(value, id, facts) end
  if facts.send and facts.unwrap and type(value[facts.unwrap]) ~= "table" then
    return undecodable(("the response has no list %s"):format(facts.unwrap))
  end
  return true, value
end

-- The documents show no such string, but a single word identifies the message. A sentence is not a success.
local function is_one_word(text)
  return text:match("^%s*[0-9A-Za-z_-]+%s*$") ~= nil
end

-- URL sends and the encoding return strings; an object with the id is equivalent.
local function from_string(value, facts, response)
  if type(value) == "table" and facts.send then
    local ok, second = from_table(value, { result = "zoomconnect.Sent", send = true })
    if not ok then return false, second end
    value = value.messageId
  elseif type(value) == "number" and response then
    -- An id of digits, or of hex digits such as 58e123, is a string nevertheless.
    value = core.trim(response.body)
  end
  if type(value) ~= "string" and type(value) ~= "number" or is_empty(value) then return undecodable("the response has no text") end
  if facts.send and not is_one_word(tostring(value)) then return undecodable("the response is not one word that identifies the message") end
  return true, value
end

local readers = { string = from_string }

-- Success without a result: an empty body, or text without a documented meaning.
readers["true"] = function()
  return true, true
end

readers["true|string"] = function(value)
  return true, type(value) == "string" and not is_empty(value) and value or true
end

function readers.boolean(value)
  if type(value) == "boolean" or value == "true" or value == "false" then return true, value end
  return undecodable("the response is neither true nor false")
end

function readers.number(value)
  if math.type(value) then return true, value end
  return undecodable("the response is not a number")
end
readers.integer = readers.number

local function from_scalar(value, facts, response)
  if type(value) == "table" and responses.error_of(value) then return from_table(value, facts) end
  return readers[facts.result](value, facts, response)
end

--- Decodes a response: success is a 2xx status without an `error`.
---@param status integer
---@param value any      decoded JSON, or the text of a response that isn't JSON where the fact allows one
---@param facts table?   the operation's entry in its resource file; empty for `client:request`
---@param response table?  the raw response
---@return boolean success
---@return any result    or the fields of an error
--- Source: RestErrorDTO, WebServiceSendSmsResponse and the like in the OpenAPI file.
function responses.decode(status, value, facts, response)
  facts = facts or {}
  if type(value) == "string" and xml.is(value) then return responses.undecodable(status, value, facts) end
  if status // 100 ~= 2 then return false, refusal(status, value, facts) end
  if facts.response == "scalar" then return from_scalar(value, facts, response) end
  if type(value) == "table" then return from_table(value, facts) end
  if facts[1] == nil then return true, value == nil or value end
  return undecodable("the response does not have the documented structure")
end

---------------------------------------------------------------- what isn't JSON

-- Converts the flat XML structures to the equivalent of JSON; nil for any other.
local function from_xml(body, facts)
  if facts.result == "zoomconnect.Account" then return body.creditBalance and { creditBalance = body.creditBalance } end
  if facts.unwrap == "sendSmsResponses" then return body.responses[1] and { sendSmsResponses = body.responses } end
  local sends_one = facts.result == "zoomconnect.Sent" or facts.send and facts.response == "scalar"
  local row = body.responses[1] or body
  if sends_one and (row.messageId or row.error) then return { messageId = row.messageId, error = row.error } end
end

local function read_xml(status, text, facts)
  local body, is_error = xml.read(text), xml.is_error(text)
  if status // 100 ~= 2 then return false, refusal(status, is_error and body, facts) end
  if body and is_error then return declined(body, message_of(status, body), facts) end
  local value = body and from_xml(body, facts)
  if value then return responses.decode(status, value, facts) end
  return undecodable("the response is XML or HTML although JSON was requested")
end

--- Decodes a response that isn't JSON: flat XML, short plain text, an empty body.
---@param status integer
---@param text string
---@param facts table
---@return boolean? success  nil: use the engine's message
---@return any result
function responses.undecodable(status, text, facts)
  if xml.is(text) then return read_xml(status, text, facts) end
  if status // 100 ~= 2 then return false, refusal(status, text, facts) end
  if facts[1] == nil and is_empty(text) then return true, true end
  return nil
end

return responses
