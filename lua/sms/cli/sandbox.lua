-- SPDX-License-Identifier: MIT
-- `sms sandbox`: simulates the providers on loopback, with an inbox.

local output = require "sms.cli.output"

local command = {}

local function bracketed(host)
  return host:find(":", 1, true) and "[" .. host .. "]" or host
end

--- Returns a function that tells whether standard input has ended, polled on every turn; nil where that doesn't matter.
---@param options { until_eof?: boolean }
---@return (fun(): boolean)?
function command.stop_of(options)
  return options.until_eof and function() return require("sms.httpd").stdin_closed() end or nil
end

-- A clock with fractions of a second, if there is one.
local function wall_clock()
  local found, httpd = pcall(require, "sms.httpd")
  return found and httpd.time or nil
end

local function make(options)
  local delivery = { sent = options.delivery / 3, final = options.delivery }
  local sandbox = require("sms.sandbox").new { seed = options.seed, clock = wall_clock(), delivery = delivery }
  if options.webhook then
    sandbox:handle { method = "POST", path = "/_sandbox/webhook", body = require("sms.json").encode { url = options.webhook } }
  end
  return sandbox
end

local function greet(options, sandbox, address)
  io.stdout:write(address, "\n", require("sms.sandbox.inbox.welcome")(address, sandbox))
  local ok, problem = io.stdout:flush()
  if not ok then output.stop(1, "standard output: " .. problem) end
  if options.open then require("sms.cli.inbox").browse(address .. "/inbox/") end
end

--- Runs the command.
---@param options table
---@return integer status
function command.run(options)
  local host = bracketed(options.host or "127.0.0.1")
  local found, server = pcall(require, "sms.sandbox.server")
  if not found then
    output.missing("the sandbox is a separate rock: luarocks install lua-sms-sandbox\n" .. server)
  end
  local sandbox = make(options)
  local counts, message = server.run {
    sandbox = sandbox, journal = true, keep = options.keep,
    host = options.host or "localhost", port = options.port, seconds = options.seconds,
    stop = command.stop_of(options), log = options.quiet and function() end or nil,
    on_listen = function(port) greet(options, sandbox, ("http://%s:%d"):format(host, port)) end,
  }
  if not counts then output.missing(message) end
  output.write(("stopped after %d requests and %d callbacks"):format(counts.requests, counts.callbacks + counts.failed))
  return 0
end

return command
