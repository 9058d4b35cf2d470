-- SPDX-License-Identifier: MIT
-- The command line as a person has it: `sms` on the path, a folder to work in, accounts at a sandbox, nothing of the user's own.

local server = require "sms.sandbox.server"

local cli = {}
cli.__index = cli

local function pwd()
  local pipe <close> = assert(io.popen "pwd")
  return pipe:read "l"
end

local ROOT = pwd()

-- Module paths that hold from any folder.
local function absolute(path)
  return (path:gsub("[^;]+", function(entry) return entry:sub(1, 1) == "/" and entry or ROOT .. "/" .. entry:gsub("^%./", "") end))
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

--- Text of a file in the folder.
function cli:read(name)
  return read(self.folder .. "/" .. name)
end

--- Writes a file in the folder.
function cli:write(name, text)
  local file <close> = assert(io.open(self.folder .. "/" .. name, "wb"))
  assert(file:write(text))
end

-- What the environment of every command holds.
local function exports(self)
  local out = {
    PATH = ROOT .. "/bin:" .. os.getenv "PATH", HOME = self.folder, LANG = "C.UTF-8", LUA_SMS_CONFIG = self.folder .. "/config",
    LUA_PATH = absolute(package.path), LUA_CPATH = absolute(package.cpath), LUA = os.getenv "LUA" or "lua5.4",
  }
  for name, value in pairs(self.env) do out[name] = value or nil end
  return out
end

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end
cli.quoted = quoted

--- A command line of the shell that runs with this environment, in the folder.
function cli:wrapped(line)
  local words = { "cd " .. quoted(self.folder) .. " && exec env -i" }
  for name, value in pairs(exports(self)) do words[#words + 1] = name .. "=" .. quoted(value) end
  words[#words + 1] = "sh -c " .. quoted(line)
  return table.concat(words, " ")
end

--- Runs a line of the shell: its standard output, its standard error, its exit status.
---@param line string
---@param input? string  standard input; none is empty
---@return string out, string err, integer status
function cli:run(line, input)
  local base = self.folder .. "/.io"
  local file <close> = assert(io.open(base .. "in", "wb"))
  file:write(input or "")
  file:close()
  local _, how, status = os.execute(("{ %s; } <%sin >%sout 2>%serr"):format(self:wrapped(line), base, base, base))
  if how == "signal" then status = 128 + status end
  return read(base .. "out"), read(base .. "err"), status
end

--- An environment of its own, without accounts.
---@return table
function cli.new()
  local pipe <close> = assert(io.popen "mktemp -d /tmp/sms-cli-XXXXXX")
  return setmetatable({ folder = pipe:read "l", env = {} }, cli)
end

--- The credentials that the sandbox takes, as variables.
---@param url string  of the sandbox
---@return table<string, string>
function cli.accounts(url)
  return {
    MESSAGEWHIZ_APIKEY = "sandbox-key", MESSAGEWHIZ_URL = url .. "/messagewhiz",
    WEBSMS_TOKEN = "sandbox-token", WEBSMS_URL = url .. "/websms",
    ZIPWHIP_USERNAME = "2065550100", ZIPWHIP_PASSWORD = "sandbox-password", ZIPWHIP_URL = url .. "/zipwhip",
    ZOOMCONNECT_EMAIL = "sandbox@example.org", ZOOMCONNECT_TOKEN = "sandbox-token", ZOOMCONNECT_URL = url .. "/zoomconnect",
  }
end

--- An environment with a sandbox: the providers' variables, and the profile `house` of ZoomConnect as the default.
---@param delivery? number  seconds until a text has its final state
---@return table  also `url`
function cli.with_sandbox(delivery)
  local self = cli.new()
  self.sandbox = assert(server.spawn { seconds = 300, delivery = delivery })
  self.url = self.sandbox.url
  for name, value in pairs(cli.accounts(self.url)) do self.env[name] = value end
  self.env.LUA_SMS_SANDBOX = self.url
  local _, err, status = self:run(("sms config add house --provider zoomconnect --set email=sandbox@example.org --set region=ZA "
    .. "--set base_url=%s/zoomconnect"):format(self.url), "sandbox-token\n")
  assert(status == 0, err)
  return self
end

--- Texts that the sandbox took.
---@return table[]
function cli:inbox()
  return assert(require("sms.json").decode((self:run(("curl -s %s/_sandbox/inbox"):format(self.url)))))
end

function cli:close()
  if self.sandbox then self.sandbox.stop() end
  os.execute("rm -rf " .. quoted(self.folder))
end

cli.__close = cli.close

return cli
