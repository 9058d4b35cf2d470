-- SPDX-License-Identifier: MIT
-- The story: a reminder for tomorrow at nine had the wrong month in it. Its time was in the past, and so it was sent at once, at night.

local kinds = dofile "spec/support/kinds_of_call.lua"
local refusal = require "spec.support.refusal"

describe("a time in the past", function()
  it("is refused, as seconds and as text, alone and in a row; the rows beside it are sent", function()
    for _, provider in ipairs { "messagewhiz", "zoomconnect" } do
      local sent = 0
      local options = { retries = 0, transport = function()
        sent = sent + 1
        return { status = 500, headers = {}, body = "{}" }
      end }
      local client = kinds.client(provider, options)
      local late, text = kinds.message(provider, "late"), kinds.message(provider, "late")
      late.at, text.at = os.time() - 86400, os.date("!%Y-%m-%dT09:00:00+02:00", os.time() - 86400 * 30)
      for _, given in ipairs { late, text } do assert.matches("'at' is in the past", (refusal(client.send, client, given))) end
      assert.equal(0, sent)
      local rows = client:send_many { kinds.message(provider, "now"), late, text }
      assert.same({ "unknown", "not_sent", "not_sent" }, { rows[1].outcome, rows[2].outcome, rows[3].outcome })
      assert.equal(1, sent)
    end
  end)
end)
