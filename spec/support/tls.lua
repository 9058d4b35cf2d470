-- SPDX-License-Identifier: MIT
-- A small nginx on loopback with certificates made for the occasion: TLS and HTTP/2 for specs of the core.

local nginx = require "spec.support.nginx"

local tls = {}

--- What is missing for `tls.start`, or nil.
---@return string?
tls.missing = nginx.missing

local SERVERS = [[
  proxy_buffering off;
  server {
    listen 127.0.0.1:%PORT% ssl http2;
    ssl_certificate %FOLDER%/localhost.pem; ssl_certificate_key %FOLDER%/localhost.key;
    location / { return 200 "$server_protocol $connection"; }
    location /peer { proxy_pass http://127.0.0.1:%PEER%; add_header X-Connection $connection; }
  }
  server {
    listen 127.0.0.1:%PLAIN% http2;
    location / { return 200 "$server_protocol"; }
  }
  server {
    listen 127.0.0.1:%OTHER% ssl;
    ssl_certificate %FOLDER%/elsewhere.pem; ssl_certificate_key %FOLDER%/elsewhere.key;
    location / { return 200 "$server_protocol"; }
  }
  server { # says goodbye after some requests
    listen 127.0.0.1:%SHORT% ssl http2; keepalive_requests 7;
    ssl_certificate %FOLDER%/localhost.pem; ssl_certificate_key %FOLDER%/localhost.key;
    location / { return 200 "$server_protocol $connection"; }
  }
  server { # says goodbye soon to who is silent
    listen 127.0.0.1:%IDLE% ssl; keepalive_timeout 400ms;
    ssl_certificate %FOLDER%/localhost.pem; ssl_certificate_key %FOLDER%/localhost.key;
    location / { return 200 "$server_protocol $connection"; }
  }]]

--- Starts nginx. `/` answers with protocol and connection number, `/peer…` is handed to the raw peer.
---@param peer_port integer
---@return table? server url, plain_url (HTTP/2 without TLS), short_url (GOAWAY after 7 requests), idle_url (ends
---  connections of HTTP/1.1 that are idle for 0.4 s), other_url (its certificate names another host), ca_file, other_ca_file, stop()
function tls.start(peer_port)
  local certificates = { localhost = "DNS:localhost,IP:127.0.0.1", elsewhere = "DNS:elsewhere.example" }
  local server = nginx.start(SERVERS, { "PORT", "OTHER", "PLAIN", "SHORT", "IDLE" }, certificates, { PEER = tostring(peer_port) })
  local ports, folder = server.ports, server.folder
  return {
    url = "https://127.0.0.1:" .. ports.PORT, plain_url = "http://127.0.0.1:" .. ports.PLAIN,
    other_url = "https://127.0.0.1:" .. ports.OTHER, short_url = "https://127.0.0.1:" .. ports.SHORT,
    idle_url = "https://127.0.0.1:" .. ports.IDLE, ca_file = folder .. "/localhost.pem", other_ca_file = folder .. "/elsewhere.pem",
    stop = server.stop,
  }
end

return tls
