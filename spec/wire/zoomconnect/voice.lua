-- SPDX-License-Identifier: MIT
-- ZoomConnect's published description, tag "voice": five operations the guide lacks, numbered 40 to 44 here.
-- The format of a case is told in ../messagewhiz.lua.

local WAV = "RIFF\36\0\0\0WAVEfmt \16\0\0\0\1\0\1\0\64\31\0\0\64\31\0\0\1\0\8\0data\0\0\0\0"

return {
  {
    n = 40,
    note = "the wrapper is called messages here",
    call = "voice.list",
    request = { method = "GET", path = "/api/rest/v1/voice/all" },
    response = {
      status = 200,
      body = [[{
        "page": 1, "pageSize": 100, "elements": 1, "totalElements": 1, "totalPages": 1, "links": [],
        "messages": [ { "voiceMessageId": "v1", "toNumber": "+27821234567", "message": null, "messageStatus": "DELIVERED",
          "language": null, "audioFileUrl": "https://example.com/a.mp3", "campaign": "c", "userDataField": "d",
          "dateTimeSent": "2024-02-01T10:00:00.000+02:00", "deleted": false, "links": [] } ]
      }]],
    },
    result = {
      {
        voiceMessageId = "v1", toNumber = "+27821234567", messageStatus = "DELIVERED", audioFileUrl = "https://example.com/a.mp3",
        campaign = "c", userDataField = "d", dateTimeSent = "2024-02-01T10:00:00.000+02:00", deleted = false, links = {},
      },
    },
    page = { page = 1, pageSize = 100, elements = 1, totalElements = 1, totalPages = 1 },
  },
  {
    n = 40,
    note = "every parameter",
    call = "voice.list",
    args = {
      pageSize = 5, page = 3, status = "SCHEDULED", fromDateTimeSent = "20240201", toDateTimeSent = "20240229",
      toNumber = "+27821234567", message = "hi", campaign = "c", dataField = "d", deleted = true,
    },
    request = {
      method = "GET",
      path = "/api/rest/v1/voice/all",
      query = {
        { "pageSize", "5" }, { "page", "3" }, { "status", "SCHEDULED" }, { "fromDateTimeSent", "20240201" },
        { "toDateTimeSent", "20240229" }, { "toNumber", "+27821234567" }, { "message", "hi" }, { "campaign", "c" },
        { "dataField", "d" }, { "deleted", "true" },
      },
    },
    response = {
      status = 200,
      body = [[{"page":3,"pageSize":5,"elements":0,"totalElements":0,"totalPages":0,"links":[],"messages":[]}]],
    },
    result = {},
    page = { page = 3, pageSize = 5, elements = 0, totalElements = 0, totalPages = 0 },
  },
  {
    n = 41,
    note = "only the file is a part, all else is in the query",
    call = "voice.send_audio",
    args = { recipientNumber = "+27821234567", file = { data = "ID3 not really a song", name = "hello.mp3" } },
    request = {
      method = "POST",
      path = "/api/rest/v1/voice/single-audio",
      query = { { "recipientNumber", "+27821234567" } },
      parts = { { name = "file", filename = "hello.mp3", data = "ID3 not really a song" } },
    },
    response = { status = 200, body = [[{"voiceMessageId":"v1","error":null}]] },
    result = { voiceMessageId = "v1" },
  },
  {
    n = 41,
    note = "every parameter; the file comes from disk and holds NUL bytes",
    call = "voice.send_audio",
    args = {
      recipientNumber = "0825551234", file = { path = "spec/wire/zoomconnect/silence.wav" }, campaign = "shoe campaign",
      dataField = "d", retryCount = 2, retryMinimumInterval = 5, retryMaximumInterval = 60,
    },
    request = {
      method = "POST",
      path = "/api/rest/v1/voice/single-audio",
      query = {
        { "recipientNumber", "0825551234" }, { "campaign", "shoe campaign" }, { "dataField", "d" }, { "retryCount", "2" },
        { "retryMinimumInterval", "5" }, { "retryMaximumInterval", "60" },
      },
      parts = { { name = "file", filename = "silence.wav", data = WAV } },
    },
    response = { status = 201, body = [[{"voiceMessageId":"v2","error":null}]] },
    result = { voiceMessageId = "v2" },
  },
  {
    n = 42,
    note = "the two fields without which there is nothing to say",
    call = "voice.send_text",
    args = { recipientNumber = "+27821234567", message = "Hello" },
    request = {
      method = "POST",
      path = "/api/rest/v1/voice/single-text",
      json = [[{"recipientNumber":"+27821234567","message":"Hello"}]],
    },
    response = { status = 200, body = [[{"voiceMessageId":"v3","error":null}]] },
    result = { voiceMessageId = "v3" },
  },
  {
    n = 42,
    note = "the body class whole",
    call = "voice.send_text",
    args = {
      recipientNumber = "+27821234567", message = "Hello", language = "en-ZA", campaign = "c", dataField = "d", retryCount = 4,
      retryMinimumInterval = 1, retryMaximumInterval = 1440,
    },
    request = {
      method = "POST",
      path = "/api/rest/v1/voice/single-text",
      json = [[{ "recipientNumber": "+27821234567", "message": "Hello", "language": "en-ZA", "campaign": "c", "dataField": "d",
        "retryCount": 4, "retryMinimumInterval": 1, "retryMaximumInterval": 1440 }]],
    },
    response = { status = 201, body = [[{"voiceMessageId":"v4","error":null}]] },
    result = { voiceMessageId = "v4" },
  },
  {
    n = 43,
    note = "the description's class",
    call = "voice.get",
    args = { id = "v1" },
    request = { method = "GET", path = "/api/rest/v1/voice/v1" },
    response = { status = 200, body = [[{"voiceMessageId":"v1","messageStatus":"SENT","language":"en-ZA","deleted":false}]] },
    result = { voiceMessageId = "v1", messageStatus = "SENT", language = "en-ZA", deleted = false },
  },
  {
    n = 44,
    note = "204 has no body",
    call = "voice.delete",
    args = { id = "v1" },
    request = { method = "DELETE", path = "/api/rest/v1/voice/v1" },
    response = { status = 204, body = "" },
    result = true,
  },
}
