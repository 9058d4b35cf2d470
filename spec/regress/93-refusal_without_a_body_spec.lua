-- SPDX-License-Identifier: MIT
-- The story: MessageWhiz answered 403 with the page of a proxy, and 409 with nothing. The log said "HTTP 403" and left the reader to guess
-- which of the provider's documented reasons it was.

local sms = require "sms"

-- What the document's table of HTTP statuses says ("Response Error Messages"), in our words.
local MEANINGS = {
  [400] = "A parameter is invalid", [401] = "The API key is missing or invalid",
  [403] = "User or company is disabled or lacks the permission", [404] = "There is no such entity", [409] = "The entity exists already",
}

describe("a refusal of MessageWhiz without readable words", function()
  it("says what the provider's document says of its status", function()
    for status, meaning in pairs(MEANINGS) do
      for _, body in ipairs { "", "<html><body><h1>Forbidden</h1></body></html>", "{", "[]", "{}", '{"errorMessage":""}', "null", '"' } do
        local client = sms.messagewhiz { apikey = "test-key-0a1b", retries = 0, transport = function()
          return { status = status, headers = {}, body = body }
        end }
        for _, call in ipairs {
          function() return client.campaigns:list() end,
          function() return client:send { to = "+436641234567", from = "Shop", text = "x" } end,
          function() return client:request { path = "/api/3/Campaign" } end,
        } do
          local result, err = call()
          assert.is_nil(result)
          assert.same({ status, meaning }, { err.status, err.message }, body)
        end
      end
    end
  end)
end)
