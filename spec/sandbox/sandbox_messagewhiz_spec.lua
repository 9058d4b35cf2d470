-- SPDX-License-Identifier: MIT
-- MessageWhiz in the sandbox, asked with requests written by hand from the provider's documents, never through our client.

local json = require "sms.json"
local random = require "sms.sandbox.random"
local by_hand = require "spec.support.by_hand_messagewhiz"
local messagewhiz = require "sms.sandbox.messagewhiz"

local NUMBERS = "phone_number,first_name\r\n6593333311,Anthony\r\n"
local MAPPING = '{"0":"phone_number", "1":"first_name"}'

local mw
local file = by_hand.file

local function call(...) return mw:call(...) end
local function ok(...) return mw:ok(...) end
local function refused(...) return mw:refused(...) end

before_each(function()
  mw = by_hand.new()
end)

describe("messagewhiz sandbox", function()
  it("answers every documented operation and nothing else", function()
    local seen, count = {}, 0
    for _, operation in ipairs(mw.box.accounts.messagewhiz.routes:operations()) do
      assert.is_function(messagewhiz.handlers[operation], operation)
      seen[operation], count = true, count + 1
    end
    for operation in pairs(messagewhiz.handlers) do assert.is_true(seen[operation], operation) end
    assert.equal(79, count) -- the 80 of the documents; the two smart broadcasts are one operation
  end)

  describe("credentials", function()
    it("are a key in the header", function()
      for _, key in ipairs { "", "wrong" } do
        refused(401, "API key", "GET", "/api/3/campaign", nil, { headers = { apikey = key } })
      end
      local response = mw.box:handle { method = "GET", path = "/messagewhiz/api/3/campaign", headers = {} }
      assert.equal(401, response.status)
    end)

    it("come before everything else", function()
      refused(401, "API key", "POST", "/api/3/nothing", "{", { headers = { apikey = "wrong" } })
    end)
  end)

  describe("requests", function()
    it("need the documented path, letter by letter", function()
      refused(404, "letter case", "GET", "/api/3/Campaign")
      refused(404, "letter case", "POST", "/api/3/Broadcast/tiny", {})
      refused(404, "letter case", "DELETE", "/api/3/campaign")
    end)

    it("need a JSON object where the documents show one", function()
      refused(400, "JSON object", "POST", "/api/3/campaign", "{\"name\":")
      refused(400, "JSON object", "POST", "/api/3/campaign", "7")
      refused(400, "JSON object", "POST", "/api/3/Broadcast", "")
      refused(400, "application/json", "POST", "/api/3/campaign", nil, file("x"))
      refused(400, "multipart/form-data", "POST", "/api/3/RecipientList", { name = "x" })
    end)

    it("hold null in the result of an error", function()
      local _, _, response = call("POST", "/api/3/campaign", {})
      assert.matches('"result":null', response.body, 1, true)
    end)
  end)

  describe("with odd values", function()
    local odd = {
      "", "x", "-1", "1,2", "1e9", "{{link:1}} {{word_spinner:x}}", ("9"):rep(30), "2021-06-25T14:02:50.000Z", "manual", "CTR", "46279",
      0, -1, 1.5, 3, 11, 12, 46279, 267628, 28938892, 1e300, math.maxinteger, true, false, {}, { {} }, { 1, "2", {} }, { a = 1 },
      "380500001001",
    }
    local names = {
      "name", "campaign_id", "broadcast_type", "eb_type", "message_body", "sender_id", "sender_ids", "sender_list_ids", "sender",
      "recipient", "recipient_list_ids", "unsubscriber_list_ids", "send_date", "utc_offset", "trigger_id", "delay", "template_id",
      "template_ids", "custom_parameter", "first_segment_size", "next_segment_size", "recipient_cap", "recipeint_cap", "exp_date",
      "conversion_threshold", "broadcast_id", "segment_size", "send_now", "verification", "is_now", "verification_code", "numbers", "ids",
      "id", "links", "linkIds", "senderIds", "words", "body", "url", "platform_based_links", "enabled", "start_date", "end_date",
      "recipients", "bid", "to", "from", "text", "client_ref", "callback", "api_key",
    }
    local dice

    local function odd_body()
      if dice:integer(1, 10) == 1 then return dice:pick { '{"name":"\xff"}', '{"name":"\\ud800"}', "[]", "null", ("["):rep(5000), "" } end
      local body = {}
      for _, name in ipairs(names) do
        if dice:integer(1, 8) == 1 then body[name] = dice:pick(odd) end
      end
      return assert(json.encode(body))
    end

    local function odd_parts()
      return {
        { name = "doc", data = dice:pick { NUMBERS, "\xff", '"', "1;2\n", "" }, filename = dice:pick { "a.csv", "\xff.csv", "b.xls" } },
        { name = "mapping", data = dice:pick { MAPPING, "{", "[]", '{"0":"name","1":"url"}', '{"5":"phone_number"}' } },
        { name = dice:pick { "name", "other" }, data = dice:pick { "N", "", "\xff" } },
      }
    end

    it("answers in a documented way", function()
      dice = random.new(11)
      mw:ready { "380500001001" }
      local seen = {}
      for _, method in ipairs { "DELETE", "GET", "PATCH", "POST", "PUT" } do
        for _, route in ipairs(mw.box.accounts.messagewhiz.routes.routes[method]) do
          for _ = 1, 60 do
            local id = dice:pick { "1", "46279", "267628", "28938892", "%ff", "x" }
            local path = route.pattern:gsub("[%^$%%]", ""):gsub("%(%[/%]%+%)", (id:gsub("%%", "%%%%")))
            local query = dice:pick { "", "?limit=x", "?filter=%ff", "?truncate=1&otp=true", "?id=1&%5Bid%5D=2" }
            local status
            if dice:integer(1, 3) == 1 then
              status = mw:call(method, path .. query, nil, { parts = odd_parts() })
            else
              status = mw:call(method, path .. query, odd_body())
            end
            seen[status] = true
          end
        end
      end
      assert.same({ [200] = true, [400] = true, [401] = true, [404] = true, [409] = true }, seen)
      mw.box:tick(86400)
    end)
  end)

  describe("campaigns", function()
    it("are created, listed, changed and disabled", function()
      local created = ok("POST", "/api/3/campaign", {
        name = "CampaignName", start_date = "2020-07-22T21:00:00.000Z", end_date = "2020-09-25T21:00:00.000Z",
      })
      local expected = {
        id = 46279, is_default = 0, name = "CampaignName", start_date = "2020-07-22T21:00:00.000Z",
        end_date = "2020-09-25T21:00:00.000Z", enabled = true,
      }
      assert.same(expected, created)
      expected.end_date = "2021-03-25T21:00:00.000Z"
      assert.same(expected, ok("PUT", "/api/3/campaign/46279", { end_date = "2021-03-25T21:00:00.000Z" }))
      expected.userList = { { campaign_id = 46279, user_id = 3191, company_id = 3182 } }
      assert.same({ expected }, ok("GET", "/api/3/campaign?start=0"))
      assert.same({ id = 46279, enabled = 0 }, ok("PATCH", "/api/3/campaign/46279", { enabled = "0" }))
      assert.same({ id = 46279, enabled = 1 }, ok("PATCH", "/api/3/campaign/46279", { enabled = "1" }))
      assert.is_true(ok("DELETE", "/api/3/campaign/46279"))
      assert.same({}, ok("GET", "/api/3/campaign"))
      assert.is_false(ok("GET", "/api/3/campaign?enabled=false")[1].enabled)
    end)

    it("have null for dates that were not given", function()
      local _, body = ok("POST", "/api/3/campaign", { name = "C" })
      assert.matches('"start_date":null', body, 1, true)
      assert.matches('"end_date":null', body, 1, true)
    end)

    it("are strict", function()
      refused(400, "name", "POST", "/api/3/campaign", {})
      refused(400, "name", "POST", "/api/3/campaign", { name = "" })
      refused(400, "name", "POST", "/api/3/campaign", { name = 5 })
      refused(400, "start_date", "POST", "/api/3/campaign", { name = "C", start_date = "22.07.2020" })
      refused(400, "end_date", "POST", "/api/3/campaign", { name = "C", end_date = "2020-02-30T00:00:00.000Z" })
      refused(400, "end_date", "POST", "/api/3/campaign", { name = "C", start_date = "2020-07-22", end_date = "2020-07-21" })
      local id = ok("POST", "/api/3/campaign", { name = "C" }).id
      refused(409, "name", "POST", "/api/3/campaign", { name = "C" })
      refused(400, "at least one of", "PUT", "/api/3/campaign/" .. id, {})
      refused(400, "enabled", "PATCH", "/api/3/campaign/" .. id, { enabled = "yes" })
      refused(404, "campaign 5", "PUT", "/api/3/campaign/5", { name = "D" })
      refused(404, "campaign abc", "DELETE", "/api/3/campaign/abc")
      local other = ok("POST", "/api/3/campaign", { name = "D" }).id
      refused(409, "name", "PUT", "/api/3/campaign/" .. other, { name = "C" })
      assert.equal("D", ok("PUT", "/api/3/campaign/" .. other, { name = "D" }).name)
    end)
  end)

  describe("list parameters", function()
    it("page the newest first, ten at a time", function()
      for i = 1, 12 do ok("POST", "/api/3/sender", { name = "S" .. i }) end
      local page = ok("GET", "/api/3/sender")
      assert.equal(10, #page)
      assert.equal("S12", page[1].name)
      local rest = ok("GET", "/api/3/sender?limit=10&start=10")
      assert.same({ "S2", "S1" }, { rest[1].name, rest[2].name })
      assert.equal(12, #ok("GET", "/api/3/sender?limit=100"))
      assert.same({}, ok("GET", "/api/3/sender?start=12"))
      assert.equal("S7", ok("GET", "/api/3/sender?filter=name=S7")[1].name)
      assert.equal("S7", ok("GET", "/api/3/sender?filter=name%3DS7")[1].name)
      assert.same({}, ok("GET", "/api/3/sender?filter=name=S"))
    end)

    it("are checked", function()
      refused(400, "limit", "GET", "/api/3/sender?limit=0")
      refused(400, "limit", "GET", "/api/3/sender?limit=many")
      refused(400, "start", "GET", "/api/3/sender?start=-1")
      refused(400, "enabled", "GET", "/api/3/sender?enabled=perhaps")
      refused(400, "filter", "GET", "/api/3/sender?filter=url=x")
    end)
  end)

  describe("senders", function()
    it("are created, listed, changed and disabled", function()
      assert.same({ id = 28938892, name = "FirstSender", enabled = true }, ok("POST", "/api/3/sender", { name = "FirstSender" }))
      assert.same({ id = 28938892, name = "TestSender", enabled = true }, ok("PUT", "/api/3/sender/28938892", { name = "TestSender" }))
      assert.same({ id = 28938892, name = "TestSender", enabled = false },
        ok("PUT", "/api/3/sender/28938892", { name = "TestSender", enabled = 0 }))
      assert.same({ id = 28938892, enabled = 1 }, ok("PATCH", "/api/3/sender/28938892", { enabled = 1 }))
      assert.same({ { id = 28938892, name = "TestSender", enabled = true } }, ok("GET", "/api/3/sender?"))
      assert.is_true(ok("DELETE", "/api/3/sender/28938892"))
      refused(404, "sender 1", "DELETE", "/api/3/sender/1")
      refused(400, "name", "POST", "/api/3/sender", {})
    end)

    it("may take the name of a disabled one, which then stays off", function()
      local first = ok("POST", "/api/3/sender", { name = "S" }).id
      refused(409, "'S'", "POST", "/api/3/sender", { name = "S" })
      ok("DELETE", "/api/3/sender/" .. first)
      ok("POST", "/api/3/sender", { name = "S" })
      refused(409, "'S'", "PATCH", "/api/3/sender/" .. first, { enabled = 1 })
    end)
  end)

  it("keeps word spinners", function()
    local words = { "wo", "three", "spinner" }
    local spinner = { name = "Fit32", words = words, enabled = true, id = 10520 }
    assert.same(spinner, ok("POST", "/api/3/spinner", { name = "Fit32", words = words }))
    assert.same({ spinner }, ok("GET", "/api/3/spinner?"))
    spinner.name = "FirstSpinner"
    assert.same(spinner, ok("PUT", "/api/3/spinner/10520", { name = "FirstSpinner" }))
    assert.same({ "x" }, ok("PUT", "/api/3/spinner/10520", { words = { "x" } }).words)
    assert.same({ enabled = 0 }, ok("PATCH", "/api/3/spinner/10520?", { enabled = "0" }))
    assert.is_true(ok("DELETE", "/api/3/spinner/10520"))
    refused(400, "words", "POST", "/api/3/spinner", { name = "N" })
    refused(400, "words[2]", "POST", "/api/3/spinner", { name = "N", words = { "a", 5 } })
    refused(404, "word spinner 1", "DELETE", "/api/3/spinner/1")
  end)

  it("keeps templates", function()
    local template = { id = 46126, name = "FirstTemplate", body = "HI!", enabled = true }
    assert.same(template, ok("POST", "/api/3/template", { name = "FirstTemplate", body = "HI!" }))
    template.name = "AnotherTemplateName"
    assert.same(template, ok("PUT", "/api/3/template/46126", { name = "AnotherTemplateName" }))
    template.user_id = 3191
    assert.same({ template }, ok("GET", "/api/3/template?"))
    assert.is_true(ok("DELETE", "/api/3/template/46126"))
    refused(400, "body", "POST", "/api/3/template", { name = "N" })
  end)
end)
