-- SPDX-License-Identifier: MIT
-- The two ways of a message through `send_many`: a plain one goes from columns onto the wire, any other is looked at field by field. Both
-- say the same: each list here is sent once as it is, and once with a field beside that changes nothing but the way.

local json = require "sms.json"
local sms = require "sms"

local CREDENTIALS = {
  messagewhiz = { apikey = "k", from = "Museum" }, websms = { token = "t" }, zipwhip = { session = "s" },
  zoomconnect = { email = "a@b.c", token = "t" },
}
local NUMBERS = {
  "+27825551234", "+27 82 555 1235", "27825551236", "0027825551237", "+12065550123", "nobody", "+999", "", "+27825551238",
}
local TEXTS = {
  "Hi", "Dear {name}, order {order} is ready.", "{name|there}: {{braces}}", "{name", "}",
  "{{name}}", "Gruß, 世界 🎉", 'quote " back \\ slash /',
  "two\nlines\ttab", "two\r\nlines", " ", "", "bad \xFF byte", ("long "):rep(300), "{a.b} {1}", "{ name }", "\u{7F}", "ctl \1", "{order}",
}
local VARS = {
  { name = "Ann", order = 7 },
  { name = "", order = "x" }, { name = " ", order = 1 }, { order = 1.5, name = "B" }, { name = "世", order = -3 },
  { name = "A\\\"", order = "{x}" }, { a = { b = "deep" }, "first" }, { name = true, order = 1 }, { name = "Q", order = 2 ^ 53 },
  { name = "bad \xFF", order = 1 }, { name = "N", order = math.maxinteger },
}

local WAYS = {
  ["with digits for numbers"] = {}, ["in a region"] = { region = "ZA" },
  ["to some numbers only"] = { only = { "+27825551234", "+12065550123" } },
}

-- A number from 1 to n, the same ones in each run.
local seed
local function pick(n)
  seed = (seed * 1103515245 + 12345) % 2 ^ 31
  return math.tointeger(seed // 65536) % n + 1
end

local function messages(provider, count)
  local out = {}
  seed = 42
  for i = 1, count do
    local given = { to = NUMBERS[pick(#NUMBERS)], text = TEXTS[pick(#TEXTS)] }
    if pick(3) > 1 then given.vars = VARS[pick(#VARS)] end
    if pick(6) == 1 and provider ~= "zipwhip" then given.reference = pick(9) == 1 and "not \xFF text" or "ref " .. i end
    if pick(6) == 1 and provider == "zoomconnect" then given.campaign = 'spring "1"' end
    if pick(6) == 1 and provider == "websms" then given.from = pick(2) == 1 and "Shop" or "+436641234567" end
    if pick(9) == 1 and provider == "websms" then given.callback = pick(2) == 1 and "https://example.org/x" or "no address" end
    out[i] = given
  end
  return out
end

local function respond(request)
  local body = request.body and json.decode(request.body) or {}
  if body.sendSmsRequests then
    local shares = {}
    for i, one in ipairs(body.sendSmsRequests) do
      shares[i] = { messageId = i % 5 == 0 and " " or ("id-%d-%d"):format(#one.message, i) }
      if i % 7 == 0 then shares[i] = { error = "no credit" } end
    end
    return { status = 200, body = json.encode { sendSmsResponses = shares } }
  end
  if request.provider == "zoomconnect" then return { status = 200, body = '{"messageId":"alone"}' } end
  if request.provider == "websms" then
    local list = body.recipientAddressList
    local fields = { statusCode = 2000, transferId = "t" .. #list, smsCount = #list * 2, clientMessageId = body.clientMessageId }
    return { status = 200, body = json.encode(fields) }
  end
  return { status = 500, body = "{}" }
end

-- Without what differs from run to run.
local function settled(value)
  if type(value) == "string" then return (value:gsub("sms%-%x+", "sms-made")) end
  if type(value) ~= "table" then return value end
  local out = {}
  for key, item in pairs(value) do out[key] = settled(item) end
  out.time, out.duration = nil, nil
  return out
end

-- Sends a list in one way; the requests as data, and the rows.
local function send(provider, list, options)
  local requests = {}
  local settings = {
    transport = function(request)
      local body = request.body and json.decode(request.body) or request.body
      requests[#requests + 1] = { path = request.path, query = request.query, body = settled(body) }
      return respond(request)
    end,
  }
  for name, value in pairs(CREDENTIALS[provider]) do settings[name] = value end
  for name, value in pairs(options or {}) do settings[name] = value end
  local rows = sms[provider](settings):send_many(list)
  if #rows > 200 then
    for _, row in ipairs(rows) do row.raw = nil end -- the response to all of them, again and again
  end
  return requests, settled(rows)
end

local function closely(list)
  local out = {}
  for i, given in ipairs(list) do
    out[i] = { empty = "refuse" }
    for name, value in pairs(given) do out[i][name] = value end
  end
  return out
end

describe("messages of send_many", function()
  for provider in pairs(CREDENTIALS) do
    for name, options in pairs(WAYS) do
      it("go the same through " .. provider .. ", plain or not, " .. name, function()
        local list = messages(provider, 150)
        local requests, rows = send(provider, list, options)
        local others, other_rows = send(provider, closely(list), options)
        assert.equal(#list, #rows)
        assert.same(other_rows, rows)
        assert.same(others, requests)
        local outcomes = {}
        for _, row in ipairs(rows) do outcomes[row.outcome] = true end
        assert.is_true(outcomes.not_sent)
        assert.is_true(outcomes.accepted or outcomes.unknown)
      end)
    end
  end

  -- Runs of messages that may share a call: the same text for a while, some of them with another sender, a number in another spelling, a
  -- number again, a mistake.
  local function runs(provider, count)
    local out, text = {}, 1
    seed = 7
    for i = 1, count do
      if pick(20) == 1 then text = pick(3) end
      local given = { to = ("+2782555%04d"):format(i), text = TEXTS[text], vars = text == 2 and VARS[1] or nil }
      if pick(15) == 1 then given.to = ("002782555%04d"):format(i) end
      if pick(40) == 1 then given.to = ("+2782555%04d"):format(pick(i)) end
      if pick(60) == 1 then given.to = "nobody" end
      if pick(30) == 1 and provider == "websms" then given.from = "Shop" end
      if pick(50) == 1 and provider == "websms" then given.reference = "ref " .. i end
      if pick(30) == 1 and provider == "zoomconnect" then given.campaign = "spring" end
      if pick(70) == 1 and provider == "zoomconnect" then given.reference = "ref " .. i end
      if pick(50) == 1 then text = given.text == "Hi" and 3 or 1 end
      out[i] = given
    end
    return out
  end

  for provider in pairs(CREDENTIALS) do
    it("go the same in runs through " .. provider .. ", plain or not, from a list, from a function, in a task that waits", function()
      local list = runs(provider, provider == "websms" and 1200 or provider == "zoomconnect" and 700 or 25)
      local requests, rows = send(provider, closely(list))
      local plain, plain_rows = send(provider, list)
      assert.same(rows, plain_rows)
      assert.same(requests, plain)
      local at, waits = 0, false
      local function step()
        at = at + 1
        if waits and at % 10 == 0 then sms.sleep(0) end
        return list[at]
      end
      assert.same({ requests, rows }, { send(provider, step) })
      at, waits = 0, true
      sms.run(function() assert.same({ requests, rows }, { send(provider, setmetatable({}, { __call = step })) }) end)
      for i, row in ipairs(plain_rows) do assert.equal(list[i].to, row.to) end
    end)
  end

  it("are skipped where their number had one, in a run as well", function()
    local list, rows = {}
    for i = 1, 50 do list[i] = { to = ("+2782555%04d"):format(i % 30), text = "Hi" } end
    local client = sms.websms { token = "t", transport = respond }
    rows = client:send_many(list, { duplicates = "skip" })
    for i, row in ipairs(rows) do
      assert.equal(i > 30 and "not_sent" or "accepted", row.outcome)
      assert.equal(i > 30 and i - 30 or nil, row.duplicate_of)
    end
    for i, row in ipairs(client:send_many(list)) do assert.equal(i > 30 and i - 30 or nil, row.duplicate_of) end
  end)

  it("have rows where their source raised in a run", function()
    local calls, at = 0, 0
    local function transport(request)
      calls = calls + 1
      return respond(request)
    end
    local client = sms.websms { token = "t", transport = transport }
    local function step()
      at = at + 1
      if at == 6 then error("out of stock", 0) end
      return { to = ("+2782555%04d"):format(at), text = "Hi" }
    end
    local rows = {}
    local ok, problem = pcall(function()
      for row in client:send_each(step) do rows[#rows + 1] = row.outcome end
    end)
    assert.same({ false, "out of stock" }, { ok, problem })
    assert.same({ "accepted", "accepted", "accepted", "accepted", "accepted" }, rows)
    assert.equal(1, calls)
    at = 0
    assert.has_error(function() client:send_many(step) end, "out of stock")
    assert.equal(1, calls)
  end)

  it("are what they were when they were read, whatever becomes of their tables", function()
    local one, at = { vars = {} }, 0
    local requests, rows = send("zoomconnect", function()
      at = at + 1
      if at > 20 then return nil end
      one.to, one.text, one.vars.name = ("+2782555%04d"):format(at), "Hi {name}", "n" .. at
      return one
    end)
    for i, sent in ipairs(requests[1].body.sendSmsRequests) do
      assert.same({ ("+2782555%04d"):format(i), "Hi n" .. i }, { sent.recipientNumber, sent.message })
      assert.equal(sent.recipientNumber, rows[i].to)
    end
  end)

  it("have references of their own, none twice", function()
    local list, seen = {}, {}
    for i = 1, 700 do list[i] = { to = ("+2782555%04d"):format(i), text = "Hi" } end
    local client = sms.zoomconnect { email = "a@b.c", token = "t", transport = respond }
    for _, row in ipairs(client:send_many(list)) do
      assert.matches("^sms%-%x+$", row.reference)
      assert.is_nil(seen[row.reference])
      seen[row.reference] = true
    end
  end)
end)

describe("rows as JSON", function()
  local rows = require("sms.core").json_rows

  it("are objects of what the columns have, or texts", function()
    local columns = { { "+1", "2" }, { 'a "b"\n\\', nil }, { "x", false } }
    assert.same({ { to = "1", text = 'a "b"\n\\', ref = "x" }, { to = "2" } }, json.decode(rows(2, { "to", "text", "ref" }, columns, "to")))
    assert.equal('["1","+2"]', rows(2, nil, { { "1", "+2" } }))
    assert.equal('["1","2"]', rows(2, nil, { { "1", "+2" } }, true))
    assert.equal("[]", rows(0, { "a" }, { {} }))
  end)

  it("escape what JSON has to, wherever it stands", function()
    for at = 0, 20 do
      for _, character in ipairs { '"', "\\", "\n", "\0", "\31", "\127", "ß", "🎉" } do
        local text = ("x"):rep(at) .. character .. ("y"):rep(20 - at)
        assert.equal(text, json.decode(rows(1, nil, { { text } }))[1])
      end
    end
  end)

  it("are refused where a text is none, or not UTF-8", function()
    assert.is_nil((rows(1, { "a" }, { { "\xFF" } })))
    assert.is_nil((rows(1, { "a" }, { { 5 } })))
    assert.is_nil((rows(1, nil, { {} })))
  end)
end)
