-- SPDX-License-Identifier: MIT
-- `sms inbox` and `sms trigger` at a sandbox that runs: what a test in any language does.

local cli = require "spec.support.cli"
local command = require "spec.support.command"
local json = require "sms.json"
local patience = require "spec.support.patience"

describe("sms inbox", function()
  local shell

  setup(function() shell = cli.with_sandbox() end)
  teardown(function() shell:close() end)
  before_each(function() shell:run "sms inbox clear; sms inbox fault clear" end)

  it("lists texts, newest first, by number and words", function()
    shell:run "sms send --to +27825551234 'Your table is ready.'; sms send --to +27825551235 'Last orders.'"
    local out, err, status = shell:run "sms inbox list"
    assert.same({ "", 0 }, { err, status })
    assert.matches("^%d+\tzoomconnect\t%l+\t[^\t]*\t%+27825551235\tLast orders%.\n%d+\t.*\tYour table is ready%.\n$", out)
    assert.matches("^[^\n]*Your table is ready%.\n$", (shell:run "sms inbox list --to 27825551234"))
    assert.matches("^[^\n]*Last orders%.\n$", (shell:run "sms inbox list --text ORDERS"))
    assert.matches("^[^\n]*Last orders%.\n$", (shell:run "sms inbox list --limit 1"))
    local text = json.decode((shell:run "sms inbox list --limit 1 --json"))
    assert.same({ "Last orders.", "zoomconnect" }, { text.text, text.provider })
  end)

  it("waits for a text, and takes the code out of it", function()
    local waiting = io.popen(shell:wrapped "sms inbox wait --to +27825551234 --code 6 --timeout 30" .. " 2>&1")
    shell:run "sleep 0.3; sms send --to +27825551234 'Your code is 471199, valid for 5 minutes.'"
    assert.equal("471199\n", waiting:read "a")
    waiting:close()
    local n = json.decode((shell:run "sms inbox list --json")).n
    local _, err, status = shell:run(("sms inbox wait --after %d --timeout 0.2"):format(n))
    assert.equal(1, status)
    assert.matches("^sms: no such text within 0%.2 s; the last one was for %+27825551234: Your code is 471199", err)
    _, err, status = shell:run "sms inbox wait --code 4 --timeout 0.2"
    assert.equal(1, status)
    assert.matches("^sms: the text holds no code of 4 digits: ", err)
  end)

  it("goes on with those that come", function()
    local follow = command.start { "inbox", "list", "--follow", "--url", shell.url }
    shell:run "sleep 0.5; sms send --to +27825551234 one; sms send --to +27825551234 two"
    follow:wait(patience.MOST, function() return follow.out:find "\ttwo\n" end)
    follow:kill "sigterm"
    follow:ended()
    follow:close()
    assert.matches("\tone\n.*\ttwo\n$", follow.out)
  end)

  it("answers as a phone", function()
    local out, err, status = shell:run "sms inbox reply --as 27825551234 --provider zoomconnect 'Yes please'"
    assert.equal(2, status, out)
    assert.matches("^sms: %-%-as '27825551234' ", err)
    out, err, status = shell:run "sms inbox reply --as +27825551234 --provider zoomconnect 'Yes please'"
    assert.equal(0, status, err)
    assert.matches("^%d+\n$", out)
    assert.matches("\treceived\t%+27825551234\t.*\tYes please\n$", (shell:run "sms inbox list"))
    out, err, status = shell:run "sms inbox reply --as +27825551234 --provider messagewhiz hi"
    assert.same({ "", 2 }, { out, status })
    assert.matches("^sms: [^\n]*no inbound[^\n]*\n$", err)
  end)

  it("plans faults", function()
    shell:run "sms inbox fault 429=1 --provider zoomconnect --times 1; sms inbox fault accept-then-reset --provider websms"
    local out = shell:run "sms inbox fault"
    assert.matches("429=1\tzoomconnect\t1 time\t0 hits\n", out)
    assert.matches("accept%-then%-reset\twebsms\talways\t0 hits\n", out)
    local _, _, status = shell:run "sms send --provider websms --to +436641234567 hi"
    assert.equal(3, status)
    shell:run "sms inbox fault clear"
    assert.equal("", (shell:run "sms inbox fault"))
    local _, err
    _, err, status = shell:run "sms inbox fault 429x"
    assert.equal(2, status)
    assert.matches("^sms: [^\n]*429x[^\n]*\n$", err)
  end)

  it("opens the page in the user's browser", function()
    shell:write("browser", "#!/bin/sh\necho \"$1\" >opened\n")
    local out = shell:run("chmod +x browser; BROWSER=./browser sms inbox open; "
      .. "for _ in $(seq 300); do [ -s opened ] && break; sleep 0.1; done")
    assert.equal(shell.url .. "/inbox/\n", out)
    assert.equal(shell.url .. "/inbox/\n", shell:read "opened")
  end)

  it("says where it looked for a sandbox", function()
    local _, err, status = shell:run "sms inbox list --url http://127.0.0.1:9"
    assert.equal(1, status)
    assert.matches("^sms: no sandbox at http://127%.0%.0%.1:9: [^\n]* %(sms sandbox%)\n$", err)
    _, err, status = shell:run "LUA_SMS_SANDBOX=nowhere sms inbox list"
    assert.same({ "sms: LUA_SMS_SANDBOX: 'nowhere' is not an http or https address\n", 2 }, { err, status })
  end)

  it("has its newest text take a state, or somebody write, by sms trigger", function()
    shell:run "sms send --to +27825551234 hi"
    local out, err, status = shell:run "sms trigger undelivered --provider zoomconnect"
    assert.equal(0, status, err)
    assert.matches("^undelivered\t%+27825551234\t%d+\n$", out)
    assert.matches("^undelivered\t", (shell:run("sms status " .. out:match "(%d+)\n$")))
    out, err, status = shell:run "sms trigger delivered --provider zipwhip"
    assert.same({ "", "sms: the sandbox has no such text\n", 1 }, { out, err, status })
    shell:run "sms trigger reply --provider zoomconnect --to +27825551234 --text STOP"
    assert.matches("\treceived\t%+27825551234\t.*\tSTOP\n", (shell:run "sms inbox list"))
  end)
end)

describe("sms sandbox", function()
  it("names its inbox on standard error", function()
    local sandbox = command.start { "sandbox", "--port", "0", "--seconds", "0.2" }
    sandbox:ended()
    assert.matches("^http://127%.0%.0%.1:%d+\n", sandbox.out)
    sandbox:close()
  end)
end)
