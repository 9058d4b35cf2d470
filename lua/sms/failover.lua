-- SPDX-License-Identifier: MIT
-- A group of clients, each with a circuit breaker: the next provider is tried only after proof that the previous one did not accept the
-- message.

local core = require "sms.core"
local failure = require "sms.error"
local fields = require "sms.message.fields"
local guard = require "sms.task.guard"
local check = require "sms.check"
local per_call = require "sms.api.options"

local failover = {}

---------------------------------------------------------------- circuit breaker

-- After several consecutive outages a provider is skipped for a while, then tried with a single probe.
local breaker = {}
failover.breaker = breaker

--- Failures in a row that open a breaker, and seconds until a probe.
breaker.FAILURES, breaker.RESET = 5, 30

-- Kinds that concern the provider, not the message.
local OUTAGE = { network = true, timeout = true, tls = true, server = true }

local BREAKER_OPTIONS = { "failures", "reset" }

--- Checks the option `breaker` and appends to `problems`.
---@param options any
---@param problems string[]
function breaker.check(options, problems)
  if options == nil then return end
  if type(options) ~= "table" then
    problems[#problems + 1] = "breaker must be a table { failures, reset }"
    return
  end
  local failures, reset = options.failures, options.reset
  for key in pairs(options) do
    if key ~= "failures" and key ~= "reset" then
      problems[#problems + 1] = ("breaker has no '%s'%s"):format(check.shown(key), check.guess(key, BREAKER_OPTIONS))
    end
  end
  if failures ~= nil and (math.type(failures) ~= "integer" or failures < 1) then
    problems[#problems + 1] = "breaker.failures must be an integer of at least 1"
  end
  if reset ~= nil and (type(reset) ~= "number" or reset < 0 or reset ~= reset) then
    problems[#problems + 1] = "breaker.reset must be a number of seconds"
  end
end

--- A closed breaker.
---@param options? { failures: integer?, reset: number? }
---@return table
function breaker.new(options)
  options = options or {}
  return { limit = options.failures or breaker.FAILURES, reset = options.reset or breaker.RESET, failures = 0, state = "closed" }
end

--- Its state at a time: "closed", "open" or "half_open".
---@param self table
---@param now number seconds
---@return string
function breaker.state(self, now)
  if self.state == "open" and now - self.opened >= self.reset then return "half_open" end
  return self.state
end

--- Whether a call may be made now; half open, one at a time.
---@param self table
---@param now number
---@return boolean
function breaker.allows(self, now)
  local state = breaker.state(self, now)
  return state == "closed" or state == "half_open" and not self.probing
end

--- Records that a call begins.
---@param self table
---@param now number
function breaker.begin(self, now)
  if breaker.state(self, now) == "half_open" then self.probing = true end
end

--- Records that the call was never made.
---@param self table
function breaker.forget(self)
  self.probing = nil
end

--- Records the result of a call. Refusals and bad numbers show that the provider is up.
---@param self table
---@param now number
---@param err sms.Error?  nil if it succeeded
function breaker.finish(self, now, err)
  local probe = self.probing
  self.probing = nil
  if not err or not OUTAGE[err.kind] then
    self.failures, self.state, self.opened = 0, "closed", nil
    return
  end
  self.failures = self.failures + 1
  if probe or self.failures >= self.limit then self.state, self.opened = "open", now end
end

---------------------------------------------------------------- group

local Methods = {}
local Group = { __name = "sms.failover" }

function Group.__index(_, key)
  local method = Methods[key]
  if method then return method end
  local names = { "explain", "send", "states" }
  local words = "sms.failover has no '%s'%s; it has %s"
  error(words:format(check.shown(key), check.guess(key, names), table.concat(names, ", ")), 2)
end

local orders = {}

function orders.order(group)
  return group.members
end

function orders.round_robin(group)
  local out, count = {}, #group.members
  for i = 1, count do out[i] = group.members[(group.turn + i - 2) % count + 1] end
  return out
end

local function is_client(value)
  local ok, method = pcall(function() return value.provider and value.check and value.send end)
  return ok and type(method) == "function"
end

local function member_of(group, client)
  for _, member in ipairs(group.members) do
    if member.client == client then return member end
  end
  error("sms.failover: the strategy must return a client of the group, or a list of them", 4)
end

-- The members in the order of the strategy; a function gets the message and the clients and returns one of them or a list.
local function ordered(group, given)
  if type(group.strategy) == "string" then return orders[group.strategy](group) end
  local clients, out = {}, {}
  for i, member in ipairs(group.members) do clients[i] = member.client end
  local wanted = group.strategy(given, clients)
  if type(wanted) ~= "table" or is_client(wanted) then wanted = { wanted } end
  for i, client in ipairs(wanted) do out[i] = member_of(group, client) end
  return out
end

local function check_group(group, name)
  if getmetatable(group) ~= Group then error("call it with a colon: failover:" .. name, 3) end
end

-- Why a member can't be used now, or nil; an error value for invalid data. The message itself has been checked, so an error that the
-- member's check raises concerns a field that it does not support or requires.
local function obstacle(member, given, now)
  local sound, problem = guard.callback(function() return select(2, member.client:check(given)) end)
  if not sound then return (tostring(problem):gsub("^.-:check: ", "")) end
  if problem then return problem.message, problem end
  if not breaker.allows(member.breaker, now) then return "its circuit breaker is open" end
end

-- `faults`: the data errors that each of them reported; the result has kind `invalid` only if there are no other reasons.
local function skipped_all(tried, faults)
  local words, all_faults = {}, #tried > 0 and #faults == #tried
  for i, entry in ipairs(tried) do words[i] = ("%s: %s"):format(entry.provider, entry.reason) end
  if #tried == 0 then words[1] = "the strategy chose none" end
  return failure.new {
    kind = all_faults and "invalid" or "rejected", outcome = "not_sent", operation = "failover:send", tried = tried,
    field = all_faults and faults[1].field or nil,
    message = "no provider can take the message now: " .. table.concat(words, "; "),
  }
end

-- Asks one member. Errors that the call raises are returned; a probe that never finished is forgotten. A dry run proves
-- nothing about the provider.
local function ask(member, given, options)
  if options and options.dry_run then return pcall(member.client.send, member.client, given, options) end
  local probe <close> = setmetatable({}, { __close = function(self) if not self.ended then breaker.forget(member.breaker) end end })
  breaker.begin(member.breaker, core.now())
  local ok, receipt, second = pcall(member.client.send, member.client, given, options)
  if not ok then return false, receipt end
  probe.ended = true
  breaker.finish(member.breaker, core.now(), not receipt and second or nil)
  return true, receipt, second
end

--- Sends through the first provider that accepts the message; continues with the next only after `not_sent`. If the data are invalid
--- for all of them, the error has kind `invalid` and the `field`.
---@param given table     as `client:send`
---@param options? table  per-call options
---@return table? receipt
---@return table response_or_error  an error holds `tried`: a list of `{ provider, reason }`
function Methods:send(given, options)
  check_group(self, "send")
  local problems = { fields.mistakes(given) }
  if options ~= nil then per_call.refuse_downloads(per_call.check_call(options, problems), problems) end
  if problems[1] then error("sms.failover:send: " .. table.concat(problems, "; "), 2) end
  local tried, faults, last = {}, {}, nil
  local members = ordered(self, given)
  if not (options and options.dry_run) then self.turn = self.turn % #self.members + 1 end
  for _, member in ipairs(members) do
    local reason, fault = obstacle(member, given, core.now())
    faults[#faults + 1] = fault
    if not reason then
      local ok, receipt, second = ask(member, given, options)
      if not ok then error(receipt, 2) end
      if receipt then return receipt, second end
      last, reason = second, tostring(second)
    end
    tried[#tried + 1] = { provider = member.name, reason = reason }
    if last and last.outcome ~= "not_sent" then break end
  end
  last = last or skipped_all(tried, faults)
  last.tried = tried
  return nil, last
end

--- Returns which provider would be tried first, and why others would be skipped. Sends nothing.
---@param given table
---@return { provider: string?, reasons: { provider: string, reason: string }[] }
function Methods:explain(given)
  check_group(self, "explain")
  local reasons, chosen = {}, nil
  for _, member in ipairs(ordered(self, given)) do
    local reason = obstacle(member, given, core.now())
    reasons[#reasons + 1] = { provider = member.name, reason = reason or (chosen and "next in line" or "first that can take it") }
    if not reason then chosen = chosen or member.name end
  end
  return { provider = chosen, reasons = reasons }
end

--- The state of each provider's breaker: "closed", "open" or "half_open". The second client of a provider has its position
--- appended to the name: `zipwhip 3`.
---@return table<string, string>
function Methods:states()
  check_group(self, "states")
  local out = {}
  for i, member in ipairs(self.members) do
    local name = out[member.name] and ("%s %d"):format(member.name, i) or member.name
    out[name] = breaker.state(member.breaker, core.now())
  end
  return out
end

---------------------------------------------------------------- construction

local KNOWN = { "breaker", "strategy" }

local function check_members(settings, problems)
  local count, hole = 0, false
  for i, client in ipairs(settings) do
    count = i
    if not is_client(client) then
      problems[#problems + 1] = ("client %d must be a client of a provider, not a %s"):format(i, type(client))
    end
  end
  for key in pairs(settings) do hole = hole or math.type(key) == "integer" and (key < 1 or key > count) end
  if hole then problems[#problems + 1] = ("client %d is missing"):format(count + 1) end
  if count == 0 and not hole then problems[#problems + 1] = "at least one client is required" end
end

local function check_names(settings, problems)
  for key in pairs(settings) do
    if math.type(key) ~= "integer" and key ~= "strategy" and key ~= "breaker" then
      problems[#problems + 1] = check.unknown("option", key, KNOWN)
    end
  end
end

local function problems_of(settings)
  if type(settings) ~= "table" then return { "expected a table of clients" } end
  local problems, strategy = {}, settings.strategy
  check_members(settings, problems)
  check_names(settings, problems)
  if strategy ~= nil and not check.callable(strategy) and not orders[strategy] then
    problems[#problems + 1] = "strategy must be 'order', 'round_robin' or a function"
  end
  breaker.check(settings.breaker, problems)
  return problems
end

--- `sms.failover { a, b, strategy = "order" | "round_robin" | function(message, clients), breaker = { failures, reset } }`.
---@param settings table
---@param level integer  of the caller, as `error` counts
---@return table group
function failover.new(settings, level)
  local problems = problems_of(settings)
  if problems[1] then error("sms.failover: " .. table.concat(problems, "; "), level + 1) end
  local group = { members = {}, turn = 1, strategy = settings.strategy or "order" }
  for i, client in ipairs(settings) do
    group.members[i] = { client = client, name = client.provider, breaker = breaker.new(settings.breaker) }
  end
  return setmetatable(group, Group)
end

return failover
