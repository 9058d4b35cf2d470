-- SPDX-License-Identifier: MIT
-- Known secrets, numbers and texts in every option and argument; every error, event, printed object, raised message and stack trace
-- is searched for them. Secrets turn up nowhere; numbers and texts not in what is said by us.

local core = require "sms.core"
local failure = require "sms.error"
local json = require "sms.json"
local sandbox = require "sms.sandbox"
local sms = require "sms"
local url = require "sms.url"
local canary = require "spec.support.canary"
local peer = require "spec.support.peer"
local kinds = dofile "spec/support/kinds_of_call.lua"
local matrix = dofile "spec/support/fault_matrix.lua"

local secret = canary.secret
local assert, ipairs, pairs, tostring = assert, ipairs, pairs, tostring -- looked up a million times; Busted makes globals slow
local NUMBER = "44" .. canary.PHONE

-- Every way to hold credentials, all of them secrets but the names.
local CLIENTS = {
  messagewhiz = { { apikey = secret "key" }, { apikey = secret "key", sms_auth = "header" } },
  zoomconnect = {
    { email = "a@example.org", token = secret "token", url_token = secret "url" },
    { email = "a@example.org", token = secret "token", url_token = secret "url", auth = "basic" },
    { email = "a@example.org", token = secret "token", url_token = secret "url", auth = "query" },
  },
  websms = {
    { token = secret "token" }, { token = secret "token", auth = "query" }, { username = "somebody", password = secret "password" },
  },
  zipwhip = {
    { session = secret "session" }, { username = "2065550100", password = secret "password" },
    { session = secret "session", lookup_key = secret "lookup" },
  },
}

-- What no secret may be found by: a part of each, and what Basic makes of them.
local SECRETS = {
  canary.SECRET, canary.base64("somebody:" .. secret "password"):sub(13, -8), canary.base64("a@example.org:" .. secret "token"):sub(21, -8),
}

local PRIVATE = { canary.TEXT, canary.PHONE }

-- All clients, one after the other: fun(client, provider, events).
local function each_client(settings, fn)
  for _, provider in ipairs(sms.providers) do
    for _, credentials in ipairs(CLIENTS[provider]) do
      local events, options = {}, { webhook_secret = secret "hook", retries = 0 }
      for name, value in pairs(credentials) do options[name] = value end
      for name, value in pairs(settings) do options[name] = value end
      options.on_event = function(event) events[#events + 1] = event end
      fn(sms[provider](options), provider, events)
    end
  end
end

local function clean(value, words, raw)
  local found = canary.places(value, SECRETS, raw)
  if found ~= "" then assert.equal("", found, words) end
end

-- Nothing private in what we say; the provider's own words, in `body`, may hold it.
local function silent(value, words)
  local copy = value
  if type(value) == "table" then
    copy = {}
    for key, item in pairs(value) do copy[key] = item end
    copy.body, copy.text = nil, tostring(value)
    if failure.is(copy.error) then
      silent(copy.error, words)
      copy.error = nil
    end
  end
  local found = canary.places(copy, PRIVATE)
  if found ~= "" then assert.equal("", found, words) end
end

local MESSAGE = { to = NUMBER, text = "hello " .. canary.TEXT }

local function message_for(provider)
  local out = kinds.message(provider, MESSAGE.text)
  out.to = NUMBER
  return out
end

-- Sends, and makes the provider's other calls; returns what came back.
local function use(client, provider, options)
  local out = { { client:send(message_for(provider), options) } }
  for _, send in pairs(kinds.sends(provider)) do out[#out + 1] = { send(client, MESSAGE.text, options) } end
  for _, name in ipairs { "read", "write", "post" } do
    local call = kinds.others[provider][name]
    if call then out[#out + 1] = { call(client, options, 1) } end
  end
  out[#out + 1] = { client:request({ method = "POST", path = "/x", json = MESSAGE }, options) }
  out[#out + 1] = { client:status({ id = "1", broadcast_id = 1 }, options) }
  out[#out + 1] = { client:balance(options) }
  return out
end

local function errors_of(results)
  local out = {}
  for _, result in ipairs(results) do
    if result[1] == nil then out[#out + 1] = assert(failure.is(result[2]) and result[2]) end
  end
  return out
end

local function check(results, events, words)
  for _, err in ipairs(errors_of(results)) do
    clean(err, words)
    silent(err, words)
    clean(debug.traceback(tostring(err)), words)
  end
  for _, event in ipairs(events) do
    clean(event, words)
    silent(event, words)
  end
end

describe("secrets, numbers and texts", function()
  it("are in no error and no event, whatever goes wrong in this process", function()
    local box = sandbox.new {} -- it doesn't know these credentials: without a fault it is 401
    local seen = 0
    for _, row in ipairs { { "none" }, table.unpack(matrix.faults) } do
      each_client({ transport = box }, function(client, provider, events)
        local results = use(client, provider, row[1] ~= "none" and matrix.asking(row[1]) or nil)
        check(results, events, provider .. " " .. row[1])
        seen = seen + #errors_of(results) + #events
      end)
    end
    assert.is_true(seen > 1000, seen)
  end)

  it("are in no error and no event, whatever goes wrong on the way", function()
    local place <close> = setmetatable(matrix.http(), { __close = function(self) self.stop() end })
    for _, settings in ipairs {
      { base_url = "http://127.0.0.1:" .. peer.free_port() }, { base_url = "https://no..name" },
      { base_url = "https://127.0.0.1:1", proxy = place.url }, { base_url = place.url .. "/nobody" },
    } do
      each_client(settings, function(client, provider, events)
        check(use(client, provider), events, provider .. " " .. settings.base_url)
      end)
    end
    for _, fault in ipairs { "cut", "reset", "accept-then-close", "html=502", "half-json", "hang", "drip=9" } do
      for _, provider in ipairs(sms.providers) do
        local events = {}
        local client = place.client(provider, { retries = 0, on_event = function(event) events[#events + 1] = event end })
        check({ { client:send(message_for(provider), matrix.asking(fault, 0.2)) } }, events, provider .. " " .. fault)
      end
    end
  end)

  it("are nowhere in what a client, a resource, a response and an error show", function()
    local box = sandbox.new {}
    each_client({ transport = box }, function(client, provider)
      clean(client, provider)
      clean(client:capabilities(), provider)
      for _, result in ipairs(use(client, provider)) do clean(result[2], provider) end
    end)
    for _, provider in ipairs(sms.providers) do
      local client = kinds.client(provider, { transport = box })
      local _, response = client:send(kinds.message(provider, MESSAGE.text))
      assert.equal("accepted", response.outcome)
      silent(response, provider)
      clean(tostring(response), provider)
    end
  end)

  it("are nowhere for a serialiser that looks behind `__pairs`", function()
    each_client({ transport = sandbox.new {} }, function(client, provider)
      clean(client, provider, true)
      for name in pairs(client) do clean(client[name], provider .. "." .. name, true) end
    end)
    local group = sms.failover { sms.messagewhiz(CLIENTS.messagewhiz[1]), sms.websms(CLIENTS.websms[1]) }
    clean(group, "failover", true)
  end)

  it("are not in objects of the core", function()
    local auth = core.auth {
      { scheme = "header", name = "X-Key", value = secret "a" }, { scheme = "basic", user = "u", value = secret "b" },
      { scheme = "query", name = "k", value = secret "c" },
    }
    clean(tostring(auth), "auth")
    local endpoint = core.endpoint { base_url = "http://127.0.0.1:" .. peer.free_port(), auth = auth }
    clean(tostring(endpoint), "endpoint")
    local pool = core.pool()
    local transfer = assert(pool:start(endpoint, "GET", "/x?k2=" .. url.escape(secret "c"), nil, 60))
    clean(tostring(transfer) .. transfer:effective_url(), "transfer")
    while not pool:wait(transfer, 0.1) do end
    clean({ transfer:result() }, "result")
    clean(tostring(pool) .. transfer:effective_url(), "pool")
    clean(select(2, pcall(core.auth, { { scheme = "header", name = "X", value = secret "a" .. "\r\n" } })), "raised")
  end)
end)

---------------------------------------------------------------- a provider that repeats everything

describe("a provider that repeats what it was told", function()
  -- Says the client's own secrets in every field that any provider reads.
  local function echo(credentials, status, shape)
    local words = {}
    for _, value in pairs(credentials) do
      if value:find(canary.SECRET, 1, true) then words[#words + 1] = value .. " " .. url.escape(value) end
    end
    table.insert(words, secret "hook")
    local said = table.concat(words, " ")
    local body = said
    if shape == "json" then
      body = json.encode {
        errorCode = 7, errorMessage = said, errorType = said, statusCode = 4444, statusMessage = said, message = said, error = said,
        developerMessage = said, code = said, response = said, success = false, status = said,
      }
    elseif shape == "html" then
      body = "<html>" .. said .. "</html>"
    end
    return { status = status, headers = { ["x-request-id"] = said, ["content-type"] = "application/json" }, body = body }
  end

  it("has its words masked by value, in every form", function()
    local errors = 0
    for _, provider in ipairs(sms.providers) do
      for _, credentials in ipairs(CLIENTS[provider]) do
        for _, status in ipairs { 200, 302, 400, 401, 404, 409, 429, 500, 503 } do
          for _, shape in ipairs { "json", "text", "html" } do
            local events, options = {}, { webhook_secret = secret "hook", retries = 0 }
            for name, value in pairs(credentials) do options[name] = value end
            options.on_event = function(event) events[#events + 1] = event end
            options.transport = function() return echo(credentials, status, shape) end
            local results = use(sms[provider](options), provider)
            local words = ("%s %d %s"):format(provider, status, shape)
            for _, err in ipairs(errors_of(results)) do
              clean(err, words)
              errors = errors + 1
            end
            clean(events, words)
          end
        end
      end
    end
    assert.is_true(errors > 500, errors)
  end)

  it("has them masked at the end of a long response, too", function()
    local key = secret "key"
    for shift = 0, #key, 3 do
      local body = ("x"):rep(failure.MAX_BODY - shift) .. key .. ("y"):rep(100)
      local function transport() return { status = 500, headers = {}, body = body } end
      local client = sms.messagewhiz { apikey = key, retries = 0, transport = transport }
      local _, err = client.campaigns:list()
      assert.is_true(#err.body <= failure.MAX_BODY)
      assert.is_nil(err.body:find(canary.SECRET:sub(1, 6), 1, true), "at " .. shift)
    end
  end)
end)

---------------------------------------------------------------- the caller's own mistakes

describe("a mistake in a call", function()
  -- Runs what must not go well; the message and the stack trace, down to this call: a stack of its own leaves Busted's levels out.
  local function raised(fn)
    local thread = coroutine.create(fn)
    local ok, message = coroutine.resume(thread)
    return not ok and { message = tostring(message), trace = debug.traceback(thread, tostring(message)) } or {}
  end

  -- Wrong values that hold what must not be shown.
  local VALUES = {
    secret "argument", canary.TEXT, NUMBER, "+" .. NUMBER .. "x", { secret "argument" }, { { canary.TEXT, NUMBER } },
    math.tointeger(NUMBER), canary.TEXT .. "\xff", { path = "/nonexistent/file" },
  }

  it("is raised without the values", function()
    local refused = 0
    each_client({ transport = function() return { status = 200, headers = {}, body = "{}" } end }, function(client, provider)
      local operations = require("sms.client").bind(require("sms." .. provider)).operations
      for name, op in pairs(operations) do
        local resource, operation = name:match("^(.-):(.*)$")
        for _, value in ipairs(VALUES) do
          local args = {}
          for _, param in ipairs(op.names) do args[param] = value end
          local result = raised(function() client[resource][operation](client[resource], args) end)
          clean(result, name)
          silent(result, name)
          refused = refused + (result.message and 1 or 0)
        end
      end
    end)
    assert.is_true(refused > 1000, refused)
  end)

  it("in a message, in options and in a webhook, too", function()
    local box = sandbox.new {}
    each_client({ transport = box }, function(client, provider)
      for _, given in ipairs {
        { to = NUMBER, text = canary.TEXT, txet = canary.TEXT }, { to = math.tointeger(NUMBER), text = canary.TEXT },
        { to = { NUMBER, 5 }, text = canary.TEXT }, { to = NUMBER, text = canary.TEXT, priority = canary.TEXT, at = NUMBER },
        { to = NUMBER .. "abc", text = ("%s"):format(canary.TEXT):rep(20000) }, { to = NUMBER, text = canary.TEXT .. "{name}", vars = {} },
      } do
        local result = raised(function() return client:send(given) end)
        silent(result, provider)
        local rows = { pcall(client.send_many, client, { given, given }) }
        for _, row in ipairs(rows[1] and rows[2] or {}) do
          if row.error then silent(row.error, provider) end
        end
      end
      silent(raised(function() client:request { path = canary.TEXT, json = { [{}] = canary.TEXT } } end).trace or "", provider)
      clean(raised(function() client:send(MESSAGE, { headers = secret "header", timeuot = secret "option" }) end), provider)
      local events, err = client:webhook { method = "POST", headers = { ["x-hook-secret"] = secret "wrong" }, query = "",
        body = '{"to":"' .. NUMBER .. '","text":"' .. canary.TEXT .. '"' }
      assert.is_nil(events)
      clean(err, provider)
      silent(err, provider)
    end)
  end)

  it("in the options is raised without the secrets", function()
    for _, provider in ipairs(sms.providers) do
      for _, credentials in ipairs(CLIENTS[provider]) do
        for name in pairs(credentials) do
          local options = { timeout = secret "time", base_url = "ftp://" .. canary.SECRET, bogus = secret "bogus" }
          for key, value in pairs(credentials) do options[key] = value end
          options[name] = { credentials[name] }
          clean(raised(function() sms[provider](options) end), provider)
          options.timeout, options.bogus, options[name] = nil, nil, credentials[name] .. "\r\nX: 1"
          options.base_url = "https://127.0.0.1:1"
          clean(raised(function() sms[provider](options) end), provider)
        end
      end
    end
  end)

  it("a token given as an argument is as secret as one among the options", function()
    local events = {}
    local client = sms.zoomconnect {
      email = "a@example.org", token = secret "token", transport = sandbox.new {}, retries = 0,
      on_event = function(event) events[#events + 1] = event end,
    }
    local _, err = client.sms:send_url { token = secret "given", recipientNumber = NUMBER, message = canary.TEXT }
    clean(err, "argument")
    clean(events, "argument")
    assert.is_true(#events > 0)
  end)
end)
