-- SPDX-License-Identifier: MIT
-- The lint for what Lua 5.5 lacks finds each kind, and only that; headers are found by the interpreter.

local portable = require "tools.portable"

local function lines(command)
  local pipe, out = assert(io.popen(command)), {}
  for line in pipe:lines() do out[#out + 1] = line end
  return out, pipe:close()
end

local function assigned(text)
  local out = {}
  for i, found in ipairs(portable.assigned_loops(text)) do out[i] = found.line .. " " .. found.name end
  return out
end

local has_parser = pcall(portable.assigned_loops, "")

describe("an assignment to a loop variable", function()
  local function finds(words, text, expected)
    it(words, function()
      if not has_parser then return pending "luacheck is not installed" end
      assert.same(expected, assigned(text))
    end)
  end

  finds("is found in a numeric loop", "for i = 1, 3 do\n i = i + 1\nend", { "2 i" })
  finds("is found of the first variable of a generic loop", "for k, v in pairs {} do k = v end", { "1 k" })
  finds("is found where several are set at once", "for k in f() do local x; x, k = 1, 2 end", { "1 k" })
  finds("is found in what stands in the loop", "for k in f() do if k then repeat local function g() k = 1 end until g() end end", { "1 k" })
  finds("is none for the other variables", "for k, v in pairs {} do v = k end", {})
  finds("is none for a local of the same name", "for at in f() do local at = at; at = at + 1 end", {})
  finds("is none for a parameter of the same name", "for k in f() do g(function(k) k = 1 end) end", {})
  finds("is none after the loop", "local i = 0 for i = 1, 2 do f(i) end i = 3", {})
  finds("is none for a field", "for k in f() do k.x = 1 end", {})
  finds("is found behind the first line of a script", "#!/usr/bin/env lua5.4\nfor k in f() do k = 1 end", { "2 k" })

  -- The interpreter itself agrees, where it is 5.5.
  it("is what Lua 5.5 refuses", function()
    if _VERSION == "Lua 5.4" then return pending "this is Lua 5.4" end
    assert.is_nil((load "for i = 1, 3 do i = i + 1 end"))
    assert.is_nil((load "for k, v in pairs {} do k = v end"))
    assert.is_function((load "for k, v in pairs {} do v = k end"))
  end)
end)

describe("tools/portable.lua", function()
  local folder

  local function file(name, text)
    local path = folder .. "/" .. name
    local out <close> = assert(io.open(path, "w"))
    out:write(text)
    return path
  end

  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
  end)

  after_each(function() os.execute("rm -r " .. folder) end)

  it("names what is gone in C and in Lua", function()
    if not has_parser then return pending "luacheck is not installed" end
    local c = file("a.c", "int f(void) { return lua_numbertointeger(n, &i); }")
    local lua = file("a.lua", "collectgarbage" .. '("setpause", 0)\n')
    local good = file("b.lua", 'collectgarbage("incremental", 1, 2)\n')
    assert.same({
      c .. ": lua_numbertointeger is not in Lua 5.5: use lua_tointegerx",
      lua .. ':1: not in Lua 5.5: use collectgarbage("param", …), or "incremental" with its numbers in 5.4',
    }, portable.problems { c, lua, good })
  end)
end)

describe("tools/lua.sh", function()
  local function headers(version)
    local folder = os.tmpname()
    os.remove(folder)
    local make = "mkdir -p %s/bin %s/include/lua5.4 %s/include && printf '#!/bin/sh\\nprintf %s' >%s/bin/lua && chmod +x %s/bin/lua"
    assert(os.execute(make:format(folder, folder, folder, version, folder, folder)))
    assert(os.execute(("printf '#define LUA_VERSION_NUM\\t\\t\\t504\\n' >%s/include/lua5.4/lua.h"):format(folder)))
    assert(os.execute(("printf '#define LUA_VERSION_MINOR_N\\t5\\n' >%s/include/lua.h"):format(folder)))
    local found = lines(("sh tools/lua.sh headers %s/bin/lua"):format(folder))
    os.execute("rm -r " .. folder)
    return (found[1]:gsub(folder, "PREFIX"))
  end

  it("finds the headers of the interpreter's own version under its prefix", function()
    assert.equal("PREFIX/include/lua5.4", headers "5.4")
    assert.equal("PREFIX/include", headers "5.5")
  end)

  it("finds nothing for an interpreter that isn't there", function()
    assert.same({}, (lines "sh tools/lua.sh headers no-such-lua"))
  end)
end)
