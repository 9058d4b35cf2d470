-- SPDX-License-Identifier: MIT
-- ZoomConnect in the sandbox, asked with requests written by hand from the provider's documents, never through our client:
-- credentials, formats, account, contacts, groups, templates. Sending is in sandbox_zoomconnect_sending_spec.lua.

local json = require "sms.json"
local random = require "sms.sandbox.random"
local by_hand = require "spec.support.by_hand_zoomconnect"
local zoomconnect = require "sms.sandbox.zoomconnect"

local zc

local function call(...) return zc:call(...) end
local function ok(...) return zc:ok(...) end
local function refused(...) return zc:refused(...) end

before_each(function() zc = by_hand.new() end)

describe("zoomconnect sandbox", function()
  it("answers every documented operation and nothing else", function()
    local seen, count = {}, 0
    for _, operation in ipairs(zc.box.accounts.zoomconnect.routes:operations()) do
      assert.is_function(zoomconnect.handlers[operation], operation)
      seen[operation], count = true, count + 1
    end
    for operation in pairs(zoomconnect.handlers) do assert.is_true(seen[operation], operation) end
    assert.equal(44, count) -- the guide's 39 rows and the five of voice
  end)

  describe("credentials", function()
    local none = { email = false, token = false }

    it("are two headers", function()
      ok("GET", "/account/balance")
      for name, value in pairs { email = "other@example.org", token = "wrong" } do
        refused(401, 401, "Unauthorized", "GET", "/account/balance", nil, { headers = { [name] = value } })
        refused(401, 401, "Unauthorized", "GET", "/account/balance", nil, { headers = { [name] = false } })
      end
    end)

    it("may be Basic", function()
      ok("GET", "/account/balance", nil, { headers = none, user = "sandbox@example.org", password = "sandbox-token" })
      refused(401, 401, "Unauthorized", "GET", "/account/balance", nil,
        { headers = none, user = "sandbox@example.org", password = "sandbox-url-token" })
    end)

    it("may be in the query", function()
      ok("GET", "/account/balance?email=sandbox%40example.org&token=sandbox-token", nil, { headers = none })
      refused(401, 401, "Unauthorized", "GET", "/account/balance?email=sandbox%40example.org&token=x", nil, { headers = none })
      refused(401, 401, "Unauthorized", "GET", "/account/balance", nil, { headers = none })
    end)

    it("come before everything else", function()
      refused(401, 401, "Unauthorized", "POST", "/nothing", "{", { headers = { token = "wrong" } })
    end)

    it("of a disabled account are refused", function()
      zc = by_hand.new { credentials = { zoomconnect = { disabled = true } } }
      refused(403, 403, "Forbidden", "GET", "/account/balance")
    end)

    it("can be others", function()
      zc = by_hand.new { credentials = { zoomconnect = { email = "a@b.c", token = "t", url_token = "u" } } }
      ok("GET", "/account/balance", nil, { headers = { email = "a@b.c", token = "t" } })
      ok("POST", "/sms/send-url/u?recipientNumber=0825551234&message=x", nil, { headers = none })
    end)

    it("are in the path of the URL send, and only the token made for it", function()
      ok("GET", "/sms/send-url/sandbox-url-token?recipientNumber=0825551234&message=x", nil, { headers = none })
      refused(401, 401, "Unauthorized", "GET", "/sms/send-url/sandbox-token?recipientNumber=0825551234&message=x")
    end)
  end)

  describe("formats", function()
    local function xml(method, target, body, accept)
      local status, _, response = call(method, target, body, { headers = { accept = accept or false } })
      return response.body, status, response.headers["content-type"]
    end

    it("are XML when nobody asks for JSON", function()
      for _, accept in ipairs { false, "*/*", "application/xml" } do
        local body, status, kind = xml("GET", "/account/balance", nil, accept)
        assert.equal(200, status)
        assert.equal("application/xml", kind)
        assert.matches("<account><creditBalance>1000</creditBalance></account>$", body)
      end
    end)

    it("follow a suffix before the header", function()
      assert.equal(1000, ok("GET", "/account/balance.json", nil, { headers = { accept = false } }).creditBalance)
      local _, body = call("GET", "/account/balance.xml")
      assert.is_nil(body)
      assert.matches("<creditBalance>", (xml("GET", "/account/balance.xml", nil, "application/json")))
    end)

    it("have the XML roots that public clients read", function()
      local text = { recipientNumber = "0825551234", message = "x" }
      assert.matches("<sendSmsResponse><messageId>40124213</messageId></sendSmsResponse>$", (xml("POST", "/sms/send", text)))
      assert.matches("<sendSmsResponses><sendSmsResponse><messageId>40124214</messageId></sendSmsResponse>"
        .. "<sendSmsResponse><error>Invalid mobile number</error></sendSmsResponse></sendSmsResponses>$",
        (xml("POST", "/sms/send-bulk", { sendSmsRequests = { text, { recipientNumber = "x", message = "y" } } })))
      local group = xml("POST", "/groups/create", { name = "A & <B>" })
      assert.matches("<group><groupId>%x+</groupId><name>A &amp; &lt;B&gt;</name></group>$", group)
      local body, status = xml("POST", "/groups/create", { name = "" })
      assert.equal(400, status)
      assert.matches("<error><code>400</code>.*<message>Group name us required</message>", body)
      assert.equal("GSM7", (xml("POST", "/messages/analyse/message-encoding", { message = "x" })))
    end)
  end)

  describe("requests", function()
    it("need the documented path, letter by letter, and the documented verb", function()
      refused(404, 404, "letter case", "GET", "/Account/balance")
      refused(404, 404, "letter case", "GET", "/messages/1/markread")
      refused(404, 404, "letter case", "POST", "/account/user", {})
      refused(404, 404, "letter case", "DELETE", "/account/user/1001")
      refused(404, 404, "letter case", "PUT", "/contacts/1/addToGroup/2")
      refused(404, 404, "letter case", "GET", "/sms/send")
    end)

    it("need a JSON object where the documents show one", function()
      for _, body in ipairs { "", "{", "7", "null", "[{}]", '"x"', "recipientNumber=0825551234&message=x" } do
        refused(400, 400, "JSON object", "POST", "/sms/send", body)
      end
      refused(400, 400, "UTF-8", "POST", "/sms/send", '{"message":"\xff"}')
      refused(400, 400, "application/json", "POST", "/sms/send", nil, { parts = { { name = "message", data = "x" } } })
    end)
  end)

  describe("with odd values", function()
    local odd = {
      "", " ", "x", "-1", "1e9", "0825551234", "+27821234567", "201404282055", "20140428", "28-04-2014", "DELIVERED", "true", ("9"):rep(30),
      0, -1, 1.5, 3, 5, 1001, 1e300, math.maxinteger, true, false, {}, { {} }, { 1, "2", {} }, { a = 1 },
      { { recipientNumber = "0825551234", message = "x" }, { recipientNumber = {}, message = 5 }, 7 },
    }
    local names = {
      "recipientNumber", "message", "campaign", "dateToSend", "dataField", "sendSmsRequests", "defaultDateToSend", "messagesPerMinute",
      "name", "groupId", "contactId", "contactNumber", "firstName", "lastName", "title", "emailAddress", "password", "company",
      "creditBalance", "userId", "transferFromEmailAddress", "transferToEmailAddress", "numberOfCreditsToTransfer", "language",
      "retryCount", "retryMinimumInterval", "retryMaximumInterval",
    }
    local queries = {
      "", "?page=x", "?page=9&pageSize=2", "?pageSize=0", "?status=%ff", "?type=INBOUND&read=true", "?from=1&to=2", "?from=31-02-2014",
      "?recipientNumber=0825551234&message=x", "?recipientNumber=0825551234&message=%ff", "?searchEmail=sandbox%40example.org",
      "?fromDateTimeSent=20140428&toDateTimeSent=20140429&deleted=false", "?retryCount=1", "?message=%00",
    }
    local dice

    local function odd_body()
      if dice:integer(1, 10) == 1 then return dice:pick { '{"name":"\xff"}', '{"name":"\\ud800"}', "[]", "null", ("["):rep(5000), "" } end
      local body = {}
      for _, name in ipairs(names) do
        if dice:integer(1, 4) == 1 then body[name] = dice:pick(odd) end
      end
      return assert(json.encode(body))
    end

    it("answers in a documented way", function()
      dice = random.new(11)
      local seen = {}
      for _, method in ipairs { "DELETE", "GET", "POST", "PUT" } do
        for _, route in ipairs(zc.box.accounts.zoomconnect.routes.routes[method]) do
          for _ = 1, 60 do
            local id = dice:pick { "1", "1001", "40124213", "501", "sandbox-url-token", "%ff", "x" }
            local path = route.pattern:gsub("[%^$%%]", ""):gsub("%(%[/%]%+%)", (id:gsub("%%", "%%%%")))
            path = path:gsub("^/api/rest/v1", "")
            local parts = dice:integer(1, 6) == 1 and { { name = "file", data = dice:pick { "ID3", "", "RIFFxxxxWAVE", "\255\251" } } }
            local more = { parts = parts or nil, headers = { accept = dice:pick { "application/json", "application/xml" } } }
            seen[zc:call(method, path .. dice:pick(queries), odd_body(), more)] = true
          end
        end
      end
      assert.same({ [200] = true, [201] = true, [204] = true, [400] = true, [401] = true, [404] = true }, seen)
      zc.box:tick(86400)
    end)
  end)

  describe("the account", function()
    local function new_user(more)
      local user = {
        firstName = "Thandi", lastName = "N", emailAddress = "thandi@example.org", contactNumber = "0825551234", password = "secret-1",
      }
      for name, value in pairs(more or {}) do user[name] = value end
      return user
    end

    it("has credits", function()
      assert.same({ creditBalance = 1000, links = {} }, ok("GET", "/account/balance"))
    end)

    it("creates, finds, shows and changes users", function()
      local created, body, status = ok("PUT", "/account/user", new_user { company = "Shop", creditBalance = 50, userId = 7 })
      local expected = {
        userId = 1002, emailAddress = "thandi@example.org", firstName = "Thandi", lastName = "N", contactNumber = "0825551234",
        company = "Shop", creditBalance = 0,
      }
      assert.equal(201, status)
      assert.same(expected, created)
      assert.is_nil(body:find("secret-1", 1, true))
      assert.same({ webServiceUserList = { expected } }, ok("GET", "/account/user?searchEmail=THANDI%40example.org"))
      assert.same({ webServiceUserList = {} }, ok("GET", "/account/user?searchEmail=nobody%40example.org"))
      expected.lastName = "Nkosi"
      assert.same(expected, ok("POST", "/account/user/1002", { lastName = "Nkosi", company = "Other", firstName = "" }))
      assert.same(expected, ok("GET", "/account/user/1002"))
    end)

    it("is strict with users", function()
      for name in pairs(new_user()) do refused(400, 400, name, "PUT", "/account/user", new_user { [name] = "" }) end
      refused(400, 400, "emailAddress", "PUT", "/account/user", new_user { emailAddress = "nobody" })
      refused(400, 400, "taken", "PUT", "/account/user", new_user { emailAddress = "sandbox@example.org" })
      refused(400, 400, "searchEmail", "GET", "/account/user")
      refused(404, 404, "user 9", "GET", "/account/user/9")
      refused(400, 400, "password", "POST", "/account/user/1001", { password = 5 })
    end)

    it("transfers credits within the team", function()
      ok("PUT", "/account/user", new_user())
      local function transfer(count, to)
        return {
          transferFromEmailAddress = "sandbox@example.org", transferToEmailAddress = to or "thandi@example.org",
          numberOfCreditsToTransfer = count,
        }
      end
      assert.equal(300, ok("POST", "/account/transfer", transfer(300)).creditBalance)
      assert.equal(700, zc:credits())
      refused(400, 400, "not enough", "POST", "/account/transfer", transfer(701))
      refused(400, 400, "numberOfCreditsToTransfer", "POST", "/account/transfer", transfer(0))
      refused(400, 400, "numberOfCreditsToTransfer", "POST", "/account/transfer", transfer())
      refused(400, 400, "transferToEmailAddress", "POST", "/account/transfer", transfer(1, " "))
      refused(404, 404, "nobody", "POST", "/account/transfer", transfer(1, "nobody@example.org"))
      assert.equal(700, zc:credits())
    end)

    it("counts what became of messages", function()
      ok("PUT", "/account/user", new_user())
      zc:send("0825551234", "a", { campaign = "shoes" })
      zc:send("0825551234", ("b"):rep(161), { campaign = "shoes" })
      zc:send("0825550001", "c")
      zc:send("0825550004", "d")
      zc.box:tick(10)
      local all = ok("GET", "/account/statistics")
      assert.same({ total = 3, sent = 0, delivered = 2, failed = 1, failedRefunded = 0, failedOptout = 0 }, all.grandTotal)
      assert.is_false(all.showingCreditValue)
      assert.same({ "sandbox@example.org", "thandi@example.org" }, { all.users[1].user.emailAddress, all.users[2].user.emailAddress })
      assert.same({ "shoes", "" }, { all.users[1].campaigns[1].campaign, all.users[1].campaigns[2].campaign })
      assert.equal(2, all.users[1].campaigns[1].statistics.delivered)
      local function total(query) return ok("GET", "/account/statistics?" .. query).grandTotal.total end
      assert.equal(4, total "includeRefundedAndOptout=true")
      assert.equal(4, total "calculateCreditValue=true")
      assert.equal(2, total "campaign=shoes")
      assert.equal(3, total "from=28-04-2014&to=28-04-2014")
      assert.equal(0, total "from=29-04-2014")
      assert.equal(0, total "to=27-04-2014")
      assert.equal(0, total "userEmailAddress=thandi%40example.org")
      refused(400, 400, "from", "GET", "/account/statistics?from=20140428")
      refused(400, 400, "calculateCreditValue", "GET", "/account/statistics?calculateCreditValue=1")
      refused(404, 404, "nobody", "GET", "/account/statistics?userEmailAddress=nobody%40example.org")
    end)
  end)

  describe("contacts and groups", function()
    local function contact(more)
      local body = { firstName = "Sipho", lastName = "D", contactNumber = "0825551234", title = "Mr" }
      for name, value in pairs(more or {}) do body[name] = value end
      return ok("POST", "/contacts/create", body)
    end

    local function members()
      local out = {}
      for i, group in ipairs(ok("GET", "/_sandbox/groups")) do out[i] = { group.name, table.unpack(group.contacts) } end
      return out
    end

    it("are created, listed, shown, changed and deleted", function()
      local created = contact()
      assert.matches("^%x+$", created.contactId)
      local expected = {
        contactId = created.contactId, firstName = "Sipho", lastName = "D", contactNumber = "0825551234", title = "Mr", links = {},
      }
      assert.same(expected, created)
      assert.same({ webServiceContacts = { expected }, links = {} }, ok("GET", "/contacts/all"))
      expected.lastName = "Dlamini"
      assert.same(expected, ok("POST", "/contacts/" .. created.contactId, { lastName = "Dlamini" }))
      assert.same(expected, ok("GET", "/contacts/" .. created.contactId))
      local _, body, status = ok("DELETE", "/contacts/" .. created.contactId)
      assert.same({ 204, "" }, { status, body })
      refused(404, 404, "contact", "GET", "/contacts/" .. created.contactId)
    end)

    it("refuse what is nothing", function()
      refused(400, 400, "firstName", "POST", "/contacts/create", { contactId = "x" })
      refused(400, 400, "contactNumber", "POST", "/contacts/create", { contactNumber = "12" })
      refused(400, 400, "title", "POST", "/contacts/create", { title = 5 })
      refused(400, 400, "Group name us required", "POST", "/groups/create", {})
      refused(400, 400, "Group name us required", "POST", "/groups/create", { name = "  " })
      refused(404, 404, "group", "POST", "/groups/x", { name = "N" })
    end)

    it("come in pages when pages are asked for", function()
      for i = 1, 5 do ok("POST", "/groups/create", { name = "G" .. i }) end
      local function names(query)
        local out = {}
        for i, group in ipairs(ok("GET", "/groups/all" .. query).webServiceGroups) do out[i] = group.name end
        return table.concat(out, " ")
      end
      assert.equal("G1 G2 G3 G4 G5", names "")
      assert.equal("G3 G4", names "?page=2&pageSize=2")
      assert.equal("G5", names "?page=3&pageSize=2")
      assert.equal("", names "?page=4&pageSize=2")
      refused(400, 400, "page", "GET", "/groups/all?page=0")
    end)

    it("belong together by either verb from either side", function()
      local first, second = contact().contactId, contact { contactNumber = "0825555678" }.contactId
      local group, _, status = ok("POST", "/groups/create", { name = "Shoes" })
      assert.equal(201, status)
      local id = group.groupId
      assert.equal("", select(2, ok("POST", ("/contacts/%s/addToGroup/%s"):format(first, id))))
      ok("GET", ("/groups/%s/addContact/%s"):format(id, second))
      ok("GET", ("/groups/%s/addContact/%s"):format(id, second))
      assert.same({ { "Shoes", first, second } }, members())
      -- The guide spells the path that removes from a group like this.
      ok("POST", ("/contacts/%s/addFromGroup/%s"):format(first, id))
      assert.same({ { "Shoes", second } }, members())
      ok("GET", ("/groups/%s/removeContact/%s"):format(id, second))
      assert.same({ { "Shoes" } }, members())
      refused(404, 404, "group", "POST", ("/contacts/%s/addToGroup/%s"):format(first, first))
      refused(404, 404, "contact", "POST", ("/groups/%s/addContact/x"):format(id))
    end)

    it("leave a group with their contact", function()
      local id, group = contact().contactId, ok("POST", "/groups/create", { name = "Shoes" }).groupId
      ok("POST", ("/groups/%s/addContact/%s"):format(group, id))
      ok("DELETE", "/contacts/" .. id)
      assert.same({ { "Shoes" } }, members())
      assert.equal("Boots", ok("POST", "/groups/" .. group, { name = "Boots" }).name)
      ok("DELETE", "/groups/" .. group)
      assert.same({}, members())
    end)
  end)

  it("has templates that can only be read and deleted", function()
    local list = ok("GET", "/templates/all").webServiceTemplates
    assert.equal(3, #list)
    assert.same({ templateId = 502, name = "Thanks", data = "Thank you for your order.", links = {} }, ok("GET", "/templates/502"))
    ok("DELETE", "/templates/502")
    refused(404, 404, "template 502", "GET", "/templates/502")
    assert.equal(2, #ok("GET", "/templates/all").webServiceTemplates)
  end)
end)
