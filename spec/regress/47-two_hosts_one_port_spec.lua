-- SPDX-License-Identifier: MIT
-- The story: a pool had connections to two providers, and the system had given both the same local port, as it may. Kept connections
-- were told apart by that port alone, so the look at the one went to the other, and a response that nobody had asked for was taken for
-- that of the next text: 40 times of 750.

local json = require "sms.json"
local namespace = require "spec.support.namespace"

describe("two hosts that are reached from one local port", function()
  it("are told apart, and no forged answer is believed", function()
    local why = namespace.fault()
    if why then return pending(why) end
    local pipe <close> = namespace.start(nil, "spec/support/one_port.lua")
    local text = pipe:read "a"
    local seen, problem = json.decode(text)
    assert.is_nil(problem, text)
    assert.equal(seen.ports[1], seen.ports[2])
    assert.same({ "quiet", "first of 1", "first of 2", "quiet" }, seen.answers)
  end)
end)
