-- SPDX-License-Identifier: MIT
-- MessageWhiz segments as facts.

return {
  "Segments are the parts in which a smart broadcast goes out.",
  create = {
    "POST /api/3/Segments", "Send the next segment of a smart broadcast.", result = "messagewhiz.Segment", send = true,
    source = "Continue smart broadcast",
    body = {
      broadcast_id = "sms.Id", message_body = "string?", template_ids = "messagewhiz.Ids?", segment_size = "messagewhiz.Size",
      sender_ids = "messagewhiz.Ids?", sender_list_ids = "messagewhiz.Ids?", send_now = "boolean?", send_date = "messagewhiz.IsoDate?",
      trigger_id = "sms.Id?", utc_offset = "messagewhiz.UtcOffset?", recipient_cap = "messagewhiz.Size?",
      first_segment_size = "messagewhiz.Size?", next_segment_size = "messagewhiz.Size?",
    },
    one_of = { { "message_body", "template_ids" }, { "sender_ids", "sender_list_ids" } },
    any_of = { { "send_now", "send_date", "trigger_id" } },
  },
}
