-- SPDX-License-Identifier: MIT
-- The one path that every call takes once its arguments are checked: sign, exchange, decode; an answer or an error value.

local answers = require "sms.answer"
local core = require "sms.core"
local failure = require "sms.error"
local retry = require "sms.retry"
local transport = require "sms.transport"

local call = {}

local function notify(state, event)
  if not state.on_event then return end
  event.provider = state.name
  local ok, message = pcall(state.on_event, event)
  if not ok then warn("sms: on_event failed: ", tostring(message), "\n") end
end

-- Logs in where a provider needs a session and the client was given none; all later calls share it.
local function ensure_session(state, op)
  local session = state.manners.session
  if not session or op.facts.auth ~= nil and op.facts.auth ~= session.auth or state.auth.default then return true end
  local lists, err = session.login(function(name, args) return state.perform(name, args) end, state.options)
  if not lists then return nil, err end
  state.set_auth(lists)
  state.logged_in = true
  return true
end

local function sign(state, op, request)
  local facts, options = op.facts, request.options
  if facts.auth then request.auth = state.auth[facts.auth] end
  if facts.host then request.endpoint = state.endpoint_of(facts.host) end
  if facts.accept or options and options.headers then
    request.headers = { Accept = facts.accept }
    for name, value in pairs(options and options.headers or {}) do request.headers[name] = value end
  end
  if state.manners.path then request.path = state.manners.path(request.path, state.options) end
end

-- One try: exchange and decode within `timeout` seconds.
local function try_once(state, op, request, timeout)
  local answer, trouble = state.exchange(state, request, timeout)
  if not answer then return answers.broken(state, op, trouble) end
  return answers.read(state, op, answer)
end

-- A session that came from a login and is refused is renewed once.
local function try(state, op, request, timeout)
  local ok, err = ensure_session(state, op)
  if not ok then return nil, err end
  local result, second = try_once(state, op, request, timeout)
  if not failure.is(second) or second.kind ~= "auth" or not state.logged_in then return result, second end
  state.auth.default, state.logged_in = nil, false
  ok, err = ensure_session(state, op)
  if not ok then return nil, err end
  if op.facts.auth then request.auth = state.auth[op.facts.auth] end
  return try_once(state, op, request, timeout)
end

local function policy_of(state, request, now, deadline)
  local retries = request.options and request.options.retries or state.retries
  return { retries = retries, now = now, deadline = deadline, budget = state.budget }
end

--- Carries a prepared request through: sign, exchange, decode; again where that is safe, all within one deadline. Blocks.
---@param state table    the client's private state
---@param op table       the compiled operation
---@param request table  from `Operation.prepare`
---@return any? result
---@return table response_or_error
function call.carry(state, op, request)
  sign(state, op, request)
  local began = core.now()
  local deadline, tries, wires = began + (request.options and request.options.timeout or state.timeout), 0, 0
  while true do
    tries = tries + 1
    notify(state, { type = "request", operation = op.name, method = request.method, path = state.mask(request.path), try = tries })
    local result, second = try(state, op, request, deadline - core.now())
    wires = wires + second.attempts
    second.attempts = wires
    if not failure.is(second) then
      retry.succeeded(state.budget)
      notify(state, { type = "response", operation = op.name, status = second.status, duration = second.duration, try = tries })
      return result, second
    end
    notify(state, { type = "error", operation = op.name, error = second, try = tries })
    local wait = retry.decide(second, tries, policy_of(state, request, core.now(), deadline), math.random)
    if not wait then return nil, second end
    notify(state, { type = "wait", operation = op.name, seconds = wait, try = tries })
    transport.sleep(state, wait)
  end
end

return call
