-- SPDX-License-Identifier: MIT
-- Many messages with several calls in flight: `client:send_many` with `parallel` and `on_row`, and `client:send_each`. Whatever ends them,
-- each message that was read has one row, and no text goes out twice.

local core = require "sms.core"
local counting = require "spec.support.counting"
local patience = require "spec.support.patience"
local sms = require "sms"
local toy = require "spec.support.toy_message"

local server, client
local number = 0

-- Messages that each take a call of their own: their texts differ.
local function messages(count, milliseconds)
  local out = {}
  for i = 1, count do
    number = number + 1
    out[i] = { to = ("43664123%04d"):format(i), text = ("wait %d, number %d"):format(milliseconds or 5, i), reference = "row-" .. number }
  end
  return out
end

local function one_by_one(list)
  local at = 0
  return function()
    at = at + 1
    return list[at]
  end
end

-- Every text that was taken was taken once, and its row doesn't deny it. Returns how many were.
local function check(sent, rows)
  local taken, count, seen = server.taken(client), 0, {}
  for _, row in ipairs(rows) do
    assert.is_nil(seen[row.reference], "two rows for " .. tostring(row.reference))
    seen[row.reference] = row.outcome
  end
  for _, given in ipairs(sent) do
    local outcome = seen[given.reference]
    if taken[given.reference] then
      count = count + 1
      assert.equal(1, taken[given.reference])
      assert.is_true(outcome == "accepted" or outcome == "unknown", tostring(outcome))
    else
      assert.is_true(outcome ~= "accepted")
    end
  end
  return count
end

-- How many texts at most were in flight at once since the server was asked the last time.
local function most_at_once() return (select(3, server.taken(client))) end

local function references(rows)
  local out = {}
  for i, row in ipairs(rows) do out[i] = row.reference end
  return out
end

-- Messages of which the n-th is answered when three later ones are in flight, and those are held until the server releases them.
local function held_after(n, count)
  local out = messages(count)
  out.held = number
  out[n].text = "before 3"
  for i = n + 1, count do out[i].text = ("held %d, number %d"):format(number, i) end
  return out
end

setup(function() server = counting.spawn() end)
teardown(function() server.stop() end)
before_each(function() client = sms.websms { token = "the-token-of-the-spec", base_url = server.url, retries = 0 } end)

-- Runs a case outside of tasks, in a task, and under each loop that is installed.
local function everywhere(name, fn)
  it(name .. ", outside of tasks", function() fn() end)
  it(name .. ", in a task", function() sms.run(fn) end)
  for _, loop in ipairs { "luv", "cqueues" } do
    if pcall(require, loop) then
      it(name .. ", under " .. loop, function()
        local pool = sms.pool { sockets = true }
        client = sms.websms { token = "the-token-of-the-spec", base_url = server.url, retries = 0, pool = pool }
        require("sms.loop." .. loop).run(fn)
        pool:close()
        client = sms.websms { token = "the-token-of-the-spec", base_url = server.url, retries = 0 }
      end)
    end
  end
end

describe("send_many with several calls in flight", function()
  everywhere("gives rows in the order of the messages", function()
    local list = messages(24, 20)
    for i = 1, 24, 8 do list[i].text = "wait 60, a slow one" end
    server.taken(client)
    local rows = client:send_many(list)
    assert.equal(8, most_at_once())
    assert.same(references(list), references(rows))
    assert.equal(24, check(list, rows))
  end)

  it("has one in flight with parallel = 1", function()
    local list = messages(6, 20)
    server.taken(client)
    local rows = client:send_many(list, { parallel = 1 })
    assert.equal(1, most_at_once())
    assert.equal(6, check(list, rows))
  end)

  it("tells each row to on_row, in order, once, while others are in flight", function()
    local list, told, times = messages(12, 10), {}, {}
    list[3].to = "nobody"
    list[7].text = "wait 60, a slow one"
    local rows = client:send_many(list, {
      parallel = 3,
      on_row = function(row, index)
        told[index], times[#times + 1] = row, index
        assert.equal(#times, index)
      end,
    })
    assert.equal(12, #told)
    for i, row in ipairs(rows) do assert.equal(row, told[i]) end
    assert.equal("invalid", told[3].error.kind)
  end)

  everywhere("stops when on_row raises, and loses no row", function()
    local list = messages(30, 5)
    local ok, err = pcall(client.send_many, client, list, {
      parallel = 4, on_row = function(_, index) if index == 6 then error({ "full" }) end end,
    })
    assert.is_false(ok)
    assert.same({ "full" }, err.callback_error)
    assert.same(references(list), references(err.results))
    local count = check(list, err.results)
    assert.is_true(count >= 6 and count < 30)
    for _, row in ipairs(err.results) do
      assert.is_true(row.outcome == "accepted" or row.error.message:find("^not started") ~= nil) -- what was in flight came to its end
    end
  end)

  it("ends with a row for each message where its task is cancelled or late", function()
    for _, stop in ipairs { "cancel", "deadline" } do
      local list, rows = messages(20, 30), nil
      sms.run(function()
        local task = sms.task(function() rows = client:send_many(list, { parallel = 4 }) end)
        sms.sleep(0.045)
        task[stop](task, 0)
        task:wait()
      end)
      assert.same(references(list), references(rows))
      assert.is_true(check(list, rows) < 20)
      local kinds = {}
      for _, row in ipairs(rows) do kinds[row.error and row.error.kind or "none"] = true end
      assert.is_true(kinds[stop == "cancel" and "cancelled" or "timeout"])
    end
  end)

  it("keeps the client's rate without spending time limits in its queue", function()
    local list, waits = messages(8, 1), {}
    client = sms.websms {
      token = "the-token-of-the-spec", base_url = server.url, retries = 0, timeout = patience.FAR, rate = { per_second = 10, burst = 1 },
      on_event = function(event) if event.type == "wait" then waits[#waits + 1] = event.seconds end end,
    }
    local began = core.now()
    local rows = client:send_many(list, { parallel = 8 })
    assert.is_true(core.now() - began >= 0.6)
    assert.is_true(#waits > 0)
    for _, seconds in ipairs(waits) do assert.is_true(seconds <= 0.1001, seconds) end -- none begins before it is the next one
    assert.equal(8, check(list, rows))
  end)

  it("counts the first row for a number when several are in flight", function()
    local list = messages(6, 5)
    list[5].to = list[2].to
    local rows = client:send_many(list, { duplicates = "skip" })
    assert.same({ 2, "not_sent" }, { rows[5].duplicate_of, rows[5].outcome })
    rows = client:send_many(messages(1), {})
    assert.is_nil(rows[1].duplicate_of)
  end)

  it("takes a list that is an iterator by its metatable", function()
    local list = messages(3)
    local rows = client:send_many(setmetatable({}, { __call = one_by_one(list) }))
    assert.same(references(list), references(rows))
  end)

  it("says what is wrong with its options", function()
    for words, options in pairs {
      ["option 'parallel' must be at least 1"] = { parallel = 0 },
      ["unknown option 'paralel', did you mean 'parallel'"] = { paralel = 2 },
      ["option 'on_row' must be a function"] = { on_row = 5 },
      ["unknown option 'rest'"] = { rest = {} },
    } do
      local ok, raised = pcall(function() client:send_many(messages(1), options) end)
      assert.is_false(ok)
      assert.matches("send_each_spec%.lua:%d+: websms:send_many: " .. words, raised)
    end
  end)
end)

describe("send_each", function()
  everywhere("gives the rows of an iterator in order, and reads no more than it needs", function()
    local list, read, most, at = messages(40, 5), 0, 0, 0
    local rows = {}
    local function next_message()
      read = read + 1
      return list[read]
    end
    client.check(client, list[1])
    for row in client:send_each(next_message, { parallel = 4 }) do
      at = at + 1
      rows[at], most = row, math.max(most, read - at)
    end
    assert.same(references(list), references(rows))
    assert.equal(40, check(list, rows))
    assert.is_true(most <= 17, most) -- four calls in flight and as many times what may be done ahead of a slow one
  end)

  it("fills bulk calls, and lets none wait for long for more of its kind", function()
    local calls, read = {}, 0
    local mail = toy.recorded(function(request, count)
      calls[#calls + 1] = read
      local shares = {}
      for i in ipairs(request.json.rows or { 1 }) do shares[i] = { id = ("b%d-%d"):format(count, i) } end
      return { status = 200, body = request.json.rows and shares or shares[1] }
    end)
    local function next_message()
      read = read + 1
      if read > 20 then return nil end
      return { to = ("43660%04d"):format(read), text = "Hi", from = read == 1 and "Shop" or nil }
    end
    local count = 0
    for row in mail:send_each(next_message, { parallel = 1 }) do
      count = count + 1
      assert.equal("accepted", row.outcome)
      assert.equal(("43660%04d"):format(count), row.to)
    end
    assert.equal(20, count)
    assert.is_true(calls[1] <= 1 + toy.BULK)
  end)

  it("passes the rows of a call on before the next one, where the transport answers at once", function()
    local calls, read = 0, 0
    local own = sms.websms {
      token = "t", transport = function()
        calls = calls + 1
        return { status = 200, body = '{"statusCode":2000,"transferId":"x","smsCount":1000}' }
      end,
    }
    local function step()
      read = read + 1
      if read <= 5500 then return { to = ("43664%07d"):format(read), text = "Hi" } end
    end
    local rows = 0
    for row in own:send_each(step) do
      rows = rows + 1
      assert.equal("accepted", row.outcome)
      assert.is_true(calls <= rows // 1000 + 2, calls .. " calls before row " .. rows)
    end
    assert.same({ 5500, 6 }, { rows, calls })
  end)

  it("gives the rows of messages that are refused, too, as it reads", function()
    local read, most, count = 0, 0, 0
    local function next_message()
      read = read + 1
      if read <= 3000 then return { to = "nobody", text = "x" } end
    end
    for row in client:send_each(next_message) do
      count, most = count + 1, math.max(most, read - count)
      assert.equal("not_sent", row.outcome)
    end
    assert.equal(3000, count)
    assert.is_true(most < 3000)
  end)

  everywhere("lets what is in flight end when the loop is left, and keeps its rows in rest", function()
    local list, rows, rest, read = held_after(5, 60), {}, {}, 0
    local function next_message()
      read = read + 1
      return list[read]
    end
    for row in client:send_each(next_message, { parallel = 4, rest = rest }) do
      rows[#rows + 1] = row
      if #rows == 5 then
        server.release(client, list.held, 0.05)
        break
      end
    end
    assert.is_true(read >= 8 and read < 60, read)
    assert.equal(read - 5, #rest)
    table.move(rest, 1, #rest, #rows + 1, rows)
    assert.same({ table.unpack(references(list), 1, read) }, references(rows))
    for _, row in ipairs(rows) do assert.equal("accepted", row.outcome) end
    assert.equal(read, check(list, rows))
    assert.equal(read, check(list, rows)) -- nothing went out afterwards
  end)

  everywhere("hands its rows to the error when the body of the loop raises", function()
    local list, rows = held_after(5, 60), {}
    local ok, err = pcall(function()
      for row in client:send_each(one_by_one(list), { parallel = 4 }) do
        rows[#rows + 1] = row
        if #rows == 5 then error("no more", 0) end
      end
    end)
    assert.same({ false, "no more", "cancelled" }, { ok, err.cause, err.kind })
    assert.is_true(#err.results >= 3)
    table.move(err.results, 1, #err.results, #rows + 1, rows)
    assert.same({ table.unpack(references(list), 1, #rows) }, references(rows))
    check(list, rows)
  end)

  it("gives the rows before it, then raises what the iterator raises", function()
    local list, rows = messages(7), {}
    local next_message = one_by_one(list)
    local ok, problem = pcall(function()
      local read = 0
      for row in client:send_each(function()
        read = read + 1
        if read > 7 then error("the file ends here", 0) end
        return next_message()
      end, { parallel = 3 }) do rows[#rows + 1] = row end
    end)
    assert.same({ false, "the file ends here" }, { ok, problem })
    assert.same(references(list), references(rows))
    assert.equal(7, check(list, rows))
  end)

  it("loses no row when its coroutine is closed", function()
    local list, rows, rest = held_after(1, 40), {}, {}
    sms.run(function()
      local thread = coroutine.create(function()
        for row in client:send_each(one_by_one(list), { parallel = 4, rest = rest }) do
          rows[#rows + 1] = row
          coroutine.yield()
        end
      end)
      coroutine.resume(thread)
      coroutine.close(thread)
    end)
    table.move(rest, 1, #rest, #rows + 1, rows)
    assert.is_true(#rows >= 4)
    assert.same({ table.unpack(references(list), 1, #rows) }, references(rows))
    check(list, rows)
  end)

  it("may wait for other calls where its messages come from", function()
    sms.run(function()
      local list, rows = messages(6), {}
      local next_message = one_by_one(list)
      for row in client:send_each(function()
        sms.sleep(0.001)
        return next_message()
      end) do rows[#rows + 1] = row end
      assert.equal(6, check(list, rows))
    end)
  end)

  it("compares numbers only where it is asked to", function()
    local function list()
      local out = messages(3)
      out[3].to = out[1].to
      return out
    end
    local function repeats(options)
      local found = {}
      for row in client:send_each(list(), options) do found[#found + 1] = row.duplicate_of or false end
      return found
    end
    assert.same({ false, false, false }, repeats())
    assert.same({ false, false, 1 }, repeats { duplicates = "send" })
    assert.same({ false, false, 1 }, repeats { duplicates = "skip" })
  end)

  it("says what is wrong with its arguments, at the caller's line", function()
    for words, call in pairs {
      ["messages must be a list, or a function"] = function() client:send_each("x") end,
      ["unknown option 'on_row'"] = function() client:send_each({}, { on_row = print }) end,
      ["option 'duplicates' must be 'send' or 'skip'"] = function() client:send_each({}, { duplicates = "drop" }) end,
    } do
      local ok, raised = pcall(call)
      assert.is_false(ok)
      assert.matches("send_each_spec%.lua:%d+: websms:send_each: " .. words, raised)
    end
  end)
end)
