-- SPDX-License-Identifier: MIT
-- MessageWhiz one-time passwords as facts: another path root and answers without envelope.

return {
  "One-time passwords: the provider makes the code, sends it, and checks what the recipient typed.",
  send = {
    "POST /api/broadcasts/single?otp=true", "Send a text whose {{verification_code}} becomes a new code.", result = "messagewhiz.Otp",
    envelope = false, send = true, source = "Send One time password (OTP)",
    body = {
      campaign_id = "sms.Id", recipient = "messagewhiz.Msisdn", sender_id = "sms.Id?", sender = "string?", message_body = "string?",
      message_template_id = "sms.Id?", verification = "true", unsubscriber_list_ids = "sms.Ids?",
      utc_offset = "messagewhiz.UtcOffset?", is_now = "boolean?", send_date = "messagewhiz.IsoDate?", trigger_id = "sms.Id?",
    },
    default = { verification = true }, contains = { message_body = "{{verification_code}}" },
    one_of = { { "sender_id", "sender" }, { "message_body", "message_template_id" } },
  },
  verify = {
    "POST /api/recipients/{phone_number}/verification", "Check the code that the recipient typed.", result = "messagewhiz.Verification",
    envelope = false, source = "Verify OTP",
    path = { phone_number = "messagewhiz.Msisdn" }, body = { verification_code = "messagewhiz.Code" },
  },
}
