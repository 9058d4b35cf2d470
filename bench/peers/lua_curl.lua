-- SPDX-License-Identifier: MIT
-- The same work by hand on Lua-cURLv3 and lua-cjson: `lua_curl.lua JOB URL CA HTTP COUNT`. One handle, set up once.

local curl = require "cURL"
local json = require "cjson"

local job, base_url, ca_file, http, count = table.unpack(arg)

local KEY = "sandbox-key-of-the-bench"
local WARM = 50

local headers = job ~= "send" and { "apikey: " .. KEY } or {}
if job == "create" or job == "send" then headers[#headers + 1] = "Content-Type: application/json" end

local pieces, size, errors, sum = {}, 0, 0, 0

local function handle()
  return curl.easy {
    url = base_url .. (job == "send" and "/sms" or "/api/3/campaign"), cainfo = ca_file, timeout = 30, httpheader = headers,
    http_version = http == "2" and curl.HTTP_VERSION_2TLS or curl.HTTP_VERSION_1_1,
    writefunction = function(piece)
      size = size + 1
      pieces[size] = piece
      return true
    end,
  }
end

local function body_of(number)
  if job == "send" then
    return json.encode { api_key = KEY, from = "sender", to = "2605876689", text = "Your table is ready, number " .. number }
  end
  return json.encode { name = "spring " .. number, start_date = "2020-07-31T14:25:49.614Z" }
end

local function perform(easy, number)
  size = 0
  if job == "create" or job == "send" then easy:setopt_postfields(body_of(number)) end
  easy:perform()
  local response = json.decode(table.concat(pieces, "", 1, size))
  local good = easy:getinfo_response_code() == 200 and (response.message_id or response.errorCode == 0)
  if not good then
    errors = errors + 1
  elseif response.message_id then
    sum = sum + #response.message_id
  else
    local campaign = response.result[1] or response.result
    sum = sum + campaign.id + #campaign.name
  end
end

local easy = handle()
if job == "connect" then
  local cpu = os.clock()
  for i = 1, count do
    perform(easy, i)
    easy:close()
    easy = handle()
  end
  print("cpu", os.clock() - cpu)
else
  for i = 1, WARM do perform(easy, i) end
  local cpu = os.clock()
  for i = 1, count do perform(easy, i) end
  print("cpu", os.clock() - cpu)
end
print("errors", errors)
print("read", sum)
