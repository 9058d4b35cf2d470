-- SPDX-License-Identifier: MIT
-- The client's option `only`: the numbers to which it may send. Any other is refused before anything is sent, in
-- messages, in operations that send, and in `client:request`.

local core = require "sms.core"
local failure = require "sms.error"
local number = require "sms.number"
local recipients = require "sms.number.recipients"
local check = require "sms.check"
local Type = require "sms.api.types"
local url = require "sms.url"

local allowed = {}

local function shown(reason)
  return "is not allowed by the client's option 'only'" .. reason
end

-- The numbers of the option in E.164, as a set; invalid ones are added to `problems`.
local function read_list(list, region, problems)
  local set = {}
  for i, text in ipairs(list) do
    local e164, reason = number.recipient(text, region)
    if e164 then
      set[e164] = true
    else
      problems[#problems + 1] = ("option 'only[%d]' must be a phone number: it %s"):format(i, reason)
    end
  end
  return set
end

--- Compiles the option for the checks of messages and calls: `refusal(e164)` and `refusal_of(text)` return why a number is not
--- allowed, or nil. The first takes E.164, the second the text that is sent to the provider, in which
--- plain digits are first taken as a number in international format.
---@param list string[]      the option
---@param region string?     of the client, in capitals
---@param adapter table?     the message part of the provider's adapter
---@param problems string[]  gains a sentence for each entry that is not a number
---@return table only
function allowed.new(list, region, adapter, problems)
  local set, only = read_list(list, region, problems), {}
  function only.refusal(e164)
    return not set[e164] and shown "" or nil
  end
  function only.refusal_of(text)
    local e164, reason = recipients.read(adapter or {}, text)
    if not e164 and region then e164, reason = recipients.read(adapter or {}, text, region) end
    if not e164 then return shown(": it " .. reason) end
    return only.refusal(e164)
  end
  return only
end

---------------------------------------------------------------- operations

-- Calls `visit(text, where)` for each phone number in a value of a type. Returns whether the type has phone numbers at all.
local function each_number(node, registry, value, where, visit)
  local found = false
  local function inside(inner, item, step)
    found = each_number(inner, registry, item, check.inside(where, step), visit) or found
  end
  if node.kind == "alias" and node.alias.phone then
    if type(value) == "string" then visit(value, where) end
    return true
  elseif node.kind == "alias" then
    return each_number(node.base, registry, value, where, visit)
  elseif node.kind == "union" then
    for _, member in ipairs(node.items) do found = each_number(member, registry, value, where, visit) or found end
  elseif node.kind == "list" then
    for i, item in ipairs(type(value) == "table" and value or {}) do inside(node.item, item, ("[%d]"):format(i)) end
  elseif node.kind == "class" then
    for name, text in pairs(node.class) do
      local item = type(name) == "string" and name ~= "open" and type(value) == "table" and value[name]
      if item then inside(Type.parse(text, registry), item, "." .. name) end
    end
  end
  return found
end

--- Refuses numbers in the arguments of an operation that sends, and calls without numbers, whose recipients are unknown.
---@param op table           as `Operation.compile` makes it
---@param args table
---@param only table         as `allowed.new` makes it
---@param problems string[]  as `sms.check` has them
function allowed.check(op, args, only, problems)
  local found = false
  for _, param in ipairs(op.params) do
    local value = args[param.name]
    if value ~= nil then
      found = each_number(param.node, op.registry, value, param.where, function(text, where)
        local reason = only.refusal_of(text)
        if reason then check.fault(problems, where, reason) end
      end) or found
    end
  end
  if not found then
    check.fault(problems, "the client's option 'only'", "refuses the call: it does not name the numbers it sends to")
  end
end

--- Refuses an argument that the option `wire` renames to another argument, which may be that of the recipients.
---@param op table
---@param wire table<string, string|string[]>  names on the wire by argument
---@param problems string[]
function allowed.check_wire(op, wire, problems)
  for _, param in ipairs(op.params) do
    for name, given in pairs(wire) do
      for _, text in ipairs(type(given) == "table" and given or { given }) do
        if name ~= param.name and check.holds(param.wire, text) then
          check.fault(problems, "the client's option 'only'", "refuses the call: option 'wire' gives an argument the name of another")
        end
      end
    end
  end
end

---------------------------------------------------------------- client:request

-- Normalises a path as servers may interpret it: parameters after a semicolon are not part of it (RFC 3986 §3.3), and anything that
-- follows a NUL, a space or a number sign may be truncated. An extension such as .json selects a format.
local function plain_path(path)
  path = core.lower(url.unescape(path)):gsub("[\0 #].*", ""):gsub("\\", "/"):gsub(";[^/]*", "")
  return (path:gsub("/+", "/"):gsub("(.)/$", "%1"):gsub("%.%a+$", ""))
end

-- A pattern that matches the paths of an operation.
local function pattern_of(op)
  local out = {}
  for i, piece in ipairs(op.pieces) do
    if type(piece) == "string" then out[i] = (core.lower(piece):gsub("%p", "%%%0")) else out[i] = piece.tail and "/?[^/]*" or "[^/]*" end
  end
  return "^" .. table.concat(out):gsub("/$", "/?") .. "$"
end

--- Why a request of `client:request` is refused: methods other than GET and HEAD may send messages, and so may a GET of a path that sends.
---@param request table     as `raw.request` makes it
---@param provider table    as `client.bind` makes it
---@return sms.Error? problem
function allowed.request_problem(request, provider)
  local sends = request.method ~= "GET" and request.method ~= "HEAD"
  local path = plain_path(request.path)
  sends = sends or (path .. "/"):find("/%.%.?/") ~= nil
  for _, op in pairs(provider.operations) do sends = sends or op.send and path:find(pattern_of(op)) ~= nil end
  if not sends then return nil end
  return failure.new {
    kind = "invalid", outcome = "not_sent", provider = provider.adapter.name, operation = "request",
    field = request.method == "GET" and "path" or "method",
    message = "the client's option 'only' refuses the request, which may send to other numbers; only a GET that sends nothing is allowed",
  }
end

return allowed
