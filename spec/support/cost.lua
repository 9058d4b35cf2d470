-- SPDX-License-Identifier: MIT
-- What code costs, compared with other code in the same run.

local cost = {}

local ROUNDS = 12

local function spent(fn, clock)
  collectgarbage()
  local began = clock()
  fn()
  return clock() - began
end

--- How many times what `base` costs `fn` does. Both are measured in turn, since other programs make a processor slower for a while, and of
--- each the least counts; more rounds only where the first ones are above the bound.
---@param base fun()
---@param fn fun()
---@param bound number
---@param clock? fun(): number  processor time where nothing is said
---@return number
function cost.ratio(base, fn, bound, clock)
  clock = clock or os.clock
  local base_cost, fn_cost = math.huge, math.huge
  for round = 1, ROUNDS do
    base_cost = math.min(base_cost, spent(base, clock))
    fn_cost = math.min(fn_cost, spent(fn, clock))
    if round >= 2 and fn_cost <= bound * base_cost then break end
  end
  return fn_cost / base_cost
end

return cost
