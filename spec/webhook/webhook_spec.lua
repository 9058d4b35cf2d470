-- SPDX-License-Identifier: MIT
-- What all webhooks share: payloads from query, form and JSON, the shared secret, keys that tell repeats, which event is newer,
-- and that nothing which comes from outside can raise. The toy provider hands its payload on as it is.

local cost = require "spec.support.cost"
local fuzz = dofile "spec/support/webhook_fuzz.lua"
local failure = require "sms.error"
local json = require "sms.json"
local sms = require "sms"
local toy = dofile "spec/support/toy.lua"
local webhook = require "sms.webhook"

local SECRET = "s3cret &+%/ü words"
local FORM = { ["Content-Type"] = "application/x-www-form-urlencoded" }

-- The payload that the adapter got.
local function payload(request, options)
  return assert(webhook.parse(toy.adapter, request, options))[1].raw
end

local function refusal(request, options)
  local events, err = webhook.parse(toy.adapter, request, options)
  assert.is_nil(events)
  assert.is_true(failure.is(err))
  return err
end

-- An adapter whose events are what it is told.
local function telling(...)
  local events = { ... }
  return { name = "toy", webhook = function() return events end }
end

local function keys_of(...)
  local out = {}
  for i, event in ipairs(assert(webhook.parse(telling(...), { query = "a=1" }))) do out[i] = event.key end
  return table.unpack(out)
end

describe("a webhook's payload", function()
  it("comes from the query", function()
    assert.same({ a = "1", b = "x y" }, payload { method = "GET", query = "a=1&b=x+y" })
    assert.same({ a = "1" }, payload { method = "POST", query = "a=1", body = "  \r\n" })
  end)

  it("comes from a form, with the query's other fields", function()
    assert.same({ a = "1", q = "2", b = "3" }, payload { method = "POST", query = "q=2&b=0", body = "a=1&b=3", headers = FORM })
  end)

  it("comes from JSON, whatever the content type says", function()
    for _, kind in ipairs { "application/json;charset=UTF-8", "text/plain", "application/x-www-form-urlencoded", "", ";;;", "json" } do
      assert.same({ a = 1 }, payload { body = ' \n{"a":1}', headers = { ["content-TYPE"] = kind } })
    end
    assert.same({ a = 1 }, payload { body = '\xEF\xBB\xBF{"a":1}' })
    assert.same({ a = "1" }, payload { body = "a=1", headers = { ["Content-Type"] = "application/json" } })
    local function each() return next, { ["Content-Type"] = "text/plain; charset=iso-8859-1" } end -- as headers of web frameworks are read
    assert.same({ a = "é" }, payload { body = '{"a":"\xE9"}', headers = setmetatable({}, { __pairs = each }) })
  end)

  it("tolerates stray &, a leading ?, blanks as + and %20, broken escapes, names without a value", function()
    assert.same({ a = "1", b = "x y z", c = "%zz%", d = "", e = "=f=" }, payload { query = "?&&a=1&&b=x+y%20z&c=%zz%&d&e==f=&" })
    assert.same({ from = "+27725551234", campaign = "shoe campaign" }, payload { body = "&from=%2B27725551234&campaign=shoe campaign&" })
  end)

  it("is refused when there is none, or nothing that can be read", function()
    for _, request in ipairs {
      {}, { query = "" }, { query = "?&&" }, { body = " \n" }, { body = "{" }, { body = '{"a":1} x' }, { body = "<a b='c'/>" },
      { body = "words" }, { body = "null" }, { body = "\0\1\2" }, { query = "secret=1", secret = true },
    } do
      local err = refusal(request, request.secret and { secret = "1" })
      assert.equal("decode", err.kind)
      assert.equal("toy", err.provider)
    end
    assert.equal("{", refusal({ body = "{" }).body)
  end)

  it("is refused when the request is no request, or too large", function()
    for _, request in ipairs { 1, "text", { body = {} }, { query = 1 }, { headers = "x" }, { method = {} } } do
      assert.equal("invalid", refusal(request).kind)
    end
    assert.equal("too_large", refusal({ body = ("x"):rep(webhook.MAX_BODY + 1) }).kind)
    assert.equal("too_large", refusal({ query = ("x"):rep(webhook.MAX_QUERY + 1) }).kind)
    assert.same({ "x" }, payload { body = '["x"]' .. (" "):rep(webhook.MAX_BODY - 5) })
  end)

  it("that the adapter cannot read is a refusal with its words; a mistake in it is one with a name", function()
    local _, err = webhook.parse({ name = "toy", webhook = function() return nil, "no such thing" end }, { query = "a=1" })
    assert.same({ "decode", "no such thing" }, { err.kind, err.message })
    local _, bug = webhook.parse({ name = "toy", webhook = function() error("oops") end }, { query = "a=1" })
    assert.same({ "decode", "reader_failed" }, { bug.kind, bug.name })
    assert.matches("oops", bug.message)
    assert.error_matches(function()
      webhook.parse({ name = "toy", webhook = function() error("interrupted!", 0) end }, { query = "a=1" })
    end, "interrupted!")
  end)
end)

describe("the shared secret", function()
  local options = { secret = SECRET }

  local function with_secret(secret, query)
    return { query = webhook.url("/" .. (query and "?" .. query or ""), secret):match("%?(.*)$"), body = '{"a":1}', headers = {} }
  end

  it("is let in by the query, at any place, or by the header", function()
    assert.same({ a = 1 }, payload(with_secret(SECRET), options))
    assert.same({ a = 1 }, payload(with_secret(SECRET, "x=1&y=2"), options))
    assert.same({ a = 1 }, payload({ body = '{"a":1}', headers = { ["X-Webhook-Secret"] = SECRET } }, options))
    assert.same({ a = 1 }, payload({ query = "b=2", body = '{"a":1}', headers = { ["x-webhook-secret"] = SECRET } }, options))
  end)

  it("is not in what the adapter gets", function()
    local seen
    local adapter = { name = "toy", webhook = function(given, request)
      seen = { given, request.query, request.headers["x-webhook-secret"] }
      return { { type = "unknown", raw = given } }
    end }
    local request = with_secret(SECRET, "event=read&")
    request.method, request.body, request.headers["X-Webhook-Secret"] = "GET", "", SECRET
    local events = assert(webhook.parse(adapter, request, options))
    assert.same({ { event = "read" }, "event=read" }, seen)
    assert.same({ event = "read" }, events[1].raw)
    assert.same("string", type(request.headers["X-Webhook-Secret"])) -- the caller's own table stays as it is
  end)

  it("missing or wrong is an auth error, and never in its words", function()
    local wrong = SECRET .. "!"
    for _, request in ipairs {
      { body = '{"a":1}' }, { query = "secret=", body = '{"a":1}' }, { query = "secret", body = '{"a":1}' }, with_secret(wrong),
      with_secret(SECRET:sub(1, -2)), with_secret(SECRET:upper()), { body = "secret=" .. SECRET },
      { body = '{"secret":"' .. SECRET .. '"}' },
      { query = with_secret(SECRET).query .. "&secret=x", body = '{"a":1}' },
      { query = "secret=x&" .. with_secret(SECRET).query, body = '{"a":1}' },
      { query = with_secret(SECRET).query, body = '{"a":1}', headers = { ["x-webhook-secret"] = "x" } },
      { body = '{"a":1}', headers = { ["x-webhook-secret"] = {} } },
    } do
      local err = refusal(request, options)
      assert.equal("auth", err.kind)
      for _, text in ipairs { tostring(err), err.body or "" } do assert.is_nil(text:find(SECRET, 1, true)) end
    end
  end)

  it("is masked where a body that cannot be read repeats it", function()
    local request = with_secret(SECRET)
    request.body = '{"callback":"' .. webhook.url("https://example.org/", SECRET) .. '", "plain": "' .. SECRET .. '"'
    local err = refusal(request, options)
    assert.equal("decode", err.kind)
    assert.is_nil(err.body:find(SECRET, 1, true))
    assert.is_nil(err.body:find("s3cret", 1, true))
  end)

  it("is left alone where none is configured", function()
    assert.same({ secret = "x", a = "1" }, payload { query = "secret=x&a=1" })
  end)

  it("is an option of every client", function()
    local client = toy.client { key = "toy-secret-key", webhook_secret = SECRET }
    assert.equal("auth", select(2, client:webhook { body = '{"a":1}' }).kind)
    assert.same({ a = 1 }, assert(client:webhook(with_secret(SECRET)))[1].raw)
    for _, bad in ipairs { "", "a\nb", "a\0b" } do
      local function make() toy.client { key = "toy-secret-key", webhook_secret = bad } end
      assert.error_matches(make, "sms%.toy: the webhook secret must be a non%-empty string")
      assert.error_matches(function() webhook.parse(toy.adapter, {}, { secret = bad }) end, "must be a non%-empty string")
    end
  end)

  it("goes into an address", function()
    assert.equal("https://e.org/a?secret=x%26y", webhook.url("https://e.org/a", "x&y"))
    assert.equal("https://e.org/a?b=1&secret=x#c?", webhook.url("https://e.org/a?b=1#c?", "x"))
    assert.equal("https://e.org/a?secret=x", webhook.url("https://e.org/a?", "x"))
  end)
end)

describe("event.key", function()
  local report = { type = "delivery", id = "7", to = "1", status = "sent", provider_status = 1, time = 1.5, raw = {} }

  local function changed(changes)
    local out = {}
    for name, value in pairs(report) do out[name] = value end
    for name, value in pairs(changes) do out[name] = value end
    return out
  end

  it("is the same for the same report, with the provider beside it", function()
    local request = { body = '{"message_id":"m1","state":2,"status":"DELIVRD","timestamp":"2023-03-28T15:52:31.279Z"}' }
    local again = { body = '{"timestamp":"2023-03-28T15:52:31.279Z", "status":"DELIVRD","state":2,"message_id":"m1"}' }
    local reader = webhook.reader("messagewhiz")
    local one, two = assert(reader:webhook(request))[1], assert(reader:webhook(again))[1]
    assert.equal(one.key, two.key)
    assert.equal("messagewhiz", one.provider)
    assert.matches("^messagewhiz|delivery|m1|", one.key)
    assert.is_nil(one.received)
  end)

  it("differs with each field that tells events apart", function()
    local base = keys_of(changed {})
    assert.equal(base, (keys_of(changed { raw = { nonce = "another" }, reference = "r", final = true })))
    local others = { type = "inbound", id = "8", part = 2, to = "2", status = "delivered", provider_status = 2, time = 1.501 }
    for name, value in pairs(others) do
      assert.not_equal(base, (keys_of(changed { [name] = value })), name)
    end
  end)

  it("cannot be made alike by what stands in the fields", function()
    assert.not_equal((keys_of(changed { id = "a|b", to = "c" })), (keys_of(changed { id = "a", to = "b|c" })))
    assert.not_equal((keys_of(changed { id = "a%7Cb" })), (keys_of(changed { id = "a|b" })))
  end)

  it("of one post's rows differs by recipient, though they share the id and the time", function()
    local rows = {}
    for i = 1, 3 do rows[i] = ('{"broadcast_id":1,"recipient":"1555010000%d","task_state":2,"updated":1629461739834}'):format(i) end
    local events = assert(webhook.reader("messagewhiz"):webhook { body = '{"dlrs":[' .. table.concat(rows, ",") .. "]}" })
    local seen = {}
    for _, event in ipairs(events) do seen[event.key] = true end
    assert.equal(3, #events)
    local count = 0
    for _ in pairs(seen) do count = count + 1 end
    assert.equal(3, count)
  end)

  it("of what has no id, or is not known, follows its content, in whatever order", function()
    local one = keys_of { type = "unknown", raw = json.decode '{"a":1,"b":[1,2,{"c":"x"}],"d":2.5}' }
    local same = keys_of { type = "unknown", raw = json.decode '{"d":2.5,"b":[1,2,{"c":"x"}],"a":1}' }
    assert.equal(one, same)
    for _, text in ipairs {
      '{"a":2,"b":[1,2,{"c":"x"}],"d":2.5}', '{"a":1,"b":[2,1,{"c":"x"}],"d":2.5}', '{"a":"1","b":[1,2,{"c":"x"}],"d":2.5}', "{}",
    } do
      assert.not_equal(one, (keys_of { type = "unknown", raw = json.decode(text) }), text)
    end
    assert.not_equal((keys_of { type = "delivery", status = "sent", raw = { a = ("x"):rep(100) .. "1" } }),
      (keys_of { type = "delivery", status = "sent", raw = { a = ("x"):rep(100) .. "2" } }))
    local one_click, other_click = keys_of({ type = "click", id = "m", raw = { a = 1 } }, { type = "click", id = "m", raw = { a = 2 } })
    assert.not_equal(one_click, other_click)
  end)

  it("is what the adapter says it is, where it says so", function()
    assert.equal("n-1", (keys_of { type = "inbound", id = "7", key = "n-1", raw = {} }))
    assert.equal("17", (keys_of { type = "inbound", id = "7", key = 17, raw = {} }))
  end)

  it("stays short, whatever comes", function()
    local long = ("x"):rep(100000)
    local one, two, three = keys_of(changed { id = long }, changed { id = long .. "y" }, changed { key = long })
    assert.not_equal(one, two)
    for _, key in ipairs { one, two, three } do assert.is_true(#key < 1000, #key) end
  end)

  it("costs one look at what many events share", function()
    local rows, long = {}, ("x"):rep(1000000)
    local function look(shared)
      for i = 1, 2000 do rows[i] = { type = "unknown", raw = { shared = shared, row = i } } end
      keys_of(table.unpack(rows))
    end
    assert.is_true(cost.ratio(function() look "x" end, function() look(long) end, 20) < 20) -- 2,000 looks take a thousand times as long
    assert.not_equal(keys_of(rows[1], rows[2]))
  end)
end)

describe("a report of each provider", function()
  -- A report (WORD is the provider's state), an earlier and a final state, and the report as a retry may bring it.
  local REPORTS = {
    messagewhiz = {
      '{"message_id":"m","status":"WORD","timestamp":"2026-01-01T00:00:00.000Z"}', "ENROUTE", "DELIVRD",
      '{"timestamp":"2026-01-01T00:00:00.000Z","status":"WORD","message_id":"m"}',
    },
    websms = {
      '{"messageType":"deliveryReport","notificationId":"n-WORD","transferId":"t","deliveryReportMessageStatus":"WORD"}',
      "undelivered", "delivered",
      '{"deliveryReportMessageStatus":"WORD","transferId":"t","notificationId":"n-WORD","messageType":"deliveryReport"}',
    },
    zipwhip = {
      '{"id":1300000000000000001,"messageType":"ZO","body":"x","statusCode":WORD,"dateCreated":"2026-01-01T00:00:00Z"}', "1", "6",
      '{"statusCode":WORD,"id":1300000000000000001,"dateCreated":"2026-01-01T00:00:00Z","messageType":"ZO","body":"x"}',
    },
    zoomconnect = {
      "messageId=1&status=WORD&nonce=a&nonce-date=20260101000000", "SENT", "DELIVERED",
      "status=WORD&messageId=1&nonce=b&nonce-date=20260101000500",
    },
  }

  for name, case in pairs(REPORTS) do
    it("of " .. name .. " is known again, and does not go back", function()
      local reader = webhook.reader(name)
      local function event(body, word) return assert(reader:webhook { method = "POST", body = (body:gsub("WORD", word)) })[1] end
      local early, final, again = event(case[1], case[2]), event(case[1], case[3]), event(case[4], case[3])
      assert.same({ "delivery", "delivered", true, false }, { final.type, final.status, final.final, early.final })
      assert.equal(final.key, again.key)
      assert.not_equal(early.key, final.key)
      assert.is_true(webhook.newer(final, early))
      assert.is_false(webhook.newer(early, final))
    end)
  end

  it("has a case here for every provider", function()
    for _, name in ipairs(sms.providers) do assert.is_table(REPORTS[name], name) end
  end)
end)

describe("sms.webhook.newer", function()
  local newer = sms.webhook.newer

  local function event(status, time, final)
    return { status = status, time = time, final = final }
  end

  it("goes up the ranks and never down", function()
    local ranks = { "unknown", "queued", "accepted", "sent", "delivered" }
    for i, low in ipairs(ranks) do
      for j, high in ipairs(ranks) do
        assert.equal(j > i, newer(event(high), event(low)), high .. " after " .. low)
        if j < i then assert.is_false(newer(event(high, 99), event(low, 1)), "a late " .. high .. " after " .. low) end
      end
    end
    assert.is_true(newer(event("unknown"), nil))
  end)

  it("keeps a delivered message from a late `sent`", function()
    local delivered, sent = event("delivered", 10, true), event("sent", 11, false)
    assert.is_false(newer(sent, delivered))
    assert.is_true(newer(delivered, sent))
  end)

  it("lets the later time win among equals, and keeps what is there where times do not tell", function()
    for _, pair in ipairs { { "sent", "sent" }, { "delivered", "undelivered" }, { "expired", "rejected" } } do
      assert.is_true(newer(event(pair[1], 2), event(pair[2], 1)))
      assert.is_false(newer(event(pair[1], 1), event(pair[2], 2)))
      assert.is_false(newer(event(pair[1], 1), event(pair[2], 1)))
      assert.is_false(newer(event(pair[1]), event(pair[2], 1)))
      assert.is_false(newer(event(pair[1], 1), event(pair[2])))
      assert.is_false(newer(event(pair[1]), event(pair[2])))
    end
  end)

  it("goes by `final` where it is given", function()
    assert.is_true(newer(event("sent", 1, true), event("sent", 2, false)))
    assert.is_false(newer(event("sent", 3, false), event("sent", 2, true)))
    assert.is_true(newer(event("delivered", 1, true), event("undelivered", 2, false)))
    assert.is_false(newer(event("undelivered", 3, false), event("delivered", 2, true)))
  end)

  it("takes nothing for better that it does not know", function()
    assert.is_false(newer(event("invented", 2), event("queued", 1)))
    assert.is_true(newer(event("queued"), event("invented")))
    assert.is_true(newer(event("sent", 2), { status = {}, time = "x" }))
    assert.is_false(newer(event("sent", 0 / 0), event("sent", 1)))
  end)
end)

describe("a reader without a client", function()
  it("needs no credentials", function()
    local reader = webhook.reader("messagewhiz", SECRET)
    assert.equal("messagewhiz", reader.provider)
    assert.equal("auth", select(2, reader:webhook { body = "{}" }).kind)
    assert.equal(200, reader:webhook_answer().status)
    assert.equal(500, reader:webhook_answer(false).status)
    assert.equal("toy", webhook.reader(toy.adapter).provider)
  end)

  it("names the nearest provider", function()
    assert.error_matches(function() webhook.reader("messagewiz") end, "unknown provider 'messagewiz', did you mean 'messagewhiz'%?")
    assert.error_matches(function() webhook.reader(nil) end, "unknown provider 'nil'")
    assert.error_matches(function() webhook.reader("messagewhiz", "") end, "must be a non%-empty string")
  end)
end)

describe("an event as a line", function()
  it("is JSON in one line", function()
    local line = webhook.line { type = "inbound", text = "a\nb \u{2028} ü", raw = { 1, 2 } }
    assert.is_nil(line:find("\n", 1, true))
    assert.same({ type = "inbound", text = "a\nb \u{2028} ü", raw = { 1, 2 } }, json.decode(line))
  end)

  it("never fails", function()
    local deep = {}
    for _ = 1, 300 do deep = { deep } end
    local line = webhook.line {
      text = "a\xff\xe2\x82b", raw = { [1] = "x", [3] = "y", ["k\xfe"] = 1 }, holes = { [0] = 1, [2] = 1, [3] = 1 },
      inf = math.huge, nan = 0 / 0, fn = print, deep = deep, list = { "\xff" }, none = {}, [true] = "t",
    }
    local back = assert(json.decode(line))
    assert.equal("a\u{FFFD}\u{FFFD}\u{FFFD}b", back.text)
    assert.same({ ["1"] = "x", ["3"] = "y", ["k\u{FFFD}"] = 1 }, back.raw)
    assert.same({ ["0"] = 1, ["2"] = 1, ["3"] = 1 }, back.holes)
    assert.same({ "inf", "t", { "\u{FFFD}" }, {} }, { back.inf, back["true"], back.list, back.none })
  end)
end)

describe("20,000 random requests", function()
  local readers = { webhook.reader(toy.adapter, "right") }
  for i, name in ipairs(sms.providers) do readers[i + 1] = webhook.reader(name) end
  local share = math.ceil(20000 / #readers)

  for i, reader in ipairs(readers) do
    it("give events or an error at " .. reader.provider .. ", and never raise", function()
      local fault, read = fuzz.run(reader, share, i)
      assert.is_nil(fault)
      assert.is_true(i == 1 or read > share // 4, ("only %d of them were read"):format(read))
    end)
  end
end)
