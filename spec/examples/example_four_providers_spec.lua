-- SPDX-License-Identifier: MIT
-- Runs examples/four_providers.lua as a reader would.

describe("examples/four_providers.lua", function()
  it("sends one text through each provider", function()
    local pipe = assert(io.popen("${LUA:-lua5.4} examples/four_providers.lua 2>&1"))
    local output = pipe:read("a")
    assert.is_true((pipe:close()), output)
    for _, name in ipairs(require("sms").providers) do
      assert.matches("%f[%w]" .. name .. " +accepted +id %S+", output)
    end
  end)
end)
