-- SPDX-License-Identifier: MIT
-- Two processes on one outbox of SQLite, and one of them ends. Looking at the file by opening and closing it dropped this process's locks
-- on it: the one that ended thought itself the last, and took the write-ahead log away under the other, which from then on saw nothing
-- new and wrote where nobody read.

local sms = require "sms"

-- Runs Lua in another process, with the open outbox as `outbox`; what it wrote.
local function other(address, text)
  local script = os.tmpname()
  local file = assert(io.open(script, "w"))
  file:write(("package.path, package.cpath = %q, %q\n"):format(package.path, package.cpath),
    ("local outbox = assert(require('sms').outbox.open(%q))\n%s\noutbox:close()\n"):format(address, text))
  file:close()
  local pipe <close> = assert(io.popen(("%s %s 2>&1"):format(os.getenv "LUA" or "lua5.4", script)))
  local out = pipe:read "a"
  os.remove(script)
  return out
end

describe("two processes on one outbox of SQLite", function()
  it("see each other's rows after one of them has ended", function()
    local path = os.tmpname()
    os.remove(path)
    local address = "sqlite:" .. path .. ".db"
    local outbox <close> = assert(sms.outbox.open(address))
    local again = assert(sms.outbox.open(address)) -- another connection of this process must not cost the first its locks either
    again:close()
    assert.equal("", other(address, [[assert(outbox:plan("june", { { to = "+27825551234" } }, { text = "x", route = "zc" }))]]))
    assert.equal(1, #assert(outbox:status()))
    assert(outbox:apply "june")
    assert.equal("active", other(address, [[io.write(outbox:status("june").state)]]))
    assert.equal("", other(address, [[assert(outbox:pause "june")]]))
    assert.equal("paused", outbox:status("june").state)
    for _, ending in ipairs { "", "-wal", "-shm" } do os.remove(path .. ".db" .. ending) end
  end)
end)
