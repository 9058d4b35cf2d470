-- SPDX-License-Identifier: MIT
-- An exchange of the core that somebody waits for by yielding.

local core = require "sms.core"
local peer = require "spec.support.peer"

describe("pool:exchange with an owner", function()
  it("yields meanwhile, and gives the transfer to whoever is resumed before its end", function()
    local pool, server = core.pool(), peer.server()
    local endpoint = core.endpoint { base_url = server.url }
    local function exchange(owner)
      return coroutine.wrap(function()
        return "ended", pool:exchange(endpoint, "POST", "/", '{"a":1}', 60, true, nil, owner, "wait")
      end)
    end
    local owner, early = {}, {}
    local resume, resume_early = exchange(owner), exchange(early)
    assert.equal("wait", resume())
    assert.equal("wait", resume_early())
    local running = early.transfer
    assert.same({ "ended", running }, { resume_early() })
    server:finish(pool, owner.transfer)
    local result = table.pack(resume())
    assert.same({ "ended", 200, '{"a":1}', 1 }, { table.unpack(result, 1, 4) })
    running:close()
    endpoint:close()
    assert.same({ n = 4, "ended", nil, "closed", "the endpoint is closed" }, table.pack(exchange {}()))
    pool:close()
    server:close()
  end)
end)
