-- SPDX-License-Identifier: MIT
-- The story: an account lacked a permission, and the provider refused every bulk call with HTTP 400. The client took the first one apart
-- by halves until each row stood alone: 400 rows made 799 requests in a second, and the account was blocked.

local core = require "sms.core"
local json = require "sms.json"
local kinds = dofile "spec/support/kinds_of_call.lua"
local sms = require "sms"

local function rows_of(count)
  local out = {}
  for i = 1, count do out[i] = { to = ("+2782%07d"):format(i), text = "x" } end
  return out
end

-- A provider that refuses by `bad(number)`, or each call; with the words that `words(requests)` gives.
local function provider(bad, words)
  local seen = {}
  local client = sms.zoomconnect { email = "a@example.org", token = "t", retries = 0, transport = function(request)
    local body = json.decode(request.body)
    local requests, out = body.sendSmsRequests or { body }, json.array {}
    seen[#seen + 1] = core.now()
    for i, one in ipairs(requests) do
      if bad == true or bad[one.recipientNumber] then
        local message = words and words(one) or "Invalid mobile number"
        return { status = 400, headers = {}, body = json.encode { status = "400", code = 2, message = message } }
      end
      out[i] = { messageId = one.recipientNumber }
    end
    return { status = 200, headers = {}, body = json.encode { sendSmsResponses = out } }
  end }
  return client, seen
end

local function told(rows)
  local out = {}
  for i, row in ipairs(rows) do
    if row.outcome ~= "accepted" then out[#out + 1] = i .. " " .. row.outcome end
  end
  return table.concat(out, ", ")
end

describe("a bulk call that is refused", function()
  it("as a whole is asked a few times, whatever its size", function()
    for _, count in ipairs { 2, 3, 4, 5, 8, 400, 500 } do
      local client, seen = provider(true)
      local rows = kinds.without_waits(function() return client:send_many(rows_of(count)) end)
      assert.equal(count, #rows)
      for _, row in ipairs(rows) do assert.same({ "not_sent", 2 }, { row.outcome, row.error.code }) end
      assert.is_true(#seen <= 5, #seen)
    end
  end)

  it("because of one row, or of some, is taken apart: the others are sent", function()
    for _, bad in ipairs { { 1 }, { 400 }, { 137 }, { 100, 300 }, { 2, 3, 399 }, { 1, 400 } } do
      local list, named, expected = rows_of(400), {}, {}
      for i, at in ipairs(bad) do named[list[at].to:sub(2)], named[list[at].to], expected[i] = true, true, at .. " not_sent" end
      local client, seen = provider(named)
      local rows = kinds.without_waits(function() return client:send_many(list) end)
      assert.equal(table.concat(expected, ", "), told(rows))
      assert.is_true(#seen <= 70, #seen)
    end
  end)

  it("for a different reason each time ends as well, and waits longer from refusal to refusal", function()
    local client, seen = provider(true, function(one) return "number " .. one.recipientNumber end)
    local random = math.random
    rawset(math, "random", function() return 1 end)
    local rows = client:send_many(rows_of(4))
    rawset(math, "random", random)
    for _, row in ipairs(rows) do assert.equal("not_sent", row.outcome) end
    assert.is_true(#seen <= 7, #seen)
    assert.is_true(seen[#seen] - seen[#seen - 1] > seen[2] - seen[1])
  end)
end)
