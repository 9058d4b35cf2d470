-- SPDX-License-Identifier: MIT
-- Writes generated files, or with `--check` compares them with what is committed and fails naming those that differ.

local files = require "tools.files"

local generated = {}

local check = arg[1] == "--check"
local stale = {}

local function directory_of(path)
  return path:match("^(.*)/[^/]*$") or "."
end

--- Puts the text into the file, or notes that the file differs from it.
---@param path string
---@param text string
function generated.write(path, text)
  if files.read(path) == text then return end
  if check then
    stale[#stale + 1] = path
    return
  end
  files.lines("mkdir -p '" .. directory_of(path) .. "'")
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
  print("wrote " .. path)
end

--- Replaces the lines between the line that holds `NAME:begin` and the one that holds `NAME:end`.
---@param path string
---@param name string
---@param text string  ends in a newline
function generated.between(path, name, text)
  local whole = assert(files.read(path))
  local _, from = whole:find(name .. ":begin[^\n]*\n")
  local to = whole:find("[^\n]*" .. name .. ":end")
  assert(from and to and from < to, path .. " lacks the marks of " .. name)
  generated.write(path, whole:sub(1, from) .. text .. whole:sub(to))
end

--- Removes generated files below a directory that nothing writes any more (or names them).
---@param directory string
---@param kept table<string, boolean>  paths that are written
function generated.only(directory, kept)
  for _, path in ipairs(files.lines("find '" .. directory .. "' -type f")) do
    if not kept[path] then
      if check then stale[#stale + 1] = path .. " (has no source)" else assert(os.remove(path)) end
    end
  end
end

--- Ends the program: failure when a check found differences.
---@param command string  what brings the files up to date
function generated.finish(command)
  if #stale == 0 then return end
  io.stderr:write("not up to date, run `" .. command .. "`:\n  " .. table.concat(stale, "\n  ") .. "\n")
  os.exit(1)
end

return generated
