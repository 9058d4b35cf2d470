-- SPDX-License-Identifier: MIT
-- Types of Zipwhip: limits that its documents state for arguments, and the shape of every response that is known.
-- Ids are digits above 2^53 in some responses and strings in others: here they are always strings. Unlisted fields are unchanged.

return {
  aliases = {
    ["zipwhip.Number"] = {
      "string", "A mobile number: 10 digits for the US, or E.164 with its plus sign.", phone = true,
      patterns = { { "^%d+$", min = 10, max = 10 }, { "^%+[1-9]%d+$", max = 16 } },
      what = "a phone number in a string: 10 digits, or + and international digits",
    },
    ["zipwhip.Contact"] = {
      "string", "The recipient: a number as 10 digits or in E.164, `ptn:/` and a number, or the `device:/` address of a group.",
      phone = true,
      patterns = {
        { "^%d+$", min = 10, max = 10 }, { "^%+[1-9]%d+$", max = 16 }, { "^ptn:/%+?%d+$" }, { "^device:/%+?%d+/%d+$" },
      },
      what = "a phone number in a string: 10 digits, or + and international digits, or an address ptn:/… or device:/…",
    },
    ["zipwhip.Contacts"] = {
      "zipwhip.Contact[]", "Up to 50 recipients; each gets a message of its own.", min = 1, max = 50,
    },
    ["zipwhip.Address"] = {
      "string", "An address of the provider: `ptn:/` and a number, or `device:/`, a number and the group's own number.",
      patterns = { { "^ptn:/.+$" }, { "^device:/.+$" } }, what = "an address: ptn:/… or device:/…",
    },
    ["zipwhip.Text"] = { "string", "The text; at most 600 bytes unless the client's option max_text_bytes says otherwise.", min = 1 },
    ["zipwhip.Notes"] = { "string", "Notes about a contact, at most 1000 characters.", max = 1000 },
    ["zipwhip.Key"] = { "string", "A key issued by the provider.", min = 1, what = "a non-empty string" },
    ["zipwhip.Ids"] = { "sms.Id[]", "Several ids.", min = 1 },
    ["zipwhip.Limit"] = { "integer", "How many items to fetch; 30 where not given.", min = 1 },
    ["zipwhip.Start"] = { "integer", "How many items to skip; 0, the newest, where not given.", min = 0 },
    ["zipwhip.Page"] = { "integer", "Number of the page; the first is 1.", min = 1 },
    ["zipwhip.Url"] = {
      "string", "An http or https address.", patterns = { { "^https?://[^%s/]+%S*$" } }, what = "an http or https address",
    },
    ["zipwhip.SettingsText"] = { "zipwhip.AppSettings", "Settings of an app as a table; they travel as JSON text.", as = "json" },
  },
  classes = {
    ["zipwhip.Account"] = { "A line's owner, settings and groups.", user = "zipwhip.User", settings = "table?", groups = "table?" },
    ["zipwhip.User"] = {
      "The owner of a line.", firstName = "string?", lastName = "string?", fullName = "string?", mobileNumber = "sms.Msisdn?",
      phoneKey = "string?", email = "string?", zipcode = "string?", birthday = "string?", loc = "string?", notes = "string?",
      carrier = "string?", websiteDeviceKey = "string?", websiteDeviceId = "string?", MOCount = "integer?", ZOCount = "integer?",
    },

    ["zipwhip.Sent"] = {
      "An accepted text: one token a recipient; `root` is an id of its own when there are several.", fingerprint = "string?",
      root = "string", tokens = "zipwhip.Token[]",
    },
    ["zipwhip.Token"] = {
      "One recipient's share of a send; `message` is the id that messages:get takes.", message = "string", fingerprint = "string?",
      contact = "string?", device = "string?",
    },
    ["zipwhip.Queued"] = { "An accepted media message.", id = "string", status = "string" },
    ["zipwhip.Message"] = {
      "A message; `type` is MO for inbound, ZO for sent by the line, MT for terminated.", id = "string", uuid = "string?", body = "string?",
      bodySize = "integer?", type = "string?", statusCode = "integer?", statusDesc = "string?",
      transmissionState = "zipwhip.TransmissionState?", errorState = "boolean?", isInFinalState = "boolean?", fingerprint = "string?",
      address = "string?", sourceAddress = "sms.Msisdn?", destAddress = "sms.Msisdn?", mobileNumber = "sms.Msisdn?",
      contactId = "string?", deviceId = "string?", contactDeviceId = "string?", creatorId = "string?", parentId = "string?",
      firstName = "string?", lastName = "string?", carrier = "string?", fromName = "string?", advertisement = "string?",
      subject = "string?", cc = "string?", bcc = "string?", thread = "string?", channel = "string?", fwd = "string?", loc = "string?",
      latlong = "string?", isRead = "boolean?", deleted = "boolean?", visible = "boolean?", hasAttachment = "boolean?",
      isSelf = "boolean?", isParent = "boolean?", dateCreated = "string?", lastUpdated = "string?", scheduledDate = "string?",
      version = "integer?", messageTransport = "integer?",
    },
    ["zipwhip.TransmissionState"] = { "The older word for a delivery status, such as QUEUED or DELIVERED.", name = "string" },

    ["zipwhip.Attachment"] = {
      "A file of a message; `storageKey` is what attachments:get takes.", fileName = "string?", dateCreated = "string?",
      fileSizeBytes = "integer?", mimeType = "string?", storageKey = "string?",
    },

    ["zipwhip.Conversation"] = {
      "What was exchanged with one peer.", id = "string?", fingerprint = "string", address = "string?", cc = "string?", bcc = "string?",
      deviceId = "string?", deviceAddress = "string?", unreadCount = "integer?", deleted = "boolean?", new = "boolean?",
      version = "integer?", lastContactId = "string?", lastContactDeviceId = "string?", lastContactFirstName = "string?",
      lastContactLastName = "string?", lastContactMobileNumber = "sms.Msisdn?", lastMessageBody = "string?",
      lastMessageDate = "string?", lastNonDeletedMessageDate = "string?", dateCreated = "string?", lastUpdated = "string?",
    },
    ["zipwhip.Thread"] = {
      "A conversation with messages of it; `messages` may be missing.", conversation = "zipwhip.Conversation",
      messages = "zipwhip.Message[]?",
    },

    ["zipwhip.ContactCard"] = {
      "A contact.", id = "string?", version = "integer?", lastUpdated = "string?", dateCreated = "string?", deviceId = "string?",
      firstName = "string?", lastName = "string?", email = "string?", mobileNumber = "sms.Msisdn?", address = "string?",
      notes = "string?", birthday = "string?", business = "string?", carrier = "string?", channel = "string?", city = "string?",
      deleted = "boolean?", fwd = "string?", latlong = "string?", loc = "string?", phoneId = "string?", phoneKey = "string?",
      state = "string?", targetGroupDevice = "string?", thread = "string?", zipcode = "string?", MOCount = "integer?",
      ZOCount = "integer?", isZwUser = "boolean?",
    },

    ["zipwhip.GroupEntry"] = { "One group of a line.", device = "zipwhip.Group" },
    ["zipwhip.GroupInfo"] = { "A group and the number of its members.", group = "zipwhip.Group", members = "integer" },
    ["zipwhip.Group"] = {
      "A group; `address` names it.", id = "string?", address = "string", displayName = "string?", deviceId = "string?",
    },

    ["zipwhip.Webhook"] = {
      "A registered webhook.", webhookId = "string", type = "string", event = "string", url = "string", method = "string?",
    },

    ["zipwhip.Operator"] = {
      "One of the users of a line.", operatorId = "string?", username = "string?", firstName = "string?", lastName = "string?",
      displayName = "string?", initials = "string?", email = "string?", phoneNumber = "sms.Msisdn?", active = "boolean?",
      owner = "boolean?", hasImage = "boolean?", color = "string?", version = "integer?", lastPunchedIn = "string?",
      lastMessageSent = "string?", role = "zipwhip.Role?",
    },
    ["zipwhip.Role"] = {
      "A role; 1 is Operator, 2 Admin, 501 Account Admin.", roleId = "string", name = "string", description = "string?",
      privilegeLevel = "integer?", mutable = "boolean?", permissions = "zipwhip.Permission[]?",
    },
    ["zipwhip.Permission"] = { "One thing a role may do.", activityKey = "string?", displayName = "string?", description = "string?" },

    ["zipwhip.App"] = {
      "An installed app; `settings` come as text or as a table.", appId = "string?", appKey = "string?", installedAppId = "string?",
      settings = "any?",
    },
    ["zipwhip.AppSettings"] = { "What an app is to do.", enabled = "boolean", settings = "zipwhip.AppRule[]", open = true },
    ["zipwhip.AppRule"] = {
      "One automatic response; for keywords `title` is the keyword and keywordEnabled is true.", body = "string?", title = "string?",
      startDate = "string?", endDate = "string?", enabled = "boolean?", keywordEnabled = "boolean?", times = "zipwhip.AppTime[]?",
      open = true,
    },
    ["zipwhip.AppTime"] = {
      "When an automatic response is given; `day` is 1 to 7, times are HH:MM.", day = "string", startTime = "string", endTime = "string",
      active = "boolean?",
    },

    ["zipwhip.Textable"] = {
      "Whether a number can take texts; `error` and `status_code` are strings.", error = "string?", status_code = "string?",
      provider = "string?", textable = "boolean", type = "string?", transaction_id = "string?",
    },
  },
}
