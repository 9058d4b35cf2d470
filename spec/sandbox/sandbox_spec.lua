-- SPDX-License-Identifier: MIT
-- The sandbox itself: clock, dice, delivery, control pages, transports, routes; and the text files it reads and splits.

local json = require "sms.json"
local csv = require "sms.sandbox.csv"
local parts = require "sms.sandbox.parts"
local random = require "sms.sandbox.random"
local router = require "sms.sandbox.router"
local sandbox = require "sms.sandbox"

local START = 1700000000

local function new(options)
  options = options or {}
  options.clock = options.clock or function() return START end
  return sandbox.new(options)
end

local function request(box, method, path, body, headers)
  return box:handle {
    method = method, path = path, query = "", headers = headers or { apikey = "sandbox-key" },
    body = body and assert(json.encode(body)),
  }
end

local function send(box, to, extra)
  local body = { api_key = "sandbox-key", to = to, from = "Shop", text = "Hello" }
  for key, value in pairs(extra or {}) do body[key] = value end
  local response = request(box, "POST", "/messagewhiz/sms", body)
  assert.equal(200, response.status)
  return json.decode(response.body).message_id
end

describe("sandbox", function()
  it("refuses options it does not know and values of the wrong type", function()
    assert.has_error(function() sandbox.new { sede = 1 } end, "sandbox: unknown option `sede`")
    assert.has_error(function() sandbox.new { clock = 5 } end, "sandbox: `clock` must be a function, got number")
    assert.has_error(function() sandbox.new { delivery = { delivered = 3 } } end, "sandbox: unknown option `delivery.delivered`")
    assert.has_error(function() sandbox.new { credentials = { twilio = {} } } end, "sandbox: unknown option `credentials.twilio`")
  end)

  it("gives the same answers for the same seed and requests", function()
    local first = send(new { seed = 7 }, "15550100100")
    assert.equal(first, send(new { seed = 7 }, "15550100100"))
    assert.not_equal(first, send(new { seed = 8 }, "15550100100"))
  end)

  it("leaves math.random alone", function()
    math.randomseed(42)
    local expected = math.random(1 << 40)
    math.randomseed(42)
    send(new(), "15550100100")
    assert.equal(expected, math.random(1 << 40))
  end)

  it("keeps accounts of two sandboxes apart", function()
    local one, two = new(), new()
    send(one, "15550100100")
    assert.equal(1, #one:inbox())
    assert.equal(0, #two:inbox())
  end)

  it("lists texts sent, with who, whom, what and when", function()
    local box = new()
    local id = send(box, "15550100100")
    assert.same({ {
      provider = "messagewhiz", to = "15550100100", from = "Shop", text = "Hello", time = START, state = "accepted", parts = 1, id = id,
    } }, box:inbox())
    assert.same({}, box:inbox("websms"))
  end)

  it("moves messages from accepted to sent to delivered as time passes", function()
    local box = new()
    send(box, "15550100100")
    local states = {}
    for i = 1, 4 do
      states[i] = box:inbox()[1].state
      box:tick(1)
    end
    assert.same({ "accepted", "sent", "sent", "delivered" }, states)
  end)

  it("follows a clock that moves by itself", function()
    local time = START
    local box = new { clock = function() return time end }
    send(box, "15550100100")
    time = START + 10
    assert.equal("accepted", box:inbox()[1].state)
    box:tick(0)
    assert.equal("delivered", box:inbox()[1].state)
  end)

  it("lets numbers with certain endings fail", function()
    local box = new()
    local expected = { ["0001"] = "undelivered", ["0002"] = "expired", ["0003"] = "rejected", ["0004"] = "failed", ["0005"] = "sent" }
    for ending in pairs(expected) do send(box, "1555010" .. ending) end
    box:tick(60)
    for _, message in ipairs(box:inbox()) do assert.equal(expected[message.to:sub(-4)], message.state) end
  end)

  it("takes other delivery times and endings", function()
    local box = new { delivery = { sent = 5, final = 50, endings = { ["7777"] = "expired" } } }
    send(box, "15550107777")
    send(box, "15550100001")
    box:tick(49)
    assert.equal("sent", box:inbox()[1].state)
    box:tick(1)
    assert.equal("expired", box:inbox()[1].state)
    assert.equal("delivered", box:inbox()[2].state)
  end)

  it("refuses to go back in time", function()
    assert.has_error(function() new():tick(-1) end)
  end)

  it("hands out each callback once, with the newest state", function()
    local box = new()
    send(box, "15550100100", { callback = "http://127.0.0.1:9/dlr" })
    assert.same({}, box:callbacks())
    box:tick(60)
    local posted = box:callbacks()
    assert.equal(1, #posted)
    assert.equal("http://127.0.0.1:9/dlr", posted[1].url)
    assert.equal("application/json", posted[1].headers["content-type"])
    assert.equal("DELIVRD", json.decode(posted[1].body).status)
    assert.same({}, box:callbacks())
  end)

  it("is a transport for a client: paths without prefix, headers in any case", function()
    local box = new { credentials = { messagewhiz = { apikey = "other" } } }
    local call = { method = "GET", path = "/api/3/campaign", query = "", headers = { APIKEY = "other" } }
    assert.equal(200, box:transport("messagewhiz")(call).status)
    assert.equal("/api/3/campaign", call.path)
    call.provider = "messagewhiz"
    assert.equal(200, box(call).status)
    call.headers = { apikey = "sandbox-key" }
    assert.equal(401, box(call).status)
    assert.has_error(function() box:transport "twilio" end,
      "sandbox: unknown provider `twilio`; valid providers: messagewhiz, websms, zipwhip, zoomconnect")
  end)

  it("answers 403 for an account that is disabled", function()
    local box = new { credentials = { messagewhiz = { apikey = "k", disabled = true } } }
    local response = request(box, "GET", "/messagewhiz/api/3/campaign", nil, { apikey = "k" })
    assert.equal(403, response.status)
    assert.equal("Forbidden", json.decode(response.body).errorType)
  end)

  it("names the providers where a path starts with none", function()
    local response = request(new(), "GET", "/nobody/api")
    assert.equal(404, response.status)
    assert.matches("/messagewhiz", response.body, 1, true)
  end)

  describe("control pages", function()
    it("show the inbox, of all or of one provider", function()
      local box = new()
      assert.equal("[]", request(box, "GET", "/_sandbox/inbox").body)
      send(box, "15550100100")
      for _, path in ipairs { "/_sandbox/inbox", "/messagewhiz/_sandbox/inbox" } do
        local listed = json.decode(request(box, "GET", path).body)
        assert.equal("Hello", listed[1].text)
        assert.equal("15550100100", listed[1].to)
      end
    end)

    it("give ids as text, and take them so", function()
      local box = new()
      local client = {}
      for name, credentials in pairs {
        messagewhiz = { apikey = "sandbox-key" }, zoomconnect = { email = "sandbox@example.com", token = "sandbox-token" },
        zipwhip = { session = "sandbox-session" }, websms = { token = "sandbox-token" },
      } do
        credentials.transport = box
        client[name] = require("sms")[name](credentials)
        client[name]:send { to = "+27825551234", text = "hi", from = name == "messagewhiz" and "Shop" or nil }
      end
      local listed = json.decode(request(box, "GET", "/_sandbox/inbox").body)
      local seen = 0
      for _, message in ipairs(listed) do
        for _, name in ipairs { "id", "broadcast_id", "segment_id" } do
          seen = seen + (message[name] ~= nil and 1 or 0)
          assert.is_true(message[name] == nil or type(message[name]) == "string", message.provider .. " " .. name)
        end
        assert.equal("number", type(message.time))
      end
      assert.is_true(#listed >= 2 and seen >= 2, #listed .. " " .. seen)
      local id = json.decode(request(box, "POST", "/zipwhip/_sandbox/inbound", { from = "+12065550100", text = "x" }).body).id
      assert.equal("string", type(id))
      local function reply(to)
        return request(box, "POST", "/zoomconnect/_sandbox/reply", { from = "0825551234", text = "x", messageId = to })
      end
      local first = json.decode(reply().body).messageId
      assert.equal("string", type(first))
      assert.equal(200, reply(first).status)
      assert.equal(400, reply("1" .. first).status)
    end)

    it("let time pass", function()
      local box = new()
      send(box, "15550100100")
      local response = request(box, "POST", "/_sandbox/tick", { seconds = 2 })
      assert.equal(START + 2, json.decode(response.body).time)
      assert.equal("sent", box:inbox()[1].state)
      assert.equal(400, request(box, "POST", "/_sandbox/tick", { seconds = "2" }).status)
    end)

    it("set and clear a provider's webhook", function()
      local box = new()
      assert.equal(200, request(box, "POST", "/messagewhiz/_sandbox/webhook", { url = "http://127.0.0.1:9/w" }).status)
      assert.equal("http://127.0.0.1:9/w", box.accounts.messagewhiz.webhook)
      assert.equal(400, request(box, "POST", "/_sandbox/webhook", { url = 5 }).status)
      assert.equal(200, request(box, "POST", "/_sandbox/webhook").status)
      assert.is_nil(box.accounts.messagewhiz.webhook)
    end)

    it("refuse what they do not know", function()
      assert.equal(404, request(new(), "GET", "/_sandbox/outbox").status)
      local broken = new():handle { method = "POST", path = "/_sandbox/tick", headers = {}, body = "{" }
      assert.equal(400, broken.status)
    end)
  end)
end)

describe("sandbox.router", function()
  local facts = {
    things = {
      "A doc sentence is no operation.",
      list = { "GET /v/thing" }, get = { "GET /v/thing/{id}" }, last = { "GET /v/thing/last" },
      create = { "POST /v/Thing?kind=1" }, import = { "POST /v/Thing" },
      preview = { "POST /v/thing/preview{/n}" }, slash = { "POST /v/tiny/" }, dotted = { "GET /v/a.b/{id}/c" },
    },
  }
  local routes = router.new("any", { "things" }, function(name) return facts[name] end)

  local function match(method, path)
    local found, values = routes:match(method, path)
    return table.concat(found, " "), values
  end

  it("finds an operation and the values of its placeholders", function()
    assert.same({ "things.get", { id = "a b" } }, { match("GET", "/v/thing/a%20b") })
    assert.same({ "things.list", {} }, { match("GET", "/v/thing") })
  end)

  it("prefers words to placeholders", function()
    assert.same({ "things.last", {} }, { match("GET", "/v/thing/last") })
  end)

  it("names every operation of one verb and path", function()
    assert.equal("things.create things.import", (match("POST", "/v/Thing")))
  end)

  it("takes an optional tail or its absence", function()
    assert.same({ "things.preview", {} }, { match("POST", "/v/thing/preview") })
    assert.same({ "things.preview", { n = "4" } }, { match("POST", "/v/thing/preview/4") })
  end)

  it("minds letter case, slashes, dots and verbs", function()
    for _, case in ipairs {
      { "GET", "/v/Thing" }, { "POST", "/v/tiny" }, { "GET", "/v/axb/1/c" }, { "PUT", "/v/thing" }, { "GET", "/v/thing/1/2" },
      { "GET", "/v/thing/" }, { "GET", "/x/v/thing" },
    } do
      assert.equal("", (match(case[1], case[2])), case[2])
    end
    assert.equal("things.slash", (match("POST", "/v/tiny/")))
    assert.equal("things.dotted", (match("GET", "/v/a.b/1/c")))
  end)
end)

describe("sandbox.csv", function()
  it("reads quotes, both delimiters and all line ends", function()
    assert.same({ { "a", "b" }, { "1", "2" } }, csv.parse "a,b\r\n1,2\r\n")
    assert.same({ { "a", "b,c", "d" }, { "1", "2", "" } }, csv.parse "a;b,c;d\n\n1;2;\n")
    assert.same({ { 'say "hi"', "two\nlines" }, { "x", "" } }, csv.parse '"say ""hi""","two\nlines"\rx,')
    assert.same({ { "a" } }, csv.parse "\239\187\191a")
    assert.same({ { "a;b", "c" } }, csv.parse '"a;b",c')
    assert.same({}, csv.parse "")
  end)

  it("says what is broken", function()
    assert.same({ nil, "row 2: unterminated quote" }, { csv.parse 'a\n"b' })
    assert.same({ nil, "row 1: text after a closing quote" }, { csv.parse '"a"b,c' })
  end)

  it("writes what it can read", function()
    local rows = { { "phone_number", "first_name" }, { "1", 'An"na;' } }
    local text = csv.format(rows)
    assert.equal('"phone_number";"first_name"\n"1";"An""na;"\n', text)
    assert.same(rows, csv.parse(text))
  end)
end)

describe("sandbox.parts", function()
  local cases = {
    { "plain, at the limit", ("a"):rep(160), "gsm7", 160, { 160 } },
    { "plain, beyond it", ("a"):rep(161), "gsm7", 161, { 153, 8 } },
    { "extension characters cost two", ("€"):rep(80), "gsm7", 160, { 80 } },
    { "extension characters are not torn", ("a"):rep(152) .. "€" .. ("a"):rep(20), "gsm7", 174, { 152, 21 } },
    { "UCS-2, at the limit", ("я"):rep(70), "ucs2", 70, { 70 } },
    { "UCS-2, beyond it", ("я"):rep(71), "ucs2", 71, { 67, 4 } },
    { "surrogate pairs are not torn", ("я"):rep(66) .. "😀" .. ("я"):rep(10), "ucs2", 78, { 66, 11 } },
    { "one character of the basic table beyond ASCII", "Ωµ", "ucs2", 2, { 2 } },
    { "the basic table", "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà", "gsm7", 42, { 42 } },
    { "bytes that are not UTF-8", "\255\254", "ucs2", 2, { 2 } },
    { "nothing", "", "gsm7", 0, { 0 } },
  }
  for _, case in ipairs(cases) do
    it("splits: " .. case[1], function()
      local split = parts.split(case[2])
      assert.equal(case[3], split.encoding)
      assert.equal(case[4], split.units)
      local lengths = {}
      for i, part in ipairs(split.parts) do lengths[i] = utf8.len(part) or #part end
      assert.same(case[5], lengths)
      assert.equal(case[2], table.concat(split.parts))
    end)
  end
end)

describe("sandbox.random", function()
  it("stays in its range, reaches both ends, and repeats with its seed", function()
    local dice, again, seen = random.new(3), random.new(3), {}
    for _ = 1, 500 do
      local value = dice:integer(1, 6)
      assert.equal(value, again:integer(1, 6))
      seen[value] = true
    end
    assert.same({ true, true, true, true, true, true }, seen)
  end)

  it("makes words of an alphabet and UUIDs of version 4", function()
    local dice = random.new(1)
    assert.matches("^[%w_-]+$", dice:word(21))
    assert.equal(21, #dice:word(21))
    assert.matches("^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$", dice:uuid())
  end)
end)
