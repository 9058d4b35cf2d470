-- SPDX-License-Identifier: MIT
-- Types of MessageWhiz: limits that its documents state for arguments, and the shape of every documented response.
-- Responses have more fields than the documents show; fields that are not listed here are returned unchanged.

return {
  aliases = {
    ["messagewhiz.Limit"] = { "integer", "How many items to fetch; 10 when not given.", min = 1 },
    ["messagewhiz.BroadcastLimit"] = { "integer", "How many broadcasts to fetch, 1 to 100; 10 when not given.", min = 1, max = 100 },
    ["messagewhiz.Start"] = { "integer", "How many items to skip; 0 when not given.", min = 0 },
    ["messagewhiz.OrderBy"] = {
      "string", "Field and direction that sort broadcasts; `create_date DESC` when not given.",
      values = { "create_date ASC", "create_date DESC", "send_date ASC", "send_date DESC" },
    },
    ["messagewhiz.BroadcastType"] = { "integer", "Kind of broadcast: 10 single, 11 base, 12 smart.", values = { 10, 11, 12 } },
    ["messagewhiz.SmartType"] = {
      "'manual'|'CTR'",
      "How a smart broadcast goes on: `manual` stops after each segment, `CTR` goes on while the conversion rate is reached.",
    },
    ["messagewhiz.Size"] = {
      "integer|string", "A number of recipients, as a whole number or its digits.",
      patterns = { { "^[1-9]%d*$" } }, what = "a whole number of at least 1",
    },
    ["messagewhiz.RecipientCap"] = {
      "integer|string", "How many recipients to reach at most, above 2, or `no limit`.",
      patterns = { { "^[3-9]$" }, { "^[1-9]%d+$" }, { "^no limit$" } }, what = "a whole number above 2 or \"no limit\"",
    },
    ["messagewhiz.Percent"] = { "integer", "A rate in percent.", min = 0, max = 100 },
    ["messagewhiz.Minutes"] = { "integer", "A time span in minutes.", min = 0 },
    ["messagewhiz.UtcOffset"] = { "integer", "Time zone in minutes from UTC, -720 to 720.", min = -720, max = 720 },
    ["messagewhiz.IsoDate"] = {
      "string|number|table",
      "A moment: text in ISO 8601 such as `2020-07-31T14:25:49.614Z`, sent as given; seconds since 1970; or a table as `os.date` makes it.",
      as = "iso_date", what = "a date in ISO 8601 (2020-07-31T14:25:49Z), seconds since 1970, or a table { year = …, month = …, day = … }",
    },
    ["messagewhiz.ExpDate"] = {
      "string|number|table",
      "A moment: text as `YYYY-MM-DD HH:MM:SS`, sent as given; seconds since 1970, written in UTC; or a table as `os.date` makes it.",
      as = "plain_date", what = "a date like 2021-06-25 14:02:50, seconds since 1970, or a table { year = …, month = …, day = … }",
    },
    ["messagewhiz.BroadcastFilter"] = {
      "string|table",
      "Which broadcasts: a table of `name`, `type` (one or a list), `parent_id`, `start_date`, `end_date` (text such as "
        .. "`06/01/2021 12:00 AM`, or seconds since 1970) and `filterBy`, or `key=value` pairs between commas; no value holds a comma.",
      as = "pairs_text", keys = { "name", "type", "parent_id", "start_date", "end_date", "filterBy" }, dates = { "start_date", "end_date" },
      what = "a table of filters, or text of key=value pairs between commas",
    },
    ["messagewhiz.Msisdn"] = {
      "string", "A phone number in international format; a leading plus sign is dropped.", phone = true, as = "msisdn",
      what = "a phone number in a string",
    },
    ["messagewhiz.Reference"] = {
      "string", "A reference of your own, at most 40 characters, that comes back in responses and reports.",
      max = 40, what = "at most 40 characters",
    },
    ["messagewhiz.ClientRef"] = {
      "string", "A reference of your own, at most 160 characters, that comes back in responses and callbacks.",
      max = 160, what = "at most 160 characters",
    },
    ["messagewhiz.SmsFrom"] = {
      "string", "Sender of a fast single: a name of at most 11 characters or a number of at most 20 digits.",
      patterns = { { "^%d+$", max = 20 }, { "^[A-Za-z0-9'._%-+& ]+$", max = 11 } },
      what = "at most 11 Latin letters, digits, spaces or any of '._-+&, or else at most 20 digits",
    },
    ["messagewhiz.SmsTo"] = {
      "string", "Recipient of a fast single: 10 to 15 digits in international format; a leading plus sign is dropped.",
      phone = true, as = "msisdn", min = 10, max = 15, what = "10 to 15 digits in international format, in a string",
    },
    ["messagewhiz.SmsText"] = {
      "string", "Text of a fast single, 1 to 100000 characters.", min = 1, max = 100000, what = "1 to 100000 characters",
    },
    ["messagewhiz.Code"] = {
      "integer|string", "The code that the recipient typed; keep it in a string when it may begin with 0.",
      as = "digits", patterns = { { "^%d+$" } }, what = "a whole number or a string of digits",
    },
    ["messagewhiz.Ids"] = {
      "string|integer|(string|integer)[]",
      "One id, a list of at least one, or ids already joined by commas; sent as one comma-joined string.",
      min = 1, as = "joined", what = "at least one id: an id, a list of ids or ids joined by commas",
    },
    ["messagewhiz.Targets"] = {
      "messagewhiz.Target[]", "The recipients, at least one.", min = 1, what = "a list of at least one recipient",
    },
    ["messagewhiz.Token"] = { "string|number", "A value for the message token of the same name." },
    ["messagewhiz.RecipientMapping"] = {
      "table",
      "Marker of each column (phone_number, first_name, last_name, email, url, custom); phone_number must be among them.",
      as = "mapping", must = { "phone_number" },
      markers = {
        "phone_number", "first_name", "last_name", "email", "url", "custom", "custom1", "custom2", "custom3", "custom4", "gender",
      },
      what = "a list of markers or a table from column number to marker, phone_number among them",
    },
    ["messagewhiz.LinkMapping"] = {
      "table", "Which of the two columns of a file holds the names of links and which their addresses (name, url).",
      as = "mapping", must = { "name", "url" }, markers = { "name", "url" },
      what = "a list of the markers name and url, or a table from column number to marker",
    },
  },
  classes = {
    ["messagewhiz.Enabled"] = { "What a change of the enabled flag answers.", id = "integer?", enabled = "boolean" },

    ["messagewhiz.Campaign"] = {
      "A campaign.", id = "integer", name = "string", is_default = "integer?", start_date = "string?", end_date = "string?",
      enabled = "boolean", userList = "messagewhiz.CampaignUser[]?",
    },
    ["messagewhiz.CampaignUser"] = {
      "Who owns a campaign.", campaign_id = "integer", user_id = "integer", company_id = "integer?",
    },

    ["messagewhiz.Import"] = {
      "What happened to the numbers that were passed; `count` is the size of the whole list.",
      inserted = "integer", total = "integer", wrong = "integer", duplicate = "integer", recipient_list_id = "integer", count = "integer?",
    },
    ["messagewhiz.RecipientList"] = { "A recipient list.", id = "integer?", name = "string", enabled = "boolean", count = "integer?" },
    ["messagewhiz.Recipient"] = {
      "A recipient with the values that were imported for it.", phone_number = "sms.Msisdn", first_name = "string?", last_name = "string?",
      email = "string?", url = "string?", custom = "string?", open = true,
    },
    ["messagewhiz.Preview"] = {
      "The first rows of a file, and one flag a column on what the column holds.", data = "string[][]", isAllNum = "boolean[]",
      isExceedLength50 = "boolean[]", isExceedLength255 = "boolean[]", isExceedLength5000 = "boolean[]",
    },

    ["messagewhiz.Sender"] = { "A sender.", id = "integer", name = "string", enabled = "boolean" },
    ["messagewhiz.SenderList"] = { "A sender list.", id = "integer", name = "string", enabled = "boolean", count = "integer?" },
    ["messagewhiz.SenderListMembers"] = {
      "A sender list with its senders.", id = "integer", senders = "messagewhiz.SenderListMember[]",
    },
    ["messagewhiz.SenderListMember"] = { "A sender within a list.", senderId = "integer", name = "string" },

    ["messagewhiz.Target"] = {
      "One recipient of a single request broadcast, with values for the tokens of its text.", phone_number = "sms.NumericMsisdn",
      first_name = "messagewhiz.Token?", last_name = "messagewhiz.Token?", email = "messagewhiz.Token?", url = "messagewhiz.Token?",
      gender = "messagewhiz.Token?", custom = "messagewhiz.Token?", custom1 = "messagewhiz.Token?", custom2 = "messagewhiz.Token?",
      custom3 = "messagewhiz.Token?", custom4 = "messagewhiz.Token?", open = true,
    },
    ["messagewhiz.Estimate"] = {
      "What a broadcast would cost; `recipients` maps a number to its rate, `recipient_meta_data_map` pairs a number with its recipient.",
      messages = "integer", sum = "number", parts = "integer", firstSegmentCount = "integer?", recipient_id_map = "table?",
      replacements = "table?", recipient_meta_data_map = "(sms.Msisdn|messagewhiz.Recipient)[][]?", recipients = "table?",
      messageExpanded = "messagewhiz.MessageExpanded?", links = "table?", warnings = "table?", estimateHash = "string?",
      batchEstimation = "messagewhiz.BatchEstimation?",
    },
    ["messagewhiz.MessageExpanded"] = { "A text with the tokens found in it.", text = "string", actions = "table?" },
    ["messagewhiz.BatchEstimation"] = { "The cost of one batch.", messages = "integer", sum = "number", parts = "integer" },
    ["messagewhiz.Created"] = {
      "The ids of a new broadcast and of its first segment.", broadcastID = "integer", segmentID = "integer", custom_parameter = "string?",
    },
    ["messagewhiz.TinyCreated"] = {
      "The ids of a new tiny single, spelt as this call spells them.", broadcastId = "integer", segmentId = "integer",
    },
    ["messagewhiz.Segment"] = {
      "One segment of a smart broadcast.", id = "integer", broadcast_id = "integer", state = "integer", recipient_count = "integer",
      estimated_count = "integer", estimated_price = "number", real_price = "number", utc_offset = "integer?", message_body = "string?",
      template_id = "integer?", batch_index = "integer?", send_conditions_id = "integer?", enabled = "boolean", created_at = "string",
      send_time = "string?",
    },
    ["messagewhiz.Broadcast"] = {
      "A broadcast as the list shows it; `type` is 0 to 3 for older ones, 10 single, 11 base, 12 smart.", id = "integer",
      user_id = "integer?", name = "string", type = "integer", message_body = "string?", enabled = "boolean", trigger_id = "integer?",
      send_date = "string?", state = "integer", parent_id = "integer?", real_price = "number?", estimated_price = "number?",
      create_date = "string", estimated_count = "integer?", utc_offset = "integer?", next_segment_size = "integer?", eb_type = "string?",
      company_name = "string?", timezone = "string?", send_now = "boolean?", recipient_count = "integer?",
      broadcastConversion = "messagewhiz.BroadcastConversion?", dlr = "messagewhiz.BroadcastCounts?",
    },
    ["messagewhiz.BroadcastConversion"] = {
      "Clicks on the links of a broadcast.", broadcastId = "integer", uniqueClicks = "integer", totalClicks = "integer",
      recipientCount = "integer", conversion = "string",
    },
    ["messagewhiz.BroadcastCounts"] = {
      "Delivery counts that live responses carry; the documents do not show them.", sent_count = "integer?", delivered_count = "integer?",
      undelivered_count = "integer?", rejected_count = "integer?", expired_count = "integer?",
      failed_count = "integer?", read_count = "integer?",
    },
    ["messagewhiz.Message"] = { "An accepted fast single.", message_id = "string", client_ref = "string?" },
    ["messagewhiz.Otp"] = { "An accepted one-time password message.", id = "integer" },
    ["messagewhiz.Verification"] = { "Whether the code was right.", valid = "boolean" },

    ["messagewhiz.UnsubscribeList"] = {
      "An unsubscribe list.", id = "integer", name = "string", enabled = "boolean", unsubscribers_amount = "integer?",
      company_id = "integer?", user_id = "integer?",
    },
    ["messagewhiz.Unsubscriber"] = { "A number of an unsubscribe list.", phone_number = "sms.Msisdn" },
    ["messagewhiz.UnsubscribeImport"] = {
      "What happened to the numbers that were added.", inserted = "integer", alreadyExists = "integer", notValid = "integer",
    },

    ["messagewhiz.Link"] = {
      "A link.", id = "integer", name = "string", url = "string", enabled = "boolean", type = "integer?",
      platform_based_links = "messagewhiz.PlatformLinks?",
    },
    ["messagewhiz.PlatformLinks"] = {
      "Where readers on a computer are sent, and what a preview shows.", bot_redirect = "string?", preview_url = "string?",
    },
    ["messagewhiz.NewLink"] = { "A link to create within a list.", name = "string", url = "string" },
    ["messagewhiz.Conversion"] = {
      "How a link fared; `clicks` counts unique ones.", conversion = "number", totalRecipients = "integer", clicks = "integer",
    },
    ["messagewhiz.LinkList"] = {
      "A link list.", id = "integer", name = "string", enabled = "boolean", linkListLength = "integer?", warning = "string?",
      conversionCount = "integer?", user_id = "integer?", company_id = "integer?",
    },
    ["messagewhiz.LinkListMembers"] = { "A link list with its links.", id = "integer", links = "messagewhiz.LinkListMember[]" },
    ["messagewhiz.LinkListMember"] = { "A link within a list.", linkId = "integer", url = "string" },

    ["messagewhiz.Spinner"] = { "A word spinner.", id = "integer", name = "string", words = "string[]", enabled = "boolean" },
    ["messagewhiz.Template"] = {
      "A message template.", id = "integer", name = "string", body = "string", enabled = "boolean", user_id = "integer?",
    },
    ["messagewhiz.Trigger"] = {
      "A trigger; opening `short_url` fires it.", id = "integer", name = "string", uuid = "string", enabled = "boolean",
      short_url = "string", trigger_type_id = "integer?", details = "string?", date = "string?",
      ["flight_details.flight_number"] = "string?", ["flight_details.arrival_date"] = "string?",
    },
    ["messagewhiz.DeliveryReport"] = {
      "Delivery counts of a broadcast, or of one segment of a smart one.", broadcast_id = "integer", sent = "integer",
      delivered = "integer", undelivered = "integer", rejected = "integer", expired = "integer", failed = "integer",
    },
  },
}
