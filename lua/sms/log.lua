-- SPDX-License-Identifier: MIT
-- Log lines of calls: SMS_LOG=info or debug writes them to standard error, `log.to` passes them to a logger. Secrets are already masked,
-- and so are numbers and texts if the client's option `mask` is set.

local check = require "sms.check"

local log = {}

local LEVELS = { info = 1, debug = 2 }
local NAMES = { "info", "debug" }

-- Type of an event → its level and text.
local describe = {}

function describe.request(event)
  return "debug", ("try %d: %s %s"):format(event.try, event.method, event.path)
end

function describe.response(event)
  return "info", ("HTTP %d in %.3f s"):format(event.status, event.duration) .. (event.try > 1 and (" at try %d"):format(event.try) or "")
end

function describe.error(event)
  return "info", tostring(event.error)
end

function describe.wait(event)
  return "debug", ("waits %.3f s: %s"):format(event.seconds, event.reason)
end

--- The level and the log line of an event, as passed to the client's option `on_event`.
---@param event sms.CallEvent
---@return "info"|"debug" level
---@return string line  one line
function log.line(event)
  local level, words = describe[event.type](event)
  if event.type ~= "error" then words = ("%s.%s: %s"):format(event.provider, event.operation, words) end
  local trace = event.traceparent and event.traceparent:match("^%x+%-(%x+)%-")
  if trace then words = ("%s (trace %s)"):format(words, trace) end
  return level, (words:gsub("[\0-\31\127]+", " "))
end

local function chained(first, second)
  if not first then return second end
  return function(event)
    second(event)
    return first(event)
  end
end

--- A function for `on_event` that passes each line to a logger with the methods `info` and `debug`, such as lualogging's.
--- Failed attempts go to `warn` if it has that method.
---@param logger { debug: function, info: function, warn: function? }  methods that take a line
---@param on_event? fun(event: sms.CallEvent)  is called as well
---@return fun(event: sms.CallEvent)
function log.to(logger, on_event)
  if type(logger) ~= "table" and type(logger) ~= "userdata" then
    error("sms.log.to: a logger with the methods `info` and `debug` is expected, got a " .. type(logger), 2)
  elseif on_event ~= nil and not check.callable(on_event) then
    error("sms.log.to: `on_event` must be a function, got a " .. type(on_event), 2)
  end
  return chained(on_event, function(event)
    local level, line = log.line(event)
    local method = event.type == "error" and logger.warn or logger[level]
    method(logger, line)
  end)
end

--- Adds the logging that SMS_LOG requests to a client's `on_event`; returns it unchanged if SMS_LOG is not set. An unknown level is an
--- error.
---@param on_event? fun(event: sms.CallEvent)
---@return (fun(event: sms.CallEvent))?
function log.listener(on_event)
  local wanted = os.getenv "SMS_LOG"
  if not wanted or wanted == "" then return on_event end
  local most = LEVELS[wanted]
  if not most then error(("SMS_LOG is '%s'%s; it may be info or debug"):format(check.shown(wanted), check.guess(wanted, NAMES)), 0) end
  return chained(on_event, function(event)
    local level, line = log.line(event)
    if LEVELS[level] <= most then io.stderr:write("sms: ", line, "\n") end
  end)
end

return log
