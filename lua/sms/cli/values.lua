-- SPDX-License-Identifier: MIT
-- Converters for arguments and options, named by the `type` in the facts: each takes a word and returns its value, or nil and a message.

local values = {}

local function whole(least, most, words)
  return function(text)
    local value = text:find "^[-+]?%d+$" and math.tointeger(tonumber(text))
    if value and value >= least and value <= most then return value end
    return nil, ("'%s' is not %s"):format(text, words or ("a whole number from %d to %d"):format(least, most))
  end
end

values.port = whole(0, 65535)
values.integer = whole(math.mininteger, math.maxinteger, "a whole number")
values.count = whole(0, math.maxinteger, "a whole number, 0 or more")
values.above_zero = whole(1, math.maxinteger, "a whole number above 0")

function values.number(text)
  local value = tonumber(text)
  if value and value - value == 0 then return value end
  return nil, ("'%s' is not a number"):format(text)
end

function values.seconds(text)
  local value = tonumber(text)
  if value and value >= 0 and value < math.huge then return value end
  return nil, ("'%s' is not a number of seconds"):format(text)
end

function values.positive(text)
  local value = tonumber(text)
  if value and value > 0 and value < math.huge then return value end
  return nil, ("'%s' is not a number of seconds above 0"):format(text)
end

function values.positive_number(text)
  local value = tonumber(text)
  if value and value > 0 and value < math.huge then return value end
  return nil, ("'%s' is not a number above 0"):format(text)
end

local UNITS = { s = 1, m = 60, h = 3600, d = 86400 }

--- A time: RFC 3339 with an offset, or a span from now. Seconds since 1970.
function values.time(text)
  local span, unit = text:match "^%+(%d+%.?%d*)([smhd])$"
  if span then return os.time() + math.floor(tonumber(span) * UNITS[unit]) end
  local at = require("sms.dates").from_iso(text)
  if at then return at end
  return nil, ("'%s' is not a time; write 2030-12-01T09:00:00Z, or +2h from now"):format(text)
end

--- A span: 90d, 12h, 30m, 45s. Seconds.
function values.span(text)
  local count, unit = text:match "^(%d+%.?%d*)([smhd])$"
  if count then return tonumber(count) * UNITS[unit] end
  return nil, ("'%s' is not a span; write 90d, 12h, 30m or 45s"):format(text)
end

function values.path(text)
  if text:find("^/[^%s?#]*$") then return text end
  return nil, ("'%s' is not a path; it begins with / and has no ? or #"):format(text)
end

function values.url(text)
  if text:find "^[Hh][Tt][Tt][Pp][Ss]?://[^/%s?#]+[^%s#]*$" then return text end
  return nil, ("'%s' is not an http or https address"):format(text)
end

local function octet(text)
  return text and text:find("^%d%d?%d?$") and tonumber(text) <= 255 and not text:find("^0%d")
end

function values.loopback(text)
  local a, b, c = text:match("^127%.(%d+)%.(%d+)%.(%d+)$")
  if text == "localhost" or text == "::1" or (octet(a) and octet(b) and octet(c)) then return text end
  return nil, ("'%s' is not a loopback address; the sandbox is for this machine only"):format(text)
end

function values.region(text)
  return require("sms.number").region_name(text)
end

function values.language(text)
  local ok, problem = pcall(require("sms.text").count, "", { language = text })
  if ok then return text end
  return nil, problem
end

--- The name of a profile, which is also its file name.
function values.name(text)
  if text:find "^[%w_][%w_.-]*$" and #text <= 64 then return text end
  return nil, ("'%s' is not a name: letters, digits, _, - and ., at most 64, beginning with a letter or digit"):format(text)
end

--- NAME=VALUE. The message doesn't repeat the value, which may be a secret.
function values.setting(text)
  local name, value = text:match "^([%a_][%w_]*)=(.*)$"
  if name then return { name = name, value = value } end
  return nil, "NAME=VALUE is expected, got a word without a name"
end

--- A converter for one of a list of words; its message suggests the nearest.
---@param list string[]
---@param noun? string  kind of the words: "a provider"
function values.one_of(list, noun)
  return function(text)
    for _, word in ipairs(list) do
      if word == text then return word end
    end
    local check, words = require "sms.check", table.concat(list, ", ")
    local said = noun and ("is not %s; choose from %s"):format(noun, words) or "is none of " .. words
    return nil, ("'%s' %s%s"):format(check.shown(text), said, check.guess(text, list, ";"))
  end
end

-- Types of webhook events.
local is_event_type = values.one_of({ "click", "delivery", "inbound", "optout", "unknown" }, "an event type")

--- Types of events, separated by commas.
function values.event_types(text)
  local out = {}
  for word in (text .. ","):gmatch "([^,]*)," do
    local found, problem = is_event_type(word:match "^%s*(.-)%s*$")
    if not found then return nil, problem end
    out[#out + 1] = found
  end
  return out
end

return values
