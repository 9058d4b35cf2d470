-- SPDX-License-Identifier: MIT
-- The inbox of a served sandbox: its page and the files of the page, and the JSON API under `/inbox/api/`.

local json = require "sms.json"
local pages = require "sms.sandbox.pages"
local routes = require "sms.sandbox.inbox.routes"
local url = require "sms.url"

local inbox = {}

local NOT_FOUND = "there is no such page; the inbox is at /inbox/, its API under /inbox/api/"

-- "messages/8/state" -> "messages/N/state", 8; a second number follows.
local function key_of(method, path)
  local n, m = path:match("/(%d+)/?%a*/?(%d*)")
  local name = path:match("^accounts/([%w_]+)$")
  local form = name and "accounts/NAME" or path:gsub("/%d+", "/N", 2)
  return method .. " " .. form, math.tointeger(tonumber(n)), name, math.tointeger(tonumber(m))
end

local function methods_of(path)
  local out = {}
  for _, method in ipairs { "DELETE", "GET", "POST", "PUT" } do
    if routes[(key_of(method, path))] then out[#out + 1] = method end
  end
  return out
end

local function body_of(request)
  if not request.body or request.body == "" then return {} end
  if not utf8.len(request.body) then return nil end
  local value = json.decode(request.body)
  return type(value) == "table" and value or nil
end

local function api(sandbox, request, path)
  local key, n, name, m = key_of(request.method, path)
  local route = routes[key]
  if not route then
    local methods = methods_of(path)
    if not methods[1] then return pages.json(404, { error = NOT_FOUND }) end
    local response = pages.json(405, { error = "allowed methods: " .. table.concat(methods, ", ") })
    response.headers.allow = table.concat(methods, ", ")
    return response
  end
  local body = body_of(request)
  if not body then return pages.json(400, { error = "the body must be a JSON object" }) end
  return route(sandbox, { query = url.decode_table(request.query or ""), body = body, n = n, m = m, name = name })
end

--- Handles a request for the inbox.
---@param sandbox table  with a journal
---@param request table
---@return table? response  nil where the path is none of the inbox's
function inbox.handle(sandbox, request)
  local path = request.path
  if path == "/" or path == "/inbox" then return { status = 302, headers = { location = "/inbox/" }, body = "" } end
  local rest = path:match("^/inbox/api/(.*)$")
  if rest then return api(sandbox, request, rest) end
  if path:find("^/inbox/") then
    if request.method ~= "GET" and request.method ~= "HEAD" then return pages.json(405, { error = "the page is read with GET" }) end
    return pages.file(path == "/inbox/" and "index.html" or path:sub(#"/inbox/" + 1), NOT_FOUND)
  end
end

--- The newest event as JSON, or nil if nothing has changed.
inbox.event = routes.event

return inbox
