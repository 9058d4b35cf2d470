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

  -- A Debian that has every package but those named; what is simulated prints as apt does.
  local function debian(missing)
    program("dpkg-query", ('case " %s " in *" $3 "*) exit 1 ;; esac; echo "install ok installed"'):format(missing))
    program("apt-get", [[
      case "$*" in
        *" -s "*) printf 'Inst valgrind (1)\nInst libc6-dbg (2)\nConf valgrind\n' ;;
        *--assume-no*)
          echo 'Need to get 61.0 MB of archives.'; echo 'After this operation, 200 MB of additional disk space will be used.'; exit 1 ;;
        *) echo "apt-get $*" ;;
      esac]])
  end

  -- Stand-ins, and the tools of a shell; an interpreter without modules, and nothing else that could stand for a package.
  local function run(words, before, bare)
    local path = folder
    if not bare then
      for _, name in ipairs { "awk", "grep", "env", "sh" } do
        os.execute(("ln -sf $(command -v %s) %s/%s"):format(name, folder, name))
      end
    end
    return lines(("/usr/bin/env -u DEPS -u LUA %s PATH='%s' /bin/sh tools/deps.sh %s 2>&1"):format(before or "", path, words or ""))
  end

  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir '" .. folder .. "'"))
  end)

  after_each(function() os.execute("rm -r '" .. folder .. "'") end)

  it("does nothing when all is there", function()
    debian("")
    program("lua5.4", "exit 0")
    local out, ok = run()
    assert.is_true(ok)
    assert.equal("", out)
  end)

  it("says how large it is, then installs what is missing as root, waiting for apt's lock", function()
    debian("valgrind lua-cjson")
    program("id", "echo 0")
    local out, ok = run()
    assert.is_true(ok)
    local apt = "apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "
    assert.equal("missing: lua-cjson valgrind\n" .. apt .. "-q update\n"
      .. "to be installed: 2 packages with what they need\n"
      .. "Need to get 61.0 MB of archives.\nAfter this operation, 200 MB of additional disk space will be used.\n"
      .. apt .. "install -y --no-install-recommends lua-cjson valgrind", out)
  end)

  it("has three sets, each within the next", function()
    debian("gcc lua-busted valgrind")
    program("id", "echo 0")
    for set, expected in pairs { run = "gcc", test = "gcc lua-busted", check = "gcc lua-busted valgrind" } do
      assert.equal("missing: " .. expected, run(set):match("^[^\n]*"))
    end
    debian("gcc lua-busted valgrind more")
    assert.matches("^missing: gcc more\n", (run("run more")))
  end)

  it("takes what the interpreter can load, whoever installed it", function()
    debian("lua-cjson")
    program("lua5.4", "exit 0")
    assert.equal("", (run()))
    program("lua5.4", "exit 1")
    program("id", "echo 0")
    assert.matches("^missing: lua%-cjson\n", (run()))
  end)

  it("names a module that another interpreter can't load, though its package is there", function()
    debian("")
    program("lua5.5", 'case "$2" in require*) exit 1 ;; *) printf 5.5 ;; esac')
    local out, ok = run("run", "LUA=lua5.5")
    assert.is_false(ok)
    assert.equal("lua" .. "5.5 can't load 'lua-cjson', though lua-cjson is installed: it is for another Lua. "
      .. "luarocks --lua-version 5.5 install lua-cjson", out)
  end)

  it("uses sudo otherwise", function()
    debian("valgrind")
    program("id", "echo 1000")
    program("sudo", 'echo "sudo"; exec "$@"')
    local out, ok = run()
    assert.is_true(ok)
    assert.matches("sudo\napt%-get [^\n]* install %-y %-%-no%-install%-recommends valgrind$", out)
  end)

  it("names what is missing where it may not install", function()
    debian("valgrind")
    program("id", "echo 1000")
    local out, ok = run(nil, nil, true)
    assert.is_false(ok)
    assert.equal("missing packages; as root: apt-get install valgrind", out)
  end)

  it("names everything and stops elsewhere than on Debian", function()
    local out, ok = run(nil, nil, true)
    assert.is_false(ok)
    assert.matches("libcurl4%-openssl%-dev", out)
    assert.matches("DEPS=skip", out)
    out, ok = run(nil, "DEPS=skip", true)
    assert.is_true(ok)
    assert.equal("", out)
  end)

  for installer, words in pairs {
    dnf = "dnf install gcc make lua lua%-devel libcurl%-devel", apk = "apk add build%-base lua5%.4 lua5%.4%-dev curl%-dev",
    pacman = "pacman %-S base%-devel lua curl", brew = "brew install lua curl libmicrohttpd",
  } do
    it("names the packages of the system that has " .. installer, function()
      program(installer, "exit 0")
      local out, ok = run("run", nil, true)
      assert.is_false(ok)
      assert.matches(words, out)
      assert.is_nil(out:find("valgrind", 1, true))
    end)
  end
end)
