-- SPDX-License-Identifier: MIT
-- websms, POST channels/{uuid}/send/whatsapp: not in the guide (whose codes 4032 to 4034 belong to it), but in the vendor's newer pages.
-- The format of a case is told in ../messagewhiz.lua and ../websms.lua.

local CHANNEL = "00000000-1111-2222-3333-444444444444"

return {
  {
    n = 5,
    note = "a text; the answer is that of a text message without smsCount",
    call = "whatsapp.send",
    args = {
      id = CHANNEL, recipientAddressList = { "43660000000001" }, messageContent = { type = "text", text = { body = "Hi äöü €" } },
    },
    request = {
      method = "POST",
      path = "/channels/00000000-1111-2222-3333-444444444444/send/whatsapp",
      json = [[{"recipientAddressList":["43660000000001"],"messageContent":{"type":"text","text":{"body":"Hi äöü €"}}}]],
    },
    response = { status = 200, body = [[{"statusCode":2000,"statusMessage":"OK","clientMessageId":null,"transferId":"a6"}]] },
    result = { statusCode = 2000, statusMessage = "OK", transferId = "a6" },
  },
  {
    n = 5,
    note = "an image, and every field",
    call = "whatsapp.send",
    args = {
      id = CHANNEL, recipientAddressList = { "43660000000001", "43660000000002" },
      messageContent = { type = "image", image = { link = "https://example.com/a.jpg", caption = "A" } }, clientMessageId = "w-1",
      contentCategory = "personal", priority = 2, test = true, validityPeriode = 300,
    },
    request = {
      method = "POST",
      path = "/channels/00000000-1111-2222-3333-444444444444/send/whatsapp",
      json = [[{ "recipientAddressList": ["43660000000001", "43660000000002"],
        "messageContent": { "type": "image", "image": { "link": "https://example.com/a.jpg", "caption": "A" } },
        "clientMessageId": "w-1", "contentCategory": "personal", "priority": 2, "test": true, "validityPeriode": 300 }]],
    },
    response = { status = 200, body = [[{"statusCode":2001,"statusMessage":"OK_QUEUED","clientMessageId":"w-1","transferId":"a7"}]] },
    result = { statusCode = 2001, statusMessage = "OK_QUEUED", clientMessageId = "w-1", transferId = "a7" },
  },
  {
    n = 5,
    note = "a document",
    call = "whatsapp.send",
    args = {
      id = CHANNEL, recipientAddressList = { "43660000000001" },
      messageContent = { type = "document", document = { link = "https://example.com/a.pdf", caption = "A", filename = "b.pdf" } },
    },
    request = {
      method = "POST",
      path = "/channels/00000000-1111-2222-3333-444444444444/send/whatsapp",
      json = [[{ "recipientAddressList": ["43660000000001"], "messageContent": { "type": "document",
        "document": { "link": "https://example.com/a.pdf", "caption": "A", "filename": "b.pdf" } } }]],
    },
    response = { status = 200, body = [[{"statusCode":2000,"statusMessage":"OK","transferId":"a8"}]] },
    result = { statusCode = 2000, statusMessage = "OK", transferId = "a8" },
  },
  {
    n = 5,
    note = "4033: the account may not",
    call = "whatsapp.send",
    args = { id = CHANNEL, recipientAddressList = { "43660000000001" }, messageContent = { type = "text", text = { body = "Hi" } } },
    request = {
      method = "POST",
      path = "/channels/00000000-1111-2222-3333-444444444444/send/whatsapp",
      json = [[{"recipientAddressList":["43660000000001"],"messageContent":{"type":"text","text":{"body":"Hi"}}}]],
    },
    response = { status = 200, body = [[{"statusCode":4033,"statusMessage":"whatsapp disabled","transferId":null}]] },
    failure = { kind = { "rejected", "forbidden" }, code = 4033, name = "WHATSAPP_DISABLED", outcome = "not_sent", status = 200 },
  },
}
