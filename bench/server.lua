-- SPDX-License-Identifier: MIT
-- The servers of the benchmarks on loopback: nginx with a throwaway certificate (HTTP/1.1 and HTTP/2 over TLS), and behind it a
-- small C server for what nginx can't do itself. Both end with the process that started them.

local witnesses = require "bench.witnesses"

local server = {}

-- About 250 bytes in MessageWhiz's envelope, as its document shows a campaign.
local CAMPAIGN = '{"id":46279,"name":"spring sale","is_default":0,"start_date":"2020-07-31T14:25:49.614Z",' ..
  '"end_date":"2020-08-31T14:25:49.614Z","enabled":1,"userList":[{"campaign_id":46279,"user_id":1207,"company_id":88}]}'

-- As Zipwhip answers a contact that was saved, ZoomConnect a contact, websms a text that was sent.
local CARD = '{"id":"2210489102","version":3,"lastUpdated":"2020-07-31T14:25:49-07:00","dateCreated":"2020-07-31T14:25:49-07:00",' ..
  '"deviceId":"309626613","firstName":"Ann","lastName":"Brown & Sons","email":"","mobileNumber":"2061234567",' ..
  '"address":"ptn:/2061234567","notes":"table 7","deleted":false,"MOCount":0,"ZOCount":2}'
local CONTACT = '{"contactId":"58a1f3","firstName":"Ann","lastName":"Brown","contactNumber":"+27721234567","title":"Ms",' ..
  '"links":[{"rel":"self","href":"https://www.zoomconnect.com/app/api/rest/v1/contacts/58a1f3"}]}'
local SENT = '{"statusCode":2000,"statusMessage":"OK","transferId":"0059d2d0ff000fa5b1e0","clientMessageId":null,"smsCount":2}'

-- As ZoomConnect answers 500 texts; in ten parts, since a word of the configuration has at most 4,096 bytes.
local function shares()
  local out, names = {}, {}
  for part = 1, 10 do
    local list = {}
    for i = 1, 50 do list[i] = ('{"messageId":"58a1f3c0e4b0%04d","error":null}'):format(50 * part + i) end
    out[part], names[part] = ("set $s%d '%s';"):format(part, table.concat(list, ",")), "${s" .. part .. "}"
  end
  return table.concat(out, " ") .. (" return 200 '{\"sendSmsResponses\":[%s]}';"):format(table.concat(names, ","))
end

local CONFIGURATION = [[
daemon off; master_process off; worker_processes 1; pid %FOLDER%/pid; error_log %FOLDER%/error.log crit;
events { worker_connections 1024; }
http {
  access_log off; client_body_temp_path %FOLDER%/t1; proxy_temp_path %FOLDER%/t2; fastcgi_temp_path %FOLDER%/t3;
  uwsgi_temp_path %FOLDER%/t4; scgi_temp_path %FOLDER%/t5; default_type application/json; tcp_nodelay on;
  keepalive_requests 10000000; keepalive_timeout 600; client_max_body_size 0;
  proxy_http_version 1.1; proxy_set_header Connection "";
  geo $dollar { default "$"; }
  upstream back { server 127.0.0.1:%BACK%; keepalive 256; }
  server {
    listen 127.0.0.1:%PORT% ssl http2;
    ssl_certificate %FOLDER%/localhost.pem; ssl_certificate_key %FOLDER%/localhost.key;
    location = /api/3/campaign {
      if ($request_method = POST) { return 200 '{"errorCode":0,"result":%CAMPAIGN%}'; }
      return 200 '{"errorCode":0,"result":[%CAMPAIGN%]}';
    }
    location = /api/3/campaign/46279 { return 200 '{"errorCode":0,"result":%CAMPAIGN%}'; }
    location = /contact/save { return 200 '{"success":true,"response":%CARD%}'; }
    location = /api/rest/v1/contacts/58a1f3 { return 200 '%CONTACT%'; }
    location = /smsmessaging/text { return 200 '%SENT%'; }
    location = /rows/api/rest/v1/sms/send-bulk { %SHARES% }
    location = /sms { return 200 '{"message_id":"rbzAV2NXxJ_u5bDL35Hop"}'; }
    location /wait/ { proxy_pass http://back; }
%OPERATIONS%
    location = /api/3/RecipientList { proxy_request_buffering off; proxy_pass http://back; }
    location = /api/3/recipientList/46279/download { default_type text/csv; alias %FOLDER%/large; }
  }
}]]

-- The responses of all operations, as the witnesses have them: a location for each.
local function operations()
  local out = {}
  for _, provider in ipairs(witnesses.providers) do
    for _, one in ipairs((witnesses.of(provider))) do
      local response = one.response
      local body = (response.body or ""):gsub("[\\']", "\\%0"):gsub("%$", "${dollar}")
      out[#out + 1] = ("    location %s/ { default_type '%s'; return %d '%s'; }"):format(
        one.path, response.type or "application/json", response.status, body)
    end
  end
  return table.concat(out, "\n")
end

local function run(command, ...)
  local text = command:format(...)
  assert(os.execute(text .. " >/dev/null 2>&1"), text)
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

local function read(path)
  local file <close> = io.open(path)
  return file and file:read "a"
end

--- Waits until something is there, for ten seconds.
---@param what string
---@param ready fun(): any
---@return any
function server.wait_until(what, ready)
  for _ = 1, 200 do
    local value = ready()
    if value then return value end
    os.execute "sleep 0.05"
  end
  error(what .. " did not start")
end

local wait_until = server.wait_until

--- The path of a program, also one that only root has on its path, or nil.
---@param program string
---@return string?
function server.find(program)
  local pipe <close> = assert(io.popen("PATH=$PATH:/usr/sbin:/sbin command -v " .. program, "r"))
  return pipe:read "l"
end

--- Starts a child that ends when our end of its standard input closes, also when we are killed.
---@param command string
---@return file* input
function server.child(command)
  return assert(io.popen(("%s & child=$!; cat >/dev/null; kill $child; wait $child"):format(command), "w"))
end

--- Starts both servers.
---@param folder string  for their files
---@param back string    the program made of back.c
---@return table server `{ url, ca_file, stop() }`
function server.start(folder, back)
  run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost " ..
    "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout %s/localhost.key -out %s/localhost.pem", folder, folder)
  local behind = assert(io.popen(("%s %s/port"):format(back, folder), "w"))
  local ports = wait_until("the server behind nginx", function() return (read(folder .. "/port") or ""):match "%d+ %d+\n" end)
  local own, free = ports:match "(%d+) (%d+)"
  local values = {
    FOLDER = folder, PORT = free, BACK = own, CAMPAIGN = CAMPAIGN, CARD = CARD, CONTACT = CONTACT, SENT = SENT, OPERATIONS = operations(),
    SHARES = shares(),
  }
  write(folder .. "/conf", (CONFIGURATION:gsub("%%(%u+)%%", values)))
  local front = server.child(("%s -p %s -e %s/error.log -c %s/conf"):format(server.find "nginx", folder, folder, folder))
  wait_until("nginx", function() return read(folder .. "/pid") end)
  return {
    url = "https://127.0.0.1:" .. free, ca_file = folder .. "/localhost.pem",
    stop = function()
      front:close()
      behind:close()
    end,
  }
end

return server
