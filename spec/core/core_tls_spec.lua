-- SPDX-License-Identifier: MIT
-- TLS and HTTP/2 of the core against nginx on loopback: who is trusted, what is shared, what is not used again.

local core = require "sms.core"
local patience = require "spec.support.patience"
local peer = require "spec.support.peer"
local tls = require "spec.support.tls"

describe("sms.core over TLS", function()
  local server, upstream, pool, held
  local missing = tls.missing()

  setup(function()
    if missing then return end
    upstream = peer.listen(function(connection)
      while true do
        local request = connection:request()
        if not request then return connection:fin() end
        if request.target:find "hang" then connection:pause() end
        if request.target:find "half" then
          connection:write "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
          connection:pause()
        end
        while request.target:find "slow" and held do connection:pause(0.005) end
        connection:answer(200, "from upstream")
      end
    end)
    server = tls.start(upstream.port)
  end)

  teardown(function()
    if server then server.stop() end
    if upstream then upstream:close() end
  end)

  before_each(function() pool = core.pool() end)
  after_each(function() pool:close() end)

  local function check(name, fn)
    it(name, function()
      if missing then return pending(missing) end
      fn()
    end)
  end

  local function endpoint_for(options)
    options.base_url = options.base_url or server.url
    options.ca_file = options.ca_file or server.ca_file
    options.connect_timeout = patience.FAR
    return core.endpoint(options)
  end

  local function call(endpoint, target, timeout)
    local transfer = assert(pool:start(endpoint, "GET", target, nil, timeout or 60, true))
    return table.pack(upstream:finish(pool, transfer)), transfer
  end

  -- A call of which nothing more came than `got` tells, until its time was over.
  local function timed_out(endpoint, target, got)
    for limit in patience.limits(0.3) do
      local first = call(endpoint, "/")[2]
      local transfer = assert(pool:start(endpoint, "GET", target, nil, limit, true))
      local came = upstream:drive(pool, function() return transfer:done() or got(transfer) end) and not transfer:done()
      local result = table.pack(upstream:finish(pool, transfer))
      assert.are.equal("timeout", result[2].kind)
      if came then return result, first end
    end
  end

  -- Whether one more request has come to the peer.
  local function arrival()
    local before = #upstream.arrived
    return function() return #upstream.arrived > before end
  end

  local function half(transfer) return select(3, transfer:progress()) == 4 end

  check("puts a request on a new connection when the kept one has said goodbye", function()
    local endpoint = endpoint_for { base_url = server.idle_url }
    local function send() return table.pack(upstream:finish(pool, assert(pool:start(endpoint, "POST", "/", "{}", 60, true)))) end
    local first, second
    local ends = core.now() + patience.MOST
    repeat -- a busy machine may let the time of an idle connection pass, also at the very moment of the request
      first, second = second, send()[2]
    until first == second or core.now() > ends
    assert.are.equal(first, second)
    assert.matches("^HTTP/1", second)
    -- Until nginx has ended it: this side is in the state CLOSE_WAIT.
    local mark = (" 0100007F:%04X 08 "):format(tonumber(server.idle_url:match "%d+$"))
    local function goodbye()
      local file <close> = io.open "/proc/net/tcp"
      return not file or file:read("a"):find(mark, 1, true)
    end
    local soonest, last = core.now() + 0.8, core.now() + patience.MOST
    repeat core.rest({}, 0.1) until core.now() > soonest and goodbye() or core.now() > last
    local result = send()
    assert.are.same({ 200, 1 }, { result[1], result[3] }, type(result[2]) == "table" and result[2].message or nil)
    assert.are_not.equal(second, result[2])
  end)

  check("trusts nobody it cannot verify, and lets nothing of the request leave", function()
    local result = call(core.endpoint { base_url = server.url, connect_timeout = patience.FAR }, "/")
    assert.are.same({ "tls", 60, 0 }, { result[2].kind, result[2].code, result[2].attempts })
    assert.is_nil(result[2].status)
    result = call(endpoint_for { ca_file = server.other_ca_file }, "/")
    assert.are.same({ "tls", 0 }, { result[2].kind, result[2].attempts })
  end)

  check("trusts the CA it is given, for the right name only", function()
    local result, transfer = call(endpoint_for {}, "/")
    assert.are.equal(200, result[1])
    assert.is_true(transfer:timings().tls > 0)
    result = call(endpoint_for { base_url = server.other_url, ca_file = server.other_ca_file }, "/")
    assert.are.same({ "tls", 60, 0 }, { result[2].kind, result[2].code, result[2].attempts })
    assert.matches("127%.0%.0%.1", result[2].message)
    result = call(endpoint_for { ca_file = "/nowhere.pem" }, "/")
    assert.are.same({ "tls", 77, 0 }, { result[2].kind, result[2].code, result[2].attempts })
  end)

  check("speaks HTTP/2 where it is offered, unless told not to", function()
    assert.matches("^HTTP/2%.0 ", call(endpoint_for {}, "/")[2])
    assert.matches("^HTTP/2%.0 ", call(endpoint_for { http = "2" }, "/")[2])
    assert.matches("^HTTP/1%.1 ", call(endpoint_for { http = "1.1" }, "/")[2])
    assert.are.equal("HTTP/2.0", call(endpoint_for { base_url = server.plain_url, http = "2" }, "/")[2])
  end)

  check("shares one HTTP/2 connection among requests at once", function()
    local endpoint, transfers, seen = endpoint_for {}, {}, {}
    for i = 1, 20 do transfers[i] = assert(pool:start(endpoint, "POST", "/", "{}", 60, true)) end
    assert.is_true(upstream:drive(pool, function() return pool:step(0) == 0 end))
    for _, transfer in ipairs(transfers) do seen[select(2, transfer:result())] = true end
    local name = next(seen)
    assert.matches("^HTTP/2%.0 %d+$", name)
    assert.is_nil(next(seen, name))
  end)

  for _, http in ipairs { "1.1", "2" } do
    check("does not use a connection again that timed out, HTTP/" .. http, function()
      local endpoint = endpoint_for { http = http }
      assert.are.equal(call(endpoint, "/")[2], call(endpoint, "/")[2])
      local result, first = timed_out(endpoint, "/peer/hang", arrival())
      assert.are.equal(1, result[2].attempts)
      assert.are_not.equal(first, call(endpoint, "/")[2])
      result, first = timed_out(endpoint, "/peer/half", half)
      assert.are.equal("half", result[2].body)
      assert.are_not.equal(first, call(endpoint, "/")[2])
    end)

    check("does not use a connection again that was cancelled, HTTP/" .. http, function()
      local endpoint = endpoint_for { http = http }
      local first = call(endpoint, "/")[2]
      local transfer = assert(pool:start(endpoint, "GET", "/peer/half", nil, 60, true))
      assert.is_true(upstream:drive(pool, function() return half(transfer) end))
      transfer:cancel()
      assert.are_not.equal(first, call(endpoint, "/")[2])
    end)
  end

  check("lets the other streams of a failed one's connection end, and then leaves it", function()
    local endpoint = endpoint_for {}
    held = true
    local first, arrived = call(endpoint, "/")[2], arrival()
    local slow = assert(pool:start(endpoint, "GET", "/peer/slow", nil, 60, true))
    assert.is_true(upstream:drive(pool, arrived))
    for limit in patience.limits(0.2) do
      arrived = arrival()
      local failing = assert(pool:start(endpoint, "GET", "/peer/hang", nil, limit, true))
      assert.are.equal("timeout", select(2, upstream:finish(pool, failing)).kind)
      if arrived() then break end
    end
    assert.is_true(arrived())
    assert.is_false(slow:done())
    held = false
    local status, body, attempts = upstream:finish(pool, slow)
    assert.are.same({ 200, "from upstream", 1 }, { status, body, attempts })
    assert.are.equal(first:match "%d+$", slow:header "x-connection")
    local second = call(endpoint, "/")[2]
    assert.are_not.equal(first, second)
    for _ = 1, 3 do assert.are.equal(second, call(endpoint, "/")[2]) end
  end)

  check("refuses a pool of the parent process in a forked child, whose end the parent's connection survives", function()
    local library = os.tmpname()
    local build = "LD_PRELOAD= cc -shared -fPIC -I${LUA_INCDIR:-/usr/include/lua5.4} -o %s spec/c/fork.c 2>/dev/null"
    if not os.execute(build:format(library)) then
      os.remove(library)
      return pending "no C compiler, or no Lua headers where Debian has them"
    end
    local forking = assert(package.loadlib(library, "luaopen_forking"))()
    os.remove(library)
    local endpoint, path, idle = endpoint_for {}, os.tmpname(), endpoint_for { http = "1.1" }
    local first, idle_first = call(endpoint, "/")[2], call(idle, "/")[2]
    local running = assert(pool:start(endpoint, "GET", "/peer/half", nil, 60, true, { to_file = path }))
    assert.is_true(upstream:drive(pool, function() return select(3, running:progress()) == 4 end))
    local verdict = forking(function()
      local started, kind, text = pool:start(endpoint, "GET", "/")
      if started or kind ~= "closed" or not text:find("new pool", 1, true) then return 1 end
      if select(2, pool:step(0)) ~= "closed" or select(2, pool:wait(running, 0)) ~= "closed" then return 2 end
      running:close()
      if select(2, running:result()).kind ~= "closed" then return 3 end
      pool:close()
      local fresh <close> = core.pool()
      local transfer = assert(fresh:start(endpoint, "GET", "/", nil, 60, true))
      if not fresh:wait(transfer, 60) or transfer:result() ~= 200 then return 4 end
      endpoint:close()
      return 7
    end)
    assert.are.equal(7, verdict)
    assert.are.equal(first, call(endpoint, "/")[2])
    assert.are.equal(idle_first, call(idle, "/")[2])
    local part <close> = io.open(path .. ".part", "rb")
    assert.are.equal("half", part and part:read "a")
    running:close()
    assert.is_nil(io.open(path .. ".part", "rb"))
    os.remove(path)
  end)
end)
