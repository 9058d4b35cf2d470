-- SPDX-License-Identifier: MIT
-- The story: a script was moved here from another library. "unknown field 'body'" said what was wrong, and nothing of what would be right;
-- the nearest name by spelling was none.

local four = dofile "spec/support/four.lua"
local refusal = require "spec.support.refusal"
local sms = require "sms"

local MEANT = {
  text = { "message", "body", "msg", "content", "Body", "message_body" },
  to = { "number", "phone", "recipient", "recipients", "msisdn", "mobile", "destination", "phone_number", "To" },
  from = { "sender", "sender_id", "From" }, media = { "attachments", "files" }, at = { "send_at", "schedule" },
}

describe("a field by another library's name", function()
  it("points to ours: send, check, send_many, failover, and in 'only'", function()
    for _, provider in ipairs(four.names) do
      local client, seen = four.client(provider)
      local group = sms.failover { client }
      for name, others in pairs(MEANT) do
        for _, other in ipairs(others) do
          local hint = ("unknown field '%s', did you mean '%s'?"):format(other, name)
          local given = four.message(provider, { to = "+12065550123" })
          given[name], given[other] = nil, "+12065550123"
          for _, call in ipairs { { client.send, client }, { client.check, client }, { group.send, group } } do
            local words, how = refusal(call[1], call[2], given)
            assert.same({ "raised", true }, { how, words:find(hint, 1, true) ~= nil }, words)
          end
          local err = client:send_many({ given })[1].error
          assert.truthy(err.message:find(hint, 1, true), err.message)
          assert.equal("invalid", err.kind)
          local words = refusal(client.send, client, four.message(provider, { to = "+12065550123", only = { websms = { [other] = "x" } } }))
          assert.truthy(words:find(("unknown field 'only.websms.%s', did you mean '%s'?"):format(other, name), 1, true), words)
        end
      end
      assert.equal(0, #seen)
    end
  end)
end)

describe("an unknown provider or method", function()
  it("comes with what there is", function()
    for words, call in pairs {
      ["did you mean 'zipwhip'?; valid providers: messagewhiz, websms, zipwhip, zoomconnect"] = function() sms.webhook.reader "zipwip" end,
      ["sms.failover has no 'sned', did you mean 'send'?; it has explain, send, states"] = function()
        local _ = sms.failover { (four.client "websms") }.sned
      end,
      ["unknown provider 'twilio', expected one of: messagewhiz, websms, zipwhip, zoomconnect"] =
        function() sms.status("twilio", "send", 1) end,
      ["unknown provider 'twilio'; valid providers: messagewhiz"] = function() sms.from_env "twilio" end,
    } do
      local ok, said = pcall(call)
      assert.is_false(ok)
      assert.truthy(said:find(words, 1, true), said)
      assert.matches("^spec/regress/92", said)
    end
  end)
end)
