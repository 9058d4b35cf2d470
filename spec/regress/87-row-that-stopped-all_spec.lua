-- SPDX-License-Identifier: MIT
-- The story: a shop put its reminders into the table `intake`, and one of them had its moment as "tomorrow 9:00". The worker could not take
-- it in, tried again ten times a second, and ended after a minute; passwords that came behind it were never sent.

local support = require "spec.support.outbox"

teardown(support.finish)

describe("a row of another program that nobody can send", function()
  it("is kept with its reason, and the next one goes", function()
    local outbox, address = support.open(support.engines()[1])
    local sql = "insert into sms.intake (run, key, body) values ('otp', ?, ?)"
    support.sql(address, sql, "first", '{"to": "+27825551234", "text": "Your bike is ready", "route": "zc", "at": "tomorrow 9:00"}')
    support.sql(address, sql, "second", '{"to": "+27825551235", "text": "Code 4711", "route": "zc"}')
    local client, sent = support.client()
    local counts = support.work(outbox, client, { patience = 1 })
    assert.same({ nil, 1 }, { counts.fault, counts.accepted })
    assert.same({ ["+27825551235"] = 1 }, sent)
    assert.matches("option 'at' must be a number, got 'tomorrow 9:00'", outbox:rows { run = "otp", state = "not_sent" }().error)
    support.close(outbox, address)
  end)
end)
