-- SPDX-License-Identifier: MIT
-- Identifies the process of a worker, so that its end is noticed immediately: host, boot and namespace, process id, start time (Linux).

local process = {}

local function read(path)
  local file <close> = io.open(path, "r")
  local text = file and file:read "a"
  return text and text ~= "" and text or nil
end

-- Id and start time of a process, in clock ticks since boot (proc(5), /proc/pid/stat fields 1 and 22). The name between them may contain
-- anything.
local function stat(pid)
  local text = read("/proc/" .. pid .. "/stat")
  if not text then return nil end
  local fields = {}
  for word in text:match("^.*%)%s*(.*)$"):gmatch("%S+") do fields[#fields + 1] = word end
  return text:match("^%d+"), fields[20], fields[1]
end

--- This process.
---@return { host: string, boot: string?, pid: integer, started: string? }
function process.own()
  local host = (read "/proc/sys/kernel/hostname" or "localhost"):gsub("%s+$", "")
  local boot = read "/proc/sys/kernel/random/boot_id"
  local pid, started = stat "self"
  local _, first = stat "1" -- distinguishes containers of one host: each has its own first process
  return { host = host, boot = boot and boot:gsub("%s+$", "") .. " " .. (first or ""), pid = math.tointeger(tonumber(pid)) or 0,
    started = started }
end

--- Whether a process of this host has certainly ended.
---@param mine table    `process.own()`
---@param other table   `{ host, boot, pid, started }`
---@return boolean
function process.is_gone(mine, other)
  if not mine.boot or other.host ~= mine.host or not other.boot then return false end
  if other.boot ~= mine.boot then return false end
  local pid, started, state = stat(tostring(other.pid))
  return not pid or started ~= other.started or state == "Z" or state == "X"
end

return process
