-- SPDX-License-Identifier: MIT
-- The house itself: versions agree, loading adds no global, generated files are up to date, no path of one machine, the modules
-- export what Lua needs and nothing more. Rockspecs and licences: spec/house/rocks_spec.lua.

local function lines(command)
  local pipe, out = assert(io.popen(command)), {}
  for line in pipe:lines() do out[#out + 1] = line end
  local ok = pipe:close()
  return out, ok
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local function every_file()
  return lines("find . -path ./.git -prune -o -path ./build -prune -o -type f -print | sed 's|^[.]/||' | LC_ALL=C sort")
end

-- Runs Lua code in an interpreter of its own, on the same paths.
local function run(code)
  return lines(("LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} -e '%s' 2>&1"):format(package.path, package.cpath, code))
end

describe("the version", function()
  local version = require "sms.version"

  it("is the same in every copy", function()
    assert.equal(version, require("sms").version)
    assert.equal("lua-sms " .. version, require("sms")._VERSION)
    assert.equal(version, read("CHANGELOG.md"):match("\n## (%S+)"))
  end)

  it("is written by hand in one file of the sources only", function()
    local seen = {}
    for _, path in ipairs(every_file()) do
      if path:match("^lua/") or path:match("^csrc/") or path:match("^bin/") then
        if read(path):find('"' .. version:gsub("%.", "%%.") .. '"') then seen[#seen + 1] = path end
      end
    end
    assert.same({ "lua/sms/version.lua" }, seen)
  end)
end)

describe("loading", function()
  it("adds no global", function()
    local out, ok = run([[
      local before = {}
      for name in pairs(_G) do before[name] = true end
      local sms = require "sms"
      for _, name in ipairs(sms.providers) do local _ = sms[name] end
      require "sms.sandbox"
      for name in pairs(_G) do if not before[name] then print(name) end end
    ]])
    assert.is_true(ok, table.concat(out, "\n"))
    assert.same({}, out)
  end)
end)

describe("the linter", function()
  it("has no exception in lua/", function()
    local seen = {}
    for _, path in ipairs(every_file()) do
      if path:match("^lua/.*%.lua$") and read(path):find("luacheck:", 1, true) then seen[#seen + 1] = path end
    end
    assert.same({}, seen)
  end)
end)

describe("the C modules", function()
  for name, symbol in pairs { core = "luaopen_sms_core", httpd = "luaopen_sms_httpd", names = "luaopen_sms_names" } do
    it(name .. " exports " .. symbol .. " alone", function()
      local path = assert(package.searchpath("sms." .. name, package.cpath))
      local symbols = {}
      for _, line in ipairs(lines("nm -D --defined-only '" .. path .. "'")) do
        symbols[#symbols + 1] = line:match("%S+$")
      end
      assert.same({ symbol }, symbols)
    end)
  end
end)

describe("generated files", function()
  for _, tool in ipairs { "docs", "capabilities", "rockspecs" } do
    it("of tools/" .. tool .. ".lua are up to date", function()
      local out, ok = lines(("LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} tools/%s.lua --check 2>&1"):format(
        package.path, package.cpath, tool))
      assert.is_true(ok, table.concat(out, "\n"))
    end)
  end

  it("for the editor are Lua", function()
    for _, path in ipairs(lines("find library -name '*.lua'")) do assert(loadfile(path, "t", {})) end
  end)
end)

describe("a build without the headers", function()
  -- An include folder that has nothing in it, and a compiler that looks nowhere else.
  local function compile(file)
    return table.concat(lines(("mkdir -p build/none; gcc -nostdinc -Ibuild/none -fsyntax-only %s 2>&1"):format(file)), "\n")
  end

  it("names the packages of the core", function()
    local out = compile("csrc/lua/prerequisites.c")
    assert.matches("apt%-get install libcurl4%-openssl%-dev", out)
    assert.matches("apt%-get install liblua5%.4%-dev", out)
  end)

  it("names the package of sms.httpd", function()
    assert.matches("apt%-get install libmicrohttpd%-dev", compile("csrc/httpd/prerequisites.c"))
  end)
end)

describe("make env", function()
  local function env(before)
    return lines(before .. " make -s env; " .. before .. [[ eval "$(make -s env)"; echo "$LUA_PATH"; echo "$LUA_CPATH"]])
  end

  it("puts the tree before the default places", function()
    local out = env("unset LUA_PATH LUA_CPATH LUA_PATH_5_4 LUA_CPATH_5_4;")
    assert.equal(5, #out)
    assert.matches("^export LUA_PATH='/.*/lua/%?%.lua;/.*/lua/%?/init%.lua;;'$", out[1])
    assert.matches("^export LUA_CPATH='/.*/build.*/lib/%?%.so;;'$", out[2])
  end)

  it("keeps what the user has, and twice is once", function()
    local out = env("unset LUA_PATH_5_4 LUA_CPATH_5_4; export LUA_PATH='x/?.lua;;' LUA_CPATH=;")
    assert.matches("/lua/%?/init%.lua;x/%?%.lua;;$", out[4])
    local again = lines("export LUA_PATH='" .. out[4] .. "'; make -s env")
    assert.equal("export LUA_PATH='" .. out[4] .. "'", again[1])
  end)

  it("puts the command sms on the path, once", function()
    local out = lines("eval \"$(make -s env)\"; make -s env | grep -c 'export PATH'; cd / && sms --version")
    assert.same({ "0", "sms " .. require "sms.version" }, out)
  end)
end)

describe("make install", function()
  it("makes a tree that works on its own", function()
    local prefix = os.tmpname()
    os.remove(prefix)
    local out, ok = lines("make -s install PREFIX='" .. prefix .. "' 2>&1")
    assert.is_true(ok, table.concat(out, "\n"))
    out, ok = lines(("cd '%s' && env -u LUA_PATH -u LUA_CPATH bin/sms --version"):format(prefix))
    assert.is_true(ok)
    assert.same({ "sms " .. require "sms.version" }, out)
    local program = 'print(package.searchpath("sms", package.path), (require "sms".version))'
    local folder = "lua/" .. _VERSION:match("%S+$")
    out = lines(("cd / && LUA_PATH='%s/share/%s/?.lua;%s/share/%s/?/init.lua' LUA_CPATH='%s/lib/%s/?.so;;' ${LUA:-lua5.4} -e '%s'")
      :format(prefix, folder, prefix, folder, prefix, folder, program))
    assert.same({ ("%s/share/%s/sms/init.lua\t%s"):format(prefix, folder, require "sms.version") }, out)
    -- What the user put beside it stays, and so does a folder that holds it.
    local mine = ("%s/share/%s/sms/mine.lua"):format(prefix, folder)
    assert(io.open(mine, "w")):close()
    out, ok = lines("make -s uninstall PREFIX='" .. prefix .. "' 2>&1")
    assert.is_true(ok, table.concat(out, "\n"))
    assert.same({ mine }, (lines("find '" .. prefix .. "' -type f")))
    out, ok = lines("make -s uninstall PREFIX='" .. prefix .. "' 2>&1")
    assert.is_nil(ok)
    assert.matches("installed is missing: nothing is installed under " .. prefix, out[1], 1, true)
    assert(os.execute("rm -r '" .. prefix .. "'"))
  end)
end)

describe("every file", function()
  it("holds no path of one machine", function()
    local found = {}
    for _, path in ipairs(every_file()) do
      local text = read(path)
      for _, root in ipairs { "work", "farm", "root", "home", "Users" } do
        local at = text:match("[\"'`%s=(]/" .. root .. "/[%w_.]+")
        if at then found[#found + 1] = path .. ":" .. at end
      end
    end
    assert.same({}, found)
  end)
end)
