-- SPDX-License-Identifier: MIT
-- The story: a progress function divided by a total that was not known yet. Its error came out of client:send in the place of the
-- receipt, and nobody knew that the text had been taken.

local cost = require "spec.support.cost"
local counting = require "spec.support.counting"
local patience = require "spec.support.patience"
local service = require "spec.support.service"
local sms = require "sms"
local toy = require "spec.support.toy"

local SILENT = setmetatable({}, { __tostring = function() error("this value can't be shown", 0) end })
local NO_STRING = setmetatable({}, { __tostring = function() return 5 end })

describe("a callback that fails", function()
  local server, bytes

  setup(function()
    server, bytes = counting.spawn(), service.spawn()
  end)
  teardown(function()
    server.stop()
    bytes.stop()
  end)

  local number = 0

  local function client_with(options)
    local settings = { token = "the-token-of-the-spec", base_url = server.url, retries = 0 }
    for name, value in pairs(options or {}) do settings[name] = value end
    return sms.websms(settings)
  end

  local function message()
    number = number + 1
    return { to = "436641234567", text = "wait 20", reference = "callback-" .. number }
  end

  local function plainly(fn) return fn() end

  local failures = {
    ["raises a string"] = function() error("from the callback", 0) end,
    ["raises an error value"] = function() error(sms.error.new { kind = "invalid", message = "mine" }, 0) end,
    ["raises what can't be shown"] = function() error(SILENT) end,
    ["raises what shows itself as a number"] = function() error(NO_STRING) end,
    ["raises nothing"] = function() error(nil) end,
  }
  local yields = {
    ["yields a value"] = function() coroutine.yield(1) end,
    ["yields for ever"] = function() while true do coroutine.yield "again" end end,
  }

  for what, fail in pairs(failures) do
    for where, run in pairs { plainly = plainly, ["in a task"] = sms.run } do
      it(("as progress leaves the outcome alone: %s, %s"):format(what, where), function()
        local one = message()
        local receipt, response = run(function() return client_with():send(one, { progress = fail }) end)
        assert.equal("accepted", receipt.outcome)
        if what ~= "raises nothing" then assert.is_true(response.callback_error ~= nil) end
        assert.equal(1, server.taken(client_with())[one.reference])
      end)

      it(("as on_event leaves the outcome alone: %s, %s"):format(what, where), function()
        local one = message()
        local receipt, response = run(function() return client_with({ on_event = fail }):send(one) end)
        assert.equal("accepted", receipt.outcome)
        if what ~= "raises nothing" then assert.is_true(response.callback_error ~= nil) end
        assert.equal(1, server.taken(client_with())[one.reference])
      end)
    end
  end

  for what, fail in pairs(yields) do
    it("does not end the task when it " .. what, function()
      for _, name in ipairs { "progress", "on_event" } do
        local one = message()
        local receipt, response = sms.run(function()
          if name == "progress" then return client_with():send(one, { progress = fail }) end
          return client_with({ on_event = fail }):send(one)
        end)
        assert.equal("accepted", receipt.outcome)
        assert.matches("a callback yielded values", response.callback_error)
        assert.equal(1, server.taken(client_with())[one.reference])
      end
    end)
  end

  it("that overflows the stack is not looked at for long", function()
    local function deeper() return 1 + deeper() end
    local ok, words, why
    local times = cost.ratio(function() pcall(deeper) end, function() ok, words, why = require("sms.core").attempt(deeper) end, 15)
    assert.same({ false, "error" }, { ok, why })
    assert.matches("stack overflow", words)
    assert.is_true(times < 15, times) -- a look at all of it takes 25 times what it takes to get there
  end)

  it("may wait in a task, by calls, sleeping or a bare yield, while others go on", function()
    local own, calls, ticks, over = client_with(), 0, 0, false
    local receipt, response = sms.run(function()
      sms.task(function()
        while not over do
          sms.sleep(0.001)
          ticks = ticks + 1
        end
      end)
      local receipt, response = client_with({ on_event = function()
        calls = calls + 1
        assert(own:send(message()))
        sms.sleep(0.02)
        coroutine.yield()
      end }):send(message())
      over = true
      return receipt, response
    end)
    assert.same({ "accepted", 2 }, { receipt.outcome, calls })
    assert.is_nil(response.callback_error)
    assert.is_true(ticks > 10, ticks)
  end)

  it("is told beside the outcome of a call that fails, too", function()
    for _, run in ipairs { plainly, sms.run } do
      for limit in patience.limits(0.05) do -- within which it is sent
        local one = message()
        one.text = "wait " .. 1000 * patience.FAR
        local _, err = run(function()
          return client_with({ timeout = limit, on_event = failures["raises a string"] }):send(one, {
            progress = failures["raises what can't be shown"],
          })
        end)
        assert.same({ "timeout", "from the callback" }, { err.kind, err.callback_error })
        if server.taken(client_with())[one.reference] then
          assert.equal("unknown", err.outcome)
          break
        end
      end
    end
  end)

  it("is told beside the outcome where the transport is a function", function()
    for _, run in ipairs { plainly, sms.run } do
      for _, fail in pairs(failures) do
        local asked = 0
        local _, err = run(function()
          return client_with({ transport = function()
            asked = asked + 1
            return fail()
          end }):send(message())
        end)
        assert.same({ "unknown", 1 }, { err.outcome, asked })
      end
    end
  end)

  it("does not break a response that is read piece by piece", function()
    for _, run in ipairs { plainly, sms.run } do
      run(function()
        local client = toy.client { key = "the-key-of-the-toy", base_url = bytes.url }
        local answer = assert(client.things:download({ id = "300000" }, { stream = true, progress = failures["raises a string"] }))
        local count = 0
        for chunk in answer do count = count + #chunk end
        assert.same({ 300000, "from the callback" }, { count, answer.callback_error })
      end)
    end
  end)

  it("is told with an honest outcome when it is the body that breaks off", function()
    for _, run in ipairs { plainly, sms.run } do
      local client = toy.client { key = "the-key-of-the-toy", base_url = bytes.url }
      local given = 0
      local result, err = run(function()
        return client.things:upload { doc = { name = "a.bin", chunks = function()
          given = given + 1
          if given > 60 then error("the source broke", 0) end
          return ("x"):rep(65536)
        end }, mapping = { "phone_number" } }
      end)
      assert.is_nil(result)
      assert.same({ "unknown", "the source broke" }, { err.outcome, err.callback_error })
      assert.matches("the source broke", tostring(err))
    end
  end)
end)
