-- SPDX-License-Identifier: MIT
-- Tasks and plain client calls inside cqueues: many at once while a 1 ms timer ticks; calls from coroutines of the caller's
-- controller; sms.run and sms.parallel in them; another controller afterwards.

local core = require "sms.core"
local found, cqueues = pcall(require, "cqueues")
local lag = require "spec.support.lag"
local patience = require "spec.support.patience"
local scheduler = require "sms.task"
local service = require "spec.support.service"
local sms = require "sms"
local toy = require "spec.support.toy"
local upto = require "spec.support.upto"

if not found then
  it("needs cqueues", function() pending "cqueues is not installed" end)
  return
end

local loop = require "sms.loop.cqueues"

local LONG = patience.FAR * 1000 -- milliseconds: for a request that is not waited for
local sleep = scheduler.pause

describe("sms.loop.cqueues", function()
  local server, client

  setup(function() server = service.spawn() end)
  teardown(function() server.stop() end)
  before_each(function() client = toy.client { key = "toy-secret-key", base_url = server.url, timeout = patience.FAR } end)
  after_each(function() loop.detach() end)

  local function wait(ms, options) return client:request({ method = "GET", path = "/wait/" .. ms }, options) end

  local function count_of(set)
    local count = 0
    for _ in pairs(set) do count = count + 1 end
    return count
  end

  it("runs 500 requests at once while a 1 ms timer ticks", function()
    local worst = lag.best(function(meter)
      local over = false
      local cq = cqueues.new()
      loop.attach(cq)
      cq:wrap(function()
        while not over do
          cqueues.sleep(0.001)
          meter.tick()
        end
      end)
      local good, began, used = 0, core.now(), {}
      cq:wrap(function()
        for result in sms.parallel(500, upto(500), function() return wait(30) end) do
          if result and result.id == "/wait/30" then good = good + 1 end
          if result then used[result.connection] = true end
        end
        over = true
      end)
      assert(cq:loop())
      print(("\ncqueues: 500 requests of 30 ms in %.0f ms; worst lag of the 1 ms timer %.1f ms over %d ticks"):format(
        (core.now() - began) * 1000, meter.worst, meter.ticks))
      assert.equal(500, good)
      assert.equal(16, count_of(used)) -- as many as there may be to a host
      assert.is_true(meter.ticks > 500 / 16)
    end)
    assert.is_true(worst < lag.MOST, worst)
  end)

  it("lets 200 wrapped coroutines call client methods directly", function()
    loop.attach()
    local cq, good, used = cqueues.new(), 0, {}
    for i = 1, 200 do
      cq:wrap(function()
        local result = wait(30 + i % 7)
        if result and result.id == "/wait/" .. 30 + i % 7 then good = good + 1 end
        if result then used[result.connection] = true end
      end)
    end
    assert(cq:loop())
    assert.equal(200, good)
    assert.equal(16, count_of(used))
    assert.is_true(cq:empty())
  end)

  it("sleeps, runs and waits in a wrapped coroutine", function()
    loop.attach()
    local cq, out = cqueues.new(), {}
    cq:wrap(function()
      sleep(0.01)
      out[1] = sms.run(function()
        local task = sms.task(wait, 10)
        return task:wait().id
      end)
      local task = sms.task(function() return select(2, wait(LONG)).kind end)
      sleep(0.02)
      task:cancel()
      out[2] = task:wait()
      local failing = sms.task(function() error("x", 0) end)
      out[3] = select(2, pcall(failing.wait, failing))
      out[4] = select(2, wait(LONG, { timeout = 0.05, retries = 0 })).kind
    end)
    assert(cq:loop())
    assert.same({ "/wait/10", "cancelled", "x", "timeout" }, out)
  end)

  it("returns results and raises errors of its function", function()
    assert.same({ n = 3, 1, nil, nil }, table.pack(loop.run(function(a) return a, nil, nil end, 1)))
    local problem = {}
    assert.equal(problem, select(2, pcall(loop.run, function() error(problem) end)))
    assert.equal("/wait/5", loop.run(function() return loop.run(wait, 5).id end))
    assert.matches("deadlock: all tasks are waiting", select(2, pcall(loop.run, function()
      local one
      local two = sms.task(function() one:wait() end)
      one = sms.task(function() two:wait() end)
      one:wait()
    end)))
  end)

  it("works in one controller after the other, and blocks outside of them", function()
    loop.attach()
    for _ = 1, 3 do
      local cq, id = cqueues.new(), nil
      cq:wrap(function() id = wait(5).id end)
      assert(cq:loop())
      assert.equal("/wait/5", id)
      assert.equal("/wait/6", wait(6).id)
      assert.equal("/wait/7", loop.run(function() return wait(7).id end))
    end
  end)

  it("blocks in a coroutine that the controller does not resume itself", function()
    loop.attach()
    local cq, out = cqueues.new(), {}
    cq:wrap(function()
      for id in coroutine.wrap(function()
        for i = 1, 3 do coroutine.yield(wait(i).id) end
      end) do
        out[#out + 1] = id
      end
    end)
    assert(cq:loop())
    assert.same({ "/wait/1", "/wait/2", "/wait/3" }, out)
  end)

  it("raises at the attachment of a second loop", function()
    loop.attach()
    assert.has_error(function() require("sms.loop.luv").attach() end, "another event loop is attached already; detach it first")
  end)
end)
