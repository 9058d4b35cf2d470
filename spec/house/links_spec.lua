-- SPDX-License-Identifier: MIT
-- Links of the documents lead somewhere: the file is there, and so is the heading or the anchor. `make site` checks the same; this needs
-- no Node.js.

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
