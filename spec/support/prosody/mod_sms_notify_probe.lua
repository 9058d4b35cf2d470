-- SPDX-License-Identifier: MIT
-- luacheck: globals module
-- A Prosody module for spec/house/hosts_spec.lua: a user who is offline gets three messages at once, then stops the server.
-- Measures meanwhile
-- how long a timer of 1 ms was held up at worst.

local stanza = require "util.stanza"
local server = require "net.server"
local time = require "util.time"
local timer = require "util.timer"
local users = require "core.usermanager"

local last, worst, ticks = time.monotonic(), 0, 0

local function tick()
  local now = time.monotonic()
  worst, last, ticks = math.max(worst, now - last), now, ticks + 1
  return 0.001
end

module:hook_global("server-started", function()
  assert(users.create_user("juliet", "password", module.host))
  for i = 1, 3 do
    local message = stanza.message({ to = "juliet@" .. module.host, from = "romeo@" .. module.host, type = "chat" })
    module:send(message:text_tag("body", "hello " .. i))
  end
  last = time.monotonic()
  timer.add_task(0.001, tick)
  timer.add_task(1.5, function()
    print(("worst lag %.1f ms over %d ticks"):format(worst * 1000, ticks))
    server.setquitting("once")
  end)
end)
