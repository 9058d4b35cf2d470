-- SPDX-License-Identifier: MIT
-- ZoomConnect was sent whatever stood in `to`: a name, an e-mail address, half a number. The other three had a check each, and each a
-- check of its own.

local four = require "spec.support.four"
local refusal = require "spec.support.refusal"

describe("what is no number", function()
  it("is refused before the network, whoever the provider is", function()
    for _, provider in ipairs(four.names) do
      local client, seen = four.client(provider)
      for _, text in ipairs { "mum", "mum@example.org", "+27 82", "0821234567", "+", "-", "12", "+27821234567 ext 5" } do
        local words = refusal(client.send, client, four.message(provider, { to = text }))
        assert.truthy(words:find("'to' must be a phone number: it ", 1, true), words)
        local rows = client:send_many { four.message(provider, { to = text }) }
        assert.same({ "not_sent", "invalid" }, { rows[1].outcome, rows[1].error.kind })
      end
      assert.equal(0, #seen)
    end
  end)
end)
