-- SPDX-License-Identifier: MIT
-- What a provider's history proves of a row that it doesn't hold: nothing, unless it is whole around the send and nothing in it may be
-- the text. Answers by hand, and the comparison itself.

local cost = require "spec.support.cost"
local history = require "sms.reconcile.history"
local json = require "sms.json"
local sms = require "sms"
local kinds = dofile "spec/support/kinds_of_call.lua"

describe("the absence from a history", function()
  local SENT = os.time() - 3600

  local function iso(time) return os.date("!%Y-%m-%dT%H:%M:%SZ", time) end

  -- The outcome of a row that was sent an hour ago, and the id or the reason, with the same response to each look-up.
  local function settled(name, body, row, headers)
    local function transport() return { status = 200, headers = headers or {}, body = assert(json.encode(body)) } end
    local client = kinds.client(name, { transport = transport })
    row = row or {}
    row.outcome, row.time, row.to, row.text = "unknown", SENT, row.to or "+12065550123", row.text or "Hello"
    local out = client:reconcile { row }
    return out[1].outcome, out[1].id or out[1].reason
  end

  local makers = {}

  function makers.zipwhip(entries, claims)
    local list = json.array {}
    for i, one in ipairs(entries) do
      list[i] = {
        id = tostring(i), type = one.type or "ZO", destAddress = one.number, body = one.text,
        dateCreated = one.time or one.at and iso(one.at),
      }
    end
    local body = { success = true, response = list }
    for key, value in pairs(claims or {}) do body[key] = value end
    return body
  end

  function makers.zoomconnect(entries, claims)
    local list = json.array {}
    for i, one in ipairs(entries) do
      list[i] = {
        messageId = tostring(i), messageStatus = "SENT", messageType = one.type, toNumber = one.number, message = one.text,
        userDataField = one.reference, dateTimeSent = one.time or one.at and iso(one.at),
      }
    end
    local body = { webServiceMessages = list }
    for key, value in pairs(claims or {}) do body[key] = value end
    return body
  end

  local NEWER, OLDER = { number = "+12065550123", text = "Later" }, { number = "+12065550123", text = "Before" }
  local function around(...)
    local newer, older = {}, {}
    for key, value in pairs(NEWER) do newer[key] = value end
    for key, value in pairs(OLDER) do older[key] = value end
    newer.at, older.at = SENT + 600, SENT - 600
    local out = { newer, ... }
    out[#out + 1] = older
    return out
  end

  local COMPLETE = { zipwhip = { size = 1, total = 1 }, zoomconnect = { totalElements = 1, totalPages = 1 } }

  for name, make in pairs(makers) do
    it("of " .. name .. " proves it where the history holds something older and something newer, or says that it is all", function()
      assert.equal("not_sent", (settled(name, make(around()))))
      assert.equal("not_sent", (settled(name, make({ around()[2] }, COMPLETE[name]))))
      local none = name == "zipwhip" and { size = 0, total = 0 } or { totalElements = 0, totalPages = 0 }
      assert.equal("not_sent", (settled(name, make({}, none))))
    end)

    it("of " .. name .. " proves nothing where less than that is seen", function()
      local newer, older = around()[1], around()[2]
      for words, entries in pairs {
        ["shows no message"] = {}, ["begins after the send"] = { newer }, ["ends before the send"] = { older },
        ["not in order"] = { newer, older, { number = "+12065550123", text = "x", at = SENT + 300 }, older },
      } do
        local outcome, why = settled(name, make(entries))
        assert.equal("unknown", outcome, words)
        assert.matches(words, why)
      end
      local near = { newer, older }
      near[1].at, near[2].at = SENT + 100, SENT - 100
      assert.equal("unknown", (settled(name, make(near))))
    end)

    it("of " .. name .. " proves nothing where there is more than was read", function()
      local more = name == "zipwhip" and { { size = 2 }, { size = "250" }, { size = 1, total = 9 }, { size = 1, pages = 3 }, { total = 1 },
          { size = true }, { size = 1.5 } }
        or { { totalElements = 2 }, { totalElements = 1, totalPages = 2 }, { totalElements = "250" }, { totalPages = 1 }, { elements = 1 },
          { totalElements = true } }
      for _, claims in ipairs(more) do
        assert.equal("unknown", (settled(name, make({ around()[1] }, claims))), json.encode(claims))
      end
    end)

    it("of " .. name .. " proves nothing where an entry may be the text", function()
      local ours = { number = "+12065550123", text = "Hello" }
      for _, change in ipairs {
        { at = SENT + 150 }, { at = SENT - 150 }, { at = SENT + 7200 }, { at = SENT - 36000 }, { time = "Jan 26, 2012 3:45:36 PM" }, {},
        { at = SENT, number = "+1206****123" }, { at = SENT, number = "xxxxxxx0123" }, { at = SENT, number = "" },
        { at = SENT, number = "***" },
        { at = SENT, text = "Hello\nACME" },
        { at = SENT, text = "HELLO " }, { at = SENT, text = "Hel..." }, { at = SENT, text = "" },
        { at = SENT, text = "*****" }, { at = SENT, number = "+1 (0) 2065550123" },
      } do
        local one = { number = change.number or ours.number, text = change.text or ours.text, at = change.at, time = change.time }
        local entries = around(one)
        local outcome, why = settled(name, make(entries, { size = 3, total = 3, totalElements = 3, totalPages = 1 }))
        assert.equal("unknown", outcome, json.encode(change))
        assert.matches("may be this one", why)
      end
    end)

    it("of " .. name .. " is seen through other spellings of the number", function()
      for _, number in ipairs { "12065550123", "0012065550123", "+1 (206) 555-0123", "2065550123", "ptn:/2065550123",
        "tel:+12065550123" } do
        local entries = around { number = number, text = "Hello", at = SENT }
        local outcome, id = settled(name, make(entries))
        assert.same({ "accepted", "2" }, { outcome, id }, number)
      end
    end)

    it("of " .. name .. " is not hidden by texts that are others for sure", function()
      for _, one in ipairs {
        { number = "+12065550123", text = "Hi", at = SENT }, { number = "+12065550123", text = "Hello", at = SENT - 90000 },
        { number = name == "zipwhip" and "+12065550124" or "+12065550123", text = "Help", at = SENT },
        { number = "+12065550123", text = "Hello", at = SENT, type = name == "zipwhip" and "MO" or "INBOUND" },
      } do
        local entries = around()
        if one.at < SENT then entries[3] = one else entries = around(one) end
        assert.equal("not_sent", (settled(name, make(entries))), json.encode(one))
      end
    end)

    it("of " .. name .. " proves nothing where the clocks are seen to differ", function()
      local function dated(seconds) return { date = os.date("!%a, %d %b %Y %H:%M:%S GMT", os.time() + seconds) } end
      assert.equal("not_sent", (settled(name, make(around()), nil, dated(0))))
      for _, seconds in ipairs { 300, -300, 86400 } do
        local outcome, why = settled(name, make(around()), nil, dated(seconds))
        assert.equal("unknown", outcome)
        assert.matches("clock is off by %-?%d+ s", why)
      end
      local entries = around()
      entries[1].at = os.time() + 600
      assert.matches("clock is off by 600 s", select(2, settled(name, make(entries))))
    end)

    it("of " .. name .. " proves nothing where no list came", function()
      local null = name == "zipwhip" and { success = true, response = json.null } or { webServiceMessages = json.null }
      assert.equal("unknown", (settled(name, null)))
      assert.equal("unknown", (settled(name, {})))
    end)
  end

  it("of ZoomConnect is told by the reference, where it is shown whole", function()
    local function showing(...)
      local entries = {}
      for i, reference in ipairs { ... } do entries[i] = { reference = reference, at = SENT + 900 - i * 600 } end
      return makers.zoomconnect(entries)
    end
    assert.same({ "accepted", "2" }, { settled("zoomconnect", showing("r10", "r1"), { reference = "r1" }) })
    assert.equal("not_sent", (settled("zoomconnect", showing("r10", "r11", "r12"), { reference = "r1" })))
    local long = ("x"):rep(51)
    for reference, found in pairs {
      r1 = showing("r10", "other", "r11"), ["order-12345"] = showing("order-12345-a", "order-12", "order-12345-b"),
      ["Order-6"] = showing("x", "ORDER-6", "y"), ["order-7"] = showing("x", "ord****", "y"),
      ["order-8"] = showing("x", "order-\u{2026}", "y"),
      [long] = showing(long .. "1", long .. "2", long .. "3"),
    } do
      local outcome, why = settled("zoomconnect", found, { reference = reference })
      assert.equal("unknown", outcome, reference)
      assert.is_string(why)
    end
  end)

  it("is looked for on the pages that follow, up to before the send", function()
    local asked, pages = {}, {}
    for page = 1, 9 do
      local entries = {}
      for i = 1, 20 do entries[i] = { number = "+12065550199", text = "x", at = os.time() - (page - 1) * 1000 - i * 50 } end
      pages[page] = makers.zoomconnect(entries)
      for i, one in ipairs(pages[page].webServiceMessages) do one.messageId = ("%d-%d"):format(page, i) end
    end
    local client = sms.zoomconnect {
      email = "a@example.org", token = "t",
      transport = function(request)
        local page = tonumber(request.query:match("page=(%d+)"))
        asked[#asked + 1] = page or "filter"
        return { status = 200, headers = {}, body = json.encode(page and pages[page] or { webServiceMessages = json.array {} }) }
      end,
    }
    local row = { to = "+12065550123", text = "Hello", time = SENT, outcome = "unknown" }
    assert.equal("not_sent", client:reconcile({ row })[1].outcome)
    assert.same({ "filter", 1, 2, 3, 4 }, asked)
    pages[4].webServiceMessages[7].toNumber, pages[4].webServiceMessages[7].message = "+12065550123", "Hello"
    assert.same({ "unknown", "the history has a message that may be this one" },
      { client:reconcile({ row })[1].outcome, client:reconcile({ row })[1].reason })
  end)

  it("is looked for in time that grows with the history's size alone", function()
    for _, unit in ipairs { " ", ".", "&", "&a", "a", "0", "*", "%2", "\u{2026}", "a.", "a ", "\xff" } do
      for _, name in ipairs { "number", "text", "reference" } do
        local times = cost.growth(function(size)
          local long = unit:rep(size // #unit)
          local entry = { number = "+12065550123", text = "Hi", reference = "r", time = SENT, [name] = long .. "b" }
          history.compare({ to = "+12065550123", text = "Hello", reference = "r-1", time = SENT }, entry)
          history.compare({ to = "+12065550123", text = "Hello", time = SENT }, entry)
          history.compare({ to = "+12065550123", text = long, time = SENT }, entry)
        end, 32768)
        assert.is_true(times < cost.LINEAR, ("%q %s %.1f"):format(unit, name, times))
      end
    end
  end)

  it("is read once for all rows", function()
    local asked = 0
    local client = sms.zipwhip {
      session = "s:1",
      transport = function()
        asked = asked + 1
        return { status = 200, headers = {}, body = json.encode(makers.zipwhip(around(), { size = 2 })) }
      end,
    }
    local rows = {}
    for i = 1, 50 do rows[i] = { to = ("+120655502%02d"):format(i), text = "Hello", time = SENT, outcome = "unknown" } end
    for _, row in ipairs(client:reconcile(rows)) do assert.equal("not_sent", row.outcome) end
    assert.equal(1, asked)
  end)

  it("proves nothing where entries went missing between two pages", function()
    local client = sms.zipwhip {
      session = "s:1",
      transport = function(request)
        local entries = around { number = "+12065550199", text = "x", at = SENT + 300 }
        local body = makers.zipwhip(entries)
        if request.body:find("start=0", 1, true) then body.response[3] = nil else body.response = { body.response[3] } end
        return { status = 200, headers = {}, body = json.encode(body) }
      end,
    }
    local out = client:reconcile { { to = "+12065550123", text = "Hello", time = SENT, outcome = "unknown" } }
    assert.same({ "unknown", "the history changed while it was read" }, { out[1].outcome, out[1].reason })
  end)

  it("of MessageWhiz is told by the name of the broadcast", function()
    local function look(list, row)
      local client = sms.messagewhiz { apikey = "k", transport = function()
        return { status = 200, headers = {}, body = json.encode { errorCode = 0, errorMessage = "", errorType = "", result = list } }
      end }
      row = row or { broadcast = true, to = "447700900123", text = "x", reference = "sms-abcdef", time = SENT, outcome = "unknown" }
      local out = client:reconcile({ row })[1]
      return out.outcome, out.broadcast_id or out.reason
    end
    local function list(...)
      local out = json.array {}
      for i, name in ipairs { ... } do out[i] = { id = i, name = name, create_date = iso(SENT + 900 - i * 600), message_body = "x" } end
      return out
    end
    assert.same({ "accepted", 2 }, { look(list("sms-abcdef-2", "sms-abcdef", "y")) })
    assert.equal("not_sent", (look(list("sms-abcdef-1", "sms-abcdef-2", "sms-abcdef-3"))))
    for words, found in pairs {
      ["shows no message"] = json.null, ["shows no message with"] = json.array {}, ["begins after"] = list("sms-abcdef-1"),
      ["may be"] = list("a", "sms-abc", "b"), ["may be this"] = list("a", "SMS-ABCDEF", "b"),
      ["may be this one"] = list("a", "sms-a*****", "b"),
      ["other messages"] = list("a", "b", "c"),
    } do
      local outcome, why = look(found)
      assert.same("unknown", outcome, words)
      assert.matches(words, why)
    end
    assert.equal("unknown", (look({ { id = 1, create_date = iso(SENT + 600) }, { id = 2, create_date = iso(SENT - 600) } })))
  end)
end)
