-- SPDX-License-Identifier: MIT
-- Zipwhip, message/send, message/get, message/list, message/read and message/delete: operations 7 and 9 to 12.
-- The format of a case is told in ../messagewhiz.lua and ../zipwhip.lua.

local SESSION = { "session", "00000000-1111-2222-3333-444444444444:300000001" }
local ONE = {
  status = 200,
  body = [[{"success":true,"response":{"fingerprint":"4000000001","root":"900000000000000001","tokens":[
    {"message":"900000000000000001","fingerprint":"4000000001","contact":1900000001,"device":300000001}]},"sessions":null}]],
}
local ONE_RESULT = {
  fingerprint = "4000000001", root = "900000000000000001",
  tokens = { { message = "900000000000000001", fingerprint = "4000000001", contact = "1900000001", device = "300000001" } },
}

return {
  {
    n = 7,
    note = "one recipient, as the documents have it",
    call = "messages.send",
    args = { contacts = "2065550100", body = "Hello" },
    request = { method = "POST", path = "/message/send", form = { SESSION, { "contacts", "2065550100" }, { "body", "Hello" } } },
    response = ONE,
    result = ONE_RESULT,
  },
  {
    n = 7,
    note = "E.164 and text that a form must escape",
    call = "messages.send",
    args = { contacts = { "+12065550100" }, body = "Grüße & 100% + € = ♥\n" },
    request = {
      method = "POST",
      path = "/message/send",
      form = { SESSION, { "contacts", "+12065550100" }, { "body", "Grüße & 100% + € = ♥\n" } },
    },
    response = ONE,
    result = ONE_RESULT,
  },
  {
    n = 7,
    note = "several recipients: contacts is repeated; root is none of the tokens, the top fingerprint is null",
    call = "messages.send",
    args = { contacts = { "2065550100", "+12065550101", "ptn:/2065550102" }, body = "Hello" },
    request = {
      method = "POST",
      path = "/message/send",
      form = {
        SESSION, { "contacts", "2065550100" }, { "contacts", "+12065550101" }, { "contacts", "ptn:/2065550102" }, { "body", "Hello" },
      },
    },
    response = {
      status = 200,
      body = [[{"success":true,"response":{"fingerprint":null,"root":900000000000000010,"tokens":[
        {"message":"900000000000000011","fingerprint":"4000000001","contact":-1,"device":300000001},
        {"message":900000000000000012,"fingerprint":4000000002,"contact":0,"device":300000001},
        {"class":"x","message":"6f1f8a10-aaaa-bbbb-cccc-000000000001","fingerprint":"4000000003","contact":3,"device":300000001}
      ]},"sessions":null}]],
    },
    result = {
      root = "900000000000000010",
      tokens = {
        { message = "900000000000000011", fingerprint = "4000000001", contact = "-1", device = "300000001" },
        { message = "900000000000000012", fingerprint = "4000000002", contact = "0", device = "300000001" },
        {
          ["class"] = "x", message = "6f1f8a10-aaaa-bbbb-cccc-000000000001", fingerprint = "4000000003", contact = "3",
          device = "300000001",
        },
      },
    },
  },
  {
    n = 7,
    note = "the optional parameters of the vendor's client",
    call = "messages.send",
    args = {
      contacts = "2065550100", body = "Hello", fromName = "ACME", fromAddress = "0", advertisement = "ad", scheduledDate = "-1",
    },
    request = {
      method = "POST",
      path = "/message/send",
      form = {
        SESSION, { "contacts", "2065550100" }, { "body", "Hello" }, { "fromName", "ACME" }, { "fromAddress", "0" },
        { "advertisement", "ad" }, { "scheduledDate", "-1" },
      },
    },
    response = ONE,
    result = ONE_RESULT,
  },
  {
    n = 9,
    note = "ids beyond 2^53 stay exact, as strings",
    call = "messages.get",
    args = { id = "900000000000000001" },
    request = { method = "POST", path = "/message/get", form = { SESSION, { "id", "900000000000000001" } } },
    response = {
      status = 200,
      body = [[{"success":true,"response":{"id":900000000000000001,"uuid":"900000000000000001","body":"Hello","bodySize":5,
        "type":"ZO","statusCode":0,"statusDesc":null,"transmissionState":{"name":"DELIVERED"},"errorState":false,
        "isInFinalState":false,"fingerprint":"4000000001","address":"ptn:/2065550100","sourceAddress":"2065550111",
        "destAddress":"2065550100","mobileNumber":"2065550100","contactId":1900000001,"deviceId":300000001,
        "contactDeviceId":300000001,"creatorId":0,"firstName":"","cc":null,"bcc":null,"isRead":true,"deleted":false,
        "visible":true,"hasAttachment":false,"dateCreated":"2015-06-01T10:00:00-07:00","lastUpdated":"2015-06-01T10:00:01-07:00",
        "scheduledDate":null,"parentId":0,"version":2,"messageTransport":5},"sessions":null}]],
    },
    result = {
      id = "900000000000000001", uuid = "900000000000000001", body = "Hello", bodySize = 5, type = "ZO", statusCode = 0,
      transmissionState = { name = "DELIVERED" }, errorState = false, isInFinalState = false, fingerprint = "4000000001",
      address = "ptn:/2065550100", sourceAddress = "2065550111", destAddress = "2065550100", mobileNumber = "2065550100",
      contactId = "1900000001", deviceId = "300000001", contactDeviceId = "300000001", creatorId = "0", firstName = "",
      isRead = true, deleted = false, visible = true, hasAttachment = false, dateCreated = "2015-06-01T10:00:00-07:00",
      lastUpdated = "2015-06-01T10:00:01-07:00", parentId = "0", version = 2, messageTransport = 5,
    },
  },
  {
    n = 9,
    note = "an integer of Lua is an id too",
    call = "messages.get",
    args = { id = 1300000000000000001 },
    request = { method = "POST", path = "/message/get", form = { SESSION, { "id", "1300000000000000001" } } },
    response = { status = 200, body = [[{"success":true,"response":{"id":"1300000000000000001","statusCode":4}}]] },
    result = { id = "1300000000000000001", statusCode = 4 },
  },
  {
    n = 10,
    note = "no parameters",
    call = "messages.list",
    request = { method = "POST", path = "/message/list", form = { SESSION } },
    response = {
      status = 200,
      body = [[{"total":2,"response":[
        {"id":"900000000000000001","type":"ZO","body":"Hello","statusCode":5,"contactId":1900000001,"fingerprint":"4000000001"},
        {"id":"900000000000000002","type":"MO","body":"","statusCode":4,"contactId":1900000002,"fingerprint":"4000000002"}
        ],"size":2845,"sessions":null,"success":true}]],
    },
    result = {
      { id = "900000000000000001", type = "ZO", body = "Hello", statusCode = 5, contactId = "1900000001", fingerprint = "4000000001" },
      { id = "900000000000000002", type = "MO", body = "", statusCode = 4, contactId = "1900000002", fingerprint = "4000000002" },
    },
    page = { total = 2, size = 2845 },
  },
  {
    n = 10,
    note = "limit and start",
    call = "messages.list",
    args = { limit = 30, start = 60 },
    request = { method = "POST", path = "/message/list", form = { SESSION, { "limit", "30" }, { "start", "60" } } },
    response = { status = 200, body = [[{"success":true,"total":0,"size":60,"response":[],"sessions":null}]] },
    result = {},
    page = { total = 0, size = 60 },
  },
  {
    n = 11,
    note = "the parameter is called message; response is false and the call has succeeded",
    call = "messages.mark_read",
    args = { message = "900000000000000001" },
    request = { method = "POST", path = "/message/read", form = { SESSION, { "message", "900000000000000001" } } },
    response = { status = 200, body = [[{"success":true,"response":false,"sessions":null}]] },
    result = true,
  },
  {
    n = 11,
    note = "several: the parameter is repeated; response is null",
    call = "messages.mark_read",
    args = { message = { "900000000000000001", 900000000000000002 } },
    request = {
      method = "POST",
      path = "/message/read",
      form = { SESSION, { "message", "900000000000000001" }, { "message", "900000000000000002" } },
    },
    response = { status = 200, body = [[{"success":true,"response":null,"sessions":null}]] },
    result = true,
  },
  {
    n = 12,
    note = "response is null",
    call = "messages.delete",
    args = { message = "900000000000000001" },
    request = { method = "POST", path = "/message/delete", form = { SESSION, { "message", "900000000000000001" } } },
    response = { status = 200, body = [[{"success":true,"response":null,"sessions":null}]] },
    result = true,
  },
  {
    n = 12,
    note = "several: the parameter is repeated; response is false",
    call = "messages.delete",
    args = { message = { "900000000000000001", "900000000000000002" } },
    request = {
      method = "POST",
      path = "/message/delete",
      form = { SESSION, { "message", "900000000000000001" }, { "message", "900000000000000002" } },
    },
    response = { status = 200, body = [[{"success":true,"response":false,"sessions":null}]] },
    result = true,
  },
}
