-- SPDX-License-Identifier: MIT
-- ZoomConnect's voice messages (beta) as facts, from the provider's OpenAPI file and voice page. The three retry fields go
-- together or not at all.

return {
  "Voice messages are calls that play a recording or read a text aloud.",
  list = {
    "GET /api/rest/v1/voice/all", "One page of voice messages; the response's page tells how many there are.",
    result = "zoomconnect.VoiceMessage[]", unwrap = "messages", pages = "page", source = "OpenAPI: voice",
    query = {
      page = "zoomconnect.Page?", pageSize = "zoomconnect.PageSize?", status = "zoomconnect.MessageState?",
      fromDateTimeSent = "zoomconnect.FilterDate?", toDateTimeSent = "zoomconnect.FilterDate?", toNumber = "sms.Msisdn?",
      message = "string?", campaign = "string?", dataField = "string?", deleted = "boolean?",
    },
  },
  send_audio = {
    "POST /api/rest/v1/voice/single-audio", "Call a number and play an MP3 or WAV file.", result = "zoomconnect.VoiceSent",
    send = true, hook = "voice", source = "OpenAPI: voice",
    multipart = { file = "sms.File" },
    query = {
      recipientNumber = "sms.Msisdn", campaign = "string?", dataField = "string?", retryCount = "zoomconnect.RetryCount?",
      retryMinimumInterval = "zoomconnect.RetryInterval?", retryMaximumInterval = "zoomconnect.RetryInterval?",
    },
    needs = {
      retryCount = "retryMinimumInterval", retryMinimumInterval = "retryMaximumInterval", retryMaximumInterval = "retryCount",
    },
  },
  send_text = {
    "POST /api/rest/v1/voice/single-text", "Call a number and read a text aloud.", result = "zoomconnect.VoiceSent", send = true,
    hook = "voice", source = "OpenAPI: voice",
    body = {
      recipientNumber = "sms.Msisdn", message = "zoomconnect.Text", language = "string?", campaign = "string?", dataField = "string?",
      retryCount = "zoomconnect.RetryCount?", retryMinimumInterval = "zoomconnect.RetryInterval?",
      retryMaximumInterval = "zoomconnect.RetryInterval?",
    },
    needs = {
      retryCount = "retryMinimumInterval", retryMinimumInterval = "retryMaximumInterval", retryMaximumInterval = "retryCount",
    },
  },
  get = {
    "GET /api/rest/v1/voice/{id}", "One voice message.", result = "zoomconnect.VoiceMessage", source = "OpenAPI: voice",
  },
  delete = {
    "DELETE /api/rest/v1/voice/{id}", "Delete a voice message.", result = "true", response = "scalar", source = "OpenAPI: voice",
  },
}
