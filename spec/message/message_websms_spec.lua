-- SPDX-License-Identifier: MIT
-- websms behind the message API, its credentials, and what each of its responses becomes; answers by hand, and the sandbox.

local json = require "sms.json"
local sandbox = require "sms.sandbox"
local sms = require "sms"
local refusal = require "spec.support.refusal"

local TOKEN = "test-token-0a1b2c"

-- A client that notes its requests (with `json`, the decoded body) and gets these responses, the last one again and again.
local function recorded(answers, options)
  local seen, settings = {}, { token = TOKEN, retries = 0 }
  for name, value in pairs(options or {}) do settings[name] = value end
  settings.transport = function(request)
    seen[#seen + 1] = request
    request.json = request.body and json.decode(request.body)
    local response = answers[math.min(#seen, #answers)]
    if type(response) == "function" then response = response(request) end
    if response.statusCode then response = { body = json.encode(response) } end
    return { status = response.status or 200, headers = {}, body = response.body }
  end
  return sms.websms(settings), seen
end

local function accepted(change)
  local out = { statusCode = 2000, statusMessage = "OK", transferId = "0050000000000000a001", smsCount = 1 }
  for name, value in pairs(change or {}) do out[name] = value end
  return out
end

local function error_of(response, options)
  local client = recorded({ response }, options)
  local result, err = client.messages:send_text { recipientAddressList = { "43660000100" }, messageContent = "x" }
  assert.is_nil(result)
  return err
end

local function raised(fn, ...)
  local ok, message = pcall(fn, ...)
  assert.is_false(ok)
  return tostring(message)
end

describe("websms credentials", function()
  local function refused(options, ...)
    options.transport = function() error("no request") end
    local message = raised(sms.websms, options)
    for _, words in ipairs { ... } do assert.truthy(message:find(words, 1, true), message) end
    assert.is_nil(message:find("secret-0a1b", 1, true), message)
  end

  it("are a token or a user name and a password", function()
    refused({}, "credentials are missing: 'token', or 'username' and 'password'")
    refused({ token = "secret-0a1b", username = "u", password = "p" }, "not both")
    refused({ username = "u" }, "option 'password' is missing")
    refused({ password = "secret-0a1b" }, "option 'username' is missing")
    refused({ token = "" }, "option 'token' is empty")
    refused({ username = "a:b", password = "secret-0a1b" }, "colon")
    refused({ token = 5 }, "option 'token' must be a string")
    refused({ tokn = "secret-0a1b" }, "did you mean 'token'?")
  end)

  it("that no header can hold are refused in words of the call, not of our own files", function()
    local message = raised(sms.websms, { token = "a\nb" })
    assert.matches("^sms%.websms: credential 1 %(bearer%) cannot be sent", message)
  end)

  it("go with the way of signing", function()
    refused({ token = "secret-0a1b", auth = "basic" }, "auth = 'basic' requires 'username' and 'password'")
    refused({ username = "u", password = "p", auth = "bearer" }, "auth = 'bearer' requires a 'token'")
    refused({ username = "u", password = "p", auth = "query" }, "auth = 'query' requires a 'token'")
    refused({ token = "secret-0a1b", auth = "digest" }, "option 'auth' must be")
  end)

  it("sign each request", function()
    local function sign(options)
      local seen
      options.transport = function(request)
        seen = request
        return { status = 200, headers = {}, body = json.encode(accepted()) }
      end
      assert(sms.websms(options):send { to = "43660000100", text = "x" })
      return seen
    end
    assert.equal("Bearer " .. TOKEN, sign({ token = TOKEN }).headers.authorization)
    assert.equal("Bearer " .. TOKEN, sign({ token = TOKEN, auth = "bearer" }).headers.authorization)
    local query = sign { token = TOKEN, auth = "query" }
    assert.same({ "access_token=" .. TOKEN, nil }, { query.query, query.headers.authorization })
    for _, auth in ipairs { false, "basic" } do
      local basic = sign { username = "test", password = "test", auth = auth or nil }
      assert.same({ "test", "test" }, { basic.user, basic.password })
      assert.is_nil(basic.query:find("test", 1, true))
    end
  end)

  it("are masked in errors", function()
    local err = error_of({ status = 400, body = "token " .. TOKEN .. " and more" }, { auth = "query" })
    assert.is_nil((tostring(err) .. err.body):find(TOKEN, 1, true))
    assert.matches("and more", err.message)
  end)
end)

describe("what websms answers", function()
  -- Code → kind, outcome, name: the seed's 28 codes but the successes, and some of the public ones.
  local CODES = {
    [4001] = { "auth", "INVALID_CREDENTIALS" }, [4002] = { "invalid", "INVALID_RECIPIENT" }, [4003] = { "invalid", "INVALID_SENDER" },
    [4004] = { "invalid", "INVALID_MESSAGE_TYPE" }, [4008] = { "invalid", "INVALID_MESSAGE_ID" }, [4009] = { "invalid", "INVALID_TEXT" },
    [4013] = { "rejected", "MSG_LIMIT_EXCEEDED" }, [4014] = { "forbidden", "UNAUTHORIZED_IP" },
    [4015] = { "invalid", "INVALID_MESSAGE_PRIORITY" }, [4016] = { "invalid", "INVALID_COD_RETURNADDRES" },
    [4019] = { "invalid", "PARAMETER_MISSING" }, [4021] = { "auth", "INVALID_ACCOUNT" }, [4022] = { "forbidden", "ACCESS_DENIED" },
    [4023] = { "rate_limited", "THROTTLING_SPAMMING_IP" }, [4025] = { "rate_limited", "THROTTLING_TOO_MANY_RECIPIENTS" },
    [4026] = { "invalid", "MAX_SMS_PER_MESSAGE_EXCEEDED" }, [4027] = { "invalid", "INVALID_MESSAGE_SEGMENT" },
    [4031] = { "rejected", "RECIPIENTS_BLACKLISTED" }, [4032] = { "rejected", "NO_DEVICE_ENABLED" },
    [4033] = { "forbidden", "WHATSAPP_DISABLED" }, [4034] = { "invalid", "INVALID_ATTACHMENT" }, [4035] = { "forbidden", "SMS_DISABLED" },
    [4040] = { "invalid", "INVALID_CONTENT_CATEGORY" }, [4041] = { "invalid", "INVALID_VALIDITY_PERIODE" },
    [5000] = { "server", "INTERNAL_ERROR" }, [5003] = { "server", "SERVICE_UNAVAILABLE" },
    [4000] = { "invalid", "MALFORMED_XML" }, [4020] = { "auth", "INVALID_API_KEY" }, [4030] = { "rejected", "ALL_RECIPIENTS_BLACKLISTED" },
    [4042] = { "rejected", "RECIPIENTS_BLOCKED_BY_QUALITY" },
  }

  for code, expected in pairs(CODES) do
    it(("%d is %s"):format(code, expected[2]), function()
      local err = error_of { statusCode = code, statusMessage = "words of theirs", smsCount = 0 }
      local outcome = expected[1] == "server" and "unknown" or "not_sent"
      local retryable = expected[1] == "rate_limited"
      assert.same({ expected[1], expected[2], code, outcome, "words of theirs", 200, retryable },
        { err.kind, err.name, err.code, err.outcome, err.message, err.status, err.retryable })
      assert.equal(expected[1] == "rate_limited" or expected[1] == "server", err.provider_retry)
    end)
  end

  it("2000, 2001 and 2002 are success, and nothing else is", function()
    for code, status in pairs { [2000] = "accepted", [2001] = "queued", [2002] = "accepted" } do
      local client = recorded { accepted { statusCode = code } }
      assert.equal(status, client:send({ to = "43660000100", text = "x" }).status)
    end
    local err = error_of(accepted { statusCode = 2003 })
    assert.same({ "decode", "unknown", 2003, false }, { err.kind, err.outcome, err.code, err.retryable })
  end)

  it("a transferId beside a refusal is no success, but a count of messages takes its proof away", function()
    local err = error_of(accepted { statusCode = 4035, statusMessage = "SMS_DISABLED", smsCount = 0 })
    assert.same({ "forbidden", "not_sent" }, { err.kind, err.outcome })
    err = error_of(accepted { statusCode = 4035, statusMessage = "SMS_DISABLED", smsCount = 1 })
    assert.same({ "forbidden", "unknown", false }, { err.kind, err.outcome, err.retryable })
    for _, code in ipairs { 5000, 5003 } do
      local client, seen = recorded { { statusCode = code, statusMessage = "Try later.", smsCount = 0 } }
      local _, no = client:send({ to = "43660000100", text = "x" }, { retries = 2 })
      assert.same({ "server", "unknown", false, true, 1 },
        { no.kind, no.outcome, no.retryable, no.provider_retry, #seen })
    end
  end)

  it("codes that nobody documented have the kind of their group and prove nothing", function()
    local err = error_of { statusCode = 4999 }
    assert.same({ "rejected", "unknown", 4999 }, { err.kind, err.outcome, err.code })
    assert.same({}, { err.name, err.provider_retry })
    err = error_of { statusCode = 5999 }
    assert.same({ "server", "unknown", 5999 }, { err.kind, err.outcome, err.code })
  end)

  it("401 without a body is about the credentials", function()
    local err = error_of { status = 401, body = "" }
    assert.same({ "auth", "not_sent", 401, "Credentials are missing or wrong" }, { err.kind, err.outcome, err.status, err.message })
  end)

  it("400 may hold words", function()
    local err = error_of { status = 400, body = "no such field" }
    assert.same({ "invalid", "not_sent" }, { err.kind, err.outcome })
    assert.matches("no such field", err.message)
    assert.is_nil(error_of({ status = 400, body = "<html>" .. ("x"):rep(500) }).message:find("html", 1, true))
  end)

  it("a page of a proxy, half a response or none proves nothing", function()
    for _, response in ipairs {
      { status = 200, body = "" }, { status = 200, body = "<html a=b>" }, { status = 200, body = '{"statusCode":20' },
      { status = 200, body = "null" }, { status = 200, body = "{}" }, { status = 200, body = '{"statusCode":{}}' },
    } do
      local err = error_of(response)
      assert.same({ "decode", "unknown", false }, { err.kind, err.outcome, err.retryable })
    end
    for _, status in ipairs { 500, 502, 503 } do
      local err = error_of { status = status, body = "<html a=b>" }
      assert.same({ "server", "unknown", false }, { err.kind, err.outcome, err.retryable })
    end
    assert.equal("unknown", error_of({ status = 500, body = json.encode(accepted()) }).outcome)
  end)

  it("a send that was throttled is made again, one that may have gone out is not", function()
    local client, seen = recorded({ { statusCode = 4023 }, accepted() }, { retries = 2 })
    assert.equal("accepted", client:send({ to = "43660000100", text = "x" }).outcome)
    assert.equal(2, #seen)
    client, seen = recorded({ { statusCode = 5000 }, accepted() }, { retries = 2 })
    assert.equal("unknown", select(2, client:send { to = "43660000100", text = "x" }).outcome)
    assert.equal(1, #seen)
  end)
end)

describe("websms send_simple", function()
  local ARGS = { recipientAddressList = { "43660000100" }, messageContent = "x" }

  it("reads pairs and JSON alike", function()
    for _, body in ipairs {
      "statusCode=2000&statusMessage=OK&clientMessageId=&transferId=00123&smsCount=1",
      '{"statusCode":2000,"statusMessage":"OK","clientMessageId":null,"transferId":"00123","smsCount":1}',
    } do
      local client = recorded { { body = body } }
      assert.same({ statusCode = 2000, statusMessage = "OK", transferId = "00123", smsCount = 1 }, (client.messages:send_simple(ARGS)))
    end
  end)

  it("keeps ids as texts", function()
    local client = recorded { { body = "statusCode=2001&statusMessage=OK&clientMessageId=77&transferId=528" } }
    local result = client.messages:send_simple(ARGS)
    assert.same({ "77", "528" }, { result.clientMessageId, result.transferId })
  end)

  it("reads a refusal in pairs", function()
    local client = recorded { { body = "statusCode=4015&statusMessage=message+priority+is+invalid&smsCount=0" } }
    local result, err = client.messages:send_simple(ARGS)
    assert.is_nil(result)
    assert.same({ "invalid", 4015, "message priority is invalid" }, { err.kind, err.code, err.message })
  end)

  it("refuses what Latin-1 can't carry before the network", function()
    local client, seen = recorded { accepted() }
    for _, method in ipairs { "GET", "POST" } do
      local args = { method = method, recipientAddressList = { "43660000100" }, messageContent = "5 €" }
      local words = refusal(client.messages.send_simple, client.messages, args)
      assert.matches("'messageContent' holds a character at byte 3", words)
    end
    assert.equal(0, #seen)
  end)
end)

describe("websms send", function()
  it("maps each field of a message", function()
    local client, seen = recorded { accepted { smsCount = 4, clientMessageId = "r-1" } }
    local receipt = client:send {
      to = { "+43 660 000-100", "0043660000101" }, text = "Hi {n}", vars = { n = "Ada" }, from = "ACME", flash = true,
      callback = "https://example.com/dlr", reference = "r-1", category = "informational", priority = 5, test = false, validity = 300,
      max_segments = 2,
    }
    assert.equal("/smsmessaging/text", seen[1].path)
    assert.same({
      recipientAddressList = { "43660000100", "43660000101" }, messageContent = "Hi Ada", senderAddress = "ACME",
      senderAddressType = "alphanumeric", sendAsFlashSms = true,
      notificationCallbackUrl = "https://example.com/dlr", clientMessageId = "r-1", contentCategory = "informational", priority = 5,
      test = false, validityPeriode = 300, maxSmsPerMessage = 2,
    }, seen[1].json)
    receipt.raw = nil
    assert.same({
      provider = "websms", id = "0050000000000000a001", reference = "r-1", outcome = "accepted", status = "accepted", segments = 2,
      to = { "+43 660 000-100", "0043660000101" },
    }, receipt)
  end)

  it("leaves out what was not given, but sends a reference of our own", function()
    local client, seen = recorded { accepted() }
    client:send { to = "43660000100", text = "x" }
    assert.matches("^sms%-%x+$", seen[1].json.clientMessageId)
    seen[1].json.clientMessageId = nil
    assert.same({ recipientAddressList = { "43660000100" }, messageContent = "x" }, seen[1].json)
  end)

  it("says what kind of address a sender is, where it shows", function()
    local client, seen = recorded { accepted() }
    for from, expected in pairs {
      ["+43 660 000-900"] = { "43660000900", "international" }, ["0043660000900"] = { "43660000900", "international" },
      ["43660000900"] = { "43660000900" }, ["0660000900"] = { "0660000900" }, ["1234"] = { "1234" },
      ["A+B 24/7"] = { "A+B 24/7", "alphanumeric" }, ["Café"] = { "Café", "alphanumeric" },
    } do
      client:send { to = "43660000100", text = "x", from = from }
      local body = seen[#seen].json
      assert.same(expected, { body.senderAddress, body.senderAddressType })
    end
  end)

  it("takes the segments from smsCount where it tells, else counts them itself", function()
    for count, segments in pairs { [0] = 1, [1] = 1, [3] = 3 } do
      local client = recorded { accepted { smsCount = count } }
      assert.equal(segments, client:send({ to = "43660000100", text = "x" }).segments)
    end
    local client = recorded { accepted { smsCount = 3 } }
    assert.equal(2, client:send({ to = { "43660000100", "43660000101" }, text = ("x"):rep(161) }).segments)
    client = recorded { { body = '{"statusCode":2000,"statusMessage":"OK","transferId":"00"}' } }
    assert.equal(1, client:send({ to = "43660000100", text = "x" }).segments)
  end)

  it("refuses before the network what websms has not, and what is no number", function()
    local client, seen = recorded { accepted() }
    local function refused(change, words)
      local given = { to = "43660000100", text = "x" }
      for name, value in pairs(change) do given[name] = value end
      local message = refusal(client.send, client, given)
      assert.truthy(message:find(words, 1, true), message)
    end
    local many = {}
    for i = 1, 1001 do many[i] = "43660000100" end
    refused({ at = 5 }, "websms does not support 'at'")
    refused({ media = { { data = "x", name = "x" } } }, "websms does not support 'media'")
    refused({ to = "x" }, "'to' must be a phone number: it has letters")
    refused({ to = { "43660000100", "0660" } }, "'to[2]' must be a phone number: it has no country")
    refused({ to = many }, "but the provider accepts 1000 per call")
    refused({ text = "" }, "'text' has 0 characters")
    refused({ priority = 10 }, "'priority' is 10")
    refused({ validity = 59 }, "'validity' is 59")
    refused({ category = "personal" }, "'category' must be one of informational, advertisement")
    refused({ callback = "example.com" }, "an http or https URL")
    assert.equal(0, #seen)
  end)

  it("has neither look-up nor balance", function()
    local client, seen = recorded { accepted() }
    for _, name in ipairs { "status", "balance" } do
      local result, err = client[name](client, {})
      assert.is_nil(result)
      assert.equal("unsupported", err.name)
    end
    local can = client:capabilities()
    assert.same({ 1000, 1000, false, false }, { can.to.max, can.bulk, can.status, can.balance })
    assert.equal(0, #seen)
  end)
end)

describe("websms send_many", function()
  local function take_all(request)
    return accepted { transferId = "t" .. request.json.recipientAddressList[1], smsCount = #request.json.recipientAddressList }
  end

  local function sizes(seen)
    local out = {}
    for i, request in ipairs(seen) do out[i] = #request.json.recipientAddressList end
    return out
  end

  it("shares calls of up to 1000 numbers", function()
    local client, seen = recorded { take_all }
    local messages = {}
    for i = 1, 2001 do messages[i] = { to = ("4366%07d"):format(i), text = "x", from = "ACME" } end
    local rows = client:send_many(messages)
    assert.same({ 1000, 1000, 1 }, sizes(seen))
    assert.same({ "t43660000001", "t43660000001", "t43660001001", "t43660002001" },
      { rows[1].id, rows[1000].id, rows[1001].id, rows[2001].id })
    for i, row in ipairs(rows) do assert.same({ messages[i].to, "accepted", 1 }, { row.to, row.outcome, row.segments }) end
  end)

  it("shares only between messages that are equal but for the number, and have no reference and no list", function()
    local client, seen = recorded { take_all }
    client:send_many {
      { to = "43660000100", text = "x" }, { to = "43660000101", text = "y" }, { to = "43660000102", text = "x" },
      { to = "43660000103", text = "x", reference = "r" }, { to = { "43660000104", "43660000105" }, text = "x" },
      { to = "43660000106", text = "x", flash = false }, { to = "43660000107", text = "{a}", vars = { a = "x" } },
    }
    assert.same({ 3, 1, 1, 2, 1 }, sizes(seen))
  end)

  it("sends the others without the number that the provider refuses", function()
    local client = recorded { function(request)
      for _, number in ipairs(request.json.recipientAddressList) do
        if number == "43660000103" then return { statusCode = 4002, statusMessage = "no" } end
      end
      return take_all(request)
    end }
    local messages = {}
    for i = 1, 8 do messages[i] = { to = "4366000010" .. i, text = "x" } end
    messages[5].to = "nonsense"
    for i, row in ipairs(client:send_many(messages)) do
      local expected = (i == 3 or i == 5) and "not_sent" or "accepted"
      assert.same({ expected, messages[i].to }, { row.outcome, row.to })
      assert.equal(i == 3 and "INVALID_RECIPIENT" or nil, row.error and row.error.name)
    end
  end)

  it("asks only once when all messages share what is wrong", function()
    local client, seen = recorded { { statusCode = 4003, statusMessage = "Invalid Sender." } }
    local rows = client:send_many {
      { to = "43660000100", text = "x" }, { to = "43660000101", text = "x" }, { to = "43660000102", text = "x" },
    }
    for _, row in ipairs(rows) do assert.same({ "not_sent", "INVALID_SENDER" }, { row.outcome, row.error.name }) end
    assert.equal(1, #seen)
  end)

  it("has one row for each message of the sandbox, in order", function()
    local box = sandbox.new()
    local client = sms.websms { token = "sandbox-token", transport = box, retries = 0 }
    local rows = client:send_many {
      { to = "43660000100", text = "Hi {n}", vars = { n = "Ada" } }, { to = "43660004035", text = "x" },
      { to = "43660000101", text = "Hi Ada" }, { to = "43660005000", text = "y" }, { to = "43660000102", text = "Hi {n}", vars = {} },
    }
    local outcomes = {}
    for i, row in ipairs(rows) do outcomes[i] = row.outcome .. " " .. tostring(row.error and (row.error.name or row.error.message)) end
    assert.same({
      "accepted nil", "not_sent SMS_DISABLED", "accepted nil", "unknown INTERNAL_ERROR", "not_sent row 5: variable 'n' is missing",
    }, outcomes)
    assert.equal(rows[1].id, rows[3].id)
    assert.equal(2, #box:inbox())
  end)
end)
