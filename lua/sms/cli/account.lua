-- SPDX-License-Identifier: MIT
-- Selects the account of a command: the first of `--provider`, `--profile`, LUA_SMS_PROFILE, the default profile, and the only provider
-- whose environment variables are set.

local core = require "sms.core"
local output = require "sms.cli.output"
local sms = require "sms"

local account = {}

local function upper_names(provider)
  local out = {}
  for option in pairs(require("sms." .. provider).options) do out[#out + 1] = core.upper(provider .. "_" .. option) end
  table.sort(out)
  return out
end

local function has_variables(provider)
  for _, name in ipairs(upper_names(provider)) do
    local value = os.getenv(name)
    if value and value ~= "" then return true end
  end
  return false
end

local function by_environment(name, options)
  local ok, client = pcall(sms.from_env, name, options)
  if ok then return client end
  return nil, output.words(client):gsub("^sms%.", "")
end

-- Splits a profile into the command line's own settings and the client's options.
local function split(profile, more)
  local own, options = {}, {}
  local known = require("sms.cli.profiles").OWN
  for name, value in pairs(profile) do
    if known[name] then own[name] = value else options[name] = value end
  end
  for name, value in pairs(more) do options[name] = value end
  return own, options
end

-- The numbers that a profile allows, in E.164.
local function allowed(list, region, where)
  if not list then return nil end
  local out = {}
  for i, text in ipairs(list) do
    local found, problem = nil, "is not a string"
    if type(text) == "string" then found, problem = sms.number.e164(text, region) end
    if not found then output.stop(2, ("%s: only[%d]: '%s' %s"):format(where, i, tostring(text), problem)) end
    out[found] = true
  end
  return out
end

local function by_profile(name, more)
  local profiles = require "sms.cli.profiles"
  local profile, problem = profiles.read(name)
  if not profile then output.stop(2, problem) end
  local own, options = split(profile, more)
  local where = "profile " .. name
  if not sms.has(own.provider) or not account.is_provider(own.provider) then
    output.stop(2, ("%s: unknown provider '%s'%s"):format(where, require("sms.check").shown(own.provider),
      require("sms.check").guess(own.provider, sms.providers)))
  end
  local ok, client = pcall(sms[own.provider], options)
  if not ok then
    local words = output.words(client)
    local path = words:match "the file '(.-)' can't be used: its group"
    output.stop(2, ("%s: %s%s"):format(where, words, path and "; chmod 600 " .. profiles.quoted(path) or ""))
  end
  return { client = client, name = name, provider = own.provider, region = options.region,
    only = allowed(options.only, options.region, where), confirm_over = own.confirm_over }
end

--- Whether a provider of this name exists.
---@param name string
---@return boolean
function account.is_provider(name)
  for _, each in ipairs(sms.providers) do
    if each == name then return true end
  end
  return false
end

local NONE = "no account: give --provider NAME with its variables set, or --profile NAME, or make a profile the default (sms config add, "
  .. "sms config use)"

-- The account of the only provider whose variables are all set.
local function the_one(more)
  local found, names, trouble = nil, {}, nil
  for _, name in ipairs(sms.providers) do
    if has_variables(name) then
      local client, problem = by_environment(name, more)
      if client then
        found, names[#names + 1] = { client = client, provider = name }, name
      else
        trouble = trouble or problem
      end
    end
  end
  if #names == 1 then return found end
  if #names > 1 then output.stop(2, "the variables of several providers are set: " .. table.concat(names, ", ") .. "; give --provider") end
  output.stop(2, trouble and ("%s; %s"):format(NONE, trouble) or NONE)
end

--- The name of the profile that a command would use without `--provider`, or nil.
---@param options table
---@return string?
function account.profile_name(options)
  local named = options.profile or os.getenv "LUA_SMS_PROFILE"
  if named and named ~= "" then return named end
  return require("sms.cli.profiles").default()
end

--- Opens the account of a command. Exits with 2 if anything is missing or wrong.
---@param options { provider?: string, profile?: string, timeout?: number, region?: string }
---@return { client: table, provider: string, name: string?, region: string?, only: table<string, true>?, confirm_over: integer? }
function account.open(options)
  local more = { timeout = options.timeout, region = options.region, pool = options.pool }
  if options.provider then
    if options.profile then output.stop(2, "--provider and --profile can't be combined") end
    local client, problem = by_environment(options.provider, more)
    if not client then output.stop(2, problem) end
    return { client = client, provider = options.provider, region = options.region }
  end
  local name = account.profile_name(options)
  if not name then return the_one(more) end
  local checked, problem = require("sms.cli.values").name(name)
  if not checked then output.stop(2, "LUA_SMS_PROFILE: " .. problem) end
  return by_profile(name, more)
end

return account
