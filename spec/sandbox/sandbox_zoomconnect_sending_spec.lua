-- SPDX-License-Identifier: MIT
-- ZoomConnect in the sandbox, asked by hand: sending, credits, what waits for its time, messages, reports, replies, voice.

local json = require "sms.json"
local by_hand = require "spec.support.by_hand_zoomconnect"

local NUMBER = "+27825551234"

local zc

local function ok(...) return zc:ok(...) end
local function refused(...) return zc:refused(...) end

before_each(function() zc = by_hand.new() end)

local function inbox()
  local out = {}
  for i, message in ipairs(zc.box:inbox "zoomconnect") do out[i] = message.to .. " " .. message.text end
  return out
end

describe("zoomconnect sandbox: a text", function()
  it("is taken, kept and delivered", function()
    local response = ok("POST", "/sms/send", {
      recipientNumber = "0825551234", message = "Hello", campaign = "shoes", dataField = "order 7",
    })
    assert.same({ messageId = "40124213" }, response)
    assert.same({ NUMBER .. " Hello" }, inbox())
    assert.equal("SENT", zc:status "40124213")
    zc.box:tick(2)
    assert.equal("SENT", zc:status "40124213")
    zc.box:tick(1)
    assert.same({
      messageId = "40124213", messageType = "OUTBOUND", messageStatus = "DELIVERED", message = "Hello", fromNumber = "+12025550100",
      toNumber = NUMBER, campaign = "shoes", userDataField = "order 7", creditCost = 1, numberOfMessages = 1,
      dateTimeSent = "2014-04-28T20:00:00+02:00", read = false, deleted = false, links = {},
    }, ok("GET", "/messages/40124213"))
  end)

  it("takes the number as the provider's samples write it", function()
    for _, number in ipairs { "+27825551234", "27825551234", "0825551234" } do zc:send(number) end
    assert.same({ NUMBER .. " Hello", NUMBER .. " Hello", NUMBER .. " Hello" }, inbox())
  end)

  it("is refused with the documented codes", function()
    for _, number in ipairs { "", "12", "x", "+27 82 555 1234", "0825551234567", 27825551234, false } do
      refused(400, 2, "Invalid mobile number", "POST", "/sms/send", { recipientNumber = number or nil, message = "x" })
    end
    for _, text in ipairs { "", " ", 5, false } do
      refused(400, 3, "Message cannot be empty", "POST", "/sms/send", { recipientNumber = NUMBER, message = text or nil })
    end
    refused(400, 400, "too long", "POST", "/sms/send", { recipientNumber = NUMBER, message = ("x"):rep(1531) })
    refused(400, 400, "campaign", "POST", "/sms/send", { recipientNumber = NUMBER, message = "x", campaign = 5 })
    refused(400, 400, "dateToSend", "POST", "/sms/send", { recipientNumber = NUMBER, message = "x", dateToSend = "2014-04-28" })
    refused(400, 400, "dateToSend", "POST", "/sms/send", { recipientNumber = NUMBER, message = "x", dateToSend = "201402302055" })
    assert.same({}, inbox())
    assert.equal(1000, zc:credits())
  end)

  it("may be all in the address, by either verb", function()
    local query = "?recipientNumber=0825551234&message=Hello%20you&campaign=c"
    assert.equal("40124213", ok("GET", "/sms/send-url-parameters" .. query))
    assert.equal("40124214", ok("POST", "/sms/send-url-parameters" .. query))
    assert.equal("40124215", ok("POST", "/sms/send-url/sandbox-url-token" .. query))
    assert.equal(NUMBER .. " Hello you", inbox()[3])
    -- An unescaped plus is a blank in a query.
    refused(400, 2, "Invalid mobile number", "GET", "/sms/send-url-parameters?recipientNumber=+27825551234&message=x")
    refused(400, 3, "empty", "GET", "/sms/send-url/sandbox-url-token?recipientNumber=0825551234")
  end)

  it("ends as its number says", function()
    local expected = {
      ["0001"] = "FAILED", ["0002"] = "FAILED", ["0003"] = "FAILED_OPTOUT", ["0004"] = "FAILED_REFUNDED", ["0005"] = "SENT",
      ["1234"] = "DELIVERED",
    }
    local ids = {}
    for ending in pairs(expected) do ids[ending] = zc:send("+2782555" .. ending) end
    zc.box:tick(60)
    for ending, status in pairs(expected) do assert.equal(status, zc:status(ids[ending]), ending) end
  end)
end)

describe("zoomconnect sandbox: credits", function()
  it("go by parts", function()
    zc:send(NUMBER, ("x"):rep(160))
    assert.equal(999, zc:credits())
    zc:send(NUMBER, ("x"):rep(161))
    assert.equal(997, zc:credits())
    zc:send(NUMBER, ("♥"):rep(71))
    assert.equal(995, zc:credits())
  end)

  it("come back for what is refunded, once", function()
    zc:send("+27825550004", "x")
    assert.equal(999, zc:credits())
    zc.box:tick(10)
    -- A doubled report is no second refund.
    zc.box.accounts.zoomconnect:report(zc.box.state.inbox)
    assert.equal(1000, zc:credits())
  end)

  it("run out within a 200", function()
    zc.box.accounts.zoomconnect.owner.creditBalance = 1
    zc:send(NUMBER)
    local response, body, status = ok("POST", "/sms/send", { recipientNumber = NUMBER, message = "x" })
    assert.equal(200, status)
    assert.same({ error = "Insufficient credits" }, response)
    assert.matches('"messageId":null', body, 1, true)
    refused(400, 400, "Insufficient credits", "GET", "/sms/send-url-parameters?recipientNumber=0825551234&message=x")
    assert.equal(1, #inbox())
  end)
end)

describe("zoomconnect sandbox: a bulk", function()
  it("has one row for each message, and one bad one costs the others nothing", function()
    local response = ok("POST", "/sms/send-bulk", { sendSmsRequests = {
      { recipientNumber = NUMBER, message = "a" }, { recipientNumber = "x", message = "b" }, { recipientNumber = NUMBER, message = "" },
      { recipientNumber = NUMBER, message = "d", dateToSend = "soon" }, { recipientNumber = NUMBER, message = "e" },
    } })
    assert.same({
      { messageId = "40124213" }, { error = "Invalid mobile number" }, { error = "Message cannot be empty" },
      { error = "dateToSend must look like 201404282055" }, { messageId = "40124214" },
    }, response.sendSmsResponses)
    assert.same({ NUMBER .. " a", NUMBER .. " e" }, inbox())
  end)

  it("has a date for those that have none, and a pace", function()
    local item = { recipientNumber = NUMBER, message = "a" }
    ok("POST", "/sms/send-bulk", { defaultDateToSend = "201404282010", sendSmsRequests = {
      item, { recipientNumber = NUMBER, message = "b", dateToSend = "201404282005" },
    } })
    zc.box:tick(300)
    assert.same({ NUMBER .. " b" }, inbox())
    zc.box:tick(300)
    assert.same({ NUMBER .. " b", NUMBER .. " a" }, inbox())
    ok("POST", "/sms/send-bulk", { messagesPerMinute = 2, sendSmsRequests = { item, item, item } })
    assert.equal(3, #inbox())
    zc.box:tick(30)
    assert.equal(4, #inbox())
    zc.box:tick(30)
    assert.equal(5, #inbox())
  end)

  it("is refused as a whole when it is none", function()
    refused(400, 400, "sendSmsRequests", "POST", "/sms/send-bulk", {})
    refused(400, 400, "sendSmsRequests", "POST", "/sms/send-bulk", { sendSmsRequests = json.array {} })
    refused(400, 400, "sendSmsRequests[1]", "POST", "/sms/send-bulk",
      { sendSmsRequests = { { recipientNumber = NUMBER, message = "a" }, 5 } })
    refused(400, 400, "messagesPerMinute", "POST", "/sms/send-bulk",
      { messagesPerMinute = -1, sendSmsRequests = { { recipientNumber = NUMBER, message = "a" } } })
    assert.same({}, inbox())
  end)
end)

describe("zoomconnect sandbox: a text for later", function()
  it("waits for its time, which is South African", function()
    local id = zc:send(NUMBER, "later", { dateToSend = "201404282001" })
    assert.equal("SCHEDULED", zc:status(id))
    assert.equal("2014-04-28T20:01:00+02:00", ok("GET", "/messages/" .. id).dateTimeScheduled)
    zc.box:tick(59)
    assert.same({}, inbox())
    zc.box:tick(1)
    assert.same({ NUMBER .. " later" }, inbox())
    zc.box:tick(3)
    assert.equal("DELIVERED", zc:status(id))
  end)

  it("leaves at once when its time is past", function()
    assert.equal("SENT", zc:status(zc:send(NUMBER, "now", { dateToSend = "201404281955" })))
  end)

  it("can be withdrawn, and its credits come back", function()
    local id = zc:send(NUMBER, "later", { dateToSend = "201404282100" })
    assert.equal(999, zc:credits())
    ok("DELETE", "/messages/" .. id)
    ok("DELETE", "/messages/" .. id)
    assert.equal(1000, zc:credits())
    zc.box:tick(7200)
    assert.same({}, inbox())
    assert.is_true(ok("GET", "/messages/" .. id).deleted)
  end)
end)

describe("zoomconnect sandbox: messages", function()
  local function ids(query)
    local out = {}
    for i, message in ipairs(ok("GET", "/messages/all?" .. query).webServiceMessages) do out[i] = message.message end
    return table.concat(out, " ")
  end

  it("come newest first, in pages with figures", function()
    for i = 1, 5 do zc:send(NUMBER, "t" .. i) end
    local page = ok("GET", "/messages/all?page=2&pageSize=2")
    page.webServiceMessages = nil
    assert.same({ page = 2, pageSize = 2, elements = 2, totalElements = 5, totalPages = 3, links = {} }, page)
    assert.equal("t3 t2", ids "page=2&pageSize=2")
    assert.equal("t1", ids "page=3&pageSize=2")
    assert.equal("", ids "page=4&pageSize=2")
    assert.equal(100, ok("GET", "/messages/all").pageSize)
  end)

  it("can be filtered", function()
    zc:send(NUMBER, "one", { campaign = "shoes", dataField = "d1" })
    zc:send("+27825550001", "two")
    zc.box:tick(86400)
    ok("POST", "/_sandbox/reply", { from = NUMBER, text = "STOP" })
    zc:send(NUMBER, "later", { dateToSend = "201405010000" })
    for query, expected in pairs {
      ["type=INBOUND"] = "STOP", ["type=OUTBOUND"] = "later two one", ["status=DELIVERED"] = "one", ["status=SCHEDULED"] = "later",
      ["fromNumber=0825551234"] = "STOP", ["toNumber=%2B27825550001"] = "two", ["message=LATE"] = "later", ["campaign=shoes"] = "STOP one",
      ["dataField=d1"] = "STOP one", ["read=false"] = "STOP", ["read=true"] = "", ["deleted=true"] = "",
      ["repliesToMessageId=40124213"] = "STOP", ["fromDateTimeSent=20140429"] = "", ["toDateTimeSent=20140428"] = "two one",
      ["fromDateTimeReceived=20140429&toDateTimeReceived=20140429"] = "STOP", ["toDateTimeReceived=20140428"] = "",
    } do
      assert.equal(expected, ids(query), query)
    end
    refused(400, 400, "status", "GET", "/messages/all?status=delivered")
    refused(400, 400, "type", "GET", "/messages/all?type=BOTH")
    refused(400, 400, "fromDateTimeSent", "GET", "/messages/all?fromDateTimeSent=28-04-2014")
    refused(400, 400, "read", "GET", "/messages/all?read=1")
  end)

  it("are marked, and stay when they are deleted", function()
    local id = ok("POST", "/_sandbox/reply", { from = NUMBER, text = "hi" }).messageId
    assert.is_true(ok("PUT", ("/messages/%s/markRead"):format(id)).read)
    assert.is_false(ok("POST", ("/messages/%s/markUnread"):format(id)).read)
    local _, body, status = ok("DELETE", "/messages/" .. id)
    assert.same({ 204, "" }, { status, body })
    assert.equal("hi", ids "deleted=true")
    refused(404, 404, "message 1", "GET", "/messages/1")
  end)

  it("know their contact", function()
    local contact = ok("POST", "/contacts/create", { firstName = "S", contactNumber = "0825551234" }).contactId
    assert.equal(contact, ok("GET", "/messages/" .. zc:send(NUMBER)).contact.contactId)
  end)

  it("are analysed before they are sent", function()
    local function ask(kind, text)
      local value = ok("POST", "/messages/analyse/" .. kind, { message = text, recipientNumber = NUMBER })
      return value
    end
    for text, expected in pairs {
      ["Hello"] = { "GSM7", 5, 1, true }, ["£"] = { "GSM7", 1, 1, true }, ["♥"] = { "UCS2", 1, 1, true },
      ["a\u{A0}b"] = { "UCS2", 3, 1, true },
      [("x"):rep(161)] = { "GSM7", 161, 2, true }, [("x"):rep(1531)] = { "GSM7", 1531, 11, false },
    } do
      assert.same(expected, {
        ask("message-encoding", text), ask("message-length", text), ask("number-of-messages", text),
        ask("message-length-within-max-allowed", text),
      })
      assert.equal(expected[3], ask("message-credit-cost", text))
      local full = ask("full", text)
      assert.same(expected, {
        full.messageEncoding, full.messageLength, full.numberOfMessages, full.messageLengthWithinMaximumAllowed,
      })
    end
    assert.same({ { "a", "GSM7" }, { "♥", "UCS2" } }, ask("full", "a♥").characterAnalysis)
    refused(400, 400, "message", "POST", "/messages/analyse/full", { recipientNumber = NUMBER })
    refused(400, 2, "mobile number", "POST", "/messages/analyse/message-credit-cost", { message = "x" })
    assert.equal(1000, zc:credits())
  end)
end)

describe("zoomconnect sandbox: callbacks", function()
  local REPORTS, REPLIES = "http://127.0.0.1:9/report", "http://127.0.0.1:9/reply?key=1"

  local function configure(more)
    local body = { url = REPORTS, replies = REPLIES }
    for name, value in pairs(more or {}) do body[name] = value end
    return ok("POST", "/_sandbox/webhook", body)
  end

  it("are drawn in the query, as the guide does", function()
    configure()
    local id = zc:send(NUMBER, "Hello", { campaign = "shoe campaign", dataField = "custom" })
    zc.box:tick(1)
    assert.same({}, zc.box:callbacks())
    zc.box:tick(2)
    assert.same({ {
      url = REPORTS .. "?status=DELIVERED&messageId=40124213&campaign=shoe%20campaign&dataField=custom", body = "",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
    } }, zc.box:callbacks())
    ok("POST", "/_sandbox/reply", { from = "0825551234", text = "REPLY" })
    assert.equal(REPLIES .. "&from=+27825551234&repliedToMessageId=" .. id .. "&messageId=40124214&message=REPLY&date=201404282000"
      .. "&campaign=shoe%20campaign&dataField=custom", zc.box:callbacks()[1].url)
  end)

  it("may be a form or JSON", function()
    configure { format = "form" }
    ok("POST", "/_sandbox/reply", { from = NUMBER, text = "a+b" })
    local posted = zc.box:callbacks()[1]
    assert.same({ REPLIES, "from=%2B27825551234&messageId=40124213&message=a%2Bb&date=201404282000" }, { posted.url, posted.body })
    configure { format = "json" }
    zc:send("+27825550001")
    zc.box:tick(5)
    posted = zc.box:callbacks()[1]
    assert.same({ status = "FAILED", messageId = "40124214" }, json.decode(posted.body))
    assert.equal("application/json", posted.headers["content-type"])
  end)

  it("need an address each", function()
    zc:send(NUMBER)
    ok("POST", "/_sandbox/reply", { from = NUMBER, text = "x" })
    zc.box:tick(5)
    assert.same({}, zc.box:callbacks())
    assert.equal(400, (zc:call("POST", "/_sandbox/webhook", { url = "ftp://x" })))
    assert.equal(400, (zc:call("POST", "/_sandbox/webhook", { replies = 5 })))
    assert.equal(400, (zc:call("POST", "/_sandbox/webhook", { format = "xml" })))
  end)

  it("are the same again when a report is doubled", function()
    configure()
    zc:send(NUMBER)
    zc.box:tick(5)
    local first = zc.box:callbacks()
    zc.box.accounts.zoomconnect:report(zc.box.state.inbox)
    assert.same(first, zc.box:callbacks())
  end)

  it("of replies are to the newest text or to the one named", function()
    local first = zc:send(NUMBER, "1", { dataField = "d" })
    local second = zc:send(NUMBER, "2")
    local function replied(body) return ok("GET", "/messages/" .. ok("POST", "/_sandbox/reply", body).messageId) end
    assert.equal(second, replied({ from = NUMBER, text = "x" }).repliedToMessage.messageId)
    local reply = replied { from = NUMBER, text = "x", messageId = first }
    assert.same({ first, "d", "INBOUND" }, { reply.repliedToMessage.messageId, reply.userDataField, reply.messageType })
    assert.is_nil(replied({ from = "+27825550000", text = "x" }).repliedToMessage)
    assert.equal(400, (zc:call("POST", "/_sandbox/reply", { from = "x", text = "x" })))
    assert.equal(400, (zc:call("POST", "/_sandbox/reply", { from = NUMBER })))
    assert.equal(400, (zc:call("POST", "/_sandbox/reply", { from = NUMBER, text = "x", messageId = "1" })))
  end)
end)

describe("zoomconnect sandbox: voice", function()
  local AUDIO = { parts = { { name = "file", filename = "a.wav", data = "RIFF\0\0\0\0WAVEfmt " } } }

  it("reads a text aloud", function()
    local response, body = ok("POST", "/voice/single-text", {
      recipientNumber = "0825551234", message = "Hi", language = "en-ZA", campaign = "c",
    })
    assert.same({ voiceMessageId = "7001" }, response)
    assert.matches('"error":null', body, 1, true)
    local expected = {
      voiceMessageId = "7001", toNumber = NUMBER, message = "Hi", messageStatus = "SENT", language = "en-ZA", campaign = "c",
      dateTimeSent = "2014-04-28T20:00:00+02:00", deleted = false, links = {},
    }
    assert.same(expected, ok("GET", "/voice/7001"))
    zc.box:tick(3)
    expected.messageStatus = "DELIVERED"
    assert.same(expected, ok("GET", "/voice/7001"))
    ok("DELETE", "/voice/7001")
    assert.is_true(ok("GET", "/voice/7001").deleted)
  end)

  it("plays a file", function()
    local path = "/voice/single-audio?recipientNumber=0825551234"
    ok("POST", path .. "&dataField=d&retryCount=2&retryMinimumInterval=1&retryMaximumInterval=5", nil, AUDIO)
    local list = ok("GET", "/voice/all?dataField=d")
    assert.equal(1, list.totalElements)
    assert.matches("^https://", list.messages[1].audioFileUrl)
    refused(400, 400, "file", "POST", path, {})
    refused(400, 400, "MP3", "POST", path, nil, { parts = { { name = "file", data = "GIF89a" } } })
    refused(400, 2, "mobile", "POST", "/voice/single-audio", nil, AUDIO)
  end)

  it("takes all three retry fields or none", function()
    local function text(more)
      local body = { recipientNumber = NUMBER, message = "x" }
      for name, value in pairs(more) do body[name] = value end
      return body
    end
    refused(400, 400, "together", "POST", "/voice/single-text", text { retryCount = 2 })
    refused(400, 400, "together", "POST", "/voice/single-text", text { retryMinimumInterval = 1, retryMaximumInterval = 5 })
    local function tries(count) return text { retryCount = count, retryMinimumInterval = 1, retryMaximumInterval = 5 } end
    refused(400, 400, "retryCount", "POST", "/voice/single-text", tries(5))
    ok("POST", "/voice/single-text", tries(4))
    refused(400, 3, "empty", "POST", "/voice/single-text", text { message = "" })
  end)

  it("reports to an address of its own, newest first in its list", function()
    ok("POST", "/_sandbox/webhook", { voice = "http://127.0.0.1:9/voice", format = "form" })
    for _, ending in ipairs { "1234", "0001", "0003", "0005" } do
      ok("POST", "/voice/single-text", { recipientNumber = "+2782555" .. ending, message = ending })
    end
    zc.box:tick(10)
    local bodies = {}
    for i, posted in ipairs(zc.box:callbacks()) do bodies[i] = posted.body end
    assert.same({ "status=DELIVERED&messageId=7001", "status=FAILED&messageId=7002", "status=FAILED_OPTOUT&messageId=7003" }, bodies)
    local page = ok("GET", "/voice/all?pageSize=3")
    assert.same({ 3, 4, 2, "0005" }, { page.elements, page.totalElements, page.totalPages, page.messages[1].message })
    assert.equal(1, ok("GET", "/voice/all?status=FAILED&toNumber=0825550001&message=0").totalElements)
    assert.equal(0, ok("GET", "/voice/all?toDateTimeSent=20140427").totalElements)
  end)
end)
