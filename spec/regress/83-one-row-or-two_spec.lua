-- SPDX-License-Identifier: MIT
-- The story: a text was tried on one number and then sent to a list. MessageWhiz fills `{{first_name}}` in a broadcast and in nothing
-- else: the trial said "{{first_name}}", the list said the names, and neither was what the script had asked for.

local json = require "sms.json"
local sms = require "sms"

-- What each recipient reads, where the provider fills the tokens of broadcasts with what came with the recipient, and with nothing else.
local function read_by(rows)
  local texts = {}
  local client = sms.messagewhiz { apikey = "test-key", retries = 0, transport = function(request)
    local body = json.decode(request.body)
    for _, recipient in ipairs(body.recipients or { { phone_number = body.to } }) do
      local words = body.text or body.message_body:gsub("{{(.-)}}", function(token) return recipient[token] or "" end)
      texts[tostring(recipient.phone_number)] = words
    end
    local response = body.text and '{"message_id":"m"}'
      or '{"errorCode":0,"errorMessage":"","errorType":"","result":[{"broadcastID":1,"segmentID":7}]}'
    return { status = 200, headers = {}, body = response }
  end }
  return client:send_many(rows), texts
end

describe("a text for MessageWhiz", function()
  it("says through one row what it says through many, or is refused through both", function()
    for text, expected in pairs {
      ["Hi {first_name}"] = "Hi Ada", ["Hi {first_name}, {{soon}}"] = "Hi Ada, {soon}", ["Hi {{first_name}}"] = false, ["{{url}}"] = false,
      ["Hi {{{first_name}}}"] = "Hi {Ada}", ["{{{{hello}}}}"] = "{{hello}}", ["{odd}"] = "{{last_name}}",
      ["Hi {first_name|you}{none}"] = "Hi Ada",
    } do
      for count = 1, 3 do
        local rows = {}
        for i = 1, count do
          rows[i] = {
            to = "44770090012" .. i, from = "Shop", text = text, vars = { first_name = "Ada", odd = "{{last_name}}", none = "" },
            empty = "allow",
          }
        end
        local got, texts = read_by(rows)
        for i = 1, count do
          assert.equal(expected or nil, texts[rows[i].to])
          assert.equal(expected and "accepted" or "not_sent", got[i].outcome, tostring(got[i].error))
        end
      end
    end
  end)
end)
