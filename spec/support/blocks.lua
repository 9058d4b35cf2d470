-- SPDX-License-Identifier: MIT
-- Runs the Lua blocks of a document, each in an environment of its own: `lua5.4 blocks.lua DOCUMENT`, in an empty folder. The
-- providers are the in-process sandbox, or one that the text itself has started;
-- names that a text takes for granted (`client`, `rows`, …) are there. A line
-- `expression --> values` must give these values. Prints a line for each block that fails, and at the end how many ran.

local credentials = require "spec.support.credentials"
local sandbox = require "sms.sandbox"
local sms = require "sms"

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

-- `sms` with providers that take the sandbox's credentials, whatever the text writes, and go nowhere else.
local function stand_in(provider)
  local out = setmetatable({}, { __index = sms })
  for name, own in pairs(credentials) do
    out[name] = function(options)
      if tostring(options.base_url):find("^http://127%.0%.0%.1:%d+/") then return sms[name](options) end
      local given = {}
      for key, value in pairs(options) do given[key] = value end
      for key, value in pairs(own) do given[key] = value end
      given.transport = given.transport or provider:transport(name)
      return sms[name](given)
    end
  end
  out.from_env = function(name, options) return out[name](options or {}) end
  out.secret = setmetatable({ file = function() return sms.secret.file "secret" end }, { __index = sms.secret })
  return out
end

local function environment(said)
  local provider = sandbox.new()
  local face = stand_in(provider)
  local env = { sms = face, token = "sandbox-token", number = "+27825550100", row = { name = "Thandi" } }
  env.client = face.zoomconnect {}
  env.mw = face.messagewhiz {}
  env.group = face.failover { env.client, env.mw }
  env.message = { to = "+27825550100", text = "Hello" }
  env.messages = { { to = "+27825550100", text = "Hello" } }
  env.rows = { { to = "+27825550100", text = "Hello" }, { to = "+27825550101", text = "Hello" } }
  env.save = function(given) said[#said + 1] = tostring(given.outcome) end
  env.print = function(...) said[#said + 1] = tostring((...)) end
  env.require = function(name) return name == "sms" and face or require(name) end
  env.os = setmetatable({ exit = function(code) error("the text ends with status " .. tostring(code)) end,
    getenv = function(name) return "value of " .. name end }, { __index = os })
  return setmetatable(env, { __index = _G })
end

-- Busted's words, so that a spec in a document runs.
local function busted_words(env)
  env.assert = require "luassert"
  env.describe = function(_, body)
    local last = function() end
    env.setup, env.it = function(action) action() end, function(_, action) action() end
    env.teardown = function(action) last = action end
    local ok, problem = pcall(body)
    last()
    if not ok then error(problem, 0) end
  end
  return env
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do if not same(value, b[key]) then return false end end
  for key in pairs(b) do if a[key] == nil then return false end end
  return true
end

-- `expression --> values`, the values on the same line or the next.
local function check_values(block, env)
  for expression, values in block:gsub("\n%-%->", " -->"):gmatch("([^\n]-)%s*%-%-> ([^\n]*)") do
    local got, wanted = table.pack(assert(load("return " .. expression, expression, "t", env))()),
      table.pack(assert(load("return " .. values, values, "t", env))())
    for i = 1, math.max(got.n, wanted.n) do
      if not same(got[i], wanted[i]) then error(("%s gives %s, not %s"):format(expression, tostring(got[i]), tostring(wanted[i]))) end
    end
  end
end

local file <close> = assert(io.open(arg[1]))
local text, count = file:read("a"), 0
write("guests.csv", "phone_number,first_name\n6591234567,Ada\n")
write("secret", "sandbox-token\n")
for block in text:gmatch("\n```lua\n(.-)\n```") do
  count = count + 1
  local env = environment {}
  if block:find("\ndescribe(", 1, true) then busted_words(env) end
  local ok, problem = pcall(function()
    assert(load(block, "=block " .. count, "t", env))()
    check_values(block, env)
  end)
  if not ok then print(("block %d: %s"):format(count, tostring(problem))) end
end
print(count .. " blocks")
