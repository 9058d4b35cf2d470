-- SPDX-License-Identifier: MIT
-- How every call is made: plan, check, attempt, decode, retry. Independent of the provider.
--
-- A plan is created at the first call of an operation by a client and holds what all its calls share: endpoint, method, credentials and
-- the shape of the result. It also serves as the request of calls that differ only in their bodies; any other call has a request
-- of its own, with the same fields.
--
-- An attempt returns its result, its `details` (the response, or the error value if it failed) and whether it was successful.

local core = require "sms.core"
local custom = require "sms.call.custom_transport"
local decode = require "sms.call.decode"
local failure = require "sms.error"
local guard = require "sms.task.guard"
local json = require "sms.json"
local native = require "sms.api.native"
local Operation = require "sms.api.operation"
local options_of = require "sms.api.options"
local rate = require "sms.call.rate"
local requests = require "sms.api.request"
local retry = require "sms.call.retry"
local scheduler = require "sms.task"
local session = require "sms.call.session"
local transport = require "sms.call.transport"

local call = {}

local as_is, converted, check, place, encode = Operation.as_is, Operation.converted, core.check, core.place, json.encode
local fast_success, read = decode.fast_success, decode.read
local BRIEF, FULL = options_of.brief, retry.BUDGET
local MIN_TIME = 0.001 -- seconds; the resolution of the core

---------------------------------------------------------------- plans

-- Whether a client has the credentials that an operation needs.
local function can_sign(state, op)
  return op.facts.auth ~= nil or state.auth.default or state.adapter.session or not state.adapter.credentials
end

local function no_credentials(state, op)
  return failure.new {
    kind = "auth", outcome = "not_sent", provider = state.name, operation = op.name, retryable = false,
    message = "the client has no credentials for this call, which requires the options " .. state.adapter.credentials,
  }
end

local function retries_of(state, request)
  if request.parts and request.parts.fed then return 0 end -- data from an iterator can't be sent again
  return request.options and request.options.retries or state.retries
end

-- Whether one attempt must send a request only once. Over HTTP/2 the core immediately resends a repeatable request if
-- its stream ended before a response began; that counts as a retry. `spent`: attempts or sends so far, whichever is greater.
local function goes_once(plan, request, spent)
  local state = plan.state
  return not (plan.op.repeatable and state.framed[request.endpoint] and spent < retries_of(state, request))
end

-- Sets the header fields of a request: its operation's, its own, those of the call. A trace is the call's option, else a field of that
-- name, else the client's option.
local function add_headers(plan, request)
  local options, of_client = request.options, plan.state.options.traceparent
  request.trace = options and options.traceparent
  if not (request.headers or request.trace or of_client or options and options.headers) then
    request.headers = plan.headers
    return
  end
  local out, named = {}, nil
  for _, list in ipairs { plan.headers or {}, request.headers or {}, options and options.headers or {} } do
    for name, value in pairs(list) do
      if core.lower(name) == "traceparent" then named = value else out[name] = value end
    end
  end
  request.trace = request.trace or named or of_client
  request.headers, out.traceparent = out, request.trace
end

-- Completes a request whose own fields are set: endpoint, credentials, header fields, target.
local function sign(plan, request)
  local state, options = plan.state, request.options
  request.endpoint, request.base_url, request.auth = plan.endpoint, plan.base_url, plan.auth
  add_headers(plan, request)
  if state.adapter.path then request.path = state.adapter.path(request.path, state.options) end
  request.target = request.query == "" and request.path or request.path .. "?" .. request.query
  request.attended = request.parts ~= nil or options ~= nil and (options.stream or options.progress or options.to_file) and true or false
  if not request.attended then request.extra = transport.extra(state, request) end
  request.once = goes_once(plan, request, 0)
  return request
end

-- A plan without its request fields, for operations and for `client:request`.
local function new_plan(state, op)
  local facts = op.facts
  local plan = {
    state = state, op = op, facts = facts, verdict = state.adapter.decode, path = "", query = "", method = op.method,
    by_session = session.signs(state, op), can_sign = can_sign(state, op), endpoint = op.repeatable and state.endpoint or state.single,
    headers = facts.accept and { Accept = facts.accept } or nil,
  }
  if facts.host then plan.endpoint, plan.base_url = state.endpoint_of(facts.host, op.repeatable) end
  if facts.auth then plan.auth = state.auth[facts.auth] end
  local awaits_login = plan.by_session and (state.logged_in or not state.auth.default)
  plan.heard = (state.on_event or state.bucket or awaits_login or not plan.can_sign) and true or false
  return plan
end

-- Creates the plan of an operation, which the client keeps.
local function plan_of(state, op)
  local plan, facts = new_plan(state, op), op.facts
  plan.path, plan.query, plan.content_type = op.pieces[1], op.query, requests.content_type(op)
  local needs_some = op.params[1] and not op.params[1].optional or op.filled or op.examined
  plan.may_be_empty = not (needs_some or facts.body or facts.form or facts.multipart or op.places.path)
  plan.shape = op.result and not facts.response and native.shape_of(op) -- of JSON
  plan.nested, plan.guarded = facts.unwrap or facts.single, Operation.is_guarded(op, state.options)
  plan.has_body, plan.layout, plan.path_of = facts.body ~= nil, requests.layout(op), state.adapter.path
  plan.bare = op.bare and plan.has_body
  sign(plan, plan)
  state.plans[op] = plan
  return plan
end

-- A separate request for a call whose target and body differ from its plan.
local function own_request(request, target, body, options)
  if request.own then return request end
  local path, query = target:match("^([^?]*)%??(.*)$")
  return {
    own = true, method = request.method, path = path, query = query, endpoint = request.endpoint, body = body,
    base_url = request.base_url, auth = request.auth, headers = request.headers, trace = request.trace,
    content_type = request.content_type, target = target,
    extra = request.extra, attended = request.attended, once = request.once, options = options,
  }
end

---------------------------------------------------------------- events, rate, retries

-- Callers check `state.on_event` first, so that no event is created needlessly. An error that it raises becomes a warning.
local function notify(state, request, event)
  event.provider, event.traceparent = state.name, request.trace
  if state.veil then event = state.veil:event(event, request) end
  local ok, problem = guard.callback(state.on_event, event)
  if ok then return end
  if request.callback_error == nil then request.callback_error = problem end
  warn("sms: on_event failed: ", guard.shown(problem))
end

-- One attempt: exchange and decode within the remaining seconds.
local function try_once(plan, request, seconds)
  return read(plan, request, plan.state.exchange(plan.state, request, request.target, request.body, seconds))
end

local function policy_of(state, request, now, deadline)
  return { retries = retries_of(state, request), now = now, deadline = deadline, budget = state.budget }
end

-- Waits for the client's own rate limit. Nil and an error if the deadline is earlier.
local function pace(state, op, request, deadline)
  if not state.bucket then return true end
  local now = core.now()
  local wait = rate.take(state.bucket, now)
  if now + wait >= deadline then
    rate.give_back(state.bucket)
    return nil, failure.new({
      kind = "rate_limited", outcome = "not_sent", provider = state.name, operation = op.name, retryable = false,
      message = ("rate limit: the next request would start in %s s, after the deadline"):format(
        (core.text(math.ceil(wait * 1000) / 1000):gsub("%.0$", ""))),
    })
  end
  if wait > 0 then
    if state.on_event then notify(state, request, { type = "wait", operation = op.name, seconds = wait, reason = "rate" }) end
    scheduler.rest(wait, state.pool)
  end
  return true
end

local function too_late(state, op)
  return nil, failure.new {
    kind = "timeout", outcome = "not_sent", provider = state.name, operation = op.name, retryable = false,
    message = "the deadline passed before the request could begin",
  }
end

local function paced_try(plan, request, deadline, tries)
  local state, op = plan.state, plan.op
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
  if plan.by_session then return session.try(plan, request, deadline, try_once) end
  return try_once(plan, request, left)
end

-- Updates retry budget and rate after an attempt, and reports the attempt.
local function learn(state, op, request, details, tries, good)
  if good then
    retry.succeeded(state.budget)
    if state.bucket then rate.succeeded(state.bucket, core.now()) end
    if state.on_event then
      local event = { type = "response", operation = op.name, status = details.status, duration = details.duration, try = tries }
      notify(state, request, event)
    end
  else
    if state.bucket and details.kind == "rate_limited" and details.status then rate.slowed(state.bucket, core.now()) end
    if state.on_event then notify(state, request, { type = "error", operation = op.name, error = details, try = tries }) end
  end
end

-- Attempts a signed request before the deadline, with retries where that is safe. Blocks. `details`: the error of a first attempt; without
-- it, none was made.
local function persist(plan, request, deadline, details)
  local state, op = plan.state, plan.op
  local tries, wires, unclear = 0, 0, false
  while true do
    local result, good
    request.once = goes_once(plan, request, math.max(tries, wires))
    tries = tries + 1
    if tries > 1 or not details then result, details, good = paced_try(plan, request, deadline, tries) end
    wires = wires + details.attempts
    details.attempts = wires
    learn(state, op, request, details, tries, good)
    details.callback_error = request.callback_error
    if good then return result, details end
    if unclear and details.outcome == "not_sent" then
      details.outcome, details.evidence = "unknown", details.evidence .. "; an earlier attempt may have taken effect"
    end
    unclear = details.outcome ~= "not_sent"
    local wait = retry.decide(details, math.max(tries, wires), policy_of(state, request, core.now(), deadline), math.random)
    if not wait then return nil, details end
    if state.on_event then
      notify(state, request, { type = "wait", operation = op.name, seconds = wait, reason = "retry", try = tries })
    end
    scheduler.rest(wait, state.pool)
  end
end

---------------------------------------------------------------- a call

-- The deadline of a call that begins now.
local function deadline_of(seconds)
  local deadline, ends = core.now() + seconds, scheduler.deadline()
  return ends and ends < deadline and ends or deadline
end

-- Performs a signed request. Without listeners and waits, the first attempt needs no clock.
local function carry(plan, request, target, body, options)
  local state = plan.state
  local seconds = options and options.timeout or state.timeout
  if plan.heard or seconds < MIN_TIME then
    if not plan.can_sign then return nil, no_credentials(state, plan.op) end
    return persist(plan, own_request(request, target, body, options), deadline_of(seconds))
  end
  if options and options.retries and not request.own then
    request = own_request(request, target, body, options)
    request.once = goes_once(plan, request, 0)
  end
  local response, trouble = state.exchange(state, request, target, body, seconds)
  local result, details, good
  if plan.shape and response and not response.labelled and (response.status == 200 or response.status == 201) then
    result, details = fast_success(plan, response)
  end
  if not details then
    request = own_request(request, target, body, options)
    result, details, good = read(plan, request, response, trouble)
    if not good then return persist(plan, request, deadline_of(seconds - details.duration), details) end
    if request.callback_error ~= nil then details.callback_error = request.callback_error end
  end
  if state.budget.tokens < FULL then retry.succeeded(state.budget) end
  return result, details
end

-- Performs a request that was built for this call, or with `dry_run` returns it as data.
local function carry_checked(plan, request)
  local options = request.options
  sign(plan, request)
  if not options or not options.dry_run then return carry(plan, request, request.target, request.body, options) end
  if not plan.can_sign then return nil, no_credentials(plan.state, plan.op) end
  local shown, words = custom.shown(plan.state, request)
  if shown then return shown end
  return nil, failure.new { kind = "invalid", outcome = "not_sent", provider = plan.state.name, operation = plan.op.name, message = words }
end

-- The options of a call that needs no separate request.
local function brief(options)
  return options and { timeout = options.timeout, retries = options.retries }
end

-- Target and body of a call whose arguments are wire values and are not all in the body; nothing if the arguments need
-- a closer check.
local function placed(plan, op, args, settings)
  if not plan.layout or args.method and op.places.verb and args.method ~= plan.method then return nil end
  local path, query, body = place(args, plan.layout)
  if path and plan.has_body then body = encode(body) end
  if not path or plan.has_body and not body then return nil end
  if plan.path_of then path = plan.path_of(path, settings) end
  return query and path .. "?" .. query or path, body
end

--- Calls an operation. Blocks; in a task it yields.
---@param state table    the client's private state
---@param op table       the compiled operation
---@param args table?
---@param options table? per-call options
---@return any? result
---@return table|string details  a string is a mistake of the caller
function call.perform(state, op, args, options)
  local plan = state.plans[op] or plan_of(state, op)
  if not plan.guarded and (options == nil or check(options, BRIEF)) then
    local target, body
    if plan.may_be_empty and (args == nil or type(args) == "table" and next(args) == nil and not getmetatable(args)) then
      target = plan.target
    else
      body = as_is(op, args, state.options) or plan.layout and converted(op, args, state.options)
      if body and plan.bare then
        body = encode(body)
        target = body and plan.target
      elseif body then
        target, body = placed(plan, op, body, state.options)
      end
    end
    if target then return carry(plan, plan, target, body, brief(options)) end
  end
  local request, trouble = Operation.prepare(op, args, options, state.options, type(options) == "table" and options.dry_run == true)
  if not request then return nil, trouble end
  return carry_checked(plan, request)
end

--- Whether calls of an operation take a body that was encoded elsewhere: its arguments are its body and need no further check.
---@param state table
---@param name string     of the operation
---@param options table?  per-call options
---@return boolean
function call.takes_body(state, name, options)
  local op = state.provider.operations[name]
  local plan = state.plans[op] or plan_of(state, op)
  return plan.bare and not plan.guarded and (options == nil or check(options, BRIEF)) or false
end

--- Calls an operation that takes such a body, see `call.takes_body`.
---@param state table
---@param name string
---@param body string     JSON
---@param options table?  per-call options
---@return any? result
---@return table details
function call.perform_body(state, name, body, options)
  local plan = state.plans[state.provider.operations[name]]
  return carry(plan, plan, plan.target, body, brief(options))
end

--- Performs a request of `client:request`, see `requests.raw`.
---@param state table
---@param request table
---@return any? result
---@return table details
function call.by_hand(state, request)
  local issued = state.adapter.session
  local facts = { auth = request.repeatable and issued and issued.auth or nil } -- a GET has no body for a session
  return carry_checked(new_plan(state, { name = "request", facts = facts, repeatable = request.repeatable }), request)
end

return call
