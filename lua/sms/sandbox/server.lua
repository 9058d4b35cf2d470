-- SPDX-License-Identifier: MIT
-- The sandbox on HTTP: `run` serves one in this process until told to stop, `spawn` starts one in a separate process,
-- for specs and examples. Needs `sms.httpd` (GNU libmicrohttpd), and `sms.core` once there are callbacks to post.

local guard = require "sms.sandbox.guard"
local pages = require "sms.sandbox.pages"
local poster = require "sms.sandbox.poster"
local serving = require "sms.listener.serving"

local server = {}

--- Maximum seconds that a response waits for the callbacks posted before it (fault `early-report`).
server.MOST_HELD = 5

local STEP = 0.05       -- seconds of one turn of the loop
local BUSY_STEP = 0.002 -- the same while callbacks are in flight
local EVENTS = 0.05     -- seconds between two events of a stream, at least
local FLOOD = 0.25      -- the same after an event that could not list all changes
local QUIET = 15        -- seconds after which a stream without events gets a comment, so that readers know it is alive
local MAX_STREAMS = 100 -- maximum event streams
local MAX_WAITS = 200   -- maximum requests that wait for an event

-- Header fields of every response. Files served for a provider could be pages; the policy keeps them from running anything.
local PROTECTION = {
  ["x-content-type-options"] = "nosniff", ["referrer-policy"] = "no-referrer", ["cache-control"] = "no-store",
  ["cross-origin-resource-policy"] = "same-origin", ["content-security-policy"] = "default-src 'none'; sandbox",
}

local RUN_OPTIONS = {
  sandbox = "table", host = "string", port = "number", seconds = "number", on_listen = "function", stop = "function", log = "function",
  journal = "boolean", keep = "number",
}
local SPAWN_OPTIONS = { seed = "number", keep = "number", seconds = "number", delivery = "number", lua = "string" }

local function check(options, known)
  for name, value in pairs(options) do
    local expected = known[name]
    if not expected then error(("sandbox server: unknown option `%s`"):format(tostring(name)), 3) end
    if type(value) ~= expected then
      error(("sandbox server: `%s` must be a %s, got %s"):format(name, expected, type(value)), 3)
    end
  end
end

local FIELDS = { "method", "path", "query", "headers", "body", "form", "parts", "user", "password" }

local function fields_of(request)
  local out = {}
  for _, name in ipairs(FIELDS) do out[name] = request[name] end
  return out
end

local function protected(headers)
  local out = {}
  for name, value in pairs(PROTECTION) do out[name] = value end
  for name, value in pairs(headers or {}) do out[name] = value end
  return out
end

-- Sends a response, or applies its `fault` to the connection.
local function respond(request, response)
  local fault, headers, body = response.fault, protected(response.headers), response.body or ""
  if not fault or fault.after then return request:respond(response.status, headers, body) end
  if fault.raw then return request:raw(fault.raw, fault.close or "fin") end
  if fault.close then return request:close(fault.close) end
  return request:drip(response.status, headers, body, fault.bytes, fault.seconds)
end

local function begin_stream(state, request, response)
  if #state.streams >= MAX_STREAMS then return respond(request, pages.json(503, { error = "too many event streams are open" })) end
  if not request:stream(response.status, protected(response.headers)) then return end
  if request:write(response.body) then table.insert(state.streams, { request = request, since = state.now() }) end
end

-- Responds immediately, or keeps the request: until the callbacks are posted, until its condition holds, or as a stream.
local function answer_or_hold(state, request, response)
  if response.stream then return begin_stream(state, request, response) end
  if response.wait then
    if #state.waits >= MAX_WAITS then return respond(request, pages.json(503, { error = "too many requests are waiting" })) end
    return table.insert(state.waits, { request = request, response = response, till = state.now() + response.seconds })
  end
  if not (response.fault and response.fault.after) then return respond(request, response) end
  table.insert(state.held, { request = request, response = response, till = state.now() + server.MOST_HELD })
end

-- An error in the sandbox fails one request, not the server.
local function guarded(state, request, action)
  local ok, message = pcall(action)
  if ok then return end
  if serving.interrupted(message) then error(message, 0) end
  state.log(("%s %s: %s"):format(request.method, request.path, tostring(message)))
  pcall(request.respond, request, 500, { ["content-type"] = "text/plain" }, "the sandbox failed: " .. tostring(message) .. "\n")
end

local function serve(state, request)
  state.requests = state.requests + 1
  guarded(state, request, function()
    local status, problem = guard.refusal(request.headers, request)
    if status then return respond(request, pages.json(status, { error = problem })) end
    answer_or_hold(state, request, state.sandbox:handle(fields_of(request)))
  end)
end

-- Sends the responses whose condition holds.
local function look(state)
  for i = #state.waits, 1, -1 do
    local waiting = state.waits[i]
    guarded(state, waiting.request, function()
      local result = waiting.response.wait(state.ending or state.now() >= waiting.till)
      if not result then return end
      table.remove(state.waits, i)
      respond(waiting.request, result)
    end)
  end
end

-- Writes changes to the streams, the first one after a pause at once.
local function tell(state)
  local now = state.now()
  if #state.streams == 0 or not state.sandbox.changes or now - state.sent_at < state.rest then return end
  local event, full = state.sandbox:changes()
  if event then state.sent_at, state.rest = now, full and FLOOD or EVENTS end
  for i = #state.streams, 1, -1 do
    local stream, line = state.streams[i], event and "data: " .. event .. "\n\n"
    if not line and now - stream.since >= QUIET then line = ":\n\n" end
    if line then
      stream.since = now
      if not stream.request:write(line) then table.remove(state.streams, i) end
    end
  end
end

-- Sends the responses that wait for callbacks.
local function release(state)
  for i = #state.held, 1, -1 do
    if not state.poster:busy() or state.now() > state.held[i].till then
      local held = table.remove(state.held, i)
      respond(held.request, held.response)
    end
  end
end

local function turn(state, request)
  if request then serve(state, request) end
  state.sandbox:tick(0)
  for _, callback in ipairs(state.sandbox:callbacks()) do state.poster:add(callback) end
  state.poster:step()
  release(state)
  look(state)
  tell(state)
end

-- Maximum seconds of the next turn: searches continue at once, and changes are sent when due.
local function pause(state)
  for _, waiting in ipairs(state.waits) do
    if waiting.response.busy then return 0 end
  end
  if state.poster:busy() then return BUSY_STEP end
  local left = #state.streams > 0 and state.rest - (state.now() - state.sent_at) or 0
  return left > 0 and math.min(left, STEP) or STEP
end

-- Creates a server: its listener and the state of its turns; or nil and why it can't listen.
local function prepare(options)
  local httpd, missing = serving.httpd "sandbox"
  if not httpd then return nil, missing end
  local listener, message = httpd.listen { host = options.host, port = options.port }
  if not listener then return nil, message end
  local log = options.log or serving.log "sandbox"
  local state = {
    sandbox = options.sandbox, seconds = options.seconds, stop = options.stop or function() return false end,
    log = log, requests = 0, held = {}, waits = {}, streams = {}, sent_at = 0, rest = EVENTS, now = httpd.now,
  }
  state.poster = poster.new(log, options.sandbox.posted and function(...) options.sandbox:posted(...) end)
  return listener, state
end

local function loop(state, listener)
  local limits = {
    seconds = state.seconds, stop = state.stop,
    step = function() return pause(state) end, ending = function() state.ending = true end,
  }
  return serving.loop(listener, limits, function(request) turn(state, request) end, state.now)
end

--- Serves a sandbox over HTTP until `seconds` have passed, `stop` returns true, SIGTERM arrives or Ctrl-C is pressed. Except with Ctrl-C,
--- requests in progress may finish within 5 seconds. Requests that `guard.refusal` refuses don't reach the sandbox.
---
--- The sandbox has `handle(request) -> response`, `tick(seconds)` and `callbacks()`, like `sms.sandbox`. It keeps its own clock: `tick(0)`
--- is called at least every 50 ms. A response is `{ status, headers, body }`; it may have a `fault`:
--- `{ close = "fin"|"reset"|"hang" }` instead of a response, `{ raw = bytes, close = … }` for exactly these bytes, then the close,
--- `{ bytes = n, seconds = s }` for a body sent slowly, `{ after = "callbacks" }` for a response sent after its callbacks.
--- `{ stream = true, status, headers, body }` continues with the events that `changes() -> text?` returns, if the sandbox has it;
--- `{ wait = check, seconds = n }` is answered with the result of `check(over) -> response?`, which is called on every turn.
---@param options sms.SandboxServerOptions
---@return { requests: integer, callbacks: integer, failed: integer, interrupted: boolean }|nil counts
---  `interrupted`: by Ctrl-C or SIGTERM
---@return string|nil message  why it could not listen
function server.run(options)
  check(options, RUN_OPTIONS)
  if not options.sandbox then error("sandbox server: `sandbox` is missing", 2) end
  local listener <close>, state = prepare(options)
  if not listener then return nil, state end
  if options.journal then options.sandbox:keep_journal { keep = options.keep and math.tointeger(options.keep) } end
  if options.on_listen then options.on_listen(listener:port()) end
  local ok, ended = pcall(loop, state, listener)
  state.poster:close()
  if not ok and not serving.interrupted(ended) then error(ended, 0) end
  return { requests = state.requests, callbacks = state.poster.posted, failed = state.poster.failed, interrupted = not ok or ended }
end

local LAST = 1 -- seconds that an attached server may take to finish requests in progress

local Attached = {}
Attached.__index = Attached

--- Handles pending requests without waiting.
function Attached:turn()
  if not self.listener then return end
  repeat
    local request, message = self.listener:next(0)
    if message then error(message, 0) end
    turn(self.state, request)
  until not request
end

--- Stops the server; streams get their last event. May be called twice.
function Attached:close()
  local listener, state = self.listener, self.state
  self.listener = nil
  if not listener then return end
  state.sent_at, state.ending = 0, true
  turn(state)
  local latest = state.now() + LAST
  while listener:drain() > 0 and state.now() < latest do turn(state, (listener:next(BUSY_STEP))) end
  state.poster:close()
  listener:close()
end

Attached.__close = Attached.close

--- A server for a program with its own loop, which calls `turn` every few hundredths of a second.
---@param options table  as for `server.run`, without `seconds`, `stop`, `on_listen`
---@return table? server  a to-be-closed value with `port`, `turn`, `close`
---@return string? message  why it could not listen
function server.attach(options)
  check(options, RUN_OPTIONS)
  local listener, state = prepare(options)
  if not listener then return nil, state end
  return setmetatable({ listener = listener, state = state, port = listener:port() }, Attached)
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- The interpreter of this script; an embedding host without one falls back to `lua5.4` or `lua5.5`.
local function interpreter()
  local lowest = 0
  for index in pairs(arg or {}) do
    if math.type(index) == "integer" and index < lowest then lowest = index end
  end
  return lowest < 0 and arg[lowest] or "lua" .. _VERSION:match("%d+%.%d+")
end

-- Equivalent to `bin/sms`, wherever that is installed.
local function command_line(options, pipe)
  local words = { '"sandbox"', '"--port"', '"0"', '"--until-eof"' }
  for _, name in ipairs { "seed", "seconds", "keep", "delivery" } do
    if options[name] then words[#words + 1] = ('"--%s", "%s"'):format(name, options[name]) end
  end
  local chunk = ("os.exit(require('sms.cli').main { %s })"):format(table.concat(words, ", "))
  local version = _VERSION:match("%d+%.%d+"):gsub("%.", "_")
  return ("LUA_PATH_%s=%s LUA_CPATH_%s=%s exec %s -e %s >%s"):format(
    version, quote(package.path), version, quote(package.cpath), quote(options.lua or interpreter()), quote(chunk), quote(pipe))
end

-- io.popen is one-way: it holds the child's standard input, whose end stops the child. The first line of output comes through a named pipe.
local function start(options)
  local pipe = os.tmpname()
  os.remove(pipe)
  if not os.execute("mkfifo -m 600 " .. quote(pipe)) then return nil, "cannot make a named pipe" end
  local child, message = io.popen(command_line(options, pipe), "w")
  local output = child and io.open(pipe, "r")
  os.remove(pipe)
  return child, child and output or message
end

--- Starts `sms sandbox` as a child process with the module paths of this one. It ends with `stop`, with this process, or
--- after `seconds`; no signal is sent.
---@param options? sms.SandboxSpawnOptions
---@return { url: string, stop: fun() }|nil service  `url` has no slash at its end; `stop` waits for the child, may be called twice;
---  the table may be a to-be-closed variable
---@return string|nil message
function server.spawn(options)
  options = options or {}
  check(options, SPAWN_OPTIONS)
  local child, output = start(options)
  if not child then return nil, output end
  local url = output:read("l")
  local function stop()
    if io.type(child) == "file" then child:close() end
    if io.type(output) == "file" then output:close() end
  end
  if not url then
    stop()
    return nil, "the sandbox did not start"
  end
  return setmetatable({ url = url, stop = stop }, { __close = stop })
end

return server
