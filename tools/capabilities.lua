-- SPDX-License-Identifier: MIT
-- Writes the capability tables of README.md from the facts: `lua5.4 tools/capabilities.lua [--check]`.

package.path = "./?.lua;" .. package.path

local facts = require "tools.facts"
local files = require "tools.files"
local generated = require "tools.generated"

local function count(provider, has)
  local total = 0
  for _, resource in ipairs(provider.resources) do
    for _, operation in ipairs(resource.operations) do
      if has(operation) then total = total + 1 end
    end
  end
  return total
end

local function operations_where(has)
  return function(provider)
    local total = count(provider, has)
    return total > 0 and tostring(total) or "–"
  end
end

local function yes(value)
  return value and "yes" or "–"
end

-- What a row is called, and how it is derived from a provider's facts and adapter.
local ROWS = {
  { "operations", operations_where(function() return true end) },
  { "of these: send a message", operations_where(function(operation) return operation.op.send end) },
  { "of these: take a file, from disk or memory", operations_where(function(operation) return operation.facts.multipart end) },
  { "of these: download a file", operations_where(function(operation) return operation.facts.response == "text" end) },
  { "of these: walked page by page with `each`", operations_where(function(operation) return operation.facts.pages end) },
  { "reads callbacks (`client:webhook`)", function(provider) return yes(provider.adapter.webhook) end },
  { "in the sandbox", function(provider) return yes(files.read(("lua/sms/sandbox/%s/init.lua"):format(provider.name))
    or files.read(("lua/sms/sandbox/%s.lua"):format(provider.name))) end },
}

local function row(cells)
  return "| " .. table.concat(cells, " | ") .. " |\n"
end

local function summary(providers)
  local head, rule = { "" }, { "---" }
  for i, provider in ipairs(providers) do head[i + 1], rule[i + 1] = provider.adapter.title, "---" end
  local out = { row(head), row(rule) }
  for _, each in ipairs(ROWS) do
    local cells = { each[1] }
    for i, provider in ipairs(providers) do cells[i + 1] = each[2](provider) end
    out[#out + 1] = row(cells)
  end
  return table.concat(out)
end

local function resources(provider)
  local out = { ("\n%s, resource by resource:\n\n"):format(provider.adapter.title), row { "resource", "operations" }, row { "---", "---" } }
  for _, resource in ipairs(provider.resources) do
    local list = {}
    for i, operation in ipairs(resource.operations) do list[i] = operation.name end
    out[#out + 1] = row { "`" .. resource.name .. "`", table.concat(list, ", ") }
  end
  return table.concat(out)
end

local providers, text = facts.providers(), {}
text[1] = summary(providers)
for i, provider in ipairs(providers) do text[i + 1] = resources(provider) end
generated.between("README.md", "capabilities", table.concat(text))
generated.finish("make docs")
