-- SPDX-License-Identifier: MIT
-- Credentials of the core: how each scheme goes on the wire, what shows them (nothing), and what may not be one.

local core = require "sms.core"
local json = require "sms.json"
local url = require "sms.url"
local peer = require "spec.support.peer"

describe("sms.core auth", function()
  local server, pool

  before_each(function()
    server, pool = peer.server(), core.pool()
  end)

  after_each(function()
    pool:close()
    server:close()
  end)

  --- Sends one request with these credentials; returns what arrived.
  local function arrive(list, method, target, body, extra)
    local endpoint = core.endpoint { base_url = server.url, auth = core.auth(list) }
    local transfer = assert(pool:start(endpoint, method, target, body, 60, true, extra))
    assert.are.equal(200, (server:finish(pool, transfer)))
    return server.arrived[#server.arrived], transfer
  end

  local function refused(list, method, target, body, extra)
    local endpoint = core.endpoint { base_url = server.url, auth = core.auth(list) }
    local transfer, kind, text = pool:start(endpoint, method, target, body, 60, true, extra)
    assert.is_nil(transfer)
    assert.are.equal("invalid", kind)
    return text
  end

  local secret = 's3cr"et/ +\\&%41ü'

  it("goes into headers", function()
    local request = arrive({ { scheme = "header", name = "apikey", value = secret }, { scheme = "header", name = "X-B", value = "two" } },
      "POST", "/", "{}")
    assert.are.same({ secret, "two" }, { request.headers.apikey, request.headers["x-b"] })
    assert.are.equal("{}", request.body)
  end)

  it("goes into Authorization", function()
    local basic = { scheme = "basic", user = "me@example.com", value = "open sesame!" }
    assert.are.equal("Basic bWVAZXhhbXBsZS5jb206b3BlbiBzZXNhbWUh", arrive({ basic }, "GET", "/").headers.authorization)
    for password, encoded in pairs { [""] = "dTo=", a = "dTph", ab = "dTphYg==", abc = "dTphYmM=" } do
      local request = arrive({ { scheme = "basic", user = "u", value = password } }, "GET", "/")
      assert.are.equal("Basic " .. encoded, request.headers.authorization)
    end
    assert.are.equal("Bearer abc.def", arrive({ { scheme = "bearer", value = "abc.def" } }, "GET", "/").headers.authorization)
  end)

  it("goes into the query, percent-encoded once", function()
    local list = { { scheme = "query", name = "to ken", value = secret }, { scheme = "query", name = "b", value = "2" } }
    local encoded = "to%20ken=s3cr%22et%2F%20%2B%5C%26%2541%C3%BC&b=2"
    assert.are.equal("/x?" .. encoded, arrive(list, "GET", "/x").target)
    assert.are.equal("/x?a=1&" .. encoded, arrive(list, "GET", "/x?a=1").target)
  end)

  it("goes into a form", function()
    local list = { { scheme = "form", name = "session", value = secret } }
    local field = "session=s3cr%22et%2F%20%2B%5C%26%2541%C3%BC"
    local form = { content_type = "application/x-www-form-urlencoded; charset=utf-8" }
    assert.are.equal("a=1&" .. field, arrive(list, "POST", "/", "a=1", form).body)
    assert.are.equal(field, arrive(list, "POST", "/", "", form).body)
    local bare = arrive(list, "POST", "/")
    assert.are.same({ field, "application/x-www-form-urlencoded" }, { bare.body, bare.headers["content-type"] })
    local multipart = arrive(list, "POST", "/", nil, { parts = { { name = "text", data = "hello" } } }).body
    assert.is_truthy(multipart:find('name="session"\r\n\r\n' .. secret .. "\r\n", 1, true))
    assert.is_truthy(multipart:find('name="text"\r\n\r\nhello\r\n', 1, true))
    refused(list, "POST", "/", '{"a":1}')
    refused(list, "GET", "/")
  end)

  it("goes into a JSON object as its first member", function()
    local list = { { scheme = "json", name = 'api"key', value = secret .. "\1" } }
    local member = '"api\\"key":"s3cr\\"et/ +\\\\&%41ü\\u0001"'
    assert.are.equal("{" .. member .. ',"a":{"b":1}}', arrive(list, "POST", "/", '{"a":{"b":1}}').body)
    assert.are.equal(" {" .. member .. "\n}", arrive(list, "POST", "/", " {\n}").body)
    local bare = arrive(list, "POST", "/")
    assert.are.same({ "{" .. member .. "}", "application/json" }, { bare.body, bare.headers["content-type"] })
    assert.are.equal("{" .. member .. "}", arrive(list, "DELETE", "/").body)
    refused(list, "POST", "/", "[1]")
    refused(list, "POST", "/", "a=1", { content_type = "application/x-www-form-urlencoded" })
    refused(list, "POST", "/", nil, { parts = { { name = "a", data = "b" } } })
    refused(list, "GET", "/")
  end)

  it("can be another one, or none, for one request", function()
    local endpoint = core.endpoint { base_url = server.url, auth = core.auth { { scheme = "header", name = "apikey", value = "first" } } }
    local function keys(extra)
      server:finish(pool, assert(pool:start(endpoint, "POST", "/", "{}", 60, true, extra)))
      local headers = server.arrived[#server.arrived].headers
      return headers.apikey, headers.authorization, headers["content-type"]
    end
    assert.are.same({ "first", nil, "application/json" }, { keys() })
    local other = core.auth { { scheme = "bearer", value = "second" } }
    assert.are.same({ nil, "Bearer second", "application/json" }, { keys { auth = other } })
    assert.are.same({ nil, nil, "application/json" }, { keys { auth = false } })
    assert.are.same({ "first", nil, "application/json" }, { keys() })
    local transfer, kind = pool:start(endpoint, "POST", "/", "{}", 60, true, { headers = { APIKEY = "mine" } })
    assert.are.same({ nil, "invalid" }, { transfer, kind })
  end)

  it("masks a secret in escapes of escapes, as in JSON within JSON", function()
    for _, own in ipairs { 'a"b/c+d e=', "plain-secret", '""""', "////" } do
      local auth = core.auth { { scheme = "bearer", value = own } }
      local quoted, escaped = own, own
      for _ = 1, 3 do
        quoted, escaped = json.encode(quoted):sub(2, -2), url.escape(escaped)
        assert.are.equal("<***> ***", core.mask({ auth }, ("<%s> %s"):format(quoted, escaped)))
      end
    end
  end)

  it("masks a secret however it is written", function()
    local auth = core.auth {
      { scheme = "basic", user = "user", value = secret },
      { scheme = "query", name = "token", value = "%25\\\\" },
      { scheme = "json", name = "pin", value = "123" },
    }
    local forms = {
      secret, "s3cr%22et%2F%20%2B%5C%26%2541%C3%BC", "s3cr%22et%2f+%2b%5c%26%2541%c3%bc", 's3cr\\"et\\/ +\\\\&%41ü',
      "s3cr\\u0022et/ \\u002B\\u005c&%41ü", "dXNlcjpzM2NyImV0LyArXCYlNDHDvA==", "%25\\\\", "%2525%5C%5C",
    }
    for _, form in ipairs(forms) do
      assert.are.equal("<***> and ***", core.mask({ auth }, "<" .. form .. "> and " .. form))
    end
    assert.are.equal("", core.mask({ auth }, ""))
    assert.are.equal("s3cr, 123, %25\\", core.mask({ auth }, "s3cr, 123, %25\\"))
    assert.are.equal("a\0***\0", core.mask({ auth }, "a\0" .. secret .. "\0"))
    local other = core.auth { { scheme = "bearer", value = "other-one" } }
    assert.are.equal("a ***, ***", core.mask({ auth, other }, "a other-one, " .. secret))
    for limit, expected in pairs { [0] = "", [2] = "a ", [4] = "a **", [5] = "a ***", [6] = "a ***b" } do
      assert.are.equal(expected, core.mask({ other }, "a other-oneb", limit))
    end
  end)

  it("shows names only, and itself only when asked", function()
    local list = {
      { scheme = "header", name = "apikey", value = secret },
      { scheme = "query", name = "token", value = "hidden" },
      { scheme = "basic", user = "me", value = "hidden" },
    }
    local auth = core.auth(list)
    assert.are.equal("sms.auth: header apikey, query token, basic", tostring(auth))
    assert.are.same(list, auth:reveal())
    assert.are.equal("sms.auth:", tostring(core.auth {}))
  end)

  it("stays out of URLs, errors and texts of other objects", function()
    local endpoint = core.endpoint {
      base_url = "http://127.0.0.1:" .. peer.free_port(),
      auth = core.auth { { scheme = "query", name = "token", value = secret }, { scheme = "header", name = "k", value = "keykey" } },
    }
    local transfer = assert(pool:start(endpoint, "GET", "/a?b=keykey", nil, 60))
    local result = table.pack(server:finish(pool, transfer))
    assert.are.equal("network", result[2].kind)
    local shown = table.concat({ tostring(endpoint), tostring(transfer), tostring(pool), result[2].message, transfer:effective_url() }, " ")
    assert.is_nil(shown:find("s3cr", 1, true))
    assert.is_nil(shown:find("keykey", 1, true))
    assert.matches("/a%?b=%*%*%*&token=%*%*%*$", transfer:effective_url())
    local address = core.auth { { scheme = "query", name = "token", value = "127.0.0.1" } } -- what libcurl's text quotes
    transfer = assert(pool:start(endpoint, "GET", "/", nil, 60, true, { auth = address }))
    local text = select(2, server:finish(pool, transfer)).message
    assert.matches("%*%*%*", text)
    assert.is_nil(text:find("127.0.0.1", 1, true))
  end)

  it("refuses what cannot be a credential, without showing it", function()
    local bad = {
      { scheme = "header", name = "a b", value = "hidden" }, { scheme = "header", name = "", value = "hidden" },
      { scheme = "header", value = "hidden" }, { scheme = "header", name = "k" }, { scheme = "header", name = "k", value = "" },
      { scheme = "header", name = "k", value = "hidden\r\nX: 1" }, { scheme = "header", name = "k\n", value = "hidden" },
      { scheme = "query", name = "k", value = "hidden\0" }, { scheme = "bearer", value = "hid\nden" },
      { scheme = "bearer", name = "k", value = "hidden" }, { scheme = "basic", value = "hidden" },
      { scheme = "basic", user = "a:b", value = "hidden" }, { scheme = "basic", user = "a\r", value = "hidden" },
      { scheme = "json", name = "k", user = "u", value = "hidden" }, { scheme = "form", name = "k", value = ("x"):rep(1 << 20) },
    }
    for i, credential in ipairs(bad) do
      local good, text = pcall(core.auth, { credential })
      assert.is_false(good, "credential " .. i)
      assert.is_nil(text:find("hidden", 1, true))
      assert.matches("credential 1", text)
    end
    assert.has_error(function() core.auth { { scheme = "header", nmae = "k", value = "hidden" } } end,
      "unknown option 'nmae'; did you mean 'name'?")
    assert.has_error(function() core.auth { { scheme = "digest", value = "hidden" } } end)
    assert.has_error(function() core.auth { { scheme = "bearer", value = 12345 } } end, "option 'value' must be a string, not number")
    assert.has_error(function() core.auth { "hidden" } end)
    assert.has_error(function() core.auth() end)
  end)

  it("can be closed while in use; the last user wipes it", function()
    local auth <close> = core.auth { { scheme = "bearer", value = "abcdef" } }
    local endpoint = core.endpoint { base_url = server.url, auth = auth }
    auth:close()
    auth:close()
    assert.are.equal("sms.auth: closed", tostring(auth))
    assert.has_error(function() core.mask({ auth }, "abcdef") end, "the auth is closed")
    assert.has_error(function() core.endpoint { base_url = server.url, auth = auth } end, "the auth is closed")
    server:finish(pool, assert(pool:start(endpoint, "GET", "/")))
    assert.are.equal("Bearer abcdef", server.arrived[1].headers.authorization)
  end)
end)
