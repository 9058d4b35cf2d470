-- SPDX-License-Identifier: MIT
-- Tables of names in the reference: type, meaning, and where it is about options also unit and default, which stand in their words.

local facts = require "tools.facts"
local links = require "tools.links"
local output = require "tools.output"

local columns = {}

local UNITS = { ["sms.Seconds"] = "seconds", ["sms.Bytes"] = "bytes" }
local WORDS = {
  { "^Seconds%f[%W]", "seconds" }, { "in seconds%f[%W]", "seconds" }, { "^Minutes%f[%W]", "minutes" }, { "^Maximum bytes%f[%W]", "bytes" },
}

-- The unit of a value, where it has one.
local function unit_of(type_text, words)
  local bare = type_text:gsub("%?$", "")
  if UNITS[bare] then return UNITS[bare] end
  if bare ~= "number" and bare ~= "integer" then return "" end
  for _, entry in ipairs(WORDS) do
    if words:find(entry[1]) then return entry[2] end
  end
  return ""
end

--- Takes the default out of the words of an option.
---@param words string
---@return string words
---@return string default
function columns.default(words)
  local before, default = words:match "^(.-)%s*%f[%a]Default: (.*)%.$"
  if before then return before, default end
  return words, ""
end

--- Adds a table of fields.
---@param out string[]
---@param fields table<string, { [1]: string, [2]: string }>  name → type, which ends in `?` where it may be absent, and words
---@param page string          name of the page, without `.md`
---@param options boolean|nil  they are options: with unit and default
function columns.add(out, fields, page, options)
  out[#out + 1] = options and "| name | type | | unit | default | meaning |" or "| name | type | | meaning |"
  out[#out + 1] = options and "|---|---|---|---|---|---|" or "|---|---|---|---|"
  for _, name in ipairs(facts.keys(fields)) do
    local type_text, words = fields[name][1], fields[name][2] or ""
    local optional = type_text:sub(-1) == "?" or type_text == "any"
    local cells = { "`" .. name .. "`", links.type(type_text:gsub("%?$", ""), page), optional and "" or "always" }
    if options then
      local meaning, default = columns.default(words)
      cells[4], cells[5], words = unit_of(type_text, words), output.cell(default), meaning
    end
    cells[#cells + 1] = output.cell(words)
    out[#out + 1] = "| " .. table.concat(cells, " | ") .. " |"
  end
  out[#out + 1] = ""
end

return columns
