-- SPDX-License-Identifier: MIT
-- Requests through the core against a raw peer: what goes on the wire, connection reuse, one attempt per send.

local core = require "sms.core"
local peer = require "spec.support.peer"
local raw_calls = require "spec.support.raw_calls"
local uv = require "spec.support.uv"

describe("sms.core transfers", function()
  local raw = raw_calls.new()
  local serve, open, start, call = raw.serve, raw.open, raw.start, raw.call

  before_each(raw.begin)
  after_each(raw.finish)

  it("sends a JSON body and gives status, body, attempts and duration", function()
    serve()
    open { base_url = raw.server.url .. "/prefix/" }
    local began = core.now()
    local transfer, result = call("POST", "/a%2Fb/../c?x=%C3%A9", '{"a":1}', 60)
    assert.are.same({ 200, '{"a":1}', 1 }, { result[1], result[2], result[3] })
    assert.is_true(result[4] > 0 and result[4] <= core.now() - began)
    local request = raw.server.arrived[1]
    assert.are.equal("POST", request.method)
    assert.are.equal("/prefix/a%2Fb/../c?x=%C3%A9", request.target)
    assert.are.equal("application/json", request.headers["content-type"])
    assert.is_nil(request.headers.expect)
    assert.are.equal(raw.server.url .. "/prefix/a%2Fb/../c?x=%C3%A9", transfer:effective_url())
  end)

  it("sends each verb with just the headers it needs", function()
    serve()
    open()
    local lengths = {}
    for _, verb in ipairs { "GET", "POST", "PUT", "GET", "PATCH", "DELETE", "HEAD", "GET", "BREW" } do
      local _, result = call(verb, "/")
      assert.are.equal(200, result[1])
      local request = raw.server.arrived[#raw.server.arrived]
      assert.are.equal(verb, request.method)
      assert.is_nil(request.headers["content-type"])
      lengths[#lengths + 1] = request.headers["content-length"] or "none"
    end
    assert.are.same({ "none", "0", "0", "none", "0", "none", "none", "none", "none" }, lengths)
    local _, result = call("DELETE", "/", '{"id":1}')
    assert.are.equal('{"id":1}', result[2])
    assert.are.equal("DELETE", raw.server.arrived[#raw.server.arrived].method)
    assert.are.equal(1, raw.server.connections)
  end)

  it("sends the endpoint's headers and lets a request replace and add some", function()
    serve()
    open { headers = { ["X-One"] = "1", ["X-Two"] = "2", ["X-Empty"] = "" }, user_agent = "spec/1" }
    call("POST", "/", "{}")
    local first = raw.server.arrived[1].headers
    assert.are.same({ "1", "2", "", "spec/1" }, { first["x-one"], first["x-two"], first["x-empty"], first["user-agent"] })
    call("POST", "/", "a=b", 60, false, { headers = { ["x-two"] = "zwei", ["X-Three"] = "3" }, content_type = "text/plain" })
    local second = raw.server.arrived[2]
    assert.are.same({ "1", "zwei", "3", "text/plain" },
      { second.headers["x-one"], second.headers["x-two"], second.headers["x-three"], second.headers["content-type"] })
    local _, count = second.head:lower():gsub("x%-two", "")
    assert.are.equal(1, count)
    call("POST", "/", "{}")
    assert.are.same(first, raw.server.arrived[3].headers)
    open { headers = { ["accept-encoding"] = "identity" } }
    call("GET", "/")
    assert.are.equal("identity", raw.server.arrived[4].headers["accept-encoding"])
    assert.is_nil(raw.server.arrived[4].head:find("gzip", 1, true))
  end)

  it("gives the headers of the last response, repeats joined", function()
    serve(function(connection)
      connection:request()
      connection:write("HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n")
      connection:write("HTTP/1.1 201 Made\r\nX-A: one\r\nx-a:  two \r\nContent-Length: 0\r\n\r\n")
    end)
    open()
    local transfer, result = call("POST", "/", "{}")
    assert.are.equal(201, result[1])
    assert.are.same({ ["x-a"] = "one, two", ["content-length"] = "0" }, transfer:headers())
    assert.are.equal("X-A: one\r\nx-a:  two \r\nContent-Length: 0\r\n", transfer:head())
    assert.are.same(transfer:headers(), core.headers(transfer:head()))
    assert.are.same({}, core.headers(""))
    assert.are.equal("one, two", transfer:header("X-a"))
    assert.is_nil(transfer:header("x-early"))
  end)

  it("reuses a connection, and tells figures while and after it runs", function()
    serve()
    open()
    for i = 1, 5 do
      local transfer, result = call("POST", "/", ('{"n":%d}'):format(i))
      assert.are.equal(200, result[1])
      assert.are.same({ 7, 7, 7, 7 }, { transfer:progress() })
      local times = transfer:timings()
      assert.is_true(times.total > 0 and times.start <= times.total and times.tls == 0 and times.name_lookup <= times.total)
    end
    assert.are.equal(1, raw.server.connections)
    assert.are.equal(5, #raw.server.arrived)
  end)

  it("names an owner in the news, and uses a transfer again whose result was taken", function()
    serve()
    open()
    local news, last = {}, nil
    for i = 1, 3 do
      local owner, body = {}, ('{"n":%d}'):format(i)
      local transfer = start("POST", "/", body, 60, true, nil, owner)
      assert.are.same({}, { core.take(transfer) })
      assert.are.same({ owner, last or transfer }, { transfer:owner(), transfer })
      assert.is_true(raw.server:drive({ step = function() raw.pool:step(0.001, news) end }, function() return news[1] end))
      assert.is_true(rawequal(owner, table.remove(news)))
      local status, text, attempts, seconds, head = core.take(transfer)
      assert.are.same({ 200, body, 1 }, { status, text, attempts })
      assert.is_true(seconds > 0 and head:find("Content-Length: 7", 1, true) ~= nil)
      assert.is_nil(transfer:owner())
      transfer:close() -- it is the pool's now
      transfer:cancel()
      assert.are.same({}, { core.take(transfer) })
      assert.has_error(function() transfer:result() end, "the transfer is still running")
      last = transfer
    end
    assert.are.equal(3, #raw.server.arrived)
  end)

  it("tells owners in the news, transfers where there is none, and gives a result once", function()
    serve()
    open()
    local owner, news = {}, {}
    local transfer, other = start("POST", "/", "{}", 60, true, nil, owner), start("POST", "/", "{}", 60)
    assert.is_true(raw.server:drive({ step = function() return raw.pool:step(0.001, news) end }, function() return #news == 2 end))
    if news[1] ~= owner then news[1], news[2] = news[2], news[1] end
    assert.are.same({ owner, other }, news)
    raw.pool:close()
    assert.are.equal(200, (core.take(transfer)))
    assert.are.equal("closed", select(2, core.take(transfer)).kind)
  end)

  it("keeps alive what is in flight or waits to be used again, and nothing else", function()
    serve()
    open()
    local news = {}
    local function kept()
      local count = 0
      for _, value in pairs(debug.getuservalue(raw.pool, 1)) do count = count + (type(value) == "userdata" and 1 or 0) end
      return count
    end
    local function step() raw.pool:step(0.001, news) end
    local function finish() return raw.server:drive({ step = step }, function() return table.remove(news) end) end
    local function use_again()
      local transfer = start("GET", "/", nil, 60, true, nil, {})
      assert.are.equal(1, kept())
      assert.is_true(finish())
      assert.are.equal(200, (core.take(transfer)))
      assert.are.equal(1, kept())
    end
    use_again()
    use_again()
    assert.has_error(function() start("GET", "/", nil, 60, true, { headers = { "X: 1" } }) end)
    assert.are.equal(0, kept())
    use_again()
    assert.are.equal("invalid", (select(2, raw.pool:start(raw.endpoint, "GET it", "/", nil, 60, true, nil, {}))))
    assert.are.equal(0, kept())
    use_again()
    local given_up = start("GET", "/", nil, 60, true, nil, {})
    assert.is_true(finish())
    given_up:close()
    assert.are.equal(0, kept())
    start("GET", "/", nil, 60)
    assert.are.equal(1, kept())
    assert.is_true(finish())
    assert.are.equal(0, kept())
    use_again()
  end)

  it("asks for one target after the other on the same handle", function()
    serve()
    open()
    local targets = { "/a", "/a", "/ab", "/a?x=1", "/a", "/b", "/" }
    for _, target in ipairs(targets) do call("GET", target) end
    for i, target in ipairs(targets) do assert.are.equal(target, raw.server.arrived[i].target) end
    assert.are.equal(#targets, #raw.server.arrived)
  end)

  it("runs many at once within the cap of connections", function()
    serve()
    open()
    raw.pool:close()
    raw.pool = core.pool { max_connections = 3 }
    local transfers = {}
    for i = 1, 20 do transfers[i] = start("POST", "/" .. i, "{}") end
    assert.are.equal("sms.pool: 20 in flight", tostring(raw.pool))
    assert.is_true(raw.server:drive(raw.pool, function() return raw.pool:step(0) == 0 end))
    for _, transfer in ipairs(transfers) do assert.are.equal(200, (transfer:result())) end
    assert.are.equal(3, raw.server.connections)
  end)

  -- libcurl by itself posts again when a reused connection dies before a response.
  local function second_post(how, once)
    serve(function(connection, number)
      connection:request()
      connection:answer(200, "first response on " .. number)
      if connection:request() then connection:finish(how) end
    end)
    open()
    call("POST", "/", '{"text":1}', 60, once)
    local transfer, result = call("POST", "/", '{"text":2}', 60, once)
    local bodies = {}
    for i, request in ipairs(raw.server.arrived) do bodies[i] = request.body end
    return bodies, result, transfer
  end

  for _, how in ipairs { "fin", "reset" } do
    it("puts a one-attempt request on a wire once though the reused connection dies: " .. how, function()
      local bodies, result = second_post(how, true)
      assert.are.same({ '{"text":1}', '{"text":2}' }, bodies)
      assert.is_nil(result[1])
      assert.are.equal("network", result[2].kind)
      assert.are.equal(1, result[2].attempts)
      assert.is_nil(result[2].status)
      assert.matches("not repeated", result[2].message)
    end)

    it("lets libcurl send a repeatable request again: " .. how, function()
      local bodies, result = second_post(how, false)
      assert.are.same({ '{"text":1}', '{"text":2}', '{"text":2}' }, bodies)
      assert.are.same({ 200, "first response on 2", 2 }, { result[1], result[2], result[3] })
    end)
  end

  it("reports a fresh connection that ends without a response as one attempt", function()
    serve(function(connection)
      connection:request()
      connection:reset()
    end)
    open()
    local _, result = call("POST", "/", "{}", 60, true)
    assert.are.same({ "network", 1 }, { result[2].kind, result[2].attempts })
  end)

  it("proves that nothing left when connecting is refused", function()
    serve()
    open { base_url = "http://127.0.0.1:" .. peer.free_port() }
    local _, result = call("POST", "/", "{}", 60, true)
    assert.are.equal("network", result[2].kind)
    assert.are.equal(7, result[2].code)
    assert.are.equal(0, result[2].attempts)
    assert.is_nil(result[2].status)
    assert.are.equal("", result[2].body)
  end)

  it("cancels, more than once, and closes the connection", function()
    serve(function(connection)
      while connection:request() do end
      connection.left = true
    end)
    open()
    local transfer = start("POST", "/", "{}", 60, true)
    raw.server:drive(raw.pool, function() return #raw.server.arrived == 1 end)
    transfer:cancel()
    transfer:cancel()
    assert.is_true(transfer:done())
    local _, failure = transfer:result()
    assert.are.same({ "cancelled", "the request was cancelled", 0, 1 }, { failure.kind, failure.message, failure.code, failure.attempts })
    assert.is_true(raw.server:drive(raw.pool, function() return next(raw.server.open).left end))
    assert.are.equal("sms.pool: 0 in flight", tostring(raw.pool))
    local unsent = start("POST", "/", "{}")
    unsent:cancel()
    assert.are.equal(0, select(2, unsent:result()).attempts)
  end)

  it("goes through a plain forward proxy, and past the environment's for loopback", function()
    serve(function(connection)
      while connection:request() do connection:answer(200, "by proxy") end
    end)
    open { base_url = "http://localhost:1", proxy = raw.server.url }
    local _, result = call("GET", "/x?y")
    assert.are.equal("by proxy", result[2])
    assert.are.equal("http://localhost:1/x?y", raw.server.arrived[1].target)
    assert.has_error(function() open { proxy = "http://192.0.2.1:8080" } end,
      "option 'proxy' is not loopback, and the base URL is plain http")
    uv.os_setenv("http_proxy", "http://127.0.0.1:1")
    open { base_url = raw.server.url }
    assert.are.equal("by proxy", select(2, call("GET", "/"))[2])
    uv.os_unsetenv "http_proxy"
    assert.are.equal("/", raw.server.arrived[2].target)
  end)

  it("shows a proxy that refuses to tunnel nothing of the request", function()
    serve(function(connection)
      while connection:request() do connection:answer(403, "no") end
    end)
    open {
      base_url = "https://sms.example/path", proxy = raw.server.url:gsub("//", "//me:pass@"),
      auth = core.auth { { scheme = "bearer", value = "hidden" } }, headers = { ["X-Hidden"] = "hidden" },
    }
    local _, result = call("POST", "/", '{"hidden":1}', 60, true)
    assert.are.same({ "forbidden", 0 }, { result[2].kind, result[2].attempts })
    assert.is_nil(result[2].status)
    local request = raw.server.arrived[1]
    assert.are.same({ "CONNECT", "sms.example:443" }, { request.method, request.target })
    assert.are.equal("Basic bWU6cGFzcw==", request.headers["proxy-authorization"])
    assert.is_nil(request.head:find("hidden", 1, true))
  end)

  it("does not follow redirects", function()
    serve(function(connection)
      while connection:request() do connection:answer(302, "", "Location: " .. raw.server.url .. "/elsewhere\r\n") end
    end)
    open()
    local _, result = call("POST", "/", "{}", 60, true)
    assert.are.equal(302, result[1])
    assert.are.equal(1, #raw.server.arrived)
  end)

  it("calls noise instead of HTTP a network failure", function()
    serve(function(connection)
      connection:request()
      connection:write("no HTTP here\r\n\r\n")
      connection:fin()
    end)
    open()
    local _, result = call("GET", "/")
    assert.are.equal("network", result[2].kind)
  end)
end)
