-- SPDX-License-Identifier: MIT
-- websms' guide: GET and POST smsmessaging/simple, which are not JSON. The vendor's page adds that the text is Latin-1.
-- The format of a case is told in ../messagewhiz.lua and ../websms.lua.

-- The guide excepts these two from "Accept: application/json": they mustn't ask for it.
local HEADERS = { accept = { lacks = "json" } }
local OK = { status = 200, type = "application/x-www-form-urlencoded", body = "statusCode=2000&statusMessage=OK" }
local RESULT = { statusCode = 2000, statusMessage = "OK" }

return {
  {
    n = 2,
    note = "GET: everything is in the query; the answer is form-encoded",
    call = "messages.send_simple",
    args = { method = "GET", messageContent = "Hello", recipientAddressList = { "43660000000001" } },
    request = {
      method = "GET",
      path = "/smsmessaging/simple",
      headers = HEADERS,
      query = { { "messageContent", "Hello" }, { "recipientAddressList", "43660000000001" } },
    },
    response = {
      status = 200,
      type = "text/plain",
      body = "statusCode=2000&statusMessage=OK&clientMessageId=m-1&transferId=0050000000000000a001&smsCount=1",
    },
    result = { statusCode = 2000, statusMessage = "OK", clientMessageId = "m-1", transferId = "0050000000000000a001", smsCount = 1 },
  },
  {
    n = 2,
    note = "GET: the text is Latin-1, percent-encoded",
    call = "messages.send_simple",
    args = { method = "GET", messageContent = "Grüße & 100% = à ÿ", recipientAddressList = { "43660000000001" } },
    request = {
      method = "GET",
      path = "/smsmessaging/simple",
      headers = HEADERS,
      query = { { "messageContent", "Gr\xFC\xDFe & 100% = \xE0 \xFF" }, { "recipientAddressList", "43660000000001" } },
    },
    response = OK,
    result = RESULT,
  },
  {
    n = 2,
    note = "GET with auth = query",
    call = "messages.send_simple",
    client = { auth = "query" },
    args = { method = "GET", messageContent = "Hello", recipientAddressList = { "43660000000001" } },
    request = {
      method = "GET",
      path = "/smsmessaging/simple",
      headers = { accept = { lacks = "json" }, authorization = false },
      query = {
        { "messageContent", "Hello" }, { "recipientAddressList", "43660000000001" }, { "access_token", "wire-token-0a1b2c3d" },
      },
      secret_in_url = true,
    },
    response = OK,
    result = RESULT,
  },
  {
    n = 2,
    note = "GET with auth = basic",
    call = "messages.send_simple",
    alone = true,
    client = { username = "test", password = "test", auth = "basic" },
    args = { method = "GET", messageContent = "Hello", recipientAddressList = { "43660000000001" } },
    request = {
      method = "GET",
      path = "/smsmessaging/simple",
      headers = { accept = { lacks = "json" }, authorization = { lacks = "Bearer" } },
      user = "test",
      password = "test",
      query = { { "messageContent", "Hello" }, { "recipientAddressList", "43660000000001" } },
    },
    response = OK,
    result = RESULT,
  },
  {
    n = 2,
    note = "an answer that begins with { is JSON, whatever was asked for",
    call = "messages.send_simple",
    args = { method = "GET", messageContent = "Hello", recipientAddressList = { "43660000000001" } },
    request = {
      method = "GET",
      path = "/smsmessaging/simple",
      headers = HEADERS,
      query = { { "messageContent", "Hello" }, { "recipientAddressList", "43660000000001" } },
    },
    response = {
      status = 200,
      type = "application/json;charset=UTF-8",
      body = [[{"statusCode":2000,"statusMessage":"OK","clientMessageId":null,"transferId":"0050000000000000a001","smsCount":1}]],
    },
    result = { statusCode = 2000, statusMessage = "OK", transferId = "0050000000000000a001", smsCount = 1 },
  },
  {
    n = 3,
    note = "POST is the default: a form body in Latin-1",
    call = "messages.send_simple",
    args = { messageContent = "Grüße", recipientAddressList = { "43660000000001" } },
    request = {
      method = "POST",
      path = "/smsmessaging/simple",
      headers = HEADERS,
      form = { { "messageContent", "Gr\xFC\xDFe" }, { "recipientAddressList", "43660000000001" } },
    },
    response = OK,
    result = RESULT,
  },
  {
    n = 3,
    note = "POST, every field of the vendor's page; the answer's values are percent-encoded",
    call = "messages.send_simple",
    args = {
      method = "POST", messageContent = "a+b & c=d%", recipientAddressList = { "43660000000001" }, senderAddress = "ACME",
      senderAddressType = "alphanumeric", clientMessageId = "m 1", notificationCallbackUrl = "https://example.com/dlr?a=1&b=2",
      contentCategory = "advertisement", maxSmsPerMessage = 3, messageType = "default", priority = 1, sendAsFlashSms = true,
      test = false, validityPeriode = 60,
    },
    request = {
      method = "POST",
      path = "/smsmessaging/simple",
      headers = HEADERS,
      form = {
        { "messageContent", "a+b & c=d%" }, { "recipientAddressList", "43660000000001" }, { "senderAddress", "ACME" },
        { "senderAddressType", "alphanumeric" }, { "clientMessageId", "m 1" },
        { "notificationCallbackUrl", "https://example.com/dlr?a=1&b=2" }, { "contentCategory", "advertisement" },
        { "maxSmsPerMessage", "3" }, { "messageType", "default" }, { "priority", "1" }, { "sendAsFlashSms", "true" },
        { "test", "false" }, { "validityPeriode", "60" },
      },
    },
    response = {
      status = 200,
      type = "application/x-www-form-urlencoded;charset=ISO-8859-1",
      body = "statusCode=2001&statusMessage=OK%5FQUEUED+now&clientMessageId=m%201&transferId=0050000000000000a002&smsCount=2",
    },
    result = {
      statusCode = 2001, statusMessage = "OK_QUEUED now", clientMessageId = "m 1", transferId = "0050000000000000a002", smsCount = 2,
    },
  },
  {
    n = 3,
    note = "several recipients: the parameter is repeated (a public description's array; no sample shows it)",
    call = "messages.send_simple",
    args = { messageContent = "Hello", recipientAddressList = { "43660000000001", "43660000000002" } },
    request = {
      method = "POST",
      path = "/smsmessaging/simple",
      headers = HEADERS,
      form = {
        { "messageContent", "Hello" }, { "recipientAddressList", "43660000000001" }, { "recipientAddressList", "43660000000002" },
      },
    },
    response = OK,
    result = RESULT,
  },
  {
    n = 3,
    note = "POST with auth = query: the token stays in the address, as the guide draws it",
    call = "messages.send_simple",
    client = { auth = "query" },
    args = { messageContent = "Hello", recipientAddressList = { "43660000000001" } },
    request = {
      method = "POST",
      path = "/smsmessaging/simple",
      headers = { accept = { lacks = "json" }, authorization = false },
      query = { { "access_token", "wire-token-0a1b2c3d" } },
      secret_in_url = true,
      form = { { "messageContent", "Hello" }, { "recipientAddressList", "43660000000001" } },
    },
    response = OK,
    result = RESULT,
  },
}
