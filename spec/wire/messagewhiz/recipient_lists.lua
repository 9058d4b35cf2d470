-- SPDX-License-Identifier: MIT
-- MessageWhiz API document, section "Recipients": operations 6 to 16. The format of a case is told in ../messagewhiz.lua.
-- The document draws a file as a path on the reader's disk (curl's @); what arrives is its base name and its bytes.

local CSV = '"phone_number";"first_name"\r\n"6593333311";"Anthony"\r\n'

return {
  {
    n = 6,
    call = "recipient_lists.import",
    args = {
      truncate = true,
      doc = { data = CSV, name = "numbers_9.csv" },
      mapping = { "phone_number", "first_name" },
      name = "FirstRecipientList",
    },
    request = {
      method = "POST",
      path = "/api/3/RecipientList",
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
        "result": { "inserted": 4, "total": 4, "wrong": 0, "duplicate": 0, "recipient_list_id": 267628 }
      }]],
    },
    result = { inserted = 4, total = 4, wrong = 0, duplicate = 0, recipient_list_id = 267628 },
  },
  {
    n = 6,
    note = "truncate is optional, and a column may stay unmapped",
    call = "recipient_lists.import",
    args = {
      doc = { data = "\0\1\2binary\255", name = "numbers.xlsx" },
      mapping = { [0] = "phone_number", [2] = "custom" },
      name = "Zweite Liste",
    },
    request = {
      method = "POST",
      path = "/api/3/RecipientList",
      parts = {
        { name = "doc", filename = "numbers.xlsx", data = "\0\1\2binary\255" },
        { name = "mapping", json = [[{"0":"phone_number", "2":"custom"}]] },
        { name = "name", data = "Zweite Liste" },
      },
    },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.03,
        "result":{"inserted":1,"total":2,"wrong":1,"duplicate":0,"recipient_list_id":267629}}]],
    },
    result = { inserted = 1, total = 2, wrong = 1, duplicate = 0, recipient_list_id = 267629 },
  },
  {
    n = 7,
    call = "recipient_lists.create",
    args = { name = "ManuallyAddedList", numbers = { "380503327227", "380848122639" } },
    request = {
      method = "POST",
      path = "/api/3/recipientList/numbers",
      json = [[{"name": "ManuallyAddedList", "numbers": ["380503327227", "380848122639"]}]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.018502512,
        "result": { "inserted": 2, "wrong": 0, "duplicate": 0, "total": 2, "recipient_list_id": 267888, "count": 2 }
      }]],
    },
    result = { inserted = 2, wrong = 0, duplicate = 0, total = 2, recipient_list_id = 267888, count = 2 },
  },
  {
    n = 8,
    call = "recipient_lists.preview",
    args = { n = 1, doc = { data = CSV, name = "numbers_9.csv" } },
    request = {
      method = "POST",
      path = "/api/3/recipientList/1/preview",
      parts = { { name = "doc", filename = "numbers_9.csv", data = CSV } },
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.00777864,
        "result": {
          "data": [
            [ "phone_number", "first_name" ],
            [ "6593333311", "Anthony" ],
            [ "6593333322", "Bob" ],
            [ "6593333333", "Jonathan" ],
            [ "6593333344", "Alex" ]
          ],
          "isAllNum": [ true, false ],
          "isExceedLength50": [ false, false ],
          "isExceedLength255": [ false, false ],
          "isExceedLength5000": [ false, false ]
        }
      }]],
    },
    result = {
      data = {
        { "phone_number", "first_name" },
        { "6593333311", "Anthony" },
        { "6593333322", "Bob" },
        { "6593333333", "Jonathan" },
        { "6593333344", "Alex" },
      },
      isAllNum = { true, false },
      isExceedLength50 = { false, false },
      isExceedLength255 = { false, false },
      isExceedLength5000 = { false, false },
    },
  },
  {
    n = 8,
    note = "the text's address has 6 where the example has 1",
    call = "recipient_lists.preview",
    args = { n = 6, doc = { data = CSV, name = "numbers_9.csv" } },
    request = {
      method = "POST",
      path = "/api/3/recipientList/6/preview",
      parts = { { name = "doc", filename = "numbers_9.csv", data = CSV } },
    },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.007,"result":{"data":[],"isAllNum":[]}}]],
    },
    result = { data = {}, isAllNum = {} },
  },
  {
    n = 8,
    note = "what the number means is stated nowhere: left out, it is the example's 1",
    call = "recipient_lists.preview",
    args = { doc = { data = CSV, name = "numbers_9.csv" } },
    request = {
      method = "POST",
      path = "/api/3/recipientList/1/preview",
      parts = { { name = "doc", filename = "numbers_9.csv", data = CSV } },
    },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.007,"result":{"data":[],"isAllNum":[]}}]],
    },
    result = { data = {}, isAllNum = {} },
  },
  {
    n = 9,
    call = "recipient_lists.list",
    request = { method = "GET", path = "/api/3/RecipientList" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.012814664,
        "result": [
          { "id": 267891, "name": "SecondRecipientList", "enabled": 1, "count": 4 },
          { "id": 267888, "name": "ManuallyAddedList", "enabled": 1, "count": 2 },
          { "id": 267628, "name": "FirstRecipientList", "enabled": 1, "count": 4 },
          { "id": 222345, "name": "ev", "enabled": 1, "count": 1 }
        ]
      }]],
    },
    result = {
      { id = 267891, name = "SecondRecipientList", enabled = true, count = 4 },
      { id = 267888, name = "ManuallyAddedList", enabled = true, count = 2 },
      { id = 267628, name = "FirstRecipientList", enabled = true, count = 4 },
      { id = 222345, name = "ev", enabled = true, count = 1 },
    },
  },
  {
    n = 9,
    note = "the text's example with a filter, and the other list parameters of its table",
    call = "recipient_lists.list",
    args = { filter = "name=SecondRecipientList", limit = 10, start = 20, enabled = true },
    request = {
      method = "GET",
      path = "/api/3/RecipientList",
      query = { { "filter", "name=SecondRecipientList" }, { "limit", "10" }, { "start", "20" }, { "enabled", "true" } },
    },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,
        "result":[{"id":267891,"name":"SecondRecipientList","enabled":0,"count":4}]}]],
    },
    result = { { id = 267891, name = "SecondRecipientList", enabled = false, count = 4 } },
  },
  {
    n = 10,
    note = "phone_number is a JSON number in the answer and a string for the caller",
    call = "recipient_lists.recipients",
    args = { id = 267628 },
    request = { method = "GET", path = "/api/3/recipientList/267628/recipients" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.008162772,
        "result": [
          { "phone_number": 6593333311, "first_name": "Anthony" },
          { "phone_number": 6593333322, "first_name": "Bob" },
          { "phone_number": 6593333333, "first_name": "Jonathan" },
          { "phone_number": 6593333344, "first_name": "Alex" }
        ]
      }]],
    },
    result = {
      { phone_number = "6593333311", first_name = "Anthony" },
      { phone_number = "6593333322", first_name = "Bob" },
      { phone_number = "6593333333", first_name = "Jonathan" },
      { phone_number = "6593333344", first_name = "Alex" },
    },
  },
  {
    n = 10,
    note = "the text: metadata last_name, email, url, custom come too; a number of 15 digits stays whole",
    call = "recipient_lists.recipients",
    args = { id = "267628" },
    request = { method = "GET", path = "/api/3/recipientList/267628/recipients" },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.008,"result":[{"phone_number":123456789012345,
        "first_name":null,"last_name":"Doe","email":"email@gmail.com","url":"https://google.com","custom":"Custom"}]}]],
    },
    result = {
      {
        phone_number = "123456789012345", last_name = "Doe", email = "email@gmail.com",
        url = "https://google.com", custom = "Custom",
      },
    },
  },
  {
    n = 11,
    call = "recipient_lists.numbers",
    args = { id = 267628 },
    request = { method = "GET", path = "/api/3/recipientList/267628/listNumbers" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.008841536,
        "result": [ "6593333311", "6593333322", "6593333333", "6593333344" ]
      }]],
    },
    result = { "6593333311", "6593333322", "6593333333", "6593333344" },
  },
  {
    n = 12,
    note = "not JSON, no envelope; the media type is stated nowhere, so the client must not need one",
    call = "recipient_lists.download",
    args = { id = 267628 },
    request = { method = "GET", path = "/api/3/recipientList/267628/download" },
    response = {
      status = 200,
      type = "application/octet-stream",
      body = [[
"phone_number";"first_name"
"6593333311";"Anthony"
"6593333322";"Bob"
"6593333333";"Jonathan"
"6593333344";"Alex"
]],
    },
    result = '"phone_number";"first_name"\n"6593333311";"Anthony"\n"6593333322";"Bob"\n"6593333333";"Jonathan"\n"6593333344";"Alex"\n',
  },
  {
    n = 13,
    note = "numbers are added to the list",
    call = "recipient_lists.add_numbers",
    args = { id = 267891, name = "Mw-manual", numbers = { "380503322227" } },
    request = {
      method = "PUT",
      path = "/api/3/recipientList/267891/numbers",
      json = [[{"name": "Mw-manual", "numbers": ["380503322227"]}]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.019542036,
        "result": { "inserted": 1, "wrong": 0, "duplicate": 0, "total": 1, "recipient_list_id": 267891, "count": 5 }
      }]],
    },
    result = { inserted = 1, wrong = 0, duplicate = 0, total = 1, recipient_list_id = 267891, count = 5 },
  },
  {
    n = 14,
    note = "the example body has a trailing comma",
    call = "recipient_lists.patch",
    args = { id = 267891, name = "EditingList" },
    request = { method = "PATCH", path = "/api/3/RecipientList/267891", json = [[{"name": "EditingList"}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.031447856,
        "result": { "name": "EditingList", "enabled": true, "count": 5 }
      }]],
    },
    result = { name = "EditingList", enabled = true, count = 5 },
  },
  {
    n = 15,
    note = "the file comes from disk",
    call = "recipient_lists.replace",
    args = {
      id = 267891,
      doc = { path = "spec/wire/messagewhiz/RecipientList.csv" },
      mapping = { "phone_number", "first_name", "last_name" },
      name = "NewList",
    },
    request = {
      method = "PUT",
      path = "/api/3/recipientList/267891",
      parts = {
        { name = "doc", filename = "RecipientList.csv", data = '"phone_number";"first_name";"last_name"\n"6593333311";"Anthony";"Doe"\n' },
        { name = "mapping", json = [[{"0":"phone_number", "1":"first_name", "2":"last_name"}]] },
        { name = "name", data = "NewList" },
      },
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.027778432,
        "result": { "inserted": 4, "total": 4, "wrong": 0, "duplicate": 0, "recipient_list_id": 267891 }
      }]],
    },
    result = { inserted = 4, total = 4, wrong = 0, duplicate = 0, recipient_list_id = 267891 },
  },
  {
    n = 16,
    call = "recipient_lists.disable",
    args = { id = 267891 },
    request = { method = "DELETE", path = "/api/3/RecipientList/267891" },
    response = {
      status = 200,
      body = [[{"errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.011510284, "result": true}]],
    },
    result = true,
  },
}
