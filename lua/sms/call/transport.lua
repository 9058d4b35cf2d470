-- SPDX-License-Identifier: MIT
-- Carries one request to the provider and its answer back over libcurl.

local core = require "sms.core"
local guard = require "sms.task.guard"
local response = require "sms.call.response".new
local scheduler = require "sms.task"
local stream = require "sms.call.stream"

local transport = {}

--- How often progress is told at most, seconds.
local PROGRESS = 0.1

local shared
local SLICE = scheduler.SLICE
local here, wait_for, take, news = scheduler.waiter, scheduler.await, core.take, scheduler.news

--- The pool that clients use when they are given none: one for each Lua state, or that of the event loop outside.
---@param fresh? boolean  the last one can't be used any more: it was closed, or belongs to the parent process
---@return userdata sms.pool
function transport.shared_pool(fresh)
  local host = scheduler.host()
  if host then return host.pool(fresh) end
  if not shared or fresh then shared = core.pool() end
  return shared
end

--- The pools in which a call of a client may have begun something.
---@param state table
---@return userdata[]
function transport.pools(state)
  return { state.pool or transport.shared_pool(), not state.pool and shared or nil }
end

--- Waits without work; transfers of the pool go on meanwhile. In a task it returns early when the task is stopped.
---@param state table
---@param seconds number
function transport.sleep(state, seconds)
  local waiter = scheduler.waiter()
  if waiter then return scheduler.sleep(seconds, waiter) end
  local pool, ends = state.pool or transport.shared_pool(), core.now() + seconds
  repeat
    local left = ends - core.now()
    if left > 0 and not pool:step(math.min(left, SLICE)) then core.rest({}, math.min(left, SLICE)) end
  until left <= 0
end

-- Parts for the core, and the chunks that one of them is fed from.
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

-- What `pool:start` takes beside the usual, and the part that is fed. A plain call has nothing beside the usual.
local function extras(state, request, options)
  local auth, parts, source = request.auth, nil, nil
  if auth == nil then auth = state.session_auth end
  if not (auth == false or request.content_type or request.parts or request.headers or options) then return auth end
  if request.parts then parts, source = split_parts(request.parts) end
  local extra = { content_type = request.content_type, parts = parts, auth = auth, headers = request.headers }
  if options then extra.max_body, extra.to_file, extra.stream = options.max_body, options.to_file, options.stream end
  return extra, source
end

-- What a transfer that has ended tells, in the order of `pool:exchange`.
local function told_by(transfer)
  local status, text, third, fourth, fifth, sixth, seventh, eighth = transfer:result()
  if status then return status, text, third, fourth, transfer:head() end
  return nil, text, third, fourth, fifth, sixth, seventh, eighth, transfer:head()
end

-- The same of one that is given up: with what is known of it.
local function given_up(transfer, kind, words)
  transfer:cancel()
  local status, text, third, fourth, fifth, sixth, seventh, eighth, ninth = told_by(transfer)
  transfer:close()
  if not status and text == "cancelled" then text, third = kind, words end
  return status, text, third, fourth, fifth, sixth, seventh, eighth, ninth
end

-- That as an answer or a failure; libcurl's own code is not looked at.
local function outcome_of(status, text, attempts, duration, head, sixth, seventh, eighth, ninth)
  if status then return response(status, head, text, attempts, duration) end
  return nil, {
    kind = text, message = attempts, attempts = head or 0, duration = sixth or 0, status = seventh, body = eighth, head = ninth,
  }
end

-- Waits once for the end of a transfer or news of it. Returns why it can't go on, as kind and words.
local function wait_once(waiter, pool, transfer, act)
  if not waiter then return scheduler.block(pool, transfer) end
  local words = wait_for(waiter, pool, transfer, act and PROGRESS)
  if words then return "invalid", words end
  if waiter.broken then return waiter.broken.kind, waiter.broken.message end
end

-- Turns until the transfer has ended or `enough()`; `act` does its part between two waits, and once after the end, which may come while it
-- waits itself. Returns why not, as kind and words.
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

-- What has to be done while a transfer runs: feed it, tell its progress. What these functions of the script raise is kept in the
-- request; progress is not told again after that.
local function acts_of(request, source, progress)
  local feed = source and stream.feeder(source)
  if not progress then return feed end
  local told = -math.huge
  return function(transfer)
    if progress and (transfer:done() or core.now() - told >= PROGRESS) then
      told = core.now()
      local ok, problem = guard.callback(progress, transfer:progress())
      if not ok then progress = nil end
      if not ok and request.callback_error == nil then request.callback_error = problem end
    end
    if feed then return feed(transfer) end
  end
end

local function target_of(request)
  return request.query == "" and request.path or request.path .. "?" .. request.query
end

local function start(state, request, timeout)
  local pool, options = state.pool or transport.shared_pool(), request.options
  local target = target_of(request)
  local extra, source = extras(state, request, options)
  local endpoint = request.endpoint or state.endpoint
  local transfer, kind, message = pool:start(endpoint, request.method, target, request.body, timeout, request.once, extra)
  if kind == "closed" and not state.pool then
    pool = transport.shared_pool(true)
    transfer, kind, message = pool:start(endpoint, request.method, target, request.body, timeout, request.once, extra)
  end
  if not transfer then return nil, nil, { kind = kind, message = message, attempts = 0, duration = 0 } end
  return pool, transfer, acts_of(request, source, options and options.progress)
end

-- An answer that is read piece by piece: here as soon as its header is. What is no good answer is read to its end.
local function open_stream(request, pool, transfer, act)
  local function known(running) return running:status() ~= nil end
  local broken, words = transport.await(pool, transfer, act, known)
  local status, attempts = transfer:status()
  if not broken and status and status // 100 == 2 then
    local answer = response(status, transfer:head(), "", attempts, transfer:timings().start)
    answer.stream = stream.reader(transfer, function(more) return transport.await(pool, transfer, act, more) end, request)
    return answer
  end
  local closing <close> = transfer -- luacheck: ignore 211
  if not broken then broken, words = transport.await(pool, transfer, act) end
  if broken then return outcome_of(given_up(transfer, broken, words)) end
  return outcome_of(told_by(transfer))
end

-- A stream has no total time-out but what its call or its task says: how long reading takes is up to the reader.
local function time_for(options, timeout)
  if not options or not options.stream or options.timeout then return timeout end
  local deadline = scheduler.deadline()
  return deadline and deadline - core.now()
end

--- Why an exchange must not be begun any more: its task was stopped, or its time is over.
---@param seconds number?  left
---@return table? failure
function transport.too_late(seconds)
  local stopped, why = scheduler.stopped()
  if stopped then
    if here() then scheduler.sleep(0) end -- a task that goes on and on calling must not hold up the others
    return { kind = stopped, message = why, attempts = 0, duration = 0 }
  end
  if seconds and seconds <= 0 then
    return { kind = "timeout", message = "the deadline came before the request was made", attempts = 0, duration = 0 }
  end
end

local function wait_and_finish(pool, running, act)
  local transfer <close> = running
  local broken, words = transport.await(pool, transfer, act)
  if broken then return outcome_of(given_up(transfer, broken, words)) end
  return outcome_of(told_by(transfer))
end

--- The pool of a client.
---@param state table
---@param host table?  the event loop outside
---@return userdata
function transport.pool_of(state, host)
  return state.pool or not host and shared or transport.shared_pool()
end

--- What `pool:exchange` gave as an answer or a failure; one that takes long is waited for. Neither: nothing was begun, for the pool is
--- closed.
---@param pool userdata
---@param status integer|userdata|nil
---@param ... any
---@return table? answer as `transport.curl` gives it
---@return table? failure
function transport.outcome(pool, status, text, attempts, duration, head, sixth, seventh, eighth, ninth)
  if news[1] then scheduler.deliver(news) end
  if status and not attempts then return wait_and_finish(pool, status) end
  if text == "closed" and not head then return nil end
  return outcome_of(status, text, attempts, duration, head, sixth, seventh, eighth, ninth)
end

--- The same as `pool:exchange` for who can wait without blocking: the others go on meanwhile, and it is always waited for.
---@param waiter table
---@param own boolean?  of `scheduler.waiter`
---@param pool userdata
---@param endpoint userdata
---@param method string
---@param target string
---@param body string?
---@param seconds number
---@param once boolean
---@param extra table?  what `pool:start` takes beside the usual
---@return any ...  what `pool:exchange` gives
function transport.in_turn(waiter, own, pool, endpoint, method, target, body, seconds, once, extra)
  local transfer, kind, words = pool:start(endpoint, method, target, body, seconds, once, extra, waiter)
  if not transfer then return nil, kind, words end
  local closing <close> = not own and transfer or nil -- luacheck: ignore 211
  repeat -- it may be woken for something else, too
    local refused = wait_for(waiter, pool, transfer, nil, own)
    if refused then return given_up(transfer, "invalid", refused) end
    local status, text, attempts, duration, head, sixth, seventh, eighth, ninth = take(transfer)
    if status or text then return status, text, attempts, duration, head, sixth, seventh, eighth, ninth end
  until waiter.stopped or waiter.broken
  if waiter.stopped then return given_up(transfer, scheduler.stopped()) end
  return given_up(transfer, waiter.broken.kind, waiter.broken.message)
end

-- A request that needs nothing done while it runs.
local function exchange(state, waiter, host, own, request, seconds)
  local pool, endpoint, target, extra = transport.pool_of(state, host), transport.address(state, request)
  if waiter then
    return transport.outcome(pool,
      transport.in_turn(waiter, own, pool, endpoint, request.method, target, request.body, seconds, request.once, extra))
  end
  if not pool.exchange then return nil end
  return transport.outcome(pool,
    pool:exchange(endpoint, request.method, target, request.body, seconds, request.once, extra, SLICE, news))
end

--- Who asks, for what and how, of requests that differ in their bodies only.
---@param state table
---@param request table
---@return userdata endpoint
---@return string target
---@return table? extra  what `pool:start` takes beside the usual
function transport.address(state, request)
  return request.endpoint or state.endpoint, target_of(request), (extras(state, request))
end

--- One exchange over libcurl. Inside a task it yields, outside it blocks.
---@param state table  the client's private state: `pool`, `endpoint`
---@param request table
---@param timeout number  seconds
---@return table? answer  a response with its `body`, or `stream`
---@return table? failure `{ kind, message, attempts, duration, status?, body?, head? }`
function transport.curl(state, request, timeout)
  local options = request.options
  if not options and timeout > 0 and not request.parts then
    local waiter, host, own = here()
    local stopped = waiter and waiter.stopped or not waiter and scheduler.stopped()
    if not stopped then
      local answer, trouble = exchange(state, waiter, host, own, request, timeout)
      if answer or trouble then return answer, trouble end
    end
  end
  local seconds = time_for(options, timeout)
  local late = transport.too_late(seconds)
  if late then return nil, late end
  local pool, running, act = start(state, request, seconds)
  if not pool then return nil, act end
  if options and options.stream then return open_stream(request, pool, running, act) end
  return wait_and_finish(pool, running, act)
end

return transport
