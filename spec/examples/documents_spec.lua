-- SPDX-License-Identifier: MIT
-- Every Lua block of README.md, SECURITY.md and docs/ runs, and gives what it says; commands of the README exist. The blocks of
-- docs/adding-a-provider.md are files of a provider, which its own spec runs; those of docs/outbox.md are one program over a database.

local function lines(command)
  local pipe, out = assert(io.popen(command)), {}
  for line in pipe:lines() do out[#out + 1] = line end
  return out, pipe:close()
end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read("a")
end

local here = lines("pwd")[1]

-- The module paths from another folder.
local function absolute(path)
  return (";" .. path):gsub(";([^/;])", ";" .. here .. "/%1"):sub(2)
end

-- What an outbox needs may be missing.
local has_database = pcall(require, "DBI") and pcall(require, "dbd.sqlite3")

local ELSEWHERE = { ["docs/adding-a-provider.md"] = true, ["docs/outbox.md"] = true }

describe("the Lua of", function()
  for _, path in ipairs(lines("ls README.md SECURITY.md CONTRIBUTING.md docs/*.md docs/how-to/*.md 2>/dev/null")) do
    local text = "\n" .. read(path)
    local _, blocks = text:gsub("\n```lua\n", "")
    if blocks > 0 and not ELSEWHERE[path] then
      it(path .. " runs", function()
        if not has_database and text:find("sms.outbox.open", 1, true) then return pending "LuaDBI with SQLite is not installed" end
        local folder = os.tmpname()
        os.remove(folder)
        local out = lines(("mkdir %s && cd %s && LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} %s/spec/support/blocks.lua %s/%s 2>&1"):format(
          folder, folder, absolute(package.path), absolute(package.cpath), here, here, path))
        os.execute("rm -r " .. folder)
        assert.same({ blocks .. " blocks" }, out)
      end)
    end
  end
end)

describe("the Lua of docs/outbox.md", function()
  it("runs from the first block to the last", function()
    if not has_database then return pending "LuaDBI with SQLite is not installed" end
    local folder = os.tmpname()
    os.remove(folder)
    local command = "mkdir %s && cd %s && LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} %s/spec/support/outbox_page.lua %s 2>&1"
    local page = here .. "/docs/outbox.md"
    local out = lines(command:format(folder, folder, absolute(package.path), absolute(package.cpath), here, page))
    os.execute("rm -r " .. folder)
    assert.equal(1, #out, table.concat(out, "\n"))
    assert.is_true(tonumber(out[1]:match "^(%d+) blocks$") >= 5)
  end)
end)

describe("the sandbox's credentials", function()
  for _, path in ipairs { "README.md", "docs/how-to/test-your-application.md" } do
    it("are those that it takes, in " .. path, function()
      local sms, seen = require "sms", 0
      local sandbox = require("sms.sandbox").new()
      for line in read(path):gmatch "[^\n]+" do
        local title, cells = line:match "^| (%a+) | (`%l+ = \".*) |$"
        if title then
          local options = assert(load("return { " .. cells:gsub("`", "") .. " }"))()
          options.transport, seen = sandbox, seen + 1
          local client = sms[title:lower()](options)
          assert(client:send { to = title == "Zipwhip" and "+12065550199" or "+27825550100", text = "Hello",
            from = client:capabilities().from and "Shop" or nil })
        end
      end
      assert.equal(4, seen)
    end)
  end
end)

describe("the commands of the README", function()
  it("are targets of the Makefile", function()
    local makefile, missing = read("Makefile"), {}
    for block in read("README.md"):gmatch("\n```sh\n(.-)\n```") do
      for target in ("\n" .. block):gmatch("\nmake (%l[%l-]*)") do
        if not makefile:find("\n" .. target .. ":", 1, true) then missing[#missing + 1] = target end
      end
    end
    assert.same({}, missing)
  end)
end)
