-- SPDX-License-Identifier: MIT
-- Requests to the sandboxed websms, put together by hand from the provider's documents: no client, no facts.

local assert = require "luassert"
local json = require "sms.json"
local sandbox = require "sms.sandbox"

local by_hand = {}
by_hand.__index = by_hand

--- Where the clock stands: 2021-06-25T14:02:50Z.
by_hand.START = 1624629770

--- A WhatsApp channel.
by_hand.CHANNEL = "0f8fad5b-d9cb-469f-a165-70867728950e"

--- The headers of a form.
by_hand.FORM = { accept = "*/*", ["content-type"] = "application/x-www-form-urlencoded" }

--- A sandbox whose clock moves by `tick` only.
function by_hand.new()
  return setmetatable({ box = sandbox.new { clock = function() return by_hand.START end } }, by_hand)
end

local function changed(body, change)
  for name, value in pairs(change or {}) do body[name] = value end
  return body
end

--- A text with what is required, changed.
function by_hand.text(change)
  return changed({ recipientAddressList = { "43660000100" }, messageContent = "Hello" }, change)
end

--- A binary message with what is required, changed.
function by_hand.binary(change)
  return changed({ recipientAddressList = { "43660000100" }, messageContent = { "SGVsbG8=" } }, change)
end

--- A WhatsApp message.
function by_hand.whatsapp(content)
  return { recipientAddressList = { "43660000100" }, messageContent = content }
end

--- One request with the right token. `body`: a table (JSON), a string (raw) or nil; of `headers`, false takes one away.
---@return table response
function by_hand:call(method, target, body, headers)
  local path, query = target:match("^([^?]*)%??(.*)$")
  local request = {
    method = method, path = "/websms" .. path, query = query, body = type(body) == "table" and assert(json.encode(body)) or body,
    headers = { authorization = "Bearer sandbox-token", accept = "application/json", ["content-type"] = "application/json" },
  }
  for name, value in pairs(headers or {}) do request.headers[name] = value or nil end
  return self.box:handle(request)
end

--- A simple send by GET.
function by_hand:simple(query)
  return self:call("GET", "/smsmessaging/simple?" .. query, nil, { accept = "*/*", ["content-type"] = false })
end

--- A request that gets an answer of the API: HTTP 200 and JSON.
---@return table value, string body
function by_hand:ok(path, body)
  local response = self:call("POST", path, body)
  assert.equal(200, response.status, response.body)
  assert.equal("application/json;charset=UTF-8", response.headers["content-type"])
  return json.decode(response.body), response.body
end

--- A refusal has its code, no transfer and no SMS, and nothing was sent.
function by_hand:refused(code, path, body, words)
  local value, raw = self:ok(path, body)
  assert.equal(code, value.statusCode, raw)
  assert.is_true(#value.statusMessage > 0)
  assert.is_true(value.smsCount == nil or value.smsCount == 0)
  assert.truthy(raw:find('"transferId":null', 1, true))
  assert.truthy(raw:find('"clientMessageId":null', 1, true))
  if words then assert.truthy(value.statusMessage:find(words, 1, true), value.statusMessage) end
  assert.same({}, self.box:inbox())
end

--- Texts sent, as "to from text parts" lines.
---@return string[]
function by_hand:texts()
  local out = {}
  for i, message in ipairs(self.box:inbox()) do out[i] = ("%s %s %s %d"):format(message.to, message.from, message.text, message.parts) end
  return out
end

--- Callbacks due: urls and decoded bodies.
function by_hand:callbacks()
  local out = {}
  for i, posted in ipairs(self.box:callbacks()) do out[i] = { url = posted.url, body = json.decode(posted.body) } end
  return out
end

return by_hand
