-- SPDX-License-Identifier: MIT
-- A request as data, for `dry_run` and for a custom transport, is signed by the rules of the core: what the network would not be given is
-- refused there, too, with the same words, and header fields that the caller gave are those of the request.

local sms = require "sms"

local FORM = "application/x-www-form-urlencoded"
local OTHER_BODY = "the credentials cannot be added to this body"
local SET_BY_AUTH = "a header set by the authentication cannot be overridden"

local OPTIONS = {
  zipwhip = { session = "session-of-mine" }, messagewhiz = { apikey = "key-of-mine" }, websms = { token = "token-of-mine" },
  zoomconnect = { email = "me@mine.example", token = "token-of-mine", auth = "basic" },
}

local function with(provider, more)
  local out = {}
  for _, fields in ipairs { OPTIONS[provider], more } do
    for name, value in pairs(fields) do out[name] = value end
  end
  return sms[provider](out)
end

-- What becomes of a request over the network, where nobody listens; through a custom transport; and without either.
local function three_ways(provider, request)
  local seen
  local custom = with(provider, { transport = function(data)
    seen = data
    return { status = 200, body = "{}" }
  end })
  local _, real = with(provider, { base_url = "http://127.0.0.1:1", retries = 0 }):request(request)
  local _, second = custom:request(request)
  local shown, third = custom:request(request, { dry_run = true })
  return real, second, third, seen, shown
end

describe("a request as data", function()
  it("is refused where the core can't sign it", function()
    for i, case in ipairs {
      { "zipwhip", { method = "POST", path = "/x", json = { a = 1 } }, OTHER_BODY },
      { "zipwhip", { method = "POST", path = "/x", body = "a=1" }, OTHER_BODY },
      { "zipwhip", { method = "PATCH", path = "/x", body = "a=1", content_type = "text/plain" }, OTHER_BODY },
      { "zipwhip", { method = "PUT", path = "/x", body = "a=1", headers = { ["Content-Type"] = "text/plain" } }, OTHER_BODY },
      { "messagewhiz", { path = "/x", headers = { ApiKey = "another" } }, SET_BY_AUTH },
      { "websms", { path = "/x", headers = { Authorization = "another" } }, SET_BY_AUTH },
      { "zoomconnect", { path = "/x", headers = { authorization = "another" } }, SET_BY_AUTH },
    } do
      local real, second, third, seen, shown = three_ways(case[1], case[2])
      for _, err in ipairs { real, second, third } do
        assert.same({ "invalid", "not_sent", 0, case[3] }, { err.kind, err.outcome, err.attempts, err.message }, i)
      end
      assert.same({ "nil", "nil" }, { type(seen), type(shown) }, i)
    end
  end)

  it("carries a session where the core puts it", function()
    for i, case in ipairs {
      { { method = "POST", path = "/x" }, nil, "session=session-of-mine", FORM },
      { { method = "DELETE", path = "/x" }, nil, "session=session-of-mine", FORM },
      { { method = "POST", path = "/x", form = { a = 1 } }, nil, "a=1&session=session-of-mine", FORM },
      { { method = "POST", path = "/x", body = "a=1", content_type = FORM .. ";charset=x" }, nil, "a=1&session=session-of-mine",
        FORM .. ";charset=x" },
      { { path = "/x" }, "session=session-of-mine" }, { { path = "/x?a=1" }, "a=1&session=session-of-mine" },
      { { method = "HEAD", path = "/x", query = { a = 1 } }, "a=1&session=session-of-mine" },
    } do
      local real, _, _, seen, shown = three_ways("zipwhip", case[1])
      assert.same({ "network", "not_sent" }, { real.kind, real.outcome }, i) -- signed, and nobody listens
      assert.same({ case[2] or "", case[3], case[4] }, { seen.query, seen.body, seen.headers["content-type"] }, i)
      local masked = { case[2] and case[2]:gsub("session%-of%-mine", "***"), case[3] and case[3]:gsub("session%-of%-mine", "***") }
      assert.equal("https://api.zipwhip.com/x" .. (case[2] and "?" .. masked[1] or ""), shown.url)
      assert.same({ masked[2], case[4] }, { shown.body, shown.headers["content-type"] }, i)
    end
  end)

  it("has the header fields that the caller gave", function()
    local given = { ["Content-Type"] = "text/xml", ["User-Agent"] = "mine", Accept = "text/plain" }
    for _, provider in ipairs { "messagewhiz", "websms", "zoomconnect" } do
      local _, _, _, seen, shown = three_ways(provider, { method = "POST", path = "/x", body = "<a/>", headers = given })
      for name, value in pairs(given) do assert.same({ value, value }, { seen.headers[name:lower()], shown.headers[name:lower()] }) end
    end
  end)

  it("of a client that has to log in first has the session in the query, where the request reads", function()
    local seen = {}
    local client = sms.zipwhip { username = "me", password = "mine", transport = function(data)
      seen[#seen + 1] = data
      return { status = 200, body = '{"success":true,"response":"session-of-mine"}' }
    end }
    assert(client:request { path = "/x" })
    assert.same({ "/user/login", "", "/x", "session=session-of-mine" }, { seen[1].path, seen[1].query, seen[2].path, seen[2].query })
  end)
end)
