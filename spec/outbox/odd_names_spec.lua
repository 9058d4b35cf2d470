-- SPDX-License-Identifier: MIT
-- Names, templates and numbers that no database takes, or that can't be meant; on each engine.

local support = require "spec.support.outbox"

teardown(support.finish)

for _, engine in ipairs(support.engines()) do
  describe("an outbox in " .. engine.name, function()
    if engine.absent then return pending(engine.absent) end
    local outbox, address

    before_each(function() outbox, address = support.open(engine) end)
    after_each(function() support.close(outbox, address) end)

    it("says that a name or a template is not UTF-8", function()
      for name, text in pairs { ["june\xFF"] = "Hi", june = "Gr\xFC\xDFe" } do
        local plan, err = outbox:plan(name, support.rows(1), { text = text, route = "zc", region = "ZA" })
        assert.is_nil(plan)
        assert.equal("invalid", err.kind)
        assert.matches("^the name or an option of the run 'june.*' is not valid UTF%-8$", err.message)
      end
      assert.same({}, outbox:status())
    end)

    it("keeps a row of the intake whose run has a long name, cut between characters", function()
      local name = "a" .. ("\u{fc}"):rep(400)
      local sql = "insert into sms.intake (run, key, body) values (?, 'k', ?)"
      if engine.name == "PostgreSQL" then sql = "select sms.enqueue(?, 'k', cast(? as jsonb))" end
      support.sql(address, sql, name, '{"to":"+27825551234","text":"a","route":"zc"}')
      local counts = support.work(outbox, (support.client()), { patience = 0.5 })
      assert.is_nil(counts.fault)
      local row = outbox:rows { run = "intake" }()
      assert.equal("a" .. ("\u{fc}"):rep(249) .. " k", row.key)
      assert.matches("the name of the run has 801 bytes", row.error)
    end)

    it("refuses numbers that can't be meant", function()
      local client = support.client()
      assert.error_matches(function() outbox:adopt { lost = -60 } end, "outbox:adopt: option 'lost' must be at least 0")
      assert.error_matches(function() outbox:work { routes = { zc = client }, patience = -1 } end, "option 'patience' must be at least 0")
      assert.error_matches(function() outbox:reconcile { run = "june", routes = { zc = client }, settle = -1 } end,
        "outbox:reconcile: option 'settle' must be at least 0")
    end)

    it("claims rows whatever the numbers in flight", function()
      support.planned(outbox, 2)
      assert.equal(2, support.work(outbox, (support.client()), { in_flight = 1 << 40, patience = 0.5 }).accepted)
    end)
  end)
end
