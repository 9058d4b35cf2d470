-- SPDX-License-Identifier: MIT
-- Adapter of MessageWhiz API v3: base URL, authentication, success and errors, webhooks. The operations are facts in the other files
-- of this folder.

local callbacks = require "sms.messagewhiz.callbacks"
local is_id = require("sms.check").is_id
local core = require "sms.core"
local failure = require "sms.error"
local json = require "sms.json"


local adapter = {
  name = "messagewhiz",
  title = "MessageWhiz",
  base_url = "https://sms.messagewhiz.com",
  resources = {
    "campaigns", "recipient_lists", "senders", "sender_lists", "broadcasts", "segments", "messages", "otp", "unsubscribe_lists", "links",
    "link_lists", "spinners", "templates", "triggers", "delivery_reports",
  },
  types = require "sms.messagewhiz.types",
  message = require "sms.messagewhiz.message",
  options = { apikey = "string", sms_auth = "'body'|'header'?" },
  hooks = {},
  methods = {},
}

--- Checks of options beyond their types.
---@param options table
---@param problems string[]
function adapter.check_options(options, problems)
  local key = options.apikey
  if key == "" then problems[#problems + 1] = "option 'apikey' is empty" end
  if type(key) == "string" and key:find("[\0-\31\127]") then
    problems[#problems + 1] = "option 'apikey' contains a control character"
  end
end

--- Authentication by the header `apikey`. Fast singles have the key in the body, as documented, unless `sms_auth = "header"`.
---@param options table  `apikey`, `sms_auth?`
---@return table<string, table> lists for `core.auth`, by the names that facts use
function adapter.auth(options)
  local header = { { scheme = "header", name = "apikey", value = options.apikey } }
  local body = { { scheme = "json", name = "api_key", value = options.apikey } }
  return { default = header, api_key = options.sms_auth == "header" and header or body }
end

-- A refused download returns JSON instead of a file; a file never begins with a brace.
local function refusal_in(text)
  local value = text:match("^%s*{.-\"errorCode\"") and json.decode(text)
  return type(value) == "table" and value or nil
end

local function whole(value)
  if type(value) == "string" then value = value:find("^%-?%d+$") and tonumber(value) or nil end
  return math.type(value) and math.tointeger(value)
end

-- The code within a response: errorCode of v3, statusCode of fast singles. Nil when there is none.
local function code_of(value)
  if type(value) ~= "table" then return nil end
  local code, status = value.errorCode, value.statusCode
  if status ~= nil and (code == nil or whole(code) == 0) then return whole(status) or status, true end
  return whole(code) or code, false
end

local function ids_of(result)
  return result.broadcastID or result.broadcastId or result.broadcast_id, result.segmentID or result.segmentId or result.segment_id
end

-- Whether a result identifies the broadcast or segment that a call created; in a list, its first item counts.
local function names_broadcast(result)
  if type(result) ~= "table" then return false end
  local item = type(result[1]) == "table" and result[1] or result
  return is_id((ids_of(item))) or is_id(item.id)
end

local function words(value)
  if type(value) == "table" then
    local out = {}
    for i, item in ipairs(value) do out[i] = tostring(item) end
    value = table.concat(out, "; ")
  end
  return type(value) == "string" and value ~= "" and value or nil
end

-- The documented meaning of an HTTP status, or nil.
local function meaning_of(status)
  local row = core.status("messagewhiz", "http", status)
  return row.name ~= "UNKNOWN" and row.text or nil
end

-- Codes by which a fast single refuses ("Fast Single"). Of the envelope's codes only 0 is published, so a refusal by any other
-- under HTTP 2xx proves nothing.
local REFUSALS = { [400] = true, [401] = true }

-- The outcome that a refusal proves. An id in it, or a code that contradicts the HTTP status, invalidates the proof.
local function outcome_of(status, body, code, of_status, facts)
  if is_id(body.message_id) or is_id(body.id) or names_broadcast(body.result) then return "unknown" end
  if status // 100 == 2 then return of_status and facts.envelope == false and REFUSALS[code] and "not_sent" or "unknown" end
  if code == 0 or of_status and not (math.type(code) and failure.outcome_of_status(code) == "not_sent") then return "unknown" end
  return failure.outcome_of_status(status)
end

-- Whether the provider recommends a retry; nil for an undocumented code.
local function retry_of(code, of_status)
  if of_status and REFUSALS[code] then return core.status("messagewhiz", "send", code).provider_retry end
end

-- The fields of an error for a refusal.
local function refusal(status, value, code, of_status, facts)
  local body = type(value) == "table" and value or {}
  local kind = failure.kind_of_status(status)
  if status // 100 == 2 then kind = (not of_status or REFUSALS[code]) and math.type(code) and "rejected" or "decode" end
  return {
    kind = kind, outcome = outcome_of(status, body, code, of_status, facts), code = code ~= 0 and code or nil,
    provider_retry = retry_of(code, of_status),
    name = words(body.errorType) or words(body.error),
    message = words(body.errorMessage) or words(body.message) or words(body.errorType) or meaning_of(status)
      or code ~= nil and code ~= 0 and (of_status and "statusCode " or "errorCode ") .. tostring(code) or nil,
  }
end

local function undecodable(message)
  return { kind = "decode", outcome = "unknown", message = message }
end

-- An envelope without `result` (or with null) is a success without data.
local function content(envelope)
  if envelope.result == nil then return {} end
  return envelope.result
end

-- The field that marks success in a response without an envelope, by the type of the result.
local PROOFS = { ["messagewhiz.Message"] = "message_id", ["messagewhiz.Otp"] = "id", ["messagewhiz.Verification"] = "valid" }

-- A response without an envelope: an object with the field that its call documents, or a download, whose cells are all in double
-- quotes (empty here if it was written to a file).
local function bare(value, facts)
  if facts.response == "text" then return type(value) == "string" and (value == "" or value:find('^\xEF?\xBB?\xBF?%s*"') ~= nil) end
  if type(value) ~= "table" then return false end
  local proof = value[PROOFS[facts.result]]
  if facts.send then return is_id(proof) end
  return proof ~= nil
end

--- Decodes a response: success is a 2xx status and, with an envelope, errorCode 0.
---@param status integer
---@param value any     decoded JSON, or the text of a download
---@param facts table?  the operation's entry in its resource file; empty for `client:request`, where an envelope is optional
---@return boolean success
---@return any result   the result without its envelope, or the fields of an error
--- Source: "Response Error Messages", "Fast Single".
function adapter.decode(status, value, facts)
  facts = facts or {}
  if status == 200 and type(value) == "table" and value.statusCode == nil then -- the usual case
    local code = value.errorCode
    if code == 0 then
      local result = value.result
      if result ~= nil and facts.envelope ~= false and not facts.send then return true, result end
    elseif code == nil and facts.envelope == false and facts.result == "messagewhiz.Message" and is_id(value.message_id) then
      return true, value
    end
  end
  if type(value) == "string" then value = refusal_in(value) or value end
  local code, of_status = code_of(value)
  if status // 100 ~= 2 or code ~= nil and (code ~= 0 or of_status) then
    return false, refusal(status, value, code, of_status, facts)
  end
  if facts.envelope == false then
    if bare(value, facts) then return true, value end
    return false, undecodable("the response does not have the documented structure")
  end
  if code == 0 and facts.send and not names_broadcast(value.result) then
    return false, undecodable("the response reports success but identifies no broadcast")
  end
  if code == 0 then return true, content(value) end
  if facts[1] == nil then return true, value end
  return false, undecodable("the response lacks the envelope with errorCode and result")
end

--- The ids in the response of any call that sends a broadcast, whatever its spelling of them, also in a list of one.
---@param _ table  the client
---@param result table
---@return { broadcast_id: integer?, segment_id: integer? }
function adapter.methods.broadcast_ids(_, result)
  if type(result) ~= "table" then error("broadcast_ids takes the result of a call that sends, got a " .. type(result), 2) end
  local item = type(result[1]) == "table" and result[1] or result
  local broadcast_id, segment_id = ids_of(item)
  -- The response to a segment has its id in `id`.
  return { broadcast_id = broadcast_id, segment_id = segment_id or (item.broadcast_id and item.id) }
end

--- Returns the events of a webhook request; see `callbacks.lua`.
---@param payload any
---@return table[]? events
---@return string? message
function adapter.webhook(payload)
  return callbacks.events(payload)
end

--- The response to a webhook. None is documented: 200 for accepted, 500 to request a retry, if the provider makes one.
---@param ok boolean
---@return { status: integer, headers: table<string, string>, body: string }
function adapter.webhook_answer(ok)
  return { status = ok and 200 or 500, headers = { ["content-type"] = "text/plain" }, body = "" }
end

return adapter
