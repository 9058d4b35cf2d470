-- SPDX-License-Identifier: MIT
-- Runs examples/send_messagewhiz.lua as a reader would.

local function run(arguments)
  local pipe = assert(io.popen("${LUA:-lua5.4} examples/send_messagewhiz.lua " .. arguments .. " 2>&1"))
  local output = pipe:read("a")
  return (pipe:close()), output
end

describe("examples/send_messagewhiz.lua", function()
  it("sends one text", function()
    local ok, output = run ""
    assert.is_true(ok, output)
    assert.matches("^accepted by messagewhiz as %S+, reference sms%-%x+\n$", output)
  end)

  it("fails with the reason and nothing sent", function()
    local ok, output = run "123"
    assert.is_nil(ok)
    assert.matches("'to' must be a phone number: it is too short for US", output)
  end)
end)
