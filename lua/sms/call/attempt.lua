-- SPDX-License-Identifier: MIT
-- The one path that every call takes once its arguments are checked: sign, exchange, decode; an answer or an error value.

local answers = require "sms.call.decode"
local core = require "sms.core"
local failure = require "sms.error"
local guard = require "sms.task.guard"
local rate = require "sms.call.rate"
local retry = require "sms.call.retry"
local scheduler = require "sms.task"
local transport = require "sms.call.transport"

local call = {}

-- Callers ask for `state.on_event` first, so that nothing is made for nobody. What it raises is told beside the outcome.
local function notify(state, request, event)
  event.provider = state.name
  local ok, problem = guard.callback(state.on_event, event)
  if ok then return end
  if request.callback_error == nil then request.callback_error = problem end
  warn("sms: on_event failed: ", guard.shown(problem), "\n")
end

-- How often a task looks whether another one's login has ended, seconds.
local LOGIN_LOOK = 0.01

-- Whether an operation is signed by a session that the provider hands out.
local function by_session(state, op)
  local session = state.manners.session
  return session and (op.facts.auth == nil or op.facts.auth == session.auth)
end

-- Waits while another task logs in; tells why no longer, if there is a reason.
local function wait_for_login(state, deadline)
  while state.logging_in and scheduler.waiter() do
    local kind, words = scheduler.stopped()
    if kind then return kind, words end
    if core.now() >= deadline then return "timeout", "the deadline came while another task was logging in" end
    scheduler.sleep(math.min(LOGIN_LOOK, deadline - core.now()))
  end
end

-- Marks a login under way, whichever way it ends: a task may be closed in the middle of it.
local LOGIN = { __close = function(mark) if mark.state.logging_in == mark then mark.state.logging_in = nil end end }

local function ask_session(state, deadline)
  local mark <close> = setmetatable({ state = state }, LOGIN)
  if scheduler.waiter() then state.logging_in = mark end
  local once = { retries = 0, timeout = deadline - core.now() }
  return state.manners.session.login(function(name, args) return state.perform(name, args, once) end, state.options)
end

-- What waited for a login that failed was not begun; another login may be tried where the kind of failure passes.
local function not_begun(err)
  if not failure.is(err) then return err end
  err.outcome, err.evidence = "not_sent", "the login failed; the call itself was not begun"
  err.retryable = err.retryable or failure.retryable(err)
  return err
end

-- Logs in where no session was given; all later calls share it, tasks wait for the one that asks.
local function login(state, op, deadline)
  local kind, words = wait_for_login(state, deadline)
  if kind then
    return nil, failure.new {
      kind = kind, outcome = "not_sent", provider = state.name, operation = op.name, message = words, retryable = false,
    }
  end
  if state.auth.default then return true end
  local lists, err = ask_session(state, deadline)
  if not lists then return nil, not_begun(err) end
  state.set_auth(lists)
  state.logged_in = true
  return true
end

local function ensure_session(state, op, request, deadline)
  if not state.auth.default then
    local ok, err = login(state, op, deadline)
    if not ok then return nil, err end
  end
  if op.facts.auth then request.auth = state.auth[op.facts.auth] end
  return true
end

--- Gives a request what distinguishes it beside its arguments.
---@param state table
---@param op table
---@param request table
function call.sign(state, op, request)
  local facts, options = op.facts, request.options
  if facts.host then
    request.endpoint, request.base_url = state.endpoint_of(facts.host, op.repeatable)
  elseif not op.repeatable then
    request.endpoint = state.single
  end
  if facts.auth then request.auth = state.auth[facts.auth] end
  if facts.accept or options and options.headers then
    local own = request.headers or {}
    request.headers = { Accept = facts.accept }
    for name, value in pairs(own) do request.headers[name] = value end
    for name, value in pairs(options and options.headers or {}) do request.headers[name] = value end
  end
  if state.manners.path then request.path = state.manners.path(request.path, state.options) end
end

-- One try: exchange and decode in the seconds left.
local function try_once(state, op, request, left)
  local answer, trouble = state.exchange(state, request, left)
  if not answer then return answers.broken(state, op, trouble) end
  return answers.read(state, op, answer, request)
end

-- Whether a call may be made again with a new session: it had no effect, or may be made twice. What an iterator gave is gone.
local function may_follow(op, request, refusal)
  return (refusal.outcome == "not_sent" or op.repeatable) and not (request.parts and request.parts.fed)
end

-- What came of the second try, or of the login before it, with the first try counted in.
local function counted(second, first, good)
  second.attempts = second.attempts + first.attempts
  if good then return second end
  local also = ("; a try before it, whose session was refused: %s"):format(first.evidence)
  if second.outcome == "not_sent" and first.outcome ~= "not_sent" then
    second.outcome, also = "unknown", also .. ", and may have had its effect"
  end
  second.evidence = second.evidence .. also
  return second
end

-- A session that came from a login and is refused is renewed once; a call that came with the old one takes the new one.
local function try_in_session(state, op, request, deadline)
  local ok, err = ensure_session(state, op, request, deadline)
  if not ok then return nil, err end
  local used = state.auth.default
  local result, second, good = try_once(state, op, request, deadline - core.now())
  if good or not state.logged_in or second.kind ~= "auth" then return result, second, good end
  if state.auth.default == used then state.auth.default = nil end
  if not may_follow(op, request, second) then return result, second end
  local first = second
  ok, err = ensure_session(state, op, request, deadline)
  if not ok then return nil, counted(err, first) end
  result, second, good = try_once(state, op, request, deadline - core.now())
  return result, counted(second, first, good), good
end

local function retries_of(state, request)
  if request.parts and request.parts.fed then return 0 end -- what an iterator gave is gone
  return request.options and request.options.retries or state.retries
end

local function policy_of(state, request, now, deadline)
  return { retries = retries_of(state, request), now = now, deadline = deadline, budget = state.budget }
end

--- Whether one try may put a request on a wire once only. Over HTTP/2 the core puts one that may be repeated on a second one at once when
--- its stream ended before an answer began; that counts as a retry.
---@param state table
---@param op table
---@param request table
---@param spent integer  tries and wires so far, the greater number of both
---@return boolean
function call.goes_once(state, op, request, spent)
  return not (op.repeatable and state.framed[request.endpoint or state.endpoint] and spent < retries_of(state, request))
end

-- Waits for the client's own rate. Nil and an error when the deadline comes first.
local function pace(state, op, request, deadline)
  if not state.bucket then return true end
  local now = core.now()
  local wait = rate.take(state.bucket, now)
  if now + wait >= deadline then
    rate.give_back(state.bucket)
    return nil, failure.new({
      kind = "rate_limited", outcome = "not_sent", provider = state.name, operation = op.name, retryable = false,
      message = ("the client's own rate asks for a wait of %s s, the deadline is nearer"):format(
        (core.text(math.ceil(wait * 1000) / 1000):gsub("%.0$", ""))),
    })
  end
  if wait > 0 then
    if state.on_event then notify(state, request, { type = "wait", operation = op.name, seconds = wait, reason = "rate" }) end
    transport.sleep(state, wait)
  end
  return true
end

local function too_late(state, op)
  return nil, failure.new {
    kind = "timeout", outcome = "not_sent", provider = state.name, operation = op.name, retryable = false,
    message = "the deadline passed before the request could begin",
  }
end

local function paced_try(state, op, request, deadline, tries)
  if state.bucket then
    local ok, err = pace(state, op, request, deadline)
    if not ok then return nil, err end
  end
  local left = deadline - core.now()
  if left <= 0 then return too_late(state, op) end
  if state.on_event then
    local path = state.mask(request.shown or request.path)
    notify(state, request, { type = "request", operation = op.name, method = request.method, path = path, try = tries })
  end
  if by_session(state, op) then return try_in_session(state, op, request, deadline) end
  return try_once(state, op, request, left)
end

-- Learns from what came back, and tells it.
local function settle(state, op, request, second, tries, good)
  if good then
    retry.succeeded(state.budget)
    if state.bucket then rate.succeeded(state.bucket, core.now()) end
    if state.on_event then
      local event = { type = "response", operation = op.name, status = second.status, duration = second.duration, try = tries }
      notify(state, request, event)
    end
  else
    if state.bucket and second.kind == "rate_limited" and second.status then rate.slowed(state.bucket, core.now()) end
    if state.on_event then notify(state, request, { type = "error", operation = op.name, error = second, try = tries }) end
  end
end

--- Tries a signed request, again where that is safe, before the deadline. Blocks.
---@param state table
---@param op table
---@param request table
---@param deadline number  on the clock of `core.now`
---@param second table?    the error that a first try ended with; without it none was made
---@return any? result
---@return table response_or_error
function call.persist(state, op, request, deadline, second)
  local tries, wires, unclear = 0, 0, false
  while true do
    local result, good
    request.once = call.goes_once(state, op, request, math.max(tries, wires))
    tries = tries + 1
    if tries > 1 or not second then result, second, good = paced_try(state, op, request, deadline, tries) end
    wires = wires + second.attempts
    second.attempts = wires
    settle(state, op, request, second, tries, good)
    second.callback_error = request.callback_error
    if good then return result, second end
    if unclear and second.outcome == "not_sent" then
      second.outcome, second.evidence = "unknown", second.evidence .. "; an earlier try may have had its effect"
    end
    unclear = second.outcome ~= "not_sent"
    local wait = retry.decide(second, math.max(tries, wires), policy_of(state, request, core.now(), deadline), math.random)
    if not wait then return nil, second end
    if state.on_event then
      notify(state, request, { type = "wait", operation = op.name, seconds = wait, reason = "retry", try = tries })
    end
    transport.sleep(state, wait)
  end
end

-- Whether a client has the credentials that an operation needs.
local function can_sign(state, op)
  return op.facts.auth ~= nil or state.auth.default or state.manners.session or not state.manners.credentials
end

local function no_credentials(state, op)
  return failure.new {
    kind = "auth", outcome = "not_sent", provider = state.name, operation = op.name, retryable = false,
    message = "the client has no credentials for this call: it needs the options " .. state.manners.credentials,
  }
end

--- Carries a prepared request through: sign, exchange, decode; again where that is safe, all within one deadline. Blocks.
---@param state table    the client's private state
---@param op table       the compiled operation
---@param request table  from `Operation.prepare`
---@return any? result
---@return table response_or_error
function call.carry(state, op, request)
  local options = request.options
  if not can_sign(state, op) then return nil, no_credentials(state, op) end
  call.sign(state, op, request)
  local deadline = core.now() + (options and options.timeout or state.timeout)
  local task = scheduler.current()
  if task and task.ends and task.ends < deadline then deadline = task.ends end
  return call.persist(state, op, request, deadline)
end

return call
