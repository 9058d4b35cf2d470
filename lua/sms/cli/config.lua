-- SPDX-License-Identifier: MIT
-- `sms config`: lists, adds, selects and removes profiles. Secrets are prompted for, never given as arguments.

local core = require "sms.core"
local check = require "sms.check"
local output = require "sms.cli.output"
local profiles = require "sms.cli.profiles"
local secret = require "sms.secret"

local config = {}

local is_secret = profiles.is_secret

---------------------------------------------------------------- list

local function shown(name, value)
  if secret.is(value) then return tostring(value):gsub("^sms%.secret: the ", "") end
  if is_secret(name) then return "***" end
  if type(value) == "table" then return output.json(value) end
  return (tostring(value):gsub("(://[^/@:]*):[^/@]*@", "%1:***@"))
end

local function settings_of(profile)
  local out = {}
  for _, name in ipairs(check.names(profile)) do
    if name ~= "provider" then out[#out + 1] = ("%s=%s"):format(name, (shown(name, profile[name]))) end
  end
  return out
end

local function as_json(name, profile, is_default)
  local settings = {}
  for option, value in pairs(profile) do
    local is_open = not secret.is(value) and not is_secret(option)
    if option ~= "provider" then settings[option] = is_open and type(value) ~= "string" and value or (shown(option, value)) end
  end
  return { name = name, provider = profile.provider, default = is_default, settings = settings }
end

--- `sms config list`.
---@param options table
---@return integer status  1 when a profile can't be used
function config.list(options)
  local default, cells, status = profiles.default(), {}, 0
  for _, name in ipairs(profiles.names()) do
    local profile, problem = profiles.read(name)
    if profile then
      if options.json then output.print_json(as_json(name, profile, name == default), { "name", "provider", "default" }) end
      cells[#cells + 1] = { name == default and "*" or "-", name, profile.provider, table.concat(settings_of(profile), " ") }
    else
      output.complain(problem)
      status = 1
    end
  end
  if not options.json then output.rows(cells) end
  return status
end

---------------------------------------------------------------- add

-- Reads one line of standard input; a terminal doesn't echo it.
local function ask_secret(name)
  local terminal = output.is_terminal(0)
  if not terminal then return (io.stdin:read "l") end
  io.stderr:write(name, ": ")
  local echo <close> = setmetatable({}, { __close = function()
    os.execute "stty echo"
    io.stderr:write "\n"
  end })
  os.execute "stty -echo"
  return io.stdin:read "l", echo
end

local function literal(text)
  return (("%q"):format(text):gsub("\\\n", "\\n"))
end

-- Parses the value of `--set`: true, false and numbers are converted, {…} and […] are JSON; phone numbers stay strings.
local function value_of(name, text, kind)
  if kind and kind:find "^string%??$" or kind == nil and is_secret(name) then return text end
  if text:find "^[%[{]" then
    local ok, value = pcall(require("sms.json").decode, text)
    if ok and value then return value end
    output.stop(2, ("--set %s: not JSON"):format(name))
  end
  if text == "true" or text == "false" then return text == "true" end
  return math.tointeger(tonumber(text)) or tonumber(text) or text
end

local function written(value)
  if type(value) == "string" then return literal(value) end
  if type(value) ~= "table" then return tostring(value) end
  local out = {}
  for _, item in ipairs(value) do out[#out + 1] = written(item) end
  for _, name in ipairs(check.names(value)) do out[#out + 1] = ("[%s] = %s"):format(literal(name), written(value[name])) end
  return "{ " .. table.concat(out, ", ") .. " }"
end

-- The options that a provider's profile may have: name → type.
local function known_options(provider)
  local out = {}
  for name, kind in pairs(require("sms.client").options) do out[name] = kind end
  for name, kind in pairs(require("sms." .. provider).options) do out[name] = kind end
  for name, kind in pairs(profiles.OWN) do out[name] = kind end
  out.provider, out.on_event, out.pool, out.transport = nil, nil, nil, nil
  return out
end

local function check_name(known, name)
  if known[name] then return end
  output.stop(2, check.unknown("option", name, check.names(known)))
end

-- The settings from the command line as entries of the profile: name → Lua source.
local function entries_of(options, known)
  local entries = {}
  for _, item in ipairs(options.set) do
    check_name(known, item.name)
    if is_secret(item.name) or item.value:find "://[^/@]*:[^/@]*@" then
      local words = "'%s' is a secret; secrets are not allowed as arguments: omit it to be prompted, or give --secret-file or --secret-env"
      output.stop(2, words:format(item.name))
    end
    entries[item.name] = written(value_of(item.name, item.value, known[item.name]))
  end
  for how, list in pairs { file = options.secret_file, env = options.secret_env } do
    for _, item in ipairs(list) do
      check_name(known, item.name)
      entries[item.name] = ("%s %s"):format(how, literal(item.value))
    end
  end
  return entries
end

-- The credentials that an account lacks, from the error of a client made without them: of the alternatives, the one that is partly
-- given, else the first.
local function missing_of(provider, entries)
  local own, given = require("sms." .. provider).options, {}
  for name in pairs(entries) do
    if own[name] and own[name]:find "^string" then given[name] = "given" end
  end
  local ok, problem = pcall(require("sms")[provider], given)
  if ok then return {} end
  local best, most = {}, -1
  for alternative in (output.words(problem) .. " or "):gmatch "(.-) or " do
    local missing, begun = {}, 0
    for name in alternative:gmatch "'([%w_]+)'" do
      if entries[name] then begun = begun + 1 elseif own[name] then missing[#missing + 1] = name end
    end
    if begun > most and missing[1] then best, most = missing, begun end
  end
  return best
end

-- Prompts for missing credentials; secrets go into separate files, the rest into the profile.
local function ask_missing(options, entries)
  local files = {}
  for _, name in ipairs(missing_of(options.provider, entries)) do
    local hidden = is_secret(name)
    local text
    if hidden then
      text = ask_secret(name)
    else
      if output.is_terminal(0) then io.stderr:write(name, ": ") end
      text = io.stdin:read "l"
    end
    text = text and text:gsub("\r$", "")
    if not text or text == "" then
      local others = hidden and ", --secret-file or --secret-env" or ", or --set"
      output.stop(2, ("'%s' is missing: one line of standard input%s"):format(name, others))
    end
    if text:find "[\0-\31\127]" then output.stop(2, ("'%s' contains a control character"):format(name)) end
    local file = ("%s.%s"):format(options.name, name)
    if hidden then files[file], entries[name] = text, "file " .. literal(file) else entries[name] = literal(text) end
  end
  return files
end

local function profile_text(provider, entries)
  local out = { ("return {\n  provider = %s,\n"):format(literal(provider)) }
  for _, name in ipairs(check.names(entries)) do out[#out + 1] = ("  %s = %s,\n"):format(name, entries[name]) end
  return table.concat(out) .. "}\n"
end

local function exists(name)
  local file = io.open(profiles.path(name), "r")
  if file then file:close() end
  return file ~= nil
end

--- `sms config add`.
---@param options table
---@return integer status
function config.add(options)
  if exists(options.name) and not options.replace then
    output.stop(2, ("profile '%s' exists; give --replace to replace it"):format(options.name))
  end
  local entries = entries_of(options, known_options(options.provider))
  local files = ask_missing(options, entries)
  profiles.make_folders()
  for name, text in pairs(files) do profiles.write(("%s/profiles/%s"):format(profiles.folder(), name), text .. "\n") end
  profiles.write(profiles.path(options.name), profile_text(options.provider, entries))
  if not profiles.default() then profiles.write(profiles.folder() .. "/default", options.name .. "\n") end
  output.complain("wrote ", profiles.path(options.name))
  return 0
end

---------------------------------------------------------------- use, remove, path

local function need(name)
  local profile, problem = profiles.read(name)
  if not profile then output.stop(2, problem) end
end

--- `sms config use`.
---@param options table
---@return integer status
function config.use(options)
  need(options.name)
  profiles.write(profiles.folder() .. "/default", options.name .. "\n")
  return 0
end

--- `sms config remove`: removes the profile, its secret files, and the default if it was this profile.
---@param options table
---@return integer status
function config.remove(options)
  local path = profiles.path(options.name)
  if not exists(options.name) then need(options.name) end
  local text = core.secret_file(path) or ""
  local ok, problem = os.remove(path)
  if not ok then output.stop(1, problem) end
  for file in text:gmatch 'file "([^"/]+)"' do
    if file:sub(1, #options.name + 1) == options.name .. "." then os.remove(("%s/profiles/%s"):format(profiles.folder(), file)) end
  end
  if profiles.default() == options.name then os.remove(profiles.folder() .. "/default") end
  return 0
end

--- `sms config path`.
---@return integer status
function config.path()
  output.say(profiles.folder())
  return 0
end

return config
