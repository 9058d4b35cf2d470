-- SPDX-License-Identifier: MIT
-- Tasks: the same code blocks alone and yields in a task; cancel, deadlines, errors, nesting, several pools, coroutines of the
-- caller's own.

local core = require "sms.core"
local cost = require "spec.support.cost"
local patience = require "spec.support.patience"
local service = require "spec.support.service"
local scheduler = require "sms.task"
local sms = require "sms"
local pools = require "sms.task.pools"
local toy = require "spec.support.toy"

local FAR, MOST = patience.FAR, patience.MOST
local LONG = FAR * 1000 -- milliseconds: for a request that is not waited for

local sleep = scheduler.pause

describe("sms.run", function()
  local server, client

  local function new_client(options)
    local settings = { key = "toy-secret-key", base_url = server.url, timeout = FAR }
    for name, value in pairs(options or {}) do settings[name] = value end
    return toy.client(settings)
  end

  -- A GET that the service answers after so many milliseconds.
  local function wait(ms, options, with)
    return (with or client):request({ method = "GET", path = "/wait/" .. ms }, options)
  end

  -- Waits in a task until the service has got one more request.
  local function begun_since(before)
    local ends = core.now() + MOST
    while service.begun(client) == before do
      assert(core.now() < ends, "no request came")
      sleep(0.005)
    end
  end

  setup(function() server = service.spawn() end)
  teardown(function() server.stop() end)
  before_each(function() client = new_client() end)

  it("yields in a task and blocks outside: the same call", function()
    assert.equal("/wait/1", wait(1).id)
    local out = sms.run(function()
      local tasks = {}
      for i = 1, 20 do tasks[i] = sms.task(wait, 200) end
      local list = {}
      for i, task in ipairs(tasks) do list[i] = task:wait() end
      return list
    end)
    assert.equal(20, #out)
    local connections = 0
    for _, result in ipairs(out) do
      assert.equal("/wait/200", result.id)
      connections = math.max(connections, result.connection)
    end
    assert.equal(16, connections) -- as many as there may be to a host, whose first has had a request before
  end)

  it("returns what its function returns, nils included, and waits for all that was started", function()
    local ended = 0
    local out = table.pack(sms.run(function(...)
      sms.task(function()
        sleep(0.02)
        ended = ended + 1
      end)
      return nil, ..., nil
    end, 7))
    assert.same({ n = 3, nil, 7, nil }, out)
    assert.equal(1, ended)
  end)

  it("hands results and errors to each who waits", function()
    sms.run(function()
      local problem = { "table" }
      local good = sms.task(function() return 1, nil, 3 end)
      local bad = sms.task(function() error(problem) end)
      local waiters = {}
      for i = 1, 3 do
        waiters[i] = sms.task(function()
          assert.same({ n = 3, 1, nil, 3 }, table.pack(good:wait()))
          local ok, value = pcall(bad.wait, bad)
          assert.is_false(ok)
          return value
        end)
      end
      for i = 1, 3 do assert.equal(problem, waiters[i]:wait()) end
      assert.is_true(good:done())
      assert.equal("sms.task: ended", tostring(good))
      assert.equal("sms.task: failed", tostring(bad))
    end)
  end)

  it("raises, at its end, the first failure that nobody waited for", function()
    local went_on = false
    local ok, value = pcall(sms.run, function()
      sms.task(function() error("first", 0) end)
      sms.task(function() error("second", 0) end)
      sleep(0.01)
      went_on = true
    end)
    assert.same({ false, "first", true }, { ok, value, went_on })
    assert.equal(5, sms.run(function() return 5 end))
  end)

  it("cancels the tasks it started when its own function fails, and waits for their ends", function()
    local seen = {}
    local ok, value = pcall(sms.run, function()
      sms.task(function() seen[1] = select(2, wait(LONG)).kind end)
      sms.task(function() seen[2] = select(2, pcall(sleep, FAR)).kind end)
      sleep(0.02)
      error("mine", 0)
    end)
    assert.same({ false, "mine", "cancelled", "cancelled" }, { ok, value, seen[1], seen[2] })
  end)

  it("may be nested, and each waits for its own", function()
    local order = {}
    local value = sms.run(function()
      sms.task(function()
        for _ = 1, 100 do
          if order[2] then break end
          sleep(0.01)
        end
        order[#order + 1] = "outer"
      end)
      local inner = sms.run(function()
        sms.task(function()
          sleep(0.01)
          order[#order + 1] = "inner"
        end)
        return "value"
      end)
      order[#order + 1] = "between"
      assert.has_error(function() sms.run(function() error("deep", 0) end) end, "deep")
      return inner
    end)
    assert.equal("value", value)
    assert.same({ "inner", "between", "outer" }, order)
  end)

  it("says so when every task waits for another", function()
    local ok, message = pcall(sms.run, function()
      local one
      local two = sms.task(function() one:wait() end)
      one = sms.task(function() two:wait() end)
      one:wait()
    end)
    assert.is_false(ok)
    assert.matches("deadlock: all tasks are waiting", message)
    assert.equal(1, sms.run(function() return 1 end))
  end)

  it("blocks in a call outside while tasks exist; their transfers go on meanwhile", function()
    local seen
    local task = sms.task(function() seen = wait(300) end)
    sms.run(function() end) -- starts the task's transfer
    assert.is_nil(seen)
    assert.equal("/wait/400", wait(400).id)
    assert.is_nil(seen)
    assert.equal("sms.pool: 0 in flight", tostring(pools.shared()))
    task:wait()
    assert.equal("/wait/300", seen.id)
  end)

  describe("cancel", function()
    it("ends a call with kind and honest outcome, and later calls are not made", function()
      sms.run(function()
        local kinds, stopped, before = {}, nil, service.begun(client)
        local task = sms.task(function()
          local _, err = client.things:create { name = "n" }
          kinds[1] = { err.kind, err.outcome, err.attempts }
          _, err = client.things:create { name = "n" }
          kinds[2] = { err.kind, err.outcome, err.attempts }
          stopped = select(2, pcall(sleep, 1)).kind
        end)
        local slow = sms.task(function()
          local _, err = client:request { method = "POST", path = "/wait/" .. LONG }
          return { err.kind, err.outcome, err.attempts }
        end)
        task:cancel()
        begun_since(before)
        slow:cancel()
        slow:cancel()
        assert.same({ "cancelled", "unknown", 1 }, slow:wait())
        task:wait()
        assert.same({ { "cancelled", "not_sent", 0 }, { "cancelled", "not_sent", 0 } }, kinds)
        assert.equal("cancelled", stopped)
      end)
    end)

    it("wakes one who waits for another task, and does not count as a failure", function()
      sms.run(function()
        local other = sms.task(function() sleep(FAR) end)
        local task = sms.task(function() other:wait() end)
        sleep(0.01)
        local began = core.now()
        task:cancel()
        local ok, err = pcall(task.wait, task)
        assert.same({ false, "cancelled" }, { ok, err.kind })
        assert.is_true(core.now() - began < MOST)
        other:cancel()
        local unheard = sms.task(function() sleep(FAR) end)
        sleep(0)
        unheard:cancel()
      end)
    end)

    it("reaches what a nested run started", function()
      sms.run(function()
        local inner
        local task = sms.task(function()
          return sms.run(function()
            inner = sms.task(function() return select(2, wait(LONG)).kind end)
            return inner:wait()
          end)
        end)
        sleep(0.05)
        local began = core.now()
        task:cancel()
        assert.is_false(pcall(task.wait, task))
        assert.is_true(inner:done())
        assert.is_true(core.now() - began < MOST)
      end)
    end)

    it("does not let a task that goes on calling hold up the others", function()
      sms.run(function()
        local calls, over = 0, false
        local task = sms.task(function()
          while not over do
            wait(1)
            calls = calls + 1
          end
        end)
        task:cancel()
        local ends = core.now() + MOST
        while calls < 2 and core.now() < ends do sleep(0.01) end
        over = true
        task:wait()
        assert.is_true(calls > 1)
      end)
    end)
  end)

  describe("deadline", function()
    it("ends calls, sleeps and waits with the kind timeout", function()
      sms.run(function()
        local began = core.now()
        for limit in patience.limits(0.1) do
          local before = service.begun(client)
          local call = sms.task(function() return select(2, client:request { method = "POST", path = "/wait/" .. LONG }) end)
          local err = call:deadline(limit):wait()
          assert.equal("timeout", err.kind)
          assert.is_true(core.now() - began < 2 * limit + MOST)
          if service.begun(client) > before then
            assert.same({ "unknown", 1 }, { err.outcome, err.attempts })
            break
          end
        end
        began = core.now()
        local dozing = sms.task(function() sleep(FAR) end):deadline(0.1)
        local late = sms.task(function()
          sleep(0.15)
          return "after"
        end)
        assert.equal("timeout", select(2, pcall(dozing.wait, dozing)).kind)
        assert.equal("after", late:wait())
        assert.is_true(core.now() - began < MOST)
      end)
    end)

    it("may be set while a call is under way, moved, and is handed down to tasks started inside", function()
      sms.run(function()
        local inside
        local task = sms.task(function()
          inside = sms.task(function() return select(2, wait(LONG)).kind end)
          return select(2, wait(LONG)).kind, inside:wait()
        end):deadline(FAR)
        sleep(0.05)
        task:deadline(0.05)
        local began = core.now()
        local ok, err = pcall(task.wait, task)
        assert.same({ false, "timeout" }, { ok, err.kind })
        assert.is_true(core.now() - began < MOST)
        task:deadline(FAR)
        inside:cancel() -- its own deadline is still the first one
      end)
    end)

    it("that has passed makes no call", function()
      sms.run(function()
        local err = sms.task(function()
          assert.is_false(pcall(sleep, 1))
          return select(2, client.things:create { name = "n" })
        end):deadline(0):wait()
        assert.same({ "timeout", "not_sent", 0 }, { err.kind, err.outcome, err.attempts })
      end)
    end)
  end)

  it("waits on several pools at once without delay", function()
    local several = { sms.pool(), sms.pool { max_connections = 2 }, sms.pool { sockets = true }, sms.pool { sockets = true } }
    local clients = { client }
    for _, pool in ipairs(several) do clients[#clients + 1] = new_client { pool = pool } end
    local function by(some)
      return function()
        sms.run(function()
          for _, one in ipairs(some) do
            sms.task(function()
              for _ = 1, 20 do assert(wait(5, nil, one)) end
            end)
          end
        end)
      end
    end
    -- As on one pool, for the same work: where one waited for the other, or they were looked at in turn, it would take many times as long.
    local times = cost.ratio(by { client, client, client, client, client }, by(clients), 3, core.now)
    assert.is_true(times < 3, times)
    for _, pool in ipairs(several) do pool:close() end
  end)

  it("tells everyone who waits on a pool that it was closed", function()
    local pool = sms.pool()
    local kinds = sms.run(function()
      local one = new_client { pool = pool }
      local tasks = {}
      for i = 1, 3 do tasks[i] = sms.task(function() return select(2, wait(LONG, nil, one)).kind end) end
      sleep(0.05)
      pool:close()
      for i = 1, 3 do tasks[i] = tasks[i]:wait() end
      tasks[4] = select(2, wait(1, nil, one)).kind
      return tasks
    end)
    assert.same({ "closed", "closed", "closed", "closed" }, kinds)
  end)

  it("tells progress inside the task, per transfer", function()
    sms.run(function()
      local last = {}
      for i = 1, 3 do
        sms.task(function()
          local result = client:request({ method = "GET", path = "/wait/" .. 150 * i }, {
            progress = function(_, _, down)
              assert.equal(i, last.i or i)
              sleep(0) -- it may even wait
              last[i] = down
            end,
          })
          assert.is_true(last[i] > 0 and result ~= nil)
        end)
      end
    end)
  end)

  it("tells the whole progress to a function that still waits when the transfer ends", function()
    local last
    sms.run(function()
      sms.task(function() assert(wait(300)) end) -- the others go on meanwhile
      assert(client:request({ method = "GET", path = "/wait/20" }, { progress = function(_, _, down)
        sleep(last and 0 or 0.2)
        last = down
      end }))
    end)
    assert.is_true(last > 0)
  end)

  it("tells beside the outcome what a progress function raises, and does not call it again", function()
    local pool = sms.pool()
    local one = new_client { pool = pool }
    for _, run in ipairs { function(fn) return fn() end, sms.run } do
      local told = 0
      local result, response = run(function()
        return wait(250, { progress = function()
          told = told + 1
          error("from progress", 0)
        end }, one)
      end)
      assert.same({ "/wait/250", "accepted", "from progress", 1 }, { result.id, response.outcome, response.callback_error, told })
    end
    assert.equal("sms.pool: 0 in flight", tostring(pool))
    pool:close()
  end)
end)
