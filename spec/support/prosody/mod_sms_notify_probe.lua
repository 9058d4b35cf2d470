-- SPDX-License-Identifier: MIT
-- luacheck: globals module
-- A Prosody module for spec/house/hosts_spec.lua: a user who is offline gets three messages at once. Measures until the server stops
-- how long a timer of 1 ms was held up: the moments before and after each time from a tenth of a second on, and at worst.

local stanza = require "util.stanza"
local time = require "util.time"
local timer = require "util.timer"
local users = require "core.usermanager"

local last, worst, ticks, gaps = time.monotonic(), 0, 0, {}

local function tick()
  local now = time.monotonic()
  if now - last >= 0.1 then gaps[#gaps + 1] = ("gap %.6f %.6f\n"):format(last, now) end
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
end)

module:hook_global("server-stopping", function()
  print(("%sworst lag %.1f ms over %d ticks"):format(table.concat(gaps), worst * 1000, ticks))
end)
