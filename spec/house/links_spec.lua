-- SPDX-License-Identifier: MIT
-- Links of the documents lead somewhere: the file is there, and so is the heading or the anchor. `make site` checks the same; this needs
-- no Node.js. Source files that documents name exist, too.

local links = require "tools.links"

local function lines(command)
  local pipe, out = assert(io.popen(command)), {}
  for line in pipe:lines() do out[#out + 1] = line end
  pipe:close()
  return out
end

local function read(path)
  local file <close> = io.open(path)
  return file and file:read "a"
end

-- The text of a document without its blocks of code.
local function prose_of(path)
  return (("\n" .. read(path)):gsub("\n```.-\n```", "\n"))
end

-- The words of a heading without the marks of links and code.
local function plain(heading)
  return (heading:gsub("%[(.-)%]%(.-%)", "%1"):gsub("`", ""))
end

local anchors = {}

local function anchors_of(path)
  if anchors[path] then return anchors[path] end
  local out, text = {}, prose_of(path)
  for heading in text:gmatch "\n#+ ([^\n]+)" do
    local anchor, again = links.anchor(plain(heading)), 0
    while out[anchor .. (again > 0 and "-" .. again or "")] do again = again + 1 end
    out[anchor .. (again > 0 and "-" .. again or "")] = true
  end
  for id in text:gmatch '<a id="([^"]+)">' do out[id] = true end
  anchors[path] = out
  return out
end

-- "docs/a/../b.md" → "docs/b.md".
local function normal(path)
  local out = {}
  for part in path:gmatch "[^/]+" do
    if part == ".." then out[#out] = nil elseif part ~= "." then out[#out + 1] = part end
  end
  return table.concat(out, "/")
end

-- What is wrong with a link of a document, or nil.
local function problem_of(path, target)
  if target:find "^%a[%w+.-]*:" then return nil end
  local file, anchor = target:match "^([^#]*)#?(.*)$"
  local to = file == "" and path or normal((path:match "^(.*)/" or ".") .. "/" .. file)
  local there = read(to) or os.execute(("test -d '%s'"):format(to))
  if not there then return "nothing there" end
  if anchor ~= "" and to:find "%.md$" and not anchors_of(to)[anchor] then return "no such heading" end
end

describe("the links of", function()
  for _, path in ipairs(lines "ls *.md docs/*.md docs/*/*.md") do
    it(path .. " lead somewhere", function()
      local wrong = {}
      for target in prose_of(path):gsub("`[^`\n]*`", ""):gmatch "%]%(([^%s)]+)%)" do
        local problem = problem_of(path, target)
        if problem then wrong[#wrong + 1] = target .. ": " .. problem end
      end
      assert.same({}, wrong)
    end)
  end

  it("a document that has wrong ones are named", function()
    assert.equal("nothing there", problem_of("docs/errors.md", "none.md"))
    assert.equal("no such heading", problem_of("docs/errors.md", "messages.md#none"))
    assert.is_nil(problem_of("docs/errors.md", "messages.md#fields-for-one-provider"))
  end)
end)

---------------------------------------------------------------- source files

local SOURCES = { lua = true, csrc = true, spec = true, tools = true, examples = true, bench = true }

-- The source files that a document names and that don't exist; `*` stands for any name. acme is the provider of the tutorial.
local function absent(text)
  local out, count = {}, 0
  for path in text:gmatch "`(%l+/[%w_/.*-]+)`" do
    if SOURCES[path:match "^%l+"] and not path:find "acme" then
      count = count + 1
      if not os.execute(("ls -d %s > /dev/null 2>&1"):format(path)) then out[#out + 1] = path end
    end
  end
  return out, count
end

describe("the source files that documents name", function()
  it("exist", function()
    local wrong, all = {}, 0
    for _, path in ipairs(lines "ls *.md docs/*.md docs/how-to/*.md") do
      local found, count = absent(read(path))
      for _, name in ipairs(found) do wrong[#wrong + 1] = path .. ": " .. name end
      all = all + count
    end
    assert.same({}, wrong)
    assert.is_true(all > 100, all)
  end)

  it("are reported when they don't", function()
    assert.same({ "csrc/gone.def", "lua/none/*.lua" }, (absent "`csrc/gone.def` `lua/sms/init.lua` `lua/none/*.lua` `csrc/text/*.def`"))
  end)
end)
