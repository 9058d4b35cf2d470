-- SPDX-License-Identifier: MIT
-- The story: a gateway in front of a provider answered HTTP 200 with a code of its own, after the text had gone through. The client took
-- any code but 0 for a refusal, called the text not sent, and failover gave it to the next provider as well.

local sms = require "sms"

local TAKEN = {
  messagewhiz = {
    '{"statusCode":200,"message":"OK"}', '{"statusCode":"OK"}', '{"statusCode":504,"message":"upstream"}', '{"errorCode":true}',
    '{"errorCode":7}',
    '{"message_id":"m-1","statusCode":500}', '{"message_id":"m-1","errorCode":7}', '{"errorCode":"E7","errorMessage":"odd"}',
  },
  websms = {
    '{"statusCode":5003,"statusMessage":"Service unavailable.","transferId":null,"smsCount":0}', '{"statusCode":5000}',
    '{"statusCode":4777,"statusMessage":"new"}', '{"statusCode":200}', '{"statusCode":"OK"}', '{"statusCode":3000}', '{"statusCode":-4002}',
    '{"statusCode":4002.5}', '{"statusCode":"0xfa2"}', '{"statusCode":4002,"smsCount":1}',
  },
  zipwhip = {
    '{"success":true}', '{"success":true,"response":null}', '{"success":true,"response":{"status":"queued"}}', '{"success":false}',
    '{"success":false,"response":"Message queued, but the SMPP session is not found"}', '{"success":false,"response":{"code":7}}',
    '{"success":"false","response":{"code":-1234}}', '{"response":{"code":-1234,"desc":"d"}}', '{"success":false,"response":{"code":true}}',
    '{"success":false,"response":"Session expired"}', '{"success":false,"response":"A parameter is odd; sent"}',
  },
  zoomconnect = {
    '{"error":true}', '{"error":7}', '{"code":7,"message":"odd"}', '{"error":{"code":7}}', '{"messageId":true}', '{"messageId":{}}',
    '{"messageId":"9","error":"odd"}', '{"voiceMessageId":"9","error":"odd"}', '{"error":{"code":2},"messageId":"9"}', '{"error":[]}',
  },
}

local CLIENTS = {
  messagewhiz = { { apikey = "k" }, { to = "447700900123", from = "Shop", text = "x" } },
  websms = { { token = "t" }, { to = "436641234567", text = "x" } },
  zipwhip = { { session = "s:1" }, { to = "2065550123", text = "x" } },
  zoomconnect = { { email = "a@example.org", token = "t" }, { to = "+27825550123", text = "x" } },
}

local function client_of(provider, status, body)
  local options = { retries = 2, transport = function() return { status = status, headers = {}, body = body } end }
  for name, value in pairs(CLIENTS[provider][1]) do options[name] = value end
  return sms[provider](options)
end

describe("a text that was answered with what no document knows", function()
  for provider, bodies in pairs(TAKEN) do
    it("of " .. provider .. " is unknown, is not sent again, and no other provider gets it", function()
      for _, body in ipairs(bodies) do
        local receipt, err = client_of(provider, 200, body):send(CLIENTS[provider][2])
        assert.is_nil(receipt, body)
        assert.same({ body, "unknown", false, 1 }, { body, err.outcome, err.retryable, err.attempts })
        local second = client_of("websms", 200, '{"statusCode":2000,"transferId":"1"}')
        local group = sms.failover { client_of(provider, 200, body), second, strategy = "order" }
        local message = CLIENTS[provider][2]
        local given, refusal = group:send { to = message.to, from = message.from, text = message.text }
        assert.same({ body, nil, "unknown" }, { body, given, refusal.outcome })
      end
    end)

    it("of " .. provider .. " is unknown by an HTTP status that nobody registered, or that leaves it open", function()
      for _, status in ipairs { 302, 307, 406, 408, 419, 420, 424, 440, 444, 460, 463, 494, 499, 500, 501, 503, 520, 598 } do
        if not (provider == "websms" and status == 406) then
          local _, err = client_of(provider, status, ""):send(CLIENTS[provider][2], { retries = 0 })
          assert.same({ status, "unknown" }, { status, err.outcome })
        end
      end
      for _, status in ipairs { 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 431 } do
        local _, err = client_of(provider, status, ""):send(CLIENTS[provider][2], { retries = 0 })
        assert.same({ status, "not_sent" }, { status, err.outcome })
      end
    end)
  end
end)
