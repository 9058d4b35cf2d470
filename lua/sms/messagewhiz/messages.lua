-- SPDX-License-Identifier: MIT
-- MessageWhiz fast singles as facts: another path root, the key within the body, a response without envelope.

return {
  "Messages are single texts on the fast path.",
  send = {
    "POST /sms", "Send a text to one number.", result = "messagewhiz.Message", envelope = false, send = true, auth = "api_key",
    source = "Fast Single",
    body = {
      from = "messagewhiz.SmsFrom", to = "messagewhiz.SmsTo", text = "messagewhiz.SmsText", client_ref = "messagewhiz.ClientRef?",
      callback = "sms.Url?",
    },
  },
}
