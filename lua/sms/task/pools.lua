-- SPDX-License-Identifier: MIT
-- The connection pools of calls: one shared by all clients of a Lua state, or that of the external event loop.

local core = require "sms.core"
local scheduler = require "sms.task.scheduler"

--- `kept[1]`: the shared pool outside of event loops, once it exists.
local pools = { kept = {} }

local kept, SLICE = pools.kept, scheduler.SLICE

--- The default pool of clients: one per Lua state, or that of the external event loop.
---@param fresh? boolean  the last one is unusable: closed, or of the parent process
---@return userdata sms.pool
function pools.shared(fresh)
  local host = scheduler.host()
  if host then return host.pool(fresh) end
  if not kept[1] or fresh then kept[1] = core.pool() end
  return kept[1]
end

--- The pools in which a call of a client may have started a transfer.
---@param state table
---@return userdata[]
function pools.of(state)
  return { state.pool or pools.shared(), not state.pool and kept[1] or nil }
end

--- Blocks for some seconds, while transfers of the pool continue.
---@param pool userdata
---@param seconds number
function pools.rest(pool, seconds)
  local ends = core.now() + seconds
  repeat
    local left = ends - core.now()
    if left > 0 and not pool:step(math.min(left, SLICE)) then core.rest({}, math.min(left, SLICE)) end
  until left <= 0
end

return pools
