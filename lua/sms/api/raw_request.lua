-- SPDX-License-Identifier: MIT
-- Builds the request of `client:request`: any path of a provider, described by hand.

local core = require "sms.core"
local json = require "sms.json"
local Operation = require "sms.api.operation"
local record = require "sms.api.options"
local Type = require "sms.api.types"
local url = require "sms.url"

local raw = {}

--- The fields of a request, with their types.
---@type table<string, string>
raw.fields = {
  body = "string?", content_type = "sms.HeaderText?", form = "string|sms.Pairs?", headers = "sms.Headers?", json = "any?",
  method = "sms.Method?", multipart = "sms.Part[]?", path = "string", query = "string|sms.Pairs?",
}

local BODIES = { "body", "form", "json", "multipart" }

local check = record.checker(raw.fields, Type.registry(require "sms.api.common_types"), "field", "a request")

-- Only one body, and of each part only one source.
local function check_bodies(spec, problems)
  local given = {}
  for _, name in ipairs(BODIES) do
    if spec[name] ~= nil then given[#given + 1] = "'" .. name .. "'" end
  end
  if #given > 1 then problems[#problems + 1] = "only one of " .. table.concat(given, ", ") .. " can be given" end
  for i, part in ipairs(spec.multipart or {}) do
    local sources = (part.data and 1 or 0) + (part.path and 1 or 0) + (part.chunks and 1 or 0)
    if sources ~= 1 then problems[#problems + 1] = ("field 'multipart[%d]' needs one of 'data', 'path' and 'chunks'"):format(i) end
    if part.size and not part.chunks then problems[#problems + 1] = ("field 'multipart[%d].size' is only for 'chunks'"):format(i) end
  end
  if spec.multipart and #spec.multipart == 0 then problems[#problems + 1] = "field 'multipart' is an empty list" end
end

local function text_query(value)
  if type(value) ~= "table" then return value or "" end
  local list = {}
  for name, item in pairs(value) do list[#list + 1] = { name, core.text(item) } end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return url.encode_pairs(list)
end

local function add_body(request, spec)
  if spec.json ~= nil then
    local text, problem = json.encode(spec.json)
    if not text then return nil, "field 'json': " .. problem end
    request.body, request.content_type = text, "application/json"
  elseif spec.form then
    request.body, request.content_type = text_query(spec.form), "application/x-www-form-urlencoded"
  else
    request.body, request.content_type, request.parts = spec.body, spec.content_type, spec.multipart
  end
  for _, part in ipairs(request.parts or {}) do request.parts.fed = request.parts.fed or part.chunks ~= nil end
  return request
end

--- Checks a description and makes the request.
---@param given table     see `raw.fields`
---@param options table?  per-call options
---@return table? request
---@return string? problem
function raw.request(given, options)
  local problems = {}
  local spec = check(given, problems)
  if spec.path and spec.path:sub(1, 1) ~= "/" then problems[#problems + 1] = "field 'path' must begin with /" end
  check_bodies(spec, problems)
  if options ~= nil then options = Operation.check_options(options, problems) end
  if #problems > 0 then return nil, table.concat(problems, "; ") end
  local method = core.upper(spec.method or "GET")
  local path, query = spec.path:match("^([^?]*)%??(.*)$")
  local more = text_query(spec.query)
  if query ~= "" and more ~= "" then more = "&" .. more end
  return add_body({
    method = method, path = url.escape_path(path), query = url.escape_query(query .. more),
    headers = spec.headers, once = true, repeatable = method == "GET" or method == "HEAD", options = options,
  }, spec)
end

return raw
