-- SPDX-License-Identifier: MIT
-- Compiles the facts of a resource file to operations with checked arguments. Independent of the provider.

local allowed = require "sms.api.allowed"
local argument = require "sms.api.convert"
local build = require "sms.api.request"
local check = require "sms.core".check
local failure = require "sms.error"
local checks = require "sms.check"
local native = require "sms.api.native"
local record = require "sms.api.options"
local Type = require "sms.api.types"

local Operation = {}

--- Options that every call takes in its second table, with their types.
Operation.options = record.of_call

local NONE = {}
local PLACES = { "query", "body", "form", "multipart" }
local RULES = { "one_of", "any_of", "needs", "contains", "required_if", "only_if" }
local DOWNLOADS = { text = true, bytes = true } -- response formats that are returned unchanged
local GETS = { GET = true, HEAD = true }
local READS = { GET = true, HEAD = true, PUT = true, DELETE = true }

---------------------------------------------------------------- compiling facts

-- "/a/{id}/b{/n}" → { "/a/", { name = "id" }, "/b", { name = "n", tail = true } }
local function parse_path(path)
  local pieces, from = {}, 1
  for before, slash, name, after in path:gmatch("()%{(/?)([%w_]+)%}()") do
    if before > from then pieces[#pieces + 1] = path:sub(from, before - 1) end
    pieces[#pieces + 1] = { name = name, tail = slash == "/" }
    from = after
  end
  if from <= #path then pieces[#pieces + 1] = path:sub(from) end
  return pieces
end

local function by_need_then_name(a, b)
  if (a.optional or false) ~= (b.optional or false) then return not a.optional end
  return a.name < b.name
end

local function add_param(op, registry, name, place, text)
  local node = Type.parse(text, registry)
  local wire = op.facts.wire and op.facts.wire[name] or name
  local default = op.facts.default and op.facts.default[name]
  local param = {
    name = name, place = place, type = text, node = node, wire = type(wire) == "table" and wire or { wire }, default = default,
    optional = node.optional or default ~= nil, convert = argument.converter(node, registry), file = text:match("^sms%.File") ~= nil,
    where = "argument '" .. name .. "'", from_client = op.facts.from_client and op.facts.from_client[name],
  }
  op.params[#op.params + 1], op.by_name[name] = param, param
  return param
end

local function add_params(op, registry)
  for _, piece in ipairs(op.pieces) do
    if type(piece) == "table" then
      local text = op.facts.path and op.facts.path[piece.name] or (piece.tail and "sms.Id?" or "sms.Id")
      piece.param = add_param(op, registry, piece.name, "path", text)
    end
  end
  for _, place in ipairs(PLACES) do
    for name, text in pairs(op.facts[place] or {}) do add_param(op, registry, name, place, text) end
  end
end

-- If the documents allow several verbs, the argument `method` selects one; the default is the first.
local function add_verb(op, registry, verbs)
  add_param(op, registry, "method", "verb", "'" .. verbs:gsub("|", "'|'") .. "'?")
end

local function finish_params(op)
  table.sort(op.params, by_need_then_name)
  op.bare = true
  for i, param in ipairs(op.params) do
    op.names[i] = param.name
    op.places[param.place] = op.places[param.place] or {}
    table.insert(op.places[param.place], param)
    op.bare = op.bare and param.place == "body" and #param.wire == 1 and param.wire[1] == param.name
    if param.default ~= nil or param.from_client then table.insert(op.completed, param) end
  end
end

--- Compiles one fact.
---@param facts table      the entry of the resource file
---@param name string      `resource:operation`
---@param provider string
---@param registry sms.Registry
---@param hooks? table<string, fun(call: table)>  the provider's hooks by name
---@return table operation
function Operation.compile(facts, name, provider, registry, hooks)
  local verbs, path = facts[1]:match("^([%u|]+) (/.*)$")
  assert(verbs, name .. ": the fact lacks a verb and path")
  local base, const = path:match("^([^?]*)%??(.*)$")
  local method = verbs:match("^%u+")
  local op = {
    facts = facts, name = name, provider = provider, method = method, query = const, pieces = parse_path(base), params = {}, by_name = {},
    -- `places`: the params of each place; `ruled`: facts that are rules between arguments; `bare`: the arguments are the body,
    -- unchanged; `completed`: params with a default value.
    names = {}, places = {}, ruled = {}, completed = {},
  }
  add_params(op, registry)
  if verbs ~= method then add_verb(op, registry, verbs) end
  finish_params(op)
  op.repeatable = facts.repeatable
  if op.repeatable == nil then op.repeatable = READS[method] or false end
  op.send = facts.send or false
  op.hook = facts.hook and assert(hooks and hooks[facts.hook], name .. ": unknown hook")
  op.bare = op.bare and not (op.hook or op.completed[1] or facts.form)
  op.filled = op.completed[1] ~= nil or op.hook ~= nil -- the arguments of each call are copied
  for _, rule in ipairs(RULES) do
    if facts[rule] then op.ruled[#op.ruled + 1] = rule end
  end
  op.examined = op.ruled[1] ~= nil or op.hook ~= nil
  op.result, op.registry = facts.result and Type.parse(facts.result, registry), registry
  return op
end

local function make_rules(op)
  if op.facts.multipart then return false end
  local nodes, needed = {}, {}
  for _, param in ipairs(op.params) do
    nodes[param.name], needed[param.name] = param.node, not param.optional
  end
  return native.rules(nodes, needed, op.registry)
end

--- Rules for arguments that can be sent unchanged, in any place. False if there are none.
---@param op table
---@return table|false rules  for `core.check`
function Operation.rules(op)
  if op.rules == nil then op.rules = make_rules(op) end
  return op.rules
end

---------------------------------------------------------------- checking arguments

local function quoted(names)
  return "'" .. table.concat(names, "' or '") .. "'"
end

local function count_given(values, names)
  local count = 0
  for i = 1, #names do
    if values[names[i]] ~= nil then count = count + 1 end
  end
  return count
end

-- Rules between arguments, by the fact that states them: `check(rule, values, problems)`.
local between = {}

function between.one_of(lists, values, problems)
  for _, names in ipairs(lists) do
    if count_given(values, names) ~= 1 then problems[#problems + 1] = "exactly one of " .. quoted(names) .. " is required" end
  end
end

function between.any_of(lists, values, problems)
  for _, names in ipairs(lists) do
    if count_given(values, names) == 0 then problems[#problems + 1] = "at least one of " .. quoted(names) .. " is required" end
  end
end

function between.needs(others, values, problems)
  for name, other in pairs(others) do
    if values[name] ~= nil and values[other] == nil then
      problems[#problems + 1] = ("argument '%s' requires argument '%s'"):format(name, other)
    end
  end
end

function between.contains(pieces, values, problems)
  for name, piece in pairs(pieces) do
    if type(values[name]) == "string" and not values[name]:find(piece, 1, true) then
      checks.fault(problems, ("argument '%s'"):format(name), "must contain " .. piece)
    end
  end
end

-- required_if and only_if: { deciding argument, its value, { names } }.
function between.required_if(rules, values, problems)
  for _, rule in ipairs(rules) do
    for _, name in ipairs(values[rule[1]] == rule[2] and rule[3] or NONE) do
      if values[name] == nil then
        problems[#problems + 1] = ("argument '%s' is missing (required if %s = '%s')"):format(name, rule[1], rule[2])
      end
    end
  end
end

function between.only_if(rules, values, problems)
  for _, rule in ipairs(rules) do
    for _, name in ipairs(values[rule[1]] ~= rule[2] and rule[3] or NONE) do
      if values[name] ~= nil then
        problems[#problems + 1] = ("argument '%s' is only valid if %s = '%s'"):format(name, rule[1], rule[2])
      end
    end
  end
end

local function check_rules(op, values, problems)
  for i = 1, #op.ruled do
    local rule = op.ruled[i]
    between[rule](op.facts[rule], values, problems)
  end
end

-- Arguments → wire values by name; mistakes are added to `problems`.
local function convert_arguments(op, args, settings, problems)
  local values, wired, params = op.ruled[1] and {}, {}, op.params
  for i = 1, #params do
    local param = params[i]
    local value = args[param.name]
    if value == nil then value = param.default end
    if value == nil and param.from_client then value = settings[param.from_client] end
    if value ~= nil then
      if values then values[param.name] = value end
      wired[param.name] = param.convert(value, param.where, problems, settings)
    elseif not param.optional then
      local also = param.from_client and (", and so is the client's option '%s'"):format(param.from_client) or ""
      problems[#problems + 1] = ("argument '%s' (%s) is missing%s"):format(param.name, param.type, also)
    end
  end
  for key in pairs(args) do
    if not op.by_name[key] then problems[#problems + 1] = checks.unknown("argument", key, op.names) end
  end
  if values then check_rules(op, values, problems) end
  return wired
end

-- The arguments, with missing ones set by defaults or the client's options.
local function completed(op, args, settings)
  local out = {}
  for key, value in next, args do out[key] = value end
  for i = 1, #op.completed do
    local param = op.completed[i]
    if out[param.name] == nil then
      local value = param.default
      if value == nil and param.from_client then value = settings[param.from_client] end
      out[param.name] = value
    end
  end
  return out
end

--- Fast path for calls whose arguments need no conversion: the core checks all of them in one call. Returns them, possibly the caller's own
--- table, which is not changed; nil if they have to be converted, or are wrong.
---@param op table
---@param args any
---@param settings table  the client's options
---@param dry boolean?    see `Operation.prepare`
---@return table<string, any>?
function Operation.as_is(op, args, settings, dry)
  local rules = op.rules
  if rules == nil then rules = Operation.rules(op) end
  if args == nil then args = NONE end
  if op.filled and type(args) == "table" and not getmetatable(args) then args = completed(op, args, settings) end
  if not rules or not check(args, rules) then return nil end
  if not op.examined then return args end
  local problems = {}
  check_rules(op, args, problems)
  if op.hook then op.hook { args = args, options = settings, problems = problems, dry = dry } end
  return not problems[1] and args or nil
end

-- All problems in one message: text to be raised for mistakes of the script, an error value if only data are invalid.
local function complaint(op, problems)
  local words = table.concat(problems, "; ")
  if checks.mistaken(problems) then return ("%s.%s: %s"):format(op.provider, op.name, words) end
  return failure.new {
    kind = "invalid", outcome = "not_sent", provider = op.provider, operation = op.name, message = words, field = problems.field,
  }
end

--- Whether the client's option `only` applies to an operation, so that its numbers have to be checked.
---@param op table
---@param settings table  the client's options
---@return boolean
function Operation.is_guarded(op, settings)
  return op.send and settings.only ~= nil
end

local function check_wire_names(op, options, problems)
  for key in pairs(options and options.wire or NONE) do
    if not op.by_name[key] then problems[#problems + 1] = checks.unknown("argument", key, op.names) .. ", in the option 'wire'" end
  end
end

-- Arguments → wire values, checked one at a time.
local function one_by_one(op, args, settings, problems, dry)
  local wired = convert_arguments(op, args or NONE, settings, problems)
  if Operation.is_guarded(op, settings) then allowed.check(op, args or NONE, settings.only, problems) end
  if op.hook then op.hook { args = wired, options = settings, problems = problems, dry = dry } end
  return wired
end

--- Converts arguments to wire values for `core.place`. Nil if any of them is wrong; `Operation.prepare` then
--- reports what.
---@param op table
---@param args any
---@param settings table  the client's options
---@return table<string, any>?
function Operation.converted(op, args, settings)
  if type(args) ~= "table" then return nil end
  local problems = {}
  local wired = one_by_one(op, args, settings, problems)
  return not problems[1] and wired or nil
end

-- Whether a response may be returned without decoding, which leaves it unproven that the call took effect.
local function may_stay_unread(op)
  return DOWNLOADS[op.facts.response] or GETS[op.method] and not op.send
end

--- Arguments and options → a request for the transport.
---@param op table
---@param args table?
---@param options table?
---@param settings table?  the client's options, which a fact may use as arguments
---@param dry boolean?     nothing will be sent: hooks leave files that come in pieces alone
---@return table? request `{ method, path, query, body?, content_type?, parts?, options }`
---@return string|sms.Error? trouble a string is the caller's mistake, an error value a fault of the data
function Operation.prepare(op, args, options, settings, dry)
  local problems = {}
  settings = settings or NONE
  if args ~= nil and type(args) ~= "table" then
    return nil, complaint(op, { "arguments must be a table, got a " .. type(args) })
  end
  if options ~= nil then options = record.check_call(options, problems) end
  if options and not may_stay_unread(op) then record.refuse_downloads(options, problems) end
  check_wire_names(op, options, problems)
  local guarded = Operation.is_guarded(op, settings)
  if guarded and options and options.wire and #problems == 0 then allowed.check_wire(op, options.wire, problems) end
  local may_pass = #problems == 0 and not guarded
  local wired = may_pass and Operation.as_is(op, args, settings, dry) or one_by_one(op, args, settings, problems, dry)
  if #problems > 0 then return nil, complaint(op, problems) end
  local request = build.request(op, wired, options, problems)
  if #problems > 0 then return nil, complaint(op, problems) end
  return request
end

--- The same without the fast path, for specs.
---@param op table
---@param args table
---@return table? request
function Operation.prepare_one_by_one(op, args)
  local problems = {}
  local wired = one_by_one(op, args, NONE, problems)
  local request = #problems == 0 and build.request(op, wired, nil, problems)
  return #problems == 0 and request or nil
end

return Operation
