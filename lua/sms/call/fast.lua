-- SPDX-License-Identifier: MIT
-- The short way that most calls take: arguments that go on the wire as they are, nobody who listens. What is put together once
-- for each client and operation is not asked for again. Whatever is otherwise goes the whole way of `call.carry`; so does, after its
-- first try, what had no success.

local answers = require "sms.call.decode"
local call = require "sms.call.attempt"
local core = require "sms.core"
local json = require "sms.json"
local Operation = require "sms.api.operation"
local retry = require "sms.call.retry"
local scheduler = require "sms.task"
local transport = require "sms.call.transport"

local fits, settle, encode, decode = core.fits, core.settle, json.encode, json.decode_for_settle
local here, alone, news, pool_of, in_turn =
  scheduler.waiter, scheduler.alone, scheduler.news, transport.pool_of, transport.in_turn
local FULL, SLICE, Response = retry.BUDGET, scheduler.SLICE, require "sms.call.response".class

local straight = {}

-- A request of its own, for what comes after the first try.
local function request_of(template, body)
  local request = { body = body }
  for name, value in pairs(template) do request[name] = value end
  return request
end

local LEAST_TIME = 0.001 -- seconds; the core counts no less

-- Whether every call of a client goes as the first one does.
local function is_steady(state)
  local plain = not (state.on_event or state.bucket or state.transport or state.manners.session)
  return plain and state.auth.default and state.timeout >= LEAST_TIME
end

-- Whether results are JSON that the provider's verdict leaves as they are.
local function is_direct(op)
  return op.result and not (op.facts.answer or op.facts.unwrap or op.facts.single)
end

-- Goes on after a first try that was no plain yes; nothing when it was none at all.
local function go_on(state, op, request, seconds, answer, trouble)
  local result, second, good
  if answer then
    result, second, good = answers.read(state, op, answer, request)
  elseif trouble then
    result, second = answers.broken(state, op, trouble)
  else
    return nil
  end
  if good then
    retry.succeeded(state.budget)
    return result, second
  end
  return call.persist(state, op, request, core.now() - second.duration + seconds, second)
end

local function make(state, op)
  local rules = is_steady(state) and is_direct(op) and Operation.rules(op)
  if not rules then return false end
  local template, facts, form, has_body = Operation.plain_request(op), op.facts, Operation.form(op), op.facts.body ~= nil
  call.sign(state, op, template)
  local endpoint, target, extra = transport.address(state, template)
  local once = call.goes_once(state, op, template, 0)
  local method, timeout, budget, verdict = template.method, state.timeout, state.budget, state.manners.decode
  return function(args)
    local waiter, host, own
    if not alone.yes then waiter, host, own = here() end
    if waiter and waiter.stopped or not fits(args, rules) then return nil end
    local seconds, body = timeout, nil
    if waiter and waiter.ends then
      seconds = math.min(seconds, waiter.ends - core.now())
      if seconds < LEAST_TIME then return nil end
    end
    if has_body then
      body = encode(args or {})
      if not body then return nil end
    end
    local pool = pool_of(state, host)
    local status, text, attempts, duration, head, sixth, seventh, eighth, ninth
    if waiter then
      status, text, attempts, duration, head, sixth, seventh, eighth, ninth =
        in_turn(waiter, own, pool, endpoint, method, target, body, seconds, once, extra)
    else
      local exchange = pool.exchange
      if not exchange then return nil end
      status, text, attempts, duration, head, sixth, seventh, eighth, ninth =
        exchange(pool, endpoint, method, target, body, seconds, once, extra, SLICE, news)
    end
    if status == 200 and attempts and not sixth then
      local value, wrong, numbers = decode(text)
      local yes, result, page
      if not wrong then yes, result, page = verdict(status, value, facts) end
      if yes and not page then result, wrong = settle(result, form, value, numbers) end
      if yes and not page and not wrong then
        if not waiter and news[1] then scheduler.deliver(news) end
        if budget.tokens < FULL then retry.succeeded(budget) end
        return result, setmetatable(
          { status = status, head = head, attempts = attempts, duration = duration, outcome = "accepted" }, Response)
      end
    end
    local answer, trouble = transport.outcome(pool, status, text, attempts, duration, head, sixth, seventh, eighth, ninth)
    return go_on(state, op, request_of(template, body), seconds, answer, trouble)
  end
end

--- The short way of a client's operation, made when it is first wanted: a function of the arguments that returns what the call does, or
--- nothing when these arguments, here and now, have to go the whole way. False where there is none.
---@param state table
---@param op table
---@return (fun(args: table?): any?, table?)|false
function straight.way(state, op)
  local way = make(state, op)
  state.ways[op] = way
  return way
end

return straight
