-- SPDX-License-Identifier: MIT
-- One message, any provider: `client:send`, `send_many`, `status`, `balance`, `capabilities`. What a provider can do is one table
-- in its manners; the same table builds requests, refuses options and answers `capabilities()`.

local argument = require "sms.argument"
local core = require "sms.core"
local failure = require "sms.error"
local Operation = require "sms.operation"
local template = require "sms.template"
local Type = require "sms.type"

local message = {}

--- The fields of a message, with their types. `to` is one number or a list; `media` are files; `at` is a time in epoch seconds;
--- `validity` is in seconds; `vars` fill the `{name}` holes of `text`.
---@type table<string, string>
message.fields = {
  at = "number?", callback = "string?", campaign = "string?", category = "string?", flash = "boolean?", from = "string?",
  max_segments = "integer?", media = "sms.File[]?", priority = "integer?", reference = "string?", test = "boolean?", text = "string?",
  to = "sms.Msisdn|sms.Msisdn[]", validity = "integer?", vars = "table?",
}

local converters, names = {}, {}

local function prepare()
  local registry = Type.registry(require "sms.types")
  for name, text in pairs(message.fields) do
    local node = Type.parse(text, registry)
    converters[name] = { convert = argument.converter(node, registry), optional = node.optional }
    names[#names + 1] = name
  end
  table.sort(names)
end

---------------------------------------------------------------- checks

local MEASURES = {
  bytes = function(value) return #value end,
  characters = function(value) return utf8.len(value) or #value end,
  items = function(value) return #value end,
  value = function(value) return value end,
}

-- A capability is `true`, or limits: { min, max, unit = "bytes" | "characters" | "items" | "value", values, required }.
local function check_limits(name, value, limits, problems)
  local size = MEASURES[limits.unit or "value"](value)
  if limits.max and size > limits.max or limits.min and size < limits.min then
    local unit = limits.unit and limits.unit ~= "value" and " " .. limits.unit or ""
    problems[#problems + 1] = ("'%s' has %s%s, the provider takes %s to %s"):format(name, size, unit, limits.min or 0, limits.max or "any")
  end
  for i, allowed in ipairs(limits.values or {}) do
    if allowed == value then return end
    if i == #limits.values then
      problems[#problems + 1] = ("'%s' must be one of %s"):format(name, table.concat(limits.values, ", "))
    end
  end
end

local function check_recipients(to, limits, problems)
  if type(to) ~= "table" then return end
  if #to == 0 then problems[#problems + 1] = "'to' is an empty list" end
  if #to > limits.max then
    problems[#problems + 1] = ("'to' holds %d numbers, one call of the provider takes %d; use send_many"):format(#to, limits.max)
  end
end

local function check_field(name, value, capability, provider, problems)
  if not capability then
    problems[#problems + 1] = ("%s has no '%s'"):format(provider, name)
  elseif name == "to" then
    check_recipients(value, capability, problems)
  elseif type(capability) == "table" then
    check_limits(name, value, capability, problems)
  end
end

local function copied(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for key, item in pairs(value) do out[key] = copied(item) end
  return out
end

-- The provider's table, moved by the client's options where it says how; made once for each client.
local function capabilities_of(state)
  if not state.capabilities then
    local manners = state.manners.message
    local own = copied(manners.capabilities)
    state.capabilities = manners.adjust and manners.adjust(own, state.options) or own
  end
  return state.capabilities
end

-- The problems of a message against what the provider can do.
local function check(state, given, problems)
  if not next(converters) then prepare() end
  if type(given) ~= "table" then
    problems[1] = "a message is a table"
    return
  end
  local capabilities = capabilities_of(state)
  for _, name in ipairs(names) do
    local field, value = converters[name], given[name]
    if value ~= nil then
      local before = #problems
      field.convert(value, "'" .. name .. "'", problems)
      if #problems == before and name ~= "vars" then check_field(name, value, capabilities[name], state.name, problems) end
    elseif not field.optional or type(capabilities[name]) == "table" and capabilities[name].required then
      problems[#problems + 1] = ("'%s' is missing"):format(name)
    end
  end
  for key in pairs(given) do
    if not message.fields[key] then
      local guess = type(key) == "string" and core.nearest(key, names)
      problems[#problems + 1] = ("unknown field '%s'%s"):format(tostring(key), guess and (", did you mean '%s'?"):format(guess) or "")
    end
  end
  if given.text == nil and not (given.media and capabilities.media) then problems[#problems + 1] = "'text' is missing" end
end

-- A copy with the text rendered.
local function rendered(given, problems)
  local out = {}
  for key, value in pairs(given) do out[key] = value end
  if type(given.vars) == "table" and type(given.text) == "string" then
    local text, missing = template.render(given.text, given.vars)
    if not text then problems[#problems + 1] = ("variable '%s' is missing"):format(missing) end
    out.text = text or given.text
  end
  return out
end

-- A message that can be sent, or nil and every problem in one sentence.
local function ready(state, given)
  local problems = {}
  local out = type(given) == "table" and rendered(given, problems) or given
  if type(out) == "table" then out.template = nil end
  check(state, out, problems)
  if #problems > 0 then return nil, table.concat(problems, "; ") end
  out.template = given.vars and given.text or nil
  return out
end

--- Whether the provider could take a message; no network.
---@param state table
---@param given table
---@return boolean? ok
---@return string? problem
function message.check(state, given)
  local ok, problem = ready(state, given)
  if not ok then return nil, problem end
  local plan, words = state.manners.message.plan(ok, state.options)
  if not plan then return nil, words end
  return true
end

---------------------------------------------------------------- references

-- A reference of our own where the caller gave none: what an unclear send is found by later.
local function new_reference()
  return "sms-" .. core.nonce()
end

-- Gives each message a reference of its own, or all of them the one that their call carries (`shared_reference`).
local function refer(state, batch)
  if not capabilities_of(state).reference then return end
  local shared = state.manners.message.shared_reference and new_reference()
  for _, one in ipairs(batch) do
    if one.reference == nil or one.own_reference then one.reference, one.own_reference = shared or new_reference(), true end
  end
end

---------------------------------------------------------------- sending

local function receipt(state, fields, given, raw)
  fields.provider, fields.outcome, fields.to = state.name, fields.outcome or "accepted", given.to
  fields.reference = fields.reference or given.reference
  fields.status, fields.raw = fields.status or "accepted", raw
  return fields
end

--- Sends one message.
---@param state table   the client's private state
---@param given table   see `message.fields`
---@param options table? per-call options
---@return table? receipt `{ provider, id, reference, outcome, status, segments, to, raw }`
---@return table? response_or_error
---@return string? problem the caller's mistake, to be raised
function message.send(state, given, options)
  local ok, problem = ready(state, given)
  if not ok then return nil, nil, problem end
  refer(state, { ok })
  local manners = state.manners.message
  local plan, words = manners.plan(ok, state.options)
  if not plan then return nil, nil, words end
  local result, response = state.perform(plan.op, plan.args, options)
  if type(response) == "string" then return nil, nil, response end
  if result == nil then
    response.reference = ok.reference
    return nil, response
  end
  return receipt(state, manners.receipt(result, ok), ok, result), response
end

-- The fields that a later look into the provider's history needs.
local function row_error(state, index, given, err)
  local known = type(given) == "table" and given or {}
  if type(err) == "string" then
    local words = ("row %d: %s"):format(index, err)
    err = failure.new { kind = "invalid", outcome = "not_sent", provider = state.name, operation = "send_many", message = words }
  end
  local status = err.outcome == "not_sent" and "rejected" or "unknown"
  return {
    provider = state.name, to = known.to, text = known.text, reference = known.reference, outcome = err.outcome, status = status,
    error = err, time = os.time(),
  }
end

-- One row's share of a bulk answer.
local function bulk_row(state, item, fields, result)
  if fields.error then
    local err = fields.error
    err.provider, err.operation, err.outcome = state.name, "send_many", err.outcome or "not_sent"
    return row_error(state, item.index, item.message, failure.new(err))
  end
  return receipt(state, fields, item.message, result)
end

local function send_alone(state, item, rows, options)
  local result, response, problem = message.send(state, item.given, options)
  rows[item.index] = result or row_error(state, item.index, item.given, response or problem)
  if not result and response then rows[item.index].reference = response.reference end
end

-- Whether a refusal may be one row's fault: nothing was sent, and by the word of the manners, or else the kind, the
-- arguments are what is wrong.
local function for_a_row(manners, trouble)
  if type(trouble) == "string" then return true end
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
      local lost = failure.new { kind = "decode", outcome = "unknown", provider = state.name, operation = "send_many", message = words }
      rows[item.index] = row_error(state, item.index, item.message, lost)
    end
  end
end

-- One call for a chunk. One that was refused because of a row is taken apart by halves until the row stands alone.
local function send_chunk(state, chunk, rows, options)
  local manners, batch = state.manners.message, {}
  for i, item in ipairs(chunk) do batch[i] = item.message end
  refer(state, batch)
  local plan, trouble = manners.bulk(batch, state.options)
  local result
  if plan then result, trouble = state.perform(plan.op, plan.args, options) end
  if result ~= nil then
    share_out(state, chunk, manners.bulk_receipts(result, batch), rows, result)
  elseif #chunk > 1 and for_a_row(manners, trouble) then
    local half = #chunk // 2
    send_chunk(state, table.move(chunk, 1, half, 1, {}), rows, options)
    send_chunk(state, table.move(chunk, half + 1, #chunk, 1, {}), rows, options)
  else
    for _, item in ipairs(chunk) do
      rows[item.index] = row_error(state, item.index, item.message, trouble)
      rows[item.index].broadcast = true
    end
  end
end

-- Chunks of messages that may share one call, in input order; what can't share goes alone.
local function chunks_of(state, items)
  local manners, open, out = state.manners.message, {}, {}
  for _, item in ipairs(items) do
    local key = manners.bulk and manners.bulk_key(item.message)
    local chunk = key and open[key]
    if not chunk or #chunk >= manners.bulk_max then
      chunk = { shared = key ~= nil and key ~= false }
      out[#out + 1] = chunk
      if key then open[key] = chunk end
    end
    chunk[#chunk + 1] = item
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

local function arguments_problem(messages, options)
  local meta = type(messages) ~= "function" and getmetatable(messages)
  if type(messages) ~= "table" and type(messages) ~= "function" and not (type(meta) == "table" and meta.__call) then
    return "messages are a list or a function that gives one after the other"
  end
  local problems = {}
  if options ~= nil then Operation.check_options(options, problems) end
  return problems[1] and table.concat(problems, "; ")
end

--- Sends many: one row a message, in input order, always.
---@param state table
---@param messages table[]|fun(): table?
---@param options table?
---@return table[]? rows receipts; a row that failed has `error` and the outcome
---@return string? problem the caller's mistake, to be raised
function message.send_many(state, messages, options)
  local problem = arguments_problem(messages, options)
  if problem then return nil, problem end
  local rows, items, index = {}, {}, 0
  for given in iterate(messages) do
    index = index + 1
    local ok, wrong = ready(state, given)
    if ok then
      items[#items + 1] = { index = index, given = given, message = ok }
    else
      rows[index] = row_error(state, index, given, wrong)
    end
  end
  for _, chunk in ipairs(chunks_of(state, items)) do
    if chunk.shared and #chunk > 1 then
      send_chunk(state, chunk, rows, options)
    else
      for _, item in ipairs(chunk) do send_alone(state, item, rows, options) end
    end
  end
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
function message.status(state, given, options)
  local manners = state.manners.message
  if not manners.status then return unsupported(state, "status", "unsupported: the provider has no look-up; use its delivery reports") end
  local plan, words = manners.status(given)
  if not plan then return unsupported(state, "status", words) end
  local result, response = state.perform(plan.op, plan.args, options)
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
function message.balance(state, options)
  local plan = state.manners.message.balance
  if not plan then return unsupported(state, "balance", "unsupported: the provider tells no balance") end
  local result, response = state.perform(plan.op, plan.args, options)
  if result == nil then return nil, response end
  return plan.read(result), response
end

--- What the provider can do: the table that requests are checked against, copied.
---@param state table
---@return table
function message.capabilities(state)
  local manners = state.manners.message
  local out = copied(capabilities_of(state))
  out.bulk, out.status, out.balance = manners.bulk and manners.bulk_max or false, manners.status ~= nil, manners.balance ~= nil
  return out
end

return message
