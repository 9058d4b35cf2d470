-- SPDX-License-Identifier: MIT
-- The story: the password of the office's proxy had been changed. Each call offered the old one three times, which locked the account,
-- and ended as "network", so nobody looked at the password. On another machine it stood in the log of each call: HTTPS_PROXY had a
-- typing error, and libcurl quotes an address that it can't use.

local core = require "sms.core"
local hostile = require "spec.support.hostile"
local peer = require "spec.support.peer"
local sms = require "sms"
local uv = require "spec.support.uv"

describe("a proxy's password", function()
  it("that is wrong is offered once, and told as what it is", function()
    local real <close> = core.pool()
    local proxy = peer.server(function() return 407, "", 'Proxy-Authenticate: Basic realm="office"\r\n' end)
    local client = sms.messagewhiz {
      apikey = "k3y-12345", base_url = "https://sms.example", proxy = proxy.url:gsub("//", "//me:old@"),
      pool = hostile.pool(real, { proxy }),
    }
    local _, err = client.campaigns:list()
    proxy:close()
    assert.same({ "auth", "not_sent", false }, { err.kind, err.outcome, err.retryable }, tostring(err))
    assert.equal(1, #proxy.arrived)
  end)

  it("in an address of the environment that can't be used is in no error", function()
    local before = uv.os_getenv "https_proxy"
    uv.os_setenv("https_proxy", "http://me:p4ss word@proxy.example:3128")
    local client = sms.messagewhiz { apikey = "k3y-12345", base_url = "https://sms.example" }
    local _, err = client.campaigns:list()
    if before then uv.os_setenv("https_proxy", before) else uv.os_unsetenv "https_proxy" end
    assert.same({ "invalid", "not_sent" }, { err.kind, err.outcome }, tostring(err))
    assert.is_nil(tostring(err):find("p4ss", 1, true))
  end)
end)
