-- SPDX-License-Identifier: MIT
-- `sms.sandbox.server` around a sandbox of one function, asked by curl; and `spawn`, around the real one.

local httpd = require "sms.httpd"
local patience = require "spec.support.patience"
local server = require "sms.sandbox.server"
local curl = dofile "spec/support/curl.lua"
local has_core = pcall(require, "sms.core")

local MOST = patience.MOST

local client

-- A sandbox that answers with `handle`, counts its ticks and has these callbacks to post once.
local function fake(handle, callbacks)
  local sandbox = { ticks = 0, seen = {} }
  function sandbox:handle(request)
    table.insert(self.seen, request)
    return handle(request)
  end
  function sandbox:tick(seconds)
    assert.equal(0, seconds)
    self.ticks = self.ticks + 1
  end
  function sandbox.callbacks()
    local due = callbacks or {}
    callbacks = nil
    return due
  end
  return sandbox
end

-- Runs a server around the sandbox until curl has ended; curl's output and status, the server's counts and log.
local function exchange(sandbox, arguments)
  local ended, output, status
  local log = {}
  local counts = assert(server.run {
    sandbox = sandbox, seconds = MOST,
    on_listen = function(port) ended = client:start(arguments, "http://127.0.0.1:" .. port) end,
    stop = function()
      output, status = ended()
      return status ~= nil
    end,
    log = function(line) table.insert(log, line) end,
  })
  return output, status, counts, log
end

describe("sms.sandbox.server", function()
  setup(function() client = curl.new(MOST) end)
  teardown(function() client:close() end)

  describe("run", function()
    it("hands requests to the sandbox and its responses to the client", function()
      local sandbox = fake(function() return { status = 201, headers = { ["X-A"] = "b" }, body = "made" } end)
      local output, status, counts, log = exchange(sandbox,
        "-i -u u:p -X PUT -d '{\"a\":1}' -H 'Content-Type: application/json' 'URL/toy/a%2fb?c=%20'")
      assert.equal(0, status)
      assert.matches("^HTTP/1%.1 201 ", output)
      assert.matches("\r\nX%-A: b\r\n", output)
      assert.matches("\r\n\r\nmade$", output)
      assert.same({ requests = 1, callbacks = 0, failed = 0, interrupted = false }, counts)
      assert.same({}, log)
      local request = sandbox.seen[1]
      request.headers = { ["content-type"] = request.headers["content-type"] }
      assert.same({
        method = "PUT", path = "/toy/a%2fb", query = "c=%20", headers = { ["content-type"] = "application/json" }, body = '{"a":1}',
        user = "u", password = "p",
      }, request)
    end)

    it("hands on parts and form fields", function()
      local sandbox = fake(function() return { status = 200 } end)
      exchange(sandbox, "-F a=1 URL/parts --next -d b=2 URL/form")
      assert.same({ { name = "a", data = "1" } }, sandbox.seen[1].parts)
      assert.same({ { name = "b", value = "2" } }, sandbox.seen[2].form)
      assert.equal("b=2", sandbox.seen[2].body)
    end)

    it("answers 500 where the sandbox fails, says so, and goes on", function()
      local sandbox = fake(function(request)
        if request.path == "/bad" then error("a mistake") end
        if request.path == "/worse" then return { status = 200, headers = { ["bad name\n"] = "x" } } end
        return { status = 200, body = "fine" }
      end)
      local output, _, counts, log = exchange(sandbox, "-w ' %{http_code}\\n' URL/bad URL/worse URL/good")
      assert.matches("^the sandbox failed: .*a mistake\n 500\nthe sandbox failed: .*cannot be sent\n 500\nfine 200\n$", output)
      assert.equal(3, counts.requests)
      assert.equal(2, #log)
      assert.matches("^GET /bad: .*a mistake$", log[1])
    end)

    it("breaks what the sandbox wants broken", function()
      for _, case in ipairs {
        { { close = "fin" }, 52 }, { { close = "reset" }, 56 }, { { close = "hang" }, 28 },
        { { raw = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", close = "reset" }, 56, "{" },
        { { raw = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{" }, 18, "{" },
        { { bytes = 1, seconds = 60 }, 28, "s" }, { { bytes = 2, seconds = 0.02 }, 0, "slow" },
      } do
        local gives_up, output, status = case[2] == 28, nil, nil
        for limit in patience.limits(gives_up and 0.5 or MOST) do
          local sandbox = fake(function() return { status = 200, headers = {}, body = "slow", fault = case[1] } end)
          output, status = exchange(sandbox, ("--max-time %s URL/"):format(limit))
          if not gives_up or #sandbox.seen == 1 and output == (case[3] or "") then break end
        end
        assert.same({ case[2], case[3] or "" }, { status, output })
      end
    end)

    it("lets the sandbox's time pass while nobody asks, and ends after so many seconds", function()
      local sandbox, start = fake(), httpd.now()
      assert(server.run { sandbox = sandbox, seconds = 0.3 })
      local took = httpd.now() - start
      assert.is_true(took >= 0.3 and took < MOST, took)
      sandbox = fake()
      assert(server.run { sandbox = sandbox, seconds = MOST, stop = function() return sandbox.ticks >= 8 end })
      assert.is_true(sandbox.ticks >= 8, sandbox.ticks)
    end)

    it("says why it cannot listen", function()
      local other <close> = assert(httpd.listen {})
      local none, message = server.run { sandbox = fake(), port = other:port() }
      assert.is_nil(none)
      assert.matches("Address already in use", message)
    end)

    it("refuses options that it does not know", function()
      assert.error_matches(function() server.run { sandbx = {} } end, "^sandbox server: unknown option `sandbx`")
      assert.error_matches(function() server.run { port = "x" } end, "`port` must be a number, got string")
      assert.error_matches(function() server.run {} end, "`sandbox` is missing")
      assert.error_matches(function() server.spawn { sede = 1 } end, "unknown option `sede`")
    end)

    it("hands on errors of its caller", function()
      assert.error_matches(function() server.run { sandbox = fake(), stop = function() error("mine") end } end, "mine")
    end)

    describe("callbacks", function()
      -- Runs until `receiver` has taken so many requests and so many callbacks have failed, and a little longer.
      local function post(callbacks, receiver, expected, failures)
        local taken, log, idle = {}, {}, 0
        local counts = assert(server.run {
          sandbox = fake(nil, callbacks), seconds = MOST,
          log = function(line) table.insert(log, line) end,
          stop = function()
            local request = receiver:next(0.002)
            if request then
              table.insert(taken, { request.method, request.path, request.query, request.headers["content-type"], request.body })
              request:respond(request.path == "/refuse" and 500 or 200)
            elseif #taken >= expected and #log >= failures then
              idle = idle + 1
            end
            return idle > 20
          end,
        })
        return taken, counts, log
      end

      it("are posted while the server goes on", function()
        if not has_core then return pending("sms.core is not built") end
        local receiver <close> = assert(httpd.listen {})
        local url, callbacks = curl.url(receiver), {}
        for i = 1, 100 do
          callbacks[i] = { url = url .. "/report?n=" .. i, body = '{"n":' .. i .. "}", headers = { ["Content-Type"] = "application/json" } }
        end
        callbacks[101] = { url = url, body = "bare", headers = {} }
        local taken, counts = post(callbacks, receiver, 101, 0)
        table.sort(taken, function(a, b) return a[5] < b[5] end)
        assert.same({ "POST", "/", "" }, { table.unpack(taken[1], 1, 3) }) -- "bare" comes before all braces
        local seen = {}
        for _, request in ipairs(taken) do seen[request[3]] = request end
        assert.same({ "POST", "/report", "n=7", "application/json", '{"n":7}' }, seen["n=7"])
        assert.equal(101, counts.callbacks)
        assert.equal(0, counts.failed)
      end)

      it("that nobody takes are told, and nothing else happens", function()
        if not has_core then return pending("sms.core is not built") end
        local receiver <close> = assert(httpd.listen {})
        local closed = assert(httpd.listen {})
        local nobody = curl.url(closed)
        closed:close()
        local _, counts, log = post({
          { url = curl.url(receiver) .. "/refuse", body = "x" }, { url = nobody .. "/gone", body = "x" },
          { url = "ftp://example.org/", body = "x" }, { url = "http://sms.example.org/plain", body = "x" },
        }, receiver, 1, 4)
        assert.equal(4, counts.failed)
        local all = table.concat(log, "\n")
        assert.matches("callback to http://127%.0%.0%.1:%d+/refuse: answered 500", all)
        assert.matches("/gone: network: ", all)
        assert.matches("callback to ftp://example%.org/: not an http URL", all)
        assert.matches("callback to http://sms%.example%.org/plain: ", all)
      end)
    end)
  end)

  describe("spawn", function()
    local function get(url)
      local command = "curl -s -o /dev/null -w '%%{http_code}' --max-time 30 %s/messagewhiz/api/3/campaign"
      local pipe <close> = assert(io.popen(command:format(url)))
      return pipe:read("a")
    end

    it("starts a sandbox of its own and stops that one", function()
      local one, two = assert(server.spawn {}), assert(server.spawn { seed = 7, seconds = 600 })
      assert.matches("^http://127%.0%.0%.1:%d+$", one.url)
      assert.is_true(one.url ~= two.url)
      assert.is_true(get(one.url) ~= "000")
      one.stop()
      one.stop()
      assert.equal("000", get(one.url))
      assert.is_true(get(two.url) ~= "000")
      two.stop()
      assert.equal("000", get(two.url))
    end)

    it("ends with its scope, with its garbage, and after its time", function()
      local url
      do
        local scoped <close> = assert(server.spawn())
        url = scoped.url
      end
      assert.equal("000", get(url))
      local left = assert(server.spawn())
      url, left = left.url, nil -- luacheck: ignore 311
      collectgarbage()
      collectgarbage()
      assert.equal("000", get(url))
      local brief = assert(server.spawn { seconds = 0.2 })
      brief.stop()
    end)

    it("delivers texts after the time it is told", function()
      if not has_core then return pending("sms.core is not built") end
      local sms = require "sms"
      -- Sends to a sandbox of this delivery time; what is known of the text once `enough` seconds are over, or earlier when it is final,
      -- and how long that took.
      local function state_after(delivery, enough)
        local service <close> = assert(server.spawn { delivery = delivery })
        local zc = sms.zoomconnect { email = "sandbox@example.org", token = "sandbox-token", base_url = service.url .. "/zoomconnect" }
        local began = httpd.now()
        local receipt = assert(zc:send { to = "+27825551234", text = "when?" })
        while true do
          local found = assert(zc:status(receipt))
          local took = httpd.now() - began
          if found.final or took > enough then return found.status, took end
          sms.sleep(0.05)
        end
      end
      local took
      for _ = 1, 10 do -- by itself it takes 3 seconds, for which the machine may stand still
        local state
        state, took = state_after(0.3, MOST)
        assert.equal("delivered", state)
        if took < 3 then break end
      end
      assert.is_true(took < 3, took)
      assert.equal("sent", (state_after(patience.FAR, 0.2))) -- what ZoomConnect says from the start
      assert.error_matches(function() server.spawn { delivery = "soon" } end, "`delivery` must be a number, got string")
    end)

    it("says when it could not start", function()
      local none, message = server.spawn { lua = "false" }
      assert.is_nil(none)
      assert.equal("the sandbox did not start", message)
    end)
  end)
end)
