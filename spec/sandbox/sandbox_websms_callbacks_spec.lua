-- SPDX-License-Identifier: MIT
-- The other sides of the sandboxed websms: the simple endpoint, WhatsApp, and what it posts.

local by_hand = require "spec.support.by_hand_websms"

local ws

before_each(function() ws = by_hand.new() end)

describe("websms sandbox", function()
  describe("the simple endpoint", function()
    it("speaks Latin-1 and answers pairs", function()
      local response = ws:simple(
        "recipientAddressList=43660000100&recipientAddressList=43660000101&messageContent=Gr%FC%DFe+1&clientMessageId=a+b")
      assert.equal(200, response.status)
      assert.matches("^application/x%-www%-form%-urlencoded", response.headers["content-type"])
      assert.matches("^statusCode=2000&statusMessage=OK&clientMessageId=a%%20b&transferId=%x+&smsCount=2$", response.body)
      assert.same({ "43660000100 websms Grüße 1 1", "43660000101 websms Grüße 1 1" }, ws:texts())
    end)

    it("shows what became of UTF-8", function()
      ws:simple("recipientAddressList=43660000100&messageContent=%C3%BC")
      assert.same({ "43660000100 websms Ã¼ 1" }, ws:texts())
    end)

    it("takes a form by POST, as it came or as pairs that the server has read", function()
      local body = "recipientAddressList=43660000100&messageContent=Gr%FC%DFe&test=false&priority=3"
      assert.matches("^statusCode=2000", ws:call("POST", "/smsmessaging/simple", body, ws.FORM).body)
      local response = ws.box:handle {
        method = "POST", path = "/websms/smsmessaging/simple", query = "access_token=sandbox-token", headers = ws.FORM,
        form = { { "recipientAddressList", "43660000101" }, { "messageContent", "Gr\xFC\xDFe" }, { "test", "0" } },
      }
      assert.matches("^statusCode=2000", response.body)
      assert.same({ "43660000100 websms Grüße 1", "43660000101 websms Grüße 1" }, ws:texts())
    end)

    it("refuses as the others do, in pairs and without null", function()
      local response = ws:simple("recipientAddressList=43660000100&messageContent=x&priority=x")
      assert.equal("statusCode=4015&statusMessage=message%20priority%20is%20invalid&smsCount=0", response.body)
      assert.matches("^statusCode=4019.-messageContent", ws:simple("recipientAddressList=43660000100").body)
      assert.matches("^statusCode=2000.-smsCount=0$", ws:simple("recipientAddressList=43660000100&messageContent=x&test=true").body)
      assert.equal(400, ws:simple("recipientAddressList=43660000100&messageContent=x&test=perhaps").status)
    end)
  end)

  describe("a WhatsApp message", function()
    local PATH = "/channels/" .. ws.CHANNEL .. "/send/whatsapp"

    it("is sent by its channel, without smsCount in the response", function()
      local value, raw = ws:ok(PATH, ws.whatsapp { type = "text", text = { body = "Hello" } })
      assert.equal(2000, value.statusCode)
      assert.is_nil(raw:find("smsCount", 1, true))
      local document = ws.whatsapp { type = "document", document = { link = "https://example.com/a.pdf", filename = "a.pdf" } }
      document.contentCategory = "personal"
      assert.equal(2000, ws:ok(PATH, document).statusCode)
      assert.same({ "43660000100 websms Hello 1", "43660000100 websms https://example.com/a.pdf 1" }, ws:texts())
    end)

    it("is refused for content that is not as documented", function()
      for _, row in ipairs {
        { 4009, "Hello" }, { 4009, { type = "text" } }, { 4009, { type = "text", text = { body = "" } } },
        { 4009, { type = "poem", poem = {} } }, { 4034, { type = "image", image = { link = "file:///a.png" } } },
        { 4034, { type = "audio", audio = {} } },
      } do
        assert.equal(row[1], ws:ok(PATH, ws.whatsapp(row[2])).statusCode)
      end
      assert.same({}, ws.box:inbox())
    end)

    it("is reported to the webhook in Meta's words", function()
      ws:call("POST", "/_sandbox/webhook", { url = "https://example.com/hook" })
      local id = ws:ok(PATH, ws.whatsapp { type = "text", text = { body = "Hello" } }).transferId
      ws.box:tick(1)
      local posted = ws:callbacks()
      assert.same({ 1, "https://example.com/hook", "whatsapp", id, ws.CHANNEL }, {
        #posted, posted[1].url, posted[1].body.type, posted[1].body.transferId, posted[1].body.customerChannelUuid,
      })
      local status = posted[1].body.whatsappNotification.entry[1].changes[1].value.statuses[1]
      assert.same({ "sent", "43660000100", tostring(ws.START + 1) }, { status.status, status.recipient_id, status.timestamp })
    end)
  end)

  describe("callbacks", function()
    local URL = "https://example.com/dlr?secret=s"

    it("report each state to the message's own URL", function()
      local given = ws.text { notificationCallbackUrl = URL, clientMessageId = "m-1", senderAddress = "ACME" }
      local id = ws:ok("/smsmessaging/text", given).transferId
      ws.box:tick(1)
      ws.box:tick(2)
      local posted = ws:callbacks()
      assert.equal(2, #posted)
      local first, last = posted[1].body, posted[2].body
      assert.same({ "accepted", "delivered" }, { first.deliveryReportMessageStatus, last.deliveryReportMessageStatus })
      assert.not_equal(first.notificationId, last.notificationId)
      assert.is_nil(first.deliveredOn)
      last.notificationId = nil
      assert.same({
        messageType = "deliveryReport", transferId = id, senderAddress = "ACME", recipientAddress = "43660000100",
        recipientAddressType = "international", deliveryReportMessageStatus = "delivered", sentOn = "2021-06-25T16:02:50.000+02:00",
        deliveredOn = "2021-06-25T16:02:53.000+02:00", deliveredAs = "sms", clientMessageId = "m-1",
      }, last)
      assert.same({ URL, URL }, { posted[1].url, posted[2].url })
    end)

    it("tell what becomes of the numbers that the sandbox knows", function()
      local list = { "43660000001", "43660000002", "43660000003", "43660000004", "43660000005" }
      ws:ok("/smsmessaging/text", ws.text { recipientAddressList = list, notificationCallbackUrl = URL, messageType = "voice" })
      ws.box:tick(10)
      local last = {}
      for _, posted in ipairs(ws:callbacks()) do
        last[posted.body.recipientAddress] = posted.body.deliveryReportMessageStatus
        assert.equal("voice", posted.body.deliveredAs)
      end
      assert.same({ "undelivered", "expired", "rejected", "deleted", "accepted" },
        { last[list[1]], last[list[2]], last[list[3]], last[list[4]], last[list[5]] })
    end)

    it("are not posted without a URL", function()
      ws:ok("/smsmessaging/text", ws.text())
      ws.box:tick(10)
      assert.same({}, ws.box:callbacks())
    end)

    it("bring what somebody writes to the account", function()
      local message = { from = "+43660000001", to = "0828000", text = "Hi äöü €" }
      assert.matches("no webhook is set", ws:call("POST", "/_sandbox/inbound", message).body)
      ws:call("POST", "/_sandbox/webhook", { url = "https://example.com/in" })
      assert.equal(200, ws:call("POST", "/_sandbox/inbound", message).status)
      assert.equal(200, ws:call("POST", "/_sandbox/inbound", { from = "43660000001", to = "1234", binary = { "SGVsbG8=" } }).status)
      local posted = ws:callbacks()
      local first, second = posted[1].body, posted[2].body
      assert.equal(20, #first.notificationId)
      first.notificationId, second.notificationId = nil, nil
      assert.same({
        messageType = "text", messageFlashSms = false, senderAddress = "43660000001", senderAddressType = "international",
        recipientAddress = "0828000", recipientAddressType = "national", textMessageContent = "Hi äöü €",
      }, first)
      assert.same({
        messageType = "binary", messageFlashSms = false, senderAddress = "43660000001", senderAddressType = "international",
        recipientAddress = "1234", recipientAddressType = "shortcode", userDataHeaderPresent = false, binaryMessageContent = { "SGVsbG8=" },
      }, second)
    end)

    it("need the fields of an inbound message", function()
      ws:call("POST", "/_sandbox/webhook", { url = "https://example.com/in" })
      for _, body in ipairs { {}, { from = "x", to = "1", text = "y" }, { from = "1", to = "1" }, { from = 1, to = "1", text = "y" } } do
        assert.equal(400, ws:call("POST", "/_sandbox/inbound", body).status)
      end
      assert.same({}, ws.box:callbacks())
    end)
  end)
end)
