-- SPDX-License-Identifier: MIT
-- `make install`: copies the built tree under a prefix. `lua5.4 tools/install.lua BUILD PREFIX [DESTDIR]`.

package.path = "./?.lua;" .. package.path

local files = require "tools.files"

local build, prefix, destination = assert(arg[1]), assert(arg[2]), arg[3] or ""

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function install(mode, from, to)
  assert(os.execute(("install -D -m %s %s %s"):format(mode, quote(from), quote(destination .. prefix .. "/" .. to))))
end

local function install_below(directory, to)
  for _, path in ipairs(files.lines("find " .. directory .. " -type f")) do
    install("644", path, to .. path:sub(#directory + 1))
  end
end

-- The command knows where its modules are, whatever the prefix; the user's own paths come after.
local function install_command(from, to)
  install("755", from, to)
  local first, rest = assert(files.read(from)):match("^(#![^\n]*\n)(.*)$")
  local paths = ("package.path = %q .. package.path\npackage.cpath = %q .. package.cpath\n"):format(
    ("%s/share/lua/5.4/?.lua;%s/share/lua/5.4/?/init.lua;"):format(prefix, prefix), prefix .. "/lib/lua/5.4/?.so;")
  local file <close> = assert(io.open(destination .. prefix .. "/" .. to, "wb"))
  file:write(first, paths, rest)
end

install_below("lua/sms", "share/lua/5.4/sms")
for _, name in ipairs { "core.so", "names.so", "httpd.so" } do install("755", build .. "/lib/sms/" .. name, "lib/lua/5.4/sms/" .. name) end
install_command("bin/sms", "bin/sms")
install_below("library", "share/lua-sms/library")
install_below("docs", "share/doc/lua-sms")
install("644", "README.md", "share/doc/lua-sms/README.md")
install("644", "LICENSE", "share/doc/lua-sms/LICENSE")
print("installed under " .. destination .. prefix)
