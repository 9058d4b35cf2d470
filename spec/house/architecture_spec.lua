-- SPDX-License-Identifier: MIT
-- docs/architecture.md speaks of functions and files by name: each of them must be there.

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

local function all(pattern)
  local pipe = assert(io.popen("cat " .. pattern))
  local text = pipe:read("a")
  assert(pipe:close())
  return "\n" .. text
end

local page = assert(read "docs/architecture.md")
local lua, c = all "$(find lua/sms -name '*.lua')", all "$(find csrc -name '*.c')"

local function escaped(text) return (text:gsub("%p", "%%%0")) end

-- Is a function defined: in Lua as its name says, after any `local`; in C at the start of a line, with a body.
local function is_defined(name)
  if lua:find("\nfunction " .. escaped(name) .. "%(") or lua:find("\nlocal function " .. escaped(name) .. "%(") then return true end
  local method = name:match("^client:(.+)$")
  if method and lua:find("\nfunction Client:" .. method .. "%(") then return true end
  return name:find("^[%w_]+$") ~= nil and c:find("\n%a[%w_ *]-[ *]" .. name .. "%b() {") ~= nil
end

describe("docs/architecture.md", function()
  it("names functions that exist", function()
    local count, missing = 0, {}
    for name in page:gmatch("`([%w_.:]+)%(%)`") do
      count = count + 1
      if not is_defined(name) then missing[#missing + 1] = name end
    end
    assert.same({ "name" }, missing, "the only one that stands for all others")
    assert.is_true(count > 40, count)
  end)

  it("names files that exist", function()
    local count = 0
    for path in page:gmatch("`([%a]+/[%w_/.]+)`") do
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
