-- SPDX-License-Identifier: MIT
-- Lists of the sandboxed MessageWhiz (recipients, senders, unsubscribers, links), asked by hand from the provider's documents.

local by_hand = require "spec.support.by_hand_messagewhiz"

local mw
local file = by_hand.file

local function call(...) return mw:call(...) end
local function ok(...) return mw:ok(...) end
local function refused(...) return mw:refused(...) end

local NUMBERS = "phone_number,first_name\r\n6593333311,Anthony\r\n6593333322,Bob\r\n6593333333,Jonathan\r\n6593333344,Alex\r\n"
local MAPPING = '{"0":"phone_number", "1":"first_name"}'

before_each(function()
  mw = by_hand.new()
end)

describe("messagewhiz sandbox", function()
  describe("recipient lists", function()
    local function import(data, mapping, name, query, filename)
      return ok("POST", "/api/3/RecipientList" .. (query or ""), nil, file(data, { mapping = mapping or MAPPING, name = name }, filename))
    end

    it("come from a file, whose header row counts for nothing", function()
      local result = import(NUMBERS, nil, "FirstRecipientList", "?truncate=true")
      assert.same({ inserted = 4, total = 4, wrong = 0, duplicate = 0, recipient_list_id = 267628 }, result)
      assert.same({ { id = 267628, name = "FirstRecipientList", enabled = 1, count = 4 } }, ok("GET", "/api/3/RecipientList?"))
      assert.same({
        { phone_number = 6593333311, first_name = "Anthony" }, { phone_number = 6593333322, first_name = "Bob" },
        { phone_number = 6593333333, first_name = "Jonathan" }, { phone_number = 6593333344, first_name = "Alex" },
      }, ok("GET", "/api/3/recipientList/267628/recipients"))
      assert.same({ "6593333311", "6593333322", "6593333333", "6593333344" }, ok("GET", "/api/3/recipientList/267628/listNumbers"))
      local _, _, response = call("GET", "/api/3/recipientList/267628/download")
      assert.equal('"phone_number";"first_name"\n"6593333311";"Anthony"\n"6593333322";"Bob"\n'
        .. '"6593333333";"Jonathan"\n"6593333344";"Alex"\n', response.body)
      assert.matches("^text/csv", response.headers["content-type"])
    end)

    it("count wrong and duplicate rows, with quotes and semicolons read", function()
      local data = '"Bob; ""B""";6593333322\n;\nNobody;call me\nBob;+6593333322\nEve;0611223344\n'
      assert.same({ inserted = 1, total = 5, wrong = 3, duplicate = 1, recipient_list_id = 267628 },
        import(data, '{"1":"phone_number","0":"first_name"}', "L"))
      assert.same({ { phone_number = 6593333322, first_name = 'Bob; "B"' } }, ok("GET", "/api/3/recipientList/267628/recipients"))
    end)

    it("hold fields to 50, 255 and 5000 characters, or cut them", function()
      local data = "380503327227," .. ("é"):rep(51) .. "," .. ("u"):rep(255) .. "," .. ("c"):rep(5001)
      local mapping = '{"0":"phone_number","1":"first_name","2":"url","3":"custom"}'
      local more = file(data, { mapping = '{"0":"phone_number","1":"first_name"}', name = "L" })
      refused(400, "first_name", "POST", "/api/3/RecipientList", nil, more)
      refused(400, "custom", "POST", "/api/3/RecipientList", nil, file(data, { mapping = '{"0":"phone_number","3":"custom"}', name = "L" }))
      import(data, '{"0":"phone_number","2":"url"}', "Fits")
      import("380503327227," .. ("é"):rep(50), MAPPING, "Fits too")
      import(data, mapping, "Cut", "?truncate=true")
      local row = ok("GET", "/api/3/recipientList/267630/recipients")[1]
      assert.equal(("é"):rep(50), row.first_name)
      assert.equal(255, #row.url)
      assert.equal(5000, #row.custom)
    end)

    it("take the file's name where none is given", function()
      import(NUMBERS, nil, nil, nil, "numbers_9.csv")
      assert.equal("numbers_9", ok("GET", "/api/3/RecipientList")[1].name)
    end)

    it("refuse files and mappings that say too little", function()
      local function bad(word, data, parts, filename)
        refused(400, word, "POST", "/api/3/RecipientList", nil, file(data, parts, filename))
      end
      bad("mapping is required", NUMBERS, { name = "L" })
      bad("phone_number is required", NUMBERS, { name = "L", mapping = '{"1":"first_name"}' })
      bad("must be an object", NUMBERS, { name = "L", mapping = '["phone_number"]' })
      bad("must be a JSON object", NUMBERS, { name = "L", mapping = "phone_number" })
      bad("'nick' is not a marker", NUMBERS, { name = "L", mapping = '{"0":"phone_number","1":"nick"}' })
      bad("twice", NUMBERS, { name = "L", mapping = '{"0":"phone_number","1":"phone_number"}' })
      bad("unterminated quote", '"1', { name = "L", mapping = MAPPING })
      bad("empty", "", { name = "L", mapping = MAPPING })
      bad("CSV only", "anything", { name = "L", mapping = MAPPING }, "numbers.XLSX")
      bad("CSV only", "PK\3\4zip", { name = "L", mapping = MAPPING }, "numbers.csv")
      refused(400, "doc", "POST", "/api/3/RecipientList", nil, { parts = { { name = "mapping", data = MAPPING } } })
      import(NUMBERS, nil, "L")
      refused(409, "name", "POST", "/api/3/RecipientList", nil, file(NUMBERS, { name = "L", mapping = MAPPING }))
    end)

    it("come from numbers in the request, strings or integers", function()
      assert.same({ inserted = 2, wrong = 0, duplicate = 0, total = 2, recipient_list_id = 267628, count = 2 },
        ok("POST", "/api/3/recipientList/numbers", { name = "ManuallyAddedList", numbers = { "380503327227", 380848122639 } }))
      assert.same({ inserted = 1, wrong = 1, duplicate = 1, total = 3, recipient_list_id = 267628, count = 3 },
        ok("PUT", "/api/3/recipientList/267628/numbers", { name = "Mw-manual", numbers = { "380503322227", "380503327227", "12" } }))
      assert.same({ name = "EditingList", enabled = true, count = 3 }, ok("PATCH", "/api/3/RecipientList/267628", { name = "EditingList" }))
      refused(400, "name", "POST", "/api/3/recipientList/numbers", { numbers = {} })
      refused(400, "numbers", "POST", "/api/3/recipientList/numbers", { name = "X" })
      refused(400, "numbers must be an array", "POST", "/api/3/recipientList/numbers", { name = "X", numbers = "380503327227" })
      refused(400, "name", "PATCH", "/api/3/RecipientList/267628", {})
      refused(404, "recipient list 9", "PUT", "/api/3/recipientList/9/numbers", { numbers = { "380503322227" } })
      refused(404, "recipient list 9", "GET", "/api/3/recipientList/9/download")
    end)

    it("are replaced whole by a file", function()
      ok("POST", "/api/3/recipientList/numbers", { name = "L", numbers = { "380503327227" } })
      local data = "6593333311,Anthony,Bee\n6593333322,Bob\n"
      local mapping = '{"0":"phone_number", "1":"first_name", "2":"last_name"}'
      assert.same({ inserted = 2, total = 2, wrong = 0, duplicate = 0, recipient_list_id = 267628 },
        ok("PUT", "/api/3/recipientList/267628", nil, file(data, { mapping = mapping, name = "NewList" })))
      local _, _, response = call("GET", "/api/3/recipientList/267628/download")
      assert.equal('"phone_number";"first_name";"last_name"\n"6593333311";"Anthony";"Bee"\n"6593333322";"Bob";""\n', response.body)
      assert.equal("NewList", ok("GET", "/api/3/RecipientList")[1].name)
    end)

    it("are disabled, not deleted", function()
      ok("POST", "/api/3/recipientList/numbers", { name = "L", numbers = { "380503327227" } })
      assert.is_true(ok("DELETE", "/api/3/RecipientList/267628"))
      assert.is_true(ok("DELETE", "/api/3/RecipientList/267628"))
      assert.same({}, ok("GET", "/api/3/RecipientList"))
      assert.same({ { id = 267628, name = "L", enabled = 0, count = 1 } }, ok("GET", "/api/3/RecipientList?enabled=false"))
    end)

    it("are previewed: one flag a column", function()
      assert.same({
        data = {
          { "phone_number", "first_name" }, { "6593333311", "Anthony" }, { "6593333322", "Bob" }, { "6593333333", "Jonathan" },
          { "6593333344", "Alex" },
        },
        isAllNum = { true, false }, isExceedLength50 = { false, false }, isExceedLength255 = { false, false },
        isExceedLength5000 = { false, false },
      }, ok("POST", "/api/3/recipientList/1/preview", nil, file(NUMBERS)))
      local long = ok("POST", "/api/3/recipientList/6/preview", nil, file("6593333311," .. ("x"):rep(256)))
      assert.same({ false, true }, long.isExceedLength50)
      assert.same({ false, true }, long.isExceedLength255)
      assert.same({ false, false }, long.isExceedLength5000)
    end)
  end)

  describe("sender lists", function()
    it("take known senders and pass over others", function()
      for _, name in ipairs { "FirstSender", "test2", "third" } do ok("POST", "/api/3/sender", { name = name }) end
      assert.same({ id = 5456, name = "FirstSenderList", enabled = true, count = 2 },
        ok("POST", "/api/3/senderList", { name = "FirstSenderList", senderIds = { 28938892, "28938893", 1 } }))
      assert.same({ id = 5457, name = "Empty", enabled = true, count = 0 },
        ok("POST", "/api/3/senderList", { name = "Empty", senderIds = { 1 } }))
      assert.same({ 28938894 }, ok("POST", "/api/3/senderList/5456/senders", { ids = { 28938894, 7 } }))
      assert.same({ id = 5456, senders = {
        { senderId = 28938892, name = "FirstSender" }, { senderId = 28938893, name = "test2" }, { senderId = 28938894, name = "third" },
      } }, ok("GET", "/api/3/senderList/5456/senders"))
      assert.is_true(ok("DELETE", "/api/3/senderList/5456/senders?id=28938893"))
      refused(404, "28938893", "DELETE", "/api/3/senderList/5456/senders?id=28938893")
      refused(400, "id is required", "DELETE", "/api/3/senderList/5456/senders")
      assert.same({ id = 5456, name = "New", enabled = true, count = 3 },
        ok("PUT", "/api/3/senderList/5456", { name = "New", senderIds = { 28938892, 28938893 } }))
      assert.same({ id = 5456, enabled = 0 }, ok("PATCH", "/api/3/senderList/5456", { enabled = false }))
      assert.same({ { id = 5457, name = "Empty", enabled = true, count = 0 } }, ok("GET", "/api/3/senderList?"))
      assert.is_true(ok("DELETE", "/api/3/senderList/5457"))
      refused(400, "ids", "POST", "/api/3/senderList/5456/senders", {})
      refused(404, "sender list 1", "GET", "/api/3/senderList/1/senders")
    end)

    it("take no disabled sender", function()
      ok("POST", "/api/3/sender", { name = "Off" })
      ok("DELETE", "/api/3/sender/28938892")
      assert.equal(0, ok("POST", "/api/3/senderList", { name = "L", senderIds = { 28938892 } }).count)
    end)

    it("show an empty list as []", function()
      ok("POST", "/api/3/senderList", { name = "Empty" })
      local _, body = ok("GET", "/api/3/senderList/5456/senders")
      assert.matches('"senders":[]', body, 1, true)
    end)
  end)

  describe("unsubscribe lists", function()
    local shown = { enabled = true, id = 21534, name = "FirstUnsubscribeList", company_id = 3182, unsubscribers_amount = 1, user_id = 3191 }

    it("are created, filled, shown and disabled", function()
      assert.same(shown, ok("POST", "/api/3/unsubscribeList", { name = "FirstUnsubscribeList", numbers = { 380502222233 } }))
      assert.same({ inserted = 1, alreadyExists = 1, notValid = 1 },
        ok("POST", "/api/3/UnsubscribeList/21534/members", { numbers = { "380502222233", "380643333322", "x" } }))
      assert.same({ { id = 21534, name = "FirstUnsubscribeList", enabled = 1, unsubscribers_amount = 2 } },
        ok("GET", "/api/3/unsubscribeList?filter=name=FirstUnsubscribeList"))
      assert.same({ { phone_number = "380502222233" }, { phone_number = "380643333322" } },
        ok("GET", "/api/3/unsubscribeList/21534/members"))
      local _, _, response = call("GET", "/api/3/unsubscribeList/21534/download")
      assert.equal('"phone_number"\n"380502222233"\n"380643333322"\n', response.body)
      assert.same({ id = 21534, enabled = false }, ok("PATCH", "/api/3/UnsubscribeList/21534", { enabled = false }))
      assert.is_true(ok("DELETE", "/api/3/UnsubscribeList/21534"))
      refused(400, "enabled", "PATCH", "/api/3/UnsubscribeList/21534", {})
      refused(400, "numbers", "POST", "/api/3/UnsubscribeList/21534/members", {})
      refused(404, "unsubscribe list 1", "GET", "/api/3/unsubscribeList/1/members")
      refused(400, "numbers", "POST", "/api/3/unsubscribeList", { name = "X" })
    end)

    it("come from a file and are replaced by one, under their name", function()
      local more = file(NUMBERS, { mapping = MAPPING, name = "FirstUnsubscribeList" })
      local created = ok("POST", "/api/3/UnsubscribeList?truncate=true", nil, more)
      assert.equal(4, created.unsubscribers_amount)
      assert.equal(21534, created.id)
      assert.same(shown, ok("PUT", "/api/3/UnsubscribeList/21534", nil, file("380502222233", { mapping = '{"0":"phone_number"}' })))
      refused(409, "name", "POST", "/api/3/UnsubscribeList", nil, more)
    end)

    it("are previewed, with a number in the path or without: one flag a row", function()
      local expected = {
        data = { { "phone_number" }, { "6593333311" }, { "6593333322" }, { "6593333333" }, { "6593333344" } },
        isAllNum = { true, true, true, true }, isExceedLength50 = { false, false, false, false },
        isExceedLength255 = { false, false, false, false }, isExceedLength5000 = { false, false, false, false },
      }
      local more = file("phone_number\n6593333311\n6593333322\n6593333333\n6593333344\n")
      assert.same(expected, ok("POST", "/api/3/unsubscribeList/preview/4", nil, more))
      assert.same(expected, ok("POST", "/api/3/unsubscribeList/preview", nil, more))
    end)
  end)

  describe("links", function()
    it("are created, listed, changed and disabled", function()
      local platforms = { bot_redirect = "https://foot32.com/desktop", preview_url = "https://foot12.com" }
      assert.same({ id = 165655, name = "Link1", url = "https://foot1.com", enabled = true, type = 0, platform_based_links = platforms },
        ok("POST", "/api/3/link", { name = "Link1", url = "https://foot1.com", platform_based_links = platforms }))
      local row = { id = 165655, name = "Link1", url = "https://foot1.com", enabled = true }
      assert.same({ row }, ok("GET", "/api/3/link?filter=url=https://foot1.com"))
      assert.same({ row }, ok("GET", "/api/3/link?filter=name=Link1"))
      row.name = "FirstLink"
      assert.same(row, ok("PUT", "/api/3/link/165655", { name = "FirstLink" }))
      assert.is_true(ok("DELETE", "/api/3/link/165655"))
      refused(400, "url", "POST", "/api/3/link", { name = "X" })
      refused(400, "url must be a URI", "POST", "/api/3/link", { name = "X", url = "foot1.com" })
      refused(400, "preview_url", "POST", "/api/3/link",
        { name = "X", url = "https://x.com", platform_based_links = { preview_url = "x" } })
      refused(404, "link 1", "PUT", "/api/3/link/1", { name = "X" })
    end)
  end)

  describe("link lists", function()
    before_each(function()
      ok("POST", "/api/3/link", { name = "google", url = "https://google.com" })
      ok("POST", "/api/3/link", { name = "youtube", url = "https://youtube.com" })
    end)

    it("take ids of links as strings, and say which are unknown", function()
      assert.same({ id = 6940, name = "FirstLinkList", enabled = true, linkListLength = 1, warning = "" },
        ok("POST", "/api/3/LinkList", { name = "FirstLinkList", linkIds = { "165655" } }))
      assert.same({ 165656 }, ok("POST", "/api/3/LinkList/6940/links", { ids = { "165656", "13298" } }))
      assert.same({ { id = 6940, links = {
        { linkId = 165655, url = "https://google.com" }, { linkId = 165656, url = "https://youtube.com" },
      } } }, ok("GET", "/api/3/LinkList/6940/links"))
      assert.is_true(ok("DELETE", "/api/3/LinkList/6940/links?%5Bid%5D=165655"))
      assert.is_true(ok("DELETE", "/api/3/LinkList/6940/links?[id]=165656"))
      refused(400, "[id] is required", "DELETE", "/api/3/LinkList/6940/links?id=165656")
      assert.same({ 165655 }, ok("POST", "/api/3/LinkList/6940/links", { id = 165655 }))
      refused(400, "ids", "POST", "/api/3/LinkList/6940/links", {})
      assert.matches("77", ok("POST", "/api/3/LinkList", { name = "Other", linkIds = { "77" } }).warning)
    end)

    it("make links of their own", function()
      local pairs_list = {
        { name = "some3 name", url = "https://43.url.com" }, { name = "some3 name 2", url = "https://24422.url.com" },
      }
      assert.equal(2, ok("POST", "/api/3/LinkList", { name = "L", links = pairs_list }).linkListLength)
      assert.equal(4, #ok("GET", "/api/3/link"))
      assert.same({ enabled = true, id = 6940, name = "L", user_id = 3191, company_id = 3182 },
        ok("POST", "/api/3/LinkList/6940/links/bulk", { links = pairs_list }))
      assert.equal(4, #ok("GET", "/api/3/link"))
      refused(400, "links[2].url", "POST", "/api/3/LinkList/6940/links/bulk",
        { links = { { name = "a", url = "https://a.b" }, { name = "b" } } })
      refused(409, "google", "POST", "/api/3/LinkList/6940/links/bulk",
        { links = { { name = "new", url = "https://a.b" }, { name = "google", url = "https://else.com" } } })
      assert.equal(4, #ok("GET", "/api/3/link"))
      assert.equal(0, ok("POST", "/api/3/LinkList", { name = "Empty" }).linkListLength)
    end)

    it("come from a file on the path that also takes JSON", function()
      local mapping = '{"0":"name", "1":"url"}'
      assert.same({ id = 6940, name = "FirstLinkList", enabled = true },
        ok("POST", "/api/3/LinkList", nil, file("name;url\na;https://a.com\nb;https://b.com\n",
          { mapping = mapping, name = "FirstLinkList" })))
      assert.equal(2, #ok("GET", "/api/3/LinkList/6940/links")[1].links)
      assert.same({ id = 6940, name = "NewList", enabled = true },
        ok("PUT", "/api/3/LinkList/6940", nil, file("https://c.com,c\n", { mapping = '{"1":"name","0":"url"}', name = "NewList" })))
      assert.equal("https://c.com", ok("GET", "/api/3/LinkList/6940/links")[1].links[1].url)
      refused(400, "url is required", "POST", "/api/3/LinkList", nil, file("a", { mapping = '{"0":"name"}', name = "X" }))
    end)

    it("are listed, patched and disabled", function()
      ok("POST", "/api/3/LinkList", { name = "LinksList" })
      assert.same({ { id = 6940, name = "LinksList", enabled = 1, conversionCount = 0 } }, ok("GET", "/api/3/LinkList?"))
      assert.same({ id = 6940, enabled = 1 }, ok("PATCH", "/api/3/LinkList/6940", { enabled = 1 }))
      assert.is_true(ok("DELETE", "/api/3/LinkList/6940"))
      refused(404, "link list 1", "GET", "/api/3/LinkList/1/links")
      refused(400, "enabled", "PATCH", "/api/3/LinkList/6940", {})
    end)
  end)
end)
