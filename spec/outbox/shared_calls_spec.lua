-- SPDX-License-Identifier: MIT
-- Delivery reports of rows that share a call of the provider, its id and its reference; and what is forgotten; on each engine.

local cjson = require "cjson"
local sms = require "sms"
local support = require "spec.support.outbox"

teardown(support.finish)

for _, engine in ipairs(support.engines()) do
  describe("an outbox in " .. engine.name .. ":", function()
    if engine.absent then return pending(engine.absent) end
    local outbox, address

    before_each(function() outbox, address = support.open(engine) end)
    after_each(function() support.close(outbox, address) end)

    local keys = 0
    local function report(fields)
      keys = keys + 1
      local event = { type = "delivery", provider = "websms", key = "k" .. keys, status = "delivered", time = keys, raw = {} }
      for name, value in pairs(fields) do event[name] = value end
      return event
    end

    -- A client of websms; `answer(reference)` gives the status and the body of a call.
    local function websms(answer)
      return sms.websms { token = "spec", retries = 0, transport = function(request)
        local status, body = answer(cjson.decode(request.body).clientMessageId)
        return { status = status, headers = { ["content-type"] = "application/json" }, body = body }
      end }
    end

    local function states()
      local out = {}
      for one in outbox:rows { run = "june" } do out[#out + 1] = one.state .. " " .. (one.status or "-") end
      return out
    end

    local OK = '{"statusCode":2000,"statusMessage":"OK","transferId":"t1"}'

    it("a report without a number, or with that of none of a call's rows, joins none of them", function()
      support.planned(outbox, 3, { text = "Hi all" })
      support.work(outbox, websms(function() return 200, OK end), { bulk = 10 })
      assert.equal("parked", (outbox:take(report { id = "t1" })))
      assert.equal("parked", (outbox:take(report { id = "t1", to = "27829999999" })))
      assert.same({ "accepted -", "accepted -", "accepted -" }, states())
      assert.equal("joined", (outbox:take(report { id = "t1", to = "27820000002" })))
      assert.same({ "accepted -", "accepted delivered", "accepted -" }, states())
    end)

    it("the only row of a call needs no number", function()
      support.planned(outbox, 1, { text = "Hi all" })
      support.work(outbox, websms(function() return 200, OK end), { bulk = 10 })
      assert.equal("joined", (outbox:take(report { id = "t1" })))
      assert.same({ "accepted delivered" }, states())
    end)

    it("a report that comes before the outcome of its call is unknown settles its row", function()
      support.planned(outbox, 3, { text = "Hi all" })
      local counts = support.work(outbox, websms(function(reference)
        assert.equal("parked", (outbox:take(report { id = "t1", reference = reference, to = "27820000002" })))
        assert.equal("parked", (outbox:take(report { id = "t1", reference = reference, to = "27829999999" })))
        return 500, ""
      end), { bulk = 10 })
      assert.equal(3, counts.exit)
      assert.same({ "unknown -", "accepted delivered", "unknown -" }, states())
      assert.equal(2, outbox:status("june").unknown)
    end)

    it("a row that was not sent is forgotten, too: its number, its key and its error", function()
      local rows = { { to = "none, rather 0825551234", vars = { name = "A" } }, { to = "+27825551235", vars = {} },
        { to = "+27825551236", vars = { name = "B" } }, { to = "+27825551236", vars = { name = "C" }, key = "+27825551236" } }
      local plan = assert(outbox:plan("june", rows, { text = "Hi {name}", route = "zc", region = "ZA" }))
      assert(outbox:apply("june", plan.digest, { missing = "skip" }))
      support.work(outbox, (support.client()))
      assert.equal(4, outbox:forget { older = -1 })
      assert.equal(0, outbox:forget { older = -1 })
      local text = {}
      local all = "select key, recipient, coalesce(error, '-'), coalesce(cast(body as text), '-') from sms.message"
      for _, row in ipairs(support.sql(address, all)) do text[#text + 1] = table.concat(row, " ") end
      assert.is_nil(table.concat(text, "\n"):find "555")
      local status = outbox:status "june"
      assert.same({ 1, 3, 1, 1, 1 }, { status.accepted, status.not_sent, status.by_reason.invalid, status.by_reason.variable,
        status.by_reason.duplicate })
    end)
  end)
end
