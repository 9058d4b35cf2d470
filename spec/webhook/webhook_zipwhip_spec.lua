-- SPDX-License-Identifier: MIT
-- Zipwhip's webhooks through client:webhook: one message object for five events, told apart by the URL or by its own flags; opt-outs.

local sandbox = require "sms.sandbox"
local sms = require "sms"

local client = sms.zipwhip { session = "a:1", transport = function() error("a webhook needs no request") end }

-- The documents' sample, with changes as JSON texts.
local function message(changes)
  local members = {
    body = '"Hello"', bodySize = "5", address = '"ptn:/+12065550100"', finalSource = '"+12065550100"',
    finalDestination = '"+12065550111"', messageType = '"MO"', fingerprint = '"4000000001"', id = "1300000000000000001", cc = "null",
    bcc = "null", visible = "true", read = "false", contactId = "10000000001", scheduledDate = "null", deviceId = "300000001",
    dateCreated = '"2020-11-13T17:01:17Z"', dateRead = "null", dateDeleted = "null", dateDelivered = "null", messageTransport = "5",
    hasAttachment = "false", deleted = "false", statusCode = "4", messageStatus = "1003",
  }
  for name, text in pairs(changes or {}) do members[name] = text end
  local out = {}
  for name, text in pairs(members) do out[#out + 1] = ('"%s":%s'):format(name, text) end
  table.sort(out)
  return "{" .. table.concat(out, ",") .. "}"
end

local function event(body, query)
  local events, err = client:webhook {
    method = "POST", headers = { ["Content-Type"] = "application/json;charset=UTF-8" }, query = query or "", body = body,
  }
  assert(events, tostring(err))
  assert.equal(1, #events)
  return events[1]
end

local OUT = { messageType = '"ZO"', finalSource = '"+12065550111"', finalDestination = '"+12065550100"' }

local function outgoing(code, more)
  local changes = { statusCode = tostring(code) }
  for _, from in ipairs { OUT, more or {} } do
    for name, text in pairs(from) do changes[name] = text end
  end
  return message(changes)
end

describe("a webhook of zipwhip", function()
  it("reads the sample as an inbound text, with its id exact", function()
    local got = event(message())
    assert.same({ "inbound", "1300000000000000001", "+12065550100", "+12065550111", "Hello", 1605286877 },
      { got.type, got.id, got.from, got.to, got.text, got.time })
    assert.same({ 1300000000000000001, 10000000001, 1003 }, { got.raw.id, got.raw.contactId, got.raw.messageStatus })
    assert.is_nil(got.status)
  end)

  it("reads delivery states of what the line sent", function()
    for code, expected in pairs {
      [0] = { "sent", true }, [1] = { "accepted", false }, [2] = { "queued", false }, [4] = { "sent", true }, [5] = { "undelivered", true },
      [6] = { "delivered", true }, [7] = { "undelivered", true }, [42] = { "unknown", false }, [-1234] = { "rejected", true },
    } do
      for _, query in ipairs { "", "event=progress", "event=send" } do
        local got = event(outgoing(code), query)
        assert.same({ "delivery", expected[1], expected[2], code }, { got.type, got.status, got.final, got.provider_status })
      end
    end
    assert.equal(1605286880, event(outgoing(4, { dateDelivered = '"2020-11-13T09:01:20-08:00"' })).time)
    assert.same({ "unknown", false }, { event(outgoing("null")).status, event(outgoing("null")).final })
  end)

  it("takes the event from the URL, where it says one", function()
    assert.equal("inbound", event(message { read = "true" }, "event=receive").type)
    assert.equal("delivery", event(outgoing(2), "event=receive").type) -- what the line sent never came in
    assert.equal("read", event(message(), "a=1&event=read").type)
    assert.equal("deleted", event(message(), "event=delete").type)
    assert.equal("inbound", event(message(), "event=nothing").type)
  end)

  it("infers it else: what was read or removed is no new text", function()
    assert.same({ "read", 1605286920 }, {
      event(message { read = "true", dateRead = '"2020-11-13T17:02:00Z"' }).type,
      event(message { read = "true", dateRead = '"2020-11-13T17:02:00Z"' }).time,
    })
    assert.equal("deleted", event(message { deleted = "true", dateDeleted = '"2020-11-13T17:03:00Z"' }).type)
    assert.equal("deleted", event(outgoing(4, { deleted = "true" })).type)
  end)

  it("hands opt-outs on, which no document describes", function()
    local got = event([[{"address":"ptn:/+12065550100","keyword":"STOP"}]], "event=change")
    assert.same({ "optout", "+12065550100", "STOP" }, { got.type, got.from, got.raw.keyword })
    assert.equal("unknown", event([[{"number":"+12065550100","keyword":"STOP"}]]).type)
  end)

  it("reads a GET's query, and the older numbers and dates", function()
    local events = assert(client:webhook { method = "GET", headers = {}, body = "",
      query = "id=1300000000000000001&messageType=MO&body=Hello&address=ptn%3A%2F2065550100&statusCode=4&event=receive" })
    assert.same({ "inbound", "1300000000000000001", "2065550100", "Hello" },
      { events[1].type, events[1].id, events[1].from, events[1].text })
    -- A plus that nobody escaped is a blank in a form; in front of digits it is a plus again.
    events = assert(client:webhook { method = "POST", headers = {}, query = "event=receive",
      body = "id=1&messageType=MO&body=1 + 1&address=ptn:/+12065550100&finalSource=+12065550100&finalDestination=+12065550101" })
    assert.same({ "+12065550100", "+12065550101", "1   1" }, { events[1].from, events[1].to, events[1].text })
    local optout = "event=change&address=ptn:/+12065550100&keyword=STOP"
    events = assert(client:webhook { method = "GET", headers = {}, query = optout, body = "" })
    assert.same({ "optout", "+12065550100" }, { events[1].type, events[1].from })
    assert.equal(1441126800, event(message { dateCreated = '"2015-09-01T10:00:00-07:00"' }).time)
    assert.is_nil(event(message { dateCreated = '"Jan 26, 2012 3:45:36 PM"' }).time)
  end)

  it("knows a repeat and the newer state", function()
    local first, again, later = event(outgoing(2)), event(outgoing(2)), event(outgoing(4))
    assert.equal(first.key, again.key)
    assert.not_equal(first.key, later.key)
    assert.is_true(sms.webhook.newer(later, first))
    assert.is_false(sms.webhook.newer(first, later))
  end)

  it("refuses what is no object, and guesses nothing", function()
    for _, body in ipairs { "", "7", "null", "<html/>", "{" } do
      local events, err = client:webhook { method = "POST", headers = {}, query = "", body = body }
      assert.is_nil(events, body)
      assert.equal("decode", err.kind)
    end
    for _, body in ipairs { "{}", "[]", [[{"id":{}}]], [[{"id":1.5,"body":"x"}]], [[{"id":true,"messageType":"MO"}]] } do
      assert.equal("unknown", event(body).type, body)
    end
    local odd = event [[{"id":1,"messageType":[],"body":{},"finalSource":7,"dateCreated":{},"statusCode":"x","address":{}}]]
    assert.same({ "delivery", "1", "7", "unknown" }, { odd.type, odd.id, odd.from, odd.status })
    assert.is_nil(odd.text)
  end)

  it("reads what the sandbox posts, and answers 200", function()
    local box = sandbox.new { clock = function() return 1624629770 end }
    local zw = sms.zipwhip { username = "2065550100", password = "sandbox-password", transport = box }
    for _, name in ipairs { "receive", "send", "progress", "read", "delete" } do
      assert(zw.webhooks:add { type = "message", event = name, url = "http://127.0.0.1:9/zw?event=" .. name })
    end
    assert(zw.webhooks:add { type = "optout", event = "change", url = "http://127.0.0.1:9/zw?event=change" })
    local sent = assert(zw:send { to = "2065550123", text = "Hello" })
    box:tick(5)
    local stop = [[{"from":"2065550123","text":"STOP"}]]
    box:handle { method = "POST", path = "/zipwhip/_sandbox/inbound", query = "", headers = {}, body = stop }
    assert(zw.messages:mark_read { message = assert(zw.messages:list { limit = 1 })[1].id })
    local seen = {}
    for i, posted in ipairs(box:callbacks()) do
      local query = posted.url:match("%?(.*)$")
      local events = assert(zw:webhook { method = posted.method, headers = posted.headers, query = query, body = posted.body })
      seen[i] = ("%s %s"):format(events[1].type, events[1].status)
      if events[1].type == "delivery" then assert.equal(sent.id, events[1].id) end
    end
    assert.same({ "delivery queued", "delivery sent", "inbound nil", "optout nil", "read nil" }, seen)
    assert.equal(200, zw:webhook_answer().status)
    assert.equal(500, zw:webhook_answer(false).status)
  end)
end)
