-- SPDX-License-Identifier: MIT
-- `sms.busted`, as the tests of an application use it.

local sms = require "sms"
local texts = require "sms.busted"

-- The application on trial: it sends a code.
local client = sms.zoomconnect { email = "sandbox@example.org", token = "sandbox-token", transport = texts.transport "zoomconnect" }

local function send_code(number)
  return assert(client:send { to = number, text = "Your code is 4711." })
end

describe("an application", function()
  it("texts a code", function()
    send_code "+27825550100"
    assert.texted { to = "+27825550100", text = "Your code is 4711." }
    assert.texted { text = match.matches "code is %d+", provider = "zoomconnect" }
    assert.is_not.texted { to = "+27825550101" }
    assert.equal(1, #texts.inbox())
  end)

  it("finds nothing of another test", function()
    assert.same({}, texts.inbox())
    assert.is_not.texted {}
  end)

  it("is told what arrived where nothing fits", function()
    send_code "+27825550100"
    local ok, words = pcall(function() assert.texted { to = "+27825550101", text = "no" } end)
    assert.is_false(ok)
    assert.matches("No message arrived with text = no, to = %+27825550101%.\nWhat arrived:\n"
      .. "  to %+?27825550100, from [^\n]*: Your code is 4711%.", tostring(words))
  end)

  it("is told of a field that there isn't", function()
    assert.has_error(function() assert.texted { txet = "x" } end)
    assert.has_error(function() assert.texted "x" end)
    assert.has_error(function() texts.transport "zoomconect" end)
  end)

  it("may plan faults", function()
    texts.sandbox():fault { fault = "401-once" }
    assert.is_nil((client:send { to = "+27825550100", text = "x" }))
    assert.is_not.texted { text = "x" }
  end)
end)
