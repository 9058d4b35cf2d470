-- SPDX-License-Identifier: MIT
-- What a registry takes: each rockspec has every field, lists what there is, asks for what it needs; every file says its licence and
-- the texts of all licences are there; without lua-cjson the library says so in one sentence.

local licences = require "tools.licences"
local rocks = require "tools.rocks"

local function lines(command)
  local pipe, out = assert(io.popen(command)), {}
  for line in pipe:lines() do out[#out + 1] = line end
  return out, pipe:close()
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local function every_file()
  return (lines("find . -path ./.git -prune -o -path ./build -prune -o -type f -print | sed 's|^[.]/||' | LC_ALL=C sort"))
end

local function rockspec(path)
  local env = {}
  assert(load(read(path), "@" .. path, "t", env))()
  return env
end

local function each_rockspec()
  local out = {}
  for _, path in ipairs(lines("ls *.rockspec | LC_ALL=C sort")) do out[#out + 1] = rockspec(path) end
  assert(#out >= 3)
  return out
end

-- Lua modules that the files of a rock load, whatever way they name them.
local function required_by(spec)
  local found = {}
  for _, source in pairs(spec.build.modules) do
    if type(source) == "string" then
      for name in read(source):gmatch("require%s*%(?%s*[\"']([%w_.]+)[\"']") do found[name] = source end
    end
  end
  return found
end

describe("a rockspec", function()
  it("is there for each rock of the table, and no other", function()
    local names = {}
    for i, rock in ipairs(rocks) do names[i] = rock.package .. "-scm-1.rockspec" end
    table.sort(names)
    assert.same(names, (lines("ls *.rockspec | LC_ALL=C sort")))
  end)

  it("lists each Lua module once, between all of them", function()
    local there, listed = {}, {}
    for _, path in ipairs(lines("find lua -name '*.lua'")) do
      there[path:match("^lua/(.*)%.lua$"):gsub("/init$", ""):gsub("/", ".")] = path
    end
    for _, spec in ipairs(each_rockspec()) do
      for name, source in pairs(spec.build.modules) do
        if type(source) == "string" then
          assert.is_nil(listed[name], name .. " is in two rocks")
          listed[name] = source
        end
      end
    end
    assert.same(there, listed)
  end)

  it("lists each C file once, between all of them", function()
    local listed = {}
    for _, spec in ipairs(each_rockspec()) do
      for _, module in pairs(spec.build.modules) do
        for _, source in ipairs(type(module) == "table" and module.sources or {}) do listed[#listed + 1] = source end
      end
    end
    table.sort(listed)
    assert.same(lines("find csrc -name '*.c' | LC_ALL=C sort"), listed)
  end)

  it("has what a registry shows", function()
    for _, spec in ipairs(each_rockspec()) do
      local about = spec.description
      for _, field in ipairs { "summary", "detailed", "license", "homepage", "issues_url", "maintainer" } do
        assert.is_true(#assert(about[field], spec.package .. " has no " .. field) > 0)
      end
      assert.is_true(#about.labels > 0)
      assert.equal("git+" .. rocks.home .. ".git", spec.source.url)
      assert.equal(rocks.home, about.homepage)
    end
  end)

  it("names the address of the repository nowhere by hand but in one place", function()
    local host = rocks.home:match("^https://([^/]+)/")
    local found = {}
    for _, path in ipairs(every_file()) do
      if not path:find("rockspec$") and read(path):find(host, 1, true) then found[#found + 1] = path end
    end
    assert.same({ "tools/rocks.lua" }, found)
  end)

  -- What is installed from `lua-sms` alone must load; what belongs to another rock is asked for only where that is said.
  it("depends on the rocks of the modules that its files need", function()
    local owner = {}
    for _, spec in ipairs(each_rockspec()) do
      for name in pairs(spec.build.modules) do owner[name] = spec.package end
    end
    for _, spec in ipairs(each_rockspec()) do
      local asked = { [spec.package] = true }
      for _, dependency in ipairs(spec.dependencies) do asked[dependency:match("^%S+")] = true end
      for name in pairs(required_by(spec)) do
        if name == "argparse" then assert.is_true(asked.argparse, spec.package .. " needs argparse") end
        if name == "cjson" then assert.is_true(asked["lua-cjson"], spec.package .. " needs lua-cjson") end
        if spec.package == "lua-sms-sandbox" and owner[name] then assert.is_true(asked[owner[name]], spec.package .. " needs " .. name) end
      end
      if spec.build.install and spec.build.install.bin then assert.is_true(asked.argparse, "the command needs argparse") end
      assert.equal(rocks.lua, spec.dependencies[1])
    end
  end)

  -- LuaRocks fills CURL_INCDIR and CURL_LIBDIR from CURL_DIR for what is named there, and only for that.
  it("lets its C module be built against a library elsewhere", function()
    for _, spec in ipairs(each_rockspec()) do
      for _, module in pairs(spec.build.modules) do
        if type(module) == "table" and module.libraries then
          local name = module.libraries[1]:upper()
          assert.same({ "$(" .. name .. "_INCDIR)" }, module.incdirs)
          assert.same({ "$(" .. name .. "_LIBDIR)" }, module.libdirs)
          assert.equal(module.libraries[1], spec.external_dependencies[name].library)
        end
      end
    end
  end)

  it("says the licences of all that it installs", function()
    local all = {}
    for _, spec in ipairs(each_rockspec()) do all[spec.package] = spec.description.license end
    assert.equal("MIT AND Apache-2.0 AND Unicode-DFS-2016", all["lua-sms"]) -- numbering plans; tables of Unicode
    assert.equal("MIT", all["lua-sms-cli"])
    assert.equal("MIT AND BSD-3-Clause", all["lua-sms-sandbox"]) -- lit-html, of the inbox's page
  end)

  it("of the library has a test suite", function()
    local spec = rockspec "lua-sms-scm-1.rockspec"
    assert.equal("busted", spec.test.type)
    assert.matches("^busted", spec.test_dependencies[1])
  end)

  -- LuaRocks takes a file of this name where it is given none and there are several.
  it("of the library is the one that a bare `luarocks make` takes", function()
    assert.equal(read("lua-sms-scm-1.rockspec"), read("rockspec"))
  end)

  it("of a release names its version, tag and sister rocks", function()
    local folder = os.tmpname()
    os.remove(folder)
    assert(os.execute(("mkdir %s && ${LUA:-lua5.4} tools/rockspecs.lua --release 7.8.9 %s >/dev/null"):format(folder, folder)))
    local spec = rockspec(folder .. "/lua-sms-sandbox-7.8.9-1.rockspec")
    assert.equal("7.8.9-1", spec.version)
    assert.same({ url = "git+" .. rocks.home .. ".git", tag = "v7.8.9" }, spec.source)
    assert.same({ rocks.lua, "lua-sms == 7.8.9", "lua-sms-cli == 7.8.9" }, spec.dependencies)
    assert(os.execute("rm -r " .. folder))
  end)
end)

describe("licences", function()
  it("are said by every file and there in full", function()
    assert.same({}, licences.problems(every_file()))
  end)

  it("that a file lacks, or whose text is missing or unused, are named", function()
    local folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
    local function file(name, text)
      local path = folder .. "/" .. name
      local out <close> = assert(io.open(path, "w"))
      out:write(text)
      return path
    end
    local tag = "SPDX-License-" .. "Identifier: "
    local bare, other = file("bare.lua", "return 1\n"), file("other.md", "<!-- " .. tag .. "MIT AND BSD-2-Clause -->\n")
    assert.equal("MIT AND BSD-2-Clause", licences.of(other))
    assert.same({
      bare .. " has no line " .. tag .. "...", "LICENSES/BSD-2-Clause.txt is missing", "LICENSES/Zlib.txt is the licence of no file",
    }, licences.problems { bare, other, "LICENSES/MIT.txt", "LICENSES/Zlib.txt" })
    assert(os.execute("rm -r " .. folder))
  end)
end)

describe("without lua-cjson", function()
  it("the library says in one sentence what to install", function()
    for _, module in ipairs { "sms.json", "sms.client", "sms.sandbox" } do
      local folder = assert(package.searchpath("sms.core", package.cpath)):gsub("sms/core%.so$", "")
      local code = ('print(select(2, pcall(require, "%s")))'):format(module)
      local out = lines(("LUA_PATH='lua/?.lua;lua/?/init.lua' LUA_CPATH='%s?.so' ${LUA:-lua5.4} -e '%s'"):format(folder, code))
      assert.same({ ("lua-cjson for %s is missing: luarocks install lua-cjson (Debian, Ubuntu: lua-cjson; Fedora: lua-cjson; "
        .. "Alpine: lua%s-cjson)"):format(_VERSION, _VERSION:match("%S+$")) }, out)
    end
  end)
end)
