-- SPDX-License-Identifier: MIT
-- Profiles: named accounts. Each is a file `profiles/NAME.lua` with one Lua table, read as data, in a folder that only its owner can read.
-- Secrets are in separate files or environment variables and are never printed.

local core = require "sms.core"
local output = require "sms.cli.output"
local secret = require "sms.secret"

local profiles = {}

--- Settings of a profile that belong to the command line; all others are options of the client.
profiles.OWN = { confirm_over = "integer", provider = "string" }

-- Maximum instructions for evaluating a profile; anything longer is a program.
local MAX_STEPS = 100000

--- Whether an option of a client holds a secret, by its name.
---@param name string
---@return boolean
function profiles.is_secret(name)
  local letters = name:lower():gsub("[_-]", "")
  for _, word in ipairs { "token", "password", "secret", "session", "key$" } do
    if letters:find(word) then return true end
  end
  return false
end

--- Quotes a word for the shell.
---@param text string
---@return string
function profiles.quoted(text)
  if text:find "^[%w_./:=@%%+-]+$" then return text end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local quoted = profiles.quoted

local function variable(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

--- The folder of the profiles.
---@return string
function profiles.folder()
  local folder = variable "LUA_SMS_CONFIG"
  if folder then return (folder:gsub("(.)/+$", "%1")) end
  local home = variable "XDG_CONFIG_HOME" or variable "HOME" and variable "HOME" .. "/.config"
  if not home then output.stop(2, "no folder for profiles: set LUA_SMS_CONFIG or HOME") end
  return home .. "/lua-sms"
end

--- The file of a profile.
---@param name string
---@return string
function profiles.path(name)
  return ("%s/profiles/%s.lua"):format(profiles.folder(), name)
end

local function lines_of(command)
  local pipe, out = assert(io.popen(command)), {}
  for line in pipe:lines() do out[#out + 1] = line end
  pipe:close()
  return out
end

--- The names of all profiles, in order.
---@return string[]
function profiles.names()
  local out = {}
  for _, line in ipairs(lines_of(("ls -1 %s 2>/dev/null"):format(quoted(profiles.folder() .. "/profiles/")))) do
    out[#out + 1] = line:match "^([%w_][%w_.-]*)%.lua$"
  end
  table.sort(out)
  return out
end

-- Reports a path that others can access, with the command that fixes it; nil otherwise. The mode comes from `ls -l` (POSIX).
local function exposed(path, mode)
  local listed = lines_of(("ls -ld %s 2>/dev/null"):format(quoted(path)))[1]
  local rights = listed and listed:match "^.......(...)" and listed:sub(5, 10)
  if not rights or rights == "------" then return nil end
  return ("%s: users other than its owner have access; chmod %s %s"):format(path, mode, quoted(path))
end

--- Reports wrong modes of the folders: a message, or nil.
---@return string?
function profiles.exposed()
  return exposed(profiles.folder(), "700") or exposed(profiles.folder() .. "/profiles", "700")
end

---------------------------------------------------------------- reading

-- Contents of a file that only its owner can read; nil and a message otherwise; nil alone if there is no file.
local function read_private(path)
  local text, why = core.secret_file(path)
  if text then return text end
  if why:find "have access" then return nil, ("%s: %s; chmod 600 %s"):format(path, why:match "^(.-);" or why, quoted(path)) end
  if why:find "No such file" then return nil end
  return nil, ("%s: %s"):format(path, why)
end

-- Evaluates Lua source that can only be data: no functions are available, and loops are cut off.
local function evaluate(text, path, words)
  local chunk, problem = load(text, "=" .. path, "t", words)
  if not chunk then return nil, problem:find(path, 1, true) and problem or ("%s: %s"):format(path, problem) end
  local co = coroutine.create(chunk)
  debug.sethook(co, function() error("it runs too long; a profile must be one table", 0) end, "", MAX_STEPS)
  local ok, value = coroutine.resume(co)
  if not ok then return nil, ("%s: %s"):format(path, (tostring(value):gsub("^" .. path:gsub("%p", "%%%0") .. ":", "line "))) end
  if coroutine.status(co) ~= "dead" or type(value) ~= "table" then return nil, path .. ": it must return one table" end
  return value
end

local function reference(make, folder)
  return function(name)
    if type(name) == "string" and folder and name:sub(1, 1) ~= "/" then name = folder .. "/" .. name end
    local ok, made = pcall(make, name)
    if ok then return made end
    error(output.words(made), 0)
  end
end

local function wrong_option(profile)
  for name, kind in pairs(profiles.OWN) do
    local value = profile[name]
    if value ~= nil and (math.type(value) or type(value)) ~= kind then
      return ("'%s' must be %s %s"):format(name, kind == "integer" and "an" or "a", kind)
    end
  end
  if profile.provider == nil then return "'provider' is missing" end
end

--- Reads a profile.
---@param name string
---@return table? profile  secrets as references of `sms.secret`
---@return string? problem
function profiles.read(name)
  local problem = profiles.exposed()
  if problem then return nil, problem end
  local path = profiles.path(name)
  local text
  text, problem = read_private(path)
  if not text then
    if problem then return nil, problem end
    local guess = require("sms.check").guess(name, profiles.names(), ";")
    return nil, ("there is no profile '%s'%s (sms config list)"):format(require("sms.check").shown(name), guess)
  end
  local profile
  profile, problem = evaluate(text, path, { env = reference(secret.env), file = reference(secret.file, path:match "^(.*)/") })
  if not profile then return nil, problem end
  problem = wrong_option(profile)
  if problem then return nil, ("%s: %s"):format(path, problem) end
  return profile
end

--- The name of the default profile, if there is one.
---@return string?
function profiles.default()
  local file = io.open(profiles.folder() .. "/default", "r")
  if not file then return nil end
  local name = file:read "l"
  file:close()
  return name and name:match "^%s*(%S+)"
end

---------------------------------------------------------------- writing

local function run_shell(command)
  return (os.execute(command .. " 2>/dev/null")) == true
end

--- Creates the folders, accessible to their owner only.
function profiles.make_folders()
  local folder = profiles.folder()
  local inner = quoted(folder .. "/profiles")
  if not run_shell(("umask 077; test -d %s || mkdir -p %s"):format(inner, inner)) then
    output.stop(2, ("cannot make the folder %s/profiles"):format(folder))
  end
  local problem = profiles.exposed()
  if problem then output.stop(2, problem) end
end

--- Replaces a file atomically, with mode 0600 whatever the umask.
---@param path string
---@param text string
function profiles.write(path, text)
  local new = quoted(("%s.%s"):format(path, core.reference()))
  local pipe = assert(io.popen(("umask 077; set -C; { cat > %s && mv -f %s %s; } 2>/dev/null || { rm -f %s; exit 1; }"):format(
    new, new, quoted(path), new), "w"))
  local written = pipe:write(text)
  if not (pipe:close() and written) then output.stop(1, "cannot write " .. path) end
end

return profiles
