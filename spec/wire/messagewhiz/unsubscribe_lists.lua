-- SPDX-License-Identifier: MIT
-- MessageWhiz API document, section "Unsubscribe Lists": operations 42 to 51. The format of a case is told in ../messagewhiz.lua.

local CSV = '"phone_number"\n"6593333311"\n'

return {
  {
    n = 42,
    call = "unsubscribe_lists.import",
    args = {
      truncate = true,
      doc = { data = CSV, name = "numbers_9.csv" },
      mapping = { ["0"] = "phone_number", ["1"] = "first_name" },
      name = "FirstRecipientList",
    },
    request = {
      method = "POST",
      path = "/api/3/UnsubscribeList",
      query = { { "truncate", "true" } },
      parts = {
        { name = "doc", filename = "numbers_9.csv", data = CSV },
        { name = "mapping", json = [[{"0":"phone_number", "1":"first_name"}]] },
        { name = "name", data = "FirstRecipientList" },
      },
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.032846168,
        "result": {
          "enabled": true,
          "id": 123,
          "name": "FirstRecipientList",
          "company_id": 1,
          "unsubscribers_amount": 10,
          "user_id": 1
        }
      }]],
    },
    result = { enabled = true, id = 123, name = "FirstRecipientList", company_id = 1, unsubscribers_amount = 10, user_id = 1 },
  },
  {
    n = 43,
    note = "the numbers are JSON numbers here",
    call = "unsubscribe_lists.create",
    args = { name = "FirstUnsubscribeList", numbers = { "380502222233" } },
    request = {
      method = "POST",
      path = "/api/3/unsubscribeList",
      json = [[{"name":"FirstUnsubscribeList", "numbers": [380502222233]}]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.025868544,
        "result": {
          "enabled": true,
          "id": 21534,
          "name": "FirstUnsubscribeList",
          "company_id": 3182,
          "unsubscribers_amount": 1,
          "user_id": 3191
        }
      }]],
    },
    result = {
      enabled = true, id = 21534, name = "FirstUnsubscribeList", company_id = 3182, unsubscribers_amount = 1, user_id = 3191,
    },
  },
  {
    n = 44,
    note = "four flags for one column stand so in the document",
    call = "unsubscribe_lists.preview",
    args = { n = 4, doc = { data = CSV, name = "numbers_9.csv" } },
    request = {
      method = "POST",
      path = "/api/3/unsubscribeList/preview/4",
      parts = { { name = "doc", filename = "numbers_9.csv", data = CSV } },
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.008022008,
        "result": {
          "data": [ [ "phone_number" ], [ "6593333311" ], [ "6593333322" ], [ "6593333333" ], [ "6593333344" ] ],
          "isAllNum": [ true, true, true, true ],
          "isExceedLength50": [ false, false, false, false ],
          "isExceedLength255": [ false, false, false, false ],
          "isExceedLength5000": [ false, false, false, false ]
        }
      }]],
    },
    result = {
      data = { { "phone_number" }, { "6593333311" }, { "6593333322" }, { "6593333333" }, { "6593333344" } },
      isAllNum = { true, true, true, true },
      isExceedLength50 = { false, false, false, false },
      isExceedLength255 = { false, false, false, false },
      isExceedLength5000 = { false, false, false, false },
    },
  },
  {
    n = 44,
    note = "the text's address has no number",
    call = "unsubscribe_lists.preview",
    args = { doc = { data = CSV, name = "numbers_9.csv" } },
    request = {
      method = "POST",
      path = "/api/3/unsubscribeList/preview",
      parts = { { name = "doc", filename = "numbers_9.csv", data = CSV } },
    },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.008,"result":{"data":[],"isAllNum":[]}}]],
    },
    result = { data = {}, isAllNum = {} },
  },
  {
    n = 45,
    note = "the numbers are strings here",
    call = "unsubscribe_lists.add_numbers",
    args = { id = 21534, numbers = { "380502222233", "380643333322" } },
    request = {
      method = "POST",
      path = "/api/3/UnsubscribeList/21534/members",
      json = [[{"numbers":["380502222233", "380643333322"]}]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.031270908,
        "result": { "inserted": 2, "alreadyExists": 0, "notValid": 0 }
      }]],
    },
    result = { inserted = 2, alreadyExists = 0, notValid = 0 },
  },
  {
    n = 46,
    call = "unsubscribe_lists.list",
    request = { method = "GET", path = "/api/3/unsubscribeList" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.028108664,
        "result": [ { "id": 21534, "name": "FirstUnsubscribeList", "enabled": 1, "unsubscribers_amount": 3 } ]
      }]],
    },
    result = { { id = 21534, name = "FirstUnsubscribeList", enabled = true, unsubscribers_amount = 3 } },
  },
  {
    n = 46,
    note = "the table of query parameters; the text's filter example names RecipientList by mistake",
    call = "unsubscribe_lists.list",
    args = { limit = 3, start = 6, enabled = false, filter = "name=FirstUnsubscribeList" },
    request = {
      method = "GET",
      path = "/api/3/unsubscribeList",
      query = { { "limit", "3" }, { "start", "6" }, { "enabled", "false" }, { "filter", "name=FirstUnsubscribeList" } },
    },
    response = { status = 200, body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.02,"result":[]}]] },
    result = {},
  },
  {
    n = 47,
    call = "unsubscribe_lists.numbers",
    args = { id = 21534 },
    request = { method = "GET", path = "/api/3/unsubscribeList/21534/members" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.018904092,
        "result": [
          { "phone_number": "380643333322" },
          { "phone_number": "380502327265" },
          { "phone_number": "380502222233" }
        ]
      }]],
    },
    result = { { phone_number = "380643333322" }, { phone_number = "380502327265" }, { phone_number = "380502222233" } },
  },
  {
    n = 48,
    note = "not JSON, no envelope",
    call = "unsubscribe_lists.download",
    args = { id = 21534 },
    request = { method = "GET", path = "/api/3/unsubscribeList/21534/download" },
    response = {
      status = 200,
      type = "text/csv; charset=utf-8",
      body = '"phone_number"\r\n"380502327265"\r\n"380502222233"\r\n"380643333322"\r\n',
    },
    result = '"phone_number"\r\n"380502327265"\r\n"380502222233"\r\n"380643333322"\r\n',
  },
  {
    n = 49,
    note = "no name here",
    call = "unsubscribe_lists.replace",
    args = { id = 21534, mapping = { "phone_number" }, doc = { data = CSV, name = "UnsubscribeList.csv" } },
    request = {
      method = "PUT",
      path = "/api/3/UnsubscribeList/21534",
      parts = {
        { name = "mapping", json = [[{"0":"phone_number"}]] },
        { name = "doc", filename = "UnsubscribeList.csv", data = CSV },
      },
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.040112328,
        "result": {
          "enabled": true,
          "id": 21534,
          "name": "FirstUnsubscribeList",
          "company_id": 3182,
          "unsubscribers_amount": 4,
          "user_id": 3191
        }
      }]],
    },
    result = {
      enabled = true, id = 21534, name = "FirstUnsubscribeList", company_id = 3182, unsubscribers_amount = 4, user_id = 3191,
    },
  },
  {
    n = 50,
    call = "unsubscribe_lists.patch",
    args = { id = 21534, enabled = false },
    request = { method = "PATCH", path = "/api/3/UnsubscribeList/21534", json = [[{"enabled": false}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.022112432,
        "result": { "id": 21534, "enabled": false }
      }]],
    },
    result = { id = 21534, enabled = false },
  },
  {
    n = 51,
    call = "unsubscribe_lists.disable",
    args = { id = 21567 },
    request = { method = "DELETE", path = "/api/3/UnsubscribeList/21567" },
    response = {
      status = 200,
      body = [[{"errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.01279094, "result": true}]],
    },
    result = true,
  },
}
