-- SPDX-License-Identifier: MIT
-- websms in the sandbox, asked with requests written by hand from the provider's documents, never through our client.

local json = require "sms.json"
local random = require "sms.sandbox.random"
local sandbox = require "sms.sandbox"
local by_hand = require "spec.support.by_hand_websms"

local ws

before_each(function() ws = by_hand.new() end)

describe("websms sandbox", function()
  it("answers every operation that has a route", function()
    assert.same({ "messages.send_binary", "messages.send_simple", "messages.send_text", "whatsapp.send" },
      ws.box.accounts.websms.routes:operations())
  end)

  describe("credentials", function()
    local function status(headers, target, user, password)
      local path, query = (target or "/smsmessaging/text"):match("^([^?]*)%??(.*)$")
      headers["content-type"] = "application/json"
      return ws.box:handle {
        method = "POST", path = "/websms" .. path, query = query, headers = headers, body = assert(json.encode(ws.text())), user = user,
        password = password,
      }
    end

    it("are Basic, a Bearer token, or a token in the query", function()
      assert.equal(200, status({ authorization = "Basic x" }, nil, "sandbox", "sandbox-password").status)
      assert.equal(200, status({ authorization = "Bearer sandbox-token" }).status)
      assert.equal(200, status({}, "/smsmessaging/text?access_token=sandbox%2Dtoken").status)
      assert.equal(3, #ws.box:inbox())
    end)

    it("get 401 and an empty body when they are wrong or missing, before everything else", function()
      for _, response in ipairs {
        status({}), status({ authorization = "Bearer wrong" }), status({ authorization = "Basic x" }, nil, "sandbox", "wrong"),
        status({ authorization = "Basic x" }, nil, "wrong", "sandbox-password"), status({}, "/smsmessaging/text?access_token=wrong"),
        status({ authorization = "sandbox-token" }), status({}, "/nothing"),
        status({ authorization = "Bearer wrong" }, "/smsmessaging/text?access_token=sandbox-token"),
      } do
        assert.equal(401, response.status)
        assert.equal("", response.body)
      end
      assert.same({}, ws.box:inbox())
    end)

    it("can be set, and the account can be inactive", function()
      ws.box = sandbox.new { credentials = { websms = { token = "t-1234", disabled = true } } }
      assert.equal(401, ws:call("POST", "/smsmessaging/text", ws.text()).status)
      local response = ws:call("POST", "/smsmessaging/text", ws.text(), { authorization = "Bearer t-1234" })
      assert.equal(4001, json.decode(response.body).statusCode)
    end)
  end)

  describe("requests", function()
    it("need a documented path and verb", function()
      assert.equal(404, ws:call("POST", "/smsmessaging/txt", ws.text()).status)
      assert.equal(404, ws:call("GET", "/smsmessaging/text").status)
      assert.equal(404, ws:call("POST", "/channels/1/send/whatsapp", ws.whatsapp { type = "text", text = { body = "x" } }).status)
    end)

    it("need the media types of the documents", function()
      assert.equal(400, ws:call("POST", "/smsmessaging/text", ws.text(), { ["content-type"] = "text/plain" }).status)
      assert.equal(400, ws:call("POST", "/smsmessaging/simple", ws.text(), { accept = "*/*" }).status)
      assert.equal(406, ws:call("POST", "/smsmessaging/text", ws.text(), { accept = "text/html" }).status)
      assert.equal(406, ws:call("GET", "/smsmessaging/simple?recipientAddressList=43660000100&messageContent=x").status)
      assert.equal(200, ws:call("POST", "/smsmessaging/text", ws.text(), { accept = false }).status)
    end)

    it("need a JSON object with values of the right type", function()
      for _, body in ipairs { "", "{", "7", '{"messageContent":"\xff"}' } do
        local response = ws:call("POST", "/smsmessaging/text", body)
        assert.same({ 400, "the body is not a JSON object" }, { response.status, response.body })
      end
      for _, name in ipairs { "test", "sendAsFlashSms", "maxSmsPerMessage" } do
        local response = ws:call("POST", "/smsmessaging/text", ws.text { [name] = "yes" })
        assert.equal(400, response.status)
        assert.truthy(response.body:find(name, 1, true))
      end
    end)
  end)

  describe("a text", function()
    it("is sent to each recipient", function()
      local value, raw = ws:ok("/smsmessaging/text", ws.text {
        recipientAddressList = { "43660000100", "43660000101" }, messageContent = ("x"):rep(161), senderAddress = "ACME",
        senderAddressType = "alphanumeric", clientMessageId = "m-1", contentCategory = "informational", maxSmsPerMessage = 2,
        messageType = "default", priority = 5, sendAsFlashSms = false, validityPeriode = 300,
      })
      assert.matches("^%x+$", value.transferId)
      assert.equal(20, #value.transferId)
      assert.same({
        statusCode = 2000, statusMessage = "OK", clientMessageId = "m-1", transferId = value.transferId, smsCount = 4,
      }, value)
      local shown = " ACME " .. ("x"):rep(161) .. " 2"
      assert.same({ "43660000100" .. shown, "43660000101" .. shown }, ws:texts())
      assert.equal(value.transferId, ws.box:inbox()[2].id)
      assert.is_nil(raw:find("null", 1, true))
    end)

    it("has null for a reference that was not given, and numbers may be JSON numbers", function()
      local value, raw = ws:ok("/smsmessaging/text", ws.text { recipientAddressList = { 43660000100 } })
      assert.equal(2000, value.statusCode)
      assert.truthy(raw:find('"clientMessageId":null', 1, true))
      assert.same({ "43660000100 websms Hello 1" }, ws:texts())
    end)

    it("counts SMS as phones do", function()
      assert.equal(1, ws:ok("/smsmessaging/text", ws.text { messageContent = ("x"):rep(160) }).smsCount)
      assert.equal(2, ws:ok("/smsmessaging/text", ws.text { messageContent = ("€"):rep(81) }).smsCount)
      assert.equal(1, ws:ok("/smsmessaging/text", ws.text { messageContent = ("ж"):rep(70) }).smsCount)
      assert.equal(2, ws:ok("/smsmessaging/text", ws.text { messageContent = ("ж"):rep(71) }).smsCount)
    end)

    it("that is a test is answered and not sent", function()
      local value = ws:ok("/smsmessaging/text", ws.text { test = true, notificationCallbackUrl = "https://example.com/dlr" })
      assert.same({ 2000, 0 }, { value.statusCode, value.smsCount })
      ws.box:tick(10)
      assert.same({}, ws.box:inbox())
      assert.same({}, ws.box:callbacks())
    end)
  end)

  describe("refuses", function()
    local PATH = "/smsmessaging/text"

    it("4019: what is required and missing, by name", function()
      ws:refused(4019, PATH, { messageContent = "x" }, "recipientAddressList")
      ws:refused(4019, PATH, ws.text { recipientAddressList = json.empty_array }, "recipientAddressList")
      ws:refused(4019, PATH, { recipientAddressList = { "43660000100" } }, "messageContent")
      ws:refused(4019, "/smsmessaging/binary", { recipientAddressList = { "43660000100" } }, "messageContent")
      ws:refused(4019, "/channels/" .. ws.CHANNEL .. "/send/whatsapp", { recipientAddressList = { "43660000100" } }, "messageContent")
    end)

    it("4002: recipients that are no MSISDN", function()
      for _, list in ipairs {
        { "+43660000100" }, { "0043660000100" }, { "4366 0000100" }, { "abc" }, { "4366000" }, { ("4"):rep(16) }, { 4.5 }, { true },
        "43660000100", { "43660000100", "" },
      } do
        ws:refused(4002, PATH, ws.text { recipientAddressList = list })
      end
    end)

    it("4025: more than 1000 recipients", function()
      local list = {}
      for i = 1, 1001 do list[i] = ("4366%07d"):format(i % 1000) end
      ws:refused(4025, PATH, ws.text { recipientAddressList = list })
      list[1001] = nil
      assert.equal(1000, ws:ok(PATH, ws.text { recipientAddressList = list }).smsCount)
    end)

    it("values that a field does not take, each with its code", function()
      for _, row in ipairs {
        { 4003, { senderAddress = "far too long a name" } }, { 4003, { senderAddress = "ACME", senderAddressType = "shortcode" } },
        { 4003, { senderAddress = "4366", senderAddressType = "mobile" } }, { 4003, { senderAddress = "" } },
        { 4003, { senderAddress = "0660", senderAddressType = "international" } },
        { 4004, { messageType = "fax" } }, { 4008, { clientMessageId = 5 } }, { 4008, { clientMessageId = "" } },
        { 4009, { messageContent = "" } }, { 4009, { messageContent = { "x" } } },
        { 4015, { priority = 0 } }, { 4015, { priority = 10 } }, { 4015, { priority = "high" } },
        { 4016, { notificationCallbackUrl = "example.com" } }, { 4016, { notificationCallbackUrl = "ftp://example.com" } },
        { 4026, { maxSmsPerMessage = 1, messageContent = ("x"):rep(161) } },
        { 4040, { contentCategory = "personal" } }, { 4041, { validityPeriode = 59 } }, { 4041, { validityPeriode = 259201 } },
      } do
        ws:refused(row[1], PATH, ws.text(row[2]))
      end
    end)

    it("4008: a clientMessageId that was accepted before", function()
      local body = ws.text { clientMessageId = "m-1", test = true }
      assert.equal(2000, ws:ok(PATH, body).statusCode)
      body.test = false
      assert.equal(2000, ws:ok(PATH, body).statusCode)
      assert.equal(4008, ws:ok(PATH, body).statusCode)
      assert.equal(1, #ws.box:inbox())
    end)

    it("what recipients ask for by their last four digits", function()
      for _, code in ipairs {
        4001, 4013, 4014, 4021, 4022, 4023, 4025, 4029, 4030, 4031, 4032, 4033, 4034, 4035, 4042, 4043, 5000, 5003,
      } do
        ws:refused(code, PATH, ws.text { recipientAddressList = { "4366000" .. code } })
      end
      ws:refused(4013, PATH, ws.text { recipientAddressList = { "43660000100", "43660004013" } })
    end)

    it("4031 only when all recipients are blacklisted; else those are left out", function()
      ws:refused(4031, PATH, ws.text { recipientAddressList = { "43660004031", "43661004031" } })
      assert.equal(1, ws:ok(PATH, ws.text { recipientAddressList = { "43660004031", "43660000100" } }).smsCount)
      assert.same({ "43660000100 websms Hello 1" }, ws:texts())
    end)

    it("nothing of a recipient that ends in 2001: that message is queued", function()
      local value = ws:ok(PATH, ws.text { recipientAddressList = { "43660002001" } })
      assert.same({ 2001, "OK_QUEUED", 1 }, { value.statusCode, value.statusMessage, value.smsCount })
      assert.equal(1, #ws.box:inbox())
    end)
  end)

  describe("a binary message", function()
    it("makes one SMS of each segment", function()
      local value = ws:ok("/smsmessaging/binary", ws.binary {
        messageContent = { "BQADzAIBSGVsbG8g", "BQADzAICV29ybGQh" }, userDataHeaderPresent = true,
      })
      assert.equal(2, value.smsCount)
      assert.same({ "43660000100 websms BQADzAIBSGVsbG8g BQADzAICV29ybGQh 2" }, ws:texts())
    end)

    it("is refused with 4027 for a segment that is no base64, too long, or ends within its header", function()
      local PATH = "/smsmessaging/binary"
      for _, list in ipairs { { "?" }, { "SGVsbG8" }, { "" }, { "SGVsbG8=", 5 }, { ("QUJD"):rep(47) } } do
        ws:refused(4027, PATH, ws.binary { messageContent = list })
      end
      ws:refused(4027, PATH, ws.binary { messageContent = { "BQAD" }, userDataHeaderPresent = true })
      ws:refused(4009, PATH, ws.binary { messageContent = "SGVsbG8=" })
      assert.equal(2000, ws:ok(PATH, ws.binary { messageContent = { "BQAD", ("QUJD"):rep(46) .. "QUI=" } }).statusCode)
    end)
  end)

  it("answers odd values in a documented way", function()
    local dice, seen = random.new(11), {}
    local odd = {
      "", "x", "-1", "1e9", ("9"):rep(30), 0, -1, 1.5, 5, 1e300, math.maxinteger, true, false, {}, { {} }, { 1, "2", {} }, { a = 1 },
      { "43660000100" }, "43660000100", { type = "text" }, { type = 5 }, "https://example.com",
    }
    local names = {
      "recipientAddressList", "messageContent", "userDataHeaderPresent", "maxSmsPerMessage", "messageType", "senderAddress", "test",
      "senderAddressType", "sendAsFlashSms", "notificationCallbackUrl", "clientMessageId", "contentCategory", "priority", "validityPeriode",
    }
    for _ = 1, 3000 do
      local body = dice:integer(1, 2) == 1 and ws.text() or {}
      for _, name in ipairs(names) do
        if dice:integer(1, 6) == 1 then body[name] = dice:pick(odd) end
      end
      local path = dice:pick { "/smsmessaging/text", "/smsmessaging/binary", "/channels/" .. ws.CHANNEL .. "/send/whatsapp" }
      local response = ws:call("POST", path, body)
      seen[response.status] = true
      if response.status == 200 then assert.equal("integer", math.type(json.decode(response.body).statusCode)) end
      local query = dice:pick { "&&", "=", "%", "messageContent=%zz&recipientAddressList=43660000100", "a=%ff" }
      seen[ws:simple(query).status] = true
    end
    assert.same({ [200] = true, [400] = true }, seen)
    ws.box:tick(100)
  end)
end)
