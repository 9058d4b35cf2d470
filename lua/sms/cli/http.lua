-- SPDX-License-Identifier: MIT
-- One HTTP exchange outside of the providers: with a sandbox, or with the program that webhooks are forwarded to.

local core = require "sms.core"

local http = {}

local TIMEOUT = 10 -- seconds
local SLICE = 0.1  -- seconds of one wait, so that Ctrl-C is noticed

-- Header fields that belong to one connection or that each request sets itself (RFC 9110 section 7.6.1).
local OWN = {
  connection = true, ["content-length"] = true, ["content-type"] = true, expect = true, host = true, ["keep-alive"] = true,
  ["proxy-authenticate"] = true, ["proxy-authorization"] = true, ["proxy-connection"] = true, te = true, trailer = true,
  ["transfer-encoding"] = true, upgrade = true, ["user-agent"] = true, ["accept-encoding"] = true, date = true, ["content-encoding"] = true,
}

--- Header fields that may be forwarded, by lower-case name.
---@param headers? table<string, string>
---@return table<string, string>
function http.end_to_end(headers)
  local out = {}
  for name, value in pairs(headers or {}) do
    if not OWN[name:lower()] then out[name:lower()] = value end
  end
  return out
end

-- The endpoint of a URL, and the request target.
local function split(request)
  local origin, target = request.url:match "^(%a+://[^/?#]+)([^#]*)"
  if not origin then return nil, "not an http address" end
  if target:sub(1, 1) ~= "/" then target = "/" .. target end
  local ok, endpoint = pcall(core.endpoint, { base_url = origin, ca_file = request.ca_file, proxy = request.proxy })
  if not ok then return nil, (tostring(endpoint):gsub("^option 'base_url' ", "the address ")) end
  return endpoint, target
end

local Exchange = {}
Exchange.__index = Exchange
Exchange.__close = function(self) self.pool:close() end

--- Drives the exchange; returns whether it has finished.
---@param seconds number  maximum wait
---@return boolean
function Exchange:step(seconds)
  if self.problem or self.transfer:done() then return true end
  local ok, kind, message = self.pool:step(seconds)
  if not ok then self.kind, self.problem = kind, message end
  return self.problem ~= nil or self.transfer:done()
end

--- The result, once the exchange has finished.
---@return { status: integer, body: string, headers: table<string, string>, seconds: number, timings: table }? response
---@return string? problem
---@return string? kind  one of `sms.error.kinds`
function Exchange:result()
  if self.problem then return nil, self.problem, self.kind end
  local status, body, _, seconds = self.transfer:result()
  if not status then return nil, body.message, body.kind end
  return { status = status, body = body, headers = self.transfer:headers(), seconds = seconds, timings = self.transfer:timings() }
end

--- Starts one request on a separate pool.
---@param request { url: string, method: string?, body: string?, headers: table<string, string>?, content_type: string?, timeout: number?,
---  ca_file: string?, proxy: string? }
---@return table exchange  a to-be-closed value with `step` and `result`
function http.begin(request)
  local self = setmetatable({ pool = core.pool {} }, Exchange)
  local endpoint, target = split(request)
  if not endpoint then
    self.problem, self.kind = target, "invalid"
    return self
  end
  local extra = { headers = request.headers or {}, content_type = request.content_type }
  local transfer, kind, message = self.pool:start(endpoint, request.method or "GET", target, request.body, request.timeout or TIMEOUT, true,
    extra)
  self.transfer = transfer
  if not transfer then self.problem, self.kind = message, kind end
  return self
end

--- Makes one request and waits for the response.
---@param request table  as for `http.begin`
---@return table? response
---@return string? problem
---@return string? kind
function http.exchange(request)
  local exchange <close> = http.begin(request)
  while not exchange:step(SLICE) do end
  return exchange:result()
end

return http
