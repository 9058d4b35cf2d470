-- SPDX-License-Identifier: MIT
-- Who may talk to the sandbox's server: programs of this machine and its own pages; no page of another site.

local guard = require "sms.sandbox.guard"

local function refused(headers)
  return (guard.refusal(headers))
end

describe("the guard of the sandbox", function()
  it("takes loopback names only as the host", function()
    for _, host in ipairs {
      "localhost", "localhost:8025", "LocalHost:1", "127.0.0.1", "127.0.0.1:8025", "127.1.2.3", "127.255.255.255:80",
      "[::1]", "[::1]:8025",
      "[0:0:0:0:0:0:0:1]:80", "[0000:0000:0000:0000:0000:0000:0000:0001]",
    } do
      assert.is_nil(refused { host = host }, host)
    end
    for _, host in ipairs {
      "", "evil.example", "evil.example:8025", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1.nip.io:80", "evil-localhost",
      "xlocalhost", "localhostx", "localhost.", "a.localhost", "128.0.0.1", "10.0.0.1", "0.0.0.0", "127.0.0", "127.0.0.256", "127.0.0.1000",
      "0127.0.0.1", "1127.0.0.1", "[::2]", "[::]", "[fe80::1]", "[::1", "::1", "localhost:x", "localhost:", "localhost:80:80",
      "user@localhost",
      "localhost, evil.example", " localhost", "localhost ", "localhost/", "[::ffff:8.8.8.8]", "[1::1]", "[0:0:0:0:0:0:1:1]",
    } do
      assert.equal(421, refused { host = host }, host)
    end
    assert.equal(421, refused {})
  end)

  it("takes the server's own origin only", function()
    for origin, host in pairs {
      ["http://localhost:8025"] = "localhost:8025", ["http://127.0.0.1:8025"] = "127.0.0.1:8025", ["http://[::1]:8025"] = "[::1]:8025",
      ["http://localhost"] = "localhost:80", ["HTTP://LOCALHOST:8025"] = "Localhost:8025",
    } do
      assert.is_nil(refused { host = host, origin = origin }, origin)
    end
    for _, origin in ipairs {
      "null", "", "http://evil.example", "https://localhost:8025", "http://localhost", "http://localhost:3000", "http://127.0.0.1:8025",
      "http://localhost:8025.evil.example", "http://localhost:8025/", "http://evil.example, http://localhost:8025", "file://",
      "chrome-extension://localhost:8025", "http://localhost:80255",
    } do
      assert.equal(403, refused { host = "localhost:8025", origin = origin }, origin)
    end
  end)

  it("takes what a browser says comes from the same origin or from the user", function()
    for _, site in ipairs { "same-origin", "none" } do
      assert.is_nil(refused { host = "localhost", ["sec-fetch-site"] = site })
    end
    for _, site in ipairs { "cross-site", "same-site", "", "other", "none, none" } do
      assert.equal(403, refused { host = "localhost", ["sec-fetch-site"] = site }, site)
    end
  end)
end)
