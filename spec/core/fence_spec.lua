-- SPDX-License-Identifier: MIT
-- The fence of a pool: after it no request goes on a wire, and what was stopped so was not sent.

local core = require "sms.core"
local peer = require "spec.support.peer"

describe("the fence of a pool", function()
  local server, pool, endpoint

  before_each(function()
    server, pool = peer.server(), core.pool()
    endpoint = core.endpoint { base_url = server.url }
  end)

  after_each(function()
    pool:close()
    server:close()
  end)

  local function send()
    local transfer = assert(pool:start(endpoint, "POST", "/send", "text", 60, true))
    return server:finish(pool, transfer)
  end

  it("stops every request right before its wire, on connections old and new", function()
    pool:fence(0)
    local status, failure = send()
    assert.same({ nil, "cancelled" }, { status, failure.kind })
    assert.matches("the fence of the pool has passed; the request was not sent", failure.message)
    assert.equal(0, failure.attempts)
    assert.equal(0, #server.arrived)
    pool:fence(60)
    assert.equal(200, (send()))
    pool:fence(0)
    assert.same({ nil, "cancelled" }, { (send()), select(2, send()).kind })
    pool:fence()
    assert.equal(200, (send()))
    assert.equal(2, #server.arrived)
  end)

  it("is over when either clock says so, measured from a reading that came before", function()
    local before = os.time()
    local steady, wall = core.clocks()
    assert.is_true(wall > before - 1 and wall < os.time() + 2)
    pool:fence(60, steady - 61, wall)
    assert.is_nil((send()))
    pool:fence(60, steady, wall - 61)
    assert.is_nil((send()))
    pool:fence(60, steady, wall)
    assert.equal(200, (send()))
  end)

  it("takes seconds, 0 or more", function()
    assert.error_matches(function() pool:fence(-1) end, "a number of seconds, 0 or more")
    assert.error_matches(function() pool:fence "soon" end, "number expected")
  end)
end)

describe("core.hash64", function()
  it("is FNV-1a of 64 bits, by its published test vectors", function()
    assert.equal(0xcbf29ce484222325, core.hash64 "")
    assert.equal(0xaf63dc4c8601ec8c, core.hash64 "a")
    assert.equal(0x85944171f73967e8, core.hash64 "foobar")
  end)
end)

describe("core.private_file", function()
  it("makes a file, tells it from a copy, and says what is no file", function()
    local path = os.tmpname()
    local first = assert(core.private_file(path))
    assert.equal(first, core.private_file(path))
    assert.matches("^%d+:%d+$", first)
    os.remove(path)
    assert.same({ nil, "it is not a file" }, { core.private_file "/dev/null" })
    assert.same({ nil, "No such file or directory" }, { core.private_file "/nowhere/at/all" })
  end)
end)
