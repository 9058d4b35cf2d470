-- SPDX-License-Identifier: MIT
-- A webhook receiver for scripts without a web server: listens, parses, drops repeats, passes each event on once, and sends the
-- response that the provider expects. Needs `sms.httpd` (GNU libmicrohttpd).

local core = require "sms.core"
local checks = require "sms.check"
local serving = require "sms.listener.serving"
local webhook = require "sms.webhook"

local listener = {}

--- Number of event keys that are remembered, to recognise repeats.
listener.MEMORY = 10000

local OPTIONS = {
  certificate = "string", client = "client", forward = "function", host = "string",
  key = "string", on_error = "function", on_event = "function",
  on_listen = "function", path = "string", port = "number", provider = "string", public = "boolean", secret = "string",
  request_timeout = "number", seconds = "number", stop = "function",
}
local NAMES = {}
for name in pairs(OPTIONS) do NAMES[#NAMES + 1] = name end
table.sort(NAMES)

local METHODS = { GET = true, POST = true, PUT = true } -- methods that providers use for callbacks

---------------------------------------------------------------- options

local function complain(line, ...)
  error("listener: " .. line:format(...), 4)
end

-- Whether a value has the methods of a client or a `sms.webhook.reader`.
local function reads_webhooks(value)
  local ok, read, answer = pcall(function() return value.webhook, value.webhook_answer end)
  return ok and checks.callable(read) and checks.callable(answer)
end

local function is_a(expected, value)
  if expected == "client" then return reads_webhooks(value) end
  return type(value) == expected or expected == "function" and checks.callable(value)
end

local function check(options)
  if type(options) ~= "table" then complain("options must be a table, got a %s", type(options)) end
  for name, value in pairs(options) do
    local expected = OPTIONS[name]
    if not expected then
      local guess = type(name) == "string" and core.nearest(name, NAMES)
      complain("unknown option `%s`%s", checks.shown(name), guess and (", did you mean `%s`?"):format(guess) or "")
    end
    if not is_a(expected, value) then complain("`%s` must be a %s, got %s", name, expected, type(value)) end
  end
  local seconds = options.seconds or 0
  if seconds < 0 or seconds ~= seconds then complain("`seconds` must be a number of seconds, 0 or more") end
  if not options.on_event then complain("`on_event` is missing") end
  if (options.client == nil) == (options.provider == nil) then complain("exactly one of `client` and `provider` is required") end
  if options.client and options.secret then complain("`secret` can't be given with `client`: set the client's option `webhook_secret`") end
  if options.path and options.path:sub(1, 1) ~= "/" then complain("`path` must begin with /") end
end

local function reader_of(options)
  if options.client then return options.client end
  local ok, reader = pcall(webhook.reader, options.provider, options.secret)
  if not ok then complain("%s", reader) end
  return reader
end

-- Calls a function of the caller; false and the error if it raised one.
local function guarded(fn, ...)
  local ok, result = pcall(fn, ...)
  if not ok and serving.interrupted(result) then error(result, 0) end
  return ok, result
end

---------------------------------------------------------------- repeats

local Memory = {}
Memory.__index = Memory

--- Remembers the last `most` keys.
---@param most integer
function Memory.new(most)
  return setmetatable({ most = most, held = {}, ring = {}, at = 0 }, Memory)
end

function Memory:has(key)
  return self.held[key] ~= nil
end

-- Adds a key, dropping the oldest if there are too many.
function Memory:add(key)
  self.at = self.at % self.most + 1
  local oldest = self.ring[self.at]
  if oldest ~= nil then self.held[oldest] = nil end
  self.ring[self.at], self.held[key] = key, true
end

---------------------------------------------------------------- requests

local function text_response(status, text, headers)
  headers = headers or {}
  headers["content-type"] = "text/plain"
  return { status = status, headers = headers, body = text .. "\n" }
end

-- Passes an event on; false if it could not be stored, so that it is passed on again when the provider repeats it.
local function deliver(state, event)
  local counts = state.counts
  if state.memory:has(event.key) then
    counts.repeats = counts.repeats + 1
    return true
  end
  local ok, result = guarded(state.on_event, event)
  if not ok then state.on_error(result, event) end
  if not ok or result == false then
    counts.failed = counts.failed + 1
    return false
  end
  state.memory:add(event.key)
  counts.events = counts.events + 1
  return true
end

local REFUSALS = { auth = 403, too_large = 413 }

-- Refusals are as brief as possible: the sender may be anyone.
local function refuse(state, problem)
  state.counts.refused = state.counts.refused + 1
  state.on_error(problem)
  return text_response(REFUSALS[problem.kind] or 400, problem.kind)
end

local function response_to(state, request)
  if request.path ~= state.path then return text_response(404, "not found") end
  local method = request.method
  if not METHODS[method] then return text_response(405, "method not allowed", { allow = "GET, POST, PUT" }) end
  local events, problem = state.reader:webhook {
    method = method, headers = request.headers, query = request.query, body = request.body,
  }
  if not events then return refuse(state, problem) end
  local kept = true
  for i = 1, #events do kept = deliver(state, events[i]) and kept end
  return kept and state.forward and state.forward(request, events) or state.reader:webhook_answer(kept)
end

local function answer(state, request)
  local response = response_to(state, request)
  request:respond(response.status, response.headers, response.body)
end

-- An internal error, or one of the caller, fails a single request, not the listener.
local function serve(state, request)
  state.counts.requests = state.counts.requests + 1
  local ok, problem = guarded(answer, state, request)
  if ok then return end
  guarded(state.on_error, problem)
  guarded(request.respond, request, 500, { ["content-type"] = "text/plain" }, "internal error\n")
end

local function loop(state, server, now)
  return serving.loop(server, state, function(request)
    if request then serve(state, request) end
  end, now)
end

--- Receives webhooks until `seconds` have passed, `stop` returns true, SIGTERM arrives or Ctrl-C is pressed. Blocks. Except with
--- Ctrl-C, requests in progress may finish within 5 seconds.
---
--- `on_event(event)` is called once per `event.key`, of the last 10,000. If it raises an error or returns false, the response
--- says that the events were not stored, and when the provider repeats the request, only that event is passed on again.
--- Responses: what the provider expects (`webhook_answer`), 400 for malformed requests, 403 for a secret that is missing or wrong,
--- 404 for another path, 405 for methods other than GET, POST and PUT, 413 for a body that is too large.
---@param options sms.ListenerOptions
---@return { requests: integer, events: integer, repeats: integer, failed: integer, refused: integer, interrupted: boolean }|nil counts
---  `interrupted`: by Ctrl-C or SIGTERM
---@return string|nil message  why it could not listen
function listener.run(options)
  check(options)
  local reader = reader_of(options)
  local httpd, missing = serving.httpd "listener"
  if not httpd then return nil, missing end
  local ok, made, message = pcall(httpd.listen, {
    host = options.host, port = options.port, public = options.public, max_body = webhook.MAX_BODY,
    certificate = options.certificate, key = options.key, request_timeout = options.request_timeout,
  })
  if not ok then error("listener: " .. tostring(made), 2) end
  if not made then return nil, message end
  local server <close> = made
  local state = {
    reader = reader, path = options.path or "/", seconds = options.seconds, stop = options.stop or function() return false end,
    on_event = options.on_event, forward = options.forward, on_error = options.on_error or serving.log "listener",
    memory = Memory.new(listener.MEMORY),
    counts = { requests = 0, events = 0, repeats = 0, failed = 0, refused = 0 },
  }
  if options.on_listen then options.on_listen(server:port()) end
  local ended
  ok, ended = pcall(loop, state, server, httpd.now)
  if not ok and not serving.interrupted(ended) then error(ended, 0) end
  state.counts.interrupted = not ok or ended
  return state.counts
end

return listener
