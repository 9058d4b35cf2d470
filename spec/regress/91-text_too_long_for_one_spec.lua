-- SPDX-License-Identifier: MIT
-- The story: two providers stood behind a failover. A text of 700 characters was too long for the first; instead of going out by the
-- second, it raised an error in the middle of the night.

local four = dofile "spec/support/four.lua"
local refusal = require "spec.support.refusal"
local sms = require "sms"

local function group(...)
  local clients, seen = {}, {}
  for i, name in ipairs { ... } do
    clients[i], seen[i] = four.client(name, { from = "Museum" })
  end
  return sms.failover(clients), seen
end

describe("failover", function()
  it("asks the next provider where one can't take the data, or lacks the field", function()
    for by, given in pairs {
      websms = { to = "+436641234567", text = ("x"):rep(700) }, zoomconnect = { to = "+27821234567", text = "x", campaign = "June" },
      messagewhiz = { to = "+436641234567", text = "x", at = os.time() + 3600, from = "Shop" },
    } do
      local both, seen = group("zipwhip", by)
      local receipt = assert(both:send(given))
      assert.same({ by, 0, 1 }, { receipt.provider, #seen[1], #seen[2] })
      assert.equal(by, both:explain(given).provider)
    end
  end)

  it("asks it, too, where an operation's own check is what refuses", function()
    local both, seen = group("messagewhiz", "websms")
    local receipt = assert(both:send { to = "+436641234567", text = "x", from = "Shop!" })
    assert.same({ "websms", 0, 1 }, { receipt.provider, #seen[1], #seen[2] })
  end)

  it("returns an error where no provider can, and names the field", function()
    local all, seen = group("zipwhip", "websms", "zoomconnect")
    for field, given in pairs {
      to = { to = "n/a", text = "x" }, vars = { to = "+436641234567", text = "Hello {name}" },
      text = { to = "+436641234567", text = ("x"):rep(40000) },
    } do
      local words, how, err = refusal(all.send, all, given)
      assert.same({ "returned", field, 3 }, { how, err.field, #err.tried }, words)
    end
    -- Here the data are right, and each provider lacks something.
    local nothing, err = sms.failover({ (four.client "zipwhip") }):send { to = "+12065550123", text = "x", from = "Shop" }
    assert.same({ nil, "rejected", "not_sent" }, { nothing, err.kind, err.outcome })
    assert.matches("zipwhip does not support 'from'", err.message)
    for _, requests in ipairs(seen) do assert.equal(0, #requests) end
  end)

  it("raises what is wrong for all of them", function()
    local both = group("zipwhip", "websms")
    for words, given in pairs {
      ["unknown field 'body', did you mean 'text'?"] = { to = "n/a", body = "x" }, ["'text' is missing"] = { to = "+436641234567" },
      ["'text' must be a string, got a number"] = { to = "+436641234567", text = 5 },
    } do
      local said, how = refusal(both.send, both, given)
      assert.same({ "raised", true }, { how, said:find(words, 1, true) ~= nil }, said)
    end
  end)
end)
