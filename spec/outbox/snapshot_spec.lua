-- SPDX-License-Identifier: MIT
-- A run at one moment, for those who watch it; and how it is paused and stopped while workers are at it. On each engine.

local history = require "sms.outbox.history"
local pace = require "sms.outbox.pace"
local patience = require "spec.support.patience"
local sms = require "sms"
local snapshot = require "sms.outbox.snapshot"
local support = require "spec.support.outbox"

setup(function() support.hurry { POLL = 0.02, LINGER = 0.01, RUNS = 0.05 } end) -- what is tried here does not depend on them
teardown(support.finish)

local function sum(list)
  local out = 0
  for _, value in ipairs(list) do out = out + value end
  return out
end

local function await(fn)
  local ends = os.time() + patience.MOST
  while not fn() and os.time() < ends do sms.sleep(0.02) end
  assert.is_true(fn())
end

describe("response times", function()
  it("are counted in classes within 5 % of the truth", function()
    for _, ms in ipairs { 1, 7, 62, 214, 999, 1950, 30000 } do
      local said = pace.milliseconds(pace.class(ms / 1000))
      assert.is_true(math.abs(said - ms) <= math.max(0.5, ms * 0.051), ("%d ms became %d"):format(ms, said))
    end
    assert.equal(0, pace.class(0.0004))
  end)
end)

for _, engine in ipairs(support.engines()) do
  describe("a run in " .. engine.name .. ":", function()
    if engine.absent then return pending(engine.absent) end
    local outbox, address, view

    before_each(function()
      outbox, address = support.open(engine)
      view = assert(sms.outbox.open(address))
    end)

    after_each(function()
      view:close()
      support.close(outbox, address)
    end)

    local function planned(...) return support.planned(outbox, ...) end
    local function sql(...) return support.sql(address, ...) end
    local function look() return assert(view:snapshot "june") end

    -- What workers would have written: so many rows accepted in each of the seconds.
    local function paced(from, to, accepted, more)
      more = more or {}
      for second = from, to do
        sql(([[insert into sms.pace (run_id, worker_id, second, provider, accepted, not_sent, unknown, segments, cost, times)
          values ((select id from sms.run where name = 'june'), 1, %d, '%s', %d, %d, %d, %d, 0.5, '%s')]]):format(second,
          more.provider or "zoomconnect", accepted, more.not_sent or 0, more.unknown or 0, accepted, more.times or ("%d:%d"):format(
            pace.class(0.062), accepted)))
      end
    end

    -- As if the run had begun so many seconds ago.
    local function begun(seconds)
      sql("update sms.run set applied_at = " .. (engine.name == "SQLite" and "applied_at - %d" or "applied_at - %d * interval '1 ms'")
        :format(seconds * 1000))
    end

    it("its outcomes add up, before, and after; the series holds the same", function()
      planned(300)
      local before = look()
      assert.same({ "running", 300, 0, 0, 0, 0 }, { before.state, before.planned, before.accepted, before.not_sent, before.unknown,
        before.in_flight })
      assert.is_nil(before.eta)
      assert.is_nil(before.latency)
      local client = support.client(function(text)
        if text.recipientNumber:find "7$" then return 400, '{"error":"no"}' end
        if text.recipientNumber:find "33$" then return 502, "<html>" end
        return 200
      end)
      support.work(outbox, client, { runs = { "june" } })
      local after = look()
      assert.same({ "done", 300, 267, 30, 3, 0, 267 }, { after.state, after.planned, after.accepted, after.not_sent, after.unknown,
        after.in_flight, after.segments })
      assert.same({ 267, 30, 3 }, { sum(after.series.accepted), sum(after.series.not_sent), sum(after.series.unknown) })
      assert.is_true(after.latency.p50 <= after.latency.p95)
      assert.is_nil(after.eta)
      local by_outcome = {}
      for _, reason in ipairs(after.reasons) do by_outcome[reason.outcome .. " " .. reason.kind] = reason.count end
      assert.same({ ["not_sent invalid"] = 30, ["unknown server"] = 3 }, by_outcome)
      assert.equal("invalid", after.reasons[1].kind)
      assert.equal("zoomconnect", after.providers[1].name)
      local status = outbox:status "june"
      assert.same({ status.accepted, status.not_sent, status.unknown }, { after.accepted, after.not_sent, after.unknown })
    end)

    it("its rows are found by their reason", function()
      planned(40)
      support.work(outbox, (support.client(function(text)
        if text.recipientNumber:find "7$" then return 400, '{"error":"no"}' end
        return 200
      end)))
      local all, last = {}, nil
      for row in outbox:rows { run = "june", state = "not_sent", reason = "invalid" } do
        all[#all + 1], last = row.to, last or row.id
      end
      assert.same({ "+27820000007", "+27820000017", "+27820000027", "+27820000037" }, all)
      local rest = outbox:rows { run = "june", state = "not_sent", reason = "invalid", after = last }
      assert.equal("+27820000017", rest().to)
      assert.is_nil(outbox:rows { run = "june", state = "unknown" }())
    end)

    it("rows that wait for a reason are held, and nothing of them is time left", function()
      local rows = support.rows(10)
      for i = 7, 10 do rows[i].at = os.time() + 7200 end
      local plan = assert(outbox:plan("june", rows, { text = "x", route = "zc", region = "ZA" }))
      assert(outbox:apply("june", plan.digest))
      begun(60)
      paced(os.time() - 31, os.time() - 2, 1)
      local now = look()
      assert.same({ scheduled = 4 }, now.held)
      assert.is_true(math.abs(now.eta - 6) <= 1, now.eta)
      outbox:pause { route = "zc", reason = "auth: no" }
      local held = look()
      assert.same({ ["route paused"] = 10 }, held.held)
      assert.same({ true, "auth: no" }, { held.routes[1].paused, held.routes[1].reason })
    end)

    it("quiet hours and numbers that are not on the list are held, too", function()
      local function two(minutes) return os.date("!%H:%M", os.time() + 7200 + minutes * 60) end -- South Africa is two hours ahead
      local rows = support.rows(5)
      local plan = assert(outbox:plan("june", rows, { text = "x", route = "zc", region = "ZA", quiet = { from = two(-60), to = two(60) },
        only = { rows[1].to, rows[2].to } }))
      assert(outbox:apply("june", plan.digest))
      assert.same({ ["quiet hours"] = 2, ["other numbers"] = 3 }, look().held)
      assert.equal(0, look().not_sent)
    end)

    it("the time left is by the last 30 s, no better than the limit, absent while paused or stalled, and not told too early", function()
      planned(900)
      local written = os.time()
      paced(written - 31, written - 2, 10)
      assert.is_nil(look().eta)
      begun(60)
      local now = look()
      local late = os.time() - written -- so many of the last 30 seconds, and of the last 5, have nothing in them
      assert.is_true(now.eta >= 84 and now.eta <= 90 / (1 - late / 30) + 6, now.eta)
      assert.is_true(now.rate.now >= 10 * (1 - late / 5) - 2 and now.rate.now <= 12, now.rate.now)
      assert.is_nil(now.rate.limit)
      assert.equal(62, now.latency.p50 // 2 * 2)
      outbox:limit("zc", { per_second = 3 })
      assert.is_true(math.abs(look().eta - 300) <= 10, look().eta)
      assert.equal(3, look().rate.limit)
      outbox:pause "june"
      local paused = look()
      assert.same({ "paused" }, { paused.state })
      assert.is_nil(paused.eta)
      outbox:resume "june"
      sql("update sms.pace set second = second - 100")
      local fresh = assert(sms.outbox.open(address))
      assert.is_nil(fresh:snapshot("june").eta)
      fresh:close()
    end)

    it("counts that take long are moved forward by what workers wrote since", function()
      finally(function() snapshot.SHARE = 20 end)
      planned(100)
      snapshot.SHARE = 1e9
      assert.equal(0, look().accepted)
      paced(os.time() - 3, os.time() - 2, 20, { not_sent = 2, unknown = 1 })
      local now = look()
      assert.same({ 40, 4, 2 }, { now.accepted, now.not_sent, now.unknown })
      assert.equal(0, assert(outbox:snapshot "june").accepted)
    end)

    it("its series has at most 600 steps, which double, and loses nothing", function()
      planned(10)
      local started = os.time() - 5000
      begun(5000)
      for _, at in ipairs { 0, 1, 599, 600, 601, 1300, 4990 } do paced(started + at, started + at, 3, { not_sent = 1 }) end
      local series = look().series
      assert.equal(16, series.step)
      assert.is_true(#series.accepted <= history.MOST and #series.accepted > 300)
      assert.same({ 21, 7 }, { sum(series.accepted), sum(series.not_sent) })
      assert.equal(0, series.from % 16)
      assert.equal(#series.accepted, #series.p95)
      assert.is_false(series.p50[20])
    end)

    it("what a worker commits late is seen, and nothing twice", function()
      planned(10)
      paced(os.time() - 20, os.time() - 20, 1)
      paced(os.time() - 20, os.time() - 20, 5)
      local ids = sql "select min(id), max(id) from sms.pace"[1]
      local low, high = math.tointeger(ids[1]), math.tointeger(ids[2])
      sql("delete from sms.pace where id = " .. low)
      assert.equal(5, sum(look().series.accepted))
      sql(([[insert into sms.pace (id, run_id, worker_id, second, provider, accepted, not_sent, unknown, segments, cost, times) %s
        select %d, run_id, worker_id, second, provider, 1, 0, 0, 1, 0, '' from sms.pace where id = %d]]):format(
        engine.name == "SQLite" and "" or "overriding system value", low, high))
      assert.equal(6, sum(look().series.accepted))
      assert.equal(6, sum(look().series.accepted))
    end)

    it("a pause gives back what is not in flight, and the worker waits for the run to go on", function()
      planned(60)
      local client, sent = support.client(function() sms.sleep(0.05) return 200 end)
      local function count()
        local n = 0
        for _ in pairs(sent) do n = n + 1 end
        return n
      end
      sms.run(function()
        local task = sms.task(support.work, outbox, client, { in_flight = 2, wait_paused = true })
        await(function() return count() >= 2 end)
        assert.is_true(view:pause "june")
        await(function() return look().in_flight == 0 end)
        local at_pause, paused = count(), look()
        assert.is_true(at_pause <= 40, at_pause)
        assert.same({ "paused", 0 }, { paused.state, paused.in_flight })
        sms.sleep(0.2)
        assert.equal(at_pause, count())
        assert.is_false(task:done())
        assert.is_true(view:resume "june")
        assert.same({ 60, 0 }, { task:wait().accepted, task:wait().exit })
      end)
      for to, n in pairs(sent) do assert.equal(1, n, to) end
    end)

    it("a stop lets what is in flight end, ends its workers with 5, and the run goes on when it is resumed", function()
      planned(80)
      local client, sent = support.client(function() sms.sleep(0.05) return 200 end)
      sms.run(function()
        local alone = sms.task(support.work, outbox, client, { in_flight = 2, runs = { "june" }, wait_paused = true })
        await(function() return look().in_flight > 0 end)
        assert.is_true(view:stop "june")
        assert.equal("stopping", look().state)
        local counts = alone:wait()
        assert.same({ 5, 0 }, { counts.exit, counts.unknown })
        assert.is_true(counts.accepted < 80)
      end)
      local stopped = look()
      assert.same({ "stopped", "stop", 0 }, { stopped.state, stopped.reason, stopped.in_flight })
      assert.equal(5, support.work(outbox, client).exit) -- a worker of all runs: rows are left
      assert.is_true(view:resume "june")
      assert.equal(0, support.work(outbox, client).exit)
      assert.equal(80, look().accepted)
      for to, n in pairs(sent) do assert.equal(1, n, to) end
      local none, err = view:stop "june"
      assert.is_nil(none)
      assert.matches("the run 'june' is done, not active", err.message)
    end)

    it("an open breaker is told, with the seconds until its probe", function()
      planned(12)
      local broken = sms.zipwhip { session = "s", transport = function() return nil, "refused" end, retries = 0 }
      local group = sms.failover { broken, (support.client()), breaker = { failures = 2, reset = patience.FAR } }
      sms.run(function()
        local stop
        local task = sms.task(support.work, outbox, group, { drain = false, in_flight = 1, handle = function(fn) stop = fn end })
        local seen, ends = nil, os.time() + patience.MOST
        while not seen and os.time() < ends do
          sms.sleep(0.1)
          for _, provider in ipairs(look().providers) do
            if provider.name == "zipwhip" and provider.breaker == "open" then seen = provider end
          end
        end
        stop()
        task:wait()
        assert.is_true(seen and seen.probe_in > patience.FAR - patience.MOST and seen.probe_in <= patience.FAR, seen and seen.probe_in)
      end)
    end)
  end)
end
