-- SPDX-License-Identifier: MIT
-- MessageWhiz behind the message API: fast singles, broadcasts with recipients of their own, rows of many; answers by hand, and the
-- sandbox.

local json = require "sms.json"
local sandbox = require "sms.sandbox"
local sms = require "sms"
local refusal = require "spec.support.refusal"

local ONE, TWO = "380681337228", "380681337229"

-- A client that notes its requests (with `json`, the decoded body). Fast singles answer m1, m2, …, broadcasts 1, 2, … unless `answer`
-- gives other bodies.
local function recorded(response)
  local seen = {}
  local client = sms.messagewhiz {
    apikey = "test-key-0a1b", retries = 0,
    transport = function(request)
      seen[#seen + 1] = request
      request.json = request.body and json.decode(request.body)
      local body, status
      if response then body, status = response(request, #seen) end
      body = body or request.path == "/sms" and ('{"message_id":"m%d"}'):format(#seen)
        or ('{"errorCode":0,"errorMessage":"","errorType":"","result":[{"broadcastID":%d,"segmentID":7}]}'):format(#seen)
      return { status = status or 200, headers = {}, body = body }
    end,
  }
  return client, seen
end

local function raised(fn, ...)
  local ok, message = pcall(fn, ...)
  assert.is_false(ok)
  return tostring(message)
end

-- Each row's number, outcome and id in one word.
local function told(rows)
  local out = {}
  for i, row in ipairs(rows) do out[i] = ("%s %s %s"):format(row.to, row.outcome, row.id) end
  return out
end

describe("messagewhiz credentials", function()
  it("are a key that can be sent", function()
    for key, words in pairs {
      [""] = "option 'apikey' is empty", ["a\nb"] = "option 'apikey' contains", [5] = "option 'apikey' must be a string",
    } do
      assert.matches(words, raised(sms.messagewhiz, { apikey = key }))
    end
    assert.matches("option 'apikey' %(string%) is missing", raised(sms.messagewhiz, {}))
  end)
end)

describe("messagewhiz send", function()
  it("makes a fast single of a text to one number", function()
    local client, seen = recorded()
    local receipt = client:send {
      to = "+380 68 133-72-28", text = "Hi {n}", vars = { n = "Ada" }, from = "Shop", reference = "r-1",
      callback = "https://example.com/dlr",
    }
    assert.equal("/sms", seen[1].path)
    assert.same({
      api_key = "test-key-0a1b", to = ONE, from = "Shop", text = "Hi Ada", client_ref = "r-1", callback = "https://example.com/dlr",
    }, seen[1].json)
    assert.same({
      provider = "messagewhiz", id = "m1", reference = "r-1", outcome = "accepted", status = "accepted", segments = 1,
      to = "+380 68 133-72-28", raw = { message_id = "m1" },
    }, receipt)
  end)

  it("takes a sender's number with a plus sign, as other providers do", function()
    local client, seen = recorded()
    client:send { to = ONE, text = "x", from = "+380681330000" }
    client:send { to = { ONE }, text = "x", from = "+380681330000" }
    client:send { to = ONE, text = "x", from = "A+B" }
    assert.same({ "380681330000", "380681330000", "A+B" }, { seen[1].json.from, seen[2].json.sender, seen[3].json.from })
  end)

  it("makes a broadcast of a list of numbers, and of a text for later", function()
    local client, seen = recorded()
    local receipt = client:send { to = { "+" .. ONE, TWO }, text = "x", from = "Shop" }
    assert.equal("/api/3/Broadcast/combinedsubmit", seen[1].path)
    assert.same({
      recipients = { { phone_number = 380681337228 }, { phone_number = 380681337229 } }, sender = "Shop", message_body = "x",
      name = receipt.reference,
    }, seen[1].json)
    assert.same({ "1", 1, 2 }, { receipt.id, receipt.broadcast_id, receipt.recipients })
    receipt = client:send { to = ONE, text = "x", from = "Shop", at = 4102480800.614 }
    assert.equal("2100-01-01T10:00:00.614Z", seen[2].json.send_date)
    assert.same({ "2", 1 }, { receipt.id, receipt.recipients })
    assert.equal(1000, client:capabilities().to.max)
  end)

  it("refuses before the network what a broadcast can't do, and what MessageWhiz has not", function()
    local client, seen = recorded()
    local many = {}
    for i = 1, 1001 do many[i] = ("38068%07d"):format(i) end
    local function refused(change, words)
      local given = { to = ONE, text = "x", from = "Shop" }
      for name, value in pairs(change) do given[name] = value end
      local message = refusal(client.send, client, given)
      assert.truthy(message:find(words, 1, true), message)
    end
    refused({ to = { ONE, "+380 681337228" } }, "'to[2]' repeats the number of 'to[1]'")
    refused({ to = { ONE, TWO }, reference = "r-1" }, "can't be combined with 'reference' or 'callback'")
    refused({ at = 4102480800, callback = "https://example.com" }, "can't be combined with 'reference' or 'callback'")
    refused({ to = { ONE, 380681337229 } }, "is a Lua number")
    refused({ to = {} }, "'to' is an empty list")
    refused({ to = many }, "but the provider accepts 1000 per call")
    refused({ to = "123456789" }, "'to' must be a phone number: it is too short for US: 8 digits after the country code, 10 required")
    refused({ from = "ABCDEFGHIJKL" }, "at most 11 Latin letters")
    refused({ flash = true }, "messagewhiz does not support 'flash'")
    refused({ validity = 60 }, "messagewhiz does not support 'validity'")
    refused({ text = ("x"):rep(100001) }, "'text' has 100001 characters")
    assert.matches("'from' is missing", raised(client.send, client, { to = ONE, text = "x" }))
    assert.equal(0, #seen)
  end)

  it("is not accepted by a response that names no broadcast", function()
    for _, result in ipairs { "[]", "{}", "null", "true", '"queued"', "[null]", '[{"broadcastID":null}]', '{"segmentID":5}' } do
      local client = recorded(function() return '{"errorCode":0,"errorMessage":"","errorType":"","result":' .. result .. "}" end)
      local receipt, err = client:send { to = { ONE, TWO }, text = "x", from = "Shop" }
      assert.is_nil(receipt, result)
      assert.same({ "decode", "unknown" }, { err.kind, err.outcome }, result)
    end
  end)
end)

describe("messagewhiz answers without envelope", function()
  it("that lack their field prove nothing", function()
    for _, body in ipairs { "{}", "[]", '{"hello":"world"}', '{"errorCode":0,"result":{}}', "5", '"x"' } do
      local client = recorded(function() return body end)
      local calls = {
        function() return client:send { to = ONE, text = "x", from = "Shop" } end,
        function() return client.otp:send { campaign_id = 1, recipient = ONE, sender = "S", message_template_id = 5 } end,
        function() return client.otp:verify { phone_number = ONE, verification_code = 2253 } end,
      }
      for _, call in ipairs(calls) do
        local result, err = call()
        assert.is_nil(result, body)
        assert.same({ "decode", "unknown" }, { err.kind, err.outcome }, body)
      end
    end
  end)
end)

describe("a code of MessageWhiz", function()
  local function refused(status, body, message)
    local client = recorded(function() return body, status end)
    local receipt, err = client:send(message or { to = ONE, text = "x", from = "Shop" })
    assert.is_nil(receipt, body)
    return err
  end
  local LIST = { to = { ONE, TWO }, text = "x", from = "Shop" }

  it("that no document knows proves nothing under HTTP 200, with or without an id", function()
    for _, code in ipairs { "200", '"OK"', "500", "504", "0", "true", "{}", '"400 "', "402", '"0x190"', "-1" } do
      for _, id in ipairs { "", ',"message_id":"m-1"' } do
        assert.equal("unknown", refused(200, ('{"statusCode":%s%s}'):format(code, id)).outcome, code)
      end
    end
    for _, code in ipairs { "7", "true", '"OK"', "400", "401", "-1", "1.5", "[]" } do
      for _, body in ipairs {
        '{"errorCode":%s,"result":null}', '{"errorCode":%s,"message_id":"m-1"}', '{"errorCode":%s,"result":[{"broadcastID":1}]}',
      } do
        assert.equal("unknown", refused(200, body:format(code)).outcome, code)
        assert.equal("unknown", refused(200, body:format(code), LIST).outcome, code)
      end
    end
  end)

  it("that is documented is a refusal, unless an id stands beside it or the HTTP status says otherwise", function()
    for _, code in ipairs { 400, 401 } do
      local body = ('{"statusCode":%d,"message":"no"}'):format(code)
      for _, status in ipairs { 200, 201, code } do
        local err = refused(status, body)
        assert.same({ "not_sent", code, false }, { err.outcome, err.code, err.provider_retry })
      end
      assert.equal("unknown", refused(200, body, LIST).outcome) -- the envelope has no such code
      assert.equal("unknown", refused(code, ('{"statusCode":%d,"message_id":"m-1"}'):format(code)).outcome)
      assert.equal("unknown", refused(500, body).outcome)
    end
    for _, body in ipairs { '{"statusCode":500}', '{"statusCode":"OK"}', '{"errorCode":0}', '{"message_id":"m-1"}' } do
      assert.equal("unknown", refused(400, body).outcome, body)
    end
    assert.equal("not_sent", refused(400, '{"errorCode":7,"errorMessage":"no"}', LIST).outcome)
    assert.equal("not_sent", refused(401, "<html>").outcome)
    assert.equal("unknown", refused(499, "").outcome)
  end)
end)

describe("messagewhiz downloads", function()
  it("are lists of quoted cells, and nothing else", function()
    local body
    local client = recorded(function() return body end)
    for _, text in ipairs { '"phone_number"\n', "\xEF\xBB\xBF\"phone_number\";\"first_name\"\r\n\"6593333311\";\"Anthony\"\r\n" } do
      body = text
      assert.equal(text, client.recipient_lists:download { id = 1 })
      assert.equal(text, client.unsubscribe_lists:download { id = 1 })
    end
    for _, text in ipairs { "<!DOCTYPE html><html>log in</html>", '{"errorCode":0,"result":[', "null", "phone_number" } do
      body = text
      local result, err = client.recipient_lists:download { id = 1 }
      assert.is_nil(result, text)
      assert.same({ "decode", text }, { err.kind, err.body })
    end
    body = '{"errorCode":404,"errorMessage":"","errorType":"","result":null}'
    local _, err = client.unsubscribe_lists:download { id = 1 }
    assert.same({ "rejected", 404, "errorCode 404" }, { err.kind, err.code, err.message })
  end)
end)

describe("messagewhiz send_many", function()
  it("gives the holes of a shared text the provider's tokens, and the rows their values", function()
    local client, seen = recorded()
    local text = "Hi {first_name}, {code} until {day|soon}; {messagewhiz:shorten_url}"
    client:send_many {
      { to = ONE, from = "Shop", text = text, vars = { first_name = "Ada", code = 7, day = "May 5" } },
      { to = TWO, from = "Shop", text = text, vars = { first_name = "Bob", code = 8.0, day = "" } },
    }
    assert.equal(1, #seen)
    assert.equal("Hi {{first_name}}, {{custom1}} until {{custom2}}; {{shorten_url}}", seen[1].json.message_body)
    assert.same({
      { phone_number = 380681337228, first_name = "Ada", custom1 = "7", custom2 = "May 5" },
      { phone_number = 380681337229, first_name = "Bob", custom1 = "8", custom2 = "soon" },
    }, seen[1].json.recipients)
  end)

  it("has every text say what it says alone, however many there are of it", function()
    local texts = {
      ["Hi {first_name}"] = "Hi Ada", ["Hi {{first}} {code}"] = "Hi {first} 7", ["{code}: {{{{x}}}}"] = "7: {{x}}", ["{sly}"] = "{{url}}",
      ["{{{code}}}"] = "{7}", ["{a}{b}{c}{d}{code}"] = "12347", ["{first_name|you}, {first_name}"] = "Ada, Ada", ["x{none}"] = "x",
    }
    local vars = { first_name = "Ada", code = 7, sly = "{{url}}", a = 1, b = 2, c = 3, d = 4, none = "" }
    -- What the recipients of a request get.
    local function words(request)
      if request.path == "/sms" then return { request.json.text } end
      local out = {}
      for i, row in ipairs(request.json.recipients) do
        out[i] = request.json.message_body:gsub("{{(.-)}}", function(token) return assert(row[token], token) end)
      end
      return out
    end
    for text, expected in pairs(texts) do
      for count = 1, 3 do
        local client, seen = recorded()
        local rows, got = {}, {}
        for i = 1, count do rows[i] = { to = ONE:sub(1, -2) .. i, from = "Shop", text = text, vars = vars, empty = "allow" } end
        for i, row in ipairs(client:send_many(rows)) do assert.equal("accepted", row.outcome, tostring(row.error) .. i) end
        for _, request in ipairs(seen) do
          for _, word in ipairs(words(request)) do got[#got + 1] = word end
        end
        for i = 1, count do assert.equal(expected, got[i]) end
        assert.equal(count, #got)
      end
    end
  end)

  it("has the sandbox fill its tokens, for one number as for two", function()
    local box = sandbox.new {}
    local client = sms.messagewhiz { apikey = "sandbox-key", transport = box }
    local link = assert(client.links:create { name = "tickets", url = "https://example.com/tickets" })
    local text = "{n|You}: {messagewhiz:link:" .. link.id .. "}"
    assert(client:send { to = ONE, from = "Shop", text = text, vars = { n = "Ada" } })
    local others = { { to = TWO, from = "Shop", text = text }, { to = "380681337230", from = "Shop", text = text } }
    for _, row in ipairs(client:send_many(others)) do assert.equal("accepted", row.outcome) end
    box:tick(0)
    local got = box:inbox "messagewhiz"
    assert.equal(3, #got)
    for i, message in ipairs(got) do assert.matches(i == 1 and "^Ada: http://%S+$" or "^You: http://%S+$", message.text) end
    local row = client:send { to = ONE, from = "Shop", text = "{messagewhiz:link:" .. link.id + 999 .. "}" }
    assert.is_nil(row)
  end)

  it("takes tokens of the provider in one spelling, and sends them by a broadcast", function()
    local client, seen = recorded()
    local text = "{n}: {messagewhiz:link:12} {messagewhiz: unsubscription_link} {messagewhiz:word_spinner:3}"
    local receipt = client:send { to = ONE, from = "Shop", text = text, vars = { n = "Ada" } }
    assert.equal("Ada: {{link:12}} {{unsubscription_link}} {{word_spinner:3}}", seen[1].json.message_body)
    assert.same({ "/api/3/Broadcast/combinedsubmit", "1" }, { seen[1].path, receipt.id })
    assert.is_nil(receipt.segments) -- the provider alone knows how long they become
    local function refused(words, given)
      given.to, given.from = given.to or ONE, "Shop"
      local said, how = refusal(client.send, client, given)
      assert.matches(words, said)
      assert.equal("returned", how)
      assert.equal(said, (refusal(client.check, client, given)))
    end
    refused("'messagewhiz:gendr' is not a token;.* did you mean 'gender'", { text = "{messagewhiz:gendr}" })
    refused("'messagewhiz:link' is not a token", { text = "{messagewhiz:link}" })
    refused("'messagewhiz:custom1' comes with the recipient; write {custom1}", { text = "{messagewhiz:custom1}" })
    refused("'max_segments' can't be enforced", { text = text, vars = { n = 1 }, max_segments = 2 })
    refused("tokens of the provider can't be combined with 'reference'", { text = text, vars = { n = 1 }, reference = "r" })
    refused("'text' would be sent with '{gender}'; write {messagewhiz:gender}", { text = "{{gender}}" })
    refused("'text' would be sent with '{first_name}'; write {first_name}", { text = "Hi {{ first_name }}" })
    refused("'text' contains braces, which a broadcast", { text = "{{first_name}}", template = false, to = { ONE, TWO } })
    refused("'text' contains braces, which a broadcast", { text = "{n}", vars = { n = "{{url}}" }, at = os.time() + 60 })
    refused("'text' contains braces, which a broadcast", { text = "{n}{messagewhiz:gender}", vars = { n = "{" } })
    assert.equal(1, #seen)
    for _, other in ipairs { "websms", "zoomconnect", "zipwhip" } do
      local kinds = dofile "spec/support/kinds_of_call.lua"
      local on = sms[other](kinds.options[other])
      local err = select(2, on:check(kinds.message(other, "{messagewhiz:link:12}")))
      assert.matches("variable 'messagewhiz:link:12' is missing", err.message)
    end
  end)

  it("sends alone what tokens can't tell: too many holes, a reference, a callback, a list", function()
    local client, seen = recorded()
    local vars = { a = 1, b = 2, c = 3, d = 4, e = 5 }
    local rows = client:send_many {
      { to = ONE, from = "Shop", text = "{a}{b}{c}{d}{e}", vars = vars },
      { to = TWO, from = "Shop", text = "{a}{b}{c}{d}{e}", vars = vars },
      { to = ONE, from = "Shop", text = "x", reference = "r-1" }, { to = TWO, from = "Shop", text = "x", callback = "https://example.com" },
      { to = { ONE, TWO }, from = "Shop", text = "x" }, { to = ONE, from = "Shop", text = "x" },
    }
    assert.equal(6, #seen)
    assert.equal("12345", seen[1].json.text)
    for i, row in ipairs(rows) do assert.equal("accepted", row.outcome, i) end
  end)

  it("puts a number into a broadcast once: the provider's list would drop it, and its text, the second time", function()
    local client, seen = recorded()
    local rows = client:send_many {
      { to = ONE, from = "Shop", text = "x" }, { to = TWO, from = "Shop", text = "x" }, { to = "+" .. ONE, from = "Shop", text = "x" },
    }
    assert.same({ ONE .. " accepted 1", TWO .. " accepted 1", "+" .. ONE .. " accepted m2" }, told(rows))
    assert.equal(2, #seen[1].json.recipients)
    assert.equal("/sms", seen[2].path)
  end)

  it("loses no text of the sandbox, whose lists hold a number once", function()
    local box = sandbox.new {}
    local client = sms.messagewhiz { apikey = "sandbox-key", transport = box }
    local messages = {}
    for i, name in ipairs { "Ada", "Bob", "Cy", "Dee" } do
      messages[i] = { to = i == 3 and ONE or ("38068133725%d"):format(i), from = "Shop", text = "Hi {n}", vars = { n = name } }
    end
    messages[1].to = ONE
    local rows = client:send_many(messages)
    box:tick(0)
    local texts = {}
    for _, message in ipairs(box:inbox "messagewhiz") do texts[#texts + 1] = message.text end
    table.sort(texts)
    assert.same({ "Hi Ada", "Hi Bob", "Hi Cy", "Hi Dee" }, texts)
    assert.equal(4, #rows)
    box:tick(60)
    assert.equal("delivered", client:status(rows[1]).status)
  end)

  it("lets a number that is none take nobody with it", function()
    local client, seen = recorded()
    local rows = client:send_many {
      { to = ONE, from = "Shop", text = "x" }, { to = "mum", from = "Shop", text = "x" }, { to = TWO, from = "Shop", text = "x" },
    }
    assert.same({ ONE .. " accepted 1", "mum not_sent nil", TWO .. " accepted 1" }, told(rows))
    assert.equal(1, #seen)
    assert.equal("invalid", rows[2].error.kind)
  end)
end)

describe("messagewhiz reconcile", function()
  it("finds a broadcast to a list, or for later, by its name", function()
    local box = sandbox.new {}
    local client = sms.messagewhiz { apikey = "sandbox-key", transport = box, retries = 0 }
    box:fault { match = { path = "combinedsubmit", times = 3 }, fault = "accept-then-reset" }
    local rows = client:send_many {
      { to = { ONE, TWO }, from = "Shop", text = "x" }, { to = ONE, from = "Shop", text = "later", at = os.time() + 3600 },
    }
    local _, err = client:send { to = { ONE, TWO }, from = "Shop", text = "y" }
    rows[3] = { to = { ONE, TWO }, text = "y", reference = err.reference, outcome = err.outcome, time = os.time() }
    for i = 1, 3 do assert.equal("unknown", rows[i].outcome, i) end
    rows = client:reconcile(rows, { settle = 0 })
    for i = 1, 3 do
      assert.equal("accepted", rows[i].outcome, i)
      assert.equal("integer", math.type(rows[i].broadcast_id))
    end
  end)
end)
