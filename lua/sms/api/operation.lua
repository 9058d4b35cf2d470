-- SPDX-License-Identifier: MIT
-- The only engine: turns the facts of a resource file into checked methods. It knows no provider by name.

local allowed = require "sms.allowed"
local argument = require "sms.api.convert"
local build = require "sms.api.request"
local fits = require "sms.core".fits
local failure = require "sms.error"
local json = require "sms.json"
local naming = require "sms.naming"
local plainness = require "sms.api.native"
local record = require "sms.api.options"
local scalar = require "sms.scalar"
local shape = require "sms.api.shape"
local Type = require "sms.api.types"

local Operation = {}

--- Options that every call takes in its second table, with their types.
---@type table<string, string>
Operation.options = {
  headers = "sms.Headers?", max_body = "sms.Bytes?", progress = "function?", retries = "sms.Count?", stream = "boolean?",
  timeout = "number?", to_file = "sms.Path?", wire = "sms.WireNames?",
}

local PLACES = { "query", "body", "form", "multipart" }
local RULES = { "one_of", "any_of", "needs", "contains", "required_if", "only_if" }
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

-- Where the documents allow several verbs, the argument `method` chooses; the first one is the default.
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
  local plain, const = path:match("^([^?]*)%??(.*)$")
  local method = verbs:match("^%u+")
  local op = {
    facts = facts, name = name, provider = provider, method = method, query = const, pieces = parse_path(plain), params = {}, by_name = {},
    names = {}, places = {}, -- `places`: the params of each place; `bare`: all go to the body, as they are
  }
  add_params(op, registry)
  if verbs ~= method then add_verb(op, registry, verbs) end
  finish_params(op)
  op.repeatable = facts.repeatable
  if op.repeatable == nil then op.repeatable = READS[method] or false end
  op.send = facts.send or false
  op.hook = facts.hook and assert(hooks and hooks[facts.hook], name .. ": unknown hook")
  op.bare = op.bare and not op.hook
  for _, rule in ipairs(RULES) do op.ruled = op.ruled or facts[rule] ~= nil end
  op.result, op.registry = facts.result and Type.parse(facts.result, registry), registry
  return op
end

--- The form of the operation's result, see `shape.settle`; made when the first answer comes.
---@param op table
---@return table|integer form
function Operation.form(op)
  op.form = op.form or shape.form(op.result, op.registry)
  return op.form
end

local function plain_rules(op)
  local facts, nodes, needed = op.facts, {}, {}
  if op.ruled or op.hook or op.places.path or facts.form or facts.multipart then return false end
  for _, param in ipairs(op.params) do
    if param.default ~= nil or param.from_client then return false end
    nodes[param.name] = op.bare and facts.body and param.node or nil
    needed[param.name] = not param.optional
  end
  return plainness.rules(nodes, needed)
end

--- Rules for plain calls: whose arguments are the body as they are, or that have none. False where no call is so plain.
---@param op table
---@return table|false rules  for `core.fits`
function Operation.rules(op)
  if op.rules == nil then op.rules = plain_rules(op) end
  return op.rules
end

--- The request of a plain call.
---@param op table
---@param body string?
---@return table
function Operation.plain_request(op, body)
  return { method = op.method, once = true, path = op.pieces[1], query = op.query, body = body }
end

-- The request of a call that is plain; nil when it isn't, or has a mistake.
local function seen_through(op, args)
  local rules, body = Operation.rules(op), nil
  if not rules or not fits(args, rules) then return nil end
  if op.facts.body then
    body = json.encode(args or {})
    if not body then return nil end
  end
  return Operation.plain_request(op, body)
end

---------------------------------------------------------------- checking arguments

local function given(values, name)
  return values[name] ~= nil
end

local function quoted(names)
  return "'" .. table.concat(names, "' or '") .. "'"
end

local function count_given(values, names)
  local count = 0
  for _, name in ipairs(names) do
    if given(values, name) then count = count + 1 end
  end
  return count
end

-- required_if and only_if: { deciding argument, its value, { names } }.
local function check_conditions(facts, values, problems)
  for _, rule in ipairs(facts.required_if or {}) do
    for _, name in ipairs(values[rule[1]] == rule[2] and rule[3] or {}) do
      if not given(values, name) then
        problems[#problems + 1] = ("argument '%s' is missing (needed with %s = '%s')"):format(name, rule[1], rule[2])
      end
    end
  end
  for _, rule in ipairs(facts.only_if or {}) do
    for _, name in ipairs(values[rule[1]] ~= rule[2] and rule[3] or {}) do
      if given(values, name) then
        problems[#problems + 1] = ("argument '%s' is only for calls with %s = '%s'"):format(name, rule[1], rule[2])
      end
    end
  end
end

-- Rules between arguments: one_of, any_of, needs, contains, required_if.
local function check_rules(facts, values, problems)
  for _, names in ipairs(facts.one_of or {}) do
    if count_given(values, names) ~= 1 then problems[#problems + 1] = "exactly one of " .. quoted(names) .. " is needed" end
  end
  for _, names in ipairs(facts.any_of or {}) do
    if count_given(values, names) == 0 then problems[#problems + 1] = "at least one of " .. quoted(names) .. " is needed" end
  end
  for name, other in pairs(facts.needs or {}) do
    if given(values, name) and not given(values, other) then
      problems[#problems + 1] = ("argument '%s' is only for calls that give '%s'"):format(name, other)
    end
  end
  for name, piece in pairs(facts.contains or {}) do
    if type(values[name]) == "string" and not values[name]:find(piece, 1, true) then
      scalar.fault(problems, ("argument '%s'"):format(name), "must contain " .. piece)
    end
  end
  check_conditions(facts, values, problems)
end

-- Arguments → wire values by name; mistakes go to `problems`.
local function convert_arguments(op, args, settings, problems)
  local values, wired, params = op.ruled and {}, {}, op.params
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
    if not op.by_name[key] then problems[#problems + 1] = naming.unknown("argument", key, op.names) end
  end
  if values then check_rules(op.facts, values, problems) end
  return wired
end

--- Checks a table of per-call options; appends to `problems`.
---@param options any
---@param problems string[]
---@return table options  a copy, each as its type makes it
Operation.check_options = record.checker(Operation.options, Type.registry(require "sms.api.common_types"), "option", "options")

-- What is wrong, in one message: a sentence to be raised where the script is to blame, an error value where only the data is.
local function complaint(op, problems)
  local words = table.concat(problems, "; ")
  if scalar.mistaken(problems) then return ("%s.%s: %s"):format(op.provider, op.name, words) end
  return failure.new {
    kind = "invalid", outcome = "not_sent", provider = op.provider, operation = op.name, message = words, field = problems.field,
  }
end

--- Arguments and options → a request for the transport. Nothing has been sent when it fails.
---@param op table
---@param args table?
---@param options table?
---@param settings table?  the client's options, where a fact takes an argument from them
---@param dry boolean?     nothing will be sent: hooks leave files that come in pieces alone
---@return table? request `{ method, path, query, body?, content_type?, parts?, once, options }`
---@return string|sms.Error? trouble a string is the caller's mistake, an error value a fault of the data
function Operation.prepare(op, args, options, settings, dry)
  local request
  local only = op.send and settings and settings.only
  if options == nil and not only then
    request = seen_through(op, args)
    if request then return request end
  end
  local problems = {}
  if args ~= nil and type(args) ~= "table" then
    return nil, complaint(op, { "arguments are one table, got a " .. type(args) })
  end
  if options ~= nil then options = Operation.check_options(options, problems) end
  for key in pairs(options and options.wire or {}) do
    if not op.by_name[key] then problems[#problems + 1] = naming.unknown("argument", key, op.names) .. ", in the option 'wire'" end
  end
  local wired = convert_arguments(op, args or {}, settings or {}, problems)
  if only then allowed.check(op, args or {}, only, problems) end
  if op.hook then op.hook { args = wired, options = settings or {}, problems = problems, dry = dry } end
  if #problems > 0 then return nil, complaint(op, problems) end
  request = build.request(op, wired, options, problems)
  if #problems > 0 then return nil, complaint(op, problems) end
  return request
end

return Operation
