-- SPDX-License-Identifier: MIT
-- websms, POST smsmessaging/binary: not in the guide, but in the vendor's libraries and pages.
-- The format of a case is told in ../messagewhiz.lua and ../websms.lua.

return {
  {
    n = 4,
    note = "the vendor's sample: \"Hello \" and \"World!\", each after a user data header",
    call = "messages.send_binary",
    args = {
      messageContent = { "BQADzAIBSGVsbG8g", "BQADzAICV29ybGQh" }, userDataHeaderPresent = true,
      recipientAddressList = { "43660000000001" },
    },
    request = {
      method = "POST",
      path = "/smsmessaging/binary",
      json = [[{"messageContent":["BQADzAIBSGVsbG8g","BQADzAICV29ybGQh"],"userDataHeaderPresent":true,
        "recipientAddressList":["43660000000001"]}]],
    },
    response = {
      status = 200,
      type = "application/json;charset=UTF-8",
      body = [[{"statusCode":2000,"statusMessage":"OK","clientMessageId":null,"transferId":"0050000000000000a004","smsCount":2}]],
    },
    result = { statusCode = 2000, statusMessage = "OK", transferId = "0050000000000000a004", smsCount = 2 },
  },
  {
    n = 4,
    note = "every field of the vendor's page: neither maxSmsPerMessage nor messageType; one segment is a list too",
    call = "messages.send_binary",
    args = {
      messageContent = { "AAECAw==" }, userDataHeaderPresent = false, recipientAddressList = { "43660000000001", "43660000000002" },
      senderAddress = "43660000000009", senderAddressType = "international", clientMessageId = "m-2",
      notificationCallbackUrl = "https://example.com/dlr", contentCategory = "informational", priority = 3, sendAsFlashSms = false,
      test = true, validityPeriode = 600,
    },
    request = {
      method = "POST",
      path = "/smsmessaging/binary",
      json = [[{ "messageContent": ["AAECAw=="], "userDataHeaderPresent": false,
        "recipientAddressList": ["43660000000001", "43660000000002"], "senderAddress": "43660000000009",
        "senderAddressType": "international", "clientMessageId": "m-2", "notificationCallbackUrl": "https://example.com/dlr",
        "contentCategory": "informational", "priority": 3, "sendAsFlashSms": false, "test": true, "validityPeriode": 600 }]],
    },
    response = { status = 200, body = [[{"statusCode":2001,"statusMessage":"OK","clientMessageId":"m-2","transferId":"a5","smsCount":0}]] },
    result = { statusCode = 2001, statusMessage = "OK", clientMessageId = "m-2", transferId = "a5", smsCount = 0 },
  },
}
