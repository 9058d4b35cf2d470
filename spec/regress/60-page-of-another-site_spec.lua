-- SPDX-License-Identifier: MIT
-- The story: any page of the web, open in a browser on a developer's machine, could plan faults and set the webhook of the sandbox
-- there by a plain form post; with a name of its own that led to 127.0.0.1 it could read the inbox, too. The requests are those that
-- Chromium sends.

local json = require "sms.json"
local server = require "sms.sandbox.server"

local BROWSER = "-H 'User-Agent: Mozilla/5.0' -H 'Accept: text/html,*/*;q=0.8' -H 'Accept-Language: en' "
local FORM = BROWSER .. "-H 'Content-Type: text/plain' -H 'Sec-Fetch-Mode: navigate' -H 'Sec-Fetch-Dest: document' "
local EVIL = "-H 'Origin: http://evil.example' -H 'Sec-Fetch-Site: cross-site' "

describe("a page of another site", function()
  local sandbox, host

  local function curl(words, path)
    local pipe <close> = assert(io.popen(("curl -sS --noproxy '*' -w '\n%%{http_code}' %s '%s%s'"):format(words, sandbox.url, path)))
    local body, status = pipe:read("a"):match("^(.*)\n(%d+)$")
    return tonumber(status), json.decode(body)
  end

  setup(function()
    sandbox = assert(server.spawn { seconds = 600 })
    host = sandbox.url:match "//(.*)$"
  end)
  teardown(function() sandbox.stop() end)

  it("changes nothing by a form post", function()
    for path, body in pairs {
      ["/_sandbox/faults"] = '{"fault":"503","x":"="}', ["/_sandbox/webhook"] = '{"url":"http://evil.example/","x":"="}',
      ["/_sandbox/tick"] = '{"seconds":5}', ["/messagewhiz/_sandbox/faults"] = '{"fault":"503"}', ["/zipwhip/_sandbox/inbound"] = "{}",
    } do
      assert.equal(403, (curl(FORM .. EVIL .. "-d '" .. body .. "'", path)), path)
      assert.equal(403, (curl(FORM .. "-H 'Origin: null' -d '" .. body .. "'", path)), path) -- from a frame that is sandboxed
      assert.equal(403, (curl(FORM .. "-H 'Sec-Fetch-Site: same-site' -d '" .. body .. "'", path)), path) -- another port of this machine
    end
    local status, faults = curl("", "/_sandbox/faults")
    assert.same({ 200, 0 }, { status, #faults })
  end)

  it("asks no provider, nor paths that are none", function()
    for _, path in ipairs { "/messagewhiz/api/3/campaign", "/websms/rest/smsmessaging/text", "/nowhere", "/", "/messagewhiz" } do
      assert.equal(403, (curl(BROWSER .. EVIL, path)), path)
      assert.equal(421, (curl(BROWSER .. "-H 'Host: evil.example'", path)), path)
      assert.equal(403, (curl(BROWSER .. EVIL .. "-X OPTIONS -H 'Access-Control-Request-Method: PUT'", path)), path)
    end
    assert.equal(0, (select(2, curl("", "/_sandbox/arrivals"))).messagewhiz)
  end)

  it("reads nothing by a name of its own that leads here", function()
    for _, rebound in ipairs { "evil.example", "evil.example:" .. host:match "%d+$", "127.0.0.1.evil.example" } do
      local status, body = curl(BROWSER .. "-H 'Sec-Fetch-Site: same-origin' -H 'Host: " .. rebound .. "'", "/_sandbox/inbox")
      assert.equal(421, status)
      assert.matches("for this machine only", body.error)
    end
  end)

  it("is no hindrance to programs and to the sandbox's own pages", function()
    local own = "-H 'Origin: " .. sandbox.url .. "' -H 'Sec-Fetch-Site: same-origin' -H 'Sec-Fetch-Mode: cors' "
    assert.equal(200, (curl(BROWSER .. own .. "-d '{\"seconds\":1}'", "/_sandbox/tick")))
    assert.equal(200, (curl(BROWSER .. "-H 'Sec-Fetch-Site: none'", "/_sandbox/inbox"))) -- typed by the user
    assert.equal(200, (curl("", "/_sandbox/inbox")))
    assert.equal(200, (curl("-H 'Host: localhost'", "/_sandbox/inbox")))
  end)
end)
