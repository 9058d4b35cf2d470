-- SPDX-License-Identifier: MIT
-- The story: an error page of 60 MB was searched for secrets from end to end, once for each set of credentials, to keep 64 KB of it.
-- Every task of the process stood still for seconds, for each try.

local cost = require "spec.support.cost"
local failure = require "sms.error"
local json = require "sms.json"
local sms = require "sms"

describe("a large response that is a refusal", function()
  local function refusal(body)
    local function transport() return { status = 500, headers = {}, body = body } end
    local client = sms.zoomconnect {
      email = "a@example.org", token = "t0ken-12345", url_token = "url-t0ken", retries = 0, transport = transport,
    }
    return select(2, client.groups:list())
  end

  it("costs no more than what is kept of it", function()
    local body, err = ("xyz "):rep(15 << 20), nil
    -- To look whether it is JSON takes a sixth of what it takes to search it for one secret.
    local times = cost.ratio(function() json.decode(body) end, function() err = refusal(body) end, 3)
    assert.is_true(times < 3, times)
    assert.equal(body:sub(1, failure.MAX_BODY), err.body)
  end)

  it("shows no part of a secret, wherever that stands", function()
    local token = "t0ken-12345"
    for _, size in ipairs { failure.MAX_BODY, 2 * failure.MAX_BODY, 3 * failure.MAX_BODY } do
      for shift = 0, #token do
        local err = refusal(("x"):rep(size - shift) .. token .. ("y"):rep(100))
        assert.is_nil(err.body:find("t0k", 1, true), size .. " " .. shift)
        assert.is_true(#err.body <= failure.MAX_BODY)
      end
    end
    -- Masking makes the text shorter, which brings what stood further back to the front.
    local err = refusal(token:rep(30000))
    assert.is_nil(err.body:gsub("%*", ""):find("t0k", 1, true))
  end)

  it("is masked as ever where it is short", function()
    assert.equal("*** and *** and x", refusal "t0ken-12345 and url-t0ken and x".body)
  end)
end)
