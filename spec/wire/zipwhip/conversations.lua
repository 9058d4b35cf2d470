-- SPDX-License-Identifier: MIT
-- Zipwhip, conversation/list, conversation/get, conversation/read and conversation/delete: operations 16 to 19.
-- The format of a case is told in ../messagewhiz.lua and ../zipwhip.lua.

local SESSION = { "session", "00000000-1111-2222-3333-444444444444:300000001" }

return {
  {
    n = 16,
    note = "the fields of the vendor's page",
    call = "conversations.list",
    args = { limit = 2, start = 0 },
    request = { method = "POST", path = "/conversation/list", form = { SESSION, { "limit", "2" }, { "start", "0" } } },
    response = {
      status = 200,
      body = [[{"total":1,"size":27,"success":true,"sessions":null,"response":[{"id":90000000001,"fingerprint":"4000000001",
        "address":"ptn:/2065550100","cc":null,"bcc":"","deviceId":300000001,"deviceAddress":"device:/2065550111/0","unreadCount":1,
        "deleted":false,"new":false,"version":7,"lastContactId":1900000001,"lastContactDeviceId":0,"lastContactFirstName":"A",
        "lastContactLastName":"B","lastContactMobileNumber":2065550100,"lastMessageBody":"Hello",
        "lastMessageDate":"2015-06-01T10:00:00-07:00","dateCreated":"2015-06-01T10:00:00-07:00"}]}]],
    },
    result = {
      {
        id = "90000000001", fingerprint = "4000000001", address = "ptn:/2065550100", bcc = "", deviceId = "300000001",
        deviceAddress = "device:/2065550111/0", unreadCount = 1, deleted = false, new = false, version = 7,
        lastContactId = "1900000001", lastContactDeviceId = "0", lastContactFirstName = "A", lastContactLastName = "B",
        lastContactMobileNumber = "2065550100", lastMessageBody = "Hello", lastMessageDate = "2015-06-01T10:00:00-07:00",
        dateCreated = "2015-06-01T10:00:00-07:00",
      },
    },
    page = { total = 1, size = 27 },
  },
  {
    n = 16,
    note = "no parameters",
    call = "conversations.list",
    request = { method = "POST", path = "/conversation/list", form = { SESSION } },
    response = { status = 200, body = [[{"success":true,"total":0,"size":0,"response":[]}]] },
    result = {},
    page = { total = 0, size = 0 },
  },
  {
    n = 17,
    note = "conversation and messages side by side",
    call = "conversations.get",
    args = { fingerprint = "4000000001", limit = 30, start = 0 },
    request = {
      method = "POST",
      path = "/conversation/get",
      form = { SESSION, { "fingerprint", "4000000001" }, { "limit", "30" }, { "start", "0" } },
    },
    response = {
      status = 200,
      body = [[{"success":true,"sessions":null,"response":{"conversation":{"id":90000000001,"fingerprint":"4000000001",
        "deviceId":300000001,"unreadCount":0},"messages":[{"id":"900000000000000001","type":"ZO","statusCode":6,"body":"Hello",
        "contactId":1900000001,"deviceId":300000001}]}}]],
    },
    result = {
      conversation = { id = "90000000001", fingerprint = "4000000001", deviceId = "300000001", unreadCount = 0 },
      messages = {
        {
          id = "900000000000000001", type = "ZO", statusCode = 6, body = "Hello", contactId = "1900000001", deviceId = "300000001",
        },
      },
    },
  },
  {
    n = 17,
    note = "messages may be null",
    call = "conversations.get",
    args = { fingerprint = "4000000001" },
    request = { method = "POST", path = "/conversation/get", form = { SESSION, { "fingerprint", "4000000001" } } },
    response = { status = 200, body = [[{"success":true,"response":{"conversation":{"id":"90000000001"},"messages":null}}]] },
    result = { conversation = { id = "90000000001" } },
  },
  {
    n = 18,
    note = "response is null",
    call = "conversations.mark_read",
    args = { fingerprint = "4000000001" },
    request = { method = "POST", path = "/conversation/read", form = { SESSION, { "fingerprint", "4000000001" } } },
    response = { status = 200, body = [[{"success":true,"response":null,"sessions":null}]] },
    result = true,
  },
  {
    n = 18,
    note = "the vendor's client takes an empty answer for one that has nothing to say",
    call = "conversations.mark_read",
    args = { fingerprint = "4000000001" },
    request = { method = "POST", path = "/conversation/read", form = { SESSION, { "fingerprint", "4000000001" } } },
    response = { status = 200, body = "" },
    result = true,
  },
  {
    n = 18,
    note = "and so it takes the bare word null",
    call = "conversations.mark_read",
    args = { fingerprint = "4000000001" },
    request = { method = "POST", path = "/conversation/read", form = { SESSION, { "fingerprint", "4000000001" } } },
    response = { status = 200, body = "null" },
    result = true,
  },
  {
    n = 19,
    note = "response is true",
    call = "conversations.delete",
    args = { fingerprint = "4000000001" },
    request = { method = "POST", path = "/conversation/delete", form = { SESSION, { "fingerprint", "4000000001" } } },
    response = { status = 200, body = [[{"success":true,"response":true,"sessions":null}]] },
    result = true,
  },
  {
    n = 19,
    note = "response is null",
    call = "conversations.delete",
    args = { fingerprint = "4000000001" },
    request = { method = "POST", path = "/conversation/delete", form = { SESSION, { "fingerprint", "4000000001" } } },
    response = { status = 200, body = [[{"success":true,"response":null}]] },
    result = true,
  },
}
