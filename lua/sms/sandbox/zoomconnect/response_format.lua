-- SPDX-License-Identifier: MIT
-- Formats the responses of the sandboxed ZoomConnect: JSON when the path ends in .json or the Accept header names it, and XML
-- otherwise, like the real service.

local check = require "sms.check"
local json = require "sms.json"

local response_format = {}

--- Splits the format off the path.
---@param request table
---@return string path
---@return "json"|"xml" format
function response_format.format_of(request)
  local path, suffix = request.path:match("^(.*)%.(%a+)$")
  if suffix == "json" or suffix == "xml" then return path, suffix end
  local accept = request.headers.accept or ""
  return request.path, accept:find("json", 1, true) and "json" or "xml"
end

local ESCAPES = { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;", ['"'] = "&quot;" }

local function scalar(value)
  if math.type(value) == "float" then return ("%.14g"):format(value) end
  return (tostring(value):gsub('[<>&"]', ESCAPES):gsub("[\0-\8\11\12\14-\31]", "?"))
end

local element

local function elements(name, value, out)
  if value == json.null then return end
  if type(value) == "table" and (value[1] ~= nil or next(value) == nil) then
    for _, item in ipairs(value) do out[#out + 1] = element(name, item) end
  else
    out[#out + 1] = element(name, value)
  end
end

-- `<name>…</name>`; lists are repeated elements.
function element(name, value)
  if type(value) ~= "table" then return ("<%s>%s</%s>"):format(name, scalar(value), name) end
  local out = {}
  if value[1] ~= nil then
    for _, item in ipairs(value) do out[#out + 1] = element("item", item) end
  else
    for _, member in ipairs(check.names(value)) do elements(member, value[member], out) end
  end
  return ("<%s>%s</%s>"):format(name, table.concat(out), name)
end

-- Root elements that public clients of the provider expect; others are named after the resource.
local ROOTS = { ["sms.send"] = "sendSmsResponse", ["sms.send_bulk"] = "sendSmsResponses" }

local function to_xml(operation, value)
  if type(value) ~= "table" then return scalar(value) end
  local root = ROOTS[operation] or operation:match("^(.-)s?%."):gsub("^sm$", "sms")
  if value.sendSmsResponses then value = { sendSmsResponse = value.sendSmsResponses } end
  return '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' .. element(root, value)
end

--- Makes a response; a nil value is an empty body.
---@param format "json"|"xml"
---@param status integer
---@param operation string  "resource.operation", or "error." for refusals
---@param value any
---@return { status: integer, headers: table<string, string>, body: string }
function response_format.build(format, status, operation, value)
  if value == nil then return { status = status, headers = {}, body = "" } end
  if format == "json" then
    return { status = status, headers = { ["content-type"] = "application/json" }, body = assert(json.encode(value)) }
  end
  return { status = status, headers = { ["content-type"] = "application/xml" }, body = to_xml(operation, value) }
end

return response_format
