-- SPDX-License-Identifier: MIT
-- The endpoints of a client, for the provider and its other hosts: one for repeatable requests and one for the rest.

local core = require "sms.core"

local endpoints = {}

local function make_endpoint(state, base_url, auth, http)
  local options = state.options
  return core.endpoint {
    base_url = base_url, auth = auth or nil, headers = state.adapter.headers, ca_file = options.ca_file, proxy = options.proxy,
    user_agent = state.user_agent, connect_timeout = options.connect_timeout or 10, stall_timeout = options.stall_timeout,
    http = http, max_body = options.max_body,
  }
end

--- The endpoint for repeatable requests, and that for the rest. A server that closes an HTTP/2 connection refuses streams that cross its
--- GOAWAY (RFC 9113 section 8.7), which libcurl does not distinguish from lost streams: requests that must not be repeated would end as
--- unknown. HTTP/1.1 has no such case, so it is used for them unless the client chose otherwise.
---@param state table
---@param base_url string
---@param auth userdata?
---@return userdata shared
---@return userdata single
function endpoints.pair(state, base_url, auth)
  local http = state.options.http
  local shared = make_endpoint(state, base_url, auth, http)
  local framed = http == "2" or http == nil and base_url:find "^[Hh][Tt][Tt][Pp][Ss]:" ~= nil
  state.framed[shared] = framed
  return shared, framed and not http and make_endpoint(state, base_url, auth, "1.1") or shared
end

-- The same for another host, whose URL comes from its own option.
local function pair_of(state, base_url, option)
  local ok, shared, single = pcall(endpoints.pair, state, base_url)
  if not ok then error((tostring(shared):gsub("'base_url'", ("'%s'"):format(option))), 0) end
  return shared, single
end

--- The other hosts of a provider, by name. A client's option may replace each; it is checked immediately.
---@param state table
---@return fun(name: string, repeatable: boolean): userdata, string  the endpoint, its address
function endpoints.hosts(state)
  local shared, single = {}, {}
  local function endpoint_of(name, repeatable)
    local host = state.adapter.hosts[name]
    local base_url = state.options[host.option] or host.base_url
    if not shared[name] then shared[name], single[name] = pair_of(state, base_url, host.option) end
    return (repeatable and shared or single)[name], base_url
  end
  for name, host in pairs(state.adapter.hosts or {}) do
    if state.options[host.option] then endpoint_of(name, true) end
  end
  return endpoint_of
end

return endpoints
