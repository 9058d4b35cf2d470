-- SPDX-License-Identifier: MIT
-- The option `dry_run`: the request as data, what signs it masked, nothing sent.

local kinds = require "spec.support.kinds_of_call"
local sms = require "sms"

local DRY = { dry_run = true }

-- A client whose requests are counted, and all of whose credentials are told apart from everything else.
local function client(provider, options)
  local sent = { count = 0 }
  options.transport = function()
    sent.count = sent.count + 1
    return nil, "nothing is to be sent"
  end
  return sms[provider](options), sent
end

-- Whether a secret is anywhere within a value.
local function holds(value, secret)
  if type(value) == "string" then return value:find(secret, 1, true) ~= nil end
  if type(value) ~= "table" then return false end
  for key, item in pairs(value) do
    if holds(key, secret) or holds(item, secret) then return true end
  end
  return false
end

describe("dry_run", function()
  it("gives method, url, headers and body of an operation", function()
    local mw, sent = client("messagewhiz", { apikey = "key-of-mine" })
    local shown, second = mw.campaigns:update({ id = 46279, name = "spring" }, DRY)
    assert.is_nil(second)
    assert.same({
      method = "PUT", url = "https://sms.messagewhiz.com/api/3/campaign/46279", body = '{"name":"spring"}',
      headers = { apikey = "***", ["content-type"] = "application/json", ["user-agent"] = "lua-sms/" .. sms.version },
    }, shown)
    assert.equal(0, sent.count)
  end)

  it("masks what signs, wherever it travels", function()
    local cases = {
      { "zipwhip", { session = "session-of-mine" },
        function(c) return c.contacts:save({ mobileNumber = "2065550123", notes = "a&b" }, DRY) end,
        body = "mobileNumber=2065550123&notes=a%26b&session=***" },
      { "zoomconnect", { email = "me@mine.example", token = "token-of-mine", auth = "query" },
        function(c) return c.contacts:get({ id = "5" }, DRY) end,
        url = "https://www.zoomconnect.com/app/api/rest/v1/contacts/5?email=***&token=***" },
      { "zoomconnect", { url_token = "url-token-of-mine" },
        function(c) return c.sms:send_url({ recipientNumber = "+27825550123", message = "hi" }, DRY) end,
        url = "https://www.zoomconnect.com/app/api/rest/v1/sms/send-url/***?message=hi&recipientNumber=%2B27825550123" },
      { "websms", { username = "me", password = "password-of-mine" },
        function(c) return c:request({ method = "POST", path = "/x", query = { a = "b" }, json = { 1 } }, DRY) end,
        url = "https://api.websms.com/rest/x?a=b", body = "[1]" },
      { "messagewhiz", { apikey = "key-of-mine" },
        function(c) return c:send({ to = "447700900123", from = "me", text = "key-of-mine" }, DRY) end },
    }
    for i, case in ipairs(cases) do
      local secrets = {}
      for name, value in pairs(case[2]) do
        if value:find("mine", 1, true) then secrets[name] = value end
      end
      local made, sent = client(case[1], case[2])
      local shown = assert(case[3](made))
      for name, secret in pairs(secrets) do assert.is_false(holds(shown, secret), i .. " " .. name) end
      for _, field in ipairs { "url", "body" } do
        if case[field] then assert.equal(case[field], shown[field]) end
      end
      assert.equal(0, sent.count)
    end
  end)

  it("shows what client:send would send, for each provider", function()
    for provider, options in pairs(kinds.options) do
      local own = {}
      for name, value in pairs(options) do own[name] = value end
      local made, sent = client(provider, own)
      local shown, second = made:send(kinds.message(provider, "tea"), DRY)
      assert.same({ "POST", "nil", 0 }, { shown.method, type(second), sent.count }, provider)
      assert.is_true(holds(shown.body, "tea"), provider)
    end
  end)

  it("reads no file and takes no piece", function()
    local mw = client("messagewhiz", { apikey = "k" })
    local function chunks() error "a piece was taken" end
    local shown = assert(mw.recipient_lists:import({ doc = { chunks = chunks, name = "a.csv" }, mapping = { "phone_number" } }, DRY))
    assert.same({ name = "doc", filename = "a.csv", chunks = chunks }, shown.parts[1])
    assert.is_nil(shown.body)
  end)

  it("is refused where there are several requests", function()
    local mw, sent = client("messagewhiz", { apikey = "k" })
    local function problem(...) return select(2, pcall(...)) end
    assert.matches("dry_run' applies to a single request", problem(mw.send_many, mw, { kinds.message("messagewhiz", "a") }, DRY))
    assert.matches("dry_run' applies to a single request", problem(mw.reconcile, mw, {}, DRY))
    assert.matches("dry_run' applies to a single request", problem(mw.campaigns.each, mw.campaigns, {}, DRY))
    assert.matches("dry_run' must be a boolean", problem(mw.campaigns.list, mw.campaigns, {}, { dry_run = 1 }))
    assert.equal(0, sent.count)
  end)

  it("finds the mistakes that the call would have", function()
    local mw = client("messagewhiz", { apikey = "k" })
    assert.matches("argument 'name'", select(2, pcall(mw.campaigns.create, mw.campaigns, {}, DRY)))
    local _, err = client("zoomconnect", { url_token = "t" }).contacts:get({ id = "5" }, DRY)
    assert.same({ "auth", "not_sent" }, { err.kind, err.outcome })
  end)
end)
