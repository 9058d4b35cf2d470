-- SPDX-License-Identifier: MIT
-- Sending through the sandboxed MessageWhiz, asked by hand from the provider's documents: broadcasts, segments, triggers,
-- estimates, fast singles and one-time passwords.

local by_hand = require "spec.support.by_hand_messagewhiz"

local mw

local function ok(...) return mw:ok(...) end
local function refused(...) return mw:refused(...) end

local function merged(body, more)
  for key, value in pairs(more or {}) do body[key] = value end
  return body
end

local function base(campaign, sender, list, more)
  return merged({
    name = "broadcast", campaign_id = campaign, broadcast_type = 11, unsubscriber_list_ids = "", sender_ids = tostring(sender),
    recipient_list_ids = tostring(list), message_body = "broadcast message",
  }, more)
end

local function manual(campaign, sender, list, more)
  return base(campaign, sender, list, merged({ broadcast_type = 12, eb_type = "manual", first_segment_size = "1" }, more))
end

local function ctr(campaign, sender, list, more)
  return base(campaign, sender, list, merged({
    broadcast_type = 12, eb_type = "CTR", first_segment_size = 2, next_segment_size = 2, recipeint_cap = "no limit",
    conversion_threshold = 50, exp_date = "2021-09-25 13:55:58",
  }, more))
end

local function phones(count)
  local out = {}
  for i = 1, count do out[i] = ("3805000010%02d"):format(i) end
  return out
end

before_each(function()
  mw = by_hand.new()
end)

describe("messagewhiz sandbox: sending:", function()
  describe("singles", function()
    it("answer the custom parameter they were given", function()
      local campaign, sender = mw:ready()
      local body = {
        name = "Single SMS to 380681337228", campaign_id = campaign, broadcast_type = 10, unsubscriber_list_ids = "",
        sender_id = tostring(sender), recipient = "380681337228", message_body = "message body", custom_parameter = "1234abcd5678efgh",
      }
      assert.same({ broadcastID = 1174181, segmentID = 523940, custom_parameter = "1234abcd5678efgh" },
        ok("POST", "/api/3/Broadcast", body))
      assert.same({ "380681337228 Shop message body" }, mw:texts())
      body.custom_parameter = nil
      assert.same({ broadcastID = 1174182, segmentID = 523941 }, ok("POST", "/api/3/Broadcast", body))
    end)

    it("are strict", function()
      local campaign, sender = mw:ready()
      local function bad(status, word, change)
        local body = { campaign_id = campaign, broadcast_type = 10, sender_id = sender, recipient = "380681337228", message_body = "m" }
        for key, value in pairs(change) do body[key] = value ~= "" and value or nil end
        refused(status, word, "POST", "/api/3/Broadcast", body)
      end
      bad(400, "campaign_id is required", { campaign_id = "" })
      bad(404, "campaign 9", { campaign_id = 9 })
      bad(400, "broadcast_type is required", { broadcast_type = "" })
      bad(400, "broadcast_type must be", { broadcast_type = 13 })
      bad(400, "sender_id", { sender_id = "" })
      bad(404, "sender 9", { sender_id = "9" })
      bad(400, "recipient", { recipient = "12ab" })
      bad(400, "message_body", { message_body = "" })
      bad(404, "template 9", { template_id = 9 })
      bad(400, "custom_parameter", { custom_parameter = ("x"):rep(41) })
      bad(400, "utc_offset", { utc_offset = 721 })
      bad(400, "send_date", { send_date = "tomorrow" })
      bad(404, "trigger 9", { trigger_id = 9 })
      bad(400, "trigger_id", { delay = 5 })
      bad(404, "unsubscribe list 9", { unsubscriber_list_ids = "9" })
      bad(400, "unsubscriber_list_ids", { unsubscriber_list_ids = "a,b" })
      bad(400, "{{link:1}}", { message_body = "{{link:1}}" })
      ok("DELETE", "/api/3/campaign/" .. campaign)
      bad(400, "is disabled", {})
      assert.same({}, mw:texts())
    end)

    it("have a tiny form, with other letters in its response and no tokens", function()
      assert.same({ broadcastId = 1174181, segmentId = 523940 },
        ok("POST", "/api/3/Broadcast/tiny/", { recipient = "2605876689", sender = "sender", message_body = "sample {{url}}" }))
      assert.same({ "2605876689 sender sample {{url}}" }, mw:texts())
      refused(400, "sender", "POST", "/api/3/Broadcast/tiny/", { recipient = "2605876689", message_body = "m" })
    end)
  end)

  describe("base broadcasts", function()
    it("go to every recipient of their lists once, but not to the unsubscribed", function()
      local campaign, sender, list = mw:ready(phones(3))
      local numbers = { "380500001003", "380500001004" }
      local second = ok("POST", "/api/3/recipientList/numbers", { name = "M", numbers = numbers }).recipient_list_id
      local gone = ok("POST", "/api/3/unsubscribeList", { name = "U", numbers = { 380500001002 } }).id
      assert.same({ broadcastID = 1174181, segmentID = 523940 }, ok("POST", "/api/3/Broadcast",
        base(campaign, sender, list .. ", " .. second, { unsubscriber_list_ids = gone })))
      assert.same({
        "380500001001 Shop broadcast message", "380500001003 Shop broadcast message", "380500001004 Shop broadcast message",
      }, mw:texts())
    end)

    it("pick a sender of their lists for each message", function()
      local campaign, sender, list = mw:ready(phones(40))
      local other = ok("POST", "/api/3/sender", { name = "Other" }).id
      local senders = ok("POST", "/api/3/senderList", { name = "SL", senderIds = { other } }).id
      ok("POST", "/api/3/Broadcast", base(campaign, sender, list, { sender_list_ids = tostring(senders) }))
      local used = {}
      for _, message in ipairs(mw.box:inbox()) do used[message.from] = (used[message.from] or 0) + 1 end
      assert.is_true(used.Shop > 5 and used.Other > 5)
      assert.equal(40, used.Shop + used.Other)
    end)

    it("pass over disabled senders and disabled unsubscribe lists", function()
      local campaign, sender, list = mw:ready(phones(10))
      local off = ok("POST", "/api/3/sender", { name = "Off" }).id
      local senders = ok("POST", "/api/3/senderList", { name = "SL", senderIds = { sender, off } }).id
      local gone = ok("POST", "/api/3/unsubscribeList", { name = "U", numbers = { 380500001001 } }).id
      ok("DELETE", "/api/3/sender/" .. off)
      ok("DELETE", "/api/3/UnsubscribeList/" .. gone)
      ok("POST", "/api/3/Broadcast", base(campaign, sender, list, { sender_list_ids = senders, unsubscriber_list_ids = gone }))
      assert.equal(10, #mw:texts())
      for _, message in ipairs(mw.box:inbox()) do assert.equal("Shop", message.from) end
      refused(400, "is disabled", "POST", "/api/3/Broadcast", base(campaign, off, list))
    end)

    it("need what the documents call required", function()
      local campaign, sender, list = mw:ready(phones(1))
      for _, field in ipairs { "campaign_id", "name", "sender_ids", "recipient_list_ids", "message_body", "broadcast_type" } do
        local body = base(campaign, sender, list)
        body[field] = nil
        refused(400, field, "POST", "/api/3/Broadcast", body)
      end
      refused(404, "recipient list 7", "POST", "/api/3/Broadcast", base(campaign, sender, 7))
      refused(404, "sender list 7", "POST", "/api/3/Broadcast", base(campaign, sender, list, { sender_list_ids = "7" }))
    end)

    it("wait for their date; a date without a zone is local to utc_offset", function()
      local campaign, sender, list = mw:ready(phones(1))
      ok("POST", "/api/3/Broadcast", base(campaign, sender, list, { send_date = "2021-06-25T14:12:50.000Z", utc_offset = 120 }))
      ok("POST", "/api/3/Broadcast", base(campaign, sender, list, { send_date = "2021-06-25T16:22:50", utc_offset = 120 }))
      ok("POST", "/api/3/Broadcast", base(campaign, sender, list, { send_date = "2021-06-25T13:00:00-01:10" }))
      mw.box:tick(599)
      assert.equal(1, #mw:texts()) -- the last one was due at 14:10
      mw.box:tick(1)
      assert.equal(2, #mw:texts())
      mw.box:tick(600)
      assert.equal(3, #mw:texts())
      assert.equal(by_hand.START + 1200, mw.box:inbox()[3].time)
    end)

    it("wait for their trigger, and then for their delay", function()
      local campaign, sender, list = mw:ready(phones(1))
      local trigger = ok("POST", "/api/3/trigger", { name = "newTrigger" })
      ok("POST", "/api/3/Broadcast", base(campaign, sender, list, { trigger_id = trigger.id, message_body = "at once" }))
      ok("POST", "/api/3/Broadcast", base(campaign, sender, list, { trigger_id = trigger.id, delay = 10, message_body = "later" }))
      mw.box:tick(86400)
      assert.same({}, mw:texts())
      assert.equal(200, mw:open(trigger.short_url).status)
      assert.same({ "380500001001 Shop at once" }, mw:texts())
      mw.box:tick(600)
      assert.same({ "380500001001 Shop at once", "380500001001 Shop later" }, mw:texts())
      assert.equal(200, mw:open(trigger.short_url).status)
      assert.equal(2, #mw:texts())
    end)
  end)

  it("keeps triggers, whose address is the sandbox's own", function()
    local created, body = ok("POST", "/api/3/trigger", { name = "newTrigger" })
    assert.matches('"enabled":1', body, 1, true)
    assert.matches("^%x+%-%x+%-4%x+%-%x+%-%x+$", created.uuid)
    local expected = {
      id = 5677, name = "newTrigger", uuid = created.uuid, enabled = 1, short_url = created.short_url, trigger_type_id = 1,
    }
    assert.same(expected, created)
    local listed, raw = ok("GET", "/api/3/trigger?")
    assert.same({ expected }, listed)
    for _, name in ipairs { "details", "date", "flight_details.flight_number", "flight_details.arrival_date" } do
      assert.matches(('"%s":null'):format(name), raw, 1, true)
    end
    expected.name, expected.trigger_type_id = "#", nil
    assert.same(expected, ok("PUT", "/api/3/trigger/5677", { name = "#" }))
    assert.is_true(ok("DELETE", "/api/3/trigger/5677"))
    assert.equal(404, mw:open(created.short_url).status)
    refused(404, "nothing is documented", "GET", "/t/nothing")
  end)

  describe("tokens", function()
    it("take their values from the recipient, the links and the spinners", function()
      local campaign, sender = mw:ready()
      local list = ok("POST", "/api/3/RecipientList", nil, by_hand.file(
        "380500001001,Ann,https://ann.example/x,red\n380500001009,,,\n",
        { name = "F", mapping = '{"0":"phone_number","1":"first_name","2":"url","3":"custom1"}' })).recipient_list_id
      local link = ok("POST", "/api/3/link", { name = "K", url = "https://foot1.com" }).id
      local spinner = ok("POST", "/api/3/spinner", { name = "W", words = { "hey" } }).id
      local text = ("{{word_spinner:%d}} {{first_name}}, {{custom1}} {{url}} {{shorten_url}} {{link:%d}} {{nobody}}"):format(spinner, link)
      ok("POST", "/api/3/Broadcast", base(campaign, sender, list, { message_body = text }))
      local sent = mw:texts()
      local address = "http://127.0.0.1:8025/messagewhiz/l/......"
      assert.matches("^380500001001 Shop hey Ann, red https://ann.example/x " .. address .. " " .. address .. " {{nobody}}$", sent[1])
      assert.matches("^380500001009 Shop hey ,    " .. address .. " {{nobody}}$", sent[2])
    end)

    it("spread the links of a list evenly", function()
      local campaign, sender, list = mw:ready(phones(4))
      local made = ok("POST", "/api/3/LinkList", { name = "LL", links = {
        { name = "a", url = "https://a.com" }, { name = "b", url = "https://b.com" },
      } }).id
      ok("POST", "/api/3/Broadcast", base(campaign, sender, list, { message_body = ("{{link_list:%d}}"):format(made) }))
      local led = {}
      for i, message in ipairs(mw.box:inbox()) do led[i] = mw:open(message.text).headers.location end
      assert.same({ "https://a.com", "https://b.com", "https://a.com", "https://b.com" }, led)
      assert.equal(4, ok("GET", "/api/3/LinkList")[1].conversionCount)
    end)

    it("let a recipient unsubscribe", function()
      local campaign, sender, list = mw:ready(phones(2))
      local gone = ok("POST", "/api/3/unsubscribeList", { name = "U", numbers = {} }).id
      local body = base(campaign, sender, list, { unsubscriber_list_ids = tostring(gone), message_body = "{{unsubscription_link}}" })
      ok("POST", "/api/3/Broadcast", body)
      assert.equal(200, mw:open(mw.box:inbox()[1].text).status)
      assert.same({ { phone_number = "380500001001" } }, ok("GET", "/api/3/unsubscribeList/" .. gone .. "/members"))
      ok("POST", "/api/3/Broadcast", body)
      assert.equal(3, #mw:texts())
    end)
  end)

  it("takes text from templates", function()
    local campaign, sender, list = mw:ready(phones(3))
    local first = ok("POST", "/api/3/template", { name = "A", body = "one" }).id
    local second = ok("POST", "/api/3/template", { name = "B", body = "two" }).id
    local body = base(campaign, sender, list, { template_id = first })
    body.message_body = nil
    ok("POST", "/api/3/Broadcast", body)
    body = manual(campaign, sender, list, { template_ids = first .. "," .. second, first_segment_size = 3 })
    body.message_body = nil
    ok("POST", "/api/3/Broadcast", body)
    local got = {}
    for i, message in ipairs(mw.box:inbox()) do got[i] = message.text end
    assert.same({ "one", "one", "one", "one", "two", "one" }, got)
  end)

  describe("links", function()
    it("count clicks, and lead computers elsewhere when told to", function()
      local campaign, sender, list = mw:ready(phones(2))
      local link = ok("POST", "/api/3/link", {
        name = "K", url = "https://mmdsmart.com", platform_based_links = { bot_redirect = "https://desk.top", preview_url = "https://p.v" },
      }).id
      local function conversion() return ok("POST", "/api/3/details/linkConversion", { url = "mmdsmart.com" }) end
      assert.same({ conversion = 0, totalRecipients = 0, clicks = 0 }, conversion())
      ok("POST", "/api/3/Broadcast", base(campaign, sender, list, { message_body = ("{{link:%d}}"):format(link) }))
      local address = mw.box:inbox()[1].text
      local response = mw:open(address)
      assert.same({ 302, "https://mmdsmart.com" }, { response.status, response.headers.location })
      assert.equal("https://desk.top", mw:open(address, { ["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0)" }).headers.location)
      assert.same({ conversion = 50, totalRecipients = 2, clicks = 1 }, conversion())
      local listed = ok("GET", "/api/3/Broadcast/List")[1]
      assert.same({ uniqueClicks = 1, totalClicks = 2, recipientCount = 2, conversion = "50.00", broadcastId = 1174181 },
        listed.broadcastConversion)
      refused(400, "url", "POST", "/api/3/details/linkConversion", {})
    end)
  end)

  describe("smart broadcasts by hand", function()
    it("send their first segment and go on when told to", function()
      local campaign, sender, list = mw:ready(phones(3))
      local sent = ok("POST", "/api/3/Broadcast", manual(campaign, sender, list, { message_body = "first" }))
      assert.same({ "380500001001 Shop first" }, mw:texts())
      local segment, raw = ok("POST", "/api/3/Segments", {
        broadcast_id = sent.broadcastID, message_body = "sample", segment_size = 1, send_now = true, sender_ids = tostring(sender),
        utc_offset = 180,
      })
      assert.same({
        real_price = 0, id = 523941, broadcast_id = sent.broadcastID, utc_offset = 180, message_body = "sample", state = 0,
        recipient_count = 1, estimated_price = 3.36, send_conditions_id = 523941, enabled = true, created_at = "2021-06-25 14:02:50",
        send_time = "2021-06-25 14:02:50", estimated_count = 1,
      }, segment)
      assert.matches('"template_id":null', raw, 1, true)
      assert.matches('"batch_index":null', raw, 1, true)
      assert.same({ "380500001001 Shop first", "380500001002 Shop sample" }, mw:texts())
      local last = { broadcast_id = sent.broadcastID, message_body = "last", segment_size = 5, send_now = true, sender_ids = sender }
      assert.equal(1, ok("POST", "/api/3/Segments", last).recipient_count)
      refused(400, "no recipients left", "POST", "/api/3/Segments", last)
      assert.equal(3, #mw:texts())
    end)

    it("are strict", function()
      local campaign, sender, list = mw:ready(phones(3))
      refused(400, "eb_type", "POST", "/api/3/Broadcast", manual(campaign, sender, list, { eb_type = "auto" }))
      local body = manual(campaign, sender, list)
      body.first_segment_size = nil
      refused(400, "first_segment_size", "POST", "/api/3/Broadcast", body)
      local id = ok("POST", "/api/3/Broadcast", manual(campaign, sender, list)).broadcastID
      for _, field in ipairs { "broadcast_id", "message_body", "segment_size", "sender_ids", "send_now" } do
        local segment = { broadcast_id = id, message_body = "m", segment_size = 1, send_now = true, sender_ids = tostring(sender) }
        segment[field] = nil
        refused(400, field, "POST", "/api/3/Segments", segment)
      end
      refused(404, "broadcast 1", "POST", "/api/3/Segments", { broadcast_id = 1 })
      local single = ok("POST", "/api/3/Broadcast", base(campaign, sender, list)).broadcastID
      refused(400, "smart", "POST", "/api/3/Segments", { broadcast_id = single })
    end)
  end)

  describe("smart broadcasts by clicks", function()
    local function with_link(count, more)
      local campaign, sender, list = mw:ready(phones(count))
      local link = ok("POST", "/api/3/link", { name = "K", url = "https://foot1.com" }).id
      more.message_body = ("{{link:%d}}"):format(link)
      return ok("POST", "/api/3/Broadcast", ctr(campaign, sender, list, more)).broadcastID, sender
    end

    local function click(index)
      assert.equal(302, mw:open(mw.box:inbox()[index].text).status)
    end

    it("send the next segment when enough recipients have clicked", function()
      with_link(5, {})
      assert.equal(2, #mw:texts())
      click(1)
      assert.equal(4, #mw:texts())
      click(1)
      click(2)
      assert.equal(4, #mw:texts())
      click(3)
      assert.equal(5, #mw:texts())
      assert.equal(4, ok("GET", "/api/3/Broadcast/List")[1].state)
    end)

    it("pause at their cap until they are continued", function()
      local id, sender = with_link(9, { recipeint_cap = 3 })
      click(1)
      assert.equal(3, #mw:texts())
      click(3)
      assert.equal(3, #mw:texts())
      local segment = { broadcast_id = id, message_body = "more", segment_size = 2, send_now = true, sender_ids = tostring(sender) }
      refused(400, "first_segment_size", "POST", "/api/3/Segments", segment)
      segment.first_segment_size, segment.next_segment_size, segment.recipient_cap = 2, 1, 4
      ok("POST", "/api/3/Segments", segment)
      assert.equal(5, #mw:texts())
    end)

    it("send nothing when they are due after their end", function()
      with_link(5, { exp_date = "2021-06-25 15:00:00", send_date = "2021-06-25T16:00:00.000Z" })
      mw.box:tick(86400)
      assert.same({}, mw:texts())
    end)

    it("end at their date", function()
      with_link(5, { exp_date = "2021-06-25 15:00:00" })
      mw.box:tick(3600)
      click(1)
      assert.equal(2, #mw:texts())
    end)

    it("are strict", function()
      local campaign, sender, list = mw:ready(phones(3))
      for _, field in ipairs { "exp_date", "conversion_threshold", "next_segment_size", "recipeint_cap" } do
        local body = ctr(campaign, sender, list)
        body[field] = nil
        refused(400, field, "POST", "/api/3/Broadcast", body)
      end
      refused(400, "recipeint_cap", "POST", "/api/3/Broadcast", ctr(campaign, sender, list, { recipeint_cap = 2 }))
      refused(400, "exp_date", "POST", "/api/3/Broadcast", ctr(campaign, sender, list, { exp_date = "2021-06-25T15:00:00Z" }))
      refused(400, "future", "POST", "/api/3/Broadcast", ctr(campaign, sender, list, { exp_date = "2021-06-25 14:00:00" }))
    end)
  end)

  it("sends to recipients named in the request itself", function()
    local body = {
      message_body = "hello {{first_name}} {{last_name}} here is {{custom2}}!!", sender = "My sender",
      recipients = {
        { phone_number = 380100001010, first_name = "John", last_name = "Doe", custom2 = "MyCustomToken", url = "https://mylink1.com" },
        { phone_number = 380100001011, first_name = "Bob", url = "https://mylink2.com" },
      },
    }
    assert.same({ { broadcastID = 1174181, segmentID = 523940 } }, ok("POST", "/api/3/Broadcast/combinedsubmit", body))
    assert.same({
      "380100001010 My sender hello John Doe here is MyCustomToken!!", "380100001011 My sender hello Bob  here is !!",
    }, mw:texts())
    assert.equal("1174181", ok("GET", "/api/3/Broadcast/List")[1].name)
    assert.same({ { id = 267628, name = "1174181", enabled = 1, count = 2 } }, ok("GET", "/api/3/RecipientList"))
    body.sender_id = 5
    refused(400, "not both", "POST", "/api/3/Broadcast/combinedsubmit", body)
    body.sender, body.sender_id = nil, nil
    refused(400, "sender or sender_id", "POST", "/api/3/Broadcast/combinedsubmit", body)
    body.sender, body.recipients[2].phone_number = "S", "x"
    refused(400, "recipients[2].phone_number", "POST", "/api/3/Broadcast/combinedsubmit", body)
    body.recipients = {}
    refused(400, "recipients", "POST", "/api/3/Broadcast/combinedsubmit", body)
  end)
end)
