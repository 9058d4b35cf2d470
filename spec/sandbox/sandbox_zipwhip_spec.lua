-- SPDX-License-Identifier: MIT
-- Zipwhip in the sandbox, asked with requests written by hand from the provider's documents, never through our client.

local random = require "sms.sandbox.random"
local by_hand = require "spec.support.by_hand_zipwhip"
local zipwhip = require "sms.sandbox.zipwhip"

local zw

before_each(function() zw = by_hand.new() end)

local function ok(...) return zw:ok(...) end
local function refused(...) return zw:refused(...) end

describe("zipwhip sandbox", function()
  it("answers every documented operation and nothing else", function()
    local seen, count = {}, 0
    for _, operation in ipairs(zw.box.accounts.zipwhip.routes:operations()) do
      if operation ~= "lookup.textable" then assert.is_function(zipwhip.handlers[operation], operation) end
      seen[operation], count = true, count + 1
    end
    for operation in pairs(zipwhip.handlers) do assert.is_true(seen[operation], operation) end
    assert.equal(42, count)
  end)

  describe("sessions", function()
    it("are needed for every call", function()
      refused(false, "Required String parameter 'session' is not present", "/user/get", { session = false })
      refused(false, "session", "/user/get", { session = "11111111-0000-4000-8000-000000000001:300000001" })
      refused(false, "session", "/message/send", { session = "", contacts = "2065550123", body = "x" })
    end)

    it("are handed out for the line's number and password, and stay the same", function()
      for _, username in ipairs { "2065550100", "+12065550100" } do
        local key = ok("/user/login", { session = false, username = username, password = "sandbox-password" })
        assert.matches("^%x+%-%x+%-4%x+%-%x+%-%x+:300000001$", key)
        assert.equal(key, ok("/user/login", { session = false, username = username, password = "sandbox-password" }))
        ok("/user/get", { session = key })
      end
      refused(false, "Incorrect", "/user/login", { session = false, username = "2065550100", password = "wrong" })
      refused(false, "Incorrect", "/user/login", { session = false, username = "2065550199", password = "sandbox-password" })
      refused(false, "'password' is not present", "/user/login", { session = false, username = "2065550100" })
    end)

    it("end with logout, and the next login gives another", function()
      ok("/user/logout")
      refused(false, "session", "/user/get")
      local key = ok("/user/login", { session = false, username = "2065550100", password = "sandbox-password" })
      assert.not_equal(by_hand.SESSION, key)
      ok("/user/get", { session = key })
    end)

    it("are handed out to operators, while they are active", function()
      local login = { session = false, username = "scott@2065550100", password = "sandbox-password" }
      refused(false, "Incorrect", "/user/login", login)
      local operator = ok("/operator/save", { username = "scott@2065550100", email = "s@example.org", active = "true", roleId = 1 })
      local key = ok("/user/login", login)
      ok("/message/list", { session = key })
      ok("/operator/unassign", { operatorId = operator.operatorId })
      refused(false, "session", "/message/list", { session = key })
      refused(false, "Incorrect", "/user/login", login)
    end)
  end)

  describe("requests", function()
    it("may be GETs where that is documented", function()
      ok("/user/get", {}, { method = "GET" })
      ok("/message/list", { limit = 5 }, { method = "GET" })
      local status = zw:call("/message/send", { contacts = "2065550123", body = "x" }, { method = "GET" })
      assert.equal(404, status)
    end)

    it("need the documented path", function()
      for _, path in ipairs { "/user/Get", "/user", "/user/get/", "/enum/textable" } do
        local status, value = zw:call(path)
        assert.equal(404, status, path)
        assert.is_false(value.success)
      end
    end)

    it("are refused in UTF-8 only", function()
      refused(-703, "UTF-8", "/message/send", { contacts = "2065550123", body = "\xff" })
    end)
  end)

  describe("the line", function()
    it("keeps its owner, signature and password", function()
      assert.equal("", ok("/user/get").user.firstName)
      assert.equal("Ada Lovelace", ok("/user/save", { firstName = "Ada", lastName = "Lovelace" }).user.fullName)
      ok("/user/save", { lastName = "" })
      ok("/user/signature/set", { signature = "Yours" })
      local got = ok("/user/get")
      assert.same({ "Ada", "", "Yours", "2065550100" },
        { got.user.firstName, got.user.lastName, got.settings.signature, got.user.mobileNumber })
      refused(false, "current password", "/password/change", { currentPassword = "x", password = "y" })
      assert.equal("", ok("/password/change", { currentPassword = "sandbox-password", password = "new" }))
      refused(false, "Incorrect", "/user/login", { session = false, username = "2065550100", password = "sandbox-password" })
    end)

    it("has operators with roles", function()
      refused(false, "'email' is not present", "/operator/save", { username = "a@2065550100", active = "true" })
      refused(false, "Role not found", "/operator/save", { username = "a@2065550100", email = "e", active = "true", roleId = 7 })
      local id = ok("/operator/save", {
        username = "a@2065550100", email = "a@example.org", active = "true", roleId = 2, firstName = "Ada", lastName = "L",
      }).operatorId
      local changed = ok("/operator/save", { operatorId = id, username = "a@2065550100", email = "b@example.org", active = "false" })
      assert.same({ id, "b@example.org", false, 2, 2, "AL" },
        { changed.operatorId, changed.email, changed.active, changed.role.roleId, changed.version, changed.initials })
      local _, list = zw:call("/operator/list")
      assert.is_nil(list.success) -- the sample lacks it
      assert.equal(1, #list.response)
      assert.equal(3, #ok("/role/list"))
      refused(false, "Operator not found", "/operator/unassign", { operatorId = 1 })
    end)

    it("has apps whose settings are JSON text", function()
      local settings = [[{"enabled":true,"settings":[{"body":"Away","title":"t"}]}]]
      refused(-703, "settings", "/app/install", { appId = 901, settings = "{" })
      refused(false, "App not found", "/app/install", { appId = 7, settings = settings })
      local app, _, body = ok("/app/install", { appId = 901, settings = settings })
      assert.equal("Away", app.settings.settings.settings[1].body)
      assert.is_truthy(body:find('"settings":{"settings":{', 1, true))
      assert.equal("Away", ok("/app/list").apps[1].settings.settings[1].body)
      ok("/app/alter", { installedAppId = app.installedAppId, settings = [[{"enabled":false,"settings":[]}]] })
      assert.same({}, ok("/app/list").apps)
      refused(false, "Installed app not found", "/app/alter", { installedAppId = app.installedAppId, settings = settings })
    end)
  end)

  describe("contacts", function()
    it("are created and then changed by their number", function()
      local first = ok("/contact/save", { mobileNumber = "2065550123", firstName = "Ada", notes = ("é"):rep(1000) })
      local second = ok("/contact/save", { mobileNumber = "+12065550123", lastName = "L", firstName = "" })
      assert.equal(first.id, second.id)
      assert.same({ "", "L", "2065550123", "ptn:/2065550123" },
        { second.firstName, second.lastName, second.mobileNumber, second.address })
      assert.equal(first.version + 1, second.version)
      assert.equal(first.id, ok("/contact/save", { address = "ptn:/2065550123" }).id)
      assert.equal("+447700900123", ok("/contact/save", { mobileNumber = "+447700900123" }).mobileNumber)
      refused(-394, "notes", "/contact/save", { mobileNumber = "2065550123", notes = ("é"):rep(1001) })
      refused(-703, "mobileNumber", "/contact/save", { mobileNumber = "206-555-0123" })
      refused(false, "'mobileNumber' is not present", "/contact/save", { firstName = "Ada" })
    end)

    it("are found by id, number and address, and removed", function()
      local id = ok("/contact/save", { mobileNumber = "2065550123" }).id
      for name, value in pairs { id = id, mobileNumber = "+12065550123", address = "ptn:/2065550123" } do
        assert.equal(id, ok("/contact/get", { [name] = value }).id, name)
      end
      refused(false, "not found", "/contact/get", { id = id + 1 })
      ok("/contact/delete", { contact = { id } })
      refused(false, "not found", "/contact/get", { id = id })
      assert.same({}, ok("/contact/list"))
    end)

    it("come in pages that count from 1", function()
      for i = 0, 4 do ok("/contact/save", { mobileNumber = "206555011" .. i }) end
      local seen = {}
      for page = 1, 3 do
        local list, envelope = ok("/contact/list", { page = page, pageSize = 2 })
        assert.same({ #list, page, 3 }, { envelope.total, envelope.page, envelope.pages })
        for _, contact in ipairs(list) do seen[#seen + 1] = contact.mobileNumber:sub(-1) end
      end
      assert.equal("01234", table.concat(seen))
      assert.equal(1, select(2, ok("/contact/list", { page = 0, pageSize = 2 })).page)
      assert.same({}, ok("/contact/list", { page = 4, pageSize = 2 }))
    end)
  end)

  describe("groups", function()
    it("hold members and are messaged by their address", function()
      refused(false, "'type' is not present", "/group/save", { name = "Staff" })
      local group = ok("/group/save", { type = "Group", name = "Staff", member = { "2065550123", "+12065550125" } })
      assert.equal("device:/2065550100/1", group.address)
      local member = ok("/group/addMember", { group = group.address, mobileNumber = "2065550126", firstName = "Cy" })
      assert.equal(3, ok("/group/get", { address = group.address }).members)
      ok("/group/removeMember", { group = group.address, member = member.id })
      refused(false, "no such member", "/group/removeMember", { group = group.address, member = member.id })
      assert.equal(2, #ok("/group/members", { group = group.address }))
      assert.equal("Staff", ok("/group/list")[1].device.displayName)
      assert.equal(2, #ok("/message/send", { contacts = group.address, body = "Hello" }).tokens)
      ok("/group/delete", { address = group.address })
      refused(false, "Group not found", "/group/members", { group = group.address })
      assert.same({}, ok("/group/list"))
    end)
  end)

  describe("the lookup", function()
    local function lookup(params, prefix)
      params.session = false
      return zw:call("/enum/textable", params, { method = "GET", prefix = prefix or "/zipwhip-lookup" })
    end

    it("is on a host of its own, with a key of its own and no envelope", function()
      local status, value = lookup { api_key = "sandbox-lookup-key", phone_number = "+18005550100" }
      assert.equal(200, status)
      assert.same({ "false", "100", true, "tollfree" }, { value.error, value.status_code, value.textable, value.type })
      assert.is_false(select(2, lookup { api_key = "sandbox-lookup-key", phone_number = "+12065550006" }).textable)
      assert.equal(401, (lookup { api_key = "x", phone_number = "+18005550100" }))
      assert.equal(400, (lookup { api_key = "sandbox-lookup-key", phone_number = "x" }))
      assert.equal(404, (lookup({ api_key = "sandbox-lookup-key", phone_number = "+18005550100" }, "/zipwhip")))
      assert.equal(404, (zw:call("/user/get", {}, { prefix = "/zipwhip-lookup" })))
    end)
  end)

  it("answers odd requests in a documented way", function()
    local dice = random.new(7)
    local odd = {
      "", "x", "-1", "0", "1", "1e9", ("9"):rep(30), "2065550123", "+12065550124", "device:/2065550100/1", "ptn:/", "true", "message",
      "receive", "http://127.0.0.1:9/", "PUT", "{}", "[1]", "null", [[{"enabled":true,"settings":[1]}]], "901", "4000000001",
      "1300000000000000001", "10000000001", "\xff", "é", ("x"):rep(700),
    }
    local names = {
      "username", "password", "currentPassword", "signature", "contacts", "body", "to", "key", "id", "uuid", "message", "limit", "start",
      "messageId", "storageKey", "fingerprint", "mobileNumber", "address", "notes", "page", "pageSize", "contact", "group", "type",
      "member", "event", "url", "method", "webhookId", "operatorId", "email", "active", "roleId", "appId", "installedAppId", "settings",
    }
    local files = { by_hand.file("file1", "a.png", "image/png", by_hand.PNG), by_hand.file("file1", "\xff", nil, "") }
    ok("/message/send", { contacts = "2065550123", body = "x" })
    local seen = {}
    for _, method in ipairs { "GET", "POST" } do
      for _, route in ipairs(zw.box.accounts.zipwhip.routes.routes.POST) do
        for _ = 1, 40 do
          local params = { session = dice:integer(1, 9) == 1 and dice:pick(odd) or nil }
          for _, name in ipairs(names) do
            if dice:integer(1, 4) == 1 then params[name] = dice:pick(odd) end
          end
          local more = { method = method, parts = dice:integer(1, 4) == 1 and { dice:pick(files), dice:pick(files) } or nil }
          local path = route.pattern:gsub("[%^$%%]", "")
          local status, value = zw:call(path, params, more)
          seen[status] = true
          if type(value) == "table" and value.success == false then
            assert.is_truthy(type(value.response) == "string" or math.type(value.response.code) == "integer")
          end
          -- A logout or another password must not end the round.
          zw.box.accounts.zipwhip.sessions[by_hand.SESSION] = "2065550100"
        end
      end
    end
    zw.box:tick(10)
    for status in pairs(seen) do assert.is_truthy(status == 200 or status == 400 or status == 404, status) end
  end)
end)
