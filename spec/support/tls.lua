-- SPDX-License-Identifier: MIT
-- A small nginx on loopback with certificates made for the occasion: TLS and HTTP/2 for specs of the core.

local uv = require "luv"
local peer = require "spec.support.peer"

local tls = {}

local function run(command)
  local pipe <close> = assert(io.popen(command .. " 2>&1", "r"))
  local text = pipe:read "a"
  return pipe:close() and text
end

local function find(program)
  local path = run("PATH=$PATH:/usr/sbin:/sbin command -v " .. program)
  return path and path:match "^(/%S+)"
end

--- What is missing for `tls.start`, or nil.
---@return string?
function tls.missing()
  for _, program in ipairs { "nginx", "openssl" } do
    if not find(program) then return program .. " is not installed" end
  end
end

local function certificate(folder, name, alternatives)
  return assert(run(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=%s " ..
    "-addext subjectAltName=%s -keyout %s/%s.key -out %s/%s.pem"):format(name, alternatives, folder, name, folder, name)))
end

local CONFIGURATION = [[
daemon off; master_process off; worker_processes 1; pid %FOLDER%/pid; error_log %FOLDER%/error.log;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path %FOLDER%/t1; proxy_temp_path %FOLDER%/t2; fastcgi_temp_path %FOLDER%/t3;
  uwsgi_temp_path %FOLDER%/t4; scgi_temp_path %FOLDER%/t5; proxy_buffering off;
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
    listen 127.0.0.1:%IDLE% ssl; keepalive_timeout 100ms;
    ssl_certificate %FOLDER%/localhost.pem; ssl_certificate_key %FOLDER%/localhost.key;
    location / { return 200 "$server_protocol $connection"; }
  }
}]]

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

local function accepts(port)
  local socket, verdict = uv.new_tcp(), nil
  socket:connect("127.0.0.1", port, function(failure) verdict = failure or "yes" end)
  while not verdict do uv.run "once" end
  socket:close()
  return verdict == "yes"
end

--- Starts nginx. `/` answers with protocol and connection number, `/peer…` is handed to the raw peer.
---@param peer_port integer
---@return table? server url, plain_url (HTTP/2 without TLS), short_url (GOAWAY after 7 requests), idle_url (ends
---  connections of HTTP/1.1 that are idle for 0.1 s), other_url (its certificate names another host), ca_file, other_ca_file, stop()
function tls.start(peer_port)
  local folder = os.tmpname()
  os.remove(folder)
  assert(run("mkdir " .. folder))
  local values = { FOLDER = folder, PEER = tostring(peer_port) }
  for _, name in ipairs { "PORT", "OTHER", "PLAIN", "SHORT", "IDLE" } do values[name] = tostring(peer.free_port()) end
  certificate(folder, "localhost", "DNS:localhost,IP:127.0.0.1")
  certificate(folder, "elsewhere", "DNS:elsewhere.example")
  write(folder .. "/conf", (CONFIGURATION:gsub("%%(%u+)%%", values)))
  local gone = false
  local process = assert(uv.spawn(find "nginx", { args = { "-p", folder, "-e", folder .. "/error.log", "-c", folder .. "/conf" } },
    function() gone = true end))
  local server = {
    url = "https://127.0.0.1:" .. values.PORT, plain_url = "http://127.0.0.1:" .. values.PLAIN,
    other_url = "https://127.0.0.1:" .. values.OTHER, short_url = "https://127.0.0.1:" .. values.SHORT,
    idle_url = "https://127.0.0.1:" .. values.IDLE, ca_file = folder .. "/localhost.pem", other_ca_file = folder .. "/elsewhere.pem",
  }
  function server.stop()
    if not gone then process:kill "sigterm" end
    while not gone do uv.run "once" end
    process:close()
    uv.run "nowait" -- lets the handle go
    run("rm -r " .. folder)
  end
  local last = uv.hrtime() + 10e9
  repeat
    if accepts(values.PORT) and accepts(values.OTHER) then return server end
    uv.sleep(20)
  until gone or uv.hrtime() > last
  server.stop()
  error "nginx did not start"
end

return tls
