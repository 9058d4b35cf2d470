-- SPDX-License-Identifier: MIT
-- Mistakes of the script are raised at its line; faults of the data come back as error values that name the field.

local refusal = require "spec.support.refusal"
local toy = require "spec.support.toy"

describe("arguments", function()
  local client, seen
  before_each(function() client, seen = toy.recorded { status = 200, headers = {}, body = "{}" } end)

  it("are raised where the script is to blame, and returned where only the data is", function()
    local cases = {
      raised = {
        { "create", {} }, { "create", { name = 5 } }, { "create", { name = "n", nmae = "n" } },
        { "create", { name = "n", parts = { {} } } },
        { "create", { name = "n", tags = { "a", x = 1 } } }, { "smart", { mode = "x" } }, { "disable", { id = {} } },
        { "smart", { mode = 5, p = "1" } }, { "shout", { text = "{{code}}", a = "x", b = "y" } },
        { "upload", { doc = { data = "x" }, mapping = { "phone_number" } } },
        -- one mistake of the script among faults of the data
        { "create", { name = "\xff", size = "x" } },
      },
      returned = {
        { "create", { name = "\xff" }, "name" }, { "create", { name = "n", size = 1.5 }, "size" },
        { "create", { name = "n", ratio = 1 / 0 }, "ratio" }, { "list", { limit = 0 }, "limit" }, { "disable", { id = "" }, "id" },
        { "disable", { id = ".." }, "id" }, { "shout", { text = "no", a = "x" }, "text" }, { "smart", { mode = "z", p = "1" }, "mode" },
        { "shout", { text = "{{code}}", a = "x", to = "0123" }, "to" },
        { "upload", { doc = { path = "/nonexistent/x.csv" }, mapping = { "phone_number" } }, "doc" },
        { "upload", { doc = { data = "x", name = "a" }, mapping = { "first_name" } }, "mapping" },
        -- several faults: the first is named
        { "create", { name = "n", size = 1.5, ratio = 0 / 0 }, "ratio" },
      },
    }
    for expected, list in pairs(cases) do
      for i, case in ipairs(list) do
        local words, how, err = refusal(client.things[case[1]], client.things, case[2])
        assert.same({ expected, case[3] }, { how, err and err.field }, i .. ": " .. words)
      end
    end
    assert.same(0, #seen)
  end)
end)
