-- SPDX-License-Identifier: MIT
-- One call of `client:send_many`: messages that share it, each with its row, whatever becomes of the others. A chunk is a list of items
-- `{ index, message }`; a message is what `abilities.ready` made.

local core = require "sms.core"
local failure = require "sms.error"
local guard = require "sms.task.guard"
local message = require "sms.message"
local transport = require "sms.call.transport"

local new_reference = core.reference

local Chunk = { __name = "sms.bulk.chunk" }

-- What broke a chunk off is remembered for the rows that it leaves without a word.
function Chunk:__close(problem)
  if problem ~= nil then self.trouble = problem end
end

local chunks = {}

---------------------------------------------------------------- rows

--- The row of a message that failed, with the fields that a later look into the provider's history needs.
---@param state table
---@param index integer
---@param given any            the message as it came, or as it was to be sent
---@param err sms.Error|string an error value, or words about the message
---@param field? string        with words: the field at fault
---@return table row
function chunks.row_error(state, index, given, err, field)
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

local row_error = chunks.row_error

-- One row's share of a bulk response.
local function bulk_row(state, item, fields, result)
  if fields.error then
    fields.error.outcome = fields.error.outcome or "not_sent"
    return row_error(state, item.index, item.message, message.unproven(state, "send_many", fields.error, nil, item.message.reference))
  end
  return message.receipt(state, fields, item.message, result)
end

---------------------------------------------------------------- calls

-- A message gets a reference of our own where the caller gave none: what an unclear send is found by later. Those of one call have
-- one each, or all the same (`shared_reference`).
local function refer(state, batch)
  if not state.capabilities.reference then return end
  local shared = state.adapter.message.shared_reference and new_reference()
  for _, one in ipairs(batch) do
    if one.reference == nil or one.own_reference then one.reference, one.own_reference = shared or new_reference(), true end
  end
end

-- One call of many: what breaks off in it is the end of its own rows, not of those that were sent before; an interruption ends them all.
local by_itself = guard.row

local function perform(state, op, args, options)
  return state.perform(op, args, options)
end

local function send_alone(state, item, rows, options)
  item.begun = true
  local result, response = by_itself(message.send_ready, state, item.message, options, item.index)
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

-- A refusal of several that names one of them: that one was not sent, whatever became of the others. `shown`: the refusal as it is told.
local function named(adapter, trouble, item, shown)
  if type(trouble) ~= "table" or not adapter.bulk_refused or not adapter.bulk_refused(trouble, item.message) then return shown end
  local own = {}
  for name, value in pairs(shown) do own[name] = value end
  own.outcome, own.retryable, own.evidence = "not_sent", false, trouble.evidence .. "; it names this row's number"
  return failure.new(own)
end

local function give_up(state, chunk, rows, trouble)
  local shown = state.veil and state.veil:shown(trouble, chunk) or trouble
  for _, item in ipairs(chunk) do
    rows[item.index] = row_error(state, item.index, item.message, named(state.adapter.message, trouble, item, shown))
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

local function send_shared(state, chunk, rows, options)
  local trouble = try_chunk(state, chunk, rows, options)
  if trouble and #chunk > 1 and for_a_row(state.adapter.message, trouble) then
    take_apart(state, { refusals = 1 }, chunk, rows, options)
  elseif trouble then
    give_up(state, chunk, rows, trouble)
  end
end

--- Sends a chunk. Raises nothing but interruptions; `rows` has a row for each of its items then.
---@param state table
---@param chunk table
---@param rows table<integer, table>
---@param options table?  per-call options
function chunks.send(state, chunk, rows, options)
  local watched <close> = chunk -- luacheck: ignore 211
  if #chunk > 1 then return send_shared(state, chunk, rows, options) end
  if chunk[1] then send_alone(state, chunk[1], rows, options) end
end

--- The row of an item that has none when the sending was broken off: what was begun is as unclear as the call that was in flight, the
--- rest was not sent.
---@param state table
---@param item table
---@param err sms.Error  what broke in
---@return table row
function chunks.unfinished(state, item, err)
  local trouble = item.chunk and item.chunk.trouble
  if trouble then trouble = failure.is(trouble) and trouble or { outcome = "unknown", message = err.message } end
  local own = trouble or err
  local row = row_error(state, item.index, item.message, failure.new {
    kind = err.kind == "timeout" and "timeout" or "cancelled", outcome = item.begun and own.outcome or "not_sent", provider = state.name,
    operation = "send_many", message = item.begun and own.message or "not begun: " .. err.message, retryable = false,
  })
  if item.begun and row.reference == nil then row.reference = own.reference end
  return row
end

---------------------------------------------------------------- making them

--- A chunk that nothing can be added to: what is not shared, or holds no item at all.
---@param item? table
---@return table chunk
function chunks.alone(item)
  return setmetatable({ item, closed = true }, Chunk)
end

--- Puts an item into the open chunk of its key, or into a new one: what can't share goes alone. By `bulk_unique` the adapter says what a
--- call may hold once only.
---@param adapter table             the message part of a provider's adapter
---@param open table<string, table> the chunks that may grow, by key
---@param item table
---@return table? chunk  one that is new
function chunks.add(adapter, open, item)
  local key = adapter.bulk and adapter.bulk_key(item.message)
  if not key then
    item.chunk = chunks.alone(item)
    return item.chunk
  end
  local unique = adapter.bulk_unique and adapter.bulk_unique(item.message)
  local chunk, fresh = open[key], nil
  if not chunk or unique and chunk.held[unique] then
    if chunk then chunk.closed = true end
    fresh = setmetatable({ key = key, held = adapter.bulk_unique and {} }, Chunk)
    open[key], chunk = fresh, fresh
  end
  chunk[#chunk + 1], item.chunk = item, chunk
  if unique then chunk.held[unique] = true end
  if #chunk >= adapter.bulk_max then
    chunk.closed, open[key] = true, nil
  end
  return fresh
end

--- Ends a chunk that might have grown.
---@param open table<string, table>
---@param chunk table
function chunks.close(open, chunk)
  chunk.closed = true
  if open[chunk.key] == chunk then open[chunk.key] = nil end
end

return chunks
