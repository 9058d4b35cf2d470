-- SPDX-License-Identifier: MIT
-- A ZoomConnect client for specs that look at single requests and answers.

local json = require "sms.json"
local sms = require "sms"

--- A client that notes its requests and gets `answer(request)`: a table for JSON, a string as it is, and a status (200).
---@param response fun(request: table): table|string, integer?
---@param options? table  of the client
---@return table client
---@return table[] arrived
return function(response, options)
  local arrived = {}
  local all = { email = "a@example.org", token = "token-1234", url_token = "url-token-5678" }
  for name, value in pairs(options or {}) do all[name] = value end
  all.transport = function(request)
    arrived[#arrived + 1] = request
    local value, status = response(request)
    return { status = status or 200, headers = {}, body = type(value) == "table" and assert(json.encode(value)) or value }
  end
  return sms.zoomconnect(all), arrived
end
