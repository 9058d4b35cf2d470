-- SPDX-License-Identifier: MIT
-- The addresses of a client are checked when it is made, with a custom transport as without one.

local sms = require "sms"

local OWN = {
  ["https://user:word@host.example"] = "must not contain a user name or password",
  ["https://host.example/?x=1"] = "must not contain a query",
  ["http://host.example"] = "is plain http to a host that is not loopback; use https", ["host.example"] = "is not a URL",
  ["ftp://host.example"] = "must begin with https://",
}

local function raised(provider, options)
  local ok, words = pcall(function()
    local made = sms[provider](options)
    return made
  end)
  assert.is_false(ok)
  return words
end

describe("an address that can't be used", function()
  it("is refused where the client is made", function()
    for _, transport in ipairs { false, function() error "is not to be asked" end } do
      for address, words in pairs(OWN) do
        for option, provider in pairs { base_url = "messagewhiz", lookup_url = "zipwhip" } do
          local options = { apikey = provider == "messagewhiz" and "k" or nil, session = provider == "zipwhip" and "s" or nil }
          options.transport, options[option] = transport or nil, address
          local message = raised(provider, options)
          local wanted = ("sms.%s: option '%s' %s"):format(provider, option, words)
          assert.is_not_nil(message:match "^spec/call/base_url_spec%.lua:%d+: ", message)
          assert.is_not_nil(message:find(wanted, 1, true), message)
          assert.is_nil(message:find("word@", 1, true))
        end
      end
    end
  end)

  it("leaves those alone that can", function()
    local seen
    local client = sms.zipwhip { session = "s", lookup_key = "key", lookup_url = "http://127.0.0.1:9/x", transport = function(request)
      seen = request
      return { status = 200, body = '{"textable":true}' }
    end }
    assert(client.lookup:textable { phone_number = "+12065550123" })
    assert.same({ "http://127.0.0.1:9/x", "/enum/textable" }, { seen.base_url, seen.path })
  end)
end)
