-- SPDX-License-Identifier: MIT
-- Requests to the sandboxed MessageWhiz, put together by hand from the provider's documents: no client, no facts.

local assert = require "luassert"
local json = require "sms.json"
local sandbox = require "sms.sandbox"

local by_hand = {}
by_hand.__index = by_hand

--- Where the clock stands: 2021-06-25T14:02:50Z.
by_hand.START = 1624629770

--- errorType of each HTTP status, as the sandbox chose them.
by_hand.TYPES = { [400] = "BadRequest", [401] = "Unauthorized", [403] = "Forbidden", [404] = "NotFound", [409] = "DuplicateEntry" }

--- A sandbox whose clock moves by `tick` only.
function by_hand.new(options)
  options = options or {}
  options.clock = function() return by_hand.START end
  return setmetatable({ box = sandbox.new(options) }, by_hand)
end

--- One request. `body`: a table (JSON), a string (raw) or nil; `more`: `headers`, `parts`.
---@return integer status, any decoded, table response
function by_hand:call(method, target, body, more)
  more = more or {}
  local path, query = target:match("^([^?]*)%??(.*)$")
  if type(body) == "table" then body = assert(json.encode(body)) end
  local headers = { apikey = "sandbox-key", host = "127.0.0.1:8025" }
  for name, value in pairs(more.headers or {}) do headers[name] = value end
  local response = self.box:handle {
    method = method, path = "/messagewhiz" .. path, query = query, headers = headers, body = body, parts = more.parts,
  }
  return response.status, json.decode(response.body), response
end

--- A request that succeeds: its envelope is checked and taken off.
---@return any result, string body
function by_hand:ok(method, target, body, more)
  local status, value, response = self:call(method, target, body, more)
  assert.equal(200, status, response.body)
  assert.equal(0, value.errorCode)
  assert.equal("", value.errorMessage)
  assert.equal("", value.errorType)
  assert.equal("number", type(value.executionTime))
  return value.result, response.body
end

--- A request that is refused with this status, in the envelope, by a message with `word` in it.
function by_hand:refused(expected, word, method, target, body, more)
  local status, value, response = self:call(method, target, body, more)
  assert.equal(expected, status, response.body)
  assert.equal(expected, value.errorCode)
  assert.equal(by_hand.TYPES[expected], value.errorType)
  assert.is_true(value.errorMessage:find(word, 1, true) ~= nil, value.errorMessage)
end

--- A multipart request: the part `doc` and text fields.
function by_hand.file(data, fields, filename)
  local out = { { name = "doc", filename = filename or "numbers_9.csv", type = "text/csv", data = data } }
  for name, value in pairs(fields or {}) do out[#out + 1] = { name = name, data = value } end
  return { parts = out }
end

--- Somebody opens a short address that the sandbox gave out.
---@return table response
function by_hand:open(address, headers)
  local path = address:match("^http://127%.0%.0%.1:8025(/messagewhiz/.*)$")
  assert.is_string(path, address)
  return self.box:handle { method = "GET", path = path, headers = headers or {} }
end

--- Texts sent, as "to from text" lines.
---@return string[]
function by_hand:texts()
  local out = {}
  for i, message in ipairs(self.box:inbox()) do out[i] = ("%s %s %s"):format(message.to, message.from, message.text) end
  return out
end

--- Callbacks due: urls and decoded bodies.
function by_hand:callbacks()
  local out = {}
  for i, posted in ipairs(self.box:callbacks()) do out[i] = { url = posted.url, body = json.decode(posted.body) } end
  return out
end

--- What every broadcast needs: a campaign, a sender named Shop, and a list of numbers.
---@return integer campaign, integer sender, integer|nil list
function by_hand:ready(numbers)
  local campaign = self:ok("POST", "/api/3/campaign", { name = "C" }).id
  local sender = self:ok("POST", "/api/3/sender", { name = "Shop" }).id
  local list = numbers and self:ok("POST", "/api/3/recipientList/numbers", { name = "L", numbers = numbers }).recipient_list_id
  return campaign, sender, list
end

return by_hand
