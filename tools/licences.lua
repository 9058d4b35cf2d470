-- SPDX-License-Identifier: MIT
-- Whether every file says its licence and `LICENSES/` holds the text of each, in the manner of REUSE 3:
-- `lua5.4 tools/licences.lua`. As a module it reads the expressions of files.

package.path = "./?.lua;" .. package.path

local files = require "tools.files"

local licences = {}

-- Data that is sent or compared byte by byte, and formats without comments. Everything else has its own line.
local COVERED = {
  ["%.json$"] = "MIT", ["^LICENSE$"] = "MIT", ["^LICENSES/"] = "", ["^spec/c/corpus/"] = "MIT", ["^spec/wire/"] = "MIT",
  ["^lua/sms/sandbox/web/vendor/lit%-html/"] = "BSD-3-Clause", ["^lua/sms/sandbox/web/vendor/uplot/"] = "MIT",
  ["^spec/support/[^/]*%.txt$"] = "MIT", ["^docs/.*%.png$"] = "MIT", ["%.pem$"] = "MIT", ["%.yaml$"] = "MIT",
}

local TAG = "SPDX-License-" .. "Identifier: "

--- The licences of a file, by its line or by the table above.
---@param path string
---@return string? expression  nil where the file says none
function licences.of(path)
  local head = (files.read(path) or ""):match("^[^\n]*\n?[^\n]*\n?[^\n]*")
  local at, after = head:find(TAG, 1, true)
  if at then
    local expression = head:match("^[^\n]*", after + 1)
    return (expression:gsub("%s*%-%->.*$", ""):gsub("%s*%*/.*$", ""):gsub("%s+$", ""))
  end
  for pattern, expression in pairs(COVERED) do
    if path:find(pattern) then return expression end
  end
end

local function collect(path, into)
  for name in (licences.of(path) or ""):gmatch("[%w.+-]+") do
    if name ~= "AND" and name ~= "OR" then into[name] = true end
  end
end

--- The licences of several files together, as one SPDX expression; MIT, that of the project, comes first.
---@param paths string[]
---@return string expression
function licences.together(paths)
  local found, others = {}, {}
  for _, path in ipairs(paths) do collect(path, found) end
  for name in pairs(found) do
    if name ~= "MIT" then others[#others + 1] = name end
  end
  table.sort(others)
  return table.concat({ "MIT", table.unpack(others) }, " AND ")
end

--- What is wrong with the licences of the files, in words; empty when nothing is.
---@param paths string[]  the files of the checkout
---@return string[] problems
function licences.problems(paths)
  local problems, used, texts = {}, {}, {}
  for _, path in ipairs(paths) do
    if not licences.of(path) then problems[#problems + 1] = path .. " has no line " .. TAG .. "..." end
    collect(path, used)
    local name = path:match("^LICENSES/(.*)%.txt$")
    if name then texts[name] = true end
  end
  for name in pairs(used) do
    if not texts[name] then problems[#problems + 1] = "LICENSES/" .. name .. ".txt is missing" end
  end
  for name in pairs(texts) do
    if not used[name] then problems[#problems + 1] = "LICENSES/" .. name .. ".txt is the licence of no file" end
  end
  table.sort(problems)
  return problems
end

-- Run as a program.
if arg and arg[0] and arg[0]:find("licences%.lua$") then
  local problems = licences.problems(files.lines(
    "find . -path ./.git -prune -o -path ./build -prune -o -type f -print | sed 's|^[.]/||' | LC_ALL=C sort"))
  if #problems > 0 then
    io.stderr:write(table.concat(problems, "\n"), "\n")
    os.exit(1)
  end
end

return licences
