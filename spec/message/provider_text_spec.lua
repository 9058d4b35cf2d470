-- SPDX-License-Identifier: MIT
-- What a text costs by our count (C), by the operations of the providers as the sandbox answers them (plain Lua), and by receipts:
-- the same number. And the limits of each provider on a text, checked before anything is sent.

local json = require "sms.json"
local new_sandbox = require "sms.sandbox".new
local plain = require "spec.support.plain_text"
local refusal = require "spec.support.refusal"
local sms = require "sms"
local text = require "sms.text"

local TO = "27725551234"
local MESSAGE = { messagewhiz = { from = "Shop" }, websms = {}, zipwhip = {}, zoomconnect = {} }

local function clients(transport)
  return {
    messagewhiz = sms.messagewhiz { apikey = "sandbox-key", transport = transport },
    websms = sms.websms { token = "sandbox-token", transport = transport },
    zipwhip = sms.zipwhip { username = "2065550100", password = "sandbox-password", transport = transport },
    zoomconnect = sms.zoomconnect { email = "sandbox@example.org", token = "sandbox-token", transport = transport },
  }
end

local function message(provider, content, more)
  local out = { to = provider == "zipwhip" and "+12065550123" or TO, text = content, from = MESSAGE[provider].from }
  for key, value in pairs(more or {}) do out[key] = value end
  return out
end

local function segments_of(content) return (select(3, text.count(content))) end

-- Seeded texts of at most so many bytes without what a provider would fill in or refuse: tokens, blanks alone, control characters.
local function texts(seed, how_many, most)
  local next_text, out = plain.texts(seed), {}
  while #out < how_many do
    local content = next_text():gsub("[%c{}]", "x")
    if content:find("%w") and #content <= most then out[#out + 1] = content end
  end
  return out
end

local function contents(parts)
  local out = {}
  for i, part in ipairs(parts) do out[i] = part.content end
  return out
end

-- What refuses a message; the network is never asked.
local function refused(provider, content, more)
  local client = clients(function() error("the network was asked") end)[provider]
  local words, how = refusal(client.send, client, message(provider, content, more))
  assert.equal("returned", how)
  return words
end

describe("the provider and we count alike:", function()
  local box = new_sandbox { clock = function() return 1700000000 end }
  local on = clients(box)

  it("receipts of all four", function()
    for provider, client in pairs(on) do
      for _, content in ipairs(texts(3, 60, 600)) do
        local receipt = assert(client:send(message(provider, content)))
        assert.equal(segments_of(content), receipt.segments, provider .. ": " .. content)
      end
    end
  end)

  it("ZoomConnect's operations that analyse", function()
    local messages = on.zoomconnect.messages
    for _, content in ipairs(texts(4, 150, 2000)) do
      local encoding, _, segments = text.count(content)
      local body = { message = content, recipientNumber = TO }
      local whole = assert(messages:analyse(body))
      assert.same({ encoding, segments }, { whole.messageEncoding:lower(), whole.numberOfMessages })
      assert.equal(segments, (assert(messages:parts(body))))
      assert.equal(whole.messageEncoding, (assert(messages:encoding(body))))
      assert.equal(whole.messageLength, (assert(messages:length(body))))
      assert.equal(whole.messageCreditCost, (assert(messages:credit_cost(body))))
      assert.equal(whole.messageLengthWithinMaximumAllowed, (messages:length_allowed(body)))
    end
  end)

  it("MessageWhiz's estimate and the parts_count of its reports", function()
    for _, content in ipairs(texts(5, 80, 2000)) do
      local estimate = assert(on.messagewhiz.broadcasts:estimate { recipient = TO, message_body = content })
      assert.equal(segments_of(content), estimate.parts, content)
    end
    for segments, content in pairs { [2] = ("€"):rep(81), [3] = ("😎"):rep(70), [4] = ("a"):rep(460) } do
      local receipt = assert(on.messagewhiz:send(message("messagewhiz", content, { callback = "http://127.0.0.1:9/report" })))
      assert.equal(segments, receipt.segments)
      box:callbacks()
      box:tick(60)
      local report = box:callbacks()[1]
      assert.equal(segments, json.decode(report.body).parts_count)
      local events = assert(on.messagewhiz:webhook { method = "POST", headers = report.headers, query = "", body = report.body })
      assert.same({ receipt.id, text.split(content) }, { events[1].id, contents(events[1].raw.parts) })
    end
  end)

  it("websms' smsCount and maxSmsPerMessage", function()
    for _, content in ipairs(texts(6, 60, 1500)) do
      local segments = segments_of(content)
      local arguments = { recipientAddressList = { TO }, messageContent = content, maxSmsPerMessage = segments }
      assert.equal(segments, assert(on.websms.messages:send_text(arguments)).smsCount)
      if segments > 1 then
        arguments.maxSmsPerMessage = segments - 1
        local result, err = on.websms.messages:send_text(arguments)
        assert.is_nil(result)
        assert.same({ 4026, "not_sent" }, { err.code, err.outcome })
      end
    end
  end)
end)

describe("before anything is sent", function()
  it("Zipwhip's 600 bytes are counted in UTF-8", function()
    local zipwhip = clients(new_sandbox {}).zipwhip
    assert.equal(4, assert(zipwhip:send(message("zipwhip", ("x"):rep(600)))).segments)
    assert.equal(2, assert(zipwhip:send(message("zipwhip", ("é"):rep(300)))).segments)
    assert.matches("'text' has 601 bytes, the provider accepts 0 to 600", refused("zipwhip", ("x"):rep(601)))
    assert.matches("'text' has 602 bytes, the provider accepts 0 to 600", refused("zipwhip", ("é"):rep(301)))
    assert.matches("'text' has 604 bytes, the provider accepts 0 to 600", refused("zipwhip", ("😀"):rep(151)))
  end)

  it("a text that is not UTF-8 is refused, with the place and without a count of it", function()
    for provider, client in pairs(clients(function() error("the network was asked") end)) do
      assert.matches("'text': invalid UTF%-8 at byte 3", refused(provider, "ab\xFF"))
      assert.matches("'text': invalid UTF%-8 at byte 1", refused(provider, "{a}", { vars = { a = "\xC3" } }))
      assert.is_nil(refused(provider, "abcde\xFF", { max_segments = 2 }):find("segments", 1, true))
      local rows = client:send_many { message(provider, "\xFF") }
      assert.same({ "invalid", "not_sent" }, { rows[1].error.kind, rows[1].outcome })
    end
  end)

  it("a text of more segments than the caller allows is refused, whatever the provider", function()
    local on = clients(new_sandbox {})
    for provider, client in pairs(on) do
      local pairs_of_septets = ("{"):rep(81)
      local words = "'text' needs 2 segments, 'max_segments' is 1"
      assert.matches(words, refused(provider, pairs_of_septets, { max_segments = 1 }))
      assert.matches(words, refused(provider, "{a}", { vars = { a = ("ж"):rep(71) }, max_segments = 1 }))
      assert.equal(2, assert(client:send(message(provider, ("["):rep(81), { max_segments = 2 }))).segments)
    end
  end)
end)
