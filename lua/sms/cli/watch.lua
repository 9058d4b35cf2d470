-- SPDX-License-Identifier: MIT
-- `sms watch`: a run that another process works.

local output = require "sms.cli.output"
local progress = require "sms.cli.progress"
local sms = require "sms"
local stores = require "sms.cli.stores"

local watch = {}

local STEP = 0.5 -- seconds between two looks

local OVER = { done = true, cancelled = true }

local function held(status)
  status.held = status.by_reason.held
  return status
end

local function print_status(status, options)
  if options.json then
    output.print_json(status, { "run", "state", "rows", "accepted", "not_sent", "unknown", "ready" })
  else
    output.rows { { status.state, status.run, ("%d rows"):format(status.rows), ("accepted %d"):format(status.accepted),
      ("not sent %d"):format(status.not_sent), ("unknown %d"):format(status.unknown), ("ready %d"):format(status.ready + status.sending) } }
  end
end

--- Runs the command.
---@param options table
---@return integer status
function watch.run(options)
  options.name = stores.name(options)
  local outbox <close> = stores.open(options)
  if options.pause then stores.must(outbox:pause(options.name)) end
  if options.resume then stores.must(outbox:resume(options.name)) end
  local status = stores.must(outbox:status(options.name))
  local shown = progress.new(options.name, status.rows, options.progress)
  while not options.once and not options.pause and not OVER[status.state] do
    shown:show(held(status))
    sms.sleep(STEP)
    status = stores.must(outbox:status(options.name))
  end
  if not options.once and not options.pause then shown:show(held(status), true) end
  print_status(status, options)
  return 0
end

return watch
