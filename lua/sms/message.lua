-- SPDX-License-Identifier: MIT
-- Provider-independent messages: `client:send`, `send_many`, `status`, `balance`, `capabilities`.

local capabilities = require "sms.capabilities"
local core = require "sms.core"
local failure = require "sms.error"
local options_of = require "sms.api.options"

local message = {}

--- The fields of a message, with their types.
message.fields = require "sms.message.fields".types

---------------------------------------------------------------- refusals

-- The first quoted name in a message; an apostrophe begins none.
local function first_name(words)
  return (" " .. words):match("[^%w]'([%a_][%w_]*)")
end

--- The refusal of a message before anything is sent: a string to be raised for a mistake of the script, else an error value whose
--- `field` is the field of the message.
---@param state table
---@param operation string
---@param words string
---@param field? string       the first invalid field; default: the first name in the words
---@param mistaken? boolean   the script is to blame
---@return string|sms.Error
function message.refusal(state, operation, words, field, mistaken)
  if mistaken then return ("%s:%s: %s"):format(state.name, operation, words) end
  return failure.new {
    kind = "invalid", outcome = "not_sent", provider = state.name, operation = operation, message = words,
    field = field or first_name(words),
  }
end

--- The error of an operation's own checks for a message: `field` is mapped from the argument to the message by the adapter's `fields`.
---@param state table
---@param trouble any  from `Operation.prepare`
---@return any trouble
function message.by_field(state, trouble)
  local known = state.adapter.message.fields
  if type(trouble) ~= "table" or not trouble.field or not known then return trouble end
  local place = type(trouble.message) == "string" and trouble.message:match("^argument '([^']*)'") or ""
  local last = place:match("([%a_][%w_]*)[%[%]%d]*$")
  trouble.field = known[last] or message.fields[last] and last or known[trouble.field] or trouble.field
  return trouble
end

--- Checks a message as `send` does before sending.
---@param state table
---@param _ table       the name of the call, for its guard
---@param given table
---@return boolean? ok
---@return string|sms.Error? trouble  a string is the script's mistake
function message.check(state, _, given)
  local ok, words, field, mistaken = capabilities.ready(state, given)
  if not ok then return nil, message.refusal(state, "check", words, field, mistaken) end
  local op, args = state.adapter.message.plan(ok, state.options)
  if not op then return nil, message.refusal(state, "check", args) end
  local request, trouble = state.checked(op, args)
  if not request then return nil, message.by_field(state, trouble) end
  return true
end

---------------------------------------------------------------- sending

-- Whether a call only returns the request that it would make.
local function is_dry(options)
  return type(options) == "table" and options.dry_run == true
end

--- The receipt of an accepted message.
---@param state table
---@param fields table  fields that the adapter read from the response; they take precedence
---@param given table   the message as sent
---@param raw any       the response
---@return table
function message.receipt(state, fields, given, raw)
  local out = {
    provider = state.name, outcome = "accepted", to = given.written, reference = given.reference, status = "accepted",
    segments = not given.media and given.segments or nil, raw = raw,
  }
  for name, value in next, fields do out[name] = value end
  return setmetatable(out, state.receipt_class)
end

--- The error value of a complete response that refuses a message or does not identify it.
---@param state table
---@param operation string
---@param fields table        fields that the adapter read from the response
---@param response? table
---@param reference? string
---@return sms.Error
function message.unproven(state, operation, fields, response, reference)
  fields.provider, fields.operation, fields.outcome = state.name, operation, fields.outcome or "unknown"
  fields.message, fields.code = state.mask(tostring(fields.message or fields.kind)), failure.code(fields.code, state.mask)
  fields.evidence = fields.evidence or "stated by the provider's response"
  if response then fields.status, fields.attempts, fields.duration = response.status, response.attempts, response.duration end
  fields.reference = reference
  return failure.new(fields)
end

-- Mistakes in the options of a call that decodes its response, or nil.
local function mistakes_in(options)
  local problems = {}
  if options ~= nil then options_of.refuse_downloads(options_of.check_call(options, problems), problems) end
  return problems[1] and table.concat(problems, "; ")
end

-- The refusal of a message; of one of many with its index, whose options were checked before.
local function refused(state, row, options, words, field, mistaken)
  if row then return message.refusal(state, "send_many", ("row %d: "):format(row) .. words, field, mistaken) end
  local more = mistakes_in(options)
  return message.refusal(state, "send", more and words .. "; " .. more or words, field, mistaken or more)
end

--- Sends a message that `capabilities.ready` made.
---@param state table   the client's private state
---@param ready table
---@param options table? per-call options
---@param row integer?  its place among many, for words about it
---@return table? receipt `{ provider, id, reference, outcome, status, segments, to, raw }`
---@return table|string? response_or_trouble  a string is the script's mistake, to be raised
function message.send_ready(state, ready, options, row)
  if state.capabilities.reference and ready.reference == nil then ready.reference, ready.own_reference = core.reference(), true end
  state.reference = ready.reference -- for `sms.guard`, should the call be interrupted
  local adapter = state.adapter.message
  local op, args = adapter.plan(ready, state.options)
  if not op then return nil, refused(state, row, options, args) end
  local result, response = state.perform(op, args, options)
  if result == nil then
    if type(response) == "string" then return nil, ("%s:%s: %s"):format(state.name, row and "send_many" or "send", response) end
    response.reference = ready.reference
    return nil, message.by_field(state, response)
  end
  if options and is_dry(options) then return result end
  local fields = adapter.receipt(result, ready)
  if fields.error then return nil, message.unproven(state, "send", fields.error, response, ready.reference) end
  return message.receipt(state, fields, ready, result), response
end

local send_ready = message.send_ready

--- Sends one message.
---@param state table   the client's private state
---@param given table   see `message.fields`
---@param options table? per-call options
---@return table? receipt `{ provider, id, reference, outcome, status, segments, to, raw }`
---@return table|string? response_or_trouble  a string is the script's mistake, to be raised
function message.send(state, given, options)
  local ok, words, field, mistaken = capabilities.ready(state, given)
  if not ok then return nil, refused(state, nil, options, words, field, mistaken) end
  return send_ready(state, ok, options)
end

---------------------------------------------------------------- look-ups

local function unsupported(state, operation, words, field)
  return nil, failure.new {
    kind = "rejected", outcome = "not_sent", provider = state.name, operation = operation, name = "unsupported", message = words,
    field = field,
  }
end

--- Looks a receipt up at the provider.
---@param state table
---@param given table  a receipt
---@param options table?
---@return table? status `{ id, status, final, provider_status, raw }`
---@return table? response_or_error
---@return string? problem the caller's mistake, to be raised
function message.status(state, given, options)
  local adapter = state.adapter.message
  if type(given) ~= "table" then return nil, nil, "a receipt must be a table" end
  local mistakes = mistakes_in(options)
  if mistakes then return nil, nil, mistakes end
  if not adapter.status then return unsupported(state, "status", "unsupported: the provider has no look-up; use its delivery reports") end
  local plan, words, field = adapter.status(given)
  if not plan then return unsupported(state, "status", words, field) end
  local result, response = state.perform(plan.op, plan.args, options)
  if type(response) == "string" then return nil, nil, response end
  if result == nil then return nil, message.by_field(state, response) end
  if is_dry(options) then return result end
  local found = plan.read(result)
  found.id, found.raw = given.id, result
  return found, response
end

--- The account's balance, in the provider's unit.
---@param state table
---@param options table?
---@return number? balance
---@return table? response_or_error
---@return string? problem the caller's mistake, to be raised
function message.balance(state, options)
  local plan, mistakes = state.adapter.message.balance, mistakes_in(options)
  if mistakes then return nil, nil, mistakes end
  if not plan then return unsupported(state, "balance", "unsupported: the provider offers no balance") end
  local result, response = state.perform(plan.op, plan.args, options)
  if type(response) == "string" then return nil, nil, response end
  if result == nil then return nil, response end
  if is_dry(options) then return result end
  local balance = plan.read(result)
  if type(balance) == "number" then return balance, response end
  return nil, failure.new {
    kind = "decode", outcome = "unknown", provider = state.name, operation = plan.op, status = response.status,
    attempts = response.attempts, message = "unexpected response: it has no balance",
  }
end

--- The capabilities of the provider: a copy of the table that messages are checked against.
---@param state table
---@return table
function message.capabilities(state)
  local adapter = state.adapter.message
  local out = capabilities.copied(capabilities.of(state))
  out.bulk, out.balance = adapter.bulk and adapter.bulk_max or false, adapter.balance ~= nil
  out.status = adapter.status ~= nil and not adapter.status_of
  out.status_of = adapter.status_of
  return out
end

return message
