-- SPDX-License-Identifier: MIT
-- The broadcast that is killed and goes on, run as a user runs it.

it("examples/interrupted_broadcast.lua: killed twice, all arrived once", function()
  local paths = ("LUA_PATH='%s' LUA_CPATH='%s'"):format(package.path, package.cpath)
  local pipe = assert(io.popen(paths .. " ${LUA:-lua5.4} examples/interrupted_broadcast.lua 400 2>&1"))
  local out = pipe:read "a"
  assert.is_true(pipe:close(), out)
  assert.matches("killed +at %d+ accepted, %d+ marked, %d+ ready\nkilled ", out)
  assert.matches("\nplanned +400 rows, 400 to be sent, 400 segments, digest 400%-400%-%x+\n", out)
  assert.matches("\nall in all +400 accepted, 0 not sent, 0 unknown, 0 ready\n", out)
  assert.matches("\nexported +400 rows to ", out)
  assert.matches("\narrived +400 of 400, 0 twice\n$", out)
end)
