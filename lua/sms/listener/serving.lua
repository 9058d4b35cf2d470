-- SPDX-License-Identifier: MIT
-- Shared by the webhook listener and the sandbox's server: the loop around `sms.httpd`, its end, and its log on a terminal.

local terminal = require "sms.text.terminal"

local serving = {}

local STEP = 0.05 -- seconds of an iteration of the loop, after which it checks whether to stop
local DRAIN = 5   -- seconds for requests in progress to finish when stopping

--- The module `sms.httpd`.
---@param who string  what needs it
---@return table|nil httpd
---@return string|nil message
function serving.httpd(who)
  local ok, httpd = pcall(require, "sms.httpd")
  if ok then return httpd end
  return nil, "the " .. who .. " needs sms.httpd, which needs GNU libmicrohttpd. Debian, Ubuntu: apt-get install libmicrohttpd12 "
    .. "(to build it: libmicrohttpd-dev); LuaRocks: luarocks install lua-sms-sandbox\n" .. httpd
end

--- Ctrl-C arrives as an error that `lua` raises in the code that runs at that moment; nothing may swallow it.
---@param message any
---@return boolean
function serving.interrupted(message)
  return type(message) == "string" and message:find("interrupted!$") ~= nil
end

--- A log that writes lines, escaped.
---@param prefix string
---@param stream? file*  default: standard error
---@return fun(line: any)
function serving.log(prefix, stream)
  return function(line) (stream or io.stderr):write(prefix, ": ", terminal.line(tostring(line)), "\n") end
end

-- Counts SIGTERM. Without the core, as in an installation of only the sandbox, the signal keeps its default effect.
local function catch()
  local found, core = pcall(require, "sms.core")
  if found then return core.signals "SIGTERM" end
  local function none() return 0 end
  return setmetatable({ count = none, requests = none }, { __close = function() end })
end

local function turn(server, seconds, each)
  local request, message = server:next(math.max(0, seconds))
  if message then error(message, 0) end
  each(request)
end

--- Serves until `limits.seconds` have passed, `limits.stop()` returns true or SIGTERM arrives. Then no new connections are accepted, idle
--- connections are closed, and requests that have begun are answered, for 5 seconds at most or until a second SIGTERM.
---@param server table  of `httpd.listen`
---@param limits { seconds?: number, stop: (fun(): boolean), step?: (fun(): number), ending?: fun() }  `step`: seconds that a turn may
---  take (0.05); `ending` is called once, when it begins to stop
---@param each fun(request: table?)  called at every turn, with a request or without
---@param now fun(): number
---@return boolean terminated  by SIGTERM
function serving.loop(server, limits, each, now)
  local signals <close> = catch()
  local deadline = limits.seconds and now() + limits.seconds or math.huge
  local function step() return limits.step and limits.step() or STEP end
  while now() < deadline and signals:count() == 0 and not limits.stop() do
    turn(server, math.min(step(), deadline - now()), each)
  end
  if limits.ending then limits.ending() end
  local latest = now() + DRAIN
  while server:drain() > 0 and now() < latest and signals:requests() < 2 do turn(server, step(), each) end
  return signals:count() > 0
end

return serving
