-- SPDX-License-Identifier: MIT
-- `sms listen`: prints a provider's webhooks as JSON lines, and forwards them on request.

local core = require "sms.core"
local output = require "sms.cli.output"
local stop_of = require("sms.cli.sandbox").stop_of
local terminal = require "sms.text.terminal"
local webhook = require "sms.webhook"

local listen = {}

--- The shared secret, never an argument, which other users of the machine could read. An empty one is a mistake.
---@return string? secret
function listen.secret()
  local secret = os.getenv "LUA_SMS_WEBHOOK_SECRET"
  if not secret then return nil end
  local ok, problem = pcall(webhook.auth, secret)
  if not ok then output.stop(2, "LUA_SMS_WEBHOOK_SECRET: " .. problem) end
  return secret
end

-- Whether an event is wanted.
local function chooser(lists)
  if not lists or not lists[1] then return function() return true end end
  local wanted = {}
  for _, list in ipairs(lists) do
    for _, word in ipairs(list) do wanted[word] = true end
  end
  return function(event) return wanted[event.type] or false end
end

-- One line of JSON, or false when it could not be written, so that the provider sends the event again.
local function print_event(event)
  return (io.stdout:write(terminal.json(webhook.line(event)), "\n") and io.stdout:flush()) ~= nil
end

local function target_of(address, query)
  if not query or query == "" then return address end
  return address .. (address:find("?", 1, true) and "&" or "?") .. query
end

local function any(events, wanted)
  for _, event in ipairs(events) do
    if wanted(event) then return true end
  end
  return false
end

-- Forwards a request with a wanted event unchanged, and returns the response to the provider. Without a response, 502 makes the provider
-- try again.
local function forwarder(address, wanted)
  local http = require "sms.cli.http"
  return function(request, events)
    if not any(events, wanted) then return nil end
    local headers = http.end_to_end(request.headers)
    local response, problem = http.exchange { url = target_of(address, request.query), method = request.method, body = request.body or "",
      headers = headers, content_type = request.headers["content-type"] }
    if not response then
      output.complain(("%s: %s"):format(address, problem))
      return { status = 502, headers = { ["content-type"] = "text/plain" }, body = "bad gateway\n" }
    end
    output.complain(("%s returned %d in %d ms"):format(address, response.status, response.seconds * 1000 // 1))
    local back = http.end_to_end(response.headers)
    back["content-type"] = response.headers["content-type"]
    return { status = response.status, headers = back, body = response.body }
  end
end

-- Prints the event, after recording it in the outbox; if that fails, the provider sends it again.
local function keeper(outbox, wanted)
  return function(event)
    if outbox and not outbox:take(event) then return false end
    return not wanted(event) or print_event(event)
  end
end

local function listener_options(options, secret, outbox)
  local wanted = chooser(options.type)
  return {
    provider = options.provider, secret = secret, port = options.port, path = options.path, seconds = options.seconds,
    on_event = keeper(outbox, wanted),
    forward = options.forward_to and forwarder(options.forward_to, wanted) or nil,
    stop = stop_of(options),
    on_listen = function(port) output.complain(("listening on http://127.0.0.1:%d%s"):format(port, options.path)) end,
  }
end

--- Runs the command.
---@param options table
---@return integer status
function listen.run(options)
  local found, listener = pcall(require, "sms.listener")
  if not found then
    output.missing("the listener is a separate rock: luarocks install lua-sms-sandbox\n" .. listener)
  end
  local secret = listen.secret()
  if not secret then output.complain "warning: LUA_SMS_WEBHOOK_SECRET is not set; requests are not authenticated" end
  core.keep_streams()
  local outbox <close> = options.outbox and require("sms.cli.stores").open(options, true) or nil
  local counts, problem = listener.run(listener_options(options, secret, outbox))
  if not counts then output.missing(problem) end
  output.complain(("stopped after %d events, %d repeats, %d refused requests"):format(counts.events, counts.repeats, counts.refused))
  return 0
end

return listen
