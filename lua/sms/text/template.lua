-- SPDX-License-Identifier: MIT
-- Texts with holes: `{name}` is filled from a table; `{{…}}` belongs to the provider and is left alone.

local template = {}

-- Walks the holes of a text; `fill(name)` gives what goes in. Doubled braces are copied.
local function walk(text, fill)
  local out, at = {}, 1
  while true do
    local from, to, open, name = text:find("({+)([%a_][%w_]*)}", at)
    if not from then break end
    out[#out + 1] = text:sub(at, from - 1)
    if #open == 1 then
      out[#out + 1] = fill(name)
      at = to + 1
    else
      out[#out + 1] = open .. name .. "}"
      at = to + 1
    end
  end
  out[#out + 1] = text:sub(at)
  return table.concat(out)
end

--- The names of the holes, each once, in order of first appearance.
---@param text string
---@return string[]
function template.names(text)
  local names, seen = {}, {}
  walk(text, function(name)
    if not seen[name] then names[#names + 1], seen[name] = name, true end
    return ""
  end)
  return names
end

--- Fills the holes. A hole without a value is never sent: its name comes back instead.
---@param text string
---@param values table<string, string|number>
---@return string? text
---@return string? missing the first name that has no value
function template.render(text, values)
  local missing
  local out = walk(text, function(name)
    local value = values[name]
    if type(value) ~= "string" and type(value) ~= "number" then missing = missing or name end
    return tostring(value)
  end)
  if missing then return nil, missing end
  return out
end

--- Replaces each hole by what `rename(name)` says: how holes become a provider's own tokens.
---@param text string
---@param rename fun(name: string): string
---@return string
function template.rename(text, rename)
  return walk(text, rename)
end

return template
