-- SPDX-License-Identifier: MIT
-- Reading a request's fields as the websms documents describe them. A refusal is raised as a problem value: one with a `code` is
-- answered with HTTP 200 and that code, one with a `status` by that HTTP status and a text. `sms.sandbox.websms` does both.

local codes = require "sms.sandbox.websms.codes"

local fields = {}

--- Refuses the request with a code of the API.
---@param code integer
---@param words? string  default: the documents'
function fields.refuse(code, words)
  error({ code = code, message = words or codes.words[code] }, 0)
end

--- Refuses the request with HTTP 400: a value of the wrong JSON type, for which no code is documented.
---@param words string
function fields.misread(words)
  error({ status = 400, message = words }, 0)
end

local refuse = fields.refuse

--- Refuses the request if a required field is missing; the message names it, as documented.
function fields.required(call, name)
  local value = call.fields[name]
  if value == nil or type(value) == "table" and next(value) == nil then
    refuse(4019, "A required parameter was not given: " .. name)
  end
  return value
end

local FORM_FLAGS = { ["true"] = true, ["1"] = true, ["false"] = false, ["0"] = false }

--- A flag; false when absent. Forms spell it true, false, 1 or 0.
function fields.flag(call, name)
  local value = call.fields[name]
  if value == nil then return false end
  if call.is_form then value = FORM_FLAGS[value] end
  if type(value) ~= "boolean" then fields.misread(name .. " must be true or false") end
  return value
end

local function whole(call, value)
  if call.is_form then return value:find("^%d+$") and math.tointeger(tonumber(value)) end
  return math.type(value) and math.tointeger(value)
end

--- A whole number within bounds, or nil when absent.
---@param code? integer  what a wrong one is refused with; without it HTTP 400
function fields.integer(call, name, min, max, code)
  local value = call.fields[name]
  if value == nil then return nil end
  local number = whole(call, value)
  if number and number >= min and number <= max then return number end
  if code then refuse(code) end
  return fields.misread(("%s must be a whole number of at least %d"):format(name, min))
end

--- One of a list of strings, or nil when absent.
function fields.choice(call, name, list, code)
  local value = call.fields[name]
  if value == nil then return nil end
  for _, allowed in ipairs(list) do
    if value == allowed then return value end
  end
  return refuse(code)
end

--- A string that is not empty, or nil when absent.
function fields.text(call, name, code)
  local value = call.fields[name]
  if value ~= nil and (type(value) ~= "string" or value == "") then refuse(code) end
  return value
end

-- 8 to 15 digits without plus sign. JSON numbers are accepted, as the vendor's own SDKs send them.
local function msisdn(value)
  if math.type(value) == "integer" then value = ("%d"):format(value) end
  if type(value) ~= "string" or not value:find("^[1-9]%d+$") or #value < 8 or #value > 15 then refuse(4002) end
  return value
end

--- The recipients: 1 to 1000 numbers.
---@return string[]
function fields.recipients(call)
  local list = fields.required(call, "recipientAddressList")
  if type(list) ~= "table" or #list == 0 then refuse(4002) end
  if #list > 1000 then refuse(4025) end
  local out = {}
  for i = 1, #list do out[i] = msisdn(list[i]) end
  return out
end

local ADDRESSES = {
  national = "^%d+$", international = "^[1-9]%d+$", shortcode = "^%d%d%d+$", alphanumeric = "^[%w !#&'()*+,./:;<=>?@_-]+$",
}
local LONGEST = { national = 15, international = 15, shortcode = 8, alphanumeric = 11 }

--- The sender. Only its format is checked, not whether the account owns it; names have at most 11 characters, the GSM limit.
---@return string? address
function fields.sender(call)
  local address, kind = fields.text(call, "senderAddress", 4003), call.fields.senderAddressType
  if kind ~= nil and not ADDRESSES[kind] then refuse(4003) end
  if not address then return nil end
  if not kind then kind = address:find("^%d+$") and "national" or "alphanumeric" end
  if not address:find(ADDRESSES[kind]) or #address > LONGEST[kind] then refuse(4003) end
  return address
end

--- An http or https URL, or nil when absent.
function fields.callback(call)
  local url = fields.text(call, "notificationCallbackUrl", 4016)
  if url and not url:find("^[Hh][Tt][Tt][Pp][Ss]?://[^%s/]%S*$") then refuse(4016) end
  return url
end

--- Bytes of a base64 text with padding, or nil.
function fields.base64(text)
  if type(text) ~= "string" or text == "" or #text % 4 ~= 0 or not text:find("^[%w+/]+=?=?$") then return nil end
  return #text // 4 * 3 - #text:match("=*$")
end

return fields
