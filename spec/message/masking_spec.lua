-- SPDX-License-Identifier: MIT
-- The client's option `mask`: known numbers and texts go into calls of every provider, the provider repeats them in every spelling, and
-- what people read is searched: events, lines of the log, errors. What the library works with, and results, stay as they are.

local canary = require "spec.support.canary"
local four = require "spec.support.four"
local json = require "sms.json"
local log = require "sms.log"
local masking = require "sms.masking"
local url = require "sms.url"
local kinds = dofile "spec/support/kinds_of_call.lua"

local NUMBER = "44" .. canary.PHONE
local TEXT = 'dear "Zo\u{eb}", your code <4711x> is ' .. canary.TEXT .. "\nbye & thanks"
-- Pieces of the text that no spelling may show.
local PIECES = { canary.TEXT, "4711x", "your code", "bye &", "thanks" }
local NUMBERS = { canary.PHONE, "7700 900987", "7700-900-987", "(0)7700", "7700.900.987" }

-- What the providers of this spec say of every request: all that it holds, in every spelling.
local function echo()
  local quoted = json.encode(TEXT)
  local ascii = quoted:gsub("\u{eb}", "\\u00eb")
  local spellings = {
    "+" .. NUMBER, NUMBER, "0" .. canary.PHONE, "+44 7700 900987", "+44 (0)7700-900-987", "07700.900.987", "%2B" .. NUMBER,
    TEXT, ascii, url.escape(TEXT), (url.escape(TEXT):gsub("%%20", "+")), TEXT:sub(1, 30) .. "...", TEXT:upper(),
    (TEXT:gsub('[&<>"]', { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" })),
  }
  return table.concat(spellings, " | ")
end

local SAID = echo()
-- As each provider says no, and as things go wrong: status, body, headers.
local REFUSALS = {
  { 400, json.encode { message = SAID, error = SAID, errors = { { message = SAID } } } },
  { 401, json.encode { message = SAID } }, { 403, json.encode { error = SAID } }, { 404, SAID },
  { 409, json.encode { statusMessage = SAID } },
  { 422, json.encode { errors = { [NUMBER] = { SAID } }, message = SAID } }, { 429, SAID, { ["retry-after"] = "0" } },
  { 500, "<p>" .. SAID },
  { 302, "", { location = "https://example.org/" .. NUMBER .. "?text=" .. url.escape(TEXT) } },
  { 200, "<html>" .. SAID },
  { 200, json.encode { success = false, response = SAID, statusCode = 4711, statusMessage = SAID, result = SAID } },
  { 200, json.encode { { error = SAID, messageId = json.null } } },
}

local MASK = { numbers = true, texts = true }

local function client_of(provider, options)
  local settings = { retries = 0 }
  for name, value in pairs(options) do settings[name] = value end
  return kinds.client(provider, settings)
end

-- What was told of a use of a client whose provider answers in one way: events, lines, and what else is read.
local function told(provider, refusal, mask, use)
  local out, lines = {}, {}
  local logger = {}
  for _, name in ipairs { "debug", "info", "warn" } do logger[name] = function(_, line) lines[#lines + 1] = line end end
  local client = client_of(provider, {
    mask = mask, on_event = log.to(logger, function(event) out[#out + 1] = event end),
    transport = function()
      local headers = { ["content-type"] = "application/json", ["x-said"] = SAID:gsub("%c", " ") }
      for name, value in pairs(refusal[3] or {}) do headers[name] = value end
      return { status = refusal[1], body = refusal[2], headers = headers }
    end,
  })
  use(client, out)
  return out, lines
end

local function message_for(provider)
  local out = kinds.message(provider, TEXT)
  out.to, out.template = "+" .. NUMBER, false
  return out
end

-- Calls of every kind that hold the text; their errors go to `out`.
local function use(provider)
  return function(client, out)
    local function keep(result, err) out[#out + 1] = result == nil and err or nil end
    keep(client:send(message_for(provider)))
    for _, send in pairs(kinds.sends(provider)) do keep(send(client, TEXT)) end
    keep(client:request { method = "POST", path = "/x", json = { to = NUMBER, said = TEXT } })
    keep(client:request { method = "POST", path = "/x", form = { to = NUMBER, said = TEXT } })
    keep(client:request { path = "/x/" .. NUMBER, query = { said = TEXT } })
    keep(client:request { method = "PUT", path = "/x", body = TEXT, content_type = "text/plain" })
    for _, row in ipairs(client:send_many { message_for(provider), message_for(provider) }) do out[#out + 1] = row.error end
    local given = { message_for(provider) }
    for _, row in ipairs(client:send_many(function() return table.remove(given) end)) do out[#out + 1] = row.error end
    client:send_many({ message_for(provider), message_for(provider), { to = "+" .. NUMBER .. "x", text = TEXT } }, {
      parallel = 1, on_row = function(row) out[#out + 1] = row.error end,
    })
    for row in client:send_each { message_for(provider), message_for(provider) } do out[#out + 1] = row.error end
  end
end

-- Calls of the other kinds.
local function look(provider)
  return function(client, out)
    local function keep(result, err) out[#out + 1] = result == nil and err or nil end
    for _, name in ipairs { "read", "write", "post" } do
      local call = kinds.others[provider][name]
      if call then keep(call(client, nil, 1)) end
    end
    keep(client:status { id = "1", broadcast_id = 1 })
    keep(client:balance())
  end
end

local function shown(values, words)
  local found = {}
  for _, value in ipairs(values) do
    local copy = value
    if type(value) == "table" then -- what stays data
      copy = {}
      for key, item in pairs(value) do copy[key] = item end
      copy.tostring = tostring(value)
    end
    for _, word in ipairs(words) do found[#found + 1] = canary.places(copy, word) end
  end
  return (table.concat(found, "\n"):gsub("\n\n+", "\n"):gsub("^\n+", ""):gsub("\n+$", ""))
end

describe("the option mask", function()
  for _, provider in ipairs(four.names) do
    it("hides numbers and texts in events, log and errors of " .. provider, function()
      local with, without = 0, 0
      for _, refusal in ipairs(REFUSALS) do
        local out, lines = told(provider, refusal, MASK, use(provider))
        local words = provider .. " " .. refusal[1] .. " " .. refusal[2]:sub(1, 30)
        assert.equal("", shown(out, NUMBERS), words)
        assert.equal("", shown(out, PIECES), words)
        assert.equal("", shown(lines, NUMBERS), words)
        assert.equal("", shown(lines, PIECES), words)
        with = with + #out
        out, lines = told(provider, refusal, MASK, look(provider))
        assert.equal("", shown(out, NUMBERS) .. shown(lines, NUMBERS), words)
        out = told(provider, refusal, nil, use(provider))
        if shown(out, { canary.PHONE }) ~= "" and shown(out, { canary.TEXT }) ~= "" then without = without + 1 end
      end
      assert.is_true(with > 100, with)
      assert.equal(#REFUSALS, without) -- without the option each of them shows both
    end)
  end
end)

describe("the option mask", function()
  it("knows numbers from dates, addresses, ids and sizes", function()
    for text, wanted in pairs {
      ["to +27825550100."] = "to ***.", ["(082) 555-0100!"] = "***!", ["0049 30 1234567"] = "***",
      ["tel:27825550100,27825550101"] = "tel:***,***",
      ["27825550100 27825550101"] = "***", ["/contacts/27825550100"] = "/contacts/***", ["%2B27825550100"] = "%2B***",
      ['{"27825550100":1}'] = '{"***":1}', ["id123456"] = "id123456", ["HTTP 503 after 30000 ms"] = "HTTP 503 after 30000 ms",
      ["2026-11-30 09:15:00 +27825550100"] = "2026-11-30 09:15:00 ***", ["2026-11-30T09:15"] = "2026-11-30T09:15",
      ["connect to 192.168.100.200:8025"] = "connect to 192.168.100.200:8025", ["021.555.0100"] = "***", ["300.123.45.67"] = "***",
      ["id 123456789012345678901"] = "id 123456789012345678901", ["a 123456"] = "a 123456", [""] = "", ["+"] = "+",
    } do
      assert.equal(wanted, masking.numbers(text))
    end
  end)

  it("hides one of both", function()
    local function of(mask)
      local _, err = client_of("zoomconnect", { mask = mask, transport = function() return { status = 400, body = SAID } end })
        :send(message_for "zoomconnect")
      return shown({ err }, { canary.PHONE }) ~= "", shown({ err }, { canary.TEXT }) ~= ""
    end
    assert.same({ true, true }, { of(nil) })
    assert.same({ true, true }, { of { numbers = false } })
    assert.same({ false, true }, { of { numbers = true } })
    assert.same({ true, false }, { of { texts = true } })
    assert.same({ false, false }, { of { numbers = true, texts = true } })
  end)

  it("hides a text of a few letters, and the values of its holes", function()
    local said
    local client = client_of("zoomconnect", { mask = MASK, transport = function() return { status = 400, body = said } end })
    local function told_of(message)
      message.to = "+27825550100"
      return tostring(select(2, client:send(message))) .. select(2, client:send(message)).body
    end
    said = '{"message":"text <Hi> of 2 letters"}'
    assert.is_nil(told_of({ text = "Hi" }):find("Hi", 1, true))
    said = '{"message":"Ann: 4711 isn\'t good for her"}'
    local words = told_of { text = "Dear {name}, {code}", vars = { name = "Ann", code = "4711" } }
    assert.is_nil(words:find("Ann", 1, true))
    assert.is_nil(words:find("4711", 1, true))
    assert.truthy(words:find("isn't good for her", 1, true))
  end)

  it("leaves results, receipts and the data of rows", function()
    for _, provider in ipairs(four.names) do
      local client = four.client(provider, { mask = MASK })
      local given = kinds.message(provider, TEXT)
      given.template = false
      local receipt = assert(client:send(given))
      assert.equal(select(2, given.to:gsub("%d", "")), select(2, tostring(receipt.to):gsub("%d", "")))
      local rows = client:send_many { given, { to = "4477", text = TEXT } }
      assert.equal("accepted", rows[1].outcome)
      assert.same({ "not_sent", "4477", TEXT }, { rows[2].outcome, rows[2].to, rows[2].text })
    end
  end)

  it("hides what the library says itself, raised or returned", function()
    local client = four.client("zoomconnect", { mask = MASK, only = { "+27825550100" }, region = "ZA" })
    local other = "+27825550177"
    for _, call in ipairs {
      function() return client:send { to = other, text = "Hello" } end,
      function() return client:check { to = other, text = "Hello" } end,
      function() return client:send { to = "27825550177 or 0825550177x", text = "Hello" } end,
      function() return client.sms:send { recipientNumber = other, message = "Hello" } end,
      function() return client:request { method = "POST", path = "/api/rest/v1/sms/send", json = { recipientNumber = other } } end,
      function() return nil, client:send_many({ { to = other, text = "Hello" } })[1].error end,
    } do
      local result, err = call()
      assert.falsy(result)
      assert.equal("", shown({ err }, { "25550177" }))
    end
    local ok, raised = pcall(client.sms.send, client.sms, { recipientNumbr = other, ["+27825550177"] = 1 })
    assert.is_false(ok)
    assert.equal("", shown({ raised }, { "25550177" }))
  end)

  it("hides what a webhook that can't be read holds", function()
    for _, provider in ipairs(four.names) do
      local client = four.client(provider, { mask = MASK })
      local events, problem = client:webhook { method = "POST", headers = {}, query = "", body = "{" .. SAID }
      assert.is_nil(events)
      assert.equal("", shown({ problem }, NUMBERS) .. shown({ problem }, PIECES))
    end
  end)

  it("hides the rows that come with a call that was broken off", function()
    local calls = 0
    local client = client_of("zoomconnect", { mask = MASK, transport = function()
      calls = calls + 1
      if calls == 1 then return { status = 400, body = SAID } end
      debug.sethook(function()
        debug.sethook()
        error("interrupted!", 0)
      end, "", 1)
      return { status = 400, body = SAID }
    end })
    local one, two = message_for "zoomconnect", message_for "zoomconnect"
    two.flash, one.campaign = nil, "a campaign that does not share a call"
    local ok, err = pcall(client.send_many, client, { one, two })
    debug.sethook()
    assert.is_false(ok)
    assert.truthy(err.results and err.results[1])
    for _, row in ipairs(err.results) do assert.equal("", shown({ row.error }, NUMBERS) .. shown({ row.error }, PIECES)) end
  end)

  it("is checked", function()
    for words, mask in pairs {
      ["unknown option 'mask.number', did you mean 'mask.numbers'?"] = { number = true },
      ["option 'mask.texts' must be true or false, got a string"] = { texts = "yes" }, ["option 'mask' must be a table"] = true,
    } do
      local ok, err = pcall(four.client, "zoomconnect", { mask = mask })
      assert.is_false(ok)
      assert.truthy(err:find(words, 1, true), err)
    end
  end)
end)
