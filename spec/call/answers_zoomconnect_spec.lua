-- SPDX-License-Identifier: MIT
-- How ZoomConnect's answers are read: refusals of every form, XML although JSON was asked for, bare values, nothing at all.

local cost = require "spec.support.cost"
local json = require "sms.json"
local noting = require "spec.support.noting_zoomconnect"

local NUMBER = "+27825551234"

describe("a response of ZoomConnect", function()
  local function send(...)
    local given = { ... }
    local zc, arrived = noting(function() return table.unpack(given) end)
    local result, second = zc.sms:send({ recipientNumber = NUMBER, message = "x" }, { retries = 0 })
    assert.equal(1, #arrived)
    return result, second
  end

  local function fields(err, ...)
    local out = {}
    for i, name in ipairs { ... } do out[i] = err[name] end
    return out
  end

  it("that says error is a refusal, whatever the status", function()
    for _, status in ipairs { 200, 201 } do
      local result, err = send({ messageId = json.null, error = "Insufficient credits" }, status)
      assert.is_nil(result)
      assert.same({ "rejected", "not_sent", "Insufficient credits", status }, fields(err, "kind", "outcome", "message", "status"))
    end
    local _, err = send { messageId = "1", error = true }
    assert.equal("rejected", err.kind)
  end)

  it("that has an id beside its error, or a code in it, proves what it proves", function()
    local _, err = send { messageId = "40124213", error = "Partly" }
    assert.same({ "rejected", "unknown", "Partly", false }, fields(err, "kind", "outcome", "message", "retryable"))
    for _, body in ipairs {
      { messageId = json.null, error = { code = 2, message = "no" } }, { messageId = "", error = { message = "no" }, code = "2" },
    } do
      local _, told = send(body)
      assert.same({ "rejected", "not_sent", "no", 2, "INVALID_MOBILE_NUMBER" }, fields(told, "kind", "outcome", "message", "code", "name"))
    end
  end)

  it("with neither id nor error proves nothing", function()
    for _, body in ipairs { {}, { messageId = "" }, { messageId = json.null, error = "" } } do
      local result, err = send(body)
      assert.is_nil(result)
      assert.same({ "rejected", "unknown", false }, fields(err, "kind", "outcome", "retryable"))
    end
  end)

  it("that is a RestErrorDTO has its code, its name and both messages", function()
    local _, err = send({ status = "400", code = 2, message = "Invalid mobile number", developerMessage = "regex" }, 400)
    assert.same({ "invalid", 2, "INVALID_MOBILE_NUMBER", "Invalid mobile number (regex)", "not_sent" },
      fields(err, "kind", "code", "name", "message", "outcome"))
    _, err = send({ status = "PAYMENT", code = 77, message = "No credits" }, 402)
    assert.same({ "rejected", 77, "PAYMENT", "No credits", "not_sent" }, fields(err, "kind", "code", "name", "message", "outcome"))
  end)

  it("without a body is told by its status", function()
    for status, expected in pairs {
      [401] = { "auth", "UNAUTHORIZED", "not_sent" }, [402] = { "rejected", "PAYMENT_REQUIRED", "not_sent" },
      [403] = { "forbidden", "FORBIDDEN", "not_sent" }, [404] = { "not_found", "NOT_FOUND", "not_sent" },
      [429] = { "rate_limited", "TOO_MANY_REQUESTS", "not_sent" },
    } do
      local _, err = send("", status)
      assert.same(expected, fields(err, "kind", "name", "outcome"))
      assert.is_true(#err.message > 10 and not err.message:find("JSON", 1, true), err.message)
    end
    local _, err = send("", 200)
    assert.same({ "decode", "unknown" }, fields(err, "kind", "outcome"))
  end)

  it("that is plain text says it, when it is short and plain", function()
    local _, err = send(" Reason: Unauthorized\n", 401)
    assert.equal("Reason: Unauthorized", err.message)
    _, err = send(("x"):rep(301), 400)
    assert.equal(301, #err.body)
    assert.is_true(#err.message < 100)
    _, err = send("\xff\xfe", 400)
    assert.is_true(utf8.len(err.message) ~= nil)
  end)

  it("that is XML is read where it is flat", function()
    local head = '<?xml version="1.0"?><sendSmsResponse>'
    assert.equal("4012", send(head .. '<error xsi:nil="true"/><messageId>4012</messageId></sendSmsResponse>').messageId)
    assert.equal("7", send("\239\187\191\n<a><sendSmsResponse ><messageId x='1'>7</messageId></sendSmsResponse></a>").messageId)
    local _, err = send("<sendSmsResponse><error>Bad &#x26; &lt;wrong&gt;</error></sendSmsResponse>")
    assert.same({ "rejected", "Bad & <wrong>", "not_sent" }, fields(err, "kind", "message", "outcome"))
    _, err = send("<error><code>3</code><message>Message cannot be empty</message></error>", 400)
    assert.same({ "invalid", 3, "EMPTY_MESSAGE" }, fields(err, "kind", "code", "name"))
    _, err = send("<error><code>3</code><message>No</message></error>", 200)
    assert.same({ "rejected", "No", "not_sent" }, fields(err, "kind", "message", "outcome"))
    _, err = send("<error><message>No</message></error>", 200)
    assert.same({ "rejected", "No", "unknown" }, fields(err, "kind", "message", "outcome"))
  end)

  it("that is markup of another shape is a decode error with the body kept", function()
    for _, body in ipairs {
      "<html><body>Wartung</body></html>", "<!DOCTYPE html><p>x", "<sendSmsResponse><messageId>40124", "<sendSmsResponse/>",
      "<messageId>" .. ("<"):rep(1000), "<a>" .. ("<sendSmsResponse>"):rep(10000), ("<messageId>"):rep(20000),
      "<a>" .. ("x"):rep(300000) .. "<messageId>1</messageId></a>",
    } do
      local result, err
      local seconds = cost.seconds(function() result, err = send(body) end, 1)
      assert.is_nil(result)
      assert.same({ "decode", "unknown" }, fields(err, "kind", "outcome"))
      assert.equal(body:sub(1, 1000), err.body:sub(1, 1000))
      assert.is_true(seconds < 1, seconds) -- what grows with the square of the length takes many
    end
    local _, err = send("<html><body>Bad gateway</body></html>", 502)
    assert.same({ "server", "unknown" }, fields(err, "kind", "outcome"))
  end)

  it("of the balance and of a bulk may be XML too", function()
    local zc = noting(function() return "<account><creditBalance>12.5</creditBalance></account>" end)
    assert.equal(12.5, (zc:balance()))
    zc = noting(function()
      return "<sendSmsResponses><sendSmsResponse><messageId>1</messageId></sendSmsResponse><sendSmsResponse/></sendSmsResponses>"
    end)
    local rows = zc:send_many { { to = NUMBER, text = "a" }, { to = NUMBER, text = "b" } }
    assert.same({ "1", "unknown" }, { rows[1].id, rows[2].outcome })
    zc = noting(function() return "<groups><group><name>x</name></group></groups>" end)
    assert.equal("decode", select(2, zc.groups:list()).kind)
  end)

  it("to a send by address is a string whatever it looks like", function()
    for body, expected in pairs {
      ['"40124213"'] = "40124213", ["40124213"] = "40124213", ["575757127736361340000e12"] = "575757127736361340000e12",
      ["5a757c7b7736b6c1d340a0db"] = "5a757c7b7736b6c1d340a0db", ["  sent \n"] = "  sent \n", ['{"messageId":"9","error":null}'] = "9",
      ["<sendSmsResponse><messageId>8</messageId></sendSmsResponse>"] = "8",
    } do
      local zc = noting(function() return body end)
      assert.equal(expected, (zc.sms:send_url { recipientNumber = NUMBER, message = "x" }))
    end
    for body, kind in pairs {
      [""] = "decode", [" "] = "decode", ["null"] = "decode", ["not sent"] = "decode", ["Invalid mobile number 27825551234"] = "decode",
      ["true"] = "decode", ['{"error":"No"}'] = "rejected", ["<html>"] = "decode",
    } do
      local zc = noting(function() return body end)
      local result, err = zc.sms:send_url { recipientNumber = NUMBER, message = "x" }
      assert.is_nil(result)
      assert.equal(kind, err.kind, body)
    end
  end)

  it("to a question about a text is of its own kind or none", function()
    local function ask(operation, body)
      local zc = noting(function() return body end)
      return zc.messages[operation](zc.messages, { message = "x", recipientNumber = NUMBER })
    end
    assert.equal("GSM7", (ask("encoding", "GSM7")))
    assert.equal("GSM7", (ask("encoding", '"GSM7"')))
    assert.is_false((ask("length_allowed", "false")))
    assert.equal(2, (ask("parts", "2")))
    assert.equal(1.5, (ask("credit_cost", "1.5")))
    for operation, body in pairs { encoding = "", length_allowed = "", parts = "many", credit_cost = "{}", length = "true" } do
      local result, err = ask(operation, body)
      assert.is_nil(result)
      assert.equal("decode", err.kind, operation)
    end
  end)

  it("that only says that it was done is true, or its text", function()
    local function delete(body, status)
      local zc = noting(function() return body, status end)
      return zc.groups:delete { id = "a" }
    end
    assert.is_true((delete("", 204)))
    assert.is_true((delete("deleted", 200)))
    assert.is_nil((delete({ error = "No" }, 200)))
    local zc = noting(function() return "added" end)
    assert.equal("added", (zc.groups:add_contact { id = "a", contact_id = "b" }))
    zc = noting(function() return "" end)
    assert.is_true((zc:request { method = "DELETE", path = "/api/rest/v1/groups/a" }))
  end)

  it("and its errors and events never hold the secrets", function()
    local events = {}
    local zc = noting(function(request) return { code = 5, message = "at " .. request.path .. " with token-1234 url%2Dtoken" }, 400 end,
      { on_event = function(event) events[#events + 1] = event end })
    local _, err = zc.sms:send_url { recipientNumber = NUMBER, message = "x" }
    local text = tostring(err) .. err.body
    for _, event in ipairs(events) do text = text .. tostring(event.path) .. tostring(event.error) end
    assert.is_nil(text:find("url-token-5678", 1, true))
    assert.is_nil(text:find("token-1234", 1, true))
    assert.matches("send%-url/%*%*%*", text)
  end)
end)
