-- SPDX-License-Identifier: MIT
-- The rate limit of a client: a token bucket, slowed by the provider's refusals and restored gradually.

local check = require "sms.check"

local rate = {}

--- The minimum speed of a bucket, as a share of its rate, and what each success restores.
rate.FLOOR, rate.RESTORE = 1 / 64, 0.05

local NAMES = { "per_second", "burst" }

--- Checks the client's option `rate` and appends to `problems`.
---@param options table
---@param problems string[]
function rate.check(options, problems)
  for key in pairs(options) do
    if key ~= "per_second" and key ~= "burst" then
      problems[#problems + 1] = ("option 'rate' has no '%s'%s"):format(check.shown(key), check.guess(key, NAMES))
    end
  end
  local speed, burst = options.per_second, options.burst
  if type(speed) ~= "number" or not (speed > 0 and speed < math.huge) then
    problems[#problems + 1] = "option 'rate.per_second' must be a number above 0"
  end
  if burst ~= nil and (type(burst) ~= "number" or not (burst >= 1 and burst < math.huge)) then
    problems[#problems + 1] = "option 'rate.burst' must be a number of at least 1"
  end
end

--- A bucket: `per_second` requests a second on average, `burst` at once (default: those of one second, at least 1).
---@param options { per_second: number, burst: number? }
---@param now number  seconds
---@return table bucket
function rate.new(options, now)
  local burst = options.burst or math.max(1, options.per_second)
  return { per_second = options.per_second, burst = burst, tokens = burst, at = now, factor = 1 }
end

-- Credits the elapsed time at the speed that applied.
local function credit(bucket, now)
  local speed = bucket.per_second * bucket.factor
  bucket.tokens = math.min(bucket.burst, bucket.tokens + (now - bucket.at) * speed)
  bucket.at = now
  return speed
end

--- Takes one token and returns the seconds to wait before using it. Callers queue: each waits for those before it.
---@param bucket table
---@param now number
---@return number seconds
function rate.take(bucket, now)
  local speed = credit(bucket, now)
  bucket.tokens = bucket.tokens - 1
  return bucket.tokens >= 0 and 0 or -bucket.tokens / speed
end

--- Seconds that a caller would have to wait now; takes no token.
---@param bucket table
---@param now number
---@return number seconds
---@return number between  from one token to the next, at the speed that holds now
function rate.due(bucket, now)
  local speed = credit(bucket, now)
  return bucket.tokens >= 1 and 0 or (1 - bucket.tokens) / speed, 1 / speed
end

--- Returns an unused token.
---@param bucket table
function rate.give_back(bucket)
  bucket.tokens = math.min(bucket.burst, bucket.tokens + 1)
end

--- Halves the speed, after the provider refused a request as `rate_limited`.
---@param bucket table
---@param now? number  default: the moment of the bucket's last use
function rate.slowed(bucket, now)
  credit(bucket, now or bucket.at)
  bucket.factor = math.max(rate.FLOOR, bucket.factor / 2)
end

--- Restores some speed after a success.
---@param bucket table
---@param now? number  default: the moment of the bucket's last use
function rate.succeeded(bucket, now)
  credit(bucket, now or bucket.at)
  bucket.factor = math.min(1, bucket.factor + rate.RESTORE)
end

return rate
