-- SPDX-License-Identifier: MIT
-- Sessions issued by a provider: requested by the first call that needs one, shared by all later calls, renewed once if refused.

local core = require "sms.core"
local failure = require "sms.error"
local scheduler = require "sms.task"
local transport = require "sms.call.transport"

local session = {}

-- Seconds between checks of a task that waits for another one's login.
local LOGIN_LOOK = 0.01

--- Whether an operation is signed by a session that the provider issues.
---@param state table
---@param op table
---@return boolean
function session.signs(state, op)
  local kind = state.adapter.session
  return kind ~= nil and (op.facts.auth == nil or op.facts.auth == kind.auth)
end

-- Waits while another task logs in; returns the reason for giving up, if any.
local function wait_for_login(state, deadline)
  while state.logging_in and scheduler.waiter() do
    local kind, words = scheduler.stopped()
    if kind then return kind, words end
    if core.now() >= deadline then return "timeout", "the deadline passed while another task was logging in" end
    scheduler.sleep(math.min(LOGIN_LOOK, deadline - core.now()))
  end
end

-- Ends the mark of a login in progress, however it ends: a task may be closed in the middle of it.
local LOGIN = { __close = function(mark) if mark.state.logging_in == mark then mark.state.logging_in = nil end end }

local function ask_session(state, deadline)
  local mark <close> = setmetatable({ state = state }, LOGIN)
  if scheduler.waiter() then state.logging_in = mark end
  local once = { retries = 0, timeout = deadline - core.now() }
  return state.adapter.session.login(function(name, args) return state.perform(name, args, once) end, state.options)
end

-- The error of a call that waited for a failed login: it was not sent; retryable if the failure is transient.
local function not_started(err)
  if not failure.is(err) then return err end
  err.outcome, err.evidence = "not_sent", "the login failed; the call itself was not started"
  err.retryable = err.retryable or failure.retryable(err)
  return err
end

-- Logs in if no session was given. All later calls share the session; other tasks wait for it.
local function login(state, op, deadline)
  local kind, words = wait_for_login(state, deadline)
  if kind then
    return nil, failure.new {
      kind = kind, outcome = "not_sent", provider = state.name, operation = op.name, message = words, retryable = false,
    }
  end
  if state.auth.default then return true end
  local lists, err = ask_session(state, deadline)
  if not lists then return nil, not_started(err) end
  state.set_auth(lists)
  state.logged_in = true
  return true
end

local function ensure(state, op, request, deadline)
  if not state.auth.default then
    local ok, err = login(state, op, deadline)
    if not ok then return nil, err end
  end
  if op.facts.auth then request.auth = state.auth[op.facts.auth] end
  request.extra = transport.extra(state, request)
  return true
end

-- Whether a call may be repeated with a new session: it had no effect, or is repeatable. Data from an iterator can't be resent.
local function may_follow(op, request, refusal)
  return (refusal.outcome == "not_sent" or op.repeatable) and not (request.parts and request.parts.fed)
end

-- The result of the second attempt, or of the login before it, with the first attempt included in the counts.
local function counted(details, first, good)
  details.attempts = details.attempts + first.attempts
  if good then return details end
  local also = ("; the previous attempt, whose session was refused: %s"):format(first.evidence)
  if details.outcome == "not_sent" and first.outcome ~= "not_sent" then
    details.outcome, also = "unknown", also .. ", and may have taken effect"
  end
  details.evidence = details.evidence .. also
  return details
end

--- One attempt in a session. A refused session from a login is renewed once; a call with the old session then uses the new one.
---@param plan table     see `sms.call`
---@param request table
---@param deadline number
---@param try fun(plan: table, request: table, seconds: number): any?, table, true?
---@return any? result
---@return table details
---@return true? good
function session.try(plan, request, deadline, try)
  local state, op = plan.state, plan.op
  local ok, err = ensure(state, op, request, deadline)
  if not ok then return nil, err end
  local used = state.auth.default
  local result, details, good = try(plan, request, deadline - core.now())
  if good or not state.logged_in or details.kind ~= "auth" then return result, details, good end
  if state.auth.default == used then state.auth.default = nil end
  if not may_follow(op, request, details) then return result, details end
  local first = details
  ok, err = ensure(state, op, request, deadline)
  if not ok then return nil, counted(err, first) end
  result, details, good = try(plan, request, deadline - core.now())
  return result, counted(details, first, good), good
end

return session
