-- SPDX-License-Identifier: MIT
-- What MessageWhiz's operations take beyond the examples of its documents: partial updates, numbers with a plus sign, dates, filters.
-- Source: "Modify …" of each resource ("If you want to partially update the resource"), "Create a Recipient List", "Get Broadcasts List".

local json = require "sms.json"
local refusal = require "spec.support.refusal"
local sms = require "sms"

-- A client whose responses hold whatever each operation promises; the bodies that it sent.
local function recorded()
  local seen = {}
  local client = sms.messagewhiz {
    apikey = "test-key-0a1b", retries = 0,
    transport = function(request)
      seen[#seen + 1] = { method = request.method, path = request.path, query = request.query, json = json.decode(request.body or "null") }
      return { status = 200, headers = {}, body = '{"errorCode":0,"result":{"id":7,"enabled":1,"name":"x"},"id":7,"valid":true}' }
    end,
  }
  return client, seen
end

describe("patch", function()
  local client, seen
  before_each(function() client, seen = recorded() end)

  local PATCHES = {
    campaigns = { { enabled = true, name = "x", start_date = "2020-07-22", end_date = "2020-09-25T21:00:00.000Z" }, enabled = "1" },
    recipient_lists = { { name = "x", enabled = false }, enabled = false },
    senders = { { name = "x", enabled = false }, enabled = 0 },
    sender_lists = { { name = "x", enabled = true, senderIds = { 1, 2 } }, enabled = true },
    unsubscribe_lists = { { name = "x", enabled = false }, enabled = false },
    link_lists = { { name = "x", enabled = true }, enabled = 1 },
    spinners = { { name = "x", enabled = false, words = { "a" } }, enabled = "0" },
  }

  for resource, patch in pairs(PATCHES) do
    it("takes any field of " .. resource, function()
      local args, expected = { id = 5 }, {}
      for name, value in pairs(patch[1]) do args[name], expected[name] = value, value end
      expected.enabled = patch.enabled
      assert(client[resource]:patch(args))
      assert.same(expected, seen[1].json)
      assert.equal("PATCH", seen[1].method)
      for name in pairs(patch[1]) do
        assert(client[resource]:patch { id = 5, [name] = patch[1][name] })
        assert.same({ [name] = expected[name] }, seen[#seen].json)
      end
      local words, how = refusal(client[resource].patch, client[resource], { id = 5 })
      assert.equal("raised", how)
      assert.matches("at least one of", words)
    end)
  end
end)

describe("a phone number", function()
  it("loses its plus sign wherever it goes", function()
    local client, seen = recorded()
    assert(client.otp:send { campaign_id = 1, recipient = "+380681337228", sender = "Shop", message_body = "{{verification_code}}" })
    assert.equal("380681337228", seen[1].json.recipient)
    assert(client.otp:verify { phone_number = "+380 68 133 72 28", verification_code = "123" })
    assert.equal("/api/recipients/380681337228/verification", seen[2].path)
    client.broadcasts:tiny { recipient = "+380681337228", sender = "Shop", message_body = "x" }
    assert.equal("380681337228", seen[3].json.recipient)
    client.broadcasts:send_single { campaign_id = 1, sender_id = 2, recipient = "00380681337228", message_body = "x" }
    assert.equal("380681337228", seen[4].json.recipient)
    client.recipient_lists:create { name = "x", numbers = { "+6593333311", "6593333312" } }
    assert.same({ "6593333311", "6593333312" }, seen[5].json.numbers)
    client.recipient_lists:add_numbers { id = 1, numbers = { "+6593333311" } }
    assert.same({ "6593333311" }, seen[6].json.numbers)
    client.unsubscribe_lists:add_numbers { id = 1, numbers = { "+6593333311" } }
    assert.same({ "6593333311" }, seen[7].json.numbers)
    client.messages:send { from = "Shop", to = "+380681337228", text = "x" }
    assert.equal("380681337228", seen[8].json.to)
    client.unsubscribe_lists:create { name = "x", numbers = { "+6593333311" } }
    assert.same({ 6593333311 }, seen[9].json.numbers)
  end)

  it("that is none is refused", function()
    local client, seen = recorded()
    for _, bad in ipairs { "0681337228", "x", "", "+", "38068133722812345" } do
      local _, how, err = refusal(client.otp.send, client.otp,
        { campaign_id = 1, recipient = bad, sender = "Shop", message_body = "{{verification_code}}" })
      assert.same({ "returned", "recipient" }, { how, err.field }, bad)
    end
    assert.equal("to", select(3, refusal(client.messages.send, client.messages, { from = "Shop", to = "+123456789", text = "x" })).field)
    assert.equal(0, #seen)
  end)
end)

describe("a date", function()
  it("is text in ISO 8601, seconds since 1970 or a table", function()
    local client, seen = recorded()
    for given, expected in pairs {
      ["2020-07-31T14:25:49.614Z"] = "2020-07-31T14:25:49.614Z", ["2020-07-31"] = "2020-07-31", ["2020-02-29T14:25"] = "2020-02-29T14:25",
      ["2020-07-31T14:25:49+02:00"] = "2020-07-31T14:25:49+02:00", [1596205549.614] = "2020-07-31T14:25:49.614Z",
      [1596205549] = "2020-07-31T14:25:49.000Z", [{ year = 2020, month = 7, day = 31, hour = 1 }] = "2020-07-31T01:00:00.000Z",
    } do
      assert(client.campaigns:create { name = "x", start_date = given })
      assert.equal(expected, seen[#seen].json.start_date)
    end
  end)

  it("that is none is refused before the network", function()
    local client, seen = recorded()
    for _, bad in ipairs {
      "tomorrow", "2020-02-30", "2021-02-29T00:00:00Z", "2020-13-01T00:00:00Z", "2020-07-31T25:00:00Z", "2020-07-31T14:60:00Z",
      "2020-07-31 14:25:49", "2020-07-31T14:25:49.Z", "2020-07-31T14:25:49X", "2020-07-31T14:25:49+25:00", "31.07.2020", "", 1e300, 0 / 0,
      { year = 2020, month = 2, day = 30 },
    } do
      local words, how, err = refusal(client.campaigns.create, client.campaigns, { name = "x", start_date = bad })
      assert.same({ "returned", "start_date" }, { how, err.field }, tostring(bad))
      assert.matches("must be a date in ISO 8601", words)
    end
    assert.equal("raised", select(2, refusal(client.campaigns.create, client.campaigns, { name = "x", start_date = true })))
    assert.equal(0, #seen)
  end)

  it("of expiry has a form of its own", function()
    local client, seen = recorded()
    local function smart(exp_date)
      return client.broadcasts.send_smart, client.broadcasts, {
        campaign_id = 1, name = "x", eb_type = "CTR", sender_ids = 1, recipient_list_ids = 2, message_body = "x", first_segment_size = 5,
        next_segment_size = 5, recipient_cap = 100, exp_date = exp_date, conversion_threshold = 5,
      }
    end
    local function call(fn, ...) return fn(...) end
    call(smart("2021-06-25 14:02:50"))
    call(smart(1624629770))
    assert.same({ "2021-06-25 14:02:50", "2021-06-25 14:02:50" }, { seen[1].json.exp_date, seen[2].json.exp_date })
    for _, bad in ipairs { "2021-06-25T14:02:50Z", "2021-06-31 14:02:50", "soon" } do
      assert.equal("exp_date", select(3, refusal(smart(bad))).field)
    end
  end)
end)

describe("the filter of broadcasts", function()
  it("is a table of names or the text of it", function()
    local client, seen = recorded()
    local expected = "filter=name%3Dspring%2Ctype%3D10%2Ctype%3D11%2Cstart_date%3D06%2F01%2F2021%2012%3A00%20AM%2CfilterBy%3Dsend_date"
    client.broadcasts:list { filter = { name = "spring", type = { 10, 11 }, start_date = 1622505600, filterBy = "send_date" } }
    client.broadcasts:list { filter = "name=spring,type=10,type=11,start_date=06/01/2021 12:00 AM,filterBy=send_date" }
    assert.same({ expected, expected }, { seen[1].query, seen[2].query })
  end)

  it("holds no value with a comma and no unknown name", function()
    local client, seen = recorded()
    for _, bad in ipairs { { name = "a,b" }, "name=a,b", "spring", "", "nmae=x", { type = { 10, "1,2" } } } do
      local _, how, err = refusal(client.broadcasts.list, client.broadcasts, { filter = bad })
      assert.same({ "returned", "filter" }, { how, err.field })
    end
    for _, bad in ipairs { { nmae = "x" }, { name = true }, 5 } do
      assert.equal("raised", select(2, refusal(client.broadcasts.list, client.broadcasts, { filter = bad })))
    end
    assert.matches("did you mean 'name'", (refusal(client.broadcasts.list, client.broadcasts, { filter = { nmae = "x" } })))
    assert.equal(0, #seen)
  end)
end)
