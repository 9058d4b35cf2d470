-- SPDX-License-Identifier: MIT
-- `bin/sms` as a user runs it: words in, lines and exit status out.

-- Runs a shell command with the module paths of this run; what it wrote, and how it ended.
local function run(command)
  local out, err = os.tmpname(), os.tmpname()
  local _, _, status = os.execute(("export LUA_PATH='%s' LUA_CPATH='%s'; { %s; } >%s 2>%s </dev/null"):format(
    package.path, package.cpath, command, out, err))
  local texts = {}
  for i, path in ipairs { out, err } do
    local file <close> = assert(io.open(path, "rb"))
    texts[i] = file:read("a")
    os.remove(path)
  end
  return texts[1], texts[2], status
end

describe("bin/sms", function()
  it("tells its version, which is the library's", function()
    local out, err, status = run("bin/sms --version")
    assert.same({ "sms " .. require "sms.version" .. "\n", "", 0 }, { out, err, status })
  end)

  it("starts one interpreter, and no other to ask for its version", function()
    local folder = os.tmpname()
    os.remove(folder)
    local lua = run('command -v "${LUA:-lua5.4}"'):gsub("\n", "")
    assert(os.execute("mkdir " .. folder))
    local file = assert(io.open(folder .. "/lua5.4", "w"))
    file:write("#!/bin/sh\necho x >>", folder, "/starts\nexec ", lua, ' "$@"\n')
    file:close()
    assert(os.execute(("chmod 755 %s/lua5.4"):format(folder)))
    local out = run(("unset LUA; PATH=%s:$PATH bin/sms --version"):format(folder))
    assert.equal("sms " .. require "sms.version" .. "\n", out)
    assert.equal("x\n", (run(("cat %s/starts; rm -r %s"):format(folder, folder))))
  end)

  it("of the tree on the path knows its interpreter and its modules", function()
    local out, err, status = run('unset LUA_PATH LUA_CPATH; eval "$(make -s env)"; cd /; unset LUA_PATH LUA_CPATH; '
      .. 'sms --version; head -c 3 "$(command -v sms)"')
    assert.same({ "sms " .. require "sms.version" .. "\n#!/", "", 0 }, { out, err, status })
  end)

  it("tells what it can do", function()
    local out, _, status = run("bin/sms --help")
    assert.equal(0, status)
    assert.matches("sandbox", out)
    out, _, status = run("bin/sms sandbox --help")
    assert.equal(0, status)
    for _, option in ipairs { "--port", "--host", "--seconds", "--seed", "--until-eof" } do
      assert.truthy(out:find(option, 1, true), option)
    end
  end)

  it("refuses what it does not know, and says what is wrong", function()
    for words, expected in pairs {
      [""] = "a command is required",
      ["sandbx"] = "Did you mean 'sandbox'%?",
      ["sandbox --prot 1"] = "unknown option '%-%-prot'",
      ["sandbox --port 65536"] = "'65536' is not a whole number from 0 to 65535",
      ["sandbox --port x"] = "'x' is not a whole number",
      ["sandbox --seconds=-1"] = "'%-1' is not a number of seconds",
      ["sandbox --seconds inf"] = "'inf' is not a number of seconds",
      ["sandbox --host 8.8.8.8"] = "'8.8.8.8' is not a loopback address",
      ["sandbox --host 127.0.0.256"] = "not a loopback address",
      ["sandbox --host 127.0.0.01"] = "not a loopback address",
      ["sandbox --host example.org"] = "not a loopback address",
      ["sandbox --nonsense"] = "unknown option '%-%-nonsense' ",
      ["listen --provider zipwip"] = "'zipwip' is not a provider; choose from messagewhiz, .*; did you mean 'zipwhip'%?",
      ["listen"] = "missing option '%-%-provider'",
      ["listen --provider zipwhip --type inbuond"] = "'inbuond' is not an event type; .*; did you mean 'inbound'%?",
      ["sandbox --port"] = "option '%-%-port' requires an argument",
      ["inbox wiat"] = "unknown command 'wiat'%. Did you mean 'wait'%?",
      ["completion tcsh"] = "'tcsh' is not a shell",
      ["code zipwhip"] = "missing argument 'code'",
      ["send --to +27825551234 --at tomorrow hi"] = "'tomorrow' is not a time; write 2030%-",
      ["count --text hi note.txt"] = "a file and %-%-text can't be combined",
    } do
      local out, err, status = run("bin/sms " .. words)
      assert.same({ "", 2 }, { out, status })
      assert.matches("^sms: [^\n]*" .. expected .. "[^\n]*\n$", err)
    end
  end)

  it("names the package when argparse is missing", function()
    local hide = "package.preload.argparse = function() error('gone') end "
    local out, err, status = run(("${LUA:-lua5.4} -e \"%sos.exit(require('sms.cli').main {})\""):format(hide))
    assert.same({ "", 1 }, { out, status })
    assert.matches("needs argparse%. Debian, Ubuntu: apt%-get install lua%-argparse", err)
  end)

  it("names the package when libmicrohttpd is missing", function()
    local hide = "package.preload['sms.httpd'] = function() error('libmicrohttpd.so.12: cannot open shared object file') end "
    for _, more in ipairs { "", ", '--until-eof'" } do
      local code = ("%sos.exit(require('sms.cli').main { 'sandbox', '--port', '0'%s })"):format(hide, more)
      local out, err, status = run(('${LUA:-lua5.4} -e "%s"'):format(code))
      assert.same({ "", 1 }, { out, status })
      assert.matches("^sms: the sandbox needs sms%.httpd, which needs GNU libmicrohttpd%. ", err)
      assert.matches("Debian, Ubuntu: apt%-get install libmicrohttpd12 ", err)
      assert.matches("cannot open shared object file", err)
    end
  end)

  it("names the rock when there is no sandbox", function()
    local hide = "package.preload['sms.sandbox.server'] = function() error('not there') end "
    local out, err, status = run(("${LUA:-lua5.4} -e \"%sos.exit(require('sms.cli').main { 'sandbox' })\""):format(hide))
    assert.same({ "", 1 }, { out, status })
    assert.matches("luarocks install lua%-sms%-sandbox\n.*not there", err)
  end)

  describe("sandbox", function()
    it("prints its URL, serves for so many seconds and says what it did", function()
      local out, err, status = run("bin/sms sandbox --port 0 --seconds 0.2")
      assert.same({ "", 0 }, { err, status })
      assert.matches("^http://127%.0%.0%.1:%d+\n", out)
      assert.matches("\n  Inbox: +http://127%.0%.0%.1:%d+/inbox/\n  messagewhiz: .* apikey=sandbox%-key\n", out)
      assert.matches("First text:\n +lua5%.4 %-l sms %-e .*/messagewhiz\".*\nstopped after 0 requests and 0 callbacks\n$", out)
    end)

    it("ends when standard input does, if told so", function()
      local out, _, status = run("bin/sms sandbox --port 0 --seconds 600 --until-eof")
      assert.equal(0, status)
      assert.matches("stopped after 0 requests", out)
    end)

    it("says so when the port is taken", function()
      local httpd = require "sms.httpd"
      local other <close> = assert(httpd.listen {})
      local out, err, status = run("bin/sms sandbox --seconds 1 --port " .. other:port())
      assert.same({ "", 1 }, { out, status })
      assert.matches("^sms: cannot listen on 127%.0%.0%.1 port %d+: Address already in use", err)
    end)

    it("listens on the loopback address given", function()
      local out = run("bin/sms sandbox --host 127.0.0.3 --port 0 --seconds 0")
      assert.matches("^http://127%.0%.0%.3:%d+\n", out)
    end)

    it("ends cleanly on Ctrl-C", function()
      local command = ("LUA_PATH='%s' LUA_CPATH='%s' exec sh -c 'echo $$; exec bin/sms sandbox --port 0 --seconds 600' 2>&1")
        :format(package.path, package.cpath)
      local pipe = assert(io.popen(command))
      local id = assert(pipe:read("n", "l"))
      local url = pipe:read("l")
      assert.matches("^http://", url)
      assert(os.execute(("curl -s -o /dev/null %s/messagewhiz/api/3/campaign"):format(url)))
      assert(os.execute(("kill -INT %d"):format(id)))
      assert.matches("\nstopped after 1 requests and 0 callbacks\n$", pipe:read("a"))
      assert.is_true((pipe:close()))
    end)
  end)
end)
