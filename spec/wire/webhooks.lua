-- SPDX-License-Identifier: MIT
-- What zoomconnect, websms and zipwhip post to us, transcribed by hand from their documents, and the events a client must read there.
-- Nothing here may be generated from lua/sms.
--
-- A case: provider; note; request = what arrives, query and body raw; events = what client:webhook must return, in order.
-- Of an event the fields listed are compared: false means absent, a list names the values that are right where the documents leave
-- it open, time is in epoch seconds, id and provider_status are compared as text, raw = members that the raw payload must hold.
-- answers: what client:webhook_answer gives back. hostile: bodies that give nil and an error or unknown events, never more.

local FORM = { ["content-type"] = "application/x-www-form-urlencoded" }
local JSON = { ["content-type"] = "application/json" }
local UTF8 = { ["content-type"] = "application/json;charset=UTF-8" }

local cases = {}

local function add(provider, note, request, events)
  request.method = request.method or "POST"
  request.headers, request.query, request.body = request.headers or {}, request.query or "", request.body or ""
  cases[#cases + 1] = { provider = provider, note = note, request = request, events = events }
end

---------------------------------------------------------------- zoomconnect: "Receiving a reply", "Receiving a delivery report"

-- The documents don't say in which time zone `date` is; the client's default is the provider's own, UTC+2 (201404282055 there).
local REPLY = {
  type = "inbound", id = "124567", reference = "custom", from = "+27725551234", to = false, text = "REPLY", status = false,
  time = 1398711300,
  raw = { repliedToMessageId = "121212", campaign = "shoe campaign", date = "201404282055", dataField = "custom" },
}

add("zoomconnect", "the guide's reply: a POST whose fields are in the query, with a plus sign and a blank as they are", {
  query = "from=+27725551234&repliedToMessageId=121212&messageId=124567&message=REPLY&date=201404282055&campaign=shoe campaign"
    .. "&dataField=custom",
}, { REPLY })
add("zoomconnect", "the same, escaped", {
  query = "from=%2B27725551234&repliedToMessageId=121212&messageId=124567&message=REPLY&date=201404282055&campaign=shoe%20campaign"
    .. "&dataField=custom",
}, { REPLY })
add("zoomconnect", "the same as a form body", {
  headers = FORM,
  body = "from=%2B27725551234&repliedToMessageId=121212&messageId=124567&message=REPLY&date=201404282055&campaign=shoe+campaign"
    .. "&dataField=custom",
}, { REPLY })
add("zoomconnect", "the same as a JSON body", {
  headers = JSON,
  body = [[{"from":"+27725551234","repliedToMessageId":"121212","messageId":"124567","message":"REPLY","date":"201404282055",
    "campaign":"shoe campaign","dataField":"custom"}]],
}, { REPLY })
add("zoomconnect", "a reply as it was captured: no campaign, data or repliedToMessageId, but a recipient, a nonce and a checksum", {
  headers = JSON,
  body = [[{"from":"+27725551234","to":"+27600000000","messageId":"5a757c7b7736b6c1d340a0db","message":"Ja, asseblief ë",
    "date":"201802031115","nonce":"6f1f8a10-aaaa-bbbb-cccc-000000000001","nonce-date":"20180203111524",
    "checksum":"0123456789abcdef0123456789abcdef01234567"}]],
}, {
  {
    type = "inbound", id = "5a757c7b7736b6c1d340a0db", reference = false, from = "+27725551234", to = "+27600000000",
    text = "Ja, asseblief ë", time = 1517649300,
    raw = { nonce = "6f1f8a10-aaaa-bbbb-cccc-000000000001", checksum = "0123456789abcdef0123456789abcdef01234567" },
  },
})
add("zoomconnect", "a reply without a text is a reply", {
  headers = FORM, body = "from=%2B27725551234&repliedToMessageId=121212&messageId=124568&message=&date=201404282055",
}, { { type = "inbound", id = "124568", from = "+27725551234", text = "" } })

local REPORT = {
  type = "delivery", id = "40124213", reference = false, from = false, to = false, text = false, status = "delivered", final = true,
  time = false, provider_status = "DELIVERED",
}
add("zoomconnect", "the guide's report, with its stray ampersand", { query = "&status=DELIVERED&messageId=40124213" }, { REPORT })
add("zoomconnect", "the same as a form body", { headers = FORM, body = "status=DELIVERED&messageId=40124213" }, { REPORT })
add("zoomconnect", "the same as a JSON body without a media type", { body = [[{"status":"DELIVERED","messageId":40124213}]] }, { REPORT })
add("zoomconnect", "a report as it was captured", {
  headers = JSON,
  body = [[{"messageId":"5a757c7b7736b6c1d340a0db","status":"DELIVERED","campaign":"practitioner-363","dataField":"cli:1691,x:2",
    "nonce":"6f1f8a10-aaaa-bbbb-cccc-000000000002","nonce-date":"20180203111524",
    "checksum":"0123456789abcdef0123456789abcdef01234567"}]],
}, {
  {
    type = "delivery", id = "5a757c7b7736b6c1d340a0db", reference = "cli:1691,x:2", status = "delivered", final = true,
    provider_status = "DELIVERED", raw = { campaign = "practitioner-363", ["nonce-date"] = "20180203111524" },
  },
})

local ZOOM_STATES = {
  { "SCHEDULED", { "queued", "accepted" }, false }, { "SENT", "sent", false }, { "DELIVERED", "delivered", true },
  { "FAILED", "undelivered", true }, { "FAILED_REFUNDED", "undelivered", true },
  { "FAILED_OPTOUT", { "undelivered", "rejected" }, true }, { "UNKNOWN", "unknown" }, { "BRAND_NEW", "unknown" },
}
for _, row in ipairs(ZOOM_STATES) do
  add("zoomconnect", "the state " .. row[1], { headers = FORM, body = "status=" .. row[1] .. "&messageId=m1" }, {
    { type = "delivery", id = "m1", status = row[2], final = row[3] == nil and { true, false } or { row[3] }, provider_status = row[1] },
  })
end
add("zoomconnect", "neither a reply nor a report", { headers = JSON, body = [[{"something":"new"}]] }, {
  { type = "unknown", raw = { something = "new" } },
})

---------------------------------------------------------------- websms: the notifications of the vendor's page

add("websms", "an inbound text", {
  headers = JSON,
  body = [[{"messageType":"text","notificationId":"0500000000000000a001","messageFlashSms":false,"senderAddress":"43660000000001",
    "senderAddressType":"international","recipientAddress":"08280000000001","recipientAddressType":"national",
    "textMessageContent":"Hi äöü €"}]],
}, {
  {
    type = "inbound", id = "0500000000000000a001", reference = false, from = "43660000000001", to = "08280000000001", text = "Hi äöü €",
    status = false, time = false, raw = { recipientAddressType = "national", messageFlashSms = false },
  },
})
add("websms", "an inbound text without its optional members; a secret of ours stands in the query", {
  headers = UTF8, query = "secret=s3cr3t",
  body = [[{"messageType":"text","notificationId":"0500000000000000a003","senderAddress":"43660000000001",
    "recipientAddress":"1234","recipientAddressType":"shortcode","textMessageContent":""}]],
}, { { type = "inbound", id = "0500000000000000a003", from = "43660000000001", to = "1234", text = "" } })
add("websms", "an inbound binary message: its segments stay in raw", {
  headers = JSON,
  body = [[{"messageType":"binary","notificationId":"0500000000000000a002","senderAddress":"43660000000001",
    "senderAddressType":"international","recipientAddress":"1234","recipientAddressType":"shortcode","userDataHeaderPresent":true,
    "binaryMessageContent":["BQADzAIBSGVsbG8g","BQADzAICV29ybGQh"]}]],
}, {
  {
    type = "inbound", id = "0500000000000000a002", from = "43660000000001", to = "1234", text = false,
    raw = { userDataHeaderPresent = true, [1] = "BQADzAIBSGVsbG8g" },
  },
})
add("websms", "an inbound binary message may be empty", {
  headers = JSON,
  body = [[{"messageType":"binary","notificationId":"n5","senderAddress":"43660000000001","recipientAddress":"1234",
    "binaryMessageContent":[]}]],
}, { { type = "inbound", id = "n5", from = "43660000000001", to = "1234", text = false } })
add("websms", "the third kind of text that one version of the page has", {
  headers = JSON,
  body = [[{"messageType":"whatsapp","notificationId":"n6","senderAddress":"43660000000001","recipientAddress":"43660000000009",
    "textMessageContent":"Hi"}]],
}, { { type = "inbound", id = "n6", from = "43660000000001", to = "43660000000009", text = "Hi" } })

-- Whose number senderAddress is in a report isn't said, so neither from nor to is compared.
add("websms", "a delivery report; notificationId is the report's, transferId the message's", {
  headers = JSON,
  body = [[{"messageType":"deliveryReport","notificationId":"5280000000000000001","transferId":"0050000000000000a001",
    "senderAddress":"43660000000009","deliveryReportMessageStatus":"delivered","sentOn":"2024-10-15T20:33:02.000+02:00",
    "deliveredOn":"2024-10-15T20:33:03.000+02:00","deliveredAs":"sms","clientMessageId":"m-1"}]],
}, {
  {
    type = "delivery", id = "0050000000000000a001", reference = "m-1", text = false, status = "delivered", final = true,
    provider_status = "delivered", time = 1729017183,
    raw = { notificationId = "5280000000000000001", deliveredAs = "sms", senderAddress = "43660000000009" },
  },
})
add("websms", "a delivery report with what is sure and nothing else", {
  headers = JSON,
  body = [[{"messageType":"deliveryReport","notificationId":"n8","transferId":"a8","deliveryReportMessageStatus":"expired",
    "sentOn":"2024-10-15T20:33:02.250+02:00","deliveredOn":null,"deliveredAs":null,"clientMessageId":null}]],
}, {
  {
    type = "delivery", id = "a8", reference = false, status = "expired", final = true, provider_status = "expired",
    time = { 1729017182.25, false },
  },
})

local WEBSMS_STATES = {
  { "delivered", "delivered", true }, { "accepted", { "accepted", "sent" }, false }, { "undelivered", "undelivered", false },
  { "expired", "expired", true }, { "deleted", { "undelivered", "expired", "rejected" }, true }, { "rejected", "rejected", true },
  { "brandNew", "unknown" },
}
for _, row in ipairs(WEBSMS_STATES) do
  add("websms", "the state " .. row[1], {
    headers = JSON,
    body = ([[{"messageType":"deliveryReport","notificationId":"n9","transferId":"a9","deliveryReportMessageStatus":"%s"}]]):format(row[1]),
  }, {
    { type = "delivery", id = "a9", status = row[2], final = row[3] == nil and { true, false } or { row[3] }, provider_status = row[1] },
  })
end
add("websms", "WhatsApp over a channel: a message in another vendor's format", {
  headers = JSON,
  body = [[{"customerChannelUuid":"00000000-1111-2222-3333-444444444444","sender":"43660000000001","recipient":"43660000000009",
    "type":"whatsapp","whatsappNotification":{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages",
    "value":{"messages":[{"from":"43660000000001","id":"wamid.1","timestamp":"1729017183","type":"text","text":{"body":"Hi"}}]}}]}]}}]],
}, { { type = { "inbound", "unknown" }, raw = { customerChannelUuid = "00000000-1111-2222-3333-444444444444", body = "Hi" } } })
add("websms", "a kind that nobody documented", { headers = JSON, body = [[{"messageType":"smoke","notificationId":"n7"}]] }, {
  { type = "unknown", raw = { messageType = "smoke", notificationId = "n7" } },
})

---------------------------------------------------------------- zipwhip: the webhook page's one shape for all message events

local function message(changes)
  local members = {
    body = '"Hello"', bodySize = "5", address = '"ptn:/+12065550100"', finalSource = '"+12065550100"',
    finalDestination = '"+12065550111"', messageType = '"MO"', fingerprint = '"4000000001"', id = "1300000000000000001", cc = "null",
    bcc = "null", visible = "true", read = "false", contactId = "10000000001", scheduledDate = "null", deviceId = "300000001",
    dateCreated = '"2020-11-13T17:01:17Z"', dateRead = "null", dateDeleted = "null", dateDelivered = "null", messageTransport = "5",
    hasAttachment = "false", deleted = "false", statusCode = "4", messageStatus = "1003",
  }
  for name, text in pairs(changes or {}) do members[name] = text end
  local out = {}
  for name, text in pairs(members) do out[#out + 1] = ('"%s":%s'):format(name, text) end
  table.sort(out)
  return "{" .. table.concat(out, ",") .. "}"
end

add("zipwhip", "the page's sample: an inbound message; the id is beyond 2^53", { headers = UTF8, body = message() }, {
  {
    type = "inbound", id = "1300000000000000001", reference = false, from = "+12065550100", to = "+12065550111", text = "Hello",
    time = 1605286877, raw = { fingerprint = "4000000001", messageStatus = 1003 },
  },
})
add("zipwhip", "by PUT, with the older numbers and offset", {
  method = "PUT", headers = UTF8,
  body = message {
    address = '"ptn:/2065550100"', finalSource = '"2065550100"', finalDestination = '"2065550111"',
    dateCreated = '"2015-09-01T10:00:00-07:00"',
  },
}, { { type = "inbound", id = "1300000000000000001", from = "2065550100", to = "2065550111", text = "Hello", time = 1441126800 } })
add("zipwhip", "a long text comes as an attachment: there is no text to show", {
  headers = UTF8, body = message { body = '""', bodySize = "0", hasAttachment = "true" },
}, { { type = "inbound", text = { "", false }, raw = { hasAttachment = true } } })

local ZIPWHIP_STATES = {
  [0] = { "sent", true }, [1] = { { "queued", "accepted", "sent" }, false }, [2] = { "queued", false }, [3] = { "queued", false },
  [4] = { "sent", true }, [5] = { "undelivered", true }, [6] = { "delivered", true }, [7] = { "undelivered", true },
  [77] = { "unknown" },
}
for _, code in ipairs { 0, 1, 2, 3, 4, 5, 6, 7, 77 } do
  local state = ZIPWHIP_STATES[code]
  add("zipwhip", "an outgoing message with statusCode " .. code, {
    headers = UTF8,
    body = message {
      messageType = '"ZO"', finalSource = '"+12065550111"', finalDestination = '"+12065550100"', statusCode = tostring(code),
    },
  }, {
    {
      type = "delivery", id = "1300000000000000001", from = "+12065550111", to = "+12065550100", status = state[1],
      final = state[2] == nil and { true, false } or { state[2] }, provider_status = tostring(code),
    },
  })
end
add("zipwhip", "MT is outgoing as well", { headers = UTF8, body = message { messageType = '"MT"', statusCode = "6" } }, {
  { type = "delivery", id = "1300000000000000001", status = "delivered", final = true, provider_status = "6" },
})
add("zipwhip", "a message marked as read is no new message", {
  headers = UTF8, body = message { read = "true", dateRead = '"2020-11-13T17:02:00Z"' },
}, { { type = { "unknown", "read" }, raw = { dateRead = "2020-11-13T17:02:00Z" } } })
add("zipwhip", "a message that was removed is no new message", {
  headers = UTF8, body = message { deleted = "true", dateDeleted = '"2020-11-13T17:03:00Z"' },
}, { { type = { "unknown", "deleted" }, raw = { dateDeleted = "2020-11-13T17:03:00Z" } } })
add("zipwhip", "an opt-out, whose members nobody documented", { headers = UTF8, body = [[{"number":"+12065550100","keyword":"STOP"}]] }, {
  { type = { "unknown", "optout" }, raw = { keyword = "STOP" } },
})

return {
  cases = cases,
  clients = {
    zoomconnect = { email = "dev@example.com", token = "wire-token-0a1b2c3d" },
    websms = { token = "wire-token-0a1b2c3d" },
    zipwhip = { session = "00000000-1111-2222-3333-444444444444:300000001" },
  },
  -- The other two document no response: any 2xx is thanks.
  answers = { websms = { status = 200, content_type = "application/json", json = [[{"statusCode":2000,"statusMessage":"OK"}]] } },
  -- Cut short, nested without end, of the wrong type, not JSON at all.
  hostile = {
    "", "   ", "{", "null", "true", "17", '"text"', "[", ("["):rep(100000), ('{"a":'):rep(100000), "\0\1\2", '{"messageId":"\xff"}',
    '{"messageType":{}}', '{"messageType":"deliveryReport","transferId":[],"sentOn":17,"deliveredOn":"soon"}', '{"messageType":7}',
    '{"messageType":"text","textMessageContent":{},"senderAddress":[]}', '{"messageType":"MO","id":{},"statusCode":"x","body":[]}',
    '{"messageType":"MO","id":1.5e300,"dateCreated":"2020-99-99T99:99:99Z"}', '{"status":{},"messageId":[]}', '{"status":"DELIVERED"}',
    "status=%", "%%%=%%%&&&===", "status=DELIVERED", "messageId=", '[{"messageType":"text"},1,null]',
  },
}
