-- SPDX-License-Identifier: MIT
-- The story: the line went dead after a text had left. The provider's first page of messages showed a hundred newer ones, and said
-- that there were three more pages. reconcile took the text for one that had never come, the script sent it again, and it arrived twice.

local json = require "sms.json"
local sms = require "sms"

local SENT = os.time() - 1800

-- 400 messages of the last hour, ours among them; 100 a page, as the provider's own description of messages/all has it.
local function provider(pages_told)
  local messages = {}
  for i = 1, 400 do
    messages[i] = {
      messageId = tostring(1000 - i), messageType = "OUTBOUND", messageStatus = "SENT", toNumber = "+2782555" .. 1000 + i, message = "Hi",
      userDataField = "other-" .. i, dateTimeSent = os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() - i * 9),
    }
  end
  messages[201].toNumber, messages[201].userDataField, messages[201].message = "+27825559999", "order-7", "Your order"
  return function(request)
    local query, page, list = request.query, tonumber(request.query:match("page=(%d+)")) or 1, json.array {}
    if query:find("dataField=", 1, true) then
      return { status = 200, headers = {}, body = json.encode { webServiceMessages = list, totalElements = 0, totalPages = 0 } }
    end
    for i = 1, 100 do list[i] = messages[(page - 1) * 100 + i] end
    local body = { webServiceMessages = list, page = page, totalElements = 400, totalPages = 4 }
    if not pages_told then body = { webServiceMessages = list } end
    return { status = 200, headers = {}, body = json.encode(body) }
  end
end

describe("a text on the third page of a history whose filter finds nothing", function()
  for _, told in ipairs { true, false } do
    it("is not called lost, with" .. (told and "" or "out") .. " a word on how many pages there are", function()
      local client = sms.zoomconnect { email = "a@example.org", token = "t", transport = provider(told) }
      local row = { to = "+27825559999", text = "Your order", reference = "order-7", time = SENT, outcome = "unknown" }
      local lost = { to = "+27825558888", text = "Your order", reference = "order-8", time = SENT, outcome = "unknown" }
      local rows = client:reconcile { row, lost }
      assert.same({ "accepted", "799" }, { rows[1].outcome, rows[1].id })
      assert.same({ "not_sent", "rejected" }, { rows[2].outcome, rows[2].status })
    end)
  end
end)
