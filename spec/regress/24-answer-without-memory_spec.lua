-- SPDX-License-Identifier: MIT
-- The story: a text had gone out, and the response was too large for what memory was left. The call raised "not enough memory", and nobody
-- knew what had become of the text. Played in a process of its own with a limit on its memory.

local memory = require "spec.support.memory"
local service = require "spec.support.service"

local SCRIPT = [[
local sms = require "sms"
local client = sms.websms { token = "the-token-of-the-spec", base_url = arg[1], retries = 0, max_body = 1 << 28, timeout = 120 }
local function show(result, err)
  print(result == nil and err.kind or "none", result == nil and err.outcome or "accepted", err.attempts)
end
show(client:request { method = "POST", path = "/down/60000000", body = "{}" })
sms.run(function() show(client:request { method = "POST", path = "/down/60000000", body = "{}" }) end)
show(client:request { method = "POST", path = "/", body = "{}" })
]]

describe("a response that there is no memory for", function()
  it("is an error value with its outcome, and the client works on", function()
    if memory.watched() then return pending "a limit on memory means nothing under a sanitizer or valgrind" end
    local server, path = service.spawn(), os.tmpname()
    local guard <close> = setmetatable({}, { __close = function() -- luacheck: ignore 211
      server.stop()
      os.remove(path)
    end })
    do
      local file <close> = assert(io.open(path, "w"))
      file:write(SCRIPT)
    end
    local command = ("ulimit -v 115000; LUA_PATH='%s' LUA_CPATH='%s' exec ${LUA:-lua5.4} %s %s 2>&1"):format(
      package.path, package.cpath, path, server.url)
    local pipe = assert(io.popen(command))
    local said = pipe:read "a"
    pipe:close()
    assert.equal("too_large\tunknown\t1\ntoo_large\tunknown\t1\nnone\taccepted\t1\n", said)
  end)
end)
