-- SPDX-License-Identifier: MIT
-- A client: frozen configuration and the provider's operations bound to it as methods.

local allowed = require "sms.api.allowed"
local bulk = require "sms.bulk"
local call = require "sms.call"
local check = require "sms.check"
local core = require "sms.core"
local custom = require "sms.call.custom_transport"
local endpoints = require "sms.call.endpoints"
local fields = require "sms.message.fields"
local guard = require "sms.task.guard"
local log = require "sms.log"
local masking = require "sms.masking"
local message = require "sms.message"
local Operation = require "sms.api.operation"
local pages = require "sms.api.pages"
local rate = require "sms.call.rate"
local reconcile = require "sms.reconcile"
local record = require "sms.api.options"
local requests = require "sms.api.request"
local retry = require "sms.call.retry"
local secret = require "sms.secret"
local states = require "sms.call.states"
local stream = require "sms.bulk.stream"
local summary = require "sms.message.summary"
local transport = require "sms.call.transport"
local Type = require "sms.api.types"
local version = require "sms.version"
local webhook = require "sms.webhook"

local client = {}

--- Options of every client, with their types; providers add their credentials.
---@type table<string, string>
client.options = {
  base_url = "string?", ca_file = "string?", connect_timeout = "sms.Seconds?", http = "'1.1'|'2'?", max_body = "sms.Bytes?",
  from = "string?", mask = "table?", on_event = "function?", only = "string[]?", pool = "sms.Pool?", proxy = "string?", rate = "table?",
  region = "string?", retries = "sms.Count?", stall_timeout = "sms.Seconds?", timeout = "sms.Seconds?", traceparent = "sms.TraceParent?",
  transport = "function?", user_agent = "string?", webhook_secret = "string?",
}

local DEFAULT_TIMEOUT, DEFAULT_AGENT = 30, "lua-sms/" .. version

local function remember(object, state)
  states[object] = state
  return object
end

local SECRETS = {} -- the name of the auth list that holds secrets which sign nothing

---------------------------------------------------------------- methods from facts

local function state_of(self, name)
  local state = type(self) == "table" and states[self]
  if not state then error("call it with a colon: client" .. (name:find("^:") and "" or ".") .. name, 3) end
  return state
end

local guard_call, guard_send, perform, veiled = guard.call, guard.send, call.perform, masking.veiled

local function method_of(op)
  return function(self, args, options)
    local state = states[self] or state_of(self, op.name)
    return guard_call(state.run, state, op, args, options)
  end
end

local function each_of(op, method)
  return function(self, args, options)
    local state = state_of(self, op.name)
    local request, trouble = Operation.prepare(op, args, options, state.options)
    if request and request.options and request.options.dry_run then
      trouble = ("%s.%s: option 'dry_run' applies to a single request; iterating makes several"):format(state.name, op.name)
    end
    if trouble and state.veil then trouble = state.veil:error(trouble, args) end
    if trouble then error(trouble, type(trouble) == "string" and 2 or 0) end
    return pages.each(function(page_args) return method(self, page_args, options) end, op.facts.pages, args,
      { provider = state.name, operation = op.name })
  end
end

local function nearest_miss(what, names)
  table.sort(names)
  return function(_, key)
    error(("%s has no '%s'%s; it has %s"):format(what, check.shown(key), check.guess(key, names), table.concat(names, ", ")), 2)
  end
end

local function frozen(what)
  return function(_, key) error(("%s is frozen: '%s' can't be set"):format(what, check.shown(key)), 2) end
end

-- The metatable of one resource: its operations as methods, listed by pairs; an unknown name raises an error with the nearest one.
local function bind_resource(adapter, resource, facts, registry, operations)
  local methods, listed, names = {}, {}, {}
  for name, fact in pairs(facts) do
    if type(name) == "string" then
      local op = Operation.compile(fact, resource .. ":" .. name, adapter.name, registry, adapter.hooks)
      methods[name], operations[op.name] = method_of(op), op
      listed[name] = methods[name]
      names[#names + 1] = name
      if fact.pages then methods.each = each_of(op, methods[name]) end
    end
  end
  local what = adapter.name .. "." .. resource
  setmetatable(methods, { __index = nearest_miss(what, names) })
  return {
    __name = "sms.resource", __index = methods, __newindex = frozen(what), __metatable = false,
    __pairs = function() return next, listed, nil end, __tostring = function() return what end,
  }
end

--- Binds a provider's facts and adapter once, when the provider is first used.
---@param adapter table  what `lua/sms/<provider>/init.lua` returns
---@return table provider
function client.bind(adapter)
  fields.add_provider(adapter.name)
  local former_names = not check.holds(require "sms.providers", adapter.name) and require "sms.api.former_names"
  if former_names then former_names.update(adapter) end
  local registry = Type.registry(require "sms.api.common_types", adapter.types)
  local provider = { adapter = adapter, resources = {}, operations = {}, registry = registry }
  for _, resource in ipairs(adapter.resources) do
    local facts = require("sms." .. adapter.name .. "." .. resource)
    if former_names then former_names.update_facts(adapter.name, facts) end
    provider.resources[resource] = bind_resource(adapter, resource, facts, provider.registry, provider.operations)
  end
  return provider
end

---------------------------------------------------------------- construction

local function option_checker(adapter, registry)
  local types = {}
  for name, text in pairs(client.options) do types[name] = text end
  for name, text in pairs(adapter.options) do types[name] = text end
  return record.checker(types, registry, "option", "options")
end

-- A converted copy of the options, problems with them, and the secrets among them, which the copy reveals
-- by name only.
local function check_options(provider, options)
  local problems = {}
  provider.check_options = provider.check_options or option_checker(provider.adapter, provider.registry)
  local texts, held, unread = secret.take(options)
  local own = provider.check_options(texts, problems, unread)
  if own.rate then rate.check(own.rate, problems) end
  if own.mask then masking.check(own.mask, problems) end
  if own.region or own.from or own.only then require "sms.number.options".read(own, provider.adapter.message, problems) end
  if type(options) == "table" and not next(unread) and provider.adapter.check_options then
    provider.adapter.check_options(own, problems)
  end
  return secret.hide(own, held), problems, held
end

-- Auth objects by name; all their values, and the secrets named with them, are masked from now on.
local function add_auth(state, lists)
  local all = {}
  for name, list in pairs(lists) do
    state.auth[name] = list and core.auth(list)
    for _, entry in ipairs(list or {}) do all[#all + 1] = entry end
  end
  if #all > 0 then state.maskers[#state.maskers + 1] = core.auth(all) end
end

-- Secrets that sign nothing, in the form that `core.auth` masks.
local function entries_of(secrets)
  local out = {}
  for i, text in ipairs(secrets) do out[i] = { scheme = "header", name = "secret", value = text } end
  return out
end

local function make_mask(state)
  return function(text, limit)
    return core.mask(state.maskers, text, limit)
  end
end

-- `held`: the secrets of the options, each a masker.
local function make_state(provider, options, held)
  local adapter = provider.adapter
  local state = {
    name = adapter.name, adapter = adapter, options = options, timeout = options.timeout or DEFAULT_TIMEOUT,
    region = options.region, only = options.only,
    on_event = log.listener(options.on_event),
    retries = options.retries or retry.DEFAULT, budget = retry.budget(), pool = options.pool, transport = options.transport,
    user_agent = options.user_agent or DEFAULT_AGENT, auth = {}, maskers = {}, plans = {}, framed = {},
  }
  if options.rate then state.bucket = rate.new(options.rate, core.now()) end
  state.mask, state.endpoint_of, state.veil = make_mask(state), endpoints.hosts(state), masking.new(options.mask)
  state.receipt_class, state.row_class = summary.class("receipt", state.mask), summary.class("row", state.mask)
  state.run, state.send = veiled(state, perform, 2), veiled(state, message.send, 1) -- as `guard` calls them
  state.perform = function(name, args, own) return perform(state, provider.operations[name], args, own) end
  state.takes_body, state.perform_body = call.takes_body, call.perform_body
  state.provider = provider
  state.checked = function(name, args) return Operation.prepare(provider.operations[name], args, nil, state.options, true) end
  for _, auth in pairs(held) do state.maskers[#state.maskers + 1] = auth end
  add_auth(state, adapter.auth(options))
  if adapter.secrets then add_auth(state, { [SECRETS] = entries_of(adapter.secrets(options)) }) end
  if options.webhook_secret then add_auth(state, { [webhook] = webhook.auth(options.webhook_secret) }) end
  state.set_auth = function(lists)
    add_auth(state, lists)
    state.session_auth = state.auth.default
  end
  state.exchange = options.transport and custom.exchange or transport.exchange
  state.endpoint, state.single = endpoints.pair(state, options.base_url or adapter.base_url, state.auth.default)
  return state
end

local Client = {}

local REQUEST = { name = "request" }

local function by_hand(state, _, _, request)
  local refused = state.options.only and allowed.request_problem(request, state.provider)
  if refused then return nil, refused end
  return call.by_hand(state, request)
end

--- `client:request { method, path, query?, headers?, json? | form? | multipart? | body?, content_type? }`: a request to any
--- path of the provider, processed like an operation. `query` and `form` are tables of names and values, or strings; a method other
--- than GET or HEAD is sent only once.
---@param spec table
---@param options? table  per-call options
---@return any? result the decoded response, envelope off
---@return table response_or_error
function Client:request(spec, options)
  local state = state_of(self, ":request")
  local request, problem = requests.raw(spec, options)
  if not request then error(("%s:request: %s"):format(state.name, problem), 2) end
  return guard_call(veiled(state, by_hand, 2), state, REQUEST, state.veil and masking.wired(request), request)
end

--- `client:webhook { method, headers, query, body }` returns a list of events, or nil and an error value. Query and body are raw strings.
---@param request table
---@return table[]? events
---@return sms.Error? problem
function Client:webhook(request)
  local state = state_of(self, ":webhook")
  local options = { secret = state.options.webhook_secret, mask = state.mask, settings = state.options }
  return veiled(state, webhook.parse, 1)(state.adapter, request, options)
end

-- Returns the results of a function, which returns mistakes of the caller as `nil` and a string.
local function reported(state, name, result, second, problem)
  if problem then return nil, ("%s:%s: %s"):format(state.name, name, problem) end
  return result, second
end

local function send_many(state, work, messages, options)
  return reported(state, "send_many", bulk.send_many(state, work, messages, options))
end

local STATUS, BALANCE, CHECK = { name = "status" }, { name = "balance" }, { name = "check" }

local function status(state, _, given, options)
  return reported(state, "status", message.status(state, given, options))
end

local function balance(state, _, options)
  return reported(state, "balance", message.balance(state, options))
end

--- Sends one message: `{ to, text, from?, media?, reference?, at?, validity?, flash?, vars?, … }`.
---@param given table
---@param options? table  per-call options
---@return table? receipt `{ provider, id, reference, outcome, status, segments, raw }`
---@return table response_or_error  data that can't be sent: kind `invalid`, with the `field`; mistakes of the script are raised
function Client:send(given, options)
  local state = states[self] or state_of(self, ":send")
  return guard_send(state.send, state, given, options)
end

--- Whether this provider could send a message: all checks of `send`, including those of files, without sending. Files supplied by an
--- iterator are not read, since they can be read only once.
---@param given table
---@return boolean? ok
---@return sms.Error? problem  as returned by `send` for invalid data; mistakes of the script are raised
function Client:check(given)
  local state = state_of(self, ":check")
  return guard_call(veiled(state, message.check, 2), state, CHECK, given)
end

--- Sends many messages (a list, or a function that returns one per call) and returns one row each, in input order.
---@param messages table[]|fun(): table?
---@param options? table  per-call options; `parallel`: calls in flight (8); `on_row`: called with each row and its index, in input order;
---                       `duplicates`: "send" (default), or "skip" for a row whose number has an earlier row
---@return table[] rows receipts; a row that failed has `error` and the outcome; `duplicate_of` is the first row for the same number
function Client:send_many(messages, options)
  local state = state_of(self, ":send_many")
  return guard.many(veiled(state, send_many), state, { chunks = {}, rows = {} }, messages, options)
end

--- Sends messages while reading them, and returns an iterator over their rows in input order; memory is bounded by the calls in flight.
---@param messages table[]|fun(): table?
---@param options? table  as `send_many`, but for `on_row`; `rest`: a list that gets the rows that a loop which was left did not
---@return fun(): table? rows receipts and rows; `duplicate_of` only with the option `duplicates`, for which each number is kept
function Client:send_each(messages, options)
  local state = state_of(self, ":send_each")
  local step, closing = stream.send_each(state, messages, options)
  if not step then error(("%s:send_each: %s"):format(self.provider, state.veil and state.veil:error(closing) or closing), 2) end
  return step, nil, nil, closing
end

--- Looks up the delivery status of a receipt, if the provider supports it.
---@param receipt table
---@param options? table
---@return table? status `{ id, status, final, provider_status, raw }`
---@return table response_or_error
function Client:status(receipt, options)
  local state = state_of(self, ":status")
  return guard_call(veiled(state, status, 2), state, STATUS, receipt, options)
end

--- Reconciles rows of unknown outcome with the provider's history.
---@param rows table[]
---@param options? table  per-call options, and `settle`: seconds before absence from the history counts (60)
---@return table[]? rows
---@return sms.Error? problem  of kind `invalid`: a row holds a time that can't be one, and nothing was looked up
function Client:reconcile(rows, options)
  local state = state_of(self, ":reconcile")
  local reconciled, problem = veiled(state, reconcile.rows, 1)(state, rows, options)
  if type(problem) == "table" then return nil, problem end
  if problem then error(("%s:reconcile: %s"):format(state.name, problem), 2) end
  return reconciled
end

--- The account's balance in the provider's unit, if the provider reports one.
---@param options? table
---@return number? balance
---@return table response_or_error
function Client:balance(options)
  local state = state_of(self, ":balance")
  return guard_call(veiled(state, balance), state, BALANCE, options)
end

--- The provider's capabilities: a copy of the table that messages are checked against.
---@return table
function Client:capabilities()
  return message.capabilities(state_of(self, ":capabilities"))
end

--- The response that the provider expects to a webhook.
---@param ok? boolean  false if the events could not be stored (default true)
---@return table answer `{ status, headers, body }`
function Client:webhook_answer(ok)
  return state_of(self, ":webhook_answer").adapter.webhook_answer(ok ~= false)
end

-- The metatable of one client: resources and methods by name; an unknown name raises an error with the nearest one.
local function client_metatable(provider, members)
  local names = {}
  for name in pairs(members) do names[#names + 1] = name end
  local what = "sms." .. provider.adapter.name .. " client"
  setmetatable(members, { __index = nearest_miss(what, names) })
  return {
    __name = "sms.client", __index = members, __newindex = frozen(what), __metatable = false, __tostring = function() return what end,
    __pairs = function() return next, members, nil end,
  }
end

--- Creates a client. Mistakes in the options raise one error at the caller's line.
---@param provider table  what `client.bind` returned
---@param options table
---@param level integer   of the caller, as `error` counts
---@return table client
function client.new(provider, options, level)
  local own, problems, held = check_options(provider, options)
  local where = "sms." .. provider.adapter.name
  if #problems > 0 then error(("%s: %s"):format(where, table.concat(problems, "; ")), level + 1) end
  local ok, state = pcall(make_state, provider, own, held)
  if not ok then error(("%s: %s"):format(where, (tostring(state):gsub("^%S-%.lua:%d+: ", ""))), level + 1) end
  local members = { provider = provider.adapter.name }
  for name, metatable in pairs(provider.resources) do members[name] = remember(setmetatable({}, metatable), state) end
  for name, method in pairs(Client) do members[name] = method end
  for name, method in pairs(provider.adapter.methods or {}) do members[name] = method end
  return remember(setmetatable({}, client_metatable(provider, members)), state)
end

return client
