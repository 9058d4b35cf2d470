-- SPDX-License-Identifier: MIT
-- The JSON API of the sandbox's inbox, without a server: texts, filters, states by hand, replies, requests, webhooks, faults, clock.

local inbox = require "spec.support.inbox"
local json = require "sms.json"
local sandbox = require "sms.sandbox"
local sms = require "sms"

describe("the inbox", function()
  local pages, box

  -- One call of the API: status, value, response.
  local function api(...) return pages:api(...) end
  local function get(path) return select(2, pages:api("GET", path)) end
  local function send(...) return pages:send(...) end

  before_each(function()
    pages = inbox.new()
    box = pages.box
  end)

  it("lists texts newest first, with what a page needs of each", function()
    assert(send("messagewhiz", "+27825551234", "Your code is 447120."))
    assert(send("zoomconnect", "+27825551299", "Grüße — 👍"))
    local list = get "messages"
    assert.same({ 2, 2 }, { list.total, list.upto })
    assert.same({ 2, 1 }, { list.messages[1].n, list.messages[2].n })
    local first = list.messages[2]
    assert.same({
      n = 1, provider = "messagewhiz", direction = "out", from = "Museum", to = "27825551234", peer = "+27825551234",
      text = "Your code is 447120.", time = 1796054107.25, state = "accepted", segments = 1, cuts = {}, encoding = "gsm7", units = 20,
      request = 1, price = { amount = 3.36, unit = "EUR" }, id = first.id, attachments = {},
    }, first)
    assert.equal("string", type(list.messages[1].id))
    assert.equal("ucs2", list.messages[1].encoding)
  end)

  it("keeps the pages of one snapshot while texts come", function()
    for i = 1, 25 do assert(send("messagewhiz", "+27825551234", "text " .. i)) end
    local page = get "messages?limit=10&offset=10&upto=20"
    assert.equal(20, page.total)
    assert.same({ 10, 1 }, { page.messages[1].n, page.messages[10].n })
    assert.equal(0, #get("messages?offset=100").messages)
    assert.equal(0, #get("messages?limit=0").messages)
    local filtered = get "messages?limit=3&offset=1&upto=20&provider=messagewhiz"
    assert.same({ 20, 19, 17 }, { filtered.total, filtered.messages[1].n, filtered.messages[3].n })
  end)

  it("finds texts by each parameter, numbers with and without their plus", function()
    assert(send("messagewhiz", "+27825551234", "Bring this CODE: Ärger"))
    assert(send("zoomconnect", "+27825551299", "other"))
    assert(send("zoomconnect", "+27820000002", "expires"))
    assert.equal(200, (api("POST", "replies", { provider = "zipwhip", from = "+12065550123", text = "YES" })))
    box:tick(5)
    for query, expected in pairs {
      ["provider=zoomconnect"] = { 3, 2 }, ["direction=in"] = { 4 }, ["state=expired"] = { 3 }, ["peer=27825551234"] = { 1 },
      ["peer=%2B27825551234"] = { 1 }, ["to=%2B27825551234"] = { 1 }, ["to=27825551234"] = { 1 }, ["from=Museum"] = { 1 },
      ["from=12065550123"] = { 4 }, ["q=code"] = { 1 }, ["q=%C3%A4RGER"] = { 1 }, ["q=2065550123"] = { 4 }, ["q=%2B12065550123"] = { 4 },
      ["after=2"] = { 4, 3 }, ["request=2"] = { 2 }, ["state=delivered&provider=zoomconnect"] = { 2 }, ["q=nothing"] = {},
    } do
      local found = {}
      for i, message in ipairs(get("messages?" .. query).messages) do found[i] = message.n end
      assert.same(expected, found, query)
    end
  end)

  it("names what is wrong with a question", function()
    for path, words in pairs {
      ["messages?prvider=x"] = "no parameter 'prvider', did you mean 'provider'%?",
      ["messages?state=delivred"] = "did you mean 'delivered'",
      ["messages?limit=1001"] = "`limit` must be a whole number from 0 to 1000", ["messages?offset=-1"] = "`offset`",
      ["messages?after=x"] = "`after` must be a whole number", ["wait?count=0"] = "`count`", ["wait?timeout=61"] = "`timeout`",
      ["wait?timeout=nan"] = "`timeout`", ["wait?code=x"] = "`code` must be a number of digits", ["wait?code=8-4"] = "`code`",
      ["wait?limit=3"] = "no parameter 'limit'", ["export?format=xml"] = "`format` must be json or csv", ["requests?limit=x"] = "`limit`",
    } do
      local status, value = api("GET", path)
      assert.equal(400, status, path)
      assert.matches(words, value.error, path)
    end
    assert.equal(404, (api("GET", "messages/9")))
    assert.equal(404, (api("GET", "nothing")))
    local status, _, response = api("PUT", "messages")
    assert.equal(405, status)
    assert.equal("DELETE, GET", response.headers.allow)
    assert.equal(400, (box:handle { method = "POST", path = "/inbox/api/faults", headers = {}, body = "{" }).status)
  end)

  it("tells all about one text: parts, history, request, what forces UCS-2, what swaps would save", function()
    local text = ("Don’t forget — the café opens at 9. "):rep(5)
    assert(send("messagewhiz", "+27825551234", text))
    box:tick(5)
    local value = get "messages/1"
    assert.equal(text, table.concat(value.parts))
    assert.equal(#value.parts, value.segments)
    assert.same({ "accepted", "sent", "delivered" }, { value.history[1].state, value.history[2].state, value.history[3].state })
    assert.equal(3, value.history[3].time - value.history[1].time)
    assert.equal("/messagewhiz/sms", value.request.path)
    assert.equal(200, value.request.status)
    assert.matches('"to":"27825551234"', value.request.body)
    assert.equal(10, #value.analysis.forcing)
    assert.equal("RIGHT SINGLE QUOTATION MARK", value.analysis.forcing[1].name)
    assert.equal(value.segments, value.analysis.segments)
    assert.equal(value.segments - value.better.saves, value.better.segments)
    assert.equal(67, value.cuts[1])
  end)

  it("has cuts in UTF-16 units whose pieces are the text", function()
    for _, text in ipairs { ("€"):rep(100), ("👍🏽"):rep(40), ("a"):rep(161), ("ü"):rep(160), ("[x]"):rep(70) } do
      assert(send("messagewhiz", "+27825551234", text))
      local value = get("messages/" .. get("state").last)
      assert.equal(#value.parts - 1, #value.cuts)
      local at = 0
      for i, cut in ipairs(value.cuts) do
        for _, code in utf8.codes(value.parts[i]) do at = at + (code > 0xFFFF and 2 or 1) end
        assert.equal(at, cut)
      end
    end
  end)

  it("decides a state by hand, and what was planned no longer happens", function()
    assert(send("zoomconnect", "+27825551234", "x"))
    api("PUT", "accounts/zoomconnect", { webhook = "http://127.0.0.1:9/hooks", format = "json" })
    local status, value = api("POST", "messages/1/state", { state = "undelivered" })
    assert.equal(200, status)
    assert.equal("undelivered", value.state)
    box:tick(60)
    assert.equal("undelivered", get("messages/1").state)
    assert.equal(2, #get("messages/1").history)
    local callbacks = box:callbacks()
    assert.equal(1, #callbacks)
    assert.matches('"status":"FAILED"', callbacks[1].body)
    assert.equal(400, (api("POST", "messages/1/state", { state = "gone" })))
    assert.equal(404, (api("POST", "messages/7/state", { state = "sent" })))
    api("POST", "replies", { provider = "zoomconnect", from = "+27825551234", text = "x" })
    assert.equal(400, (api("POST", "messages/2/state", { state = "sent" })))
  end)

  it("has replies of three providers, and says why not for the fourth", function()
    for _, provider in ipairs { "zipwhip", "websms", "zoomconnect" } do
      local status, value = api("POST", "replies", { provider = provider, from = "+12065550123", text = "Grüezi" })
      assert.equal(200, status)
      local text = get("messages/" .. value.n)
      assert.same({ "in", "received", "Grüezi", "+12065550123" }, { text.direction, text.state, text.text, text.peer })
    end
    for field, body in pairs {
      ["no inbound texts"] = { provider = "messagewhiz", from = "+12065550123", text = "x" }, ["`provider`"] = { from = "+1", text = "x" },
      ["did you mean 'zipwhip'"] = { provider = "zipwip", from = "+12065550123", text = "x" },
      ["`text`"] = { provider = "zipwhip", from = "+12065550123" }, ["from"] = { provider = "zipwhip", from = "x", text = "x" },
    } do
      local status, value = api("POST", "replies", body)
      assert.equal(400, status)
      assert.matches(field, value.error, nil, true)
    end
    assert.equal(3, get("state").last)
  end)

  it("posts a reply to the webhook, and after STOP refuses the next text to that number", function()
    api("PUT", "accounts/zipwhip", { webhook = "http://127.0.0.1:9/hooks" })
    assert(send("zipwhip", "+12065550123", "Your table is ready."))
    api("POST", "replies", { provider = "zipwhip", from = "+12065550123", text = "STOP" })
    local hooks = get("webhooks").webhooks
    assert.equal(3, #hooks)
    assert.same({ 2 }, hooks[2].texts)
    assert.matches("event=receive$", hooks[2].url)
    local receipt = send("zipwhip", "+12065550123", "Again")
    assert.is_nil(receipt)
    assert.same({}, get("requests/2").texts)
  end)

  it("waits for a text, for several, and for the code in the newest", function()
    assert(send("messagewhiz", "+27825551234", "Your code is 447120, order 12345678."))
    assert.equal("447120", get("wait?to=%2B27825551234&code=6").code)
    assert.equal("12345678", get("wait?to=27825551234&code=7-8").code)
    assert.is_nil(get("wait?to=27825551234&code=4").code)
    assert.is_nil(get("wait").code)
    local query = "peer=27825551299&count=2&after=1&timeout=3"
    local waiting = box:handle { method = "GET", path = "/inbox/api/wait", query = query, headers = {} }
    assert.equal(3, waiting.seconds)
    assert.is_nil(waiting.wait(false))
    assert(send("messagewhiz", "+27825551299", "one"))
    assert.is_nil(waiting.wait(false))
    assert(send("messagewhiz", "+27825551234", "another number"))
    assert(send("messagewhiz", "+27825551299", "two"))
    local response = waiting.wait(false)
    assert.equal(200, response.status)
    local value = json.decode(response.body)
    assert.same({ 4, 2 }, { value.messages[1].n, value.messages[2].n })
  end)

  it("waits for a state", function()
    assert(send("messagewhiz", "+27825551234", "x"))
    local waiting = box:handle { method = "GET", path = "/inbox/api/wait", query = "state=delivered", headers = {} }
    assert.is_nil(waiting.wait(false))
    box:tick(5)
    assert.equal(200, waiting.wait(false).status)
  end)

  it("tells what there was when the time is over", function()
    assert(send("messagewhiz", "+27825551234", "one"))
    local waiting = box:handle { method = "GET", path = "/inbox/api/wait", query = "to=1&timeout=0.1", headers = {} }
    local response = waiting.wait(true)
    assert.equal(408, response.status)
    local value = json.decode(response.body)
    assert.equal("0 of 1 texts matched", value.error)
    assert.same({ 0, 1 }, { #value.messages, value.last[1].n })
  end)

  it("forgets texts, all or those that match, and gives no number twice", function()
    assert(send("messagewhiz", "+27825551234", "one"))
    assert(send("zoomconnect", "+27825551234", "two"))
    assert.equal(1, select(2, api("DELETE", "messages?provider=messagewhiz")).deleted)
    assert.same({ 2 }, { get("messages").messages[1].n })
    api("DELETE", "messages")
    local state = get "state"
    assert.same({ 0, 0, {}, {} }, { state.counts.all, state.counts.segments, state.counts.state, state.counts.provider })
    assert(send("messagewhiz", "+27825551234", "three"))
    assert.equal(3, get("messages").messages[1].n)
    assert.equal(404, (api("GET", "messages/1")))
    box:tick(5)
    assert.same({ delivered = 1 }, get("state").counts.state)
  end)

  it("drops the oldest texts, requests and webhooks", function()
    pages = inbox.new { keep = 10 }
    box = pages.box
    api("PUT", "accounts/zipwhip", { webhook = "http://127.0.0.1:9/" })
    for i = 1, 1003 do assert(send("zipwhip", "+12065550123", "text " .. i)) end
    local state = get "state"
    assert.same({ 10, 1003, 1000, 1003 }, { state.counts.all, state.last, state.requests, state.webhooks })
    assert.same({ 404, 200, 404 }, { (api("GET", "messages/993")), (api("GET", "messages/994")), (api("GET", "requests/3")) })
    assert.equal(10, get("messages?q=text").total)
  end)

  it("searches a large inbox in turns of the loop", function()
    for i = 1, 12000 do
      box.state:deliver { provider = "messagewhiz", id = tostring(i), to = "27825551234", from = "Museum", text = "text " .. i }
    end
    local response = box:handle { method = "GET", path = "/inbox/api/messages", query = "q=TEXT 12", headers = {} }
    assert.is_true(response.busy)
    local turns, done = 1, response.wait(false)
    while not done and turns < 10 do turns, done = turns + 1, response.wait(false) end
    assert.equal(2, turns)
    assert.equal(112, json.decode(done.body).total)
  end)

  it("remembers requests with response, fault and texts, and shows ids as they are", function()
    api("POST", "faults", { fault = "accept-then-500", match = { times = 1 } })
    send("zipwhip", "+12065550123", "x")
    local list = get "requests"
    assert.equal("accept-then-500", list.requests[1].fault)
    assert.same({ 500, { 1 } }, { list.requests[1].status, list.requests[1].texts })
    assert.is_nil(list.requests[1].body)
    local request = get "requests/1"
    assert.equal("/zipwhip/message/send", request.path)
    assert.matches("sandbox fault", request.answer)
    assert.is_nil(request.foreign)
    api("POST", "faults", { fault = "reset", match = { times = 1 } })
    send("zipwhip", "+12065550123", "x")
    assert.equal("reset", get("requests/2").close)
    assert.equal("1300000000000000001", get("messages/1").id)
  end)

  it("warns of a key that is not the sandbox's, and shows its beginning alone", function()
    local client = sms.messagewhiz { apikey = "live-9f2c7781", transport = box:transport "messagewhiz" }
    client:send { to = "+27825551234", text = "x", from = "Museum" }
    assert.equal("live", get("requests/1").foreign)
    sms.zoomconnect({ email = "a@b.c", token = "secret-9f2c", transport = box:transport "zoomconnect" }):balance()
    assert.equal("secr", get("requests/2").foreign)
    sms.websms({ username = "sandbox", password = "pa55word", transport = box:transport "websms" }):send { to = "+4366412345", text = "x" }
    assert.equal("pa55", get("requests/3").foreign)
    for _, provider in ipairs { "websms", "zipwhip", "zoomconnect" } do send(provider, "+12065550123", "x") end
    for n = 4, 6 do assert.is_nil(get("requests/" .. n).foreign) end
  end)

  it("cuts bodies at 64 KiB and says how long they were", function()
    box:handle { method = "POST", path = "/messagewhiz/sms", headers = { host = "localhost" }, body = ("x"):rep(70000) }
    local request = get "requests/1"
    assert.same({ 70000, 65536 }, { request.size, #request.body })
  end)

  it("posts a webhook once more, the very same bytes", function()
    api("PUT", "accounts/zipwhip", { webhook = "http://127.0.0.1:9/hooks" })
    assert(send("zipwhip", "+12065550123", "x"))
    local first = box:callbacks()[1]
    box:posted(first, { status = 500, ms = 12, body = "no such order" })
    local hook = get("webhooks").webhooks[1]
    assert.same({ "failed", 500, 12, "no such order" }, { hook.state, hook.tries[1].status, hook.tries[1].ms, hook.tries[1].body })
    assert.equal(200, (api("POST", "webhooks/1/resend")))
    assert.equal("waiting", get("webhooks").webhooks[1].state)
    local again = box:callbacks()[1]
    assert.same({ first.url, first.body }, { again.url, again.body })
    box:posted(again, { status = 204, ms = 3, body = "" })
    hook = get("messages/1").webhooks[1]
    assert.same({ "taken", 2 }, { hook.state, #hook.tries })
    assert.equal(404, (api("POST", "webhooks/9/resend")))
    api("DELETE", "journal")
    assert.same({ 0, 0 }, { get("state").requests, get("state").webhooks })
    assert.equal(1, get("state").counts.all)
  end)

  it("plans faults by number, with a chance, and drops those that are used up", function()
    local _, rule = api("POST", "faults", { fault = "503", match = { provider = "messagewhiz", times = 1 } })
    assert.equal(1, rule.n)
    assert.equal(2, select(2, api("POST", "faults", { fault = "500", match = { chance = 0 } })).n)
    assert.is_nil((send("messagewhiz", "+27825551234", "x")))
    assert.same({ 2 }, { get("faults")[1].n })
    assert(send("messagewhiz", "+27825551234", "x"))
    assert.equal(200, (api("DELETE", "faults/2")))
    assert.equal(404, (api("DELETE", "faults/2")))
    assert.same({}, get "faults")
    for _, chance in ipairs { -0.1, 1.1, "x" } do
      assert.equal(400, (api("POST", "faults", { fault = "500", match = { chance = chance } })))
    end
    api("POST", "faults", { fault = "500", match = { chance = 0.3, provider = "zoomconnect" } })
    for _ = 1, 200 do send("zoomconnect", "+27825551234", "x") end
    local hits = get("faults")[1].hits
    assert.is_true(hits > 30 and hits < 95, hits)
    api("DELETE", "faults")
    assert.same({}, get "faults")
    assert.is_string(get("fault-names")["429"])
  end)

  it("sets webhooks of an account, and refuses what isn't one", function()
    local status, value = api("PUT", "accounts/zoomconnect", { webhook = "http://127.0.0.1:9/a", reply_webhook = "http://127.0.0.1:9/b" })
    assert.same({ 200, "http://127.0.0.1:9/a", "http://127.0.0.1:9/b", "query" },
      { status, value.webhook, value.reply_webhook, value.format })
    value = select(2, api("PUT", "accounts/zoomconnect", { webhook = "" }))
    assert.same({ "", "http://127.0.0.1:9/b" }, { value.webhook, value.reply_webhook })
    assert.equal(404, (api("PUT", "accounts/nobody", {})))
    for _, body in ipairs { { webhook = "ftp://x" }, { webhook = 1 }, { format = "xml" }, { reply_webhok = "" } } do
      assert.equal(400, (api("PUT", "accounts/zoomconnect", body)))
    end
    assert.equal(400, (api("PUT", "accounts/messagewhiz", { reply_webhook = "" })))
  end)

  it("lets time pass", function()
    assert(send("messagewhiz", "+27825551234", "x"))
    local _, value = api("POST", "clock", { advance = 60 })
    assert.equal(inbox.TIME + 60, value.time)
    assert.equal("delivered", get("messages/1").state)
    for _, bad in ipairs { -1, "x", 1e10 } do assert.equal(400, (api("POST", "clock", { advance = bad }))) end
  end)

  it("tells what has changed, once, and bounds what nobody asks for", function()
    assert.is_nil(box:changes())
    assert(send("messagewhiz", "+27825551234", "x"))
    local event = json.decode(box:changes())
    assert.same({ 1, 1, 1, 1, 0 }, { event.texts[1].n, event.total, event.last, event.requests, event.webhooks })
    assert.is_nil(box:changes())
    for _ = 1, 150 do assert(send("messagewhiz", "+27825551234", "x")) end
    event = json.decode(box:changes())
    assert.same({ 0, true, 151 }, { #event.texts, event.more, event.last })
    for key, call in pairs { noted = { "POST", "faults", { fault = "500" } }, cleared = { "DELETE", "messages" } } do
      api(table.unpack(call))
      assert.is_true(json.decode(box:changes())[key])
    end
  end)

  it("exports as JSON and as CSV that no spreadsheet runs", function()
    assert(send("messagewhiz", "+27825551234", '=HYPERLINK("http://x")\n"two"'))
    local _, list = api("GET", "export")
    assert.equal(1, #list)
    local response = box:handle { method = "GET", path = "/inbox/api/export", query = "format=csv", headers = {} }
    assert.matches('^n,time,provider,', response.body)
    assert.matches('"\'=HYPERLINK%(""http://x""%)\n""two"""', response.body)
    assert.matches("attachment", response.headers["content-disposition"])
  end)

  it("shows bytes that are not UTF-8 as replacement characters", function()
    box.state:deliver { provider = "websms", id = "1", to = "4366412345678", from = "x", text = "a\xED\xA0\x80b\xFFc" }
    local value = get "messages/1"
    assert.equal("a\u{FFFD}\u{FFFD}\u{FFFD}b\u{FFFD}c", value.text)
    assert.is_nil(value.analysis)
  end)

  it("costs a sandbox in its user's process nothing: without a journal there are no pages", function()
    box = sandbox.new()
    assert.equal(404, box:handle({ method = "GET", path = "/inbox/api/state", headers = {} }).status)
    assert.is_nil(box:changes())
    assert.is_nil(box.state.journal)
  end)
end)
