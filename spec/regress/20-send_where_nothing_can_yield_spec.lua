-- SPDX-License-Identifier: MIT
-- The story: a task sent a text from a function that string.gsub called. A coroutine can't yield there; the call raised "attempt to
-- yield across a C-call boundary", and the text went out.

local counting = require "spec.support.counting"
local patience = require "spec.support.patience"
local sms = require "sms"

-- Calls a function where no coroutine can yield.
local places = {
  gsub = function(fn) ("a"):gsub("a", function() fn() end) end,
  sort = function(fn)
    local first = true
    table.sort({ 2, 1 }, function(a, b)
      if first then fn() end
      first = false
      return a < b
    end)
  end,
  finalizer = function(fn)
    setmetatable({}, { __gc = fn })
    collectgarbage()
    collectgarbage()
  end,
  tostring = function(fn)
    tostring(setmetatable({}, { __tostring = function()
      fn()
      return ""
    end }))
  end,
  load = function(fn)
    local pieces = { "return ", "1" }
    load(function()
      fn()
      return table.remove(pieces, 1)
    end)
  end,
  require = function(fn)
    package.preload["sms.of_the_spec"] = fn
    require "sms.of_the_spec"
    package.loaded["sms.of_the_spec"] = nil
  end,
  hook = function(fn)
    debug.sethook(function()
      debug.sethook()
      fn()
    end, "", 10)
    for _ = 1, 100 do end
    debug.sethook()
  end,
  ["coroutine inside gsub"] = function(fn) ("a"):gsub("a", function() coroutine.wrap(fn)() end) end,
  ["sms.wrap inside gsub"] = function(fn) ("a"):gsub("a", function() sms.wrap(fn)() end) end,
}

local runs = { plainly = function(fn) return fn() end, ["in sms.run"] = sms.run }
for _, name in ipairs { "luv", "cqueues" } do
  local ok, loop = pcall(require, "sms.loop." .. name)
  if ok and pcall(require, name) then runs["under " .. name] = loop.run end
end

describe("where a coroutine can't yield", function()
  local server, client

  setup(function() server = counting.spawn() end)
  teardown(function() server.stop() end)
  before_each(function()
    client = sms.websms { token = "the-token-of-the-spec", base_url = server.url, retries = 0, timeout = patience.FAR }
  end)

  local number = 0

  -- Sends one, and says what was told of it.
  local function send(outcomes, text)
    number = number + 1
    local reference = "place-" .. number
    local ok, receipt, err = pcall(client.send, client, { to = "436641234567", text = text or "wait 10", reference = reference })
    outcomes[reference] = ok and (receipt or err).outcome or tostring(receipt)
  end

  local function check(outcomes, count)
    local taken = server.taken(client)
    local seen = 0
    for reference, outcome in pairs(outcomes) do
      assert.same({ "accepted", 1 }, { outcome, taken[reference] }, reference)
      seen = seen + 1
    end
    assert.is_true(seen >= count)
  end

  for run, fn in pairs(runs) do
    for place, call in pairs(places) do
      it(("sends and tells the outcome: %s, %s"):format(place, run), function()
        local outcomes = {}
        fn(function()
          local others = { sms.task(send, outcomes), sms.task(send, outcomes) }
          call(function() send(outcomes) end)
          for _, task in ipairs(others) do task:wait() end
        end)
        check(outcomes, 3)
      end)
    end

    it("sleeps, waits for tasks and runs many at once there: " .. run, function()
      local outcomes = {}
      fn(function()
        places.gsub(function()
          sms.sleep(0.002)
          sms.task(send, outcomes):wait()
          for _ in sms.parallel(2, { 1, 2, 3 }, function() send(outcomes) end) do end
          sms.run(function()
            sms.task(send, outcomes)
            send(outcomes)
          end)
        end)
      end)
      check(outcomes, 6)
    end)
  end

  it("keeps the task's deadline, and begins nothing once the task was stopped", function()
    sms.run(function()
      local kinds = {}
      for limit in patience.limits(0.1) do -- within which it is sent
        local reference = "late-" .. limit
        local task = sms.task(function()
          places.gsub(function()
            local _, err = client:send { to = "436641234567", text = "wait " .. 1000 * patience.FAR, reference = reference }
            kinds[1] = { err.kind, err.outcome }
          end)
          sms.sleep(0)
        end):deadline(limit)
        assert.is_false(pcall(task.wait, task))
        assert.equal("timeout", kinds[1][1])
        if server.taken(client)[reference] then break end
      end
      local stopped = sms.task(function()
        places.gsub(function()
          local _, err = client:send { to = "436641234567", text = "x", reference = "never" }
          kinds[2] = { err.kind, err.outcome }
          kinds[3] = select(2, pcall(sms.sleep, 1)).kind
        end)
      end)
      stopped:cancel()
      stopped:wait()
      assert.same({ { "timeout", "unknown" }, { "cancelled", "not_sent" }, "cancelled" }, kinds)
    end)
    assert.is_nil(server.taken(client).never)
  end)
end)
