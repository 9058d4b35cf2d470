-- SPDX-License-Identifier: MIT
-- Plan, look, apply: every row has a verdict, texts are frozen, the digest is that of what was looked at; on each engine.

local support = require "spec.support.outbox"

teardown(support.finish)

local OPTIONS = { text = "Hi {name}", route = "zc", region = "ZA" }

for _, engine in ipairs(support.engines()) do
  describe("an outbox in " .. engine.name .. ":", function()
    if engine.absent then return pending(engine.absent) end
    local outbox, address

    before_each(function() outbox, address = support.open(engine) end)
    after_each(function() support.close(outbox, address) end)

    local function verdicts(run)
      local out = {}
      for row in outbox:rows { run = run } do out[row.index] = row end
      return out
    end

    it("a plan gives each row a verdict and drops none", function()
      outbox:optout("+27820000007", { reason = "STOP" })
      local plan = assert(outbox:plan("june", {
        { to = "082 555 1234", name = "Ann" }, { to = "nonsense", name = "Bob" }, { to = "+27825551234", name = "Ann again" },
        { to = "+27820000004" }, { to = "+27820000005", name = ("x"):rep(200) }, { name = "nobody" }, { to = "+27820000007", name = "Out" },
        { to = 27820000008, name = "number" }, "a string", { to = "+27820000010", ok = false, reason = "no_number", error = "row 10: why" },
      }, { text = "Hi {name}", route = "zc", region = "ZA", max_segments = 1 }))
      local rows = verdicts "june"
      assert.equal(10, #rows)
      local reasons = {}
      for i, row in ipairs(rows) do reasons[i] = row.reason or row.state end
      assert.same({ "ready", "invalid", "duplicate", "variable", "invalid", "invalid", "optout", "invalid", "invalid", "no_number" },
        reasons)
      assert.equal("+27825551234", rows[1].to)
      assert.equal("Hi Ann", rows[1].text)
      assert.matches("'to' has letters", rows[2].error)
      assert.matches("variable 'name' is missing", rows[4].error)
      assert.matches("'max_segments' is 1", rows[5].error)
      assert.matches("must be a string, got a number", rows[8].error)
      assert.equal("row 10: why", rows[10].error)
      assert.equal(1, plan.ready)
      assert.equal(9, plan.not_sent)
      assert.same({ invalid = 5, duplicate = 1, variable = 1, optout = 1, no_number = 1 }, plan.by_reason)
      local problems = {}
      for problem in plan:problems() do problems[problem.index] = problem.reason end
      problems[1] = "none"
      assert.equal(10, #problems)
    end)

    it("the same name with the same rows goes on, in any order, with the same digest", function()
      local first = assert(outbox:plan("june", support.rows(1201), OPTIONS))
      local again = assert(outbox:plan("june", support.rows(1201), OPTIONS))
      assert.equal(first.digest, again.digest)
      assert.equal(1201, again.rows)
      local rows = support.rows(1201)
      rows[1], rows[900] = rows[900], rows[1]
      assert.equal(first.digest, assert(outbox:plan("june", rows, OPTIONS)).digest)
    end)

    it("with other rows it is an error that counts the differences, and nothing is written", function()
      local first = assert(outbox:plan("june", support.rows(10), OPTIONS))
      local rows = support.rows(12)
      rows[3].vars.name = "changed"
      table.remove(rows, 5)
      local plan, err = outbox:plan("june", rows, OPTIONS)
      assert.is_nil(plan)
      assert.equal("conflict", err.kind)
      assert.same({ 2, 1, 1 }, { err.added, err.changed, err.missing })
      assert.equal(first.digest, outbox:look("june").digest)
      assert.equal(10, #verdicts "june")
    end)

    it("extend adds the new ones, and the first of a key stays as it was frozen", function()
      local first = assert(outbox:plan("june", support.rows(3), OPTIONS))
      local rows = support.rows(5)
      rows[1].vars.name = "changed"
      local plan = assert(outbox:plan("june", rows, { text = "Hi {name}", route = "zc", region = "ZA", extend = true }))
      assert.equal(5, plan.rows)
      assert.are_not.equal(first.digest, plan.digest)
      assert.equal("Hi N1", verdicts("june")[1].text)
      local _, err = outbox:apply("june", first.digest)
      assert.matches("its rows are not those that were reviewed", err.message)
      assert.equal("active", assert(outbox:apply("june", plan.digest)).state)
    end)

    it("planning that was cut short can't be applied, and is taken up again", function()
      local rows, at = support.rows(1300), 0
      local ok = pcall(outbox.plan, outbox, "june", function()
        at = at + 1
        if at == 1100 then error("killed", 0) end
        return rows[at]
      end, OPTIONS)
      assert.is_false(ok)
      local applied, err = outbox:apply("june")
      assert.is_nil(applied)
      assert.matches("incomplete", err.message)
      local plan = assert(outbox:plan("june", rows, OPTIONS))
      assert.equal(1300, plan.rows)
      assert.equal(assert(outbox:plan("other", rows, OPTIONS)).digest, plan.digest)
    end)

    it("above a thousand rows the digest must be given, and be the one", function()
      local plan = assert(outbox:plan("june", support.rows(1001), OPTIONS))
      local applied, err = outbox:apply("june")
      assert.is_nil(applied)
      assert.matches(plan.digest, err.message, 1, true)
      applied, err = outbox:apply("june", "1001-1-0")
      assert.is_nil(applied)
      assert.equal("digest", err.field)
      assert.equal("active", assert(outbox:apply("june", plan.digest)).state)
      assert.equal("active", assert(outbox:apply("june", plan.digest)).state)
    end)

    it("apply refuses rows without a value for a variable, unless they are to be left out", function()
      local rows = support.rows(3)
      rows[2].vars = {}
      assert(outbox:plan("june", rows, OPTIONS))
      local applied, err = outbox:apply("june")
      assert.is_nil(applied)
      assert.matches("1 rows of 'june' have no value", err.message)
      assert.equal("active", assert(outbox:apply("june", nil, { missing = "skip" })).state)
    end)

    it("rows come from an iterator or an object that is called", function()
      local function iterator()
        local at, rows = 0, support.rows(3)
        return function()
          at = at + 1
          return rows[at]
        end
      end
      assert.equal(3, assert(outbox:plan("a", iterator(), OPTIONS)).rows)
      assert.equal(3, assert(outbox:plan("b", setmetatable({}, { __call = iterator() }), OPTIONS)).rows)
    end)

    it("a text with braces of its own is frozen as it reads, and filled once", function()
      assert(outbox:plan("june", { { to = "+27820000001", vars = { name = "{who}" } } }, { text = "{{a}} {name}", route = "zc" }))
      assert(outbox:apply "june")
      local seen
      local client = support.client(function(text)
        seen = text.message
        return 200
      end)
      assert.equal(1, assert(outbox:work { routes = { zc = client }, drain = true }).accepted)
      assert.equal("{a} {who}", seen)
    end)

    it("a price gives the cost, 'only' holds the others back, a client checks what it could take", function()
      local plan = assert(outbox:plan("june", support.rows(3), {
        text = ("x"):rep(161), route = "zc", price = 0.25, only = { "+27820000001", "+27820000002" },
      }))
      assert.equal(1.0, plan.cost)
      assert.equal(4, plan.segments)
      assert.same({ held = 1 }, plan.by_reason)
      local refused = assert(outbox:plan("flash", support.rows(1), {
        text = "x", route = "zc", message = { flash = true }, client = support.client(),
      }))
      assert.same({ invalid = 1 }, refused.by_reason)
      assert.matches("flash", verdicts("flash")[1].error)
    end)

    it("put takes a key once, and refuses what can't be sent", function()
      local id, again = outbox:put("otp", { key = "s1", to = "0825551234", region = "ZA", text = "Code 1", route = "zc" })
      assert.is_false(again)
      local second, repeated = outbox:put("otp", { key = "s1", to = "0825551234", region = "ZA", text = "Code 2", route = "zc" })
      assert.same({ id, true }, { second, repeated })
      local none, err = outbox:put("otp", { key = "s2", to = "123", region = "ZA", text = "Code", route = "zc" })
      assert.is_nil(none)
      assert.equal("invalid", err.kind)
      assert.equal(1, outbox:status("otp").rows)
    end)

    it("a list and a stream are not mixed", function()
      assert(outbox:plan("june", support.rows(1), OPTIONS))
      assert(outbox:put("otp", { to = "+27825551234", text = "x", route = "zc" }))
      local _, err = outbox:put("june", { to = "+27825551234", text = "x", route = "zc" })
      assert.matches("'june' is a list", err.message)
      _, err = outbox:plan("otp", support.rows(1), OPTIONS)
      assert.matches("'otp' is a stream", err.message)
    end)

    it("other programs put rows into the table intake, which are checked alike", function()
      local sql = "insert into sms.intake (run, key, body) values (?, ?, ?)"
      if engine.name == "PostgreSQL" then sql = "select sms.enqueue(?, ?, ?)" end
      support.sql(address, sql, "otp", "order-17", '{"to": "+27825551234", "text": "Hi", "route": "zc"}')
      support.sql(address, sql, "otp", "order-18", '{"to": "12", "text": "Hi", "route": "zc"}')
      support.sql(address, sql, "otp", "order-17", '{"to": "+27825551234", "text": "Again", "route": "zc"}')
      local client, sent = support.client()
      assert(outbox:work { routes = { zc = client }, drain = true })
      assert.same({ ["+27825551234"] = 1 }, sent)
      local status = outbox:status "otp"
      assert.same({ 1, 1 }, { status.accepted, status.not_sent })
    end)

    it("every mistake of the script is told at its line, all at once", function()
      local ok, words = pcall(function() outbox:plan("june", {}, { txt = "x", route = 5 }) end)
      assert.is_false(ok)
      assert.matches("plan_spec.lua:%d+: outbox:plan: unknown option 'txt'", words)
      assert.matches("option 'route' must be a string, got 5", words)
      assert.error_matches(function() outbox:plan("", {}, OPTIONS) end, "name of the run must be a non%-empty string")
      assert.error_matches(function() outbox:plan("x", 5, OPTIONS) end, "rows must be a list, an iterator")
      assert.error_matches(function() outbox:work {} end, "option 'routes' is missing")
      assert.error_matches(function() outbox:plann() end, "sms.outbox has no 'plann', did you mean 'plan'")
      assert.error_matches(function() outbox.status("june") end, "call it with a colon: outbox:status")
    end)
  end)
end
