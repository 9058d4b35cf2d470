-- SPDX-License-Identifier: MIT
-- MessageWhiz's four callbacks, with the bodies of its API document (sections "Fast Single" and "DLR to webhook"), through client:webhook.
-- The document states neither method nor media type nor the expected answer: POST with JSON is assumed, any 2xx thanks for it.

local sms = require "sms"

local BROADCASTS = [[{
  "dlrs" : [
    { "segment_id":100001, "_id":"611f9cdf8d0a4976d8d8462aaaac", "broadcast_id":1100001, "recipient":"3801100001",
      "price":11.8, "task_state":2, "updated":1629461739834 },
    { "segment_id":100002, "_id":"611f9cdf8d0a4976d8d8462aaaaad", "broadcast_id":1100002, "recipient":"3801100002",
      "price":11.8, "task_state":2, "updated":1629461739834 },
    { "segment_id":100003, "_id":"611f9cdf8d0a4976d8d8462aaae", "broadcast_id":1100003, "recipient":"3801100003",
      "price":11.8, "task_state":2, "updated":1629461739834 }
  ],
  "custom_parameter":"1234abcd5678efgh"
}]]

local TINY_SINGLES = [[{
  "dlrs" : [
    { "segment_id":100005, "_id":"611f9cdf8d0a4976s8d8462aaaac", "broadcast_id":1100005, "recipient":"3801100001",
      "price":1.8, "task_state":2, "updated":1629461732834 }
  ],
  "pduDLR": { "sent_count": 2, "delivered_count": 1 }
}]]

local FAST_SINGLE = [[{
  "message_id": "rbzAV2NXxJ_u5bDL35Hop",
  "sender": "sender",
  "recipient": "5417543010",
  "content": "Message Text",
  "state": 2,
  "status": "DELIVRD",
  "client_ref": "Custom param",
  "timestamp": "2023-03-28T15:52:31.279Z",
  "parts_count": 1,
  "price": 2,
  "parts": [
    { "pdu_id": "SVV7oRyvMLX1OIzLwta2p", "encoding": 0, "content": "Message Text", "status": "DELIVRD" }
  ]
}]]

local LINK_CLICK = [[{
  "message_id": "4iE_yS65Vn8iXCqaW5L2N",
  "link_id": "hkzt.me/ZPFuT5",
  "time": "2023-05-01T13:46:37.921Z",
  "unique_click": true
}]]

local client = sms.messagewhiz {
  apikey = "wire-key-0a1b2c3d",
  transport = function() error("a webhook needs no request") end,
}

local function post(body, headers)
  return client:webhook { method = "POST", headers = headers or { ["content-type"] = "application/json" }, query = "", body = body }
end

local function events_of(body)
  local events, err = post(body)
  assert(events, tostring(err))
  return events
end

-- Whether some table within `value` has the member `name` with this very value.
local function holds(value, name, expected)
  if type(value) ~= "table" then return false end
  if value[name] == expected and math.type(value[name]) == math.type(expected) then return true end
  for _, member in pairs(value) do
    if holds(member, name, expected) then return true end
  end
  return false
end

local function near(expected, got)
  assert(type(got) == "number" and math.abs(expected - got) < 0.0015, ("expected %.3f, got %s"):format(expected, tostring(got)))
end

describe("webhook of messagewhiz:", function()
  it("W1: one delivery event for each report of a broadcast", function()
    local events = events_of(BROADCASTS)
    assert.are.equal(3, #events)
    for i, event in ipairs(events) do
      assert.are.equal("delivery", event.type)
      assert.are.equal("380110000" .. i, event.to)
      assert.are.equal("delivered", event.status)
      assert.is_true(event.final)
      assert.are.equal("2", tostring(event.provider_status))
      assert.are.equal(tostring(1100000 + i), tostring(event.id))
      near(1629461739.834, event.time)
      assert(holds(event.raw, "segment_id", 100000 + i))
      assert(holds(event.raw, "broadcast_id", 1100000 + i))
      assert(holds(event.raw, "price", 11.8))
    end
  end)

  it("W1: the parameter given to the broadcast is the reference of its reports", function()
    for _, event in ipairs(events_of(BROADCASTS)) do assert.are.equal("1234abcd5678efgh", event.reference) end
  end)

  it("W2: a report of a single keeps the counts of its parts", function()
    local events = events_of(TINY_SINGLES)
    assert.are.equal(1, #events)
    local event = events[1]
    assert.are.equal("delivery", event.type)
    assert.are.equal("3801100001", event.to)
    assert.are.equal("delivered", event.status)
    assert.is_true(event.final)
    assert.are.equal("1100005", tostring(event.id))
    assert.is_nil(event.reference)
    near(1629461732.834, event.time)
    assert(holds(event.raw, "sent_count", 2))
    assert(holds(event.raw, "delivered_count", 1))
    assert.is_false(holds(event.raw, "rejected_count", 0))
  end)

  it("W1 to W4: what the reports hold beside the state are fields of the event", function()
    for _, event in ipairs(events_of(BROADCASTS)) do assert.same({ 11.8 }, { event.price, event.pduDLR, event.failed_parts }) end
    local tiny = events_of(TINY_SINGLES)[1]
    assert.same({ 1.8, { sent_count = 2, delivered_count = 1 } }, { tiny.price, tiny.pduDLR })
    local single = events_of(FAST_SINGLE)[1]
    assert.same({ 2, "SVV7oRyvMLX1OIzLwta2p", 1 }, { single.price, single.parts[1].pdu_id, #single.parts })
    assert.is_nil(single.failed_parts)
    local click = events_of(LINK_CLICK)[1]
    assert.same({ "hkzt.me/ZPFuT5", true }, { click.link_id, click.unique_click })
    assert.is_false(events_of((LINK_CLICK:gsub("true", "false")))[1].unique_click)
    assert.is_nil(events_of((LINK_CLICK:gsub("true", '"maybe"')))[1].unique_click)
  end)

  it("W2, W3: a part that failed makes the message one that was not delivered", function()
    for word, state in pairs { UNDELIV = "undelivered", EXPIRED = "expired", REJECTD = "rejected" } do
      local body = FAST_SINGLE:gsub('(%{ "pdu_id".-)"DELIVRD" %}', '%1"DELIVRD" }, %1"' .. word .. '" }, %1"' .. word .. '" }')
      local event = events_of(body)[1]
      assert.same({ state, 2, 3, "DELIVRD", true }, { event.status, event.failed_parts, #event.parts, event.provider_status, event.final })
      body = TINY_SINGLES:gsub('"delivered_count": 1', '"delivered_count": 1, "' .. state .. '_count": "1"')
      event = events_of(body)[1]
      assert.same({ state, 1 }, { event.status, event.failed_parts })
    end
    local failed = events_of((FAST_SINGLE:gsub('"state": 2', '"state": 3'):gsub("DELIVRD", "UNDELIV")))[1]
    assert.same({ "expired", 1 }, { failed.status, failed.failed_parts }) -- the message's own failure stays
    -- Of several reports nobody can say whose parts are counted.
    local events = events_of((BROADCASTS:gsub('"custom_parameter"', '"pduDLR":{"expired_count":1},%0')))
    for _, event in ipairs(events) do assert.same({ "delivered" }, { event.status, event.failed_parts }) end
  end)

  it("W1, W2: the six values of task_state", function()
    local states = {
      [0] = { "sent", false }, [2] = { "delivered", true }, [3] = { "expired", true }, [5] = { "undelivered", true },
      [8] = { "rejected", true }, [9] = { "undelivered", true },
    }
    for code, expected in pairs(states) do
      local event = events_of((TINY_SINGLES:gsub('"task_state":2', '"task_state":' .. code)))[1]
      assert.are.equal(expected[1], event.status, "task_state " .. code)
      assert.are.equal(expected[2], event.final, "task_state " .. code)
      assert.are.equal(tostring(code), tostring(event.provider_status))
    end
  end)

  it("W1: a state that nobody documented is unknown, not an error", function()
    local event = events_of((TINY_SINGLES:gsub('"task_state":2', '"task_state":77')))[1]
    assert.are.equal("unknown", event.status)
    assert.are.equal("77", tostring(event.provider_status))
  end)

  it("W3: the delivery of a fast single", function()
    local events = events_of(FAST_SINGLE)
    assert.are.equal(1, #events)
    local event = events[1]
    assert.are.equal("delivery", event.type)
    assert.are.equal("rbzAV2NXxJ_u5bDL35Hop", event.id)
    assert.are.equal("Custom param", event.reference)
    assert.are.equal("sender", event.from)
    assert.are.equal("5417543010", event.to)
    assert.are.equal("Message Text", event.text)
    assert.are.equal("delivered", event.status)
    assert.is_true(event.final)
    local given = tostring(event.provider_status)
    assert(given == "2" or given == "DELIVRD", given)
    near(1680018751.279, event.time)
    assert(holds(event.raw, "pdu_id", "SVV7oRyvMLX1OIzLwta2p"))
    assert(holds(event.raw, "parts_count", 1))
    assert(holds(event.raw, "price", 2))
  end)

  it("W3: the nine states and their names", function()
    local states = {
      { "ENROUTE", "sent", false }, { "DELIVRD", "delivered", true }, { "EXPIRED", "expired", true },
      { "DELETED", "undelivered", true }, { "UNDELIV", "undelivered", true }, { "ACCEPTD", "sent", false }, { "UNKNOWN", "unknown", nil },
      { "REJECTD", "rejected", true }, { "FAILED", "undelivered", true },
    }
    for code, expected in ipairs(states) do
      local body = FAST_SINGLE:gsub('"state": 2', '"state": ' .. code):gsub("DELIVRD", expected[1])
      local event = events_of(body)[1]
      assert.are.equal("delivery", event.type)
      assert.are_not.equal("delivered", code ~= 2 and event.status or nil)
      if expected[2] then assert.are.equal(expected[2], event.status, expected[1]) end
      if expected[3] ~= nil then assert.are.equal(expected[3], event.final, expected[1]) end
    end
  end)

  it("W3: the number may stand in status, as in version 4.0.0, which has two more", function()
    for status, expected in pairs { ["-1"] = { "queued", false }, ["11"] = { "rejected", true }, ["2"] = { "delivered", true } } do
      for _, spelt in ipairs { status, '"' .. status .. '"' } do
        local event = events_of('{"message_id": "m-1", "status": ' .. spelt .. "}")[1]
        assert.are.same({ "delivery", expected[1], expected[2] }, { event.type, event.status, event.final }, spelt)
        assert.are.equal(status, tostring(event.provider_status))
      end
    end
    local event = events_of('{"message_id": "m-1", "state": "odd", "status": 2}')[1]
    assert.are.equal("unknown", event.status)
  end)

  it("W3: a phone number that comes as a JSON number is a string for the caller", function()
    local event = events_of((FAST_SINGLE:gsub('"5417543010"', "5417543010")))[1]
    assert.are.equal("5417543010", event.to)
  end)

  it("W4: the click on a link", function()
    local events = events_of(LINK_CLICK)
    assert.are.equal(1, #events)
    local event = events[1]
    assert.are.equal("click", event.type)
    assert.are.equal("4iE_yS65Vn8iXCqaW5L2N", event.id)
    near(1682948797.921, event.time)
    assert(holds(event.raw, "link_id", "hkzt.me/ZPFuT5"))
    assert(holds(event.raw, "unique_click", true))
    assert.is_nil(event.status)
  end)

  it("takes several callbacks in one array", function()
    local events = events_of("[" .. FAST_SINGLE .. "," .. LINK_CLICK .. "]")
    assert.are.equal(2, #events)
    assert.are.equal("delivery", events[1].type)
    assert.are.equal("click", events[2].type)
  end)

  it("needs no Content-Type, for none is documented", function()
    local events, err = post(FAST_SINGLE, {})
    assert(events, tostring(err))
    assert.are.equal("delivery", events[1].type)
  end)

  it("hands on what it does not know", function()
    local events = events_of([[{"happened":"something new","message_id":"m1"}]])
    assert.are.equal(1, #events)
    assert.are.equal("unknown", events[1].type)
    assert(holds(events[1].raw, "happened", "something new"))
  end)

  it("refuses what is no callback with nil and an error, never by raising", function()
    local hostile = {
      "", "   ", "{", "null", "true", "17", '"text"', FAST_SINGLE:sub(1, -3), '{"dlrs":', ("["):rep(100000), ('{"a":'):rep(100000),
      "a=b&c=d", "\0\1\2", '{"message_id":"\xff"}',
    }
    for _, body in ipairs(hostile) do
      local ok, events, err = pcall(post, body)
      assert(ok, ("raised for %q: %s"):format(body:sub(1, 20), tostring(events)))
      if events == nil then
        assert(err ~= nil, ("no error for %q"):format(body:sub(1, 20)))
      else
        for _, event in ipairs(events) do assert.are.equal("unknown", event.type) end
      end
    end
    assert.is_nil((post(FAST_SINGLE:sub(1, -3))))
    assert.is_nil((post("{")))
  end)

  it("does not guess at members of the wrong type", function()
    local bodies = {
      '{"dlrs":"x"}', '{"dlrs":{}}', '{"dlrs":[1,"x",null]}', '{"dlrs":[{}]}',
      '{"dlrs":[{"task_state":"2x","recipient":{},"updated":"soon"}]}',
      '{"message_id":{},"state":[],"status":{},"timestamp":17}', '{"message_id":"m","link_id":{},"time":"yesterday"}',
      '{"message_id":"m","state":2,"status":"DELIVRD","timestamp":"2023-99-99T99:99:99Z"}',
    }
    for _, body in ipairs(bodies) do
      local ok, events, err = pcall(post, body)
      assert(ok, body .. ": " .. tostring(events))
      assert(events or err, body)
      for _, event in ipairs(events or {}) do
        assert(event.to == nil or type(event.to) == "string", body)
        assert(event.time == nil or (type(event.time) == "number" and event.time == event.time), body)
        assert(event.raw ~= nil, body)
      end
    end
  end)

  it("answers 2xx for what was taken and not for what was not", function()
    local yes, no = client:webhook_answer(true), client:webhook_answer(false)
    assert(yes.status >= 200 and yes.status < 300)
    assert(no.status >= 400 and no.status < 600)
    assert.are.equal("table", type(yes.headers))
    assert.are.equal("string", type(yes.body))
  end)
end)
