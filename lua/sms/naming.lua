-- SPDX-License-Identifier: MIT
-- Words about names that somebody gave: how one is shown in a sentence, and which known one was meant.

local core = require "sms.core"

local naming = {}

-- Most bytes of a name that a sentence repeats.
local MAX_SHOWN = 64

--- A key as a sentence may show it: short, on one line, and without asking a metatable.
---@param key any
---@return string
function naming.shown(key)
  if type(key) == "string" then
    if #key > MAX_SHOWN then key = key:sub(1, MAX_SHOWN) .. "..." end
    return (key:gsub("[\0-\31\127]", "?"))
  end
  if key == nil or type(key) == "number" or type(key) == "boolean" then return tostring(key) end
  return "a " .. type(key)
end

--- The hint behind a name that nobody knows: the nearest known one, or nothing.
---@param key any
---@param names string[]
---@param joint? string  what comes before the hint (default a comma)
---@return string
function naming.guess(key, names, joint)
  local guess = type(key) == "string" and core.nearest(key, names)
  return guess and ("%s did you mean '%s'?"):format(joint or ",", guess) or ""
end

--- The sentence for a name that nobody knows, with the nearest known one.
---@param kind string  "argument", "option", …
---@param key any
---@param names string[]
---@return string
function naming.unknown(kind, key, names)
  return ("unknown %s '%s'%s"):format(kind, naming.shown(key), naming.guess(key, names))
end

return naming
