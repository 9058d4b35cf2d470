-- SPDX-License-Identifier: MIT
-- MessageWhiz API document, section "Send a Broadcast": operations 30, 33 to 37, 40 and 41. The rest of the section is in sending.lua.
-- The format of a case is told in ../messagewhiz.lua.

local SENT = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.446636071,"result":{"broadcastID":333,"segmentID":495}}]]
local ESTIMATED = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":5.07,"result":{"messages":1,"sum":3.36,"parts":1}}]]

return {
  {
    n = 30,
    call = "broadcasts.estimate",
    args = { broadcast_type = 11, recipient_list_ids = "288696", unsubscriber_list_ids = "", message_body = "sample" },
    request = {
      method = "POST",
      path = "/api/3/Broadcast/estimate",
      json = [[{
        "broadcast_type": 11,
        "recipient_list_ids": "288696",
        "unsubscriber_list_ids": "",
        "message_body": "sample"
      }]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 5.076538867,
        "result": {
          "messages": 1,
          "sum": 3.36,
          "parts": 1,
          "recipient_id_map": [],
          "replacements": {},
          "firstSegmentCount": 1,
          "recipient_meta_data_map": [
            [
              3852004823,
              {
                "phone_number": 3852004823,
                "email": "email@gmail.com",
                "custom": "Custom",
                "url": "https://google.com",
                "first_name": "John",
                "last_name": "Doe"
              }
            ]
          ],
          "recipients": { "3852004823": { "rate": 3.36, "mccMnc": 111222 } },
          "messageExpanded": {
            "actions": {
              "callback": { "replacement": "", "uuid": "", "count": 0 },
              "first_name": { "replacement": "", "count": 0 },
              "last_name": { "replacement": "", "count": 0 },
              "url": { "replacement": "", "count": 0 },
              "random_symbol": { "replacement": "h", "count": 0 },
              "verification_code": { "replacement": "", "count": 0 },
              "custom": { "replacement": "", "count": 0, "parameters": [] },
              "custom1": { "replacement": "", "count": 0, "parameters": [] },
              "custom2": { "replacement": "", "count": 0, "parameters": [] },
              "custom3": { "replacement": "", "count": 0, "parameters": [] },
              "custom4": { "replacement": "", "count": 0, "parameters": [] },
              "gender": { "replacement": "", "count": 0 },
              "word_spinner": { "replacement": "", "count": 0, "parameters": [], "isApproximate": true },
              "link": { "replacement": "", "count": 0, "parameters": [] },
              "link_list": { "replacement": "", "count": 0, "parameters": [] },
              "unsubscription_link": { "replacement": "", "count": 0, "parameters": [] },
              "shorten_url": { "replacement": "", "count": 0, "parameters": [] },
              "callback_link": { "replacement": "", "count": 0, "parameters": [] }
            },
            "text": "sample"
          },
          "links": {},
          "warnings": [],
          "estimateHash":
"8572aeb3624293a238cd2d7cd901fb61743e3a435e50e00d631a410cb0044d39dd4a53be35e040974f88c7e3799ab1f8d1629455c260a87b0fa48da547c7ffcb",
          "batchEstimation": { "messages": 1, "sum": 3.36, "parts": 1 }
        }
      }]],
    },
    result = {
      messages = 1,
      sum = 3.36,
      parts = 1,
      recipient_id_map = {},
      replacements = {},
      firstSegmentCount = 1,
      recipient_meta_data_map = {
        {
          "3852004823",
          {
            phone_number = "3852004823", email = "email@gmail.com", custom = "Custom", url = "https://google.com",
            first_name = "John", last_name = "Doe",
          },
        },
      },
      recipients = { ["3852004823"] = { rate = 3.36, mccMnc = 111222 } },
      messageExpanded = {
        actions = {
          callback = { replacement = "", uuid = "", count = 0 },
          first_name = { replacement = "", count = 0 },
          last_name = { replacement = "", count = 0 },
          url = { replacement = "", count = 0 },
          random_symbol = { replacement = "h", count = 0 },
          verification_code = { replacement = "", count = 0 },
          custom = { replacement = "", count = 0, parameters = {} },
          custom1 = { replacement = "", count = 0, parameters = {} },
          custom2 = { replacement = "", count = 0, parameters = {} },
          custom3 = { replacement = "", count = 0, parameters = {} },
          custom4 = { replacement = "", count = 0, parameters = {} },
          gender = { replacement = "", count = 0 },
          word_spinner = { replacement = "", count = 0, parameters = {}, isApproximate = true },
          link = { replacement = "", count = 0, parameters = {} },
          link_list = { replacement = "", count = 0, parameters = {} },
          unsubscription_link = { replacement = "", count = 0, parameters = {} },
          shorten_url = { replacement = "", count = 0, parameters = {} },
          callback_link = { replacement = "", count = 0, parameters = {} },
        },
        text = "sample",
      },
      links = {},
      warnings = {},
      estimateHash =
        "8572aeb3624293a238cd2d7cd901fb61743e3a435e50e00d631a410cb0044d39dd4a53be35e040974f88c7e3799ab1f8d1629455c260a87b0fa48da547c7ffcb",
      batchEstimation = { messages = 1, sum = 3.36, parts = 1 },
    },
  },
  {
    n = 30,
    note = "the parameter list: recipient (number) instead of recipient_list_ids",
    call = "broadcasts.estimate",
    args = { recipient = "3852004823", message_body = "sample" },
    request = {
      method = "POST",
      path = "/api/3/Broadcast/estimate",
      json = [[{"recipient": 3852004823, "message_body": "sample"}]],
    },
    response = { status = 200, body = ESTIMATED },
    result = { messages = 1, sum = 3.36, parts = 1 },
  },
  {
    n = 30,
    note = "the parameter list: the CTR fields; ids are one string of comma separated numbers",
    call = "broadcasts.estimate",
    args = {
      recipient_list_ids = { 288696, "12" }, unsubscriber_list_ids = { 7 }, message_body = "sample",
      eb_type = "CTR", first_segment_size = 3, next_segment_size = 2, recipient_cap = 10,
    },
    request = {
      method = "POST",
      path = "/api/3/Broadcast/estimate",
      json = [[{
        "recipient_list_ids": "288696,12", "unsubscriber_list_ids": "7", "message_body": "sample",
        "eb_type": "CTR", "first_segment_size": 3, "next_segment_size": 2, "recipient_cap": 10
      }]],
    },
    response = { status = 200, body = ESTIMATED },
    result = { messages = 1, sum = 3.36, parts = 1 },
  },
  {
    n = 30,
    note = "the parameter list: template_ids instead of message_body when eb_type is manual",
    call = "broadcasts.estimate",
    args = { recipient_list_ids = 288696, eb_type = "manual", first_segment_size = 3, template_ids = "46126,46125" },
    request = {
      method = "POST",
      path = "/api/3/Broadcast/estimate",
      json = [[{"recipient_list_ids": "288696", "eb_type": "manual", "first_segment_size": 3, "template_ids": "46126,46125"}]],
    },
    response = { status = 200, body = ESTIMATED },
    result = { messages = 1, sum = 3.36, parts = 1 },
  },
  {
    n = 30,
    note = "the parameter list: template_id instead of message_body",
    call = "broadcasts.estimate",
    args = { recipient_list_ids = "288696", template_id = 46126 },
    request = {
      method = "POST",
      path = "/api/3/Broadcast/estimate",
      json = [[{"recipient_list_ids": "288696", "template_id": 46126}]],
    },
    response = { status = 200, body = ESTIMATED },
    result = { messages = 1, sum = 3.36, parts = 1 },
  },
  {
    n = 33,
    note = "the caller names no broadcast_type",
    call = "broadcasts.send_single",
    args = {
      name = "Single SMS to 380681337228", campaign_id = 1, unsubscriber_list_ids = "", sender_id = "23",
      recipient = "380681337228", message_body = "message body", custom_parameter = "1234abcd5678efgh",
    },
    request = {
      method = "POST",
      path = "/api/3/Broadcast",
      json = [[{
        "name":"Single SMS to 380681337228",
        "campaign_id":1,
        "broadcast_type":10,
        "unsubscriber_list_ids":"",
        "sender_id":"23",
        "recipient":"380681337228",
        "message_body":"message body",
        "custom_parameter":"1234abcd5678efgh"
      }]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode":0, "errorMessage":"", "errorType":"", "executionTime":0.160202353,
        "result": { "broadcastID":331, "segmentID":493, "custom_parameter":"1234abcd5678efgh" }
      }]],
    },
    result = { broadcastID = 331, segmentID = 493, custom_parameter = "1234abcd5678efgh" },
  },
  {
    n = 33,
    note = "the parameter list's optional fields; sender_id(int); 40 characters are not 40 bytes",
    call = "broadcasts.send_single",
    args = {
      campaign_id = 1, sender_id = 23, recipient = "380681337228", message_body = "message body",
      send_date = "2020-07-31T14:25:49.614Z", utc_offset = -720, trigger_id = 5677, delay = 15, template_id = 46126,
      custom_parameter = "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü",
    },
    request = {
      method = "POST",
      path = "/api/3/Broadcast",
      json = [[{
        "campaign_id": 1, "broadcast_type": 10, "sender_id": 23, "recipient": "380681337228", "message_body": "message body",
        "send_date": "2020-07-31T14:25:49.614Z", "utc_offset": -720, "trigger_id": 5677, "delay": 15, "template_id": 46126,
        "custom_parameter": "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü"
      }]],
    },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.16,"result":{"broadcastID":331,"segmentID":493}}]],
    },
    result = { broadcastID = 331, segmentID = 493 },
  },
  {
    n = 34,
    note = "the example body has a trailing comma",
    call = "broadcasts.send",
    args = {
      name = "broadcast", campaign_id = 1, unsubscriber_list_ids = "", sender_ids = "23", recipient_list_ids = "12",
      message_body = "broadcast message",
    },
    request = {
      method = "POST",
      path = "/api/3/Broadcast",
      json = [[{
        "name":"broadcast",
        "campaign_id":1,
        "broadcast_type":11,
        "unsubscriber_list_ids":"",
        "sender_ids":"23",
        "recipient_list_ids":"12",
        "message_body":"broadcast message"
      }]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode":0, "errorMessage":"", "errorType":"", "executionTime":0.446636071,
        "result": { "broadcastID":333, "segmentID":494 }
      }]],
    },
    result = { broadcastID = 333, segmentID = 494 },
  },
  {
    n = 34,
    note = "the parameter list's optional fields",
    call = "broadcasts.send",
    args = {
      name = "broadcast", campaign_id = 1, sender_ids = { 23, 24 }, recipient_list_ids = { 12 }, message_body = "broadcast message",
      sender_list_ids = { 5456 }, unsubscriber_list_ids = { 21534, 21567 }, send_date = "2020-07-31T14:25:49.614Z",
      utc_offset = 720, trigger_id = 5677, delay = 5, template_id = 46126,
    },
    request = {
      method = "POST",
      path = "/api/3/Broadcast",
      json = [[{
        "name": "broadcast", "campaign_id": 1, "broadcast_type": 11, "sender_ids": "23,24", "recipient_list_ids": "12",
        "message_body": "broadcast message", "sender_list_ids": "5456", "unsubscriber_list_ids": "21534,21567",
        "send_date": "2020-07-31T14:25:49.614Z", "utc_offset": 720, "trigger_id": 5677, "delay": 5, "template_id": 46126
      }]],
    },
    response = { status = 200, body = SENT },
    result = { broadcastID = 333, segmentID = 495 },
  },
  {
    n = 35,
    note = "the example body has a trailing comma",
    call = "broadcasts.send_smart",
    args = {
      name = "manual", campaign_id = 1, unsubscriber_list_ids = "", sender_ids = "23", recipient_list_ids = "12",
      message_body = "man message", send_date = "2021-03-01T12:41:38.837Z", utc_offset = 120, eb_type = "manual",
      first_segment_size = "3",
    },
    request = {
      method = "POST",
      path = "/api/3/Broadcast",
      json = [[{
        "name":"manual",
        "campaign_id":1,
        "broadcast_type":12,
        "unsubscriber_list_ids":"",
        "sender_ids":"23",
        "recipient_list_ids":"12",
        "message_body":"man message",
        "send_date":"2021-03-01T12:41:38.837Z",
        "utc_offset":120,
        "eb_type":"manual",
        "first_segment_size":"3"
      }]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode":0, "errorMessage":"", "errorType":"", "executionTime":0.446636071,
        "result": { "broadcastID":333, "segmentID":495 }
      }]],
    },
    result = { broadcastID = 333, segmentID = 495 },
  },
  {
    n = 35,
    note = "the parameter list: first_segment_size (int), and template_ids as an option of the manual kind",
    call = "broadcasts.send_smart",
    args = {
      name = "manual", campaign_id = 1, sender_ids = { 23 }, recipient_list_ids = { 12, 13 }, message_body = "man message",
      eb_type = "manual", first_segment_size = 3, sender_list_ids = "5456", template_ids = { 46126, 46125 },
    },
    request = {
      method = "POST",
      path = "/api/3/Broadcast",
      json = [[{
        "name": "manual", "campaign_id": 1, "broadcast_type": 12, "sender_ids": "23", "recipient_list_ids": "12,13",
        "message_body": "man message", "eb_type": "manual", "first_segment_size": 3, "sender_list_ids": "5456",
        "template_ids": "46126,46125"
      }]],
    },
    response = { status = 200, body = SENT },
    result = { broadcastID = 333, segmentID = 495 },
  },
  {
    n = 36,
    note = "no example, from the parameter list; recipeint_cap is the document's spelling",
    call = "broadcasts.send_smart",
    args = {
      name = "ctr", campaign_id = 1, sender_ids = "23", recipient_list_ids = "12", message_body = "ctr message {{link:165655}}",
      eb_type = "CTR", exp_date = "2021-09-25 13:55:58", conversion_threshold = 50, first_segment_size = 3,
      next_segment_size = 2, recipient_cap = 10,
    },
    request = {
      method = "POST",
      path = "/api/3/Broadcast",
      json = [[{
        "name": "ctr", "campaign_id": 1, "broadcast_type": 12, "sender_ids": "23", "recipient_list_ids": "12",
        "message_body": "ctr message {{link:165655}}", "eb_type": "CTR", "exp_date": "2021-09-25 13:55:58",
        "conversion_threshold": 50, "first_segment_size": 3, "next_segment_size": 2, "recipeint_cap": 10
      }]],
    },
    response = { status = 200, body = SENT },
    result = { broadcastID = 333, segmentID = 495 },
  },
  {
    n = 36,
    note = "no example, from the parameter list: the cap may be the string \"no limit\"; the optional fields",
    call = "broadcasts.send_smart",
    args = {
      name = "ctr", campaign_id = 1, sender_ids = "23", recipient_list_ids = "12", message_body = "ctr message",
      eb_type = "CTR", exp_date = "2021-09-25 13:55:58", conversion_threshold = 50, first_segment_size = 3,
      next_segment_size = 2, recipient_cap = "no limit", sender_list_ids = "5456", unsubscriber_list_ids = "21534",
      send_date = "2020-07-31T14:25:49.614Z", utc_offset = 0, trigger_id = 5677, delay = 5, template_id = 46126,
    },
    request = {
      method = "POST",
      path = "/api/3/Broadcast",
      json = [[{
        "name": "ctr", "campaign_id": 1, "broadcast_type": 12, "sender_ids": "23", "recipient_list_ids": "12",
        "message_body": "ctr message", "eb_type": "CTR", "exp_date": "2021-09-25 13:55:58", "conversion_threshold": 50,
        "first_segment_size": 3, "next_segment_size": 2, "recipeint_cap": "no limit", "sender_list_ids": "5456",
        "unsubscriber_list_ids": "21534", "send_date": "2020-07-31T14:25:49.614Z", "utc_offset": 0, "trigger_id": 5677,
        "delay": 5, "template_id": 46126
      }]],
    },
    response = { status = 200, body = SENT },
    result = { broadcastID = 333, segmentID = 495 },
  },
  {
    n = 37,
    note = "the example body has no commas between its members",
    call = "segments.create",
    args = {
      broadcast_id = 111, message_body = "sample", segment_size = 1, send_now = true, sender_ids = "1", utc_offset = 180,
    },
    request = {
      method = "POST",
      path = "/api/3/Segments",
      json = [[{
        "broadcast_id": 111,
        "message_body": "sample",
        "segment_size": 1,
        "send_now": true,
        "sender_ids": "1",
        "utc_offset": 180
      }]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode":0, "errorMessage":"", "errorType":"", "executionTime":2.202010018,
        "result":{
          "real_price":0,
          "id":1,
          "broadcast_id":111,
          "utc_offset":180,
          "message_body":"sample",
          "template_id":null,
          "batch_index":null,
          "state":0,
          "recipient_count":1,
          "estimated_price":3.36,
          "send_conditions_id":1,
          "enabled":true,
          "created_at":"2021-06-25 14:02:50",
          "send_time":"2021-06-25 14:02:50",
          "estimated_count":1
        }
      }]],
    },
    result = {
      real_price = 0, id = 1, broadcast_id = 111, utc_offset = 180, message_body = "sample", state = 0, recipient_count = 1,
      estimated_price = 3.36, send_conditions_id = 1, enabled = true, created_at = "2021-06-25 14:02:50",
      send_time = "2021-06-25 14:02:50", estimated_count = 1,
    },
  },
  {
    n = 37,
    note = "the parameter list: every 'may be used instead of', and the sizes of a paused CTR broadcast; recipient_cap is spelt right here",
    call = "segments.create",
    args = {
      broadcast_id = 111, template_ids = { 46126 }, segment_size = 1, send_date = "2021-06-25T14:02:50.000Z",
      sender_list_ids = { 5456, 5455 }, recipient_cap = 10, first_segment_size = 3, next_segment_size = 2,
    },
    request = {
      method = "POST",
      path = "/api/3/Segments",
      json = [[{
        "broadcast_id": 111, "template_ids": "46126", "segment_size": 1, "send_date": "2021-06-25T14:02:50.000Z",
        "sender_list_ids": "5456,5455", "recipient_cap": 10, "first_segment_size": 3, "next_segment_size": 2
      }]],
    },
    response = { status = 200, body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":2.2,"result":{"id":2}}]] },
    result = { id = 2 },
  },
  {
    n = 37,
    note = "the parameter list: trigger_id instead of send_now",
    call = "segments.create",
    args = { broadcast_id = 111, message_body = "sample", segment_size = 1, sender_ids = { 1 }, trigger_id = 5677 },
    request = {
      method = "POST",
      path = "/api/3/Segments",
      json = [[{"broadcast_id": 111, "message_body": "sample", "segment_size": 1, "sender_ids": "1", "trigger_id": 5677}]],
    },
    response = { status = 200, body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":2.2,"result":{"id":3}}]] },
    result = { id = 3 },
  },
  {
    n = 40,
    call = "broadcasts.list",
    request = { method = "GET", path = "/api/3/Broadcast/List" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.351626371,
        "result": [
          {
            "id": 200,
            "user_id": 123,
            "name": "sample broadcast",
            "type": 1,
            "message_body": "sample message",
            "enabled": 1,
            "trigger_id": null,
            "send_date": "2041-03-07T11:41:55.000Z",
            "state": 2,
            "parent_id": null,
            "real_price": 0,
            "estimated_price": 10.50,
            "create_date": "2019-08-05T13:20:04.000Z",
            "estimated_count": 8,
            "utc_offset": 0,
            "next_segment_size": null,
            "eb_type": null,
            "company_name": "sample company",
            "timezone": "GMT +0",
            "send_now": false,
            "broadcastConversion": {
              "uniqueClicks": 0,
              "totalClicks": 0,
              "recipientCount": 8,
              "conversion": "0.00",
              "broadcastId": 200
            }
          }
        ]
      }]],
    },
    result = {
      {
        id = 200, user_id = 123, name = "sample broadcast", type = 1, message_body = "sample message", enabled = true,
        send_date = "2041-03-07T11:41:55.000Z", state = 2, real_price = 0, estimated_price = 10.5,
        create_date = "2019-08-05T13:20:04.000Z", estimated_count = 8, utc_offset = 0, company_name = "sample company",
        timezone = "GMT +0", send_now = false,
        broadcastConversion = { uniqueClicks = 0, totalClicks = 0, recipientCount = 8, conversion = "0.00", broadcastId = 200 },
      },
    },
  },
  {
    n = 40,
    note = "the text's filter, and the two values of orderby separated by a space",
    call = "broadcasts.list",
    args = {
      limit = 100, start = 200, orderby = "send_date ASC",
      filter = "name=sample,type=2,type=12,filterBy=create_date,start_date=06/01/2021 12:00 AM",
    },
    request = {
      method = "GET",
      path = "/api/3/Broadcast/List",
      query = {
        { "limit", "100" },
        { "start", "200" },
        { "orderby", "send_date ASC" },
        { "filter", "name=sample,type=2,type=12,filterBy=create_date,start_date=06/01/2021 12:00 AM" },
      },
    },
    response = { status = 200, body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.3,"result":[]}]] },
    result = {},
  },
  {
    n = 41,
    note = "phone_number is a JSON number on the wire; the example body has a curly quote",
    call = "broadcasts.submit",
    args = {
      message_body = "hello {{first_name}} {{last_name}} here is {{custom2}} click on link {{shorten_url}}!!",
      sender = "My sender",
      recipients = {
        {
          phone_number = "380100001010", first_name = "John", last_name = "Doe", custom2 = "MyCustomToken",
          url = "https://mylink1.com",
        },
        { phone_number = "380100001011", first_name = "Bob", url = "https://mylink2.com" },
      },
    },
    request = {
      method = "POST",
      path = "/api/3/Broadcast/combinedsubmit",
      json = [[{
        "message_body": "hello {{first_name}} {{last_name}} here is {{custom2}} click on link {{shorten_url}}!!",
        "sender": "My sender",
        "recipients": [
          {
            "phone_number": 380100001010,
            "first_name": "John",
            "last_name": "Doe",
            "custom2": "MyCustomToken",
            "url": "https://mylink1.com"
          },
          {
            "phone_number": 380100001011,
            "first_name": "Bob",
            "url": "https://mylink2.com"
          }
        ]
      }]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.351626371,
        "result": [ { "broadcastID":333, "segmentID":495 } ]
      }]],
    },
    result = { { broadcastID = 333, segmentID = 495 } },
  },
  {
    n = 41,
    note = "the parameter list: sender_id instead of sender, and both optional fields",
    call = "broadcasts.submit",
    args = {
      message_body = "hello", sender_id = 23, name = "one request", send_date = "2021-03-01T12:41:38.837Z",
      recipients = { { phone_number = "380100001010" } },
    },
    request = {
      method = "POST",
      path = "/api/3/Broadcast/combinedsubmit",
      json = [[{
        "message_body": "hello", "sender_id": 23, "name": "one request", "send_date": "2021-03-01T12:41:38.837Z",
        "recipients": [ { "phone_number": 380100001010 } ]
      }]],
    },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.3,"result":[{"broadcastID":334,"segmentID":496}]}]],
    },
    result = { { broadcastID = 334, segmentID = 496 } },
  },
}
