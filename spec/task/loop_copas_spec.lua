-- SPDX-License-Identifier: MIT
-- Tasks and plain client calls inside copas, where it is installed (LuaRocks: copas; Debian has none for Lua 5.4): many at once while
-- a 1 ms timer ticks; calls from threads of copas; nothing of ours stays in its loop.

local core = require "sms.core"
local lag = require "spec.support.lag"
local patience = require "spec.support.patience"
local scheduler = require "sms.task"
local service = require "spec.support.service"
local sms = require "sms"
local toy = require "spec.support.toy"
local upto = require "spec.support.upto"

local LONG = patience.FAR * 1000 -- milliseconds: for a request that is not waited for
local sleep = scheduler.pause

local installed, copas = pcall(require, "copas")

describe("sms.loop.copas without copas", function()
  it("says what it needs", function()
    local before, loaded, preload = package.loaded["sms.loop.copas"], package.loaded.copas, package.preload.copas
    package.loaded["sms.loop.copas"], package.loaded.copas = nil, nil
    package.preload.copas = function() error("module 'copas' is not there", 0) end
    local loop = require "sms.loop.copas"
    package.loaded["sms.loop.copas"], package.loaded.copas, package.preload.copas = before, loaded, preload
    for _, name in ipairs { "attach", "run" } do
      local ok, words = pcall(loop[name], function() end)
      assert.is_false(ok)
      assert.matches("sms.loop.copas needs the module 'copas' %(LuaRocks: copas%), which needs LuaSocket", words)
      assert.matches("module 'copas' is not there", words)
    end
    assert.is_nil(require("sms.task.scheduler").host())
    loop.detach()
  end)
end)

describe("sms.loop.copas with an old copas", function()
  it("names it", function()
    local before, loaded = package.loaded["sms.loop.copas"], package.loaded.copas
    package.loaded["sms.loop.copas"], package.loaded.copas = nil, { _VERSION = "Copas 1.2.0", step = function() end }
    local loop = require "sms.loop.copas"
    package.loaded["sms.loop.copas"], package.loaded.copas = before, loaded
    local ok, words = pcall(loop.attach)
    assert.is_false(ok)
    assert.matches("needs copas 4.7 or later, this is 'Copas 1.2.0'", words)
    assert.is_nil(require("sms.task.scheduler").host())
  end)
end)

describe("sms.loop.copas", function()
  if not installed then
    it("works", function() pending "copas is not installed (LuaRocks: copas)" end)
    return
  end

  local loop = require "sms.loop.copas"
  local server, client

  setup(function() server = service.spawn() end)
  teardown(function() server.stop() end)
  before_each(function() client = toy.client { key = "toy-secret-key", base_url = server.url, timeout = patience.FAR } end)
  after_each(function()
    loop.detach()
    copas.loop()
  end)

  local function wait(ms, options) return client:request({ method = "GET", path = "/wait/" .. ms }, options) end

  local function count_of(set)
    local count = 0
    for _ in pairs(set) do count = count + 1 end
    return count
  end

  it("runs 500 requests at once while a 1 ms timer ticks", function()
    local worst = lag.best(function(meter)
      local over, good, began, used = false, 0, core.now(), {}
      loop.attach()
      copas.addthread(function()
        while not over do
          copas.pause(0.001)
          meter.tick()
        end
      end)
      copas.addthread(function()
        for result in sms.parallel(500, upto(500), function() return wait(30) end) do
          if result and result.id == "/wait/30" then good = good + 1 end
          if result then used[result.connection] = true end
        end
        over = true
      end)
      copas.loop()
      print(("\ncopas: 500 requests of 30 ms in %.0f ms; worst lag of the 1 ms timer %.1f ms over %d ticks"):format(
        (core.now() - began) * 1000, meter.worst, meter.ticks))
      assert.equal(500, good)
      assert.equal(16, count_of(used)) -- as many as there may be to a host
      assert.is_true(meter.ticks > 500 / 16)
    end)
    assert.is_true(worst < lag.MOST, worst)
  end)

  it("lets 200 threads call client methods directly", function()
    loop.attach()
    local good, used = 0, {}
    for i = 1, 200 do
      copas.addthread(function()
        local result = wait(30 + i % 7)
        if result and result.id == "/wait/" .. 30 + i % 7 then good = good + 1 end
        if result then used[result.connection] = true end
      end)
    end
    copas.loop()
    assert.equal(200, good)
    assert.equal(16, count_of(used))
    assert.is_true(copas.finished())
  end)

  it("sleeps, runs and waits in a thread", function()
    loop.attach()
    local out = {}
    copas.addthread(function()
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
    copas.loop()
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
    assert.is_false(copas.running)
  end)

  it("leaves other waits of a thread alone once its call has ended", function()
    loop.attach()
    local slept
    copas.addthread(function()
      local task = sms.task(wait, 30)
      wait(5)
      local began = core.now()
      copas.pause(0.1)
      slept = core.now() - began
      task:wait()
    end)
    copas.loop()
    assert.is_true(slept >= 0.1)
  end)

  it("blocks outside of the loop, and works in one loop after the other", function()
    for _ = 1, 3 do
      loop.attach()
      local id
      copas.addthread(function() id = wait(5).id end)
      copas.loop()
      assert.equal("/wait/5", id)
      assert.equal("/wait/6", wait(6).id)
      assert.equal("/wait/7", loop.run(function() return wait(7).id end))
      loop.detach()
      assert.equal("/wait/8", wait(8).id)
    end
  end)

  it("lets go of a socket before its number can mean another one", function()
    local socket = require "socket"
    local port = tonumber(server.url:match("%d+$"))
    loop.run(function()
      for _ = 1, 20 do
        local tasks, files = {}, {}
        for i = 1, 10 do tasks[i] = sms.task(wait, 50) end
        sleep(0.003)
        for i = 1, 10 do
          tasks[i]:cancel()
          files[i] = socket.connect("127.0.0.1", port) -- takes numbers at once
        end
        sleep(0)
        for i = 1, 10 do files[i]:close() end
        assert.equal("/wait/1", wait(1).id)
      end
    end)
  end)

  it("forgets a thread that is removed in the middle of its call", function()
    loop.attach()
    local ended = false
    local thread = copas.addthread(function()
      wait(LONG)
      ended = true
    end)
    copas.addthread(function()
      copas.pause(0.1)
      copas.removethread(thread)
    end)
    local began = core.now()
    copas.loop()
    assert.is_true(core.now() - began < patience.MOST)
    assert.is_false(ended)
    assert.is_true(require("sms.task.scheduler").idle())
  end)

  it("refuses a call inside a coroutine that a thread resumes itself, in clear words", function()
    loop.attach()
    for _, make in ipairs { coroutine.wrap, sms.wrap } do
      local ok, words, after
      copas.addthread(function()
        make(function() ok, words = pcall(wait, 5) end)()
        after = wait(6).id
      end)
      copas.loop()
      assert.is_false(ok)
      assert.matches("a coroutine that a thread resumes itself can't wait", words)
      assert.equal("/wait/6", after)
    end
  end)

  it("sends where a thread can't yield, and tells the outcome", function()
    loop.attach()
    local inside, after
    copas.addthread(function()
      ("a"):gsub("a", function() inside = wait(5).id end)
      after = wait(6).id
    end)
    copas.loop()
    assert.same({ "/wait/5", "/wait/6" }, { inside, after })
  end)

  it("leaves nothing in the loop when it is detached with requests in flight", function()
    loop.attach()
    sms.task(function() wait(LONG) end)
    for _ = 1, 20 do copas.step(0.01) end
    assert.is_false(copas.finished())
    loop.detach()
    for _ = 1, 20 do copas.step(0.01) end
    assert.is_true(copas.finished())
  end)

  it("raises at the attachment of a second loop", function()
    loop.attach()
    assert.has_error(function() require("sms.loop.luv").attach() end, "another event loop is attached already; detach it first")
  end)
end)
