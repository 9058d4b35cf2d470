-- SPDX-License-Identifier: MIT
-- An nginx in front of another one that counts: HTTP/1.1 and HTTP/2 over TLS, each port with a `keepalive_requests` of its own, and a log
-- of what was passed on. Answers MessageWhiz's fast singles and `campaigns:list`, each call with its own mark.

local nginx = require "spec.support.nginx"

local counted = { missing = nginx.missing }

-- The server behind is asked over a socket of its own, so that a request which nginx refuses never gets there.
local AROUND = [[
  log_format arrivals escape=none '$http_x_front $arg_filter $request_body';
  upstream back { server unix:%FOLDER%/back; keepalive 64; }
  proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Front "$server_protocol $connection";
  server {
    listen unix:%FOLDER%/back; access_log %FOLDER%/arrivals arrivals; keepalive_requests 1000000;
    location /sms { proxy_set_header X-Body $request_body; proxy_pass http://back/taken; }
    location /api/3/campaign { proxy_pass http://back/listed; }
    location /taken { access_log off; default_type application/json; return 200 '{"message_id":"rbzAV2NXxJ","got":$http_x_body}'; }
    location /listed { access_log off; default_type application/json; return 200 '{"errorCode":0,"result":[{"name":"$arg_filter"}]}'; }
  }]]
local FRONT = [[
  server {
    listen 127.0.0.1:%%P%d%% ssl http2; keepalive_requests %d;
    ssl_certificate %%FOLDER%%/localhost.pem; ssl_certificate_key %%FOLDER%%/localhost.key;
    location / { proxy_pass http://back; }
  }]]

local Server = {}
Server.__index = Server

--- What nginx passed on, by mark (`WORD-NUMBER-` in the text of a send, in the filter of a read): how often; over which protocols; over how
--- many connections.
---@param word string
---@return table<string, integer> there
---@return table<string, integer> protocols
---@return integer connections
function Server:arrivals(word)
  local there, protocols, connections, count = {}, {}, {}, 0
  for line in io.lines(self.folder .. "/arrivals") do
    local protocol, connection, rest = line:match "^(%S+) (%d+) (.*)$"
    local mark = rest and rest:match(word .. "%-%d+%-")
    if mark then
      there[mark] = (there[mark] or 0) + 1
      protocols[protocol] = (protocols[protocol] or 0) + 1
      if not connections[connection] then connections[connection], count = true, count + 1 end
    end
  end
  return there, protocols, count
end

--- The base URL of the port with that limit.
---@param limit integer
---@return string
function Server:url(limit) return "https://127.0.0.1:" .. self.ports["P" .. limit] end

--- A send with a mark: what the client returns, and the mark that its response bears.
function counted.send(client, mark)
  local receipt, second = client:send { to = "27725550100", from = "sender", text = mark }
  return receipt, second, receipt and receipt.raw.got.text
end

--- The same of a read.
function counted.read(client, mark)
  local result, second = client.campaigns:list { filter = mark }
  return result, second, result and result[1].name
end

--- Starts nginx with a port for each limit.
---@param limits integer[]  of `keepalive_requests`
---@return table server
function counted.start(limits)
  local servers, ports = { AROUND }, {}
  for i, limit in ipairs(limits) do
    servers[#servers + 1], ports[i] = FRONT:format(limit, limit), "P" .. limit
  end
  local server = nginx.start(table.concat(servers, "\n"), ports, { localhost = "DNS:localhost,IP:127.0.0.1" })
  server.ca_file = server.folder .. "/localhost.pem"
  return setmetatable(server, Server)
end

return counted
