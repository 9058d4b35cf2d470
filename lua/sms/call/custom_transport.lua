-- SPDX-License-Identifier: MIT
-- Sends requests through a function of the user, the client's option `transport`: requests and responses are plain data.

local core = require "sms.core"
local endpoints = require "sms.call.endpoints"
local guard = require "sms.task.guard"
local json = require "sms.json"
local kinds = require "sms.error".kinds
local stream = require "sms.call.stream"
local transport = require "sms.call.transport"
local url = require "sms.url"

local custom = {}

local function read_parts(parts)
  local out = {}
  for i, part in ipairs(parts) do
    local data = part.data or part.chunks and stream.join(part.chunks)
    if part.path then
      local bytes, message = core.read_file(part.path)
      if not bytes then return nil, message end
      data = bytes
    end
    out[i] = { name = part.name, filename = part.filename, type = part.type, data = data }
  end
  return out
end

local FORM = "application/x-www-form-urlencoded"

-- Why a request can't be signed, with the texts of the core (csrc/http/request.c, csrc/http/auth_body.c), which applies the same rules.
local SET_BY_AUTH = "a header set by the authentication cannot be overridden"
local NO_BODY = "the credentials are sent in the body, but this request has none that can hold them"
local OTHER_BODY = "the credentials cannot be added to this body"

-- By scheme: adds a credential to a request, or returns why it can't be added.
local signers = {}

local function into_header(data, name, value)
  if data.headers[name] then return SET_BY_AUTH end
  data.headers[name] = value
end

function signers.header(entry, data) return into_header(data, core.lower(entry.name), entry.value) end

function signers.bearer(entry, data) return into_header(data, "authorization", "Bearer " .. entry.value) end

function signers.basic(entry, data)
  if data.headers.authorization then return SET_BY_AUTH end
  data.user, data.password = entry.user, entry.value
end

local function joined(text, name, value)
  return (text == "" and "" or text .. "&") .. url.escape(name) .. "=" .. url.escape(value)
end

function signers.query(entry, data) data.query = joined(data.query, entry.name, entry.value) end

local function is_form(data)
  return core.lower(data.headers["content-type"] or ""):sub(1, #FORM) == FORM
end

function signers.form(entry, data)
  local body = data.body or ""
  if data.parts then
    table.insert(data.parts, { name = entry.name, data = entry.value })
  elseif not data.body and (data.method == "GET" or data.method == "HEAD") then
    return NO_BODY
  elseif body ~= "" and not is_form(data) then
    return OTHER_BODY
  else
    data.body, data.headers["content-type"] = joined(body, entry.name, entry.value), data.headers["content-type"] or FORM
  end
end

function signers.json(entry, data)
  local rest = data.body and not is_form(data) and data.body:match("^%s*{%s*(.*)$")
  if not rest then return OTHER_BODY end
  data.body = ("{%s:%s%s%s"):format(json.encode(entry.name), json.encode(entry.value), rest:sub(1, 1) == "}" and "" or ",", rest)
end

-- The credentials of a request.
local function auth_of(state, request)
  local auth = request.auth
  if auth == nil then auth = state.auth.default end
  return auth and auth:reveal() or {}
end

-- A request as plain data, without parts and credentials.
local function unsigned(state, request, target, body)
  local path, query = target:match("^([^?]*)%??(.*)$")
  local data = { provider = state.name, method = request.method, path = path, query = query, headers = {} }
  data.body, data.base_url = body, request.base_url
  for name, value in pairs(state.adapter.headers or {}) do data.headers[core.lower(name)] = value end
  for name, value in pairs(request.headers or {}) do data.headers[core.lower(name)] = value end
  local content_type = request.parts and "multipart/form-data" or body and (request.content_type or body ~= "" and "application/json")
  data.headers["content-type"] = data.headers["content-type"] or content_type or nil
  data.headers["user-agent"] = data.headers["user-agent"] or state.user_agent
  return data
end

-- The same with credentials, for a transport in Lua; and its parts without credentials.
local function request_data(state, request, target, body)
  local data, bare = unsigned(state, request, target, body), nil
  if request.parts then
    local parts, message = read_parts(request.parts)
    if not parts then return nil, message end
    data.parts, bare = parts, table.move(parts, 1, #parts, 1, {})
  end
  for _, entry in ipairs(auth_of(state, request)) do
    local problem = signers[entry.scheme](entry, data)
    if problem then return nil, problem end
  end
  return data, nil, bare
end

local MASK = "***"

-- The parts of a request as data; no files are read and no chunks taken.
local function shown_parts(state, parts)
  local out = {}
  for i, part in ipairs(parts or {}) do
    out[i] = {
      name = part.name, filename = part.filename, type = part.type, path = part.path, size = part.size, chunks = part.chunks,
      data = part.data and state.mask(part.data),
    }
  end
  return parts and out
end

--- A request as data, for the option `dry_run`. Credentials and all other secrets are masked. Nothing is sent.
---@param state table
---@param request table  signed, see `sms.call`
---@return table? shown `{ method, url, headers, body | parts }`; headers by lower-case name
---@return string? problem  why it can't be signed
function custom.shown(state, request)
  local target = request.query == "" and (request.shown or request.path) or (request.shown or request.path) .. "?" .. request.query
  local data = unsigned(state, request, target, request.body)
  data.parts = shown_parts(state, request.parts)
  for _, entry in ipairs(auth_of(state, request)) do
    local problem = signers[entry.scheme]({ scheme = entry.scheme, name = entry.name, user = entry.user, value = MASK }, data)
    if problem then return nil, problem end
  end
  if data.user then data.headers.authorization = "Basic " .. MASK end
  local function unescaped(text) return (text:gsub("=%%2A%%2A%%2A", "=" .. MASK)) end
  local query = data.query == "" and "" or "?" .. unescaped(data.query)
  if data.body and is_form(data) then data.body = unescaped(data.body) end
  local base = data.base_url or state.options.base_url or state.adapter.base_url
  for name, value in pairs(data.headers) do data.headers[name] = state.mask(value) end
  return {
    method = data.method, url = state.mask(base:gsub("/+$", "") .. data.path .. query), headers = data.headers,
    body = data.body and state.mask(data.body), parts = data.parts,
  }
end

-- Converts the failure of a transport. Of an unknown failure the worst is assumed: the request may have taken effect.
local function failed(trouble)
  local given = type(trouble) == "table" and trouble or { message = trouble }
  local tries, words = math.tointeger(given.attempts), given.message
  words = (type(words) == "string" or type(words) == "number") and tostring(words) or "the transport returned no response"
  return nil, {
    kind = kinds[given.kind] and given.kind or "network", message = words, attempts = tries and tries >= 0 and tries or 1, duration = 0,
  }
end

-- `send` of a transport: sends its request over the network, as without a transport, and returns the result in the
-- format of transports.
local function send(state, request, target, body, parts, deadline)
  local real = {
    endpoint = request.base_url and endpoints.pair(state, request.base_url) or state.single, method = request.method,
    headers = request.headers, auth = request.auth, content_type = request.content_type, parts = parts, attended = parts ~= nil,
    once = true, options = {},
  }
  real.options.max_body = request.options and request.options.max_body
  real.extra = not parts and transport.extra(state, real) or nil
  local response, failure = transport.exchange(state, real, target, body, deadline - core.now())
  if not response then return nil, { kind = failure.kind, message = failure.message, attempts = failure.attempts } end
  return { status = response.status, body = response.body, headers = core.headers(response.head) }
end

-- The second argument of a transport. A client without credentials of a provider that issues sessions gets one.
local function upstream_of(state, request, target, body, parts, seconds)
  local deadline = core.now() + seconds
  return {
    send = function() return send(state, request, target, body, parts, deadline) end,
    mask = state.mask, confidential = state.adapter.session ~= nil and request.auth == false,
  }
end

-- Calls the transport. If it raises an error, the request may have taken effect.
local function ask(state, request, data, upstream)
  local trouble
  local function asked() -- its second result is needed as well
    local response
    response, trouble = state.transport(data, upstream)
    return response
  end
  core.sent()
  local ok, response = guard.callback(asked)
  if ok then return response, trouble end
  request.callback_error = response
  return nil, "the transport raised: " .. guard.shown(response)
end

local function is_response(response)
  if type(response) ~= "table" or math.type(response.status) ~= "integer" then return false end
  return (response.body == nil or type(response.body) == "string") and (response.headers == nil or type(response.headers) == "table")
end

-- The failure for an unusable response.
local function broken(response, kind, message)
  return { kind = kind, message = message, attempts = 1, duration = 0, status = response.status }
end

--- One exchange through the client's `transport` function; requests and responses are plain data:
--- `{ provider, method, path, query, headers, body?, parts?, user?, password?, base_url? }` → `{ status, headers, body }`;
--- `base_url` only if an operation has its own host. Its second argument is a table: `send()` sends the request over the
--- network after all, and returns the response, or nil and `{ kind, message, attempts }`; `mask(text)` hides the client's secrets; with
--- `confidential` the response contains a secret that the client does not know yet. Parameters and results: `transport.exchange`.
---@param state table
---@param request table
---@param target string
---@param body string?
---@param seconds number
---@return table? response
---@return table? failure
function custom.exchange(state, request, target, body, seconds)
  local kind, message = transport.not_started(seconds)
  if kind then return nil, transport.unsent(kind, message) end
  local data, bare
  data, message, bare = request_data(state, request, target, body)
  local options, sink = request.options, nil
  if data and options and options.to_file then sink, message = core.sink(options.to_file) end
  if message then return nil, transport.unsent("invalid", message) end
  local _ <close> = sink
  local response, trouble = ask(state, request, data, upstream_of(state, request, target, body, bare, seconds))
  if not response then return failed(trouble) end
  if not is_response(response) then return failed "the transport must return a table { status, headers, body }" end
  local headers = {}
  for name, value in pairs(response.headers or {}) do headers[core.lower(tostring(name))] = tostring(value) end
  local out = {
    status = response.status, body = response.body or "", attempts = 1, duration = 0, head = headers,
    labelled = headers["content-type"] ~= nil, outcome = "accepted",
  }
  if out.status // 100 ~= 2 then return out end
  local most = options and options.max_body or not sink and state.options.max_body or math.huge
  if #out.body > most then return nil, broken(out, "too_large", "the response is larger than max_body") end
  if options and options.stream then out.body, out.stream = "", stream.whole(out.status, out.body) end
  if sink then
    local kept
    kept, message = sink:keep(out.body)
    if not kept then return nil, broken(out, "invalid", message) end
    out.body = ""
  end
  return out
end

return custom
