-- SPDX-License-Identifier: MIT
-- What calls do, told: SMS_LOG to standard error, a logger, counters for Prometheus, and a trace's header that is passed on.

local log = require "sms.log"
local metrics = require "sms.metrics"
local sms = require "sms"

local CREDENTIALS = { email = "sandbox@example.org", token = "sandbox-token" }

local function client_of(sandbox, more)
  local options = { transport = sandbox:transport "zoomconnect", retries = 1 }
  for key, value in pairs(CREDENTIALS) do options[key] = value end
  for key, value in pairs(more or {}) do options[key] = value end
  return sms.zoomconnect(options)
end

-- What a program writes to standard error with SMS_LOG at this level.
local function told(level, credentials)
  local path = os.tmpname()
  local code = ([[
    local sandbox = require("sms.sandbox").new()
    local client = require("sms").zoomconnect { email = "sandbox@example.org", token = "%s", transport = sandbox:transport "zoomconnect" }
    client:balance()]]):format(credentials or "sandbox-token")
  local ok = os.execute(("SMS_LOG=%s LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} -e '%s' 2>%s"):format(
    level, package.path, package.cpath, code, path))
  local file <close> = assert(io.open(path))
  local text = file:read("a")
  os.remove(path)
  return text, ok
end

describe("SMS_LOG", function()
  it("writes what came of each try, and at debug each step", function()
    assert.equal("", (told ""))
    local info = told "info"
    assert.matches("^sms: zoomconnect%.account:balance: HTTP 200 in %d%.%d%d%d s\n$", info)
    local debug = told "debug"
    assert.matches("^sms: zoomconnect%.account:balance: try 1: GET /[^\n]*\nsms: zoomconnect%.account:balance: HTTP 200", debug)
  end)

  it("writes errors, never a secret", function()
    local text = told("debug", "wrong-token-4711")
    assert.matches("sms: zoomconnect%.account:balance: auth %(HTTP 401", text)
    assert.is_nil(text:find("wrong-token-4711", 1, true))
  end)

  it("names the levels where there is no such one", function()
    local text, ok = told "inof"
    assert.is_nil(ok)
    assert.matches("SMS_LOG is 'inof', did you mean 'info'%?; it may be info or debug", text)
  end)
end)

describe("sms.log.to", function()
  it("hands lines to a logger, failures to its `warn`, and events to who else listens", function()
    local said, events = {}, 0
    local logger = {}
    for _, name in ipairs { "debug", "info", "warn" } do
      logger[name] = function(self, line)
        assert.equal(logger, self)
        said[#said + 1] = name .. " " .. line:match("^%S+ %S+")
      end
    end
    local sandbox = require("sms.sandbox").new()
    local client = client_of(sandbox, { on_event = log.to(logger, function() events = events + 1 end), retries = 0 })
    assert(client:balance())
    sandbox:fault { fault = "500" }
    assert.is_nil((client:balance()))
    assert.same({
      "debug zoomconnect.account:balance: try", "info zoomconnect.account:balance: HTTP", "debug zoomconnect.account:balance: try",
      "warn zoomconnect.account:balance: server",
    }, said)
    assert.equal(4, events)
  end)

  it("wants a logger", function()
    assert.has_error(function() log.to "stderr" end, "sms.log.to: a logger with the methods `info` and `debug` is expected, got a string")
  end)
end)

-- The module of Debian's package lua-logging, which is pure Lua and stands where Lua 5.1 finds it; nil without.
local function lualogging()
  local path = package.path
  package.path = path .. ";/usr/share/lua/5.1/?.lua"
  local found, logging = pcall(require, "logging")
  package.path = path
  return found and logging
end

describe("lualogging", function()
  it("takes the lines as they are, percent signs too", function()
    local logging = lualogging()
    if not logging then return pending "lualogging is not installed (Debian: lua-logging)" end
    local said = {}
    local logger = logging.new(function(_, level, line)
      said[#said + 1] = level .. " " .. line
      return true
    end)
    local client = client_of(require("sms.sandbox").new(), { on_event = log.to(logger), retries = 0 })
    assert(client:balance())
    client:request { path = "/100%25d/%s" }
    local text = table.concat(said, "\n")
    assert.matches("DEBUG zoomconnect%.account:balance: try 1: GET /", text)
    assert.matches("INFO zoomconnect%.account:balance: HTTP 200 in %d", text)
    assert.truthy(text:find("DEBUG zoomconnect.request: try 1: GET /100%25d/%s", 1, true))
    assert.matches("WARN zoomconnect%.request: not_found %(HTTP 404", text)
  end)
end)

describe("sms.metrics", function()
  it("is what Prometheus reads, empty and filled", function()
    if not os.execute "command -v promtool >/dev/null" then return pending "promtool is not installed (Debian: prometheus)" end
    local counters = metrics.new()
    local function checks()
      local pipe = assert(io.popen("promtool check metrics", "w"))
      pipe:write(counters:text())
      return pipe:close()
    end
    assert.is_true(checks())
    local sandbox = require("sms.sandbox").new()
    local client = client_of(sandbox, { on_event = counters.on_event, retries = 0, rate = { per_second = 100, burst = 1 } })
    assert(client:balance())
    sandbox:fault { fault = "503", match = { times = 1 } }
    client:balance()
    assert.is_true(checks())
  end)

  it("counts tries, waits and seconds of several clients", function()
    local counters, seen = metrics.new(), 0
    local sandbox = require("sms.sandbox").new()
    local client = client_of(sandbox, { on_event = counters.on_event })
    for _ = 1, 3 do assert(client:balance()) end
    sandbox:fault { fault = "503", match = { times = 1 } }
    assert(client:balance())
    local text = counters:text()
    local key = 'provider="zoomconnect",operation="account:balance"'
    for _, line in ipairs {
      "# TYPE sms_tries_total counter",
      ('sms_tries_total{%s,kind="",outcome="accepted",status="200"} 4'):format(key),
      ('sms_tries_total{%s,kind="server",outcome="unknown",status="503"} 1'):format(key),
      ('sms_waits_total{%s,reason="retry"} 1'):format(key),
      "# TYPE sms_try_duration_seconds histogram",
      ('sms_try_duration_seconds_bucket{%s,le="+Inf"} 5'):format(key),
      ("sms_try_duration_seconds_count{%s} 5"):format(key),
    } do
      assert.truthy(text:find(line .. "\n", 1, true), line .. "\nin\n" .. text)
      seen = seen + 1
    end
    assert.equal(7, seen)
  end)

  it("has cumulative buckets, and numbers that no locale spoils", function()
    local counters = metrics.new()
    for _, seconds in ipairs { 0.01, 0.3, 60 } do
      counters:observe { type = "response", provider = "p", operation = "o", status = 200, duration = seconds, try = 1 }
    end
    local text = counters:text()
    assert.truthy(text:find('le="0.05"} 1\n', 1, true) and text:find('le="0.5"} 2\n', 1, true) and text:find('le="30"} 2\n', 1, true))
    assert.truthy(text:find('le="+Inf"} 3\n', 1, true))
    assert.truthy(text:find('sms_try_duration_seconds_sum{provider="p",operation="o"} 60.31\n', 1, true))
  end)

  it("escapes what stands in labels", function()
    local counters = metrics.new()
    counters:observe { type = "wait", provider = 'a"b\\c\nd', operation = "o", seconds = 1, reason = "rate" }
    assert.truthy(counters:text():find('sms_waits_total{provider="a\\"b\\\\c\\nd",operation="o",reason="rate"} 1\n', 1, true))
  end)

  it("calls who else listens", function()
    local events = {}
    local counters = metrics.new { on_event = function(event) events[#events + 1] = event.type end }
    assert(client_of(require("sms.sandbox").new(), { on_event = counters.on_event }):balance())
    assert.same({ "request", "response" }, events)
  end)
end)

describe("a traceparent", function()
  local TRACE, OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"

  -- A client, and what its requests carried and its events named.
  local function traced(options)
    local seen, named = {}, {}
    options.on_event = function(event) named[#named + 1] = event.traceparent or "none" end
    local client = client_of({ transport = function() return function(request)
      for name, value in pairs(request.headers) do
        if name == "traceparent" then seen[#seen + 1] = value end
      end
      return { status = 200, headers = {}, body = '{"messageId":"1","error":null}' }
    end end }, options)
    return client, seen, named
  end

  it("goes to the provider: of the call, of a header of the call, else of the client", function()
    local message = { to = "+27825550100", text = "x" }
    for _, case in ipairs {
      { {}, { traceparent = TRACE }, TRACE }, { {}, { headers = { traceparent = TRACE } }, TRACE },
      { {}, { headers = { Traceparent = TRACE, tracestate = "a=b" } }, TRACE }, { { traceparent = OTHER }, nil, OTHER },
      { { traceparent = OTHER }, { timeout = 3 }, OTHER }, { { traceparent = OTHER }, { traceparent = TRACE }, TRACE },
      { { traceparent = OTHER }, { headers = { traceparent = TRACE } }, TRACE },
      { {}, { traceparent = TRACE, headers = { TraceParent = OTHER } }, TRACE },
    } do
      local client, seen, named = traced(case[1])
      assert(client:send(message, case[2]))
      assert(client:request({ method = "POST", path = "/x", json = {} }, case[2]))
      client:send_many({ message }, case[2])
      assert.same({ case[3], case[3], case[3] }, seen)
      assert.same({ case[3], case[3], case[3], case[3], case[3], case[3] }, named)
    end
    local client, seen, named = traced {}
    assert(client:send(message))
    assert.same({ 0, "none" }, { #seen, named[1] })
  end)

  it("is in the request as data and in the lines", function()
    local lines = {}
    local logger = { debug = function(_, line) lines[#lines + 1] = line end, info = function(_, line) lines[#lines + 1] = line end }
    local client = client_of(require("sms.sandbox").new(), { on_event = log.to(logger), traceparent = TRACE })
    assert.equal(TRACE, client:balance({ dry_run = true }).headers.traceparent)
    assert(client:balance())
    for _, line in ipairs(lines) do assert.matches("%(trace 0af7651916cd43dd8448eb211c80319c%)$", line) end
    assert.equal(2, #lines)
  end)

  it("goes over HTTP", function()
    local place = require "spec.support.peer".server(function(request) return 200, request.headers.traceparent end)
    require "sms.loop.luv".run(function()
      local client = sms.zoomconnect { email = "x", token = "y", base_url = place.url, retries = 0 }
      local message = { recipientNumber = "+27825550100", message = "x" }
      assert.equal(TRACE, (client.sms:send_url_parameters(message, { traceparent = TRACE })))
    end)
    place:close()
  end)

  it("has the form of W3C Trace Context, whoever gives it", function()
    local client = traced {}
    for _, good in ipairs { TRACE, OTHER, "01" .. TRACE:sub(3) .. "-more", "cc" .. TRACE:sub(3) } do
      assert(client:send({ to = "+27825550100", text = "x" }, { traceparent = good }))
    end
    for _, bad in ipairs {
      "", "x", TRACE:upper(), TRACE .. "-more", TRACE .. "0", TRACE:sub(1, -2), "ff" .. TRACE:sub(3),
      "00-" .. ("0"):rep(32) .. TRACE:sub(36), TRACE:sub(1, 36) .. ("0"):rep(16) .. "-01", TRACE:sub(4), " " .. TRACE,
      TRACE .. "\r\nX: y", "cc" .. TRACE:sub(3) .. "more",
    } do
      assert.error_matches(function() client:send({ to = "+27825550100", text = "x" }, { traceparent = bad }) end,
        "option 'traceparent' must be a W3C traceparent", 1, false)
      assert.error_matches(function() traced { traceparent = bad } end, "option 'traceparent' must be a W3C traceparent")
    end
    assert.error_matches(function() client:balance { traceparent = 1 } end, "option 'traceparent' must be a string, got an? %l+")
    assert.error_matches(function() client:balance { traceparnt = TRACE } end, "did you mean 'traceparent'")
  end)
end)
