-- SPDX-License-Identifier: MIT
-- What a script can reach: the names of `sms`, of a client and of the modules that are asked for by name. A name that goes or comes is a
-- change that the changelog tells.

local sms = require "sms"

-- The names of a table, in order.
local function names_of(value)
  local out = {}
  for name in pairs(value) do out[#out + 1] = tostring(name) end
  table.sort(out)
  return table.concat(out, " ")
end

-- A fresh copy of the module, with nothing loaded.
local function fresh()
  local loaded = package.loaded.sms
  package.loaded.sms = nil
  local copy = require "sms"
  package.loaded.sms = loaded
  return copy
end

describe("sms", function()
  local NAMES = "_VERSION cassette core dates error failover from_env has json listener log messagewhiz metrics names number outbox "
    .. "parallel pool providers rows run secret sleep status task text version webhook websms wrap zipwhip zoomconnect"

  it("lists every public name in order, and loads nothing for it", function()
    local copy, listed = fresh(), {}
    for name in pairs(copy) do listed[#listed + 1] = name end
    assert.equal(NAMES, table.concat(listed, " "))
    assert.is_nil(rawget(copy, "text"))
    for name in pairs(copy) do assert.is_not_nil(copy[name], name) end
    assert.is_not_nil(rawget(copy, "text"))
  end)

  it("tells whether it has a name", function()
    for name in NAMES:gmatch("%S+") do assert.is_true(sms.has(name), name) end
    for _, name in ipairs { "txet", "", "messagewhizz", "__index" } do assert.is_false(sms.has(name)) end
    assert.is_false(sms.has(nil))
    assert.is_false(sms.has {})
  end)

  it("may be asked for a name that it may not have: by has and rawget, which load nothing and don't raise", function()
    local copy = fresh()
    assert.is_nil(rawget(copy, "txet"))
    assert.is_nil(rawget(copy, "number"))
    assert.is_true(copy.has "number")
    assert.is_nil(rawget(copy, "number"))
    assert.equal("table", type(copy.has "number" and copy.number))
    assert.equal(copy.number, rawget(copy, "number"))
    assert.is_false(copy.has "txet" and copy.txet)
    assert.error_matches(function() return copy.txet end, "sms has no 'txet', did you mean 'text'%?")
    local listed = {}
    for name, value in pairs(copy) do listed[name] = value end
    assert.same({ copy.number, false, copy.version }, { listed.number, listed.text, listed.version })
  end)
end)

describe("a client", function()
  local clients = {
    messagewhiz = sms.messagewhiz { apikey = "x" }, websms = sms.websms { token = "x" }, zipwhip = sms.zipwhip { session = "x" },
    zoomconnect = sms.zoomconnect { email = "x", token = "x" },
  }
  local COMMON = { "balance", "capabilities", "check", "provider", "reconcile", "request", "send", "send_each", "send_many", "status",
    "webhook", "webhook_answer" }
  local OWN = {
    messagewhiz = "broadcast_ids broadcasts campaigns delivery_reports link_lists links messages otp recipient_lists segments "
      .. "sender_lists senders spinners templates triggers unsubscribe_lists",
    websms = "messages whatsapp",
    zipwhip = "apps attachments contacts conversations groups lookup messages operators roles user webhooks",
    zoomconnect = "account contacts groups messages sms templates voice",
  }

  for name, client in pairs(clients) do
    it("of " .. name .. " has its resources and what every client has", function()
      local wanted = { table.unpack(COMMON) }
      for own in OWN[name]:gmatch("%S+") do wanted[#wanted + 1] = own end
      table.sort(wanted)
      assert.equal(table.concat(wanted, " "), names_of(client))
    end)
  end
end)

describe("sms.from_env", function()
  local getenv = os.getenv
  local function with(values, fn)
    rawset(os, "getenv", function(name) return values[name] end)
    local result = table.pack(pcall(fn))
    rawset(os, "getenv", getenv)
    return table.unpack(result, 1, result.n)
  end

  it("takes a client's credentials from the environment", function()
    local ok, client = with({ ZOOMCONNECT_EMAIL = "a@example.org", ZOOMCONNECT_TOKEN = "t", ZOOMCONNECT_URL = "http://127.0.0.1:1" },
      function() return sms.from_env "zoomconnect" end)
    assert.is_true(ok, client)
    assert.equal("zoomconnect", client.provider)
    local seen
    ok, client = with({ MESSAGEWHIZ_APIKEY = "k3y-1234567" }, function()
      return sms.from_env("messagewhiz", { transport = function(request)
        seen = request.headers.apikey
        return { status = 200, headers = {}, body = '{"errorCode":0,"result":[]}' }
      end })
    end)
    assert.is_true(ok, client)
    assert(client.campaigns:list())
    assert.equal("k3y-1234567", seen)
  end)

  it("names what is missing, at the caller's line", function()
    local ok, words = with({ ZOOMCONNECT_TOKEN = "t", ZOOMCONNECT_EMAIL = "" }, function() local _ = sms.from_env "zoomconnect" end)
    assert.is_false(ok)
    assert.matches("public_names_spec%.lua:%d+: sms%.zoomconnect: option 'email' .* is missing.*ZOOMCONNECT_", words)
    ok, words = with({}, function() local _ = sms.from_env "zipwip" end)
    assert.is_false(ok)
    assert.matches("public_names_spec%.lua:%d+: sms%.from_env: unknown provider .zipwip., did you mean .zipwhip.%?; valid",
      words)
    assert.matches("unknown provider 'nil'", select(2, with({}, function() local _ = sms.from_env() end)))
  end)
end)
