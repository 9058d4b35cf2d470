-- SPDX-License-Identifier: MIT
-- The command line `sms`: what its words mean. `bin/sms` hands its arguments to `main`.

local terminal = require "sms.terminal"
local version = require "sms.version"

local cli = {}

local function whole(least, most)
  return function(text)
    local value = math.tointeger(tonumber(text))
    if value and value >= least and value <= most then return value end
    return nil, ("'%s' is not a whole number from %d to %d"):format(text, least, most)
  end
end

local function seconds(text)
  local value = tonumber(text)
  if value and value >= 0 and value < math.huge then return value end
  return nil, ("'%s' is not a number of seconds"):format(text)
end

local function octet(text)
  return text and text:find("^%d%d?%d?$") and tonumber(text) <= 255 and not text:find("^0%d")
end

local function loopback(text)
  local a, b, c = text:match("^127%.(%d+)%.(%d+)%.(%d+)$")
  if text == "localhost" or text == "::1" or (octet(a) and octet(b) and octet(c)) then return text end
  return nil, ("'%s' is not a loopback address; the sandbox is for this machine only"):format(text)
end

-- A line on standard error; words of others in it can't command the terminal.
local function complain(...)
  io.stderr:write("sms: ", terminal.text(table.concat { ... }), "\n")
end

local function print_version()
  print("sms " .. version)
  os.exit(0)
end

local commands = {}

-- A clock with fractions of a second, where there is one.
local function wall_clock()
  local found, httpd = pcall(require, "sms.httpd")
  return found and httpd.time or nil
end

commands.sandbox = {
  "Play the SMS providers on this machine: http://127.0.0.1:PORT/messagewhiz and so on. Nothing is sent.",
  declare = function(command)
    command:option("--port", "Port to listen on; 0 is any free one."):argname("N"):default("8025"):convert(whole(0, 65535))
    command:option("--host", "Loopback address to listen on; localhost (the default) is 127.0.0.1 and ::1."):argname("ADDRESS")
      :convert(loopback)
    command:option("--seconds", "End after so many seconds."):argname("S"):convert(seconds)
    command:option("--seed", "Same seed and requests, same answers."):argname("N"):default("1")
      :convert(whole(math.mininteger, math.maxinteger))
    command:option("--keep", "Texts that the inbox keeps; the oldest are dropped."):argname("N"):default("100000")
      :convert(whole(1, 10000000))
    command:flag("--until-eof", "End when standard input ends.")
  end,
  run = function(options)
    local host = options.host or "127.0.0.1"
    if host:find(":", 1, true) then host = "[" .. host .. "]" end
    local found, server = pcall(require, "sms.sandbox.server")
    if not found then
      complain("the sandbox is a rock of its own: luarocks install lua-sms-sandbox\n", server)
      return 1
    end
    local box = require("sms.sandbox").new { seed = options.seed, clock = wall_clock() }
    local counts, message = server.run {
      sandbox = box, journal = true, keep = options.keep,
      host = options.host or "localhost", port = options.port, seconds = options.seconds,
      stop = options.until_eof and function() return require("sms.httpd").stdin_closed() end or nil,
      on_listen = function(port)
        local address = ("http://%s:%d"):format(host, port)
        io.stdout:write(address, "\n", require("sms.sandbox.inbox.welcome")(address, box))
        io.stdout:flush()
      end,
    }
    if not counts then
      complain(message)
      return 1
    end
    io.stdout:write(("stopped after %d requests and %d callbacks\n"):format(counts.requests, counts.callbacks + counts.failed))
    return 0
  end,
}

local function path_of(text)
  if text:find("^/[^%s?#]*$") then return text end
  return nil, ("'%s' is not a path; it begins with / and has no ? or #"):format(text)
end

local function provider_of(text)
  local providers = require("sms").providers
  for _, name in ipairs(providers) do
    if name == text then return name end
  end
  return nil, ("'%s' is not a provider; there is %s"):format(text, table.concat(providers, ", "))
end

-- One line of JSON, or false when it could not be written, so that the provider sends the event again.
local function print_event(event)
  return (io.stdout:write(terminal.json(require("sms.webhook").line(event)), "\n") and io.stdout:flush()) ~= nil
end

-- The secret, never among the arguments, where other users of the machine could read it. An empty one is a mistake, not none.
local function listen_secret()
  local secret = os.getenv "LUA_SMS_WEBHOOK_SECRET"
  if not secret then
    complain "without LUA_SMS_WEBHOOK_SECRET whoever reaches this port is believed"
    return nil
  end
  local ok, problem = pcall(require("sms.webhook").auth, secret)
  if not ok then return nil, "LUA_SMS_WEBHOOK_SECRET: " .. problem end
  return secret
end

commands.listen = {
  "Receive a provider's webhooks: one JSON line for each event. The shared secret is in LUA_SMS_WEBHOOK_SECRET.",
  declare = function(command)
    command:option("--provider", "Whose webhooks."):argname("NAME"):count(1):convert(provider_of)
    command:option("--port", "Port of 127.0.0.1 to listen on; 0 is any free one."):argname("N"):default("8026"):convert(whole(0, 65535))
    command:option("--path", "Path that is listened to."):argname("/PATH"):default("/"):convert(path_of)
    command:option("--seconds", "End after so many seconds."):argname("S"):convert(seconds)
    command:flag("--until-eof", "End when standard input ends.")
  end,
  run = function(options)
    local found, listener = pcall(require, "sms.listener")
    if not found then
      complain("the listener is in a rock of its own: luarocks install lua-sms-sandbox\n", listener)
      return 1
    end
    local secret, problem = listen_secret()
    local counts
    if not problem then
      counts, problem = listener.run {
        provider = options.provider, secret = secret, port = options.port, path = options.path, seconds = options.seconds,
        on_event = print_event,
        stop = options.until_eof and function() return require("sms.httpd").stdin_closed() end or nil,
        on_listen = function(port) complain(("listening on http://127.0.0.1:%d%s"):format(port, options.path)) end,
      }
    end
    if not counts then
      complain(problem)
      return 1
    end
    complain(("stopped after %d events, %d repeats, %d refused requests"):format(counts.events, counts.repeats, counts.refused))
    return 0
  end,
}

commands.count = require "sms.cli.count"
commands.number = require "sms.cli.number"

-- As argparse has it, but for what the arguments may hold.
local function usage_error(parser, message)
  io.stderr:write(("%s\n\nError: %s\n"):format(parser:get_usage(), terminal.text(message)))
  os.exit(1)
end

local function build(argparse)
  local parser = argparse("sms", "Send and manage SMS over several providers."):command_target("command")
  parser.error = usage_error
  parser:flag("--version", "Print the version."):action(print_version)
  for _, name in ipairs { "count", "listen", "number", "sandbox" } do commands[name].declare(parser:command(name, commands[name][1])) end
  return parser
end

--- Runs one command. Help, `--version` and usage errors end the process, as argparse has it.
---@param arguments string[]
---@return integer status  of the process: 0 is success
function cli.main(arguments)
  local ok, argparse = pcall(require, "argparse")
  if not ok then
    complain("the command line needs argparse. Debian, Ubuntu: apt-get install lua-argparse; LuaRocks: luarocks install argparse")
    return 1
  end
  local options = build(argparse):parse(arguments)
  return commands[options.command].run(options)
end

return cli
