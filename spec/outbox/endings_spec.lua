-- SPDX-License-Identifier: MIT
-- What ends while a worker works: its task, the outbox, a lock of the database, another worker. On each engine.

local core = require "sms.core"
local driver = require "sms.outbox.driver"
local json = require "sms.json"
local patience = require "spec.support.patience"
local server = require "sms.sandbox.server"
local sms = require "sms"
local sqlite = require "sms.outbox.sqlite"
local support = require "spec.support.outbox"

teardown(support.finish)

-- A client whose calls last.
local function slow(seconds)
  return support.client(function()
    sms.sleep(seconds)
    return 200
  end)
end

-- A connection beside the outbox.
local function beside(address)
  local path = address:match "^sqlite:(.*)$"
  local handle = assert(driver.open(path and "SQLite3" or "PostgreSQL", path or address))
  return setmetatable({}, {
    __call = function(_, sql, ...) return driver.exec(handle, path and sql:gsub("sms%.", "") or sql, ...) end,
    __close = function() driver.close(handle) end,
  })
end

for _, engine in ipairs(support.engines()) do
  describe("a worker of an outbox in " .. engine.name, function()
    if engine.absent then return pending(engine.absent) end
    local outbox, address

    before_each(function() outbox, address = support.open(engine) end)
    after_each(function() support.close(outbox, address) end)

    it("whose outbox is closed returns at once, and calls unknown what it could not write", function()
      support.planned(outbox, 50)
      sms.run(function()
        local work = sms.task(function()
          return outbox:work { routes = { zc = (slow(0.2)) }, in_flight = 4, drain = true, lease = patience.FAR }
        end)
        while outbox:status("june").sending == 0 do sms.sleep(0.01) end
        outbox:close()
        local began = core.now()
        local counts = work:wait()
        assert.is_true(core.now() - began < patience.MOST)
        assert.equal("closed (outcome not_sent): the outbox is closed", counts.fault)
        assert.equal(3, counts.exit)
        assert.is_true(counts.unknown > 0)
      end)
    end)

    it("that is cancelled gives back what it has not begun", function()
      support.planned(outbox, 50)
      local client, sent = slow(0.05)
      sms.run(function()
        local work = sms.task(function() return outbox:work { routes = { zc = client }, in_flight = 2, drain = true } end)
        while outbox:status("june").accepted == 0 do sms.sleep(0.01) end
        work:cancel()
        pcall(work.wait, work)
      end)
      local status = outbox:status "june"
      assert.same({ 0, 0 }, { status.sending, status.workers })
      local begun = 0
      for _, n in pairs(sent) do
        assert.equal(1, n)
        begun = begun + 1
      end
      assert.equal(50, status.ready + begun)
    end)
  end)
end

describe("an outbox in SQLite that is locked by another process", function()
  local prepare = sqlite.prepare
  local outbox, address

  setup(function()
    sqlite.prepare = function(self)
      prepare(self)
      self:all "pragma busy_timeout = 20"
    end
  end)
  teardown(function() sqlite.prepare = prepare end)
  before_each(function() outbox, address = support.open(support.engines()[1]) end)
  after_each(function() support.close(outbox, address) end)

  it("answers again once it is free, also where it is only read", function()
    support.planned(outbox, 1)
    local sql <close> = beside(address)
    assert(sql "begin immediate")
    local done, problem = outbox:pause "june"
    assert.same({ nil, "database is locked" }, { done, problem.message })
    assert.equal(1, assert(outbox:status "june").ready)
    assert(sql "rollback")
    assert.equal(1, assert(outbox:status "june").ready)
    assert(outbox:pause "june")
  end)

  it("leaves the pool of a worker that is cancelled meanwhile to the other sends of the program", function()
    support.planned(outbox, 50)
    local sandbox = assert(server.spawn { seconds = patience.FAR })
    local client = sms.zoomconnect { email = "sandbox@example.org", token = "sandbox-token", base_url = sandbox.url .. "/zoomconnect",
      timeout = 0.5, pool = sms.pool() }
    local sql <close> = beside(address)
    local lease = 6 -- above the time-out and 5 s
    sms.run(function()
      outbox:limit("zc", { per_second = 10 })
      local work = sms.task(function() return outbox:work { routes = { zc = client }, in_flight = 2, drain = true, lease = lease } end)
      while outbox:status("june").accepted == 0 do sms.sleep(0.01) end
      while not sql "begin immediate" do sms.sleep(0.01) end
      sms.sleep(0.2) -- now it has seen the lock
      work:cancel()
      pcall(work.wait, work)
      sms.sleep(lease + 0.5)
    end)
    assert(sql "rollback")
    local receipt, problem
    for limit in patience.limits(2) do -- the client's own time-out is short
      receipt, problem = client:send({ to = "+27825551234", text = "its own" }, { timeout = limit })
      if receipt or problem.kind ~= "timeout" then break end
    end
    sandbox.stop()
    assert.truthy(receipt, tostring(problem))
  end)
end)

describe("an outbox in PostgreSQL", function()
  local engine = support.engines()[2]
  if engine.absent then return pending(engine.absent) end

  it("takes the locks of a worker that stands still in a transaction from it when its lease is over", function()
    local outbox, address = support.open(engine)
    support.planned(outbox, 3)
    local frozen <close> = beside(address)
    local sql <close> = beside(address)
    local id = assert(frozen [[insert into sms.worker (host, pid, alive_until) values ('frozen', 1, now() + interval '2 s')
      returning id::text]])[1][1]
    local exchange = "select kind, id from sms.exchange(cast(? as bigint), cast(? as jsonb), cast(? as jsonb))"
    local function options(want) return json.encode { want = want, lease = 2000, routes = { "zc" }, open = json.empty_array } end
    local given = assert(frozen(exchange, id, nil, options(2)))
    assert(frozen "begin")
    assert(frozen(exchange, id, json.encode { { given[1][2], 1, "accepted", "zoomconnect", "id1" } }, options(0)))
    -- without the end of that transaction, whoever rescues the row would wait for ever
    local ends, held = core.now() + patience.MOST
    repeat
      sms.sleep(0.1)
      held = sql "select count(*)::text from pg_stat_activity where state = 'idle in transaction' and datname = current_database()"[1][1]
    until held == "0" or core.now() > ends
    assert.equal("0", held)
    outbox:rescue()
    local status = outbox:status "june"
    assert.same({ 0, 2, 1 }, { status.sending, status.unknown, status.ready })
    support.close(outbox, address)
  end)

  it("lets nobody wait long for rows that another connection has locked", function()
    local outbox, address = support.open(engine)
    local sql <close> = beside(address)
    for _, name in ipairs { "exchange", "rescue" } do
      local config = assert(sql([[select array_to_string(proconfig, ' ') from pg_proc
        where proname = ? and pronamespace = 'sms'::regnamespace]], name))[1][1]
      assert.matches("lock_timeout=10s", config)
    end
    support.close(outbox, address)
  end)
end)
