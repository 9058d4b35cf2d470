-- SPDX-License-Identifier: MIT
-- Interrupted calls: by Ctrl-C or any other debug hook, lack of memory, or a callback of the script. Nothing
-- new is started, requests in flight are abandoned, and the outcome is reported with the interruption or the callback's error.

local core = require "sms.core"
local failure = require "sms.error"
local pools = require "sms.task.pools"
local waiters = require "sms.task.scheduler"
local wrapped = require "sms.task.coroutines"

local guard = {}

local attempt, aside = core.attempt, wrapped.aside

---------------------------------------------------------------- interruptions

--- A value as text; never raises, whatever the value's `__tostring` does.
---@param value any
---@return string
function guard.shown(value)
  local ok, text, why = attempt(tostring, value)
  if ok then return text end
  if why == "hook" then error(guard.interruption(text), 0) end
  return "a " .. type(value) .. " that can't be shown"
end

--- Whether an error value is an interruption: raised by a debug hook, or because a loop or run was aborted.
---@param value any
---@return boolean
function guard.interrupted(value)
  return failure.is(value) and value.kind == "cancelled" and value.cause ~= nil
end

--- The error value that replaces what a debug hook raised, so that it can carry outcomes.
---@param cause any
---@return sms.Error
function guard.interruption(cause)
  if guard.interrupted(cause) then return cause end
  if cause == nil then cause = false end
  return failure.new { kind = "cancelled", outcome = "not_sent", message = guard.shown(cause), cause = cause, retryable = false }
end

local function is_row(value)
  return type(value) == "table" and rawget(value, "outcome") ~= nil
end

-- Adds one result to a list: the results within an error, or the rows of a `send_many`; else the result, with its outcome if it
-- has one. `one` holds what a function returned, as by `table.pack`.
local function add(list, one)
  local first, second = one[1], one[2]
  local several = not first and failure.is(second) and second.results or type(first) == "table" and is_row(rawget(first, 1)) and first
  if several then
    table.move(several, 1, #several, #list + 1, list)
    return
  end
  if is_row(first) then one.outcome = first.outcome elseif not first and failure.is(second) then one.outcome = second.outcome end
  list[#list + 1] = one
end

--- What several functions returned, for the field `results` of an error: each as by `table.pack`, an error as false and
--- the error; with the field `outcome` if a result has one. Rows of a `send_many` are listed individually.
---@param packed table[]
---@return table[]
function guard.results(packed)
  local out = {}
  for _, one in ipairs(packed) do add(out, one) end
  return out
end

--- Whether any of the results may have been sent.
---@param results table[]  of `guard.results`
---@return boolean
function guard.any_sent(results)
  for _, one in ipairs(results) do
    if one.outcome and one.outcome ~= "not_sent" then return true end
  end
  return false
end

--- The error to raise instead of another, so that otherwise lost results are attached as `results`. They are attached to an error value
--- itself. Any other value is kept unless one of the results may have been sent; then it becomes the `cause` of a new error value.
---@param value any
---@param results table[]  of `guard.results`
---@return any
function guard.carry(value, results)
  if #results == 0 or not failure.is(value) and not guard.any_sent(results) then return value end
  local err = failure.is(value) and value or guard.interruption(value)
  if err.results then table.move(results, 1, #results, #err.results + 1, err.results) else err.results = results end
  if not err.operation and guard.any_sent(results) then
    err.outcome, err.evidence = "unknown", "each result has its own outcome"
  end
  return err
end

---------------------------------------------------------------- callbacks

local function heard(ok, value, why)
  if not ok and (why == "hook" or guard.interrupted(value)) then error(guard.interruption(value), 0) end
  return ok, value
end

--- Calls a function of the script within a call. An interruption is passed on; in a task the function may wait with client calls,
--- `sms.sleep` or a bare yield, but not yield values.
---@param fn function
---@param ... any
---@return boolean ok
---@return any value  the first result, or the error raised
function guard.callback(fn, ...)
  return heard(aside(fn, ...))
end

---------------------------------------------------------------- calls

local function give_up(state, mark)
  local waiter = waiters.here()
  if waiter then waiters.forget(waiter) end
  for _, pool in ipairs(pools.of(state)) do
    if pool.abandon then pool:abandon(mark) end -- an object that the script supplies as a pool may lack it
  end
end

local SENT = "the request was sent; the call was interrupted before its response was read"

local function cut_off(state, operation, sent, words)
  return failure.new {
    kind = "cancelled", outcome = sent and "unknown" or "not_sent", provider = state.name, operation = operation, message = words,
    attempts = sent and 1 or 0, evidence = sent and SENT or nil, retryable = false,
  }
end

-- The interruption to raise at the end of a call; nil for any other error.
local function interruption_of(state, operation, value, why, sent)
  if why ~= "hook" and not guard.interrupted(value) then return nil end
  local err = guard.interruption(value)
  err.provider, err.operation = err.provider or state.name, err.operation or operation
  if sent then err.outcome, err.evidence, err.attempts = "unknown", SENT, math.max(1, err.attempts) end
  return err
end

-- Converts any other error to the error value of the call.
local function failure_of(state, operation, value, why, sent)
  if why == "memory" then
    local err = cut_off(state, operation, sent, "not enough memory for the response")
    err.kind = "too_large"
    return err
  end
  local err = cut_off(state, operation, sent, state.mask("the call raised: " .. guard.shown(value)))
  err.callback_error = value
  return err
end

-- A send outside of tasks is the last message of its client: its reference identifies it in the provider's history.
local function referred(state, operation, err, sent)
  if sent and operation == "send" and not waiters.current() then err.reference = err.reference or state.reference end
  return err
end

-- Masks an error according to the client's option `mask` before it is returned. `given`: the call's arguments.
local function leaving(state, err, given)
  return state.veil and state.veil:error(err, given) or err
end

-- The result of an interrupted call. A mistake of the script before anything was sent is raised.
local function broken(state, operation, value, why, sent, mark, given)
  give_up(state, mark)
  local err = interruption_of(state, operation, value, why, sent)
  if err then error(leaving(state, referred(state, operation, err, sent), given), 0) end
  if why == "error" and not sent then error(value, 0) end
  return nil, leaving(state, referred(state, operation, failure_of(state, operation, value, why, sent), sent), given)
end

--- `guard.call(fn, state, op, …)`: calls `fn(state, op, …)` and returns its results even if interrupted; `nil` and a string are a mistake
--- of the script, which is raised at the call of the method.
guard.call = core.guard(function(value, why, sent, mark, _, state, op, given)
  return broken(state, op.name, value, why, sent, mark, given)
end, true)

--- The same for `fn(state, given, …)`, the send of one message.
guard.send = core.guard(function(value, why, sent, mark, _, state, given)
  return broken(state, "send", value, why, sent, mark, given)
end, true)

--- For one of several calls, `fn(state, …)`: raises only interruptions.
guard.row = core.guard(function(value, why, sent, mark, _, state)
  give_up(state, mark)
  local err = interruption_of(state, "send", value, why, sent)
  if err then error(referred(state, "send", err, sent), 0) end
  return nil, referred(state, "send", failure_of(state, "send", value, why, sent), sent)
end)

--- For `fn(state, work, …)`, a `send_many`: `work.rows` has the results of the messages, `work.sending` says
--- whether any of them may have been started, `work.finish(err)` adds the missing rows.
guard.many = core.guard(function(value, why, sent, mark, _, state, work)
  give_up(state, mark)
  local err = interruption_of(state, "send_many", value, why, sent)
  if not err and not work.sending then error(value, 0) end
  err = err or failure_of(state, "send_many", value, why, sent)
  if work.finish then work.finish(err) end
  err.evidence, err.results = "each row has its own outcome", work.rows
  error(leaving(state, err), 0)
end, true)

return guard
