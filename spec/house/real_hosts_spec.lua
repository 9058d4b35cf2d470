-- SPDX-License-Identifier: MIT
-- Lua hosts that we did not write, with our module loaded: lighttpd (Debian: lighttpd, lighttpd-modules-lua; mod_magnet has Lua
-- 5.4) takes a provider's webhook and sends a text from inside the web server, by examples/lighttpd/notify.lua. LIGHTTPD and
-- LIGHTTPD_MODULES name one that is not installed.

local httpd = require "sms.httpd"
local json = require "sms.json"
local server = require "sms.sandbox.server"
local sms = require "sms"

local MODULES = os.getenv "LIGHTTPD_MODULES" or "/usr/lib/lighttpd"

local CONFIG = [[
server.modules = ("mod_magnet")
server.document-root = "%s"
server.bind = "127.0.0.1"
server.port = %d
server.errorlog = "%s/errors"
magnet.attract-raw-url-to = ("%s/notify.lua")
]]

local function output(command)
  local pipe <close> = assert(io.popen(command))
  return pipe:read "a"
end

local function find()
  local path = os.getenv "LIGHTTPD" or output "PATH=$PATH:/usr/sbin command -v lighttpd":match "%S+"
  if not path then return nil, "lighttpd is not installed (Debian: apt-get install lighttpd lighttpd-modules-lua)" end
  local magnet <close> = io.open(MODULES .. "/mod_magnet.so")
  if not magnet then return nil, "lighttpd has no mod_magnet (Debian: apt-get install lighttpd-modules-lua)" end
  return path
end

local function free_port()
  local listener <close> = assert(httpd.listen { port = 0 })
  return listener:port()
end

local function absolute(path)
  local here = output "pwd":match "[^\n]+"
  return (path:gsub("[^;]+", function(entry) return entry:find "^/" and entry or here .. "/" .. entry end))
end

describe("lighttpd", function()
  local folder, sandbox, child

  local function write(name, content)
    local file <close> = assert(io.open(folder .. "/" .. name, "wb"))
    file:write(content)
  end

  -- Starts it in the foreground; it ends when the pipe to its shell does.
  local function start(path, port)
    local example <close> = assert(io.open "examples/lighttpd/notify.lua")
    write("notify.lua", example:read "a")
    write("config", CONFIG:format(folder, port, folder, folder))
    child = assert(io.popen(([[ZOOMCONNECT_URL='%s' ZOOMCONNECT_EMAIL=sandbox@example.org ZOOMCONNECT_TOKEN=sandbox-token \
      LUA_PATH='%s' LUA_CPATH='%s' '%s' -D -m '%s' -f '%s/config' >'%s/output' 2>&1 &
      host=$!; read line; kill $host; wait $host 2>/dev/null]]):format(
      sandbox.url .. "/zoomconnect", absolute(package.path), absolute(package.cpath), path, MODULES, folder, folder), "w"))
  end

  local function ask(url)
    return output(("curl -sS --noproxy '*' --max-time 10 --retry 20 --retry-connrefused --retry-delay 1 '%s' 2>&1"):format(url))
  end

  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir '" .. folder .. "'"))
    sandbox = assert(server.spawn {})
  end)

  teardown(function()
    if child then child:close() end
    sandbox.stop()
    os.execute("rm -r '" .. folder .. "'")
  end)

  it("takes a webhook and sends a text with our module", function()
    local path, missing = find()
    if not path then return pending(missing) end
    local port = free_port()
    start(path, port)
    local response = ask(("http://127.0.0.1:%d/hook?status=DELIVERED&messageId=40124213"):format(port))
    assert.are.equal(("accepted %s\n"):format(sms.version), response)
    assert.are.equal(response, ask(("http://127.0.0.1:%d/hook?from=%%2B27725551234&messageId=7&message=REPLY"):format(port)))
    local inbox = assert(json.decode(output("curl -sS --noproxy '*' " .. sandbox.url .. "/_sandbox/inbox")))
    assert.are.same({ "delivery 40124213", "inbound 7" }, { inbox[1].text, inbox[2].text })
  end)
end)
