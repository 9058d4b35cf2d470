-- SPDX-License-Identifier: MIT
-- Carries one request to the provider and its response back over libcurl.

local core = require "sms.core"
local guard = require "sms.task.guard"
local pools = require "sms.task.pools"
local scheduler = require "sms.task"
local stream = require "sms.call.stream"

local transport = {}

--- Minimum seconds between two calls of `progress`.
local PROGRESS = 0.1

local SLICE, shared = scheduler.SLICE, pools.kept
local here, wait_for, take, completions, alone = scheduler.waiter, scheduler.await, core.take, scheduler.completions, scheduler.alone
local current, now = scheduler.current, core.now
local waiting, pools_in_use, WAIT = scheduler.waiting, scheduler.pools, scheduler.WAIT

-- Converts parts for the core; also returns the part whose chunks are fed, if any.
local function split_parts(parts)
  local source
  for _, part in ipairs(parts) do source = source or part.chunks and part end
  if not source then return parts end
  local out = {}
  for i, part in ipairs(parts) do
    out[i] = { name = part.name, data = part.data, path = part.path, filename = part.filename, type = part.type }
    if part.chunks then out[i].feed, out[i].size = true, part.size end
  end
  return out, source
end

-- The argument `extra` of `pool:start`, and the part that is fed. A plain call needs neither.
local function extras(state, request)
  local auth, options, parts, source = request.auth, request.options, nil, nil
  if auth == nil then auth = state.session_auth end
  local limited = options and (options.max_body or options.to_file or options.stream)
  if not (auth == false or request.content_type or request.parts or request.headers or limited) then return auth end
  if request.parts then parts, source = split_parts(request.parts) end
  local extra = { content_type = request.content_type, parts = parts, auth = auth, headers = request.headers }
  if options then extra.max_body, extra.to_file, extra.stream = options.max_body, options.to_file, options.stream end
  return extra, source
end

--- The argument `extra` of `pool:start` for a request; created once if it is the same for all requests.
---@param state table
---@param request table
---@return table|userdata|nil
function transport.extra(state, request)
  return (extras(state, request))
end

-- A raw response, see `transport.exchange`.
local function received(status, body, attempts, duration, head, labelled)
  local response = { status = status, body = body, attempts = attempts, duration = duration, head = head, outcome = "accepted" }
  if labelled then response.labelled = true end
  return response
end

--- The failure of a request that was not sent.
---@param kind string
---@param message string
---@return table failure
local function unsent(kind, message)
  return { kind = kind, message = message, attempts = 0, duration = 0 }
end

transport.unsent = unsent

-- The result of a finished transfer; its body counts as labelled.
local function result_of(transfer)
  local status, body, attempts, duration = transfer:result()
  if status then return received(status, body, attempts, duration, transfer:head(), true) end
  body.head = transfer:head()
  return nil, body
end

-- The same for an abandoned transfer, as far as known.
local function give_up(transfer, kind, words)
  transfer:cancel()
  local response, failure = result_of(transfer)
  transfer:close()
  if failure and failure.kind == "cancelled" then failure.kind, failure.message = kind, words end
  return response, failure
end

-- Waits once for the end of a transfer, or until it can be read or fed. Returns a failure, as kind and message.
local function wait_once(waiter, pool, transfer, act)
  if not waiter then return scheduler.block(pool, transfer) end
  local words = wait_for(waiter, pool, transfer, act and PROGRESS)
  if words then return "invalid", words end
  if waiter.broken then return waiter.broken.kind, waiter.broken.message end
end

-- Waits until the transfer has finished or `enough()`. Calls `act` between waits, and once after the end, which may come while it
-- waits itself. Returns a failure, as kind and message.
local function follow(waiter, pool, transfer, act, enough)
  while true do
    local over = transfer:done()
    if waiter and waiter.stopped and not over then return scheduler.stopped() end
    if act then
      local kind, words = act(transfer)
      if kind then return kind, words end
    end
    if over or enough and enough(transfer) then return nil end
    if not transfer:done() then
      local kind, words = wait_once(waiter, pool, transfer, act)
      if kind and not transfer:done() then return kind, words end
    end
  end
end

--- Waits for the end of a transfer, or until `enough(transfer)`: yields in a task, blocks outside.
---@param pool userdata
---@param transfer userdata
---@param act? fun(transfer: userdata): string?, string?   called before each wait; a kind and words end the wait
---@param enough? fun(transfer: userdata): boolean
---@return string? kind   why the wait ended before
---@return string? words
function transport.await(pool, transfer, act, enough)
  local waiter = here()
  if waiter then transfer:owner(waiter) end
  return follow(waiter, pool, transfer, act, enough)
end

-- The work during a transfer: feeding it, reporting progress. Errors raised by these functions of the script are kept in the
-- request; progress is not reported again after that.
local function acts_of(request, source, progress)
  local feed = source and stream.feeder(source)
  if not progress then return feed end
  local reported = -math.huge
  return function(transfer)
    if progress and (transfer:done() or core.now() - reported >= PROGRESS) then
      reported = core.now()
      local ok, problem = guard.callback(progress, transfer:progress())
      if not ok then progress = nil end
      if not ok and request.callback_error == nil then request.callback_error = problem end
    end
    if feed then return feed(transfer) end
  end
end

local TOO_LATE = "the deadline passed before the request was sent"

-- Why an exchange must not be started: its task was stopped, or its deadline has passed.
local function not_started(seconds)
  local stopped, why = scheduler.stopped()
  if stopped then
    if here() then scheduler.sleep(0) end -- a task that calls continually must not starve the others
    return stopped, why
  end
  if seconds and seconds <= 0 then return "timeout", TOO_LATE end
end

--- The same for other transports.
---@param seconds number?  left
---@return string? kind
---@return string? words
transport.not_started = not_started

-- Starts a transfer, with a new pool if the shared one was closed.
local function start(state, request, target, body, seconds, extra)
  local pool = state.pool or pools.shared()
  local transfer, kind, words = pool:start(request.endpoint, request.method, target, body, seconds, request.once, extra)
  if kind == "closed" and not state.pool then
    pool = pools.shared(true)
    transfer, kind, words = pool:start(request.endpoint, request.method, target, body, seconds, request.once, extra)
  end
  return pool, transfer, kind, words
end

local function wait_and_finish(pool, running, act)
  local transfer <close> = running
  local broken, words = transport.await(pool, transfer, act)
  if broken then return give_up(transfer, broken, words) end
  return result_of(transfer)
end

-- Returns a streamed response as soon as its header has arrived. An error response is read completely.
local function open_stream(request, pool, transfer, act)
  local function known(running) return running:status() ~= nil end
  local broken, words = transport.await(pool, transfer, act, known)
  local status, attempts = transfer:status()
  if not broken and status and status // 100 == 2 then
    local function await(more) return transport.await(pool, transfer, act, more) end
    local response = received(status, "", attempts, transfer:timings().start, transfer:head(), true)
    response.stream = stream.reader(transfer, await, request)
    return response
  end
  local _ <close> = transfer
  if not broken then broken, words = transport.await(pool, transfer, act) end
  if broken then return give_up(transfer, broken, words) end
  return result_of(transfer)
end

-- A stream has no total timeout except that of its call or task: the duration depends on the reader.
local function time_for(options, timeout)
  if not options or not options.stream or options.timeout then return timeout end
  local deadline = scheduler.deadline()
  return deadline and deadline - now()
end

-- An exchange with work during the transfer: parts, progress or a streamed response.
local function attended(state, request, target, body, timeout)
  local options = request.options
  local seconds = time_for(options, timeout)
  local kind, words = not_started(seconds)
  if kind then return nil, unsent(kind, words) end
  local extra, source = extras(state, request)
  local pool, transfer
  pool, transfer, kind, words = start(state, request, target, body, seconds, extra)
  if not transfer then return nil, unsent(kind, words) end
  local act = acts_of(request, source, options and options.progress)
  if options and options.stream then return open_stream(request, pool, transfer, act) end
  return wait_and_finish(pool, transfer, act)
end

-- An exchange without `pool:exchange`: the pool is supplied by the script, or was closed.
local function step_by_step(state, request, target, body, seconds)
  local pool, transfer, kind, words = start(state, request, target, body, seconds, request.extra)
  if not transfer then return nil, unsent(kind, words) end
  return wait_and_finish(pool, transfer)
end

-- Waits for the end of a transfer whose owner can wait without blocking and may have been woken for another reason.
local function await_owned(waiter, pool, transfer)
  local _ <close> = transfer
  while not (waiter.stopped or waiter.broken) do
    local refused = wait_for(waiter, pool, transfer)
    if refused then return give_up(transfer, "invalid", refused) end
    local status, body, attempts, duration, head, labelled = take(transfer)
    if status then return received(status, body, attempts, duration, head, labelled) end
    if body then return nil, body end
  end
  if waiter.stopped then return give_up(transfer, scheduler.stopped()) end
  return give_up(transfer, waiter.broken.kind, waiter.broken.message)
end

-- Like `pool:exchange`, for waiters that can wait without blocking but can't yield directly to the scheduler.
local function in_turn(waiter, state, pool, request, target, body, seconds)
  local transfer, kind, words =
    pool:start(request.endpoint, request.method, target, body, seconds, request.once, request.extra, waiter)
  if transfer then return await_owned(waiter, pool, transfer) end
  if kind == "closed" and not state.pool then return step_by_step(state, request, target, body, seconds) end
  return nil, unsent(kind, words)
end

--- One exchange over libcurl. Inside a task it yields, outside it blocks.
---@param state table    the client's private state
---@param request table  `endpoint`, `method`, `extra`; with `attended` also `parts` and `options`
---@param target string
---@param body string?
---@param seconds number
---@return table? response  `{ status, body, attempts, duration, head, labelled?, stream?, outcome }`: number of times the request was sent,
---  seconds, header lines or a table of them by lower-case name, whether the body may be in another charset than UTF-8
---@return table? failure   `{ kind, message, attempts, duration, status?, body?, head? }`: what was received before it
function transport.exchange(state, request, target, body, seconds)
  if request.attended then return attended(state, request, target, body, seconds) end
  local waiter, host, own
  if not alone.yes then
    waiter, host, own = here()
    local task = waiter or current()
    if task and task.ends then seconds = math.min(seconds, task.ends - now()) end
    if task and task.stopped then seconds = 0 end
  end
  if seconds <= 0 then return nil, unsent(not_started(seconds)) end
  local pool = state.pool or not host and shared[1] or pools.shared()
  local exchange, limit, list = pool.exchange, SLICE, completions
  if not exchange then return step_by_step(state, request, target, body, seconds) end
  if waiter then
    waiter.broken = false
    if host or not own then return in_turn(waiter, state, pool, request, target, body, seconds) end
    waiting[waiter] = pool
    pools_in_use[pool] = true
    limit, list = waiter, WAIT
  end
  local status, text, attempts, duration, head, labelled =
    exchange(pool, request.endpoint, request.method, target, body, seconds, request.once, request.extra, limit, list)
  if waiter then
    waiting[waiter] = nil
    waiter.transfer = false
  elseif completions[1] then
    scheduler.deliver(completions)
  end
  if status and attempts then return received(status, text, attempts, duration, head, labelled) end
  if status then -- the transfer has not ended
    if waiter then return await_owned(waiter, pool, status) end
    return wait_and_finish(pool, status)
  end
  if not attempts then return nil, text end
  if text == "closed" and not state.pool then return step_by_step(state, request, target, body, seconds) end
  return nil, unsent(text, attempts)
end

return transport
