-- SPDX-License-Identifier: MIT
-- Sending, delivery, media, conversations, opt-outs and webhooks of the sandboxed Zipwhip, by requests written by hand.

local by_hand = require "spec.support.by_hand_zipwhip"

local zw

before_each(function() zw = by_hand.new() end)

local file, PNG = by_hand.file, by_hand.PNG

local function ok(...) return zw:ok(...) end
local function refused(...) return zw:refused(...) end
local function send(to, body) return ok("/message/send", { contacts = to, body = body or "Hello" }) end
local function code_of(id) return ok("/message/get", { id = id }).statusCode end

describe("message/send of the zipwhip sandbox", function()
  it("gives one token a recipient; the root is the message's id only when there is one", function()
    local one, _, raw = ok("/message/send", { contacts = "2065550123", body = "Hello" })
    assert.equal(one.root, one.tokens[1].message)
    assert.equal(one.fingerprint, one.tokens[1].fingerprint)
    assert.matches('"message":"1300000000000000001"', raw, 1, true)
    local two = send({ "2065550123", "+12065550125", "ptn:/2065550126" })
    assert.equal(3, #two.tokens)
    assert.is_nil(two.fingerprint)
    for _, token in ipairs(two.tokens) do assert.not_equal(two.root, token.message) end
    assert.equal(one.fingerprint, two.tokens[1].fingerprint)
  end)

  it("needs contacts and a body within the limits", function()
    refused(false, "Required String parameter 'body' is not present", "/message/send", { contacts = "2065550123" })
    refused(false, "Required String parameter 'contacts' is not present", "/message/send", { body = "x" })
    ok("/message/send", { contacts = "2065550123", body = ("é"):rep(300) })
    refused(-394, "Length", "/message/send", { contacts = "2065550123", body = ("é"):rep(300) .. "x" })
    refused(-703, "not a contact", "/message/send", { contacts = "206-555-0123", body = "x" })
    local many = {}
    for i = 1, 51 do many[i] = ("20655502%02d"):format(i) end
    refused(-703, "51 contacts", "/message/send", { contacts = many, body = "x" })
    assert.equal(1, #zw.box:inbox("zipwhip"))
  end)

  it("refuses by the documented codes, for numbers that end so, and sends nothing then", function()
    for ending, code in pairs { ["0124"] = -124, ["0700"] = -700, ["0704"] = -704, ["0801"] = -801, ["0855"] = -855 } do
      refused(code, "", "/message/send", { contacts = { "2065550123", "206555" .. ending }, body = "x" })
    end
    assert.equal(0, #zw.box:inbox("zipwhip"))
    refused(-1, "Unknown", "/message/send", { contacts = "2065550999", body = "x" })
    assert.equal(1, #zw.box:inbox("zipwhip"))
  end)

  it("moves on from queued over in process to the carrier", function()
    local id = send("2065550123").root
    assert.equal(2, code_of(id))
    zw.box:tick(1)
    assert.equal(1, code_of(id))
    zw.box:tick(2)
    local message = ok("/message/get", { uuid = id })
    assert.same({ 4, "ZO", "2065550123", "2065550100", "Hello", true },
      { message.statusCode, message.type, message.destAddress, message.sourceAddress, message.body, message.isInFinalState })
  end)

  it("fails for numbers that end so", function()
    local ids = {}
    for _, ending in ipairs { "0001", "0002", "0003", "0004", "0005" } do ids[ending] = send("206555" .. ending).root end
    zw.box:tick(10)
    for ending, id in pairs(ids) do assert.equal(ending == "0005" and 1 or 5, code_of(id), ending) end
  end)

  it("hears from handsets on a toll-free line", function()
    zw = by_hand.new { credentials = { zipwhip = { toll_free = true } } }
    local good, bad = send("2065550123").root, send("2065550001").root
    zw.box:tick(10)
    assert.same({ 6, 7 }, { code_of(good), code_of(bad) })
  end)
end)

describe("messages of the zipwhip sandbox", function()
  it("are listed newest first, by start and limit", function()
    local ids = {}
    for i = 1, 5 do ids[i] = send("2065550123", "n" .. i).root end
    local list, envelope = ok("/message/list", { limit = 2, start = 1 })
    assert.same({ ids[4], ids[3] }, { list[1].id, list[2].id })
    assert.same({ 2, 5 }, { envelope.total, envelope.size })
    ok("/message/delete", { message = { ids[4], ids[5] } })
    assert.equal(3, select(2, ok("/message/list")).size)
    refused(false, "not found", "/message/get", { id = ids[4] })
    refused(false, "not found", "/message/delete", { message = { ids[1], ids[4] } })
    assert.equal(3, #ok("/message/list"))
    refused(false, "'limit'", "/message/list", { limit = "x" })
  end)

  it("are read in conversations with a fingerprint", function()
    send("2065550123", "out")
    local id = zw:inbound("2065550123", "in").id
    local list = ok("/conversation/list")
    assert.same({ 1, 1, "in" }, { #list, list[1].unreadCount, list[1].lastMessageBody })
    local fingerprint = list[1].fingerprint
    local thread = ok("/conversation/get", { fingerprint = fingerprint })
    assert.same({ "in", "out", "MO", "ZO" },
      { thread.messages[1].body, thread.messages[2].body, thread.messages[1].type, thread.messages[2].type })
    assert.is_false(ok("/message/read", { message = id }))
    assert.is_true(ok("/message/get", { id = id }).isRead)
    zw:inbound("2065550123", "again")
    assert.is_nil(ok("/conversation/read", { fingerprint = fingerprint }))
    assert.equal(0, ok("/conversation/list")[1].unreadCount)
    assert.is_true(ok("/conversation/delete", { fingerprint = fingerprint }))
    assert.same({}, ok("/conversation/list"))
    assert.same({}, ok("/message/list"))
    refused(false, "not found", "/conversation/get", { fingerprint = fingerprint })
    zw:inbound("2065550123", "back")
    assert.equal(fingerprint, ok("/conversation/list")[1].fingerprint)
  end)

  it("have a conversation without messages when the page is beyond its end", function()
    local fingerprint = send("2065550123").fingerprint
    local thread, _, body = ok("/conversation/get", { fingerprint = fingerprint, start = 5 })
    assert.is_nil(thread.messages)
    assert.matches('"messages":null', body, 1, true)
  end)
end)

describe("messaging/send of the zipwhip sandbox", function()
  local function media(params, ...) return ok("/messaging/send", params, { parts = { ... } }) end
  local to = { to = "+12065550123", body = "Look" }

  it("takes files as parts, keeps them and gives them back", function()
    local sent, _, raw = ok("/messaging/send", to, {
      parts = { file("file1", "cat.png", "image/png", PNG), file("file2", "n.txt", "text/plain", "A note.\n") },
    })
    assert.matches('"id":1300000000000000001[,}]', raw)
    assert.equal("queued", sent.status)
    local _, envelope = zw:call("/messageAttachment/list", { messageId = sent.id })
    assert.is_nil(envelope.success) -- the sample lacks it
    assert.equal(3, envelope.total)
    local names = {}
    for i, item in ipairs(envelope.response) do names[i] = ("%s %s %d"):format(item.fileName, item.mimeType, item.fileSizeBytes) end
    assert.equal("cat.png image/png " .. #PNG, names[2])
    assert.equal("n.txt text/plain 8", names[3])
    assert.matches("application/smil", names[1])
    local status, bytes, response = zw:call("/hostedContent/get", { storageKey = envelope.response[2].storageKey }, { method = "GET" })
    assert.same({ 200, PNG, "image/png" }, { status, bytes, response.headers["content-type"] })
    refused(false, "not found", "/hostedContent/get", { storageKey = "x" }, { method = "GET" })
  end)

  it("sends a text without files, to one number alone", function()
    assert.equal("queued", ok("/messaging/send", to).status)
    refused(false, "'to' is not present", "/messaging/send", { body = "x" })
    refused(-703, "exactly one", "/messaging/send", { to = { "2065550123", "2065550125" }, body = "x" })
    refused(false, "'body' is not present", "/messaging/send", { to = "2065550123" })
  end)

  it("holds to the documented limits", function()
    local txt = file("file1", "a.txt", "text/plain", "x")
    refused(-703, "3 attachments", "/messaging/send", to,
      { parts = { txt, file("file2", "b.txt", "text/plain", "x"), file("file3", "c.txt", "text/plain", "x") } })
    refused(-394, "600 kb", "/messaging/send", to, { parts = { file("file1", "a.txt", "text/plain", ("x"):rep(620000)) } })
    refused(-703, "application/pdf", "/messaging/send", to, { parts = { file("file1", "a.pdf", "application/pdf", "%PDF-1.7") } })
    refused(-703, "is not image/png", "/messaging/send", to, { parts = { file("file1", "a.png", "image/png", "x") } })
    refused(-703, "two parts", "/messaging/send", to, { parts = { txt, txt } })
    refused(-394, "body", "/messaging/send", { to = "2065550123", body = ("x"):rep(601) }, { parts = { txt } })
    assert.equal(0, #zw.box:inbox("zipwhip"))
  end)

  it("takes files that were uploaded before", function()
    local saved = ok("/hostedContent/save", {}, { parts = { file("file1", "cat.png", "image/png", PNG) } })
    assert.equal("queued", media({ to = "2065550123", key = saved.file1 }).status)
    refused(-703, "no content", "/messaging/send", { to = "2065550123", key = "x" })
    refused(false, "'file' is not present", "/hostedContent/save", {}, { parts = {} })
  end)
end)

describe("opting out of the zipwhip sandbox", function()
  it("is STOP, and UNSTOP takes it back", function()
    zw:inbound("+12065550123", " stop ")
    refused(-1234, "You cannot send to line opted out numbers: +12065550123 !", "/message/send", { contacts = "2065550123", body = "x" })
    refused(-1234, "opted out", "/messaging/send", { to = "2065550123", body = "x" })
    refused(-1234, "opted out", "/message/send", { contacts = { "2065550125", "2065550123" }, body = "x" })
    send("2065550125")
    zw:inbound("2065550123", "please stop that")
    zw:inbound("2065550123", "UNSTOP")
    send("2065550123")
  end)

  it("takes whom the sandbox is told of", function()
    assert.equal(400, select(2, zw:inbound("x", "STOP")))
    assert.equal(400, select(2, zw:inbound("2065550123", nil)))
  end)
end)

describe("webhooks of the zipwhip sandbox", function()
  it("are registered, changed and removed", function()
    local hook = ok("/webhook/add", { type = "message", event = "receive", url = "https://example.org/a" })[1]
    assert.same({ type = "message", event = "receive", url = "https://example.org/a", method = "POST", webhookId = 600000001 }, hook)
    assert.equal("PUT", ok("/webhook/update", { webhookId = hook.webhookId, method = "PUT" })[1].method)
    ok("/webhook/add", { type = "optout", event = "change", url = "https://example.org/b", method = "GET" })
    assert.equal(2, #ok("/webhook/list"))
    assert.same({}, ok("/webhook/delete", { webhookId = hook.webhookId }))
    assert.equal(1, #ok("/webhook/list"))
    refused(false, "not found", "/webhook/update", { webhookId = hook.webhookId })
    refused(false, "not one of", "/webhook/add", { type = "optout", event = "receive", url = "https://example.org/" })
    refused(false, "not an address", "/webhook/add", { type = "message", event = "receive", url = "example.org" })
    refused(false, "'event' is not present", "/webhook/add", { type = "message", url = "https://example.org/" })
  end)

  it("hear of a message that is sent and moves on", function()
    zw:listen("send", "progress", "receive")
    local sent = ok("/message/send", { contacts = "2065550123", body = "Hello" })
    zw.box:tick(10)
    local seen, posted = {}, zw:callbacks()
    for i, callback in ipairs(posted) do seen[i] = callback.url:match("%w+$") .. " " .. callback.body.statusCode end
    assert.same({ "send 2", "progress 4" }, seen)
    local body = posted[2].body
    assert.same({ "ZO", "+12065550100", "+12065550123", "ptn:/+12065550123", "Hello", 5, math.tointeger(tonumber(sent.root)) },
      { body.messageType, body.finalSource, body.finalDestination, body.address, body.body, body.bodySize, body.id })
    assert.matches('"id":1300000000000000001[,}]', posted[1].raw)
    assert.matches('"dateDelivered":null', posted[1].raw, 1, true)
    assert.equal("2021-06-25T14:02:53.000Z", body.dateDelivered)
    assert.equal("application/json;charset=UTF-8", posted[1].headers["content-type"])
  end)

  it("hear of each step when time goes in steps", function()
    zw:listen("progress")
    send("2065550123")
    local codes = {}
    for _ = 1, 4 do
      zw.box:tick(1)
      for _, callback in ipairs(zw:callbacks()) do codes[#codes + 1] = callback.body.statusCode end
    end
    assert.same({ 1, 4 }, codes)
  end)

  it("hear of a text that comes in, is read and removed", function()
    zw:listen("receive", "read", "delete")
    local id = zw:inbound("+12065550123", "Hi").id
    ok("/message/read", { message = id })
    ok("/message/read", { message = id })
    ok("/message/delete", { message = id })
    local posted = zw:callbacks()
    assert.equal(3, #posted)
    assert.same({ "MO", "+12065550123", "+12065550100", "Hi", false, 4 }, {
      posted[1].body.messageType, posted[1].body.finalSource, posted[1].body.finalDestination, posted[1].body.body,
      posted[1].body.read, posted[1].body.statusCode,
    })
    assert.same({ true, "2021-06-25T14:02:50.000Z", false }, { posted[2].body.read, posted[2].body.dateRead, posted[2].body.deleted })
    assert.is_true(posted[3].body.deleted)
  end)

  it("hear of a long text as an attachment", function()
    zw:listen("receive")
    local text = ("long "):rep(200)
    local id = zw:inbound("+12065550123", text).id
    local body = zw:callbacks()[1].body
    assert.same({ "", true }, { body.body, body.hasAttachment })
    local _, list = zw:call("/messageAttachment/list", { messageId = id })
    assert.equal(text, select(2, zw:call("/hostedContent/get", { storageKey = list.response[2].storageKey }, { method = "GET" })))
  end)

  it("hear of opt-outs, by the method they asked for", function()
    ok("/webhook/add", { type = "optout", event = "change", url = "http://127.0.0.1:9/o?a=1", method = "GET" })
    ok("/webhook/add", { type = "optout", event = "change", url = "http://127.0.0.1:9/p", method = "PUT" })
    zw:inbound("+12065550123", "STOP")
    local posted = zw.box:callbacks()
    assert.equal(2, #posted)
    assert.matches("^http://127%.0%.0%.1:9/o%?a=1&address=ptn%%3A%%2F%%2B12065550123&", posted[1].url)
    assert.same({ "GET", "PUT" }, { posted[1].method, posted[2].method })
    assert.matches('"optedOut":true', posted[2].body, 1, true)
  end)

  it("may be one URL for all, named by the sandbox's own page", function()
    local body = [[{"url":"http://127.0.0.1:9/x"}]]
    zw.box:handle { method = "POST", path = "/zipwhip/_sandbox/webhook", query = "", headers = {}, body = body }
    zw:inbound("+12065550123", "Hi")
    assert.equal("http://127.0.0.1:9/x?event=receive", zw:callbacks()[1].url)
  end)
end)
