-- SPDX-License-Identifier: MIT
-- Checks the options of the outbox's functions.

local check = require "sms.check"
local number = require "sms.number"
local render = require "sms.outbox.render"

local options = {}

-- The options of each function: a Lua type, or a list of allowed values.
local TYPES = {
  open = { durability = { "full", "process" }, on_event = "function" },
  plan = {
    text = "string", from = "string", route = "string", region = "string", priority = "integer", quiet = "table", expires = "number",
    caps = "table", price = "number", at = "number", message = "table", template = "boolean", empty = { "allow", "refuse" },
    max_segments = "integer", only = "table", client = "table", extend = "boolean",
  },
  apply = { confirm = "integer", missing = { "refuse", "skip" } },
  work = {
    routes = "table", runs = "table", in_flight = "integer", batch = "integer", bulk = "integer", lease = "number", tries = "integer",
    patience = "number", drain = "boolean", wait_paused = "boolean", on_progress = "function", signals = "boolean", handle = "function",
  },
  put = {
    key = "string", to = "string", text = "string", from = "string", route = "string", region = "string", expires = "number", at = "number",
    vars = "table", priority = "integer", message = "table", price = "number", template = "boolean", empty = { "allow", "refuse" },
    max_segments = "integer",
  },
  limit = {
    per_second = "number", burst = "number", messages = "integer", segments = "integer", cost = "number", messages_per_day = "integer",
    segments_per_day = "integer", cost_per_day = "number",
  },
  hold = { run = "string", route = "string", reason = "string" },
  caps = { messages = "integer", segments = "integer", cost = "number" },
  cancel = { run = "string", keys = "table" },
  move = { run = "string", keys = "table", at = "number" },
  retry = { run = "string", state = { "not_sent", "unknown" }, reason = "string", accept_duplicates = "integer" },
  reconcile = { run = "string", routes = "table", settle = "number", lease = "number" },
  adopt = { lost = "number" }, pace = { backoff = "number", poll = "number" },
  age = { older = "number" },
  rows = {
    run = "string", reason = "string", after = "integer", format = { "csv", "jsonl" },
    state = { "ready", "sending", "accepted", "not_sent", "unknown", "cancelled" },
  },
  optout = { reason = "string", sender = "string" },
}

--- Options by function: name → Lua type, or a list of allowed values.
---@type table<string, table<string, string|string[]>>
options.types = TYPES

local function is_of(value, wanted)
  if type(wanted) == "table" then return check.holds(wanted, value) end
  if wanted == "integer" then return math.type(value) == "integer" end
  if wanted == "function" then return check.callable(value) end
  if wanted == "number" then return type(value) == "number" and value == value and math.abs(value) < math.huge end
  return type(value) == wanted
end

local function described(wanted)
  if type(wanted) == "table" then return "one of '" .. table.concat(wanted, "', '") .. "'" end
  return (wanted == "integer" and "an " or "a ") .. wanted
end

local function shown(value)
  if type(value) == "string" then return "'" .. check.shown(value) .. "'" end
  return type(value) == "number" and tostring(value) or "a " .. type(value)
end

-- Inclusive and exclusive lower bounds of numbers.
local LEAST = {
  price = 0, max_segments = 1, messages = 0, segments = 0, cost = 0, messages_per_day = 0, segments_per_day = 0, cost_per_day = 0,
  in_flight = 1, batch = 1, bulk = 1, tries = 1, patience = 0, settle = 0, lost = 0,
}
local ABOVE = { per_second = 0, burst = 0, expires = 0 }

-- Checks of values that have the right type.
local WORDS = {
  at = render.moment_problem,
  region = function(region)
    local _, words = number.region_name(region)
    return words and (words:gsub("^region ", ""))
  end,
  expires = function(seconds)
    return seconds > render.LAST and "must be seconds from now, or a time in seconds since 1970" or nil
  end,
  priority = function(priority) return (priority < 1 or priority > 9) and "must be 1 (first) to 9" or nil end,
  keys = function(keys)
    for key, value in pairs(keys) do
      if math.type(key) ~= "integer" or type(value) ~= "string" and not math.type(value) then return "must be a list of keys" end
    end
  end,
  message = function(message)
    local good, words = pcall(render.canonical, message)
    return not good and words or nil
  end,
}

-- What is wrong with a value of the right type, or nil.
local function misuse(option, value)
  if LEAST[option] and value < LEAST[option] then return "must be at least " .. LEAST[option] end
  if ABOVE[option] and value <= ABOVE[option] then return "must be above " .. ABOVE[option] end
  return WORDS[option] and WORDS[option](value)
end

--- All mistakes in the options of a function.
---@param given table
---@param kind string      of `TYPES`
---@param needed string[]?
---@return string? problem
function options.problem(given, kind, needed)
  local types, problems = TYPES[kind], {}
  local names = check.names(types)
  for option in pairs(given) do
    if not types[option] then problems[#problems + 1] = check.unknown("option", option, names) end
  end
  for _, option in ipairs(names) do
    local value = given[option]
    local wrong = value ~= nil and not is_of(value, types[option])
    local words = wrong and ("must be %s, got %s"):format(described(types[option]), shown(value)) or value ~= nil and misuse(option, value)
    if words then problems[#problems + 1] = ("option '%s' %s"):format(option, words) end
  end
  for _, option in ipairs(needed or {}) do
    if given[option] == nil then problems[#problems + 1] = ("option '%s' is missing"):format(option) end
  end
  return problems[1] and table.concat(problems, "; ")
end

--- Raises one error for all mistakes in the options, at the line of the script (three frames up).
---@param name string      of the function
---@param given table?
---@param kind string      of `TYPES`
---@param needed string[]?
---@return table given
function options.check(name, given, kind, needed)
  if given == nil then given = {} end
  if type(given) ~= "table" then error(("%s: options must be a table, got a %s"):format(name, type(given)), 4) end
  local problem = options.problem(given, kind, needed)
  if problem then error(name .. ": " .. problem, 4) end
  return given
end

return options
