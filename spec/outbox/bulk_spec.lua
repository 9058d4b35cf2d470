-- SPDX-License-Identifier: MIT
-- Rows of an outbox that share a call of the provider; on each engine.

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

    local function planned(...) return support.planned(outbox, ...) end
    local function work(...) return support.work(outbox, ...) end

    it("with 'bulk' rows share calls of the provider, each with its own outcome and reference", function()
      planned(7)
      local sizes, seen = {}, {}
      local client = sms.zoomconnect { email = "spec@example.org", token = "spec", retries = 0, transport = function(request)
        local list, answers = cjson.decode(request.body).sendSmsRequests or { cjson.decode(request.body) }, {}
        sizes[#sizes + 1] = #list
        for i, one in ipairs(list) do
          seen[one.dataField] = one.recipientNumber
          local refused = one.recipientNumber:find "3$"
          answers[i] = { messageId = not refused and "id" .. one.recipientNumber or nil, error = refused and "no such number" or nil }
        end
        return { status = 200, headers = { ["content-type"] = "application/json" },
          body = cjson.encode(#list > 1 and { sendSmsResponses = answers } or answers[1]) }
      end }
      local counts = work(client, { bulk = 3, in_flight = 2 })
      assert.same({ 6, 0 }, { counts.accepted, counts.ready })
      table.sort(sizes)
      assert.same({ 1, 3, 3 }, sizes)
      for one in outbox:rows { run = "june" } do
        assert.equal(one.to, "+" .. seen[one.reference]:gsub("^%+", ""))
        assert.equal(one.to:find "3$" == nil, one.state == "accepted")
      end
    end)

    it("of rows that share a call and its id, a report is of the one with its number, also one that came early", function()
      planned(3, { text = "Hi all" })
      local calls, early = 0, nil
      local client = sms.websms { token = "spec", retries = 0, transport = function()
        calls = calls + 1
        early = { type = "delivery", provider = "websms", key = "early", id = "t1", to = "27820000002", status = "delivered", time = 1,
          raw = {} }
        assert.equal("parked", (outbox:take(early)))
        return { status = 200, headers = { ["content-type"] = "application/json" },
          body = '{"statusCode":2000,"statusMessage":"OK","transferId":"t1"}' }
      end }
      work(client, { bulk = 10, in_flight = 1 })
      assert.equal(1, calls)
      assert.equal("joined", (outbox:take { type = "delivery", provider = "websms", key = "k2", id = "t1", to = "27820000001",
        status = "undelivered", time = 2, raw = {} }))
      local states = {}
      for one in outbox:rows { run = "june" } do states[#states + 1] = one.status or "none" end
      assert.same({ "undelivered", "delivered", "none" }, states)
    end)

    it("rows of a shared call whose outcome is unknown are settled by reports with the call's reference", function()
      planned(2, { text = "Hi all" })
      local reference
      local client = sms.websms { token = "spec", retries = 0, transport = function(request)
        reference = cjson.decode(request.body).clientMessageId
        return { status = 500, headers = { ["content-type"] = "text/plain" }, body = "" }
      end }
      local counts = work(client, { bulk = 10, in_flight = 1 })
      assert.equal(2, counts.unknown)
      assert.equal("joined", (outbox:take { type = "delivery", provider = "websms", key = "k3", reference = reference, to = "27820000002",
        status = "delivered", time = 2, raw = {} }))
      local states = {}
      for one in outbox:rows { run = "june" } do states[#states + 1] = one.state end
      assert.same({ "unknown", "accepted" }, states)
    end)

    it("bulk calls are refused for a group", function()
      local group = sms.failover { (support.client()) }
      assert.error_matches(function() outbox:work { routes = { zc = group }, bulk = 5 } end, "failover group.*'bulk' requires a client")
    end)
  end)
end
