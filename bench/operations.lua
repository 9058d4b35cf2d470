-- SPDX-License-Identifier: MIT
-- Every documented operation of a provider by this library, as a user calls it:
-- `operations.lua run PROVIDER URL CA HTTP COUNT` makes each call a few times and then COUNT times, with a mark of measure.lua before and
-- after these, without the collector; then all of them in turn COUNT times, with it.
-- `operations.lua list PROVIDER URL FILE` writes the same requests for replay.c, which adds nothing to them.

local command, provider, base_url = table.unpack(arg)

local sms = require "sms"
local witnesses = require "bench.witnesses"

local WARM = 3
local BOUNDARY = "------------------------0123456789abcdef"

local operations, credentials = witnesses.of(provider)

-- A client of its own for each operation, for its responses come from below a path of its own.
local function client_of(one, options)
  local own = { base_url = base_url .. one.path }
  for name, host in pairs(require("sms." .. provider).hosts or {}) do -- luacheck: ignore 213
    own[host.option] = own.base_url
  end
  for _, list in ipairs { credentials, options } do
    for name, value in pairs(list) do own[name] = value end
  end
  return sms[provider](own)
end

local function call(client, one)
  local resource = client[one.resource]
  return resource[one.operation](resource, one.args)
end

---------------------------------------------------------------- run

local function mark()
  sms.core.http_date ""
end

local function run(ca_file, http, count)
  local errors, pool, clients = 0, sms.pool(), {}
  local function repeated(client, one, times)
    for _ = 1, times do
      if call(client, one) == nil then errors = errors + 1 end
    end
  end
  for i, one in ipairs(operations) do
    clients[i] = client_of(one, { ca_file = ca_file, http = http, timeout = 30, pool = pool })
    repeated(clients[i], one, WARM)
    collectgarbage()
    collectgarbage "stop"
    mark()
    repeated(clients[i], one, count)
    mark()
    collectgarbage "restart"
  end
  mark()
  for _ = 1, count do
    for i, one in ipairs(operations) do repeated(clients[i], one, 1) end
  end
  mark()
  print("errors", errors)
end

---------------------------------------------------------------- list

local function multipart(parts)
  local out = {}
  for _, part in ipairs(parts) do
    local file = part.filename and ('; filename="%s"'):format(part.filename) or ""
    local kind = part.type and ("\r\nContent-Type: %s"):format(part.type) or ""
    local head = ('--%s\r\nContent-Disposition: form-data; name="%s"%s%s\r\n\r\n'):format(BOUNDARY, part.name, file, kind)
    out[#out + 1] = head .. part.data .. "\r\n"
  end
  return table.concat(out) .. "--" .. BOUNDARY .. "--\r\n"
end

-- The request of an operation as a transport gets it, in the lines that replay.c reads.
local function described(one)
  local seen
  local client = client_of(one, { transport = function(request)
    seen = request
    local kind = one.response.type or "application/json"
    return { status = one.response.status, headers = { ["content-type"] = kind }, body = one.response.body }
  end })
  assert(call(client, one) ~= nil, one.name)
  local body, headers = seen.body, {}
  if seen.parts then
    body = multipart(seen.parts)
    seen.headers["content-type"] = "multipart/form-data; boundary=" .. BOUNDARY
  end
  for name, value in pairs(seen.headers) do headers[#headers + 1] = name .. ": " .. value end
  if body == nil and seen.method ~= "GET" and seen.method ~= "DELETE" then body = "" end
  local url = base_url .. one.path .. seen.path .. (seen.query == "" and "" or "?" .. seen.query)
  local lines = { seen.method, url, tostring(#headers), table.concat(headers, "\n"), tostring(body and #body or -1) }
  if body then lines[#lines + 1] = body end
  return table.concat(lines, "\n") .. "\n"
end

local function list(path)
  local file <close> = assert(io.open(path, "wb"))
  for _, one in ipairs(operations) do assert(file:write(described(one))) end
end

if command == "run" then run(arg[4], arg[5], tonumber(arg[6])) else list(arg[4]) end
