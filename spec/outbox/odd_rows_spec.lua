-- SPDX-License-Identifier: MIT
-- Rows, lists and options that are not what they should be: a fault of one row is its verdict, a mistake of the script is told at its line,
-- and nothing of either ends a plan, a worker or the intake of other programs.

local sms = require "sms"
local support = require "spec.support.outbox"

setup(function() support.hurry { POLL = 0.02, LINGER = 0.01 } end) -- what is tried here does not depend on them
teardown(support.finish)

local TO = "+27825551234"

local function merged(own, more)
  for name, value in pairs(more or {}) do own[name] = value end
  return own
end

local function options_of(more) return merged({ text = "Hi {name}", route = "zc", region = "ZA" }, more) end

-- What a call raises, at the line of the script.
local function raised(fn)
  local ok, words = pcall(function() local _ = fn() end)
  assert.is_false(ok)
  assert.matches("odd_rows_spec%.lua:%d+: ", words)
  return words
end

local endless = {}
endless.more = endless

-- A row with one field that is wrong, and the words that say so.
local ROWS = {
  { { at = "tomorrow" }, "'at' must be a number of seconds since 1970, got a string" }, { { at = 0 / 0 }, "'at' must be a time" },
  { { at = 5 }, "'at' must be a time in seconds since 1970, such as os.time%(%); got 5" },
  { { at = os.time() * 1000 }, "'at' must be a time" }, { { from = {} }, "'from' must be a string, got a table" },
  { { route = 5 }, "'route' must be a string, got a number" }, { { route = "" }, "'route' is empty" },
  { { zone = "Mars/Base" }, "'zone' must be a time zone such as Africa/Johannesburg, got 'Mars/Base'" },
  { { zone = 5 }, "'zone' must be" },
  { { vars = "x" }, "'vars' must be a table" }, { { text = 5 }, "'text' must be a string" },
  { { message = "x" }, "'message' must be a table" },
  { { message = { media = print } }, "the message can't be stored" }, { { message = { [3] = "x" } }, "has a number as a key" },
  { { message = endless }, "more than 32 levels" }, { { name = "Jos\xE9" }, "'text' invalid UTF%-8" },
  { { name = "a\0b" }, "'text' contains the control character" }, { { from = "a\0b" }, "not UTF%-8 or has a NUL" },
  { { key = {} }, "'key' must be text, got a table" }, { { key = "" }, "'key' is empty" },
  { { key = ("k"):rep(2000) }, "the maximum is 1000" }, { { key = "k" .. ("é"):rep(1000) }, "the maximum is 1000" },
  { { message = { media = "a\0b" } }, "not UTF%-8 or has a NUL" }, { { message = { media = [[a\\]] .. "\0" } }, "not UTF%-8 or has a NUL" },
}

for _, engine in ipairs(support.engines()) do
  describe("an outbox in " .. engine.name .. ":", function()
    if engine.absent then return pending(engine.absent) end
    local outbox, address

    before_each(function() outbox, address = support.open(engine) end)
    after_each(function() support.close(outbox, address) end)

    it("a field that is wrong is the verdict on its row; the others go", function()
      local rows = {}
      for i, case in ipairs(ROWS) do rows[i] = merged({ to = TO, name = "x", key = "k" .. i }, case[1]) end
      rows[#rows + 1] = { to = TO, name = "x", key = "good", message = { reference = [[no NUL: \u0000]] } }
      local plan = assert(outbox:plan("june", rows, options_of()))
      assert.same({ #rows, 1 }, { plan.rows, plan.ready })
      for row in outbox:rows { run = "june" } do
        local words = ROWS[row.index] and ROWS[row.index][2]
        assert.equal(words and "invalid" or nil, row.reason)
        if words then assert.matches(words, row.error) end
      end
      local client, sent = support.client()
      outbox:apply "june"
      support.work(outbox, client)
      assert.same({ [TO] = 1 }, sent)
    end)

    it("a cost that no table holds is one, too", function()
      assert.same({ invalid = 1 }, assert(outbox:plan("june", { { to = TO } }, { text = "x", route = "zc", price = 1e9 })).by_reason)
    end)

    it("quiet hours of a number whose region has no time zone are asked for, not waited for", function()
      local quiet = { from = "20:00", to = "08:00" }
      local rows = { { to = "+80012345678", name = "x" }, { to = "+38344123456", name = "x" },
        { to = "+38344123457", name = "x", zone = "Europe/Belgrade" } }
      assert.equal(1, assert(outbox:plan("june", rows, options_of { quiet = quiet })).ready)
      for row in outbox:rows { run = "june", state = "not_sent" } do
        assert.matches("no time zone is known for the region '%w+'", row.error)
      end
    end)

    it("a list with a hole or with names, and options that can't be meant, are mistakes at the script's line", function()
      local function plan(rows, more) return function() return outbox:plan("june", rows, options_of(more)) end end
      assert.matches("not nil; if sms.rows returned nil, its second result is the reason", raised(plan(nil)))
      assert.matches("row 2 is missing", raised(plan { { to = TO }, nil, { to = TO } }))
      assert.matches("rows must be a list, [^;]*.to.", raised(plan { to = TO }))
      for words, more in pairs {
        ["option 'region' 'XX' is not an ISO 3166 code"] = { region = "XX" }, ["option 'price' must be at least 0"] = { price = -1 },
        ["option 'expires' must be above 0"] = { expires = -1 }, ["option 'at' must be a time"] = { at = 5 },
        ["caps: option 'messages' must be at least 0"] = { caps = { messages = -1 } }, ["'client' is not a client"] = { client = {} },
        ["option 'only%[1%]': 'x' "] = { only = { "x" } }, ["option 'only' must be a list"] = { only = { [TO] = true } },
        ["quiet has no 'zone'"] = { quiet = { from = "20:00", to = "08:00", zone = "x" } },
        ["are the same time"] = { quiet = { from = "00:00", to = "24:00" } },
        ["option 'message' can't be stored"] = { message = { a = print } },
      } do assert.matches(words, raised(plan({}, more))) end
      assert.matches("put: option 'at' must be a time", raised(function()
        return outbox:put("otp", { to = TO, text = "x", route = "zc", at = 60 })
      end))
      assert.matches("move: option 'at' must be", raised(function() return outbox:move { run = "june", at = 60 } end))
      assert.matches("cancel: option 'keys' must be a list of keys", raised(function()
        return outbox:cancel { run = "x", keys = { a = true } }
      end))
      assert.is_nil(outbox:look "june")
    end)

    it("a list may have names beside it, such as that of table.pack", function()
      local packed = table.pack({ to = TO, key = "a", name = "x" }, { to = TO, key = "b", name = "y" })
      assert.equal(2, assert(outbox:plan("june", packed, options_of())).ready)
      assert.equal(0, assert(outbox:plan("july", table.pack(), options_of())).rows)
    end)

    it("numbers of 'only' are read like those of the rows", function()
      assert.equal(1, assert(outbox:plan("june", { { to = TO, name = "x" } }, options_of { only = { "082 555 1234" } })).ready)
    end)

    it("what holds for a whole run is not taken otherwise under its name", function()
      local caps = { messages = 3 }
      assert(outbox:plan("june", support.rows(5), options_of { caps = caps }))
      for name, value in pairs { caps = { messages = 30 }, priority = 2, price = 0.5 } do
        local none, err = outbox:plan("june", support.rows(5), options_of(merged({ caps = caps }, { [name] = value })))
        assert.same({ nil, "conflict", name }, { none, err.kind, err.field })
      end
      assert.truthy(outbox:plan("june", support.rows(5), options_of { caps = caps }))
      assert.truthy(outbox:plan("june", support.rows(5), options_of { caps = caps, priority = 5 })) -- as it is without
    end)

    it("a plan that another process completed and applied meanwhile takes no row of this one", function()
      local other <close> = assert(sms.outbox.open(address))
      local rows, at = support.rows(700), 0
      local none, err = other:plan("june", function()
        at = at + 1
        if at == 2 then
          assert(outbox:plan("june", support.rows(3), options_of()))
          assert(outbox:apply "june")
        end
        return rows[at]
      end, options_of())
      assert.is_nil(none)
      assert.same({ "conflict", 697 }, { err.kind, err.added })
      assert.equal(3, outbox:status("june").rows)
    end)

    it("says what became of rows that were written before a plan turned out to be of others", function()
      local at = 0
      pcall(outbox.plan, outbox, "june", function()
        at = at + 1
        if at == 600 then error("killed", 0) end
        return support.rows(1, { to = ("+2782%07d"):format(at) })[1]
      end, options_of())
      local rows = support.rows(1000)
      rows[3].vars.name = "changed"
      local none, err = outbox:plan("june", rows, options_of())
      assert.is_nil(none)
      assert.matches("has an incomplete plan with different rows: .* It can't be applied", err.message)
    end)

    it("a run whose rows were forgotten is not extended by them again", function()
      support.planned(outbox, 2)
      support.work(outbox, (support.client()))
      assert.equal(2, outbox:forget { older = -1 })
      local none, err = outbox:plan("june", support.rows(3), options_of { extend = true })
      assert.is_nil(none)
      assert.matches("rows of the run 'june' were erased", err.message)
    end)

    it("the intake keeps what can't be taken with its reason, and takes the next row", function()
      local sql = "insert into sms.intake (run, key, body) values (?, ?, ?)"
      if engine.name == "PostgreSQL" then sql = "select sms.enqueue(?, ?, ?)" end
      local function put(run, key, body) support.sql(address, sql, run, key, body) end
      local start = '{"to":"+27825551234","text":"a","route":"zc",'
      local bad = { "null", "[1]", "5", "{}", '{"to":5,"text":"a"}' }
      for _, field in ipairs { '"at":"tomorrow"', '"at":1e300', '"price":"x"', '"price":1e9', '"message":"x"', '"max_segments":"2"',
        '"priority":40000', '"priority":"high"', '"expires":1e300', '"expires":-5', '"vars":"x"', '"from":{"a":1}', '"region":"XX"',
        '"rout":"zc"' } do bad[#bad + 1] = start .. field .. "}" end
      for i, body in ipairs(bad) do put("otp", "k" .. i, body) end
      local good = start .. '"expires":300}'
      put("otp", "", good)
      put("otp", "k" .. ("é"):rep(2500), good)
      put("", "k", good)
      put("a\nb", "k", good)
      put("n" .. ("é"):rep(1500), "k", good)
      assert(outbox:plan("june", {}, options_of()))
      put("june", "k", good)
      put("otp", "good", good)
      local client, sent = support.client()
      local counts = support.work(outbox, client, { patience = 0.5 })
      assert.same({ 1, [TO] = 1 }, { counts.accepted, [TO] = sent[TO] })
      assert.is_nil(counts.fault)
      assert.same({ #bad + 3, #bad + 2 }, { outbox:status("otp").rows, outbox:status("otp").by_reason.invalid })
      assert.equal(4, outbox:status("intake").not_sent)
      local words = {}
      for row in outbox:rows { run = "otp" } do words[row.key] = row.error end
      assert.matches("the body is not a JSON object", words.k1)
      assert.matches("option 'at' must be a number, got 'tomorrow'", words.k6)
      assert.matches("unknown option 'rout', did you mean 'route'", words["k" .. #bad])
    end)
  end)
end
