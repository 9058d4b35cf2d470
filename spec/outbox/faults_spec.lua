-- SPDX-License-Identifier: MIT
-- What happens to an outbox from outside: clocks that jump, disks that are full, servers that are not there or start again, plans that
-- are older than their rows. Each has a clear error or none; nothing is sent twice, nothing is half done.

local core = require "sms.core"
local driver = require "sms.outbox.driver"
local postgres = require "spec.support.postgres"
local sms = require "sms"
local support = require "spec.support.outbox"

setup(function() support.hurry { POLL = 0.02, AGAIN = 0.05 } end) -- what is tried here does not depend on them
teardown(support.finish)

local function assert_once(sent, count)
  local n = 0
  for _, times in pairs(sent) do
    assert.equal(1, times)
    n = n + 1
  end
  assert.equal(count, n)
end

for _, engine in ipairs(support.engines()) do
  describe("an outbox in " .. engine.name .. ":", function()
    if engine.absent then return pending(engine.absent) end
    local outbox, address

    before_each(function() outbox, address = support.open(engine) end)
    after_each(function() support.close(outbox, address) end)

    -- Sends 30 rows while the wall clock jumps after the first ten.
    local function jump(seconds)
      support.planned(outbox, 30)
      local clocks, n = core.clocks, 0
      finally(function() core.clocks = clocks end)
      local client, sent = support.client(function()
        n = n + 1
        if n == 10 then
          core.clocks = function()
            local steady, wall = clocks()
            return steady, wall + seconds
          end
        end
        return 200
      end)
      local counts = support.work(outbox, client, { in_flight = 2, batch = 5 })
      assert.same({ 30, 0 }, { counts.accepted, counts.unknown })
      assert_once(sent, 30)
    end

    it("a clock that jumps forward ends no row: what was on no wire is given back and goes again", function() jump(7200) end)

    it("nor does one that jumps back", function() jump(-7200) end)

    it("a plan that is older than its rows is not applied", function()
      local plan = assert(outbox:plan("june", support.rows(2), { text = "Hi {name}", route = "zc" }))
      local more = { text = "Hi {name}", route = "zc", extend = true }
      assert(outbox:plan("june", { { to = "+27825551234", vars = { name = "N" } } }, more))
      local none, err = outbox:apply("june", plan.digest)
      assert.is_nil(none)
      assert.matches("its rows are not those that were reviewed", err.message)
      assert.same({ "digest", "planned" }, { err.field, outbox:look("june").state })
    end)

    it("two plans of one name at the same time are one run with one digest", function()
      local other <close> = assert(sms.outbox.open(address))
      local options, rows, at = { text = "Hi {name}", route = "zc" }, support.rows(1200), 0
      local second
      local plan = assert(outbox:plan("june", function()
        at = at + 1
        if at == 700 then second = assert(other:plan("june", rows, options)) end -- the first has written a batch
        return rows[at]
      end, options))
      local alone = assert(outbox:plan("alone", rows, options))
      assert.same({ 1200, alone.digest, alone.digest }, { plan.rows, plan.digest, second.digest })
      assert.same({}, plan.by_reason)
    end)

    it("a worker without the clients that rows wait for sends nothing and names them", function()
      support.planned(outbox, 3)
      local counts = assert(outbox:work { routes = { other = support.client() }, drain = true })
      assert.same({ 0, 5, { "zc" } }, { counts.accepted, counts.exit, counts.unserved })
      assert.equal(3, outbox:status("june").ready)
    end)
  end)
end

describe("an outbox in SQLite:", function()
  it("a full disk ends the sending with what is wrong; nothing goes out that can't be marked", function()
    local address = support.engines()[1].address()
    local outbox = assert(sms.outbox.open(address))
    support.planned(outbox, 400)
    outbox:close()
    local open = driver.open
    finally(function()
      driver.open = open
      support.remove(address)
    end)
    driver.open = function(...)
      local handle, message = open(...)
      if handle then
        local pages = assert(driver.exec(handle, "pragma page_count"))[1][1]
        assert(driver.exec(handle, ("pragma max_page_count = %d"):format(pages)))
      end
      return handle, message
    end
    outbox = assert(sms.outbox.open(address))
    local client, sent = support.client()
    local counts = outbox:work { routes = { zc = client }, drain = true, in_flight = 50, batch = 50, patience = 0.3 }
    driver.open = open
    outbox:close()
    outbox = assert(sms.outbox.open(address))
    local first = 0
    for _ in pairs(sent) do first = first + 1 end
    assert.is_true(first < 400)
    assert.matches("database or disk is full", counts and counts.fault or "")
    assert.equal(5, counts.exit)
    local status = outbox:status "june"
    assert.equal(first, 400 - status.ready) -- none is lost from sight
    support.work(outbox, client)
    assert_once(sent, 400)
    outbox:close()
  end)
end)

describe("an outbox in PostgreSQL:", function()
  if postgres.absent() then return pending(postgres.absent()) end

  it("says that there is no such database, and no server", function()
    local address = support.engines()[2].address()
    local none, err = sms.outbox.open((address:gsub("/test%d+", "/nosuch")))
    assert.is_nil(none)
    assert.matches("cannot open the outbox: .*the database or user does not exist or the password is wrong", err.message)
    none, err = sms.outbox.open "postgresql:///test?host=/nowhere"
    assert.is_nil(none)
    assert.matches("cannot open the outbox: the server is not running, or not at this address", err.message)
    assert.equal("network", err.kind)
  end)

  it("a server that starts again is waited for; nothing is sent twice or lost", function()
    local cluster <close> = postgres.new()
    local outbox <close> = assert(sms.outbox.open(cluster:database()))
    support.planned(outbox, 60)
    local n = 0
    local client, sent = support.client(function()
      n = n + 1
      if n == 20 then
        cluster:stop "immediate"
        cluster:start()
      end
      return 200
    end)
    local counts = support.work(outbox, client, { in_flight = 3, batch = 3 })
    assert.same({ 60, 0 }, { counts.accepted, counts.unknown })
    assert_once(sent, 60)
    assert.equal(60, outbox:status("june").accepted)
  end)
end)
