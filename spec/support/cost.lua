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

--- As a bound for `cost.growth`: 8 times as much where it grows with the size, 64 times where it grows with the square of it.
cost.LINEAR = 24

--- How many times dearer `run` is for eight times the size.
---@param run fun(size: integer)
---@param size integer
---@return number
function cost.growth(run, size)
  return cost.ratio(function() run(size) end, function() run(8 * size) end, cost.LINEAR)
end

--- Seconds of processor time, of the least of some rounds where the first takes more than the bound: a machine that stands still may count
--- that time, too.
---@param fn fun()
---@param bound number
---@return number
function cost.seconds(fn, bound)
  local least = math.huge
  for _ = 1, ROUNDS do
    local began = os.clock()
    fn()
    least = math.min(least, os.clock() - began)
    if least < bound then break end
  end
  return least
end

return cost
