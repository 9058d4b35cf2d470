-- SPDX-License-Identifier: MIT
-- The story: the name server of an office was down. A call with `timeout = 1` came back after six seconds, and until then nothing else
-- in the program moved, Ctrl-C included: libcurl waited for the thread that asks the system's resolver.

local core = require "sms.core"
local json = require "sms.json"
local mute = require "spec.support.mute_resolver"
local patience = require "spec.support.patience"

describe("a name server that never answers", function()
  it("leaves a call its time-out, and a program its end", function()
    local why = mute.fault()
    if why then return pending(why) end
    local began = core.now()
    local pipe <close> = mute.start "once"
    local text = pipe:read "a"
    local took, seen, problem = core.now() - began, json.decode(text)
    assert.is_nil(problem, text)
    assert.same({ "timeout", "not_sent", 0 }, { seen.kind, seen.outcome, seen.attempts })
    local most = patience.MOST / 2 -- half of what the system's resolver takes
    assert.is_true(seen.seconds >= 0.49 and seen.seconds < most, seen.seconds)
    assert.is_true(took < most, took)
  end)
end)
