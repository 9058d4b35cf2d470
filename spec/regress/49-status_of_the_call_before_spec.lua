-- SPDX-License-Identifier: MIT
-- The story: a provider had answered 429. The next call was cancelled before it began, and its error said "HTTP 429", too: libcurl keeps
-- the status of a handle until the next request begins. Nobody was told why a connection could not be made, either.

local core = require "sms.core"
local peer = require "spec.support.peer"

describe("the error of a call that never left", function()
  local pool, server, endpoint

  before_each(function()
    pool, server = core.pool(), peer.server(function() return 429, "{}" end)
    endpoint = core.endpoint { base_url = server.url }
    assert.equal(429, (server:finish(pool, pool:start(endpoint, "GET", "/"))))
  end)
  after_each(function()
    pool:close()
    server:close()
  end)

  it("has no status of the one before", function()
    for why, kind in pairs { cancelled = "cancelled", timeout = "timeout" } do
      local transfer = pool:start(endpoint, "GET", "/")
      transfer:cancel(why)
      local result = table.pack(transfer:result())
      assert.same({ kind, 0 }, { result[2].kind, result[2].attempts })
      assert.is_nil(result[2].status)
    end
    local transfer = pool:start(endpoint, "GET", "/")
    pool:close()
    assert.is_nil(select(2, transfer:result()).status)
  end)

  it("tells the system's reason", function()
    server:close()
    local reasons = {
      [server.url] = "Connection refused", ["https://224.0.0.1"] = "unreachable",
    }
    for url, words in pairs(reasons) do
      local transfer = pool:start(core.endpoint { base_url = url }, "GET", "/")
      local result = table.pack(server:finish(pool, transfer))
      assert.same({ "network", 0 }, { result[2].kind, result[2].attempts }, result[2].message)
      assert.matches(words, result[2].message)
    end
  end)

  it("tells when no descriptor was left", function()
    local program = [[
      local core = require "sms.core"
      local pool, held = core.pool(), {}
      local transfer
      for _, url in ipairs { "http://127.0.0.1:1", "https://sms.invalid" } do
        transfer = pool:start(core.endpoint { base_url = url }, "GET", "/")
        repeat held[#held + 1] = io.open("/dev/null") until not io.open("/dev/null")
        while not pool:wait(transfer, 1) do end
        local _, failure = transfer:result()
        print(failure.kind, failure.message)
      end]]
    local line = ("ulimit -n 64; LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} -e '%s' 2>&1"):format(package.path, package.cpath, program)
    local pipe <close> = assert(io.popen(line))
    local said = pipe:read "a"
    assert.same(2, select(2, said:gsub("network\t[^\n]*: Too many open files", "")), said)
  end)
end)
