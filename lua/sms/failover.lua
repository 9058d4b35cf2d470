-- SPDX-License-Identifier: MIT
-- Several clients as one: the next provider is tried only after proof that the one before did not take the message.

local breaker = require "sms.breaker"
local core = require "sms.core"
local failure = require "sms.error"

local failover = {}

local Group = { __name = "sms.failover" }
Group.__index = Group

local orders = {}

function orders.order(group)
  return group.members
end

function orders.round_robin(group)
  local out, count = {}, #group.members
  for i = 1, count do out[i] = group.members[(group.turn + i - 2) % count + 1] end
  return out
end

-- The members in the order of the strategy; a function gets the message and the clients and returns the clients to try.
local function ordered(group, given)
  if type(group.strategy) == "string" then return orders[group.strategy](group) end
  local clients, out = {}, {}
  for i, member in ipairs(group.members) do clients[i] = member.client end
  for _, client in ipairs(group.strategy(given, clients) or {}) do
    for _, member in ipairs(group.members) do
      if member.client == client then out[#out + 1] = member end
    end
  end
  return out
end

-- Why a member can't be asked now, or nil.
local function obstacle(member, given, now)
  local ok, problem = member.client:check(given)
  if not ok then return problem end
  if not breaker.allows(member.breaker, now) then return "its circuit breaker is open" end
end

local function skipped_all(tried)
  local words = {}
  for i, entry in ipairs(tried) do words[i] = ("%s: %s"):format(entry.provider, entry.reason) end
  return failure.new {
    kind = "rejected", outcome = "not_sent", operation = "failover:send", tried = tried,
    message = "no provider can take the message now: " .. table.concat(words, "; "),
  }
end

--- Sends through the first provider that can; goes on only on `not_sent`.
---@param given table     as `client:send`
---@param options? table  per-call options
---@return table? receipt
---@return table response_or_error  an error holds `tried`: a list of `{ provider, reason }`
function Group:send(given, options)
  local tried, last = {}, nil
  local members = ordered(self, given)
  self.turn = self.turn % #self.members + 1
  for _, member in ipairs(members) do
    local reason = obstacle(member, given, core.now())
    if not reason then
      breaker.begin(member.breaker, core.now())
      local ok, receipt, second = pcall(member.client.send, member.client, given, options)
      if not ok then
        breaker.forget(member.breaker)
        error(receipt, 0)
      end
      breaker.finish(member.breaker, core.now(), not receipt and second or nil)
      if receipt then return receipt, second end
      last, reason = second, tostring(second)
      if second.outcome ~= "not_sent" then
        tried[#tried + 1] = { provider = member.name, reason = reason }
        second.tried = tried
        return nil, second
      end
    end
    tried[#tried + 1] = { provider = member.name, reason = reason }
  end
  last = last or skipped_all(tried)
  last.tried = tried
  return nil, last
end

--- Which provider would be asked first, and why the others before it would not. Nothing is sent.
---@param given table
---@return { provider: string?, reasons: { provider: string, reason: string }[] }
function Group:explain(given)
  local reasons, chosen = {}, nil
  for _, member in ipairs(ordered(self, given)) do
    local reason = obstacle(member, given, core.now())
    reasons[#reasons + 1] = { provider = member.name, reason = reason or (chosen and "next in line" or "first that can take it") }
    if not reason then chosen = chosen or member.name end
  end
  return { provider = chosen, reasons = reasons }
end

--- The state of each provider's breaker: "closed", "open" or "half_open".
---@return table<string, string>
function Group:states()
  local out = {}
  for _, member in ipairs(self.members) do out[member.name] = breaker.state(member.breaker, core.now()) end
  return out
end

local KNOWN = { strategy = true, breaker = true }

--- `sms.failover { a, b, strategy = "order" | "round_robin" | function(message, clients), breaker = { failures, reset } }`.
---@param settings table
---@param level integer  of the caller, as `error` counts
---@return table group
function failover.new(settings, level)
  local group = { members = {}, turn = 1, strategy = settings.strategy or "order" }
  for i, client in ipairs(settings) do
    group.members[i] = { client = client, name = client.provider, breaker = breaker.new(settings.breaker) }
  end
  for key in pairs(settings) do
    if math.type(key) ~= "integer" and not KNOWN[key] then
      local guess = core.nearest(tostring(key), { "strategy", "breaker" })
      error(("sms.failover: unknown option '%s'%s"):format(key, guess and (", did you mean '%s'?"):format(guess) or ""), level + 1)
    end
  end
  if #group.members == 0 then error("sms.failover: at least one client is needed", level + 1) end
  if type(group.strategy) == "string" and not orders[group.strategy] then
    error("sms.failover: strategy must be 'order', 'round_robin' or a function", level + 1)
  end
  return setmetatable(group, Group)
end

return failover
