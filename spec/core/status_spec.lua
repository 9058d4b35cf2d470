-- SPDX-License-Identifier: MIT
-- Every status code against values copied by hand from the providers' documents, and what undocumented codes give.

local core = require "sms.core"

-- code, name, state, final, retryable. The codes and the names in the documents' spelling; where a document has no names
-- (Zipwhip, HTTP) the name is ours.
local SEND, DELIVERY, HTTP = "send", "delivery", "http"
local DOCUMENTED = {
  messagewhiz = {
    [SEND] = {
      { 0, "OK", "accepted", false, false }, { 400, "BAD_REQUEST", "rejected", true, false },
      { 401, "UNAUTHORIZED", "rejected", true, false },
    },
    [DELIVERY] = {
      { 0, "SENT", "sent", false, false }, { 1, "ENROUTE", "sent", false, false }, { 2, "DELIVRD", "delivered", true, false },
      { 3, "EXPIRED", "expired", true, false }, { 4, "DELETED", "undelivered", true, false },
      { 5, "UNDELIV", "undelivered", true, false }, { 6, "ACCEPTD", "sent", false, false },
      { 7, "UNKNOWN", "unknown", false, false }, { 8, "REJECTD", "rejected", true, false },
      { 9, "FAILED", "undelivered", true, false }, { -1, "PENDING", "queued", false, false },
      { 11, "NO_BALANCE", "rejected", true, false },
    },
    [HTTP] = {
      { 400, "BAD_REQUEST", "rejected", true, false }, { 401, "UNAUTHORIZED", "rejected", true, false },
      { 403, "FORBIDDEN", "rejected", true, false }, { 404, "NOT_FOUND", "rejected", true, false },
      { 409, "DUPLICATE_ENTRY", "rejected", true, false },
    },
  },
  websms = {
    [SEND] = {
      { 2000, "OK", "accepted", false, false }, { 2001, "OK_QUEUED", "queued", false, false },
      { 4001, "INVALID_CREDENTIALS", "rejected", true, false }, { 4002, "INVALID_RECIPIENT", "rejected", true, false },
      { 4003, "INVALID_SENDER", "rejected", true, false }, { 4004, "INVALID_MESSAGE_TYPE", "rejected", true, false },
      { 4008, "INVALID_MESSAGE_ID", "rejected", true, false }, { 4009, "INVALID_TEXT", "rejected", true, false },
      { 4013, "MSG_LIMIT_EXCEEDED", "rejected", true, false }, { 4014, "UNAUTHORIZED_IP", "rejected", true, false },
      { 4015, "INVALID_MESSAGE_PRIORITY", "rejected", true, false },
      { 4016, "INVALID_COD_RETURNADDRES", "rejected", true, false }, { 4019, "PARAMETER_MISSING", "rejected", true, false },
      { 4021, "INVALID_ACCOUNT", "rejected", true, false }, { 4022, "ACCESS_DENIED", "rejected", true, false },
      { 4023, "THROTTLING_SPAMMING_IP", "rejected", true, true },
      { 4025, "THROTTLING_TOO_MANY_RECIPIENTS", "rejected", true, true },
      { 4026, "MAX_SMS_PER_MESSAGE_EXCEEDED", "rejected", true, false },
      { 4027, "INVALID_MESSAGE_SEGMENT", "rejected", true, false }, { 4031, "RECIPIENTS_BLACKLISTED", "rejected", true, false },
      { 4032, "NO_DEVICE_ENABLED", "rejected", true, false }, { 4033, "WHATSAPP_DISABLED", "rejected", true, false },
      { 4034, "INVALID_ATTACHMENT", "rejected", true, false }, { 4035, "SMS_DISABLED", "rejected", true, false },
      { 4040, "INVALID_CONTENT_CATEGORY", "rejected", true, false },
      { 4041, "INVALID_VALIDITY_PERIODE", "rejected", true, false }, { 5000, "INTERNAL_ERROR", "unknown", false, true },
      { 5003, "SERVICE_UNAVAILABLE", "unknown", false, true },
      -- From public material.
      { 2002, "OK_TEST", "accepted", true, false }, { 4000, "MALFORMED_XML", "rejected", true, false },
      { 4005, "INVALID_MESSAGE_ALPHABET", "rejected", true, false }, { 4006, "INVALID_MESSAGE_CLASS", "rejected", true, false },
      { 4007, "INVALID_MESSAGE_DATA", "rejected", true, false }, { 4010, "INVALID_AUTOSEGMENT", "rejected", true, false },
      { 4011, "INVALID_COD", "rejected", true, false }, { 4012, "THROTTLING", "rejected", true, true },
      { 4017, "MULTISEGMENTS", "rejected", true, false }, { 4018, "API_METHOD_FORBIDDEN", "rejected", true, false },
      { 4020, "INVALID_API_KEY", "rejected", true, false }, { 4024, "THROTTLING_TOO_MANY_REQUESTS", "rejected", true, true },
      { 4029, "RECIPIENTS_NOT_ALLOWED", "rejected", true, false },
      { 4030, "ALL_RECIPIENTS_BLACKLISTED", "rejected", true, false },
      { 4042, "RECIPIENTS_BLOCKED_BY_QUALITY", "rejected", true, false },
      { 4043, "RECIPIENTS_BLOCKED_BY_SPAM_CHECK", "rejected", true, false },
    },
    [DELIVERY] = {
      { "delivered", "DELIVERED", "delivered", true, false }, { "accepted", "ACCEPTED", "accepted", false, false },
      { "undelivered", "UNDELIVERED", "undelivered", false, false }, { "expired", "EXPIRED", "expired", true, false },
      { "deleted", "DELETED", "undelivered", true, false }, { "rejected", "REJECTED", "rejected", true, false },
    },
    [HTTP] = {
      { 200, "OK", "unknown", false, false }, { 400, "BAD_REQUEST", "rejected", true, false },
      { 401, "UNAUTHORIZED", "rejected", true, false }, { 403, "FORBIDDEN", "rejected", true, false },
      { 406, "NOT_ACCEPTABLE", "rejected", true, false },
    },
  },
  zipwhip = {
    [SEND] = {
      { -1234, "RECIPIENT_OPTED_OUT", "rejected", true, false }, { -855, "INTERNAL_ERROR_855", "rejected", true, true },
      { -704, "INTERNAL_ERROR_704", "rejected", true, false }, { -703, "BAD_ARGUMENT", "rejected", true, false },
      { -700, "INTERNAL_ERROR_700", "rejected", true, false }, { -394, "INVALID_PARAMETER_LENGTH", "rejected", true, false },
      { -124, "CARRIER_UNDETERMINED", "rejected", true, false }, { -1, "UNKNOWN_ERROR", "unknown", false, true },
      -- From public material.
      { -801, "SPAM_PROTECTION", "rejected", true, false },
    },
    [DELIVERY] = {
      { 0, "SENT_UNACKNOWLEDGED", "sent", true, false }, { 1, "IN_PROCESS", "accepted", false, false },
      { 2, "QUEUED", "queued", false, false }, { 4, "CARRIER_DELIVERED", "sent", true, false },
      { 5, "CARRIER_FAILED", "undelivered", true, false }, { 6, "HANDSET_DELIVERED", "delivered", true, false },
      { 7, "HANDSET_FAILED", "undelivered", true, false },
      -- From public material.
      { 3, "QUEUED_3", "queued", false, false }, { -1234, "RECIPIENT_OPTED_OUT", "rejected", true, false },
      { -855, "INTERNAL_ERROR_855", "undelivered", true, true }, { -801, "SPAM_PROTECTION", "rejected", true, false },
      { "PREPPING", "PREPPING", "queued", false, false }, { "ACCEPTED", "ACCEPTED", "accepted", false, false },
      { "QUEUED", "QUEUED", "queued", false, false }, { "DELIVERED", "DELIVERED", "sent", false, false },
      { "ERROR", "ERROR", "undelivered", false, false },
    },
    [HTTP] = { { 200, "OK", "unknown", false, false } },
  },
  zoomconnect = {
    [SEND] = {
      { 2, "INVALID_MOBILE_NUMBER", "rejected", true, false }, { 3, "EMPTY_MESSAGE", "rejected", true, false },
    },
    [DELIVERY] = {
      { "SCHEDULED", "SCHEDULED", "queued", false, false }, { "SENT", "SENT", "sent", false, false },
      { "DELIVERED", "DELIVERED", "delivered", true, false }, { "FAILED", "FAILED", "undelivered", true, false },
      { "FAILED_REFUNDED", "FAILED_REFUNDED", "undelivered", true, false },
      { "FAILED_OPTOUT", "FAILED_OPTOUT", "rejected", true, false }, { "UNKNOWN", "UNKNOWN", "unknown", false, false },
    },
    [HTTP] = {
      { 200, "OK", "accepted", false, false }, { 201, "CREATED", "accepted", false, false },
      { 204, "NO_CONTENT", "accepted", false, false }, { 400, "BAD_REQUEST", "rejected", true, false },
      { 401, "UNAUTHORIZED", "rejected", true, false }, { 402, "PAYMENT_REQUIRED", "rejected", true, false },
      { 403, "FORBIDDEN", "rejected", true, false }, { 404, "NOT_FOUND", "rejected", true, false },
      { 429, "TOO_MANY_REQUESTS", "rejected", true, true },
    },
  },
}

local STATES = { queued = true, accepted = true, sent = true, delivered = true, undelivered = true, expired = true,
  rejected = true, unknown = true }

local function matches(row, status)
  assert.same({ row[2], row[3], row[4], row[5] }, { status.name, status.state, status.final, status.provider_retry })
  assert.is_true(#status.text > 2 and #status.text < 80)
end

for provider, kinds in pairs(DOCUMENTED) do
  for kind, rows in pairs(kinds) do
    describe(("the %s codes of %s"):format(kind, provider), function()
      it("decode as the documents say", function()
        for _, row in ipairs(rows) do
          local status = core.status(provider, kind, row[1])
          matches(row, status)
          assert.equal(row[1], status.code)
        end
      end)

      it("are the same as text, and numbers as floats", function()
        for _, row in ipairs(rows) do
          local status = core.status(provider, kind, tostring(row[1]))
          matches(row, status)
          assert.equal(row[1], status.code)
          if type(row[1]) == "number" then
            status = core.status(provider, kind, row[1] + 0.0)
            matches(row, status)
            assert.equal("integer", math.type(status.code))
          end
        end
      end)

      it("are all there are", function()
        local listed = core.statuses(provider, kind)
        assert.equal(#rows, #listed)
        for _, status in ipairs(listed) do
          assert.is_true(STATES[status.state])
          assert.same(status, core.status(provider, kind, status.code))
        end
      end)

      it("have names that are accepted too and do not mean two things", function()
        for _, row in ipairs(rows) do
          for _, name in ipairs { row[2], row[2]:lower() } do
            local status = core.status(provider, kind, name)
            assert.equal(row[3], status.state)
            assert.equal(name, status.code)
          end
        end
      end)

      it("are never an error when nobody documented them", function()
        for _, code in ipairs { 123456, -9, 2.5, 1e300, "2.5", "02", " 2", "", "GONE", "DELIVRD\0", ("x"):rep(100000), true, {}, print,
          "99999999999999999999" } do
          assert.same({ code = code, name = "UNKNOWN", state = "unknown", final = false, provider_retry = false,
            text = "The provider does not document this code" }, core.status(provider, kind, code))
        end
        assert.is_nil(core.status(provider, kind).code)
        assert.equal("unknown", core.status(provider, kind, 0 / 0).state)
      end)
    end)
  end
end

describe("what the counts of the documents say", function()
  local function count(provider, kind, from)
    local n = 0
    for _, row in ipairs(core.statuses(provider, kind)) do
      if type(row.code) == "number" and row.code >= from then n = n + 1 end
    end
    return n
  end

  it("holds", function()
    assert.equal(28 + 16, #core.statuses("websms", "send"))
    assert.equal(8 + 1, #core.statuses("zipwhip", "send"))
    assert.equal(7 + 1, count("zipwhip", "delivery", 0))
    assert.equal(10 + 1, count("messagewhiz", "delivery", 0))
  end)

  it("tells delivered only where the handset said so", function()
    assert.same({ "sent", true }, { core.status("zipwhip", "delivery", 0).state, core.status("zipwhip", "delivery", 0).final })
    assert.equal("sent", core.status("zipwhip", "delivery", "4").state)
    assert.equal("delivered", core.status("zipwhip", "delivery", 6).state)
  end)
end)

describe("an unknown provider or kind", function()
  local function message(...)
    local ok, text = pcall(function(...)
      local status = core.status(...)
      return status
    end, ...)
    assert.is_false(ok)
    return text
  end

  it("raises at the caller's line and names the nearest", function()
    assert.matches("status_spec%.lua:%d+: unknown provider 'zipwip', did you mean 'zipwhip'%?$", message("zipwip", "send", 1))
    assert.matches("unknown kind 'deliver', did you mean 'delivery'%?$", message("websms", "deliver", 1))
    assert.matches("unknown provider 'twilio', expected one of: messagewhiz, websms, zipwhip, zoomconnect$", message("twilio", "send", 1))
    assert.matches("unknown kind '', expected one of: send, delivery, http$", message("websms", "", 1))
    assert.matches("string expected", message(nil, "send", 1))
    assert.error(function() core.statuses("zipwip", "send") end)
  end)
end)
