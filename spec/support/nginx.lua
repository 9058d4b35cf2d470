-- SPDX-License-Identifier: MIT
-- An nginx of one's own on loopback: a configuration with ports and certificates made for the occasion, in a folder that goes with it.

local patience = require "spec.support.patience"
local peer = require "spec.support.peer"
local uv = require "spec.support.uv"

local nginx = {}

local function run(command)
  local pipe <close> = assert(io.popen(command .. " 2>&1", "r"))
  local text = pipe:read "a"
  return pipe:close() and text
end

local function find(program)
  local path = run("PATH=$PATH:/usr/sbin:/sbin command -v " .. program)
  return path and path:match "^(/%S+)"
end

--- What is missing for `nginx.start`, or nil.
---@return string?
function nginx.missing()
  for _, program in ipairs { "nginx", "openssl" } do
    if not find(program) then return program .. " is not installed" end
  end
end

local function certificate(folder, name, alternatives)
  return assert(run(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=%s " ..
    "-addext subjectAltName=%s -keyout %s/%s.key -out %s/%s.pem"):format(name, alternatives, folder, name, folder, name)))
end

-- Everything that nginx would write elsewhere goes to its folder.
local AROUND = [[
daemon off; master_process off; worker_processes 1; pid %FOLDER%/pid; error_log %FOLDER%/error.log;
events { worker_connections 512; }
http {
  access_log off; client_body_temp_path %FOLDER%/t1; proxy_temp_path %FOLDER%/t2; fastcgi_temp_path %FOLDER%/t3;
  uwsgi_temp_path %FOLDER%/t4; scgi_temp_path %FOLDER%/t5;
%SERVERS%
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

--- Starts nginx with the servers of a configuration, where `%NAME%` stands for the port of that name, or for another value. Each name of
--- `certificates` is that of a key and a certificate in `%FOLDER%`.
---@param servers string                      what stands inside of `http { }`
---@param ports string[]                      names
---@param certificates table<string, string>  file name → its alternative names
---@param values? table<string, string>
---@return table server `{ folder, ports, stop() }`
function nginx.start(servers, ports, certificates, values)
  local folder = os.tmpname()
  os.remove(folder)
  assert(run("mkdir " .. folder))
  local all = { FOLDER = folder }
  for name, value in pairs(values or {}) do all[name] = value end
  for _, name in ipairs(ports) do all[name] = tostring(peer.free_port()) end
  for name, alternatives in pairs(certificates) do certificate(folder, name, alternatives) end
  write(folder .. "/conf", (AROUND:gsub("%%SERVERS%%", function() return servers end):gsub("%%(%u[%u%d]*)%%", all)))
  local gone = false
  local process = assert(uv.spawn(find "nginx", { args = { "-p", folder, "-e", folder .. "/error.log", "-c", folder .. "/conf" } },
    function() gone = true end))
  local server = { folder = folder, ports = all }
  function server.stop()
    if not gone then process:kill "sigterm" end
    while not gone do uv.run "once" end
    process:close()
    uv.run "nowait" -- lets the handle go
    run("rm -r " .. folder)
  end
  local last = uv.hrtime() + patience.MOST * 1e9
  repeat
    local ready = true
    for _, name in ipairs(ports) do ready = ready and accepts(all[name]) end
    if ready then return server end
    uv.sleep(20)
  until gone or uv.hrtime() > last
  server.stop()
  error "nginx did not start"
end

return nginx
