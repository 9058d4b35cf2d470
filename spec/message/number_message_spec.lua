-- SPDX-License-Identifier: MIT
-- Numbers on every path of the message API, on all four providers alike: recipients, lists, senders, regions, one number twice.

local failure = require "sms.error"
local four = require "spec.support.four"
local refusal = require "spec.support.refusal"
local sms = require "sms"

-- Runs a function with a client of each provider.
local function each(fn, options)
  for _, provider in ipairs(four.names) do
    local client, seen = four.client(provider, options)
    fn(client, seen, provider, function(fields) return four.message(provider, fields) end)
  end
end

-- A function with the words of the refusal of a message, which must not reach the network.
local function refuses(client, seen, given)
  local words = refusal(client.send, client, given)
  assert.equal(0, #seen)
  assert.equal(words, (refusal(client.check, client, given)))
  return words
end

describe("a number in a message", function()
  it("goes out as the number that is meant, however it is written", function()
    each(function(client, seen, provider, message)
      for text, e164 in pairs {
        ["+43 (0)664 1234567"] = "+436641234567", ["+44 0161 123 4567"] = "+441611234567", ["+39 (0)6 12345678"] = "+390612345678",
        ["0027 82 123 4567"] = "+27821234567", ["27821234567"] = "+27821234567", ["＋２７ ８２ １２３４５６７"] = "+27821234567",
        ["tel:+27-82-123-4567"] = "+27821234567", ["+54 11 15 2345 6789"] = "+5491123456789", ["+27821234567;"] = "+27821234567",
        ["+999 1234 5678"] = "+99912345678",
      } do
        client:send(message { to = text })
        local sent = four.numbers(provider, seen[#seen])
        assert.same({ four.spelt(provider, e164) }, sent, provider .. " " .. text)
      end
    end)
  end)

  it("is refused with the reason before the network where it can't be read", function()
    each(function(client, seen, provider, message)
      for text, reason in pairs {
        ["436641234567.0"] = "it may be +4366412345670 or +436641234567", ["0821234567"] = "it has no country",
        ["+10000000000"] = "it is not a number of US: its numbering plan has no such range", ["12345"] = "it is",
        ["mum"] = "it has letters", ["+27 82 123"] = "it is too short for ZA", ["+27821234567,,5"] = "it has an extension",
      } do
        local words = refuses(client, seen, message { to = text })
        assert.truthy(words:find("'to' must be a phone number: " .. reason, 1, true), provider .. " " .. words)
      end
    end)
  end)

  it("is of the region of the client, or of the message", function()
    each(function(client, seen, provider, message)
      client:send(message { to = "082 123 4567" })
      client:send(message { to = "0664 1234567", region = "at" })
      assert.same({ four.spelt(provider, "+27821234567") }, four.numbers(provider, seen[1]))
      assert.same({ four.spelt(provider, "+436641234567") }, four.numbers(provider, seen[2]))
      assert.matches("region 'UK' is not an ISO 3166 code; did you mean 'GB'%?",
        (refusal(client.send, client, message { to = "020 7946 0018", region = "UK" })))
      assert.matches("'region' must be a string", (refusal(client.send, client, message { to = "020 7946 0018", region = 44 })))
    end, { region = "za" })
    local ok, problem = pcall(four.client, "websms", { region = "UK" })
    assert.is_false(ok)
    assert.matches("region 'UK' is not an ISO 3166 code; did you mean 'GB'%?", problem)
  end)

  it("stays in the receipt as it was written", function()
    each(function(client, _, _, message)
      assert.equal("+27 (0)82 123 4567", client:send(message { to = "+27 (0)82 123 4567" }).to)
    end)
  end)
end)

describe("a list of numbers", function()
  it("is read number by number", function()
    each(function(client, seen, provider, message)
      local list = { "082 123 4567", "+27 (0)82 123 4568" }
      if provider == "zoomconnect" then list[2] = nil end
      client:send(message { to = list, region = "ZA" })
      local expected = { four.spelt(provider, "+27821234567"), #list > 1 and four.spelt(provider, "+27821234568") or nil }
      assert.same(expected, four.numbers(provider, seen[1]))
    end)
  end)

  it("names the one that can't be read", function()
    each(function(client, seen, provider, message)
      if provider == "zoomconnect" then return end -- it takes one number a call
      local words = refuses(client, seen, message { to = { "+27821234567", "+27 82", "x" } })
      assert.matches("'to%[2%]' must be a phone number: it is too short for ZA.*; 'to%[3%]' must be a phone number: it has letters", words)
    end)
  end)

  it("has each number once", function()
    each(function(client, seen, provider, message)
      if provider == "zoomconnect" then return end
      local words = refuses(client, seen, message { to = { "+27821234567", "+27821234568", "0027 (0)82 123 4567" } })
      assert.truthy(words:find("'to[3]' repeats the number of 'to[1]': +27821234567", 1, true), words)
    end)
  end)
end)

describe("a sender", function()
  it("is a number in the provider's spelling, a name or a short code", function()
    for given, wire in pairs {
      ["+43 (0)664 1234567"] = "436641234567", ["0043 664 1234567"] = "436641234567", ["12345"] = "12345", ["Museum"] = "Museum",
      ["0664 1234567"] = "436641234567",
    } do
      local client, seen = four.client("websms", { region = "AT" })
      client:send { to = "+436641234567", text = "x", from = given }
      local body = require("sms.json").decode(seen[1].body)
      assert.same({ wire, #wire == 12 and "international" or given == "Museum" and "alphanumeric" or nil },
        { body.senderAddress, body.senderAddressType })
      client, seen = four.client("messagewhiz", { region = "AT" })
      client:send { to = "+436641234567", text = "x", from = given }
      assert.equal(wire, require("sms.json").decode(seen[1].body).from)
    end
  end)

  it("that is an international number and can't be read is refused", function()
    local client, seen = four.client "messagewhiz"
    assert.matches("'from' must be a phone number: it is too short for AT",
      refuses(client, seen, { to = "+436641234567", text = "x", from = "+43 1" }))
  end)
end)

describe("send_many", function()
  it("tells rows for one number, however it is written", function()
    each(function(client, seen, provider, message)
      local rows = client:send_many {
        message { to = "+27821234567" }, message { to = "+27821234568" }, message { to = "0027 (0)82 123 4567" },
        message { to = "082 123 4567", region = "ZA", text = "Another" }, message { to = "x" }, message { to = "x" },
      }
      local told = {}
      for i = 1, 6 do told[i] = rows[i].duplicate_of or false end
      assert.same({ false, false, 1, 1, false, false }, told, provider)
      for i = 1, 4 do assert.equal("accepted", rows[i].outcome, provider) end
      local sent = 0
      for _, request in ipairs(seen) do sent = sent + #four.numbers(provider, request) end
      assert.equal(4, sent)
    end)
  end)

  it("leaves them out on request", function()
    each(function(client, seen, provider, message)
      local rows = client:send_many({
        message { to = "mum" }, message { to = "+27821234567" }, message { to = "+27821234568" }, message { to = "27 82 123 4567" },
      }, { duplicates = "skip", timeout = 5 })
      for i, outcome in ipairs { "not_sent", "accepted", "accepted", "not_sent" } do assert.equal(outcome, rows[i].outcome, provider) end
      assert.same({ 2, "rejected", "duplicate" }, { rows[4].duplicate_of, rows[4].status, rows[4].error.name })
      assert.matches("row 4: same number as row 2", tostring(rows[4].error))
      assert.is_true(failure.is(rows[4].error))
      local sent = 0
      for _, request in ipairs(seen) do sent = sent + #four.numbers(provider, request) end
      assert.equal(2, sent, provider)
    end)
  end)

  it("takes a list for a repetition where each of its numbers had a row", function()
    local client, seen = four.client "websms"
    local rows = client:send_many({
      { to = "+27821234567", text = "x" }, { to = { "+27821234567", "+27821234568" }, text = "x" },
      { to = { "+27821234568", "+27821234567" }, text = "x" }, { to = "+27821234568", text = "x" },
    }, { duplicates = "skip" })
    assert.same({ nil, nil, 2, 2 }, { rows[1].duplicate_of, rows[2].duplicate_of, rows[3].duplicate_of, rows[4].duplicate_of })
    assert.equal(2, #seen)
  end)

  it("refuses another word for it", function()
    local client = four.client "websms"
    local ok, words = pcall(function() client:send_many({}, { duplicates = "drop" }) end)
    assert.is_false(ok)
    assert.matches("number_message_spec%.lua:%d+: .*option 'duplicates' must be 'send' or 'skip'", words)
  end)
end)

describe("failover", function()
  it("has numbers read by each provider, with the client's region", function()
    local first, seen = four.client("zoomconnect", { region = "ZA" })
    local group = sms.failover { four.client "websms", first }
    assert.equal("zoomconnect", assert(group:send { to = "082 123 4567", text = "x" }).provider)
    assert.same({ "+27821234567" }, four.numbers("zoomconnect", seen[1]))
    local receipt, err = group:send { to = "+10000000000", text = "x" }
    assert.is_nil(receipt)
    assert.equal("not_sent", err.outcome)
    assert.matches("its numbering plan has no such range", tostring(err))
  end)
end)

describe("reconcile", function()
  it("looks a number up as it was sent", function()
    local client, seen = four.client("zoomconnect", { region = "ZA" })
    client:reconcile { { to = "082 123 4567", text = "x", time = os.time(), outcome = "unknown" } }
    assert.truthy(seen[1].query:find("toNumber=%2B27821234567", 1, true), seen[1].query)
  end)
end)
