-- SPDX-License-Identifier: MIT
-- Entry point of the library: `local sms = require "sms"`, then `sms.messagewhiz { apikey = … }`. Parts load when first used.
-- `pairs(sms)` lists every public name and loads nothing; `sms.has(name)` tells whether there is one, `rawget(sms, name)` whether it is
-- loaded.

local providers = require "sms.providers"
local version = require "sms.version"

local sms = {
  _VERSION = "lua-sms " .. version,
  version = version,
  --- Names of the providers.
  providers = providers,
}

local bound = {}

local function bind(name)
  bound[name] = bound[name] or require "sms.client".bind(require("sms." .. name))
  return bound[name]
end

local function provider(name)
  local facts = bind(name)
  return function(options)
    local made = require "sms.client".new(facts, options, 2) -- not a tail call: the level counts this frame
    return made
  end
end

-- The options that a provider's environment variables give: `<PROVIDER>_<OPTION>` for each of the provider's own, `<PROVIDER>_URL` for
-- `base_url`. An empty variable counts as unset.
local function environment(name)
  local upper = require "sms.core".upper
  local options, prefix = {}, upper(name) .. "_"
  for option, kind in pairs(require("sms." .. name).options) do
    local text = os.getenv(prefix .. upper(option))
    if text and text ~= "" then options[option] = kind:find("integer") and math.tointeger(tonumber(text)) or text end
  end
  local url = os.getenv(prefix .. "URL")
  options.base_url = url ~= "" and url or nil
  return options
end

--- `sms.from_env("zoomconnect", options?)`: a client whose credentials come from the environment, e.g. `ZOOMCONNECT_EMAIL` and
--- `ZOOMCONNECT_TOKEN`. Given options take precedence. Raises an error that names missing credentials.
---@param name string  of the provider
---@param options? sms.Options
---@return sms.Client
local function from_env(name, options)
  local check = require "sms.check"
  if not require "sms.check".holds(providers, name) then
    local words = "sms.from_env: unknown provider '%s'%s; valid providers: %s"
    error(words:format(check.shown(name), check.guess(name, providers), table.concat(providers, ", ")), 2)
  end
  if options ~= nil and type(options) ~= "table" then error("sms.from_env: options must be a table, got a " .. type(options), 2) end
  local all = environment(name)
  for option, value in pairs(options or {}) do all[option] = value end
  local ok, made = pcall(require "sms.client".new, bind(name), all, 2)
  if ok then return made end
  error(("%s (from the environment: %s_…)"):format(tostring(made):gsub("^[^ ]-:%d+: ", ""), require "sms.core".upper(name)), 2)
end

local lazy = {
  from_env = function() return from_env end,
  error = function() return require "sms.error" end,
  --- `token = sms.secret.env "X"`, `token = sms.secret.file(path)`: references to secrets, for any option of a client.
  secret = function() return require "sms.secret" end,
  json = function() return require "sms.json" end,
  dates = function() return require "sms.dates" end,
  core = function() return require "sms.core" end,
  text = function() return require "sms.text" end,
  number = function() return require "sms.number" end,
  --- `sms.names.of(code_point)`: the Unicode name of a character.
  names = function() return require "sms.text.names" end,
  webhook = function() return require "sms.webhook" end,
  listener = function() return require "sms.listener" end,
  --- `transport = sms.cassette(path, options?)`: records exchanges in a file, or replays them; see `lua/sms/cassette.lua`.
  cassette = function() return require "sms.cassette".new end,
  --- `sms.log.to(logger)` and `sms.metrics.new()`: for the option `on_event`.
  log = function() return require "sms.log" end,
  metrics = function() return require "sms.metrics" end,
  --- `sms.rows(path | file, options?)`: reads and checks recipients from CSV or JSON lines; see `lua/sms/rows.lua`.
  rows = function() return require "sms.rows".open end,
  --- `sms.failover { a, b, strategy?, breaker? }`: several clients as one; see `lua/sms/failover.lua`.
  failover = function()
    local failover = require "sms.failover"
    return function(settings)
      local made = failover.new(settings, 2)
      return made
    end
  end,
  --- `sms.outbox.open(address)`: durable, resumable sending; see docs/outbox.md. A separate rock, which needs LuaDBI.
  outbox = function()
    if not package.searchpath("sms.outbox", package.path) and not package.preload["sms.outbox"] then
      error("sms.outbox is not installed. LuaRocks: luarocks install lua-sms-outbox; it needs LuaDBI (Debian: lua-dbi-sqlite3 or "
        .. "lua-dbi-postgresql)", 3)
    end
    return require "sms.outbox"
  end,
  --- `sms.run(fn, …)`: runs a function as a task; inside, every client call yields instead of blocking.
  run = function() return require "sms.task".run end,
  --- `sms.task(fn, …)`: starts a task; `task:wait()`, `task:cancel()`, `task:deadline(seconds)`.
  task = function() return require "sms.task".task end,
  --- `for result, err in sms.parallel(n, items, fn) do`: n in flight, results in input order.
  parallel = function() return require "sms.task.parallel".each end,
  --- `sms.sleep(seconds)`: inside a task, the others continue.
  sleep = function() return require "sms.task".pause end,
  --- `sms.wrap(fn)`: `coroutine.wrap` for iterators that make client calls inside tasks.
  wrap = function() return require "sms.task".wrap end,
  --- `sms.pool { max_connections = 8, max_total = 32 }`: separate connections, for the option `pool`; maximum to one host (16)
  --- and in all (64, or `max_connections` if larger); 0: no limit. A call waits for a free connection within its timeout.
  pool = function() return require "sms.core".pool end,
  --- `sms.status(provider, kind, code)` → `{ code, name, text, state, final, provider_retry }`.
  status = function() return require "sms.core".status end,
}

for _, name in ipairs(providers) do
  lazy[name] = function() return provider(name) end
end

--- Whether `sms` has a part of that name. Loads nothing and raises no error, while `sms.name` does for an unknown name: `if
--- sms.has "outbox" then`. `rawget(sms, name)` is the part if it is loaded already; `pairs(sms)` lists all names.
---@param name any
---@return boolean
function sms.has(name)
  return name ~= nil and (lazy[name] or rawget(sms, name)) ~= nil
end

-- Every public name, in order.
local function names_of()
  local out = {}
  for name in pairs(lazy) do out[#out + 1] = name end
  for name in next, sms do
    if not lazy[name] then out[#out + 1] = name end
  end
  table.sort(out)
  return out
end

return setmetatable(sms, {
  __index = function(self, key)
    local load = lazy[key]
    if not load then
      local check, names = require "sms.check", names_of()
      error(("sms has no '%s'%s; it has %s"):format(check.shown(key), check.guess(key, names), table.concat(names, ", ")), 2)
    end
    local value = load()
    rawset(self, key, value)
    return value
  end,
  -- Name and value of each part, in the names' order; false for one that is not loaded yet.
  __pairs = function(self)
    local names, at = names_of(), 0
    return function()
      at = at + 1
      local name = names[at]
      if name then return name, rawget(self, name) or false end
    end
  end,
})
