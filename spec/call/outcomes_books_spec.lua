-- SPDX-License-Identifier: MIT
-- The books of thousands of calls under the sandbox's faults: what is claimed of each text is compared with the inbox, with a table of
-- what became of them.

local random = require "sms.sandbox.random"
local sms = require "sms"
local kinds = dofile "spec/support/kinds_of_call.lua"
local matrix = dofile "spec/support/fault_matrix.lua"

local FULL = os.getenv "LUA_SMS_FULL" ~= nil
local SEED = 20261123

-- Sends `count` texts; `fault_of(i)` names each one's fault. Returns the books: outcomes, kinds, requests a call took at most.
local function send_many(place, count, fault_of, timeout)
  local clients, books = {}, { outcomes = {}, kinds = {}, most = 0, claims = {}, requests = 0 }
  for _, provider in ipairs(sms.providers) do clients[provider] = place.client(provider) end
  for i = 1, count do
    local provider, fault = sms.providers[i % #sms.providers + 1], fault_of(i)
    local text = ("%s %d"):format(place.name, i)
    local client = clients[provider]
    local receipt, second = client:send(kinds.message(provider, text), matrix.asking(fault, timeout))
    local kind, outcome = matrix.verdict(receipt, second)
    books.outcomes[outcome] = (books.outcomes[outcome] or 0) + 1
    books.kinds[kind or "-"] = (books.kinds[kind or "-"] or 0) + 1
    books.most, books.requests = math.max(books.most, second.attempts), books.requests + second.attempts
    books.claims[text] = outcome
  end
  return books
end

local LINE = "%-22s %8s %6s %5s  %-32s %s\n"

describe("a thousand calls under each fault", function()
  it("never put a text there twice", function()
    io.write("\n", LINE:format("1,000 sends under", "requests", "texts", "most", "outcomes", "kinds"))
    kinds.without_waits(function()
      for _, row in ipairs(matrix.faults) do
        local place, expected = matrix.process(), matrix.expected(row, "process")
        local books = send_many(place, 1000, function() return expected.name end)
        local texts = matrix.audit(matrix.by_text(place.inbox()), books)
        io.write(LINE:format(expected.name, books.requests, texts, books.most, matrix.listed(books.outcomes), matrix.listed(books.kinds)))
        assert.same(1000, matrix.sum(books.outcomes))
        assert.is_true(books.most <= matrix.TRIES)
        if expected.name ~= "401-once" then
          assert.same({ { [expected.outcome] = 1000 }, expected.texts * 1000 }, { books.outcomes, texts }, expected.name)
        end
      end
    end)
  end)

  it("read at most retries + 1 times each, and an outage is not amplified", function()
    io.write("\n", LINE:format("1,000 reads under", "requests", "", "most", "results", "kinds"))
    kinds.without_waits(function()
      for _, row in ipairs(matrix.faults) do
        local place, expected = matrix.process(), matrix.expected(row, "process")
        local client, most, results, found = place.client("messagewhiz"), 0, {}, {}
        for _ = 1, 1000 do
          local result, second = client.campaigns:list({}, matrix.asking(expected.name))
          most = math.max(most, second.attempts)
          local word, kind = result and "answered" or "failed", second.kind or "-"
          results[word], found[kind] = (results[word] or 0) + 1, (found[kind] or 0) + 1
        end
        local arrivals = place.arrivals("messagewhiz")
        io.write(LINE:format(expected.name, arrivals, "", most, matrix.listed(results), matrix.listed(found)))
        assert.same(expected.name == "refused" and 0 or matrix.arrivals(expected, true), most, expected.name)
        assert.is_true(arrivals <= 1000 + 10, expected.name)
      end
    end)
  end)
end)

-- More than half of the sends meet no fault, the others have any; ZoomConnect's credits run out on the way, a refusal like any
-- other. Hanging is rare over HTTP, where it costs time.
local function dice(place)
  local rng, names = random.new(SEED), {}
  for _, row in ipairs(matrix.faults) do
    local expected = matrix.expected(row, place.name)
    local slow = place.name == "http" and (expected.timeout or expected.name:find("drip"))
    if not slow and expected.name ~= "429" then names[#names + 1] = expected.name end
  end
  local rare = { "hang", "accept-then-hang", "drip=9", "drip=0.02" }
  return function()
    local roll = rng:integer(1, 200)
    if roll == 1 then return rng:pick(rare) end
    return roll > 110 and rng:pick(names) or nil
  end
end

describe("a random run", function()
  local function run(place, count, timeout)
    local books = kinds.without_waits(function() return send_many(place, count, dice(place), timeout) end)
    local texts = matrix.audit(matrix.by_text(place.inbox()), books)
    io.write(("\n%d sends, %s: %d requests, %d texts; %s; %s\n"):format(
      count, place.name, books.requests, texts, matrix.listed(books.outcomes), matrix.listed(books.kinds)))
    local outcomes = books.outcomes
    assert.same(count, outcomes.accepted + outcomes.not_sent + outcomes.unknown)
    assert.is_true(texts >= outcomes.accepted and texts <= outcomes.accepted + outcomes.unknown)
    for _, kind in ipairs { "auth", "decode", "network", "rate_limited", "server", "timeout" } do
      assert.is_true((books.kinds[kind] or 0) > 0, kind)
    end
    assert.is_true(books.most <= matrix.TRIES)
  end

  it("of 20,000 sends in this process keeps its books", function() run(matrix.process(), 20000) end)

  it(("of %s sends over HTTP keeps its books"):format(FULL and "20,000" or "2,000"), function()
    local place <close> = setmetatable(matrix.http(), { __close = function(self) self.stop() end })
    run(place, FULL and 20000 or 2000, 0.5)
  end)
end)
