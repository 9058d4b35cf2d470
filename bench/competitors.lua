-- SPDX-License-Identifier: MIT
-- Who takes part: the programs that do the same work, which of them this machine has, and their versions.

local measure = require "bench.measure"

local competitors = {}

local quoted = measure.quoted

--- The peers in the order they are shown; `find` moves those that are missing to `report.skipped`.
local ORDER = { "Lua-cURLv3", "lua-http", "pycurl", "undici", "fetch", "aiohttp", "requests", "httpx" }
--- How many requests a round makes of each: about as much time for all.
local COUNTS = {
  ["Lua-cURLv3"] = 1000, ["lua-http"] = 300, pycurl = 800, undici = 300, fetch = 300, aiohttp = 200, requests = 60, httpx = 25,
}
-- lua-http 0.4 speaks it too, but under Lua 5.4 it refuses its own streams.
local SPEAKS_H2 = { ["Lua-cURLv3"] = true, pycurl = true }
local PYTHON = { "pycurl", "aiohttp", "requests", "httpx" }

-- The first Python that has a module; Debian's packages belong to its own.
local function python_with(module)
  for _, name in ipairs { "python3", "/usr/bin/python3" } do
    if measure.works(("%s -c 'import %s'"):format(name, module)) then return name end
  end
end

-- How Lua is started with what `luarocks --tree FOLDER` has put there.
local function lua_with(folder)
  local path = "env LUA_PATH=%s/share/lua/5.4/'?.lua;'%s/share/lua/5.4/'?/init.lua;;' LUA_CPATH=%s/lib/lua/5.4/'?.so;;' lua5.4"
  return (path:gsub("%%s", (quoted(folder):gsub("%%", "%%%%"))))
end

--- Looks for the peers.
---@param folder string   where those are that no package manager of the system installs
---@param ca_file string
---@param report table
---@return table<string, { start: string, version: string?, count: integer, h2: boolean? }> peers by name
---@return string[] names of those found, in order
function competitors.find(folder, ca_file, report)
  local found, lua = {}, lua_with(folder)
  local function add(name, start, version)
    version = version and (measure.line(version) or ""):match("%S*")
    found[name] = { start = start, version = version, count = COUNTS[name], h2 = SPEAKS_H2[name] }
  end
  local function has_lua(module) return measure.works(("%s -e 'require %q'"):format(lua, module)) end
  if has_lua "cURL" then
    add("Lua-cURLv3", lua .. " bench/peers/lua_curl.lua", lua .. " -e 'print((require \"cURL\"._VERSION:gsub(\"^%D+\", \"\")))'")
  end
  if has_lua "http.request" then
    add("lua-http", lua .. " bench/peers/lua_http.lua", lua .. " -e 'print(require \"http.version\".version)'")
  end
  for _, name in ipairs(PYTHON) do
    local python = python_with(name)
    local code = "import %s as m; print(m.__version__ if hasattr(m, \"__version__\") else m.version)"
    local version = ("%s -c '" .. code .. "'"):format(python, name)
    if python then add(name, ("%s -B bench/peers/py_%s.py"):format(python, name), version) end
  end
  if measure.works "node -e fetch" then
    add("fetch", ("env NODE_EXTRA_CA_CERTS=%s node bench/peers/node.mjs"):format(quoted(ca_file)), "node --version")
    if measure.works "node -e 'require(\"undici\")'" then
      add("undici", "node bench/peers/node.mjs", "node -p 'require(\"undici/package.json\").version'")
    end
  end
  local names = {}
  for _, name in ipairs(ORDER) do
    if found[name] then names[#names + 1] = name else report:skip(name, "not installed") end
  end
  return found, names
end

--- The text calculators of npm that are there.
---@param report table
---@return table<string, string> versions by name
function competitors.texts(report)
  local found = {}
  for _, name in ipairs { "sms-segments-calculator", "split-sms" } do
    found[name] = measure.line(("node -p 'require(\"%s/package.json\").version'"):format(name))
    if not found[name] then report:skip(name, "not installed") end
  end
  return found
end

--- Versions of everything that has a part in the figures.
---@param peers table
---@param nginx string
---@return table<string, string>
function competitors.versions(peers, nginx)
  local versions = {
    lua = _VERSION, ["lua-sms"] = require "sms.version", libcurl = measure.line "curl-config --version",
    nginx = (measure.line(("{ %s -v 2>&1; }"):format(nginx)) or ""):match "nginx/(%S+)",
    cc = measure.line(measure.cc .. " --version"),
    openssl = (measure.line "openssl version" or ""):match "^%S+ %S+", ["lua-cjson"] = require "cjson"._VERSION,
    processor = measure.line "uname -m",
    valgrind = measure.line "valgrind --version",
  }
  for name, peer in pairs(peers) do versions[name] = peer.version end
  return versions
end

return competitors
