-- SPDX-License-Identifier: MIT
-- One message, any provider: `client:send`, `send_many`, `status`, `balance`, `capabilities`. What a provider can do is one table
-- in its manners; the same table builds requests, refuses options and answers `capabilities()`.

local argument = require "sms.argument"
local core = require "sms.core"
local failure = require "sms.error"
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

-- The problems of a message against what the provider can do.
local function check(state, given, problems)
  if not next(converters) then prepare() end
  if type(given) ~= "table" then
    problems[1] = "a message is a table"
    return
  end
  local capabilities = state.manners.message.capabilities
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
  if given.vars and given.text then
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
  local manners = state.manners.message
  local plan, words = manners.plan(ok, state.options)
  if not plan then return nil, nil, words end
  local result, response = state.perform(plan.op, plan.args, options)
  if type(response) == "string" then return nil, nil, response end
  if result == nil then return nil, response end
  return receipt(state, manners.receipt(result, ok), ok, result), response
end

local function row_error(state, index, given, err)
  local to = type(given) == "table" and given.to or nil
  if type(err) == "string" then
    local words = ("row %d: %s"):format(index, err)
    err = failure.new { kind = "invalid", outcome = "not_sent", provider = state.name, operation = "send_many", message = words }
  end
  local status = err.outcome == "not_sent" and "rejected" or "unknown"
  return { provider = state.name, to = to, outcome = err.outcome, status = status, error = err }
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

local function send_chunk(state, chunk, rows, options)
  local manners, batch = state.manners.message, {}
  for i, item in ipairs(chunk) do batch[i] = item.message end
  local plan, words = manners.bulk(batch, state.options)
  local result, response
  if plan then result, response = state.perform(plan.op, plan.args, options) else response = words end
  local shares = result ~= nil and manners.bulk_receipts(result, batch)
  for i, item in ipairs(chunk) do
    if shares and shares[i] then
      rows[item.index] = bulk_row(state, item, shares[i], result)
    elseif shares then
      local lost = failure.new { kind = "decode", outcome = "unknown", provider = state.name, operation = "send_many",
        message = ("row %d: the answer has no entry for it"):format(item.index) }
      rows[item.index] = row_error(state, item.index, item.message, lost)
    else
      rows[item.index] = row_error(state, item.index, item.message, response)
    end
  end
end

local function send_alone(state, item, rows, options)
  local result, response, problem = message.send(state, item.given, options)
  rows[item.index] = result or row_error(state, item.index, item.given, response or problem)
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

--- Sends many: one row a message, in input order, always.
---@param state table
---@param messages table[]|fun(): table?
---@param options table?
---@return table[] rows receipts; a row that failed has `error` and the outcome
function message.send_many(state, messages, options)
  local rows, items, index = {}, {}, 0
  for given in iterate(messages) do
    index = index + 1
    local ok, problem = ready(state, given)
    if ok then
      items[#items + 1] = { index = index, given = given, message = ok }
    else
      rows[index] = row_error(state, index, given, problem)
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

local function copied(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for key, item in pairs(value) do out[key] = copied(item) end
  return out
end

--- What the provider can do: the table that requests are checked against, copied.
---@param state table
---@return table
function message.capabilities(state)
  local manners = state.manners.message
  local out = copied(manners.capabilities)
  out.bulk, out.status, out.balance = manners.bulk and manners.bulk_max or false, manners.status ~= nil, manners.balance ~= nil
  return out
end

return message
