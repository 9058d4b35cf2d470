-- SPDX-License-Identifier: MIT
-- Reading a request's fields as the ZoomConnect documents describe them, and refusing what they do not allow.
-- A refusal is raised as a problem value; `sms.sandbox.zoomconnect` turns it into the response.

local json = require "sms.json"
local dates = require "sms.sandbox.zoomconnect.dates"

local fields = {}

--- Codes of a refused send that the documents explain.
fields.BAD_NUMBER, fields.NO_TEXT = 2, 3

--- Words for these codes, from the OpenAPI file.
fields.WORDS = { [2] = "Invalid mobile number", [3] = "Message cannot be empty" }

--- Refuses the request with an error response. Codes other than those of a send are not documented: the HTTP status is used.
---@param status 400|401|403|404
---@param message string  names the field
---@param code? integer
function fields.fail(status, message, code)
  -- A message may quote the request, which may be any bytes; the response is JSON or XML.
  if not utf8.len(message) then message = message:gsub("[\x80-\xff]", "?") end
  error({ status = status, code = code or status, message = message }, 0)
end

local fail = fields.fail

--- The JSON object of a request's body.
---@param request table
---@return table
function fields.body(request)
  local text = request.body or ""
  if request.parts then fail(400, "this operation takes application/json") end
  if not utf8.len(text) then fail(400, "the body is not UTF-8") end
  local value = json.decode(text)
  if type(value) ~= "table" or value[1] ~= nil then fail(400, "the body is not a JSON object") end
  return value
end

--- A string, or nil when absent; a JSON number or boolean is refused. `required`: it must not be blank.
function fields.text(body, name, required)
  local value = body[name]
  if value ~= nil and type(value) ~= "string" then fail(400, name .. " must be a string") end
  if required and (value == nil or not value:find("%S")) then fail(400, name .. " is required") end
  return value
end

--- A whole number, or nil when absent; digits in a string count in a query. `least`: the smallest that is allowed.
function fields.integer(body, name, least)
  local value = body[name]
  if value == nil then return nil end
  local number = math.type(value) == "float" and math.tointeger(value) or value
  if type(value) == "string" and value:find("^%-?%d+$") then number = math.tointeger(tonumber(value)) end
  if math.type(number) ~= "integer" then fail(400, name .. " must be an integer") end
  if number < (least or number) then fail(400, ("%s must not be less than %d"):format(name, least)) end
  return number
end

--- True or false of a query, or nil when absent.
function fields.flag(query, name)
  local value = query[name]
  if value == nil then return nil end
  if value ~= "true" and value ~= "false" then fail(400, name .. " must be true or false") end
  return value == "true"
end

--- One of the allowed values, or nil when absent.
function fields.word(query, name, allowed)
  local value = query[name]
  if value == nil then return nil end
  for word in allowed:gmatch("%S+") do
    if word == value then return value end
  end
  return fail(400, ("%s must be one of: %s"):format(name, allowed))
end

--- A phone number in E.164. `+27821234567`, `27821234567` and the South African `0825551234` are known
--- from the provider's samples. Nil if invalid.
function fields.number(value)
  if type(value) ~= "string" then return nil end
  local plus, digits = value:match("^(%+?)(%d+)$")
  if not digits or #digits < 9 or #digits > 15 then return nil end
  if digits:sub(1, 1) ~= "0" then return "+" .. digits end
  if plus == "" and #digits == 10 then return "+27" .. digits:sub(2) end
  return nil
end

--- `yyyyMMddHHmm` → seconds since the epoch, or nil when absent.
function fields.minute(body, name)
  local text = fields.text(body, name)
  if text == nil or text == "" then return nil end
  return dates.from_minute(text) or fail(400, name .. " must look like 201404282055")
end

--- A day, `yyyyMMdd`, or with `dashed` `dd-MM-yyyy` → the second it begins, or nil when absent.
function fields.day(query, name, dashed)
  local text = fields.text(query, name)
  if text == nil or text == "" then return nil end
  local digits = text:match("^%d%d%d%d%d%d%d%d$")
  if dashed then
    local day, month, year = text:match("^(%d%d)%-(%d%d)%-(%d%d%d%d)$")
    digits = day and year .. month .. day
  end
  local time = digits and dates.from_minute(digits .. "0000")
  return time or fail(400, ("%s must look like %s"):format(name, dashed and "28-04-2014" or "20140428"))
end

--- A time of a response, or null.
function fields.shown_time(time)
  return time and dates.shown(time) or json.null
end

--- The page that a query asks for, and the totals of the response.
---@param items table[]
---@param size_default? integer  nil: everything, unless the query says otherwise
---@return table[] page, table figures
function fields.page(query, items, size_default)
  local size = fields.integer(query, "pageSize", 1) or size_default or math.max(1, #items)
  local number = fields.integer(query, "page", 1) or 1
  local out, skip = {}, (number - 1) * size
  for i = skip + 1, math.min(skip + size, #items) do out[#out + 1] = items[i] end
  return out, {
    page = number, pageSize = size, elements = #out, totalElements = #items, totalPages = (#items + size - 1) // size,
    links = json.array {},
  }
end

return fields
