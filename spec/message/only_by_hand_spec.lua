-- SPDX-License-Identifier: MIT
-- With the client's option `only`, a path by which texts are sent is refused in every spelling that a server may take for it, and an
-- argument can't go out under the name of another.

local four = require "spec.support.four"

local ALLOWED = "+12065550199"
local PATHS = {
  messagewhiz = "/sms", websms = "/smsmessaging/simple", zipwhip = "/message/send", zoomconnect = "/api/rest/v1/sms/send-url-parameters",
}
local ENDINGS = {
  "", "/", "//", "/.", "/x/..", "/%2e", "%2f.", ";x", ";x=1/", "/..;/send", "%00", "%20", "#x", "?x=1", ".json", ".json;x", "%2ejson",
}

describe("a client that may send to some numbers only", function()
  it("makes no request by hand that may send", function()
    for _, provider in ipairs(four.names) do
      local client, seen = four.client(provider, { only = { ALLOWED } })
      local paths = { (PATHS[provider]:gsub("^/", "\\")), (PATHS[provider]:gsub("^/", "/x/%%2e%%2e/")) }
      paths[3] = "/;x" .. PATHS[provider]
      for i, ending in ipairs(ENDINGS) do paths[i + 3] = PATHS[provider] .. ending end
      for _, path in ipairs(paths) do
        local result, err = client:request { path = path:gsub("^\\", "/\\"), query = { contacts = "2065550123" } }
        assert.same({ "nil", "invalid", "not_sent" }, { type(result), err.kind, err.outcome }, provider .. path)
        assert.matches("the client's option 'only' refuses", err.message)
      end
      assert.equal(0, #seen)
      client:request { path = "/account/v1.0/balance.json" }
      assert.equal(1, #seen)
    end
  end)

  it("gives no argument the name of another", function()
    local client, seen = four.client("zipwhip", { only = { ALLOWED } })
    local args = { contacts = "2065550199", body = "2065550123" }
    for _, wire in ipairs { { body = "contacts" }, { body = { "body", "contacts" } }, { fromName = "contacts" } } do
      local result, err = client.messages:send(args, { wire = wire })
      assert.same({ "nil", "invalid", "not_sent" }, { type(result), err.kind, err.outcome })
      assert.matches("only' refuses the call: option 'wire' gives an argument the name of another", err.message)
    end
    assert.equal(0, #seen)
    assert(client.messages:send(args, { wire = { contacts = "contacts" } }))
    assert.equal(1, #seen)
  end)
end)
