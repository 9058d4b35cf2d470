-- SPDX-License-Identifier: MIT
-- The faults of the sandbox themselves: how they are asked for, what each does to the response, and that reports come twice or early.

local core = require "sms.core"
local faults = require "sms.sandbox.faults"
local httpd = require "sms.httpd"
local json = require "sms.json"
local patience = require "spec.support.patience"
local sandbox = require "sms.sandbox"
local server = require "sms.sandbox.server"
local sms = require "sms"
local kinds = dofile "spec/support/kinds_of_call.lua"
local matrix = dofile "spec/support/fault_matrix.lua"

local box

-- A request to the sandboxed MessageWhiz.
local function ask(method, path, fields)
  local request = { method = method, path = "/messagewhiz" .. path, query = "", headers = { apikey = "sandbox-key" } }
  for name, value in pairs(fields or {}) do request[name] = value end
  if request.fault then request.headers["X-Sandbox-Fault"] = request.fault end
  return box:handle(request)
end

local function list(fields) return ask("GET", "/api/3/campaign", fields) end

local function create(name, fault)
  return ask("POST", "/api/3/campaign", { body = json.encode { name = name }, fault = fault })
end

local function campaigns() return #json.decode(list().body).result end

before_each(function() box = sandbox.new { seed = 7 } end)

describe("a fault is asked for", function()
  it("by a header, of any case", function()
    assert.equal(503, list({ fault = "503" }).status)
    assert.equal(200, list().status)
  end)

  it("by the query, where nobody else sees it", function()
    assert.equal(503, list({ query = "_fault=503" }).status)
    assert.equal(502, list({ query = "limit=1&_fault=html%3D502&start=0" }).status)
    create("a")
    create("b")
    -- Drip hands on the provider's own response, which heeded the rest of the query and did not choke on the fault.
    local response = list({ query = "_fault=drip&limit=1" })
    assert.equal(1, #json.decode(response.body).result)
    assert.equal(200, list({ query = "limit=1&x_fault=503" }).status)
  end)

  it("by a script, oldest first, so many times", function()
    local first = box:fault { match = { provider = "messagewhiz", method = "GET", path = "^/api/3/camp", times = 2 }, fault = "502" }
    box:fault { match = { method = "GET" }, fault = "500" }
    assert.same({ 502, 502, 500, 500 }, { list().status, list().status, list().status, list().status })
    assert.equal(200, create("a").status)
    assert.equal(2, first.hits)
    assert.equal(404, list({ fault = "html=404" }).status, "what a request asks for comes before what is planned")
    box:clear_faults()
    assert.equal(200, list().status)
  end)

  it("by a script for one provider, not for the others", function()
    box:fault { match = { provider = "zipwhip" }, fault = "500" }
    assert.equal(200, list().status)
    assert.equal(500, box:handle({ method = "POST", path = "/zipwhip/contact/list", query = "", headers = {} }).status)
  end)

  it("by name; a wrong one is refused with the nearest", function()
    for asked, words in pairs {
      ["accept-then-rest"] = "did you mean 'accept-then-reset'?", ["accept-then-429"] = "there is no fault 'accept-then-429'",
      ["reset=1"] = "takes no argument", ["429=soon"] = "SECONDS, date or date:SECONDS", ["html=99"] = "from 200 to 599",
      ["drip=x"] = "must be a number", [""] = "there is no fault ''",
    } do
      local response = list({ fault = asked })
      assert.equal(400, response.status)
      assert.truthy(response.body:find(words, 1, true), response.body)
      assert.error_matches(function() box:fault { fault = asked } end, words, 1, true)
    end
  end)

  it("by a rule that makes sense", function()
    for words, rule in pairs {
      ["a fault is"] = {}, ["a fault has no 'faults'"] = { fault = "500", faults = 1 },
      ["`match` must be a table"] = { fault = "500", match = 1 }, ["`match` has no 'pth'"] = { fault = "500", match = { pth = "" } },
      ["`match.path` must be a string"] = { fault = "500", match = { path = 1 } },
      ["`match.path` must be a Lua pattern"] = { fault = "500", match = { path = "[" } },
      ["`match.times` must be an integer"] = { fault = "500", match = { times = 0.5 } },
    } do
      assert.error_matches(function() box:fault(rule) end, words, 1, true)
    end
  end)

  it("over HTTP, of all providers or of one", function()
    local place <close> = setmetatable(matrix.http(), { __close = function(self) self.stop() end })
    local client = place.client("messagewhiz", { retries = 0 })
    local zipwhip = place.client("zipwhip", { retries = 0 })
    place.fault { match = { method = "GET", times = 1 }, fault = "html=502" }
    assert.same({ { match = { method = "GET", times = 1 }, fault = "html=502", hits = 0 } }, place.page("GET", "faults"))
    assert.equal(502, select(2, client.campaigns:list()).status)
    assert.equal(200, select(2, client.campaigns:list()).status)
    assert.equal(1, place.page("GET", "faults")[1].hits)
    place.clear()
    assert.same({}, place.page("GET", "faults"))
    assert(client:request { method = "POST", path = "/_sandbox/faults", json = { fault = "503" } })
    assert.equal(503, select(2, client.campaigns:list()).status)
    assert.equal(200, select(2, zipwhip.contacts:list()).status)
    assert(client:request { method = "DELETE", path = "/_sandbox/faults" })
    assert.equal(200, select(2, client.campaigns:list()).status)
    local _, err = client:request { method = "POST", path = "/_sandbox/faults", json = { fault = "503", mtach = {} } }
    assert.equal(400, err.status)
    assert.truthy(err.body:find("a fault has no 'mtach'", 1, true))
    assert.same({ messagewhiz = 4, zipwhip = 1 }, {
      messagewhiz = place.page("GET", "arrivals").messagewhiz, zipwhip = place.page("GET", "arrivals").zipwhip,
    })
    assert.same({ messagewhiz = 4 }, (client:request { path = "/_sandbox/arrivals" }))
  end)
end)

describe("a fault", function()
  it("has a word of explanation, and each is tried below or in outcomes_spec", function()
    local tried = {}
    for _, row in ipairs(matrix.faults) do tried[row[1]:match("^[^=]+")] = true end
    for name, words in pairs(faults.names()) do
      assert.is_true(#words > 7, name)
      assert.is_true(tried[name], name .. " is tried nowhere")
    end
  end)

  it("says when to come back", function()
    assert.is_nil(list({ fault = "429" }).headers["retry-after"])
    assert.equal("2", list({ fault = "429=2" }).headers["retry-after"])
    local began = os.time()
    local date = list({ fault = "429=date:90" }).headers["retry-after"]
    assert.matches("^%a%a%a, %d%d %a%a%a %d%d%d%d %d%d:%d%d:%d%d GMT$", date)
    local ahead = core.http_date(date) - began
    assert.is_true(ahead >= 89 and ahead <= 91 + os.time() - began, date)
    assert.is_true(core.http_date(list({ fault = "429=date" }).headers["retry-after"]) - os.time() <= 0)
  end)

  it("of the response alone leaves things as they were; accept-then does not", function()
    for i, name in ipairs { "500", "html", "empty", "reset", "close", "hang", "408", "429", "refused", "401-once" } do
      create("a" .. i, name)
      assert.equal(i - 1, campaigns(), name)
      create("b" .. i, name:find("^[4r]") and name ~= "408" and name ~= "reset" and "cut" or "accept-then-" .. name)
      assert.equal(i, campaigns(), name)
    end
  end)

  it("spoils the provider's own response", function()
    local whole = create("a").body
    local half = create("b", "half-json")
    assert.equal(200, half.status)
    assert.is_nil((json.decode(half.body)))
    assert.is_true(#half.body > #whole / 3 and whole:sub(1, 12) == half.body:sub(1, 12))
    local cut = create("c", "cut").fault
    assert.equal("reset", cut.close)
    local length, body = cut.raw:match("^HTTP/1%.1 200 OK\r\n.*Content%-Length: (%d+)\r\n\r\n(.*)$")
    assert.is_true(tonumber(length) > #body)
    local drip = create("d", "drip=2")
    assert.equal(0, json.decode(drip.body).errorCode)
    assert.equal(0.2, drip.fault.seconds)
    assert.is_true(drip.fault.bytes * 10 >= #drip.body)
    assert.equal(4, campaigns())
  end)

  it("refuses every other request of one address, or of one name", function()
    local function statuses(...)
      local out = {}
      for i, fault in ipairs { ... } do out[i] = list({ fault = fault }).status end
      return out
    end
    assert.same({ 401, 200, 401, 200 }, statuses("401-once", "401-once", "401-once", "401-once"))
    assert.same({ 401, 401, 200, 200 }, statuses("401-once=a", "401-once=b", "401-once=a", "401-once=b"))
    assert.equal(401, list({ fault = "401-once" }).status)
    assert.equal(401, create("a", "401-once").status)
  end)

  it("of the connection is a failure where there is none", function()
    local transport = box:transport("messagewhiz")
    local function play(fault)
      local response, failure = transport { method = "GET", path = "/api/3/campaign", query = "", headers =
        { apikey = "sandbox-key", ["x-sandbox-fault"] = fault } }
      return response and response.status or { failure.kind, failure.attempts }
    end
    assert.same({ "network", 1 }, play("reset"))
    assert.same({ "network", 1 }, play("accept-then-close"))
    assert.same({ "network", 1 }, play("cut"))
    assert.same({ "timeout", 1 }, play("accept-then-hang"))
    assert.same({ "network", 0 }, play("refused"))
    assert.same({ 200, 200, 500 }, { play("drip=9"), play("early-report"), play("500") })
  end)
end)

---------------------------------------------------------------- reports

-- How each provider is told where its reports go: before the send, or with it.
local REPORTS = {
  messagewhiz = function(_, message, url) message.callback = url end,
  websms = function(_, message, url) message.callback = url end,
  zoomconnect = function(client, _, url) assert(client:request { method = "POST", path = "/_sandbox/webhook", json = { url = url } }) end,
  zipwhip = function(client, _, url)
    assert(client:request { method = "POST", path = "/webhook/add", form = { type = "message", event = "progress", url = url } })
  end,
}

-- Deliveries among callbacks, as the client understands them.
local function deliveries(client, callbacks)
  local out = {}
  for _, callback in ipairs(callbacks) do
    local query = callback.query or (callback.url or ""):match("?(.*)$") or ""
    local method, body = callback.method or "POST", callback.body or ""
    local events = client:webhook { method = method, headers = callback.headers, query = query, body = body }
    for _, event in ipairs(events or {}) do
      if event.type == "delivery" and event.final then out[#out + 1] = event.status end
    end
  end
  return out
end

for _, provider in ipairs(sms.providers) do
  describe("reports of " .. provider, function()
    local function sent(client, fault, url)
      local message = kinds.message(provider, "reported")
      REPORTS[provider](client, message, url)
      return client:send(message, matrix.asking(fault, 60))
    end

    it("come twice", function()
      local client = kinds.client(provider, { transport = box:transport(provider) })
      assert(sent(client, "duplicate-report", "http://127.0.0.1:9/report"))
      box:tick(10)
      local twice = box:callbacks()
      assert.equal(2, #deliveries(client, twice))
      assert.equal(twice[1], twice[#twice // 2 + 1], "not the very same")
      assert(client:send(kinds.message(provider, "once more")))
      box:tick(10)
      assert.is_true(#deliveries(client, box:callbacks()) <= 1, "the fault is that of one request")
    end)

    it("come before the response", function()
      local place <close> = setmetatable(matrix.http(), { __close = function(self) self.stop() end })
      local receiver <close> = assert(httpd.listen {})
      local client, order, posted = place.client(provider), {}, {}
      local message, options = kinds.message(provider, "early"), matrix.asking("early-report", 60)
      REPORTS[provider](client, message, ("http://127.0.0.1:%d/report"):format(receiver:port()))
      function options.progress()
        local request = receiver:next(0.01)
        if not request then return end
        order[#order + 1] = "report"
        posted[#posted + 1] = { method = request.method, headers = request.headers, query = request.query, body = request.body }
        request:respond(200, {}, "")
      end
      local receipt = assert(client:send(message, options))
      order[#order + 1] = "answer"
      assert.equal("accepted", receipt.outcome)
      assert.same({ "report", "answer" }, { order[1], order[#order] })
      assert.same(1, #deliveries(client, posted))
    end)
  end)
end

describe("the server", function()
  it("gives a held response even when the receiver hangs", function()
    assert.equal(5, server.MOST_HELD)
    finally(function() server.MOST_HELD = 5 end)
    server.MOST_HELD = 0.5
    local held = { status = 200, headers = {}, body = "held", fault = { after = "callbacks" } }
    local silent <close> = assert(httpd.listen {})
    local callbacks = { { url = ("http://127.0.0.1:%d/"):format(silent:port()), body = "{}", headers = {} } }
    local fake = { handle = function() return held end, tick = function() end }
    function fake.callbacks()
      local due = callbacks
      callbacks = {}
      return due
    end
    local pool, transfer, answered = core.pool(), nil, nil
    local start = core.now()
    local counts = assert(server.run {
      sandbox = fake, seconds = patience.FAR, log = function() end,
      on_listen = function(port)
        transfer = assert(pool:start(core.endpoint { base_url = "http://127.0.0.1:" .. port }, "GET", "/", nil, patience.FAR, true))
      end,
      stop = function()
        pool:step(0)
        answered = transfer:done()
        return answered
      end,
    })
    local status, body = transfer:result()
    assert.same({ 200, "held" }, { status, body })
    assert.is_true(core.now() - start > 0.4)
    assert.equal(0, counts.failed) -- the callback was not given up yet, as it is after 10 seconds
  end)
end)
