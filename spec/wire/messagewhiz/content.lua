-- SPDX-License-Identifier: MIT
-- MessageWhiz API document, sections "Word Spinners", "Templates", "Triggers" and "Delivery report": operations 67 to 80.
-- The format of a case is told in ../messagewhiz.lua.

local EMPTY = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,"result":[]}]]

return {
  {
    n = 67,
    call = "spinners.create",
    args = { name = "Fit32", words = { "wo", "three", "spinner", "greeetinnngsss", "four", "test", "one", "five" } },
    request = {
      method = "POST",
      path = "/api/3/spinner",
      json = [[{
        "name":"Fit32",
        "words": ["wo", "three", "spinner", "greeetinnngsss", "four", "test", "one", "five"]
      }]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.041090464,
        "result": {
          "name": "Fit32",
          "words": [ "wo", "three", "spinner", "greeetinnngsss", "four", "test", "one", "five" ],
          "enabled": true,
          "id": 10520
        }
      }]],
    },
    result = {
      name = "Fit32", words = { "wo", "three", "spinner", "greeetinnngsss", "four", "test", "one", "five" },
      enabled = true, id = 10520,
    },
  },
  {
    n = 68,
    call = "spinners.list",
    request = { method = "GET", path = "/api/3/spinner" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.018632456,
        "result": [
          {
            "words": [ "wo", "three", "spinner", "greeetinnngsss", "four", "test", "one", "five" ],
            "enabled": true,
            "id": 10520,
            "name": "Fit32"
          }
        ]
      }]],
    },
    result = {
      {
        words = { "wo", "three", "spinner", "greeetinnngsss", "four", "test", "one", "five" },
        enabled = true, id = 10520, name = "Fit32",
      },
    },
  },
  {
    n = 68,
    note = "the table of query parameters",
    call = "spinners.list",
    args = { limit = 5, start = 10, enabled = false, filter = "name=Fit32" },
    request = {
      method = "GET",
      path = "/api/3/spinner",
      query = { { "limit", "5" }, { "start", "10" }, { "enabled", "false" }, { "filter", "name=Fit32" } },
    },
    response = { status = 200, body = EMPTY },
    result = {},
  },
  {
    n = 69,
    note = "asked for 10519 and answered 10520: a slip of the document",
    call = "spinners.update",
    args = { id = 10519, name = "FirstSpinner" },
    request = { method = "PUT", path = "/api/3/spinner/10519", json = [[{"name":"FirstSpinner"}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.014242532,
        "result": {
          "name": "FirstSpinner",
          "words": [ "wo", "three", "spinner", "greeetinnngsss", "four", "test", "one", "five" ],
          "enabled": true,
          "id": 10520
        }
      }]],
    },
    result = {
      name = "FirstSpinner", words = { "wo", "three", "spinner", "greeetinnngsss", "four", "test", "one", "five" },
      enabled = true, id = 10520,
    },
  },
  {
    n = 69,
    note = "the text: a given array overwrites the words; it says name and means words",
    call = "spinners.update",
    args = { id = 10520, words = { "one", "two" } },
    request = { method = "PUT", path = "/api/3/spinner/10520", json = [[{"words":["one", "two"]}]] },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,
        "result":{"name":"Fit32","words":["one","two"],"enabled":true,"id":10520}}]],
    },
    result = { name = "Fit32", words = { "one", "two" }, enabled = true, id = 10520 },
  },
  {
    n = 70,
    note = "enabled goes out as the string \"0\"; the example's lone '?' is dropped",
    call = "spinners.patch",
    args = { id = 10520, enabled = false },
    request = { method = "PATCH", path = "/api/3/spinner/10520", json = [[{"enabled": "0"}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.0242746,
        "result": { "enabled": 0 }
      }]],
    },
    result = { enabled = false },
  },
  {
    n = 71,
    note = "the text's address names campaign by mistake: it would disable a campaign",
    call = "spinners.disable",
    args = { id = 10520 },
    request = { method = "DELETE", path = "/api/3/spinner/10520" },
    response = {
      status = 200,
      body = [[{"errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.00986104, "result": true}]],
    },
    result = true,
  },
  {
    n = 72,
    call = "templates.create",
    args = { name = "FirstTemplate", body = "HI!" },
    request = { method = "POST", path = "/api/3/template", json = [[{"name":"FirstTemplate", "body": "HI!"}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.014043792,
        "result": { "id": 46126, "name": "FirstTemplate", "body": "HI!", "enabled": true }
      }]],
    },
    result = { id = 46126, name = "FirstTemplate", body = "HI!", enabled = true },
  },
  {
    n = 73,
    call = "templates.list",
    request = { method = "GET", path = "/api/3/template" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.007669944,
        "result": [
          { "enabled": true, "id": 46126, "user_id": 3191, "name": "FirstTemplate", "body": "HI!" },
          { "enabled": true, "id": 46125, "user_id": 3191, "name": "1", "body": "Test test {shorten_url}" }
        ]
      }]],
    },
    result = {
      { enabled = true, id = 46126, user_id = 3191, name = "FirstTemplate", body = "HI!" },
      { enabled = true, id = 46125, user_id = 3191, name = "1", body = "Test test {shorten_url}" },
    },
  },
  {
    n = 73,
    note = "the table of query parameters",
    call = "templates.list",
    args = { limit = 5, start = 10, enabled = true, filter = "name=FirstTemplate" },
    request = {
      method = "GET",
      path = "/api/3/template",
      query = { { "limit", "5" }, { "start", "10" }, { "enabled", "true" }, { "filter", "name=FirstTemplate" } },
    },
    response = { status = 200, body = EMPTY },
    result = {},
  },
  {
    n = 74,
    call = "templates.update",
    args = { id = 46126, name = "AnotherTemplateName" },
    request = { method = "PUT", path = "/api/3/template/46126", json = [[{"name":"AnotherTemplateName"}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.019078568,
        "result": { "id": 46126, "name": "AnotherTemplateName", "body": "HI!", "enabled": true }
      }]],
    },
    result = { id = 46126, name = "AnotherTemplateName", body = "HI!", enabled = true },
  },
  {
    n = 74,
    note = "the text: a given body overwrites the template's",
    call = "templates.update",
    args = { id = 46126, body = "Bye" },
    request = { method = "PUT", path = "/api/3/template/46126", json = [[{"body":"Bye"}]] },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,
        "result":{"id":46126,"name":"FirstTemplate","body":"Bye","enabled":true}}]],
    },
    result = { id = 46126, name = "FirstTemplate", body = "Bye", enabled = true },
  },
  {
    n = 75,
    call = "templates.disable",
    args = { id = 46126 },
    request = { method = "DELETE", path = "/api/3/template/46126" },
    response = {
      status = 200,
      body = [[{"errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.01208964, "result": true}]],
    },
    result = true,
  },
  {
    n = 76,
    call = "triggers.create",
    args = { name = "newTrigger" },
    request = { method = "POST", path = "/api/3/trigger", json = [[{"name":"newTrigger"}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.116146556,
        "result": {
          "id": 5677,
          "name": "newTrigger",
          "uuid": "1fbea646-7d1e-4475-9f50-26aec1bf3482",
          "enabled": 1,
          "short_url": "https://0nz0.com/jBR4d",
          "trigger_type_id": 1
        }
      }]],
    },
    result = {
      id = 5677, name = "newTrigger", uuid = "1fbea646-7d1e-4475-9f50-26aec1bf3482", enabled = true,
      short_url = "https://0nz0.com/jBR4d", trigger_type_id = 1,
    },
  },
  {
    n = 77,
    note = "the two flight members are flat keys with a dot; every null is absent",
    call = "triggers.list",
    request = { method = "GET", path = "/api/3/trigger" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.007109016,
        "result": [
          {
            "id": 5677,
            "name": "newTrigger",
            "uuid": "1fbea646-7d1e-4475-9f50-26aec1bf3482",
            "enabled": 1,
            "short_url": "https://0nz0.com/jBR4d",
            "trigger_type_id": 1,
            "details": null,
            "date": null,
            "flight_details.flight_number": null,
            "flight_details.arrival_date": null
          }
        ]
      }]],
    },
    result = {
      {
        id = 5677, name = "newTrigger", uuid = "1fbea646-7d1e-4475-9f50-26aec1bf3482", enabled = true,
        short_url = "https://0nz0.com/jBR4d", trigger_type_id = 1,
      },
    },
  },
  {
    n = 77,
    note = "the table of query parameters; the flight members filled",
    call = "triggers.list",
    args = { limit = 5, start = 10, enabled = true, filter = "name=newTrigger" },
    request = {
      method = "GET",
      path = "/api/3/trigger",
      query = { { "limit", "5" }, { "start", "10" }, { "enabled", "true" }, { "filter", "name=newTrigger" } },
    },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.007,"result":[{"id":5678,"name":"newTrigger","enabled":0,
        "flight_details.flight_number":"LH 400","flight_details.arrival_date":"2021-06-25T14:02:50.000Z"}]}]],
    },
    result = {
      {
        id = 5678, name = "newTrigger", enabled = false, ["flight_details.flight_number"] = "LH 400",
        ["flight_details.arrival_date"] = "2021-06-25T14:02:50.000Z",
      },
    },
  },
  {
    n = 78,
    call = "triggers.update",
    args = { id = 5677, name = "#" },
    request = { method = "PUT", path = "/api/3/trigger/5677", json = [[{"name":"#"}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.011503284,
        "result": {
          "id": 5677,
          "name": "#",
          "uuid": "1fbea646-7d1e-4475-9f50-26aec1bf3482",
          "enabled": 1,
          "short_url": "https://0nz0.com/jBR4d"
        }
      }]],
    },
    result = {
      id = 5677, name = "#", uuid = "1fbea646-7d1e-4475-9f50-26aec1bf3482", enabled = true, short_url = "https://0nz0.com/jBR4d",
    },
  },
  {
    n = 79,
    call = "triggers.disable",
    args = { id = 5677 },
    request = { method = "DELETE", path = "/api/3/trigger/5677" },
    response = {
      status = 200,
      body = [[{"errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.014187964, "result": true}]],
    },
    result = true,
  },
  {
    n = 80,
    call = "delivery_reports.get",
    args = { bid = 123123 },
    request = { method = "POST", path = "/api/3/DeliveryReport", json = [[{"bid": 123123}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.176761073,
        "result": [
          {
            "broadcast_id": 123123,
            "sent": 0,
            "delivered": 1,
            "undelivered": 0,
            "rejected": 0,
            "expired": 0,
            "failed": 0
          }
        ]
      }]],
    },
    result = {
      { broadcast_id = 123123, sent = 0, delivered = 1, undelivered = 0, rejected = 0, expired = 0, failed = 0 },
    },
  },
}
