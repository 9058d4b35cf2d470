-- SPDX-License-Identifier: MIT
-- A row prints without number and text, even where the provider's refusal repeats them.

local json = require "sms.json"
local sms = require "sms"

local TEXT = "Your table is ready, Ann"

local function client(words)
  return sms.zoomconnect { email = "a@b.example", token = "token-of-mine", transport = function()
    return { status = 400, body = json.encode { error = words } }
  end }
end

describe("a row that a provider refused by repeating it", function()
  it("prints neither number nor text, and its error is as it was", function()
    local made = client("No route to +27825550123 (27825550124): " .. TEXT)
    local one, two = { to = "+27825550123", text = TEXT }, { to = "+27825550124", text = TEXT }
    for _, messages in ipairs { { one }, { one, two } } do
      for _, row in ipairs(made:send_many(messages)) do
        local line = tostring(row)
        assert.matches("^sms%.row: zoomconnect not_sent, reference %S+, status rejected, zoomconnect%.sms:%l", line)
        assert.matches("HTTP 400, BAD_REQUEST, outcome not_sent%): No route to", line)
        for _, word in ipairs { "8255501", "table", "Ann" } do assert.is_nil(line:find(word, 1, true), line) end
        assert.is_not_nil(row.error.message:find(TEXT, 1, true))
        assert.is_not_nil(row.error.message:find("+27825550123", 1, true))
      end
    end
  end)

  it("prints what is no error value, too", function()
    local row = client("x"):send_many { { to = "+27825550123", text = TEXT } }[1]
    row.error = "kept by a script: +27825550123 " .. TEXT
    assert.matches("kept by a script: %*%*%*", tostring(row))
    assert.is_nil(tostring(row):find("8255501", 1, true) or tostring(row):find("table", 1, true))
  end)
end)
