-- SPDX-License-Identifier: MIT
-- Files of other packages that the page of the inbox is made of. `lua5.4 tools/vendor.lua` fetches their packages with npm and compares
-- every byte; `--check` compares hashes alone, without a network.

package.path = "./?.lua;" .. package.path

local files = require "tools.files"

local FOLDER = "lua/sms/sandbox/web/vendor/"

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function hash_of(path)
  local line = files.lines("sha256sum " .. quote(path))[1]
  return line and line:match("^(%x+)")
end

-- Lines of VERSIONS: { package, version, path in the package, path here, hash }.
local function entries()
  local out = {}
  for line in io.lines(FOLDER .. "VERSIONS") do
    local package, version, from, to, hash = line:match("^(%S+) (%S+) (%S+) (%S+) (%x+)$")
    if package then
      out[#out + 1] = { package = package, version = version, from = from, to = to, hash = hash }
    elseif not line:find("^#") then
      error("VERSIONS: bad line: " .. line, 0)
    end
  end
  return out
end

local problems = {}

local function compare(path, hash)
  if hash_of(path) ~= hash then problems[#problems + 1] = path .. " is not what VERSIONS says" end
end

local function check(list)
  local known = { VERSIONS = true }
  for _, entry in ipairs(list) do
    known[entry.to] = true
    compare(FOLDER .. entry.to, entry.hash)
  end
  for _, path in ipairs(files.lines("find " .. FOLDER .. " -type f")) do
    if not known[path:sub(#FOLDER + 1)] then problems[#problems + 1] = path .. " is not in VERSIONS" end
  end
end

local function fetch(list)
  local folder = os.tmpname()
  os.remove(folder)
  for _, entry in ipairs(list) do
    local place = ("%s/%s-%s"):format(folder, entry.package, entry.version)
    if not io.open(place .. "/package/package.json") then
      local command = ("mkdir -p %s && cd %s && npm pack --silent %s >/dev/null && tar xzf ./*.tgz"):format(
        quote(place), quote(place), quote(entry.package .. "@" .. entry.version))
      assert(os.execute(command), "npm could not fetch " .. entry.package)
    end
    compare(place .. "/package/" .. entry.from, entry.hash)
  end
  os.execute("rm -rf " .. quote(folder))
end

local list = entries()
check(list)
if arg[1] ~= "--check" then fetch(list) end
if #problems > 0 then
  io.stderr:write(table.concat(problems, "\n"), "\n")
  os.exit(1)
end
print(("%d vendored files are what VERSIONS says"):format(#list))
