-- SPDX-License-Identifier: MIT
-- Many messages: `client:send_many`. Messages that may share a call do; each has its row, in input order, whatever becomes of the others.

local abilities = require "sms.capabilities"
local core = require "sms.core"
local failure = require "sms.error"
local guard = require "sms.task.guard"
local message = require "sms.message"
local naming = require "sms.naming"
local Operation = require "sms.api.operation"
local transport = require "sms.call.transport"

local bulk = {}

local new_reference = core.reference

-- A message gets a reference of our own where the caller gave none: what an unclear send is found by later. Those of one call have
-- one each, or all the same (`shared_reference`).
local function refer(state, batch)
  if not state.capabilities.reference then return end
  local shared = state.adapter.message.shared_reference and new_reference()
  for _, one in ipairs(batch) do
    if one.reference == nil or one.own_reference then one.reference, one.own_reference = shared or new_reference(), true end
  end
end

---------------------------------------------------------------- rows

-- The fields that a later look into the provider's history needs. `given`: the message as it came, or as it was to be sent.
-- `err`: an error value, or words about the message and the field at fault.
local function row_error(state, index, given, err, field)
  local known = type(given) == "table" and given or {}
  if type(err) == "string" then
    err = message.refusal(state, "send_many", err, field)
    err.message = ("row %d: %s"):format(index, err.message)
  end
  local status = err.outcome == "not_sent" and "rejected" or "unknown"
  return {
    provider = state.name, to = known.written or known.to, region = known.region, text = known.text, at = known.at,
    reference = known.reference, outcome = err.outcome, status = status, error = err, time = os.time() - (err.duration or 0) // 1,
  }
end

-- One row's share of a bulk response.
local function bulk_row(state, item, fields, result)
  if fields.error then
    fields.error.outcome = fields.error.outcome or "not_sent"
    return row_error(state, item.index, item.message, message.unproven(state, "send_many", fields.error, nil, item.message.reference))
  end
  return message.receipt(state, fields, item.message, result)
end

-- One call of many: what breaks off in it is the end of its own rows, not of those that were sent before; an interruption ends them all.
local by_itself = guard.row

local function perform(state, op, args, options)
  return state.perform(op, args, options)
end

local function send_alone(state, item, rows, options)
  item.begun = true
  local result, response = by_itself(message.send, state, item.given, options, item.index)
  rows[item.index] = result or row_error(state, item.index, item.message, response)
  if not result and type(response) == "table" then rows[item.index].reference = response.reference end
end

-- Whether a refusal may be one row's fault: nothing was sent, and by the word of the adapter, or else the kind, the
-- arguments are what is wrong.
local function for_a_row(adapter, trouble)
  if type(trouble) == "string" or trouble.field then return true end
  if trouble.outcome ~= "not_sent" then return false end
  if adapter.bulk_alone then return adapter.bulk_alone(trouble) end
  return trouble.kind == "invalid"
end

local function share_out(state, chunk, shares, rows, result)
  for i, item in ipairs(chunk) do
    if shares[i] then
      rows[item.index] = bulk_row(state, item, shares[i], result)
    else
      local words = ("row %d: the response has no entry for it"):format(item.index)
      local lost = failure.new {
        kind = "decode", outcome = "unknown", provider = state.name, operation = "send_many", message = words,
        evidence = "a response came; it doesn't say whether this row took effect",
      }
      rows[item.index] = row_error(state, item.index, item.message, lost)
    end
  end
end

-- One call for a chunk: its rows, or what refused it.
local function try_chunk(state, chunk, rows, options)
  local adapter, batch = state.adapter.message, {}
  for i, item in ipairs(chunk) do batch[i], item.begun = item.message, true end
  refer(state, batch)
  local op, trouble = adapter.bulk(batch, state.options)
  local result
  if op then result, trouble = by_itself(perform, state, op, trouble, options) end
  if result == nil then return message.by_field(state, trouble) end
  share_out(state, chunk, adapter.bulk_receipts(result, batch), rows, result)
end

-- A refusal of several that names one of them: that one was not sent, whatever became of the others.
local function named(adapter, trouble, item)
  if type(trouble) ~= "table" or not adapter.bulk_refused or not adapter.bulk_refused(trouble, item.message) then return trouble end
  local own = {}
  for name, value in pairs(trouble) do own[name] = value end
  own.outcome, own.retryable, own.evidence = "not_sent", false, trouble.evidence .. "; it names this row's number"
  return failure.new(own)
end

local function give_up(state, chunk, rows, trouble)
  for _, item in ipairs(chunk) do
    rows[item.index] = row_error(state, item.index, item.message, named(state.adapter.message, trouble, item))
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
    if troubles[i] and #halves[i] > 1 and not hopeless and for_a_row(state.adapter.message, troubles[i]) then
      take_apart(state, hunt, halves[i], rows, options)
    elseif troubles[i] then
      give_up(state, halves[i], rows, troubles[i])
    end
  end
end

local function send_chunk(state, chunk, rows, options)
  local trouble = try_chunk(state, chunk, rows, options)
  if trouble and #chunk > 1 and for_a_row(state.adapter.message, trouble) then
    take_apart(state, { refusals = 1 }, chunk, rows, options)
  elseif trouble then
    give_up(state, chunk, rows, trouble)
  end
end

-- Chunks of messages that may share one call, in input order; what can't share goes alone. By `bulk_unique` the adapter says what a
-- call may hold once only.
local function chunks_of(state, items)
  local adapter, open, out = state.adapter.message, {}, {}
  for _, item in ipairs(items) do
    local key = adapter.bulk and adapter.bulk_key(item.message)
    local unique = key and adapter.bulk_unique and adapter.bulk_unique(item.message)
    local chunk = key and open[key]
    if not chunk or #chunk >= adapter.bulk_max or unique and chunk.held[unique] then
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
  if type(options) == "table" and options.dry_run then
    problems[#problems + 1] = "option 'dry_run' is for one request: use client:send for one of the messages"
  end
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
function bulk.send_many(state, work, messages, options)
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
    local ok, wrong, field = abilities.ready(state, given)
    if ok then repeats[index] = repeated(seen, ok.to, index) end
    if not ok then
      rows[index] = row_error(state, index, given, wrong, field)
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

return bulk
