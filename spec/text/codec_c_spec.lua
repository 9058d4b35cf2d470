-- SPDX-License-Identifier: MIT
-- Compiles layer 1 of the codecs with its C test (spec/c/codec.c), without Lua, and runs it.

local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local output = pipe:read("a")
  return pipe:close() == true, output
end

describe("layer 1 of the codecs", function()
  local compiler = os.getenv("CC") or "cc"

  for _, optimise in ipairs { "-O2", "-O1 -fsanitize=undefined -fno-sanitize-recover=all" } do
    it("keeps inside its memory, compiled with " .. optimise, function()
      local program = "build/spec/codec" .. (optimise:find("undefined") and "-checked" or "")
      assert.is_true(run("mkdir -p build/spec"))
      local built, complaint = run(("%s -std=c99 -g %s -Wall -Wextra -o %s spec/c/codec.c %s"):format(compiler, optimise, program,
        "csrc/base/json.c csrc/base/status.c csrc/base/spelling.c"))
      assert.is_true(built, complaint)
      local passed, output = run(program)
      assert.is_true(passed, output)
      assert.matches("^%d+ checks, 0 failed\n$", output)
    end)
  end
end)
