-- SPDX-License-Identifier: MIT
-- MessageWhiz API document, sections "Senders" and "Sender Lists": operations 17 to 29. The format of a case is told in ../messagewhiz.lua.

return {
  {
    n = 17,
    call = "senders.create",
    args = { name = "FirstSender" },
    request = { method = "POST", path = "/api/3/sender", json = [[{"name": "FirstSender"}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.044570548,
        "result": { "id": 28938892, "name": "FirstSender", "enabled": true }
      }]],
    },
    result = { id = 28938892, name = "FirstSender", enabled = true },
  },
  {
    n = 18,
    call = "senders.list",
    request = { method = "GET", path = "/api/3/sender" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.013848856,
        "result": [
          { "enabled": true, "id": 28938892, "name": "FirstSender" },
          { "enabled": true, "id": 28905672, "name": "test" }
        ]
      }]],
    },
    result = {
      { enabled = true, id = 28938892, name = "FirstSender" },
      { enabled = true, id = 28905672, name = "test" },
    },
  },
  {
    n = 18,
    note = "the table of query parameters; reserved characters of a name are percent-encoded, a space is %20",
    call = "senders.list",
    args = { limit = 1, start = 2, enabled = false, filter = "name=A & B+C/ü?#%" },
    request = {
      method = "GET",
      path = "/api/3/sender",
      query = { { "limit", "1" }, { "start", "2" }, { "enabled", "false" }, { "filter", "name=A & B+C/ü?#%" } },
    },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,
        "result":[{"enabled":"0","id":1,"name":"A & B+C/ü?#%"}]}]],
    },
    result = { { enabled = false, id = 1, name = "A & B+C/ü?#%" } },
  },
  {
    n = 19,
    call = "senders.update",
    args = { id = 28905672, name = "TestSender" },
    request = { method = "PUT", path = "/api/3/sender/28905672", json = [[{"name": "TestSender"}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.021960496,
        "result": { "id": 28905672, "name": "TestSender", "enabled": true }
      }]],
    },
    result = { id = 28905672, name = "TestSender", enabled = true },
  },
  {
    n = 19,
    note = "the text's body: enabled is a number here",
    call = "senders.update",
    args = { id = 28905672, name = "TestSender", enabled = false },
    request = { method = "PUT", path = "/api/3/sender/28905672", json = [[{"name": "TestSender", "enabled": 0}]] },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.02,
        "result":{"id":28905672,"name":"TestSender","enabled":false}}]],
    },
    result = { id = 28905672, name = "TestSender", enabled = false },
  },
  {
    n = 20,
    note = "the text's body; the document has no answer, this one is drawn after operation 27's",
    call = "senders.patch",
    args = { id = 28905672, enabled = false },
    request = { method = "PATCH", path = "/api/3/sender/28905672", json = [[{"enabled": 0}]] },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,"result":{"id":28905672,"enabled":0}}]],
    },
    result = { id = 28905672, enabled = false },
  },
  {
    n = 21,
    call = "senders.disable",
    args = { id = 28938891 },
    request = { method = "DELETE", path = "/api/3/sender/28938891" },
    response = {
      status = 200,
      body = [[{"errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.012125844, "result": true}]],
    },
    result = true,
  },
  {
    n = 22,
    call = "sender_lists.create",
    args = { name = "FirstSenderList", senderIds = { 28938892, 28905674 } },
    request = {
      method = "POST",
      path = "/api/3/senderList",
      json = [[{"name":"FirstSenderList", "senderIds": [28938892, 28905674]}]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.046940544,
        "result": { "id": 5456, "name": "FirstSenderList", "enabled": true, "count": 2 }
      }]],
    },
    result = { id = 5456, name = "FirstSenderList", enabled = true, count = 2 },
  },
  {
    n = 22,
    note = "an empty list goes out as [] and not as {}",
    call = "sender_lists.create",
    args = { name = "Empty", senderIds = {} },
    request = { method = "POST", path = "/api/3/senderList", json = [[{"name":"Empty", "senderIds": []}]] },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.04,
        "result":{"id":5457,"name":"Empty","enabled":true,"count":0}}]],
    },
    result = { id = 5457, name = "Empty", enabled = true, count = 0 },
  },
  {
    n = 23,
    call = "sender_lists.add",
    args = { id = 5456, ids = { 28899614, 28899615 } },
    request = { method = "POST", path = "/api/3/senderList/5456/senders", json = [[{"ids": [28899614, 28899615]}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.032248508,
        "result": [ 28899614, 28899615 ]
      }]],
    },
    result = { 28899614, 28899615 },
  },
  {
    n = 24,
    call = "sender_lists.list",
    request = { method = "GET", path = "/api/3/senderList" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.00982226,
        "result": [
          { "enabled": true, "id": 5456, "name": "FirstSenderList", "count": 2 },
          { "enabled": true, "id": 5455, "name": "SenderList", "count": 1 }
        ]
      }]],
    },
    result = {
      { enabled = true, id = 5456, name = "FirstSenderList", count = 2 },
      { enabled = true, id = 5455, name = "SenderList", count = 1 },
    },
  },
  {
    n = 24,
    note = "the table of query parameters",
    call = "sender_lists.list",
    args = { limit = 1, start = 1, enabled = true, filter = "name=SenderList" },
    request = {
      method = "GET",
      path = "/api/3/senderList",
      query = { { "limit", "1" }, { "start", "1" }, { "enabled", "true" }, { "filter", "name=SenderList" } },
    },
    response = { status = 200, body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,"result":[]}]] },
    result = {},
  },
  {
    n = 25,
    call = "sender_lists.senders",
    args = { id = 5456 },
    request = { method = "GET", path = "/api/3/senderList/5456/senders" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.008722612,
        "result": {
          "id": 5456,
          "senders": [
            { "senderId": 28905674, "name": "test2" },
            { "senderId": 28938892, "name": "FirstSender" }
          ]
        }
      }]],
    },
    result = {
      id = 5456,
      senders = { { senderId = 28905674, name = "test2" }, { senderId = 28938892, name = "FirstSender" } },
    },
  },
  {
    n = 26,
    note = "the heading says PUT and the text too; the example's line says GET",
    call = "sender_lists.update",
    args = { id = 5456, name = "New", senderIds = { 28938892, 28905674 } },
    request = { method = "PUT", path = "/api/3/senderList/5456", json = [[{"name": "New", "senderIds": [28938892, 28905674]}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.040806108,
        "result": { "id": 5456, "name": "New", "enabled": true, "count": 2 }
      }]],
    },
    result = { id = 5456, name = "New", enabled = true, count = 2 },
  },
  {
    n = 26,
    note = "the text: enabled(bool) - true or false",
    call = "sender_lists.update",
    args = { id = 5456, enabled = false },
    request = { method = "PUT", path = "/api/3/senderList/5456", json = [[{"enabled": false}]] },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.04,
        "result":{"id":5456,"name":"New","enabled":false,"count":2}}]],
    },
    result = { id = 5456, name = "New", enabled = false, count = 2 },
  },
  {
    n = 27,
    note = "the example body has a trailing comma; the text's address names RecipientList by mistake",
    call = "sender_lists.patch",
    args = { id = 5456, enabled = true },
    request = { method = "PATCH", path = "/api/3/senderList/5456", json = [[{"enabled": true}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.009910892,
        "result": { "id": 5456, "enabled": 1 }
      }]],
    },
    result = { id = 5456, enabled = true },
  },
  {
    n = 28,
    call = "sender_lists.disable",
    args = { id = 5457 },
    request = { method = "DELETE", path = "/api/3/senderList/5457" },
    response = {
      status = 200,
      body = [[{"errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.017833028, "result": true}]],
    },
    result = true,
  },
  {
    n = 29,
    call = "sender_lists.remove",
    args = { id = 5456, sender_id = 28905674 },
    request = {
      method = "DELETE",
      path = "/api/3/senderList/5456/senders",
      query = { { "id", "28905674" } },
      query_raw = "id=28905674",
    },
    response = {
      status = 200,
      body = [[{"errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.013993384, "result": true}]],
    },
    result = true,
  },
}
