-- SPDX-License-Identifier: MIT
-- Running broadcasts: segments wait for their date or trigger, are sent to recipients that are not unsubscribed, and smart
-- broadcasts continue, pause and end.

local pricing = require "sms.sandbox.messagewhiz.pricing"
local tokens = require "sms.sandbox.messagewhiz.tokens"

local sending = {}

--- States of broadcasts and segments. The documents show 0 (a new segment) and 2 (a broadcast dated ahead) without a key; the rest is ours.
sending.STATE = { new = 0, waiting = 2, running = 3, finished = 4, paused = 5 }
local STATE = sending.STATE

--- Seconds for which a one-time password is valid; not documented.
sending.OTP_LIFE = 600

local function is_blocked(broadcast, phone)
  for _, list in ipairs(broadcast.unsubscribed) do
    if list.enabled and list.members.by_phone[phone] then return true end
  end
  return false
end

--- Recipients that have not been sent to yet and may be; at most `size`.
function sending.remaining(broadcast, size)
  local out = {}
  for i = broadcast.next, #broadcast.pool do
    if size and #out >= size then break end
    local recipient = broadcast.pool[i]
    if not is_blocked(broadcast, recipient.phone_number) then out[#out + 1] = recipient end
  end
  return out
end

-- Takes the next recipient of the pool that may be sent to.
local function take(broadcast)
  while broadcast.next <= #broadcast.pool do
    local recipient = broadcast.pool[broadcast.next]
    broadcast.next = broadcast.next + 1
    if not is_blocked(broadcast, recipient.phone_number) then return recipient end
  end
  return nil
end

local function context_for(account, segment, message, recipient, index)
  local broadcast = segment.broadcast
  local context = { account = account, recipient = recipient, index = index }
  function context.shorten(entry)
    entry.to, entry.message = message.to, message
    return account.short_links:link(broadcast.base, entry).address
  end
  function context.unsubscribe()
    return account.short_links:make(broadcast.base, "u", { broadcast = broadcast, to = message.to })
  end
  if segment.otp then
    context.code = tostring(account.state.random:integer(1000, 9999))
    account.codes[message.to] = { code = context.code, expires = account.state:now() + sending.OTP_LIFE }
  end
  return context
end

local function send_one(account, segment, recipient, index)
  local broadcast = segment.broadcast
  local message = {
    provider = "messagewhiz", to = recipient.phone_number, from = account.state.random:pick(segment.senders),
    segment = segment, broadcast = broadcast, broadcast_id = broadcast.id, segment_id = segment.id,
  }
  local text = segment.texts[(index - 1) % #segment.texts + 1]
  message.text = segment.verbatim and text or tokens.expand(text, context_for(account, segment, message, recipient, index))
  account.state:deliver(message)
  message.price = pricing.of(#message.parts)
  broadcast.real_price = broadcast.real_price + message.price
  table.insert(segment.messages, message)
end

-- The state of a broadcast whose newest segment has just been sent.
local function update_state(broadcast)
  local batch = broadcast.batch
  if #sending.remaining(broadcast, 1) == 0 then
    broadcast.state = STATE.finished
  elseif broadcast.eb_type == "CTR" then
    broadcast.state = batch.cap and batch.sent >= batch.cap and STATE.paused or STATE.running
  else
    broadcast.state = STATE.paused
  end
end

local function leave(account, segment)
  local broadcast = segment.broadcast
  while not segment.size or #segment.messages < segment.size do
    local recipient = take(broadcast)
    if not recipient then break end
    send_one(account, segment, recipient, #segment.messages + 1)
  end
  segment.released, segment.state = account.state:now(), STATE.finished
  if broadcast.batch then broadcast.batch.sent = broadcast.batch.sent + #segment.messages end
  update_state(broadcast)
end

local function new_segment(account, broadcast, segment)
  segment.broadcast, segment.messages, segment.unique_clicks, segment.state = broadcast, {}, 0, STATE.waiting
  account.store:add("segments", segment)
  table.insert(broadcast.segments, segment)
  return segment
end

-- A segment converts when enough of its recipients have clicked; one that reached no one doesn't block the next.
local function has_converted(broadcast)
  local last = broadcast.segments[#broadcast.segments]
  if not last.released then return false end
  return #last.messages == 0 or last.unique_clicks * 100 >= broadcast.threshold * #last.messages
end

--- Sends the next segments of a click-through broadcast as far as its conversion rate, cap and end date allow.
function sending.go_on(account, broadcast)
  while broadcast.eb_type == "CTR" and broadcast.state == STATE.running and has_converted(broadcast) do
    local last, batch = broadcast.segments[#broadcast.segments], broadcast.batch
    local size = math.min(batch.next_size, (batch.cap or math.huge) - batch.sent)
    leave(account, new_segment(account, broadcast, {
      size = size, texts = last.texts, senders = last.senders, send_time = account.state:now(),
    }))
  end
end

local function release(account, segment)
  local broadcast = segment.broadcast
  if broadcast.expires and account.state:now() >= broadcast.expires then return end
  leave(account, segment)
  sending.go_on(account, broadcast)
end

--- Stores a broadcast; nothing is sent until it has a segment.
---@param broadcast table  `name, type, pool` (recipients), `unsubscribed` (lists), `texts`, `base`, `plan`; for smart ones
---  `eb_type`, and for click-through ones `batch, threshold, expires`
function sending.open(account, broadcast)
  broadcast.segments, broadcast.next, broadcast.real_price = {}, 1, 0
  broadcast.unique_clicks, broadcast.total_clicks = 0, 0
  broadcast.created, broadcast.state = account.state:now(), STATE.waiting
  account.store:add("broadcasts", broadcast)
  local audience = sending.remaining(broadcast)
  broadcast.estimated_count = #audience
  broadcast.estimated_price = pricing.figure(account, broadcast.base, broadcast.texts, audience).sum
  return broadcast
end

--- Adds a segment and schedules it.
---@param segment table  `texts, senders, size` (nil: everybody), `verbatim` (no tokens), `otp`
---@param plan { at: number?, trigger: table?, delay: number? }  seconds
function sending.add_segment(account, broadcast, segment, plan)
  new_segment(account, broadcast, segment)
  broadcast.state = STATE.waiting
  local audience = sending.remaining(broadcast, segment.size)
  segment.estimated_count = #audience
  segment.estimated_price = pricing.figure(account, broadcast.base, segment.texts, audience).sum
  if plan.trigger then
    table.insert(account.waiting, { trigger = plan.trigger, segment = segment, delay = plan.delay or 0 })
  else
    segment.send_time = math.max(plan.at or 0, account.state:now())
    account.state:at(segment.send_time, function() release(account, segment) end)
  end
  return segment
end

--- Fires a trigger: each message that waits for it is sent after its own delay.
function sending.fire(account, trigger)
  local still = {}
  for _, entry in ipairs(account.waiting) do
    if entry.trigger == trigger then
      entry.segment.send_time = account.state:now() + entry.delay
      account.state:at(entry.segment.send_time, function() release(account, entry.segment) end)
    else
      still[#still + 1] = entry
    end
  end
  account.waiting = still
end

--- Counts a click on a broadcast's short link.
function sending.click(account, message)
  local broadcast = message.broadcast
  broadcast.total_clicks = broadcast.total_clicks + 1
  if not message.clicked then
    message.clicked = true
    broadcast.unique_clicks = broadcast.unique_clicks + 1
    message.segment.unique_clicks = message.segment.unique_clicks + 1
    sending.go_on(account, broadcast)
  end
end

return sending
