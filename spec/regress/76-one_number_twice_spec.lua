-- SPDX-License-Identifier: MIT
-- A list has 082 123 4567 and +27 82 123 4567. MessageWhiz refused a number that was there twice in one spelling, websms and Zipwhip sent
-- two texts; in two spellings, or in the rows of send_many, nothing told the sender that both are one customer.

local four = require "spec.support.four"
local refusal = require "spec.support.refusal"

local LIST = { "082 123 4567", "082 123 4568", "+27 82 123 4567" }

describe("one number in two spellings", function()
  it("is refused in a list, with every provider that takes one", function()
    for _, provider in ipairs { "messagewhiz", "websms", "zipwhip" } do
      local client, seen = four.client(provider, { region = "ZA" })
      local words = refusal(client.send, client, four.message(provider, { to = LIST }))
      assert.truthy(words:find("'to[3]' repeats the number of 'to[1]'", 1, true), words)
      assert.equal(0, #seen)
    end
  end)

  it("is told in the rows of send_many, and sent once on request", function()
    for _, provider in ipairs(four.names) do
      local client = four.client(provider, { region = "ZA" })
      local messages = {}
      for i, to in ipairs(LIST) do messages[i] = four.message(provider, { to = to }) end
      local rows = client:send_many(messages)
      assert.same({ "accepted", nil, "accepted", 1 }, { rows[1].outcome, rows[1].duplicate_of, rows[3].outcome, rows[3].duplicate_of })
      rows = client:send_many(messages, { duplicates = "skip" })
      assert.same({ "accepted", "accepted", "not_sent", 1 }, { rows[1].outcome, rows[2].outcome, rows[3].outcome, rows[3].duplicate_of })
    end
  end)
end)
