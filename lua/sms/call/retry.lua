-- SPDX-License-Identifier: MIT
-- Retry policy: a pure decision over data. Clock, random numbers and budget are arguments.

local retry = {}

--- Default number of retries after the first attempt.
retry.DEFAULT = 2
--- Seconds: upper bound of the first wait, and of all waits that the provider does not set.
retry.BASE, retry.CAP = 0.5, 8
--- The budget: maximum retries during an outage, and what each success restores.
retry.BUDGET, retry.REFILL = 10, 0.2

--- A new budget: a bucket that retries drain and successes refill, so that an outage is not amplified.
---@return { tokens: number }
function retry.budget()
  return { tokens = retry.BUDGET }
end

--- Records a success.
---@param budget { tokens: number }
function retry.succeeded(budget)
  if budget.tokens < retry.BUDGET then budget.tokens = math.min(retry.BUDGET, budget.tokens + retry.REFILL) end
end

-- Full jitter: uniform between zero and a span that doubles with each attempt.
local function jittered(tries, random)
  return random() * math.min(retry.CAP, retry.BASE * 2 ^ (tries - 1))
end

--- Decides after a failed attempt. `err.retryable` already reflects outcome and operation.
---@param err sms.Error
---@param tries integer    attempts made so far, at least 1
---@param policy { retries: integer, now: number, deadline: number, budget: { tokens: number } }  times in seconds
---@param random fun(): number  uniform in [0, 1)
---@return number? seconds  how long to wait before the next attempt; nil: stop
---@return string? reason   why not
function retry.decide(err, tries, policy, random)
  if not err.retryable then return nil, "not retryable" end
  if tries > policy.retries then return nil, "no retries left" end
  if policy.budget.tokens < 1 then return nil, "the retry budget is used up" end
  local wait = err.retry_after or jittered(tries, random)
  if policy.now + wait >= policy.deadline then return nil, "the deadline is too near" end
  policy.budget.tokens = policy.budget.tokens - 1
  return wait
end

return retry
