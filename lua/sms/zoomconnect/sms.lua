-- SPDX-License-Identifier: MIT
-- ZoomConnect's sending as facts: JSON for one or many texts, and two ways that put everything into the address.
-- Operations that send by GET are not repeatable either.

return {
  "Sending single and multiple messages.",
  send = {
    "POST /api/rest/v1/sms/send", "Send one text.", result = "zoomconnect.Sent", send = true, source = "SMS",
    body = {
      recipientNumber = "sms.Msisdn", message = "zoomconnect.Text", campaign = "string?", dateToSend = "zoomconnect.SendDate?",
      dataField = "string?",
    },
  },
  send_bulk = {
    "POST /api/rest/v1/sms/send-bulk", "Send several texts in one request; the response has one row per text, in the same order.",
    result = "zoomconnect.Sent[]", unwrap = "sendSmsResponses", send = true, source = "SMS",
    body = {
      sendSmsRequests = "zoomconnect.SmsList", defaultDateToSend = "zoomconnect.SendDate?", messagesPerMinute = "zoomconnect.PerMinute?",
    },
  },
  send_url_parameters = {
    "POST|GET /api/rest/v1/sms/send-url-parameters", "Send a text with its parameters in the URL.", result = "string",
    response = "scalar", send = true, repeatable = false, source = "SMS",
    query = {
      recipientNumber = "sms.Msisdn", message = "zoomconnect.Text", campaign = "string?", dateToSend = "zoomconnect.SendDate?",
      dataField = "string?",
    },
  },
  send_url = {
    "POST|GET /api/rest/v1/sms/send-url/{token}",
    "Send a text with only the URL sending token; default of `token`: the client's option `url_token`.", result = "string",
    response = "scalar", send = true, repeatable = false, auth = "none", source = "SMS",
    path = { token = "zoomconnect.UrlToken" }, from_client = { token = "url_token" },
    query = {
      recipientNumber = "sms.Msisdn", message = "zoomconnect.Text", campaign = "string?", dateToSend = "zoomconnect.SendDate?",
      dataField = "string?",
    },
  },
}
