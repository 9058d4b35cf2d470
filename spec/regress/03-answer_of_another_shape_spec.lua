-- SPDX-License-Identifier: MIT
-- The story: a proxy answered a look-up with `{"success":true}` and nothing else, another one a list call with a number where the list
-- belongs. The scripts died with "attempt to index a boolean value", one of them half way through settling a thousand unclear texts.

local failure = require "sms.error"
local kinds = dofile "spec/support/kinds_of_call.lua"

describe("a response of another shape than the documented one", function()
  local function client_of(provider, body)
    local options = {
      retries = 0, transport = function() return { status = 200, headers = { ["content-type"] = "application/json" }, body = body } end,
    }
    return kinds.client(provider, options)
  end

  local function check_decode(result, err)
    assert.is_nil(result)
    assert.is_true(failure.is(err), tostring(err))
    assert.same({ "decode", "unknown" }, { err.kind, err.outcome })
  end

  it("is an error of a look-up", function()
    check_decode(client_of("zipwhip", '{"success":true}'):status { id = "1" })
    check_decode(client_of("messagewhiz", '{"errorCode":0,"result":[true]}'):status { broadcast_id = 1 })
  end)

  it("is an error of a balance, and no missing number", function()
    for _, body in ipairs { "{}", '{"creditBalance":"lots"}', '{"creditBalance":{}}', "[]", "5" } do
      check_decode(client_of("zoomconnect", body):balance())
    end
  end)

  it("is an error of a list, and of a walk over its pages", function()
    for _, body in ipairs { '{"errorCode":0,"result":0}', '{"errorCode":0,"result":true}', '{"errorCode":0,"result":"x"}' } do
      local client = client_of("messagewhiz", body)
      check_decode(client.campaigns:list())
      local ok, err = pcall(function() for _ in client.campaigns:each() do error "an item" end end)
      check_decode(ok or nil, err)
    end
    local pages = client_of("zipwhip", '{"success":true,"pages":"","page":1,"response":[{"id":1}]}').contacts:each()
    assert.equal("1", pages().id)
  end)

  it("leaves a row unsettled, and no other row unlooked at", function()
    local client = client_of("zoomconnect", '{"webServiceMessages":[true,5]}')
    local row = { provider = "zoomconnect", to = "+27825550123", text = "x", reference = "r", outcome = "unknown", time = os.time() - 3600 }
    local rows = client:reconcile { row, row }
    for i = 1, 2 do
      assert.equal("unknown", rows[i].outcome)
      assert.is_string(rows[i].reason)
    end
  end)
end)
