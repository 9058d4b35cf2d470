-- SPDX-License-Identifier: MIT
-- What the sandboxed MessageWhiz tells, asked by hand from the provider's documents: fast singles and their callbacks, one-time
-- passwords, estimates, the broadcast list, delivery reports and the webhook.

local json = require "sms.json"
local by_hand = require "spec.support.by_hand_messagewhiz"

local START = by_hand.START
local mw

local function ok(...) return mw:ok(...) end
local function refused(...) return mw:refused(...) end

before_each(function()
  mw = by_hand.new()
end)

local NO_KEY = { headers = { apikey = "" } }

describe("messagewhiz sandbox: fast singles", function()
  local function sms(change, more)
    local body = { api_key = "sandbox-key", to = "2605876689", from = "sender", text = "sample message" }
    for key, value in pairs(change or {}) do body[key] = value ~= json.null and value or nil end
    return mw:call("POST", "/sms", body, more or NO_KEY)
  end

  it("answer an id without envelope", function()
    local status, value = sms()
    assert.equal(200, status)
    assert.same({ message_id = mw.box:inbox()[1].id }, value)
    assert.matches("^[%w_-]+$", value.message_id)
    assert.equal(21, #value.message_id)
    assert.same({ "2605876689 sender sample message" }, mw:texts())
    assert.same("Custom param", select(2, sms { client_ref = "Custom param" }).client_ref)
  end)

  it("take the key from the body or the header", function()
    for _, case in ipairs {
      { 401, json.null, "" }, { 401, "wrong", "" }, { 401, "wrong", "sandbox-key" }, { 401, json.null, "wrong" },
      { 200, json.null, "sandbox-key" }, { 200, "sandbox-key", "wrong" },
    } do
      local status, value = sms({ api_key = case[2] }, { headers = { apikey = case[3] } })
      assert.equal(case[1], status)
      if status == 401 then assert.same({ statusCode = 401, message = "Unauthorized" }, value) end
    end
  end)

  it("say what is wrong in the documents' words", function()
    local long = "text must be shorter than or equal to 100000 characters"
    local short = "text must be longer than or equal to 1 characters"
    local empty = "text should not be empty"
    local to = "The recipient number entered is invalid. Please ensure that the number is between 10 and 15 digits in length."
    local from = "Sender must not exceed 11 letters (latin alphabet or special symbols “'._-+&{space}” are allowed) or 20 numbers."
    for _, case in ipairs {
      { { text = json.null }, { long, short, empty } }, { { text = "" }, { short, empty } }, { { text = ("x"):rep(100001) }, { long } },
      { { to = json.null }, { to } }, { { to = "123456789" }, { to } }, { { to = "1234567890123456" }, { to } },
      { { from = json.null }, { from } }, { { from = "twelveletter" }, { from } }, { { from = ("1"):rep(21) }, { from } },
      { { from = "Гость" }, { from } }, { { to = "x", from = "", text = json.null }, { long, short, empty, to, from } },
      { { client_ref = ("x"):rep(161) }, { "client_ref must be shorter than or equal to 160 characters" } },
      { { callback = "here" }, { "callback must be a URL address" } },
    } do
      local status, value = sms(case[1])
      assert.equal(400, status)
      assert.same({ statusCode = 400, message = case[2], error = "Bad Request" }, value)
    end
    assert.same({}, mw:texts())
    for _, good in ipairs { "A'._-+& b", ("1"):rep(20), "Shop24" } do assert.equal(200, (sms { from = good })) end
    assert.equal(200, (sms { text = ("x"):rep(100000) }))
  end)

  it("report each state to their own callback", function()
    local text = ("я"):rep(71)
    local _, value = sms { text = text, client_ref = "ref", callback = "http://127.0.0.1:9/dlr" }
    assert.same({}, mw:callbacks())
    mw.box:tick(1)
    local first = mw:callbacks()
    assert.equal(1, #first)
    assert.same({ 1, "ENROUTE" }, { first[1].body.state, first[1].body.status })
    mw.box:tick(2)
    local second = mw:callbacks()
    assert.equal("http://127.0.0.1:9/dlr", second[1].url)
    local pdus = first[1].body.parts
    assert.same({
      message_id = value.message_id, sender = "sender", recipient = "2605876689", content = text, state = 2, status = "DELIVRD",
      client_ref = "ref", timestamp = "2021-06-25T14:02:50.000Z", parts_count = 2, price = 6.72,
      parts = {
        { pdu_id = pdus[1].pdu_id, encoding = 8, content = ("я"):rep(67), status = "DELIVRD" },
        { pdu_id = pdus[2].pdu_id, encoding = 8, content = ("я"):rep(4), status = "DELIVRD" },
      },
    }, second[1].body)
    mw.box:tick(60)
    assert.same({}, mw:callbacks())
  end)

  it("report failures by their numbers and names", function()
    local expected = {
      ["0001"] = { 5, "UNDELIV" }, ["0002"] = { 3, "EXPIRED" }, ["0003"] = { 8, "REJECTD" }, ["0004"] = { 9, "FAILED" },
      ["0005"] = { 1, "ENROUTE" }, ["0006"] = { 2, "DELIVRD" },
    }
    for ending in pairs(expected) do sms { to = "260587" .. ending, callback = "http://127.0.0.1:9/" } end
    mw.box:tick(60)
    local seen = 0
    for _, posted in ipairs(mw:callbacks()) do
      seen = seen + 1
      assert.same(expected[posted.body.recipient:sub(-4)], { posted.body.state, posted.body.status })
    end
    assert.equal(6, seen)
  end)

  it("shorten links when there is a callback, and report clicks to it", function()
    sms { text = "see https://foot1.com/a." }
    local _, value = sms { text = "see https://foot1.com/a.", callback = "http://127.0.0.1:9/dlr" }
    local inbox = mw.box:inbox()
    assert.equal("see https://foot1.com/a.", inbox[1].text)
    local address = inbox[2].text:match("^see (.*)%.$")
    local response = mw:open(address)
    assert.same({ 302, "https://foot1.com/a" }, { response.status, response.headers.location })
    mw:open(address)
    local posted = mw:callbacks()
    local expected = {
      message_id = value.message_id, link_id = address:gsub("^http://", ""), time = "2021-06-25T14:02:50.000Z", unique_click = true,
    }
    assert.same(expected, posted[1].body)
    expected.unique_click = false
    assert.same(expected, posted[2].body)
    assert.equal("http://127.0.0.1:9/dlr", posted[1].url)
  end)
end)

describe("messagewhiz sandbox: one-time passwords", function()
  local campaign, sender

  local function otp(change)
    local body = {
      campaign_id = campaign, sender_id = tostring(sender), message_body = "verification code: {{verification_code}}",
      send_date = "2021-03-01T12:41:38.837Z", utc_offset = 120, recipient = "2605876689", verification = true,
    }
    for key, value in pairs(change or {}) do
      if value == json.null then body[key] = nil else body[key] = value end
    end
    return mw:call("POST", "/api/broadcasts/single?otp=true", body)
  end

  local function verify(code, phone)
    local status, value = mw:call("POST", ("/api/recipients/%s/verification"):format(phone or "2605876689"), { verification_code = code })
    assert.equal(200, status)
    return value
  end

  local function code_in(text)
    return math.tointeger(tonumber(text:match("^verification code: (%d%d%d%d)$")))
  end

  before_each(function()
    campaign, sender = mw:ready()
  end)

  it("are sent in the text, and good once", function()
    local status, value = otp()
    assert.equal(200, status)
    assert.same({ id = 1174181 }, value)
    local code = code_in(mw.box:inbox()[1].text)
    assert.same({ valid = false }, verify(code % 9000 + 1000 == code and code - 1 or code % 9000 + 1000))
    assert.same({ valid = false }, verify(code, "2605876680"))
    assert.same({ valid = true }, verify(code))
    assert.same({ valid = false }, verify(code))
  end)

  it("may be verified as a string, until they expire or a newer one is sent", function()
    otp()
    local first = code_in(mw.box:inbox()[1].text)
    otp()
    local second = code_in(mw.box:inbox()[2].text)
    assert.not_equal(first, second)
    assert.same({ valid = false }, verify(first))
    mw.box:tick(599)
    assert.same({ valid = true }, verify(tostring(second)))
    otp()
    mw.box:tick(600)
    assert.same({ valid = false }, verify(code_in(mw.box:inbox()[3].text)))
  end)

  it("take a sender's name, a template, and a later date", function()
    local template = ok("POST", "/api/3/template", { name = "T", body = "verification code: {{verification_code}}" }).id
    otp { sender_id = json.null, sender = "Bank", message_body = json.null, message_template_id = template,
      is_now = false, send_date = "2021-06-25T15:02:50.000Z" }
    assert.same({}, mw:texts())
    mw.box:tick(3600)
    assert.equal("Bank", mw.box:inbox()[1].from)
    assert.same({ valid = true }, verify(code_in(mw.box:inbox()[1].text)))
    otp { is_now = true, send_date = "2031-03-01T12:41:38.837Z" }
    assert.equal(2, #mw:texts())
  end)

  it("are strict", function()
    local function bad(word, change)
      local status, value = otp(change)
      assert.equal(400, status)
      assert.is_true(value.errorMessage:find(word, 1, true) ~= nil, value.errorMessage)
    end
    bad("campaign_id", { campaign_id = json.null })
    bad("recipient", { recipient = json.null })
    bad("sender or sender_id", { sender_id = json.null })
    bad("message_body", { message_body = json.null })
    bad("{{verification_code}}", { message_body = "no code" })
    bad("verification is required", { verification = json.null })
    bad("verification must be true", { verification = false })
    bad("send_date or trigger_id", { is_now = false, send_date = json.null })
    refused(400, "otp=true", "POST", "/api/broadcasts/single", { verification = true })
    refused(400, "verification_code", "POST", "/api/recipients/2605876689/verification", {})
    refused(400, "verification_code", "POST", "/api/recipients/2605876689/verification", { verification_code = "abc" })
    refused(400, "phone_number", "POST", "/api/recipients/nobody/verification", { verification_code = 1234 })
  end)
end)

describe("messagewhiz sandbox: estimates", function()
  it("say what a broadcast will cost, and send nothing", function()
    local list = ok("POST", "/api/3/RecipientList", nil, by_hand.file("3852004823,John\n3852004824,Jim\n3852004825,Joe\n",
      { name = "F", mapping = '{"0":"phone_number","1":"first_name"}' })).recipient_list_id
    local gone = ok("POST", "/api/3/unsubscribeList", { name = "U", numbers = { 3852004825 } }).id
    local body = {
      broadcast_type = 11, recipient_list_ids = tostring(list), unsubscriber_list_ids = tostring(gone),
      message_body = ("x"):rep(155) .. "{{first_name}}!",
    }
    local result, raw = ok("POST", "/api/3/Broadcast/estimate", body)
    assert.same({ 2, 2, 6.72, 2 }, { result.messages, result.parts, result.sum, result.firstSegmentCount })
    assert.same({ messages = 2, sum = 6.72, parts = 2 }, result.batchEstimation)
    assert.same({
      { 3852004823, { phone_number = 3852004823, first_name = "John" } }, { 3852004824, { phone_number = 3852004824, first_name = "Jim" } },
    }, result.recipient_meta_data_map)
    assert.same({ ["3852004823"] = { rate = 3.36, mccMnc = 111222 }, ["3852004824"] = { rate = 3.36, mccMnc = 111222 } }, result.recipients)
    assert.same({ replacement = "John", count = 1 }, result.messageExpanded.actions.first_name)
    assert.same({ replacement = "", count = 0, uuid = "" }, result.messageExpanded.actions.callback)
    assert.is_true(result.messageExpanded.actions.word_spinner.isApproximate)
    assert.equal(("x"):rep(155) .. "John!", result.messageExpanded.text)
    assert.matches("^%x+$", result.estimateHash)
    assert.equal(128, #result.estimateHash)
    for _, member in ipairs { '"recipient_id_map":[]', '"replacements":{}', '"links":{}', '"warnings":[]' } do
      assert.matches(member, raw, 1, true)
    end
    assert.equal(result.estimateHash, ok("POST", "/api/3/Broadcast/estimate", body).estimateHash)
    body.message_body = body.message_body .. "....."
    local longer = ok("POST", "/api/3/Broadcast/estimate", body)
    assert.same({ 4, 13.44 }, { longer.parts, longer.sum })
    assert.not_equal(result.estimateHash, longer.estimateHash)
    assert.same({}, mw:texts())
  end)

  it("take one number, and the sizes of a smart broadcast", function()
    local one = ok("POST", "/api/3/Broadcast/estimate", { recipient = 3852004823, message_body = "sample" })
    assert.equal(1, one.messages)
    assert.same({ { 3852004823, { phone_number = 3852004823 } } }, one.recipient_meta_data_map)
    local _, _, list = mw:ready { "380500001001", "380500001002", "380500001003", "380500001004" }
    local ctr = ok("POST", "/api/3/Broadcast/estimate", {
      recipient_list_ids = list, message_body = "m", eb_type = "CTR", first_segment_size = "2", next_segment_size = 1, recipient_cap = 3,
    })
    assert.same({ 4, 2, 3 }, { ctr.messages, ctr.firstSegmentCount, ctr.batchEstimation.messages })
    local body = { recipient_list_ids = list, message_body = "m", first_segment_size = 2 }
    refused(400, "eb_type", "POST", "/api/3/Broadcast/estimate", body)
    body.eb_type = "manual"
    assert.equal(2, ok("POST", "/api/3/Broadcast/estimate", body).batchEstimation.messages)
    body.recipient_cap = 3
    refused(400, "recipient_cap", "POST", "/api/3/Broadcast/estimate", body)
    refused(400, "recipient_list_ids", "POST", "/api/3/Broadcast/estimate", { message_body = "m" })
    refused(400, "message_body", "POST", "/api/3/Broadcast/estimate", { recipient_list_ids = list })
  end)
end)

describe("messagewhiz sandbox: reports", function()
  local campaign, sender, list

  local function broadcast(more)
    local body = {
      name = "broadcast", campaign_id = campaign, broadcast_type = 11, sender_ids = sender, recipient_list_ids = list, message_body = "m",
    }
    for key, value in pairs(more or {}) do body[key] = value end
    return ok("POST", "/api/3/Broadcast", body)
  end

  local function names(query)
    local out = {}
    for i, item in ipairs(ok("GET", "/api/3/Broadcast/List" .. (query or ""))) do out[i] = item.name end
    return table.concat(out, " ")
  end

  before_each(function()
    campaign, sender, list = mw:ready { "380500001111", "380500000001", "380500000002", "380500000003", "380500000004", "380500000005" }
  end)

  it("list broadcasts in the documents' shape", function()
    broadcast { name = "sample broadcast", message_body = "sample message", send_date = "2041-03-07T11:41:55.000Z", utc_offset = -330 }
    local items, raw = ok("GET", "/api/3/Broadcast/List")
    assert.same({ {
      id = 1174181, user_id = 3191, name = "sample broadcast", type = 11, message_body = "sample message", enabled = 1,
      send_date = "2041-03-07T11:41:55.000Z", state = 2, real_price = 0, estimated_price = 20.16, create_date = "2021-06-25T14:02:50.000Z",
      estimated_count = 6, utc_offset = -330, company_name = "sandbox", timezone = "GMT -5:30", send_now = false,
      broadcastConversion = { uniqueClicks = 0, totalClicks = 0, recipientCount = 6, conversion = "0.00", broadcastId = 1174181 },
    } }, items)
    for _, field in ipairs { "trigger_id", "parent_id", "next_segment_size", "eb_type" } do
      assert.matches(('"%s":null'):format(field), raw, 1, true)
    end
  end)

  it("page, sort and filter them", function()
    broadcast { name = "one", send_date = "2021-06-30T00:00:00.000Z" }
    mw.box:tick(3600)
    broadcast { name = "two" }
    mw.box:tick(86400)
    broadcast { name = "three", broadcast_type = 12, eb_type = "manual", first_segment_size = 1 }
    assert.equal("three two one", names())
    assert.equal("one two three", names "?orderby=create_date%20ASC")
    assert.equal("one three two", names "?orderby=send_date+DESC")
    assert.equal("two", names "?limit=1&start=1")
    assert.equal("two one", names "?filter=name=o&start=0&limit=100")
    assert.equal("three", names "?filter=type=2,type=12")
    assert.equal("three two one", names "?filter=type=11,type=12")
    assert.equal("", names "?filter=parent_id=5")
    assert.equal("three", names "?filter=filterBy=create_date,start_date=06/26/2021%2012:00%20AM")
    assert.equal("two", names "?filter%3Dx&filter=start_date%3D06/25/2021%2002:30%20PM,end_date%3D06/25/2021%2011:59%20PM")
    assert.equal("one", names "?filter=filterBy=send_date,start_date=06/30/2021%2012:00%20AM")
    for word, query in pairs {
      limit = "limit=101", orderby = "orderby=name%20ASC", ["start_date must"] = "filter=start_date=2021-06-25",
      ["no such parameter"] = "filter=color=red", filterBy = "filter=filterBy=name",
    } do
      refused(400, word, "GET", "/api/3/Broadcast/List?" .. query)
    end
  end)

  it("count deliveries, once there are any", function()
    local id = broadcast().broadcastID
    assert.same({}, ok("POST", "/api/3/DeliveryReport", { bid = id }))
    mw.box:tick(1)
    assert.same({ { broadcast_id = id, sent = 5, delivered = 0, undelivered = 0, rejected = 0, expired = 0, failed = 0 } },
      ok("POST", "/api/3/DeliveryReport", { bid = id }))
    mw.box:tick(2)
    assert.same({ { broadcast_id = id, sent = 1, delivered = 1, undelivered = 1, rejected = 1, expired = 1, failed = 1 } },
      ok("POST", "/api/3/DeliveryReport", { bid = tostring(id) }))
    refused(400, "bid", "POST", "/api/3/DeliveryReport", {})
    refused(404, "broadcast 5", "POST", "/api/3/DeliveryReport", { bid = 5 })
  end)

  it("have one object for each segment of a smart broadcast", function()
    local id = broadcast { broadcast_type = 12, eb_type = "manual", first_segment_size = 1 }.broadcastID
    ok("POST", "/api/3/Segments", { broadcast_id = id, message_body = "m", segment_size = 2, send_now = true, sender_ids = sender })
    mw.box:tick(60)
    assert.same({
      { broadcast_id = id, sent = 0, delivered = 1, undelivered = 0, rejected = 0, expired = 0, failed = 0 },
      { broadcast_id = id, sent = 0, delivered = 0, undelivered = 1, rejected = 0, expired = 1, failed = 0 },
    }, ok("POST", "/api/3/DeliveryReport", { bid = id }))
  end)

  local function set_webhook()
    assert.equal(200, (mw:call("POST", "/_sandbox/webhook", { url = "http://127.0.0.1:9/hook" })))
  end

  it("are posted to the webhook, one for each broadcast", function()
    broadcast()
    mw.box:tick(60)
    assert.same({}, mw:callbacks())
    set_webhook()
    local id = broadcast { custom_parameter = "1234abcd5678efgh" }.broadcastID
    mw.box:tick(60)
    local posted = mw:callbacks()
    assert.equal(1, #posted)
    assert.equal("http://127.0.0.1:9/hook", posted[1].url)
    assert.equal("1234abcd5678efgh", posted[1].body.custom_parameter)
    assert.is_nil(posted[1].body.pduDLR)
    local states = {}
    for _, dlr in ipairs(posted[1].body.dlrs) do states[dlr.recipient] = dlr.task_state end
    assert.same({
      ["380500001111"] = 2, ["380500000001"] = 5, ["380500000002"] = 3, ["380500000003"] = 8, ["380500000004"] = 9, ["380500000005"] = 0,
    }, states)
    local first = posted[1].body.dlrs[1]
    assert.matches("^%x+$", first._id)
    first._id = nil
    assert.same({ segment_id = 523941, broadcast_id = id, recipient = "380500001111", price = 3.36, task_state = 2,
      updated = (START + 63) * 1000 }, first)
  end)

  it("count the parts of singles and tiny singles, without zeros", function()
    set_webhook()
    ok("POST", "/api/3/Broadcast/tiny/", { recipient = "380500001111", sender = "s", message_body = ("x"):rep(161) })
    mw.box:tick(1)
    assert.same({ sent_count = 2 }, mw:callbacks()[1].body.pduDLR)
    mw.box:tick(60)
    local body = mw:callbacks()[1].body
    assert.same({ delivered_count = 2 }, body.pduDLR)
    assert.same({ 2, 6.72 }, { body.dlrs[1].task_state, body.dlrs[1].price })
  end)
end)
