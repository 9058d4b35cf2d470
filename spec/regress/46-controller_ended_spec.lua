-- SPDX-License-Identifier: MIT
-- The story: a server inside cqueues sent texts. One provider stopped taking connections; the first call that gave up waiting for one
-- ended the server's whole controller with "Bad file descriptor", and what became of the texts in flight was never told.

local patience = require "spec.support.patience"
local service = require "spec.support.service"
local sms = require "sms"
local toy = require "spec.support.toy"

describe("a call in cqueues that gives up while it connects", function()
  it("ends alone", function()
    local found, cqueues = pcall(require, "cqueues")
    if not found then return pending "cqueues is not installed" end
    local loop = require "sms.loop.cqueues"
    local server, deaf = service.spawn(), service.spawn "spec/support/deaf.lua"
    local here = toy.client { key = "toy-secret-key", base_url = server.url }
    local function to_nobody(seconds)
      return toy.client { key = "toy-secret-key", base_url = deaf.url, retries = 0, connect_timeout = seconds, timeout = patience.FAR }
    end
    local gone, kept = to_nobody(0.1), to_nobody(patience.FAR)
    local cq, kinds, answers = cqueues.new(), {}, {}
    loop.attach(cq)
    for i = 1, 3 do
      cq:wrap(function() answers[i] = here:request({ method = "GET", path = "/wait/300" }).id end)
    end
    cq:wrap(function() kinds[1] = select(2, gone:request { method = "POST", path = "/", json = {} }).kind end)
    cq:wrap(function()
      local task = sms.task(function() return select(2, kept:request { method = "POST", path = "/", json = {} }).kind end)
      cqueues.sleep(0.05)
      task:cancel()
      kinds[2] = task:wait()
    end)
    local good, failure = cq:loop()
    loop.detach()
    server.stop()
    deaf.stop()
    assert.is_true(good, failure)
    assert.same({ "timeout", "cancelled" }, kinds)
    assert.same({ "/wait/300", "/wait/300", "/wait/300" }, answers)
  end)
end)
