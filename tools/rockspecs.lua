-- SPDX-License-Identifier: MIT
-- Writes the rockspecs of all rocks from `tools/rocks.lua` and the files there are: `lua5.4 tools/rockspecs.lua [--check]`; those of a
-- release: `lua5.4 tools/rockspecs.lua --release VERSION DIRECTORY`.

package.path = "./?.lua;" .. package.path

local files = require "tools.files"
local generated = require "tools.generated"
local licences = require "tools.licences"
local output = require "tools.output"
local rocks = require "tools.rocks"

local function module_of(path)
  return (path:match("^lua/(.*)%.lua$"):gsub("/init$", ""):gsub("/", "."))
end

local function matches(name, patterns)
  for _, pattern in ipairs(patterns or {}) do
    if name:find(pattern) then return true end
  end
  return false
end

-- The rock that has a Lua module: one that asks for it, or the one that takes the rest.
local function rock_of(name)
  local rest
  for _, rock in ipairs(rocks) do
    if matches(name, rock.modules) then return rock end
    if rock.rest then rest = rock end
  end
  return rest
end

local function lua_modules(rock)
  local lines, sources = {}, {}
  for _, path in ipairs(files.lines("find lua/sms -name '*.lua' | LC_ALL=C sort")) do
    local name = module_of(path)
    if rock_of(name) == rock then
      lines[#lines + 1] = ('    ["%s"] = "%s",\n'):format(name, path)
      sources[#sources + 1] = path
    end
  end
  return table.concat(lines), sources
end

-- Tables and headers are included, not compiled; they have licences of their own.
local function included(c)
  return files.lines(("find %s -name '*.def' -o -name '*.h' | LC_ALL=C sort"):format(c.folders))
end

local function c_sources(c)
  local out = { c.first }
  for _, path in ipairs(files.lines(("find %s -name '*.c' | LC_ALL=C sort"):format(c.folders))) do
    if path ~= c.first then out[#out + 1] = path end
  end
  return out
end

local LIBRARY = [[
      libraries = { "%s" },
      incdirs = { "$(%s_INCDIR)" },
      libdirs = { "$(%s_LIBDIR)" },
]]

local function c_module(c)
  local sources, lines = c_sources(c), {}
  for i, path in ipairs(sources) do lines[i] = ('        "%s",\n'):format(path) end
  local library = c.library and LIBRARY:format(c.library, c.library:upper(), c.library:upper()) or ""
  return ('    ["%s"] = {\n%s      sources = {\n%s      },\n    },\n'):format(c.name, library, table.concat(lines)), sources
end

-- Other files, of a page. LuaRocks puts a file of `install.lua` into the folder that its key names, under the file's own name.
local function page_files(folder)
  local out, sources = {}, files.lines(("find %s -type f | LC_ALL=C sort"):format(folder))
  for i, path in ipairs(sources) do
    local place, name = path:match("^lua/(.*)/([^/]+)$")
    out[i] = ('    ["%s.%s"] = "%s",\n'):format((place:gsub("/", ".")), (name:gsub("%.", "_")), path)
  end
  return table.concat(out), sources
end

local function list(values)
  local out = {}
  for i, value in ipairs(values) do out[i] = ("%q"):format(value) end
  return "{ " .. table.concat(out, ", ") .. " }"
end

-- Rocks of this project want each other in the version of their own.
local function dependencies(values, version)
  local out = {}
  for i, value in ipairs(values) do
    out[i] = version and value:match("^lua%-sms") and ("%s == %s"):format(value, version) or value
  end
  return out
end

local function source(version)
  local place = version and ('tag = "v%s"'):format(version) or 'branch = "main"'
  return ('{ url = "git+%s.git", %s }'):format(rocks.home, place)
end

local function rockspec(rock, version)
  local modules, sources = lua_modules(rock)
  local c, all, library = {}, sources, nil
  for i, each in ipairs(rock.c or {}) do
    local compiled
    c[i], compiled = c_module(each)
    table.move(compiled, 1, #compiled, #all + 1, all)
    local tables = included(each)
    table.move(tables, 1, #tables, #all + 1, all)
    library = library or each.library
  end

  local page
  if rock.page then
    page, sources = page_files(rock.page)
    table.move(sources, 1, #sources, #all + 1, all)
  end

  local out = {}
  local function add(...) output.add(out, ...) end
  add "-- SPDX-License-Identifier: MIT"
  add("-- The rock `%s`: %s Written by tools/rockspecs.lua; do not edit.", rock.package, rock.comment)
  add 'rockspec_format = "3.0"'
  add("package = %q", rock.package)
  add("version = %q", version and version .. "-1" or "scm-1")
  add("source = %s", source(version))
  add "description = {"
  add("  summary = %q,", rock.summary)
  add("  detailed = [[\n%s]],", rock.detailed)
  add("  license = %q,", licences.together(all))
  add("  homepage = %q,", rocks.home)
  add("  issues_url = %q,", rocks.home .. "/issues")
  add("  maintainer = %q,", rocks.maintainer)
  add("  labels = %s,", list(rock.labels))
  add "}"
  add("dependencies = %s", list(dependencies({ rocks.lua, table.unpack(rock.dependencies) }, version)))
  if library then
    -- No header is named: LuaRocks looks for it in one folder of a prefix, Debian has it in another; csrc names what is missing.
    add("external_dependencies = { %s = { library = %q } }", library:upper(), library)
  end
  if rock.test_dependencies then
    add("test_dependencies = %s", list(dependencies(rock.test_dependencies, version)))
    add 'test = { type = "busted" }'
  end
  add "build = {"
  add '  type = "builtin",'
  add("  modules = {\n%s%s  },", table.concat(c), modules)
  if rock.bin then add('  install = { bin = { sms = "%s" } },', rock.bin.sms) end
  if page then add("  install = { lua = {\n%s  } },", page) end
  if rock.directories then add("  copy_directories = %s,", list(rock.directories)) end
  add "}"
  return table.concat(out, "\n") .. "\n"
end

if arg[1] == "--release" then
  local version, directory = assert(arg[2]), assert(arg[3])
  for _, rock in ipairs(rocks) do
    generated.write(("%s/%s-%s-1.rockspec"):format(directory, rock.package, version), rockspec(rock, version))
  end
else
  for _, rock in ipairs(rocks) do
    local text = rockspec(rock)
    generated.write(rock.package .. "-scm-1.rockspec", text)
    -- LuaRocks takes a file of this name where it is given none and there are several.
    if rock.rest then generated.write("rockspec", text) end
  end
  generated.finish("make docs")
end
