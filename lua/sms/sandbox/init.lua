-- SPDX-License-Identifier: MIT
-- The sandbox: simulated SMS providers in this process. A function from request to response, with a state, a seed and a
-- clock; `sms.sandbox.server` serves it over HTTP, specs and scripts use it directly as a client's transport.

local faults = require "sms.sandbox.faults"
local json = require "sms.json"
local checks = require "sms.check"
local pages = require "sms.sandbox.pages"
local state = require "sms.sandbox.state"

local sandbox = {}
sandbox.__index = sandbox

-- Each is a module `sms.sandbox.<name>` with `new(state, credentials) -> account`, `account:handle(request) -> response`,
-- `account:report(messages)`, and, if it has control pages, `account.pages["POST /_sandbox/…"](account, body) -> status, value`.
local PROVIDERS = { "messagewhiz", "websms", "zipwhip", "zoomconnect" }

local OPTIONS = { seed = "integer", clock = "function", credentials = "table", delivery = "table" }
local DELIVERY = { sent = "number", final = "number", endings = "table" }
local CREDENTIALS = {}
for _, name in ipairs(PROVIDERS) do CREDENTIALS[name] = "table" end

local function check(given, known, prefix)
  if type(given) ~= "table" then error("sandbox: options must be a table, got a " .. type(given), 3) end
  for name, value in pairs(given) do
    local expected = known[name]
    if not expected then error(("sandbox: unknown option `%s%s`"):format(prefix, checks.shown(name)), 3) end
    if (math.type(value) or type(value)) ~= expected and type(value) ~= expected then
      error(("sandbox: `%s%s` must be a %s, got %s"):format(prefix, name, expected, type(value)), 3)
    end
    if expected == "number" and value - value ~= 0 then error(("sandbox: `%s%s` must be finite"):format(prefix, name), 3) end
  end
end

--- A sandbox with empty accounts.
---@param options? sms.SandboxOptions
---@return sms.sandbox
function sandbox.new(options)
  options = options or {}
  check(options, OPTIONS, "")
  check(options.delivery or {}, DELIVERY, "delivery.")
  check(options.credentials or {}, CREDENTIALS, "credentials.")
  local self = setmetatable({ state = state.new(options), accounts = {} }, sandbox)
  self.faults = faults.new(self.state)
  for _, name in ipairs(PROVIDERS) do
    local provider = require("sms.sandbox." .. name)
    self.accounts[name] = provider.new(self.state, (options.credentials or {})[name])
  end
  return self
end

local respond = pages.json

--- Starts the journal that the inbox shows: from now on texts, requests and webhooks are recorded, which a sandbox used in-process
--- doesn't need. May be called twice.
---@param options? { keep?: integer }  texts that are kept (100,000)
function sandbox:keep_journal(options)
  self.journal = self.journal or require("sms.sandbox.journal").new(self.state, options)
  self.state.journal = self.journal
end

--- What has changed since the last call, as the JSON of one event of the inbox; nil if nothing has, or if there is no journal.
---@return string?
function sandbox:changes()
  return self.journal and require("sms.sandbox.inbox").event(self) or nil
end

--- Records the outcome of a callback in the journal.
---@param callback table  of `callbacks`
---@param try { status?: integer, ms?: integer, body?: string, error?: string }
function sandbox:posted(callback, try)
  if self.journal then self.journal:tried(callback, try) end
end

-- Queues the callbacks of changed messages; identical ones twice for messages marked by a fault.
local function report(self)
  local by_provider, twice = {}, {}
  for _, message in ipairs(self.state:take_changed()) do
    local lists = message.reported_twice and twice or by_provider
    lists[message.provider] = lists[message.provider] or {}
    table.insert(lists[message.provider], message)
  end
  for _, name in ipairs(PROVIDERS) do
    if by_provider[name] then self.accounts[name]:report(by_provider[name]) end
    local callbacks = self.state.callbacks
    local first = #callbacks + 1
    if twice[name] then self.accounts[name]:report(twice[name]) end
    table.move(callbacks, first, #callbacks, #callbacks + 1)
  end
end

--- Advances the clock: messages change state, scheduled ones are sent, callbacks become due.
---@param seconds number  0 or more; 0 runs what the clock alone has made due
function sandbox:tick(seconds)
  if type(seconds) ~= "number" or not (seconds >= 0 and seconds < math.huge) then
    error("sandbox:tick: seconds must be a number >= 0", 2)
  end
  self.state:advance(seconds)
  report(self)
end

--- Callbacks due since the last call, oldest first; each is returned once.
---@return { url: string, body: string, headers: table<string, string> }[]
function sandbox:callbacks()
  local out = self.state.callbacks
  self.state.callbacks = {}
  return out
end

--- Texts sent, oldest first.
---@param provider? string  only this provider's
---@return sms.SandboxText[]
function sandbox:inbox(provider)
  local out = {}
  for _, message in ipairs(self.state.inbox) do
    if not provider or message.provider == provider then
      out[#out + 1] = {
        provider = message.provider, to = message.to, from = message.from, text = message.text, time = message.time,
        state = message.state, parts = #message.parts, id = message.id,
        broadcast_id = message.broadcast_id, segment_id = message.segment_id,
      }
    end
  end
  return out
end

--- Plans a fault: `sandbox:fault { match = { provider?, method?, path? (a Lua pattern), times? }, fault = "accept-then-reset" }`.
---@param rule sms.SandboxFault
---@return sms.SandboxFault rule  its `hits` count the requests that got it
function sandbox:fault(rule)
  local planned, problem = self.faults:add(rule)
  if not planned then error("sandbox: " .. problem, 2) end
  return planned
end

--- Removes all planned faults.
function sandbox:clear_faults()
  self.faults:clear()
end

--- Number of requests by provider; those to `/_sandbox/…` don't count.
---@return table<string, integer>
function sandbox:arrivals()
  local out = {}
  for name in pairs(self.accounts) do out[name] = self.faults.arrived[name] or 0 end
  return out
end

-- Ids are strings, because not every JSON parser keeps integers of more than 53 bits.
local function with_text_ids(value)
  if type(value) ~= "table" then return value end
  local out = setmetatable({}, getmetatable(value))
  for key, item in pairs(value) do
    local is_id = type(key) == "string" and (key == "id" or key:find "_id$" or key:find "Id$")
    out[key] = is_id and math.type(item) and tostring(item) or with_text_ids(item)
  end
  return out
end

local function page(status, value)
  return respond(status, with_text_ids(value))
end

local control = {}

control["GET /_sandbox/inbox"] = function(self, _, names)
  local out = {}
  for _, message in ipairs(self:inbox()) do
    if names[message.provider] then out[#out + 1] = message end
  end
  return page(200, json.array(out))
end

control["POST /_sandbox/webhook"] = function(self, body, names)
  if body.url ~= nil and type(body.url) ~= "string" then return page(400, { error = "url must be a string, or absent to stop" }) end
  for name in pairs(names) do self.accounts[name].webhook = body.url end
  return page(200, { url = body.url or json.null })
end

control["POST /_sandbox/tick"] = function(self, body)
  local seconds = body.seconds or 0
  if type(seconds) ~= "number" or seconds < 0 then return page(400, { error = "seconds must be a number >= 0" }) end
  self:tick(seconds)
  return page(200, { time = self.state:now() })
end

control["GET /_sandbox/arrivals"] = function(self, _, names)
  local out = self:arrivals()
  for name in pairs(out) do out[name] = names[name] and out[name] or nil end
  return page(200, out)
end

control["POST /_sandbox/faults"] = function(self, body, _, provider)
  if provider and type(body.match or {}) == "table" then
    body.match = body.match or {}
    body.match.provider = provider
  end
  local planned, problem = self.faults:add(body)
  if not planned then return page(400, { error = problem }) end
  return page(200, { fault = planned.fault, match = planned.match })
end

control["GET /_sandbox/faults"] = function(self)
  return page(200, json.array(self.faults:list()))
end

control["DELETE /_sandbox/faults"] = function(self, _, _, provider)
  self.faults:clear(provider)
  return page(200, {})
end

-- A control page of one provider.
local function own_page(self, key, provider)
  local account = provider and self.accounts[provider]
  local own = account and account.pages and account.pages[key]
  return own and function(_, body) return page(own(account, body)) end
end

local NO_PAGE = "no such page of the sandbox; there is /_sandbox/inbox, webhook, tick, faults, arrivals"

-- Requests to the sandbox itself: `/_sandbox/…` concerns all providers, `/<provider>/_sandbox/…` one.
local function handle_control(self, request, path, provider)
  local key = request.method .. " " .. path
  local handler = own_page(self, key, provider) or control[key]
  if not handler then return page(404, { error = NO_PAGE }) end
  local body, names = {}, {}
  if request.body and request.body ~= "" then body = json.decode(request.body) end
  if type(body) ~= "table" then return page(400, { error = "the body must be a JSON object" }) end
  for _, name in ipairs(PROVIDERS) do names[name] = (provider or name) == name or nil end
  return handler(self, body, names, provider)
end

local function lower_names(headers)
  local out = {}
  for name, value in pairs(headers or {}) do out[name:lower()] = value end
  return out
end

-- The base URL of a provider for its short URLs: the host of this request.
local function base_of(headers, name)
  local host = headers.host or ""
  if not host:find("^[%w.:%[%]-]+$") then host = "localhost" end
  return ("http://%s/%s"):format(host, name)
end

-- Handles a provider's request, with the fault that it requests or a script has planned.
local function carry(self, name, account, request)
  local fault, problem = self.faults:choose(name, request)
  if problem then return respond(400, { error = "sandbox: " .. problem }) end
  local function handle() return account:handle(request) end
  if fault then return self.faults:perform(fault, request, handle), fault end
  return handle()
end

-- The same, recorded in the journal. A request that failed in the sandbox itself is recorded without a response.
local function carry_noted(self, name, account, request)
  local journal = self.journal
  journal:asked(name, request)
  local ok, response, fault = pcall(carry, self, name, account, request)
  if not ok then
    journal.request = nil
    error(response, 0)
  end
  journal:answered(response, fault and fault.name .. (fault.arg and "=" .. fault.arg or ""))
  return response
end

local function dispatch(self, request)
  local path = request.path
  local page_of_inbox = self.journal and require("sms.sandbox.inbox").handle(self, request)
  if page_of_inbox then return page_of_inbox end
  if path:find("^/_sandbox/") then return handle_control(self, request, path) end
  local name, host, rest = path:match("^/([%w_]+)%-?(%w*)(/.*)$")
  local account = self.accounts[name]
  if not account then
    return respond(404, { error = "no such provider; paths start with one of: /" .. table.concat(PROVIDERS, ", /") })
  end
  if rest:find("^/_sandbox/") then return handle_control(self, request, rest, name) end
  local headers = lower_names(request.headers)
  return (self.journal and carry_noted or carry)(self, name, account, {
    method = request.method, path = rest, query = request.query or "", headers = headers, body = request.body, parts = request.parts,
    form = request.form, user = request.user, password = request.password,
    base = base_of(headers, name), host = host ~= "" and host or nil, full_path = path,
  })
end

--- Handles one request.
---@param request table  `method, path` (raw, with the provider's prefix), `query` (raw), `headers`, `body` or `parts`, `user`, `password`
---@return { status: integer, headers: table<string, string>, body: string }
function sandbox:handle(request)
  if type(request) ~= "table" or type(request.path) ~= "string" or type(request.method) ~= "string" then
    error("sandbox:handle: a request is a table with 'method' and 'path'", 2)
  end
  self.state:advance(0)
  local response = dispatch(self, request)
  self.state:advance(0)
  report(self)
  return response
end

-- "-NAME" for a request to another host of the provider, from the URL that the client uses.
local function host_suffix(provider, base_url)
  if not base_url then return "" end
  local hosts = require("sms." .. provider).hosts
  local name = next(hosts)
  for host, entry in pairs(hosts) do
    if entry.base_url == base_url then name = host end
  end
  return "-" .. name
end

--- A transport for a client of one provider: its paths have no prefix.
---@param provider string
---@return fun(request: table): table?, table?
function sandbox:transport(provider)
  if not self.accounts[provider] then
    error(("sandbox: unknown provider `%s`; valid providers: %s"):format(tostring(provider), table.concat(PROVIDERS, ", ")), 2)
  end
  return function(request)
    local prefixed = {}
    for key, value in pairs(request) do prefixed[key] = value end
    prefixed.path = "/" .. provider .. host_suffix(provider, request.base_url) .. request.path
    return faults.in_process(self:handle(prefixed))
  end
end

--- `transport = sandbox`: the request names its provider.
function sandbox:__call(request)
  return self:transport(request.provider)(request)
end

function sandbox:__tostring()
  return ("sms.sandbox: %s, %d texts"):format(table.concat(PROVIDERS, ", "), #self.state.inbox)
end

return sandbox
