-- SPDX-License-Identifier: MIT
-- A mistake in the options of a call is raised at the script's line, whatever else is wrong with the call.

local kinds = require "spec.support.kinds_of_call"
local sms = require "sms"

local BAD, NEAREST = { timeot = 1 }, "unknown option 'timeot', did you mean 'timeout'?"

local function client(provider)
  local options, sent = { transport = false }, { count = 0 }
  for name, value in pairs(kinds.options[provider]) do options[name] = value end
  options.transport = function()
    sent.count = sent.count + 1
    return nil, "nothing is to be sent"
  end
  return sms[provider](options), sent
end

-- The words of what a function raises, and the line of this file.
local function raised(fn)
  local ok, words = pcall(fn)
  assert.is_false(ok)
  local line, rest = tostring(words):match("^spec/call/option_mistakes_spec%.lua:(%d+): (.*)$")
  assert.is_not_nil(line, tostring(words))
  return rest, tonumber(line)
end

local function line_here() return debug.getinfo(2, "l").currentline end

describe("a mistake in the options", function()
  it("is raised beside faults of the data", function()
    for _, provider in ipairs(sms.providers) do
      local made, sent = client(provider)
      local given, line = kinds.message(provider, "x"), nil
      given.to = "n/a"
      local words, at = raised(function()
        line = line_here() + 1
        local _ = made:send(given, BAD)
      end)
      assert.equal(line, at)
      assert.equal(provider .. ":send: 'to' must be a phone number: it has letters; " .. NEAREST, words)
      assert.matches("options must be a table", (raised(function() local _ = made:send(given, 5) end)))
      assert.matches("dry_run' must be a boolean", (raised(function() local _ = made:send(given, { dry_run = 1 }) end)))
      local receipt, err = made:send(given, { timeout = 1 })
      assert.same({ "nil", "invalid", "to", 0 }, { type(receipt), err.kind, err.field, sent.count })
    end
  end)

  it("is raised beside mistakes in the message, all in one error", function()
    local made = client "websms"
    local words = raised(function() local _ = made:send({ to = "436641234567", txt = "x" }, BAD) end)
    assert.matches("^websms:send: unknown field 'txt', did you mean 'text'%?; 'text' is missing; unknown option 'timeot'", words)
  end)

  it("is raised by look-ups that the provider lacks or that have nothing to look for", function()
    for _, provider in ipairs { "messagewhiz", "websms", "zipwhip" } do
      local made = client(provider)
      assert.equal(provider .. ":balance: " .. NEAREST, (raised(function() local _ = made:balance(BAD) end)))
      assert.equal("unsupported", select(2, made:balance { timeout = 1 }).name)
    end
    for _, provider in ipairs(sms.providers) do
      local made = client(provider)
      assert.equal(provider .. ":status: " .. NEAREST, (raised(function() local _ = made:status({}, BAD) end)))
    end
  end)

  it("is raised for a request by hand that is to have its arguments renamed", function()
    local made, sent = client "messagewhiz"
    local words = raised(function() local _ = made:request({ path = "/x" }, { wire = { name = "title" } }) end)
    assert.equal("messagewhiz:request: option 'wire' is for operations: a request has no arguments to rename", words)
    assert.equal(0, sent.count)
  end)
end)

describe("a mistake in what is given beside a client", function()
  it("is raised at the line of the script", function()
    for words, fn in pairs {
      ["sms.cassette: expected a path"] = function() local _ = sms.cassette(5) end,
      ["sms.cassette: unknown option 'mod', did you mean 'mode'?"] = function() local _ = sms.cassette("x", { mod = "record" }) end,
      ["sms.cassette: /nowhere/at/all"] = function() local _ = sms.cassette("/nowhere/at/all", { mode = "record" }) end,
      ["sms.metrics.new: options must be a table, got a number"] = function() local _ = sms.metrics.new(5) end,
      ["sms.metrics.new: option 'on_event' must be a function, got a number"] = function() local _ = sms.metrics.new { on_event = 5 } end,
      ["sms.metrics.new: unknown option 'on_evnt', did you mean 'on_event'?"] = function() local _ = sms.metrics.new { on_evnt = 5 } end,
      ["sms.log.to: `on_event` must be a function, got a number"] = function() local _ = sms.log.to({}, 5) end,
    } do
      assert.equal(words, (raised(fn)):sub(1, #words))
    end
  end)
end)
