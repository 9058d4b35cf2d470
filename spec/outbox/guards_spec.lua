-- SPDX-License-Identifier: MIT
-- What holds rows back, or lets them pass: opt-outs, budgets, rates, quiet hours, priorities; on each engine.

local patience = require "spec.support.patience"
local sms = require "sms"
local support = require "spec.support.outbox"

setup(function() support.hurry { POLL = 0.02, LINGER = 0.01 } end) -- what is tried here does not depend on them
teardown(support.finish)

for _, engine in ipairs(support.engines()) do
  describe("an outbox in " .. engine.name .. ":", function()
    if engine.absent then return pending(engine.absent) end
    local outbox, address

    before_each(function() outbox, address = support.open(engine) end)
    after_each(function() support.close(outbox, address) end)

    local function planned(...) return support.planned(outbox, ...) end
    local function work(...) return support.work(outbox, ...) end

    local function sql(...) return support.sql(address, ...) end

    it("numbers that opted out after the plan are left out by the claim, and expired rows", function()
      planned(3)
      outbox:optout("+27820000002", { reason = "STOP" })
      sql("update sms.message set expires_at = marked_at where key = ?", "+27820000003")
      sql(engine.name == "SQLite" and "update sms.message set expires_at = 1 where key = ?"
        or "update sms.message set expires_at = now() - interval '1 s' where key = ?", "+27820000003")
      local client, sent = support.client()
      work(client)
      assert.same({ ["+27820000001"] = 1 }, sent)
      assert.same({ optout = 1, expired = 1 }, outbox:status("june").by_reason)
    end)

    it("a budget of a run pauses it, and gets back what was not sent", function()
      planned(10, { caps = { segments = 4 } })
      local refused = false
      local client, sent = support.client(function()
        if not refused then
          refused = true
          return 400, "{}"
        end
        return 200
      end)
      work(client, { in_flight = 1, batch = 1 })
      local n = 0
      for _ in pairs(sent) do n = n + 1 end
      assert.equal(5, n)
      local status = outbox:status "june"
      assert.same({ "paused", "budget", 4, 5 }, { status.state, status.reason, status.accepted, status.ready })
      assert.is_true(outbox:caps("june", { segments = 100 }))
      assert.is_true(outbox:resume "june")
      assert.equal(5, work(client).accepted)
    end)

    it("a budget of a route holds for all its runs", function()
      outbox:limit("zc", { messages = 3 })
      planned(5)
      local client = support.client()
      assert.equal(3, work(client).accepted)
      assert.equal(2, outbox:status("june").ready)
    end)

    it("a rate of a route is kept", function()
      outbox:limit("zc", { per_second = 40 })
      planned(30)
      local client = support.client()
      local from = sms.core.now()
      work(client)
      local took = sms.core.now() - from
      assert.is_true(took > 0.45, "took " .. took)
    end)

    it("a worker takes its share of a rate at moments of its own, spread over those of the others", function()
      support.hurry { LINGER = 0.1 }
      finally(function() support.hurry { LINGER = 0.01 } end)
      local function lates_of_a_run()
        outbox:limit("zc", { per_second = 60 })
        planned(60)
        work(support.client())
        local id = support.sql(address, "select cast(max(id) as text) from sms.worker")[1][1]
        local ms = engine.name == "PostgreSQL" and "extract(epoch from marked_at) * 1000" or "marked_at"
        local lates = {}
        for _, row in ipairs(support.sql(address, ("select distinct cast(%s as text) from sms.message"):format(ms))) do
          local late = (tonumber(row[1]) / 100 - tonumber(id) * (5 ^ 0.5 - 1) / 2) % 1
          lates[#lates + 1] = late > 0.9 and late - 1 or late -- clocks may be a little early, too
        end
        table.sort(lates)
        return lates
      end
      local lates = lates_of_a_run()
      local function middle() return lates[(#lates + 1) // 2] end
      for _ = 1, 4 do -- the best of some rounds: once the machine has stood still, all that is left goes at once, and late
        if #lates >= 5 and middle() < 0.3 then break end
        support.close(outbox, address)
        outbox, address = support.open(engine)
        lates = lates_of_a_run()
      end
      assert.is_true(#lates >= 5, #lates .. " claims")
      assert.is_true(middle() < 0.3, table.concat(lates, " "))
    end)

    it("quiet hours close the lanes of a region; a row may name its zone", function()
      local hour = os.date("!*t").hour
      local function at(zone_hour) return ("%02d:00"):format(zone_hour % 24) end
      -- South Africa is two hours ahead of UTC all year.
      local rows = support.rows(1)
      rows[2] = { to = "+27820000002", vars = { name = "far" }, zone = "Pacific/Auckland" }
      local plan = assert(outbox:plan("june", rows, {
        text = "Hi {name}", route = "zc", quiet = { from = at(hour + 1), to = at(hour + 4) },
      }))
      outbox:apply("june", plan.digest)
      local client, sent = support.client()
      local stop
      sms.run(function()
        local task = sms.task(work, client, { handle = function(fn) stop = fn end })
        local ends = os.time() + patience.MOST
        repeat sms.sleep(0.4) until sent["+27820000002"] or os.time() > ends
        stop()
        task:wait()
      end)
      assert.same({ ["+27820000002"] = 1 }, sent)
      assert.error_matches(function()
        outbox:plan("x", {}, { text = "x", route = "zc", quiet = { from = "25:00", to = "08:00" } })
      end, 'quiet.from must be a time of day')
    end)

    it("a one-time password passes a broadcast", function()
      planned(400)
      local order = {}
      local client = support.client(function(text)
        order[#order + 1] = text.recipientNumber
        if #order == 50 then assert(outbox:put("otp", { to = "+27825551234", text = "Code 1", route = "zc" })) end
        return 200
      end)
      work(client, { in_flight = 5, batch = 10 })
      local place
      for i, to in ipairs(order) do place = to == "+27825551234" and i or place end
      assert.is_true(place and place < 150, "place " .. tostring(place))
    end)
  end)
end
