-- SPDX-License-Identifier: MIT
-- When to try again, as tables: what is retryable, how long to wait, when to stop. No clock, no dice, no network.

local core = require "sms.core"
local failure = require "sms.error"
local patience = require "spec.support.patience"
local retry = require "sms.call.retry"
local toy = require "spec.support.toy"

local function dice(value) return function() return value end end

-- A decision from fields that say only what matters.
local function decide(fields)
  local budget = { tokens = fields.tokens or retry.BUDGET }
  local policy = { retries = fields.retries or 2, now = fields.now or 100, deadline = fields.deadline or 130, budget = budget }
  local err = { retryable = fields.retryable ~= false, retry_after = fields.retry_after }
  local wait, reason = retry.decide(err, fields.tries or 1, policy, dice(fields.dice or 0.5))
  return wait, reason, budget.tokens
end

describe("whether a second try is safe and sensible", function()
  -- kind, status, outcome → for what may be repeated, for what may not.
  local cases = {
    { "network", nil, "unknown", true, false }, { "network", nil, "not_sent", true, true }, { "network", 200, "unknown", true, false },
    { "timeout", nil, "unknown", true, false }, { "timeout", nil, "not_sent", true, true }, { "timeout", 200, "unknown", true, false },
    { "timeout", 408, "unknown", true, false }, { "rate_limited", 429, "not_sent", true, true }, { "server", 500, "unknown", true, false },
    { "server", 502, "unknown", true, false }, { "server", 503, "unknown", true, false }, { "server", 504, "unknown", true, false },
    { "server", 503, "not_sent", true, true }, { "server", 501, "unknown", true, false }, { "server", 505, "unknown", false, false },
    { "tls", nil, "not_sent", false, false }, { "auth", 401, "not_sent", false, false }, { "forbidden", 403, "not_sent", false, false },
    { "invalid", 400, "not_sent", false, false }, { "invalid", nil, "not_sent", false, false },
    { "not_found", 404, "not_sent", false, false }, { "conflict", 409, "not_sent", false, false },
    { "rejected", 418, "not_sent", false, false }, { "rejected", 200, "not_sent", false, false },
    { "decode", 200, "unknown", false, false }, { "too_large", 200, "unknown", false, false },
    { "too_large", nil, "unknown", false, false }, { "cancelled", nil, "unknown", false, false },
    { "closed", nil, "not_sent", false, false }, { "server", 302, "unknown", false, false },
  }

  it("follows from kind, status, outcome and the operation", function()
    local seen = {}
    for _, case in ipairs(cases) do
      local kind, status, outcome = case[1], case[2], case[3]
      seen[kind] = true
      for i, repeatable in ipairs { true, false } do
        local err = failure.new({ kind = kind, status = status, outcome = outcome }, repeatable)
        assert.same({ kind, status or "-", outcome, repeatable, case[3 + i] }, { kind, status or "-", outcome, repeatable, err.retryable })
      end
    end
    for kind in pairs(failure.kinds) do assert.is_true(seen[kind], kind .. " is in no case") end
  end)

  it("is the provider's word where its codes say so", function()
    assert.is_true(failure.new({ kind = "rejected", status = 200, outcome = "not_sent", retryable = true }).retryable)
    assert.is_false(failure.new({ kind = "rate_limited", status = 429, outcome = "not_sent", retryable = false }, true).retryable)
  end)

  it("never holds for an unclear send", function()
    for kind in pairs(failure.kinds) do
      for _, status in ipairs { 0, 200, 401, 408, 429, 500, 503, 504 } do
        local err = failure.new({ kind = kind, status = status > 0 and status or nil, outcome = "unknown" }, false)
        assert.is_false(err.retryable, kind .. " " .. status)
      end
    end
  end)
end)

describe("a decision", function()
  it("is to wait a share of a span that doubles, up to a cap", function()
    local spans = { 0.5, 1, 2, 4, 8, 8, 8 }
    for tries, span in ipairs(spans) do
      assert.equal(0, (decide { tries = tries, retries = 9, dice = 0 }))
      assert.equal(span / 2, (decide { tries = tries, retries = 9, dice = 0.5 }))
      assert.is_true(decide { tries = tries, retries = 9, dice = 0.999999 } < span)
    end
    assert.equal(4, (decide { tries = 1000, retries = 2000 }))
  end)

  it("is to wait as long as the provider says, however the dice fall", function()
    for _, seconds in ipairs { 0, 0.25, 1, 12, 29.9 } do
      for _, roll in ipairs { 0, 0.9 } do assert.equal(seconds, (decide { retry_after = seconds, dice = roll })) end
    end
  end)

  local stops = {
    { "not retryable", { retryable = false } }, { "not retryable", { retryable = false, retry_after = 1 } },
    { "no retries left", { retries = 0 } }, { "no retries left", { tries = 3 } }, { "no retries left", { retries = 0, retry_after = 0 } },
    { "the retry budget is used up", { tokens = 0 } }, { "the retry budget is used up", { tokens = 0.99 } },
    { "the deadline is too near", { retry_after = 30 } }, { "the deadline is too near", { retry_after = 1e9 } },
    { "the deadline is too near", { now = 130 } }, { "the deadline is too near", { now = 131, dice = 0 } },
    { "the deadline is too near", { now = 129.9, dice = 0.5 } },
  }

  it("is to stop, with the reason, and then costs nothing", function()
    for _, case in ipairs(stops) do
      local wait, reason, left = decide(case[2])
      assert.same({ "stop", case[1] }, { wait or "stop", reason })
      assert.equal(case[2].tokens or retry.BUDGET, left)
    end
  end)

  it("is made for every try up to the last", function()
    for retries = 0, 4 do
      local tries = 1
      while decide { tries = tries, retries = retries } do tries = tries + 1 end
      assert.equal(retries + 1, tries)
    end
  end)
end)

describe("the budget", function()
  it("is drained by retries and refilled by successes, within its bounds", function()
    local budget = retry.budget()
    local policy = { retries = 9, now = 0, deadline = 100, budget = budget }
    local err, waits = { retryable = true }, 0
    while retry.decide(err, 1, policy, dice(0)) do waits = waits + 1 end
    assert.equal(retry.BUDGET, waits)
    for _ = 1, math.ceil(1 / retry.REFILL) - 1 do retry.succeeded(budget) end
    assert.is_nil((retry.decide(err, 1, policy, dice(0))))
    retry.succeeded(budget)
    assert.equal(0, (retry.decide(err, 1, policy, dice(0))))
    assert.is_nil((retry.decide(err, 1, policy, dice(0))))
    for _ = 1, 1000 do retry.succeeded(budget) end
    assert.equal(retry.BUDGET, budget.tokens)
  end)

  it("keeps an outage from being amplified", function()
    local client, seen = toy.recorded(function() return { status = 503, headers = { ["retry-after"] = "0" }, body = "{}" } end)
    for _ = 1, 200 do client.things:list() end
    assert.equal(200 + retry.BUDGET, #seen)
  end)
end)

describe("Retry-After", function()
  -- What a client makes of the header: the error's `retry_after`.
  local function heard(text, others)
    local headers = { ["Retry-After"] = text }
    for name, value in pairs(others or {}) do headers[name] = value end
    local client = toy.recorded({ status = 429, headers = headers, body = "{}" }, { retries = 0 })
    return (select(2, client.things:list())).retry_after
  end

  it("is seconds", function()
    for text, seconds in pairs { ["0"] = 0, ["1"] = 1, ["120"] = 120, ["0.5"] = 0.5 } do assert.equal(seconds, heard(text)) end
  end)

  -- What a client makes of the date 90 seconds from now: as much, less the time that it took to look.
  local function check_date(form, others)
    local began = os.time()
    local seconds = heard(os.date(form, began + 90), others)
    assert.is_true(seconds <= 90 and seconds >= 89 - (os.time() - began), form .. " " .. tostring(seconds))
  end

  it("is a date, in each of its three forms", function()
    for _, form in ipairs { "!%a, %d %b %Y %H:%M:%S GMT", "!%A, %d-%b-%y %H:%M:%S GMT", "!%a %b %d %H:%M:%S %Y" } do
      check_date(form)
    end
  end)

  it("is nothing where the date has gone by: then the wait is the usual one", function()
    assert.is_nil(heard("Sun, 06 Nov 1994 08:49:37 GMT"))
    assert.is_nil(heard(os.date("!%a, %d %b %Y %H:%M:%S GMT", os.time() - 1)))
    assert.is_nil(heard("Sun, 06 Nov 2044 08:49:37 GMT", { Date = "Sun, 06 Nov 2044 08:49:38 GMT" }))
  end)

  it("as a date is counted from the response's own Date, whatever the clock here says", function()
    assert.equal(7, heard("Sun, 06 Nov 1994 08:49:37 GMT", { Date = "Sun, 06 Nov 1994 08:49:30 GMT" }))
    assert.equal(3600, heard("Sunday, 06-Nov-94 08:49:37 GMT", { date = "Sun Nov  6 07:49:37 1994" }))
    check_date("!%a, %d %b %Y %H:%M:%S GMT", { Date = "yesterday" })
  end)

  it("comes second to retry-after-ms", function()
    assert.equal(0.25, heard(nil, { ["retry-after-ms"] = "250" }))
    assert.equal(1.5, heard("7", { ["Retry-After-Ms"] = "1500" }))
    assert.equal(0.0005, heard("7", { ["retry-after-ms"] = "0.5" }))
    for _, text in ipairs { "", "soon", "-5", "0x10", "1e999" } do assert.equal(7, heard("7", { ["retry-after-ms"] = text }), text) end
  end)

  it("is ignored when it is neither", function()
    for _, text in ipairs { "", "soon", "-1", "1e999", "nan", "inf", "0x10", "1,5", "5 s", "Sun, 99 Nov 1994 99:99:99 GMT" } do
      assert.is_nil(heard(text), text)
    end
  end)

  it("is obeyed, told as an event, and stops where the deadline is nearer", function()
    local waits = {}
    local function busy(_, n)
      if n == 1 then return { status = 503, headers = { ["retry-after"] = "0.05" }, body = "{}" } end
      return { status = 200, headers = {}, body = "[]" }
    end
    local options = { on_event = function(event) if event.type == "wait" then waits[#waits + 1] = event end end }
    local client = toy.recorded(busy, options)
    local started = core.now()
    assert(client.things:list())
    assert.is_true(core.now() - started >= 0.045)
    assert.same({ { type = "wait", operation = "things:list", seconds = 0.05, reason = "retry", try = 1, provider = "toy" } }, waits)
    local seen
    client, seen = toy.recorded({ status = 503, headers = { ["retry-after"] = "3600" }, body = "{}" })
    local _, err = client.things:list()
    assert.same({ 1, 3600, true }, { #seen, err.retry_after, err.retryable })
  end)
end)

describe("`retries`", function()
  local function tried(client_retries, call_retries)
    local client, seen = toy.recorded({ status = 503, headers = { ["retry-after"] = "0" }, body = "{}" }, { retries = client_retries })
    local _, err = client.things:list({}, { retries = call_retries })
    assert.equal(#seen, err.attempts)
    return #seen
  end

  it("counts the tries after the first; the call's word comes before the client's", function()
    assert.same({ 3, 1, 2, 5, 1, 4 }, { tried(), tried(0), tried(1), tried(4), tried(4, 0), tried(0, 3) })
  end)
end)

describe("one deadline", function()
  it("is over all tries and waits", function()
    for limit in patience.limits(1.4) do
      local busy = { status = 503, headers = { ["retry-after"] = tostring(limit / 2.8) }, body = "{}" }
      local client, seen = toy.recorded(busy, { retries = 100, timeout = limit })
      local started = core.now()
      local _, err = client.things:list()
      assert.is_true(#seen <= 3, #seen) -- the first, and two for which there is time to wait
      if core.now() - started < limit then -- else the machine stood still, and the time was over in the middle of a wait
        assert.same({ "server", 503 }, { err.kind, err.status })
        assert.is_true(#seen >= 2, #seen)
        return
      end
      assert.is_true(err.kind == "server" or err.kind == "timeout", err.kind)
    end
    error "it is never tried again"
  end)
end)
