-- SPDX-License-Identifier: MIT
-- luacheck: globals module
-- A Prosody module: sends an SMS for a message to a user who is offline, without blocking Prosody's loop. It also shows how to
-- integrate any event loop that can watch a descriptor and set a timer: three functions for `sms.loop.driver`.
--
--   modules_enabled = { …, "sms_notify" }
--   sms_provider = "messagewhiz"
--   sms_options = { apikey = "…" }
--   sms_from = "example.org"      -- where the provider needs a sender
--   sms_numbers = { ["juliet@example.org"] = "447700900123" }

local jid = require "util.jid"
local server = require "net.server"
local timer = require "util.timer"

local sms = require "sms"
local driver = require "sms.loop.driver"
local waiters = require "sms.task.scheduler"

local log = module._log
local numbers, from = module:get_option("sms_numbers", {}), module:get_option_string "sms_from"
local client = sms[module:get_option_string("sms_provider", "messagewhiz")](module:get_option("sms_options"))

---------------------------------------------------------------- Prosody's loop

local sockets, alarm, pending = {}, nil, false
local sms_loop

local function turn()
  pending = false
  sms_loop:turn()
end

-- Prosody runs no timers while a descriptor stays ready, so its event is handled at once.
local function ready(fd)
  sms_loop:event(fd, "r")
  turn()
end

local function watch(fd, events)
  local watched = sockets[fd]
  if events == "" and watched then
    sockets[fd] = nil
    watched:close()
  elseif events ~= "" and not watched then
    sockets[fd] = server.watchfd(fd, function() ready(fd) end)
  end
end

local function set_timer(seconds)
  if alarm then timer.stop(alarm) end
  alarm = seconds and timer.add_task(seconds, turn)
end

local function soon()
  if pending then return end
  pending = true
  timer.add_task(0, turn)
end

local function failed(value)
  log("error", "sms: %s", value)
end

-- All modules of this server share one Lua state, and so one loop.
if not waiters.host() then
  sms_loop = driver.new({ watch = watch, timer = set_timer, soon = soon }, { on_error = failed }):attach()
end

function module.unload()
  if sms_loop then sms_loop:detach() end
end

---------------------------------------------------------------- what the module is for

local function notify(number, sender, text)
  local receipt, err = client:send { to = number, from = from, text = ("%s: %s"):format(sender, text) }
  if receipt then
    log("info", "text for %s: %s", sender, receipt.outcome)
  else
    log("warn", "no text for %s: %s", sender, tostring(err))
  end
end

-- Returns nothing: Prosody continues and stores the message.
module:hook("message/offline/handle", function(event)
  local stanza = event.stanza
  local number, text = numbers[jid.bare(stanza.attr.to)], stanza:get_child_text("body")
  if number and text then sms.task(notify, number, jid.bare(stanza.attr.from), text) end
end, 10)
