-- SPDX-License-Identifier: MIT
-- Runs a program of the specs in namespaces of its own (network, mounts), where those can be had: with a loopback device that nobody
-- else uses, and settings that a machine has once.

local namespace = {}

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function command(setup, words)
  local script = "ip link set lo up && " .. setup .. ' && exec "$@"'
  return ("exec unshare --user --map-root-user --net --mount sh -c %s sh %s 2>&1"):format(quoted(script), words)
end

--- Why a program can't be run so.
---@param setup? string  commands of the shell, made there first
---@return string? why
function namespace.fault(setup)
  local pipe <close> = assert(io.popen(command(setup or "true", "echo ready")))
  local said = pipe:read "a"
  if said == "ready\n" then return nil end
  return "needs the right to make namespaces, unshare and ip: " .. said:gsub("%s+", " ")
end

--- Starts a Lua program there; what it prints can be read from the pipe.
---@param setup string?
---@param words string  the program's file and its arguments
---@param before? string  a command that runs it
---@return file*
function namespace.start(setup, words, before)
  return assert(io.popen(command(setup or "true", ("%senv LUA_PATH=%s LUA_CPATH=%s ${LUA:-lua5.4} %s"):format(before or "",
    quoted(package.path), quoted(package.cpath), words))))
end

return namespace
