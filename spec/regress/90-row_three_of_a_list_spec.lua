-- SPDX-License-Identifier: MIT
-- The story: a list of customers went out through the loop that the README shows. Somebody had typed "n/a" for the third number. Its send
-- raised, the loop died, and three texts that were on their way had no receipt.

local four = dofile "spec/support/four.lua"
local sms = require "sms"

-- The list of a shop, with what people type: row → what is wrong with it.
local FAULTS = {
  [3] = { to = "n/a" }, [5] = { text = "Hello {name}" }, [6] = { text = "caf\xE9" }, [8] = { text = ("x"):rep(40000) }, [9] = { to = "" },
}
local FIELDS = { [3] = "to", [5] = "vars", [6] = "text", [8] = "text", [9] = "to" }

local function list_for(provider)
  local rows = {}
  for i = 1, 12 do
    rows[i] = four.message(provider, { to = provider == "zipwhip" and ("+120655501%02d"):format(i) or ("+436641237%03d"):format(i) })
    for name, value in pairs(FAULTS[i] or {}) do rows[i][name] = value end
  end
  return rows
end

describe("the loop of the README", function()
  it("goes on past the rows that can't be sent, and each row has its receipt or its error", function()
    for _, provider in ipairs(four.names) do
      local client = four.client(provider)
      local rows = list_for(provider)
      sms.run(function()
        local count = 0
        for receipt, err in sms.parallel(4, rows, function(row) return client:send(row) end) do
          count = count + 1
          if FAULTS[count] then
            assert.is_falsy(receipt)
            assert.same({ "invalid", "not_sent", FIELDS[count], "send", 0 }, {
              err.kind, err.outcome, err.field, err.operation, err.attempts,
            }, provider .. " " .. tostring(err))
          else
            assert.equal("accepted", receipt.outcome, provider .. count)
          end
        end
        assert.equal(#rows, count)
      end)
    end
  end)

  it("is the same by send_many", function()
    for _, provider in ipairs(four.names) do
      local client = four.client(provider)
      for i, row in ipairs(client:send_many(list_for(provider))) do
        local expected = { FAULTS[i] and "not_sent" or "accepted", FIELDS[i] }
        assert.same(expected, { row.outcome, row.error and row.error.field }, provider .. i .. tostring(row.error))
      end
    end
  end)
end)
