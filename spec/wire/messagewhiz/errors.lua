-- SPDX-License-Identifier: MIT
-- MessageWhiz API document, the validation errors of "Fast Single" and the table "Response Error Messages".
-- The format of a case is told in ../messagewhiz.lua. The requests are those of other cases: these ask how the response is read.

local SMS = { to = "2605876689", from = "sender", text = "sample message" }
local SMS_REQUEST = {
  method = "POST",
  path = "/sms",
  headers = { apikey = false },
  json = [[{"api_key": "wire-key-0a1b2c3d", "to": "2605876689", "from": "sender", "text": "sample message"}]],
}

-- The table gives HTTP codes and meanings but no bodies: the v3 envelope with a code above zero stands in for them.
local function refused(status, kind, meaning)
  return {
    n = 5,
    note = "HTTP " .. status .. ": " .. meaning,
    call = "campaigns.disable",
    args = { id = 46317 },
    request = { method = "DELETE", path = "/api/3/campaign/46317" },
    response = {
      status = status,
      body = ([[{"errorCode":%d,"errorMessage":"%s","errorType":"Documented","executionTime":0.01,"result":null}]]):format(status, meaning),
    },
    failure = { kind = kind, status = status, provider = "messagewhiz", says = meaning },
  }
end

return {
  {
    n = 31,
    note = "without mandatory field \"text\": message is an array",
    call = "messages.send",
    args = SMS,
    request = SMS_REQUEST,
    response = {
      status = 400,
      body = [[{
        "statusCode": 400,
        "message": [
          "text must be shorter than or equal to 100000 characters",
          "text must be longer than or equal to 1 characters",
          "text should not be empty"
        ],
        "error": "Bad Request"
      }]],
    },
    failure = {
      kind = "invalid", status = 400, outcome = "not_sent",
      says = { "text must be shorter than or equal to 100000 characters", "text should not be empty" },
    },
  },
  {
    n = 31,
    note = "without mandatory field \"to\"",
    call = "messages.send",
    args = SMS,
    request = SMS_REQUEST,
    response = {
      status = 400,
      body = [[{
        "statusCode": 400,
        "message": [
"The recipient number entered is invalid. Please ensure that the number is between 10 and 15 digits in length."
        ],
        "error": "Bad Request"
      }]],
    },
    failure = { kind = "invalid", status = 400, outcome = "not_sent", says = "The recipient number entered is invalid." },
  },
  {
    n = 31,
    note = "without mandatory field \"from\": the text has curly quotes",
    call = "messages.send",
    args = SMS,
    request = SMS_REQUEST,
    response = {
      status = 400,
      body = [[{
        "statusCode": 400,
        "message": [
"Sender must not exceed 11 letters (latin alphabet or special symbols “'._-+&{space}” are allowed) or 20 numbers."
        ],
        "error": "Bad Request"
      }]],
    },
    failure = { kind = "invalid", status = 400, outcome = "not_sent", says = "special symbols “'._-+&{space}” are allowed" },
  },
  {
    n = 31,
    note = "without mandatory field \"api_key\": message is a string and there is no error member",
    call = "messages.send",
    args = SMS,
    request = SMS_REQUEST,
    response = { status = 401, body = [[{"statusCode": 401, "message": "Unauthorized"}]] },
    failure = { kind = "auth", status = 401, outcome = "not_sent", says = "Unauthorized" },
  },
  refused(400, "invalid", "Invalid parameters specified"),
  refused(401, "auth", "API key is missing or invalid"),
  refused(403, "forbidden", "User/company is either disabled or doesn't have enough permissions"),
  refused(404, "not_found", "An entity is not found"),
  refused(409, "conflict", "Duplicate entry"),
  {
    n = 1,
    note = "the envelope's errorCode decides also under HTTP 200",
    call = "campaigns.create",
    args = { name = "CampaignName" },
    request = { method = "POST", path = "/api/3/campaign", json = [[{"name":"CampaignName"}]] },
    response = {
      status = 200,
      body = [[{"errorCode":1007,"errorMessage":"Name is taken","errorType":"CampaignError","executionTime":0.01,"result":null}]],
    },
    failure = { status = 200, code = 1007, says = "Name is taken" },
  },
}
