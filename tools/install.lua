-- SPDX-License-Identifier: MIT
-- `make install` copies the built tree under a prefix: `lua5.4 tools/install.lua BUILD PREFIX [DESTDIR]`. `make uninstall` removes it
-- again: `lua5.4 tools/install.lua --remove PREFIX [DESTDIR]`. What was installed is listed in a file of the prefix.

package.path = "./?.lua;lua/?.lua;lua/?/init.lua;" .. package.path

local command = require "tools.command"
local files = require "tools.files"

local build, prefix, destination = assert(arg[1]), assert(arg[2]), arg[3] or ""
local lua = _VERSION:match("%d+%.%d+")
local LIST = "share/lua-sms/installed"

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function place(path)
  return destination .. prefix .. "/" .. path
end

-- ---- uninstall ----

-- Removes a directory, and those above it, as long as they are empty; never the prefix.
local function prune(directory)
  while directory and os.execute("rmdir " .. quote(place(directory)) .. " 2>/dev/null") do
    directory = directory:match("^(.+)/[^/]*$")
  end
end

local function inside(path)
  return path ~= "" and path:sub(1, 1) ~= "/" and not ("/" .. path .. "/"):find("/../", 1, true)
end

local function uninstall()
  local list = files.read(place(LIST))
  if not list then
    io.stderr:write(("%s is missing: nothing is installed under %s\n"):format(place(LIST), destination .. prefix))
    os.exit(1)
  end
  local kept = 0
  local paths = { LIST }
  for path in list:gmatch("[^\n]+") do
    if inside(path) then paths[#paths + 1] = path end
  end
  for _, path in ipairs(paths) do
    local removed, message, code = os.remove(place(path))
    if not removed and code ~= 2 then -- ENOENT: someone was there before
      io.stderr:write(message, "\n")
      kept = kept + 1
    end
  end
  for _, path in ipairs(paths) do prune(path:match("^(.+)/[^/]*$")) end
  if kept > 0 then os.exit(1) end
  print("removed from " .. destination .. prefix)
end

-- ---- install ----

local installed = {}

local function install(mode, from, to)
  assert(os.execute(("mkdir -p %s && install -m %s %s %s"):format(quote(place(to):match("^(.*)/")), mode, quote(from), quote(place(to)))))
  installed[#installed + 1] = to
end

local function install_below(directory, to)
  for _, path in ipairs(files.lines("find " .. directory .. " -type f | LC_ALL=C sort")) do
    install("644", path, to .. path:sub(#directory + 1))
  end
end

-- The command knows its interpreter and where its modules are, whatever the prefix; the user's own paths come after.
local function install_command(from, to)
  install("755", from, to)
  local file <close> = assert(io.open(place(to), "wb"))
  assert(file:write(command.text(from, ("%s/share/lua/%s/?.lua;%s/share/lua/%s/?/init.lua;"):format(prefix, lua, prefix, lua),
    ("%s/lib/lua/%s/?.so;"):format(prefix, lua))))
end

local SCRIPTS = {
  bash = "share/bash-completion/completions/sms", zsh = "share/zsh/site-functions/_sms", fish = "share/fish/vendor_completions.d/sms.fish",
}

local function install_text(to, text)
  install("644", "/dev/null", to)
  local file <close> = assert(io.open(place(to), "wb"))
  assert(file:write(text))
end

-- The manual page, and the scripts of shells where argparse is there to write them.
local function install_manual()
  local facts = require "sms.cli.facts"
  install_text("share/man/man1/sms.1", require("sms.cli.manual").man(facts, require "sms.version"))
  local found, argparse = pcall(require, "argparse")
  if not found then return end
  local parser = require("sms.cli.parser").build(argparse, facts, true)
  for shell, path in pairs(SCRIPTS) do install_text(path, (parser["get_" .. shell .. "_complete"](parser))) end
end

if build == "--remove" then
  uninstall()
  os.exit(0)
end
install_below("lua/sms", ("share/lua/%s/sms"):format(lua))
for _, name in ipairs { "core.so", "names.so", "httpd.so" } do
  install("755", build .. "/lib/sms/" .. name, ("lib/lua/%s/sms/%s"):format(lua, name))
end
install_command("bin/sms", "bin/sms")
install_manual()
install_below("library", "share/lua-sms/library")
install("644", "config.json", "share/lua-sms/config.json")
install_below("docs", "share/doc/lua-sms")
install_below("LICENSES", "share/doc/lua-sms/LICENSES")
install("644", "README.md", "share/doc/lua-sms/README.md")
local file <close> = assert(io.open(place(LIST), "wb"))
assert(file:write(table.concat(installed, "\n"), "\n"))
print("installed under " .. destination .. prefix)
