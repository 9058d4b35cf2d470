-- SPDX-License-Identifier: MIT
-- Reading a request's fields as the MessageWhiz documents describe them, and refusing what they do not allow.
-- A refusal is raised as a problem value; `sms.sandbox.messagewhiz` turns it into the response.

local core = require "sms.core"

local fields = {}

-- The documents publish no values of errorCode and errorType: errorCode is the HTTP status here.
local TYPES = { [400] = "BadRequest", [401] = "Unauthorized", [403] = "Forbidden", [404] = "NotFound", [409] = "DuplicateEntry" }

--- Refuses the request with an error response.
---@param status 400|401|403|404|409
---@param message string  names the field
function fields.fail(status, message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  -- A message may quote the request, which may be any bytes; the response is JSON.
  if not utf8.len(message) then message = message:gsub("[\x80-\xff]", "?") end
  error({ status = status, type = TYPES[status], message = message }, 0)
end

local fail = fields.fail

--- A string, or nil when absent. `options`: `required`, `max` (characters).
function fields.text(body, name, options)
  local value = body[name]
  options = options or {}
  if value == nil then
    if options.required then fail(400, "%s is required", name) end
    return nil
  end
  if type(value) ~= "string" then fail(400, "%s must be a string", name) end
  if options.required and not value:find("%S") then fail(400, "%s must not be empty", name) end
  if options.max and (utf8.len(value) or #value) > options.max then
    fail(400, "%s must be at most %d characters long", name, options.max)
  end
  return value
end

local function whole(value)
  if math.type(value) == "float" then return math.tointeger(value) end
  if math.type(value) == "integer" then return value end
  if type(value) == "string" and value:find("^%-?%d+$") then return math.tointeger(tonumber(value)) end
  return nil
end

--- An integer, or nil when absent; digits in a string count, as in the documents' examples. `options`: `required`, `min`, `max`.
function fields.integer(body, name, options)
  local value = body[name]
  options = options or {}
  if value == nil then
    if options.required then fail(400, "%s is required", name) end
    return nil
  end
  local number = whole(value)
  if not number then fail(400, "%s must be an integer", name) end
  if options.min and number < options.min then fail(400, "%s must not be less than %d", name, options.min) end
  if options.max and number > options.max then fail(400, "%s must not be greater than %d", name, options.max) end
  return number
end

--- A boolean in any documented spelling: booleans, 1 and 0, "1" and "0", "true" and "false".
function fields.flag(body, name, options)
  local value = body[name]
  if value == nil then
    if options and options.required then fail(400, "%s is required", name) end
    return nil
  end
  if value == true or value == 1 or value == "1" or value == "true" then return true end
  if value == false or value == 0 or value == "0" or value == "false" then return false end
  return fail(400, "%s must be true or false", name)
end

--- A list, or nil when absent.
function fields.list(body, name, options)
  local value = body[name]
  if value == nil then
    if options and options.required then fail(400, "%s is required", name) end
    return nil
  end
  if type(value) ~= "table" or (next(value) ~= nil and #value == 0) then fail(400, "%s must be an array", name) end
  return value
end

--- Ids from a string of comma-separated numbers, or a single number; none if absent or "".
---@return integer[]
function fields.ids(body, name, options)
  local value = body[name]
  if math.type(value) then value = tostring(whole(value) or value) end
  if value ~= nil and type(value) ~= "string" then fail(400, "%s must be a string of comma-separated ids", name) end
  local out = {}
  for piece in (value or ""):gmatch("[^,]+") do
    local id = whole(core.trim(piece))
    if not id then fail(400, "%s must be a string of comma-separated ids", name) end
    out[#out + 1] = id
  end
  if options and options.required and #out == 0 then fail(400, "%s is required", name) end
  return out
end

--- Digits of a phone number in international format, or nil. A leading `+` is tolerated.
function fields.phone(value)
  if math.type(value) then value = whole(value) and ("%d"):format(whole(value)) end
  if type(value) ~= "string" then return nil end
  local digits = value:match("^%s*%+?(%d+)%s*$")
  if digits and #digits >= 7 and #digits <= 15 and digits:sub(1, 1) ~= "0" then return digits end
  return nil
end

--- A required, valid phone number.
function fields.recipient(body, name)
  if body[name] == nil then fail(400, "%s is required", name) end
  return fields.phone(body[name]) or fail(400, "%s must be a phone number in the international format", name)
end

--- An absolute URI.
function fields.uri(body, name, options)
  local value = fields.text(body, name, options)
  if value and not value:find("^%a[%w+.-]*://[^%s/]") then fail(400, "%s must be a URI", name) end
  return value
end

return fields
