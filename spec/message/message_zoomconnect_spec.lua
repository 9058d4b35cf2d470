-- SPDX-License-Identifier: MIT
-- One message over ZoomConnect: `client:send`, `send_many`, `status`, `balance`, `capabilities`.

local json = require "sms.json"
local noting = require "spec.support.noting_zoomconnect"
local sandbox = require "sms.sandbox"
local sms = require "sms"
local refusal = require "spec.support.refusal"

local NUMBER = "+27825551234"
local NOON = 1398765600 -- 2014-04-29 10:00:00 UTC, noon in South Africa
local LATER = 4102480800 -- 2100-01-01 10:00:00 UTC: a message's time must not be in the past

local function taking()
  return { messageId = "40124213", error = json.null }
end

local function body_of(request)
  return json.decode(request.body)
end

describe("a message over ZoomConnect", function()
  it("becomes a send with its reference, campaign and time", function()
    local zc, arrived = noting(taking)
    local receipt, response = zc:send { to = NUMBER, text = "Hello", reference = "order 7", campaign = "shoes", at = LATER }
    assert.equal("/api/rest/v1/sms/send", arrived[1].path)
    assert.same({
      recipientNumber = NUMBER, message = "Hello", dataField = "order 7", campaign = "shoes", dateToSend = "210001011200",
    }, body_of(arrived[1]))
    assert.equal(200, response.status)
    receipt.raw = nil
    assert.same({
      provider = "zoomconnect", id = "40124213", reference = "order 7", outcome = "accepted", status = "accepted", to = NUMBER,
      segments = 1,
    }, receipt)
  end)

  it("carries nothing that was not given but a reference of our own, and the number in E.164", function()
    local zc, arrived = noting(taking)
    local receipt = zc:send { to = { "082 555 1234" }, region = "ZA", text = "Hi you" }
    assert.matches("^sms%-%x+$", receipt.reference)
    assert.same({ recipientNumber = NUMBER, message = "Hi you", dataField = receipt.reference }, body_of(arrived[1]))
  end)

  it("has its time in the zone that the client names, never before it", function()
    for offset, cases in pairs {
      [120] = { [LATER] = "210001011200", [LATER + 1] = "210001011201", [LATER + 0.5] = "210001011201" },
      [0] = { [LATER] = "210001011000", ["2100-01-01T12:00:00+02:00"] = "210001011000" }, [-330] = { [LATER] = "210001010430" },
      [345] = { [LATER + 50340] = "210001020544" },
    } do
      local zc, arrived = noting(taking, { utc_offset = offset })
      for at in pairs(cases) do
        assert(zc:send { to = NUMBER, text = "x", at = at })
        assert.equal(cases[at], body_of(arrived[#arrived]).dateToSend)
      end
    end
  end)

  it("is refused before the network, all problems in one sentence", function()
    local zc, arrived = noting(taking)
    local function problem(message)
      return (refusal(zc.send, zc, message))
    end
    local words = problem { to = 27825551234, from = "Shop", flash = true, at = -1, validity = 60 }
    for _, piece in ipairs { "'to'", "zoomconnect does not support 'from'",
      "not support 'flash'", "'at' is -1", "not support 'validity'", "'text' is missing" } do
      assert.is_true(words:find(piece, 1, true) ~= nil, piece .. " in " .. words)
    end
    assert.matches("'at' is", problem { to = NUMBER, text = "x", at = 1e15 })
    assert.matches("'to' has 2 numbers, but the provider accepts 1 per call; use send_many",
      problem { to = { NUMBER, NUMBER }, text = "x" })
    assert.matches("'to' is an empty list", problem { to = {}, text = "x" })
    assert.matches("variable 'name' is missing", problem { to = NUMBER, text = "Hi {name}", vars = {} })
    assert.matches("'text' has 0 characters", problem { to = NUMBER, text = "" })
    assert.same({}, arrived)
  end)

  it("says what it can do", function()
    local zc = noting(taking)
    local can = zc:capabilities()
    assert.same({ 1, 1, true, true, 500, true, true }, {
      can.to.max, can.text.min, can.reference, can.campaign, can.bulk, can.status, can.balance,
    })
    assert.is_nil(can.from)
  end)

  it("tells the client's options apart", function()
    for options, words in pairs {
      [{ utc_offset = 900 }] = "'utc_offset' must be minutes east of UTC", [{ auth = "header" }] = "did you mean 'headers'",
      [{ suffix = ".xml" }] = "'suffix'", [{ utc_ofset = 1 }] = "did you mean 'utc_offset'",
      [{ email = "" }] = "option 'email' is empty", [{ token = "a\r\nb: c" }] = "option 'token' contains a control character",
      [{ url_token = "" }] = "option 'url_token' is empty",
    } do
      local all = { email = "a@example.org", token = "t" }
      for name, value in pairs(options) do all[name] = value end
      local ok, problem = pcall(sms.zoomconnect, all)
      assert.is_false(ok)
      assert.is_true(problem:find(words, 1, true) ~= nil, problem)
    end
  end)
end)

describe("a call over ZoomConnect", function()
  it("has the client's suffix once, on the paths of the API", function()
    local zc, arrived = noting(function() return "{}" end, { suffix = ".json" })
    zc.groups:get { id = "a b" }
    zc:request { path = "/api/rest/v1/groups/all.json" }
    zc:request { path = "/elsewhere" }
    local paths = {}
    for i, request in ipairs(arrived) do paths[i] = request.path end
    assert.same({ "/api/rest/v1/groups/a%20b.json", "/api/rest/v1/groups/all.json", "/elsewhere" }, paths)
  end)

  it("that changes something is made once, by GET too", function()
    local zc, arrived = noting(function() return "", 503 end)
    zc.groups:add_contact { id = "a", contact_id = "b", method = "GET" }
    zc.sms:send_url { recipientNumber = NUMBER, message = "x", method = "GET" }
    assert.same({ "GET", "GET" }, { arrived[1].method, arrived[2].method })
    assert.equal(2, #arrived)
  end)
end)

describe("a date over ZoomConnect", function()
  it("goes as given when it is text, else in the form of its field", function()
    local zc, arrived = noting(taking)
    local day = { year = 2014, month = 4, day = 9 }
    zc.account:statistics { from = day, to = "whatever" }
    zc.messages:list { fromDateTimeSent = day, toDateTimeReceived = NOON }
    zc.voice:list { toDateTimeSent = day }
    zc.sms:send { recipientNumber = NUMBER, message = "x", dateToSend = { year = 2014, month = 4, day = 9, hour = 8, min = 5 } }
    zc.sms:send_url_parameters { recipientNumber = NUMBER, message = "x", dateToSend = NOON + 1 }
    assert.equal("from=09-04-2014&to=whatever", arrived[1].query)
    assert.equal("fromDateTimeSent=20140409&toDateTimeReceived=20140429", arrived[2].query)
    assert.equal("toDateTimeSent=20140409", arrived[3].query)
    assert.equal("201404090805", body_of(arrived[4]).dateToSend)
    assert.matches("dateToSend=201404291201", arrived[5].query)
  end)

  it("is in the zone that the client names, within a bulk too; the fields of a table are in none", function()
    local zc, arrived = noting(taking, { utc_offset = -600 })
    zc.sms:send_bulk {
      defaultDateToSend = NOON, sendSmsRequests = {
        { recipientNumber = NUMBER, message = "x", dateToSend = NOON + 60 },
        { recipientNumber = NUMBER, message = "x", dateToSend = { year = 2014, month = 4, day = 29 } },
      },
    }
    zc.messages:list { fromDateTimeSent = NOON - 3600 }
    local body = body_of(arrived[1])
    assert.same({ "201404290000", "201404290001", "201404291200" }, {
      body.defaultDateToSend, body.sendSmsRequests[1].dateToSend, body.sendSmsRequests[2].dateToSend,
    })
    assert.equal("fromDateTimeSent=20140428", arrived[2].query)
    local adapter = require "sms.zoomconnect"
    for _, name in ipairs { "SendDate", "FilterDate", "ReportDate" } do
      assert.equal(require("sms.zoomconnect.dates").UTC_OFFSET, adapter.types.aliases["zoomconnect." .. name].utc_offset)
    end
  end)

  it("that is none is refused", function()
    local zc, arrived = noting(taking)
    for _, bad in ipairs {
      true, {}, { year = 2014, month = 2, day = 30 }, { year = 2014, month = 4, day = 9, hour = 24 }, { year = "2014", month = 4, day = 9 },
      1e300, math.mininteger, { year = 999, month = 1, day = 1 },
    } do
      local words = refusal(zc.sms.send, zc.sms, { recipientNumber = NUMBER, message = "x", dateToSend = bad })
      assert.matches("argument 'dateToSend' must be", words)
    end
    assert.equal(0, #arrived)
  end)
end)

describe("a voice message over ZoomConnect", function()
  local WAV, MP3, FRAME = "RIFF\36\0\0\0WAVEfmt ", "ID3\4\0", "\xFF\xFB\x90\x64"

  local function call(file, more)
    local zc, arrived = noting(function() return { voiceMessageId = "v1" } end)
    local args = { recipientNumber = NUMBER, file = file }
    for name, value in pairs(more or {}) do args[name] = value end
    local ok, result, err = pcall(zc.voice.send_audio, zc.voice, args)
    assert.equal(ok and result and 1 or 0, #arrived)
    if not ok then return result end
    return result and arrived[1].parts[1].type or err.message
  end

  it("takes MP3 and WAV, told by the bytes or else by the name, and gives the part its type", function()
    for _, case in ipairs {
      { WAV, "x", "audio/wav" }, { MP3, "x", "audio/mpeg" }, { FRAME, "x.bin", "audio/mpeg" }, { "\0\0\0", "a.MP3", "audio/mpeg" },
      { "?", "b.wav", "audio/wav" },
    } do
      assert.equal(case[3], call { data = case[1], name = case[2] })
    end
    assert.equal("audio/x-own", call { data = WAV, name = "a.wav", type = "audio/x-own" })
    assert.equal("audio/wav", call { path = "spec/wire/zoomconnect/silence.wav" })
  end)

  it("refuses what is neither, before the network", function()
    for _, case in ipairs {
      { "", "a.mp3" }, { "\x89PNG\r\n\x1A\n", "a.mp3" }, { "RIFF\0\0\0\0WEBP", "a.wav" }, { "OggS\0", "a.ogg" }, { "?", "a.ogg" },
      { "hello", "a.txt" }, { "%PDF-1.7", "a" }, { "\0\0\0\x18ftypM4A ", "a.m4a" },
    } do
      assert.matches("argument 'file' is neither MP3 nor WAV", call { data = case[1], name = case[2] })
    end
    assert.matches("neither MP3 nor WAV", call { path = "spec/wire/zipwhip/note.txt" })
  end)

  it("has the ends of its interval in order, and everything that is wrong in one message", function()
    local words = call({ data = "x", name = "a.ogg" }, {
      retryCount = 5, retryMinimumInterval = 10, retryMaximumInterval = 5, campain = "c",
    })
    for _, piece in ipairs { "'retryCount' must be", "'retryMinimumInterval' must not be greater", "'file' is neither", "'campain'" } do
      assert.is_true(words:find(piece, 1, true) ~= nil, words)
    end
    local zc, arrived = noting(taking)
    local _, err = zc.voice:send_text {
      recipientNumber = NUMBER, message = "x", retryCount = 1, retryMinimumInterval = 10, retryMaximumInterval = 5,
    }
    assert.same({ "invalid", "not_sent", "retryMinimumInterval" }, { err.kind, err.outcome, err.field })
    assert.equal(0, #arrived)
  end)
end)

describe("many messages over ZoomConnect", function()
  local function rows_of(count)
    local out = {}
    for i = 1, count do out[i] = { to = NUMBER, text = "t" .. i, reference = "r" .. i } end
    return out
  end

  local function echo(request)
    local rows = {}
    for i, item in ipairs(body_of(request).sendSmsRequests) do rows[i] = { messageId = "id-" .. item.dataField, error = json.null } end
    return { sendSmsResponses = rows }
  end

  it("go in one bulk, each with its own fields", function()
    local zc, arrived = noting(echo)
    local rows = zc:send_many {
      { to = NUMBER, text = "a", reference = "1", at = LATER },
      { to = "27825551235", text = "Hi {n}", vars = { n = "B" }, reference = "2" },
    }
    assert.equal(1, #arrived)
    assert.equal("/api/rest/v1/sms/send-bulk", arrived[1].path)
    assert.same({ sendSmsRequests = {
      { recipientNumber = NUMBER, message = "a", dataField = "1", dateToSend = "210001011200" },
      { recipientNumber = "+27825551235", message = "Hi B", dataField = "2" },
    } }, body_of(arrived[1]))
    assert.same({ "id-1", "id-2", "1", "2" }, { rows[1].id, rows[2].id, rows[1].reference, rows[2].reference })
  end)

  it("are split, and a chunk that fails leaves the others alone", function()
    local zc, arrived = noting(function(request)
      local answer = echo(request)
      if answer.sendSmsResponses[1].messageId == "id-r501" then return "gone", 502 end
      return answer
    end)
    local rows = zc:send_many(rows_of(1100))
    assert.equal(3, #arrived)
    assert.equal(1100, #rows)
    assert.same({ "id-r500", "id-r1001" }, { rows[500].id, rows[1001].id })
    assert.same({ "unknown", "server", "unknown" }, { rows[501].outcome, rows[1000].error.kind, rows[750].status })
  end)

  it("have one row each where the response refuses some", function()
    local zc = noting(function()
      return { sendSmsResponses = { { messageId = "1" }, { error = "Invalid mobile number" }, { messageId = json.null } } }
    end)
    local given = {}
    for i, text in ipairs { "a", "", "b", "c" } do given[i] = { to = NUMBER, text = text } end
    local rows = zc:send_many(given)
    -- The row without text is refused before the network: the other three are the bulk.
    assert.same({ "1", "rejected", "not_sent" }, { rows[1].id, rows[3].error.kind, rows[3].outcome })
    assert.equal("Invalid mobile number", rows[3].error.message)
    assert.same({ "rejected", "unknown", "unknown" }, { rows[4].error.kind, rows[4].outcome, rows[4].status })
    assert.same({ "invalid", "not_sent" }, { rows[2].error.kind, rows[2].outcome })
  end)

  it("are refused by any error in their row, and open where an id stands beside it", function()
    local zc = noting(function()
      return { sendSmsResponses = { { messageId = json.null, error = { message = "no" } }, { messageId = "9", error = "odd" } } }
    end)
    local rows = zc:send_many(rows_of(2))
    assert.same({ "rejected", "no", "not_sent" }, { rows[1].error.kind, rows[1].error.message, rows[1].outcome })
    assert.same({ "rejected", "odd", "unknown" }, { rows[2].error.kind, rows[2].error.message, rows[2].outcome })
  end)

  it("have no fate when the response has not as many rows", function()
    for _, count in ipairs { 0, 1, 3 } do
      local zc = noting(function()
        local rows = json.array {}
        for i = 1, count do rows[i] = { messageId = tostring(i) } end
        return { sendSmsResponses = rows }
      end)
      for _, row in ipairs(zc:send_many(rows_of(2))) do
        assert.same({ "decode", "unknown" }, { row.error and row.error.kind, row.outcome })
        assert.is_nil(row.id)
      end
    end
  end)
end)

describe("over ZoomConnect's sandbox", function()
  local box, zc
  before_each(function()
    box = sandbox.new { clock = function() return LATER end }
    zc = sms.zoomconnect { email = "sandbox@example.org", token = "sandbox-token", transport = box }
  end)

  it("a receipt can be looked up", function()
    local receipt = assert(zc:send { to = NUMBER, text = "Hello", at = LATER + 60 })
    local function seen()
      local status = assert(zc:status(receipt))
      assert.equal(receipt.id, status.id)
      return { status.status, status.final, status.provider_status }
    end
    assert.same({ "queued", false, "SCHEDULED" }, seen())
    box:tick(60)
    assert.same({ "sent", false, "SENT" }, seen())
    box:tick(3)
    assert.same({ "delivered", true, "DELIVERED" }, seen())
    local none, err = zc:status {}
    assert.is_nil(none)
    assert.same({ "rejected", "unsupported", "not_sent" }, { err.kind, err.name, err.outcome })
  end)

  it("the balance is a number", function()
    assert.equal(1000, (zc:balance()))
    zc:send { to = NUMBER, text = ("x"):rep(161) }
    assert.equal(998, (zc:balance()))
  end)

  it("all pages are walked", function()
    local messages, seen = {}, {}
    for i = 1, 7 do messages[i] = { to = NUMBER, text = "t" .. i } end
    zc:send_many(messages)
    for message in zc.messages:each { pageSize = 3 } do seen[#seen + 1] = message.message end
    assert.equal("t7 t6 t5 t4 t3 t2 t1", table.concat(seen, " "))
  end)
end)
