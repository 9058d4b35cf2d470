-- SPDX-License-Identifier: MIT
-- Two processes that open an outbox that isn't there yet, at the same moment.

local driver = require "sms.outbox.driver"
local sms = require "sms"
local support = require "spec.support.outbox"

describe("an outbox in SQLite", function()
  local exec = driver.exec
  after_each(function() driver.exec = exec end)

  it("is opened, though another process makes its tables while they are looked for", function()
    local address = support.engines()[1].address()
    local first
    driver.exec = function(handle, sql, ...)
      local rows, problem = exec(handle, sql, ...)
      if not first and sql:find("sqlite_master", 1, true) then
        driver.exec = exec
        first = assert(sms.outbox.open(address))
      end
      return rows, problem
    end
    local second = assert(sms.outbox.open(address))
    assert.truthy(first)
    assert.same({}, second:status())
    first:close()
    support.close(second, address)
  end)
end)
