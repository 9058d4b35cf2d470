-- SPDX-License-Identifier: MIT
-- Carries one request to the provider and its answer back: over libcurl, or through a function given as `transport`.

local core = require "sms.core"
local json = require "sms.json"
local scheduler = require "sms.scheduler"
local url = require "sms.url"

local transport = {}

--- How long one wait in C lasts at most, seconds: between two of them Ctrl-C and progress get their turn.
local SLICE = 0.2

local shared

--- The pool that clients use when they are given none: one for each Lua state.
---@return userdata sms.pool
function transport.shared_pool()
  if not shared then shared = core.pool() end
  return shared
end

--- Waits without work; transfers of the pool go on meanwhile.
---@param state table
---@param seconds number
function transport.sleep(state, seconds)
  if scheduler.current() then return scheduler.sleep(seconds) end
  local pool, ends = state.pool or transport.shared_pool(), core.now() + seconds
  repeat
    local left = ends - core.now()
    if left > 0 then pool:step(math.min(left, SLICE)) end
  until left <= 0
end

local function extras(state, request, options)
  local extra
  local function set(key, value)
    if value ~= nil then
      extra = extra or {}
      extra[key] = value
    end
  end
  set("content_type", request.content_type)
  set("parts", request.parts)
  local auth = request.auth
  if auth == nil then auth = state.session_auth end
  set("auth", auth)
  set("headers", request.headers)
  if options then
    set("max_body", options.max_body)
    set("to_file", options.to_file)
    set("progress", options.progress and true)
  end
  return extra
end

local function answer_of(status, headers, body, attempts, duration)
  return {
    status = status, body = body, attempts = attempts, duration = duration,
    headers = function() return headers end,
    header = function(name) return headers[name] end,
  }
end

local function finish(transfer)
  local status, body, attempts, duration, fifth, sixth, seventh, eighth = transfer:result()
  if status then return answer_of(status, transfer:headers(), body, attempts, duration) end
  -- On failure the values are: nil, kind, message, curl code, attempts, duration, status, body so far.
  return nil, { kind = body, message = attempts, attempts = fifth, duration = sixth, status = seventh, body = eighth }
end

-- Waits for a transfer; whatever ends the wait early (an error in `progress`, Ctrl-C) leaves it to its closing function.
-- Returns the kind and words of a pool that can't go on.
local function block(pool, transfer, progress)
  while true do
    local done, kind, message = pool:wait(transfer, SLICE)
    if kind then return kind, message end
    if progress then progress(transfer:progress()) end
    if done then return nil end
  end
end

local function await(pool, transfer, progress)
  if not scheduler.current() then return block(pool, transfer, progress) end
  scheduler.await(pool, transfer, progress)
  if progress then progress(transfer:progress()) end
end

--- One exchange over libcurl. Inside a task it yields, outside it blocks.
---@param state table  the client's private state: `pool`, `endpoint`
---@param request table
---@param timeout number  seconds
---@return table? answer `{ status, body, attempts, duration, headers(), header(name) }`
---@return table? failure `{ kind, message, attempts, duration, status?, body? }`
function transport.curl(state, request, timeout)
  if scheduler.cancelled() then return nil, { kind = "cancelled", message = "the task was cancelled", attempts = 0, duration = 0 } end
  local pool, options = state.pool or transport.shared_pool(), request.options
  local target = request.query == "" and request.path or request.path .. "?" .. request.query
  local transfer <close>, kind, message =
    pool:start(request.endpoint or state.endpoint, request.method, target, request.body, timeout, request.once,
      extras(state, request, options))
  if not transfer then return nil, { kind = kind, message = message, attempts = 0, duration = 0 } end
  local broken, words = await(pool, transfer, options and options.progress)
  if broken and not transfer:done() then return nil, { kind = broken, message = words, attempts = 1, duration = 0 } end
  return finish(transfer)
end

---------------------------------------------------------------- transports in Lua

local function read_parts(parts)
  local out = {}
  for i, part in ipairs(parts) do
    local data = part.data
    if part.path then
      local handle, message = io.open(part.path, "rb")
      if not handle then return nil, message end
      data = handle:read("a")
      handle:close()
    end
    out[i] = { name = part.name, filename = part.filename, type = part.type, data = data }
  end
  return out
end

local signers = {}

function signers.header(entry, plain) plain.headers[entry.name:lower()] = entry.value end

function signers.bearer(entry, plain) plain.headers.authorization = "Bearer " .. entry.value end

function signers.basic(entry, plain) plain.user, plain.password = entry.user, entry.value end

local function joined(text, name, value)
  return (text == "" and "" or text .. "&") .. url.escape(name) .. "=" .. url.escape(value)
end

function signers.query(entry, plain) plain.query = joined(plain.query, entry.name, entry.value) end

function signers.form(entry, plain)
  if plain.parts then
    table.insert(plain.parts, { name = entry.name, data = entry.value })
  else
    plain.body = joined(plain.body or "", entry.name, entry.value)
  end
end

function signers.json(entry, plain)
  local rest = plain.body:match("^%s*{%s*(.*)$")
  plain.body = ("{%s:%s%s%s"):format(json.encode(entry.name), json.encode(entry.value), rest:sub(1, 1) == "}" and "" or ",", rest)
end

-- The request as plain data, signed, for a transport in Lua.
local function plain_request(state, request)
  local plain = { provider = state.name, method = request.method, path = request.path, query = request.query, headers = {} }
  plain.body, plain.base_url = request.body, request.base_url
  for name, value in pairs(state.manners.headers or {}) do plain.headers[name:lower()] = value end
  for name, value in pairs(request.headers or {}) do plain.headers[name:lower()] = value end
  if request.parts then
    local parts, message = read_parts(request.parts)
    if not parts then return nil, message end
    plain.parts, plain.headers["content-type"] = parts, "multipart/form-data"
  elseif request.body then
    plain.headers["content-type"] = request.content_type or "application/json"
  end
  plain.headers["user-agent"] = state.user_agent
  local auth = request.auth
  if auth == nil then auth = state.auth.default end
  for _, entry in ipairs(auth and auth:reveal() or {}) do signers[entry.scheme](entry, plain) end
  return plain
end

local function save(path, body)
  local handle, message = io.open(path, "wb")
  if not handle then return nil, message end
  handle:write(body)
  handle:close()
  return ""
end

--- One exchange through the client's `transport` function; the request it gets and the answer it gives are plain data:
--- `{ provider, method, path, query, headers, body?, parts?, user?, password?, base_url? }` → `{ status, headers, body }`;
--- `base_url` only where an operation has a host of its own.
---@param state table
---@param request table
---@return table? answer
---@return table? failure
function transport.custom(state, request)
  local plain, message = plain_request(state, request)
  if not plain then return nil, { kind = "invalid", message = message, attempts = 0, duration = 0 } end
  local answer, trouble = state.transport(plain)
  if not answer then
    if type(trouble) ~= "table" then trouble = { kind = "network", message = tostring(trouble or "the transport gave no answer") } end
    return nil, { kind = trouble.kind or "network", message = trouble.message, attempts = trouble.attempts or 1, duration = 0 }
  end
  local headers = {}
  for name, value in pairs(answer.headers or {}) do headers[tostring(name):lower()] = value end
  local body, options = answer.body or "", request.options
  if options and options.to_file and answer.status // 100 == 2 then
    body, message = save(options.to_file, body)
    if not body then return nil, { kind = "network", message = message, attempts = 1, duration = 0, status = answer.status } end
  end
  return answer_of(answer.status, headers, body, 1, 0)
end

return transport
