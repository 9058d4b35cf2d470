-- SPDX-License-Identifier: MIT
-- ZoomConnect's guide, section "SMS": operations 8 to 11. The format of a case is told in ../messagewhiz.lua.

local SENT = { status = 200, body = [[{"messageId":"456","error":null}]] }

return {
  {
    n = 8,
    note = "the two required fields; nothing else is sent",
    call = "sms.send",
    args = { recipientNumber = "+27821234567", message = "Hello" },
    request = {
      method = "POST",
      path = "/api/rest/v1/sms/send",
      json = [[{"recipientNumber":"+27821234567","message":"Hello"}]],
    },
    response = SENT,
    result = { messageId = "456" },
  },
  {
    n = 8,
    note = "the guide's body class whole; dateToSend is yyyyMMddHHmm as in the address form",
    call = "sms.send",
    args = {
      message = "Grüße \"x\"\n€", campaign = "shoe campaign", recipientNumber = "0825551234", dateToSend = "201404282055",
      dataField = "custom",
    },
    request = {
      method = "POST",
      path = "/api/rest/v1/sms/send",
      json = [[{ "message": "Grüße \"x\"\n€", "campaign": "shoe campaign", "recipientNumber": "0825551234",
        "dateToSend": "201404282055", "dataField": "custom" }]],
    },
    response = { status = 201, body = [[{"messageId":"5a757c7b7736b6c1d340a0db","error":null}]] },
    result = { messageId = "5a757c7b7736b6c1d340a0db" },
  },
  {
    n = 8,
    note = "the format was asked for, and yet the answer is XML: a flat success",
    call = "sms.send",
    args = { recipientNumber = "27821234567", message = "Hello" },
    request = {
      method = "POST",
      path = "/api/rest/v1/sms/send",
      json = [[{"recipientNumber":"27821234567","message":"Hello"}]],
    },
    response = {
      status = 200,
      type = "application/xml",
      body = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        .. "<sendSmsResponse><messageId>40124213</messageId></sendSmsResponse>",
    },
    result = { messageId = "40124213" },
  },
  {
    n = 9,
    note = "the items have the fields of one message; the list in the answer is envelope",
    call = "sms.send_bulk",
    args = {
      sendSmsRequests = {
        { message = "one", campaign = "c", recipientNumber = "0825551234", dateToSend = "201404282055", dataField = "d" },
        { message = "two", recipientNumber = "+27821234567" },
      },
      defaultDateToSend = "201404282100",
      messagesPerMinute = 30,
    },
    request = {
      method = "POST",
      path = "/api/rest/v1/sms/send-bulk",
      json = [[{
        "sendSmsRequests": [
          { "message": "one", "campaign": "c", "recipientNumber": "0825551234", "dateToSend": "201404282055", "dataField": "d" },
          { "message": "two", "recipientNumber": "+27821234567" }
        ],
        "defaultDateToSend": "201404282100",
        "messagesPerMinute": 30
      }]],
    },
    response = {
      status = 200,
      body = [[{"sendSmsResponses":[{"messageId":"456","error":null},{"messageId":null,"error":"Invalid mobile number"}]}]],
    },
    result = { { messageId = "456" }, { error = "Invalid mobile number" } },
  },
  {
    n = 9,
    note = "one message is a list too",
    call = "sms.send_bulk",
    args = { sendSmsRequests = { { message = "one", recipientNumber = "0825551234" } } },
    request = {
      method = "POST",
      path = "/api/rest/v1/sms/send-bulk",
      json = [[{"sendSmsRequests":[{"message":"one","recipientNumber":"0825551234"}]}]],
    },
    response = { status = 201, body = [[{"sendSmsResponses":[{"messageId":"457","error":null}]}]] },
    result = { { messageId = "457" } },
  },
  {
    n = 10,
    note = "POST is the default; the parameters stay in the address and there is no body; the answer is a JSON string",
    call = "sms.send_url_parameters",
    args = { recipientNumber = "+27821234567", message = "a & b = 100% ü€" },
    request = {
      method = "POST",
      path = "/api/rest/v1/sms/send-url-parameters",
      query = { { "recipientNumber", "+27821234567" }, { "message", "a & b = 100% ü€" } },
    },
    response = { status = 200, body = [["5a757c7b7736b6c1d340a0db"]] },
    result = "5a757c7b7736b6c1d340a0db",
  },
  {
    n = 10,
    note = "GET, with all parameters; a bare string that isn't JSON is the text itself",
    call = "sms.send_url_parameters",
    args = {
      method = "GET", recipientNumber = "0825551234", message = "Hello", dateToSend = "201404282055", campaign = "shoe campaign",
      dataField = "custom",
    },
    request = {
      method = "GET",
      path = "/api/rest/v1/sms/send-url-parameters",
      query = {
        { "recipientNumber", "0825551234" }, { "message", "Hello" }, { "dateToSend", "201404282055" },
        { "campaign", "shoe campaign" }, { "dataField", "custom" },
      },
    },
    response = { status = 200, type = "text/plain", body = "5a757c7b7736b6c1d340a0db" },
    result = "5a757c7b7736b6c1d340a0db",
  },
  {
    n = 10,
    note = "POST asked for by name, with all parameters; a bare string of digits is a string",
    call = "sms.send_url_parameters",
    args = {
      method = "POST", recipientNumber = "0825551234", message = "Hello", dateToSend = "201404282055", campaign = "c", dataField = "d",
    },
    request = {
      method = "POST",
      path = "/api/rest/v1/sms/send-url-parameters",
      query = {
        { "recipientNumber", "0825551234" }, { "message", "Hello" }, { "dateToSend", "201404282055" }, { "campaign", "c" },
        { "dataField", "d" },
      },
    },
    response = { status = 200, type = "text/plain", body = "40124213" },
    result = "40124213",
  },
  {
    n = 10,
    note = "24 hex digits that a JSON reader takes for a float",
    call = "sms.send_url_parameters",
    args = { recipientNumber = "0825551234", message = "Hello" },
    request = {
      method = "POST",
      path = "/api/rest/v1/sms/send-url-parameters",
      query = { { "recipientNumber", "0825551234" }, { "message", "Hello" } },
    },
    response = { status = 200, type = "text/plain", body = "575757127736361340000e12" },
    result = "575757127736361340000e12",
  },
  {
    n = 11,
    note = "the URL sending token is in the path and no credentials are sent",
    call = "sms.send_url",
    args = { recipientNumber = "+27821234567", message = "Hello you" },
    request = {
      method = "POST",
      path = "/api/rest/v1/sms/send-url/url-token-9f8e7d6c",
      headers = { email = false, token = false, authorization = false },
      query = { { "recipientNumber", "+27821234567" }, { "message", "Hello you" } },
    },
    response = { status = 200, body = [["40124213"]] },
    result = "40124213",
  },
  {
    n = 11,
    note = "GET, with all parameters, under auth = query: no credentials either",
    call = "sms.send_url",
    client = { auth = "query" },
    args = {
      method = "GET", recipientNumber = "0825551234", message = "Hello", dateToSend = "201404282055", campaign = "c", dataField = "d",
    },
    request = {
      method = "GET",
      path = "/api/rest/v1/sms/send-url/url-token-9f8e7d6c",
      headers = { email = false, token = false, authorization = false },
      query = {
        { "recipientNumber", "0825551234" }, { "message", "Hello" }, { "dateToSend", "201404282055" }, { "campaign", "c" },
        { "dataField", "d" },
      },
    },
    response = { status = 200, body = [["40124214"]] },
    result = "40124214",
  },
  {
    n = 11,
    note = "POST with all parameters, under auth = basic: no credentials either",
    call = "sms.send_url",
    client = { auth = "basic" },
    args = { recipientNumber = "0825551234", message = "Hello", dateToSend = "201404282055", campaign = "c", dataField = "d" },
    request = {
      method = "POST",
      path = "/api/rest/v1/sms/send-url/url-token-9f8e7d6c",
      headers = { email = false, token = false, authorization = false },
      query = {
        { "recipientNumber", "0825551234" }, { "message", "Hello" }, { "dateToSend", "201404282055" }, { "campaign", "c" },
        { "dataField", "d" },
      },
    },
    response = { status = 200, body = [["40124215"]] },
    result = "40124215",
  },
}
