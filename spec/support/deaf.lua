-- SPDX-License-Identifier: MIT
-- Two listeners that are never served, for `service.spawn`. The first has no room for another connection: what connects there waits.
-- At the second connections are made, and nobody says a word.

local uv = require "spec.support.uv"

local held = {}

local function listen(backlog)
  local server = uv.new_tcp()
  assert(server:bind("127.0.0.1", 0))
  assert(server:listen(backlog, function() end))
  held[#held + 1] = server
  return server:getsockname().port
end

local full, silent = listen(0), listen(128)
for i = 1, 4 do -- luv's loop never runs here, so nothing is accepted
  local socket = uv.new_tcp()
  socket:connect("127.0.0.1", full, function() end)
  held[-i] = socket
end

print(full, silent)
io.stdout:flush()
io.read "a"
os.exit(0, false)
