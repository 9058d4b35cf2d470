-- SPDX-License-Identifier: MIT
-- A list that would not be read whole is refused before anything is sent.

local four = require "spec.support.four"
local kinds = require "spec.support.kinds_of_call"
local sms = require "sms"

local function raised(fn, ...)
  local ok, words = pcall(fn, ...)
  assert.is_false(ok)
  return words
end

local CASES = {
  { { 1, 2, 3, nil, 5 }, "without holes: message 4 is missing" },
  { { 1, nil, 3, nil, nil, nil, nil, 8 }, "without holes: message 2 is missing" },
  { { 1, 2, [2000] = 3 }, "without holes: message 3 is missing" },
  { { nil, 2, 3 }, "without holes: message 1 is missing" },
  { { 1, 2, [0] = 3 }, "this table has the key '0'" },
  { { 1, 2, [-1] = 3 }, "this table has the key '-1'" },
  { { to = 1 }, "this table has the key 'to'" },
}

describe("a list of messages", function()
  it("with a hole in it sends nothing", function()
    for _, provider in ipairs(four.names) do
      local client, seen = four.client(provider)
      for i, case in ipairs(CASES) do
        local list = {}
        for key in pairs(case[1]) do list[key] = kinds.message(provider, "x") end
        for _, method in ipairs { "send_many", "send_each" } do
          local words = raised(client[method], client, list)
          assert.is_not_nil(words:find(provider .. ":" .. method .. ": messages must be a list", 1, true), i .. " " .. words)
          assert.is_not_nil(words:find(case[2], 1, true), i .. " " .. words)
        end
      end
      assert.equal(0, #seen)
    end
  end)

  it("is checked where rows are reconciled, and so are items of sms.parallel", function()
    local client, seen = four.client "zoomconnect"
    for i, case in ipairs(CASES) do
      local rows = {}
      for key in pairs(case[1]) do rows[key] = { to = "+27825550123", text = "x", time = 1, outcome = "unknown" } end
      local wanted = case[2]:gsub("message", "row")
      assert.is_not_nil(raised(client.reconcile, client, rows):find("zoomconnect:reconcile: rows must be a list", 1, true), i)
      assert.is_not_nil(raised(client.reconcile, client, rows):find(wanted, 1, true), i)
      wanted = case[2]:gsub("message", "item")
      local words = raised(sms.parallel, 2, case[1], print)
      assert.is_not_nil(words:find("sms.parallel: items must be a list", 1, true) and words:find(wanted, 1, true), words)
    end
    assert.equal(0, #seen)
  end)

  it("may have names beside it, be built backwards, and have false in it", function()
    local client = four.client "zoomconnect"
    local packed, backwards = table.pack(kinds.message("zoomconnect", "x"), kinds.message("zoomconnect", "y")), {}
    for i = 9, 1, -1 do backwards[i] = kinds.message("zoomconnect", "x") end
    assert.equal(2, #client:send_many(packed))
    assert.same({}, client:send_many(table.pack()))
    for _ in sms.parallel(2, table.pack(), print) do error "there is none" end
    assert.equal(9, #client:send_many(backwards))
    local rows = client:send_many { kinds.message("zoomconnect", "x"), false, kinds.message("zoomconnect", "x") }
    assert.same({ "accepted", "not_sent", "accepted" }, { rows[1].outcome, rows[2].outcome, rows[3].outcome })
  end)
end)
