-- SPDX-License-Identifier: MIT
-- ZoomConnect's account as facts: credits, statistics and the users of the team. A user is created by PUT on the collection
-- and changed by POST on the item, as the documents say.

return {
  "The account: credits, statistics and users of the team.",
  balance = {
    "GET /api/rest/v1/account/balance", "The account's credits.", result = "zoomconnect.Account", source = "Account",
  },
  statistics = {
    "GET /api/rest/v1/account/statistics", "Message statistics for a period, by user and campaign.",
    result = "zoomconnect.Statistics", source = "Account",
    query = {
      from = "zoomconnect.ReportDate?", to = "zoomconnect.ReportDate?", userEmailAddress = "string?", campaign = "string?",
      includeRefundedAndOptout = "boolean?", calculateCreditValue = "boolean?",
    },
  },
  transfer = {
    "POST /api/rest/v1/account/transfer", "Move credits between two users of the team.", result = "zoomconnect.User", source = "Account",
    body = { transferFromEmailAddress = "string", transferToEmailAddress = "string", numberOfCreditsToTransfer = "integer" },
  },
  find_user = {
    "GET /api/rest/v1/account/user", "The users with an email address.", result = "zoomconnect.User[]", unwrap = "webServiceUserList",
    source = "Account",
    query = { searchEmail = "string" },
  },
  create_user = {
    "PUT /api/rest/v1/account/user", "Create a sub-account in the team.", result = "zoomconnect.User", repeatable = false,
    source = "Account",
    body = {
      firstName = "string", lastName = "string", emailAddress = "string", contactNumber = "sms.Msisdn", password = "string",
      company = "string?", creditBalance = "number?", userId = "integer?",
    },
  },
  get_user = {
    "GET /api/rest/v1/account/user/{id}", "One user.", result = "zoomconnect.User", source = "Account",
  },
  update_user = {
    "POST /api/rest/v1/account/user/{id}", "Change a user's name, contact number or password; the provider changes no other field.",
    result = "zoomconnect.User", source = "Account",
    body = {
      firstName = "string?", lastName = "string?", contactNumber = "sms.Msisdn?", password = "string?", emailAddress = "string?",
      company = "string?", creditBalance = "number?", userId = "integer?",
    },
    any_of = { { "firstName", "lastName", "contactNumber", "password", "emailAddress", "company", "creditBalance", "userId" } },
  },
}
