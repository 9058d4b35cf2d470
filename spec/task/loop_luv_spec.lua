-- SPDX-License-Identifier: MIT
-- Tasks inside luv's loop: many requests at once while the loop's own timer keeps ticking; starting, cancelling and closing from
-- callbacks; nothing of ours stays in the loop.

local core = require "sms.core"
local lag = require "spec.support.lag"
local loop = require "sms.loop.luv"
local patience = require "spec.support.patience"
local scheduler = require "sms.task"
local service = require "spec.support.service"
local sms = require "sms"
local toy = require "spec.support.toy"
local upto = require "spec.support.upto"
local uv = require "luv"

local LONG = patience.FAR * 1000 -- milliseconds: for a request that is not waited for
local sleep = scheduler.pause

describe("sms.loop.luv", function()
  local server, client

  setup(function() server = service.spawn() end)
  teardown(function() server.stop() end)
  before_each(function() client = toy.client { key = "toy-secret-key", base_url = server.url, timeout = patience.FAR } end)
  after_each(function()
    loop.detach()
    uv.run "nowait"
  end)

  local function wait(ms, options) return client:request({ method = "GET", path = "/wait/" .. ms }, options) end

  local function count_of(set)
    local count = 0
    for _ in pairs(set) do count = count + 1 end
    return count
  end

  local function active_handles()
    local count = 0
    uv.walk(function(handle) if handle:is_active() and handle:has_ref() then count = count + 1 end end)
    return count
  end

  it("runs 500 requests at once while a 1 ms timer ticks", function()
    local worst = lag.best(function(meter)
      local timer = uv.new_timer()
      timer:start(1, 1, meter.tick)
      local began, used = core.now(), {}
      local good = loop.run(function()
        local good = 0
        for result in sms.parallel(500, upto(500), function() return wait(30) end) do
          if result and result.id == "/wait/30" then good = good + 1 end
          if result then used[result.connection] = true end
        end
        return good
      end)
      timer:close()
      print(("\nluv: 500 requests of 30 ms in %.0f ms; worst lag of the 1 ms timer %.1f ms over %d ticks"):format(
        (core.now() - began) * 1000, meter.worst, meter.ticks))
      assert.equal(500, good)
      assert.equal(16, count_of(used)) -- as many as there may be to a host
      assert.is_true(meter.ticks > 500 / 16)
    end)
    assert.is_true(worst < lag.MOST, worst)
  end)

  it("returns results and raises errors of its function", function()
    assert.same({ n = 3, 1, nil, nil }, table.pack(loop.run(function(a) return a, nil, nil end, 1)))
    local problem = {}
    assert.equal(problem, select(2, pcall(loop.run, function() error(problem) end)))
    assert.equal("x", select(2, pcall(loop.run, function()
      sms.task(function() error("x", 0) end)
    end)))
    assert.equal("/wait/5", loop.run(function() return loop.run(wait, 5).id end))
    assert.matches("deadlock: all tasks are waiting", select(2, pcall(loop.run, function()
      local one
      local two = sms.task(function() one:wait() end)
      one = sms.task(function() two:wait() end)
    end)))
  end)

  it("takes tasks from callbacks, and the loop ends when they have", function()
    loop.attach()
    local out = {}
    local timer = uv.new_timer()
    timer:start(10, 0, function()
      timer:close()
      sms.task(function() out[1] = wait(20).id end)
      local task = sms.task(function() out[2] = select(2, wait(LONG)).kind end)
      local later = uv.new_timer()
      later:start(50, 0, function()
        later:close()
        task:cancel()
      end)
      sms.task(function()
        sleep(0.03)
        out[3] = "slept"
      end):deadline(patience.FAR)
      sms.task(function() out[4] = select(2, pcall(sleep, patience.FAR)).kind end):deadline(0.04)
    end)
    local began = core.now()
    uv.run()
    assert.same({ "/wait/20", "cancelled", "slept", "timeout" }, out)
    assert.is_true(core.now() - began < patience.MOST)
    assert.equal(0, active_handles())
  end)

  it("tells of a task that fails with nobody waiting for it, and goes on", function()
    local told
    loop.attach(nil, { on_error = function(value, trace) told = { value, trace } end })
    local problem = setmetatable({}, { __tostring = function() return "the problem" end })
    sms.task(function() error(problem) end)
    local task = sms.task(function() return wait(5).id end)
    uv.run()
    assert.equal(problem, told[1])
    assert.matches("the problem\nstack traceback:", told[2])
    assert.equal("/wait/5", task:wait())
  end)

  it("refuses a pool that can only be polled, and takes several of its own kind", function()
    loop.attach()
    local polled, own = sms.pool(), sms.pool { sockets = true, max_connections = 2 }
    local function with(pool) return toy.client { key = "toy-secret-key", base_url = server.url, pool = pool } end
    loop.run(function()
      local _, err = with(polled):request { method = "GET", path = "/wait/1" }
      assert.same({ "invalid", "not_sent" }, { err.kind, err.outcome })
      assert.matches("sockets = true", err.message)
      local one = with(own)
      for result in sms.parallel(10, { 1, 2, 3, 4, 5, 6, 7, 8 }, function(i)
        return (i % 2 == 0 and one or client):request { method = "GET", path = "/wait/10" }
      end) do
        assert.equal("/wait/10", result.id)
      end
      own:close()
      assert.equal("closed", select(2, one:request { method = "GET", path = "/wait/1" }).kind)
    end)
    polled:close()
  end)

  it("goes on with a pool of the caller's after another loop or none at all", function()
    local own = sms.pool { sockets = true }
    local one = toy.client { key = "toy-secret-key", base_url = server.url, pool = own }
    local function get(ms) return one:request { method = "GET", path = "/wait/" .. ms } end
    for _ = 1, 3 do
      assert.equal("/wait/5", loop.run(function() return get(5).id end))
      assert.equal("/wait/6", get(6).id)
      assert.equal("/wait/7", sms.run(function() return get(7).id end))
    end
    loop.attach()
    local task = sms.task(function() return get(200).id end)
    local ends = core.now() + 0.1
    while core.now() < ends do uv.run "nowait" end
    loop.detach()
    uv.run "nowait"
    assert.equal("/wait/200", task:wait()) -- here, by polling
    own:close()
  end)

  it("lets go of a socket before its number can mean another file", function()
    loop.run(function()
      for _ = 1, 20 do
        local tasks = {}
        for i = 1, 10 do tasks[i] = sms.task(wait, 50) end
        sleep(0.003)
        local files = {}
        for i = 1, 10 do
          tasks[i]:cancel()
          files[i] = uv.new_tcp() -- takes numbers at once
          files[i]:connect("127.0.0.1", tonumber(server.url:match("%d+$")), function() end)
        end
        sleep(0)
        for i = 1, 10 do files[i]:close() end
        assert.equal("/wait/1", wait(1).id)
      end
    end)
  end)

  it("closes what is in flight when it is detached and its state is collected", function()
    loop.attach()
    sms.task(function() wait(LONG) end)
    for _ = 1, 20 do uv.run "nowait" end
    loop.detach()
    uv.run "nowait"
    assert.equal(0, active_handles())
  end)

  it("lets a program end in order, whatever it did last", function()
    for name, code in pairs {
      ["a run"] = "loop.run(get, 5)", ["nothing in flight"] = "loop.attach() sms.task(get, 5) uv.run() loop.detach()",
      ["in flight, attached"] = "loop.attach() sms.task(get, 5000) for _ = 1, 20 do uv.run 'nowait' end",
      ["in flight, detached"] = "loop.attach() sms.task(get, 5000) for _ = 1, 20 do uv.run 'nowait' end loop.detach()",
      ["a run, attached"] = "loop.attach() loop.run(get, 5)", ["a failure"] = "pcall(loop.run, error, 'x')",
    } do
      local script = ([[
        local sms, uv, loop = require "sms", require "luv", require "sms.loop.luv"
        local client = sms.messagewhiz { apikey = "none", base_url = "%s" }
        local function get(ms) return client:request { path = "/wait/" .. ms } end
        %s
      ]]):format(server.url, code)
      local ok, why, status = os.execute(("LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} -e '%s'"):format(package.path, package.cpath,
        (script:gsub("'", '"'))))
      assert.same({ true, "exit", 0 }, { ok, why, status }, name)
    end
  end)
end)
