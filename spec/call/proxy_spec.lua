-- SPDX-License-Identifier: MIT
-- Proxies: what they refuse is told as what it is, once; which hosts go past that of the environment; an address that can't be used is
-- refused without its password, wherever it comes from.

local core = require "sms.core"
local hostile = require "spec.support.hostile"
local patience = require "spec.support.patience"
local peer = require "spec.support.peer"
local sms = require "sms"
local uv = require "spec.support.uv"

describe("a proxy", function()
  local real, proxy

  before_each(function() real = core.pool() end)

  after_each(function()
    real:close()
    if proxy then proxy:close() end
  end)

  -- A read by default: it is tried again after what may pass.
  local function list_through(options)
    options.apikey, options.pool = "k3y-12345", hostile.pool(real, { proxy })
    options.base_url, options.timeout = options.base_url or "https://sms.example", 60
    local _, err = sms.messagewhiz(options).campaigns:list()
    return err
  end

  -- A proxy that answers each request with the same bytes.
  local function saying(bytes)
    proxy = peer.listen(function(connection)
      while connection:read_to "\r\n\r\n" do connection:write(bytes) end
      connection:fin()
    end)
    return proxy
  end

  local refusals = {
    { "407", "HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n", "auth", 1 },
    { "407 without a challenge", "HTTP/1.1 407 Auth\r\nContent-Length: 2\r\n\r\nno", "auth", 1 },
    { "403", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "forbidden", 1 },
    { "503", "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", "network", 2 },
  }

  for _, case in ipairs(refusals) do
    it("that answers " .. case[1] .. " to CONNECT", function()
      saying(case[2])
      local err = list_through { proxy = proxy.url:gsub("//", "//user:s3cretword@"), retries = 1 }
      assert.same({ case[3], "not_sent", 0 }, { err.kind, err.outcome, err.attempts }, tostring(err))
      assert.equal(case[4], proxy.connections)
      assert.is_nil(tostring(err):find("s3cretword", 1, true))
    end)
  end

  it("that answers 407 to a request of plain http", function()
    saying(refusals[1][2])
    local err = list_through { base_url = "http://localhost:1", proxy = proxy.url }
    assert.same({ "auth", "not_sent", 407, 1 }, { err.kind, err.outcome, err.status, err.attempts })
  end)

  -- RFC 1928 and RFC 1929: the method, the response to name and password, the reply.
  local socks = {
    { "wrong password", { "\5\2", "\1\1" }, "auth", 1 }, { "no method that we have", { "\5\xff" }, "auth", 1 },
    { "not allowed by its rules", { "\5\2", "\1\0", "\5\2\0\1\0\0\0\0\0\0" }, "forbidden", 1 },
    { "host unreachable", { "\5\2", "\1\0", "\5\4\0\1\0\0\0\0\0\0" }, "network", 2 },
  }

  for _, case in ipairs(socks) do
    it("of SOCKS5 that says: " .. case[1], function()
      proxy = peer.listen(function(connection)
        for _, bytes in ipairs(case[2]) do
          if connection.input == "" and not connection:more() then break end
          connection.input = ""
          connection:write(bytes)
        end
        connection:more()
        connection:fin()
      end)
      local err = list_through { proxy = proxy.url:gsub("http://", "socks5h://user:s3cretword@"), retries = 1 }
      assert.same({ case[3], "not_sent", 0 }, { err.kind, err.outcome, err.attempts }, tostring(err))
      assert.equal(case[4], proxy.connections)
      assert.is_nil(tostring(err):find("s3cretword", 1, true))
    end)
  end
end)

describe("the environment's proxy", function()
  local NAMES = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY" }
  local before = {}

  local function unset()
    for _, name in ipairs(NAMES) do uv.os_unsetenv(name) end
  end

  setup(function()
    for _, name in ipairs(NAMES) do before[name] = uv.os_getenv(name) end
  end)
  before_each(unset)
  after_each(function()
    unset()
    for name, value in pairs(before) do uv.os_setenv(name, value) end
  end)

  -- Whether a request to the URL is brought to the proxy; where it shouldn't be, it is given up at once.
  local function is_used(base_url, past)
    local pool <close> = core.pool()
    local proxy = peer.server(function() return 403 end)
    if os.getenv "https_proxy" then uv.os_setenv("https_proxy", proxy.url) end
    if os.getenv "ALL_PROXY" then uv.os_setenv("ALL_PROXY", (proxy.url:gsub("http://", ""))) end
    local endpoint = core.endpoint { base_url = base_url, connect_timeout = past and 0.05 or patience.FAR }
    local transfer <close> = assert(pool:start(endpoint, "GET", "/"))
    proxy:finish(pool, transfer)
    for _ = 1, 3 do proxy:turn() end
    local used = proxy.connections > 0 -- also where it was given up before more came
    proxy:close()
    if used and not past then assert.equal("forbidden", select(2, transfer:result()).kind) end
    return used
  end

  it("is used for hosts that are not loopback, by any of its names", function()
    uv.os_setenv("https_proxy", "here")
    assert.is_true(is_used "https://sms.invalid")
    assert.is_false(is_used("https://127.0.0.1:1", true))
    unset()
    uv.os_setenv("ALL_PROXY", "here")
    assert.is_true(is_used "https://sms.invalid")
  end)

  -- A list, and URLs that go past the proxy or to it.
  local lists = {
    { "*", past = { "https://192.0.2.1" } }, { "", to = { "https://192.0.2.1" } },
    { "sms.invalid", past = { "https://sms.invalid", "https://SMS.invalid:8443", "https://a.b.sms.invalid" },
      to = { "https://mms.invalid", "https://xsms.invalid", "https://sms.invalid.x" } },
    { ".sms.invalid.", past = { "https://sms.invalid", "https://a.sms.invalid" }, to = { "https://asms.invalid" } },
    { "*.sms.invalid", past = { "https://a.sms.invalid", "https://a.b.sms.invalid:1" },
      to = { "https://sms.invalid", "https://asms.invalid" } },
    { "a, sms.invalid:8443", past = { "https://sms.invalid:8443", "https://a.sms.invalid:8443" },
      to = { "https://sms.invalid", "https://sms.invalid:844" } },
    { "sms.invalid:443", past = { "https://sms.invalid" }, to = { "https://sms.invalid:8443" } },
    { "*.sms.invalid:443", past = { "https://a.sms.invalid" }, to = { "https://a.sms.invalid:1" } },
    { "192.0.2.1 192.0.2.7:1", past = { "https://192.0.2.1:9", "https://192.0.2.7:1" },
      to = { "https://192.0.2.7", "https://192.0.2.10" } },
    { "192.0.2.128/25,2001:db8::/33", past = { "https://192.0.2.200", "https://[2001:db8:7fff::1]" },
      to = { "https://192.0.2.127", "https://[2001:db8:8000::1]" } },
    { "[2001:db8::1]:8443,2001:db8::2,[2001:db8::3]",
      past = { "https://[2001:db8::1]:8443", "https://[2001:DB8:0::2]", "https://[2001:db8::3]" },
      to = { "https://[2001:db8::1]", "https://[2001:db8::4]" } },
    { "sms.invalid:x,:443,/,192.0.2.1/99,[::,*", past = { "https://192.0.2.1" } },
    { "sms.invalid:x,:443,/,192.0.2.1/99,[::, .", to = { "https://192.0.2.1", "https://sms.invalid" } },
  }

  for _, case in ipairs(lists) do
    it(("isn't used for what NO_PROXY means by %q"):format(case[1]), function()
      uv.os_setenv("https_proxy", "here")
      uv.os_setenv(#case[1] % 2 == 0 and "NO_PROXY" or "no_proxy", case[1])
      for _, url in ipairs(case.past or {}) do assert.is_false(is_used(url, true), url) end
      for _, url in ipairs(case.to or {}) do assert.is_true(is_used(url), url) end
    end)
  end

  it("that can't be used ends each call, and shows no password", function()
    for _, address in ipairs {
      "http://user:s3cret word@proxy.example:3128", "http://user:s3cret@proxy.example:99999", "htp://user:s3cret@proxy.example",
      "http://user:s3cret@[proxy", "http://user:s3cret@", "user:s3cret@proxy.example:port",
    } do
      uv.os_setenv("HTTPS_PROXY", address)
      local client = sms.websms { token = "t0ken", base_url = "https://sms.invalid" }
      local _, err = client.messages:send_text { recipientAddressList = { "447700900123" }, messageContent = "x" }
      assert.same({ "invalid", "not_sent", 0, false }, { err.kind, err.outcome, err.attempts, err.retryable }, address)
      assert.matches("the proxy in HTTPS_PROXY of the environment ", err.message)
      assert.is_nil(tostring(err):find("s3cret", 1, true))
      uv.os_setenv("no_proxy", "*.invalid")
      local exempt = core.endpoint { base_url = "https://sms.invalid" }
      local pool <close> = core.pool()
      assert.is_truthy(pool:start(exempt, "GET", "/"))
      uv.os_unsetenv "no_proxy"
    end
  end)

  it("doesn't count where one was chosen, or none", function()
    uv.os_setenv("https_proxy", "htp://user:s3cret@proxy.example")
    for _, choice in ipairs { "", "http://127.0.0.1:1" } do
      local pool <close> = core.pool()
      assert.is_truthy(pool:start(core.endpoint { base_url = "https://sms.invalid", proxy = choice }, "GET", "/"))
    end
  end)
end)
