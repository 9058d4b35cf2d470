-- SPDX-License-Identifier: MIT
-- The token bucket by arithmetic, with a clock made of numbers; then the client's option `rate`: waits, refusals, 429 and recovery.

local core = require "sms.core"
local patience = require "spec.support.patience"
local rate = require "sms.call.rate"
local scheduler = require "sms.task"
local sms = require "sms"
local toy = require "spec.support.toy"

local function near(expected, given) assert.is_true(math.abs(expected - given) < 1e-9, ("%s is not %s"):format(given, expected)) end

describe("a bucket", function()
  it("lets a burst through and then spaces its takers evenly", function()
    local bucket = rate.new({ per_second = 10, burst = 3 }, 100)
    for _ = 1, 3 do assert.equal(0, rate.take(bucket, 100)) end
    for i = 1, 5 do near(i / 10, rate.take(bucket, 100)) end
  end)

  it("fills with time, and never above the burst", function()
    local bucket = rate.new({ per_second = 2, burst = 4 }, 0)
    for _ = 1, 4 do rate.take(bucket, 0) end
    assert.equal(0, rate.take(bucket, 0.5))
    near(0.5, rate.take(bucket, 0.5))
    for _ = 1, 4 do assert.equal(0, rate.take(bucket, 1000)) end
    near(0.5, rate.take(bucket, 1000))
  end)

  it("has a second's worth as its burst, and at least one", function()
    for speed, burst in pairs { [5] = 5, [0.5] = 1, [1] = 1, [2.5] = 2.5 } do
      assert.equal(burst, rate.new({ per_second = speed }, 0).burst)
    end
    local slow = rate.new({ per_second = 0.5 }, 0)
    assert.equal(0, rate.take(slow, 0))
    near(2, rate.take(slow, 0))
  end)

  it("keeps the long run at its speed, whatever the arrivals", function()
    local bucket, now, taken = rate.new({ per_second = 20, burst = 5 }, 0), 0, 0
    local seed = 12345
    while now < 1000 do
      seed = (seed * 1103515245 + 12345) % 2147483648
      now = now + (seed % 100) / 1000
      now = now + rate.take(bucket, now)
      taken = taken + 1
    end
    assert.is_true(taken <= 20 * now + 5 and taken >= 19 * 1000, taken)
  end)

  it("takes back what was not used", function()
    local bucket = rate.new({ per_second = 1, burst = 1 }, 0)
    assert.equal(0, rate.take(bucket, 0))
    near(1, rate.take(bucket, 0))
    rate.give_back(bucket)
    near(1, rate.take(bucket, 0))
    for _ = 1, 9 do rate.give_back(bucket) end
    assert.equal(1, bucket.tokens)
  end)

  it("is slowed by half at each refusal, down to a floor, and restored little by little", function()
    local bucket = rate.new({ per_second = 64, burst = 1 }, 0)
    rate.take(bucket, 0)
    near(1 / 64, rate.take(bucket, 0))
    local factors = {}
    for i = 1, 8 do
      rate.slowed(bucket)
      factors[i] = bucket.factor
    end
    assert.same({ 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 64, 1 / 64 }, factors)
    bucket.tokens, bucket.at = 0, 0
    near(1, rate.take(bucket, 0))
    local successes = 0
    while bucket.factor < 1 do
      local before = bucket.factor
      rate.succeeded(bucket)
      successes = successes + 1
      assert.is_true(bucket.factor - before <= rate.RESTORE + 1e-9)
    end
    assert.equal(math.ceil((1 - rate.FLOOR) / rate.RESTORE), successes)
    rate.succeeded(bucket)
    assert.equal(1, bucket.factor)
  end)

  it("counts the time before it was slowed at the speed of then", function()
    local bucket = rate.new({ per_second = 10, burst = 10 }, 0)
    for _ = 1, 10 do rate.take(bucket, 0) end
    assert.equal(0, rate.take(bucket, 0.5)) -- 5 were there, 4 are left
    rate.slowed(bucket)
    for _ = 1, 4 do assert.equal(0, rate.take(bucket, 0.5)) end
    near(0.2, rate.take(bucket, 0.5))
    rate.slowed(bucket, 0.7) -- the wait was over at 0.7, whatever comes now
    near(0.4, rate.take(bucket, 0.7))
  end)
end)

describe("the option `rate`", function()
  local function refusal(options)
    local ok, message = pcall(toy.client, { key = "k", rate = options })
    return not ok and message or "taken"
  end

  it("is checked, all of it, by name", function()
    for _, speed in ipairs { 0, -1, "5", math.huge, 0 / 0 } do
      assert.matches("option 'rate.per_second' must be a number above 0", refusal { per_second = speed })
    end
    assert.matches("per_second", refusal {})
    assert.matches("option 'rate.burst' must be a number of at least 1", refusal { per_second = 1, burst = 0.5 })
    assert.matches("option 'rate' has no 'per_secnd', did you mean 'per_second'%?.*per_second", refusal { per_secnd = 1 })
    assert.equal("taken", refusal { per_second = 0.1 })
  end)

  -- A client whose responses and events are kept.
  local function paced(response, options)
    local events = {}
    options.on_event = function(event) events[#events + 1] = event end
    local client, seen = toy.recorded(response, options)
    return client, seen, events
  end

  local OK = { status = 200, headers = {}, body = "[]" }

  it("makes calls wait, as events tell", function()
    local client, seen, events = paced(OK, { rate = { per_second = 50, burst = 2 } })
    local started = core.now()
    for _ = 1, 7 do assert(client.things:list()) end
    local took, waits = core.now() - started, 0
    assert.is_true(took >= 5 / 50 - 0.005, took)
    for _, event in ipairs(events) do
      if event.type == "wait" then
        waits = waits + 1
        assert.same({ "rate", "things:list", true }, { event.reason, event.operation, event.seconds > 0 and event.seconds <= 1 / 50 })
      end
    end
    assert.equal(7, #seen)
    assert.is_true(waits >= 1 and waits <= 5, waits) -- a machine that stops the process for long spares it a wait
  end)

  it("refuses what would have to wait beyond the deadline, and sends nothing", function()
    local client, seen = paced(OK, { rate = { per_second = 0.01, burst = 1 }, timeout = 5 })
    assert(client.things:list())
    for _ = 1, 5 do
      local _, err = client.things:shout { text = "{{code}}", a = "x" }
      assert.same({ "rate_limited", "not_sent", 0, false }, { err.kind, err.outcome, err.attempts, err.retryable })
      assert.matches("rate limit: the next request would start in [%d.]+ s", err.message)
    end
    assert.equal(1, #seen)
  end)

  -- For the rest of a test: a clock that moves where the client waits, and nowhere else.
  local function with_own_clock()
    local now, rest, time = core.now, scheduler.rest, 1000
    finally(function() core.now, scheduler.rest = now, rest end)
    core.now = function() return time end
    scheduler.rest = function(seconds) time = time + seconds end
  end

  it("is slowed by 429, not by its own refusals, and recovers", function()
    with_own_clock()
    local refuse = true
    local client, _, events = paced(function()
      return refuse and { status = 429, headers = {}, body = "{}" } or OK
    end, { rate = { per_second = 1000, burst = 1 }, retries = 0 })
    local function wait()
      for i = #events, 1, -1 do events[i] = nil end
      client.things:list()
      for _, event in ipairs(events) do
        if event.reason == "rate" then return event.seconds end
      end
      return 0
    end
    for _ = 1, 6 do wait() end
    refuse = false
    near(64 / 1000, wait())
    for _ = 1, 25 do wait() end
    near(1 / 1000, wait())
  end)

  it("is slowed by the provider's own codes for it", function()
    with_own_clock()
    local response = { status = 200, headers = {}, body = '{"statusCode":4023,"statusMessage":"Throughput limit exceeded"}' }
    local waits = {}
    local client = sms.websms {
      token = "t", retries = 0, rate = { per_second = 100, burst = 1 }, transport = function() return response end,
      on_event = function(event) if event.type == "wait" then waits[#waits + 1] = event.seconds end end,
    }
    for _ = 1, 4 do
      local _, err = client:send { to = "436641234567", text = "x" }
      assert.equal("rate_limited", err.kind)
    end
    assert.equal(3, #waits)
    for i, seconds in ipairs { 2 / 100, 4 / 100, 8 / 100 } do near(seconds, waits[i]) end
  end)

  -- Calls that pass at once but for the client's rate: how long they took, and how often a task of 1 ms got its turn between two of them.
  local function in_tasks(run)
    local over, ticks, last, most, began = false, 0, 0, 0, core.now()
    local client, seen = toy.recorded(function()
      most, last = math.max(most, ticks - last), ticks
      return OK
    end, { rate = { per_second = 100, burst = 1 } })
    run(function()
      local ticking = sms.task(function()
        while not over do
          sms.sleep(0.001)
          ticks = ticks + 1
        end
      end)
      local tasks = {}
      for i = 1, 21 do tasks[i] = sms.task(function() assert(client.things:list()) end) end
      for _, task in ipairs(tasks) do task:wait() end
      over = true
      ticking:wait()
    end)
    assert.equal(21, #seen)
    local took = core.now() - began
    assert.is_true(took >= 0.195, took)
    assert.is_true(most >= 3, most)
  end

  it("holds for tasks, and inside each loop, without holding up what else runs there", function()
    in_tasks(sms.run)
    for _, name in ipairs(require "spec.support.loops") do
      in_tasks(require("sms.loop." .. name).run)
    end
  end)

  it("lets a task that is stopped while it waits send nothing", function()
    local client, seen = toy.recorded(OK, { rate = { per_second = 0.02, burst = 1 }, timeout = patience.FAR })
    sms.run(function()
      assert(client.things:list())
      local task = sms.task(function() return select(2, client.things:shout { text = "{{code}}", a = "x" }) end)
      sms.sleep(0.02)
      task:cancel()
      local err = task:wait()
      assert.same({ "cancelled", "not_sent", 0 }, { err.kind, err.outcome, err.attempts })
    end)
    assert.equal(1, #seen)
  end)
end)
