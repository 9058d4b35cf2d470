-- SPDX-License-Identifier: MIT
-- Converts the numbers of a message (recipients and sender) to E.164, before any provider's spelling.

local number = require "sms.number"
local check = require "sms.check"

local recipients = {}

--- A recipient → E.164. Without a given region, the adapter's region applies to numbers that are valid there; otherwise digits alone
--- begin with a country code. The provider's own addresses are left unchanged.
---@param adapter table     the message part of a provider's adapter: `region?`, `is_address?`
---@param text string
---@param region? string    in capitals, one that there is
---@return string? e164
---@return string? reason
function recipients.read(adapter, text, region)
  if adapter.is_address and adapter.is_address(text) then return text end
  if not region and adapter.region then
    local found = number.recipient(text, adapter.region)
    if found then return found end
  end
  return number.recipient(text, region)
end

-- Reports why a text is not a number.
local function refuse(problems, where, reason)
  check.fault(problems, where, "must be a phone number: it " .. reason)
end

-- The numbers of a list. A repeated number is refused, because some providers would send the message twice, others once.
local function read_list(adapter, list, region, problems)
  local out, seen = {}, {}
  for i, text in ipairs(list) do
    local found, reason
    if type(text) == "string" then found, reason = recipients.read(adapter, text, region) end
    if reason then
      refuse(problems, ("'to[%d]'"):format(i), reason)
    elseif found and seen[found] then
      check.fault(problems, ("'to[%d]'"):format(i), ("repeats the number of 'to[%d]': %s"):format(seen[found], found))
    elseif found then
      seen[found] = i
    end
    out[i] = found
  end
  return out
end

-- A field converted by `to_e164`.
local function convert_field(given, name, to_e164, problems)
  if type(given[name]) ~= "string" then return end
  local found, reason = to_e164(given[name])
  if not found then refuse(problems, ("'%s'"):format(name), reason) end
  given[name] = found
end

--- Converts the numbers of a message to E.164; `written` keeps `to` as it was given. Values of other types are left unchanged:
--- they have been reported already.
---@param adapter table      the message part of a provider's adapter
---@param given table        a copy of the message
---@param options table      of the client
---@param problems string[]  as `sms.check` has them
function recipients.convert(adapter, given, options, problems)
  local region, words = options.region, nil
  if type(given.region) == "string" then region, words = number.region_name(given.region) end
  if words then return check.fault(problems, "'region':", words) end
  given.written = given.to
  if type(given.to) == "table" then
    given.to = read_list(adapter, given.to, region, problems)
  else
    convert_field(given, "to", function(text) return recipients.read(adapter, text, region) end, problems)
  end
  convert_field(given, "from", function(text) return number.sender(text, region) end, problems)
end

return recipients
