-- SPDX-License-Identifier: MIT
-- websms' guide: POST smsmessaging/text, and the ways to sign a request (section "Authentication").
-- The format of a case is told in ../messagewhiz.lua and ../websms.lua.

local ARGS = { messageContent = "Hello", recipientAddressList = { "43660000000001" } }
local JSON = [[{"messageContent":"Hello","recipientAddressList":["43660000000001"]}]]
local OK = {
  status = 200,
  type = "application/json;charset=UTF-8",
  body = [[{"statusCode":2000,"statusMessage":"OK","clientMessageId":null,"transferId":"0050000000000000a001","smsCount":1}]],
}
local RESULT = { statusCode = 2000, statusMessage = "OK", transferId = "0050000000000000a001", smsCount = 1 }

return {
  {
    n = 1,
    note = "the two required fields, nothing else is sent; the token as Bearer",
    call = "messages.send_text",
    args = ARGS,
    request = { method = "POST", path = "/smsmessaging/text", headers = { accept = "application/json" }, json = JSON },
    response = OK,
    result = RESULT,
  },
  {
    n = 1,
    note = "auth = bearer, asked for by name",
    call = "messages.send_text",
    client = { auth = "bearer" },
    args = ARGS,
    request = { method = "POST", path = "/smsmessaging/text", json = JSON },
    response = OK,
    result = RESULT,
  },
  {
    n = 1,
    note = "auth = query: the parameter access_token",
    call = "messages.send_text",
    client = { auth = "query" },
    args = ARGS,
    request = {
      method = "POST",
      path = "/smsmessaging/text",
      headers = { authorization = false },
      query = { { "access_token", "wire-token-0a1b2c3d" } },
      secret_in_url = true,
      json = JSON,
    },
    response = OK,
    result = RESULT,
  },
  {
    n = 1,
    note = "auth = basic: the guide's example, which is Basic dGVzdDp0ZXN0",
    call = "messages.send_text",
    alone = true,
    client = { username = "test", password = "test", auth = "basic" },
    args = ARGS,
    request = {
      method = "POST",
      path = "/smsmessaging/text",
      headers = { authorization = { lacks = "Bearer" } },
      user = "test",
      password = "test",
      json = JSON,
    },
    response = OK,
    result = RESULT,
  },
  {
    n = 1,
    note = "username and password alone mean basic",
    call = "messages.send_text",
    alone = true,
    client = { username = "user@example.com", password = "p:a s" },
    args = ARGS,
    request = {
      method = "POST",
      path = "/smsmessaging/text",
      headers = { authorization = { lacks = "Bearer" } },
      user = "user@example.com",
      password = "p:a s",
      json = JSON,
    },
    response = OK,
    result = RESULT,
  },
  {
    n = 1,
    note = "every field of the vendor's page",
    call = "messages.send_text",
    args = {
      messageContent = "Hi äöü € \"x\"", recipientAddressList = { "43660000000001", "43660000000002" }, senderAddress = "ACME",
      senderAddressType = "alphanumeric", clientMessageId = "m-1", notificationCallbackUrl = "https://example.com/dlr?a=1&b=2",
      contentCategory = "informational", maxSmsPerMessage = 2, messageType = "default", priority = 5, sendAsFlashSms = false,
      test = true, validityPeriode = 300,
    },
    request = {
      method = "POST",
      path = "/smsmessaging/text",
      json = [[{ "messageContent": "Hi äöü € \"x\"", "recipientAddressList": ["43660000000001", "43660000000002"],
        "senderAddress": "ACME", "senderAddressType": "alphanumeric", "clientMessageId": "m-1",
        "notificationCallbackUrl": "https://example.com/dlr?a=1&b=2", "contentCategory": "informational", "maxSmsPerMessage": 2,
        "messageType": "default", "priority": 5, "sendAsFlashSms": false, "test": true, "validityPeriode": 300 }]],
    },
    response = {
      status = 200,
      type = "application/json;charset=UTF-8",
      body = [[{"statusCode":2000,"statusMessage":"OK","clientMessageId":"m-1","transferId":"0050000000000000a002","smsCount":0}]],
    },
    result = { statusCode = 2000, statusMessage = "OK", clientMessageId = "m-1", transferId = "0050000000000000a002", smsCount = 0 },
  },
  {
    n = 1,
    note = "other values; 2001 is success; an old server's answer lacks smsCount and clientMessageId",
    call = "messages.send_text",
    args = {
      messageContent = "Achtung", recipientAddressList = { "43660000000001" }, senderAddress = "08281234",
      senderAddressType = "national", contentCategory = "advertisement", maxSmsPerMessage = 0, messageType = "voice", priority = 9,
      sendAsFlashSms = true, test = false, validityPeriode = 259200,
    },
    request = {
      method = "POST",
      path = "/smsmessaging/text",
      json = [[{ "messageContent": "Achtung", "recipientAddressList": ["43660000000001"], "senderAddress": "08281234",
        "senderAddressType": "national", "contentCategory": "advertisement", "maxSmsPerMessage": 0, "messageType": "voice",
        "priority": 9, "sendAsFlashSms": true, "test": false, "validityPeriode": 259200 }]],
    },
    response = { status = 200, body = [[{"statusCode":2001,"statusMessage":"OK_QUEUED","transferId":"0050000000000000a003"}]] },
    result = { statusCode = 2001, statusMessage = "OK_QUEUED", transferId = "0050000000000000a003" },
  },
  {
    n = 1,
    note = "a leading plus is dropped: the vendor's pages ask for digits only",
    call = "messages.send_text",
    args = { messageContent = "Hello", recipientAddressList = { "+43660000000001" } },
    request = { method = "POST", path = "/smsmessaging/text", json = JSON },
    response = OK,
    result = RESULT,
  },
  {
    n = 1,
    note = "2002, a simulated send, is success too; it isn't in the guide's table",
    call = "messages.send_text",
    args = { messageContent = "Hello", recipientAddressList = { "43660000000001" }, test = true },
    request = {
      method = "POST",
      path = "/smsmessaging/text",
      json = [[{"messageContent":"Hello","recipientAddressList":["43660000000001"],"test":true}]],
    },
    response = { status = 200, body = [[{"statusCode":2002,"statusMessage":"OK_TEST","transferId":null,"smsCount":0}]] },
    result = { statusCode = 2002, statusMessage = "OK_TEST", smsCount = 0 },
  },
}
