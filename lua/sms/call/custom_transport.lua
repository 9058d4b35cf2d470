-- SPDX-License-Identifier: MIT
-- Carries requests through a function of the user's, given as the client's option `transport`: requests and answers are plain data.

local core = require "sms.core"
local guard = require "sms.task.guard"
local json = require "sms.json"
local kinds = require "sms.error".kinds
local response = require "sms.call.response".new
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

local signers = {}

function signers.header(entry, plain) plain.headers[core.lower(entry.name)] = entry.value end

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
  for name, value in pairs(state.manners.headers or {}) do plain.headers[core.lower(name)] = value end
  for name, value in pairs(request.headers or {}) do plain.headers[core.lower(name)] = value end
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

-- What a transport gave as its failure, in the terms of ours; what is none of them is the worst: it may have had its effect.
local function told(trouble)
  local given = type(trouble) == "table" and trouble or { message = trouble }
  local tries, words = math.tointeger(given.attempts), given.message
  return {
    kind = kinds[given.kind] and given.kind or "network", attempts = tries and tries >= 0 and tries or 1, duration = 0,
    message = (type(words) == "string" or type(words) == "number") and tostring(words) or "the transport gave no answer",
  }
end

-- Calls the transport. What it raises may come after its effect.
local function ask(state, request, plain)
  local trouble
  local function asked() -- its second result is wanted, too
    local answer
    answer, trouble = state.transport(plain)
    return answer
  end
  core.sent()
  local ok, answer = guard.callback(asked)
  if ok then return answer, trouble end
  request.callback_error = answer
  return nil, "the transport raised: " .. guard.shown(answer)
end

local function is_answer(answer)
  if type(answer) ~= "table" or math.type(answer.status) ~= "integer" then return false end
  return (answer.body == nil or type(answer.body) == "string") and (answer.headers == nil or type(answer.headers) == "table")
end

--- One exchange through the client's `transport` function; the request it gets and the answer it gives are plain data:
--- `{ provider, method, path, query, headers, body?, parts?, user?, password?, base_url? }` → `{ status, headers, body }`;
--- `base_url` only where an operation has a host of its own.
---@param state table
---@param request table
---@param timeout number  seconds
---@return table? answer
---@return table? failure
function custom.exchange(state, request, timeout)
  local late = transport.too_late(timeout)
  if late then return nil, late end
  local plain, message = plain_request(state, request)
  local options, sink = request.options, nil
  if plain and options and options.to_file then sink, message = core.sink(options.to_file) end
  if message then return nil, { kind = "invalid", message = message, attempts = 0, duration = 0 } end
  local _ <close> = sink
  local answer, trouble = ask(state, request, plain)
  if not answer then return nil, told(trouble) end
  if not is_answer(answer) then return nil, told "the transport's answer is no table { status, headers, body }" end
  local headers = {}
  for name, value in pairs(answer.headers or {}) do headers[core.lower(tostring(name))] = tostring(value) end
  local body = answer.body or ""
  if sink and answer.status // 100 == 2 then
    local kept
    kept, message = sink:keep(body)
    if not kept then return nil, { kind = "invalid", message = message, attempts = 1, duration = 0, status = answer.status } end
    body = ""
  end
  return response(answer.status, headers, body, 1, 0)
end

return custom
