-- SPDX-License-Identifier: MIT
-- sms.parallel: n in flight, order, a bounded window, breaking out, errors, and a million rows in flat memory.

local core = require "sms.core"
local memory = require "spec.support.memory"
local patience = require "spec.support.patience"
local scheduler = require "sms.task"
local sms = require "sms"

local sleep, wrap = scheduler.pause, scheduler.wrap

describe("sms.task.parallel", function()
  -- Numbers up to n, and how many have been taken.
  local function counter(n)
    local state = { taken = 0 }
    return function()
      if state.taken >= n then return nil end
      state.taken = state.taken + 1
      return state.taken
    end, state
  end

  -- Lets the others go on until `enough()`, for many turns at most.
  local function await(enough)
    for _ = 1, 1000 do
      if enough() then return end
      sleep(0.001)
    end
  end

  -- Runs `fn` outside and inside of tasks.
  local function both(name, fn)
    it(name .. ", outside of tasks", function() fn() end)
    it(name .. ", in a task", function() sms.run(fn) end)
  end

  both("gives results in input order and keeps n in flight", function()
    local running, most, out = 0, 0, {}
    for value, also in sms.parallel(5, { 30, 1, 20, 2, 10, 3, 1, 1, 1, 5, 4 }, function(ms)
      running = running + 1
      most = math.max(most, running)
      await(function() return most == 5 end)
      sleep(ms / 1000)
      running = running - 1
      return ms, "and"
    end) do
      assert.equal("and", also)
      out[#out + 1] = value
    end
    assert.same({ 30, 1, 20, 2, 10, 3, 1, 1, 1, 5, 4 }, out)
    assert.equal(5, most)
  end)

  both("gives results as they finish", function()
    local out, last = {}, 5
    for value in sms.parallel(4, { 1, 2, 3, 4 }, function(i) -- each ends after the one behind it
      await(function() return last == i + 1 end)
      last = i
      return i
    end, { ordered = false }) do
      out[#out + 1] = value
    end
    assert.same({ 4, 3, 2, 1 }, out) -- only where all four run at once
  end)

  both("goes on while the first is slow, no further than its window", function()
    local next_item, state = counter(1000)
    local before_head
    for value in sms.parallel(3, next_item, function(i)
      if i > 1 then return i end
      for _ = 1, 50 do sleep(0.001) end
      before_head = state.taken
      return i
    end) do
      if value == 20 then break end
    end
    assert.is_true(before_head > 3 and before_head <= 3 * require("sms.task.parallel").AHEAD + 1)
  end)

  both("does not take more than its window while the caller is slow", function()
    for _, ordered in ipairs { true, false } do
      local next_item, state = counter(1000)
      local given = 0
      for _ in sms.parallel(3, next_item, function(i) return i end, { ordered = ordered }) do
        given = given + 1
        sleep(0.001)
        assert.is_true(state.taken - given <= 12)
        if given == 50 then break end
      end
    end
  end)

  both("hands several values on, a first nil as false", function()
    local out = {}
    for value, err in sms.parallel(2, { 1, 2, 3 }, function(i) return i ~= 2 and i or nil, "e" .. i end) do
      out[#out + 1] = tostring(value) .. err
    end
    assert.same({ "1e1", "falsee2", "3e3" }, out)
    local counts = {}
    local step = sms.parallel(3, { 0, 1, 2, 3, 4 }, function(n) return table.unpack({ nil, 2, nil, nil }, 1, n) end)
    for n = 0, 4 do
      local all = table.pack(step())
      counts[#counts + 1] = all.n
      assert.same({ n, false, n > 1 and 2 or nil }, { n, all[1], all[2] })
    end
    assert.same({ 1, 1, 2, 3, 4 }, counts)
    assert.is_nil(step())
  end)

  both("goes on with other items after an error that comes later in the order", function()
    local worked, seen = 0, {}
    local ok = pcall(function()
      for value in sms.parallel(2, { 1, 2, 3, 4, 5 }, function(i)
        worked = worked + 1
        if i == 1 then await(function() return worked == 5 end) end
        if i == 2 then error("two", 0) end
        return i
      end) do
        seen[#seen + 1] = value
      end
    end)
    assert.same({ false, { 1 }, 5 }, { ok, seen, worked })
  end)

  both("reaches n in flight in a few turns", function()
    local began, turns, running, reached = 0, 0, 0, nil
    for _ in sms.parallel(64, counter(64), function()
      running = running + 1
      if running == 1 then
        sms.task(function()
          while not reached do
            turns = turns + 1
            coroutine.yield()
          end
        end)
      end
      if running == 64 then reached = turns end
      sleep(0.005)
      began = began + 1
    end) do end
    assert.equal(64, began)
    assert.is_true(reached <= 10, reached)
  end)

  both("hands all values of the iterator on", function()
    local out = {}
    local function pairs_of() return next, { a = 1 } end
    local step, subject, key = pairs_of()
    for text in sms.parallel(2, function()
      local value
      key, value = step(subject, key)
      return key, value
    end, function(name, value) return name .. value end) do
      out[#out + 1] = text
    end
    assert.same({ "a1" }, out)
  end)

  both("cancels the rest when the loop is left, and nothing runs on", function()
    local next_item = counter(100)
    local began, ended, cancelled = 0, 0, 0
    for value in sms.parallel(10, next_item, function(i) -- luacheck: ignore 512
      began = began + 1
      local ok, err = pcall(sleep, i == 3 and 0.01 or patience.FAR)
      ended = ended + 1
      if not ok and err.kind == "cancelled" then cancelled = cancelled + 1 end
      return i
    end, { ordered = false }) do
      assert.equal(3, value)
      break
    end
    assert.equal(began, ended)
    assert.equal(began - 1, cancelled)
    assert.is_true(began <= 11)
  end)

  both("raises what the function raises in its place, and cancels the rest", function()
    local next_item, state = counter(100)
    local seen, problem = {}, { "no table is changed" }
    local ok, value = pcall(function()
      for result in sms.parallel(4, next_item, function(i)
        sleep(0.001 * (5 - i % 5))
        if i == 6 then error(problem) end
        return i
      end) do
        seen[#seen + 1] = result
      end
    end)
    assert.is_false(ok)
    assert.equal(problem, value)
    assert.same({ 1, 2, 3, 4, 5 }, seen)
    assert.is_true(state.taken < 30)
  end)

  both("raises what the iterator raises, after the results before it", function()
    local seen = {}
    local at = 0
    local ok, value = pcall(function()
      for result in sms.parallel(4, function()
        at = at + 1
        if at == 4 then error("no more", 0) end
        return at
      end, function(i) return i end) do
        seen[#seen + 1] = result
      end
    end)
    assert.same({ false, "no more", { 1, 2, 3 } }, { ok, value, seen })
  end)

  both("lets the iterator wait, and never enters it twice", function()
    for _, make in ipairs { wrap, coroutine.wrap } do
      local sum = 0
      for value in sms.parallel(8, make(function()
        for i = 1, 30 do
          sleep(0.001)
          coroutine.yield(i)
        end
      end), function(i)
        sleep(0.002)
        return i
      end) do
        sum = sum + value
      end
      assert.equal(465, sum)
    end
  end)

  both("takes no item at all, and one", function()
    for _, list in ipairs { {}, { 1 } } do
      local count = 0
      for _ in sms.parallel(50, list, function() end) do count = count + 1 end
      assert.equal(#list, count)
    end
  end)

  it("may be nested, and ends with its task's deadline", function()
    local sum = 0
    for inner in sms.parallel(3, { 1, 2, 3 }, function(i)
      local part = 0
      for value in sms.parallel(2, { i, i, i }, function(j)
        sleep(0.001)
        return j
      end) do
        part = part + value
      end
      return part
    end) do
      sum = sum + inner
    end
    assert.equal(18, sum)
    sms.run(function()
      local began = core.now()
      local task = sms.task(function()
        for _ in sms.parallel(2, { 1, 2, 3 }, function() sleep(patience.FAR) end) do end
      end):deadline(0.05)
      local ok, err = pcall(task.wait, task)
      assert.same({ false, "timeout" }, { ok, err.kind })
      assert.is_true(core.now() - began < patience.MOST)
    end)
  end)

  it("refuses wrong arguments at the caller's line", function()
    local function f() end
    for _, case in ipairs {
      { 0, {}, f, nil, "at least 1" }, { 1.5, {}, f, nil, "integer" }, { 1, 5, f, nil, "not number" },
      { 1, {}, nil, nil, "must be a function, not nil" }, { 1, {}, f, { order = true }, "unknown option 'order'" },
    } do
      local ok, message = pcall(function() sms.parallel(case[1], case[2], case[3], case[4]) end)
      assert.is_false(ok)
      assert.matches(case[5], message, 1, true)
      assert.matches("^spec/task/parallel_spec.lua:", message)
    end
  end)

  it("takes 1,000,000 rows in flat memory, at most 32 MiB in all", function()
    local script = [[
      local sms = require "sms"
      local function rows(ordered, n)
        local at, sum = 0, 0
        for row in sms.parallel(64, function()
          at = at + 1
          if at <= n then return ("%07d;447700900123"):format(at) end
        end, function(row) return row end, { ordered = ordered }) do
          sum = sum + #row
        end
        assert(sum == 20 * n)
        collectgarbage()
        return collectgarbage "count"
      end
      local first = rows(true, 1000)
      local after = rows(true, 500000)
      local other = rows(false, 499000)
      local status = io.open("/proc/self/status"):read "a"
      print(status:match("VmHWM:%s*(%d+)"), math.ceil(after - first), math.ceil(other - first))
    ]]
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(script)
    file:close()
    local pipe <close> = assert(io.popen(("LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} %s"):format(package.path, package.cpath, path)))
    local peak, growth, other = pipe:read("n", "n", "n")
    os.remove(path)
    print(("\n1,000,000 rows: peak %.1f MiB in all, growth after the first 1,000: %d and %d KiB"):format(peak / 1024, growth, other))
    assert.is_true(peak <= 32 * 1024 or memory.watched())
    assert.is_true(growth <= 512 and other <= 512)
  end)

  it("ends in a run that fails, whatever of its work had not begun", function()
    local items = {}
    for i = 1, 20 do items[i] = i end
    for turns = 1, 12 do
      local ok, problem = pcall(sms.run, function()
        sms.task(function()
          for _ in sms.parallel(9, items, function(i) if i > 1 then sms.sleep(60) end end) do coroutine.yield() end
        end)
        for _ = 1, turns do coroutine.yield() end
        error("the run fails", 0)
      end)
      assert.same({ false, "the run fails" }, { ok, problem }, turns)
    end
  end)
end)
