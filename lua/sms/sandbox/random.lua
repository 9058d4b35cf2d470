-- SPDX-License-Identifier: MIT
-- The sandbox's own random numbers: a seeded generator (xorshift64*, Vigna 2016), so that the same requests with the same
-- seed give the same ids, codes and picks, and the host program's `math.random` is never touched.

local random = {}
random.__index = random

local NANOID = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

--- Creates a generator.
---@param seed integer
function random.new(seed)
  -- One round of splitmix64 spreads small seeds; the state of xorshift must not be zero.
  local state = seed * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019
  state = (state ~ (state >> 30)) * 0xBF58476D1CE4E5B9
  return setmetatable({ state = state ~= 0 and state or 1 }, random)
end

--- A whole number, both ends included.
---@param low integer
---@param high integer
---@return integer
function random:integer(low, high)
  local x = self.state
  x = x ~ (x >> 12)
  x = x ~ (x << 25)
  x = x ~ (x >> 27)
  self.state = x
  return low + ((x * 0x2545F4914F6CDD1D) >> 11) % (high - low + 1)
end

--- One item of a list that is not empty.
function random:pick(list)
  return list[self:integer(1, #list)]
end

--- A string of `length` letters, digits, `_` and `-`, or of the given alphabet.
---@param length integer
---@param alphabet? string
---@return string
function random:word(length, alphabet)
  alphabet = alphabet or NANOID
  local out = {}
  for i = 1, length do
    local at = self:integer(1, #alphabet)
    out[i] = alphabet:sub(at, at)
  end
  return table.concat(out)
end

--- `length` lower-case hex digits.
---@param length integer
---@return string
function random:hex(length)
  return self:word(length, "0123456789abcdef")
end

--- A version 4 UUID (RFC 9562 §5.4).
---@return string
function random:uuid()
  return ("%s-%s-4%s-%s%s-%s"):format(self:hex(8), self:hex(4), self:hex(3), self:word(1, "89ab"), self:hex(3), self:hex(12))
end

return random
