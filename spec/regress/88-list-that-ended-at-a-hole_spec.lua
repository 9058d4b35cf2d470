-- SPDX-License-Identifier: MIT
-- The story: a script set the rows of people who had moved to nil, and planned its list. Everybody behind the first of them was left out,
-- and the plan said that all was well. Another list had one name from an old database, and was not planned at all.

local support = require "spec.support.outbox"

teardown(support.finish)

describe("a list of rows", function()
  local outbox, address

  before_each(function() outbox, address = support.open(support.engines()[1]) end)
  after_each(function() support.close(outbox, address) end)

  it("with a hole is refused at the script's line", function()
    local rows = support.rows(3)
    rows[2] = nil
    local ok, words = pcall(function() local _ = outbox:plan("june", rows, { text = "Hi", route = "zc" }) end)
    assert.is_false(ok)
    assert.matches("88%-list.*:%d+: outbox:plan: rows must be a list without holes: row 2 is missing", words)
  end)

  it("with a name that is not UTF-8 is planned, but for that row", function()
    local rows = support.rows(3)
    rows[2].vars.name = "Ren\xE9"
    local plan = assert(outbox:plan("june", rows, { text = "Hi {name}", route = "zc" }))
    assert.same({ 3, 2, { invalid = 1 } }, { plan.rows, plan.ready, plan.by_reason })
  end)
end)
