-- SPDX-License-Identifier: MIT
-- lua/sms against the picture in docs/architecture.md: each module requires only what stands below it, nothing goes round in a circle.
-- What a function requires when it runs counts as well as what a file requires when it is loaded.

local function lines(command)
  local pipe = assert(io.popen(command))
  local out = {}
  for line in pipe:lines() do out[#out + 1] = line end
  assert(pipe:close())
  return out
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

-- "lua/sms/call/init.lua" → "sms.call"
local function module_of(path)
  return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

-- What a text requires by a whole name; `require("sms." .. name)` is the provider, whose adapter stands below whoever asks.
-- `loaded`: only what it requires when it is loaded, at the left edge; the rest is required by a function when that is called.
local function required(text, loaded)
  local out = {}
  for line in text:gmatch("[^\n]+") do
    if not line:find("^%s*%-%-") and not (loaded and line:find("^%s")) then
      for name in line:gmatch('require%s*%(?%s*"(sms[%w_.]*)"') do
        if name:sub(-1) ~= "." then out[#out + 1] = name end
      end
    end
  end
  return out
end

local function graph_of_tree(loaded)
  local graph = {}
  for _, path in ipairs(lines "find lua/sms -name '*.lua' | sort") do graph[module_of(path)] = required(read(path), loaded) end
  return graph
end

-- Layers from below; a module belongs to the first whose pattern it matches. `also`: layers beside it that it may use.
local PROVIDERS = { "messagewhiz", "websms", "zipwhip", "zoomconnect" }

local LAYERS = {
  { name = "core", "sms%.core", "sms%.httpd" },
  { name = "values", "sms%.error", "sms%.json", "sms%.dates", "sms%.url", "sms%.check", "sms%.version",
    "sms%.providers", "sms%.secret", "sms%.log", "sms%.masking" },
  { name = "number", "sms%.number", "sms%.number%..*" },
  { name = "text", "sms%.text", "sms%.text%..*" },
  { name = "task", "sms%.task", "sms%.task%..*", "sms%.loop%..*" },
  { name = "serving", "sms%.listener%.serving" },
  { name = "api", "sms%.api%..*" },
  { name = "call", "sms%.call", "sms%.call%..*" },
  { name = "adapters" },
  { name = "sandbox", "sms%.sandbox", "sms%.sandbox%..*" },
  { name = "message", "sms%.message", "sms%.capabilities", "sms%.failover", "sms%.reconcile", "sms%.message%..*", "sms%.reconcile%..*",
    "sms%.webhook", "sms%.client", "sms%.cassette", "sms%.cassette%..*", "sms%.bulk", "sms%.bulk%..*" },
  { name = "face", "sms%..*", "sms" },
}
for i, name in ipairs(PROVIDERS) do
  LAYERS[9][2 * i - 1], LAYERS[9][2 * i] = "sms%." .. name, "sms%." .. name .. "%..*"
end

-- Modules that stand higher than the others of their folder: those read the client's options.
local HIGHER = { ["sms.number.options"] = "message" }

local function layer_of(module)
  for height, layer in ipairs(LAYERS) do
    if layer.name == HIGHER[module] then return height, layer.name end
  end
  for height, layer in ipairs(LAYERS) do
    for _, pattern in ipairs(layer) do
      if module:find("^" .. pattern .. "$") then return height, layer.name end
    end
  end
end

-- Pairs of layers of which the first never uses the second, though it stands above it.
local NEVER = {
  adapters = { call = true, api = true, task = true }, sandbox = { task = true, api = true, call = true, text = false },
  api = { task = true },
}

-- Modules in circles: each with a path back to itself.
local function circles(graph)
  local out, state = {}, {}
  local function visit(module, trail)
    if state[module] == "done" then return end
    if state[module] then
      out[#out + 1] = table.concat(trail, " > ") .. " > " .. module
      return
    end
    state[module] = "open"
    trail[#trail + 1] = module
    for _, other in ipairs(graph[module] or {}) do visit(other, trail) end
    trail[#trail] = nil
    state[module] = "done"
  end
  local names = {}
  for module in pairs(graph) do names[#names + 1] = module end
  table.sort(names)
  for _, module in ipairs(names) do visit(module, {}) end
  return out
end

-- How many stand above one another in the longest chain of a graph without circles, and that chain. What isn't in the graph itself,
-- a module in C, is no level.
local function highest(graph)
  local height, below = {}, {}
  local function climb(name)
    if height[name] then return height[name] end
    local best = 0
    for _, other in ipairs(graph[name]) do
      local under = graph[other] and climb(other) or 0
      if under > best then best, below[name] = under, other end
    end
    height[name] = best + 1
    return best + 1
  end
  local names, top = {}, nil
  for name in pairs(graph) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    if not top or climb(name) > climb(top) then top = name end
  end
  local chain, at = {}, top
  while at do chain[#chain + 1], at = at, below[at] end
  return #chain, table.concat(chain, " > ")
end

-- The same graph with layers for modules: which layer uses which other.
local function graph_of_layers(graph)
  local out = {}
  for module, list in pairs(graph) do
    local _, layer = layer_of(module)
    out[layer] = out[layer] or {}
    for _, other in ipairs(list) do
      local _, below = layer_of(other)
      if below ~= layer and below ~= "core" then table.insert(out[layer], below) end
    end
  end
  return out
end

local function breaches(graph)
  local out = {}
  for module, list in pairs(graph) do
    local height, layer = layer_of(module)
    for _, other in ipairs(list) do
      local lower, below = layer_of(other)
      if lower > height or NEVER[layer] and NEVER[layer][below] then
        out[#out + 1] = ("%s (%s) requires %s (%s)"):format(module, layer, other, below)
      end
    end
  end
  table.sort(out)
  return out
end

describe("lua/sms", function()
  local graph = graph_of_tree()

  it("requires downwards only", function()
    assert.same({}, breaches(graph))
  end)

  it("has no circle of imports", function()
    assert.same({}, circles(graph))
  end)

  -- A level is a layer here: folders, and the modules that stand beside them for the same. The core, in C, stands below.
  it("has at most six levels of layers, one above the other", function()
    local levels, chain = highest(graph_of_layers(graph))
    assert.is_true(levels <= 6, chain)
  end)

  -- Within the layers modules stand on one another, too. What `sms` gives on first use is loaded by a function, and isn't counted.
  it("loads at most ten modules by way of one another", function()
    local levels, chain = highest(graph_of_tree(true))
    assert.is_true(levels <= 10, chain)
  end)

  it("is found wrong when it is", function()
    assert.same({ "sms.api.types (api) requires sms.call (call)" }, breaches { ["sms.api.types"] = { "sms.call", "sms.json" } })
    assert.same({ "sms.websms (adapters) requires sms.call.rate (call)" }, breaches { ["sms.websms"] = { "sms.call.rate" } })
    assert.same({ "sms.sandbox.state (sandbox) requires sms.task (task)" }, breaches { ["sms.sandbox.state"] = { "sms.task" } })
    assert.same({ "a > b > c > a" }, circles { a = { "b" }, b = { "c" }, c = { "a", "d" } })
    assert.same({ 3, "a > b > d" }, { highest { a = { "c", "b" }, b = { "d", "sms.core" }, c = {}, d = {} } })
    assert.same({ "call", "values" }, graph_of_layers({ ["sms.client"] = { "sms.call", "sms.json", "sms.message", "sms.core" } }).message)
    assert.same({ "sms.x" }, required('local x = require "sms.x"\n  require("sms.y").z()', true))
    assert.same({ "sms.x", "sms.y" }, required 'local x = require "sms.x"\n  require("sms.y").z()\n-- require "sms.no"')
  end)
end)
