-- SPDX-License-Identifier: MIT
-- ZoomConnect's callbacks, as the guide draws them and as public captures show them, through client:webhook. Dates are South African.

local sandbox = require "sms.sandbox"
local sms = require "sms"

local REPLY = "from=+27725551234&repliedToMessageId=121212&messageId=124567&message=REPLY&date=201404282055&campaign=shoe campaign"
  .. "&dataField=custom"
local CAPTURE = [[{"messageId":"5a757c7b7736b6c1d340a0db","status":"DELIVERED","campaign":"practitioner-363","dataField":"cli:1691,x",
  "nonce":"0f8fad5b-d9cb-469f-a165-70867728950e","nonce-date":"20180203111524","checksum":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}]]

local function client_of(options)
  local all = { email = "a@example.org", token = "t", transport = function() error("a webhook needs no request") end }
  for name, value in pairs(options or {}) do all[name] = value end
  return sms.zoomconnect(all)
end

local client = client_of()

local function events_of(request, from)
  request.method, request.headers = "POST", request.headers or {}
  local events, err = (from or client):webhook(request)
  assert(events, tostring(err))
  return events
end

-- The one event, without its raw fields, which must be there.
local function event_of(request, from)
  local events = events_of(request, from)
  assert.equal(1, #events)
  local raw = events[1].raw
  assert.equal("table", type(raw))
  events[1].raw = nil
  return events[1], raw
end

local function from_json(body)
  return event_of { body = body, headers = { ["content-type"] = "application/json" } }
end

describe("a reply", function()
  local EVENT = {
    provider = "zoomconnect", type = "inbound", id = "124567", reference = "custom", campaign = "shoe campaign",
    from = "+27725551234", text = "REPLY",
    replied_to = "121212", time = 1398711300,
  }

  local function without_key(event)
    assert.is_string(event.key)
    event.key = nil
    return event
  end

  it("is read from the query, plus sign, raw blank and stray ampersand included", function()
    for _, query in ipairs { REPLY, "?" .. REPLY, "&" .. REPLY .. "&", (REPLY:gsub("+", "%%2B"):gsub(" ", "%%20")) } do
      local event, raw = event_of { query = query }
      assert.same(EVENT, without_key(event))
      assert.equal("shoe campaign", raw.campaign)
    end
  end)

  it("is read from a form and from JSON", function()
    local form = { ["Content-Type"] = "application/x-www-form-urlencoded" }
    assert.same(EVENT, without_key(event_of { body = REPLY, headers = form }))
    assert.same(EVENT, without_key(from_json([[{"from":"+27725551234","repliedToMessageId":"121212","messageId":124567,"message":"REPLY",
      "date":"201404282055","campaign":"shoe campaign","dataField":"custom"}]])))
  end)

  it("may lack what captures lack, and have what they have", function()
    local event, raw = from_json([[{"from":"+27725551234","to":"+27820000001","messageId":"5a757c7b7736b6c1d340a0db","message":"Yes",
      "date":"201802031110","nonce":"n","nonce-date":"20180203111524","checksum":"c"}]])
    assert.same({ "+27820000001", "Yes", nil, nil }, { event.to, event.text, event.reference, event.replied_to })
    assert.same({ "n", "20180203111524", "c" }, { raw.nonce, raw["nonce-date"], raw.checksum })
  end)

  it("may be empty", function()
    local event = event_of { query = "from=+27725551234&messageId=1&message=" }
    assert.same({ "inbound", "" }, { event.type, event.text })
  end)
end)

describe("a delivery report", function()
  it("is read as the guide draws it", function()
    local event = event_of { query = "&status=DELIVERED&messageId=40124213" }
    assert.same({
      provider = "zoomconnect", type = "delivery", key = "zoomconnect|delivery|40124213|DELIVERED", id = "40124213", status = "delivered",
      final = true, provider_status = "DELIVERED",
    }, event)
  end)

  it("is read as captured", function()
    local event = from_json(CAPTURE)
    assert.same({ "5a757c7b7736b6c1d340a0db", "cli:1691,x", "delivered", 1517649324 }, {
      event.id, event.reference, event.status, event.time,
    })
  end)

  it("knows every status of the documents, and hands on others", function()
    for word, expected in pairs {
      SCHEDULED = { "queued", false }, SENT = { "sent", false }, DELIVERED = { "delivered", true }, FAILED = { "undelivered", true },
      FAILED_REFUNDED = { "undelivered", true }, FAILED_OPTOUT = { "rejected", true }, UNKNOWN = { "unknown", false },
      EXPLODED = { "unknown", false },
    } do
      local event = event_of { query = "messageId=1&status=" .. word }
      assert.same({ word, expected[1], expected[2] }, { event.provider_status, event.status, event.final })
    end
  end)

  it("has the same key when it comes again, with another nonce even", function()
    local first, again = from_json(CAPTURE), from_json((CAPTURE:gsub("111524", "121524"):gsub("0f8fad5b", "0f8fad5c")))
    assert.equal(first.key, again.key)
    assert.not_equal(first.key, from_json((CAPTURE:gsub("DELIVERED", "FAILED"))).key)
    assert.not_equal(event_of({ query = "messageId=1|2&status=3" }).key, event_of({ query = "messageId=1&status=2|3" }).key)
  end)
end)

describe("dates of a callback", function()
  it("are in the zone that the client names", function()
    assert.equal(1398711300 + 7200, event_of({ query = REPLY }, client_of { utc_offset = 0 }).time)
  end)

  it("that are none are left to raw", function()
    for _, date in ipairs { "", "2014-04-28", "201413282055", "201402302055", "2014042820555", "99999999999999999999", "x" } do
      local event, raw = event_of { query = "from=%2B27725551234&messageId=1&message=x&date=" .. date }
      assert.is_nil(event.time)
      assert.equal(date, raw.date)
    end
  end)
end)

describe("a callback of ZoomConnect", function()
  it("that is neither is handed on", function()
    for _, query in ipairs { "messageId=1", "status=DELIVERED", "from=%2B27725551234", "hello=world" } do
      local event, raw = event_of { query = query }
      assert.equal("unknown", event.type)
      assert.is_not_nil(next(raw))
    end
    assert.equal("unknown", from_json('[{"messageId":"1","status":"DELIVERED"}]').type)
  end)

  it("that is nothing is refused with nil and an error, never by raising", function()
    for _, body in ipairs {
      "", " ", "{", "{}", "null", "true", "17", '"x"', "<a/>", ("["):rep(100000), '{"a":"\xff"}', "\0\1", CAPTURE:sub(1, -3),
    } do
      local ok, events, err = pcall(client.webhook, client, { method = "POST", headers = {}, query = "", body = body })
      assert(ok, tostring(events))
      if events == nil then
        assert.is_not_nil(err)
      else
        assert.equal("unknown", events[1].type)
      end
    end
  end)

  it("with members of the wrong type is not guessed at", function()
    for _, body in ipairs {
      '{"messageId":{},"status":[]}', '{"messageId":1.5,"status":true}', '{"from":{},"message":5}',
      '{"from":[1],"message":"x","messageId":{}}',
      '{"from":"x","message":"y","date":20140428.5,"messageId":null}', '{"from":27725551234,"message":"x","date":{}}',
    } do
      for _, event in ipairs(events_of { body = body, headers = { ["content-type"] = "application/json" } }) do
        for _, name in ipairs { "id", "from", "to", "text", "reference" } do
          assert.is_true(event[name] == nil or type(event[name]) == "string", body)
        end
        assert.is_nil(event.time)
      end
    end
  end)

  it("is thanked with 200", function()
    assert.equal(200, client:webhook_answer(true).status)
    assert.equal(500, client:webhook_answer(false).status)
  end)
end)

describe("what the sandbox posts", function()
  for _, format in ipairs { "query", "form", "json" } do
    it("is understood as " .. format, function()
      local box = sandbox.new { clock = function() return 1398711300 end }
      local zc = sms.zoomconnect { email = "sandbox@example.org", token = "sandbox-token", transport = box }
      local pages = box.accounts.zoomconnect.pages
      pages["POST /_sandbox/webhook"](box.accounts.zoomconnect,
        { url = "http://127.0.0.1:9/r", replies = "http://127.0.0.1:9/i?secret=s", format = format })
      local receipt = assert(zc:send { to = "+27725551234", text = "Hello", reference = "custom", campaign = "shoe campaign" })
      box:tick(5)
      pages["POST /_sandbox/reply"](box.accounts.zoomconnect, { from = "+27725551234", text = "a+b & c=d" })
      local events = {}
      for i, posted in ipairs(box:callbacks()) do
        events[i] = event_of({ query = posted.url:match("%?(.*)$") or "", body = posted.body, headers = posted.headers }, zc)
      end
      assert.same({ "delivery", receipt.id, "delivered", "custom" },
        { events[1].type, events[1].id, events[1].status, events[1].reference })
      assert.same({ "inbound", "+27725551234", "a+b & c=d", receipt.id, 1398711300 },
        { events[2].type, events[2].from, events[2].text, events[2].replied_to, events[2].time })
    end)
  end
end)
