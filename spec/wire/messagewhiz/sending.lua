-- SPDX-License-Identifier: MIT
-- MessageWhiz API document, section "Send a Broadcast": operations 31 and 32 (one message) and 38 and 39 (one time passwords).
-- The format of a case is told in ../messagewhiz.lua.

return {
  {
    n = 31,
    note = "the key goes in the body here, the example has no apikey header, and the answer has no envelope",
    call = "messages.send",
    args = { to = "2605876689", from = "sender", text = "sample message" },
    request = {
      method = "POST",
      path = "/sms",
      headers = { apikey = false },
      json = [[{
        "api_key": "wire-key-0a1b2c3d",
        "to": "2605876689",
        "from": "sender",
        "text": "sample message"
      }]],
    },
    response = { status = 200, body = [[{"message_id": "rbzAV2NXxJ_u5bDL35Hop"}]] },
    result = { message_id = "rbzAV2NXxJ_u5bDL35Hop" },
  },
  {
    n = 31,
    note = "the parameter list's optional fields",
    call = "messages.send",
    args = {
      to = "123456789012345", from = "'._-+& Ab1", text = "Grüße \"{{x}}\"\n€", client_ref = "Custom param",
      callback = "https://example.com/dlr?x=1&y=2",
    },
    request = {
      method = "POST",
      path = "/sms",
      headers = { apikey = false },
      json = [[{
        "api_key": "wire-key-0a1b2c3d", "to": "123456789012345", "from": "'._-+& Ab1", "text": "Grüße \"{{x}}\"\n€",
        "client_ref": "Custom param", "callback": "https://example.com/dlr?x=1&y=2"
      }]],
    },
    response = { status = 200, body = [[{"message_id": "rbzAV2NXxJ_u5bDL35Hop", "client_ref": "Custom param"}]] },
    result = { message_id = "rbzAV2NXxJ_u5bDL35Hop", client_ref = "Custom param" },
  },
  {
    n = 31,
    note = "the validation texts' other limits: a sender of 20 numbers, a recipient of 10 digits",
    call = "messages.send",
    args = { to = "1234567890", from = "12345678901234567890", text = "x" },
    request = {
      method = "POST",
      path = "/sms",
      headers = { apikey = false },
      json = [[{"api_key": "wire-key-0a1b2c3d", "to": "1234567890", "from": "12345678901234567890", "text": "x"}]],
    },
    response = { status = 200, body = [[{"message_id": "rbzAV2NXxJ_u5bDL35Hop"}]] },
    result = { message_id = "rbzAV2NXxJ_u5bDL35Hop" },
  },
  {
    n = 31,
    note = "not in this document, but in the public page of version 4.0.0: the apikey header in place of the body's field",
    call = "messages.send",
    client = { sms_auth = "header" },
    args = { to = "2605876689", from = "sender", text = "sample message" },
    request = {
      method = "POST",
      path = "/sms",
      json = [[{"to": "2605876689", "from": "sender", "text": "sample message"}]],
    },
    response = { status = 200, body = [[{"message_id": "rbzAV2NXxJ_u5bDL35Hop"}]] },
    result = { message_id = "rbzAV2NXxJ_u5bDL35Hop" },
  },
  {
    n = 32,
    note = "the slash at the end belongs to the address; broadcastId is spelt otherwise than in operations 33 to 36",
    call = "broadcasts.tiny",
    args = { recipient = "2605876689", sender = "sender", message_body = "sample message" },
    request = {
      method = "POST",
      path = "/api/3/Broadcast/tiny/",
      json = [[{
        "recipient": "2605876689",
        "sender": "sender",
        "message_body": "sample message"
      }]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.049512918,
        "result": { "broadcastId": 1174181, "segmentId": 523940 }
      }]],
    },
    result = { broadcastId = 1174181, segmentId = 523940 },
  },
  {
    n = 38,
    note = "otp=true and verification are sent without being asked for; no envelope",
    call = "otp.send",
    args = {
      campaign_id = 1, sender_id = "23", message_body = "verification code: {{verification_code}}",
      send_date = "2021-03-01T12:41:38.837Z", utc_offset = 120, recipient = "2605876689",
    },
    request = {
      method = "POST",
      path = "/api/broadcasts/single",
      query = { { "otp", "true" } },
      query_raw = "otp=true",
      json = [[{
        "campaign_id": 1,
        "sender_id": "23",
        "message_body": "verification code: {{verification_code}}",
        "send_date": "2021-03-01T12:41:38.837Z",
        "utc_offset": 120,
        "recipient": "2605876689",
        "verification": true
      }]],
    },
    response = { status = 200, body = [[{"id": 123}]] },
    result = { id = 123 },
  },
  {
    n = 38,
    note = "the parameter list: message_template_id instead of message_body, sender instead of sender_id, the optional fields",
    call = "otp.send",
    args = {
      campaign_id = 1, message_template_id = 46126, sender = "FirstSender", recipient = "2605876689",
      unsubscriber_list_ids = { 21534, 21567 }, utc_offset = 0, is_now = false, trigger_id = 5677,
    },
    request = {
      method = "POST",
      path = "/api/broadcasts/single",
      query = { { "otp", "true" } },
      json = [[{
        "campaign_id": 1, "message_template_id": 46126, "sender": "FirstSender", "recipient": "2605876689",
        "unsubscriber_list_ids": "21534,21567", "utc_offset": 0, "is_now": false, "trigger_id": 5677, "verification": true
      }]],
    },
    response = { status = 200, body = [[{"id": 124}]] },
    result = { id = 124 },
  },
  {
    n = 39,
    note = "the number is a placeholder in the document, operation 38's is put in; no envelope",
    call = "otp.verify",
    args = { phone_number = "2605876689", verification_code = 2253 },
    request = {
      method = "POST",
      path = "/api/recipients/2605876689/verification",
      json = [[{"verification_code": 2253}]],
    },
    response = { status = 200, body = [[{"valid": true}]] },
    result = { valid = true },
  },
}
