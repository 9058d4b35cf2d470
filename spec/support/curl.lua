-- SPDX-License-Identifier: MIT
-- curl as the other end of a server that lives in the spec's own process: started in the background, asked whether it has ended.

local httpd = require "sms.httpd"

local curl = {}
curl.__index = curl

--- A client with a folder of its own for what it sends and gets.
---@param patience integer  seconds after which curl gives up
function curl.new(patience)
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir " .. folder))
  return setmetatable({ folder = folder, patience = patience }, curl)
end

function curl:close()
  assert(os.execute("rm -rf " .. self.folder))
end

function curl:path(name)
  return self.folder .. "/" .. name
end

function curl:read(name)
  local file <close> = assert(io.open(self:path(name), "rb"))
  return file:read("a")
end

function curl:write(name, text)
  local file <close> = assert(io.open(self:path(name), "wb"))
  assert(file:write(text))
  return self:path(name)
end

--- Starts curl with these words of a shell, in which URL and DIR are replaced.
---@return fun(): string|nil, integer|nil ended  output and exit status, once there are any
function curl:start(arguments, url)
  os.remove(self:path("done"))
  arguments = arguments:gsub("URL", url):gsub("DIR", self.folder)
  local command = "cd %s && { curl -sS --max-time %d %s >out 2>err; echo $? >status; mv status done; } &"
  assert(os.execute(command:format(self.folder, self.patience, arguments)))
  return function()
    local file = io.open(self:path("done"))
    if not file then return nil end
    local status = file:read("n")
    file:close()
    return self:read("out"), status
  end
end

--- The URL of a server of `sms.httpd`.
function curl.url(server, scheme)
  return ("%s://127.0.0.1:%d"):format(scheme or "http", server:port())
end

--- Turns the server's loop, handing each request to `handle`, until curl has ended.
---@return string output, integer status
function curl:serve(server, arguments, handle, scheme)
  local ended = self:start(arguments, curl.url(server, scheme))
  local deadline = httpd.now() + self.patience
  while true do
    local request, message = server:next(0.01)
    assert(not message, message)
    if request then handle(request) end
    local output, status = ended()
    if status then return output, status end
    assert(httpd.now() < deadline, "curl did not end")
  end
end

--- Runs a script with the interpreter of this run, whichever that is; the shell command for it.
---@return string command
function curl.lua_command(script)
  local lowest = 0
  for index in pairs(arg) do lowest = math.min(lowest, index) end
  return ("LUA_PATH='%s' LUA_CPATH='%s' '%s' %s"):format(package.path, package.cpath, arg[lowest], script)
end

return curl
