-- SPDX-License-Identifier: MIT
-- The record that a served sandbox keeps for its inbox: texts both ways, requests with responses, webhooks with outcomes, and
-- changes since the last call. A sandbox without a journal keeps none of it.

local parts = require "sms.sandbox.parts"

local journal = {}
journal.__index = journal

local KEPT = 100000         -- texts, by default
local MAX_REQUESTS = 1000
local MAX_WEBHOOKS = 2000
local MAX_BODY = 65536     -- bytes of a request's or a response's body
local MAX_NEWS = 100       -- maximum changed texts listed in one event

local function no_counts()
  return { all = 0, segments = 0, ucs2 = 0, provider = {}, state = {} }
end

--- An empty journal.
---@param state table
---@param options? { keep?: integer }  texts that are kept (100,000); the oldest are dropped
function journal.new(state, options)
  return setmetatable({
    state = state, keep = options and options.keep or KEPT, seq = 0, reported = 0,
    last = 0, order = {}, first = 1, tail = 0, texts = {}, counts = no_counts(),
    requests = {}, request_first = 1, request_last = 0, webhooks = {}, webhook_first = 1, webhook_last = 0,
    by_callback = setmetatable({}, { __mode = "k" }),
    touched = { has = {} }, touched_hooks = { has = {} },
  }, journal)
end

---------------------------------------------------------------- changes

-- Changes are never read if no page is open: their number is bounded.
local function touch(list, n, self)
  self.seq = self.seq + 1
  if list.has[n] then return end
  if #list >= MAX_NEWS then
    self.more = true
  else
    list[#list + 1], list.has[n] = n, true
  end
end

--- Marks a change other than texts and webhooks: faults, URLs, the clock.
function journal:note()
  self.seq, self.noted = self.seq + 1, true
end

--- The changes since the last call, or nil.
---@return { texts: integer[], hooks: integer[], more: boolean?, noted: boolean?, cleared: boolean? }?
function journal:changes()
  if self.reported == self.seq then return nil end
  local changes = { more = self.more, noted = self.noted, cleared = self.cleared, texts = {}, hooks = {} }
  table.move(self.touched, 1, #self.touched, 1, changes.texts)
  table.move(self.touched_hooks, 1, #self.touched_hooks, 1, changes.hooks)
  self.touched, self.touched_hooks = { has = {} }, { has = {} }
  self.more, self.noted, self.cleared, self.reported = nil, nil, nil, self.seq
  return changes
end

---------------------------------------------------------------- texts

local function add(counts, name, key, by)
  local value = (counts[name][key] or 0) + by
  counts[name][key] = value ~= 0 and value or nil
end

local function count(self, text, by)
  local counts, message = self.counts, text.message
  counts.all, counts.segments = counts.all + by, counts.segments + by * #message.parts
  if message.encoding == "ucs2" then counts.ucs2 = counts.ucs2 + by end
  add(counts, "provider", message.provider, by)
  add(counts, "state", message.state, by)
end

local function drop(self, text)
  self.texts[text.n] = nil
  count(self, text, -1)
end

-- "+27825551234" and "27825551234" are the same handset.
local function peer_of(number)
  local digits = number:match("^%+?(%d+)$")
  return digits and #digits >= 7 and not digits:find("^0") and "+" .. digits or number
end

local function enter(self, message, direction, number)
  self.last = self.last + 1
  local text = {
    n = self.last, message = message, direction = direction, peer = peer_of(number), request = self.request and self.request.n,
    history = { { state = message.state, time = message.time } }, webhooks = {},
  }
  message.n = text.n
  self.tail = self.tail + 1
  self.order[self.tail], self.texts[text.n] = text, text
  if self.request then table.insert(self.request.texts, text.n) end
  count(self, text, 1)
  while self.tail - self.first >= self.keep do
    drop(self, self.order[self.first])
    self.order[self.first] = nil
    self.first = self.first + 1
  end
  touch(self.touched, text.n, self)
end

--- Records a text accepted for delivery.
---@param message table  of `state:deliver`
function journal:sent(message)
  enter(self, message, "out", message.to)
end

--- Records an inbound text.
---@param message table  of `state:received`
function journal:received(message)
  local split = parts.split(message.text)
  message.encoding, message.units, message.parts = split.encoding, split.units, message.parts or split.parts
  message.time, message.state = message.time or self.state:now(), "received"
  enter(self, message, "in", message.from)
end

--- Records a change of state.
---@param message table
---@param before string  its state until now
function journal:moved(message, before)
  local text = self.texts[message.n]
  if not text then return end
  add(self.counts, "state", before, -1)
  add(self.counts, "state", message.state, 1)
  table.insert(text.history, { state = message.state, time = message.updated })
  touch(self.touched, text.n, self)
end

--- Deletes texts; their numbers are not reused.
---@param fits? fun(text: table): boolean  which (all)
---@return integer count
function journal:forget(fits)
  local order, tail, dropped = {}, 0, 0
  for i = self.first, self.tail do
    local text = self.order[i]
    if fits and not fits(text) then
      tail = tail + 1
      order[tail] = text
    else
      drop(self, text)
      dropped = dropped + 1
    end
  end
  self.order, self.first, self.tail = order, 1, tail
  self.seq, self.cleared = self.seq + 1, true
  return dropped
end

--- The position in `order` of the newest text whose number is at most `n`; `first - 1` if there is none.
function journal:place(n)
  local low, high = self.first - 1, self.tail
  while low < high do
    local middle = (low + high + 1) // 2
    if self.order[middle].n <= n then low = middle else high = middle - 1 end
  end
  return low
end

---------------------------------------------------------------- requests

-- A body that was parsed on arrival is shown as its parts.
local function body_of(request)
  if request.body or not request.parts then return request.body or "" end
  local out = {}
  for _, part in ipairs(request.parts) do
    local name = part.filename and ("%s; filename=%s"):format(part.name, part.filename) or tostring(part.name)
    out[#out + 1] = ("[%s]\n%s\n"):format(name, part.data)
  end
  return table.concat(out)
end

--- Records a provider's request; texts created until `answered` belong to it.
---@param provider string
---@param request table  as `sandbox:handle` gets it, its header names in lower case
function journal:asked(provider, request)
  local body = body_of(request)
  self.request_last = self.request_last + 1
  self.request = {
    n = self.request_last, time = self.state:now(), provider = provider, method = request.method, path = request.full_path,
    query = request.query or "", headers = request.headers, body = body:sub(1, MAX_BODY), size = #body, texts = {},
    password = request.password,
  }
  self.requests[self.request_last] = self.request
  if self.request_last - self.request_first >= MAX_REQUESTS then
    self.requests[self.request_first] = nil
    self.request_first = self.request_first + 1
  end
  self.seq = self.seq + 1
end

--- Records the response.
---@param response table
---@param fault? string  as it was asked for
function journal:answered(response, fault)
  local entry = self.request
  self.request = nil
  if not entry then return end
  entry.status, entry.answer_headers, entry.answer = response.status, response.headers, (response.body or ""):sub(1, MAX_BODY)
  entry.answer_size = #(response.body or "")
  entry.fault, entry.close = fault, response.fault and response.fault.close
  self.seq = self.seq + 1
end

---------------------------------------------------------------- webhooks

--- Records a queued callback.
---@param callback table  of `state:queue`
---@param provider string
---@param about? table[]  the messages that it concerns
function journal:queued(callback, provider, about)
  self.webhook_last = self.webhook_last + 1
  local entry = {
    n = self.webhook_last, time = self.state:now(), provider = provider, callback = callback, state = "waiting",
    texts = {}, tries = {},
  }
  for _, message in ipairs(about or {}) do
    local text = self.texts[message.n]
    if text then
      table.insert(entry.texts, text.n)
      table.insert(text.webhooks, entry.n)
      touch(self.touched, text.n, self)
    end
  end
  self.webhooks[entry.n], self.by_callback[callback] = entry, entry
  if self.webhook_last - self.webhook_first >= MAX_WEBHOOKS then
    self.webhooks[self.webhook_first] = nil
    self.webhook_first = self.webhook_first + 1
  end
  touch(self.touched_hooks, entry.n, self)
end

--- Records the outcome of one attempt to post a callback.
---@param callback table
---@param try { status?: integer, ms?: integer, body?: string, error?: string }
function journal:tried(callback, try)
  local entry = self.by_callback[callback]
  if not entry then return end
  try.time = self.state:now()
  table.insert(entry.tries, try)
  entry.state = try.status and try.status >= 200 and try.status < 300 and "taken" or "failed"
  touch(self.touched_hooks, entry.n, self)
end

--- Posts a webhook again, byte for byte.
---@param entry table
function journal:resend(entry)
  entry.state = "waiting"
  table.insert(self.state.callbacks, entry.callback)
  touch(self.touched_hooks, entry.n, self)
end

--- Deletes requests and webhooks.
function journal:forget_log()
  self.requests, self.request_first = {}, self.request_last + 1
  self.webhooks, self.webhook_first = {}, self.webhook_last + 1
  self.seq, self.cleared = self.seq + 1, true
end

return journal
