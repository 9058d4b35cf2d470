-- SPDX-License-Identifier: MIT
-- The story: a program had one descriptor left when somebody connected. The server took him in, asked for the next one and was told that
-- there are no descriptors, which the system says before it looks whether anybody is there. The newcomer had to make room for nobody.

local curl = dofile "spec/support/curl.lua"

local SCRIPT = [[
local httpd = require "sms.httpd"
local sockets = require "spec.support.sockets"
local server <close> = assert(httpd.listen { request_timeout = 300 })
local client = sockets.connect(server:port(), "GET / HT")
local files = {}
repeat files[#files + 1] = io.open "/dev/null" until not io.open "/dev/null"
table.remove(files):close()
local function turn() assert(not server:next(0.002)) end
assert(sockets.wait(60, function() return client.connected end))
for _ = 1, 20 do turn() end
sockets.turn()
for _, file in ipairs(files) do file:close() end
client:write "TP/1.1\r\nHost: x\r\n\r\n"
assert(sockets.wait(60, function() return client.ended or client.input ~= "" end, function()
  local request = server:next(0.002)
  if request then request:respond(200) end
end))
print(client:status())
]]

describe("a client that gets the last descriptor", function()
  it("is served", function()
    local path = os.tmpname()
    finally(function() os.remove(path) end)
    do
      local file <close> = assert(io.open(path, "w"))
      file:write(SCRIPT)
    end
    local pipe <close> = assert(io.popen(("ulimit -n 64; %s 2>&1"):format(curl.lua_command(path))))
    assert.equal("200\n", pipe:read "a")
  end)
end)
