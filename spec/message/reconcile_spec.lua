-- SPDX-License-Identifier: MIT
-- Rows of unknown outcome, settled by the providers' histories in the sandbox.

local sandbox = require "sms.sandbox"
local kinds = dofile "spec/support/kinds_of_call.lua"

-- A client of a provider's sandbox whose clock stands, and the sandbox.
local function fixture(name)
  local clock = os.time()
  local box = sandbox.new { seed = 3, clock = function() return clock end }
  return kinds.client(name, { transport = box:transport(name) }), box
end

for _, name in ipairs { "zipwhip", "zoomconnect" } do
  describe("reconcile on " .. name, function()
    local client, box
    before_each(function() client, box = fixture(name) end)

    it("finds what was taken before the line went dead", function()
      box:fault { match = { method = "POST", times = 1 }, fault = "accept-then-reset" }
      local rows = client:send_many { { to = "+12065550123", text = "taken" } }
      assert.same({ "unknown", 1 }, { rows[1].outcome, #box:inbox(name) })
      local settled = client:reconcile(rows, { settle = 0 })
      assert.equal("accepted", settled[1].outcome)
      assert.is_string(settled[1].id)
      assert.is_nil(settled[1].error)
      assert.equal("unknown", rows[1].outcome)
    end)

    it("tells what never came, but not too early", function()
      local row = { to = "+12065550123", text = "lost", reference = "sms-lost", time = os.time(), outcome = "unknown" }
      local early = client:reconcile { row }
      assert.equal("unknown", early[1].outcome)
      assert.matches("ask again later", early[1].reason)
      local settled = client:reconcile({ row }, { settle = 0 })
      assert.same({ "not_sent", "rejected" }, { settled[1].outcome, settled[1].status })
    end)

    it("gives an entry of the history to one row only, alike though they are", function()
      local twin = { to = "+12065550123", text = "twin" }
      local first = assert(client:send(twin))
      local function lost() return { to = twin.to, text = twin.text, time = os.time(), outcome = "unknown" } end
      local rows = client:reconcile({ { outcome = "accepted", id = first.id }, lost() }, { settle = 0 })
      assert.same({ "accepted", "not_sent" }, { rows[1].outcome, rows[2].outcome })
      rows = client:reconcile({ lost(), lost() }, { settle = 0 })
      assert.same({ "accepted", first.id, "not_sent" }, { rows[1].outcome, rows[1].id, rows[2].outcome })
      client:send(twin)
      rows = client:reconcile({ lost(), lost(), lost() }, { settle = 0 })
      assert.same({ "accepted", "accepted", "not_sent" }, { rows[1].outcome, rows[2].outcome, rows[3].outcome })
      assert.not_equal(rows[1].id, rows[2].id)
    end)

    it("finds a text by what its variables made of it", function()
      box:fault { match = { method = "POST", times = 1 }, fault = "accept-then-reset" }
      local rows = client:send_many { { to = "+12065550123", text = "hello {name}", vars = { name = "Ann" } } }
      assert.same({ "unknown", "hello Ann" }, { rows[1].outcome, rows[1].text })
      assert.equal("accepted", client:reconcile(rows, { settle = 0 })[1].outcome)
    end)

    it("does not take a row of unknown age for one that never came", function()
      local row = { to = "+12065550123", text = "lost", reference = "sms-lost", outcome = "unknown" }
      local rows = client:reconcile { row }
      assert.equal("unknown", rows[1].outcome)
      assert.is_string(rows[1].reason)
    end)

    it("leaves a row open when the history can't be asked", function()
      box:fault { fault = "500" }
      local row = { to = "+12065550123", text = "lost", reference = "sms-lost", time = 0, outcome = "unknown" }
      local rows = client:reconcile({ row }, { retries = 0 })
      assert.equal("unknown", rows[1].outcome)
      assert.matches("the look%-up failed: .*HTTP 500", rows[1].reason)
    end)

    it("refuses what makes no sense, at the caller's line", function()
      for words, arguments in pairs {
        ["rows must be a list"] = { "x" }, ["'rows[2]' must be a table, got a string"] = { { {}, "x" } },
        ["unknown option 'setle'"] = { {}, { setle = 1 } },
        ["option 'settle' must be a finite number, got a string"] = { {}, { settle = "1" } },
        ["option 'settle' must be a number of seconds, 0 or more"] = { {}, { settle = -1 } },
        ["options must be a table"] = { {}, 5 },
      } do
        local ok, message = pcall(function() client:reconcile(table.unpack(arguments)) end)
        assert.is_false(ok)
        assert.truthy(message:find(words, 1, true), message)
        assert.matches("^spec/message/reconcile_spec.lua:", message)
      end
    end)

    it("leaves settled rows alone and keeps the order", function()
      local rows = { { outcome = "accepted", id = "1" }, { outcome = "not_sent" } }
      assert.same(rows, client:reconcile(rows))
    end)
  end)
end

describe("reconcile where there is no history", function()
  it("says so: websms", function()
    local client = fixture "websms"
    local rows = client:reconcile { { outcome = "unknown", to = "4366", text = "x" } }
    assert.equal("unknown", rows[1].outcome)
    assert.matches("no history", rows[1].reason)
  end)

  it("says so: fast singles of MessageWhiz, while a broadcast is found by its name", function()
    local client, box = fixture "messagewhiz"
    local rows = client:reconcile { { outcome = "unknown", to = "447700900123", text = "x", reference = "r" } }
    assert.matches("no history of fast singles", rows[1].reason)
    client.senders:create { name = "me" }
    box:fault { match = { path = "combinedsubmit", times = 1 }, fault = "accept-then-reset" }
    rows = client:send_many { { to = "447700900123", from = "me", text = "x" }, { to = "447700900124", from = "me", text = "x" } }
    assert.same({ "unknown", "unknown" }, { rows[1].outcome, rows[2].outcome })
    rows = client:reconcile(rows, { settle = 0 })
    assert.same({ "accepted", "accepted" }, { rows[1].outcome, rows[2].outcome })
    assert.equal(rows[1].broadcast_id, rows[2].broadcast_id)
    assert.matches("no reference", client:reconcile({ { outcome = "unknown", broadcast = true } })[1].reason)
  end)

  it("finds a text that MessageWhiz was to send later", function()
    local client, box = fixture "messagewhiz"
    client.senders:create { name = "me" }
    box:fault { match = { path = "combinedsubmit", times = 1 }, fault = "accept-then-reset" }
    local rows = client:send_many { { to = "447700900123", from = "me", text = "x", at = os.time() + 3600 } }
    assert.equal("unknown", rows[1].outcome)
    rows = client:reconcile(rows, { settle = 0 })
    assert.same({ "accepted", true }, { rows[1].outcome, rows[1].broadcast_id ~= nil })
  end)
end)

describe("reconcile on zoomconnect", function()
  it("finds what has no reference by number, text and time", function()
    local client = fixture "zoomconnect"
    local now = os.time()
    assert(client:send { to = "+27825550123", text = "hello", at = now + 86400 })
    local function look(row)
      row.outcome = "unknown"
      return client:reconcile({ row }, { settle = 0 })[1]
    end
    assert.equal("accepted", look { to = "0825550123", text = "hello", time = now, at = now + 86400 }.outcome)
    assert.equal("not_sent", look { to = "0825550123", text = "hello", time = now }.outcome)
    assert.equal("not_sent", look { to = "+27825550123", text = "hello!", time = now, at = now + 86400 }.outcome)
    assert.equal("not_sent", look { to = "+27825550124", text = "hello", time = now, at = now + 86400 }.outcome)
    assert.matches("nor all of", look { to = "+27825550124" }.reason)
  end)

  it("does not believe in the absence of a reference that may have been truncated", function()
    local client = fixture "zoomconnect"
    local row = { to = "+27825550123", text = "x", reference = ("r"):rep(51), time = 0, outcome = "unknown" }
    local settled = client:reconcile({ row })[1]
    assert.equal("unknown", settled.outcome)
    assert.matches("may have been truncated", settled.reason)
  end)
end)

describe("the rows of a send_many", function()
  it("may all be handed on, whatever is wrong with those that were never sent", function()
    local client = fixture "zoomconnect"
    local rows = client:send_many {
      { to = "+27821234567", text = 5 }, { to = "+27821234567", text = "x", at = "tomorrow" },
      { to = "+27821234567", text = "x", reference = {} },
    }
    assert.same(rows, client:reconcile(rows))
  end)

  it("may have times as text; a time that can't be one is a fault of the data", function()
    local client = fixture "zoomconnect"
    local row = { to = "+27821234567", text = "lost", time = 0, at = "2100-01-01T10:00:00+02:00", outcome = "unknown" }
    assert.equal(4102473600, client:reconcile({ row })[1].at)
    for field, bad in pairs { at = { at = 1 / 0 }, time = { time = 0 / 0 } } do
      bad.to, bad.text, bad.outcome = "+27821234567", "x", "unknown"
      local nothing, err = client:reconcile { row, bad }
      assert.same({ nil, "invalid", "not_sent", field }, { nothing, err.kind, err.outcome, err.field })
      assert.matches("of row 2 must be a finite number", err.message)
    end
    local _, err = client:reconcile { { at = "tomorrow", outcome = "unknown" } }
    assert.same({ "at", "'at' of row 1 must be RFC 3339 text with an offset, or seconds" }, { err.field, err.message })
    local ok, words = pcall(function() client:reconcile { { at = {}, outcome = "unknown" } } end)
    assert.same({ false, true }, { ok, words:find("'at' of row 1 must be a finite number, got a table", 1, true) ~= nil })
  end)
end)
