-- SPDX-License-Identifier: MIT
-- `core.signals`, in processes of their own: signals are counted while somebody counts, and mean what they meant before and after.

local patience = require "spec.support.patience"
local curl = dofile "spec/support/curl.lua"

-- Runs a script that gets its own process id as its only argument; output and how the process ended.
local function run(script, before)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write('local core = require "sms.core"\n',
    'local function kill(name) io.popen(("kill -%s %s"):format(name, arg[1])):close() end\n', script)
  file:close()
  local pipe <close> = assert(io.popen(("sh -c '%s; %s $$' 2>&1; echo \"ended $?\""):format(before or ":",
    curl.lua_command("%s"):gsub("'", "'\\''"):gsub("%%s", path):gsub("LUA_PATH", "exec env LUA_PATH")), "r"))
  local output = pipe:read "a"
  os.remove(path)
  return (output:gsub("Terminated\n", "")) -- a word of the shell
end

describe("core.signals", function()
  it("counts both signals and names the newest", function()
    assert.equal("0\tnil\n1\tSIGINT\n3\tSIGTERM\n0\tnil\nended 0\n", run [[
      local signals = core.signals()
      print(signals:count())
      kill "INT"
      print(signals:count())
      kill "TERM" kill "TERM"
      print(signals:count())
      signals:close()
      signals:close()
      print(signals:count())]])
  end)

  it("takes signals that come together for one request: timeout signals a process and then its group", function()
    assert.equal("1\n2\n0\nended 0\n", run [[
      local uv, signals = require "luv", core.signals()
      local before, took
      repeat -- until the machine lets them come together
        core.rest({}, 0.05)
        before = signals:requests()
        local began = core.now()
        for _ = 1, 2 do uv.kill(tonumber(arg[1]), "sigint") end
        took = core.now() - began
      until took < 0.01
      print(signals:requests() - before)
      core.rest({}, 0.05)
      kill "INT"
      print(signals:requests() - before)
      signals:close()
      print(signals:requests())]])
  end)

  it("counts only those that are named, and leaves the others what they are", function()
    assert.equal("1\tSIGINT\nended 143\n", run [[
      local signals = core.signals "SIGINT"
      kill "INT"
      print(signals:count())
      io.stdout:flush()
      kill "TERM"
      print "not reached"]])
  end)

  it("puts back what was there: of the system, of lua, of the one that counts outside", function()
    assert.equal("ended 143\n", run [[
      do local signals <close> = core.signals() end
      kill "TERM"
      print "not reached"]])
    assert.matches("interrupted!", run [[
      do local signals <close> = core.signals() end
      kill "INT"
      for _ = 1, 1e6 do end
      print "not reached"]])
    assert.equal("2\tSIGTERM\n1\tSIGTERM\nended 143\n", run [[
      local outer = core.signals()
      kill "TERM"
      do
        local inner <close> = core.signals "SIGTERM"
        kill "TERM"
        print(outer:count())
        print(inner:count())
      end
      io.stdout:flush()
      outer:close()
      kill "TERM"]])
  end)

  it("is given back by the collector", function()
    assert.equal("ended 143\n", run [[
      core.signals()
      collectgarbage() collectgarbage()
      kill "TERM"
      print "not reached"]])
  end)

  it("leaves alone what is ignored", function()
    assert.equal("0\tnil\nended 0\n", run([[
      local signals = core.signals()
      kill "TERM"
      print(signals:count())]], 'trap "" TERM'))
  end)

  it("doesn't cut a write short, and ends a wait early", function()
    assert.equal("true\ttrue\ttrue\nended 0\n", run(([[
      local signals, path, sent = core.signals(), os.tmpname(), os.tmpname()
      -- A signal after the other; each is noted once it is sent.
      local signalling = io.popen(("while [ -e %%s ]; do sleep 0.05; kill -TERM %%s; echo >>%%s; done"):format(path, arg[1], sent))
      local began = core.now()
      core.rest({}, %d)
      local waited, first = core.now() - began, signals:count()
      -- Reads once three more have been sent.
      local slow = io.popen(("n=$(($(wc -l <%%s) + 3)); until [ $(wc -l <%%s) -ge $n ]; do sleep 0.01; done; cat >/dev/null"):format(
        sent, sent), "w")
      local whole = slow:write(("x"):rep(1000000)) == slow
      print(waited < %d, whole, signals:count() > first)
      slow:close()
      os.remove(path)
      signalling:close()
      os.remove(sent)]]):format(patience.FAR, patience.MOST)))
  end)

  it("refuses other names", function()
    local core = require "sms.core"
    assert.has_error(function() core.signals "SIGKILL" end, "bad argument #1 to 'signals' (invalid option 'SIGKILL')")
    assert.has_error(function() core.signals(5) end)
  end)
end)
