-- SPDX-License-Identifier: MIT
-- The story: a provider refused a call for many, and both of its halves. So that the rest would not be refused for one number's sake, a
-- row of each half was tried alone. That call timed out: the text may have been taken. The row was then reported as not sent, with the
-- reason of its half, or went out again with the next part. Where both halves timed out, a row of each was sent a second time.

local json = require "sms.json"
local sms = require "sms"

local function messages(count)
  local out = {}
  for i = 1, count do out[i] = { to = ("+4366412345%02d"):format(i), text = "Hello" } end
  return out
end

-- What websms may have sent, by number, and the sizes of its calls; `answer(numbers, call)` says what becomes of a call: "refused",
-- "lost" or "taken".
local function provider(answer)
  local taken, calls = {}, {}
  local client = sms.websms { token = "t", transport = function(request)
    local numbers = json.decode(request.body).recipientAddressList
    calls[#calls + 1] = #numbers
    local what = answer(numbers, #calls)
    if what == "refused" then return { status = 200, body = '{"statusCode":4002,"statusMessage":"a number is wrong"}' } end
    for _, number in ipairs(numbers) do taken["+" .. number] = (taken["+" .. number] or 0) + 1 end
    if what == "lost" then return nil, { kind = "timeout", attempts = 1, message = "timed out" } end
    return { status = 200, body = '{"statusCode":2000,"statusMessage":"OK","transferId":"t-1"}' }
  end }
  return client, taken, calls
end

-- No text went out twice, and each row says what became of its own.
local function check(rows, list, taken)
  for i, row in ipairs(rows) do
    local count = taken[list[i].to] or 0
    assert.is_true(count <= 1, list[i].to)
    assert.equal(list[i].to, row.to)
    if row.outcome == "accepted" then assert.equal(1, count) elseif row.outcome == "not_sent" then assert.equal(0, count, row.to) end
  end
  assert.equal(#list, #rows)
end

local function outcomes(rows)
  local out = {}
  for i, row in ipairs(rows) do out[i] = row.outcome:sub(1, 1) end
  return table.concat(out)
end

describe("a row that was tried alone, without an answer,", function()
  it("is unknown, whatever refused the others", function()
    for _, method in ipairs { "send_many", "send_each" } do
      local client, taken, calls = provider(function(numbers) return #numbers == 1 and "lost" or "refused" end)
      local list, rows = messages(8), {}
      if method == "send_many" then rows = client:send_many(list) else for row in client:send_each(list) do rows[#rows + 1] = row end end
      check(rows, list, taken)
      assert.equal("nnnuunnn", outcomes(rows))
      assert.same({ 8, 4, 4, 1, 1 }, calls)
      assert.equal("timeout", rows[4].error.kind)
      assert.equal(4002, rows[3].error.code)
    end
  end)

  it("does not go again with its half", function()
    local client, taken = provider(function(numbers, call)
      return call <= 3 and "refused" or call == 4 and "lost" or #numbers == 1 and "taken" or "refused"
    end)
    local list = messages(8)
    local rows = client:send_many(list)
    check(rows, list, taken)
    assert.equal("unknown", rows[4].outcome)
    assert.equal("accepted", rows[5].outcome)
  end)

  it("is not tried at all where its half may have been taken", function()
    local client, taken, calls = provider(function(_, call) return call == 1 and "refused" or "lost" end)
    local list = messages(8)
    local rows = client:send_many(list)
    check(rows, list, taken)
    assert.equal("uuuuuuuu", outcomes(rows))
    assert.same({ 8, 4, 4 }, calls)
  end)
end)
