-- SPDX-License-Identifier: MIT
-- One message, any provider: `client:send`, `send_many`, `status`, `balance`, `capabilities`.

local abilities = require "sms.capabilities"
local core = require "sms.core"
local failure = require "sms.error"
local guard = require "sms.task.guard"
local naming = require "sms.naming"
local Operation = require "sms.api.operation"
local transport = require "sms.call.transport"

local message = {}

--- The fields of a message, with their types.
message.fields = abilities.fields

--- Whether the provider could take a message: all that `send` looks at before the network.
---@param state table
---@param given table
---@return boolean? ok
---@return string? problem
function message.check(state, given)
  local ok, problem = abilities.ready(state, given)
  if not ok then return nil, problem end
  local op, args = state.manners.message.plan(ok, state.options)
  if not op then return nil, args end
  local request, trouble = state.checked(op, args)
  if not request then return nil, type(trouble) == "string" and trouble or trouble.message end
  return true
end

---------------------------------------------------------------- references

local new_reference = core.reference

-- A message gets a reference of our own where the caller gave none: what an unclear send is found by later. Those of one call have
-- one each, or all the same (`shared_reference`).
local function refer(state, batch)
  if not state.capabilities.reference then return end
  local shared = state.manners.message.shared_reference and new_reference()
  for _, one in ipairs(batch) do
    if one.reference == nil or one.own_reference then one.reference, one.own_reference = shared or new_reference(), true end
  end
end

---------------------------------------------------------------- sending

-- `fields`: what the manners read of an answer; it stands before what we know ourselves.
local function receipt(state, fields, given, raw)
  local out = {
    id = fields.id, provider = state.name, outcome = "accepted", to = given.written, reference = given.reference, status = "accepted",
    segments = not given.media and given.segments or nil, raw = raw,
  }
  for name, value in next, fields do out[name] = value end
  return out
end

-- The error value of an answer that came whole and says no, or too little, of a message.
local function unproven(state, operation, fields, response, reference)
  fields.provider, fields.operation, fields.outcome = state.name, operation, fields.outcome or "unknown"
  fields.message, fields.code = state.mask(tostring(fields.message or fields.kind)), failure.code(fields.code, state.mask)
  fields.evidence = fields.evidence or "an answer came, and this is what it says of the message"
  if response then fields.status, fields.attempts, fields.duration = response.status, response.attempts, response.duration end
  fields.reference = reference
  return failure.new(fields)
end

--- Sends one message.
---@param state table   the client's private state
---@param given table   see `message.fields`
---@param options table? per-call options
---@return table? receipt `{ provider, id, reference, outcome, status, segments, to, raw }`
---@return table? response_or_error
---@return string? problem the caller's mistake, to be raised
function message.send(state, given, options)
  local ok, problem = abilities.ready(state, given)
  if not ok then return nil, nil, problem end
  if state.capabilities.reference and ok.reference == nil then ok.reference, ok.own_reference = new_reference(), true end
  state.reference = ok.reference -- for `sms.guard`, should the call be broken off
  local manners = state.manners.message
  local op, args = manners.plan(ok, state.options)
  if not op then return nil, nil, args end
  local result, response = state.perform(op, args, options)
  if type(response) == "string" then return nil, nil, response end
  if result == nil then
    response.reference = ok.reference
    return nil, response
  end
  local fields = manners.receipt(result, ok)
  if fields.error then return nil, unproven(state, "send", fields.error, response, ok.reference) end
  return receipt(state, fields, ok, result), response
end

-- The fields that a later look into the provider's history needs. `given`: the message as it came, or as it was to be sent.
local function row_error(state, index, given, err)
  local known = type(given) == "table" and given or {}
  if type(err) == "string" then
    local words = ("row %d: %s"):format(index, err)
    err = failure.new { kind = "invalid", outcome = "not_sent", provider = state.name, operation = "send_many", message = words }
  end
  local status = err.outcome == "not_sent" and "rejected" or "unknown"
  return {
    provider = state.name, to = known.written or known.to, region = known.region, text = known.text, at = known.at,
    reference = known.reference, outcome = err.outcome, status = status, error = err, time = os.time() - (err.duration or 0) // 1,
  }
end

-- One row's share of a bulk answer.
local function bulk_row(state, item, fields, result)
  if fields.error then
    fields.error.outcome = fields.error.outcome or "not_sent"
    return row_error(state, item.index, item.message, unproven(state, "send_many", fields.error, nil, item.message.reference))
  end
  return receipt(state, fields, item.message, result)
end

-- One call of many: what breaks off in it is the end of its own rows, not of those that were sent before; an interruption ends them all.
local by_itself = guard.row

local function perform(state, op, args, options)
  return state.perform(op, args, options)
end

local function send_alone(state, item, rows, options)
  item.begun = true
  local result, response, problem = by_itself(message.send, state, item.given, options)
  rows[item.index] = result or row_error(state, item.index, item.message, response or problem)
  if not result and response then rows[item.index].reference = response.reference end
end

-- Whether a refusal may be one row's fault: nothing was sent, and by the word of the manners, or else the kind, the
-- arguments are what is wrong.
local function for_a_row(manners, trouble)
  if type(trouble) == "string" or trouble.field then return true end
  if trouble.outcome ~= "not_sent" then return false end
  if manners.bulk_alone then return manners.bulk_alone(trouble) end
  return trouble.kind == "invalid"
end

local function share_out(state, chunk, shares, rows, result)
  for i, item in ipairs(chunk) do
    if shares[i] then
      rows[item.index] = bulk_row(state, item, shares[i], result)
    else
      local words = ("row %d: the answer has no entry for it"):format(item.index)
      local lost = failure.new {
        kind = "decode", outcome = "unknown", provider = state.name, operation = "send_many", message = words,
        evidence = "an answer came; it doesn't say whether this row took effect",
      }
      rows[item.index] = row_error(state, item.index, item.message, lost)
    end
  end
end

-- One call for a chunk: its rows, or what refused it.
local function try_chunk(state, chunk, rows, options)
  local manners, batch = state.manners.message, {}
  for i, item in ipairs(chunk) do batch[i], item.begun = item.message, true end
  refer(state, batch)
  local op, trouble = manners.bulk(batch, state.options)
  local result
  if op then result, trouble = by_itself(perform, state, op, trouble, options) end
  if result == nil then return trouble end
  share_out(state, chunk, manners.bulk_receipts(result, batch), rows, result)
end

-- A refusal of several that names one of them: that one was not sent, whatever became of the others.
local function named(manners, trouble, item)
  if type(trouble) ~= "table" or not manners.bulk_refused or not manners.bulk_refused(trouble, item.message) then return trouble end
  local own = {}
  for name, value in pairs(trouble) do own[name] = value end
  own.outcome, own.retryable, own.evidence = "not_sent", false, trouble.evidence .. "; it names this row's number"
  return failure.new(own)
end

local function give_up(state, chunk, rows, trouble)
  for _, item in ipairs(chunk) do
    rows[item.index] = row_error(state, item.index, item.message, named(state.manners.message, trouble, item))
    rows[item.index].broadcast = true
  end
end

-- How a refused chunk is taken apart: at most so many refusals, and before each call a wait anywhere up to a span that grows with
-- them, in seconds.
local MOST_REFUSALS, WAIT, LONGEST_WAIT = 64, 0.02, 1

local function same_reason(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  return a.kind == b.kind and a.code == b.code and a.status == b.status and a.message == b.message
end

-- One call for a part of a chunk that was refused.
local function try_part(state, hunt, part, rows, options)
  transport.sleep(state, math.random() * math.min(LONGEST_WAIT, WAIT * hunt.refusals))
  local trouble = try_chunk(state, part, rows, options)
  if trouble then hunt.refusals = hunt.refusals + 1 end
  return trouble
end

-- Whether one row, sent alone, is taken where its part was refused; it has its row then.
local function probe(state, hunt, part, at, rows, options)
  if #part == 1 or try_part(state, hunt, { part[at] }, rows, options) then return false end
  table.remove(part, at)
  return true
end

-- Takes a chunk that was refused because of a row apart by halves, until the row stands alone. Where both halves are refused for the
-- same reason, the call as a whole is what the provider doesn't take, unless one of their rows goes alone.
local function take_apart(state, hunt, chunk, rows, options)
  local half, halves, troubles = #chunk // 2, {}, {}
  halves[1], halves[2] = table.move(chunk, 1, half, 1, {}), table.move(chunk, half + 1, #chunk, 1, {})
  for i = 1, 2 do troubles[i] = try_part(state, hunt, halves[i], rows, options) end
  local hopeless = hunt.refusals >= MOST_REFUSALS or troubles[1] and troubles[2] and same_reason(troubles[1], troubles[2])
    and not probe(state, hunt, halves[1], #halves[1], rows, options) and not probe(state, hunt, halves[2], 1, rows, options)
  for i = 1, 2 do
    if troubles[i] and #halves[i] > 1 and not hopeless and for_a_row(state.manners.message, troubles[i]) then
      take_apart(state, hunt, halves[i], rows, options)
    elseif troubles[i] then
      give_up(state, halves[i], rows, troubles[i])
    end
  end
end

local function send_chunk(state, chunk, rows, options)
  local trouble = try_chunk(state, chunk, rows, options)
  if trouble and #chunk > 1 and for_a_row(state.manners.message, trouble) then
    take_apart(state, { refusals = 1 }, chunk, rows, options)
  elseif trouble then
    give_up(state, chunk, rows, trouble)
  end
end

-- Chunks of messages that may share one call, in input order; what can't share goes alone. By `bulk_unique` the manners say what a
-- call may hold once only.
local function chunks_of(state, items)
  local manners, open, out = state.manners.message, {}, {}
  for _, item in ipairs(items) do
    local key = manners.bulk and manners.bulk_key(item.message)
    local unique = key and manners.bulk_unique and manners.bulk_unique(item.message)
    local chunk = key and open[key]
    if not chunk or #chunk >= manners.bulk_max or unique and chunk.held[unique] then
      chunk = { shared = key ~= nil and key ~= false, held = {} }
      out[#out + 1] = chunk
      if key then open[key] = chunk end
    end
    chunk[#chunk + 1] = item
    if unique then chunk.held[unique] = true end
  end
  return out
end

local function iterate(messages)
  if type(messages) == "function" then return messages end
  local at = 0
  return function()
    at = at + 1
    return messages[at]
  end
end

-- What the option `duplicates` may be.
local DUPLICATES = { send = true, skip = true }

-- The per-call options of the operations, and the option that is of `send_many` alone.
local function split_options(options)
  if type(options) ~= "table" or options.duplicates == nil then return options, nil end
  local call = {}
  for key, value in pairs(options) do call[key] = value end
  call.duplicates = nil
  return call, options.duplicates
end

local function arguments_problem(messages, options, duplicates)
  local meta = type(messages) ~= "function" and getmetatable(messages)
  if type(messages) ~= "table" and type(messages) ~= "function" and not (type(meta) == "table" and meta.__call) then
    return "messages are a list or a function that gives one after the other"
  end
  local problems = {}
  if options ~= nil then Operation.check_options(options, problems) end
  if duplicates ~= nil and not DUPLICATES[duplicates] then problems[#problems + 1] = "option 'duplicates' must be 'send' or 'skip'" end
  if type(messages) == "table" and not meta and #messages == 0 and next(messages) ~= nil then
    problems[#problems + 1] = ("messages are a list, this table has the key '%s'"):format(naming.shown((next(messages))))
  end
  return problems[1] and table.concat(problems, "; ")
end

-- The rows of a send that was broken off: what was begun is as unclear as the call that was in flight, the rest was not.
local function finish(state, work, err)
  for _, item in ipairs(work.items) do
    if not work.rows[item.index] then
      local own = failure.new {
        kind = "cancelled", outcome = item.begun and err.outcome or "not_sent", provider = state.name, operation = "send_many",
        message = item.begun and err.message or "not begun: " .. err.message, retryable = false,
      }
      local row = row_error(state, item.index, item.message, own)
      if item.begun and row.reference == nil then row.reference = err.reference end
      work.rows[item.index] = row
    end
  end
end

-- The row that a message repeats: the first one for its number; for a list, where each of its numbers had a row before. `seen`:
-- number → its first row.
local function repeated(seen, to, index)
  local first, fresh = nil, false
  for _, number in ipairs(type(to) == "table" and to or { to }) do
    first, fresh = first or seen[number], fresh or not seen[number]
    seen[number] = seen[number] or index
  end
  return not fresh and first or nil
end

local function tell_repeats(rows, repeats)
  for index, first in pairs(repeats) do
    if rows[index] then rows[index].duplicate_of = first end
  end
end

-- A row that is not sent because its number had one before.
local function skip(state, index, ready, first)
  return row_error(state, index, ready, failure.new {
    kind = "rejected", outcome = "not_sent", provider = state.name, operation = "send_many", name = "duplicate",
    message = ("row %d: the number of row %d again"):format(index, first), evidence = "the option 'duplicates' is 'skip'",
  })
end

--- Sends many: one row a message, in input order, always.
---@param state table
---@param work { items: table[], rows: table[] }  kept by the caller, in case that the sending is broken off
---@param messages table[]|fun(): table?
---@param options table?  per-call options, and `duplicates`: "send" (default) or "skip" for a row whose number had a row before
---@return table[]? rows receipts; a row that failed has `error` and the outcome; `duplicate_of` is the first row for the same number
---@return string? problem the caller's mistake, to be raised
function message.send_many(state, work, messages, options)
  local duplicates
  options, duplicates = split_options(options)
  local problem = arguments_problem(messages, options, duplicates)
  if problem then return nil, problem end
  local rows, items, index, seen, repeats = work.rows, work.items, 0, {}, {}
  work.finish = function(err)
    finish(state, work, err)
    tell_repeats(rows, repeats)
  end
  for given in iterate(messages) do
    index = index + 1
    local ok, wrong = abilities.ready(state, given)
    if ok then repeats[index] = repeated(seen, ok.to, index) end
    if not ok then
      rows[index] = row_error(state, index, given, wrong)
    elseif repeats[index] and duplicates == "skip" then
      rows[index] = skip(state, index, ok, repeats[index])
    else
      items[#items + 1] = { index = index, given = given, message = ok }
    end
  end
  work.sending = true
  for _, chunk in ipairs(chunks_of(state, items)) do
    if chunk.shared and #chunk > 1 then
      send_chunk(state, chunk, rows, options)
    else
      for _, item in ipairs(chunk) do send_alone(state, item, rows, options) end
    end
  end
  tell_repeats(rows, repeats)
  return rows
end

---------------------------------------------------------------- looking up

local function unsupported(state, operation, words)
  return nil, failure.new {
    kind = "rejected", outcome = "not_sent", provider = state.name, operation = operation, name = "unsupported", message = words,
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
  local manners = state.manners.message
  if type(given) ~= "table" then return nil, nil, "a receipt is a table" end
  if not manners.status then return unsupported(state, "status", "unsupported: the provider has no look-up; use its delivery reports") end
  local plan, words = manners.status(given)
  if not plan then return unsupported(state, "status", words) end
  local result, response = state.perform(plan.op, plan.args, options)
  if type(response) == "string" then return nil, nil, response end
  if result == nil then return nil, response end
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
  local plan = state.manners.message.balance
  if not plan then return unsupported(state, "balance", "unsupported: the provider tells no balance") end
  local result, response = state.perform(plan.op, plan.args, options)
  if type(response) == "string" then return nil, nil, response end
  if result == nil then return nil, response end
  local balance = plan.read(result)
  if type(balance) == "number" then return balance, response end
  return nil, failure.new {
    kind = "decode", outcome = "unknown", provider = state.name, operation = plan.op, status = response.status,
    attempts = response.attempts, message = "the answer is not what was promised: it tells no balance",
  }
end

--- What the provider can do: the table that requests are checked against, copied.
---@param state table
---@return table
function message.capabilities(state)
  local manners = state.manners.message
  local out = abilities.copied(abilities.of(state))
  out.bulk, out.status, out.balance = manners.bulk and manners.bulk_max or false, manners.status ~= nil, manners.balance ~= nil
  return out
end

return message
