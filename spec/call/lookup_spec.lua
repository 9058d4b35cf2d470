-- SPDX-License-Identifier: MIT
-- Name look-ups that nobody answers, in namespaces of their own where those can be had: time-outs hold, a cancelled call ends at once,
-- other calls and the loop's own timers go on, and neither closing a pool nor the end of the program waits for the system's resolver.

local core = require "sms.core"
local json = require "sms.json"
local lag = require "spec.support.lag"
local mute = require "spec.support.mute_resolver"
local patience = require "spec.support.patience"

local MOST = patience.MOST / 2 -- half of what the system's resolver takes

describe("a look-up that nobody answers", function()
  local why

  setup(function() why = mute.fault() end)

  -- Runs the program there; adds how long it took to end after its last word.
  local function run_in(loop)
    local pipe <close> = mute.start(loop)
    local text, began = pipe:read "l", core.now()
    local rest = pipe:read "a"
    local seen, problem = json.decode(text or "")
    assert.is_nil(problem, ("%s%s"):format(text, rest))
    seen.exit = core.now() - began
    return seen
  end

  for _, loop in ipairs { "run", "luv", "cqueues", "copas" } do
    it("holds up nobody in " .. loop, function()
      if why then return pending(why) end
      if loop ~= "run" and not pcall(require, loop) then return pending(loop .. " is not installed") end
      local seen = run_in(loop)
      assert.same({ "timeout", "not_sent" }, { seen.over.kind, seen.over.outcome }, seen.over.message)
      assert.same({ "timeout", "not_sent" }, { seen.unmade.kind, seen.unmade.outcome }, seen.unmade.message)
      assert.same({ "cancelled", "not_sent" }, { seen.cancelled.kind, seen.cancelled.outcome }, seen.cancelled.message)
      assert.equal("accepted", seen.answered.outcome, seen.answered.message)
      assert.is_true(seen.over.seconds >= 0.29 and seen.unmade.seconds >= 0.19)
      assert.is_true(seen.turned_on)
      for what, seconds in pairs {
        over = seen.over.seconds, unmade = seen.unmade.seconds, cancel = seen.cancel, close = seen.close, exit = seen.exit,
      } do
        assert.is_true(seconds < MOST, ("%s: %.3f s"):format(what, seconds))
      end
      assert.is_true(seen.gap < lag.MOST, seen.gap) -- less than the shortest of these calls lasts
    end)
  end

  it("is ended by Ctrl-C where a call blocks", function()
    if why then return pending(why) end
    local began = core.now()
    local pipe <close> = mute.start("blocking", "timeout --foreground -s INT 0.5 ")
    local said = pipe:read "a"
    if said ~= "" then assert.matches("interrupted!", said) end -- an interpreter that leaves the signal to the system says nothing
    local took = core.now() - began
    assert.is_true(took >= 0.5 and took < MOST, took)
  end)
end)
