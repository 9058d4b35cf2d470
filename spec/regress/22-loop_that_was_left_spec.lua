-- SPDX-License-Identifier: MIT
-- The story: the body of a loop over sms.parallel raised at the third receipt. Fifty more texts were in flight or done by then; none of
-- their receipts was ever seen.

local core = require "sms.core"
local counting = require "spec.support.counting"
local patience = require "spec.support.patience"
local sms = require "sms"

describe("a loop or a run that ends before its results were handed out", function()
  local server, client, other

  setup(function() server = counting.spawn() end)
  teardown(function() server.stop() end)
  before_each(function()
    client = sms.websms { token = "the-token-of-the-spec", base_url = server.url, retries = 0 }
    other = sms.websms { token = "the-token-of-the-spec", base_url = server.url, retries = 0, pool = sms.pool() }
  end)

  local number = 0

  local function messages(count)
    local out = {}
    for i = 1, count do
      number = number + 1
      out[i] = { to = "436641234567", text = "wait " .. (i % 7) * 5, reference = "left-" .. number }
    end
    return out
  end

  -- A send whose failure tells its reference, too.
  local function send(message)
    local receipt, err = client:send(message)
    if err and not receipt then err.reference = message.reference end
    return receipt, err
  end

  local function note(seen, receipt, err)
    local it = receipt or err
    assert.is_nil(seen[it.reference])
    seen[it.reference] = it.outcome
  end

  -- Every text that was taken has an outcome, and none that denies it.
  local function check(sent, seen)
    local taken, count = server.taken(client), 0
    for _, message in ipairs(sent) do
      local reference = message.reference
      if taken[reference] then
        count = count + 1
        assert.equal(1, taken[reference])
        assert.is_true(seen[reference] == "accepted" or seen[reference] == "unknown", reference .. " " .. tostring(seen[reference]))
      else
        assert.is_true(seen[reference] ~= "accepted")
      end
    end
    return count
  end

  local function both(name, fn)
    it(name .. ", outside of tasks", function() fn(function(loop) return loop() end) end)
    it(name .. ", in a task", function() fn(sms.run) end)
  end

  both("carries them with what the body raises", function(run)
    local sent, seen, count = messages(60), {}, 0
    local ok, err = pcall(run, function()
      for receipt, problem in sms.parallel(12, sent, send) do
        note(seen, receipt, problem)
        count = count + 1
        if count == 5 then error("the body broke", 0) end
      end
    end)
    assert.is_false(ok)
    assert.same({ "cancelled", "the body broke", "unknown" }, { err.kind, err.cause, err.outcome })
    assert.matches("the body broke", tostring(err))
    for _, one in ipairs(err.results) do
      note(seen, one[1], one[2])
      assert.equal((one[1] or one[2]).outcome, one.outcome)
    end
    assert.is_true(check(sent, seen) >= 12)
  end)

  both("carries them with what the function or the iterator raises", function(run)
    for _, how in ipairs { "function", "iterator" } do
      for _, what in ipairs { "text", "value" } do
        local sent, seen, at = messages(60), {}, 0
        local mine = sms.error.new { kind = "invalid", outcome = "not_sent", operation = "mine", message = "it broke" }
        local function fail() error(what == "text" and "it broke" or mine, 0) end
        local ok, err = pcall(run, function()
          local items = function()
            at = at + 1
            if at == 20 and how == "iterator" then fail() end
            return sent[at]
          end
          local function work(message)
            if message == sent[20] and how == "function" then fail() end
            return send(message)
          end
          for receipt, problem in sms.parallel(12, items, work, { ordered = how == "function" }) do note(seen, receipt, problem) end
        end)
        assert.is_false(ok)
        if what == "value" then assert.equal(mine, err) elseif err ~= "it broke" then assert.equal("it broke", err.cause) end
        for _, one in ipairs(type(err) == "table" and err.results or {}) do note(seen, one[1], one[2]) end
        check(sent, seen)
      end
    end
  end)

  both("gives them to the table 'rest' when the loop is left by break, return or an error", function(run)
    for _, how in ipairs { "break", "return", "error" } do
      local sent, seen, rest, count = messages(60), {}, {}, 0
      local ok, err = pcall(run, function()
        for receipt, problem in sms.parallel(12, sent, send, { rest = rest }) do
          note(seen, receipt, problem)
          count = count + 1
          if count == 5 and how == "break" then break end
          if count == 5 and how == "return" then return end
          if count == 5 then error("the body broke", 0) end
        end
      end)
      assert.same(how == "error" and { false, "the body broke" } or { true, nil }, { ok, err })
      assert.is_true(#rest >= 7)
      for _, one in ipairs(rest) do note(seen, one[1], one[2]) end
      assert.is_true(check(sent, seen) >= 12)
    end
  end)

  it("carries what tasks in flight came to with what the main function of sms.run raises, and begins nothing more", function()
    local sent, seen = messages(20), {}
    local ok, err = pcall(sms.run, function()
      for _, message in ipairs(sent) do
        message.text = "held 22" -- until its connection ends
        sms.task(send, message)
      end
      local before, ends = select(2, server.taken(other)), core.now() + patience.MOST
      while select(2, server.taken(other)) == before and core.now() < ends do sms.sleep(0.01) end
      sms.task(send, sent[1]) -- not begun any more
      error("main broke", 0)
    end)
    assert.is_false(ok)
    assert.same({ "main broke", "cancelled", "unknown" }, { err.cause, err.kind, err.outcome })
    for _, one in ipairs(err.results) do
      if one[2].reference then note(seen, one[1], one[2]) end
    end
    assert.is_true(check(sent, seen) > 0)
  end)

  it("leaves any other value as it is when nothing was sent", function()
    local problem = {}
    for _, run in ipairs { function(fn) return fn() end, sms.run } do
      local ok, err = pcall(run, function()
        for value in sms.parallel(4, { 1, 2, 3, 4, 5, 6, 7, 8 }, function(i) return i end) do
          if value == 2 then error(problem) end
        end
      end)
      assert.is_false(ok)
      assert.equal(problem, err)
    end
  end)

  it("names the option that nobody knows", function()
    assert.error_matches(function() sms.parallel(1, {}, send, { rests = {} }) end, "did you mean 'rest'")
    assert.error_matches(function() sms.parallel(1, {}, send, { rest = true }) end, "'rest' must be a table")
  end)
end)
