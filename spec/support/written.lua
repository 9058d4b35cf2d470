-- SPDX-License-Identifier: MIT
-- Files that specs write, and that are removed again.

local written = {}

local paths = {}

--- Writes a file. Returns its path, which ends with `name`.
---@param text string
---@param name string?
---@return string path
function written.file(text, name)
  local path = os.tmpname() .. (name or "")
  paths[#paths + 1] = path
  local handle <close> = assert(io.open(path, "wb"))
  handle:write(text)
  return path
end

--- All bytes of a file.
---@param path string
---@return string
function written.bytes(path)
  local handle <close> = assert(io.open(path, "rb"))
  return handle:read("a")
end

--- Removes the files.
function written.remove()
  for _, path in ipairs(paths) do os.remove(path) end
  paths = {}
end

return written
