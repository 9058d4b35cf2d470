-- SPDX-License-Identifier: MIT
-- `sms watch`: shows a run that another process works.

local output = require "sms.cli.output"
local progress = require "sms.cli.progress"
local sms = require "sms"
local stores = require "sms.cli.stores"
local view = require "sms.cli.view"

local watch = {}

local STEP = 0.5 -- seconds between two checks

local OVER = { done = true, cancelled = true }

-- States that change only through a command.
local function is_over(status)
  return OVER[status.state] or status.state == "paused" and status.reason == "stop" and status.sending == 0
end

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
  if options.pause and options.resume or options.stop and (options.pause or options.resume) then
    output.stop(2, "give one of --pause, --resume and --stop")
  end
  options.name = stores.name(options)
  local outbox <close> = stores.open(options)
  if options.pause then stores.must(outbox:pause(options.name)) end
  if options.resume then stores.must(outbox:resume(options.name)) end
  if options.stop then stores.must(outbox:stop(options.name)) end
  if options.web then return view.serve(outbox, options) or 0 end
  local once = options.once or options.pause or options.stop
  local status = stores.must(outbox:status(options.name))
  local shown = progress.new(options.name, status.rows, options.progress)
  while not once and not is_over(status) do
    shown:show(held(status))
    sms.sleep(STEP)
    status = stores.must(outbox:status(options.name))
  end
  if not once then shown:show(held(status), true) end
  print_status(status, options)
  return 0
end

return watch
