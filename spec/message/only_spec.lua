-- SPDX-License-Identifier: MIT
-- What a message says to one provider alone (`only`), and what a client says for all messages: the default sender (`from`) and the
-- numbers that may be sent to (`only`).

local four = dofile "spec/support/four.lua"
local json = require "sms.json"
local refusal = require "spec.support.refusal"
local sms = require "sms"

local ALLOWED, OTHER = "+27821234567", "+27821234568"

local function sender_of(request)
  local body = json.decode(request.body)
  return body.from or body.sender or body.senderAddress
end

describe("the client's option 'from'", function()
  it("is the sender of messages without one, where there is a sender to choose", function()
    for _, provider in ipairs(four.names) do
      local client, seen = four.client(provider, { from = "Museum" })
      local lacks = provider == "zipwhip" or provider == "zoomconnect"
      local from = client:capabilities().from
      assert.is_nil(type(from) == "table" and from.required or nil)
      assert(client:send { to = ALLOWED, text = "Hello" })
      assert(client:send { to = ALLOWED, text = "Hello {n}", vars = { n = 5 } })
      assert.is_true(client:check { to = ALLOWED, text = "Hello" })
      local rows = client:send_many { { to = ALLOWED, text = "Hello" }, { to = OTHER, text = "Hello" } }
      assert.same({ "accepted", "accepted" }, { rows[1].outcome, rows[2].outcome })
      for _, request in ipairs(lacks and {} or seen) do assert.equal("Museum", sender_of(request), provider) end
      if not lacks then
        assert(client:send { to = ALLOWED, text = "Hello", from = "Shop" })
        assert.equal("Shop", sender_of(seen[#seen]))
      else
        local words, how = refusal(client.send, client, { to = ALLOWED, text = "Hello", from = "Shop" })
        assert.same({ "raised", true }, { how, words:find(provider .. " does not support 'from'", 1, true) ~= nil })
      end
    end
  end)

  it("is read as senders are, and refused at the caller's line where it is none", function()
    local client, seen = four.client("websms", { from = "+43 (0)664 1234567" })
    assert(client:send { to = ALLOWED, text = "Hello" })
    assert.equal("436641234567", sender_of(seen[1]))
    local reasons = {
      ["+43 664 12"] = "must be a name or a phone number: it is not a number of AT", [5] = "must be a string", [""] = "is empty",
    }
    for from, reason in pairs(reasons) do
      local ok, words = pcall(function() four.client("websms", { from = from }) end)
      assert.is_false(ok)
      assert.matches("option 'from' " .. reason, words)
    end
  end)
end)

describe("a message's field 'only'", function()
  it("holds fields for one provider; the others do without", function()
    local message = {
      to = ALLOWED, text = "Hello", reference = "r",
      only = {
        messagewhiz = { from = "Museum" }, websms = { from = "Shop", flash = true, text = "Hello {n}", vars = { n = 5 } },
        zipwhip = { text = "Hi" },
      },
    }
    local client, seen = four.client "messagewhiz"
    assert(client:send(message))
    assert.same({ "Museum", "Hello" }, { sender_of(seen[1]), json.decode(seen[1].body).text })
    client, seen = four.client "websms"
    assert(client:send(message))
    local body = json.decode(seen[1].body)
    assert.same({ "Shop", true, "Hello 5" }, { body.senderAddress, body.sendAsFlashSms, body.messageContent })
    client, seen = four.client "zoomconnect"
    assert(client:send(message))
    assert.equal("Hello", json.decode(seen[1].body).message)
    message.reference = nil
    client, seen = four.client "zipwhip"
    assert.equal("accepted", client:send_many({ message, { to = OTHER, text = "Hi" } })[1].outcome)
    assert.same({ 1, true }, { #seen, seen[1].body:find("body=Hi", 1, true) ~= nil })
    assert.is_nil(message.from)
  end)

  it("is refused where it names no provider, no field, the wrong type, or what the provider lacks", function()
    for _, provider in ipairs(four.names) do
      local client, seen = four.client(provider)
      for words, only in pairs {
        ["'only' has an unknown provider 'zipwip', did you mean 'zipwhip'?; valid providers: messagewhiz, websms, "] = { zipwip = {} },
        ["'only' has an unknown provider '1'"] = { { from = "x" } },
        ["'only.websms' must be a table of fields, got a string"] = { websms = "Shop" },
        ["unknown field 'only.websms.frm', did you mean 'from'?"] = { websms = { frm = "x" } },
        ["unknown field 'only.zipwhip.body', did you mean 'text'?"] = { zipwhip = { body = "x" } },
        ["unknown field 'only.zipwhip.only'"] = { zipwhip = { only = {} } },
        ["from' must be a string, got a number"] = { messagewhiz = { from = 5 } },
        [provider .. " does not support 'priority'"] = provider ~= "websms" and { [provider] = { priority = 1 } } or nil,
        ["'only' must be a table, got a string"] = "x",
      } do
        local given = four.message(provider, { to = ALLOWED, only = only })
        local said, how = refusal(client.send, client, given)
        assert.same({ "raised", true }, { how, said:find(words, 1, true) ~= nil }, said)
        local row = client:send_many({ given })[1]
        assert.same({ "invalid", true }, { row.error.kind, row.error.message:find(words, 1, true) ~= nil }, row.error.message)
        if not words:find " does not support " then
          local group = sms.failover { client }
          said, how = refusal(group.send, group, given)
          assert.same({ "raised", true }, { how, said:find(words, 1, true) ~= nil }, said)
        end
      end
      assert.equal(0, #seen)
    end
  end)

  it("may hold data of another provider that this one would not take", function()
    local client = four.client "websms"
    assert(client:send { to = ALLOWED, text = "x", only = { zipwhip = { text = "a\0b", media = { { path = "/nonexistent" } } } } })
    local words, how, err = refusal(client.send, client, { to = ALLOWED, text = "x", only = { websms = { priority = 99 } } })
    assert.matches("'priority' is 99", words)
    assert.same({ "returned", "priority" }, { how, err.field })
  end)
end)

describe("the client's option 'only'", function()
  it("lets messages through to its numbers, however they are spelt, and to no other", function()
    for _, provider in ipairs(four.names) do
      local client, seen = four.client(provider, { only = { "082 123 4567", "+43 664 1234567" }, region = "ZA" })
      assert(client:send(four.message(provider, { to = "0027 82 123 4567" })))
      assert(client:send(four.message(provider, { to = "082 1234567", text = "Hello {n}", vars = { n = 1 } })))
      local before = #seen
      for _, to in ipairs { OTHER, "0821234568", { ALLOWED, OTHER }, { OTHER } } do
        local given = four.message(provider, { to = to })
        for _, method in ipairs { "send", "check" } do
          local words, how, err = refusal(client[method], client, given)
          assert.matches("to[^']*' is not allowed by the client's option 'only'", words)
          assert.same({ "returned", "to" }, { how, err.field })
        end
      end
      assert.equal(before, #seen, provider)
      local rows = client:send_many {
        four.message(provider, { to = ALLOWED }), four.message(provider, { to = OTHER }), four.message(provider, { to = "+436641234567" }),
      }
      local outcomes = { rows[1].outcome, rows[2].outcome, rows[3].outcome }
      assert.same({ "accepted", "not_sent", "accepted" }, outcomes, provider .. tostring(rows[3].error))
      assert.equal("to", rows[2].error.field)
      for i = before + 1, #seen do
        for _, number in ipairs(four.numbers(provider, seen[i])) do assert.is_nil(number:find("821234568", 1, true)) end
      end
    end
  end)

  -- Arguments of every operation that sends, by its name: each is right but for the number.
  local SENDS = {
    messagewhiz = {
      ["broadcasts:send"] = { campaign_id = 1, name = "n", sender_ids = { 1 }, recipient_list_ids = { 1 }, message_body = "x" },
      ["broadcasts:send_single"] = { campaign_id = 1, sender_id = 1, recipient = OTHER, message_body = "x" },
      ["broadcasts:send_smart"] = {
        campaign_id = 1, name = "n", eb_type = "manual", sender_ids = { 1 }, recipient_list_ids = { 1 }, message_body = "x",
        first_segment_size = 1,
      },
      ["broadcasts:tiny"] = { recipient = OTHER, sender = "Shop", message_body = "x" },
      ["broadcasts:submit"] = { recipients = { { phone_number = OTHER } }, sender = "Shop", message_body = "x" },
      ["messages:send"] = { to = OTHER, from = "Shop", text = "x" },
      ["otp:send"] = { campaign_id = 1, recipient = OTHER, sender = "Shop", message_body = "{{verification_code}}" },
      ["segments:create"] = { broadcast_id = 1, message_body = "x", segment_size = 1, sender_ids = { 1 }, send_now = true },
    },
    websms = {
      ["messages:send_text"] = { recipientAddressList = { ALLOWED, OTHER }, messageContent = "x" },
      ["messages:send_binary"] = { recipientAddressList = { OTHER }, messageContent = { "AAAA" } },
      ["messages:send_simple"] = { recipientAddressList = { OTHER }, messageContent = "x", method = "GET" },
      ["whatsapp:send"] = {
        id = "00000000-0000-4000-8000-000000000001", recipientAddressList = { OTHER }, messageContent = { type = "text" },
      },
    },
    zipwhip = {
      ["messages:send"] = { contacts = OTHER, body = "x" }, ["messages:send_media"] = { to = OTHER, body = "x" },
    },
    zoomconnect = {
      ["sms:send"] = { recipientNumber = OTHER, message = "x" },
      ["sms:send_bulk"] = {
        sendSmsRequests = { { recipientNumber = ALLOWED, message = "x" }, { recipientNumber = OTHER, message = "x" } },
      },
      ["sms:send_url_parameters"] = { recipientNumber = OTHER, message = "x" },
      ["sms:send_url"] = { recipientNumber = OTHER, message = "x", method = "GET" },
      ["voice:send_text"] = { recipientNumber = OTHER, message = "x" },
      ["voice:send_audio"] = { recipientNumber = OTHER, file = { data = "ID3\3\0\0\0\0\0\0", name = "a.mp3" } },
    },
  }

  it("holds for every operation that sends, and refuses those that don't say to whom", function()
    for _, provider in ipairs(four.names) do
      local client, seen = four.client(provider, { only = { ALLOWED }, url_token = provider == "zoomconnect" and "url-token" or nil })
      for _, resource in ipairs(require("sms." .. provider).resources) do
        for name, fact in pairs(require(("sms.%s.%s"):format(provider, resource))) do
          local args = SENDS[provider][resource .. ":" .. name]
          if type(fact) == "table" and fact.send or args then
            assert.is_table(args, "no arguments for " .. resource .. ":" .. name)
            local words, how, err = refusal(client[resource][name], client[resource], args)
            assert.same({ "returned", true, true }, {
              how, words:find("the client's option 'only'", 1, true) ~= nil, words:find("; ", 1, true) == nil,
            }, resource .. ":" .. name .. " " .. words)
            assert.is_string(err.field)
          end
        end
      end
      assert.equal(0, #seen, provider)
    end
  end)

  it("lets such operations through to its numbers alone", function()
    local messagewhiz, seen = four.client("messagewhiz", { only = { ALLOWED } })
    assert(messagewhiz.messages:send { to = "27821234567", from = "Shop", text = "x" })
    local submit = messagewhiz.broadcasts
    assert(submit:submit { recipients = { { phone_number = "27821234567" } }, sender = "Shop", message_body = "x" })
    local both = { { phone_number = "27821234567" }, { phone_number = "27821234568" } }
    local words, _, err = refusal(submit.submit, submit, { recipients = both, sender = "Shop", message_body = "x" })
    assert.matches("argument 'recipients%[2%]%.phone_number' is not allowed", words)
    assert.same({ "recipients", 2 }, { err.field, #seen })
    local zipwhip = four.client("zipwhip", { only = { "+12065550123" } })
    assert(zipwhip.messages:send { contacts = { "2065550123", "+12065550123" }, body = "x" })
    for _, contact in ipairs { "2065550124", "ptn:/2065550123", "device:/2065550123/0" } do
      refusal(zipwhip.messages.send, zipwhip.messages, { contacts = contact, body = "x" })
    end
    assert.is_table(zipwhip.messages:list {}) -- what sends nothing goes on
  end)

  it("lets requests by hand through that read", function()
    for _, provider in ipairs(four.names) do
      local client, seen = four.client(provider, { only = { ALLOWED } })
      local paths = { "/sms", "/smsmessaging/simple", "/api/rest/v1/sms/send-url/token", "/message/send" }
      local wanted = { messagewhiz = paths[1], websms = paths[2], zoomconnect = paths[3], zipwhip = paths[4] }
      local path = wanted[provider]
      for _, request in ipairs {
        { method = "POST", path = "/anything", json = {} }, { method = "PUT", path = "/anything" }, { path = path },
        { path = path:gsub("s", "%%73") .. "?to=1" }, { path = "/" .. path .. "/" }, { path = "/x/.." .. path }, { path = path:upper() },
      } do
        local words, _, err = refusal(client.request, client, request)
        assert.matches("the client's option 'only' refuses", words)
        assert.truthy(err.field)
      end
      assert.equal(0, #seen)
      client:request { path = "/harmless" }
      assert.equal(1, #seen)
    end
  end)

  it("is refused where it has what is no number", function()
    for words, only in pairs {
      ["option 'only[2]' must be a phone number: it has letters"] = { ALLOWED, "mum" },
      ["option 'only' must be "] = ALLOWED, ["option 'only[1]' must be a string, got a number"] = { 27821234567 },
    } do
      local ok, said = pcall(function() four.client("websms", { only = only }) end)
      assert.is_false(ok)
      assert.truthy(said:find(words, 1, true), said)
      assert.matches("four%.lua:%d+: sms%.websms: ", said)
    end
    local client = four.client("websms", { only = {} })
    assert.matches("is not allowed", (refusal(client.send, client, { to = ALLOWED, text = "x" })))
  end)
end)
