-- SPDX-License-Identifier: MIT
-- MessageWhiz broadcasts as facts: four kinds of sending on one path (`broadcast_type` tells them apart), two shortcuts,
-- the price beforehand and the list.

return {
  "Broadcasts send a text to one number, to recipient lists, or to recipients passed with the call.",
  estimate = {
    "POST /api/3/Broadcast/estimate", "What a broadcast would cost; nothing is sent.", result = "messagewhiz.Estimate",
    repeatable = true, source = "Estimate Broadcast",
    body = {
      broadcast_type = "messagewhiz.BroadcastType?", recipient_list_ids = "messagewhiz.Ids?", recipient = "sms.NumericMsisdn?",
      message_body = "string?", template_id = "sms.Id?", template_ids = "sms.Ids?", unsubscriber_list_ids = "sms.Ids?",
      eb_type = "messagewhiz.SmartType?", first_segment_size = "messagewhiz.Size?", next_segment_size = "messagewhiz.Size?",
      recipient_cap = "messagewhiz.Size?",
    },
    one_of = { { "recipient_list_ids", "recipient" }, { "message_body", "template_id", "template_ids" } },
    needs = { first_segment_size = "eb_type" },
    only_if = { { "eb_type", "CTR", { "next_segment_size", "recipient_cap" } }, { "eb_type", "manual", { "template_ids" } } },
  },
  send = {
    "POST /api/3/Broadcast", "Send a text to recipient lists.", result = "messagewhiz.Created", send = true,
    source = "Send a Base Broadcast",
    body = {
      broadcast_type = "11", campaign_id = "sms.Id", name = "string", sender_ids = "messagewhiz.Ids", sender_list_ids = "sms.Ids?",
      recipient_list_ids = "messagewhiz.Ids", unsubscriber_list_ids = "sms.Ids?", message_body = "string?", template_id = "sms.Id?",
      send_date = "messagewhiz.IsoDate?", utc_offset = "messagewhiz.UtcOffset?", trigger_id = "sms.Id?",
      delay = "messagewhiz.Minutes?", custom_parameter = "messagewhiz.Reference?",
    },
    default = { broadcast_type = 11 },
    any_of = { { "message_body", "template_id" } }, needs = { delay = "trigger_id" },
  },
  send_single = {
    "POST /api/3/Broadcast", "Send a text to one number in the older way.", result = "messagewhiz.Created", send = true,
    source = "Send a Single message (OLD)",
    body = {
      broadcast_type = "10", campaign_id = "sms.Id", name = "string?", sender_id = "sms.Id", recipient = "messagewhiz.Msisdn",
      unsubscriber_list_ids = "sms.Ids?", message_body = "string?", template_id = "sms.Id?",
      send_date = "messagewhiz.IsoDate?", utc_offset = "messagewhiz.UtcOffset?", trigger_id = "sms.Id?",
      delay = "messagewhiz.Minutes?", custom_parameter = "messagewhiz.Reference?",
    },
    default = { broadcast_type = 10 },
    any_of = { { "message_body", "template_id" } }, needs = { delay = "trigger_id" },
  },
  send_smart = {
    "POST /api/3/Broadcast", "Send a text to recipient lists one segment after the other, by hand or by conversion rate.",
    result = "messagewhiz.Created", send = true, source = "Send a Smart Broadcast",
    body = {
      broadcast_type = "12", campaign_id = "sms.Id", name = "string", eb_type = "messagewhiz.SmartType",
      sender_ids = "messagewhiz.Ids", sender_list_ids = "sms.Ids?", recipient_list_ids = "messagewhiz.Ids",
      unsubscriber_list_ids = "sms.Ids?", message_body = "string?", template_id = "sms.Id?", template_ids = "sms.Ids?",
      first_segment_size = "messagewhiz.Size", next_segment_size = "messagewhiz.Size?", recipient_cap = "messagewhiz.RecipientCap?",
      exp_date = "messagewhiz.ExpDate?", conversion_threshold = "messagewhiz.Percent?",
      send_date = "messagewhiz.IsoDate?", utc_offset = "messagewhiz.UtcOffset?", trigger_id = "sms.Id?",
      delay = "messagewhiz.Minutes?", custom_parameter = "messagewhiz.Reference?",
    },
    wire = { recipient_cap = "recipeint_cap" }, default = { broadcast_type = 12 },
    any_of = { { "message_body", "template_id", "template_ids" } }, needs = { delay = "trigger_id" },
    required_if = { { "eb_type", "CTR", { "next_segment_size", "recipient_cap", "exp_date", "conversion_threshold" } } },
    only_if = {
      { "eb_type", "CTR", { "next_segment_size", "recipient_cap", "exp_date", "conversion_threshold" } },
      { "eb_type", "manual", { "template_ids" } },
    },
  },
  tiny = {
    "POST /api/3/Broadcast/tiny/", "Send a plain text, without links and tokens, to one number in the older way.",
    result = "messagewhiz.TinyCreated", send = true, source = "Send a Tiny single (OLD)",
    body = { recipient = "messagewhiz.Msisdn", sender = "string", message_body = "string" },
  },
  submit = {
    "POST /api/3/Broadcast/combinedsubmit", "Send a text to recipients that come with the call and become a new recipient list.",
    result = "messagewhiz.Created[]", send = true, source = "Single request broadcasts",
    body = {
      recipients = "messagewhiz.Targets", sender = "string?", sender_id = "sms.Id?", message_body = "string", name = "string?",
      send_date = "messagewhiz.IsoDate?",
    },
    one_of = { { "sender", "sender_id" } },
  },
  list = {
    "GET /api/3/Broadcast/List", "One page of broadcasts; `filter` is a table of names, or `key=value` pairs between commas.",
    result = "messagewhiz.Broadcast[]", pages = "offset", source = "Get Broadcasts List",
    query = {
      limit = "messagewhiz.BroadcastLimit?", start = "messagewhiz.Start?", filter = "messagewhiz.BroadcastFilter?",
      orderby = "messagewhiz.OrderBy?",
    },
  },
}
