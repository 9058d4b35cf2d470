-- SPDX-License-Identifier: MIT
-- Tasks and the coroutines of their own that a caller makes inside them; what a broken-off run leaves behind.
local patience = require "spec.support.patience"
local service = require "spec.support.service"
local scheduler = require "sms.task"
local sms = require "sms"
local toy = require "spec.support.toy"
local pools = require "sms.task.pools"

local sleep, wrap = scheduler.pause, scheduler.wrap

describe("sms.run and coroutines", function()
  local server, client

  local function new_client(options)
    local settings = { key = "toy-secret-key", base_url = server.url, timeout = patience.FAR }
    for name, value in pairs(options or {}) do settings[name] = value end
    return toy.client(settings)
  end

  -- A GET that the service answers after so many milliseconds.
  local function wait(ms, options, with)
    return (with or client):request({ method = "GET", path = "/wait/" .. ms }, options)
  end

  setup(function() server = service.spawn() end)
  teardown(function() server.stop() end)
  before_each(function() client = new_client() end)

  describe("in a coroutine of the caller's own", function()
    local function generator(make, ms)
      return make(function()
        for i = 1, 3 do
          assert(wait(ms))
          coroutine.yield(i)
        end
      end)
    end

    for name, make in pairs { ["coroutine.wrap"] = coroutine.wrap, ["sms.wrap"] = wrap } do
      it("waits and lets others go on: " .. name, function()
        local ticks, over = 0, false
        local values = sms.run(function()
          sms.task(function()
            while not over do
              sleep(0.005)
              ticks = ticks + 1
            end
          end)
          local out = {}
          for value in generator(make, 50) do out[#out + 1] = value end
          over = true
          return out
        end)
        assert.same({ 1, 2, 3 }, values)
        assert.is_true(ticks > 5)
      end)
    end

    it("many at once: in full with sms.wrap, and all come through with coroutine.wrap", function()
      for _, make in ipairs { wrap, coroutine.wrap } do
        local sum = 0
        sms.run(function()
          for _ = 1, 40 do
            sms.task(function()
              for value in generator(make, 2) do sum = sum + value end
            end)
          end
        end)
        assert.equal(240, sum)
      end
    end)

    it("passes values and errors through sms.wrap as coroutine.wrap does", function()
      local double = wrap(function(a)
        while true do a = coroutine.yield(2 * a) end
      end)
      assert.same({ 2, 10 }, { double(1), double(5) })
      local problem = {}
      assert.equal(problem, select(2, pcall(wrap(function() error(problem) end))))
      local own
      own = wrap(function() own() end)
      assert.has_error(own, "cannot resume non-suspended coroutine")
    end)

    it("cancels too", function()
      local kind = sms.run(function()
        local task = sms.task(function()
          return coroutine.wrap(function() return select(2, wait(patience.FAR * 1000)).kind end)()
        end)
        sleep(0.02)
        task:cancel()
        return task:wait()
      end)
      assert.equal("cancelled", kind)
    end)
  end)

  it("takes a bare yield as a turn for the others and refuses other yields", function()
    local order = {}
    sms.run(function()
      sms.task(function() order[#order + 1] = "other" end)
      coroutine.yield()
      order[#order + 1] = "main"
    end)
    assert.same({ "other", "main" }, order)
    local ok, message = pcall(sms.run, function() coroutine.yield(1) end)
    assert.is_false(ok)
    assert.matches("yielded values that nothing receives", message)
  end)

  -- An error after so many lines of the main coroutine, as Ctrl-C makes one.
  local function breaks(count)
    debug.sethook(function()
      count = count - 1
      if count > 0 then return end
      debug.sethook()
      error("interrupted", 0)
    end, "l")
  end

  it("leaves nothing behind when it is broken off from outside, wherever that is", function()
    for lines = 1, 600, 7 do
      local closed, begun = false, false
      local ok, message = pcall(function()
        breaks(lines)
        sms.run(function()
          local guard <close> = setmetatable({}, { __close = function() closed = true end }) -- luacheck: ignore 211
          begun = true
          sms.task(function() wait(patience.FAR * 1000) end)
          for _ = 1, 100 do sleep(0.001) end
          error("interrupted", 0) -- the hook's error was caught on its way
        end)
      end)
      debug.sethook()
      assert.same({ false, "interrupted", begun }, { ok, message, closed }, lines)
      assert.equal("/wait/1", sms.run(function() return wait(1).id end), lines)
    end
  end)

  it("gives up the request that it waits for when it is broken off", function()
    local flying
    for lines = 300, 700, 100 do
      local ok, message = pcall(function()
        breaks(lines)
        sms.run(function()
          sms.task(function()
            sleep(0.005)
            flying = tostring(pools.shared())
            for _ = 1, 200 do sleep(0.001) end
          end)
          wait(patience.FAR * 1000)
        end)
      end)
      debug.sethook()
      assert.same({ false, "interrupted", "sms.pool: 1 in flight" }, { ok, message, flying })
      assert.equal("sms.pool: 0 in flight", tostring(pools.shared()))
    end
  end)

  it("keeps memory flat over 20,000 tasks and timers that are not waited out", function()
    local function round(count)
      sms.run(function()
        for _ = 1, count do
          local task = sms.task(function() sleep(0) end):deadline(1000)
          task:wait()
        end
      end)
      collectgarbage()
      collectgarbage()
      return collectgarbage "count"
    end
    local before = round(1000)
    assert.is_true(round(20000) - before < 64)
  end)
end)
