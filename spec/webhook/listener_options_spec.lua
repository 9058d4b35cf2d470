-- SPDX-License-Identifier: MIT
-- Options of the listener that would leave it deaf are refused at the script's line, before it listens.

local listener = require "sms.listener"
local sms = require "sms"

local function raised(options)
  local ok, words = pcall(function()
    local _ = listener.run(options)
  end)
  assert.is_false(ok)
  return words
end

local function ended() return true end

describe("listener.run", function()
  it("refuses what is no client, and no time", function()
    local function on_event() end
    for words, options in pairs {
      ["`client` must be a client, got number"] = { client = 5, on_event = on_event, stop = ended },
      ["`client` must be a client, got table"] = { client = {}, on_event = on_event, stop = ended },
      ["`client` must be a client, got function"] = { client = sms.websms, on_event = on_event, stop = ended },
      ["`seconds` must be a number of seconds, 0 or more"] = { provider = "websms", on_event = on_event, seconds = 0 / 0 },
    } do
      assert.equal("spec/webhook/listener_options_spec.lua:", raised(options):match "^[^:]*:")
      assert.is_not_nil(raised(options):find(": listener: " .. words, 1, true), raised(options))
    end
    assert.is_not_nil(raised { provider = "websms", on_event = on_event, seconds = -1 }:find("`seconds`", 1, true))
  end)

  it("takes what can be called in place of functions, a client, and a reader", function()
    local callable = setmetatable({}, { __call = function() end })
    for _, client in ipairs { sms.websms { token = "t" }, sms.webhook.reader "websms" } do
      local counts = assert(listener.run { client = client, on_event = callable, on_error = callable, on_listen = callable, stop = ended })
      assert.equal(0, counts.requests)
    end
  end)
end)
