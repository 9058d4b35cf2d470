-- SPDX-License-Identifier: MIT
-- A circuit breaker: after several outages in a row a provider is left alone for a while, then tried by one probe.

local naming = require "sms.naming"

local breaker = {}

--- Failures in a row that open a breaker, and seconds until a probe.
breaker.FAILURES, breaker.RESET = 5, 30

-- Kinds that say something about the provider, not about the message.
local OUTAGE = { network = true, timeout = true, tls = true, server = true }

local NAMES = { "failures", "reset" }

--- Checks the option `breaker`; appends to `problems`.
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
      problems[#problems + 1] = ("breaker has no '%s'%s"):format(naming.shown(key), naming.guess(key, NAMES))
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

--- Its state at a moment: "closed", "open" or "half_open".
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

--- Tells that a call begins.
---@param self table
---@param now number
function breaker.begin(self, now)
  if breaker.state(self, now) == "half_open" then self.probing = true end
end

--- Tells that the call was never made.
---@param self table
function breaker.forget(self)
  self.probing = nil
end

--- Tells what became of a call. Refusals and bad numbers count as a sign of life.
---@param self table
---@param now number
---@param err sms.Error?  nil: it went well
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

return breaker
