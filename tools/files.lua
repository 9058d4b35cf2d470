-- SPDX-License-Identifier: MIT
-- Reading files and the output of commands, for the tools.

local files = {}

--- Lines that a shell command prints.
---@param command string
---@return string[]
function files.lines(command)
  local pipe, out = assert(io.popen(command)), {}
  for line in pipe:lines() do out[#out + 1] = line end
  assert(pipe:close(), command)
  return out
end

--- The whole of a file, or nil and the reason.
---@param path string
---@return string?, string?
function files.read(path)
  local file <close>, message = io.open(path, "rb")
  if not file then return nil, message end
  return file:read("a")
end

return files
