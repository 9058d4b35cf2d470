-- SPDX-License-Identifier: MIT
-- The runner of the specs (tools/test.sh): counts, failures, and files that end in another way than by Busted's closing line.

local function written(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

-- Runs spec files, given as name → text; gives the whole output and whether the runner says that all is well.
local function run(files, limit)
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir -p " .. folder))
  for name, text in pairs(files) do written(("%s/%s_spec.lua"):format(folder, name), text) end
  local pipe = assert(io.popen(("BUILD=%s/build JOBS=2 LIMIT=%d sh tools/test.sh %s 2>&1"):format(folder, limit, folder)))
  local output = pipe:read "a"
  local ok = pipe:close()
  assert(os.execute("rm -rf " .. folder))
  return output, ok
end

describe("the test runner", function()
  it("sums the counts of all files", function()
    local output, ok = run({ one = 'it("a", function() end)', two = 'it("b", function() end) it("c", function() end)' }, 300)
    assert.is_true(ok, output)
    assert.matches("\n3 successes / 0 failures / 0 errors / 0 pending : [%d.]+ seconds\n$", output)
  end)

  it("shows what failed", function()
    local output, ok = run({ one = 'it("a", function() end)', two = 'it("b", function() assert.equal(1, 2) end)' }, 300)
    assert.is_nil(ok)
    assert.matches("Failure %-> .-two_spec%.lua", output)
    assert.matches("\n1 successes / 1 failures / 0 errors / 0 pending : [%d.]+ seconds\n$", output)
  end)

  it("names the file and the test of a process that was killed", function()
    local output, ok = run({
      one = 'it("a", function() end)',
      two = 'it("b", function() os.execute("kill -9 $PPID") end)',
    }, 300)
    assert.is_nil(ok)
    assert.matches("two_spec%.lua: ended with status 137 %(signal 9%), last test: .- b\n", output)
    assert.matches("\n1 successes / 0 failures / 1 errors / 0 pending : [%d.]+ seconds\n$", output)
  end)

  it("ends a file that does not end", function()
    if not os.execute "command -v timeout >/dev/null" then return pending "timeout is not installed (GNU coreutils)" end
    local output, ok = run({ one = 'it("a", function() while true do end end)' }, 2)
    assert.is_nil(ok)
    assert.matches("one_spec%.lua: ended with status 124 %(still running after 2 s%), last test: .- a\n", output)
    assert.matches("\n0 successes / 0 failures / 1 errors / 0 pending : [%d.]+ seconds\n$", output)
  end)
end)
