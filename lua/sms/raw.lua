-- SPDX-License-Identifier: MIT
-- `client:request`: a request for any path of a provider, made of what the caller says and checked by name.

local json = require "sms.json"
local Operation = require "sms.operation"
local url = require "sms.url"

local raw = {}

local function text_query(value)
  if type(value) ~= "table" then return value or "" end
  local list = {}
  for name, item in pairs(value) do list[#list + 1] = { tostring(name), tostring(item) } end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return url.encode_pairs(list)
end

local RAW_NAMES = { "method", "path", "query", "headers", "json", "form", "multipart", "body", "content_type" }
local RAW_KEYS = {}
for _, name in ipairs(RAW_NAMES) do RAW_KEYS[name] = true end

--- Builds the request of `client:request`.
---@param spec table
---@param options table?
---@return table? request
---@return string? problem
function raw.request(spec, options)
  local problems = {}
  if type(spec) ~= "table" then return nil, "a table is needed" end
  for key in pairs(spec) do
    if not RAW_KEYS[key] then problems[#problems + 1] = Operation.unknown("field", key, RAW_NAMES) end
  end
  if type(spec.path) ~= "string" or spec.path:sub(1, 1) ~= "/" then
    problems[#problems + 1] = "'path' must be a string that begins with /"
  end
  if options then Operation.check_options(options, problems) end
  if #problems > 0 then return nil, table.concat(problems, "; ") end
  local method = (spec.method or "GET"):upper()
  local path, query = spec.path:match("^([^?]*)%??(.*)$")
  local more = text_query(spec.query)
  local request = {
    method = method, path = url.escape_path(path), query = query .. ((query ~= "" and more ~= "") and "&" or "") .. more,
    headers = spec.headers, once = true, repeatable = method == "GET" or method == "HEAD", options = options,
    body = spec.body, content_type = spec.content_type, parts = spec.multipart,
  }
  if spec.json ~= nil then
    local text, problem = json.encode(spec.json)
    if not text then return nil, "'json': " .. problem end
    request.body, request.content_type = text, "application/json"
  elseif spec.form then
    request.body, request.content_type = text_query(spec.form), "application/x-www-form-urlencoded"
  end
  return request
end

return raw
