-- SPDX-License-Identifier: MIT
-- Reading a request's parameters as the Zipwhip documents describe them, and refusing what they do not allow, in the two
-- documented shapes. A refusal is raised as a problem value; `sms.sandbox.zipwhip` turns it into the response.

local fields = {}

--- Refuses the request with a message alone. The documents leave the HTTP status open: 400 for a missing parameter, else 200.
---@param words string
---@param status? integer
function fields.refuse(words, status)
  error({ status = status or 200, response = words }, 0)
end

--- Refuses the request with a code of the table "Message Send Status Codes".
---@param code integer
---@param words string
function fields.code(code, words)
  error({ status = 200, response = { desc = words, code = code } }, 0)
end

--- Refuses the request because a parameter is missing, with the documented message.
---@param name string
function fields.missing(name)
  fields.refuse(("Required String parameter '%s' is not present"):format(name), 400)
end

--- All values of a parameter, in order; empty ones count as absent.
---@return string[]
function fields.all(call, name, required)
  local out = {}
  for _, value in ipairs(call.params[name] or {}) do
    if value ~= "" then out[#out + 1] = value end
  end
  if required and #out == 0 then fields.missing(name) end
  return out
end

--- A parameter, or nil when absent. `options`: `required`, `max` (characters), `empty` (an empty text counts).
function fields.text(call, name, options)
  options = options or {}
  local value = call.params[name] and call.params[name][1]
  if value == "" and not options.empty then value = nil end
  if value == nil and options.required then fields.missing(name) end
  if value and options.max and utf8.len(value) > options.max then fields.code(-394, "Invalid Parameter Length: " .. name) end
  return value
end

--- A whole number, or `otherwise` when absent.
function fields.integer(call, name, otherwise, least)
  local value = fields.text(call, name)
  if value == nil then return otherwise end
  local number = value:find("^%d+$") and math.tointeger(tonumber(value))
  if not number or number < (least or 0) then fields.refuse(("Parameter '%s' is not valid: %s"):format(name, value), 400) end
  return number
end

--- One of the allowed values, or nil when absent.
function fields.word(call, name, words, required)
  local value = fields.text(call, name, { required = required })
  if value and not (" " .. words .. " "):find(" " .. value .. " ", 1, true) then
    fields.refuse(("Parameter '%s' is not one of: %s"):format(name, words))
  end
  return value
end

--- A number in E.164, from 10 digits (US), E.164 or `ptn:/` before either; nil when it is none.
---@param text string
---@return string?
function fields.number(text)
  local digits = text:gsub("^ptn:/", "")
  if digits:find("^[2-9]%d%d%d%d%d%d%d%d%d$") then return "+1" .. digits end
  if digits:find("^%+[1-9]%d+$") and #digits >= 8 and #digits <= 16 then return digits end
  return nil
end

--- A number as the provider shows it: US numbers without country code, others in E.164.
---@param number string  E.164
function fields.shown(number)
  return number:match("^%+1(%d%d%d%d%d%d%d%d%d%d)$") or number
end

--- A parameter that must be a phone number.
function fields.phone(call, name)
  local value = fields.text(call, name, { required = true })
  return fields.number(value) or fields.code(-703, ("Bad argument: %s is not a phone number: %s"):format(name, value))
end

return fields
