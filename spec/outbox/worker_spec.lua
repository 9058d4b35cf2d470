-- SPDX-License-Identifier: MIT
-- What becomes of rows when a worker sends them: outcomes, retries, routes that are held back, lease and fence; on each engine.

local driver = require "sms.outbox.driver"
local patience = require "spec.support.patience"
local session = require "sms.outbox.session"
local sms = require "sms"
local store = require "sms.outbox.store"
local support = require "spec.support.outbox"
local worker = require "sms.outbox.worker"

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

    local function row(filter)
      filter = filter or {}
      filter.run = filter.run or "june"
      return outbox:rows(filter)()
    end

    local function sql(...) return support.sql(address, ...) end

    it("each row is sent once, whatever how often it is worked", function()
      planned(300)
      local client, sent = support.client()
      assert.equal(300, work(client).accepted)
      assert.equal(0, work(client).accepted)
      local n = 0
      for _, times in pairs(sent) do
        assert.equal(1, times)
        n = n + 1
      end
      assert.equal(300, n)
      local status = outbox:status "june"
      assert.same({ "done", 300, 0 }, { status.state, status.accepted, status.ready })
      assert.equal("id27820000001", row().provider_id)
    end)

    it("what two providers said, with a price and without, is settled in one exchange; what is late changes nothing", function()
      planned(60)
      local db = store.open(address, {})
      finally(function() db:close() end)
      local own = session.new(db, { lease = 60, routes = { zc = true }, pools = function() return {} end })
      own:sign_on()
      local results, said = {}, {}
      for i, claimed in ipairs(own:exchange({}, 60, {}).rows) do
        local provider, priced, late = i % 2 == 0 and "websms" or "zoomconnect", i % 3 == 0, i == 60
        results[i] = {
          claimed.id, late and 7 or claimed.attempt, "accepted", provider, "p:'\"" .. i, false, false, false, priced and 0.05 * i,
          priced and 2, false,
        }
        said[claimed.recipient] = { late and "sending" or "accepted", not late and provider or nil, not late and "p:'\"" .. i or nil,
          priced and not late and 0.05 * i or nil, priced and not late and 2 or 1 }
      end
      assert.equal(60, #results)
      assert.same({ results[60][1] }, own:exchange(results, 0, {}).late)
      assert.same({}, own:exchange({ results[1], results[3] }, 0, {}).late) -- said once more
      for found in outbox:rows { run = "june" } do
        local wanted = said[found.to]
        assert.same({ wanted[1], wanted[2], wanted[3], wanted[5] }, { found.state, found.provider, found.provider_id, found.segments })
        assert.near(wanted[4] or 0, found.cost or 0, 1e-6)
      end
    end)

    it("a plan that was not applied sends nothing", function()
      assert(outbox:plan("june", support.rows(3), { text = "x", route = "zc" }))
      local client, sent = support.client()
      work(client)
      assert.same({}, sent)
    end)

    it("a refusal is not sent, and what is unclear is unknown and never sent again by itself", function()
      planned(3)
      local client, sent = support.client(function(text)
        if text.recipientNumber == "+27820000001" then return 400, '{"error":"no"}' end
        if text.recipientNumber == "+27820000002" then return 502, "<html>" end
        return 200
      end)
      local counts = work(client)
      assert.same({ 1, 1, 1, 3 }, { counts.accepted, counts.not_sent, counts.unknown, counts.exit })
      assert.equal("invalid", row({ state = "not_sent" }).reason)
      assert.equal("+27820000002", row({ state = "unknown" }).to)
      work(client)
      assert.equal(1, sent["+27820000002"])
    end)

    it("a passing refusal is tried again", function()
      planned(2)
      local client, sent = support.client(function(_, n)
        if n == 1 then return 429, "{}", { ["retry-after"] = "0" } end
        return 200
      end)
      sms.outbox.pace { backoff = 0.05 }
      finally(function() sms.outbox.pace { backoff = 5 } end)
      local counts = work(client)
      assert.same({ 2, 0 }, { counts.accepted, counts.exit })
      assert.equal(2, sent["+27820000001"])
      assert.equal(2, row().attempts)
    end)

    it("and not more often than 'tries'", function()
      planned(1)
      sms.outbox.pace { backoff = 0.02 }
      finally(function() sms.outbox.pace { backoff = 5 } end)
      local client, sent = support.client(function() return 429, "{}", { ["retry-after"] = "0" } end)
      assert.equal(1, work(client, { tries = 3 }).not_sent)
      assert.equal(3, sent["+27820000001"])
      assert.equal("rate_limited", row().reason)
    end)

    it("a refused login pauses the route and keeps the rows", function()
      planned(5)
      local client = support.client(function() return 401, "{}" end)
      local counts = work(client)
      assert.equal(5, counts.exit)
      assert.equal("zc", counts.held[1].route)
      assert.equal(5, outbox:status("june").ready)
      assert.matches("route 'zc' is paused: auth", outbox:doctor()[1])
      assert.is_true(outbox:resume { route = "zc" })
      assert.equal(5, work((support.client())).accepted)
    end)

    it("cancel takes rows back, move puts them off, pause and resume hold a run", function()
      planned(4)
      assert.equal(1, outbox:cancel { run = "june", keys = { "+27820000001" } })
      assert.equal(1, outbox:move { run = "june", keys = { "+27820000002" }, at = os.time() + 3600 })
      assert.is_true(outbox:pause "june")
      local client, sent = support.client()
      work(client)
      assert.same({}, sent)
      assert.is_true(outbox:resume "june")
      local stop
      sms.run(function()
        local task = sms.task(work, client, { handle = function(fn) stop = fn end })
        local ends = os.time() + patience.MOST
        repeat sms.sleep(0.3) until sent["+27820000003"] and sent["+27820000004"] or os.time() > ends
        stop()
        assert.equal(5, task:wait().exit)
      end)
      assert.same({ ["+27820000003"] = 1, ["+27820000004"] = 1 }, sent)
      assert.equal(1, outbox:cancel { run = "june" })
      assert.same({ 2, 2 }, { outbox:status("june").cancelled, outbox:status("june").accepted })
    end)

    -- A worker that died: its process is no more, and it had marked two rows.
    local function died(keys)
      sql([[insert into sms.worker (host, boot, pid, started, since, alive_until) values ('gone', 'x', 1, '1', ]]
        .. (engine.name == "SQLite" and "1, 1)" or "now(), now() - interval '1 s')"))
      for _, key in ipairs(keys) do
        sql([[update sms.message set state = 'sending', attempt = attempt + 1, worker_id = (select max(id) from sms.worker),
          marked_at = due_at where key = ?]], key)
      end
    end

    it("rows of a worker that died are unknown, and stay so", function()
      planned(4)
      died { "+27820000001", "+27820000002" }
      local client, sent = support.client()
      local counts = work(client)
      assert.equal(2, counts.accepted)
      assert.is_nil(sent["+27820000001"])
      assert.same({ ["worker died"] = 2 }, outbox:status("june").by_reason)
      assert.equal(0, outbox:rescue())
    end)

    it("unknown rows are sent again only by who counts them", function()
      planned(2)
      died { "+27820000001" }
      assert.equal(1, outbox:rescue())
      local n, err = outbox:retry { run = "june", state = "unknown" }
      assert.is_nil(n)
      assert.matches("accept_duplicates = 1", err.message)
      assert.equal(1, outbox:retry { run = "june", state = "unknown", accept_duplicates = 1 })
      assert.equal(2, work((support.client())).accepted)
    end)

    it("retry takes what was proven not sent, but no duplicates or invalid numbers", function()
      local rows = support.rows(2)
      rows[3], rows[4] = { to = "+27820000001", vars = { name = "twice" } }, { to = "x" }
      local plan = assert(outbox:plan("june", rows, { text = "Hi {name}", route = "zc" }))
      outbox:apply("june", plan.digest)
      work((support.client(function() return 404, "{}" end)))
      assert.equal(4, outbox:status("june").not_sent)
      assert.equal(2, outbox:retry { run = "june" })
      assert.equal(2, work((support.client())).accepted)
    end)

    it("a result of an attempt that is over is kept as late, and changes nothing", function()
      planned(1)
      local client = support.client(function()
        sql("update sms.message set attempt = attempt + 1, state = 'not_sent', reason = 'absent', worker_id = null")
        return 200
      end)
      assert.equal(1, work(client).late)
      assert.equal("not_sent", row().state)
      assert.equal(1, outbox:status("june").late)
    end)

    it("a yes for a row that was taken for lost is still a yes", function()
      planned(1)
      local client = support.client(function()
        sql("update sms.message set state = 'unknown', worker_id = null")
        return 200
      end)
      work(client)
      assert.same({ "accepted", "id27820000001" }, { row().state, row().provider_id })
    end)

    it("when its lease is over a worker gives back what is on no wire and begins anew", function()
      planned(30)
      local first = true
      local client, sent = support.client(function()
        if first then
          first = false
          sql("update sms.worker set alive_until = since" .. (engine.name == "SQLite" and " - 1" or " - interval '1 s'"))
        end
        return 200
      end)
      assert.equal(30, work(client, { in_flight = 2, batch = 10 }).accepted)
      for _, times in pairs(sent) do assert.equal(1, times) end
      assert.equal(0, outbox:status("june").unknown)
      assert.equal("2", sql("select cast(count(*) as text) from sms.worker")[1][1])
    end)

    it("rows of a commit whose response was lost were on no wire: they are given back, and sent once", function()
      planned(40)
      local exec, commits = driver.exec, 0
      driver.exec = function(handle, statement, ...)
        local rows, message = exec(handle, statement, ...)
        if statement == "commit" then
          commits = commits + 1
          if commits % 3 == 0 then return nil, "the response was lost" end
        end
        return rows, message
      end
      finally(function() driver.exec = exec end)
      local again = worker.AGAIN
      worker.AGAIN = 0.01
      local client, sent = support.client()
      local counts = work(client, { in_flight = 4, batch = 4 })
      worker.AGAIN, driver.exec = again, exec
      assert.is_true(commits > 6)
      assert.same({ 40, 0 }, { counts.accepted, counts.unknown })
      for _, times in pairs(sent) do assert.equal(1, times) end
      assert.equal(40, outbox:status("june").accepted)
    end)

    it("rows of a route that no client stands for stay, and are named", function()
      planned(2)
      local client, sent = support.client()
      local counts = assert(outbox:work { routes = { other = client }, drain = true })
      assert.same({ { "zc" }, 5 }, { counts.unserved, counts.exit })
      assert.same({}, sent)
      assert.equal(2, outbox:status("june").ready)
    end)

    it("a copy does not send until it is adopted", function()
      planned(3)
      sql("update sms.meta set value = 'another machine' where name = 'stamp'")
      local client, sent = support.client()
      local counts, err = outbox:work { routes = { zc = client }, drain = true }
      assert.is_nil(counts)
      assert.matches("this outbox is a copy", err.message)
      assert.same({}, sent)
      assert.matches("this outbox is a copy", outbox:doctor()[1])
      assert.equal(3, outbox:adopt { lost = 60 })
      work(client)
      assert.same({}, sent)
      assert.same({ copy = 3 }, outbox:status("june").by_reason)
    end)

    it("a client whose calls may outlive the lease is refused, and what is no client", function()
      assert.error_matches(function()
        outbox:work { routes = { zc = support.client(nil, { timeout = 60 }) } }
      end, "client's timeout %(60 s%) plus 5 s must be less than the lease %(60 s%)")
      assert.error_matches(function() outbox:work { routes = { zc = {} } } end, "route 'zc' is neither a client nor a failover group")
      assert.error_matches(function() outbox:work { routes = {} } end, "'routes' is empty")
    end)

    it("a failover group is a route", function()
      planned(2)
      local bad = support.client(function() return 429, "{}" end)
      local good, sent = support.client()
      assert.equal(2, work(sms.failover { bad, good }).accepted)
      assert.equal(1, sent["+27820000001"])
    end)

    it("two workers share a run and send each row once", function()
      planned(200)
      local client, sent = support.client()
      local second = assert(sms.outbox.open(address))
      sms.run(function()
        local task = sms.task(function() return second:work { routes = { zc = client }, drain = true, in_flight = 10 } end)
        assert(outbox:work { routes = { zc = client }, drain = true, in_flight = 10 })
        task:wait()
      end)
      second:close()
      local n = 0
      for _, times in pairs(sent) do
        assert.equal(1, times)
        n = n + 1
      end
      assert.equal(200, n)
    end)

    if engine.name == "PostgreSQL" then
      it("a connection that the server ends is made anew; nothing is sent twice or lost", function()
        planned(60)
        local n = 0
        local client, sent = support.client(function()
          n = n + 1
          if n % 20 == 0 then
            sql "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
          end
          return 200
        end)
        local again = worker.AGAIN
        worker.AGAIN = 0.01
        local counts = work(client, { in_flight = 3, batch = 3 })
        worker.AGAIN = again
        assert.same({ 60, 0 }, { counts.accepted, counts.unknown })
        for _, times in pairs(sent) do assert.equal(1, times) end
        assert.equal(60, outbox:status("june").accepted)
      end)
    else
      it("a full disk stops the plan and the sending, with nothing half done", function()
        planned(100)
        outbox:close()
        local open = driver.open
        driver.open = function(...)
          local handle, message = open(...)
          if handle then assert(driver.exec(handle, "pragma max_page_count = 60")) end
          return handle, message
        end
        finally(function() driver.open = open end)
        outbox = assert(sms.outbox.open(address))
        local plan, err = outbox:plan("large", support.rows(3000), { text = "Hi {name}", route = "zc" })
        assert.is_nil(plan)
        assert.matches("database or disk is full", err.message)
        driver.open = open
        outbox:close()
        outbox = assert(sms.outbox.open(address))
        assert.equal(3000, assert(outbox:plan("large", support.rows(3000), { text = "Hi {name}", route = "zc" })).rows)
        assert.equal(100, work((support.client())).accepted)
      end)
    end

    it("a schema of an older version is brought to this one, with its rows", function()
      outbox:close()
      local module = require(address:find "^sqlite" and "sms.outbox.sqlite" or "sms.outbox.postgres")
      local own, all = engine.address(), module.versions
      finally(function()
        module.versions = all
        support.remove(own)
      end)
      module.versions = { all[1] }
      local old = assert(sms.outbox.open(own))
      assert(old:plan("june", support.rows(2), { text = "Hi {name}", route = "zc" }))
      old:close()
      assert.same({ { "1" } }, support.sql(own, "select value from sms.meta where name = 'version'"))
      module.versions = all
      local now <close> = assert(sms.outbox.open(own))
      assert.same({ { tostring(#all) } }, support.sql(own, "select value from sms.meta where name = 'version'"))
      assert(now:apply("june"))
      assert.equal(2, support.work(now, (support.client())).accepted)
    end)

    it("a schema of a newer version is refused", function()
      sql("update sms.meta set value = '99' where name = 'version'")
      local none, err = sms.outbox.open(address)
      assert.is_nil(none)
      assert.matches("schema version 99, this lua%-sms supports %d+; use a newer", err.message)
    end)
  end)
end
