-- SPDX-License-Identifier: MIT
-- TLS servers that must not be trusted: OpenSSL's own test server on loopback with certificates made for the occasion.

local patience = require "spec.support.patience"
local uv = require "spec.support.uv"

local bad_tls = {}

local CONFIGURATION = [[
[ca]
default_ca = x
[x]
database = %s/index
serial = %s/serial
new_certs_dir = %s
default_md = sha256
policy = p
unique_subject = no
[p]
commonName = supplied
]]

local function run(command)
  local pipe <close> = assert(io.popen(command .. " 2>&1"))
  local text = pipe:read "a"
  assert(pipe:close(), text)
  return text
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

--- Whether OpenSSL's program is there.
---@return boolean
function bad_tls.there()
  return os.execute("command -v openssl >/dev/null") == true
end

--- A folder for certificates, with a CA of its own in `ca.pem`.
---@return string
function bad_tls.folder()
  local folder = os.tmpname()
  os.remove(folder)
  run("mkdir " .. folder)
  write(folder .. "/index", "")
  write(folder .. "/serial", "01\n")
  write(folder .. "/conf", CONFIGURATION:gsub("%%s", folder))
  run(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=ca -keyout %s/ca.key -out %s/ca.pem")
    :format(folder, folder))
  return folder
end

--- Makes a certificate, signed by the folder's CA unless `self`. Dates as `YYMMDDhhmmssZ`.
---@param folder string
---@param options { name: string, alternatives: string?, from: string?, to: string?, self: boolean?, use: string? }
function bad_tls.certificate(folder, options)
  local base = folder .. "/" .. options.name
  run(("openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=%s -keyout %s.key -out %s.csr"):format(
    options.name, base, base))
  write(base .. ".ext", ("subjectAltName=%s\n%s"):format(options.alternatives or "IP:127.0.0.1",
    options.use and "extendedKeyUsage=" .. options.use .. "\n" or ""))
  run(("openssl ca -batch -config %s/conf -in %s.csr -out %s.pem -notext -startdate %s -enddate %s -extfile %s.ext %s"):format(folder, base,
    base, options.from or "200101000000Z", options.to or "490101000000Z", base,
    options.self and "-selfsign -keyfile " .. base .. ".key" or ("-cert %s/ca.pem -keyfile %s/ca.key"):format(folder, folder)))
end

--- Starts a server with a certificate of the folder.
---@param folder string
---@param name string
---@param more? string[]  options of `openssl s_server`
---@return { url: string, stop: fun() }
function bad_tls.start(folder, name, more)
  local base, out, gone = folder .. "/" .. name, "", false
  local pipe = uv.new_pipe()
  local process = assert(uv.spawn("openssl", {
    args = { "s_server", "-accept", "127.0.0.1:0", "-cert", base .. ".pem", "-key", base .. ".key", "-www", table.unpack(more or {}) },
    stdio = { nil, pipe, nil },
  }, function() gone = true end))
  pipe:read_start(function(_, bytes) out = out .. (bytes or "") end)
  local last = uv.hrtime() + patience.MOST * 1e9
  repeat
    uv.run "nowait"
    uv.sleep(5)
  until out:find "ACCEPT %S+\n" or gone or uv.hrtime() > last
  local server = { url = "https://127.0.0.1:" .. (out:match "ACCEPT %S+:(%d+)" or "1") }
  function server.stop()
    if not gone then process:kill "sigkill" end
    while not gone do uv.run "once" end
    process:close()
    pipe:close()
    uv.run "nowait"
  end
  assert(server.url ~= "https://127.0.0.1:1" and not gone, "openssl s_server did not start: " .. out)
  return server
end

return bad_tls
