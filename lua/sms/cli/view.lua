-- SPDX-License-Identifier: MIT
-- The page of a run: `sms watch --web`, `sms run --web`. It uses its own connection to the outbox.

local core = require "sms.core"
local output = require "sms.cli.output"
local stores = require "sms.cli.stores"

local view = {}

local function load(name)
  local found, module = pcall(require, name)
  if found then return module end
  output.missing("the page of a run needs a separate rock: luarocks install lua-sms-sandbox\n" .. tostring(module))
end

local function rows_of(outbox, name, filter)
  local next_row, problem = outbox:rows { run = name, state = filter.state, reason = filter.reason, after = filter.after }
  if not next_row then return nil, problem end
  local out = {}
  while #out < filter.limit do
    local row = next_row()
    if not row then break end
    out[#out + 1] = row
  end
  return out
end

-- A database error while rows are read fails one request only.
local function guarded(fn, ...)
  local ok, value, problem = pcall(fn, ...)
  if ok then return value, problem end
  if tostring(value):find "interrupted!" then error(value, 0) end
  return nil, value
end

local function of(outbox, name)
  return load("sms.sandbox.runview").new {
    snapshot = function() return outbox:snapshot(name) end,
    rows = function(filter) return guarded(rows_of, outbox, name, filter) end,
    act = function(what) return outbox[what](outbox, name) end,
    now = core.now,
  }
end

local function greet(port)
  io.stderr:write(("the run is at http://127.0.0.1:%d/run/\n"):format(port))
  io.stderr:flush()
end

--- Serves the page until Ctrl-C or SIGTERM.
---@param outbox table
---@param options { name: string, port: integer }
function view.serve(outbox, options)
  stores.must(outbox:snapshot(options.name))
  local counts, problem = load("sms.sandbox.server").run {
    sandbox = of(outbox, options.name), port = options.port, on_listen = greet, log = function(line) output.complain(line) end,
  }
  if not counts then output.missing(problem) end
end

--- Serves the page while a function runs as a task of the same process.
---@param options { name: string, port: integer }
---@param address string  of the outbox
---@param fn fun(): any
---@return any  what the function gave
function view.beside(options, address, fn)
  local sms = require "sms"
  local outbox <close> = stores.open { outbox = address }
  local server <close>, problem = load("sms.sandbox.server").attach {
    sandbox = of(outbox, options.name), port = options.port, log = function(line) output.complain(line) end,
  }
  if not server then output.missing(problem) end
  greet(server.port)
  return sms.run(function()
    local work = sms.task(fn)
    while not work:done() do
      server:turn()
      sms.sleep(0.02)
    end
    return work:wait()
  end)
end

return view
