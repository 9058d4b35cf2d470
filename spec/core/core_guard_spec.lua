-- SPDX-License-Identifier: MIT
-- What the core refuses, and that it survives being closed and collected in any order.

local core = require "sms.core"
local peer = require "spec.support.peer"

describe("sms.core guards", function()
  local server

  before_each(function() server = peer.server() end)
  after_each(function()
    server:close()
    collectgarbage()
    collectgarbage()
  end)

  local function raises(pattern, fn, ...)
    local good, text = pcall(fn, ...)
    assert.is_false(good, "nothing was raised")
    assert.matches(pattern, text)
  end

  describe("endpoint", function()
    it("refuses base URLs that are not safe, naming the option", function()
      local bad = {
        "http://example.com", "http://127.0.0.1.example.com", "http://localhost.example.com", "http://128.0.0.1", "http://[::2]",
        "http://0.0.0.0", "ftp://localhost", "localhost", "", "https://", "https://user:pass@example.com", "https://user@example.com",
        "https://example.com/?a=1", "https://example.com/#x", "https://exa mple.com", "https://example.com/\r\nX: 1", "file:///etc/passwd",
      }
      for _, url in ipairs(bad) do raises("option 'base_url' ", core.endpoint, { base_url = url }) end
      raises("option 'base_url' must not contain a NUL", core.endpoint, { base_url = "https://example.com\0.org" })
      raises("option 'base_url' is missing", core.endpoint, {})
      raises("option 'base_url' must be a string, not number", core.endpoint, { base_url = 1 })
    end)

    it("takes https anywhere, and http on loopback", function()
      local good = {
        ["https://example.com/"] = "https://example.com", ["https://example.com:8443/api/3//"] = "https://example.com:8443/api/3",
        ["HTTP://LocalHost:80"] = "http://LocalHost:80", ["http://127.8.9.1/x"] = "http://127.8.9.1/x",
        ["http://[::1]:8025/"] = "http://[::1]:8025", ["http://[0:0:0:0:0:0:0:1]"] = "http://[::1]",
      }
      for url, shown in pairs(good) do
        assert.are.equal("sms.endpoint: " .. shown, tostring(core.endpoint { base_url = url }))
      end
    end)

    it("refuses headers that would break out of their line or fake the framing", function()
      local bad = {
        ["X-A"] = "1\r\nX-B: 2", ["X-B"] = "1\n", ["X-C"] = "1\0", ["X D"] = "1", [""] = "1", ["X-E:"] = "1", ["X\r\nF"] = "1",
        ["Content-Length"] = "5", ["transfer-encoding"] = "chunked", ["Content-Type"] = "text/plain",
      }
      for name, value in pairs(bad) do
        raises("option 'headers' has a name or value that cannot be sent", core.endpoint,
          { base_url = server.url, headers = { [name] = value } })
      end
      raises("option 'headers' must map strings to strings", core.endpoint, { base_url = server.url, headers = { "X: 1" } })
      raises("option 'user_agent' must not contain CR or LF", core.endpoint, { base_url = server.url, user_agent = "a\r\nX: 1" })
    end)

    it("refuses unknown and wrongly typed options", function()
      raises("unknown option 'connect_timeuot'; did you mean 'connect_timeout'%?", core.endpoint,
        { base_url = server.url, connect_timeuot = 1 })
      raises("unknown option '1'", core.endpoint, { server.url })
      raises("option 'connect_timeout' must be a number of seconds, not string", core.endpoint,
        { base_url = server.url, connect_timeout = "1" })
      raises("option 'stall_timeout' must be 0 seconds or more", core.endpoint, { base_url = server.url, stall_timeout = 0 / 0 })
      raises("option 'max_body' must be an integer", core.endpoint, { base_url = server.url, max_body = 1.5 })
      raises("option 'http' must be", core.endpoint, { base_url = server.url, http = "3" })
      raises("sms.auth expected", core.endpoint, { base_url = server.url, auth = {} })
      raises("unknown option 'max_conections'; did you mean 'max_connections'%?", core.pool, { max_conections = 1 })
      raises("option 'max_total' must be at most", core.pool, { max_total = 1 << 40 })
    end)
  end)

  describe("start", function()
    local pool, endpoint
    before_each(function() pool, endpoint = core.pool(), core.endpoint { base_url = server.url } end)
    after_each(function() pool:close() end)

    it("refuses what cannot be sent, with a reason and before the network", function()
      local bad = {
        { "GET", "x" }, { "GET", "" }, { "GET", "/a b" }, { "GET", "/a\r\nX: 1" }, { "GET", "/#x" }, { "GET", "/\0" }, { "GET", "/ü" },
        { "GE T", "/" }, { "", "/" }, { "G\r\nX:", "/" }, { ("G"):rep(20), "/" },
        { "POST", "/", "a", content_type = "text/plain\r\nX: 1" }, { "GET", "/", headers = { ["X-A"] = "1\r\nX-B: 2" } },
        { "GET", "/", headers = { ["X\n"] = "1" } }, { "POST", "/", "a", headers = { ["Content-Length"] = "0" } },
        { "POST", "/", parts = { { name = "a", data = "b", type = "text/plain\r\nX: 1" } } },
      }
      for i, case in ipairs(bad) do
        local extra = { content_type = case.content_type, headers = case.headers, parts = case.parts }
        local transfer, kind, text = pool:start(endpoint, case[1], case[2], case[3], 60, true, extra)
        assert.are.same({ i, nil, "invalid" }, { i, transfer, kind })
        assert.is_true(#text > 10)
      end
      assert.are.equal("sms.pool: 0 in flight", tostring(pool))
      pool:step(0.01)
      server:turn()
      assert.are.equal(0, server.connections)
    end)

    it("raises for a mistake in the call", function()
      raises("string expected", pool.start, pool, endpoint, "GET")
      raises("string expected", pool.start, pool, endpoint, "GET", "/", 5)
      raises("seconds of 0 or more", pool.start, pool, endpoint, "GET", "/", nil, -1)
      raises("unknown option 'content_tpye'", pool.start, pool, endpoint, "GET", "/", nil, 1, true, { content_tpye = "x" })
      raises("only one of body", pool.start, pool, endpoint, "POST", "/", "x", 1, true, { feed = true })
      raises("option 'parts' must not be empty", pool.start, pool, endpoint, "POST", "/", nil, 1, true, { parts = {} })
      raises("part 1 must have a name", pool.start, pool, endpoint, "POST", "/", nil, 1, true, { parts = { { data = "x" } } })
      raises("part 1 must have", pool.start, pool, endpoint, "POST", "/", nil, 1, true,
        { parts = { { name = "n", data = "x", path = "y" } } })
      raises("option 'name' must not contain a NUL", pool.start, pool, endpoint, "POST", "/", nil, 1, true,
        { parts = { { name = "n\0", data = "" } } })
      raises("option 'headers' must map", pool.start, pool, endpoint, "POST", "/", nil, 1, true, { headers = { 1 } })
      raises("sms.endpoint expected", pool.start, pool, {}, "GET", "/")
      raises("sms.pool expected", pool.start, endpoint, endpoint, "GET", "/")
      raises("still running", function() pool:start(endpoint, "GET", "/"):result() end)
      raises("another pool", function() core.pool():wait(pool:start(endpoint, "GET", "/"), 0) end)
    end)
  end)

  describe("lifetime", function()
    local function set(silent)
      local pool, endpoint = core.pool(), core.endpoint { base_url = server.url, auth = core.auth { { scheme = "bearer", value = "abc" } } }
      local transfer = assert(pool:start(endpoint, "POST", "/", silent and "quiet" or "{}", 60, true))
      return { pool = pool, endpoint = endpoint, transfer = transfer }
    end

    local orders = {
      { "pool", "endpoint", "transfer" }, { "pool", "transfer", "endpoint" }, { "endpoint", "pool", "transfer" },
      { "endpoint", "transfer", "pool" }, { "transfer", "pool", "endpoint" }, { "transfer", "endpoint", "pool" },
    }

    it("closes in every order, before anything, in flight and after the end", function()
      for _, order in ipairs(orders) do
        for _, turns in ipairs { 0, 2, 200 } do
          local objects = set()
          local spare = assert(objects.pool:start(objects.endpoint, "GET", "/", nil, 60))
          for _ = 1, turns do
            objects.pool:step(0)
            server:turn()
          end
          for _, name in ipairs(order) do
            objects[name]:close()
            objects[name]:close()
            assert.is_string(tostring(objects[name]))
          end
          assert.is_true(objects.transfer:done() and spare:done())
          assert.are.equal("closed", select(2, objects.transfer:result()).kind)
          assert.are.same({}, objects.transfer:headers())
        end
      end
    end)

    it("is collected in every order, with requests in flight", function()
      for _, order in ipairs(orders) do
        for _, turns in ipairs { 0, 2, 200 } do
          local objects = set()
          for _ = 1, turns do
            objects.pool:step(0)
            server:turn()
          end
          for _, name in ipairs(order) do
            objects[name] = nil
            collectgarbage()
          end
          set() -- all at once
          collectgarbage()
        end
      end
    end)

    it("keeps a transfer alive while it is in flight, and lets go of it after", function()
      local objects = set()
      local watch = setmetatable({ objects.transfer }, { __mode = "v" })
      objects.transfer, objects.endpoint = nil, nil
      collectgarbage()
      collectgarbage()
      assert.is_true(server:drive(objects.pool, function() return objects.pool:step(0) == 0 end))
      assert.are.equal("Bearer abc", server.arrived[1].headers.authorization)
      collectgarbage()
      collectgarbage()
      assert.is_nil(watch[1])
    end)

    it("answers after closing instead of crashing", function()
      local objects = set()
      objects.transfer:close()
      local _, failure = objects.transfer:result()
      assert.are.same({ "closed", "the transfer was closed", 0 }, { failure.kind, failure.message, failure.attempts })
      assert.are.equal("", objects.transfer:effective_url())
      assert.is_nil(objects.transfer:header "x")
      objects.transfer:cancel()
      objects.endpoint:close()
      assert.are.same({ nil, "closed", "the endpoint is closed" }, { objects.pool:start(objects.endpoint, "GET", "/") })
      objects.pool:close()
      local closed = { nil, "closed", "the pool is closed" }
      assert.are.same(closed, { objects.pool:step(0) })
      assert.are.same(closed, { objects.pool:start(core.endpoint { base_url = server.url }, "GET", "/") })
      assert.is_true(objects.pool:wait(objects.transfer, 0))
    end)

    it("ends what is in flight when the pool closes, keeping what came so far", function()
      local objects = set()
      server:drive(objects.pool, function() return #server.arrived == 1 end)
      objects.pool:close()
      local result = table.pack(objects.transfer:result())
      assert.are.same({ nil, "closed", 1 }, { result[1], result[2].kind, result[2].attempts })
    end)

    it("closes at the end of a scope, also when an error is thrown", function()
      local transfer
      local ok, raised = pcall(function()
        local objects = set()
        local pool <close> = objects.pool
        local endpoint <close> = objects.endpoint
        transfer = objects.transfer
        local again <close> = assert(pool:start(endpoint, "GET", "/"))
        error(again)
      end)
      assert.same({ false, "userdata" }, { ok, type(raised) })
      assert.is_true(transfer:done())
    end)

    it("works with a collector that never rests", function()
      -- Lua 5.5 has these under other names.
      local function collector(pause, factor)
        if _VERSION == "Lua 5.4" then return collectgarbage("incremental", pause, factor) end
        collectgarbage "incremental"
        collectgarbage("param", "pause", pause)
        collectgarbage("param", "stepmul", factor)
      end
      collector(1, 1000)
      for i = 1, 50 do
        local objects = set()
        if i % 3 == 0 then objects.transfer:cancel() end
        server:drive(objects.pool, function() return objects.transfer:done() end)
        local status, failure = objects.transfer:result()
        assert.are.equal(i % 3 == 0 and "cancelled" or 200, status or failure.kind)
      end
      collector(200, 100)
    end)
  end)
end)
