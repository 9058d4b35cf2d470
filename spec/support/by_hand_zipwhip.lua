-- SPDX-License-Identifier: MIT
-- Requests to the sandboxed Zipwhip, put together by hand from the provider's documents: no client, no facts.

local assert = require "luassert"
local json = require "sms.json"
local sandbox = require "sms.sandbox"

local by_hand = {}
by_hand.__index = by_hand

--- Where the clock stands: 2021-06-25T14:02:50Z.
by_hand.START = 1624629770
by_hand.SESSION = "00000000-0000-4000-8000-000000000001:300000001"
by_hand.PNG = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"

--- A sandbox whose clock moves by `tick` only.
---@param options? table  of `sandbox.new`
function by_hand.new(options)
  options = options or {}
  options.clock = function() return by_hand.START end
  return setmetatable({ box = sandbox.new(options) }, by_hand)
end

local function escape(text)
  return (text:gsub("[^%w]", function(char) return ("%%%02X"):format(char:byte()) end))
end

local function encode(params)
  local names, out = {}, {}
  for name in pairs(params) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = params[name]
    for _, item in ipairs(type(value) == "table" and value or { value }) do
      out[#out + 1] = escape(name) .. "=" .. escape(tostring(item))
    end
  end
  return table.concat(out, "&")
end

--- One request. `params`: name → value or list of values, the session unless it is false; `more`: `method` (POST), `prefix`, `parts`.
---@return integer status, any decoded, table response
function by_hand:call(path, params, more)
  more = more or {}
  local given = { session = by_hand.SESSION }
  for name, value in pairs(params or {}) do given[name] = value end
  if given.session == false then given.session = nil end
  local method, text = more.method or "POST", encode(given)
  local request = { method = method, path = (more.prefix or "/zipwhip") .. path, query = "", headers = { host = "127.0.0.1:8025" } }
  if more.parts then
    request.parts, request.headers["content-type"] = {}, "multipart/form-data; boundary=x"
    for name, value in pairs(given) do table.insert(request.parts, { name = name, data = tostring(value) }) end
    for _, part in ipairs(more.parts) do table.insert(request.parts, part) end
  elseif method == "GET" then
    request.query = text
  else
    request.body, request.headers["content-type"] = text, "application/x-www-form-urlencoded"
  end
  local response = self.box:handle(request)
  local kind = response.headers["content-type"]
  return response.status, kind:find("json", 1, true) and json.decode(response.body) or response.body, response
end

--- A request that succeeds: its envelope is checked and taken off.
---@return any result, table envelope, string body
function by_hand:ok(path, params, more)
  local status, value, response = self:call(path, params, more)
  assert.equal(200, status, response.body)
  assert.is_true(value.success, response.body)
  assert.matches('"sessions":null', response.body, 1, true)
  return value.response, value, response.body
end

--- A request that is refused in words, or with `{ desc, code }` when `code` is a number.
---@param code integer|false
function by_hand:refused(code, word, path, params, more)
  local _, value, response = self:call(path, params, more)
  assert.is_false(value.success, response.body)
  local words = value.response
  if code then
    assert.equal(code, value.response.code, response.body)
    words = value.response.desc
  end
  assert.equal("string", type(words), response.body)
  assert.is_true(words:find(word, 1, true) ~= nil, words)
end

--- Somebody writes to the line.
function by_hand:inbound(from, text)
  local body = assert(json.encode { from = from, text = text })
  local response = self.box:handle { method = "POST", path = "/zipwhip/_sandbox/inbound", query = "", headers = {}, body = body }
  return json.decode(response.body), response.status
end

--- Registers webhooks for message events, each at a URL that says its name.
function by_hand:listen(...)
  for _, event in ipairs { ... } do
    self:ok("/webhook/add", { type = "message", event = event, url = "http://127.0.0.1:9/" .. event })
  end
end

--- Callbacks due: where they go, decoded, and raw.
function by_hand:callbacks()
  local out = {}
  for i, posted in ipairs(self.box:callbacks()) do
    out[i] = { url = posted.url, method = posted.method, body = json.decode(posted.body), raw = posted.body, headers = posted.headers }
  end
  return out
end

--- A file part.
function by_hand.file(name, filename, kind, data)
  return { name = name, filename = filename, type = kind, data = data }
end

return by_hand
