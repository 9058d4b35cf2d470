-- SPDX-License-Identifier: MIT
-- What is held back while it goes on: cancelled runs, budgets to the last text; waits, replies and events that are odd.

local sms = require "sms"
local support = require "spec.support.outbox"

local TO = "+27825551234"

setup(function() support.hurry { POLL = 0.02, LINGER = 0.01, RUNS = 0.05 } end) -- what is tried here does not depend on them
teardown(support.finish)

local function total(sent)
  local n = 0
  for _, times in pairs(sent) do n = n + times end
  return n
end

for _, engine in ipairs(support.engines()) do
  describe("an outbox in " .. engine.name .. ":", function()
    if engine.absent then return pending(engine.absent) end
    local outbox, address

    before_each(function() outbox, address = support.open(engine) end)
    after_each(function() support.close(outbox, address) end)

    it("a run that is cancelled sends nothing more of what its worker had claimed, and keeps no row that waits", function()
      support.planned(outbox, 100)
      local n = 0
      local client, sent = support.client(function()
        n = n + 1
        if n == 5 then outbox:cancel { run = "june" } end
        sms.sleep(0.05)
        return 200
      end)
      local counts = support.work(outbox, client, { in_flight = 2, batch = 20 })
      assert.is_true(total(sent) < 15, total(sent) .. " sent")
      local status = outbox:status "june"
      assert.same({ "cancelled", 0, 0, counts.accepted, 100 - total(sent) },
        { status.state, status.ready, status.sending, status.accepted, status.cancelled })
    end)

    it("a budget in money is used up to the last text, and a worker that stops at it says so", function()
      support.planned(outbox, 10, { price = 0.1, caps = { cost = 0.3 } })
      local counts = support.work(outbox, (support.client()))
      assert.same({ 3, 5 }, { counts.accepted, counts.exit })
      local status = outbox:status "june"
      assert.same({ "paused", "budget" }, { status.state, status.reason })
    end)

    it("a worker that a pause cut short says that rows are left; one that found it had nothing to do", function()
      support.planned(outbox, 40)
      local n = 0
      local client = support.client(function()
        n = n + 1
        if n == 2 then outbox:pause "june" end
        sms.sleep(0.02)
        return 200
      end)
      assert.equal(5, support.work(outbox, client, { in_flight = 1, batch = 1 }).exit)
      assert.equal(0, support.work(outbox, client).exit)
      assert(outbox:plan("july", { { to = "+27825551234" } }, { text = "Hi", route = "zc" }))
      outbox:apply "july"
      local counts = support.work(outbox, client) -- while june waits
      assert.same({ 1, 0 }, { counts.accepted, counts.exit })
    end)

    it("a larger budget of a route lets what waited for it go on", function()
      outbox:limit("zc", { messages = 2 })
      support.planned(outbox, 3)
      assert.same({ 2, 5 }, { support.work(outbox, (support.client())).accepted, support.work(outbox, (support.client())).exit })
      outbox:limit("zc", { messages = 3 })
      assert.equal(1, support.work(outbox, (support.client())).accepted)
    end)

    it("a route has a budget of each day or one in all, not one that is taken for the other", function()
      for _, more in ipairs { { messages = 5 }, { cost = 5 } } do
        more.segments_per_day = 1
        local ok, words = pcall(function() local _ = outbox:limit("zc", more) end)
        assert.is_false(ok)
        assert.matches("held_back_spec.lua:%d+: outbox:limit: set a daily or a total budget, not both", words)
      end
      assert.is_true(outbox:limit "zc")
    end)

    it("names the run that was meant, and pauses one thing at a time", function()
      support.planned(outbox, 1)
      assert.matches("there is no run 'jume', did you mean 'june'", select(2, outbox:status "jume").message)
      assert.error_matches(function() outbox:pause { run = "june", route = "zc" } end, "either 'run' or 'route' is required")
      assert.error_matches(function() outbox:work { routes = { zc = support.client() }, runs = { june = true } } end,
        "'runs' must be a list of run names")
      assert.error_matches(function() outbox:work { routes = { zc = support.client() }, runs = {} } end, "'runs' is empty")
      assert.error_matches(function() outbox:status(5) end, "name of the run must be a non%-empty string")
    end)

    it("waits for states that there are, and for none that has passed", function()
      support.planned(outbox, 1)
      support.work(outbox, (support.client()))
      local row = outbox:rows { run = "june" }()
      local event = { key = "e", provider = "zoomconnect", type = "delivery", reference = row.reference, status = "delivered" }
      assert.equal("joined", outbox:take(event))
      assert.same({ "accepted", "delivered" }, { outbox:wait(row.reference, "sent", 0) })
      assert.same({}, { outbox:wait(row.reference, "undelivered", 0) })
      assert.error_matches(function() outbox:wait(row.reference, "deliverd") end, "unknown state 'deliverd', did you mean 'delivered'")
      assert.error_matches(function() outbox:wait(row.reference, nil, "5") end, "the timeout must be a number of seconds")
    end)

    it("takes an event whose fields are of other types, and finds replies by a number with or without its plus", function()
      for i, more in ipairs { { time = "x" }, { time = 0 / 0 }, { status = {} }, { reference = {}, id = {} } } do
        local event = { key = "e" .. i, provider = "zipwhip", type = "delivery", id = "1" }
        for name, value in pairs(more) do event[name] = value end
        assert.equal("parked", outbox:take(event))
      end
      outbox:take { key = "a", provider = "zipwhip", type = "inbound", from = "27825551234", text = "one", time = 100 }
      outbox:take { key = "b", provider = "zipwhip", type = "inbound", from = "+27825551234", text = "two", time = 101 }
      for _, number in ipairs { "27825551234", "+27825551234" } do
        local texts = {}
        for reply in outbox:inbox(number) do texts[#texts + 1] = reply.text end
        assert.same({ "one", "two" }, texts)
      end
    end)

    it("a reply that comes late takes nothing back that was said after it", function()
      local function reply(key, text, time)
        outbox:take { key = key, provider = "zipwhip", type = "inbound", from = "+27825551234", text = text, time = time }
        local count = 0
        for _ in outbox:optouts() do count = count + 1 end
        return count
      end
      assert.same({ 1, 1, 0, 1 }, { reply("1", "STOP", 200), reply("2", "START", 100), reply("3", "START", 300), reply("4", "STOP", 250) })
      outbox:optin "+27825551234"
      outbox:optout "+27825551234"
      assert.equal(1, reply("5", "START", os.time() - 60)) -- said before the operator entered the number
      assert.equal(0, reply("6", "START", os.time()))
    end)

    it("a plan that was extended in part since it was checked is not applied", function()
      local options = { text = "Hi {name}", route = "zc" }
      local plan = assert(outbox:plan("june", support.rows(2), options))
      local at, rows = 0, support.rows(1000)
      options.extend = true
      pcall(outbox.plan, outbox, "june", function()
        at = at + 1
        if at == 700 then error("killed", 0) end
        return rows[at]
      end, options)
      local none, err = outbox:apply("june", plan.digest)
      assert.is_nil(none)
      assert.matches("incomplete", err.message)
      assert.equal("planned", outbox:look("june").state)
    end)

    it("a run whose rows all have their outcome is pruned, though its worker goes on", function()
      support.planned(outbox, 2)
      local stop
      sms.run(function()
        local task = sms.task(support.work, outbox, support.client(), { drain = false, handle = function(fn) stop = fn end })
        repeat sms.sleep(0.05) until outbox:status("june").accepted == 2
        assert.equal(2, outbox:prune { older = -1 })
        stop()
        task:wait()
      end)
    end)

    it("says of a row what its client raised", function()
      support.planned(outbox, 2, { from = "Shop" }) -- which the provider has no field for
      support.work(outbox, (support.client()))
      for row in outbox:rows { run = "june" } do assert.matches("zoomconnect:send: .*'from'", row.error) end
    end)

    it("a report of another provider that came early is not that of a row with the same id", function()
      support.planned(outbox, 1)
      local function event(provider, status)
        outbox:take { key = provider, provider = provider, type = "delivery", status = status, id = "id27820000001", time = 100 }
      end
      event("zipwhip", "undelivered")
      event("zoomconnect", "sent")
      support.work(outbox, (support.client()))
      assert.equal("sent", outbox:rows { run = "june" }().status)
    end)

    it("is not opened again by an iterator once it was closed", function()
      support.planned(outbox, 1)
      local next_row = outbox:rows { run = "june" }
      outbox:close()
      local ok, err = pcall(next_row)
      assert.same({ false, "closed" }, { ok, err.kind })
      assert.equal("closed", select(2, outbox:status "june").kind)
    end)

    it("tells mistakes in routes at the script's line, by the name of the function", function()
      for words, fn in pairs {
        ["work: route 'zc' is neither a client"] = function() local _ = outbox:work { routes = { zc = 5 } } end,
        ["reconcile: route 'zc' is neither a client"] = function() local _ = outbox:reconcile { run = "x", routes = { zc = 5 } } end,
      } do
        local ok, told = pcall(fn)
        assert.is_false(ok)
        assert.matches("held_back_spec.lua:%d+: outbox:" .. words, told)
      end
    end)

    it("forgets the numbers of reports, too", function()
      support.planned(outbox, 1)
      support.work(outbox, (support.client()))
      local row = outbox:rows { run = "june" }()
      outbox:take { key = "e", provider = "zoomconnect", type = "delivery", reference = row.reference, to = row.to, status = "delivered",
        time = 100 }
      outbox:forget { older = -1 }
      assert.equal("0", support.sql(address, "select cast(count(body) as text) from sms.event")[1][1])
    end)

    it("forgets what a parked report says of people, not what it says of its row; a forgotten reply stays in the inbox", function()
      outbox:take { key = "d", provider = "zoomconnect", type = "delivery", id = "n1", status = "delivered", to = TO, price = 0.25,
        time = 100 }
      outbox:take { key = "i", provider = "zoomconnect", type = "inbound", from = TO, text = "Hello", time = 100 }
      assert.equal(2, outbox:forget { older = -1 })
      assert.equal(0, outbox:forget { older = -1 })
      assert.same({}, support.sql(address, "select key from sms.event where cast(body as text) like '%" .. TO:sub(2) .. "%'"))
      local reply = outbox:inbox()()
      assert.same({ "i" }, { reply.key, reply.from, reply.text })
      support.planned(outbox, 1)
      support.work(outbox, sms.zoomconnect { email = "me@mine.example", token = "t", transport = function()
        return { status = 200, body = '{"messageId":"n1","error":null}' }
      end })
      local row = outbox:rows { run = "june" }()
      assert.same({ "accepted", "delivered", 0.25 }, { row.state, row.status, tonumber(row.cost) })
    end)
  end)
end

describe("an outbox in SQLite:", function()
  it("says which file is no outbox, and leaves it as it is", function()
    local driver = require "sms.outbox.driver"
    local function try(words, ...)
      local path = os.tmpname()
      local handle = assert(driver.open("SQLite3", path))
      for _, sql in ipairs { ... } do assert(driver.exec(handle, sql)) end
      driver.close(handle)
      local outbox, err = sms.outbox.open("sqlite:" .. path)
      support.remove("sqlite:" .. path)
      assert.is_nil(outbox)
      assert.equal("address", err.field)
      assert.matches("cannot open the outbox " .. path, err.message, 1, true)
      assert.matches(words, err.message)
    end
    local meta = "create table meta (name text, value text)"
    try("a database of another application", "create table meta (a text)")
    try("a database of another application", meta, "insert into meta values ('version', '2')")
    local path = os.tmpname()
    os.remove(path)
    assert(sms.outbox.open("sqlite:" .. path)):close()
    for value, words in pairs { ["-1"] = "has no schema version", ["x"] = "has no schema version", ["99"] = "schema version 99" } do
      support.sql("sqlite:" .. path, "update sms.meta set value = ? where name = 'version'", value)
      assert.matches(words, select(2, sms.outbox.open("sqlite:" .. path)).message)
    end
    local file = assert(io.open(path, "wb"))
    file:write(("no database "):rep(100)):close()
    assert.matches(path .. ": file is not a database", select(2, sms.outbox.open("sqlite:" .. path)).message, 1, true)
    support.remove("sqlite:" .. path)
  end)
end)
