-- SPDX-License-Identifier: MIT
-- Thousands of responses to a send, put together at random from what the documents show and what they don't. Each is judged by a reading of
-- the documents that is written down here a second time: `not_sent` only where a document or HTTP promises no effect, `accepted` only where
-- the documented yes names the message.

local json = require "sms.json"
local random = require "sms.sandbox.random"
local sms = require "sms"

local SEED, CASES = 20261201, os.getenv "LUA_SMS_FULL" and 50000 or 1500

local STATUSES = { 200, 200, 200, 200, 201, 202, 301, 400, 401, 403, 404, 406, 408, 409, 418, 422, 424, 429, 444, 499, 500, 503 }

-- RFC 9110 §15.5 and its kin: the server will not, or cannot, process the request. 406 may be found out afterwards.
local HTTP_REFUSAL = {}
for _, status in ipairs { 400, 401, 403, 404, 409, 418, 422, 429 } do HTTP_REFUSAL[status] = true end

local CODES = {
  0, 1, 2, 3, 7, 200, 400, 401, 402, 500, 504, 2000, 2001, 2002, 2003, 4002, 4031, 4999, 5000, 5003, -1, -124, -855, -1234, -9999, true,
  false, "OK", "400", "2000", "-1234", "", 1.5, {},
}
local IDS = { "m-1", "901", 77, "", " ", true, false, json.null, {} }
local WORDS = {
  "no", "OK", "", "Message queued, but the SMPP session is not found", "Invalid session", "Required String parameter 'body' is not present",
  "Required thing", "parameter", true, 5, json.null, {},
}

local function maybe(dice, list)
  if dice:integer(1, 2) == 1 then return nil end
  return dice:pick(list)
end

local function is_id(value)
  return type(value) == "string" and value:find("%S") ~= nil or math.type(value) == "integer"
end

local function whole(value)
  if type(value) == "string" then return value:find("^%-?%d+$") and math.tointeger(tonumber(value)) or nil end
  return math.type(value) and math.tointeger(value)
end

local PROVIDERS = {}

-- The error bodies of "Fast Single", and HTTP.
PROVIDERS.messagewhiz = {
  options = { apikey = "k" }, message = { to = "447700900123", from = "Shop", text = "x" },
  body = function(dice)
    return { statusCode = maybe(dice, CODES), errorCode = maybe(dice, CODES), message_id = maybe(dice, IDS), message = maybe(dice, WORDS) }
  end,
  accepts = function(status, body)
    local open = body.statusCode == nil and (body.errorCode == nil or whole(body.errorCode) == 0)
    return status // 100 == 2 and is_id(body.message_id) and open
  end,
  refuses = function(status, body)
    if is_id(body.message_id) then return false end
    local code = whole(body.statusCode)
    if status // 100 == 2 then return (code == 400 or code == 401) and (body.errorCode == nil or whole(body.errorCode) == 0) end
    return HTTP_REFUSAL[status]
  end,
}

local WEBSMS = { [4002] = true, [4031] = true }

-- "Status codes" and "Error Handling".
PROVIDERS.websms = {
  options = { token = "t" }, message = { to = "436641234567", text = "x" },
  body = function(dice)
    return {
      statusCode = maybe(dice, CODES), statusMessage = maybe(dice, WORDS), transferId = maybe(dice, IDS),
      smsCount = maybe(dice, { 0, 1, "x" }),
    }
  end,
  accepts = function(status, body)
    local code = whole(body.statusCode)
    return status // 100 == 2 and (code == 2000 or code == 2001 or code == 2002)
  end,
  refuses = function(status, body)
    local code = whole(body.statusCode)
    if body.statusCode ~= nil then return WEBSMS[code] and body.smsCount ~= 1 end
    return HTTP_REFUSAL[status] or status == 406
  end,
}

local FAILURE = { [-124] = true, [-855] = true, [-1234] = true }

local function names(response)
  local token = type(response) == "table" and type(response.tokens) == "table" and response.tokens[1]
  return type(response) == "table" and (is_id(response.root) or is_id(response.id) or token and is_id(token.message))
end

-- "Message Send Status Codes": the state Failure.
PROVIDERS.zipwhip = {
  options = { session = "s:1" }, message = { to = "2065550123", text = "x" },
  body = function(dice)
    local response = maybe(dice, WORDS)
    if dice:integer(1, 2) == 1 then
      response = { code = maybe(dice, CODES), desc = maybe(dice, WORDS), root = maybe(dice, IDS) }
      if dice:integer(1, 2) == 1 then response.tokens = { { message = maybe(dice, IDS) } } end
    end
    return { success = dice:pick { true, false, false, "false", json.null }, response = response }
  end,
  accepts = function(status, body)
    return names(body.response) and (body.success == true or body.success == nil and status // 100 == 2)
  end,
  refuses = function(status, body)
    local response = body.response
    if names(response) or body.success == true or status // 100 == 2 and body.success ~= false then return false end
    local code = type(response) == "table" and whole(response.code)
    if FAILURE[code] then return true end
    local words = type(response) == "table" and response.desc or response
    if words == "Required String parameter 'body' is not present" then return code == nil or not FAILURE[code] and code ~= -1 end
    return code ~= -1 and HTTP_REFUSAL[status]
  end,
}

-- RestErrorDTO, `error` of WebServiceSendSmsResponse, the statuses of the description; 402 and 429 from public code.
PROVIDERS.zoomconnect = {
  options = { email = "a@example.org", token = "t" }, message = { to = "+27825550123", text = "x" },
  body = function(dice)
    return { messageId = maybe(dice, IDS), error = maybe(dice, WORDS), code = maybe(dice, CODES), message = maybe(dice, WORDS) }
  end,
  accepts = function(status, body)
    local error_free = body.error == nil or body.error == false or body.error == ""
    return status // 100 == 2 and is_id(body.messageId) and error_free
  end,
  refuses = function(status, body)
    if is_id(body.messageId) then return false end
    if status // 100 ~= 2 then return HTTP_REFUSAL[status] end
    local code = whole(body.code)
    local blank = body.messageId == nil or type(body.messageId) == "string"
    if body.code ~= nil and body.code ~= "" then return code == 2 or code == 3 end
    return blank and type(body.error) == "string" and body.error ~= ""
  end,
}

local function told(status, body)
  return ("HTTP %d %s"):format(status, body)
end

for provider, facts in pairs(PROVIDERS) do
  describe("a response of " .. provider, function()
    it("proves what the documents say, and nothing more", function()
      local dice, answer, books = random.new(SEED), nil, { accepted = 0, not_sent = 0, unknown = 0 }
      local options = { retries = 0, transport = function() return answer end }
      for name, value in pairs(facts.options) do options[name] = value end
      local client = sms[provider](options)
      for _ = 1, CASES do
        local status, body = dice:pick(STATUSES), assert(json.encode(facts.body(dice)))
        local read = json.decode(body)
        if type(read) ~= "table" then read = {} end
        answer = { status = status, headers = {}, body = body }
        local receipt, err = client:send(facts.message)
        local outcome = receipt and receipt.outcome or err.outcome
        books[outcome] = books[outcome] + 1
        if outcome == "accepted" then assert.truthy(facts.accepts(status, read), told(status, body)) end
        if outcome == "not_sent" then assert.truthy(facts.refuses(status, read), told(status, body)) end
        if outcome == "unknown" then assert.is_true(err.retryable == false, told(status, body)) end
        assert.is_true(err == nil or receipt ~= nil or err.code == nil or math.type(err.code) == "integer" or type(err.code) == "string")
      end
      for name, count in pairs(books) do assert.is_true(count > CASES / 100, name .. " " .. count) end
    end)
  end)
end
