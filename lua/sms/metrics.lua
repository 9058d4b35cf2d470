-- SPDX-License-Identifier: MIT
-- Counters and a histogram of clients' calls, as text for Prometheus (exposition format 0.0.4). One table may serve several clients.

local check = require "sms.check"
local exposition = require "sms.metrics.exposition"

local labels, number, sample = exposition.labels, exposition.number, exposition.sample

local metrics = {}
metrics.__index = metrics
metrics.__name = "sms.metrics"

--- Upper bounds of the histogram's buckets, seconds.
metrics.BUCKETS = { 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30 }

local FAMILIES = {
  { "sms_tries_total", "counter", "Attempts of calls, by how they ended." },
  { "sms_waits_total", "counter", "Waits before an attempt, by reason." },
  { "sms_wait_seconds_total", "counter", "Seconds spent in these waits." },
  { "sms_try_duration_seconds", "histogram", "Seconds of an attempt that got a response or failed after it was sent." },
}

local OPTIONS = { "on_event" }

local function problem_of(options)
  if options == nil then return nil end
  if type(options) ~= "table" then return "options must be a table, got a " .. type(options) end
  for name, value in pairs(options) do
    if name ~= "on_event" then return check.unknown("option", name, OPTIONS) end
    if not check.callable(value) then return "option 'on_event' must be a function, got a " .. type(value) end
  end
end

--- Creates counters, all zero. The option `on_event` is called as well.
---@param options? { on_event?: fun(event: sms.CallEvent) }
---@return sms.metrics
function metrics.new(options)
  local problem = problem_of(options)
  if problem then error("sms.metrics.new: " .. problem, 2) end
  local self = setmetatable({ counts = {}, buckets = {}, next_listener = options and options.on_event }, metrics)
  --- For the option `on_event` of a client.
  self.on_event = function(event)
    self:observe(event)
    if self.next_listener then return self.next_listener(event) end
  end
  return self
end

local function add(self, family, key, amount)
  local of_family = self.counts[family] or {}
  self.counts[family] = of_family
  of_family[key] = (of_family[key] or 0) + amount
end

local function observe_duration(self, event, seconds)
  local key = labels { "provider", event.provider, "operation", event.operation }
  local bucket = self.buckets[key] or { sum = 0, count = 0 }
  self.buckets[key] = bucket
  bucket.sum, bucket.count = bucket.sum + seconds, bucket.count + 1
  for i, bound in ipairs(metrics.BUCKETS) do
    if seconds <= bound then bucket[i] = (bucket[i] or 0) + 1 end
  end
end

--- Counts an event of a call.
---@param event sms.CallEvent
function metrics:observe(event)
  local base = { "provider", event.provider, "operation", event.operation }
  if event.type == "response" then
    table.move({ "kind", "", "outcome", "accepted", "status", event.status }, 1, 6, 5, base)
    add(self, "sms_tries_total", labels(base), 1)
    observe_duration(self, event, event.duration)
  elseif event.type == "error" then
    local err = event.error
    table.move({ "kind", err.kind, "outcome", err.outcome, "status", err.status or "" }, 1, 6, 5, base)
    add(self, "sms_tries_total", labels(base), 1)
    if err.duration then observe_duration(self, event, err.duration) end
  elseif event.type == "wait" then
    table.move({ "reason", event.reason }, 1, 2, 5, base)
    add(self, "sms_waits_total", labels(base), 1)
    add(self, "sms_wait_seconds_total", labels(base), event.seconds)
  end
end

local function write_histogram(self, out)
  for _, key in ipairs(check.names(self.buckets)) do
    local bucket = self.buckets[key]
    for i, bound in ipairs(metrics.BUCKETS) do
      sample(out, "sms_try_duration_seconds_bucket", ('%s,le="%s"'):format(key, number(bound)), bucket[i] or 0)
    end
    sample(out, "sms_try_duration_seconds_bucket", key .. ',le="+Inf"', bucket.count)
    sample(out, "sms_try_duration_seconds_sum", key, bucket.sum)
    sample(out, "sms_try_duration_seconds_count", key, bucket.count)
  end
end

--- All metrics in Prometheus' text format, including families without samples.
---@return string
function metrics:text()
  local out = {}
  for _, family in ipairs(FAMILIES) do
    local name, kind, words = family[1], family[2], family[3]
    exposition.family(out, name, kind, words)
    if kind == "histogram" then write_histogram(self, out) end
    for _, key in ipairs(check.names(self.counts[name] or {})) do
      sample(out, name, key, self.counts[name][key])
    end
  end
  return table.concat(out, "\n") .. "\n"
end

return metrics
