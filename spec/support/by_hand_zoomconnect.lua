-- SPDX-License-Identifier: MIT
-- Requests to the sandboxed ZoomConnect, put together by hand from the provider's documents: no client, no facts.

local assert = require "luassert"
local json = require "sms.json"
local sandbox = require "sms.sandbox"

local by_hand = {}
by_hand.__index = by_hand

--- Where the clock stands: 2014-04-28 20:00:00 in South Africa, which is 18:00:00 UTC.
by_hand.START = 1398708000

--- A sandbox whose clock moves by `tick` only.
function by_hand.new(options)
  options = options or {}
  options.clock = function() return by_hand.START end
  return setmetatable({ box = sandbox.new(options) }, by_hand)
end

--- One request. `body`: a table (JSON), a string (raw) or nil; `more`: `headers` (false takes one away), `parts`, `user`, `password`.
---@return integer status, any decoded, table response
function by_hand:call(method, target, body, more)
  more = more or {}
  local path, query = target:match("^([^?]*)%??(.*)$")
  if not path:find("^/_sandbox/") then path = "/api/rest/v1" .. path end
  if type(body) == "table" then body = assert(json.encode(body)) end
  local headers = { email = "sandbox@example.org", token = "sandbox-token", accept = "application/json" }
  for name, value in pairs(more.headers or {}) do headers[name] = value or nil end
  local response = self.box:handle {
    method = method, path = "/zoomconnect" .. path, query = query, headers = headers, body = body, parts = more.parts,
    user = more.user, password = more.password,
  }
  return response.status, json.decode(response.body), response
end

--- A request that succeeds.
---@return any result, string body, integer status
function by_hand:ok(method, target, body, more)
  local status, value, response = self:call(method, target, body, more)
  assert.is_true(status // 100 == 2, response.body)
  return value, response.body, status
end

--- A request that is refused with this status and code, as a RestErrorDTO whose message holds `word`.
function by_hand:refused(expected, code, word, method, target, body, more)
  local status, value, response = self:call(method, target, body, more)
  assert.equal(expected, status, response.body)
  assert.equal(code, value.code)
  assert.equal(tostring(expected), value.status)
  assert.is_string(value.developerMessage)
  assert.is_true(value.message:find(word, 1, true) ~= nil, value.message)
end

--- Sends one text; the id.
function by_hand:send(number, text, more)
  local body = { recipientNumber = number, message = text or "Hello" }
  for name, value in pairs(more or {}) do body[name] = value end
  local answer = self:ok("POST", "/sms/send", body)
  assert.is_nil(answer.error)
  return answer.messageId
end

--- The provider's word for a message's status.
function by_hand:status(id)
  return self:ok("GET", "/messages/" .. id).messageStatus
end

function by_hand:credits()
  return self:ok("GET", "/account/balance").creditBalance
end

return by_hand
