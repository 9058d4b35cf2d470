-- SPDX-License-Identifier: MIT
-- The story: a proxy was given as `htp://user:password@proxy:3128`. The client was made without a word, and each call then failed with
-- libcurl's "Unsupported proxy scheme for 'htp://user:password@proxy:3128'": the password was in every log.

local core = require "sms.core"
local sms = require "sms"

describe("a proxy of an unknown scheme", function()
  it("is refused when the client is made, without its password", function()
    for _, scheme in ipairs { "htp", "file", "ftp", "gopher", "socks", "socks6", "junk" } do
      local proxy = scheme .. "://user:s3cr3tpassword@127.0.0.1:3128"
      for _, make in ipairs {
        function() sms.websms { token = "t0ken", proxy = proxy } end,
        function() core.endpoint { base_url = "https://sms.example", proxy = proxy } end,
      } do
        local ok, message = pcall(make)
        assert.is_false(ok, scheme)
        assert.matches("option 'proxy' ", message)
        assert.is_nil(message:find("s3cr3t", 1, true))
      end
    end
  end)

  it("isn't what the known ones are", function()
    for _, scheme in ipairs { "http://", "https://", "socks4://", "socks4a://", "socks5://", "socks5h://", "" } do
      assert.is_truthy(core.endpoint { base_url = "https://sms.example", proxy = scheme .. "127.0.0.1:3128" })
    end
  end)
end)
