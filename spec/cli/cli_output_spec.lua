-- SPDX-License-Identifier: MIT
-- What every command does with its streams: closed pipes, full disks, terminals, colours, words that command a terminal, secrets.

local cli = require "spec.support.cli"

describe("the output of the command line", function()
  local shell

  setup(function() shell = cli.with_sandbox() end)
  teardown(function() shell:close() end)

  it("ends with 1 and one line where nobody reads", function()
    for _, line in ipairs {
      "sms number --region ZA 0825551234", "sms man", "sms balance --json", "sms send --to +27825551234 --dry-run hi",
    } do
      local _, err, status = shell:run(("{ %s; echo $? >status; } | true; while ! test -s status; do sleep 0.02; done"):format(
        "sleep 0.1; " .. line))
      assert.matches("^sms: [^\n]*Broken pipe\n", err, 1, false, line)
      assert.is_nil(err:find("traceback", 1, true))
      assert.same({ 0, "1\n" }, { status, shell:read "status" })
      shell:run "rm status"
    end
  end)

  it("ends with 1 and one line where the disk is full", function()
    for _, line in ipairs {
      "sms number --region ZA 0825551234", "sms man", "sms balance --json", "sms count --text hi",
      "sms trigger delivered --provider zipwhip --print",
    } do
      local _, err, status = shell:run(line .. " >/dev/full")
      assert.equal(1, status)
      assert.matches("^sms: [^\n]*No space left on device\n$", err)
    end
  end)

  it("is padded and coloured on a terminal only", function()
    local function on_terminal(line)
      return (shell:run(("script -qec %s /dev/null"):format(cli.quoted(line))))
    end
    local line = "sms send --to +27825551234 --to 12 --dry-run hi 2>&-"
    assert.matches("ready     %+27825551234  1 segment  hi\r\n\27%[31mnot_sent\27%[0m  12            %-          hi\r\n", on_terminal(line))
    assert.is_nil(on_terminal("NO_COLOR=1 " .. line):find("\27", 1, true))
    assert.is_nil(on_terminal("TERM=dumb " .. line):find("\27", 1, true))
    assert.matches("\27", on_terminal("NO_COLOR= " .. line))
    assert.is_nil((shell:run(line)):find("\27", 1, true))
    assert.matches("\27%[31mnot_sent\27%[0m\t12\t", (shell:run("CLICOLOR_FORCE=1 " .. line)))
  end)

  it("shows what would command a terminal as escapes", function()
    local text = "a\u{202E}b\u{9B}31m\u{200F}"
    local out = shell:run("sms send --to +27825551234 --dry-run '" .. text .. "'")
    for _, raw in ipairs { "\u{202E}", "\u{9B}", "\u{200F}", "\27" } do assert.is_nil(out:find(raw, 1, true)) end
    assert.truthy(out:find("a\\u{202E}b\\u{9B}31m\\u{200F}", 1, true))
    for _, words in ipairs { "sms \27[31m", "sms send --\27[31m", "sms code zipwhip '\27]0;x\7'", "sms call --provider zipwhip '\27[31m'",
      "sms number '\27[31m'", "sms config use '\27[2J'", "sms send --to '+27\u{202E}1' hi", "sms count '\27[31m'" } do
      local o, e, status = shell:run(words)
      assert.is_true(status > 0)
      assert.is_nil((o .. e):find("[\27\7]"), words)
      assert.is_nil((o .. e):find("\u{202E}", 1, true), words)
    end
  end)

  it("holds the credentials in no mode and no error", function()
    local secret = "c4narysecret"
    local secrets = { APIKEY = true, TOKEN = true, PASSWORD = true }
    for _, provider in ipairs { "messagewhiz", "zipwhip", "zoomconnect" } do
      local bare <close> = cli.new()
      for name, value in pairs(cli.accounts(shell.url)) do
        if name:find("^" .. provider:upper()) then bare.env[name] = secrets[name:match "_(%u+)$"] and secret or value end
      end
      bare.env.LUA_SMS_WEBHOOK_SECRET = secret
      for _, line in ipairs { "sms send --to +27825551234 hi", "sms send --to +27825551234 --json hi", "sms doctor --json", "sms status 1",
        "sms balance", "sms call " .. provider .. ".x", "sms trigger delivered --provider zipwhip --forward-to http://127.0.0.1:9/" } do
        local out, err, status = bare:run(line)
        assert.is_true(status > 0, line)
        assert.is_true(#out + #err > 0)
        assert.is_nil((out .. err):find(secret, 1, true), line)
      end
    end
  end)
end)

describe("an installation without argparse", function()
  it("still tells its version, and names the package for all else", function()
    local bare <close> = cli.new()
    bare:run "mkdir empty"
    local core = "-e \"package.preload.argparse = function() error 'gone' end\""
    local out, _, status = bare:run(('"$LUA" %s $(command -v sms) --version'):format(core))
    assert.same({ "sms " .. require "sms.version" .. "\n", 0 }, { out, status })
    local _, err
    _, err, status = bare:run(('"$LUA" %s $(command -v sms) providers'):format(core))
    assert.equal(1, status)
    assert.matches("^sms: the command line needs argparse%. Debian, Ubuntu: apt%-get install lua%-argparse; LuaRocks: [^\n]*\n$", err)
  end)
end)
