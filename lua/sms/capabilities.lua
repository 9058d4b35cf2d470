-- SPDX-License-Identifier: MIT
-- What a provider supports of a message: the table that messages are checked against and that `client:capabilities()` returns.

local core = require "sms.core"
local dates = require "sms.dates"
local fields = require "sms.message.fields"
local number = require "sms.number"
local native = require "sms.api.native"
local plan = require "sms.number.plan"
local recipients = require "sms.number.recipients"
local checks = require "sms.check"
local template = require "sms.text.template"

local capabilities = {}

local text_sendable = core.text_sendable
local fault = fields.fault

-- Fields that lua-sms implements, whatever the provider supports.
local OURS = { empty = true, max_segments = true, only = true, region = true, template = true, vars = true }

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
    local measured = limits.unit and limits.unit ~= "value" and ("has %s %s"):format(size, limits.unit) or "is " .. size
    local range = limits.max and ("%s to %s"):format(limits.min or 0, limits.max) or "at least " .. limits.min
    fault(problems, name, ("'%s' %s, the provider accepts %s"):format(name, measured, range))
  end
  for i, allowed in ipairs(limits.values or {}) do
    if allowed == value then return end
    if i == #limits.values then
      fault(problems, name, ("'%s' must be one of %s"):format(name, table.concat(limits.values, ", ")))
    end
  end
end

local function check_recipients(to, limits, problems)
  if type(to) ~= "table" then return end
  if #to == 0 then fault(problems, "to", "'to' is an empty list") end
  if #to > limits.max then
    fault(problems, "to", ("'to' has %d numbers, but the provider accepts %d per call; use send_many"):format(#to, limits.max))
  end
end

-- Refuses past times: a provider would send the message immediately, or never.
local function check_time(at, limits, problems)
  local before = #problems
  if type(limits) == "table" then check_limits("at", at, limits, problems) end
  if #problems > before then
    local is_thousandfold = at > limits.max and at / 1000 <= limits.max
    if is_thousandfold then problems[#problems] = problems[#problems] .. "; give seconds, not milliseconds" end
  elseif at < os.time() then
    fault(problems, "at", ("'at' is in the past: %s"):format(dates.iso(at)))
  end
end

local function check_field(name, value, capability, provider, problems)
  if not capability then
    problems[#problems + 1] = ("%s does not support '%s'"):format(provider, name)
  elseif name == "to" then
    check_recipients(value, capability, problems)
  elseif name == "at" then
    check_time(value, capability, problems)
  elseif type(capability) == "table" then
    check_limits(name, value, capability, problems)
  end
end

--- A deep copy.
---@param value any
---@return any
function capabilities.copied(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for key, item in pairs(value) do out[key] = capabilities.copied(item) end
  return out
end

--- The provider's table, adjusted by the client's options; created once per client.
---@param state table
---@return table
function capabilities.of(state)
  if not state.capabilities then
    local adapter = state.adapter.message
    local own = capabilities.copied(adapter.capabilities)
    state.capabilities, state.required = adapter.adjust and adapter.adjust(own, state.options) or own, {}
    state.sender = state.capabilities.from and state.options.from or nil -- the default; absent if the provider has no choice of senders
    if state.sender and type(state.capabilities.from) == "table" then state.capabilities.from.required = nil end
    for name, limits in pairs(state.capabilities) do state.required[name] = type(limits) == "table" and limits.required end
  end
  return state.capabilities
end

-- Checks a text, whatever the provider; `max_segments` works with all, since segments are counted here. 0 means no limit.
-- The message keeps the count for its receipt.
local function check_text(given, problems)
  local text, most = given.text, given.max_segments
  if type(text) ~= "string" or text == "" and given.media ~= nil then return end
  local segments, words = text_sendable(text)
  given.segments = segments
  if not segments then
    fault(problems, "text", (words:find("^invalid") and "'text': " or "'text' ") .. words)
  elseif math.type(most) == "integer" and most > 0 and segments > most then
    fault(problems, "text", ("'text' needs %d segments, 'max_segments' is %d"):format(segments, most))
  end
end

-- Checks a message against what the provider supports.
local function check(state, given, problems)
  if type(given) ~= "table" then
    problems[1] = "a message must be a table"
    return
  end
  local supported = capabilities.of(state)
  for _, field in ipairs(fields.list()) do
    local name = field.name
    local value = given[name]
    if value ~= nil then
      local before = #problems
      local converted = field.convert(value, field.where, problems)
      if field.reads then value, given[name] = converted, converted end
      local limits = supported[name]
      if #problems == before and (limits or not OURS[name]) then check_field(name, value, limits, state.name, problems) end
    elseif not field.optional or state.required[name] then
      problems[#problems + 1] = ("'%s' is missing"):format(name)
    end
  end
  fields.check_names(given, problems)
  fields.check_only(given.only, state.name, problems)
  check_text(given, problems)
  if given.text == nil and not (given.media and supported.media) then problems[#problems + 1] = "'text' is missing" end
end

---------------------------------------------------------------- plain messages

-- The fields of most messages: one number and texts.
local PLAIN = { "to", "text", "from", "reference", "callback", "campaign" }

-- A type within the limits of a capability; nil if they can't be checked by bytes.
local function within(node, limits)
  if limits == true or not (limits.min or limits.max or limits.values) then return node end
  if limits.values or limits.unit ~= "bytes" and limits.unit ~= "characters" then return nil end
  return { kind = "alias", alias = { min = limits.min, max = limits.max }, base = node }
end

-- Rules for `core.check` by which a client recognises plain messages; created once per client.
local function plain_rules(state)
  local supported, types, needed, nodes = capabilities.of(state), {}, {}, {}
  for _, field in ipairs(fields.list()) do nodes[field.name] = field.node end
  for name, required in pairs(state.required) do needed[name] = required or false end
  for _, name in ipairs(PLAIN) do types[name] = supported[name] and within(nodes[name], supported[name]) end
  types.to = nodes.to.items[1] -- the limits of a list do not apply to one number
  needed.to, needed.text = true, true
  return native.rules(types, needed)
end

-- Creates a client's readers of plain messages.
local function add_readers(state)
  local adapter, region, only = state.adapter.message, state.region, state.only
  state.read_plain, state.fill_chunk = core.row_reader {
    rules = plain_rules(state), plans = plan.rows, refusal = only and only.refusal, from = state.sender,
    parse = not adapter.token and template.pieces or nil, -- not if the provider has its own placeholders
    number = function(to) return (recipients.read(adapter, to, region)) end, sender = number.sender, region = region,
    bare = not (region or adapter.region or adapter.is_address),
  }
end

--- Functions that read plain messages: one number and texts, as usual. The first reads one and returns text (filled), segments, `to` in
--- international format, `to` as given, sender, reference, callback and campaign; nothing for a message that isn't plain, or has a
--- mistake, which `capabilities.ready` reports. The second reads several into a chunk (`sms.bulk.reader`).
---@param state table
---@return fun(given: any): string?, ...
---@return fun(source: table|fun(): any, seen: table|false, chunk: table|false, index: integer, last: integer): ...
function capabilities.readers(state)
  if not state.read_plain then add_readers(state) end
  return state.read_plain, state.fill_chunk
end

-- The copy of a plain message; nil if it isn't plain.
local function copy_of(text, segments, to, written, from, reference, callback, campaign)
  return text and {
    to = to, written = written, text = text, from = from, reference = reference, callback = callback, campaign = campaign,
    segments = segments,
  }
end

---------------------------------------------------------------- any message

-- A copy of a message for one provider, with the fields for it and the default sender.
local function copied_for(state, given)
  local out, own = {}, type(given.only) == "table" and given.only[state.name]
  for key, value in pairs(given) do out[key] = value end
  for key, value in pairs(type(own) == "table" and own or {}) do
    if key ~= "only" and fields.types[key] then out[key] = value end -- unknown names are refused elsewhere
  end
  capabilities.of(state)
  if out.from == nil then out.from = state.sender end
  return out
end

-- Refuses recipients that the option `only` does not allow.
local function check_allowed(state, out, problems)
  local only = state.only
  local is_list = type(out.to) == "table"
  for i, to in ipairs(only and (is_list and out.to or { out.to }) or {}) do
    local reason = type(to) == "string" and only.refusal(to)
    if reason then checks.fault(problems, is_list and ("'to[%d]'"):format(i) or "'to'", reason) end
  end
end

-- Fills the placeholders in the text of a copy. Returns the parsed template and the text of its pieces, if it has placeholders.
local function fill(state, out, problems)
  if type(out.text) ~= "string" or out.template == false or not out.text:find("[{}]") then return nil end
  local parsed, words = template.parse(out.text)
  if not parsed then return fault(problems, "text", "'text' " .. words) end
  local vars, token, tokens = type(out.vars) == "table" and out.vars or {}, state.adapter.message.token, false
  local pieces, missing = template.fill(parsed, vars, out.empty == "allow", token and function(name)
    local text, problem = token(name)
    tokens = tokens or text ~= nil
    return text, problem
  end)
  if not pieces then return fault(problems, "vars", missing .. (out.vars == nil and ": the message has no 'vars'" or "")) end
  out.text = table.concat(pieces)
  return { parsed = parsed, pieces = pieces, tokens = tokens }
end

--- A message ready to be sent: a copy with its text filled, its `segments` counted (if the provider adds nothing to the text) and its
--- numbers in E.164 (`written`: `to` as given); if its text was a template, `filled` is
--- `{ parsed, pieces, tokens }`, see `sms.text.template`; `tokens`: the provider fills some placeholders. Or nil, all problems in one
--- message, the field of the first invalid data, and whether some of them are mistakes of the script.
---@param state table
---@param given table
---@return table? message
---@return string? problem
---@return string? field
---@return boolean? mistaken  see `checks.mistaken`
function capabilities.ready(state, given)
  local copy = copy_of((state.read_plain or capabilities.readers(state))(given))
  if copy then return copy end
  local problems, out, filled = {}, given, nil
  if type(given) == "table" then
    out = copied_for(state, given)
    filled = fill(state, out, problems)
  end
  check(state, out, problems)
  if type(out) == "table" then
    recipients.convert(state.adapter.message, out, state.options, problems)
    check_allowed(state, out, problems)
  end
  if #problems > 0 then return nil, table.concat(problems, "; "), problems.field, checks.mistaken(problems) end
  out.filled = filled
  if filled and filled.tokens then out.segments = nil end
  return out
end

return capabilities
