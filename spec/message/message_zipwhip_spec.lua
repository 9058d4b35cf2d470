-- SPDX-License-Identifier: MIT
-- client:send, send_many, status and capabilities on Zipwhip: what goes out, and what comes of each response.

local sandbox = require "sms.sandbox"
local refusal = require "spec.support.refusal"
local sms = require "sms"

local SESSION = "00000000-0000-4000-8000-000000000001:300000001"
local GIF = { data = "GIF89a..", name = "a.gif" }

-- A client whose requests are noted before the sandbox answers them.
local function noted(options)
  local box = sandbox.new { clock = function() return 1624629770 end }
  local seen, transport = {}, box:transport("zipwhip")
  local settings = { session = SESSION, retries = 0 }
  for name, value in pairs(options or {}) do settings[name] = value end
  settings.transport = function(request)
    seen[#seen + 1] = request
    return transport(request)
  end
  return sms.zipwhip(settings), seen, box
end

-- A client that gets one response, whatever it asks.
local function answered(status, body, kind)
  return sms.zipwhip { session = SESSION, retries = 0, transport = function()
    return { status = status, headers = { ["content-type"] = kind or "application/json" }, body = body }
  end }
end

local function part(request, name)
  for _, item in ipairs(request.parts) do
    if item.name == name then return item.data end
  end
end

describe("send on zipwhip", function()
  it("sends a text to one number, as 10 digits or in E.164", function()
    local zw, seen = noted()
    for given, wire in pairs {
      ["2065550123"] = "2065550123", ["(206) 555-0123"] = "2065550123", ["+12065550123"] = "%2B12065550123",
      ["12065550123"] = "%2B12065550123",
      ["00447700900123"] = "%2B447700900123", ["447700900123"] = "%2B447700900123", ["+1 206 555 0123"] = "%2B12065550123",
    } do
      local receipt = assert(zw:send { to = given, text = "Hello" })
      local request = seen[#seen]
      assert.equal("/message/send", request.path)
      assert.is_truthy((request.body .. "&"):find("contacts=" .. wire .. "&", 1, true), request.body)
      assert.same({ "zipwhip", "accepted", "accepted", given }, { receipt.provider, receipt.outcome, receipt.status, receipt.to })
      assert.equal(receipt.raw.tokens[1].message, receipt.id)
    end
  end)

  it("sends to a list in one call; the receipt has the common root and the ids", function()
    local zw, seen = noted()
    local receipt = assert(zw:send { to = { "2065550123", "+12065550125" }, text = "Hello" })
    assert.equal(1, #seen)
    assert.equal(2, #receipt.ids)
    assert.equal(receipt.raw.root, receipt.id)
    local nothing, err = zw:status(receipt)
    assert.is_nil(nothing)
    assert.same({ "unsupported", "not_sent" }, { err.name, err.outcome })
    assert.equal("queued", assert(zw:status { id = receipt.ids[2] }).status)
    local many = {}
    for i = 1, 51 do many[i] = ("20655502%02d"):format(i) end
    local words, _, fault = refusal(zw.send, zw, { to = many, text = "x" })
    assert.matches("'to' has 51 numbers", words)
    assert.equal("to", fault.field)
  end)

  it("sends files by the other call, to one number in E.164", function()
    local zw, seen = noted()
    local receipt = assert(zw:send { to = "206 555 0123", text = "Look", media = { GIF } })
    assert.equal("/messaging/send", seen[1].path)
    assert.same({ "+12065550123", "Look", "GIF89a..", SESSION },
      { part(seen[1], "to"), part(seen[1], "body"), part(seen[1], "file1"), part(seen[1], "session") })
    assert.same({ "queued", "1300000000000000001" }, { receipt.status, receipt.id })
    assert(zw:send { to = { "2065550123" }, media = { GIF } })
    local words, _, fault = refusal(zw.send, zw, { to = { "2065550123", "2065550125" }, media = { GIF } })
    assert.matches("one number per message", words)
    assert.equal("media", fault.field)
  end)

  it("sends files without a text, or with an empty one", function()
    local zw, seen = noted()
    assert(zw:send { to = "2065550123", media = { GIF } })
    assert(zw:send { to = "2065550123", text = "", media = { GIF } })
    assert.is_nil(part(seen[1], "body"))
    assert.is_nil(part(seen[2], "body"))
  end)

  it("refuses what the provider lacks, by name", function()
    local zw, seen = noted()
    for name, value in pairs {
      from = "ACME", reference = "r", at = 1900000000, validity = 60, flash = true, priority = 1, callback = "http://x.example/",
      test = true,
    } do
      local ok, message = pcall(zw.send, zw, { to = "2065550123", text = "x", [name] = value })
      assert.is_false(ok, name)
      assert.matches("'" .. name .. "'", message)
    end
    for to, words in pairs {
      abc = "'to' must be a phone number: it has letters$", ["206555012"] = "'to' must be a phone number: it is too short",
      [{ "2065550123", "x", "+0" }] = "'to%[2%]' must be a phone number: it has letters; 'to%[3%]' must be a phone number: it has a 0",
    } do
      assert.matches(words, (refusal(zw.send, zw, { to = to, text = "x" })))
      assert.matches(words, (refusal(zw.check, zw, { to = to, text = "x" })))
    end
    assert.matches("'text' is empty", (refusal(zw.send, zw, { to = "2065550123", text = "" })))
    assert.matches("files can't be sent to 'ptn:/2065550123'$", (refusal(zw.check, zw, { to = "ptn:/2065550123", media = { GIF } })))
    assert.is_true((zw:check { to = "ptn:/2065550123", text = "x" }))
    local bad = { { to = "2065550123", text = ("x"):rep(601) }, { to = "2065550123", media = { GIF, GIF, GIF } }, { text = "x" } }
    for _, message in ipairs(bad) do
      refusal(zw.send, zw, message)
    end
    assert.equal(0, #seen)
  end)

  it("moves its limits by the client's options, and says so", function()
    local zw = noted { max_text_bytes = 700, max_files = 3 }
    assert.same({ 700, 3 }, { zw:capabilities().text.max, zw:capabilities().media.max })
    local _, err = zw:send { to = "2065550123", text = ("x"):rep(650) } -- the sandbox holds to the table's 600
    assert.equal(-394, err.code)
    assert.same({ 600, 2, 50, 50 }, {
      noted():capabilities().text.max, noted():capabilities().media.max, noted():capabilities().to.max, noted():capabilities().bulk,
    })
  end)
end)

describe("the outcome on zipwhip", function()
  local function refused(code)
    local zw = answered(200, ([[{"success":false,"response":{"desc":"d","code":%d}}]]):format(code))
    return select(2, zw:send { to = "2065550123", text = "x" })
  end

  it("is proven by codes whose state is Failure", function()
    for code, expected in pairs {
      [-1234] = { "rejected", false }, [-855] = { "server", true }, [-704] = { "server", false }, [-703] = { "invalid", false },
      [-700] = { "server", false }, [-394] = { "invalid", false }, [-124] = { "rejected", false }, [-801] = { "rejected", false },
    } do
      local err = refused(code)
      assert.same({ code, expected[1], expected[2], "not_sent", "d" }, { err.code, err.kind, err.retryable, err.outcome, err.message })
    end
    assert.equal("RECIPIENT_OPTED_OUT", refused(-1234).name)
  end)

  it("is open after -1, a code that nobody knows, or words that say nothing of the request", function()
    for _, code in ipairs { -1, -9999 } do
      local err = refused(code)
      assert.same({ code, "unknown", false }, { err.code, err.outcome, err.retryable })
    end
    local _, err = answered(200, [[{"success":false,"response":"Oops"}]]):send { to = "2065550123", text = "x" }
    assert.same({ "rejected", "unknown", "Oops" }, { err.kind, err.outcome, err.message })
    _, err = answered(500, [[{"success":false,"response":"Oops"}]]):send { to = "2065550123", text = "x" }
    assert.same({ "server", "unknown" }, { err.kind, err.outcome })
  end)

  it("is open when the response is no envelope", function()
    for _, body in ipairs { "", "null", "[]", "{}", "true", [["x"]], "<html>", [[{"response":null}]], [[{"success":"yes"}]] } do
      local _, err = answered(200, body):send { to = "2065550123", text = "x" }
      assert.equal("unknown", err and err.outcome, body)
    end
  end)

  it("is told by success where there is one, else by the HTTP status", function()
    local sent = [["response":{"root":"1","tokens":[{"message":"1"}]}]]
    assert.equal("1", assert(answered(200, "{" .. sent .. "}"):send { to = "2065550123", text = "x" }).id)
    assert.equal("1", assert(answered(500, [[{"success":true,]] .. sent .. "}"):send { to = "2065550123", text = "x" }).id)
    for _, status in ipairs { 500, 400 } do -- it says neither yes nor no, and names a message
      local _, err = answered(status, "{" .. sent .. "}"):send { to = "2065550123", text = "x" }
      assert.equal("unknown", err.outcome)
    end
  end)

  it("is open where the response says yes and names no message, or no and names one", function()
    local message, media = { to = "2065550123", text = "x" }, { to = "2065550123", media = { GIF } }
    for _, response in ipairs {
      "null", "false", "true", "{}", "[]", "5", '"queued"', '{"tokens":[]}', '{"tokens":[{"fingerprint":"1"}]}', '{"root":""}',
      '{"root":null,"tokens":null}', '{"id":null,"status":"queued"}', '{"id":7,"status":"failed"}', '{"desc":"d","code":-1234}',
    } do
      for _, one in ipairs { message, media } do
        local receipt, err = answered(200, ('{"success":true,"response":%s}'):format(response)):send(one)
        assert.is_nil(receipt, response)
        assert.equal("unknown", err.outcome, response)
      end
    end
    for _, no in ipairs { '{"desc":"d","code":-1234,"id":"7"}', '{"desc":"d","code":-1234,"tokens":[{"message":"7"}]}' } do
      local _, err = answered(200, ('{"success":false,"response":%s}'):format(no)):send(message)
      assert.same({ "unknown", false }, { err.outcome, err.retryable })
    end
    for _, success in ipairs { '"false"', "0", "null", '"no"', "{}" } do
      local _, err = answered(200, ('{"success":%s,"response":{"desc":"d","code":-1234}}'):format(success)):send(message)
      assert.equal("unknown", err.outcome, success)
    end
  end)

  it("of several numbers is open after a code, which may speak of one of them", function()
    local several = { to = { "2065550123", "2065550124", "2065550125" }, text = "x" }
    for _, code in ipairs { -1234, -855, -704, -703, -700, -394, -124, -1, -801, -9999 } do
      for _, status in ipairs { 200, 400 } do
        local _, err = answered(status, ([[{"success":false,"response":{"desc":"d","code":%d}}]]):format(code)):send(several)
        assert.same({ code, "unknown", false }, { err.code, err.outcome, err.retryable })
      end
    end
    local missing = [[{"success":false,"response":"Required String parameter 'body' is not present"}]]
    for status, body in pairs { [200] = missing, [401] = "", [429] = "{}" } do
      local _, err = answered(status, body):send(several)
      assert.equal("not_sent", err.outcome)
    end
    local short = [[{"success":true,"response":{"root":"1","tokens":[{"message":"2"},{"message":"3"}]}}]]
    local receipt, err = answered(200, short):send(several)
    assert.same({ nil, "unknown", "decode", 200 }, { receipt, err.outcome, err.kind, err.status })
    assert.equal("the response has 2 tokens for 3 recipients", err.message)
  end)

  it("is not proven by words but the documented ones", function()
    for words, outcome in pairs {
      ["Required String parameter 'body' is not present"] = "not_sent", ["Text queued; optional parameter 'cc' dropped"] = "unknown",
      ["Session expired"] = "unknown", ["Message queued, but the SMPP session is not found"] = "unknown", ["Invalid number"] = "unknown",
    } do
      for _, body in ipairs { '{"success":false,"response":"%s"}', '{"success":false,"response":{"desc":"%s"}}' } do
        local _, err = answered(200, body:format(words)):send { to = "2065550123", text = "x" }
        assert.equal(outcome, err.outcome, words)
      end
    end
  end)

  it("tells the provider's word on another try beside its own", function()
    for code, word in pairs { [-855] = true, [-1] = true, [-700] = false, [-1234] = false } do
      assert.equal(word, refused(code).provider_retry)
    end
    assert.is_nil(refused(-9999).provider_retry)
  end)

  it("of a read may be retried after -1", function()
    local calls = 0
    local zw = sms.zipwhip { session = SESSION, transport = function()
      calls = calls + 1
      if calls == 1 then return { status = 200, body = [[{"success":false,"response":{"desc":"d","code":-1}}]] } end
      return { status = 200, body = [[{"success":true,"response":{"id":1300000000000000001}}]] }
    end }
    assert.equal("1300000000000000001", assert(zw.messages:get { id = "1300000000000000001" }).id)
    assert.equal(2, calls)
  end)
end)

describe("send_many on zipwhip", function()
  it("joins equal texts, fifty a call, and keeps the order", function()
    local zw, seen = noted()
    local messages = {}
    for i = 1, 60 do messages[i] = { to = ("+120655502%02d"):format(i), text = "Hello" } end
    messages[61] = { to = "2065550123", text = "Other" }
    messages[62] = { to = "2065550123", media = { GIF } }
    messages[63] = { to = 2065550123, text = "Hello" }
    local rows = zw:send_many(messages)
    assert.equal(63, #rows)
    assert.equal(4, #seen)
    local ids = {}
    for i = 1, 62 do
      assert.equal("accepted", rows[i].outcome, i)
      assert.equal(messages[i].to, rows[i].to)
      assert.is_nil(ids[rows[i].id])
      ids[rows[i].id] = true
      local found = zw.messages:get { id = rows[i].id }
      assert.equal(messages[i].to:sub(-10), found.mobileNumber)
    end
    assert.same({ "not_sent", "invalid" }, { rows[63].outcome, rows[63].error.kind })
  end)

  it("says nothing of the others when one recipient has opted out, and sends to none of them again", function()
    local zw, seen, box = noted()
    local stop = [[{"from":"2065550125","text":"STOP"}]]
    box:handle { method = "POST", path = "/zipwhip/_sandbox/inbound", query = "", headers = {}, body = stop }
    local rows = zw:send_many { { to = "2065550123", text = "x" }, { to = "2065550125", text = "x" }, { to = "2065550126", text = "x" } }
    assert.same({ "unknown", "not_sent", "unknown" }, { rows[1].outcome, rows[2].outcome, rows[3].outcome })
    assert.same({ -1234, -1234, 1 }, { rows[1].error.code, rows[2].error.code, #seen })
  end)

  it("doesn't guess whose token is whose", function()
    local zw = answered(200, [[{"success":true,"response":{"root":"1","tokens":[{"message":"2"}]}}]])
    local rows = zw:send_many { { to = "2065550123", text = "x" }, { to = "2065550123", text = "x" } }
    for i = 1, 2 do assert.same({ "unknown", "decode" }, { rows[i].outcome, rows[i].error.kind }) end
  end)

  it("leaves rows open when nobody knows", function()
    local zw = answered(200, [[{"success":false,"response":{"desc":"d","code":-1}}]])
    for _, row in ipairs(zw:send_many { { to = "2065550123", text = "x" }, { to = "2065550125", text = "x" } }) do
      assert.equal("unknown", row.outcome)
    end
  end)
end)

describe("status on zipwhip", function()
  it("follows a text", function()
    local zw, _, box = noted()
    local receipt = assert(zw:send { to = "2065550123", text = "x" })
    local seen = {}
    for i, seconds in ipairs { 0, 1, 2 } do
      box:tick(seconds)
      local found = assert(zw:status(receipt))
      seen[i] = ("%s %s %s"):format(found.provider_status, found.status, found.final)
    end
    assert.same({ "2 queued false", "1 accepted false", "4 sent true" }, seen)
  end)

  it("reads 0 as a code, and the older word where there is no code", function()
    local function status(members)
      return assert(answered(200, ([[{"success":true,"response":{"id":"1"%s}}]]):format(members)):status { id = "1" })
    end
    local zero = status [[,"statusCode":0,"transmissionState":{"name":"ERROR"}]]
    assert.same({ "sent", true, 0 }, { zero.status, zero.final, zero.provider_status })
    assert.equal("queued", status([[,"transmissionState":{"name":"QUEUED"}]]).status)
    assert.same({ "unknown", false }, { status("").status, status("").final })
    assert.equal("unknown", status([[,"statusCode":42]]).status)
  end)

  it("needs the message: success without it is no response", function()
    for _, response in ipairs { "null", "false", '"x"', "5" } do
      local zw = answered(200, ('{"success":true,"response":%s}'):format(response))
      for _, call in ipairs {
        function() return zw:status { id = "1" } end, function() return zw.contacts:get { id = "1" } end,
        function() return zw.conversations:get { fingerprint = "1" } end,
      } do
        local found, err = call()
        assert.is_nil(found)
        assert.same({ "decode", ('{"success":true,"response":%s}'):format(response) }, { err.kind, err.body })
      end
      assert.is_not_nil((zw.messages:delete { message = "1" }))
    end
    assert.same({}, (answered(200, '{"success":true,"response":null}').messages:list()))
    assert.equal("decode", select(2, answered(200, '{"success":true,"response":"x"}').messages:list()).kind)
  end)

  it("has no balance to tell", function()
    local _, err = noted():balance()
    assert.equal("unsupported", err.name)
  end)
end)

describe("pages on zipwhip", function()
  it("are walked by start and limit, and by page", function()
    local zw, seen = noted()
    for i = 1, 5 do assert(zw:send { to = "206555020" .. i, text = "n" .. i }) end
    local texts, numbers = {}, {}
    for found in zw.messages:each { limit = 2 } do texts[#texts + 1] = found.body end
    assert.equal("n5 n4 n3 n2 n1", table.concat(texts, " "))
    local before = #seen
    for found in zw.contacts:each { pageSize = 2 } do numbers[#numbers + 1] = found.mobileNumber:sub(-1) end
    assert.equal("12345", table.concat(numbers))
    assert.equal(3, #seen - before)
    local count = 0
    for _ in zw.conversations:each { limit = 3 } do count = count + 1 end
    assert.equal(5, count)
    local _, response = zw.messages:list { limit = 2 }
    assert.same({ total = 2, size = 5 }, response.page)
  end)
end)

describe("client:request on zipwhip", function()
  it("reaches what has no operation, with the session and the same verdict", function()
    local zw = noted()
    local result = assert(zw:request { method = "POST", path = "/user/get", form = {} })
    assert.equal("2065550100", result.user.mobileNumber)
    local _, err = zw:request { method = "POST", path = "/session/get", form = { a = 1 } }
    assert.same({ "not_found", "not_sent" }, { err.kind, err.outcome })
  end)
end)
