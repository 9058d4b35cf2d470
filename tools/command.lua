-- SPDX-License-Identifier: MIT
-- The command `sms` with its interpreter and its module paths written into it: the system starts that interpreter at once, without the
-- shell of `bin/sms` before it. `lua5.4 tools/command.lua FILE CHECKOUT BUILD` writes the one of the tree.

local command = {}

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

-- The interpreter by its path where there is one: without `env` before it, it starts in two thirds of the time.
local function interpreter_line()
  local name, path = arg[-1], arg[-1]
  if not name:find("/", 1, true) then
    local pipe <close> = assert(io.popen("command -v '" .. name:gsub("'", "'\\''") .. "'"))
    path = pipe:read "l" or ""
  end
  return path:sub(1, 1) == "/" and ("#!%s\n"):format(path) or ("#!/usr/bin/env %s\n"):format(name)
end

--- The text of the command.
---@param from string   `bin/sms`
---@param paths string  of Lua modules, each with a semicolon at its end
---@param c_paths string
---@return string
function command.text(from, paths, c_paths)
  local rest = read(from):match("^#![^\n]*\n(.*)$")
  return interpreter_line() .. ("package.path = %q .. package.path\npackage.cpath = %q .. package.cpath\n"):format(paths, c_paths) .. rest
end

if arg and arg[0] and arg[0]:find "tools/command%.lua$" then
  local tree, build = assert(arg[2]), assert(arg[3])
  local file <close> = assert(io.open(arg[1], "wb"))
  assert(file:write(command.text("bin/sms", ("%s/lua/?.lua;%s/lua/?/init.lua;"):format(tree, tree), build .. "/lib/?.so;")))
end

return command
