-- SPDX-License-Identifier: MIT
-- Servers that are not who they say: certificates that are over, not begun, for another name, signed by themselves or by nobody known,
-- old protocols, no TLS at all. Nothing of a request leaves, and the caller is told so.

local core = require "sms.core"
local hostile = require "spec.support.hostile"
local bad_tls = require "spec.support.bad_tls"
local kinds = dofile "spec/support/kinds_of_call.lua"
local peer = require "spec.support.peer"
local sms = require "sms"

describe("a TLS server", function()
  local there = bad_tls.there()
  local folder

  setup(function()
    if not there then return end
    folder = bad_tls.folder()
    bad_tls.certificate(folder, { name = "good" })
    bad_tls.certificate(folder, { name = "expired", to = "200201000000Z" })
    bad_tls.certificate(folder, { name = "early", from = "480101000000Z" })
    bad_tls.certificate(folder, { name = "elsewhere", alternatives = "DNS:sms.example" })
    bad_tls.certificate(folder, { name = "wildcard", alternatives = "DNS:*" })
    bad_tls.certificate(folder, { name = "nul", alternatives = "DNS:127.0.0.1" }) -- a name, where an address is asked for
    bad_tls.certificate(folder, { name = "self", self = true })
    bad_tls.certificate(folder, { name = "client", use = "clientAuth" })
  end)

  teardown(function() if folder then os.execute("rm -r " .. folder) end end)

  local function client_of(url, ca_file)
    return sms.messagewhiz { apikey = "s3cret-key", base_url = url, ca_file = ca_file, retries = 0, timeout = 60 }
  end

  local function check_distrust(words, url, ca_file)
    local client = client_of(url, ca_file)
    for _, call in ipairs { "list", "send" } do
      local _, err
      if call == "list" then _, err = client.campaigns:list() else _, err = client:send(kinds.message("messagewhiz", "hello")) end
      assert.equal("tls", err.kind, words .. ": " .. tostring(err))
      assert.equal("not_sent", err.outcome, words)
      assert.equal(0, err.attempts, words)
      assert.is_nil(err.status, words)
    end
  end

  local function with_server(name, more, fn)
    local server <close> = setmetatable(bad_tls.start(folder, name, more), { __close = function(self) self.stop() end })
    fn(server.url)
  end

  it("whose certificate is in order is asked", function()
    if not there then return pending "openssl is not installed" end
    with_server("good", nil, function(url)
      local _, err = client_of(url, folder .. "/ca.pem").campaigns:list()
      assert.same({ "decode", 200, 1 }, { err.kind, err.status, err.attempts }, tostring(err)) -- its response is a page of HTML
    end)
  end)

  for name, words in pairs {
    expired = "whose certificate is over", early = "whose certificate has not begun", elsewhere = "whose certificate is for another name",
    wildcard = "whose certificate is for every name", nul = "whose certificate has the address as a name", self = "that vouches for itself",
    client = "whose certificate is not for servers",
  } do
    it(words .. " gets nothing", function()
      if not there then return pending "openssl is not installed" end
      with_server(name, nil, function(url) check_distrust(words, url, folder .. "/ca.pem") end)
    end)
  end

  it("that nobody known vouches for gets nothing", function()
    if not there then return pending "openssl is not installed" end
    with_server("good", nil, function(url)
      check_distrust("the system's authorities", url)
      check_distrust("another authority", url, folder .. "/self.pem")
    end)
  end)

  it("that speaks old protocols only gets nothing", function()
    if not there then return pending "openssl is not installed" end
    for _, version in ipairs { "-tls1", "-tls1_1" } do
      with_server("good", { version, "-cipher", "ALL:@SECLEVEL=0" }, function(url) check_distrust(version, url, folder .. "/ca.pem") end)
    end
  end)

  it("that speaks no TLS gets nothing but a hello", function()
    local real = core.pool()
    local got = {}
    local answers = { "HTTP/1.1 200 OK\r\n\r\n{}", "", ("\22\3\1\255\255"):rep(1000), "\21\3\3\0\2\2\40", ("x"):rep(1 << 20) }
    for number, response in ipairs(answers) do
      local server = peer.listen(function(connection)
        got[#got + 1] = connection:read(100)
        connection:write(response)
        connection:fin()
      end)
      local client = sms.messagewhiz {
        apikey = "s3cret-key", base_url = server.url:gsub("^http:", "https:"), retries = 0, timeout = 60,
        pool = hostile.pool(real, { server }),
      }
      local _, err = client:send(kinds.message("messagewhiz", "hello"))
      assert.is_true(err.kind == "tls" or err.kind == "network", number .. ": " .. tostring(err))
      assert.same({ "not_sent", 0 }, { err.outcome, err.attempts })
      server:close()
    end
    assert.equal(5, #got)
    for _, bytes in ipairs(got) do assert.is_nil(bytes:find("s3cret", 1, true)) end
    real:close()
  end)
end)
