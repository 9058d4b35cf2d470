-- SPDX-License-Identifier: MIT
-- Cassettes: what clients of all providers exchange with a served sandbox is recorded and then replayed without it; the file holds no
-- secret and no number.

local json = require "sms.json"
local sms = require "sms"
local canonical = require "sms.cassette.tape".canonical
local peer = require "spec.support.peer"
local kinds = dofile "spec/support/kinds_of_call.lua"
local matrix = dofile "spec/support/fault_matrix.lua"

local TEXT = 'dear "Zo\u{eb}", your code is 4711 & zanzibar'
local CREDENTIALS = { zipwhip = { username = "2065550100", password = "sandbox-password" } }
-- What the files must not contain: secrets of the clients, the key of a login, the ends of the numbers.
local SECRETS = {
  "sandbox-key", "sandbox-token", "sandbox-password", "sandbox-url-token", "c2FuZGJveA", "7700900123", "7700900129", "6641234567",
  "6641234569",
}

local place, path

setup(function() place = matrix.http() end)
teardown(function() place.stop() end)
before_each(function()
  path = os.tmpname()
  os.remove(path)
end)
after_each(function() os.remove(path) end)

local function content()
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local function client_of(provider, settings)
  local options = { credentials = CREDENTIALS[provider], retries = 0 }
  for name, value in pairs(settings) do options[name] = value end
  return kinds.client(provider, options)
end

-- A client that records on the sandbox, and one that replays with nothing behind it.
local function recording(provider, options, settings)
  local cassette = sms.cassette(path, { mode = "record", texts = options and options.texts })
  local all = { base_url = place.url .. "/" .. provider, transport = cassette }
  for name, value in pairs(settings or {}) do all[name] = value end
  return client_of(provider, all)
end

local function replaying(provider, options)
  local cassette = sms.cassette(path, options)
  return client_of(provider, { transport = cassette, base_url = "http://127.0.0.1:1" }), cassette
end

-- Results of calls of every kind, without what differs from run to run.
local function results(provider, client, text)
  local out = {}
  local function keep(name, result, second)
    local err = result == nil and second or {}
    out[#out + 1] = ("%s: %s %s %s %s %s"):format(name, canonical(result), err.kind, err.outcome, err.message, second and second.status)
  end
  local message = kinds.message(provider, text)
  message.template = false
  for _, to in ipairs { message.to, message.to:sub(1, -2) .. "9" } do
    message.to = to
    local receipt, err = client:send(message)
    assert(receipt, tostring(err))
    receipt.reference, receipt.id = nil, nil
    keep("send", { receipt.to, receipt.status, receipt.segments, receipt.outcome }, err)
  end
  for _, name in ipairs { "address", "url", "bulk", "broadcast", "simple", "simple_get", "media" } do
    local send = kinds.sends(provider)[name]
    if send then keep(name, send(client, text)) end
  end
  local read = kinds.others[provider].read
  if read then keep("read", read(client) and "yes") end
  keep("nothing", client:request { method = "POST", path = "/there/is/no/such", form = {} })
  return out
end

-- Results as text, with the numbers that a cassette makes up as marks, since ids of seven digits and more are made up, too.
local function marked(value)
  return (table.concat(value, "\n"):gsub("%d%d%d%d%d%d%d+", "#"):gsub("sms%-%x+", "sms"))
end

describe("a cassette", function()
  for _, provider in ipairs(sms.providers) do
    it("replays what was recorded with " .. provider .. ", and holds no secret and no number", function()
      local recorded = results(provider, recording(provider), TEXT)
      local text = content()
      for _, secret in ipairs(SECRETS) do assert.is_nil(text:find(secret, 1, true), secret) end
      assert.truthy(text:find("4711", 1, true))
      local client, cassette = replaying(provider)
      assert.equal(marked(recorded), marked(results(provider, client, TEXT)))
      assert.same({}, cassette:unused())
    end)

    it("hides texts of " .. provider .. " on wish", function()
      local recorded = results(provider, recording(provider, { texts = true }), TEXT)
      local text = content()
      for _, piece in ipairs { "4711", "Zo\u{eb}", "Zo\\u00eb", "your code", "zanzibar" } do
        assert.is_nil(text:find(piece, 1, true), piece)
      end
      assert.equal(marked(recorded), marked(results(provider, (replaying(provider, { texts = true })), TEXT)))
      assert.equal(marked(recorded), marked(results(provider, (replaying(provider, { texts = true })), "another text")))
    end)
  end

  it("holds no secret, however requests are signed and whatever the response repeats", function()
    local canary = require "spec.support.canary"
    local secret = canary.secret
    local server = peer.server(function(request)
      return 401, json.encode { message = request.head .. request.body }, "x-said: " .. request.target .. "\r\n"
    end)
    local clients = {
      { "messagewhiz", { apikey = secret "key" } }, { "messagewhiz", { apikey = secret "key", sms_auth = "header" } },
      { "zoomconnect", { email = "a@example.org", token = secret "token", url_token = secret "url" } },
      { "zoomconnect", { email = "a@example.org", token = secret "token", auth = "basic" } },
      { "zoomconnect", { email = "a@example.org", token = secret "token", auth = "query" } },
      { "websms", { token = secret "token" } }, { "websms", { token = secret "token", auth = "query" } },
      { "websms", { username = "somebody", password = secret "password" } },
      { "zipwhip", { session = secret "session", lookup_key = secret "lookup", lookup_url = server.url } },
      { "zipwhip", { username = "2065550100", password = secret "password" } },
    }
    for _, case in ipairs(clients) do
      local provider, credentials = case[1], case[2]
      local function use(transport)
        local client = client_of(provider, { credentials = credentials, base_url = server.url, transport = transport })
        local out = {}
        local function keep(_, err) out[#out + 1] = ("%s %s %s"):format(err.kind, err.outcome, err.status) end
        keep(client:send(kinds.message(provider, "Hello")))
        for name, send in pairs(kinds.sends(provider)) do
          if name ~= "url" or credentials.url_token then keep(send(client, "Hello")) end
        end
        keep(client:request { method = "POST", path = "/x", form = { a = "b" } })
        table.sort(out)
        return out
      end
      local recorded
      require "sms.loop.luv".run(function() recorded = use(sms.cassette(path, { mode = "record" })) end)
      assert.is_true(#recorded >= 2)
      assert.equal("", canary.places({ content() }, canary.SECRET), provider)
      assert.is_nil(content():find(canary.base64("somebody:" .. secret "password"):sub(13, -8), 1, true))
      assert.is_nil(content():find(canary.base64("a@example.org:" .. secret "token"):sub(21, -8), 1, true))
      assert.same(recorded, use(sms.cassette(path)), provider)
    end
    server:close()
  end)

  it("is JSON for people, each body as what it is", function()
    local client = recording "zoomconnect"
    assert(client:send { to = "+27825550177", text = "Hello" })
    local value = json.decode(content())
    local request, response = value.exchanges[1].request, value.exchanges[1].response
    assert.same({ "POST", "/api/rest/v1/sms/send", "+27825550100", "Hello" },
      { request.method, request.path, request.json.recipientNumber, request.json.message })
    assert.same({ 200, "application/json" }, { response.status, response.headers["content-type"] })
    assert.equal("string", type(response.json.messageId))
    assert.truthy(content():find('\n        "path": "/api/rest/v1/sms/send",\n', 1, true))
  end)

  it("gives one number one made-up number, in every spelling, and the response speaks of the real one again", function()
    local said = '{"to":"+27825550177","local":"082 555 0177","text":"0027825550177 2026-11-30 10.1.2.3"}'
    local server = peer.server(function() return 200, said, "content-type: application/json\r\n" end)
    local record = client_of("zoomconnect", { base_url = server.url, transport = sms.cassette(path, { mode = "record" }) })
    require "sms.loop.luv".run(function() assert(record:request { path = "/x", query = { to = "27825550177" } }) end)
    server:close()
    assert.truthy(content():find("to=27825550100", 1, true))
    assert.truthy(content():find("082 555 0100", 1, true))
    assert.truthy(content():find('"0027825550100 2026-11-30 10.1.2.3"', 1, true))
    for _, number in ipairs { "27825550177", "27825550100", "27820000001" } do
      local result = assert(replaying("zoomconnect"):request { path = "/x", query = { to = number } })
      assert.equal("+" .. number, result.to)
      assert.equal("00" .. number .. " 2026-11-30 10.1.2.3", result.text)
    end
  end)

  it("keeps numbers apart", function()
    local client = recording "zoomconnect"
    assert(client:send { to = "+27825550177", text = "Hello" })
    assert(client:send { to = "+27825550178", text = "Hello" })
    assert(client:send { to = "+27825550177", text = "Hello" })
    client = replaying "zoomconnect"
    assert(client:send { to = "+27825550179", text = "Hello" })
    local none, err = client:send { to = "+27825550179", text = "Bye" }
    assert.is_nil(none)
    assert.matches("message:\"Hello\".*, but is .*message:\"Bye\"", err.message)
    assert(client:send { to = "+27825550178", text = "Hello" })
    assert(client:send { to = "+27825550179", text = "Hello" })
  end)

  it("replays in order: refusals, Retry-After, then a yes", function()
    place.fault { match = { provider = "zoomconnect", times = 1 }, fault = "429" }
    place.fault { match = { provider = "zoomconnect", times = 1 }, fault = "503" }
    local function told(client)
      local out = {}
      for i = 1, 3 do
        local result, second = client:balance()
        out[i] = { result ~= nil, second.status, second.kind or "", second.outcome, second.retry_after or 0, second.body or "" }
      end
      return out
    end
    local recorded = told(recording "zoomconnect")
    assert.same({ 429, 503, 200 }, { recorded[1][2], recorded[2][2], recorded[3][2] })
    assert.same(recorded, told((replaying "zoomconnect")))
  end)

  it("replays broken connections and responses as unclear as they were", function()
    local function told(client)
      local _, err = client:send { to = "+27825550177", text = "Hello" }
      return { err.kind, err.outcome, err.attempts }
    end
    for _, fault in ipairs { "accept-then-reset", "html", "half-json" } do
      place.fault { match = { provider = "zoomconnect", times = 1 }, fault = fault }
      local recorded = told(recording "zoomconnect")
      assert.equal("unknown", recorded[2])
      assert.same(recorded, told((replaying "zoomconnect")), fault)
    end
    local away = client_of("zoomconnect", {
      base_url = "http://127.0.0.1:" .. peer.free_port(), transport = sms.cassette(path, { mode = "record" }),
    })
    local recorded = told(away)
    assert.same({ "network", "not_sent", 0 }, recorded)
    assert.same(recorded, told((replaying "zoomconnect")))
  end)

  it("takes files and bytes", function()
    local bytes = "GIF89a\0\1\2\255" .. ("x"):rep(100)
    local server = peer.server(function(request)
      return 200, request.target == "/down" and bytes or '{"success":true,"response":"' .. #request.body .. '"}'
    end)
    local record = client_of("zipwhip", {
      credentials = { session = "a-session:1234567" }, base_url = server.url, transport = sms.cassette(path, { mode = "record" }),
    })
    local function use(client)
      local part = { name = "file", data = bytes, filename = "a.gif", type = "image/gif" }
      local sent = assert(client:request { method = "POST", path = "/up", multipart = { part, { name = "body", data = "Hello" } } })
      local target = os.tmpname()
      local got = client:request({ method = "POST", path = "/down", form = {} }, { to_file = target })
      local file <close> = io.open(target, "rb")
      local kept = file and file:read("a")
      os.remove(target)
      return { sent, got, kept }
    end
    local recorded
    require "sms.loop.luv".run(function() recorded = use(record) end)
    server:close()
    assert.is_nil(content():find("a-session", 1, true))
    assert.equal(bytes, recorded[3])
    assert.same(recorded, use(client_of("zipwhip", { credentials = { session = "another:1" }, transport = sms.cassette(path) })))
  end)

  it("refuses what it does not hold, names the nearest, and sends nothing", function()
    local before = place.arrivals "zoomconnect"
    local client = recording "zoomconnect"
    assert(client:send { to = "+27825550177", text = "Hello" })
    assert(client:balance())
    assert.equal(before + 2, place.arrivals "zoomconnect")
    local cassette = sms.cassette(path)
    client = client_of("zoomconnect", { transport = cassette, base_url = place.url .. "/zoomconnect", retries = 2 })
    local none, err = client:send { to = "+27825550177", text = "Hello there" }
    assert.is_nil(none)
    assert.same({ "invalid", "not_sent", false, 0 }, { err.kind, err.outcome, err.retryable, err.attempts })
    assert.matches("no such request was recorded: POST /api/rest/v1/sms/send; the closest is number 1, POST /api/rest/v1/sms/send: "
      .. "body was recorded as", err.message)
    assert.matches("'[^']*message:\"Hello\"[^']*', but is '[^']*message:\"Hello there\"[^']*'; nothing was sent$", err.message)
    none, err = client.templates:list()
    assert.is_nil(none)
    assert.matches("the closest is number 2, GET /api/rest/v1/account/balance: path was recorded as '[^']*', but is '[^']*'", err.message)
    assert.same({ "POST /api/rest/v1/sms/send", "GET /api/rest/v1/account/balance" }, cassette:unused())
    assert(client:balance())
    none, err = client:balance()
    assert.is_nil(none)
    assert.matches("GET /api/rest/v1/account/balance was recorded 1 time, but requested again", err.message)
    assert(client:send { to = "+27825550177", text = "Hello" })
    err = select(2, client:send { to = "+27825550177", text = "Hello" })
    assert.matches("was recorded 1 time", err.message)
    assert.equal(before + 2, place.arrivals "zoomconnect")
    client = replaying("zoomconnect", { repeats = true })
    for _ = 1, 3 do
      assert(client:balance())
      assert(client:send { to = "+27825550177", text = "Hello" })
    end
  end)

  it("records calls of tasks, and replays them in any order", function()
    local numbers = {}
    for i = 1, 12 do numbers[i] = ("+2782555%04d"):format(100 + i) end
    local function use(client)
      local out = {}
      for receipt, err in sms.parallel(4, numbers, function(to) return client:send { to = to, text = "to " .. to:sub(-2) } end) do
        out[#out + 1] = assert(receipt, err).to
      end
      return out
    end
    local client = recording "zoomconnect"
    assert.same(numbers, sms.run(use, client))
    client = replaying "zoomconnect"
    assert.same(numbers, sms.run(use, client))
  end)

  it("records where there is no file yet, in mode auto, and then replays", function()
    local function use() return client_of("zoomconnect", {
      base_url = place.url .. "/zoomconnect", transport = sms.cassette(path, { mode = "auto" }) }):balance()
    end
    local before = place.arrivals "zoomconnect"
    local first = assert(use())
    assert.equal(first, assert(use()))
    assert.equal(before + 1, place.arrivals "zoomconnect")
  end)

  it("is shared by clients of several providers", function()
    local record = sms.cassette(path, { mode = "record" })
    for _, transport in ipairs { record, false } do
      transport = transport or sms.cassette(path)
      for _, provider in ipairs { "zoomconnect", "messagewhiz" } do
        local client = client_of(provider, { base_url = place.url .. "/" .. provider, transport = transport })
        assert(client:send(kinds.message(provider, "Hello")))
      end
      assert.matches("^sms%.cassette: .*, re%a+, 2 exchanges$", tostring(transport))
    end
  end)

  it("says what is wrong with a path, an option or a file", function()
    local function raised(...)
      local ok, words = pcall(sms.cassette, ...)
      assert.is_false(ok)
      return words
    end
    assert.matches("sms.cassette: expected a path", raised())
    assert.matches("options must be a table, got a string", raised(path, "record"))
    assert.matches("unknown option 'mod', did you mean 'mode'%?", raised(path, { mod = "record" }))
    assert.matches("option 'mode' is 'recrd', did you mean 'record'%?; valid modes: auto, record, replay", raised(path, { mode = "recrd" }))
    assert.matches("option 'texts' must be true or false, got a number", raised(path, { texts = 1 }))
    assert.matches("No such file.*mode = \"record\" makes one", raised(path))
    assert.matches("can't be written: .*No such file", raised("/nowhere/at/all.json", { mode = "record" }))
    for text, wanted in pairs {
      ["x"] = "is not JSON", ["{}"] = "is not a cassette", ["[]"] = "is not a cassette",
      ['{"cassette":2,"exchanges":[]}'] = "is not a cassette",
      ['{"cassette":1,"exchanges":[{}]}'] = "exchange 1 has no request",
      ['{"cassette":1,"exchanges":[{"request":{}}]}'] = "exchange 1 has no request, or neither response nor failure",
    } do
      local file <close> = assert(io.open(path, "wb"))
      file:write(text)
      file:close()
      assert.matches(wanted, raised(path))
    end
  end)
end)

describe("a transport of one's own", function()
  it("may send the request after all, and hide the client's secrets", function()
    local before, seen = place.arrivals "zoomconnect", {}
    local client = client_of("zoomconnect", { base_url = place.url .. "/zoomconnect", transport = function(_, upstream)
      local response, trouble = upstream.send()
      seen[#seen + 1] = { response and response.status or trouble.kind, upstream.mask "the sandbox-token", upstream.confidential }
      return response, trouble
    end })
    assert(client:balance())
    assert.equal(before + 1, place.arrivals "zoomconnect")
    assert.same({ { 200, "the ***", false } }, seen)
  end)
end)
