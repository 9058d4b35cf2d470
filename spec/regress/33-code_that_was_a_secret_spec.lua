-- SPDX-License-Identifier: MIT
-- The story: a server echoed the token of a request as the code of its refusal, in an object, as a flag, as a number. The code went into
-- the log as it was; where it was a table, a script that compared it with a number broke.

local json = require "sms.json"
local sms = require "sms"

describe("the code of an error", function()
  local KEY = "7390184462"

  local function code_of(code, name)
    local body = assert(json.encode { [name or "errorCode"] = code, errorMessage = "no" })
    local client = sms.messagewhiz { apikey = KEY, transport = function() return { status = 400, headers = {}, body = body } end }
    local _, err = client.campaigns:create { name = "x" }
    assert.is_nil(tostring(err):find(KEY, 1, true))
    return err.code
  end

  it("is an integer or a text, and nothing else", function()
    for code, expected in pairs { [7] = 7, ["7"] = 7, ["E7"] = "E7", [1.5] = "1.5", [true] = "true", [-3] = -3 } do
      assert.same({ expected, math.type(expected) }, { code_of(code), math.type(code_of(code)) })
    end
    assert.is_nil(code_of { 1, 2 })
    assert.is_nil(code_of { code = 7 })
    assert.equal(200, #code_of(("x"):rep(100000)))
  end)

  it("never shows a secret, however it is written", function()
    for _, code in ipairs { KEY, "key " .. KEY, math.tointeger(tonumber(KEY)), { KEY } } do
      local shown = tostring(code_of(code))
      assert.is_nil(shown:find(KEY, 1, true), shown)
    end
  end)

  it("is masked in the rows of a bulk, too", function()
    local body = json.encode { sendSmsResponses = { { error = "token " .. KEY }, { error = KEY } } }
    local client = sms.zoomconnect { email = "a@example.org", token = KEY, transport = function()
      return { status = 200, headers = {}, body = body }
    end }
    for _, row in ipairs(client:send_many { { to = "+27825550123", text = "x" }, { to = "+27825550124", text = "x" } }) do
      assert.equal("not_sent", row.outcome)
      assert.is_nil((tostring(row.error) .. row.error.message):find(KEY, 1, true))
    end
  end)
end)
