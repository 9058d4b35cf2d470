-- SPDX-License-Identifier: MIT
-- Workers as processes: killed, stopped beyond their lease, ended by signals; and what the plans of the database rest on. The trial in
-- trials/outbox.lua does the same hundreds of times.

local driver = require "sms.outbox.driver"
local patience = require "spec.support.patience"
local postgres = require "spec.support.postgres"
local sms = require "sms"
local support = require "spec.support.outbox"
local uv = require "luv"

teardown(support.finish)

local function turn(seconds)
  local ends = uv.now() + seconds * 1000
  repeat
    uv.run "nowait"
    uv.sleep(2)
    uv.update_time()
  until uv.now() >= ends
end

local function wait(process)
  local ends = uv.hrtime() + patience.MOST * 1e9
  while not process.over and uv.hrtime() < ends do turn(0.05) end
  assert.is_true(process.over, "the process did not end")
end

local function spawn(args, out)
  local self = { over = false }
  self.handle, self.pid = assert(uv.spawn(os.getenv "LUA" or "lua5.4", {
    args = args, stdio = { out and out.input or nil, out and out.output or nil, 2 },
  },
    function(code, signal)
      self.over, self.code, self.signal = true, code, signal
      self.handle:close()
    end))
  return self
end

for _, engine in ipairs(support.engines()) do
  describe("workers of an outbox in " .. engine.name, function()
    if engine.absent then return pending(engine.absent) end
    local address, outbox, server, books, input, output, port

    before_each(function()
      address, books = engine.address(), os.tmpname()
      outbox = assert(sms.outbox.open(address))
      input, output = uv.new_pipe(), uv.new_pipe()
      server = spawn({ "trials/outbox_server.lua", books, "60", "off" }, { input = input, output = output })
      local text = ""
      output:read_start(function(_, data) text = text .. (data or "") end)
      while not text:find "\n" do turn(0.01) end
      port = text:match "%d+"
      local plan = assert(outbox:plan("june", support.rows(60), { text = "Hi {name}", route = "zc" }))
      assert(outbox:apply("june", plan.digest))
    end)

    after_each(function()
      input:close()
      output:close()
      wait(server)
      outbox:close()
      support.remove(address)
      os.remove(books)
    end)

    -- A worker whose calls, and whose lease, a machine that stands still doesn't end.
    local PATIENT = [[local sms = require "sms"
      local make = sms.zoomconnect
      sms.zoomconnect = function(options)
        options.timeout = 30
        return make(options)
      end]]
    local function start() return spawn { "-e", PATIENT, "trials/outbox_worker.lua", address, port, "5", "3", "60" } end

    local function taken()
      local count = {}
      for line in io.lines(books) do
        local reference = line:match "(%S+)$"
        count[reference] = (count[reference] or 0) + 1
      end
      return count
    end

    -- Lets a worker send, until the server has so many of the rows.
    local function await_taken(least)
      local ends = uv.hrtime() + patience.MOST * 1e9
      local function enough()
        local count = 0
        for _ in io.lines(books) do count = count + 1 end
        return count >= least
      end
      repeat turn(0.01) until enough() or uv.hrtime() > ends
      assert.is_true(enough(), "the rows were not sent")
    end

    it("that are killed lose nothing and send nothing twice", function()
      local first = start()
      await_taken(10)
      first.handle:kill(9)
      wait(first)
      local second = start()
      wait(second)
      local books_say, status = taken(), outbox:status "june"
      assert.same({ 0, 0 }, { status.ready, status.sending })
      assert.equal(60, status.accepted + status.unknown)
      assert.is_true(status.unknown <= 5 + 2 * 3)
      for row in outbox:rows { run = "june" } do
        local n = books_say[row.reference] or 0
        assert.is_true(row.state == "accepted" and n == 1 or row.state == "unknown" and n <= 1, row.state .. " " .. n)
      end
    end)

    it("end in order at the first signal, and the rest is taken up again", function()
      local first = start()
      await_taken(10)
      first.handle:kill "sigterm"
      wait(first)
      assert.equal(5, first.code)
      local status = outbox:status "june"
      assert.same({ 0, 0 }, { status.sending, status.unknown })
      assert.is_true(status.ready > 0)
      local second = start()
      wait(second)
      assert.equal(0, second.code)
      assert.equal(60, outbox:status("june").accepted)
    end)
  end)
end

describe("the plans of PostgreSQL", function()
  if postgres.absent() then return pending(postgres.absent()) end

  local function integer(rows) return math.tointeger(tonumber(rows[1][1])) end

  it("settle by primary key and claim by their index, without statistics", function()
    local address = support.engines()[2].address()
    assert(sms.outbox.open(address)):close()
    local handle = assert(driver.open("PostgreSQL", address))
    finally(function() driver.close(handle) end)
    local function sql(...) return assert(driver.exec(handle, ...)) end
    sql "insert into sms.run (name, kind, state) values ('big', 'list', 'active')"
    sql "insert into sms.lane (run_id, route) values (1, 'zc')"
    sql "alter table sms.message set (autovacuum_enabled = off)"
    sql [[insert into sms.message (run_id, lane_id, key, reference, recipient) select 1, 1, n::text, 'r' || n, '+27'
      from generate_series(1, 20000) n]]
    sql "insert into sms.worker (host, pid, alive_until) values ('h', 1, now() + interval '1 h')"
    sql "begin"
    local options = '{"want": 100, "lease": 60000, "routes": ["zc"], "open": [], "cursors": {}}'
    assert.equal(100, #sql("select id from sms.exchange(1, null, cast(? as jsonb)) where kind = 'sending'", options))
    local results = {}
    for i = 1, 100 do results[i] = ('[%d,1,"accepted","zc","p%d",null,null,null,null,1]'):format(i, i) end
    assert.equal(0, #sql("select id from sms.exchange(1, cast(? as jsonb), cast(? as jsonb))", "[" .. table.concat(results, ",") .. "]",
      (options:gsub("100", "0", 1))))
    local scans = "select cast(coalesce(%s, 0) as text) from pg_stat_xact_all_tables where relname = 'message' and schemaname = 'sms'"
    assert.equal(0, integer(sql(scans:format "seq_scan")))
    assert.is_true(integer(sql(scans:format "idx_scan")) > 100)
    assert.equal(100, integer(sql "select cast(count(*) as text) from sms.message where state = 'accepted'"))
    sql "rollback"
  end)
end)
