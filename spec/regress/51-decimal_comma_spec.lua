-- SPDX-License-Identifier: MIT
-- The story: a host set its user's locale after the library was loaded, as toolkits do. From then on lua-cjson, which had looked at the
-- decimal point once, read [1,2,3] as [1.2,3]; bytes of Latin-1 went out unescaped, and in Turkish the header X-REQUEST-ID was not found.

-- As in Pashto and Persian, where the decimal point takes two bytes; all else is plain, so that it is made quickly.
local WIDE = [[
LC_CTYPE
copy "POSIX"
END LC_CTYPE
LC_NUMERIC
decimal_point "<U066B>"
thousands_sep ""
grouping -1
END LC_NUMERIC
]]
for _, category in ipairs { "COLLATE", "TIME", "MONETARY", "MESSAGES" } do
  WIDE = ('%sLC_%s\ncopy "POSIX"\nEND LC_%s\n'):format(WIDE, category, category)
end

local function output_of(command)
  local pipe <close> = assert(io.popen(command .. " 2>&1"))
  return pipe:read "a"
end

describe("what is read and written", function()
  local folder

  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
    local source <close> = assert(io.open(folder .. "/wide.source", "w"))
    source:write(WIDE)
    source:flush()
    output_of(("localedef -c -i %s/wide.source -f UTF-8 %s/wide"):format(folder, folder))
    -- A comma, letters beyond ASCII, and an i of its own.
    output_of(("localedef -c -i tr_TR -f ISO-8859-9 %s/tr_TR.ISO-8859-9"):format(folder))
  end)

  teardown(function() os.execute("rm -r " .. folder) end)

  local function run(locale, path)
    return output_of(("LOCPATH=%s LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} spec/support/in_locale.lua %s"):format(
      path, package.path, package.cpath, locale))
  end

  -- What was made here; else what the system has, which may be nothing.
  local function locales()
    local out = {}
    local function add(name, path) -- localedef may leave a folder that is no locale, for want of its sources
      if run(name, path) ~= "no such locale\n" then out[#out + 1] = { name, path } end
    end
    for _, name in ipairs { "tr_TR.ISO-8859-9", "wide" } do add(name, folder) end
    for name in output_of("locale -a"):gmatch "[^\n]+" do
      if #out == 0 and name:find "^[dfit][ertr]_" then add(name, "") end
    end
    return out
  end

  it("does not depend on the locale, set after everything is loaded", function()
    local expected = run("C", folder)
    assert.matches("[1,2,3] | {1=1,2=2,3=3}", expected, 1, true)
    assert.matches("[1.5,2,-0.25] | {1=1.5,2=2,3=-0.25}", expected, 1, true)
    assert.is_nil(expected:find("stack traceback", 1, true), expected)
    local found = locales()
    if #found == 0 then pending "no other locale is installed, and localedef can't make one" end
    for _, locale in ipairs(found) do assert.equal(expected, run(locale[1], locale[2]), locale[1]) end
  end)
end)
