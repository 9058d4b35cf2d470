-- SPDX-License-Identifier: MIT
-- What a copy of an outbox may lack: what the original did after the copy was made; on each engine.

local support = require "spec.support.outbox"

teardown(support.finish)

for _, engine in ipairs(support.engines()) do
  describe("an outbox in " .. engine.name .. " that was adopted", function()
    if engine.absent then return pending(engine.absent) end
    local outbox, address

    before_each(function() outbox, address = support.open(engine) end)
    after_each(function() support.close(outbox, address) end)

    local function plan(name, apply)
      local made = assert(outbox:plan(name, support.rows(2), { text = "Hi {name}", route = "zc", region = "ZA" }))
      if apply then assert(outbox:apply(name, made.digest)) end
    end

    local function three()
      plan("planned", false)
      plan("paused", true)
      plan("active", true)
      assert(outbox:pause "paused")
    end

    it("sends nothing of the lost time again: not of runs that were applied or resumed in it either", function()
      three()
      assert.equal(6, assert(outbox:adopt { lost = 60 }))
      assert(outbox:apply("planned", outbox:look("planned").digest))
      assert(outbox:resume "paused")
      local client, sent = support.client()
      local counts = support.work(outbox, client)
      assert.equal(0, counts.accepted)
      assert.same({}, sent)
      assert.equal(2, assert(outbox:retry { run = "planned", state = "unknown", accept_duplicates = 2 }))
      assert.equal(2, support.work(outbox, client).accepted)
    end)

    it("does not send what waited in the intake and may have been taken in elsewhere", function()
      support.sql(address, "insert into sms.intake (run, key, body) values ('otp', 'k', '{\"to\": \"+27825551234\", \"text\": \"4711\", "
        .. "\"route\": \"zc\"}')")
      assert.equal(1, assert(outbox:adopt { lost = 60 }))
      local client, sent = support.client()
      support.work(outbox, client)
      assert.same({}, sent)
      assert.equal(1, outbox:status("otp").unknown)
    end)

    it("sends all rows where nothing was lost", function()
      three()
      assert.equal(0, assert(outbox:adopt { lost = 0 }))
      assert.equal(2, support.work(outbox, (support.client())).accepted)
      assert.same({ 2, 2 }, { outbox:status("planned").ready, outbox:status("paused").ready })
    end)
  end)
end
