-- SPDX-License-Identifier: MIT
-- The face of the library: `local sms = require "sms"`, then `sms.messagewhiz { apikey = … }`. Parts load when first used.

local version = require "sms.version"

local sms = {
  _VERSION = "lua-sms " .. version,
  version = version,
  --- Names of the providers there are.
  providers = { "messagewhiz", "websms", "zipwhip", "zoomconnect" },
}

local bound = {}

local function provider(name)
  local client = require "sms.client"
  if not bound[name] then bound[name] = client.bind(require("sms." .. name)) end
  return function(options)
    local made = client.new(bound[name], options, 2) -- not a tail call: the level counts this frame
    return made
  end
end

local lazy = {
  error = function() return require "sms.error" end,
  --- `token = sms.secret.env "X"`, `token = sms.secret.file(path)`: where a secret is, for any option of a client.
  secret = function() return require "sms.secret" end,
  json = function() return require "sms.json" end,
  dates = function() return require "sms.dates" end,
  core = function() return require "sms.core" end,
  text = function() return require "sms.text" end,
  number = function() return require "sms.number" end,
  webhook = function() return require "sms.webhook" end,
  listener = function() return require "sms.listener" end,
  --- `sms.failover { a, b, strategy?, breaker? }`: several clients as one; see `lua/sms/failover.lua`.
  failover = function()
    local failover = require "sms.failover"
    return function(settings)
      local made = failover.new(settings, 2)
      return made
    end
  end,
  --- `sms.run(fn, …)`: runs a function as a task; inside, every client call yields instead of blocking.
  run = function() return require "sms.scheduler".run end,
  --- `sms.task(fn, …)`: starts a task; `task:wait()`, `task:cancel()`, `task:deadline(seconds)`.
  task = function() return require "sms.scheduler".task end,
  --- `for result, err in sms.parallel(n, items, fn) do`: n in flight, results in input order.
  parallel = function() return require "sms.parallel".each end,
  --- `sms.sleep(seconds)`: inside a task others go on meanwhile.
  sleep = function() return require "sms.scheduler".pause end,
  --- `sms.wrap(fn)`: `coroutine.wrap` for iterators that make client calls inside tasks.
  wrap = function() return require "sms.scheduler".wrap end,
  --- `sms.pool { max_connections = 8 }`: connections of one's own, for the option `pool`.
  pool = function() return require "sms.core".pool end,
  --- `sms.status(provider, kind, code)` → `{ code, name, text, state, final, retryable }`.
  status = function() return require "sms.core".status end,
}

for _, name in ipairs(sms.providers) do
  lazy[name] = function() return provider(name) end
end

return setmetatable(sms, {
  __index = function(self, key)
    local load = lazy[key]
    if not load then
      local naming, names = require "sms.naming", {}
      for name in pairs(lazy) do names[#names + 1] = name end
      table.sort(names)
      error(("sms has no '%s'%s; it has %s"):format(naming.shown(key), naming.guess(key, names), table.concat(names, ", ")), 2)
    end
    local value = load()
    rawset(self, key, value)
    return value
  end,
})
