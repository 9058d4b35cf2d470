-- SPDX-License-Identifier: MIT
-- Zipwhip, messaging/send with files (operation 8) and what came with a message: messageAttachment/list, hostedContent/get and
-- hostedContent/save (13 to 15). The format of a case is told in ../messagewhiz.lua and ../zipwhip.lua.

local KEY = "00000000-1111-2222-3333-444444444444:300000001"
local SESSION = { "session", KEY }
local PNG = "\137PNG\r\n\26\n\0\0\0\rIHDR"

return {
  {
    n = 8,
    note = "two files, from memory and from disk; session, to and body are parts too; the id comes as a number",
    call = "messages.send_media",
    args = {
      to = "+12065550100", body = "Grüße", files = { { data = PNG, name = "cat.png" }, { path = "spec/wire/zipwhip/note.txt" } },
    },
    request = {
      method = "POST",
      path = "/messaging/send",
      parts = {
        { name = "session", data = KEY },
        { name = "to", data = "+12065550100" },
        { name = "body", data = "Grüße" },
        { name = "file1", filename = "cat.png", type = "image/png", data = PNG },
        { name = "file2", filename = "note.txt", type = "text/plain", data = "A note.\n" },
      },
    },
    response = { status = 200, body = [[{"success":true,"response":{"id":900000000000000002,"status":"queued"}}]] },
    result = { id = "900000000000000002", status = "queued" },
  },
  {
    n = 8,
    note = "with a file the body may be missing",
    call = "messages.send_media",
    args = { to = "+12065550100", files = { { data = "GIF89a", name = "a.gif" } } },
    request = {
      method = "POST",
      path = "/messaging/send",
      parts = {
        { name = "session", data = KEY },
        { name = "to", data = "+12065550100" },
        { name = "file1", filename = "a.gif", type = "image/gif", data = "GIF89a" },
      },
    },
    response = { status = 200, body = [[{"success":true,"response":{"id":"900000000000000003","status":"queued"},"sessions":null}]] },
    result = { id = "900000000000000003", status = "queued" },
  },
  {
    n = 8,
    note = "the documents' fourth type",
    call = "messages.send_media",
    args = { to = "+12065550100", body = "b", files = { { data = "\255\216\255", name = "a b.jpg" } } },
    request = {
      method = "POST",
      path = "/messaging/send",
      parts = {
        { name = "session", data = KEY },
        { name = "to", data = "+12065550100" },
        { name = "body", data = "b" },
        { name = "file1", filename = "a b.jpg", type = "image/jpeg", data = "\255\216\255" },
      },
    },
    response = { status = 200, body = [[{"success":true,"response":{"id":900000000000000004,"status":"queued"}}]] },
    result = { id = "900000000000000004", status = "queued" },
  },
  {
    n = 13,
    note = "media comes with a SMIL part; an old row has an empty storageKey",
    call = "attachments.list",
    args = { messageId = "1300000000000000001" },
    request = { method = "POST", path = "/messageAttachment/list", form = { SESSION, { "messageId", "1300000000000000001" } } },
    response = {
      status = 200,
      body = [[{"total":2,"response":[
        {"fileName":"0.smil","dateCreated":"2015-06-01T10:00:00-07:00","fileSizeBytes":200,"mimeType":"application/smil","storageKey":""},
        {"fileName":"cat.png","dateCreated":"2015-06-01T10:00:00-07:00","fileSizeBytes":51234,"mimeType":"image/png",
         "storageKey":"fa9fd9a7-1:2"}]}]],
    },
    result = {
      {
        fileName = "0.smil", dateCreated = "2015-06-01T10:00:00-07:00", fileSizeBytes = 200, mimeType = "application/smil",
        storageKey = "",
      },
      {
        fileName = "cat.png", dateCreated = "2015-06-01T10:00:00-07:00", fileSizeBytes = 51234, mimeType = "image/png",
        storageKey = "fa9fd9a7-1:2",
      },
    },
    page = { total = 2 },
  },
  {
    n = 14,
    note = "the answer is the media's bytes",
    call = "attachments.get",
    args = { storageKey = "fa9fd9a7-1:2" },
    request = { method = "GET", path = "/hostedContent/get", secret_in_url = true, query = { SESSION, { "storageKey", "fa9fd9a7-1:2" } } },
    response = { status = 200, type = "image/png", body = PNG },
    result = PNG,
  },
  {
    n = 14,
    note = "bytes that look like JSON are bytes: the media type decides",
    call = "attachments.get",
    args = { storageKey = "k" },
    request = { method = "GET", path = "/hostedContent/get", secret_in_url = true, query = { SESSION, { "storageKey", "k" } } },
    response = { status = 200, type = "text/plain", body = [[{"success":false,"response":"a text that somebody sent"}]] },
    result = [[{"success":false,"response":"a text that somebody sent"}]],
  },
  {
    n = 14,
    note = "JSON by its media type is a failure",
    call = "attachments.get",
    args = { storageKey = "gone" },
    request = { method = "GET", path = "/hostedContent/get", secret_in_url = true, query = { SESSION, { "storageKey", "gone" } } },
    response = { status = 200, body = [[{"success":false,"response":"Content not found"}]] },
    failure = { kind = { "rejected", "not_found" }, outcome = "not_sent", status = 200, provider = "zipwhip", says = "Content not found" },
  },
  {
    n = 15,
    note = "the parts are the files and nothing else, so the session is in the query here; the result maps part to key",
    call = "attachments.save",
    args = { files = { { data = PNG, name = "cat.png" }, { data = "A note.\n", name = "note.txt" } } },
    request = {
      method = "POST",
      path = "/hostedContent/save",
      query = { SESSION },
      secret_in_url = true,
      parts = {
        { name = "file1", filename = "cat.png", type = "image/png", data = PNG },
        { name = "file2", filename = "note.txt", type = "text/plain", data = "A note.\n" },
      },
    },
    response = { status = 200, body = [[{"success":true,"response":{"file1":"key-1","file2":"key-2"},"sessions":null}]] },
    result = { file1 = "key-1", file2 = "key-2" },
  },
}
