-- SPDX-License-Identifier: MIT
-- Former names in adapters outside this repository, accepted for one version: each is replaced by the current name when the
-- adapter is bound, with one warning per name.

local former_names = {}

local FACTS = { answer = "response" }
local RESPONSES = { form = "urlencoded" }
local HISTORY = { heeds = "matches", claims = "totals", unable = "obstacle" }

-- Warnings issued, by provider and name.
local warned = {}

local function warn_once(provider, old, new)
  local key = provider .. ": " .. old
  if warned[key] then return end
  warned[key] = true
  warn(("sms: adapter '%s': %s is now %s; the former name works in this version only"):format(provider, old, new))
end

-- Moves the values of former names to the current ones, unless those are set.
local function rename(provider, place, holder, names)
  for old, new in pairs(names) do
    if holder[old] ~= nil then
      warn_once(provider, place:format(old), (place:format(new):gsub(" in the facts", "")))
      if holder[new] == nil then holder[new] = holder[old] end
      holder[old] = nil
    end
  end
end

-- `plan` and `bulk` return the name of an operation and its arguments; formerly one table of both.
local function unpacked(provider, name, fn)
  return function(...)
    local op, second = fn(...)
    if type(op) ~= "table" then return op, second end
    warn_once(provider, ("the table { op, args } that 'message.%s' returns"):format(name), "two values, the operation and its arguments")
    return op.op, op.args
  end
end

--- Brings an adapter up to date. `adapter.message` is changed in place; a second call changes nothing more.
---@param adapter table
function former_names.update(adapter)
  local message = adapter.message
  if type(message) ~= "table" or message.former_names then return end
  message.former_names = true
  if type(message.history) == "table" then rename(adapter.name, "'message.history.%s'", message.history, HISTORY) end
  for _, name in ipairs { "plan", "bulk" } do
    if message[name] then message[name] = unpacked(adapter.name, name, message[name]) end
  end
end

--- Brings the facts of a resource up to date, in place.
---@param provider string
---@param facts table
function former_names.update_facts(provider, facts)
  for name, fact in pairs(facts) do
    if type(name) == "string" then
      rename(provider, "'%s' in the facts", fact, FACTS)
      local new = RESPONSES[fact.response]
      if new then
        warn_once(provider, ("response = '%s' in the facts"):format(fact.response), ("'%s'"):format(new))
        fact.response = new
      end
    end
  end
end

return former_names
