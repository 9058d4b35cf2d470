-- SPDX-License-Identifier: MIT
-- The numbers of a message, its recipients and its sender, in international form: before this every provider's spelling is the same.

local number = require "sms.number"
local check = require "sms.check"

local recipients = {}

--- A recipient → E.164. Without a region that the caller named, that of the adapter holds for what is a number there; then digits alone
--- begin with a country code. Addresses of the provider's own stay as they are.
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

-- Says why a text is no number.
local function refuse(problems, where, reason)
  check.fault(problems, where, "must be a phone number: it " .. reason)
end

-- The numbers of a list. One that is there twice would get the text twice with one provider and once with another.
local function read_list(adapter, list, region, problems)
  local out, seen = {}, {}
  for i, text in ipairs(list) do
    local found, reason
    if type(text) == "string" then found, reason = recipients.read(adapter, text, region) end
    if reason then
      refuse(problems, ("'to[%d]'"):format(i), reason)
    elseif found and seen[found] then
      check.fault(problems, ("'to[%d]'"):format(i), ("is the number of 'to[%d]' again: %s"):format(seen[found], found))
    elseif found then
      seen[found] = i
    end
    out[i] = found
  end
  return out
end

-- The text that `to_e164` makes of a field.
local function convert_field(given, name, to_e164, problems)
  if type(given[name]) ~= "string" then return end
  local found, reason = to_e164(given[name])
  if not found then refuse(problems, ("'%s'"):format(name), reason) end
  given[name] = found
end

--- Puts the numbers of a message into international form; `written` then has `to` as it was given. Values of other types are left alone:
--- they were refused before.
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
