-- SPDX-License-Identifier: MIT
-- Errors that name what was meant: a call without its colon, an unknown name, a path in place of a file; a client with one credential.

local noting = require "spec.support.noting_zoomconnect"
local refusal = require "spec.support.refusal"
local sms = require "sms"

local client = sms.messagewhiz { apikey = "test-key-0a1b", transport = function() error("no request") end }

local function words_of(fn, ...)
  local ok, words = pcall(fn, ...)
  assert.is_false(ok)
  return words
end

describe("a mistake", function()
  it("in how a method is called names the right way", function()
    assert.matches("hints_spec%.lua:%d+: call it with a colon: client:send$", words_of(function() client.send { to = "1", text = "x" } end))
    assert.matches("call it with a colon: client%.campaigns:list$", words_of(function() client.campaigns.list() end))
  end)

  it("in a name lists what there is", function()
    assert.matches("sms has no 'zipwip', did you mean 'zipwhip'%?; it has .*messagewhiz", words_of(function() return sms.zipwip end))
    assert.matches("messagewhiz%.campaigns has no 'remove'.*; it has create, disable, list, patch, update",
      words_of(function() return client.campaigns.remove end))
    assert.matches("messagewhiz client has no 'campaign', did you mean 'campaigns'%?; it has .*broadcasts",
      words_of(function() return client.campaign end))
  end)

  it("of a path where a file belongs points to { path = … }", function()
    local words, how = refusal(client.recipient_lists.import, client.recipient_lists, { doc = "a.csv", mapping = { "phone_number" } })
    assert.equal("raised", how)
    assert.matches('argument \'doc\' must be a file: { path = "a%.csv" }', words)
  end)
end)

describe("a ZoomConnect client with 'url_token' alone", function()
  it("sends by URL and refuses what needs more", function()
    local arrived = {}
    local zc = sms.zoomconnect { url_token = "url-token-5678", transport = function(request)
      arrived[#arrived + 1] = request
      return { status = 200, headers = {}, body = '"ok"' }
    end }
    assert(zc.sms:send_url { recipientNumber = "+27825551234", message = "x" })
    assert.matches("/send%-url/url%-token%-5678", arrived[1].path)
    for _, call in ipairs {
      function() return zc.sms:send { recipientNumber = "+27825551234", message = "x" } end,
      function() return zc:send { to = "+27825551234", text = "x" } end,
      function() return zc:balance() end,
      function() return zc:request { path = "/api/rest/v1/account/balance" } end,
    } do
      local result, err = call()
      assert.is_nil(result)
      assert.same({ "auth", "not_sent", 0 }, { err.kind, err.outcome, err.attempts })
      assert.matches("'email' and 'token'", err.message)
    end
    assert.equal(1, #arrived)
  end)

  it("needs both or neither of the others", function()
    for _, options in ipairs { {}, { email = "a@example.org" }, { token = "x" }, { token = "x", url_token = "y" } } do
      assert.matches("is missing", words_of(sms.zoomconnect, options))
    end
    assert.is_truthy(noting(function() return {} end))
  end)
end)

describe("ZoomConnect's lists", function()
  it("are walked with each", function()
    for resource, name in pairs { contacts = "webServiceContacts", groups = "webServiceGroups", templates = "webServiceTemplates" } do
      local zc, arrived = noting(function(request)
        local page = tonumber(request.query:match("page=(%d+)")) or 1
        local key = ({ contacts = "contactId", groups = "groupId", templates = "templateId" })[resource]
        return { [name] = { { [key] = tostring(page) } }, page = page, totalPages = 3 }
      end)
      local count = 0
      for _ in zc[resource]:each() do count = count + 1 end
      assert.same({ resource, 3, 3 }, { resource, count, #arrived })
    end
  end)
end)
