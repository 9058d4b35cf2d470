-- SPDX-License-Identifier: MIT
-- Ids that a database gives again once their rows are deleted, while workers and watchers still know the old ones; on each engine.

local patience = require "spec.support.patience"
local sms = require "sms"
local support = require "spec.support.outbox"

teardown(support.finish)

for _, engine in ipairs(support.engines()) do
  describe("an outbox in " .. engine.name .. ":", function()
    if engine.absent then return pending(engine.absent) end
    local outbox, address

    before_each(function() outbox, address = support.open(engine) end)
    after_each(function() support.close(outbox, address) end)

    local function plan(name, count, route)
      local made = assert(outbox:plan(name, support.rows(count), { text = "Hi {name}", route = route, region = "ZA" }))
      return assert(outbox:apply(name, made.digest))
    end

    -- Waits in a task until so many rows of a run are accepted.
    local function await(name, count)
      for _ = 1, patience.MOST * 50 do
        if outbox:status(name).accepted == count then return end
        sms.sleep(0.02)
      end
      error("the rows did not go out")
    end

    it("a worker sends the rows of a new run by their own route, though the run before it was deleted", function()
      local first, by_first = support.client()
      local second, by_second = support.client()
      sms.run(function()
        local stop
        local work = sms.task(function()
          return outbox:work { routes = { first = first, second = second }, handle = function(fn) stop = fn end }
        end)
        plan("may", 2, "first")
        await("may", 2)
        assert.equal(2, assert(outbox:prune { older = -1 }))
        plan("june", 3, "second")
        await("june", 3)
        stop()
        work:wait()
      end)
      assert.same({ ["+27820000001"] = 1, ["+27820000002"] = 1 }, by_first)
      assert.same({ ["+27820000001"] = 1, ["+27820000002"] = 1, ["+27820000003"] = 1 }, by_second)
    end)

    it("a snapshot of a run does not count what a deleted run of its name did", function()
      support.planned(outbox, 5)
      support.work(outbox, (support.client()))
      assert.same({ 5, 5 }, { outbox:snapshot("june").accepted, outbox:snapshot("june").segments })
      sms.sleep(0.01) -- another moment
      assert.equal(5, assert(outbox:prune { older = -1 }))
      support.planned(outbox, 7)
      local seen = outbox:snapshot "june"
      assert.same({ 0, 0, 7 }, { seen.accepted, seen.segments, seen.planned })
    end)

    it("a plan that was deleted while it was made is not mixed with the next one of its name", function()
      local manage = require "sms.outbox.manage"
      local store = require "sms.outbox.store"
      local db = store.open(address, {})
      local rows, at = support.rows(1200), 0 -- batches of 500
      local _, problem = outbox:plan("june", function()
        at = at + 1
        if at == 700 then
          manage.discard(db, "june")
          sms.sleep(0.01)
          local other <close> = assert(sms.outbox.open(address))
          other:plan("june", support.rows(3), { text = "Other", route = "zc", region = "ZA" })
        end
        return rows[at]
      end, { text = "Hi {name}", route = "zc", region = "ZA" })
      db:close()
      assert.equal("the run 'june' was deleted while it was being planned", problem.message)
      assert.equal(3, assert(outbox:look "june").rows)
    end)

    it("a plan that was applied is not deleted", function()
      local manage = require "sms.outbox.manage"
      local db = require("sms.outbox.store").open(address, {})
      support.planned(outbox, 3)
      manage.discard(db, "june")
      manage.discard(db, "july")
      db:close()
      assert.same({ 3, "active" }, { outbox:status("june").ready, outbox:status("june").state })
      assert.equal(3, support.work(outbox, (support.client())).accepted)
    end)
  end)
end
