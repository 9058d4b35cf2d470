-- SPDX-License-Identifier: MIT
-- Shared by all sandboxed providers: the clock and its scheduled actions, random numbers, the inbox of texts sent, their
-- delivery, and the callbacks waiting to be posted.

local parts = require "sms.sandbox.parts"
local random = require "sms.sandbox.random"

local state = {}
state.__index = state

-- Final state of a message by the last digits of the recipient's number; others are delivered.
local ENDINGS = {
  ["0001"] = "undelivered",
  ["0002"] = "expired",
  ["0003"] = "rejected",
  ["0004"] = "failed",
  ["0005"] = "sent", -- never gets a final report
}

-- Seconds from acceptance to each state.
local DELIVERY = { sent = 1, final = 3 }

--- A new state of the sandbox.
---@param options { seed?: integer, clock?: (fun(): number), delivery?: { sent?: number, final?: number, endings?: table<string, string> } }
---  `endings` replaces the table of number endings.
function state.new(options)
  local delivery = options.delivery or {}
  return setmetatable({
    random = random.new(options.seed or 1),
    clock = options.clock or os.time,
    offset = 0,
    times = {},
    plan = {},
    inbox = {},
    changed = {},
    callbacks = {},
    sent_after = delivery.sent or DELIVERY.sent,
    final_after = delivery.final or DELIVERY.final,
    endings = delivery.endings or ENDINGS,
  }, state)
end

--- Seconds since the epoch: the clock, plus what `tick` has skipped. While a planned action runs: the time it was planned for.
---@return number
function state:now()
  return self.moment or self.clock() + self.offset
end

-- The times of scheduled actions are a binary heap: the earliest is times[1].
local function push(times, time)
  local at = #times + 1
  while at > 1 and times[at // 2] > time do
    times[at] = times[at // 2]
    at = at // 2
  end
  times[at] = time
end

local function pop(times)
  local first, last = times[1], table.remove(times)
  local at, count = 1, #times
  if count == 0 then return first end
  while at * 2 <= count do
    local child = at * 2
    if child < count and times[child + 1] < times[child] then child = child + 1 end
    if times[child] >= last then break end
    times[at] = times[child]
    at = child
  end
  times[at] = last
  return first
end

--- Schedules an action; actions of the same time run in the order in which they were scheduled.
---@param time number
---@param action function
function state:at(time, action)
  local actions = self.plan[time]
  if not actions then
    push(self.times, time)
    actions = {}
    self.plan[time] = actions
  end
  actions[#actions + 1] = action
end

--- Advances the clock and runs due actions, each at its own time.
---@param seconds number  0: only what is due already
function state:advance(seconds)
  local target = self.clock() + self.offset + seconds
  while self.times[1] and self.times[1] <= target do
    local time = pop(self.times)
    local actions = self.plan[time]
    self.plan[time] = nil
    self.moment = math.max(time, self.moment or time)
    for _, action in ipairs(actions) do action() end
  end
  self.moment = nil
  self.offset = self.offset + seconds
end

local function set_state(self, message, new)
  local before = message.state
  message.state, message.updated = new, self:now()
  if self.journal then self.journal:moved(message, before) end
  if not message.dirty then
    message.dirty = true
    table.insert(self.changed, message)
  end
end

--- Accepts a message for delivery: it appears in the inbox immediately, then changes from accepted to sent to its final state.
---@param message table  `provider, to, from, text`; `parts` where the provider cut it; whatever else the provider wants to find on it
---  again
---@return table message
function state:deliver(message)
  local split = parts.split(message.text)
  message.encoding, message.units, message.parts = split.encoding, split.units, message.parts or split.parts
  message.time, message.state = self:now(), "accepted"
  message.updated = message.time
  table.insert(self.inbox, message)
  if self.journal then self.journal:sent(message) end
  local function move(new)
    if not message.decided then set_state(self, message, new) end
  end
  local outcome = self.endings[message.to:sub(-4)] or "delivered"
  if outcome ~= "rejected" then self:at(message.time + self.sent_after, function() move "sent" end) end
  if outcome ~= "sent" then self:at(message.time + self.final_after, function() move(outcome) end) end
  return message
end

--- Sets the state of a message: scheduled changes are dropped, reports are posted as usual.
---@param message table  of `deliver`
---@param new string
function state:decide(message, new)
  message.decided = true
  set_state(self, message, new)
end

--- Records an inbound text for a journal.
---@param message table  `provider, from, to, text`; `id` where the provider has one
function state:received(message)
  if self.journal then self.journal:received(message) end
end

--- Messages whose state changed since the last call, each once, with its newest state.
---@return table[]
function state:take_changed()
  local out = self.changed
  self.changed = {}
  for _, message in ipairs(out) do message.dirty = nil end
  return out
end

--- Queues a callback.
---@param callback { url: string, body: string, headers?: table<string, string>, method?: string }
---@param provider string
---@param about? table[]  the messages that it concerns
function state:queue(callback, provider, about)
  table.insert(self.callbacks, callback)
  if self.journal then self.journal:queued(callback, provider, about) end
end

--- Queues a callback that is a POST of JSON.
---@param url string
---@param body string  JSON
---@param provider string
---@param about? table[]  the messages that it concerns
function state:post(url, body, provider, about)
  self:queue({ url = url, body = body, headers = { ["content-type"] = "application/json" } }, provider, about)
end

return state
