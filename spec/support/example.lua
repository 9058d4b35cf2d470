-- SPDX-License-Identifier: MIT
-- Runs an example as a user does: in a shell that knows the paths of this run, and nothing of its environment but what is given.

local function content(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

---@param name string  of the example, without .lua
---@param arguments? string  words of the shell
---@param environment? string  assignments of the shell
---@param input? string  what the shell's printf writes to its standard input
---@return string out, string err, integer status
return function(name, arguments, environment, input)
  local out, err = os.tmpname(), os.tmpname()
  local clean = ("env -i PATH=\"$PATH\" LUA_PATH='%s' LUA_CPATH='%s'"):format(package.path, package.cpath)
  local _, _, status = os.execute(("printf '%s' | %s %s ${LUA:-lua5.4} examples/%s.lua %s >%s 2>%s"):format(
    input or "", clean, environment or "", name, arguments or "", out, err))
  local said, complained = content(out), content(err)
  os.remove(out)
  os.remove(err)
  return said, complained, status
end
