-- SPDX-License-Identifier: MIT
-- The whole size of a multipart body went past the largest number that libcurl counts with: a signed overflow.

local core = require "sms.core"

describe("a part of a size near the largest number", function()
  it("is refused before anything is sent", function()
    local pool <close> = core.pool()
    local endpoint = core.endpoint { base_url = "http://127.0.0.1:9" }
    for _, size in ipairs { math.maxinteger, math.maxinteger - 1, math.maxinteger - 100 } do
      local extra = { parts = { { name = "doc", feed = true, size = size } } }
      local transfer, kind, words = pool:start(endpoint, "POST", "/", nil, 1, true, extra)
      assert.is_nil(transfer)
      assert.same({ "too_large", "the request is too large" }, { kind, words })
    end
  end)

  it("is taken while the whole can be counted", function()
    local pool <close> = core.pool()
    local endpoint = core.endpoint { base_url = "http://127.0.0.1:9" }
    local extra = { parts = { { name = "doc", feed = true, size = math.maxinteger - 10000 } } }
    local transfer = assert(pool:start(endpoint, "POST", "/", nil, 1, true, extra))
    transfer:cancel()
  end)
end)
