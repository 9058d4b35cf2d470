-- SPDX-License-Identifier: MIT
-- Writes the lists of modules of both rockspecs from the files there are: `lua5.4 tools/rockspecs.lua [--check]`.

package.path = "./?.lua;" .. package.path

local files = require "tools.files"
local generated = require "tools.generated"

local function module_of(path)
  return (path:match("^lua/(.*)%.lua$"):gsub("/init$", ""):gsub("/", "."))
end

local function lua_modules(belongs)
  local out = {}
  for _, path in ipairs(files.lines("find lua/sms -name '*.lua' | LC_ALL=C sort")) do
    local name = module_of(path)
    if belongs(name) then out[#out + 1] = ('    ["%s"] = "%s",\n'):format(name, path) end
  end
  return table.concat(out)
end

-- The file that names a missing package comes first.
local function c_module(name, library, folders, first)
  local libraries = library and ('      libraries = { "%s" },\n'):format(library) or ""
  local out = { ('    ["%s"] = {\n%s      sources = {\n        "%s",\n'):format(name, libraries, first) }
  for _, path in ipairs(files.lines(("find %s -name '*.c' | LC_ALL=C sort"):format(folders))) do
    if path ~= first then out[#out + 1] = ('        "%s",\n'):format(path) end
  end
  out[#out + 1] = "      },\n    },\n"
  return table.concat(out)
end

-- The second rock has what stands on `sms.httpd`.
local function is_sandbox(name)
  return name == "sms.listener" or name == "sms.serving" or name:match("^sms%.sandbox") ~= nil
end

local core = c_module("sms.core", "curl", "csrc/base csrc/text csrc/http csrc/lua", "csrc/lua/prerequisites.c")
local names = c_module("sms.names", nil, "csrc/names", "csrc/names/module.c")
local httpd = c_module("sms.httpd", "microhttpd", "csrc/httpd", "csrc/httpd/prerequisites.c")

generated.between("lua-sms-scm-1.rockspec", "modules", core .. names .. lua_modules(function(name)
  return not is_sandbox(name)
end))
generated.between("lua-sms-sandbox-scm-1.rockspec", "modules", httpd .. lua_modules(is_sandbox))
generated.finish("make docs")
