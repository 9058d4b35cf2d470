-- SPDX-License-Identifier: MIT
-- Where the reference describes each type, and type expressions in Markdown that link there.

local annotations = require "tools.annotations"
local facts = require "tools.facts"
local files = require "tools.files"

local links = {}

--- The anchor that a heading gets, as forges and `tools/site/build.mjs` make it.
---@param heading string
---@return string
function links.anchor(heading)
  return (heading:lower():gsub("[^%w%s_-]", ""):gsub("%s", "-"))
end

local places

-- Type → page and anchor.
local function index()
  if places then return places end
  places = {}
  local public, options = require "tools.public", require "tools.public_options"
  local outbox, stubs = require "tools.public_outbox", require "tools.stubs"
  local function put(name, page, heading) places[name] = { page, links.anchor(heading) } end
  for _, section in ipairs(public.tables) do put(section.class, "api", section.title) end
  for _, section in ipairs(options.tables) do put(section.class, "modules", section.title) end
  for _, section in ipairs(outbox.all()) do put(section.class, "outbox", section.title) end
  put("sms.Outbox", "outbox", "Methods")
  put("sms.outbox", "outbox", "Outbox")
  put("sms.Client", "modules", "A client")
  put("sms.Task", "modules", "A task")
  put("sms.Failover", "modules", "A failover group")
  for name in pairs(facts.common.aliases) do put(name, "api", name) end
  for name in pairs(facts.common.classes) do put(name, "api", name) end
  for _, provider in ipairs(facts.providers()) do
    for _, set in ipairs { provider.aliases, provider.classes } do
      for name in pairs(set) do put(name, provider.name, name) end
    end
    put(provider.name .. ".Options", provider.name, "Options")
    put(provider.name .. ".Client", provider.name, provider.adapter.title)
  end
  for _, module in ipairs(stubs.modules) do
    put("sms." .. module, "modules", "sms." .. module)
    for _, block in ipairs(annotations.read(stubs.module(module))) do
      if block.class and not places[block.class] then put(block.class, "modules", block.class) end
    end
  end
  for _, block in ipairs(annotations.read(assert(files.read "library/sms/init.lua"))) do
    if block.class and not places[block.class] then put(block.class, "modules", block.class) end
  end
  return places
end

local function code(text)
  return "`" .. text:gsub("|", "\\|") .. "`"
end

local function target(name, page)
  local place = index()[name]
  if not place then return nil end
  return (place[1] == page and "" or place[1] .. ".md") .. "#" .. place[2]
end

--- A type expression in Markdown, for a cell of a table. Alternatives are joined by "or"; each links to where its type is described.
---@param text string
---@param page string  name of the page it stands on, without `.md`
---@return string
function links.type(text, page)
  local pieces, depth, from = {}, 0, 1
  for at = 1, #text + 1 do
    local char = text:sub(at, at)
    if char:find "[%(<{]" then depth = depth + 1 elseif char:find "[%)>}]" then depth = depth - 1 end
    if at > #text or char == "|" and depth == 0 then
      pieces[#pieces + 1] = text:sub(from, at - 1)
      from = at + 1
    end
  end
  local linked = false
  for i, piece in ipairs(pieces) do
    local name = piece:match "^%(?([%a_][%w_.]*[%w_])"
    local to = name and target(name, page)
    linked = linked or to ~= nil
    pieces[i] = to and ("[%s](%s)"):format(code(piece), to) or code(piece)
  end
  return linked and table.concat(pieces, " or ") or code(text)
end

return links
