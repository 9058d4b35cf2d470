-- SPDX-License-Identifier: MIT
-- Holds the code to its sizes: 400 lines a Lua or JavaScript file (700 one of transcribed wire data), 350 a C file, C functions of at most
-- 60 lines with a median of at most 10. Function lengths come from universal-ctags.

package.path = "./?.lua;" .. package.path

local files = require "tools.files"

local LUA_LINES, WIRE_LINES, C_LINES, FUNCTION_LINES, FUNCTION_MEDIAN = 400, 700, 350, 60, 10

local FIND = "find . -path ./.git -prune -o -path ./build -prune -o -type f "

local problems = {}

local function complain(line, ...)
  problems[#problems + 1] = line:format(...)
end

local function count_lines(path)
  local total = 0
  for _ in io.lines(path) do total = total + 1 end
  return total
end

local function check_files(command, cap)
  local paths = files.lines(command)
  for _, path in ipairs(paths) do
    local total = count_lines(path)
    local allowed = path:match("^%./spec/wire/") and WIRE_LINES or cap
    if total > allowed then complain("%s has %d lines, at most %d are allowed", path, total, allowed) end
  end
  return #paths
end

local function function_lengths()
  local lengths = {}
  for _, line in ipairs(files.lines("ctags --languages=C --c-kinds=f --fields=+ne -f - csrc/*/*.c")) do
    local name, path, from, to = line:match("^(%S+)\t(%S+)\t.-line:(%d+).-end:(%d+)")
    if name then
      local length = to - from + 1
      lengths[#lengths + 1] = length
      if length > FUNCTION_LINES then complain("%s: %s has %d lines, at most %d are allowed", path, name, length, FUNCTION_LINES) end
    end
  end
  table.sort(lengths)
  return lengths
end

if not os.execute("command -v ctags >/dev/null") then
  io.stderr:write("ctags is missing. Debian, Ubuntu: apt-get install universal-ctags\n")
  os.exit(1)
end

local lua = check_files(FIND .. "'(' -name '*.lua' -o -path ./bin/sms ')' -print", LUA_LINES)
local js = check_files(FIND .. "'(' -name '*.js' -o -name '*.mjs' ')' ! -path '*/vendor/*' -print", LUA_LINES)
local c = check_files(FIND .. "-name '*.[ch]' -print", C_LINES) -- *.def are tables
local lengths = function_lengths()
assert(#lengths > 0, "ctags found no function in csrc")
local median = lengths[(#lengths + 1) // 2]
if median > FUNCTION_MEDIAN then complain("the median C function has %d lines, at most %d are allowed", median, FUNCTION_MEDIAN) end

local summary = "%d Lua files, %d JavaScript files, %d C files, %d C functions: median %d lines, longest %d"
print(summary:format(lua, js, c, #lengths, median, lengths[#lengths]))
if #problems > 0 then
  io.stderr:write(table.concat(problems, "\n") .. "\n")
  os.exit(1)
end
