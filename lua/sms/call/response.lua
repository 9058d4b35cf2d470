-- SPDX-License-Identifier: MIT
-- What a call that went well returns beside its result. While it is read it is the answer as it came, with `body` or `stream`.

local core = require "sms.core"

local Response = { __name = "sms.call.response" }

-- `head` holds the header lines as they came until somebody looks at the table `headers`.
local function headers_of(response)
  local head = rawget(response, "head")
  if not head then return nil end
  response.head, response.headers = nil, type(head) == "table" and head or core.headers(head)
  return response.headers
end

function Response.__index(response, key)
  if key == "headers" then return headers_of(response) end
end

function Response.__pairs(response)
  headers_of(response)
  return next, response, nil
end

function Response:__tostring()
  return "sms.response: HTTP " .. self.status
end

local response = { class = Response }

--- An answer.
---@param status integer
---@param head string|table  the header lines as they came, or a table of them by lower-case name
---@param body string
---@param attempts integer
---@param duration number  seconds
---@return table response
function response.new(status, head, body, attempts, duration)
  return setmetatable(
    { status = status, head = head, body = body, attempts = attempts, duration = duration, stream = false, outcome = "accepted" }, Response)
end

return response
