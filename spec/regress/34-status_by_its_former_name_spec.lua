-- SPDX-License-Identifier: MIT
-- The story: `sms.status(…).retryable` is the provider's word, `err.retryable` is whether another try is safe. A script asked the first
-- where it meant the second, and sent a text twice. The first is called `provider_retry`; its former name answers once more, and warns.

local function lua(script)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(script)
  file:close()
  local pipe = assert(io.popen("${LUA:-lua5.4} -W " .. path .. " 2>&1"))
  local said = pipe:read("a")
  pipe:close()
  os.remove(path)
  return said
end

describe("the provider's word on another try", function()
  it("answers by its former name, with one warning", function()
    local said = lua [[
      local sms = require "sms"
      local status = sms.status("websms", "send", 5003)
      print(status.provider_retry, status.other, rawget(status, "retryable"))
      print(status.retryable, sms.status("websms", "send", 4001).retryable)
    ]]
    assert.equal("true\tnil\tnil\nLua warning: sms: a status field is now 'provider_retry'; the former "
      .. "name 'retryable' works in this version "
      .. "only\ntrue\tfalse\n", said)
  end)

  it("says nothing to a script that reads the new name", function()
    assert.equal("true\n", lua [[print(require "sms".status("zipwhip", "send", -855).provider_retry)]])
  end)
end)
