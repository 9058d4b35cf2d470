-- SPDX-License-Identifier: MIT
-- A process that does nothing but sleep, beside what is measured: when it, too, was not let run, the machine held everything up, and not
-- what is measured. Run as a program it writes each such time to its file, and ends when its standard input does.

local uv = require "spec.support.uv"

local witness = {}

local EVERY, NOTED = 2, 0.015 -- milliseconds between two looks at the clock; seconds from which a sleep was too long

local function now() return uv.hrtime() / 1e9 end -- the clock of `core.now`

local function watch(path)
  local file, last = assert(io.open(path, "w")), now()
  file:setvbuf "line"
  local timer, input = uv.new_timer(), uv.new_pipe()
  local function look()
    local time = now()
    if time - last > NOTED then file:write(("%.6f %.6f\n"):format(last, time)) end
    last = time
  end
  timer:start(EVERY, EVERY, look)
  input:open(0)
  input:read_start(function(_, data)
    if data then return end
    look()
    os.exit(0, true)
  end)
  print "ready"
  io.stdout:flush()
  uv.run()
end

--- Starts one. `stop()` ends it and returns a function: how many seconds between two moments of `core.now` it was held up.
---@return { stop: fun(): fun(from: number, to: number): number }
function witness.start()
  local path, ready = os.tmpname(), os.tmpname()
  local pipe = assert(io.popen(("LUA_PATH='%s' LUA_CPATH='%s' exec ${LUA:-lua5.4} spec/support/witness.lua %s >%s"):format(package.path,
    package.cpath, path, ready), "w"))
  repeat
    os.execute "sleep 0.01"
    local file <close> = assert(io.open(ready))
  until file:read "l"
  os.remove(ready)
  return {
    stop = function()
      pipe:close()
      local spans = {}
      for line in io.lines(path) do
        local from, to = line:match "^(%S+) (%S+)$"
        spans[#spans + 1] = { tonumber(from), tonumber(to) }
      end
      os.remove(path)
      return function(from, to)
        local held_up = 0
        for _, span in ipairs(spans) do held_up = held_up + math.max(0, math.min(to, span[2]) - math.max(from, span[1])) end
        return held_up
      end
    end,
  }
end

if arg and arg[0] == "spec/support/witness.lua" then watch(arg[1]) end

return witness
