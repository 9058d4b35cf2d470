-- SPDX-License-Identifier: MIT
-- The story: a list had columns "first name" and "imię". The holes had other letters than A to Z in them, so nobody took them for holes,
-- and 4,000 people read "Hi {first name}". Others read the price of "3.0" that their JSON reader had made of 3.

local kinds = dofile "spec/support/kinds_of_call.lua"
local sandbox = require "sms.sandbox"
local sms = require "sms"

describe("a list with columns of any name", function()
  it("fills its holes on every provider, or sends nothing", function()
    for _, provider in ipairs(sms.providers) do
      local box = sandbox.new {}
      local login = provider == "zipwhip" and { username = "2065550100", password = "sandbox-password" } or nil
      local client, rows = kinds.client(provider, { transport = box, credentials = login }), {}
      for i, vars in ipairs {
        { ["first name"] = "Zoë", ["imię"] = "Zofia", price = 3.0 }, { ["first name"] = "Ada", price = 3 }, false, { first_name = "Bob" },
      } do
        rows[i] = kinds.message(provider, "Hi {first name|you} ({imię|-}), pay {price}")
        rows[i].vars = vars or nil
      end
      local got = client:send_many(rows)
      box:tick(0)
      local texts = {}
      for _, message in ipairs(box:inbox(provider)) do texts[#texts + 1] = message.text end
      table.sort(texts)
      assert.same({ "Hi Ada (-), pay 3", "Hi Zoë (Zofia), pay 3" }, texts, provider)
      assert.equal(4, #got)
    end
  end)
end)
