-- SPDX-License-Identifier: MIT
-- `sms.httpd` where things end badly or early: broken connections, slow answers, requests and servers that go away, TLS.

local httpd = require "sms.httpd"
local patience = require "spec.support.patience"
local curl = dofile "spec/support/curl.lua"
local has_core, core = pcall(require, "sms.core")

local MOST = patience.MOST

local client, server

local function serve(arguments, handle)
  return client:serve(server, arguments, handle)
end

describe("sms.httpd", function()
  setup(function() client = curl.new(MOST) end)
  teardown(function() client:close() end)
  before_each(function() server = assert(httpd.listen {}) end)
  after_each(function()
    server:close()
    collectgarbage()
    collectgarbage()
  end)

  describe("faults", function()
    local function fault(arguments, handle)
      local output, status = serve(arguments .. " URL/", handle)
      return status, output
    end

    -- For a client that gives up: the request must have come by then, and what is sent of a response.
    local function given_up(handle, output)
      for limit in patience.limits(0.2) do
        local came
        local status, got = fault(("--max-time %s"):format(limit), function(request)
          came = true
          handle(request)
        end)
        if came and got == output then return status end
        assert.equal(28, status)
      end
    end

    it("close: fin is an empty reply, reset a reset, hang a time-out", function()
      assert.equal(52, (fault("", function(request) assert.is_true(request:close("fin")) end)))
      assert.equal(52, (fault("", function(request) request:close() end)))
      assert.equal(56, (fault("", function(request) request:close("reset") end)))
      assert.equal(28, given_up(function(request) request:close("hang") end, ""))
    end)

    it("close after a large body is the same", function()
      client:write("body", ("x"):rep(2000000))
      assert.equal(52, (fault("--data-binary @DIR/body", function(request) request:close("fin") end)))
      assert.equal(56, (fault("--data-binary @DIR/body", function(request) request:close("reset") end)))
    end)

    it("raw writes these very bytes", function()
      local text = "HTTP/1.1 299 Odd\r\nx-y:  z\r\nContent-Length: 2\r\n\r\nok"
      local status, output = fault("-i", function(request) request:raw(text .. "more") end)
      assert.equal(0, status)
      assert.equal(text, output)
    end)

    it("raw ends as told", function()
      local half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\":"
      for how, expected in pairs { fin = 18, reset = 56 } do
        local status, output = fault("", function(request) request:raw(half, how) end)
        assert.equal(expected, status, how)
        assert.equal('{"a":', output)
      end
      assert.equal(28, given_up(function(request) request:raw(half, "hang") end, '{"a":'))
    end)

    it("raw writes more than a socket takes at once", function()
      local size = 20000000
      local status, output = fault("", function(request)
        request:raw(("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"):format(size) .. ("0123456789"):rep(size // 10), "fin")
      end)
      assert.equal(0, status)
      assert.is_true(output == ("0123456789"):rep(size // 10))
    end)

    it("drip paces the body", function()
      local status, output = fault("-w ' %{time_starttransfer} %{time_total} %{http_code}'", function(request)
        assert.is_true(request:drip(201, { ["X-Slow"] = "yes" }, "abcdefghij", 3, 0.1))
      end)
      assert.equal(0, status)
      local body, first, total, code = output:match("^(%a+) ([%d.]+) ([%d.]+) (%d+)$")
      assert.equal("abcdefghij", body)
      assert.equal("201", code)
      assert.is_true(tonumber(total) - tonumber(first) >= 0.29, output)
    end)

    it("drip does not keep others waiting, and survives a client that leaves", function()
      local quick = 0
      local output = serve("--max-time 0.3 URL/slow --next URL/quick URL/quick", function(request)
        if request.path == "/slow" then return request:drip(200, {}, ("x"):rep(1000), 1, 0.05) end
        quick = quick + 1
        request:respond(200, {}, "ok")
      end)
      assert.equal(2, quick)
      assert.matches("okok$", output)
      for _ = 1, 10 do server:next(0.02) end
    end)

    it("drip of nothing is an empty response", function()
      assert.same({ 0, "" }, { fault("", function(request) request:drip(200, {}, "", 5, 60) end) })
    end)
  end)

  describe("lifetimes", function()
    -- Gets a request of a curl that is left to itself.
    local function held()
      local ended = client:start("-i URL/held", curl.url(server))
      local request = assert(server:next(MOST))
      return request, function(limit)
        local deadline = httpd.now() + (limit or MOST)
        repeat
          local output, status = ended()
          if status then return output, status end
          if tostring(server) ~= "sms.httpd.server: closed" then server:next(0.01) end
        until httpd.now() > deadline
        error("curl did not end")
      end
    end

    it("a request that is collected unanswered is answered 500", function()
      local request, finish = held()
      assert.equal("sms.httpd.request: waits for a response", tostring(request))
      request = nil -- luacheck: ignore 311
      collectgarbage()
      collectgarbage()
      assert.matches("^HTTP/1%.1 500 ", (finish()))
    end)

    it("a request that goes out of scope unanswered is answered 500", function()
      local first, finish = held()
      do local request <close> = first end -- luacheck: ignore 211
      assert.matches("^HTTP/1%.1 500 ", (finish()))
      assert.is_false(pcall(first.respond, first, 200))
    end)

    it("an answered request may be collected while its response drips", function()
      local request, finish = held()
      request:drip(200, {}, "abcdef", 2, 0.05)
      request = nil -- luacheck: ignore 311
      collectgarbage()
      collectgarbage()
      assert.matches("abcdef$", (finish()))
    end)

    it("close lets answers go that are on their way", function()
      local request, finish = held()
      request:respond(200, {}, "last words")
      server:close()
      assert.matches("last words$", (finish()))
    end)

    it("close ends what is held, hung, dripping or queued, and twice is fine", function()
      local request, finish = held()
      local ends = { function() end, function(r) r:close("hang") end, function(r) r:drip(200, {}, "abc", 1, 60) end }
      server:close()
      server:close()
      local _, status = finish()
      assert.equal(52, status)
      assert.same({ nil, "closed" }, { request:respond(200) })
      for i = 1, 3 do
        server = assert(httpd.listen {})
        request, finish = held()
        ends[i](request)
        for _ = 1, 3 do server:next(0.01) end
        server:close()
        _, status = finish()
        assert.is_true(status ~= 0 and status ~= 28, status)
      end
      server = assert(httpd.listen {})
      local ended = client:start("URL/", curl.url(server))
      for _ = 1, 30 do
        os.execute("sleep 0.01")
        if ended() then break end
      end
      server:close()
    end)

    it("a closed server raises, names its state, and closes as a to-be-closed variable", function()
      assert.matches("^sms%.httpd%.server: port %d+$", tostring(server))
      local other = assert(httpd.listen {})
      do local scoped <close> = other end -- luacheck: ignore 211
      assert.equal("sms.httpd.server: closed", tostring(other))
      for _, method in ipairs { "next", "port" } do
        local ok, message = pcall(other[method], other)
        assert.is_false(ok)
        assert.matches("closed server", message)
      end
    end)

    it("a request keeps its server alive", function()
      local request, finish = held()
      local port = server:port()
      server = nil
      collectgarbage()
      collectgarbage()
      assert.is_nil((httpd.listen { port = port })) -- it still listens
      assert.is_true(request:respond(200, {}, "alive"))
      request = nil -- luacheck: ignore 311
      collectgarbage()
      collectgarbage()
      server = assert(httpd.listen { port = port }) -- and is gone with the request
      finish()
    end)

    it("a state may be closed with everything open", function()
      local script = client:write("leave.lua", [[
        local httpd = require "sms.httpd"
        local server = assert(httpd.listen {})
        os.execute("curl -s --max-time 60 http://127.0.0.1:" .. server:port() .. "/[1-4] --parallel --parallel-immediate >/dev/null 2>&1 &")
        held = {}
        for i = 1, 3 do held[i] = assert(server:next(30)) end
        held[2]:close("hang")
        held[3]:drip(200, {}, "abc", 1, 60)
        server:next(0.05)
        os.exit(true, true)
      ]])
      assert.is_true(os.execute(curl.lua_command(script)))
    end)
  end)

  it("sees the end of standard input", function()
    -- Asks, makes a file, and asks again until it is closed or the time is over; then it makes the other file.
    local script = client:write("stdin.lua", [[
      local httpd = require "sms.httpd"
      local function make(path) io.open(path, "w"):close() end
      local first, seconds = httpd.stdin_closed(), tonumber(arg[3])
      make(arg[1])
      local ends = httpd.now() + seconds
      repeat os.execute "sleep 0.02" until httpd.stdin_closed() or httpd.now() > ends
      print(first, httpd.stdin_closed())
      make(arg[2])
    ]])
    local files = { client:path "asked", client:path "over" }
    -- Standard input brings a line and ends once there is that file.
    local function closed(file, seconds)
      for _, path in ipairs(files) do os.remove(path) end
      local pipe <close> = assert(io.popen(("{ while [ ! -e %s ]; do sleep 0.01; done; echo much ado; } | %s %s %s %s"):format(file,
        curl.lua_command(script), files[1], files[2], seconds)))
      return pipe:read("l")
    end
    assert.equal("false\ttrue", closed(files[1], MOST))
    assert.equal("false\tfalse", closed(files[2], 0.6))
  end)

  describe("over TLS", function()
    local function certificate()
      local made = os.execute(("cd %s && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
        .. "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out cert.pem >openssl.log 2>&1"):format(client.folder))
      assert(made, "openssl is needed")
      return client:read("cert.pem"), client:read("key.pem")
    end

    it("serves with certificate and key", function()
      local cert, key = certificate()
      server:close()
      server = assert(httpd.listen { certificate = cert, key = key })
      client:write("body", ("x"):rep(300000))
      local output, status = client:serve(server, "--cacert DIR/cert.pem --data-binary @DIR/body URL/tls", function(request)
        assert.equal("/tls", request.path)
        assert.equal(300000, #request.body)
        request:drip(200, {}, "secure", 2, 0.02)
      end, "https")
      assert.same({ "secure", 0 }, { output, status })
      for _, how in ipairs { "fin", "reset" } do
        output, status = client:serve(server, "--cacert DIR/cert.pem URL/", function(request) request:close(how) end, "https")
        assert.equal("", output)
        assert.is_true(status ~= 0 and status ~= 28, how)
      end
      local came
      for limit in patience.limits(0.5) do
        came = false
        output, status = client:serve(server, ("--max-time %s --cacert DIR/cert.pem URL/"):format(limit), function(request)
          came = true
          request:close "hang"
        end, "https")
        assert.same({ "", 28 }, { output, status })
        if came then break end
      end
      assert.is_true(came)
    end)

    it("says so when the certificate is of no use", function()
      local bad = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
      local none, message = httpd.listen { certificate = bad, key = bad }
      assert.is_nil(none)
      assert.matches("^cannot listen on 127%.0%.0%.1 port 0: ", message)
    end)
  end)

  it("answers the core's own client in the same process", function()
    if not has_core then return pending("sms.core is not built") end
    local pool = core.pool {}
    local endpoint = core.endpoint { base_url = curl.url(server) }
    local transfers = {}
    for i = 1, 20 do transfers[i] = assert(pool:start(endpoint, "POST", "/n/" .. i, ("%d"):format(i))) end
    local deadline = httpd.now() + MOST
    while pool:step(0) > 0 and httpd.now() < deadline do
      local request = server:next(0.002)
      if request then request:respond(200, {}, request.path .. "=" .. request.body) end
    end
    for i, transfer in ipairs(transfers) do
      local status, body = transfer:result()
      assert.same({ 200, ("/n/%d=%d"):format(i, i) }, { status, body })
    end
    pool:close()
  end)
end)
