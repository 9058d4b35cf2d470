-- SPDX-License-Identifier: MIT
-- Delivery reports and replies on their rows, what reconcile settles, what is looked at, exported, kept and forgotten; on each engine.

local patience = require "spec.support.patience"
local sms = require "sms"
local support = require "spec.support.outbox"

teardown(support.finish)

for _, engine in ipairs(support.engines()) do
  describe("an outbox in " .. engine.name .. ":", function()
    if engine.absent then return pending(engine.absent) end
    local outbox, address

    before_each(function() outbox, address = support.open(engine) end)
    after_each(function() support.close(outbox, address) end)

    local function sent(count, response)
      local plan = assert(outbox:plan("june", support.rows(count), { text = "Hi {name}", route = "zc" }))
      assert(outbox:apply("june", plan.digest))
      assert(outbox:work { routes = { zc = support.client(response) }, drain = true })
    end

    local function row(n)
      local at = 0
      for one in outbox:rows { run = "june" } do
        at = at + 1
        if at == (n or 1) then return one end
      end
    end

    local keys = 0
    local function event(fields)
      keys = keys + 1
      local out = { type = "delivery", provider = "zoomconnect", key = "key " .. keys, time = 1700000000, raw = {} }
      for name, value in pairs(fields) do out[name] = value end
      return out
    end

    it("a report lands on its row, by reference or by the provider's id, and a repeat has no effect", function()
      sent(2)
      local report = event { reference = row(1).reference, status = "delivered", id = "id27820000001" }
      assert.equal("joined", (outbox:take(report)))
      assert.equal("repeat", (outbox:take(report)))
      assert.equal("delivered", row(1).status)
      local what, id = outbox:take(event { id = "id27820000002", status = "sent" })
      assert.same({ "joined", row(2).id }, { what, id })
    end)

    it("a report's parts are added up, and its price is the cost where none was planned, also of one that came early", function()
      local plan = assert(outbox:plan("june", support.rows(2), { text = "Hi {name}", route = "zc" }))
      assert(outbox:apply("june", plan.digest))
      local parts = { { status = "DELIVRD" }, { status = "DELIVRD" }, { status = "DELIVRD" } }
      local early = event { id = "id27820000001", status = "delivered", parts = parts, price = "0.75" }
      assert.equal("parked", (outbox:take(early)))
      assert(outbox:work { routes = { zc = support.client() }, drain = true })
      local counts = { sent_count = 2, delivered_count = 1, undelivered_count = "1" }
      outbox:take(event { id = "id27820000002", status = "undelivered", failed_parts = 1, pduDLR = counts, price = "free" })
      assert.same({ 3, 0.75, "delivered" }, { row(1).segments, row(1).cost, row(1).status })
      assert.same({ 2, nil, "undelivered" }, { row(2).segments, row(2).cost, row(2).status })
    end)

    it("a status never goes back: not by rank, not by time", function()
      sent(1)
      local id = "id27820000001"
      outbox:take(event { id = id, status = "delivered", time = 1700000100 })
      outbox:take(event { id = id, status = "sent", time = 1700000200 })
      assert.equal("delivered", row().status)
      outbox:take(event { id = id, status = "queued", time = 1700000300 })
      assert.same({ "delivered", 1700000100 }, { row().status, row().status_time })
    end)

    it("a report that comes before the response to the send is parked, and joined by the settle", function()
      sent(1, function()
        assert.equal("parked", (outbox:take(event { id = "id27820000001", status = "delivered" })))
        return 200
      end)
      assert.same({ "accepted", "delivered" }, { row().state, row().status })
    end)

    it("a report proves that an unknown row was taken", function()
      sent(1, function() return 502, "<html>" end)
      assert.equal("unknown", row().state)
      outbox:take(event { reference = row().reference, id = "late-id", status = "sent" })
      assert.same({ "accepted", "report", "late-id", "sent" }, { row().state, row().reason, row().provider_id, row().status })
    end)

    it("on_event hears of what was new, wait of what was awaited", function()
      local heard = {}
      outbox:close()
      outbox = assert(sms.outbox.open(address, { on_event = function(one, what) heard[#heard + 1] = what .. " " .. one.status end }))
      sent(1)
      local reference = row().reference
      assert.equal("accepted", (outbox:wait(reference)))
      assert.is_nil((outbox:wait(reference, "delivered", 0.05)))
      sms.run(function()
        sms.task(function()
          sms.sleep(0.05)
          outbox:take(event { reference = reference, status = "delivered" })
        end)
        local state, status = outbox:wait(reference, "delivered", patience.MOST)
        assert.same({ "accepted", "delivered" }, { state, status })
      end)
      assert.same({ "joined delivered" }, heard)
      local none, err = outbox:wait "nobody"
      assert.is_nil(none)
      assert.equal("not_found", err.kind)
    end)

    it("a reply with a word to stop opts its number out, whoever sent; a word to start takes it back", function()
      for _, text in ipairs { "STOP", "Stop. Thank you", "stop all", "opt-out please", "ABMELDEN", "please stop", "Arrêt" } do
        outbox:take(event { type = "inbound", from = "27820000001", text = text })
        assert.equal("+27820000001", (outbox:optouts()() or {}).number, text)
        outbox:take(event { type = "inbound", from = "+27820000001", text = "Start" })
        assert.is_nil(outbox:optouts()(), text)
      end
      for _, text in ipairs { "stop by my office tomorrow", "Don't stop", "I can't stop laughing", "", "Yes and no" } do
        outbox:take(event { type = "inbound", from = "+27820000002", text = text })
        assert.is_nil(outbox:optouts()(), text)
      end
      local n = 0
      for reply in outbox:inbox "+27820000002" do
        n = n + 1
        assert.is_string(reply.text)
      end
      assert.equal(5, n)
    end)

    it("a provider's code for an opt-out enters the number", function()
      local client = sms.websms { token = "t", transport = function()
        return { status = 200, headers = { ["content-type"] = "application/json" },
          body = '{"statusCode":4031,"statusMessage":"recipient blacklisted"}' }
      end }
      local plan = assert(outbox:plan("june", support.rows(1), { text = "x", route = "ws" }))
      outbox:apply("june", plan.digest)
      assert(outbox:work { routes = { ws = client }, drain = true })
      assert.same({ "not_sent", "optout" }, { row().state, row().reason })
      assert.equal("+27820000001", outbox:optouts()().number)
    end)

    it("reconcile settles unknown rows by the history, only when their attempt is long over", function()
      sent(1, function() return 502, "<html>" end)
      local asked = 0
      local client = sms.zoomconnect { email = "a@example.org", token = "t", retries = 0, transport = function()
        asked = asked + 1
        return { status = 200, headers = { ["content-type"] = "application/json" }, body = '{"elements":[],"pages":1,"page":1,"links":[]}' }
      end }
      assert.same({ accepted = 0, not_sent = 0, unknown = 0 }, outbox:reconcile { run = "june", routes = { zc = client } })
      assert.equal(0, asked)
      local counts = outbox:reconcile { run = "june", routes = { zc = client }, settle = 0, lease = 0 }
      assert.equal(1, counts.accepted + counts.not_sent + counts.unknown)
      assert.is_true(asked > 0)
    end)

    it("rows go out as CSV and as JSON lines", function()
      sent(2)
      outbox:take(event { id = "id27820000002", status = "delivered" })
      local path = os.tmpname()
      assert.equal(2, outbox:export(path, { run = "june" }))
      local file <close> = assert(io.open(path))
      local text = file:read "a"
      assert.matches("^index,key,to,state,reason,error,segments,cost,provider,provider_id,reference,status,route,attempts,from,text\r\n",
        text)
      assert.matches("\r\n2,%+27820000002,%+27820000002,accepted,,,1,,zoomconnect,id27820000002,sms%-%x+,delivered,zc,1,,Hi N2\r\n$", text)
      assert.equal(2, outbox:export(path, { run = "june", format = "jsonl" }))
      local lines <close> = assert(io.open(path))
      assert.equal("Hi N1", sms.json.decode(lines:read "l").text)
      os.remove(path)
      local n, err = outbox:export("/nowhere/at/all.csv", { run = "june" })
      assert.is_nil(n)
      assert.matches("cannot write the export", err.message)
    end)

    it("a cell that a spreadsheet would take for a formula is made text", function()
      assert(outbox:plan("june", { { to = "+27820000001" } }, { text = "=1+1", route = "zc" }))
      local path = os.tmpname()
      outbox:export(path, { run = "june" })
      local file <close> = assert(io.open(path))
      assert.matches(",'=1%+1\r\n$", file:read "a")
      os.remove(path)
    end)

    it("texts and numbers are forgotten, counts are kept; finished runs are pruned", function()
      sent(3)
      assert.equal(0, outbox:forget { older = 3600 })
      assert.equal(3, outbox:forget { older = -1 })
      assert.same({ "accepted", "" }, { row().state, row().to })
      assert.is_nil(row().text)
      assert.equal(3, outbox:status("june").accepted)
      assert.equal(0, outbox:prune { older = 3600 })
      assert.equal(3, outbox:prune { older = -1 })
      local status, err = outbox:status "june"
      assert.is_nil(status)
      assert.matches("there is no run 'june'", err.message)
    end)

    it("a closed outbox says so", function()
      outbox:close()
      local status, err = outbox:status "june"
      assert.is_nil(status)
      assert.equal("closed", err.kind)
    end)
  end)
end

describe("opening an outbox", function()
  it("names the address that it takes, and what is wrong with the file", function()
    for address, words in pairs {
      ["run.db"] = "must begin with sqlite: or postgresql://", ["mysql://x"] = "must begin with sqlite: or postgresql://",
        ["sqlite:"] = "has no file name",
      ["sqlite::memory:"] = "in memory ends with the process", ["sqlite:/nowhere/x.db"] = "No such file or directory",
      ["sqlite:/tmp"] = "cannot open the outbox /tmp", ["postgresql:x"] = "must begin with postgresql://",
    } do
      local none, err = sms.outbox.open(address)
      assert.is_nil(none, address)
      assert.matches(words, err.message, 1, true)
    end
    assert.error_matches(function() sms.outbox.open(5) end, "the address must be a string")
    assert.error_matches(function() sms.outbox.open("sqlite:x", { durabilty = "full" }) end,
      "unknown option 'durabilty', did you mean 'durability'")
  end)

  it("refuses a file that is no database, and one of something else", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(("not a database\n"):rep(100))
    file:close()
    local none, err = sms.outbox.open("sqlite:" .. path)
    assert.is_nil(none)
    assert.matches("file is not a database", err.message)
    os.remove(path)
    support.sql("sqlite:" .. path, "create table songs (name text)")
    none, err = sms.outbox.open("sqlite:" .. path)
    assert.is_nil(none)
    assert.matches("a database of another application", err.message)
    support.remove("sqlite:" .. path)
  end)

  it("makes a file that only its owner reads", function()
    local path = os.tmpname()
    os.remove(path)
    assert(sms.outbox.open("sqlite:" .. path)):close()
    local pipe <close> = assert(io.popen("stat -c %a " .. path))
    assert.equal("600", pipe:read "l")
    support.remove("sqlite:" .. path)
  end)

  it("names the packages where the binding is missing", function()
    local driver = require "sms.outbox.driver"
    local searchers = package.searchers
    local dbi, dbd = package.loaded.DBI, package.loaded["dbd.sqlite3"]
    package.loaded.DBI, package.loaded["dbd.sqlite3"] = nil, nil
    package.searchers = {}
    local none, words, absent = driver.open("SQLite3", "x.db")
    package.searchers = searchers
    package.loaded.DBI, package.loaded["dbd.sqlite3"] = dbi, dbd
    assert.is_nil(none)
    assert.is_true(absent)
    assert.matches("apt-get install lua-dbi-sqlite3; LuaRocks: luarocks install luadbi-sqlite3", words, 1, true)
  end)
end)
