-- SPDX-License-Identifier: MIT
-- The folders of csrc are layers: an arrow, be it an include or a use of a symbol, leads to the same folder or to one below, and no two
-- files use each other, directly or by way of others.

-- What each folder may use beside itself, and the names that it must not know: headers, and prefixes of symbols.
local LAYERS = {
  base = { below = {}, foreign = { "lua", "curl", "microhttpd", "MHD_" } },
  text = { below = { base = true }, foreign = { "lua", "curl", "microhttpd", "MHD_" } },
  http = { below = { base = true }, foreign = { "lua", "microhttpd", "MHD_" } },
  lua = { below = { base = true, text = true, http = true }, foreign = { "microhttpd", "MHD_" } },
  names = { below = {}, foreign = { "curl", "microhttpd", "MHD_" } },
  httpd = { below = {}, foreign = { "curl", "sms_" } },
}

local OBJECTS = (os.getenv "BUILD" or "build") .. "/obj/"

local function lines(command)
  local out = {}
  local pipe <close> = assert(io.popen(command))
  for line in pipe:lines() do out[#out + 1] = line end
  return out
end

local function folder_of(path) return path:match "^csrc/([^/]+)/" end

-- Names of files of csrc, without what is generated.
local function sources(pattern) return lines(("find csrc -name '%s' | LC_ALL=C sort"):format(pattern)) end

-- A path without its `x/../`.
local function plain(path)
  local shorter, n = path:gsub("[^/]+/%.%./", "", 1)
  return n > 0 and plain(shorter) or path
end

local function is_foreign(folder, name)
  for _, prefix in ipairs(LAYERS[folder].foreign) do
    if name:sub(1, #prefix) == prefix then return true end
  end
  return false
end

-- What is wrong with an arrow from one file to another, or nil.
local function fault(from, to)
  local here, there = folder_of(from), folder_of(to)
  if here ~= there and not LAYERS[here].below[there] then return ("%s must not use %s"):format(from, to) end
end

-- Lists of { file, file included } and of { file, header of a library included }.
local function includes()
  local own, foreign = {}, {}
  for _, path in ipairs(sources "*.[ch]") do
    for line in io.lines(path) do
      local quoted, system = line:match '^#include "([^"]+)"', line:match "^#include <([^>]+)>"
      if quoted then own[#own + 1] = { path, plain(path:match "^(.*/)" .. quoted) } end
      if system then foreign[#foreign + 1] = { path, system } end
    end
  end
  return own, foreign
end

-- The symbols of the objects: defined -> its file; and a list of { file, symbol used }.
local function symbols()
  local defined, used, objects = {}, {}, {}
  for _, path in ipairs(sources "*.c") do objects[#objects + 1] = OBJECTS .. path:match "^csrc/(.*)%.c$" .. ".o" end
  for _, line in ipairs(lines("nm -gA " .. table.concat(objects, " "))) do
    local object, kind, name = line:match "^(.-)%.o:.- (%a) (%S+)$"
    local path = "csrc/" .. object:sub(#OBJECTS + 1) .. ".c"
    if kind == "U" then used[#used + 1] = { path, name } else defined[name] = path end
  end
  return defined, used
end

-- The files of a cycle, or nil. Arrows: file -> set of files.
local function cycle(arrows)
  local state, path, found = {}, {}, nil
  local function visit(file)
    if state[file] == "done" or found then return end
    path[#path + 1] = file
    if state[file] then
      found = table.concat(path, " -> ")
      return
    end
    state[file] = "open"
    for other in pairs(arrows[file] or {}) do visit(other) end
    state[file] = "done"
    path[#path] = nil
  end
  for file in pairs(arrows) do visit(file) end
  return found
end

local function uses()
  local defined, used = symbols()
  local arrows, count = {}, 0
  for _, use in ipairs(used) do
    local file, other = use[1], defined[use[2]]
    if other and other ~= file then
      arrows[file] = arrows[file] or {}
      if not arrows[file][other] then count = count + 1 end
      arrows[file][other] = true
    end
  end
  return arrows, count, used
end

describe("the folders of csrc", function()
  local arrows, count, used = uses()

  it("are the known layers, and every file is in one", function()
    for _, path in ipairs(sources "*") do
      assert.is_truthy(path == "csrc" or LAYERS[path:match "^csrc/([^/]+)"], path)
    end
  end)

  it("include what is beside or below them", function()
    local wrong = {}
    local own, foreign = includes()
    for _, pair in ipairs(own) do wrong[#wrong + 1] = fault(pair[1], pair[2]) end
    for _, pair in ipairs(foreign) do
      if is_foreign(folder_of(pair[1]), pair[2]) then wrong[#wrong + 1] = ("%s must not include <%s>"):format(pair[1], pair[2]) end
    end
    assert.same({}, wrong)
    assert.is_true(#own > 60 and #foreign > 100)
  end)

  it("use symbols of what is beside or below them", function()
    local wrong = {}
    for from, all in pairs(arrows) do
      for to in pairs(all) do wrong[#wrong + 1] = fault(from, to) end
    end
    for _, use in ipairs(used) do
      if is_foreign(folder_of(use[1]), use[2]) then wrong[#wrong + 1] = ("%s must not use %s"):format(use[1], use[2]) end
    end
    assert.same({}, wrong)
    assert.is_true(count > 120, count)
  end)

  it("have no cycle of files", function()
    assert.is_nil(cycle(arrows))
  end)

  it("are found wrong when they are", function()
    assert.matches("csrc/base/file.c must not use csrc/http/http.h", fault("csrc/base/file.c", "csrc/http/http.h"), 1, true)
    assert.is_string(fault("csrc/text/text.h", "csrc/http/http.h"))
    assert.is_string(fault("csrc/http/pool.c", "csrc/lua/binding.h"))
    assert.is_nil(fault("csrc/lua/pool.c", "csrc/http/http.h"))
    assert.is_true(is_foreign("base", "curl/curl.h") and is_foreign("http", "lua_gettop") and is_foreign("text", "luaL_error"))
    assert.is_false(is_foreign("http", "curl_easy_init") or is_foreign("lua", "lua_gettop"))
    assert.matches("^. %-> . %-> .", cycle { a = { b = true }, b = { c = true }, c = { a = true } })
    assert.is_nil(cycle { a = { b = true, c = true }, b = { c = true } })
    assert.equal("csrc/base/base.h", plain "csrc/lua/../base/base.h")
  end)
end)
