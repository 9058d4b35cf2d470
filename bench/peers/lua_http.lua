-- SPDX-License-Identifier: MIT
-- The same work by hand on lua-http and lua-cjson: `lua_http.lua JOB URL CA HTTP COUNT`. One connection, kept.

local client = require "http.client"
local headers = require "http.headers"
local json = require "cjson"
local tls = require "http.tls"
local store = require "openssl.x509.store"

local job, base_url, ca_file, http, count = table.unpack(arg)

local KEY = "sandbox-key-of-the-bench"
local WARM = 20
local TIMEOUT = 30

local host, port = base_url:match "^https://([^:/]+):(%d+)"
local path = job == "send" and "/sms" or "/api/3/campaign"
local errors, sum = 0, 0

local function connect()
  local context, trusted = tls.new_client_context(), store.new()
  trusted:add(ca_file)
  context:setStore(trusted)
  return assert(client.connect({
    host = host, port = tonumber(port), tls = true, ctx = context, version = http == "2" and 2 or 1.1,
  }, TIMEOUT))
end

local function body_of(number)
  if job == "send" then
    return json.encode { api_key = KEY, from = "sender", to = "2605876689", text = "Your table is ready, number " .. number }
  elseif job == "create" then
    return json.encode { name = "spring " .. number, start_date = "2020-07-31T14:25:49.614Z" }
  end
end

local function request_headers(body)
  local out = headers.new()
  out:append(":method", body and "POST" or "GET")
  out:append(":scheme", "https")
  out:append(":authority", host .. ":" .. port)
  out:append(":path", path)
  if job ~= "send" then out:append("apikey", KEY) end
  if body then
    out:append("content-type", "application/json")
    out:append("content-length", tostring(#body))
  end
  return out
end

local function read(status, response)
  local campaign = response.result and (response.result[1] or response.result)
  local good = status == "200" and (response.message_id or campaign and campaign.id and campaign.name)
  if good then sum = sum + 1 else errors = errors + 1 end
end

local connection = connect()

local function perform(number)
  local body = body_of(number)
  local stream = assert(connection:new_stream())
  assert(stream:write_headers(request_headers(body), not body, TIMEOUT))
  if body then assert(stream:write_chunk(body, true, TIMEOUT)) end
  local response = assert(stream:get_headers(TIMEOUT))
  local text = assert(stream:get_body_as_string(TIMEOUT))
  stream:shutdown()
  read(response:get ":status", json.decode(text))
end

for i = 1, WARM do perform(i) end
errors = 0
local cpu = os.clock()
for i = 1, count do perform(i) end
print("cpu", os.clock() - cpu)
print("errors", errors)
print("read", sum)
connection:close()
