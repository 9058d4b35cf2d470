-- SPDX-License-Identifier: MIT
-- For specs of requests through the core: a pool for each test, and a raw peer and an endpoint as the test wants them.

local core = require "sms.core"
local peer = require "spec.support.peer"

local raw_calls = {}

--- `begin` and `finish` go before and after each test; the fields `pool`, `server` and `endpoint` are those of the test.
---@return table raw
function raw_calls.new()
  local raw = {}

  --- Starts the peer, with a script or as one that gives back what it gets.
  function raw.serve(script) raw.server = script and peer.listen(script) or peer.server() end

  --- Makes the endpoint, of the peer where no `base_url` is given.
  function raw.open(options)
    options = options or {}
    options.base_url = options.base_url or raw.server.url
    raw.endpoint = core.endpoint(options)
    return raw.endpoint
  end

  function raw.start(method, target, ...) return assert(raw.pool:start(raw.endpoint, method, target, ...)) end

  --- Makes one request. Gives the transfer and its result, packed.
  function raw.call(...)
    local transfer = raw.start(...)
    return transfer, table.pack(raw.server:finish(raw.pool, transfer))
  end

  function raw.begin() raw.pool = core.pool() end

  function raw.finish()
    raw.pool:close()
    if raw.server then raw.server:close() end
    raw.server = nil
    collectgarbage()
    collectgarbage()
  end

  return raw
end

return raw_calls
