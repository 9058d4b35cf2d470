-- SPDX-License-Identifier: MIT
-- `make deps` on machines of every kind, played by stand-ins for dpkg-query, apt-get, id and sudo.

describe("tools/deps.sh", function()
  local folder

  local function lines(command)
    local pipe, out = assert(io.popen(command)), {}
    for line in pipe:lines() do out[#out + 1] = line end
    local ok = pipe:close()
    return table.concat(out, "\n"), ok or false
  end

  local function program(name, text)
    local path = folder .. "/" .. name
    local file <close> = assert(io.open(path, "w"))
    file:write("#!/bin/sh\n" .. text .. "\n")
    assert(os.execute("chmod +x '" .. path .. "'"))
  end

  -- A Debian that has every package but those named.
  local function debian(missing)
    program("dpkg-query", ('case " %s " in *" $3 "*) exit 1 ;; esac; echo "install ok installed"'):format(missing))
    program("apt-get", 'echo "apt-get $*"')
  end

  local function run(path, before)
    return lines(("env -u DEPS %s PATH='%s' /bin/sh tools/deps.sh 2>&1"):format(before or "", path))
  end

  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir '" .. folder .. "'"))
  end)

  after_each(function() os.execute("rm -r '" .. folder .. "'") end)

  it("does nothing when all is there", function()
    debian("")
    local out, ok = run(folder .. ":/usr/bin:/bin")
    assert.is_true(ok)
    assert.equal("", out)
  end)

  it("installs what is missing as root", function()
    debian("valgrind lua-cjson")
    program("id", "echo 0")
    local out, ok = run(folder .. ":/usr/bin:/bin")
    assert.is_true(ok)
    assert.equal("installing: lua-cjson valgrind\napt-get update\n"
      .. "apt-get install -y --no-install-recommends lua-cjson valgrind", out)
  end)

  it("uses sudo otherwise", function()
    debian("valgrind")
    program("id", "echo 1000")
    program("sudo", 'echo "sudo"; exec "$@"')
    local out, ok = run(folder .. ":/usr/bin:/bin")
    assert.is_true(ok)
    assert.matches("sudo\napt%-get install %-y %-%-no%-install%-recommends valgrind$", out)
  end)

  it("names what is missing where it may not install", function()
    debian("valgrind")
    program("id", "echo 1000")
    local out, ok = run(folder)
    assert.is_false(ok)
    assert.equal("missing packages; as root: apt-get install valgrind", out)
  end)

  it("names everything and stops elsewhere than on Debian", function()
    local out, ok = run(folder)
    assert.is_false(ok)
    assert.matches("libcurl4%-openssl%-dev", out)
    assert.matches("DEPS=skip", out)
    out, ok = run(folder, "DEPS=skip")
    assert.is_true(ok)
    assert.equal("", out)
  end)
end)
