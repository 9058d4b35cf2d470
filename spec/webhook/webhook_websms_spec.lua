-- SPDX-License-Identifier: MIT
-- websms' callbacks, with bodies as its documents show them, through client:webhook.

local sms = require "sms"

local TEXT = [[{"messageType":"text","notificationId":"0500000000000000a001","messageFlashSms":false,"senderAddress":"43660000000001",
  "senderAddressType":"international","recipientAddress":"08280000000001","recipientAddressType":"national",
  "textMessageContent":"Hi äöü €"}]]

local BINARY = [[{"messageType":"binary","notificationId":"0500000000000000a002","senderAddress":"43660000000001",
  "senderAddressType":"international","recipientAddress":"1234","recipientAddressType":"shortcode","userDataHeaderPresent":true,
  "binaryMessageContent":["BQADzAIBSGVsbG8g","BQADzAICV29ybGQh"]}]]

local REPORT = [[{"messageType":"deliveryReport","notificationId":"5280000000000000001","transferId":"0050000000000000a001",
  "senderAddress":"43660000000009","deliveryReportMessageStatus":"delivered","sentOn":"2024-10-15T20:33:02.000+02:00",
  "deliveredOn":"2024-10-15T20:33:03.000+02:00","deliveredAs":"sms","clientMessageId":"m-1"}]]

local WHATSAPP = [[{"customerChannelUuid":"0f8fad5b-d9cb-469f-a165-70867728950e","sender":"43660000000001","recipient":"43660000000002",
  "type":"whatsapp","transferId":"00a1","whatsappNotification":{"object":"whatsapp_business_account","entry":[{"changes":[{"field":
  "messages","value":{"messages":[{"id":"wamid.1","from":"43660000000003","timestamp":"1729017182","type":"text","text":{"body":"Hi"}},
  {"id":"wamid.2","type":"image","image":{"id":"7"}}],"statuses":[{"id":"wamid.3","status":"read","timestamp":"1729017183",
  "recipient_id":"43660000000004"},{"id":"wamid.4","status":"warped"}]}}]}]}}]]

local client = sms.websms { token = "wire-token-0a1b2c3d", transport = function() error("a webhook needs no request") end }

local function post(body)
  return client:webhook { method = "POST", headers = { ["content-type"] = "application/json" }, query = "", body = body }
end

local function events_of(body)
  local events, err = post(body)
  assert(events, tostring(err))
  return events
end

-- The event without `raw`, which must be there.
local function fields_of(event)
  local out = {}
  for name, value in pairs(event) do out[name] = value end
  assert.equal("table", type(out.raw))
  out.raw = nil
  return out
end

describe("webhook of websms:", function()
  it("an inbound text", function()
    local events = events_of(TEXT)
    assert.equal(1, #events)
    assert.equal(false, events[1].raw.messageFlashSms)
    assert.same({
      type = "inbound", id = "0500000000000000a001", key = "0500000000000000a001", provider = "websms", from = "43660000000001",
      to = "08280000000001", text = "Hi äöü €",
    }, fields_of(events[1]))
  end)

  it("an inbound binary message keeps its base64", function()
    local event = events_of(BINARY)[1]
    assert.same({ "BQADzAIBSGVsbG8g", "BQADzAICV29ybGQh" }, event.raw.binaryMessageContent)
    assert.same({ "inbound", "1234" }, { event.type, event.to })
    assert.is_nil(event.text)
  end)

  it("a delivery report", function()
    local events = events_of(REPORT)
    assert.equal(1, #events)
    assert.equal("sms", events[1].raw.deliveredAs)
    assert.same({
      type = "delivery", id = "0050000000000000a001", key = "5280000000000000001", provider = "websms", reference = "m-1",
      from = "43660000000009", status = "delivered", final = true, provider_status = "delivered", time = 1729017183,
    }, fields_of(events[1]))
  end)

  it("the time of sending where there is none of delivery, to the millisecond", function()
    local body = REPORT:gsub('"deliveredOn":"[^"]*"', '"deliveredOn":null'):gsub("20:33:02%.000%+02:00", "18:33:02.250Z")
    assert.equal(1729017182.25, events_of(body)[1].time)
    assert.is_nil(events_of((body:gsub("2024%-10%-15T18", "yesterday")))[1].time)
  end)

  it("each documented state", function()
    for word, expected in pairs {
      delivered = { "delivered", true }, accepted = { "accepted", false }, undelivered = { "undelivered", false },
      expired = { "expired", true }, deleted = { "undelivered", true }, rejected = { "rejected", true }, lost = { "unknown", false },
    } do
      local event = events_of((REPORT:gsub('"delivered"', '"' .. word .. '"')))[1]
      assert.same({ expected[1], expected[2], word }, { event.status, event.final, event.provider_status })
    end
  end)

  it("a report with what is sure only", function()
    local event = events_of([[{"messageType":"deliveryReport","notificationId":"n","transferId":"t",
      "deliveryReportMessageStatus":"expired"}]])[1]
    assert.same({
      type = "delivery", id = "t", key = "n", provider = "websms", status = "expired", final = true, provider_status = "expired",
    }, fields_of(event))
  end)

  it("the same notification has the same key, another one another", function()
    assert.equal(events_of(REPORT)[1].key, events_of(REPORT)[1].key)
    assert.not_equal(events_of(TEXT)[1].key, events_of(BINARY)[1].key)
  end)

  it("WhatsApp in the older form", function()
    local event = events_of((TEXT:gsub('"messageType":"text"', '"messageType":"whatsapp"')))[1]
    assert.same({ "inbound", "Hi äöü €" }, { event.type, event.text })
  end)

  it("WhatsApp with Meta's content: messages and states", function()
    local events = events_of(WHATSAPP)
    assert.equal(4, #events)
    assert.same({
      type = "inbound", id = "wamid.1", key = "wamid.1", provider = "websms", from = "43660000000003", to = "43660000000002", text = "Hi",
      time = 1729017182,
    }, fields_of(events[1]))
    assert.same({ "inbound", "43660000000001" }, { events[2].type, events[2].from })
    assert.is_nil(events[2].text)
    assert.same({
      type = "delivery", id = "00a1", key = "wamid.3:read", provider = "websms", to = "43660000000004", status = "delivered", final = true,
      provider_status = "read", time = 1729017183,
    }, fields_of(events[3]))
    assert.same({ "unknown", false, "warped" }, { events[4].status, events[4].final, events[4].provider_status })
  end)

  it("hands on what it does not know", function()
    for _, body in ipairs {
      '{"messageType":"smoke","notificationId":"n7"}', '{"type":"whatsapp","whatsappNotification":{}}', "{}",
      '{"messageType":{},"notificationId":[]}', "[1,2]",
    } do
      local events = events_of(body)
      assert.same({ 1, "unknown" }, { #events, events[1].type })
    end
    assert.equal("n7", events_of('{"messageType":"smoke","notificationId":"n7"}')[1].raw.notificationId)
  end)

  it("refuses what is no callback with nil and an error, never by raising", function()
    for _, body in ipairs {
      "", "  ", "{", "null", "17", '"text"', "<a/>", TEXT:sub(1, -3), ("["):rep(100000), "\0\1\2", '{"messageType":"\xff"',
    } do
      local ok, events, err = pcall(post, body)
      assert(ok, tostring(events))
      assert.is_nil(events)
      assert.truthy(err)
    end
  end)

  it("does not guess at members of the wrong type", function()
    for _, body in ipairs {
      '{"messageType":"text","notificationId":{},"senderAddress":[],"textMessageContent":{}}',
      '{"messageType":"deliveryReport","transferId":{},"deliveryReportMessageStatus":[],"deliveredOn":17,"sentOn":{}}',
      '{"type":"whatsapp","whatsappNotification":{"entry":[{"changes":[{"value":{"messages":[{"id":{},"text":"x"}]}}]}]}}',
      '{"type":"whatsapp","whatsappNotification":{"entry":[1,{"changes":"x"},{"changes":[null,{"value":7}]}]}}',
      '{"type":"whatsapp","whatsappNotification":{"entry":[{"changes":[{"value":{"statuses":[{"status":{},"timestamp":{}}]}}]}]}}',
    } do
      for _, event in ipairs(events_of(body)) do
        for _, name in ipairs { "id", "from", "to", "text", "time" } do assert.is_nil(event[name], body .. ": " .. name) end
        assert.truthy(event.status == nil or event.status == "unknown")
      end
    end
  end)

  it("is bounded", function()
    local one = '{"id":"x"}'
    local body = ('{"type":"whatsapp","whatsappNotification":{"entry":[{"changes":[{"value":{"messages":[%s]}}]}]}}')
      :format(one .. ("," .. one):rep(10000))
    local events, err = post(body)
    assert.is_nil(events)
    assert.matches("more than 10000 events", err.message)
  end)

  it("is answered with HTTP 200 and a code", function()
    local yes, no = client:webhook_answer(), client:webhook_answer(false)
    assert.same({ 200, "application/json" }, { yes.status, yes.headers["content-type"] })
    assert.equal('{"statusCode":2000,"statusMessage":"OK"}', yes.body)
    assert.equal(200, no.status)
    assert.truthy(no.body:find('"statusCode":5000', 1, true))
  end)
end)
