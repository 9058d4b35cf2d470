-- SPDX-License-Identifier: MIT
-- docs/architecture.md is the map: every source file is in it, and everything in it is there. docs/internals.md names functions and files
-- that exist.

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local function lines(command)
  local pipe, out = assert(io.popen(command)), {}
  for line in pipe:lines() do out[#out + 1] = line end
  assert(pipe:close())
  return out
end

local map, walks = read "docs/architecture.md", read "docs/internals.md"

---------------------------------------------------------------- the map

-- "a/{b,c}.lua" → "a/b.lua", "a/c.lua"
local function expand(entry)
  local before, choices, after = entry:match "^(.-){(.-)}(.*)$"
  if not before then return { entry } end
  local out = {}
  for choice in choices:gmatch "[^,]+" do
    for _, path in ipairs(expand(before .. choice .. after)) do out[#out + 1] = path end
  end
  return out
end

-- The paths of source files that a page names, `*` for any file of a folder; each once.
local function entries_of(page)
  local out = {}
  for entry in page:gmatch "`(%l+/[%w_/.{},*]+)`" do
    if entry:find "^lua/" or entry:find "^csrc/" then
      for _, path in ipairs(expand(entry)) do out[#out + 1] = path end
    end
  end
  return out
end

local function pattern_of(entry)
  return "^" .. entry:gsub("[%-%.]", "%%%0"):gsub("%*", "[^/]+") .. "$"
end

-- What is on the map and not in the tree, what is in the tree and not on the map, and what is on the map twice.
local function differences(page, files)
  local gone, missing, twice, seen = {}, {}, {}, {}
  local table_part = page:match "## Lua.-## Rules" or page
  for _, entry in ipairs(entries_of(table_part)) do
    local found = false
    for _, path in ipairs(files) do
      if path:find(pattern_of(entry)) then
        found = true
        if seen[path] then twice[#twice + 1] = path end
        seen[path] = true
      end
    end
    if not found then gone[#gone + 1] = entry end
  end
  for _, path in ipairs(files) do
    if not seen[path] then missing[#missing + 1] = path end
  end
  return { gone = gone, missing = missing, twice = twice }
end

describe("docs/architecture.md", function()
  local files = lines "find lua csrc -type f '(' -name '*.lua' -o -name '*.[ch]' -o -name '*.def' ')' | LC_ALL=C sort"

  it("names every source file once, and no other", function()
    assert.is_true(#files > 300, #files)
    assert.same({ gone = {}, missing = {}, twice = {} }, differences(map, files))
  end)

  it("is one page", function()
    local count = select(2, map:gsub("\n", ""))
    assert.is_true(count <= 100, count)
  end)

  it("is found wrong when it is", function()
    local page = "## Lua\n| `lua/a/{b,c}.lua`, `csrc/*.c` |\n## Rules `lua/other.lua`"
    assert.same({ gone = {}, missing = {}, twice = {} }, differences(page, { "lua/a/b.lua", "lua/a/c.lua", "csrc/x.c" }))
    assert.same({ gone = { "lua/a/c.lua" }, missing = { "lua/a/d.lua", "csrc/x/y.c" }, twice = {} },
      differences(page, { "lua/a/b.lua", "lua/a/d.lua", "csrc/x.c", "csrc/x/y.c" }))
    assert.same({ "lua/a/b.lua" }, differences("`lua/a/b.lua` `lua/a/*.lua`", { "lua/a/b.lua" }).twice)
    -- The real page, with a file too many and one that is gone.
    local fewer = table.move(files, 2, #files, 1, {})
    fewer[#fewer + 1] = "lua/sms/surplus.lua"
    local wrong = differences(map, fewer)
    assert.equal("lua/sms/surplus.lua", wrong.missing[#wrong.missing])
    assert.equal("csrc/base/auth.c", wrong.gone[1])
  end)
end)

---------------------------------------------------------------- the walks

local lua = "\n" .. table.concat(lines "cat $(find lua/sms -name '*.lua')", "\n")
local c = "\n" .. table.concat(lines "cat $(find csrc -name '*.c')", "\n")

local function escaped(text) return (text:gsub("%p", "%%%0")) end

-- Is a function defined: in Lua as its name says, after any `local`; in C at the start of a line, with a body.
local function is_defined(name)
  if lua:find("\nfunction " .. escaped(name) .. "%(") or lua:find("\nlocal function " .. escaped(name) .. "%(") then return true end
  local method = name:match("^client:(.+)$")
  if method and lua:find("\nfunction Client:" .. method .. "%(") then return true end
  return name:find("^[%w_]+$") ~= nil and c:find("\n%a[%w_ *]-[ *]" .. name .. "%b() {") ~= nil
end

describe("docs/internals.md", function()
  it("names functions that exist", function()
    local count, missing = 0, {}
    for name in walks:gmatch("`([%w_.:]+)%(%)`") do
      count = count + 1
      if not is_defined(name) then missing[#missing + 1] = name end
    end
    assert.same({ "name" }, missing, "the only one that stands for all others")
    assert.is_true(count > 80, count)
  end)

  it("names files that exist", function()
    local count = 0
    for path in walks:gmatch("`([%a]+/[%w_/.]+)`") do
      count = count + 1
      assert.is_true(os.execute("test -e " .. path) == true, path)
    end
    assert.is_true(count > 20, count)
  end)

  it("is found wrong when it is", function()
    assert.is_false(is_defined "call.crary")
    assert.is_false(is_defined "sms_pool_strat")
    assert.is_true(is_defined "on_request")
  end)
end)
