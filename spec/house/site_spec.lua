-- SPDX-License-Identifier: MIT
-- `make site`: each document becomes a page, the search knows every heading, a link that leads nowhere is named. Needs node and what
-- `make site` fetched before; skipped without.

local TOOLS = (os.getenv "BUILD" or "build") .. "/site-tools"

local function lines(command)
  local pipe, out = assert(io.popen(command)), {}
  for line in pipe:lines() do out[#out + 1] = line end
  return out, pipe:close()
end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read("a")
end

describe("the site", function()
  local here, folder = lines("pwd")[1], nil
  local missing = not os.execute(("command -v node >/dev/null && test -d %s/node_modules/markdown-it"):format(TOOLS))

  local function build()
    return lines(("cd %s && node %s/tools/site/build.mjs out %s/%s 2>&1"):format(folder, here, here, TOOLS))
  end

  local function write(name, text)
    local file <close> = assert(io.open(folder .. "/" .. name, "w"))
    file:write(text)
  end

  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute(("mkdir -p %s/docs/reference"):format(folder)))
    write("README.md", "# One\n\nSee [two](docs/two.md#a-heading) and [the code](code.lua).\n")
    write("docs/two.md", "# Two\n\n## A heading\n\nSome `words` here: [back](../README.md).\n")
    write("code.lua", "return 1\n")
  end)

  after_each(function() os.execute("rm -r " .. folder) end)

  it("has a page for each document, linked as they are", function()
    if missing then return pending "make site was not run" end
    local out, ok = build()
    assert.is_true(ok, table.concat(out, "\n"))
    assert.same({ "2 pages, 3 sections in out" }, out)
    local page = read(folder .. "/out/index.html")
    assert.truthy(page:find('<a href="two.html#a-heading">two</a>', 1, true), page)
    assert.is_nil(page:find("code.lua", 1, true))
    assert.truthy(read(folder .. "/out/two.html"):find('<a href="index.html">back</a>', 1, true))
    assert.truthy(read(folder .. "/out/index.js"):find('"title":"A heading"', 1, true))
  end)

  it("shows pictures and the sections of a page", function()
    if missing then return pending "make site was not run" end
    write("docs/two.md", '# Two\n\n![A dot](dot.png)\n\n## First\n\n## Second\n\n| <a id="thing"></a>`thing` | b | meaning |\n'
      .. "|---|---|---|\n| a | b | c |\n")
    write("docs/dot.png", "not really one")
    write("README.md", "# One\n\n[a](docs/two.md#thing) [b](docs/two.md#second)\n")
    local out, ok = build()
    assert.is_true(ok, table.concat(out, "\n"))
    assert.equal("not really one", read(folder .. "/out/dot.png"))
    local page = read(folder .. "/out/two.html")
    assert.truthy(page:find('<img src="dot.png"', 1, true), page)
    assert.truthy(page:find('<li><a href="#second">Second</a></li>', 1, true))
    assert.truthy(page:find('<table class="names">', 1, true))
    write("docs/two.md", "# Two\n\n![A dot](none.png)\n")
    write("README.md", "# One\n")
    out, ok = build()
    assert.is_nil(ok)
    assert.equal("docs/two.md: no picture at none.png", out[#out])
  end)

  it("names links that lead nowhere", function()
    if missing then return pending "make site was not run" end
    write("README.md", "# One\n\n[a](docs/three.md) [b](docs/two.md#no-heading)\n")
    local out, ok = build()
    assert.is_nil(ok)
    assert.same({ "README.md: nothing at docs/three.md", "README.md: no heading #no-heading in docs/two.md" }, { out[#out - 1], out[#out] })
  end)
end)
