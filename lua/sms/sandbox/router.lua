-- SPDX-License-Identifier: MIT
-- Builds routes from a provider's resource facts (`lua/sms/<provider>/<resource>.lua`): method and path of a request in,
-- names of the documented operations out. Paths are case-sensitive.

local router = {}
router.__index = router

local function escape(text)
  return (text:gsub("[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0"))
end

-- "/a/{id}/b{/n}" -> its patterns and the placeholder names of each. A `{/n}` tail is optional.
local function forms_of(path)
  local base, tail = path:match("^(.*){/([%w_]+)}$")
  local out = { base or path }
  if tail then out[2] = base .. "/{" .. tail .. "}" end
  for i, form in ipairs(out) do
    local names = {}
    local pattern = escape(form):gsub("{([%w_]+)}", function(name)
      names[#names + 1] = name
      return "([^/]+)"
    end)
    out[i] = { pattern = "^" .. pattern .. "$", names = names }
  end
  return out
end

local function add(routes, operation, line)
  local verbs, path = line:match("^([%u|]+) ([^?]+)")
  assert(verbs, "bad first line in the facts of " .. operation)
  for verb in verbs:gmatch("%u+") do
    for _, form in ipairs(forms_of(path)) do
      routes[verb] = routes[verb] or {}
      table.insert(routes[verb], { operation = operation, pattern = form.pattern, names = form.names })
    end
  end
end

--- Routes of a provider.
---@param provider string
---@param resources string[]  names of its resource files
---@param load? fun(resource: string): table  where facts come from; default: `require("sms.<provider>.<resource>")`
function router.new(provider, resources, load)
  load = load or function(resource) return (require("sms." .. provider .. "." .. resource)) end
  local routes = {}
  for _, resource in ipairs(resources) do
    for name, fact in pairs(load(resource)) do
      if type(fact) == "table" then add(routes, resource .. "." .. name, fact[1]) end
    end
  end
  for _, list in pairs(routes) do
    table.sort(list, function(a, b)
      if #a.names ~= #b.names then return #a.names < #b.names end
      return a.operation < b.operation
    end)
  end
  return setmetatable({ routes = routes }, router)
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

--- Operations documented for this method and path. Literal segments win over placeholders, so every operation returned has
--- the same path; if several share it, the provider selects one by a rule.
---@param method string
---@param path string  raw, still escaped
---@return string[] operations  "resource.operation", sorted; empty: nothing is there
---@return table<string, string> placeholders
function router:match(method, path)
  local found, placeholders = {}, {}
  for _, route in ipairs(self.routes[method] or {}) do
    if #found > 0 and #route.names > #found.names then break end
    local values = { path:match(route.pattern) }
    if values[1] then
      found[#found + 1], found.names = route.operation, route.names
      for i, name in ipairs(route.names) do placeholders[name] = unescape(values[i]) end
    end
  end
  found.names = nil
  return found, placeholders
end

--- All operations that have a route.
---@return string[]
function router:operations()
  local seen, out = {}, {}
  for _, list in pairs(self.routes) do
    for _, route in ipairs(list) do
      if not seen[route.operation] then
        seen[route.operation] = true
        out[#out + 1] = route.operation
      end
    end
  end
  table.sort(out)
  return out
end

return router
