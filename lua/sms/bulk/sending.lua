-- SPDX-License-Identifier: MIT
-- The calls of `client:send_many`, one per chunk of messages (`sms.bulk.chunk`). After a successful call, rows are created directly from
-- the columns; any other result is processed message by message.
-- out message by message.

local core = require "sms.core"
local failure = require "sms.error"
local guard = require "sms.task.guard"
local message = require "sms.message"
local scheduler = require "sms.task"

local new_reference = core.reference

local sending = {}

---------------------------------------------------------------- rows

--- The row of a failed message, with the fields that `client:reconcile` needs.
---@param state table
---@param index integer
---@param given any            the message as given, or as ready to be sent
---@param err sms.Error|string an error value, or words about the message
---@param field? string        with words: the field at fault
---@return table row
function sending.row_error(state, index, given, err, field)
  local known = type(given) == "table" and given or {}
  if type(err) == "string" then
    err = message.refusal(state, "send_many", err, field)
    err.message = ("row %d: %s"):format(index, err.message)
  end
  if state.veil then state.veil:error(err, given) end
  local status = err.outcome == "not_sent" and "rejected" or "unknown"
  return setmetatable({
    provider = state.name, to = known.written or known.to, region = known.region, text = known.text, at = known.at,
    reference = known.reference, outcome = err.outcome, status = status, error = err, time = os.time() - (err.duration or 0) // 1,
  }, state.row_class)
end

local row_error = sending.row_error

-- One row's share of a bulk response.
local function bulk_row(state, item, fields, result)
  if fields.error then
    fields.error.outcome = fields.error.outcome or "not_sent"
    return row_error(state, item.index, item.message, message.unproven(state, "send_many", fields.error, nil, item.message.reference))
  end
  return message.receipt(state, fields, item.message, result)
end

-- The row of an item that has none after an interruption: if its call was started, with the outcome of the interrupted call; otherwise
-- it was not sent.
local function unfinished(state, item, err)
  local trouble = item.chunk.trouble
  if trouble then trouble = failure.is(trouble) and trouble or { outcome = "unknown", message = err.message } end
  local own = trouble or err
  local row = row_error(state, item.index, item.message, failure.new {
    kind = err.kind == "timeout" and "timeout" or "cancelled", outcome = item.begun and own.outcome or "not_sent", provider = state.name,
    operation = "send_many", message = item.begun and own.message or "not started: " .. err.message, retryable = false,
  })
  if item.begun and row.reference == nil then row.reference = own.reference end
  return row
end

--- Adds rows for the messages of a chunk that have none after an interruption.
---@param state table
---@param chunk table
---@param rows table<integer, table>
---@param err sms.Error   the interrupting error
---@param given? integer  the rows up to this one were passed on
function sending.finish(state, chunk, rows, err, given)
  chunk:settle()
  for at = 1, chunk.n do
    local index = chunk:place(at)
    if index > (given or 0) and not rows[index] then rows[index] = unfinished(state, chunk:items()[at], err) end
  end
  chunk:tell_repeats(rows)
end

---------------------------------------------------------------- calls

-- Gives messages without a reference a generated one, by which a message of unknown outcome is found later. The messages of a call have
-- one each, or share one (`shared_reference`).
local function refer(state, batch)
  if not state.capabilities.reference then return end
  local shared = state.adapter.message.shared_reference and new_reference()
  for _, one in ipairs(batch) do
    if one.reference == nil or one.own_reference then one.reference, one.own_reference = shared or new_reference(), true end
  end
end

-- Guards one of several calls: an error affects only its own rows; an interruption affects all.
local guarded_row = guard.row

local function perform(state, op, args, options)
  return state.perform(op, args, options)
end

-- Sends an item in a separate call.
local function send_alone(state, item, rows, options)
  item.begun = true
  local result, response = guarded_row(message.send_ready, state, item.message, options, item.index)
  rows[item.index] = result or row_error(state, item.index, item.message, response)
  if not result and type(response) == "table" then rows[item.index].reference = response.reference end
end

-- Whether a refusal may be caused by one row: nothing was sent, and according to the adapter, or else the kind, the
-- arguments are wrong.
local function for_a_row(adapter, trouble)
  if type(trouble) == "string" or trouble.field then return true end
  if trouble.outcome ~= "not_sent" then return false end
  if adapter.bulk_alone then return adapter.bulk_alone(trouble) end
  return trouble.kind == "invalid"
end

-- Creates the row of each message from the response.
local function share_messages(state, items, result)
  local batch = {}
  for i, item in ipairs(items) do batch[i] = item.message end
  return state.adapter.message.bulk_receipts(result, batch)
end

local function share_out_one(state, item, share, rows, result)
  if share then
    rows[item.index] = bulk_row(state, item, share, result)
    return
  end
  local words = ("row %d: the response has no entry for it"):format(item.index)
  local lost = failure.new {
    kind = "decode", outcome = "unknown", provider = state.name, operation = "send_many", message = words,
    evidence = "a response was received; it does not say whether this row took effect",
  }
  rows[item.index] = row_error(state, item.index, item.message, lost)
end

local function share_out(state, items, shares, rows, result)
  for i, item in ipairs(items) do share_out_one(state, item, shares[i], rows, result) end
end

-- Makes one call for a chunk: adds its rows, or returns the refusal.
local function try_chunk(state, chunk, rows, options)
  local adapter, batch = state.adapter.message, {}
  for i, item in ipairs(chunk) do batch[i], item.begun = item.message, true end
  refer(state, batch)
  local op, trouble = adapter.bulk(batch, state.options)
  local result
  if op then result, trouble = guarded_row(perform, state, op, trouble, options) end
  if result == nil then return message.by_field(state, trouble) end
  share_out(state, chunk, adapter.bulk_receipts(result, batch), rows, result)
end

-- A refusal of a call that names one of its numbers proves that this message was not sent. `shown`: the refusal as reported.
local function named(adapter, trouble, item, shown)
  if type(trouble) ~= "table" or not adapter.bulk_refused or not adapter.bulk_refused(trouble, item.message) then return shown end
  local own = {}
  for name, value in pairs(shown) do own[name] = value end
  own.outcome, own.retryable, own.evidence = "not_sent", false, trouble.evidence .. "; it names this row's number"
  return failure.new(own)
end

local function give_up(state, items, rows, trouble)
  local shown = state.veil and state.veil:shown(trouble, items) or trouble
  for _, item in ipairs(items) do
    rows[item.index] = row_error(state, item.index, item.message, named(state.adapter.message, trouble, item, shown))
    rows[item.index].broadcast = true
  end
end

-- Splitting of a refused chunk: maximum number of refusals, and the random wait before each call, which grows with them up to a limit in
-- seconds.
local MAX_REFUSALS, WAIT, LONGEST_WAIT = 64, 0.02, 1

local function same_reason(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  return a.kind == b.kind and a.code == b.code and a.status == b.status and a.message == b.message
end

-- Makes one call for a part of a refused chunk.
local function try_part(state, hunt, part, rows, options)
  scheduler.rest(math.random() * math.min(LONGEST_WAIT, WAIT * hunt.refusals), state.pool)
  local trouble = try_chunk(state, part, rows, options)
  if trouble then hunt.refusals = hunt.refusals + 1 end
  return trouble
end

-- Whether a message is accepted on its own after its part was refused. If so, its row is known; likewise if the outcome is unknown,
-- because the message must not be sent again.
local function probe(state, hunt, part, at, rows, options)
  if #part == 1 then return false end
  local item = part[at]
  local trouble = try_part(state, hunt, { item }, rows, options)
  if trouble and (type(trouble) == "string" or trouble.outcome == "not_sent") then return false end
  table.remove(part, at)
  if trouble then give_up(state, { item }, rows, trouble) end
  return not trouble
end

-- Splits a chunk that was refused because of a row into halves, until the row is isolated. If both halves are refused for the same
-- reason, the provider refuses the call as a whole, unless one of their rows is accepted on its own.
local function take_apart(state, hunt, chunk, rows, options)
  local half, halves, troubles = #chunk // 2, {}, {}
  halves[1], halves[2] = table.move(chunk, 1, half, 1, {}), table.move(chunk, half + 1, #chunk, 1, {})
  for i = 1, 2 do troubles[i] = try_part(state, hunt, halves[i], rows, options) end
  local alike = troubles[1] and troubles[2] and same_reason(troubles[1], troubles[2]) and for_a_row(state.adapter.message, troubles[1])
  local hopeless = hunt.refusals >= MAX_REFUSALS
    or alike and not probe(state, hunt, halves[1], #halves[1], rows, options) and not probe(state, hunt, halves[2], 1, rows, options)
  for i = 1, 2 do
    if troubles[i] and #halves[i] > 1 and not hopeless and for_a_row(state.adapter.message, troubles[i]) then
      take_apart(state, hunt, halves[i], rows, options)
    elseif troubles[i] then
      give_up(state, halves[i], rows, troubles[i])
    end
  end
end

-- Handles items whose call was refused.
local function refused(state, items, rows, options, trouble)
  if #items > 1 and for_a_row(state.adapter.message, trouble) then
    take_apart(state, { refusals = 1 }, items, rows, options)
  else
    give_up(state, items, rows, trouble)
  end
end

---------------------------------------------------------------- plain messages

-- Generates the references of a chunk, as `refer` does for messages.
local function make_references(state, chunk)
  if not state.capabilities.reference then return end
  local given, shared = chunk.reference, state.adapter.message.shared_reference
  if not given then
    chunk.made = shared and new_reference() or core.references(chunk.n)
    return
  end
  local made, one = {}, shared and new_reference()
  for at = 1, chunk.n do
    if not given[at] then made[at] = one or new_reference() end
  end
  chunk.made = made
end

-- Adds a column to the rows, as a list or as a shared field.
local function give(fields, columns, name, column)
  if type(column) == "table" then columns[name] = column else fields[name] = column or nil end
end

-- Creates the rows of a successful call. False if the adapter does not support this for the response.
local function receipts(state, chunk, rows, result)
  local fields, columns = state.adapter.message.bulk_shares(result, chunk.n)
  if not fields then return false end
  fields.provider, fields.outcome, fields.raw, fields.status = state.name, "accepted", result, fields.status or "accepted"
  columns.to = chunk.written or chunk.to
  if not fields.segments then give(fields, columns, "segments", chunk.segments) end
  if not fields.reference then give(fields, columns, "reference", chunk:references()) end
  core.receipts(rows, chunk.index, fields, columns, state.receipt_class)
  local shares
  for at = 1, columns.id and chunk.n or 0 do
    if not columns.id[at] then
      local items = chunk:items()
      shares = shares or share_messages(state, items, result)
      share_out_one(state, items[at], shares[at], rows, result)
    end
  end
  return true
end

-- Makes one call for a chunk of plain messages, with a body encoded from the columns. Returns nothing if that is not possible, else success
-- and the refusal, if any.
local function send_columns(state, chunk, rows, options)
  local adapter = state.adapter.message
  if chunk.full or not (adapter.bulk_body and adapter.bulk_shares) then return nil end
  make_references(state, chunk)
  local name, body = adapter.bulk_body(chunk, state.options)
  if not body or not state.takes_body(state, name, options) then return nil end
  chunk.begun = true
  local result, trouble = guarded_row(state.perform_body, state, name, body, options)
  if result == nil then return false, message.by_field(state, trouble) end
  if not receipts(state, chunk, rows, result) then
    local items = chunk:items()
    share_out(state, items, share_messages(state, items, result), rows, result)
  end
  return true
end

--- Sends a chunk and adds a row for each of its messages to `rows`. Raises only interruptions.
---@param state table
---@param chunk table
---@param rows table<integer, table>
---@param options table?  per-call options
---@return true
function sending.send(state, chunk, rows, options)
  local _ <close> = chunk
  if chunk.n == 1 then
    send_alone(state, chunk:items()[1], rows, options)
  elseif chunk.n > 1 then
    local done, trouble = send_columns(state, chunk, rows, options)
    if done == nil then trouble = try_chunk(state, chunk:items(), rows, options) end
    if trouble then refused(state, chunk:items(), rows, options, trouble) end
  end
  if chunk.repeats then chunk:tell_repeats(rows) end
  chunk:release()
  return true
end

return sending
