-- SPDX-License-Identifier: MIT
-- Flow control of `client:send_many` and `client:send_each`: how many calls are in flight, and when the next one starts.

local core = require "sms.core"
local parallel = require "sms.task.parallel"
local rate = require "sms.call.rate"
local scheduler = require "sms.task"

local flow = {}

--- Default of the option `parallel`.
flow.PARALLEL = 8

-- Approximate maximum of finished rows that wait for an earlier call.
local ROWS_AHEAD = 4096

--- Waits until the client's rate allows another call, since calls that queue for it would use up their timeouts. The wait for the
--- last token is the call's own.
---@param state table
---@param options table?  per-call options
function flow.await_rate(state, options)
  local bucket = state.bucket
  local limit = (options and options.timeout or state.timeout) / 2
  while bucket and not scheduler.stopped() do
    local wait, between = rate.due(bucket, core.now())
    local most = math.min(between, limit)
    if wait <= most then return end
    scheduler.rest(wait - most, state.pool)
  end
end

--- Whether the caller can wait for several calls without blocking an event loop or other tasks.
---@return boolean
function flow.can_wait()
  local waiter, host = scheduler.waiter()
  return waiter ~= nil or not (host or scheduler.current())
end

--- Maximum number of calls in flight.
---@param own table  the options `parallel` and the like
---@return integer
function flow.width(own)
  return own.parallel ~= 1 and flow.can_wait() and (own.parallel or flow.PARALLEL) or 1
end

--- Maximum number of chunks taken and not yet returned.
---@param adapter table  the message part of a provider's adapter
---@param width integer
---@return integer
function flow.window(adapter, width)
  local rows = adapter.bulk and adapter.bulk_max or 1
  return math.max(width + 1, math.min(width * parallel.AHEAD, ROWS_AHEAD // rows))
end

return flow
