-- SPDX-License-Identifier: MIT
-- What an outbox tells Prometheus; on each engine.

local support = require "spec.support.outbox"

teardown(support.finish)

for _, engine in ipairs(support.engines()) do
  describe("the metrics of an outbox in " .. engine.name .. ":", function()
    if engine.absent then return pending(engine.absent) end
    local outbox, address

    before_each(function() outbox, address = support.open(engine) end)
    after_each(function() support.close(outbox, address) end)

    local function samples()
      local out = {}
      for line in assert(outbox:metrics()):gmatch "[^\n]+" do
        local name, value = line:match "^([^#].-) (%S+)$"
        if name then out[name] = tonumber(value) end
      end
      return out
    end

    it("rows by state and reason, and what holds routes back", function()
      support.planned(outbox, 3)
      local client = support.client(function(text)
        if text.recipientNumber:find "2$" then return 400, "{}" end
        if text.recipientNumber:find "3$" then return 500, "{}" end
        return 200
      end)
      support.work(outbox, client)
      outbox:limit("zc", { messages = 10 })
      outbox:pause { route = "zc", reason = "maintenance" }
      outbox:take { type = "delivery", provider = "zoomconnect", key = "k", id = "of another", status = "delivered", raw = {} }
      local got = samples()
      assert.same({ 1, 1, 1, 0 }, {
        got['sms_outbox_rows{run="june",state="accepted"}'], got['sms_outbox_rows{run="june",state="not_sent"}'],
        got['sms_outbox_rows{run="june",state="unknown"}'], got['sms_outbox_rows{run="june",state="ready"}'],
      })
      assert.equal(1, got['sms_outbox_unsent_rows{run="june",reason="server"}'])
      assert.equal(1, got['sms_outbox_run{run="june",kind="list",state="done"}'])
      assert.same({ 1, 1 }, { got['sms_outbox_route_paused{route="zc"}'], got['sms_outbox_route_held{route="zc"}'] })
      assert.same({ 0, 1 }, { got.sms_outbox_workers, got.sms_outbox_parked_reports })
    end)

    it("each family has its help and type once, also where there is nothing", function()
      local text, families = outbox:metrics(), {}
      for name, kind in text:gmatch "# TYPE (%S+) (%S+)\n" do
        assert.is_nil(families[name])
        families[name] = kind
      end
      assert.same({ "gauge", "counter" }, { families.sms_outbox_rows, families.sms_outbox_late_results_total })
    end)

    it("a name is quoted", function()
      assert(outbox:plan('a "b" \\c', {}, { text = "Hi", route = "zc" }))
      assert.equal(0, samples()[ [[sms_outbox_rows{run="a \"b\" \\c",state="ready"}]] ])
    end)
  end)
end
