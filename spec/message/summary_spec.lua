-- SPDX-License-Identifier: MIT
-- `tostring` of receipts, rows and events, for a log: one line that says what became of the message, with neither number nor text of
-- a person, no secret, and nothing that a terminal obeys.

local json = require "sms.json"
local sandbox = require "sms.sandbox"
local sms = require "sms"
local support = require "spec.support.outbox"
local kinds = dofile "spec/support/kinds_of_call.lua"

local TEXT = "c4narytext"
local SECRETS = {
  messagewhiz = "sandbox-key", zoomconnect = "sandbox-token", websms = "sandbox-token", zipwhip = kinds.options.zipwhip.session,
}
-- What would forge a line, colour a terminal, turn the direction of reading.
local FORGED = "\n\r\27[31m\u{202E}\u{2028}\0\127"

-- The line of a value: it is one, and holds none of these.
local function line_of(value, ...)
  local line = tostring(value)
  assert.matches("^sms%.%l+: ", line)
  assert.is_nil(line:find "[\0-\31\127]", line)
  assert.is_nil(line:find("\u{202E}", 1, true) or line:find("\u{2028}", 1, true), line)
  for _, word in ipairs { TEXT, ... } do assert.is_nil(line:find(word, 1, true), line) end
  return line
end

local function message(provider, more)
  local out = kinds.message(provider, TEXT)
  for name, value in pairs(more or {}) do out[name] = value end
  return out
end

-- How each provider is told where its reports go: before the send, or with it.
local REPORTS = {
  messagewhiz = function(_, given, url) given.callback = url end,
  websms = function(_, given, url) given.callback = url end,
  zoomconnect = function(client, _, url) assert(client:request { method = "POST", path = "/_sandbox/webhook", json = { url = url } }) end,
  zipwhip = function(client, _, url)
    assert(client:request { method = "POST", path = "/webhook/add", form = { type = "message", event = "progress", url = url } })
  end,
}

-- The events of all callbacks that the sandbox would post.
local function events_of(client, box)
  local out = {}
  for _, callback in ipairs(box:callbacks()) do
    local query = callback.query or (callback.url or ""):match "?(.*)$" or ""
    local request = { method = callback.method or "POST", headers = callback.headers, query = query, body = callback.body }
    for _, event in ipairs(assert(client:webhook(request))) do out[#out + 1] = event end
  end
  return out
end

for _, provider in ipairs(sms.providers) do
  describe("as a line, with " .. provider .. ",", function()
    local box, client, to
    before_each(function()
      box = sandbox.new { seed = 7 }
      client, to = kinds.client(provider, { transport = box:transport(provider) }), kinds.message(provider, "x").to
    end)

    it("a receipt says who took it, and as what", function()
      local receipt = assert(client:send(message(provider)))
      local line = line_of(receipt, to, receipt.to)
      assert.matches("^sms%.receipt: " .. provider .. " accepted, id ", line)
      assert.is_not_nil(line:find(tostring(receipt.id), 1, true), line)
      assert.matches("1 segment$", line)
    end)

    it("a row says so as well, and else why it failed", function()
      local rows = client:send_many { message(provider), message(provider, { to = "nobody" .. FORGED }), message(provider, { flash = 5 }) }
      assert.equal(3, #rows)
      assert.matches("^sms%.receipt: " .. provider .. " accepted, id ", line_of(rows[1], to))
      for i = 2, 3 do
        assert.matches("^sms%.row: " .. provider .. " not_sent, .*invalid", line_of(rows[i], to, "nobody"))
      end
    end)

    it("a receipt of a provider that says our secret and more is masked and escaped", function()
      local id = tostring(assert(client:send(message(provider))).id)
      local again, wanted = sandbox.new { seed = 7 }, id:gsub("%p", "%%%0")
      local said = json.encode(SECRETS[provider] .. FORGED)
      local hostile = kinds.client(provider, { transport = function(request)
        local response, failed = again:transport(provider)(request)
        if response then response.body = response.body:gsub('"?' .. wanted .. '"?', said) end
        return response, failed
      end })
      local receipt = assert(hostile:send(message(provider)))
      assert.is_not_nil(tostring(receipt.id):find(SECRETS[provider], 1, true)) -- the data are what came
      line_of(receipt, to, SECRETS[provider])
      local rows = hostile:send_many { message(provider) }
      line_of(rows[1], to, SECRETS[provider])
    end)

    it("an event says what happened", function()
      local given = message(provider)
      REPORTS[provider](client, given, "http://127.0.0.1:9/report")
      local receipt = assert(client:send(given))
      box:tick(10)
      local events, final = events_of(client, box), 0
      assert.is_true(#events >= 1)
      for _, event in ipairs(events) do
        local line = line_of(event, to, event.to)
        assert.matches("^sms%.event: " .. provider .. " delivery, id ", line)
        assert.is_not_nil(line:find(tostring(event.id), 1, true), line)
        if event.final then
          final = final + 1
          assert.matches("status %l+ %(final%)$", line)
        end
      end
      assert.is_true(final >= 1)
      assert.is_not_nil(receipt.id)
    end)

    it("what reconcile settles says so, what it can't says why", function()
      local row = { to = to, text = TEXT, outcome = "unknown", reference = "ours" .. FORGED, provider = provider, time = os.time() }
      local settled = assert(client:reconcile { row })
      assert.matches("^sms%.row: " .. provider .. " %l+, reference ours", line_of(settled[1], to))
      assert.matches(settled[1].reason and "[^,]+, [^,]+, " or "", line_of(settled[1]))
    end)

    it("the tables stay plain data", function()
      local receipt = assert(client:send(message(provider)))
      local copy = {}
      for name, value in pairs(receipt) do copy[name] = value end
      assert.same(copy, receipt)
      assert.same(assert(json.decode(json.encode(copy))), assert(json.decode(json.encode(receipt))))
    end)
  end)
end

describe("as a line,", function()
  it("a receipt of a failover group is that of the client that sent", function()
    local box = sandbox.new {}
    local group = sms.failover {
      kinds.client("messagewhiz", { transport = function() return { status = 429, headers = {}, body = "" } end, retries = 0 }),
      kinds.client("zoomconnect", { transport = box:transport "zoomconnect" }),
    }
    local receipt = assert(group:send { to = "+27825550123", text = TEXT, only = { messagewhiz = { from = "Shop" } } })
    assert.matches("^sms%.receipt: zoomconnect accepted, id ", line_of(receipt, "27825550123"))
  end)

  it("a row of an outbox says its state and why, a reply that one came", function()
    local address = support.engines()[1].address()
    local outbox <close> = assert(sms.outbox.open(address))
    local client = support.client(function(text)
      if text.recipientNumber:find "2$" then return 400, '{"messageId":null,"error":"no such number' .. "\\n\\u001b[31m" .. '"}' end
      return 200
    end)
    support.planned(outbox, 2)
    support.work(outbox, client)
    local lines = {}
    for row in outbox:rows { run = "june" } do lines[#lines + 1] = line_of(row, row.to, row.text) end
    assert.matches("^sms%.row: zoomconnect accepted, id id27820000001, ", lines[1])
    assert.matches("^sms%.row: .*not_sent", lines[2])
    local replies = 0
    outbox:take { type = "inbound", provider = "zoomconnect", key = "k", from = "+27820000001", text = TEXT, raw = {}, time = 1 }
    for reply in outbox:inbox() do
      replies = replies + 1
      assert.matches("^sms%.reply: zoomconnect to no row$", line_of(reply, "27820000001"))
    end
    assert.equal(1, replies)
    support.remove(address)
  end)

  it("an event is bounded, whatever it holds", function()
    local reader = require "sms.webhook".reader("zoomconnect")
    local body = json.encode { messageId = ("9\n"):rep(5000), status = "DELIVERED" .. FORGED, dataField = { 1 } }
    local headers = { ["content-type"] = "application/json" }
    local events = assert(reader:webhook { method = "POST", headers = headers, query = "", body = body })
    assert.equal(1, #events)
    assert.is_true(#line_of(events[1]) < 2000)
    local toy = require "spec.support.toy"
    events = assert(require "sms.webhook".reader(toy.adapter):webhook { method = "POST", headers = {}, query = "", body = '{"a":1}' })
    for _, event in ipairs(events) do line_of(event) end
  end)
end)
