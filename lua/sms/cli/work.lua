-- SPDX-License-Identifier: MIT
-- `sms work`: runs a worker of an outbox.

local account = require "sms.cli.account"
local output = require "sms.cli.output"
local run = require "sms.cli.run"
local sms = require "sms"
local stores = require "sms.cli.stores"

local work = {}

-- Runs the file of `--routes` and returns its table. It is the user's own code and is trusted.
local function routes_of(options)
  if not options.routes then
    options.pool = sms.pool { max_connections = options.in_flight }
    local whose = account.open(options)
    return { [whose.name or whose.provider] = whose.client }
  end
  local chunk, problem = loadfile(options.routes, "t")
  if not chunk then output.stop(2, problem) end
  local ok, routes = pcall(chunk)
  if not ok then output.stop(2, ("%s: %s"):format(options.routes, tostring(routes))) end
  if type(routes) ~= "table" then output.stop(2, options.routes .. ": it must return a table of clients by route: { zc = client }") end
  return routes
end

--- Runs the command.
---@param options table
---@return integer status
function work.run(options)
  local routes = routes_of(options)
  local outbox <close> = stores.open(options, true)
  local names = options.run[1] and options.run or nil
  local counts = run.work(outbox, routes, { names = names, parallel = options.in_flight, drain = options.drain, progress = options.progress,
    timeout = options.timeout }, names and table.concat(names, ",") or "outbox")
  if options.json then
    output.print_json { accepted = counts.accepted, not_sent = counts.not_sent + counts.refused, unknown = counts.unknown,
      exit = counts.exit }
  end
  return counts.exit
end

return work
