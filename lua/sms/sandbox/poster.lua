-- SPDX-License-Identifier: MIT
-- Posts the sandbox's callbacks (delivery reports, replies) without blocking.

local poster = {}
poster.__index = poster

local TIMEOUT = 10         -- seconds for one callback
local MAX_AT_ONCE = 32    -- callbacks in flight; the others wait
local MAX_BODY = 4096      -- bytes of a response that are passed on
local MAX_WAITING = 100000 -- callbacks; more than these are dropped, the oldest first

--- Creates an idle poster.
---@param log fun(line: string)  gets one line for each callback that was not taken
---@param notify? fun(callback: table, try: { status?: integer, ms?: integer, body?: string, error?: string })  hears of each one: status,
---  milliseconds and the first 4 KiB of the response, or the error
function poster.new(log, notify)
  return setmetatable({
    log = log, notify = notify or function() end, waiting = {}, first = 1, last = 0, running = {}, endpoints = {}, posted = 0, failed = 0,
  }, poster)
end

--- Whether any callback is in flight or queued.
---@return boolean
function poster:busy()
  return #self.running > 0 or self.first <= self.last
end

--- Queues a callback. If the queue is full, the oldest is dropped.
---@param callback { url: string, body: string, headers?: table<string, string>, method?: string }  `method`: POST when absent
function poster:add(callback)
  self.last = self.last + 1
  self.waiting[self.last] = callback
  if self.last - self.first >= MAX_WAITING then self:fail(self:take(), "too many callbacks wait") end
end

function poster:take()
  local callback = self.waiting[self.first]
  self.waiting[self.first] = nil
  self.first = self.first + 1
  return callback
end

function poster:fail(callback, why, try)
  self.failed = self.failed + 1
  self.notify(callback, try or { error = why })
  self.log(("callback to %s: %s"):format(callback.url, why))
end

-- Content-Type is a separate field of the core's request.
local function extra_of(headers)
  local out = { headers = {} }
  for name, value in pairs(headers or {}) do
    if name:lower() == "content-type" then out.content_type = value else out.headers[name] = value end
  end
  return out
end

local function endpoint_of(self, origin)
  if not self.endpoints[origin] then self.endpoints[origin] = self.core.endpoint { base_url = origin } end
  return self.endpoints[origin]
end

local function start(self, callback)
  local origin, target = callback.url:match("^(https?://[^/?#]+)([^#]*)")
  if not origin then error("not an http URL", 0) end
  if target:sub(1, 1) ~= "/" then target = "/" .. target end
  self.core = self.core or require "sms.core"
  self.pool = self.pool or self.core.pool {}
  local transfer, kind, message = self.pool:start(
    endpoint_of(self, origin), callback.method or "POST", target, callback.body, TIMEOUT, true, extra_of(callback.headers))
  if not transfer then error(("%s: %s"):format(kind, message), 0) end
  return transfer
end

local function finish(self, entry)
  local status, body, _, seconds = entry.transfer:result()
  local failure, try = body, nil
  if status then try = { status = status, ms = math.floor(seconds * 1000 + 0.5), body = body:sub(1, MAX_BODY) } end
  if status and status >= 200 and status < 300 then
    self.posted = self.posted + 1
    self.notify(entry.callback, try)
  else
    self:fail(entry.callback, status and "answered " .. status or ("%s: %s"):format(failure.kind, failure.message), try)
  end
  entry.transfer:close()
end

--- Makes progress without waiting: collects finished posts and starts new ones.
function poster:step()
  if not self:busy() then return end
  if self.pool then self.pool:step(0) end
  for i = #self.running, 1, -1 do
    if self.running[i].transfer:done() then finish(self, table.remove(self.running, i)) end
  end
  while self.first <= self.last and #self.running < MAX_AT_ONCE do
    local callback = self:take()
    local ok, transfer = pcall(start, self, callback)
    if ok then
      table.insert(self.running, { callback = callback, transfer = transfer })
    else
      if tostring(transfer):find("interrupted!$") then error(transfer, 0) end
      self:fail(callback, tostring(transfer))
    end
  end
end

--- Cancels posts in flight.
function poster:close()
  for _, entry in ipairs(self.running) do entry.transfer:close() end
  self.running, self.waiting, self.first, self.last = {}, {}, 1, 0
  if self.pool then self.pool:close() end
  self.pool = nil
end

return poster
