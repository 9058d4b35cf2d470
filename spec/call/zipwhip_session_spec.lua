-- SPDX-License-Identifier: MIT
-- Zipwhip's session: asked for on first use, once, shared by calls at the same time, renewed once when refused, never with a given one.

local core = require "sms.core"
local patience = require "spec.support.patience"
local scheduler = require "sms.task"
local server = require "sms.sandbox.server"
local sms = require "sms"
local transport = require "sms.call.transport"
local matrix = dofile "spec/support/fault_matrix.lua"

local GIF = { { data = "GIF89a", name = "a.gif" } }
local OWN = { username = "2065550100", password = "the-password" }

local function json(body, status)
  return { status = status or 200, headers = { ["content-type"] = "application/json" }, body = body }
end

-- A provider that hands out key-1:1, key-2:1, … and takes the newest only; `faults` are answers for coming calls, by path.
local function provider(faults)
  local self = { seen = {}, logins = 0, valid = nil }
  function self.answer(request)
    local form = (request.body or "") .. "&" .. request.query
    for _, part in ipairs(request.parts or {}) do form = form .. ("&%s=%s"):format(part.name, part.data:gsub(":", "%%3A")) end
    local session = form:match("session=([^&]*)")
    self.seen[#self.seen + 1] = ("%s %s"):format(request.path, session or "-")
    local queue = faults and faults[request.path]
    if queue and queue[1] then
      local fault = table.remove(queue, 1)
      if type(fault) == "function" then return fault() end
      return fault
    end
    if request.path == "/user/login" then
      self.logins = self.logins + 1
      self.valid = ("key-%d%%3A1"):format(self.logins)
      return json(([[{"success":true,"response":"key-%d:1"}]]):format(self.logins))
    end
    if session ~= self.valid then return json([[{"success":false,"response":"Invalid session key"}]]) end
    if request.path == "/hostedContent/get" then return { status = 200, headers = { ["content-type"] = "image/gif" }, body = "GIF89a" } end
    return json(request.path == "/role/list" and [[{"success":true,"response":[]}]] or [[{"success":true,"response":{"id":"1"}}]])
  end
  return self
end

local function client(peer, options)
  local settings = { transport = peer.answer, retries = 0 }
  for name, value in pairs(options or OWN) do settings[name] = value end
  return sms.zipwhip(settings)
end

describe("a zipwhip client with username and password", function()
  it("logs in on first use, once", function()
    local peer = provider()
    local zw = client(peer)
    assert.same({}, peer.seen)
    for _ = 1, 3 do assert(zw.messages:get { id = 1 }) end
    assert.same({ "/user/login -", "/message/get key-1%3A1", "/message/get key-1%3A1", "/message/get key-1%3A1" }, peer.seen)
  end)

  it("signs whatever comes first: form, parts or query", function()
    local calls = {
      ["/messaging/send"] = function(zw) return zw.messages:send_media { to = "2065550123", files = GIF } end,
      ["/hostedContent/get"] = function(zw) return zw.attachments:get { storageKey = "k" } end,
      ["/hostedContent/save"] = function(zw) return zw.attachments:save { files = GIF } end,
      ["/role/list"] = function(zw) return zw.roles:list() end,
    }
    for path, call in pairs(calls) do
      local peer = provider()
      assert(call(client(peer)))
      assert.same({ "/user/login -", path .. " key-1%3A1" }, peer.seen)
    end
  end)

  it("does not log in to log in, nor for the other host", function()
    local peer = provider()
    local zw = client(peer, { username = "1", password = "the-password", lookup_key = "k" })
    zw.lookup:textable { phone_number = "+12065550123" }
    assert.same({ "/enum/textable -" }, peer.seen)
    assert.equal("key-1:1", zw.user:login { username = "1", password = "p" })
    assert.equal(1, peer.logins)
  end)

  for name, refusal in pairs {
    ["words about the session"] = json([[{"success":false,"response":"Session is invalid"}]]),
    ["a description without code"] = json([[{"success":false,"response":{"desc":"session expired"}}]]),
    ["HTTP 401"] = json("", 401), ["HTTP 403"] = json([[{"success":false,"response":"No"}]], 403),
  } do
    it("renews a session that is refused by " .. name .. ", once", function()
      local peer = provider { ["/message/get"] = { refusal } }
      local zw = client(peer)
      assert(zw.messages:get { id = 1 })
      assert.same({ "/user/login -", "/message/get key-1%3A1", "/user/login -", "/message/get key-2%3A1" }, peer.seen)
      assert(zw.messages:get { id = 1 })
      assert.equal(2, peer.logins)
    end)
  end

  it("renews also for a send, which had not gone out by the word of HTTP", function()
    for _, status in ipairs { 401, 403 } do
      local peer = provider { ["/message/send"] = { json([[{"success":false,"response":"No"}]], status) } }
      local _, response = assert(client(peer).messages:send { contacts = "2065550123", body = "x" })
      assert.same({ 2, 2, 4 }, { response.attempts, peer.logins, #peer.seen })
    end
  end)

  it("does not send again after words, which no document knows, but asks for a new session the next time", function()
    local peer = provider()
    local zw = client(peer)
    assert(zw.messages:send { contacts = "2065550123", body = "x" })
    peer.valid = "another"
    local _, err = zw.messages:send { contacts = "2065550123", body = "x" }
    assert.same({ "auth", "unknown", false, 1, 1 }, { err.kind, err.outcome, err.retryable, err.attempts, peer.logins })
    assert(zw.messages:send { contacts = "2065550123", body = "x" })
    assert.same({ 2, 5 }, { peer.logins, #peer.seen })
  end)

  it("gives up when the new session is refused, too, and counts both tries", function()
    local no = json([[{"success":false,"response":"No"}]], 401)
    local peer = provider { ["/message/send"] = { no, no, no, no } }
    local _, err = client(peer).messages:send { contacts = "2065550123", body = "x" }
    assert.same({ "auth", "not_sent", false, 2, 2 }, { err.kind, err.outcome, err.retryable, err.attempts, peer.logins })
    assert.matches("HTTP 401.*the previous attempt, whose session was refused: a response was received %(HTTP 401%)", err.evidence)
    assert.equal(4, #peer.seen)
  end)

  it("counts the first try where the second, or the login for it, fails", function()
    local no = json("", 401)
    local dead = function() return nil, { kind = "network", message = "reset", attempts = 1 } end
    local peer = provider { ["/message/send"] = { no, dead } }
    local _, err = client(peer).messages:send { contacts = "2065550123", body = "x" }
    assert.same({ "network", "unknown", 2 }, { err.kind, err.outcome, err.attempts })
    peer = provider { ["/message/send"] = { no } }
    local answer = peer.answer
    peer.answer = function(request)
      if request.path == "/user/login" and peer.logins == 1 then return json("", 500) end
      return answer(request)
    end
    _, err = client(peer).messages:send { contacts = "2065550123", body = "x" }
    assert.same({ "user:login", "not_sent", 2 }, { err.operation, err.outcome, err.attempts })
    assert.matches("whose session was refused", err.evidence)
  end)

  it("does not take a refusal of something else for one of the session", function()
    for status, words in pairs { [200] = "Obsession is invalid", [201] = "Could not open database session", [404] = "Invalid session",
      [500] = "Invalid session", [202] = "Message queued, but the SMPP session is not found", [203] = "Sent; session expired afterwards",
      [206] = "Message 12 was given to a terminated session", [207] = "No carrier session",
      [208] = "Message taken, parameter 'cc' is missing" } do
      local peer = provider { ["/message/send"] = { json(([[{"success":false,"response":"%s"}]]):format(words), status) } }
      local _, err = client(peer).messages:send { contacts = "2065550123", body = "x" }
      assert.not_equal("auth", err.kind)
      assert.equal(status == 404 and "not_sent" or "unknown", err.outcome)
      assert.same({ 1, 2 }, { peer.logins, #peer.seen })
    end
  end)

  it("says when it can't log in, and that nothing was sent", function()
    for _, fault in ipairs {
      json([[{"success":false,"response":"Incorrect username or password"}]]), json("<html>", 502),
      json([[{"success":true,"response":[7]}]]), json([[{"success":true}]]),
      function() return nil, { kind = "timeout", message = "slow", attempts = 1 } end,
    } do
      local peer = provider { ["/user/login"] = { fault } }
      local _, err = client(peer).messages:send { contacts = "2065550123", body = "x" }
      assert.equal("user:login", err.operation)
      assert.equal("not_sent", err.outcome)
      assert.same({ "/user/login -" }, peer.seen)
    end
    local peer = provider { ["/user/login"] = { json([[{"success":false,"response":"Incorrect"}]]) } }
    local _, err = client(peer).messages:get { id = 1 }
    assert.same({ "auth", "Incorrect" }, { err.kind, err.message })
  end)

  it("tries again later when a login failed", function()
    local peer = provider { ["/user/login"] = { json("", 503) } }
    local zw = client(peer)
    assert.is_nil((zw.messages:get { id = 1 }))
    assert(zw.messages:get { id = 1 })
  end)

  it("logs in once for calls at the same time", function()
    local peer = provider()
    local zw = sms.zipwhip {
      username = "1", password = "the-password", retries = 0,
      transport = function(request)
        scheduler.sleep(0.02)
        return peer.answer(request)
      end,
    }
    sms.run(function()
      local tasks = {}
      for i = 1, 5 do tasks[i] = sms.task(function() return (assert(zw.messages:get { id = i })) end) end
      for _, task in ipairs(tasks) do assert.equal("1", task:wait().id) end
      assert.equal(1, peer.logins)
      peer.valid = "another" -- and renews once for all of them
      for i = 1, 5 do tasks[i] = sms.task(function() return (assert(zw.messages:get { id = i })) end) end
      for _, task in ipairs(tasks) do assert.equal("1", task:wait().id) end
      assert.equal(2, peer.logins)
    end)
  end)

  it("shows neither password nor session in errors and events", function()
    local peer = provider { ["/message/get"] = { json([[{"success":false,"response":"no: key-1:1 key-1%3A1 the-password"}]]) } }
    local told = {}
    local zw = client(peer, { username = "1", password = "the-password", on_event = function(event)
      told[#told + 1] = tostring(event.error) .. tostring(event.path)
    end })
    local _, err = zw.messages:get { id = 1 }
    for _, text in ipairs { tostring(err), err.body, table.concat(told), tostring(zw) } do
      assert.is_nil(text:find("the-password", 1, true))
      assert.is_nil(text:find("key-1", 1, true))
    end
  end)
end)

describe("a zipwhip client with a session", function()
  it("never logs in, also when the session is refused", function()
    local peer = provider()
    local zw = client(peer, { session = "given:1" })
    local _, err = zw.messages:get { id = 1 }
    assert.equal("auth", err.kind)
    assert.same({ "/message/get given%3A1" }, peer.seen)
  end)

  it("says what it needs, all in one message", function()
    local function problem(options)
      local ok, message = pcall(sms.zipwhip, options)
      assert.is_false(ok)
      return message
    end
    assert.matches("either 'session'.*both 'username' and 'password'", problem {})
    assert.matches("both 'username' and 'password'", problem { username = "1" })
    assert.matches("not both", problem { session = "a:1", username = "1", password = "p" })
    assert.matches("'session' is empty", problem { session = "" })
    local all = problem { sesion = "x", max_text_bytes = 701, max_files = 0, max_bytes = 0 }
    local words = { "did you mean 'session'", "max_text_bytes' must be from 1 to 700", "max_files", "max_bytes", "either 'session'" }
    for _, word in ipairs(words) do
      assert.is_truthy(all:find(word, 1, true), word .. ": " .. all)
    end
  end)

  it("needs a key for the lookup", function()
    local peer = provider()
    local lookup = client(peer, { session = "a:1" }).lookup
    local ok, message = pcall(lookup.textable, lookup, { phone_number = "+12065550123" })
    assert.is_false(ok)
    assert.matches("option 'lookup_key' is missing", message)
    assert.same({}, peer.seen)
  end)
end)

describe("over HTTP", function()
  it("the session goes into the body, the parts, or the one query that has to carry it", function()
    local service <close> = assert(server.spawn {})
    local zw = sms.zipwhip {
      base_url = service.url .. "/zipwhip", lookup_url = service.url .. "/zipwhip-lookup", lookup_key = "sandbox-lookup-key",
      username = "2065550100", password = "sandbox-password",
    }
    local png = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"
    local sent = assert(zw.messages:send_media { to = "+12065550123", body = "Grüße", files = { { data = png, name = "a.png" } } })
    local list = assert(zw.attachments:list { messageId = sent.id })
    assert.equal(png, assert(zw.attachments:get { storageKey = list[2].storageKey }))
    assert.equal("Grüße", assert(zw.messages:get { id = sent.id }).body)
    assert.is_true(assert(zw.lookup:textable { phone_number = "+12065550123" }).textable)
    local saved = assert(zw.attachments:save { files = { { data = png, name = "a.png" }, { data = "text", name = "b.txt" } } })
    assert.equal("text", assert(zw.attachments:get { storageKey = saved.file2 }))
    assert.is_true(assert(zw.user:logout()))
    assert.equal("2065550100", assert(zw.user:get()).user.mobileNumber)
    local many = {}
    sms.run(function()
      local function save(i) return zw.contacts:save { mobileNumber = "206555011" .. i } end
      for result in sms.parallel(8, { 1, 2, 3, 4, 5, 6, 7, 8 }, save) do
        many[#many + 1] = result.id
      end
    end)
    assert.equal(8, #many)
  end)

  it("login and call share one deadline", function()
    local place <close> = setmetatable(matrix.http(), { __close = function(self) self.stop() end })
    place.fault { match = { path = "^/user/login$" }, fault = "drip=0.5" }
    local credentials = { username = "2065550100", password = "sandbox-password" }
    local exchange, limits = transport.exchange, {} -- how long each request may take, and when that was said
    finally(function() transport.exchange = exchange end)
    transport.exchange = function(state, request, target, body, seconds)
      limits[#limits + 1] = { seconds, core.now() }
      return exchange(state, request, target, body, seconds)
    end
    for limit in patience.limits(0.8) do
      limits = {}
      local zw, began = place.client("zipwhip", { credentials = credentials, retries = 0 }), core.now()
      local _, err = zw:send({ to = "2065550123", text = "x" }, matrix.asking("hang", limit))
      local took = core.now() - began
      assert.equal("timeout", err.kind)
      assert.is_true(took >= limit - 0.005 and took < limit + patience.MOST, took) -- libcurl counts in whole milliseconds
      assert.is_true(limits[1][1] <= limit)
      if limits[2] then
        assert.is_true(limits[2][1] <= limit - (limits[2][2] - limits[1][2]) + 0.005, limits[2][1])
        if err.attempts > 0 then return assert.same({ "unknown", 1 }, { err.outcome, err.attempts }) end
      end
      assert.equal("not_sent", err.outcome) -- the machine stood still until the time was over
    end
    error "it was never sent"
  end)

  it("a call does not wait for another one's login beyond its deadline or its task's end", function()
    local held, peer, ends = true, provider(), core.now() + patience.MOST
    local zw = sms.zipwhip {
      username = "1", password = "the-password", retries = 0,
      transport = function(request)
        while held and request.path == "/user/login" and core.now() < ends do scheduler.sleep(0.005) end
        return peer.answer(request)
      end,
    }
    sms.run(function()
      local function send(options) return function() return zw:send({ to = "2065550123", text = "x" }, options) end end
      local first, hasty, stopped = sms.task(send()), sms.task(send { timeout = 0.2 }), sms.task(send())
      scheduler.pause(0.1)
      stopped:cancel()
      local err = select(2, stopped:wait())
      assert.same({ "cancelled", "not_sent", 0 }, { err.kind, err.outcome, err.attempts })
      err = select(2, hasty:wait())
      assert.same({ "timeout", "not_sent", 0 }, { err.kind, err.outcome, err.attempts })
      held = false -- the login still goes on, for who has the time
      assert.equal("accepted", first:wait().outcome)
    end)
  end)
end)

describe("a login", function()
  it("that failed in passing is tried again with its call, which was not begun", function()
    local down = { status = 503, headers = { ["retry-after"] = "0" }, body = "{}" }
    local peer = provider { ["/user/login"] = { down } }
    local zw = client(peer, { username = "2065550100", password = "the-password", retries = 1 })
    assert(zw.messages:send { contacts = "2065550123", body = "x" })
    assert.same({ "/user/login -", "/user/login -", "/message/send key-1%3A1" }, peer.seen)
    peer = provider { ["/user/login"] = { down, down } }
    local _, err = client(peer, { username = "2065550100", password = "the-password", retries = 1 }).messages:get { id = 1 }
    assert.same({ "server", "not_sent", true, 2 }, { err.kind, err.outcome, err.retryable, err.attempts })
  end)

  it("that is given up in the middle leaves the way free for the next", function()
    local peer = provider { ["/user/login"] = { function() return coroutine.yield "strange" end } }
    local zw = client(peer)
    local none, err = sms.run(function() return zw.messages:get { id = 1 } end)
    assert.is_nil(none)
    assert.matches("yielded values that nothing receives", err.message)
    assert(sms.run(function() return zw.messages:get { id = 1 } end))
  end)
end)
